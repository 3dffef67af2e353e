"""Whole-number arithmetic that remembers how it was written.

A rule such as (F·F·C + 1)·K is written once, as a Python function. Given integers it counts;
given Terms it counts and can be spelled: with letters, with numbers, in ASCII for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .. import notation as n
from ..notation import Node

Spell = Callable[["Term"], Node]


@dataclass(frozen=True, slots=True)
class Term:
    """A whole number and how it came about.

    sign:  'letter' or 'number' for a leaf; + - * for sums and products, // for a division rounded down,
           ceil for one rounded up, / for one that leaves no rest
    name:  how a letter is written; `ascii` is its plain spelling, or that of a number
    """

    sign: str
    value: int
    parts: tuple[Term, ...] = ()
    name: Node | None = None
    ascii: str = ""

    def __add__(self, other: Count) -> Term:
        if isinstance(other, Term) and other.sign == "+":
            return self + other.parts[0] + other.parts[1]
        return _joined("+", self, other, self.value + int(other))

    def __radd__(self, other: int) -> Term:
        return _joined("+", other, self, other + self.value)

    def __sub__(self, other: Count) -> Term:
        return _joined("-", self, other, self.value - int(other))

    def __rsub__(self, other: int) -> Term:
        return _joined("-", other, self, other - self.value)

    def __mul__(self, other: Count) -> Term:
        return _joined("*", self, other, self.value * int(other))

    def __rmul__(self, other: int) -> Term:
        return _joined("*", other, self, other * self.value)

    def __floordiv__(self, other: Count) -> Term:
        return _joined("//", self, other, self.value // int(other))

    def __rfloordiv__(self, other: int) -> Term:
        return _joined("//", other, self, other // self.value)

    def __int__(self) -> int:
        return self.value


Count = int | Term


def _joined(sign: str, left: Count, right: Count, value: int) -> Term:
    return Term(sign, value, (_term(left), _term(right)))


def _term(count: Count) -> Term:
    return count if isinstance(count, Term) else Term("number", count, ascii=str(count))


def letter(base: str, value: int, sub: str = "") -> Term:
    """A quantity with a name: letter('F', 5, 'h') is written F with the index h."""
    return Term("letter", value, name=n.Name(base, sub), ascii=f"{base}_{sub}" if sub else base)


def round_up(top: Count, bottom: Count) -> Count:
    """⌈top / bottom⌉."""
    value = -(-int(top) // int(bottom))
    if isinstance(top, int) and isinstance(bottom, int):
        return value
    return _joined("ceil", top, bottom, value)


def share(whole: Count, parts: Count) -> Count:
    """whole / parts where nothing is left over."""
    value = int(whole) // int(parts)
    if isinstance(whole, int) and isinstance(parts, int):
        return value
    return _joined("/", whole, parts, value)


def product(factors: Iterable[Count]) -> Count:
    """Every factor multiplied (1 when there are none)."""
    first, *rest = list(factors) or [1]
    result: Count = first
    for factor in rest:
        result = result * factor
    return result


def total(terms: Iterable[Count]) -> Count:
    """Every term added (0 when there are none)."""
    first, *rest = list(terms) or [0]
    result: Count = first
    for term in rest:
        result = result + term
    return result


def lettered(count: Count) -> Node:
    """The count with its letters: ⌊(W − F + 2·P)/S⌋ + 1."""
    return _node(_term(count), _letter, _rounded(_letter))


def numbered(count: Count) -> Node:
    """The count with its numbers: ⌊(32 − 11 + 2·5)/4⌋ + 1."""
    return _node(_term(count), _number, _rounded(_number))


def divided(count: Count) -> Node | None:
    """The count after its divisions, before they are rounded: ⌊7.75⌋ + 1; None where nothing is divided."""
    term = _term(count)
    return _node(term, _number, _quotient) if _divides(term) else None


def _divides(term: Term) -> bool:
    return term.sign in ("//", "ceil") or any(_divides(part) for part in term.parts)


def _letter(term: Term) -> Node:
    return term.name or _number(term)


def _number(term: Term) -> Node:
    return n.Number(str(term.value))


def _rounded(leaf: Spell) -> Spell:
    def spell(term: Term) -> Node:
        top, bottom = (_node(part, leaf, spell) for part in term.parts)
        fraction = n.Fraction(top, bottom)
        return fraction if term.sign == "/" else n.Floor(fraction, ceiling=term.sign == "ceil")

    return spell


def _quotient(term: Term) -> Node:
    top, bottom = (part.value for part in term.parts)
    if top % bottom == 0:
        return n.Number(str(term.value))
    return n.Floor(n.Number(decimal(top, bottom)), ceiling=term.sign == "ceil")


def decimal(top: int, bottom: int) -> str:
    """top / bottom: exact where four decimals suffice, else two, or as many as show which whole number is below."""
    sign, top = ("-" if top * bottom < 0 else ""), abs(top)
    digits = 4
    scaled, rest = divmod(top * 10**4, bottom)
    if rest:
        digits, scaled = _rounded_to(top, bottom)
    whole, part = divmod(scaled, 10**digits)
    return sign + f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".")


def _rounded_to(top: int, bottom: int) -> tuple[int, int]:
    """The fewest digits, from two, whose rounding is no whole number, and the rounded value times 10**digits."""
    digits = 2
    while True:
        scale = 10**digits
        scaled = (2 * top * scale + bottom) // (2 * bottom)
        if scaled % scale:
            return digits, scaled
        digits += 1


def _node(term: Term, leaf: Spell, division: Spell) -> Node:
    if term.sign in ("letter", "number"):
        return leaf(term)
    if term.sign == "*":
        return n.product([_node(factor, leaf, division) for factor in _spine(term, ("*",))])
    if term.sign in ("+", "-"):
        return n.total(_addends(term, leaf, division))
    return division(term)


def _addends(term: Term, leaf: Spell, division: Spell) -> list[Node]:
    if term.sign not in ("+", "-"):
        return [_node(term, leaf, division)]
    left, right = term.parts
    last = _node(right, leaf, division)
    return [*_addends(left, leaf, division), n.minus(last) if term.sign == "-" else last]


def _spine(term: Term, signs: tuple[str, ...]) -> list[Term]:
    """The factors of a product that was written from left to right."""
    if term.sign not in signs:
        return [term]
    return [*_spine(term.parts[0], signs), term.parts[1]]


def formula(count: Count) -> str:
    """The count in ASCII with its letters: floor((W - F + 2*P)/S) + 1."""
    return _ascii(_term(count), lambda term: term.ascii, _SPELLED)


def numbers(count: Count) -> str:
    """The count as Python arithmetic: (32 - 11 + 2*5)//4 + 1."""
    return _ascii(_term(count), lambda term: str(term.value), _PYTHON)


_SPELLED = {"//": "floor({0}/{1})", "ceil": "ceil({0}/{1})", "/": "{0}/{1}"}
_PYTHON = {"//": "{0}//{1}", "ceil": "-(-{0}//{1})", "/": "{0}//{1}"}


def _ascii(term: Term, leaf: Callable[[Term], str], divisions: dict[str, str]) -> str:
    if not term.parts:
        return leaf(term)
    left, right = term.parts
    top, bottom = _ascii(left, leaf, divisions), _ascii(right, leaf, divisions)
    if term.sign in ("+", "-"):
        return f"{top} {term.sign} {f'({bottom})' if right.sign in ('+', '-') else bottom}"
    top = f"({top})" if left.parts and left.sign != "*" else top
    bottom = f"({bottom})" if right.parts else bottom
    return f"{top}*{bottom}" if term.sign == "*" else divisions[term.sign].format(top, bottom)
