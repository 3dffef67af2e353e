"""Notation in LaTeX maths (amsmath): for documents, for Markdown and for the JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from .. import notation as n
from ..notation import Node
from .latex_words import SYMBOLS, words
from .scripts import STEP

_SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
_FUNCTIONS = {"ln": r"\ln", "tanh": r"\tanh", "max": r"\max", "min": r"\min", "sin": r"\sin", "cos": r"\cos"}
_SPECIAL = {
    "_": r"\_", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "{": r"\{", "}": r"\}", "\\": r"\backslash ",
    "~": r"\sim ", "^": r"\wedge ", "|": r"\vert ",
}  # fmt: skip


def maths(node: Node) -> str:
    """The notation in LaTeX maths, in ASCII."""
    return _SPELLERS[type(node)](node)


def mark(number: int) -> str:
    r"""A mark within maths: \text{\textcircled{7}}."""
    return rf"\text{{\textcircled{{{number}}}}}"


def worded(text: str) -> str:
    r"""Words within maths: \text{...}, with signs and LaTeX's own characters as maths between."""
    spelled = ""
    for run, sign in re.findall(r"([^_&%$#{}\\~^|<>\x00-\x1f\x7f-\U0010ffff]+)|(.)", re.sub(r"\s", " ", text)):
        spelled += rf"\text{{{run}}}" if run else _sign(sign)
    return spelled


def _sign(c: str) -> str:
    if c in _SPECIAL:
        return _SPECIAL[c]
    return f"{{{SYMBOLS[c]}}}" if c in SYMBOLS else rf"\text{{{words(c)}}}"


def _number(node: n.Number) -> str:
    mantissa, ten, exponent = node.text.partition("e")
    if "/" in mantissa:
        top, _, bottom = mantissa.partition("/")
        sign = "-" if top.startswith("-") else ""
        return rf"{sign}\frac{{{top.lstrip('-').strip()}}}{{{bottom.strip()}}}"
    mantissa = mantissa.replace(",", "{,}")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if ten else mantissa


def _letters(text: str, upright: bool) -> str:
    if text in SYMBOLS:
        return SYMBOLS[text]
    plain, accent = _unaccented(text)
    if accent:
        return rf"\{accent}{{{_letters(plain, upright)}}}"
    if text.startswith("Δ"):
        return rf"\Delta {_letters(text[1:], upright)}"
    if not upright and len(text) == 1 and text.isascii() and text.isalnum():
        return text
    return _upright(text)


_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar"}


def _unaccented(text: str) -> tuple[str, str]:
    """A letter and the accent over it: m̂ is m and hat, ȳ is y and bar."""
    letters = normalize("NFD", text)
    if len(letters) == 2 and letters[1] in _ACCENTS:
        return letters[0], _ACCENTS[letters[1]]
    return text, ""


def _upright(text: str) -> str:
    if text.isascii() and text.replace("_", "").replace("-", "").isalnum():
        escaped = text.replace("_", r"\_").replace("-", "{-}")
        return rf"\mathrm{{{escaped}}}"
    return worded(text)


def _name(node: n.Name) -> str:
    text = _letters(node.base, node.upright)
    if node.sub:
        text += f"_{{{_subscript(node.sub)}}}"
    if node.sup:
        raised = node.sup if node.sup.isascii() else worded(node.sup)
        primes = r"\prime" * node.primes
        return f"{text}^{{{raised}{primes}}}"
    return text + "'" * node.primes


def _subscript(sub: str) -> str:
    beside = STEP.fullmatch(sub)
    if beside:
        return "".join(beside.groups()).replace("−", "-")
    letters = sub.rstrip("0123456789,")
    if len(letters) <= 1 and sub.isascii() and (not letters or letters.isalnum()):
        return sub
    return _letters(sub, upright=True)


def _partial(node: n.Partial) -> str:
    d = r"\mathrm{d}" if node.straight else r"\partial "
    top = "" if isinstance(node.top, n.Word) and not node.top.text else maths(node.top)
    return rf"\frac{{{(d + top).strip()}}}{{{d}{maths(node.bottom)}}}"


def _sum(node: n.Sum) -> str:
    text = maths(node.terms[0])
    for term in node.terms[1:]:
        text += f" - {maths(term.body)}" if isinstance(term, n.Minus) else f" + {maths(term)}"
    return text


def _product(node: n.Product) -> str:
    text = maths(node.factors[0])
    for before, factor in zip(node.factors, node.factors[1:], strict=False):
        text += times(before, factor) + maths(factor)
    return text


def times(before: Node, factor: Node) -> str:
    """What stands between two factors: a thin space, or a dot where one would misread without."""
    return r" \, " if _joins(before, factor) else r" \cdot "


def _joins(before: Node, factor: Node) -> bool:
    """Letters and brackets around sums stand side by side; numbers, marks and derivatives take a dot."""
    if isinstance(before, n.Mark | n.Partial | n.Prefixed) or isinstance(factor, n.Mark | n.Partial | n.Prefixed):
        return False
    if isinstance(factor, n.Number | n.Fraction) or _numeric(before) or _numeric(factor):
        return False
    if isinstance(before, n.Number):
        plain = before.text.lstrip("-").isdigit() and isinstance(factor, n.Name)
        return plain or isinstance(factor, n.Bracket)
    return True


def _numeric(node: Node) -> bool:
    """A bracket around something else than a sum, (-0.3), or a power of a number."""
    if isinstance(node, n.Power):
        return isinstance(node.base, n.Number) or _numeric(node.base)
    return isinstance(node, n.Bracket) and not isinstance(node.body, n.Sum)


def is_tall(inside: str) -> bool:
    """Whether brackets around this have to grow."""
    return any(part in inside for part in (r"\frac", r"\begin", "^{("))


def _fenced(left: str, inside: str, right: str) -> str:
    if is_tall(inside):
        return rf"\left{left} {inside} \right{right}"
    return f"{left}{' ' if left[-1].isalpha() else ''}{inside}{right}"


def _power(node: n.Power) -> str:
    base = maths(node.base)
    if isinstance(node.base, n.Name) and (node.base.sup or node.base.primes):
        base = _fenced("(", base, ")")  # two raised things in a row are no LaTeX
    return f"{base}^{{{maths(node.exponent)}}}"


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


def function(name: str) -> str:
    """The sign of a function before its bracket; σ' for its derivative."""
    plain = name.rstrip("'")
    primes = name[len(plain) :]
    return (_FUNCTIONS.get(plain) or _letters(plain, upright=len(plain) > 1)) + primes


def _call(node: n.Call) -> str:
    return function(node.name) + _fenced("(", ", ".join(maths(argument) for argument in node.arguments), ")")


def _floor(node: n.Floor) -> str:
    side = "ceil" if node.ceiling else "floor"
    return _fenced(rf"\l{side}", maths(node.body), rf" \r{side}")


def _transposed(node: n.Transposed) -> str:
    body = maths(node.body)
    if isinstance(node.body, n.Name) and node.body.sup:
        return rf"{body[:-1]}\top}}"  # one raised thing: W^{(2)\top}
    plain = isinstance(node.body, n.Matrix | n.Bracket | n.Name)
    return rf"{body if plain else _fenced('(', body, ')')}^{{\top}}"


_SPELLERS: dict[type, Callable[[Any], str]] = {
    n.Number: _number,
    n.Name: _name,
    n.Mark: lambda node: mark(node.number),
    n.Partial: _partial,
    n.Sum: _sum,
    n.Minus: lambda node: f"-{maths(node.body)}",
    n.Product: _product,
    n.Fraction: lambda node: rf"\frac{{{maths(node.top)}}}{{{maths(node.bottom)}}}",
    n.Power: _power,
    n.Call: _call,
    n.Root: lambda node: rf"\sqrt{{{maths(node.body)}}}",
    n.Absolute: lambda node: _fenced(r"\lvert", maths(node.body), r"\rvert"),
    n.Bracket: lambda node: _fenced("(", maths(node.body), ")"),
    n.Floor: _floor,
    n.Compare: lambda node: f"{maths(node.left)} {_SIGNS.get(node.sign, node.sign)} {maths(node.right)}",
    n.Cases: _cases,
    n.Matrix: _matrix,
    n.Transposed: _transposed,
    n.Elementwise: lambda node: rf"{maths(node.left)} \odot {maths(node.right)}",
    n.Prefixed: lambda node: f"{maths(node.operator)} {maths(node.body)}",
    n.Word: lambda node: worded(node.text),
}
