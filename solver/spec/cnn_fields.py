"""How the settings of CNN layers are read: one row is one kind of value of the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..catalog.cnn_settings import Setting
from .choices import ACTIVATION_SYNONYMS, ACTIVATIONS
from .compound import choice, list_of
from .convnet import UNKNOWN
from .fields import FLAG, NUMBER, TEXT, Field, limited, one_of, refused, whole
from .number import Number

ASKABLE = ("kernel", "size", "stride", "padding", "filters", "units")
_RATE = limited("a number from 0 to below 1", lambda v: 0 <= v < 1, {"minimum": 0, "exclusiveMaximum": 1})
_COUNT, _WHOLE = whole(1), whole(0)


def _several(item: Field[int], says: str, most: int) -> Field[Any]:
    """One number, or a list of up to `most`; an element may be '?'."""
    listed = list_of(_or_asked(item), says)

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            return item.read(value)
        if len(value) > most:
            raise refused(value, says, f"At most {most} numbers")
        return listed.read(value)

    return Field(says, read, {"anyOf": [dict(item.schema), {**listed.schema, "maxItems": most}]})


def _or_asked(field: Field[Any]) -> Field[Any]:
    """The field, or '?' to ask for it."""

    def read(value: Any) -> Any:
        return UNKNOWN if value == UNKNOWN else field.read(value)

    return Field(f"{field.says}, or '?'", read, {"anyOf": [{"const": UNKNOWN}, dict(field.schema)]})


def _padding() -> Field[Any]:
    sides = _several(_WHOLE, "valid, same, a whole number, or one for each axis or side", 6)
    words = one_of(("valid", "same"), {"half": "same", "no": "valid", "none": "valid", "zero": "same"})

    def read(value: Any) -> Any:
        if isinstance(value, str):
            if value.lower() in ("valid", "same"):
                return value.lower()
            raise refused(value, sides.says, "Write valid for no padding, same for the input's size")
        return sides.read(value)

    return Field(sides.says, read, {"anyOf": [dict(words.schema), dict(sides.schema)]})


def _table() -> Field[Any]:
    row = list_of(_WHOLE, "a list of channel numbers, from 0")
    return list_of(row, "a list for each filter, with the numbers of the channels it sees, from 0")


def _choice(words: str) -> Field[Any]:
    """One of a few words; digits are read as whole numbers."""
    field = one_of(words.split("|"))

    def read(value: Any) -> Any:
        word = field.read(value)
        return int(word) if word.isdigit() else word

    values = [int(word) if word.isdigit() else word for word in words.split("|")]
    return Field(field.says, read, {"enum": values})


_SHAPE_SAYS = "a list of sizes such as [28, 28, 6], or one number for a vector"


def _read_shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, Number):
        return (_COUNT.read(value),)
    if isinstance(value, list) and len(value) > 4:
        raise refused(value, _SHAPE_SAYS, "At most three axes and the channels")
    return tuple(list_of(_COUNT, _SHAPE_SAYS).read(value))


SHAPE = Field(
    _SHAPE_SAYS,
    _read_shape,
    {"anyOf": [dict(_COUNT.schema), {**list_of(_COUNT, _SHAPE_SAYS).schema, "maxItems": 4}]},
)


def _read_find(value: Any) -> tuple[str, ...]:
    keys = list_of(TEXT, _FIND_SAYS).read(value) if isinstance(value, list) else TEXT.read(value).split(",")
    named = tuple(key.strip() for key in keys)
    if not all(named):
        raise refused(value, _FIND_SAYS)
    return named


_FIND_SAYS = "a key, or several with commas between them"
FIND = Field(
    _FIND_SAYS,
    _read_find,
    {"anyOf": [{"type": "string"}, dict(list_of(TEXT, _FIND_SAYS).schema)]},
)

_KINDS: dict[str, Callable[[], Field[Any]]] = {
    "count": lambda: _COUNT,
    "whole": lambda: _WHOLE,
    "size": lambda: _several(_COUNT, "a whole number from 1, or one for each axis", 3),
    "sizes0": lambda: _several(_WHOLE, "a whole number, or one for each axis", 3),
    "sides": lambda: _several(_WHOLE, "a whole number, or one for each axis or side", 6),
    "padding": _padding,
    "flag": lambda: FLAG,
    "rate": lambda: _RATE,
    "slope": lambda: NUMBER,
    "table": _table,
    "shape": lambda: SHAPE,
}


def field_of(name: str, setting: Setting) -> Field[Any]:
    """The field that reads this setting."""
    kind, _, words = setting.takes.partition(":")
    field = _choice(words) if kind == "choice" else _KINDS[kind]()
    return _or_asked(field) if name in ASKABLE and kind != "shape" else field


ACTIVATION = choice(
    {**{word: setting for word, setting in ACTIVATIONS.items() if word != "prelu"}, "relu6": None},
    ACTIVATION_SYNONYMS,
)


def fields_of(settings: Mapping[str, Setting]) -> dict[str, Field[Any]]:
    """The fields of a layer's settings by name."""
    return {name: field_of(name, setting) for name, setting in settings.items()}
