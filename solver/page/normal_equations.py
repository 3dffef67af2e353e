"""Normal equations on the page: the matrices XᵀX and Xᵀy, elimination, back substitution."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..notation import Name, Node
from ..spec.regression import LinearRegression
from ..topics import least_squares as by_hand
from ..topics import regression_names as names
from ..topics.regression_solution import WorkedRegression
from .blocks import Block, Equation, Heading, Lines, Prose
from .lines import Lines as LineWriter
from .regression_tables import lines, visible

_MOST_ROWS = 10


def normal_equations(solution: WorkedRegression, writer: LineWriter) -> Iterator[Block]:
    """XᵀX b = Xᵀy in letters and numbers, its elimination, the parameters from below."""
    made = _NormalEquations(solution, writer)
    yield from made.system()
    yield from made.elimination()
    yield Heading((by_hand.BACK,))
    yield Prose(("The last row holds one unknown; each row above gives the next.",))
    yield lines(writer, [k for k, step in writer.working.steps.items() if step.section == by_hand.BACK])


class _NormalEquations:
    def __init__(self, solution: WorkedRegression, writer: LineWriter) -> None:
        self.solution, self.writer = solution, writer
        self.problem: LinearRegression = solution.problem
        self.steps = solution.working.steps
        self.several = self.problem.features > 1
        first = 0 if self.problem.intercept else 1
        self.columns = list(range(first, self.problem.features + 1))
        self.size = len(self.columns)

    def system(self) -> Iterator[Block]:
        """The matrix of the samples, the sums, and the system that they make."""
        yield Heading((by_hand.EQUATIONS,))
        yield Prose(tuple(["X has a row for each sample"] + ([", its first column is 1 for the intercept."] if
                          self.problem.intercept else ["."])))  # fmt: skip
        if len(self.problem.samples) <= _MOST_ROWS:
            yield Lines((Equation(Name("X"), (self._samples(),)), Equation(Name("y"), (self._targets(),))))
        yield Prose(
            (
                "The squared residuals add up to least where Xᵀ(y − Xb) = 0, that is XᵀX b = Xᵀy. Each entry is a "
                "sum over the samples:",
            )
        )
        yield lines(self.writer, [k for k, step in self.steps.items() if step.section == by_hand.EQUATIONS])
        matrix, right = self._entries(0)
        names_of = [names.parameter(key) for key in self._unknowns()]
        yield Lines(
            (
                Equation(n.Word("XᵀX"), (self._named(matrix), self._numbers(matrix))),
                Equation(n.Word("Xᵀy"), (self._named(right), self._numbers(right))),
                Equation(Name("b"), (n.Matrix(tuple((name,) for name in names_of)),)),
            )
        )

    def _unknowns(self) -> tuple[str, ...]:
        """The parameters in the order of the columns, the intercept first."""
        return self.problem.parameters if self.several else tuple(reversed(self.problem.parameters))

    def _samples(self) -> Node:
        rows: list[tuple[Node, ...]] = []
        for i in visible(len(self.problem.samples)):
            cells = [n.Number("1") if j == 0 else self.writer.number(f"{self._feature(j)}[{i}]") for j in self.columns]
            rows.append(tuple(cells))
        return n.Matrix(tuple(rows))

    def _targets(self) -> Node:
        count = len(self.problem.samples)
        return n.Matrix(tuple((self.writer.number(f"y[{i}]"),) for i in range(1, count + 1)))

    def _feature(self, j: int) -> str:
        return f"x{j}" if self.several else "x"

    def _entries(self, done: int) -> tuple[list[list[str]], list[list[str]]]:
        """The keys of the matrix and of the right side after `done` eliminations ('' where a 0 stands)."""
        matrix = [[self._entry(row, k, done) for k in range(self.size)] for row in range(self.size)]
        right = [[self._right(row, done)] for row in range(self.size)]
        return matrix, right

    def _entry(self, row: int, k: int, done: int) -> str:
        stage = min(done, row)
        if k < stage:
            return ""
        return f"a{row + 1}{k + 1}@{stage}" if stage else self._sum(*sorted((self.columns[row], self.columns[k])))

    def _sum(self, j: int, k: int) -> str:
        if k == 0:
            return "n"
        return f"sum_{self._feature(j) if j else ''}{self._feature(k)}"

    def _right(self, row: int, done: int) -> str:
        stage, j = min(done, row), self.columns[row]
        return f"r{row + 1}@{stage}" if stage else f"sum_{self._feature(j) if j else ''}y"

    def _named(self, keys: list[list[str]]) -> Node:
        return n.Matrix(tuple(tuple(self.solution.working.name(key) for key in row) for row in keys))

    def _numbers(self, keys: list[list[str]]) -> Node:
        zero = n.Number("0")
        return n.Matrix(tuple(tuple(self.writer.number(key) if key else zero for key in row) for row in keys))

    def elimination(self) -> Iterator[Block]:
        """A column at a time: the factors, the new entries, the system after it."""
        if self.size == 1:
            return
        yield Heading((by_hand.ELIMINATION,))
        yield Prose(
            ("From each row below the pivot its multiple of the pivot's row is taken, so that 0 stands below it.",)
        )
        for step in range(1, self.size):
            yield Heading((f"Column {step}",), level=2)
            yield lines(self.writer, self._of_column(step))
            matrix, right = self._entries(step)
            joined = [[*row, *end] for row, end in zip(matrix, right, strict=True)]
            yield Prose(("The system is now (right side in the last column)",))
            yield Lines((Equation(n.Word("rows"), (self._numbers(joined),)),))

    def _of_column(self, step: int) -> list[str]:
        found = []
        for key, each in self.steps.items():
            if each.section == by_hand.ELIMINATION:
                factor = each.rule == "factor" and key.endswith(str(step))
                if factor or key.endswith(f"@{step}"):
                    found.append(key)
        return found
