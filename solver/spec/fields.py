"""The fields that specs are made of: each reads one value strictly, and knows its JSON Schema.

A `Field` stands in the annotation of a key, `Annotated[Number, NUMBER]`. It raises `FieldError`:
every fault of the value at once, each with its path below the field, so that no union multiplies them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from . import typed
from .document import Path
from .number import Number

T = TypeVar("T")
_LARGEST, _SMALLEST = Fraction(10) ** 300, Fraction(1, 10**300)
# What an editor sees as text though it is a number to us: fractions, and the Unicode minus.
_AS_TEXT = {
    "type": "string",
    "pattern": r"^[-+−]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?( */ *[0-9]+)?$",
    "description": "a number as text, such as 1/3",
}
_LONGEST = 60
MOST_ALIKE = 20  # so many complaints of one kind about one mapping are enough


DROPPED: Final = object()


class Fault(Struct, frozen=True):
    """One thing wrong inside a field: what, where below the field, and a value that lets reading go on.

    at_key:  the mapping key itself is wrong, not its value
    instead: stands in for the value while the rest of the file is looked at; DROPPED leaves it out,
             None says that nothing can stand in
    """

    message: str
    path: Path = ()
    at_key: bool = False
    instead: Any = None

    def below(self, *parts: str | int) -> Fault:
        """The same fault seen from further up."""
        return Fault(self.message, (*parts, *self.path), self.at_key, self.instead)


class FieldError(ValueError):
    """Everything wrong inside a field."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


class Field(Struct, Generic[T], frozen=True):
    """How a value of a spec is read, what it is in words, and its JSON Schema."""

    says: str
    read: Callable[[Any], T]
    schema: Mapping[str, Any]


def shown(value: Any) -> str:
    """What was found, in words short enough for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Number():
            return _short(value.text)
        case str():
            return f"'{_short(value)}'"
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case dict():
            return f"a mapping ({_short(', '.join(value))})" if value else "an empty mapping"
    return f"a {type(value).__name__}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def refused(value: Any, expected: str, fix: str = "", *, instead: Any = None) -> FieldError:
    """The fault `found ...; expected ...`, with the nearest fix behind it."""
    return FieldError(
        [Fault(f"found {shown(value)}; expected {expected}" + (f". {fix}" if fix else ""), instead=instead)]
    )


def recased(word: str, words: Iterable[str]) -> str:
    """The one of the words that differs in capitals, blanks or hyphens alone (ReLU, Leaky ReLU), else the word."""
    plain = _plain(word)
    return next((each for each in words if _plain(each) == plain), word)


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", word.strip().lower())


def nearest(word: str, words: Iterable[str], synonyms: Mapping[str, str] | None = None) -> str | None:
    """The word that was probably meant: by the table of synonyms, else by its letters."""
    plain = re.sub(r"[\s-]+", "_", word.strip().lower())
    if synonyms and plain in synonyms:
        return synonyms[plain]
    folded = {each.lower(): each for each in words}
    close = get_close_matches(plain[:_LONGEST], list(folded), 1, 0.6)
    return folded[close[0]] if close else None


def did_you_mean(word: str, words: Iterable[str], synonyms: Mapping[str, str] | None = None) -> str:
    """`Did you mean ...?`, or nothing when no word is near."""
    near = nearest(word, words, synonyms)
    return f"Did you mean {near}?" if near else ""


_STAND_IN = Number.of(1)


def _number(value: Any) -> Number:
    if isinstance(value, str):
        value = _from_text(value)
    if not isinstance(value, Number):
        fix = "Write 1 or 0" if isinstance(value, bool) else ""
        raise refused(value, "a number", fix, instead=_STAND_IN)
    if value.value and not _SMALLEST <= abs(value.value) <= _LARGEST:
        raise refused(value, "a size from 1e-300 to 1e300", instead=_STAND_IN)
    return value


def _from_text(text: str) -> Number:
    """A number in quotes, as JSON needs for 1/3; anything else is a fault with the fix."""
    found = typed.number(text)
    if isinstance(found, str):
        raise FieldError([Fault(found, instead=_STAND_IN)])
    return found


NUMBER = Field("a number", _number, {"anyOf": [{"type": "number"}, _AS_TEXT]})


def limited(says: str, holds: Callable[[Fraction], bool], bounds: Mapping[str, Any]) -> Field[Number]:
    """A number for which `holds` is true (it must be of 1); `says` names it in messages."""

    def read(value: Any) -> Number:
        number = _number(value)
        if not holds(number.value):
            raise refused(value, says, instead=_STAND_IN)
        return number

    return Field(says, read, {"anyOf": [{"type": "number", **bounds}, _AS_TEXT]})


POSITIVE = limited("a number above 0", lambda v: v > 0, {"exclusiveMinimum": 0})
PROBABILITY = limited("a number from 0 to 1", lambda v: 0 <= v <= 1, {"minimum": 0, "maximum": 1})


def whole(least: int = 1, most: int = 10**9) -> Field[int]:
    """A whole number from `least` to `most`, read as an int."""
    says = f"a whole number from {least}" + (f" to {most}" if most < 10**9 else "") if least < most else str(least)
    bounds = {"minimum": least, "maximum": most}

    def read(value: Any) -> int:
        if not isinstance(value, Number) or value.value.denominator != 1 or not least <= value.value <= most:
            beyond = isinstance(value, Number) and value.value > most
            wanted = f"a whole number from {least} to {most}" if beyond and least < most else says
            quoted = isinstance(value, str) and value.isdecimal()
            raise refused(value, wanted, "Write it without quotes" if quoted else "", instead=Number.of(least))
        return int(value.value)

    return Field(says, read, {"type": "integer", **bounds})


def one_of(words: Iterable[str], synonyms: Mapping[str, str] | None = None) -> Field[str]:
    """One of a few words; a wrong one is answered with the nearest, by synonyms or by letters."""
    known = tuple(words)
    says = known[0] if len(known) == 1 else f"one of {', '.join(known)}"

    def read(value: Any) -> str:
        word = value.text if isinstance(value, Number) else value
        if isinstance(word, str) and (meant := recased(word, known)) in known:
            return meant
        fix = did_you_mean(word, known, synonyms) if isinstance(word, str) else ""
        raise refused(value, says, fix, instead=known[0])

    return Field(says, read, {"enum": list(known)})


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    fix = did_you_mean(value, ("true", "false"), meant) if isinstance(value, str) else ""
    raise refused(value, "true or false", fix, instead=False)


FLAG = Field("true or false", _flag, {"type": "boolean"})


def _text(value: Any) -> str:
    if isinstance(value, Number):
        return value.text
    if not isinstance(value, str):
        raise refused(value, "text", "Put it in quotes" if isinstance(value, bool) else "", instead="text")
    return " ".join(value.split())


TEXT = Field("text", _text, {"type": ["string", "number"]})

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,39}")
NAME_SAYS = "a name of letters, digits and underscores"


def _name(value: Any) -> str:
    word = value.text if isinstance(value, Number) else value
    if not isinstance(word, str) or not _NAME.fullmatch(word):
        raise refused(value, NAME_SAYS)
    return word


NAME = Field(NAME_SAYS, _name, {"type": ["string", "integer"], "pattern": "^[A-Za-z0-9][A-Za-z0-9_]{0,39}$"})
