"""Arithmetic of the tests' own, to recompute what a page prints: it shares nothing with the program's.

A value is an interval of fractions; a single number is an interval of no width. Functions that leave the
fractions are taken to 40 digits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath

from solver import notation as n

_DIGITS = 40


class Unreadable(Exception):
    """The line holds letters, so that it cannot be recomputed from numbers alone."""


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from `low` to `high`."""

    low: Fraction
    high: Fraction

    @staticmethod
    def of(number: Fraction | int) -> Range:
        return Range(Fraction(number), Fraction(number))

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low)

    def __mul__(self, other: Range) -> Range:
        corners = [a * b for a, b in product((self.low, self.high), (other.low, other.high))]
        return Range(min(corners), max(corners))

    def __truediv__(self, other: Range) -> Range:
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError
        return self * Range(1 / other.high, 1 / other.low)

    def __pow__(self, exponent: Range) -> Range:
        if exponent.low != exponent.high or exponent.low.denominator != 1:
            raise Unreadable("a power that is not whole")
        whole = int(exponent.low)
        if whole < 0:
            return Range.of(1) / self ** Range.of(-whole)
        ends = [self.low**whole, self.high**whole]
        crosses = self.low < 0 < self.high and whole % 2 == 0
        return Range(Fraction(0) if crosses else min(ends), max(ends))

    def __abs__(self) -> Range:
        ends = [abs(self.low), abs(self.high)]
        return Range(Fraction(0) if self.low < 0 < self.high else min(ends), max(ends))


def _rising(function: Callable[[Any], Any]) -> Callable[[Range], Range]:
    def act(at: Range) -> Range:
        low = _taken(function, at.low)
        return Range(low, low if at.low == at.high else _taken(function, at.high))

    return act


def _taken(function: Callable[[Any], Any], at: Fraction) -> Fraction:
    with mpmath.workdps(_DIGITS):
        value = mpmath.mpf(function(mpmath.mpf(at.numerator) / at.denominator))
    sign, mantissa, exponent, _ = value._mpf_
    return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** int(exponent)


# named as in Python's math
FUNCTIONS: dict[str, Callable[[Range], Range]] = {
    "exp": _rising(mpmath.exp),
    "log": _rising(mpmath.log),
    "tanh": _rising(mpmath.tanh),
    "erf": _rising(mpmath.erf),
    "sqrt": _rising(mpmath.sqrt),
    "abs": abs,
}


def largest(ranges: list[Range]) -> Range:
    """The range of the largest of some numbers."""
    return Range(max(r.low for r in ranges), max(r.high for r in ranges))


def half_up(value: Fraction, digits: int) -> Fraction:
    """The value with `digits` decimals, below 0.1 with as many significant digits; halves away from 0."""
    size, places = abs(value), digits
    if 0 < size < Fraction(1, 10):
        while size * 10 ** (places - digits + 1) < 1:
            places += 1
    rounded = Fraction((size * 10**places * 2 + 1) // 2, 10**places)
    return -rounded if value < 0 else rounded


def half_unit(text: str) -> Fraction:
    """Half a unit in the last place of a printed number; none for a whole number or a ratio."""
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return Fraction(1, 2) * Fraction(10) ** (int(exponent or 0) - decimals) if decimals else Fraction(0)


# arithmetic in Python's spelling, as it stands in the JSON


def python_line(text: str) -> Fraction:
    """The value of ASCII arithmetic that uses nothing but math's functions."""
    return _python(ast.parse(text, mode="eval").body, text).low


def _python(node: ast.expr, text: str) -> Range:
    match node:
        case ast.Constant():
            return Range.of(Fraction(ast.get_source_segment(text, node) or ""))
        case ast.Name(id="pi"):
            return Range.of(_taken(lambda _: mpmath.pi, Fraction(0)))
        case ast.UnaryOp(op=ast.USub()):
            return -_python(node.operand, text)
        case ast.BinOp():
            return _PYTHON[type(node.op)](_python(node.left, text), _python(node.right, text))
        case ast.Call(func=ast.Name(id="max")):
            return largest([_python(a, text) for a in node.args])
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return FUNCTIONS[name](_python(argument, text))
    raise Unreadable(ast.dump(node))


_PYTHON: dict[type[ast.operator], Callable[[Range, Range], Range]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a + -b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


# arithmetic in notation, as it stands on the page; a matrix is a list of rows

Value = Range | list[list[Range]]


class PageLine:
    """Recomputes notation; `spread` says by how much a printed number may differ from the one it stands for."""

    def __init__(self, spread: Mapping[str, Fraction]) -> None:
        self.spread = spread

    def __call__(self, node: n.Node) -> Value:
        match node:
            case n.Number(text):
                half = self.spread.get(text, Fraction(0))
                return Range(Fraction(text) - half, Fraction(text) + half)
            case n.Name("π"):
                return Range.of(_taken(lambda _: mpmath.pi, Fraction(0)))
            case n.Bracket(body):
                return self(body)
            case n.Minus(body):
                return _scaled(self(body), Range.of(-1))
            case n.Sum(terms):
                return _folded(_added, [self(term) for term in terms])
            case n.Product(factors):
                return _folded(_multiplied, [self(factor) for factor in factors])
            case n.Fraction(top, bottom):
                return self.number(top) / self.number(bottom)
            case n.Power(n.Name("e"), exponent):
                return FUNCTIONS["exp"](self.number(exponent))
            case n.Power(base, exponent):
                return self.number(base) ** self.number(exponent)
            case n.Root(body):
                return FUNCTIONS["sqrt"](self.number(body))
            case n.Absolute(body):
                return abs(self.number(body))
            case n.Call("max", arguments):
                return largest([self.number(a) for a in arguments])
            case n.Call("ln", (argument,)):
                return FUNCTIONS["log"](self.number(argument))
            case n.Call(name, (argument,)) if name in FUNCTIONS:
                return FUNCTIONS[name](self.number(argument))
            case n.Matrix(rows):
                return [[self.number(entry) for entry in row] for row in rows]
            case n.Transposed(body):
                return [list(column) for column in zip(*self.matrix(body), strict=True)]
            case n.Elementwise(left, right):
                return _paired(lambda a, b: a * b, self.matrix(left), self.matrix(right))
        raise Unreadable(type(node).__name__)

    def number(self, node: n.Node) -> Range:
        """The value of what must be a single number."""
        value = self(node)
        if not isinstance(value, Range):
            raise Unreadable("a matrix in place of a number")
        return value

    def matrix(self, node: n.Node) -> list[list[Range]]:
        """The value of what must be a matrix."""
        value = self(node)
        if isinstance(value, Range):
            raise Unreadable("a number in place of a matrix")
        return value


def _folded(act: Callable[[Value, Value], Value], values: list[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = act(result, value)
    return result


def _added(left: Value, right: Value) -> Value:
    if isinstance(left, Range) and isinstance(right, Range):
        return left + right
    if isinstance(left, Range) or isinstance(right, Range):
        raise Unreadable("a number added to a matrix")
    return _paired(lambda a, b: a + b, left, right)


def _multiplied(left: Value, right: Value) -> Value:
    if isinstance(left, Range):
        return _scaled(right, left)
    if isinstance(right, Range):
        return _scaled(left, right)
    columns = list(zip(*right, strict=True))
    return [[_inner(row, column) for column in columns] for row in left]


def _inner(row: list[Range], column: tuple[Range, ...]) -> Range:
    result = Range.of(0)
    for a, b in zip(row, column, strict=True):
        result += a * b
    return result


def _scaled(value: Value, by: Range) -> Value:
    return value * by if isinstance(value, Range) else [[entry * by for entry in row] for row in value]


def _paired(act: Callable[[Range, Range], Range], left: list[list[Range]], right: list[list[Range]]) -> Value:
    pairs = zip(left, right, strict=True)
    return [[act(a, b) for a, b in zip(one, other, strict=True)] for one, other in pairs]
