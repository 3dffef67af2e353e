"""What was found for a '?': bounds, every solution with its worked line, or what comes nearest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..cnn.answer import Answer
from .blocks import Block, Heading, Lines, Prose, Table
from .cnn_table import shape
from .cnn_working import equation

if TYPE_CHECKING:
    from ..topics.cnn_shapes import Planned

_MOST_ROWS = 60
_MOST_WORKED = 4
_SIZES = ("length", "depth", "height", "width")


def answer_blocks(solution: Planned, answer: Answer) -> Iterator[Block]:
    """The question put backwards, and its answer."""
    yield Heading((f"Which {' and '.join(answer.asked)} of {answer.layer}?",))
    tried = ", ".join(f"{name} {bound}" for name, bound in answer.bounds.items())
    yield Prose((f"Tried: {tried} (the key bounds widens or narrows this).",))
    if answer.solutions:
        yield from _solutions(solution, answer)
    else:
        yield from _none(solution, answer)


def _solutions(solution: Planned, answer: Answer) -> Iterator[Block]:
    count = len(answer.solutions)
    found = "One solution" if count == 1 else f"{count:,} solutions"
    yield Prose((f"{found}, {'' if count == 1 else 'each '}planned again with the whole network:",))
    yield _rows(solution, answer)
    if count > _MOST_ROWS:
        last = spelled(answer.solutions[-1])
        yield Prose((f"and {count - _MOST_ROWS:,} more, up to {last}; all of them in --format json.",))
    worked = list(zip(answer.solutions, solution.plans, strict=False))
    for values, plan in worked if len(worked) <= _MOST_WORKED else (worked[0], worked[-1]):
        layer = next(each for each in plan.layers if each.name == answer.layer)
        lines = [line for line in plan.lines(layer) if line.key in _SIZES or line.key == "parameters"]
        yield Heading((f"With {spelled(values)}",), level=2)
        yield Lines(tuple(equation(layer.name, line) for line in lines))


def _rows(solution: Planned, answer: Answer) -> Table:
    first = solution.problem.channels_first
    rows = []
    for values, plan in zip(answer.solutions[:_MOST_ROWS], solution.plans, strict=False):
        layer = next(each for each in plan.layers if each.name == answer.layer)
        cells = (*map(_value, values.values()), shape(layer.output, first), f"{layer.parameters:,}")
        rows.append(tuple((cell,) for cell in (*cells, f"{plan.total_parameters:,}")))
    heads = (*answer.asked, "output", "parameters", "whole network")
    return Table(tuple((head,) for head in heads), tuple(rows), frozenset(range(len(heads))))


def _none(solution: Planned, answer: Answer) -> Iterator[Block]:
    yield Prose(("No value within these bounds gives what is wanted.",))
    if answer.reason:
        yield Prose((f"The layer itself could be met, but then: {answer.reason}.",))
    first = solution.problem.channels_first
    for near in answer.nearest:
        text = f"{spelled(near.values)} gives {shape(near.output, first)} and {near.parameters:,} parameters"
        yield Prose((f"Nearest: {text}.",))


def spelled(values: Mapping[str, Any]) -> str:
    """kernel 3 and stride 2."""
    return " and ".join(f"{name} {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)
