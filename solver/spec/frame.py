"""The frame of a spec: classes whose annotations are its keys, read strictly, with their JSON Schema.

    class LayerKeys(Keys):
        weights: Annotated[Matrix, MATRIX] = Key(description="One row for each neuron.")

A key is a `Field`, another class of keys, or a list or a mapping of these. All faults are raised at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from inspect import cleandoc
from typing import Annotated, Any, ClassVar, Final, Self, get_args, get_origin, get_type_hints

from msgspec import Struct

from .compound import every, key_faults, unknown_key
from .fields import MOST_ALIKE, NAME, Fault, Field, FieldError, nearest, refused
from .number import Number

_REQUIRED: Final = object()


class _Entry(Struct, frozen=True):
    """What a class says of a key, beside its annotation."""

    default: Any
    description: str
    min_length: int


def _key(default: Any = _REQUIRED, *, description: str, min_length: int = 0) -> Any:
    """A key of a class: its default (none: it is required), what it means, the least length of a list or mapping."""
    return _Entry(default, description, min_length)


Key = _key  # reads like the class that it stands for


class Keys:
    """A mapping of a spec: its keys are the annotations, any other key is a fault with the nearest fix.

    synonyms:     what else keys are called, for the fix
    schema_title: the title of its JSON Schema; default: the name of the class
    schema_rules: what its JSON Schema says beyond the keys
    """

    synonyms: ClassVar[Mapping[str, str]] = {}
    schema_title: ClassVar[str] = ""
    schema_rules: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, written: Mapping[str, Any]) -> None:
        self._written = written
        for name, (entry, _) in self._known().items():
            setattr(self, name, written.get(name, entry.default))

    @classmethod
    def read(cls, data: Any) -> Self:
        """The keys with their values. Raises FieldError with every fault."""
        known = cls.names()
        if not isinstance(data, dict):
            raise refused(data, f"a mapping with keys such as {', '.join(known[:4])}")
        unknown = [key for key in data if key not in known]
        faults = [unknown_key(key, known, cls.synonyms) for key in unknown[:MOST_ALIKE]]
        near = {nearest(str(fault.path[0]), known, cls.synonyms) for fault in faults}  # what these stand for
        written: dict[str, Any] = {}
        for name, (entry, field) in cls._known().items():
            try:
                if name in data:
                    written[name] = field.read(data[name])
                elif entry.default is _REQUIRED and name not in near:
                    faults.append(Fault(f"the key {name} is missing"))
            except FieldError as error:
                faults += [fault.below(name) for fault in error.faults]
        if faults:
            raise FieldError(faults)
        return cls(written)

    @classmethod
    def names(cls) -> list[str]:
        """The names of all keys, in the order of the class."""
        return list(cls._known())

    @classmethod
    @cache
    def _hints(cls) -> dict[str, Any]:
        """The annotation of each key, those of the classes above first."""
        hints = get_type_hints(cls, include_extras=True)
        return {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}

    @classmethod
    @cache
    def _known(cls) -> dict[str, tuple[_Entry, Field[Any]]]:
        """Each key with what the class says of it, and how it is read."""
        entries = {name: getattr(cls, name) for name in cls._hints()}
        return {name: (entries[name], _field(hint, entries[name].min_length)) for name, hint in cls._hints().items()}

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema, with the classes inside it under $defs."""
        inside = {each.__name__: _alone(each) for each in _inside(cls)}
        return {**({"$defs": inside} if inside else {}), **_alone(cls)}

    def written(self) -> Mapping[str, Any]:
        """The keys that stand in the spec, with their values."""
        return self._written


def _field(hint: Any, least: int = 0) -> Field[Any]:
    """How a value of this annotation is read."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        field: Field[Any] = next(each for each in parts if isinstance(each, Field))
        return field
    if origin is list:
        return _list(_field(parts[0]), least)
    if origin is dict:
        return _mapping(_field(parts[1]), least)
    if parts:  # X | None: null is no way to leave a key out
        return _field(next(each for each in parts if each is not type(None)))
    return Field(hint.__name__, hint.read, {"$ref": f"#/$defs/{hint.__name__}"})


def _list(item: Field[Any], least: int) -> Field[list[Any]]:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refused(value, "a list")
        if len(value) < least:
            raise refused(value, "at least one entry")
        return list(every(item, list(enumerate(value))).values())

    bound = {"minItems": least} if least else {}
    return Field("a list", read, {"type": "array", "items": item.schema, **bound})


def _mapping(item: Field[Any], least: int) -> Field[dict[str, Any]]:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refused(value, "a mapping")
        if len(value) < least:
            raise refused(value, "at least one entry")
        return every(item, list(value.items()), [fault for key in value for fault in key_faults(key)])

    schema = {
        "type": "object",
        "patternProperties": {NAME.schema["pattern"]: item.schema},
        **({"minProperties": least} if least else {}),
    }
    return Field("a mapping", read, schema)


def _inside(model: type[Keys]) -> list[type[Keys]]:
    """The classes of keys that its annotations name, and those that these name."""
    found: list[type[Keys]] = []
    for hint in model._hints().values():
        for each in [hint, *get_args(hint)]:
            if isinstance(each, type) and get_origin(each) is None and issubclass(each, Keys):
                found += [each, *_inside(each)]
    return found


def _alone(model: type[Keys]) -> dict[str, Any]:
    """The schema of a class, without those that it refers to."""
    required = [name for name, (entry, _) in model._known().items() if entry.default is _REQUIRED]
    return {
        "title": model.schema_title or model.__name__,
        "description": cleandoc(model.__doc__ or ""),
        "type": "object",
        "properties": {name: _property(name, *each) for name, each in model._known().items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
        **model.schema_rules,
    }


def _property(name: str, entry: _Entry, field: Field[Any]) -> dict[str, Any]:
    title = {} if "$ref" in field.schema else {"title": name.replace("_", " ").title()}
    return {**field.schema, **title, "description": entry.description, **_default(entry.default)}


def _default(default: Any) -> dict[str, Any]:
    """The default where it can stand in a spec as it is; the description tells the others."""
    if isinstance(default, Number):
        return {"default": default.value.numerator if default.value.denominator == 1 else float(default.value)}
    plain = isinstance(default, str | int | list | dict) or default == ()
    return {"default": list(default) if default == () else default} if plain else {}
