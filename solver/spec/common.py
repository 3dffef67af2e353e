"""What every kind of spec has: its frame of keys, the common keys, validation and JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic import Field as Key

from ..errors import Complaint, SpecError
from ..options import Options, keys_in
from .compound import either, list_of, unknown_key
from .document import Document, Path
from .fields import (
    DROPPED,
    FLAG,
    MOST_ALIKE,
    TEXT,
    Fault,
    Field,
    FieldError,
    nearest,
    one_of,
    refused,
    shown,
    whole,
)

Model = TypeVar("Model", bound=BaseModel)
_MOST_MENDED = 20


class Keys(BaseModel):
    """A mapping of a spec: its keys are the fields, any other key is a fault with the nearest fix."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    synonyms: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        known = list(cls.model_fields)
        if not isinstance(data, dict):
            raise refused(data, f"a mapping with keys such as {', '.join(known[:4])}")
        unknown = [key for key in data if key not in known]
        faults = [unknown_key(key, known, cls.synonyms) for key in unknown[:MOST_ALIKE]]
        try:
            model = handler({key: value for key, value in data.items() if key in known})
        except ValidationError as error:
            raise FieldError([*faults, *cls._others(error, faults)]) from error
        if faults:
            raise FieldError(faults)
        return model

    @classmethod
    def _others(cls, error: ValidationError, unknown: list[Fault]) -> list[Fault]:
        """The faults apart from the unknown keys, without a missing key that one of these probably is."""
        near = [nearest(str(fault.path[0]), cls.model_fields, cls.synonyms) for fault in unknown]
        answered = [_missing(key) for key in near if key]
        return [fault for fault in faults_of(error) if fault.path or fault.message not in answered]


def _missing(key: str) -> str:
    return f"the key {key} is missing"


def faults_of(error: ValidationError) -> list[Fault]:
    """Every fault in a pydantic error, with its path."""
    return [fault for each in error.errors(include_url=False) for fault in _faults(each)]


def _faults(each: Mapping[str, Any]) -> list[Fault]:
    path: Path = tuple(each["loc"])
    kind, value = each["type"], each["input"]
    cause = each.get("ctx", {}).get("error")
    if path[-1:] == ("[key]",) and isinstance(cause, FieldError):
        return [Fault(fault.message, path[:-1], at_key=True) for fault in cause.faults]
    if isinstance(cause, FieldError):
        return [fault.below(*path) for fault in cause.faults]
    if kind == "missing":
        return [Fault(_missing(str(path[-1])), path[:-1])]
    expected = {"list_type": "a list", "dict_type": "a mapping", "too_short": "at least one entry"}.get(kind)
    return [Fault(f"found {shown(value)}; expected {expected}" if expected else each["msg"], path)]


def validate(model: type[Model], document: Document) -> Model:
    """The document as the model. Raises SpecError with every complaint about it."""
    found, complaints = mended(model, document)
    if found is None or complaints:
        raise SpecError(document.file, complaints)
    return found


def mended(model: type[Model], document: Document) -> tuple[Model | None, list[Complaint]]:
    """The complaints about the document and, where it can be had, the model with stand-ins for what is wrong.

    So what fields have to do with each other can be complained about in the same run.
    """
    found, faults = _tried(model, document.data)
    if found is None and len(faults) <= _MOST_MENDED and all(_can_be_mended(fault) for fault in faults):
        data = document.data
        for fault in faults:
            data = _with(data, fault.path, fault.instead)
        found, _ = _tried(model, data)
    return found, [document.complaint(f.path, f.message, at_key=f.at_key) for f in faults]


def _tried(model: type[Model], data: Any) -> tuple[Model | None, list[Fault]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, faults_of(error)


def _can_be_mended(fault: Fault) -> bool:
    return fault.instead is not None and bool(fault.path)


def _with(data: Any, path: Path, value: Any) -> Any:
    """The data with `value` at `path` (or with nothing there), copied along the path."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, list):
        return [_with(each, rest, value) if index == first else each for index, each in enumerate(data)]
    if not rest and value is DROPPED:
        return {key: each for key, each in data.items() if key != first}
    return {key: _with(each, rest, value) if key == first else each for key, each in data.items()}


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON Schema (draft 2020-12)."""
    found: dict[str, Any] = _without_null(model.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _without_null(node: Any) -> Any:
    """A default of null would say that null may be written."""
    if isinstance(node, list):
        return [_without_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {k: _without_null(v) for k, v in node.items() if not (k == "default" and v is None)}


def _asked(value: Any) -> tuple[str, ...]:
    keys = keys_in(TEXT.read(value))
    if not all(keys):
        raise refused(value, "keys with commas between them")
    return keys


_KEYS: Field[tuple[str, ...]] = Field("a key, or several with commas between them", _asked, {"type": "string"})
_FIND = either(_KEYS, list_of(TEXT, "a list of keys"))


class Common(Keys):
    """The keys of every kind of spec."""

    version: Annotated[int, whole(1, 1)] = Key(1, description="The version of this format: 1.")
    kind: str = Key("", description="The kind of problem.")
    title: Annotated[str, TEXT] = Key("", description="The heading of the page.")
    digits: Annotated[int, whole(1, 15)] = Key(
        4, description="Decimals shown; below 0.1, significant digits. Default 4."
    )
    carry: Annotated[str, one_of(("full", "rounded"))] = Key(
        "full",
        description="full: values are carried in full; rounded: what is shown is used in the next line.",
    )
    find: Annotated[str | tuple[str, ...], _FIND] = Key(
        (), description="The quantities asked for, such as w5' or dE/dw5; default: all."
    )
    style: Annotated[str, one_of(("chain", "delta", "matrix"))] = Key(
        "chain", description="How the backward pass is written."
    )
    explain: Annotated[bool, FLAG] = Key(False, description="Adds what teaches: why a factor is large, and more.")


def options(spec: Common) -> Options:
    """The reader's choices that stand in the spec."""
    return Options(digits=spec.digits, carry=spec.carry, find=tuple(spec.find), style=spec.style, explain=spec.explain)


class Complaints:
    """Collects what is wrong between fields, each with its place in the file."""

    def __init__(self, document: Document, found: list[Complaint]) -> None:
        self.document = document
        self.found = found

    def add(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Complains about the value at `path`, or about its key."""
        self.found.append(self.document.complaint(path, message, at_key=at_key))

    @property
    def none_yet(self) -> bool:
        """Whether the fields were in order and nothing else was found."""
        return not self.found

    def error(self) -> SpecError:
        """Everything that was found, to be raised."""
        return SpecError(self.document.file, self.found)
