"""How counts are written: with letters, with numbers, and between their divisions and the result."""

from __future__ import annotations

from collections.abc import Callable

from .. import notation as n
from ..notation import Node
from .count import Count, Term, term_of

Spell = Callable[[Term], Node]


def lettered(count: Count) -> Node:
    """The count with its letters: ⌊(W − F + 2·P)/S⌋ + 1."""
    return _node(term_of(count), _letter, _rounded(_letter))


def numbered(count: Count) -> Node:
    """The count with its numbers: ⌊(32 − 11 + 2·5)/4⌋ + 1."""
    return _node(term_of(count), _number, _rounded(_number))


def divided(count: Count) -> Node | None:
    """The count after its divisions, before they are rounded: ⌊7.75⌋ + 1; None where nothing is divided."""
    term = term_of(count)
    return _node(term, _number, _quotient) if _divides(term) else None


def _divides(term: Term) -> bool:
    return term.sign in ("//", "ceil") or any(_divides(part) for part in term.parts)


def _letter(term: Term) -> Node:
    if term.sign == "number":
        return _number(term)
    plain = term.base.rstrip("'")
    return n.Name(plain, term.sub, primes=len(term.base) - len(plain))


def _number(term: Term) -> Node:
    return n.Number(f"{term.value:,}")


def _rounded(leaf: Spell) -> Spell:
    def spell(term: Term) -> Node:
        top, bottom = (_node(part, leaf, spell) for part in term.parts)
        fraction = n.Fraction(top, bottom)
        return fraction if term.sign == "/" else n.Floor(fraction, ceiling=term.sign == "ceil")

    return spell


def _quotient(term: Term) -> Node:
    top, bottom = (part.value for part in term.parts)
    if top % bottom == 0:
        return n.Number(f"{term.value:,}")
    return n.Floor(n.Number(decimal(top, bottom)), ceiling=term.sign == "ceil")


def decimal(top: int, bottom: int) -> str:
    """top / bottom: exact where four decimals suffice, else two, or as many as show which whole number is below."""
    sign, top = ("-" if top * bottom < 0 else ""), abs(top)
    digits = 4
    scaled, rest = divmod(top * 10**4, bottom)
    if rest:
        digits, scaled = _rounded_to(top, bottom)
    whole, part = divmod(scaled, 10**digits)
    return sign + f"{whole:,}.{part:0{digits}d}".rstrip("0").rstrip(".")


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
