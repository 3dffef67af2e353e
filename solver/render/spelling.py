"""Plain spelling of notation: for terminals with Unicode, for plain ASCII, and as Python arithmetic."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .. import notation as n
from ..notation import Node

_VULGAR = {
    ("1", "2"): "½",
    ("1", "3"): "⅓",
    ("1", "4"): "¼",
    ("2", "3"): "⅔",
    ("3", "4"): "¾",
    ("1", "8"): "⅛",
}
_RAISED = {"2": "²", "3": "³", "4": "⁴", "-1": "⁻¹", "-2": "⁻²", "5": "⁵", "6": "⁶", "-3": "⁻³"}
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_TO_ASCII = {
    "−": "-", "·": "*", "∂": "d", "½": "1/2", "⅓": "1/3", "¼": "1/4", "⅔": "2/3", "¾": "3/4", "⅛": "1/8",

    "≤": "<=", "≥": ">=", "≠": "!=", "√": "sqrt", "⊙": "(*)", "ᵀ": "^T", "∞": "inf", "≈": "~", "×": "x",
    "→": "->", "▶": ">", "─": "-", "│": "|", "┬": "+", "├": "+", "└": "+", "┐": "+", "┘": "+", "┤": "+", "┼": "+",
    "╳": "X", "┴": "+", "┌": "+", "●": "o", "○": "o", "…": "...", "–": "-", "—": "-", "⌊": "floor(", "⌋": ")",
    "⌈": "ceil(", "⌉": ")", "Σ": "sum ", "Δ": "delta_", "∈": "in", "“": '"', "”": '"', "’": "'", "⎡": "[", "⎢": "[",
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "ŷ": "yhat", "ȳ": "ybar", "x̄": "xbar",
    "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "=", "▆": "=", "▇": "#", "█": "#",
    "▸": ">", "⋮": ":", "⎛": "(", "⎜": "(", "⎝": "(", "⎞": ")", "⎟": ")", "⎠": ")",
    "⎣": "[", "⎤": "]", "⎥": "]", "⎦": "]", "∇": "grad ", "π": "pi", "↑": "^", "↓": "v",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip


_EXPONENT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_ROOT = re.compile(r"√([\w.]+)")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def plain_ascii(text: str) -> str:
    """The text for a terminal that has no UTF-8; what has no equivalent is shown as '?'."""
    for number, circle in enumerate(_CIRCLED, 1):
        text = text.replace(circle, f"({number})")
    for character in sorted(_TO_ASCII, key=len, reverse=True):
        text = text.replace(character, _TO_ASCII[character])
    text = _ROOT.sub(r"sqrt(\1)", text)
    text = _EXPONENT.sub(lambda found: "^" + found.group().translate(_PLAIN), text)
    return text.encode("ascii", "replace").decode("ascii")


def mark(number: int) -> str:
    """① ... ㊿, then (51)."""
    return _CIRCLED[number - 1] if number <= len(_CIRCLED) else f"({number})"


def spell(node: Node) -> str:
    """The notation in one line of Unicode text."""
    return _SPELLERS[type(node)](node)


def number(text: str) -> str:
    """A number with the true minus sign, and powers of ten as 5.344·10⁻⁸."""
    mantissa, ten, exponent = text.partition("e")
    if ten:
        mantissa = f"{mantissa}·10{exponent.lstrip('+').translate(_SUPERSCRIPTS)}"
    return mantissa.replace("-", "−")


def name(node: n.Name) -> str:
    """in_h1, w5, w_12^(2), w5'."""
    letter = node.base.removeprefix("Δ")
    tight = node.sub[:1].isdigit() and node.sup[:1] != "(" and len(letter) == 1 and letter.islower()
    joint = "" if not node.sub or tight else "_"
    raised = node.sup if node.sup[:1] in ("[", "@", "") else f"^{node.sup}"
    primes = "'" * node.primes
    behind = f"{primes}{raised}" if raised[:1] == "[" else f"{raised}{primes}"
    return f"{node.base}{joint}{node.sub}{behind}"


def _sum(node: n.Sum) -> str:
    text = _tight(node.terms[0])
    for term in node.terms[1:]:
        text += f" − {_tight(term.body)}" if isinstance(term, n.Minus) else f" + {_tight(term)}"
    return text


def _tight(node: Node) -> str:
    """A term of a sum: products without room around the dot."""
    if isinstance(node, n.Product):
        return _product(node, "·")
    if isinstance(node, n.Minus):
        return f"−{_tight(node.body)}"
    return spell(node)


def _product(node: n.Product, dot: str = " · ") -> str:
    text = spell(node.factors[0])
    for before, factor in zip(node.factors, node.factors[1:], strict=False):
        text += (" " if _joins(before, factor) else dot) + spell(factor)
    return text


def _joins(before: Node, factor: Node) -> bool:
    """Whether two factors stand side by side: ½ (t − y), but 0.4 · (−0.3)."""
    if isinstance(before, n.Prefixed) or (isinstance(before, n.Bracket) and not isinstance(before.body, n.Sum)):
        return False
    if isinstance(factor, n.Bracket):
        return isinstance(factor.body, n.Sum)
    if isinstance(factor, n.Power) and isinstance(factor.base, n.Bracket):
        return isinstance(factor.base.body, n.Sum)
    if isinstance(before, n.Fraction):
        return isinstance(factor, n.Name | n.Call | n.Absolute) and spell(before) in _VULGAR.values()
    return isinstance(factor, n.Call) and isinstance(before, n.Name | n.Minus)


def _fraction(node: n.Fraction) -> str:
    ratio = n.is_ratio(node.top) or n.is_ratio(node.bottom)
    if isinstance(node.top, n.Number) and isinstance(node.bottom, n.Number) and not ratio:
        plain = (node.top.text, node.bottom.text)
        return _VULGAR.get(plain, f"{number(plain[0])}/{number(plain[1])}")
    return f"{_whole(node.top)} / {_whole(node.bottom)}"


def _whole(node: Node) -> str:
    text = spell(node)
    loose = isinstance(node, n.Sum | n.Product | n.Fraction | n.Minus | n.Cases) or n.is_negative(node)
    loose = loose or n.is_ratio(node)
    return f"({text})" if loose and text not in _VULGAR.values() else text


def _power(node: n.Power) -> str:
    base, exponent = spell(node.base), spell(node.exponent)
    raised = _RAISED.get(exponent.replace("−", "-"))
    if raised:
        return base + raised
    simple = (isinstance(node.exponent, n.Name) and not node.exponent.sub and not node.exponent.sup) or (
        isinstance(node.exponent, n.Number) and not n.is_negative(node.exponent)
    )
    return f"{base}^{exponent}" if simple else f"{base}^({exponent})"


def _cases(node: n.Cases) -> str:
    pieces = [
        f"{spell(piece)} otherwise" if when is None else f"{spell(piece)} if {spell(when)}"
        for piece, when in node.pieces
    ]
    return ", ".join(pieces)


def _matrix(node: n.Matrix) -> str:
    if len(node.rows) > 1 and all(len(row) == 1 for row in node.rows):
        return "[" + ", ".join(spell(row[0]) for row in node.rows) + "]ᵀ"
    return "[" + "; ".join(", ".join(spell(entry) for entry in row) for row in node.rows) + "]"


def _partial(node: n.Partial) -> str:
    d = "d" if node.straight else "∂"
    return f"{d}{spell(node.top)}/{d}{spell(node.bottom)}"


_SPELLERS: dict[type, Callable[[Any], str]] = {
    n.Number: lambda node: number(node.text),
    n.Name: name,
    n.Mark: lambda node: mark(node.number),
    n.Partial: _partial,
    n.Sum: _sum,
    n.Minus: lambda node: f"−{spell(node.body)}",
    n.Product: _product,
    n.Fraction: _fraction,
    n.Power: _power,
    n.Call: lambda node: f"{node.name}({', '.join(spell(a) for a in node.arguments)})",
    n.Root: lambda node: f"√{_whole(node.body)}",
    n.Absolute: lambda node: f"|{spell(node.body)}|",
    n.Bracket: lambda node: f"({spell(node.body)})",
    n.Floor: lambda node: f"⌈{spell(node.body)}⌉" if node.ceiling else f"⌊{spell(node.body)}⌋",
    n.Compare: lambda node: f"{spell(node.left)} {_SIGNS.get(node.sign, node.sign)} {spell(node.right)}",
    n.Cases: _cases,
    n.Matrix: _matrix,
    n.Transposed: lambda node: f"{_whole(node.body)}ᵀ",
    n.Elementwise: lambda node: f"{_whole(node.left)} ⊙ {_whole(node.right)}",
    n.Prefixed: lambda node: f"{spell(node.operator)} {spell(node.body)}",
    n.Word: lambda node: node.text,
}
