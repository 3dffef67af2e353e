"""Notation in LaTeX maths (amsmath)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import notation as n
from ..notation import Node

_LETTERS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta",
    "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho",
    "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi", "ω": r"\omega", "Σ": r"\sum",
}  # fmt: skip
_SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
_FUNCTIONS = {"ln": r"\ln", "tanh": r"\tanh", "max": r"\max", "min": r"\min", "sin": r"\sin", "cos": r"\cos"}


def maths(node: Node) -> str:
    """The notation in LaTeX maths."""
    return _SPELLERS[type(node)](node)


def words(text: str) -> str:
    """Words with LaTeX's own characters escaped."""
    return "".join(_ESCAPES.get(c, c) for c in text)


_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}",
    "−": r"\ensuremath{-}", "×": r"\ensuremath{\times}", "→": r"\ensuremath{\to}", "≠": r"\ensuremath{\ne}",
    "½": r"\ensuremath{\tfrac12}", "·": r"\ensuremath{\cdot}", "∂": r"\ensuremath{\partial}", "–": "--",
    "Σ": r"\ensuremath{\sum}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}", "…": r"\dots{}", "²": r"\ensuremath{^2}",
    "⊙": r"\ensuremath{\odot}", "ᵀ": r"\ensuremath{^{\top}}", "′": r"\ensuremath{'}", "⌊": r"\ensuremath{\lfloor}",
    "⌋": r"\ensuremath{\rfloor}", "⌈": r"\ensuremath{\lceil}", "⌉": r"\ensuremath{\rceil}", "≈": r"\ensuremath{\approx}",
    "⁰": r"\ensuremath{^0}", "¹": r"\ensuremath{^1}", "³": r"\ensuremath{^3}", "∞": r"\ensuremath{\infty}",
    **{letter: rf"\ensuremath{{{command}}}" for letter, command in _LETTERS.items() if letter != "Σ"},
    "Δ": r"\ensuremath{\Delta}",
}  # fmt: skip


def _number(node: n.Number) -> str:
    mantissa, ten, exponent = node.text.partition("e")
    if "/" in mantissa:
        top, _, bottom = mantissa.partition("/")
        sign = "-" if top.startswith("-") else ""
        return rf"{sign}\frac{{{top.lstrip('-').strip()}}}{{{bottom.strip()}}}"
    mantissa = mantissa.replace(",", "{,}")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if ten else mantissa


def _letters(text: str, upright: bool) -> str:
    if text in _LETTERS:
        return _LETTERS[text]
    if text.startswith("Δ"):
        return r"\Delta " + _letters(text[1:], upright)
    escaped = text.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}" if upright or len(text) > 1 else escaped


def _name(node: n.Name) -> str:
    text = _letters(node.base, node.upright)
    if node.sub:
        text += f"_{{{_subscript(node.sub)}}}"
    raised = node.sup + r"\prime" * node.primes
    if node.sup:
        return f"{text}^{{{raised}}}"
    return text + "'" * node.primes


def _subscript(sub: str) -> str:
    if sub in _LETTERS:
        return _LETTERS[sub]
    escaped = sub.replace("_", r"\_")
    return escaped if len(sub.rstrip("0123456789,")) <= 1 else rf"\mathrm{{{escaped}}}"


def _partial(node: n.Partial) -> str:
    d = r"\mathrm{d}" if node.straight else r"\partial "
    top = "" if isinstance(node.top, n.Word) and not node.top.text else maths(node.top)
    return rf"\frac{{{d}{top}}}{{{d}{maths(node.bottom)}}}"


def _sum(node: n.Sum) -> str:
    text = maths(node.terms[0])
    for term in node.terms[1:]:
        text += f" - {maths(term.body)}" if isinstance(term, n.Minus) else f" + {maths(term)}"
    return text


def _product(node: n.Product) -> str:
    text = maths(node.factors[0])
    for before, factor in zip(node.factors, node.factors[1:], strict=False):
        text += (r" \, " if _joins(before, factor) else r" \cdot ") + maths(factor)
    return text


def _joins(before: Node, factor: Node) -> bool:
    """Letters, fractions and brackets stand side by side; numbers and marks take a dot."""
    if isinstance(before, n.Number | n.Mark) or isinstance(factor, n.Number | n.Mark):
        return isinstance(factor, n.Bracket) and isinstance(factor.body, n.Sum)
    if isinstance(before, n.Partial) or isinstance(factor, n.Partial | n.Fraction):
        return False
    return not (isinstance(factor, n.Bracket) and not isinstance(factor.body, n.Sum))


def _bracket(node: n.Bracket) -> str:
    return rf"\left( {maths(node.body)} \right)"


def _cases(node: n.Cases) -> str:
    rows = [
        maths(piece) + (r" & \text{otherwise}" if when is None else r" & \text{if } " + maths(when))
        for piece, when in node.pieces
    ]
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _matrix(node: n.Matrix) -> str:
    rows = r" \\ ".join(" & ".join(maths(entry) for entry in row) for row in node.rows)
    columns = "r" * len(node.rows[0])
    return rf"\left[ \begin{{array}}{{{columns}}} {rows} \end{{array}} \right]"


def _call(node: n.Call) -> str:
    sign = _FUNCTIONS.get(node.name) or _letters(node.name.replace("-", "{-}"), upright=len(node.name) > 1)
    inside = ", ".join(maths(argument) for argument in node.arguments)
    return rf"{sign}\left( {inside} \right)"


def _floor(node: n.Floor) -> str:
    side = "ceil" if node.ceiling else "floor"
    return rf"\left\l{side} {maths(node.body)} \right\r{side}"


def _word(node: n.Word) -> str:
    return rf"\text{{{words(node.text)}}}"


_SPELLERS: dict[type, Callable[[Any], str]] = {
    n.Number: _number,
    n.Name: _name,
    n.Mark: lambda node: rf"\text{{({node.number})}}",
    n.Partial: _partial,
    n.Sum: _sum,
    n.Minus: lambda node: f"-{maths(node.body)}",
    n.Product: _product,
    n.Fraction: lambda node: rf"\frac{{{maths(node.top)}}}{{{maths(node.bottom)}}}",
    n.Power: lambda node: f"{maths(node.base)}^{{{maths(node.exponent)}}}",
    n.Call: _call,
    n.Root: lambda node: rf"\sqrt{{{maths(node.body)}}}",
    n.Absolute: lambda node: rf"\left| {maths(node.body)} \right|",
    n.Bracket: _bracket,
    n.Floor: _floor,
    n.Compare: lambda node: f"{maths(node.left)} {_SIGNS.get(node.sign, node.sign)} {maths(node.right)}",
    n.Cases: _cases,
    n.Matrix: _matrix,
    n.Transposed: lambda node: rf"{maths(node.body)}^{{\top}}",
    n.Elementwise: lambda node: rf"{maths(node.left)} \odot {maths(node.right)}",
    n.Prefixed: lambda node: f"{maths(node.operator)} {maths(node.body)}",
    n.Word: _word,
}
