"""How wide notation comes out in print, in em of Computer Modern: estimates, a little on the wide side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import notation as n
from ..notation import Node
from .latex_maths import is_tall, maths

EQUALS = 1.33
SIGN = 1.23
DOT = 0.73
_SMALL = 0.74  # scripts against their line
_WIDE = {
    "w": 0.72,
    "m": 0.88,
    "E": 0.76,
    "M": 1.0,
    "W": 1.0,
    "−": 0.8,
    "-": 0.8,
    ".": 0.28,
    ",": 0.45,
    " ": 0.34,
} | dict.fromkeys("0123456789", 0.505)


def width(node: Node) -> float:
    """The width of the notation in display maths, in em."""
    return _WIDTHS[type(node)](node)


def text_width(text: str) -> float:
    """The width of words or digits, in em."""
    return sum(_WIDE.get(c, 0.53) for c in text)


def _number(node: n.Number) -> float:
    mantissa, ten, exponent = node.text.partition("e")
    if "/" in mantissa:
        return max(map(text_width, mantissa.split("/"))) + 0.3
    return text_width(mantissa) + (DOT + 1 + _SMALL * text_width(exponent) if ten else 0)


def _name(node: n.Name) -> float:
    raised = text_width(node.sup) + 0.3 * node.primes
    return text_width(node.base) + _SMALL * max(text_width(node.sub), raised) + 0.05


def _sum(node: n.Sum) -> float:
    bodies = (t.body if i and isinstance(t, n.Minus) else t for i, t in enumerate(node.terms))
    return sum(map(width, bodies)) + SIGN * (len(node.terms) - 1)


def _call(node: n.Call) -> float:
    return text_width(node.name) + 1.5 + sum(map(width, node.arguments)) + 0.45 * (len(node.arguments) - 1)


def _cases(node: n.Cases) -> float:
    pieces = max(width(piece) for piece, _ in node.pieces)
    conditions = max(4.2 if when is None else 1.1 + width(when) for _, when in node.pieces)
    return 2 + pieces + conditions


def _matrix(node: n.Matrix) -> float:
    columns = zip(*node.rows, strict=True)
    return sum(max(map(width, column)) + 0.95 for column in columns) + 1.4


_WIDTHS: dict[type, Callable[[Any], float]] = {
    n.Number: _number,
    n.Name: _name,
    n.Mark: lambda node: 1.3,
    n.Partial: lambda node: 0.85 + max(width(node.top), width(node.bottom)),
    n.Sum: _sum,
    n.Minus: lambda node: 0.8 + width(node.body),
    n.Product: lambda node: sum(map(width, node.factors)) + DOT * (len(node.factors) - 1),
    n.Fraction: lambda node: 0.3 + max(width(node.top), width(node.bottom)),
    n.Power: lambda node: width(node.base) + _SMALL * width(node.exponent) + 0.05,
    n.Call: _call,
    n.Root: lambda node: 0.9 + width(node.body),
    n.Absolute: lambda node: 0.6 + width(node.body),
    n.Bracket: lambda node: (1.8 if is_tall(maths(node.body)) else 0.95) + width(node.body),
    n.Floor: lambda node: 1 + width(node.body),
    n.Compare: lambda node: width(node.left) + EQUALS + width(node.right),
    n.Cases: _cases,
    n.Matrix: _matrix,
    n.Transposed: lambda node: 1.4 + width(node.body),
    n.Elementwise: lambda node: width(node.left) + SIGN + width(node.right),
    n.Prefixed: lambda node: width(node.operator) + 0.2 + width(node.body),
    n.Word: lambda node: text_width(node.text),
}
