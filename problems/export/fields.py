"""What a platform asks of a problem: its question, a field for each quantity, the values that count, the working."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from solver.errors import DlsolveError
from solver.page.blocks import Block, Equation, Figure, Heading, Text
from solver.rounding import shown

from ..asked import Asked, asked
from ..posed import Posed
from . import About

# words of which one is the answer; other words are typed
_WORDS = (
    ("yes", "no"),
    ("vanishes", "shrinks", "keeps its size", "grows", "explodes", "is cut off"),
    ("and", "or", "xor", "nand", "nor", "xnor"),
)
_SLACK = Decimal("1.000001")  # doubles must not push a value out that stands on the very edge
_NOISE = Decimal("1e-12")  # of doubles, by which an exact value may be off
_DIGITS = 4


class Mistaken(Struct, frozen=True):
    """A wrong value and how far around it an answer is taken for it; `shown` as a page would show it."""

    value: Decimal
    margin: Decimal
    shown: str
    words: str


class Field(Struct, frozen=True):
    """A quantity to be filled in: a number within a margin, or a word.

    shown:    the right answer as the page shows it
    word:     '' for a number; choices: where the word is one of these
    exponent: the answer is asked for as a multiple of this power of ten (all values here are such multiples)
    """

    key: str
    name: Text
    points: int
    shown: str
    word: str = ""
    choices: tuple[str, ...] = ()
    value: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)
    exponent: int = 0
    working: tuple[Equation, ...] = ()
    mistakes: tuple[Mistaken, ...] = ()

    def times_ten(self, exponent: int) -> Field:
        """The same field, asked for as a multiple of a power of ten."""
        mistakes = tuple(
            replace(m, value=m.value.scaleb(-exponent), margin=m.margin.scaleb(-exponent)) for m in self.mistakes
        )
        value, margin = self.value.scaleb(-exponent), self.margin.scaleb(-exponent)
        return replace(self, value=value, margin=margin, exponent=exponent, mistakes=mistakes)


class Problem(Struct, frozen=True):
    """A problem as every format reads it; `working` is its page without what the question says already."""

    id: str
    kind: str
    title: str
    question: tuple[Block, ...]
    fields: tuple[Field, ...]
    working: tuple[Block, ...]

    @property
    def points(self) -> int:
        """The points of all fields."""
        return sum(field.points for field in self.fields)


def problem(posed: Posed, about: About) -> Problem:
    """The problem. Raises DlsolveError for one that asks for nothing that can be filled in."""
    title = f"Problem {posed.number}: {posed.spec.get('title') or posed.kind}"
    fields = tuple(_fields(posed))
    if not fields:
        raise DlsolveError(f"{title}: it asks for no number and no word, so no platform can mark it")
    question = posed.question()
    found = problem_id(posed, about)
    return Problem(found, posed.kind, title, question, fields, tuple(_rest(posed.solution.page().blocks, question)))


def problem_id(posed: Posed, about: About) -> str:
    """An id from what the problem is and where it stands; a name in XML."""
    spec = json.dumps(posed.spec, sort_keys=True, default=str)
    decided = json.dumps([about.form, posed.number, posed.kind, posed.ask, posed.points, spec])
    return f"dlsolve-{hashlib.sha256(decided.encode()).hexdigest()[:16]}"


def plain(value: Decimal) -> str:
    """A number without an exponent, and without zeros that say nothing."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def _rest(blocks: Iterable[Block], question: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks that are not of the question, up to the verdict of the check."""
    drawings = [block.svg for block in question if isinstance(block, Figure)]
    for block in blocks:
        if block == Heading(("Check",)):
            return
        if not (block in question or (isinstance(block, Figure) and block.svg in drawings)):
            yield block


def _fields(posed: Posed) -> Iterator[Field]:
    digits = getattr(getattr(posed.solution, "options", None), "digits", _DIGITS)
    quantities = asked(posed)
    others = {a.value for a in quantities if isinstance(a.value, str)}.difference(*_WORDS)
    for each in quantities:
        if isinstance(each.value, str):
            family = next((family for family in _WORDS if each.value in family), tuple(sorted(others)))
            choices = family if len(family) > 1 else ()
            yield Field(each.key, each.name, each.points, each.text, each.value, choices, working=each.working)
        else:
            value, margin = _right(each, digits)
            mistakes = tuple(_mistakes(each, value, margin, digits))
            yield Field(
                each.key, each.name, each.points, each.text, value=value, margin=margin, working=each.working,
                mistakes=mistakes,
            )  # fmt: skip


def _right(each: Asked, digits: int) -> tuple[Decimal, Decimal]:
    """The value and its margin: a little more than the tolerance where the value as shown stands on its edge."""
    value, tolerance = Decimal(repr(each.value)), Decimal(repr(each.tolerance))
    exact = number(each.text)
    if not tolerance and abs(exact - value) <= _NOISE * abs(value):
        return (exact, tolerance) if "/" not in each.text else (value, _half_unit(value, digits))
    reach = max(abs(number(text) - value) for text in (each.text, each.by_hand) if text)
    return value, tolerance if reach * _SLACK < tolerance else reach * _SLACK


def number(text: str) -> Decimal:
    """A number as a page shows it: 16,930, 1/3, 5.344e-8."""
    plain_text = text.replace(",", "").replace("−", "-")
    if "/" not in plain_text:
        return Decimal(plain_text)
    ratio = Fraction(plain_text)
    return Decimal(ratio.numerator) / Decimal(ratio.denominator)


def _mistakes(each: Asked, value: Decimal, margin: Decimal, digits: int) -> Iterator[Mistaken]:
    """The wrong values with margins that reach neither the right one nor one another."""
    values = [Decimal(repr(wrong.value)) for wrong in each.wrong]
    for index, wrong in enumerate(each.wrong):
        others = [abs(other - values[index]) for place, other in enumerate(values) if place != index]
        room = min([abs(value - values[index]) - margin, *(gap / 2 for gap in others)]) * Decimal("0.9")
        if room > 0:
            text = shown(Fraction(values[index]), digits, exact=True)
            yield Mistaken(values[index], _short(min(_half_unit(values[index], digits), room)), text, wrong.words)


def _half_unit(value: Decimal, digits: int) -> Decimal:
    """Half a unit of the last digit that a page shows."""
    text = shown(Fraction(value), digits) if value else f"{0:.{digits}f}"
    return Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent)) / 2


def _short(margin: Decimal) -> Decimal:
    """Two digits of a margin, the rest cut off."""
    return margin.quantize(Decimal(1).scaleb(margin.adjusted() - 1), rounding=ROUND_DOWN)
