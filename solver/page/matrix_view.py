"""A solution whose quantities stand in matrices: lines of some of them, the matrix of all, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Name, Node
from ..spec.outcome import Outcome
from .blocks import Block, Equation, Heading, Lines, Prose
from .convolution_grids import cut_sum, matrix
from .lines import Lines as LineWriter
from .lines import without_repeats
from .typeset import typeset

if TYPE_CHECKING:
    from ..solution import Worked

_LONG = 16  # quantities in a line that is not written in names
_MOST_ASKED = 60
Rows = Sequence[Sequence[str]]


class MatrixView:
    """Writes lines and matrices of one solution; counts the lines that it leaves out."""

    def __init__(self, solution: Worked, writer: LineWriter) -> None:
        self.solution = solution
        self.writer = writer
        self.working = solution.working
        options = solution.options
        self.everything = options.everything or options.until is not None
        self.hidden = 0

    def number(self, key: str) -> Node:
        """The number of a quantity; 0 of a gradient that nothing leads to."""
        return self.writer.number(key) if key in self.working else n.Number("0")

    def line(self, key: str, reason: str = "") -> Equation:
        """formula = numbers = result; long formulas in numbers only."""
        step = self.working.steps[key]
        rights: list[Node] = []
        if step.short:
            rights.append(step.short)
        elif len(step.uses) <= _LONG:
            rights.append(self.writer.in_names(step))
        rights += [cut_sum(self.writer.in_numbers(step)), self.number(key)]
        return Equation(step.name, without_repeats(rights), reason=reason, key=key)

    def lines(self, keys: Iterable[str], most: int) -> Lines:
        """The lines of these quantities, of many the first ones."""
        return Lines(tuple(self.line(key) for key in self.some(list(keys), most)))

    def some(self, keys: list[str], most: int) -> list[str]:
        """The first of these, or all where the page shows everything."""
        if self.everything or len(keys) <= most:
            return keys
        self.hidden += len(keys) - most
        return keys[:most]

    def matrix(self, rows: Rows) -> Node:
        """The numbers of these quantities as a matrix."""
        return matrix(rows, self.number, self.everything)

    def whole(self, name: Node, rows: Rows, *before: Node) -> Equation:
        """name = ... = matrix."""
        keys = tuple(key for row in rows for key in row)
        return Equation(name, (*before, self.matrix(rows)), keys=keys)

    def slopes(self, name: Node, rows: Rows) -> Equation:
        """∂E/∂name = matrix, of the quantities in `rows`."""
        return self.whole(n.Partial(Name("E"), name), [[f"dE/d{key}" for key in row] for row in rows])

    def asked(self) -> Iterator[Block]:
        """What is asked for and what it rests on, in scalars; of very many lines of a section the first ones."""
        steps = self.working.steps
        sections: dict[str, list[str]] = {}
        for key in self.solution.shown_keys:
            sections.setdefault(steps[key].section, []).append(key)
        for name, keys in sections.items():
            yield Heading((name,))
            all_fit = self.everything or len(keys) <= _MOST_ASKED
            cut = len(keys) if all_fit else _MOST_ASKED // 2
            first = keys[:cut]
            last = [key for key in keys[cut:] if key in keys[-cut:] or key in self.solution.asked]
            yield Lines(tuple(self.line(key, _reason(key)) for key in first))
            if len(first) + len(last) < len(keys):
                left = len(keys) - len(first) - len(last)
                yield Prose((f"… {left} more lines of this kind, which --all shows, then:",))
            if last:
                yield Lines(tuple(self.line(key, _reason(key)) for key in last))

    def left_out(self, example: str) -> Iterator[Block]:
        """What the page does not show, and how to see it."""
        if self.hidden and not self.everything:
            yield Prose(
                (
                    f"{self.hidden:,} line{'s' if self.hidden > 1 else ''} of the same kind "
                    f"{'are' if self.hidden > 1 else 'is'} not written out: --find with a key such as {example} shows "
                    "one, --all every line, --format json all numbers.",
                )
            )


def _reason(key: str) -> str:
    return "the known formula" if key.endswith(":short") else ""


def outcome_blocks(view: MatrixView, outcome: Outcome, outs: Rows, rows: str) -> Iterator[Block]:
    """Target or upstream gradient, and the learning rate; rows: what a row is, such as 'sample'."""
    if outcome.target:
        targets = [[f"t{key[key.index('[') :]}" for key in row] for row in outs]
        yield Lines((view.whole(Name("T"), targets),))
    if outcome.upstream:
        yield Prose(("The gradient of the error by every output is given:",))
        yield Lines((view.slopes(Name("out", upright=True), outs),))
    if outcome.learns:
        yield Lines((Equation(Name("η"), (view.number("eta"),)),))
    if outcome.target:
        yield from (Prose(typeset(text)) for text in _error(outcome, len(outs), rows))


def _error(outcome: Outcome, count: int, rows: str) -> Iterator[str]:
    from ..catalog.losses import LOSSES

    loss = LOSSES[outcome.loss.name]
    setting = f" with `δ = {outcome.loss.setting.text}`" if outcome.loss.setting else ""
    text = f"Error of a {rows}: {loss.title}, {loss.total}{setting}, over its `n` outputs `y`"
    if count > 1:
        word = "mean" if outcome.reduction == "mean" else "sum"
        text += f"; `E` is the {word} over the {count} {rows}s"
    yield f"{text}."
    if loss.kink:
        yield f"The slope jumps at one place; there it is taken as {loss.kink}."


def error_lines(view: MatrixView, outs: Rows) -> Iterator[Block]:
    """The parts of the error and their sum."""
    parts = [f"E{key[key.index('[') :]}" for row in outs for key in row]
    if "E" in view.working:
        yield Heading(("Error",))
        yield Lines(tuple(view.line(key) for key in [*view.some(parts, 6), "E"]))


def rounding(solution: Worked) -> str:
    """How many decimals are shown, and whether what is shown is carried on."""
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1)"
    if solution.options.carry == "rounded":
        return f"Every line is rounded to {shown}, half up, and exactly what is shown is used in the next line."
    return f"Numbers are shown to {shown}, half up; values are carried in full from line to line."


def wanted(solution: Worked, everything: str) -> Iterator[Block]:
    """On the question page: what is to be found."""
    if not solution.options.question:
        return
    if not solution.asked:
        yield Prose((f"Wanted: {everything}.",))
        return
    text: list[str | Node] = ["Wanted: "]
    for index, key in enumerate(solution.asked):
        text += [", " if index else "", solution.working.name(key)]
    yield Prose((*text, "."))
