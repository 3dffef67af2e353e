"""The JSON Schema of cnn-shapes specs, made from the same tables that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..catalog.cnn_layers import LAYERS, Row
from .cnn_fields import ACTIVATION, fields_of
from .cnn_items import COMMON
from .fields import TEXT, Field, whole

_ITEMS = {"type": "array", "items": {"$ref": "#/$defs/layer"}}
_LAYERS = {**_ITEMS, "minItems": 1}


def cnn_schema(keys: Mapping[str, tuple[Field[Any], str]], bounds: Mapping[str, Field[Any]]) -> dict[str, Any]:
    """The schema of a whole spec from the tables of its keys and bounds."""
    properties = {name: {**field.schema, "description": says} for name, (field, says) in keys.items()}
    properties["bounds"] = _object({name: dict(field.schema) for name, field in bounds.items()})
    properties["bounds"]["description"] = "The largest values tried for a '?'."
    properties["layers"] = {**_LAYERS, "description": "The layers in order."}
    return {
        **_object(properties),
        "title": "cnn-shapes",
        "required": ["input", "layers"],
        "$defs": {"layer": _layer()},
    }


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _layer() -> dict[str, Any]:
    """A word, or a mapping with one key."""
    plain = [kind for kind, row in LAYERS.items() if not any(s.required for s in row.settings.values())]
    written = [_one(kind, _settings(row)) for kind, row in LAYERS.items()]
    return {"anyOf": [{"enum": plain}, *written, *_containers()]}


def _one(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {**_object({kind: dict(value)}), "required": [kind]}


def _settings(row: Row) -> dict[str, Any]:
    fields = fields_of(row.settings)
    properties = {name: {**field.schema, "description": row.settings[name].about} for name, field in fields.items()}
    common = {name: dict(field.schema) for name, field in COMMON.items()}
    required = [name for name, setting in row.settings.items() if setting.required]
    long = {**_object({**properties, **common}), "description": row.about}
    if required:
        long["required"] = required
    return {"anyOf": [dict(fields[row.bare].schema), long]} if row.bare else long


def _containers() -> list[dict[str, Any]]:
    about = {"name": dict(TEXT.schema), "activation": dict(ACTIVATION.schema)}
    residual = {**_object({**about, "body": _LAYERS, "shortcut": _ITEMS}), "required": ["body"]}
    ways = {"type": "array", "minItems": 1, "items": _ITEMS}
    named = {**_object({**about, "ways": ways}), "required": ["ways"]}
    repeat = {**_object({"times": dict(whole(1).schema), "layers": _LAYERS}), "required": ["times", "layers"]}
    return [_one("residual", residual), _one("branches", {"anyOf": [ways, named]}), _one("repeat", repeat)]
