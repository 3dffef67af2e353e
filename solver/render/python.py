"""Notation as plain ASCII arithmetic that Python evaluates with the functions of `math`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import notation as n
from ..notation import Node

_FUNCTIONS = {"ln": "log"}


def spell(node: Node) -> str:
    """The notation as a Python expression: **, exp, log, tanh, sqrt, max, abs."""
    return _SPELLERS[type(node)](node)


def _operand(node: Node) -> str:
    """An operand of *, / or **: brackets unless it is a single thing."""
    simple = isinstance(node, n.Name | n.Word | n.Call | n.Root | n.Absolute | n.Bracket) or (
        isinstance(node, n.Number) and not n.is_negative(node) and "/" not in node.text
    )
    return spell(node) if simple or _is_exponential(node) else f"({spell(node)})"


def _is_exponential(node: Node) -> bool:
    return isinstance(node, n.Power) and node.base == n.Name("e")


def _factor(node: Node) -> str:
    return spell(node) if isinstance(node, n.Power) else _operand(node)


def _product(node: n.Product) -> str:
    first = node.factors[0]
    start = spell(first) if isinstance(first, n.Number) and "/" not in first.text else _factor(first)
    if isinstance(first, n.Fraction) and isinstance(first.top, n.Number):
        start = spell(first)
    return "*".join([start, *(_factor(f) for f in node.factors[1:])])


def _sum(node: n.Sum) -> str:
    text = spell(node.terms[0])
    for term in node.terms[1:]:
        text += f" - {_term(term.body)}" if isinstance(term, n.Minus) else f" + {_term(term)}"
    return text


def _term(node: Node) -> str:
    return _operand(node) if isinstance(node, n.Sum | n.Minus | n.Cases) else spell(node)


def _fraction(node: n.Fraction) -> str:
    top = spell(node.top) if isinstance(node.top, n.Product | n.Power) else _operand(node.top)
    return f"{top}/{_operand(node.bottom)}"


def _power(node: n.Power) -> str:
    if _is_exponential(node):
        body = node.exponent.body if isinstance(node.exponent, n.Bracket) else node.exponent
        return f"exp({spell(body)})"
    return f"{_operand(node.base)}**{_operand(node.exponent)}"


def _cases(node: n.Cases) -> str:
    text = ""
    for piece, when in node.pieces:
        text += spell(piece) if when is None else f"{_operand(piece)} if {spell(when)} else "
    return text


def _minus(node: n.Minus) -> str:
    return f"-{spell(node.body)}" if isinstance(node.body, n.Product) else f"-{_operand(node.body)}"


_SPELLERS: dict[type, Callable[[Any], str]] = {
    n.Number: lambda node: node.text,
    n.Name: lambda node: "pi" if node.base == "π" else node.base,
    n.Word: lambda node: node.text,
    n.Sum: _sum,
    n.Minus: _minus,
    n.Product: _product,
    n.Fraction: _fraction,
    n.Power: _power,
    n.Call: lambda node: f"{_FUNCTIONS.get(node.name, node.name)}({', '.join(spell(a) for a in node.arguments)})",
    n.Root: lambda node: f"sqrt({spell(node.body)})",
    n.Absolute: lambda node: f"abs({spell(node.body)})",
    n.Bracket: lambda node: f"({spell(node.body)})",
    n.Compare: lambda node: f"{spell(node.left)} {'==' if node.sign == '=' else node.sign} {spell(node.right)}",
    n.Cases: _cases,
}
