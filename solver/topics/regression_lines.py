"""Lines that several kinds of regression share: a Working with short ways to add to it."""

from __future__ import annotations

from collections.abc import Iterable

from ..algebra import Expr, power, product, symbol, total
from ..notation import Name, Node
from ..spec.number import Number
from ..spec.regression import Regression, Samples
from ..working import Step, Working
from . import regression_names as names


class Sheet:
    """A Working of a regression; keys of a sample end in [2], those of a stage in @3 (after 3 updates)."""

    def __init__(self, regression: Regression) -> None:
        self.regression = regression
        self.working = Working()
        self.several = regression.features > 1

    def add(self, key: str, rule: str, formula: Expr, name: Node, section: str, *, short: Node | None = None) -> Expr:
        """Adds a line unless it stands already; gives its symbol."""
        if key in self.working:
            return symbol(key)
        return self.working.add(Step(key, rule, formula, name, section, short))

    def give(self, key: str, number: Number, name: Node) -> Expr:
        """States a given."""
        return self.working.give(key, number, name)

    def feature(self, j: int) -> str:
        """The letter of a feature: x, or x1, x2, ... where there are several."""
        return f"x{j}" if self.several else "x"

    def x(self, j: int, sample: int, where: str = "") -> Expr:
        """The symbol of a feature of a sample."""
        return symbol(f"{self.feature(j)}{where}[{sample}]")

    def give_samples(self, samples: Samples, where: str = "") -> None:
        """States x and y of each sample; `where` marks another set of them (_test)."""
        for i, (row, y) in enumerate(zip(samples.x, samples.y, strict=True), 1):
            self.give_row(row, i, where)
            self.give(f"y{where}[{i}]", y, self.sample_name("y", i, where))

    def give_row(self, row: tuple[Number, ...], i: int, where: str) -> None:
        """States the features of one sample."""
        for j, x in enumerate(row, 1):
            name = names.of_sample("x", i, several=True, index=f"{j}{_behind(where)}") if self.several else None
            self.give(f"{self.feature(j)}{where}[{i}]", x, name or self.sample_name("x", i, where))

    def sample_name(self, letter: str, i: int, where: str = "") -> Name:
        """x2, or x_test,2."""
        return names.of_sample(letter, i) if not where else Name(letter, f"{where[1:]},{i}")

    def linear(self, i: int, parameters: Iterable[tuple[str, int]], stage: str = "", where: str = "") -> Expr:
        """The weighted sum of a sample's features: each parameter's key with its feature, 0 for the intercept."""
        terms = []
        for key, j in parameters:
            weight = symbol(f"{key}{stage}")
            terms.append(weight if j == 0 else product(weight, self.x(j, i, where)))
        return total(terms) if len(terms) > 1 else terms[0]

    def column_sum(self, key: str, terms: list[Expr], letters: str, section: str) -> Expr:
        """The sum of a column of the table."""
        formula = total(terms) if len(terms) > 1 else terms[0]
        return self.add(key, "column_sum", formula, names.column(letters), section)

    def squared(self, key: str, of: str, name: Node, section: str) -> Expr:
        """The square of an earlier quantity."""
        return self.add(key, "entry", power(symbol(of), 2), name, section)


def _behind(where: str) -> str:
    return f",{where[1:]}" if where else ""
