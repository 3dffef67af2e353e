"""A typed formula cut into numbers, names and signs, each with its place."""

from __future__ import annotations

import re

from msgspec import Struct

LONGEST = 2000
_SHOWN = 60

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>(?!\d)(?:(?![²³])\w)+)"
    r"|(?P<sign>\*\*|[-+*/^(),·×⋅∙÷−–²³])"
    r"|(?P<blank>\s+)"
)
_PLAIN = {"**": "^", "·": "*", "×": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "–": "-"}
_RAISED = {"²": "2", "³": "3"}
_FIXES = {
    "=": "only the right side of the equation is written here",
    "|": "for the absolute value write abs(...)",
    "[": "use round brackets ( )",
    "]": "use round brackets ( )",
    "{": "use round brackets ( )",
    "}": "use round brackets ( )",
    "√": "write sqrt(...)",
    "½": "write 1/2",
    "'": "a name is made of letters, digits and underscores",
    ".": "a dot stands inside a number only, with digits at its side",
}


class FormulaError(ValueError):
    """A formula that cannot be read; the message quotes it and names the character, from 1."""

    def __init__(self, text: str, place: int, message: str) -> None:
        self.place = place
        self.message = message
        super().__init__(f"in '{_around(text, place)}', character {place}: {message}")


def _around(text: str, place: int) -> str:
    """The text, or where it is long what stands around the place."""
    if len(text) <= _SHOWN:
        return text
    start = max(0, min(place - _SHOWN // 2, len(text) - _SHOWN))
    cut = text[start : start + _SHOWN]
    return ("…" if start else "") + cut + ("…" if start + _SHOWN < len(text) else "")


class Token(Struct, frozen=True):
    """A piece of a formula: 'number', 'name', 'sign' or 'end'; `place` is its first character, from 1."""

    kind: str
    text: str
    place: int


def tokens(text: str) -> list[Token]:
    """The tokens of a formula and an 'end'. Raises FormulaError for a text that is too long or a stray character."""
    if len(text) > LONGEST:
        raise FormulaError(text, LONGEST + 1, f"a formula has at most {LONGEST} characters, found {len(text)}")
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _stray(text, place)
        found += _plain(match.lastgroup or "", match[0], place + 1)
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _plain(kind: str, text: str, place: int) -> list[Token]:
    if kind == "blank":
        return []
    if text in _RAISED:
        return [Token("sign", "^", place), Token("number", _RAISED[text], place)]
    return [Token(kind, _PLAIN.get(text, text), place)]


def _stray(text: str, place: int) -> FormulaError:
    letter = text[place]
    fix = _FIXES.get(letter, "expected numbers, names, + - * / ^ and round brackets")
    return FormulaError(text, place + 1, f"found '{letter}'; {fix}")
