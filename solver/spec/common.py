"""What every kind of spec has: its frame of keys, the common keys, validation and JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from ..errors import Complaint, SpecError
from ..options import Options, keys_in
from .choices import SLIPS
from .compound import POINTS, either, every, list_of
from .document import Document, Path
from .fields import DROPPED, FLAG, TEXT, Fault, Field, FieldError, one_of, refused, whole
from .frame import Key, Keys

Model = TypeVar("Model", bound=Keys)
_MOST_MENDED = 20


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
        return model.read(data), []
    except FieldError as error:
        return None, list(error.faults)


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


def schema(model: type[Keys]) -> dict[str, Any]:
    """The model's JSON Schema (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.json_schema()}


def _asked(value: Any) -> tuple[str, ...]:
    keys = keys_in(TEXT.read(value))
    if not all(keys):
        raise refused(value, "keys with commas between them")
    return keys


_KEYS: Field[tuple[str, ...]] = Field("a key, or several with commas between them", _asked, {"type": "string"})


def _one_slip(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) != 1:
        raise refused(value, "a mapping of one line to what is wrong with it, such as {w1': wrong sign}")
    return every(one_of(SLIPS), list(value.items()))


SLIP: Field[dict[str, str]] = Field(
    "a mapping of one line to what is wrong with it",
    _one_slip,
    {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": {"enum": list(SLIPS)}},
)
_FIND = either(_KEYS, list_of(TEXT, "a list of keys"))

_KIND: Field[str] = Field("text", TEXT.read, {"type": "string"})


class Common(Keys):
    """The keys of every kind of spec."""

    version: Annotated[int, whole(1, 1)] = Key(1, description="The version of this format: 1.")
    kind: Annotated[str, _KIND] = Key("", description="The kind of problem.")
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
    points: Annotated[int | dict[str, int], POINTS] = Key(
        0, description="What the problem is worth: a number, or points by quantity (w5') or part (Forward pass)."
    )
    slip: Annotated[dict[str, str], SLIP] = Key(
        {}, description="A line that the question shows wrong, for readers to find: {w1': wrong sign}."
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
