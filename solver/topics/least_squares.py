"""Least squares by hand: the sums formula for one feature, the normal equations for several."""

from __future__ import annotations

from .. import notation as n
from ..algebra import Expr, difference, negative, power, product, quotient, symbol, total
from ..notation import Name
from ..spec.number import Number
from ..spec.regression import LinearRegression
from . import regression_names as names
from .regression_lines import Sheet

SUMS, LINE, EQUATIONS, ELIMINATION, BACK = (
    "Sums",
    "Slope and intercept",
    "Normal equations",
    "Elimination",
    "Back substitution",
)


def by_sums(sheet: Sheet, problem: LinearRegression) -> None:
    """m = (nΣxy − ΣxΣy)/(nΣx² − (Σx)²) and c = (Σy − mΣx)/n; without intercept m = Σxy/Σx²."""
    count = len(problem.samples)
    x, y = ([symbol(f"{letter}[{i}]") for i in range(1, count + 1)] for letter in "xy")
    products, squares = [], []
    for i in range(1, count + 1):
        pair = n.product([names.of_sample("x", i), names.of_sample("y", i)])
        products.append(sheet.add(f"xy[{i}]", "entry", product(x[i - 1], y[i - 1]), pair, SUMS))
        square = n.power(names.of_sample("x", i), n.Number("2"))
        squares.append(sheet.add(f"xx[{i}]", "entry", power(x[i - 1], 2), square, SUMS))
    if problem.intercept:
        sheet.column_sum("sum_x", x, "x", SUMS)
        sheet.column_sum("sum_y", y, "y", SUMS)
    sheet.column_sum("sum_xy", products, "xy", SUMS)
    sheet.column_sum("sum_xx", squares, "x²", SUMS)
    _slope(sheet, problem.intercept)


def _slope(sheet: Sheet, intercept: bool) -> None:
    sx, sy, sxy, sxx = (symbol(f"sum_{of}") for of in ("x", "y", "xy", "xx"))
    m = Name("m")
    if not intercept:
        sheet.add("m", "least_squares_slope", quotient(sxy, sxx), m, LINE)
        return
    count = symbol("n")
    top = difference(product(count, sxy), product(sx, sy))
    bottom = difference(product(count, sxx), power(sx, 2))
    above = sheet.add("m_top", "slope_parts", top, n.Word("top"), LINE)
    below = sheet.add("m_bottom", "slope_parts", bottom, n.Word("bottom"), LINE)
    sheet.add("m", "least_squares_slope", quotient(above, below), m, LINE)
    rest = difference(sy, product(symbol("m"), sx))
    sheet.add("c", "least_squares_intercept", quotient(rest, count), Name("c"), LINE)


class NormalEquations:
    """XᵀX b = Xᵀy, its entries as sums of columns, solved by elimination without exchange of rows.

    XᵀX of independent columns is positive definite, so no pivot is 0.
    """

    def __init__(self, sheet: Sheet, problem: LinearRegression) -> None:
        self.sheet = sheet
        self.problem = problem
        self.columns = list(range(0 if problem.intercept else 1, problem.features + 1))
        self.size = len(self.columns)
        self.matrix = [[self._entry(j, k) for k in self.columns] for j in self.columns]
        self.right = [self._right(j) for j in self.columns]

    def add(self) -> None:
        """Elimination and back substitution."""
        matrix = [list(row) for row in self.matrix]
        right = list(self.right)
        for step in range(self.size - 1):
            self._eliminate(matrix, right, step)
        self._substitute(matrix, right)

    def _column(self, j: int) -> list[Expr | None]:
        """The column of a feature; the constant column is one of ones, which are not written."""
        count = len(self.problem.samples)
        return [self.sheet.x(j, i) if j else None for i in range(1, count + 1)]

    def _entry(self, j: int, k: int) -> Expr:
        if j > k:
            return self._entry(k, j)
        if j == k == 0:
            return symbol("n")
        if j == 0:
            return self._sum(f"sum_{self.sheet.feature(k)}", self._column(j), self._column(k), self._letters(k))
        letters = f"{self._letters(j)}²" if j == k else self._letters(j) + self._letters(k)
        return self._sum(
            f"sum_{self.sheet.feature(j)}{self.sheet.feature(k)}", self._column(j), self._column(k), letters
        )

    def _right(self, j: int) -> Expr:
        y: list[Expr | None] = [symbol(f"y[{i}]") for i in range(1, len(self.problem.samples) + 1)]
        key = f"sum_{self.sheet.feature(j)}y" if j else "sum_y"
        return self._sum(key, self._column(j), y, f"{self._letters(j)}y" if j else "y")

    def _letters(self, j: int) -> str:
        return self.sheet.feature(j)

    def _sum(self, key: str, left: list[Expr | None], right: list[Expr | None], letters: str) -> Expr:
        pairs = [[f for f in pair if f is not None] for pair in zip(left, right, strict=True)]
        terms = [pair[0] if len(pair) == 1 else product(*pair) for pair in pairs]
        return self.sheet.column_sum(key, terms, letters, EQUATIONS)

    def _eliminate(self, matrix: list[list[Expr]], right: list[Expr], step: int) -> None:
        """Takes multiples of row `step` from the rows below it."""
        for row in range(step + 1, self.size):
            place = f"{row + 1}{step + 1}"
            factor = self._add(f"l{place}", "factor", quotient(matrix[row][step], matrix[step][step]), Name("l", place))
            for k in range(step + 1, self.size):
                name = Name("a", f"{row + 1}{k + 1}", primes=step + 1)
                formula = difference(matrix[row][k], product(factor, matrix[step][k]))
                matrix[row][k] = self._add(f"a{row + 1}{k + 1}@{step + 1}", "eliminate", formula, name)
            name = Name("r", str(row + 1), primes=step + 1)
            formula = difference(right[row], product(factor, right[step]))
            right[row] = self._add(f"r{row + 1}@{step + 1}", "eliminate", formula, name)

    def _add(self, key: str, rule: str, formula: Expr, name: Name) -> Expr:
        return self.sheet.add(key, rule, formula, name, ELIMINATION)

    def _substitute(self, matrix: list[list[Expr]], right: list[Expr]) -> None:
        keys = self.problem.parameters if self.problem.features > 1 else ("c", "m")[-self.size :]
        for row in reversed(range(self.size)):
            known = [negative(product(matrix[row][k], symbol(keys[k]))) for k in range(row + 1, self.size)]
            top = total([right[row], *known]) if known else right[row]
            formula = quotient(top, matrix[row][row])
            self.sheet.add(keys[row], "back_substitution", formula, names.parameter(keys[row]), BACK)


def give_count(sheet: Sheet, count: int) -> None:
    """States the number of samples n."""
    sheet.give("n", Number.of(count), Name("n"))
