"""A mapping with keys of its own as a field, so that it can stand in lists and beside other ways of writing a value."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from .common import Keys, faults_of
from .fields import Field, FieldError

Model = TypeVar("Model", bound=Keys)


def keys_field(model: type[Model], says: str) -> Field[Model]:
    """The model as a field; all its faults keep their paths."""

    def read(value: Any) -> Model:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise FieldError(faults_of(error)) from error

    schema = {key: each for key, each in model.model_json_schema().items() if key != "title"}
    return Field(says, read, schema)
