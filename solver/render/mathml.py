"""Notation in MathML Core: what browsers set without any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from .. import notation as n
from ..notation import Node
from .latex_maths import times
from .scripts import STEP

_SIGNS = {"<": "&lt;", ">": "&gt;", "<=": "≤", ">=": "≥", "!=": "≠"}
_TIMES = {r" \, ": '<mo lspace="0" rspace=".17em">\u2062</mo>', r" \cdot ": "<mo>⋅</mo>"}
_ACCENTS = {"\u0302": "^", "\u0303": "~", "\u0304": "¯", "\u0307": "˙"}
_SCRIPT = re.compile(r"([A-Za-zα-ω]?)([0-9][0-9,]*)?")
_INDEX = re.compile(r"([(\[])(\w+)([)\]])")
_ESCAPES = {ord(c): None for c in map(chr, range(0x20))} | {0x7F: None, ord("\t"): " ", ord("\n"): " "}
_ESCAPES |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
_SPECIAL = re.compile("[\x00-\x1f\x7f&<>\"']")
_DESCENDERS = frozenset("gjpqyβγζημξρφχψç")
_APPLY = "<mo>\u2061</mo>"  # what stands between a function and its bracket, for those who hear it


def escaped(text: str) -> str:
    """Words of the user as HTML text, or as an attribute's value between double quotes."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


class Maths:
    """Spells notation; what stands in `links` is spelled as the link that it is there."""

    def __init__(self, links: Mapping[Node, str]) -> None:
        self.links = links

    def row(self, node: Node) -> str:
        """The notation as elements side by side."""
        if type(node) in _LINKED and node in self.links:
            return self.links[node]
        return _SPELLERS[type(node)](self, node)

    def one(self, node: Node) -> str:
        """The notation as one element."""
        spelled = self.row(node)
        return f"<mrow>{spelled}</mrow>" if type(node) in _SEVERAL else spelled

    def _partial(self, node: n.Partial) -> str:
        d = '<mi mathvariant="normal">d</mi>' if node.straight else "<mi>∂</mi>"
        return f"<mfrac><mrow>{d}{PLAIN.row(node.top)}</mrow><mrow>{d}{PLAIN.row(node.bottom)}</mrow></mfrac>"

    def _sum(self, node: n.Sum) -> str:
        return "".join(self.term(term, index > 0) for index, term in enumerate(node.terms))

    def term(self, node: Node, later: bool) -> str:
        """A term of a sum, with the sign before it."""
        if not later:
            return self.row(node)
        if isinstance(node, n.Minus):
            return f'<mo form="infix">−</mo>{self.row(node.body)}'
        return f'<mo form="infix">+</mo>{self.row(node)}'

    def _minus(self, node: n.Minus) -> str:
        return f'<mo form="prefix">−</mo>{self.row(node.body)}'

    def _product(self, node: n.Product) -> str:
        return "".join(self.factor(node.factors, index) for index in range(len(node.factors)))

    def factor(self, factors: tuple[Node, ...], index: int) -> str:
        """A factor of a product, with the dot (or the thin room) before it."""
        return f"{between(factors, index)}{self.row(factors[index])}"

    def _fraction(self, node: n.Fraction) -> str:
        return fraction(self.one(node.top), self.one(node.bottom), _is_small(node.top) and _is_small(node.bottom))

    def _power(self, node: n.Power) -> str:
        base = node.base
        if isinstance(base, n.Name):
            e = base == _E  # Euler's number, whatever else is called so
            spelled = PLAIN.row(base) if e else self.row(base)
            if base.sup or base.primes:
                spelled = f"<mrow>{fenced('(', spelled, ')')}</mrow>"
        else:
            spelled = self.one(base)
        return f"<msup>{spelled}{self.one(node.exponent)}</msup>"

    def _call(self, node: n.Call) -> str:
        arguments = "<mo>,</mo>".join(self.row(argument) for argument in node.arguments)
        return f"{function(node.name)}{_APPLY}{fenced('(', arguments, ')')}"

    def _floor(self, node: n.Floor) -> str:
        left, right = "⌈⌉" if node.ceiling else "⌊⌋"
        return fenced(left, self.row(node.body), right)

    def _cases(self, node: n.Cases) -> str:
        rows = "".join(
            f"<mtr><mtd>{self.row(piece)}</mtd><mtd>"
            + ("<mtext>otherwise</mtext>" if when is None else f"<mtext>if\u00a0</mtext>{self.row(when)}")
            + "</mtd></mtr>"
            for piece, when in node.pieces
        )
        return f'<mrow><mo form="prefix">{{</mo><mtable class="cases">{rows}</mtable></mrow>'

    def _matrix(self, node: n.Matrix) -> str:
        rows = "".join(
            "<mtr>" + "".join(f"<mtd>{self.row(entry)}</mtd>" for entry in row) + "</mtr>" for row in node.rows
        )
        return f"<mrow><mo>[</mo><mtable>{rows}</mtable><mo>]</mo></mrow>"

    def _transposed(self, node: n.Transposed) -> str:
        body = node.body
        if isinstance(body, n.Name) and body.sup and body not in self.links:
            return name(body, "<mi>⊤</mi>")
        plain = isinstance(body, n.Matrix | n.Bracket | n.Name)
        spelled = self.one(body) if plain else f"<mrow>{fenced('(', self.row(body), ')')}</mrow>"
        return f"<msup>{spelled}<mi>⊤</mi></msup>"

    def _compare(self, node: n.Compare) -> str:
        return f"{self.row(node.left)}{sign(node)}{self.row(node.right)}"

    def _absolute(self, node: n.Absolute) -> str:
        return fenced("|", self.row(node.body), "|")


def between(factors: tuple[Node, ...], index: int) -> str:
    """What stands before a factor: a dot, or thin room where LaTeX has it too."""
    return _TIMES[times(factors[index - 1], factors[index])] if index else ""


def sign(node: n.Compare) -> str:
    """The sign of a comparison."""
    return f"<mo>{_SIGNS.get(node.sign, node.sign)}</mo>"


@lru_cache(maxsize=4096)
def number(text: str) -> str:
    """A number with the true minus sign; ratios as fractions, powers of ten raised."""
    mantissa, ten, exponent = text.partition("e")
    if "/" in mantissa:
        top, _, bottom = mantissa.lstrip("-").partition("/")
        small = fraction(f"<mn>{top.strip()}</mn>", f"<mn>{bottom.strip()}</mn>", small=True)
        return f'<mrow><mo form="prefix">−</mo>{small}</mrow>' if mantissa.startswith("-") else small
    spelled = f"<mn>{escaped(mantissa.replace('-', '−'))}</mn>"
    if not ten:
        return spelled
    power = f"<msup><mn>10</mn><mn>{str(int(exponent)).replace('-', '−')}</mn></msup>"
    return f"<mrow>{spelled}<mo>⋅</mo>{power}</mrow>"


def fraction(top: str, bottom: str, small: bool) -> str:
    """One thing over another; ½ as small as within a line of text."""
    return f"<mfrac{' displaystyle=' + chr(34) + 'false' + chr(34) if small else ''}>{top}{bottom}</mfrac>"


def _is_small(node: Node) -> bool:
    return isinstance(node, n.Number) and len(node.text) <= 2 and node.text.isdigit()


def fenced(left: str, inside: str, right: str) -> str:
    """Brackets around something; they grow only where it is tall."""
    tall = "<mfrac>" in inside or "<mtable" in inside or "<msqrt" in inside
    kind = "" if tall else ' stretchy="false"'
    return f'<mo form="prefix"{kind}>{left}</mo>{inside}<mo form="postfix"{kind}>{right}</mo>'


def letters(text: str, upright: bool) -> str:
    """A quantity's letters: one alone is italic, several are a word."""
    if text == "Σ":
        return "<mo>∑</mo>"
    if text[:1] in ("Σ", "Δ") and len(text) > 1:
        sign = "<mo>∑</mo>" if text[0] == "Σ" else '<mi mathvariant="normal">Δ</mi>'
        return f"<mrow>{sign}{letters(text[1:].strip(), upright)}</mrow>"
    if text.isdigit():
        return f"<mn>{text}</mn>"
    if not text.isascii():
        apart = unicodedata.normalize("NFD", text)
        if len(apart) == 2 and apart[1] in _ACCENTS:
            accent = f'<mo stretchy="false">{_ACCENTS[apart[1]]}</mo>'
            return f'<mover accent="true">{_letter(apart[0], upright)}{accent}</mover>'
    return _letter(text, upright)


def _letter(text: str, upright: bool) -> str:
    single = len(text) == 1 and (upright or "Α" <= text <= "Ω")  # capital Greek stands upright
    return f"<mi{' mathvariant=' + chr(34) + 'normal' + chr(34) if single else ''}>{escaped(text)}</mi>"


@lru_cache(maxsize=4096)
def name(node: n.Name, raised: str = "") -> str:
    """A quantity's name with its indices; `raised` stands behind the raised ones."""
    spelled = letters(node.base, node.upright)
    if (node.sub or node.sup) and not _DESCENDERS.isdisjoint(node.base):
        spelled = f'<mpadded depth="0">{spelled}</mpadded>'  # else its index would stand lower than that of others
    inner = node.primes if node.sup[:1] == "[" else 0  # behind a raised index a prime would look like a comma
    if inner:
        spelled = f"<mrow>{spelled}<mo>{'′' * inner}</mo></mrow>"
    above = (_superscript(node.sup) if node.sup else "") + raised
    if above:
        above = f"<mrow>{above}</mrow>"
    if node.sub and above:
        spelled = f"<msubsup>{spelled}{_subscript(node.sub)}{above}</msubsup>"
    elif node.sub:
        spelled = f"<msub>{spelled}{_subscript(node.sub)}</msub>"
    elif above:
        spelled = f"<msup>{spelled}{above}</msup>"
    return f"<mrow>{spelled}<mo>{'′' * node.primes}</mo></mrow>" if node.primes > inner else spelled


def _subscript(sub: str) -> str:
    beside = STEP.fullmatch(sub)
    if beside:
        return f"<mrow><mi>{beside[1]}</mi><mo>{beside[2]}</mo><mn>{beside[3]}</mn></mrow>"
    found = _SCRIPT.fullmatch(sub)
    if not found:
        return letters(sub, upright=True)
    letter, digits = found.groups()
    if letter and digits:
        return f"<mrow><mi>{letter}</mi><mn>{digits}</mn></mrow>"
    return f"<mi>{letter}</mi>" if letter else f"<mn>{digits}</mn>"


def _superscript(sup: str) -> str:
    found = _INDEX.fullmatch(sup)
    if not found:
        return f"<mi>{escaped(sup)}</mi>"
    left, index, right = found.groups()
    return fenced(left, _subscript(index), right)


def function(called: str) -> str:
    """The sign of a function before its bracket; σ′ for its derivative."""
    plain = called.rstrip("'")
    spelled = letters(plain, upright=False)
    return f"{spelled}<mo>{'′' * (len(called) - len(plain))}</mo>" if plain != called else spelled


def worded(text: str) -> str:
    """Words within maths: as a name of several letters, since an operator beside <mtext> loses its room."""
    words = escaped(text.replace(" ", "\u00a0"))
    return f'<mi mathvariant="normal">{words}</mi>' if len(text) == 1 else f"<mi>{words}</mi>" if text else ""


_E = n.Name("e")
_LINKED = frozenset({n.Name, n.Partial, n.Mark, n.Prefixed, n.Power, n.Absolute, n.Call})
_SEVERAL = frozenset(
    {n.Sum, n.Minus, n.Product, n.Call, n.Bracket, n.Absolute, n.Floor, n.Compare, n.Elementwise, n.Prefixed}
)

_SPELLERS: dict[type, Callable[[Maths, Any], str]] = {
    n.Number: lambda maths, node: number(node.text),
    n.Name: lambda maths, node: name(node),
    n.Mark: lambda maths, node: f'<mi class="mark">{node.number}</mi>',
    n.Partial: Maths._partial,
    n.Sum: Maths._sum,
    n.Minus: Maths._minus,
    n.Product: Maths._product,
    n.Fraction: Maths._fraction,
    n.Power: Maths._power,
    n.Call: Maths._call,
    n.Root: lambda maths, node: f"<msqrt>{maths.row(node.body)}</msqrt>",
    n.Absolute: Maths._absolute,
    n.Bracket: lambda maths, node: fenced("(", maths.row(node.body), ")"),
    n.Floor: Maths._floor,
    n.Compare: Maths._compare,
    n.Cases: Maths._cases,
    n.Matrix: Maths._matrix,
    n.Transposed: Maths._transposed,
    n.Elementwise: lambda maths, node: f"{maths.one(node.left)}<mo>⊙</mo>{maths.one(node.right)}",
    n.Prefixed: lambda maths, node: f'{maths.one(node.operator)}<mspace width=".17em"></mspace>{maths.row(node.body)}',
    n.Word: lambda maths, node: worded(node.text),
}

PLAIN = Maths({})
"""Spells notation without links."""
