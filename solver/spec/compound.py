"""Fields made of fields: lists, mappings by name, and fields that may be written in several ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from .fields import (
    DROPPED,
    NAME,
    NUMBER,
    Fault,
    Field,
    FieldError,
    did_you_mean,
    nearest,
    recased,
    refused,
    shown,
    whole,
)
from .number import Number

T = TypeVar("T")
K = TypeVar("K", str, int)


def list_of(item: Field[T], says: str, fix: Callable[[list[Any]], str] | None = None) -> Field[tuple[T, ...]]:
    """A list of at least one item, read as a tuple.

    `fix` looks at the whole list first; what it answers is said once instead of a fault for each item.
    """

    def read(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise refused(value, says)
        whole = fix(value) if fix else ""
        if whole:
            raise FieldError([Fault(whole)])
        return tuple(every(item, list(enumerate(value))).values())

    return Field(says, read, {"type": "array", "minItems": 1, "items": dict(item.schema)})


def named(item: Field[T], says: str) -> Field[dict[str, T]]:
    """A mapping of at least one name to items, read as a dict in the order typed."""

    def read(value: Any) -> dict[str, T]:
        if not isinstance(value, dict) or not value:
            raise refused(value, says)
        faults = [fault for key in value for fault in key_faults(key)]
        return every(item, list(value.items()), faults)

    schema = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": NAME.schema["pattern"]},
        "additionalProperties": dict(item.schema),
    }
    return Field(says, read, schema)


def key_faults(key: str) -> list[Fault]:
    """What is wrong with a name."""
    try:
        NAME.read(key)
    except FieldError as error:
        return [Fault(fault.message, (key,), at_key=True) for fault in error.faults]
    return []


def every(item: Field[T], pairs: list[tuple[K, Any]], faults: Iterable[Fault] = ()) -> dict[K, T]:
    """Reads every item; raises all their faults together, with those already found."""
    found: dict[K, T] = {}
    wrong = list(faults)
    for key, value in pairs:
        try:
            found[key] = item.read(value)
        except FieldError as error:
            wrong += [fault.below(key) for fault in error.faults]
    if wrong:
        raise FieldError(wrong)
    return found


def either(
    leaf: Field[Any] | None = None, items: Field[Any] | None = None, mapping: Field[Any] | None = None
) -> Field[Any]:
    """A field that may be written as a single value, as a list or as a mapping."""
    ways = [way for way in (leaf, items, mapping) if way]
    says = " or ".join(way.says for way in ways)

    def read(value: Any) -> Any:
        way = items if isinstance(value, list) else mapping if isinstance(value, dict) else leaf
        if way is None or value is None or value in ([], {}):
            raise refused(value, says)
        return way.read(value)

    return Field(says, read, {"anyOf": [dict(way.schema) for way in ways]})


def row_fix(rows: list[Any]) -> str:
    """What to say of a matrix that is written as a single list."""
    if any(isinstance(row, list) for row in rows):
        return ""
    flat = ", ".join(row.text if isinstance(row, Number) else "…" for row in rows[:4])
    return (
        "found a single list; expected a matrix: a list of rows, each a list of numbers. "
        f"Write [[{flat}{', …' if len(rows) > 4 else ''}]] for a matrix of one row"
    )


VECTOR = list_of(NUMBER, "a list of numbers")
MATRIX = list_of(VECTOR, "a matrix: a list of rows, each a list of numbers", row_fix)
BY_NAME = named(NUMBER, "a mapping of names to numbers")


_WORTH = whole(1, 1000)


def _worth(value: Any) -> Any:
    if isinstance(value, dict) and value:
        return every(_WORTH, list(value.items()))
    if isinstance(value, Number):
        return _WORTH.read(value)
    raise refused(value, POINTS.says, instead=Number.of(1))


POINTS: Field[Any] = Field(
    "a whole number from 1 to 1000, or a mapping of quantities (w5') and parts (Forward pass) to such",
    _worth,
    {
        "anyOf": [
            dict(_WORTH.schema),
            {"type": "object", "minProperties": 1, "additionalProperties": dict(_WORTH.schema)},
        ]
    },
)


class Setting(Struct, frozen=True):
    """The setting of a chosen thing: its name, its field, and its default (None: it must be given)."""

    name: str
    field: Field[Number]
    default: str | None


Chosen = tuple[str, Number | None]


def choice(table: Mapping[str, Setting | None], synonyms: Mapping[str, str]) -> Field[Chosen]:
    """A word of the table, or `{word: number}` or `{word: {setting: number}}` where it has a setting.

    Reads as (word, setting), the setting being None where the word has none.
    """
    says = f"one of {', '.join(table)}"

    def read(value: Any) -> Chosen:
        if isinstance(value, dict) and len(value) == 1:
            ((word, given),) = value.items()
            return _with_setting(table, synonyms, word, given)
        word = recased(value, table) if isinstance(value, str) else ""
        if word not in table:
            fix = did_you_mean(word, table, synonyms) if word else ""
            raise refused(value, says, fix, instead=next(iter(table)))
        return word, _default(word, table[word])

    return Field(says, read, {"anyOf": [{"enum": list(table)}, *_setting_schemas(table)]})


def _default(word: str, setting: Setting | None) -> Number | None:
    if setting is None:
        return None
    if setting.default is None:
        raise refused(word, f"its {setting.name} with it", f"Write {{{word}: 0.1}}")
    return Number.of(setting.default)


def _with_setting(table: Mapping[str, Setting | None], synonyms: Mapping[str, str], word: str, given: Any) -> Chosen:
    settable = [each for each, setting in table.items() if setting]
    setting = table.get(word)
    if word in table and setting is None:
        raise refused({word: given}, f"{word} without a setting", f"Write {word}")
    if setting is None:
        message = f"found {shown(word)}; expected one of {', '.join(settable)}"
        fix = did_you_mean(word, table, synonyms)
        raise FieldError([Fault(f"{message}. {fix}" if fix else message, (word,), at_key=True)])
    try:
        return word, _setting_value(setting, given)
    except FieldError as error:
        raise FieldError([fault.below(word) for fault in error.faults]) from error


def _setting_value(setting: Setting, given: Any) -> Number:
    if not isinstance(given, dict):
        return setting.field.read(given)
    unknown = [key for key in given if key != setting.name]
    if unknown or not given:
        raise FieldError(
            [unknown_key(key, [setting.name], {}) for key in unknown] or refused(given, setting.name).faults
        )
    try:
        return setting.field.read(given[setting.name])
    except FieldError as error:
        raise FieldError([fault.below(setting.name) for fault in error.faults]) from error


def _setting_schemas(table: Mapping[str, Setting | None]) -> list[dict[str, Any]]:
    return [_setting_schema(word, setting) for word, setting in table.items() if setting]


def _setting_schema(word: str, setting: Setting) -> dict[str, Any]:
    number = dict(setting.field.schema)
    long = {
        "type": "object",
        "properties": {setting.name: number},
        "required": [setting.name],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {word: {"anyOf": [number, long]}},
        "required": [word],
        "additionalProperties": False,
    }


def unknown_key(key: str, known: list[str], synonyms: Mapping[str, str]) -> Fault:
    """The fault of a key that nobody expects, at the key's own place."""
    near = nearest(key, known, synonyms)
    fix = f". Did you mean {near}?" if near else ""
    message = f"found the key {shown(key)}; expected one of {', '.join(known)}{fix}"
    return Fault(message, (key,), at_key=True, instead=DROPPED)
