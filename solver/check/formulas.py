"""Typed formulas read a second time, by Python's own grammar, and worked with dual numbers on arrays.

A dual number carries a value and its slopes by every name at once (forward mode), so no rule of
differentiation for whole formulas is needed here: each operation knows how slopes pass through it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import e, pi
from typing import Any

from .backends import Arrays

_SIGNS = {"^": "**", "·": "*", "×": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "–": "-", "²": "**2", "³": "**3"}
_NAME = re.compile(r"(?<![\w.])[^\W\d][^\W²³]*")


@dataclass(frozen=True, slots=True)
class Dual:
    """A quantity at several points at once.

    value:  (points,); slopes: (names, points)
    sides:  for each max, min and abs on the way (points,): 1 or -1, the side of its kink, and 0 on it
    plain:  whether it holds no name
    """

    value: Any
    slopes: Any
    sides: tuple[Any, ...] = ()
    plain: bool = False


def seeded(point: Mapping[str, Any], on: Arrays) -> dict[str, Dual]:
    """Every name of the point as a dual number with slope 1 by itself; values (points,) or single numbers."""
    xp = on.xp
    columns = {name: xp.reshape(on.place(value), (-1,)) for name, value in point.items()}
    one = xp.ones_like(next(iter(columns.values())))
    nothing = xp.zeros_like(one)
    return {
        name: Dual(column + nothing, xp.stack([one if other == name else nothing for other in columns]))
        for name, column in columns.items()
    }


def worked(text: str, quantities: Mapping[str, Dual], on: Arrays) -> Dual:
    """The formula at the points of these quantities (at least one), with its slopes by all that they were seeded with.

    Slopes at kinks: abs 0; max and min take the slope of the plain number, else of the one that stands first.
    Raises ValueError for anything that is no formula.
    """
    plain = "".join(_SIGNS.get(letter, letter) for letter in _NAME.sub(lambda m: f"q_{m[0]}", text))
    return _Walk(quantities, on).walk(ast.parse(plain.strip(), mode="eval").body)


def names_in(text: str, known: Iterable[str]) -> list[str]:
    """Those of the known names that stand in the formula."""
    typed = set(_NAME.findall(text))
    return [name for name in known if name in typed]


class _Walk:
    def __init__(self, quantities: Mapping[str, Dual], on: Arrays) -> None:
        self.quantities = quantities
        self.on = on
        self.shape = next(iter(quantities.values()))

    def walk(self, node: ast.expr) -> Dual:
        match node:
            case ast.Constant(value=int() | float() as number):
                return self.number(number)
            case ast.Name(id=name):
                return self.named(name.removeprefix("q_"))
            case ast.UnaryOp(op=ast.USub(), operand=body):
                return self.scaled(self.walk(body), -1.0)
            case ast.UnaryOp(op=ast.UAdd(), operand=body):
                return self.walk(body)
            case ast.BinOp(left=left, op=sign, right=right):
                return self.joined(sign, self.walk(left), self.walk(right))
            case ast.Call(func=ast.Name(id=name), args=bodies, keywords=[]):
                return self.called(name.removeprefix("q_"), [self.walk(body) for body in bodies])
        raise ValueError(f"no formula: {ast.unparse(node)}")

    def number(self, number: float) -> Dual:
        like = self.shape
        return Dual(0 * like.value + float(number), 0 * like.slopes, plain=True)

    def named(self, name: str) -> Dual:
        if name in self.quantities:
            return self.quantities[name]
        return self.number({"e": e, "pi": pi, "π": pi}[name])

    def made(self, value: Any, slopes: Any, *parts: Dual, side: Any = None) -> Dual:
        sides = [each for part in parts for each in part.sides]
        return Dual(value, slopes, (*sides, *(() if side is None else (side,))), all(part.plain for part in parts))

    def scaled(self, body: Dual, factor: Any) -> Dual:
        return self.made(factor * body.value, factor * body.slopes, body)

    def joined(self, sign: ast.operator, a: Dual, b: Dual) -> Dual:
        match sign:
            case ast.Add():
                return self.made(a.value + b.value, a.slopes + b.slopes, a, b)
            case ast.Sub():
                return self.made(a.value - b.value, a.slopes - b.slopes, a, b)
            case ast.Mult():
                return self.made(a.value * b.value, a.slopes * b.value + a.value * b.slopes, a, b)
            case ast.Div():
                slopes = (a.slopes * b.value - a.value * b.slopes) / b.value**2
                return self.made(a.value / b.value, slopes, a, b)
            case ast.Pow():
                return self.raised(a, b)
        raise ValueError(f"no sign of a formula: {sign}")

    def raised(self, a: Dual, b: Dual) -> Dual:
        xp = self.on.xp
        value = a.value**b.value
        if b.plain:
            lowered = xp.where(b.value == 0, xp.zeros_like(value), b.value * a.value ** (b.value - (b.value != 0)))
            return self.made(value, lowered * a.slopes, a, b)
        share = xp.zeros_like(a.slopes) if a.plain else b.value * a.value ** (b.value - 1) * a.slopes
        return self.made(value, share + value * xp.log(a.value) * b.slopes, a, b)

    def called(self, name: str, bodies: list[Dual]) -> Dual:
        if name in ("max", "min"):
            *firsts, last = bodies
            for body in reversed(firsts):
                last = self.extreme(body, last, 1.0 if name == "max" else -1.0)
            return last
        if name == "relu":
            return self.extreme(self.number(0.0), bodies[0], 1.0)
        (body,) = bodies
        value, slope = _FUNCTIONS[name](self.on.xp, body.value)
        return self.made(value, slope * body.slopes, body, side=slope if name == "abs" else None)

    def extreme(self, a: Dual, b: Dual, way: float) -> Dual:
        """The larger of two (way 1) or the smaller (-1)."""
        if b.plain and not a.plain:
            a, b = b, a
        side = way * self.on.xp.sign(b.value - a.value)
        pick = self.on.xp.where
        return self.made(pick(side > 0, b.value, a.value), pick(side > 0, b.slopes, a.slopes), a, b, side=side)


def _sigmoid(xp: Any, v: Any) -> tuple[Any, Any]:
    decay = xp.exp(-xp.abs(v))
    value = xp.where(v >= 0, 1 / (1 + decay), decay / (1 + decay))
    return value, decay / (1 + decay) ** 2


_FUNCTIONS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "exp": lambda xp, v: (xp.exp(v), xp.exp(v)),
    "ln": lambda xp, v: (xp.log(v), 1 / v),
    "log": lambda xp, v: (xp.log(v), 1 / v),
    "sqrt": lambda xp, v: (xp.sqrt(v), 0.5 / xp.sqrt(v)),
    "tanh": lambda xp, v: (xp.tanh(v), 1 - xp.tanh(v) ** 2),
    "sin": lambda xp, v: (xp.sin(v), xp.cos(v)),
    "cos": lambda xp, v: (xp.cos(v), -xp.sin(v)),
    "abs": lambda xp, v: (xp.abs(v), xp.sign(v)),
    "sigmoid": _sigmoid,
    "σ": _sigmoid,
}
