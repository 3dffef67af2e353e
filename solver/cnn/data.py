"""A plan and an answer as plain data, for JSON."""

from __future__ import annotations

from typing import Any

from ..spec.convnet import ConvNet, Shape
from .answer import Answer, Values
from .plan import Plan, PlannedLayer


def conventions_data(problem: ConvNet) -> dict[str, Any]:
    """How shapes are shown and operations counted."""
    conventions = problem.conventions
    return {
        "data_format": "channels_first" if problem.channels_first else "channels_last",
        "count": "flops" if conventions.flops else "macs",
        "count_biases": conventions.biases,
        "bytes": conventions.bytes,
    }


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan's part of the JSON: conventions, layers and totals; shapes as the spec's data_format has them."""
    return {
        "conventions": conventions_data(plan.problem),
        "layers": [layer_data(plan, each) for each in plan.layers],
        "total_parameters": plan.total_parameters,
        "frozen_parameters": plan.frozen_parameters,
        "running_statistics": plan.running_statistics,
        "total_macs": plan.total_macs,
        "total_operations": plan.total_operations,
        "total_memory": plan.total_memory,
    }


def layer_data(plan: Plan, each: PlannedLayer) -> dict[str, Any]:
    """One layer of the JSON."""
    return {
        "name": each.name,
        "kind": each.kind,
        "output": list(plan.shown(each.output)),
        "parameters": each.parameters,
        "weights": each.weights,
        "biases": each.biases,
        "running_statistics": each.running,
        "trainable": each.trainable,
        "macs": each.macs,
        "operations": plan.operations(each),
        "memory": plan.memory(each),
        "receptive_field": list(each.receptive_field),
        "jump": [_plain(jump) for jump in each.field.jumps],
        "notes": list(each.notes),
    }


def _plain(jump: Any) -> int | float:
    return int(jump) if jump == int(jump) else float(jump)


def answer_data(answer: Answer, channels_first: bool = False) -> dict[str, Any]:
    """What `answers` holds for a '?': every solution, or what comes nearest."""
    found: dict[str, Any] = {
        "solutions": [_values(values) for values in answer.solutions],
        "bounds": dict(answer.bounds),
    }
    if answer.nearest:
        found["nearest"] = [
            {
                **_values(near.values),
                "output": list(_shown(near.output, channels_first)),
                "parameters": near.parameters,
            }
            for near in answer.nearest
        ]
    return found


def _shown(size: Shape, channels_first: bool) -> Shape:
    return (size[-1], *size[:-1]) if channels_first else size


def _values(values: Values) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
