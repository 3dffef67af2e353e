"""The page of a perceptron that learns: the rule, the first epoch line by line, the table, the line, the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from ..topics.assembled import one_by_one
from .blocks import Block, Equation, Figure, Heading, Inline, Lines, Page, Prose, Table, Text
from .drawn import drawn
from .lines import Lines as LineWriter
from .perceptron_outcome import outcome_blocks
from .perceptron_question import question_blocks
from .plane import plane_picture
from .standard import result, results, section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked
    from ..topics.perceptron_learning import Learning

_MOST_LINES = 12  # samples of the first epoch that are worked line by line
_MOST_ROWS, _FIRST_ROWS, _LAST_ROWS = 64, 40, 16  # of the table
_MOST_INPUTS, _MOST_WEIGHTS = 4, 6  # up to which the table has a column for each


def learning_page(solution: Worked, learning: Learning) -> Page:
    """The whole page of a perceptron that learns, as its options ask for it."""
    return standard_page(
        one_by_one(solution),
        question_blocks(learning.problem, solution),
        lambda writer: _working(learning, solution, writer),
        lambda writer: _answers(learning, solution, writer),
    )


def _working(learning: Learning, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        for name in dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys):
            yield from section(solution, writer, name)
        return
    last = _last_wanted(solution)
    epochs = learning.epochs if solution.options.everything else max(1, last)
    for epoch in range(1, epochs + 1):
        yield from _line_by_line(learning, writer, epoch, last > 0)
    yield Heading(("Learning table",))
    yield Prose(("Each row starts from the weights of the row above it; the weights shown are those after the row.",))
    yield from _table(learning, writer, solution.options.everything)
    yield from outcome_blocks(learning, writer)
    yield from _boundary(learning, solution, writer)


def _last_wanted(solution: Worked) -> int:
    """The epoch of the line up to which the page is wanted; 0 where the whole page is."""
    if solution.options.until is None:
        return 0
    step = solution.working.steps.get(solution.resolve(solution.options.until))
    part = step.section.partition(",")[0] if step else ""
    return int(part.removeprefix("Epoch ")) if part.startswith("Epoch ") else 0


def _line_by_line(learning: Learning, writer: LineWriter, epoch: int, whole: bool) -> Iterator[Block]:
    """Every sample of an epoch in full; where the output is right nothing moves."""
    yield Heading((f"Epoch {epoch}",))
    count = len(learning.problem.samples)
    for sample in range(1, (count if whole else min(count, _MOST_LINES)) + 1):
        tag = learning.tag(sample, epoch)
        yield Heading(tuple(_sample(learning, writer, sample)), level=2)
        missed = learning.values[f"e{tag}"] != 0
        section_name = f"Epoch {epoch}, sample {sample}"
        keys = [key for key, step in writer.working.steps.items() if step.section == section_name]
        yield Lines(tuple(writer.equation(key) for key in (keys if missed or whole else keys[:2])))
        if not missed:
            yield Prose(("Right: the output is the target, so nothing moves.",))
    if count > _MOST_LINES and not whole:
        yield Prose((f"The other {count - _MOST_LINES} samples go the same way; the table below has them all.",))
    yield Lines((writer.equation(f"errors@{epoch}"),))


def _sample(learning: Learning, writer: LineWriter, sample: int) -> Iterator[Inline]:
    yield f"Sample {sample}: "
    for place in range(1, len(learning.problem.weights) + 1):
        yield n.Name("x", str(place))
        yield " = "
        yield writer.number(f"x{place}[{sample}]")
        yield ", "
    yield n.Name("t")
    yield " = "
    yield writer.number(f"t[{sample}]")


def _table(learning: Learning, writer: LineWriter, everything: bool) -> Iterator[Block]:
    """The learning table; a long one without its middle, a wide one without inputs or weights."""
    count = len(learning.problem.weights)
    inputs = [f"x{place}" for place in range(1, count + 1)] if count <= _MOST_INPUTS else []
    moving = [f"w{place}" for place in range(1, count + 1)] if count <= _MOST_WEIGHTS else []
    moving += [learning.offset] if _offset_moves(learning) else []
    middle: list[Text] = [(n.Name("t"),), ("net",), (n.Name("y"),), (n.Name("e"),)]
    names: list[Text] = [(_plain(key),) for key in inputs] or [("sample",)]
    headers: list[Text] = [("epoch",), *names, *middle, *((_plain(key),) for key in moving)]
    start: list[Text] = [("start",), *[("",)] * (len(names) + 4), *((writer.number(key),) for key in moving)]
    shown = [(epoch, sample) for epoch in range(1, learning.epochs + 1) for sample in _samples(learning)]
    cut = len(shown) > _MOST_ROWS and not everything
    rows: list[tuple[Text, ...]] = [tuple(start)]
    for epoch, sample in shown[:_FIRST_ROWS] if cut else shown:
        rows.append(_row(learning, writer, (epoch, sample), inputs, moving))
    if cut:
        rows.append((("…",),) * len(headers))
        rows += [_row(learning, writer, place, inputs, moving) for place in shown[-_LAST_ROWS:]]
    yield Table(tuple(headers), tuple(rows), right=frozenset(range(len(headers))))
    if cut:
        left_out = len(shown) - _FIRST_ROWS - _LAST_ROWS
        yield Prose((f"{left_out} rows are left out here: --all shows them, --format json has them.",))


def _samples(learning: Learning) -> range:
    return range(1, len(learning.problem.samples) + 1)


def _offset_moves(learning: Learning) -> bool:
    return bool(learning.offset) and learning.problem.learns_offset


def _plain(key: str) -> Node:
    return n.Name("θ") if key == "theta" else n.Name(key[0], key[1:])


def _row(
    learning: Learning, writer: LineWriter, place: tuple[int, int], inputs: list[str], moving: list[str]
) -> tuple[Text, ...]:
    """The row of a sample of an epoch; the epoch stands at its first sample."""
    epoch, sample = place
    tag = learning.tag(sample, epoch)
    before: list[Text] = [(writer.number(f"{key}[{sample}]"),) for key in inputs] or [(str(sample),)]
    keys = [f"t[{sample}]", f"in{tag}", f"y{tag}", f"e{tag}", *(f"{key}{tag}" for key in moving)]
    return ((str(epoch) if sample == 1 else "",), *before, *((writer.number(key),) for key in keys))


def _boundary(learning: Learning, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """The line at which the neuron stands at its limit, and the side on which it fires."""
    free, _ = learning.columns()
    if len(free) != 2:
        return
    yield Heading(("The line at the end",))
    keys = [key for key in ("line_slope", "line_intercept", "line_at") if key in writer.working]
    first, second = (learning.values[learning.current[f"w{place}"]] for place in free)
    if not keys:
        yield Prose(("Both weights are 0: there is no line, the neuron answers the same everywhere.",))
        return
    yield Prose(tuple(_limit(learning, free)))
    yield Lines(tuple(writer.equation(key) for key in keys))
    x1, x2 = (n.Name("x", str(place)) for place in free)
    if second:
        sign = learning.problem.fires if second > 0 else learning.problem.fires.replace(">", "<")
        side = "above" if second > 0 else "below"
        right: Node = line_of(writer.number("line_slope"), x1, writer.number("line_intercept"))
        yield Prose(("It fires where ", n.Compare(x2, sign, right), f": {side} the line."))
    else:
        sign = learning.problem.fires if first > 0 else learning.problem.fires.replace(">", "<")
        side = "right" if first > 0 else "left"
        right = writer.number("line_at")
        yield Prose(("It fires where ", n.Compare(x1, sign, right), f": to the {side} of the line."))
    yield _picture(learning, solution, free)


def line_of(slope: Node, x: Node, intercept: Node) -> Node:
    """slope x + intercept, without what is 0 or 1."""
    text, constant = (each.text if isinstance(each, n.Number) else "" for each in (slope, intercept))
    if text == "0":
        return intercept
    term = {"1": x, "-1": n.minus(x)}.get(text, n.product([slope, x]))
    if constant == "0":
        return term
    if constant.startswith("-"):
        return n.Sum((term, n.Minus(n.Number(constant[1:]))))
    return n.Sum((term, intercept))


def _limit(learning: Learning, free: list[int]) -> Iterator[Inline]:
    terms: list[Node] = [
        n.product([n.Name("w", str(place)), n.Name("x", str(place))])
        for place in range(1, len(learning.problem.weights) + 1)
    ]
    if learning.offset == "b":
        terms.append(n.Name("b"))
    limit: Node = n.Name("θ") if learning.offset == "theta" else n.Number("0")
    yield "The neuron stands at its limit where "
    yield n.Compare(n.total(terms), "=", limit)
    yield "; solved for "
    yield n.Name("x", str(free[1]))
    yield " with the last weights:"


def _picture(learning: Learning, solution: Worked, free: list[int]) -> Figure:
    first, second = (Fraction(learning.values[learning.current[f"w{place}"]]) for place in free)
    constant = learning.constant_value()

    def fires(x1: Fraction, x2: Fraction) -> bool:
        height = first * x1 + second * x2 + constant
        return height >= 0 if learning.problem.fires == ">=" else height > 0

    places = [
        (
            case.inputs[free[0] - 1].value,
            case.inputs[free[1] - 1].value,
            "1" if case.target and case.target.value == 1 else "0",
        )
        for case in learning.problem.samples
    ]
    legend = "+ fires   . does not   1 and 0: targets of the samples"
    return drawn(solution, "plane", (*plane_picture(fires, places), legend))


def _answers(learning: Learning, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from results(writer, solution.answer_keys)
        return
    lines = [Equation(_plain(key), (writer.number(now),), key=now) for key, now in learning.current.items()]
    yield Lines((*lines, *(result(writer, key) for key in solution.answer_keys)))
    epochs = f"{learning.epochs} epoch{'s' if learning.epochs > 1 else ''}"
    shown = f"{learning.shown} samples shown"
    end = "the last epoch has no miss: it has converged" if learning.converged else "it has not converged"
    yield Prose((f"After {epochs} ({shown}); {end}.",))
