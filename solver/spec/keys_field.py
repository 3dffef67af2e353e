"""A mapping with keys of its own as a field, so that it can stand in lists and beside other ways of writing a value."""

from __future__ import annotations

from typing import TypeVar

from .fields import Field
from .frame import Keys

Model = TypeVar("Model", bound=Keys)


def keys_field(model: type[Model], says: str) -> Field[Model]:
    """The model as a field; all its faults keep their paths."""

    schema = {key: each for key, each in model.json_schema().items() if key != "title"}
    return Field(says, model.read, schema)
