"""Whole-number arithmetic that remembers how it was written.

A rule such as (F·F·C + 1)·K is written once, as a Python function. Given integers it counts;
given Terms it counts and can be spelled: with letters, with numbers, in ASCII for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A whole number and how it came about.

    sign:  'letter' or 'number' for a leaf; + - * for sums and products, // for a division rounded down,
           ceil for one rounded up, / for one that leaves no rest
    base, sub:  a letter and its index; a prime may follow the letter
    """

    sign: str
    value: int
    parts: tuple[Term, ...] = ()
    base: str = ""
    sub: str = ""

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
    return Term(sign, value, (term_of(left), term_of(right)))


def term_of(count: Count) -> Term:
    """The count as a Term."""
    return count if isinstance(count, Term) else Term("number", count)


def letter(base: str, value: int, sub: str = "") -> Term:
    """A quantity with a name: letter('F', 5, 'h') is written F with the index h."""
    return Term("letter", value, (), base, sub)


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


def formula(count: Count) -> str:
    """The count in ASCII with its letters: floor((W - F + 2*P)/S) + 1."""
    return _ascii(term_of(count), _plain, _SPELLED)


def numbers(count: Count) -> str:
    """The count as Python arithmetic: (32 - 11 + 2*5)//4 + 1."""
    return _ascii(term_of(count), lambda term: str(term.value), _PYTHON)


def _plain(term: Term) -> str:
    if term.sign == "number":
        return str(term.value)
    return f"{term.base}_{term.sub}" if term.sub else term.base


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
