"""JSON Schemas: of the specs that go in and of the JSON that comes out."""

from __future__ import annotations

from typing import Any

from .kinds import KINDS, kind

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def spec_schema(name: str | None = None) -> dict[str, Any]:
    """The schema of one kind's spec; without a name, one that takes every kind. Raises DlsolveError."""
    if name is not None:
        return kind(name).schema()
    branches = [
        {
            "if": {"properties": {"kind": {"const": each.name}}, "required": ["kind"]},
            "then": each.schema(),
        }
        for each in KINDS.values()
    ]
    return {
        "$schema": _DRAFT,
        "title": "dlsolve spec",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": branches,
    }


def output_schema() -> dict[str, Any]:
    """The schema of `--format json`."""
    number = {"type": ["number", "null"]}
    step = {
        "type": "object",
        "required": ["key", "section", "rule", "formula", "numbers", "value", "latex"],
        "properties": {
            "key": {"type": "string"},
            "section": {"type": "string"},
            "rule": {"type": "string", "description": "name of the rule that makes the line"},
            "formula": {"type": "string", "description": "over keys, in ASCII"},
            "numbers": {
                "type": "string",
                "description": "arithmetic that Python evaluates with math's functions",
            },
            "value": number,
            "latex": {"type": "string"},
        },
    }
    return {
        "$schema": _DRAFT,
        "title": "dlsolve output",
        "type": "object",
        "required": ["dlsolve", "version", "kind", "title", "conventions", "answers"],
        "properties": {
            "dlsolve": {"type": "string", "description": "version of the program"},
            "version": {"const": 1},
            "kind": {"enum": list(KINDS)},
            "title": {"type": "string"},
            "conventions": {"type": "object"},
            "givens": {"type": "object", "additionalProperties": number},
            "steps": {"type": "array", "items": step},
            "answers": {"type": "object"},
            "history": {"type": "array", "items": {"type": "number"}},
            "layers": {"type": "array", "items": {"type": "object"}},
            "total_parameters": {"type": "integer"},
            "total_macs": {"type": "integer"},
            "check": {
                "type": "object",
                "required": ["backend", "compared", "max_error", "agrees"],
                "properties": {
                    "backend": {"type": "string"},
                    "compared": {"type": "integer"},
                    "max_error": {"type": ["number", "null"]},
                    "agrees": {"type": "boolean"},
                },
            },
        },
    }
