"""Letters in place of numbers: `k1`, or an expression of letters such as `-k1*m1`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ..errors import NotComputable
from . import typed
from .fields import NUMBER, Field, refused
from .number import Number

if TYPE_CHECKING:
    from .network import Network

_CONSTANTS = ("e", "pi", "π")
_ANSWERS = frozenset({"yes", "no", "on", "off", "true", "false"})
_STAND_IN = Number.of(1)


class Letters(Number, frozen=True):
    """An expression of letters; `value` is what it comes to at one point, for checking what is done with it."""

    formula: Any = None

    def at(self, point: int) -> Letters:
        """The same letters at another point."""
        return lettered(self.text, self.formula, point)


def coordinate(letter: str, point: int) -> Fraction:
    """The number that stands for a letter at a point: between 0.2 and 1.7, the same wherever the letter stands."""
    return Fraction(20 + crc32(f"{point}{letter}".encode()) % 151, 100)


def lettered(text: str, formula: Any, point: int = 0) -> Letters:
    """An expression of letters with its value at a point. Raises NotComputable where it has none."""
    from ..algebra import symbols_of
    from ..evaluate import settled, value_of

    numbers = {each.name: coordinate(each.name, point) for each in symbols_of(formula)}
    try:
        value = settled(value_of(formula, numbers))
    except (ZeroDivisionError, ValueError, OverflowError):
        raise NotComputable(text, "has no value at the point where it is checked") from None
    return Letters(Fraction(value), text, formula)


def _entry(value: Any) -> Number:
    if not isinstance(value, str) or isinstance(typed.number(value), Number):
        return NUMBER.read(value)
    return _letters(value)


def _letters(text: str) -> Letters:
    # formulas need SymPy's core and a reader of their own: only where there are letters
    from ..algebra import symbols_of
    from .expression import FUNCTIONS, FormulaError, expression
    from .expression_tokens import tokens

    try:
        names = {each.text for each in tokens(text) if each.kind == "name"} - {*FUNCTIONS, *_CONSTANTS}
        formula = expression(text, names)
    except FormulaError as error:
        raise refused(text, "a number, or an expression of letters", str(error), instead=_STAND_IN) from None
    if _ANSWERS & {name.lower() for name in names}:
        raise refused(text, "a number, or an expression of letters", "Write 1 or 0", instead=_STAND_IN)
    if not symbols_of(formula):
        raise refused(text, "a number, or an expression of letters", "Write the number", instead=_STAND_IN)
    return lettered(" ".join(text.split()), formula)


ENTRY: Field[Number] = Field(
    "a number, or letters",
    _entry,
    {"anyOf": [dict(NUMBER.schema), {"type": "string", "description": "an expression of letters, such as -k1*m1"}]},
)


def letters_of(network: Network) -> list[str]:
    """Every letter of a network's inputs, targets, weights and biases, in the order met."""
    numbers = [p.value for p in network.parameters]
    numbers += [number for sample in network.samples for number in (*sample.inputs, *sample.targets)]
    formulas = [number.formula for number in numbers if isinstance(number, Letters)]
    return list(dict.fromkeys(each.name for formula in formulas for each in sorted(formula.free_symbols, key=str)))
