"""The fields of convolution specs: images, kernels, sizes for one or two axes, padding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..catalog.kernels import KERNELS, SYNONYMS
from .compound import list_of
from .fields import NUMBER, Fault, Field, FieldError, did_you_mean, refused, shown, whole

_LEVELS = ("number", "row", "matrix", "list of matrices", "list of filters")
_MOST_FAULTS = 20


def depth(value: Any) -> int:
    """How many lists are nested, seen along the first entries."""
    levels = 0
    while isinstance(value, list | tuple) and value:
        value, levels = value[0], levels + 1
    return levels


def nested(most: int, says: str) -> Field[Any]:
    """Numbers in lists nested 1 to `most` deep, every list of a level of the same length; read as tuples."""

    def read(value: Any) -> Any:
        levels = depth(value)
        if not isinstance(value, list) or not value or not 1 <= levels <= most:
            raise refused(value, says)
        faults: list[Fault] = []
        tree = _walked(value, (), _lengths(value), faults)
        if faults:
            raise FieldError(faults[:_MOST_FAULTS])
        return tree

    schema: dict[str, Any] = dict(NUMBER.schema)
    ways = []
    for _ in range(most):
        schema = {"type": "array", "minItems": 1, "items": schema}
        ways.append(schema)
    return Field(says, read, {"anyOf": ways})


def _lengths(value: Any) -> list[int]:
    found = []
    while isinstance(value, list) and value:
        found.append(len(value))
        value = value[0]
    return found


def _walked(value: Any, path: tuple[int, ...], lengths: list[int], faults: list[Fault]) -> Any:
    if not lengths:
        try:
            return NUMBER.read(value)
        except FieldError as error:
            faults.extend(fault.below(*path) for fault in error.faults)
            return None
    if not isinstance(value, list):
        faults.append(Fault(f"found {shown(value)}; expected a {_LEVELS[len(lengths)]}, as before it", path))
        return None
    if len(value) != lengths[0]:
        before = "as in the first row" if len(lengths) == 1 else f"as in the first {_LEVELS[len(lengths)]}"
        parts = "number" if len(lengths) == 1 else _LEVELS[len(lengths) - 1]
        plural = parts if lengths[0] == 1 else f"{parts}s"
        faults.append(Fault(f"found a list of {len(value)}; expected {lengths[0]} {plural}, {before}", path))
        return None
    return tuple(_walked(each, (*path, index), lengths[1:], faults) for index, each in enumerate(value))


IMAGE = nested(3, "an image: a matrix, a list of matrices (one for each channel), or a list of numbers")
TARGET = nested(3, "a number for each output, in the shape of the output")
_NUMBERS = nested(4, "a kernel: a matrix, or a list of filters, each a matrix or a list of matrices")
_FILTER = nested(3, "a filter: a name, a matrix, or a list of matrices")


def _target(value: Any) -> Any:
    return TARGET.read(value) if isinstance(value, list) else NUMBER.read(value)


TARGETS: Field[Any] = Field(
    "a number, or numbers in the shape of the output",
    _target,
    {"anyOf": [dict(NUMBER.schema), *TARGET.schema["anyOf"]]},
)


def _name(value: str) -> str:
    if value not in KERNELS:
        fix = did_you_mean(value, KERNELS, SYNONYMS)
        raise refused(value, f"numbers, or one of {', '.join(KERNELS)}", fix)
    return value


def _kernels(value: Any) -> Any:
    if isinstance(value, str):
        return _name(value)
    if isinstance(value, list) and any(isinstance(each, str) for each in value):
        return _named_filters(value)
    return _NUMBERS.read(value)


def _named_filters(value: list[Any]) -> tuple[Any, ...]:
    found, faults = [], []
    for index, each in enumerate(value):
        try:
            found.append(_name(each) if isinstance(each, str) else _FILTER.read(each))
        except FieldError as error:
            faults += [fault.below(index) for fault in error.faults]
    if faults:
        raise FieldError(faults)
    return tuple(found)


_WORDS = {"enum": list(KERNELS)}
KERNEL: Field[Any] = Field(
    _NUMBERS.says,
    _kernels,
    {"anyOf": [_WORDS, {"type": "array", "items": {"anyOf": [_WORDS, {}]}}, *_NUMBERS.schema["anyOf"]]},
)


def per_axis(least: int = 1) -> Field[tuple[int, ...]]:
    """One whole number, or one for each axis; read as a tuple of one or two."""
    item = whole(least, 10_000)
    says = f"a whole number from {least}, or one for each axis"
    listed = list_of(item, says)

    def read(value: Any) -> tuple[int, ...]:
        if not isinstance(value, list):
            return (item.read(value),)
        if len(value) > 2:
            raise refused(value, says)
        return listed.read(value)

    return Field(says, read, {"anyOf": [dict(item.schema), {**listed.schema, "maxItems": 2}]})


_SIDES = whole(0, 10_000)
_PADDING_SAYS = "valid, same, a whole number, [rows, columns] or [top, bottom, left, right]"


def _padding(value: Any) -> str | tuple[int, ...]:
    if isinstance(value, str):
        if value not in ("valid", "same"):
            fix = did_you_mean(value, ("valid", "same"), {"none": "valid", "no": "valid", "zero": "same"})
            raise refused(value, _PADDING_SAYS, fix, instead="valid")
        return value
    if not isinstance(value, list):
        try:
            return (_SIDES.read(value),)
        except FieldError as error:
            raise refused(value, _PADDING_SAYS, instead="valid") from error
    if len(value) not in (2, 4):
        raise refused(value, _PADDING_SAYS, instead="valid")
    return list_of(_SIDES, _PADDING_SAYS).read(value)


_SIDES_SCHEMA: Mapping[str, Any] = {"type": "array", "minItems": 2, "maxItems": 4, "items": dict(_SIDES.schema)}
PADDING: Field[Any] = Field(
    _PADDING_SAYS, _padding, {"anyOf": [{"enum": ["valid", "same"]}, dict(_SIDES.schema), dict(_SIDES_SCHEMA)]}
)
