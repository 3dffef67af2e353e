"""A worked line: a quantity, its formula with letters, with numbers, and its value."""

from __future__ import annotations

from dataclasses import dataclass

from .. import notation as n
from ..notation import Node
from .count import Count, formula, numbers
from .spell import divided, lettered, numbered


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the working: left = side = side = ... = value.

    key:      names the line within its layer: 'height', 'parameters', 'macs' ...
    sides:    right sides from the formula to the number
    formula:  ASCII with letters; `numbers` is Python arithmetic that gives `value`
    about:    words that belong to the line
    """

    key: str
    left: Node
    sides: tuple[Node, ...]
    formula: str
    numbers: str
    value: int
    about: str = ""


def line(key: str, left: Node, count: Count, about: str = "") -> Line:
    """The line of a count, each way of writing it once."""
    ways = (lettered(count), numbered(count), divided(count), n.Number(f"{int(count):,}"))
    sides: list[Node] = []
    for way in ways:
        if way is not None and (not sides or sides[-1] != way):
            sides.append(way)
    return Line(key, left, tuple(sides), formula(count), numbers(count), int(count), about)


def nothing(key: str, left: str, about: str) -> Line:
    """A count that is 0 for a reason."""
    return Line(key, n.Word(left), (n.Number("0"),), "0", "0", 0, about)


def parameters(count: Count, about: str = "") -> Line:
    """The line of a layer's parameters."""
    return line("parameters", n.Word("parameters"), count, about)


def macs(count: Count, about: str = "") -> Line:
    """The line of a layer's MACs."""
    return line("macs", n.Word("MACs"), count, about)
