"""Given layers of threshold neurons: how they are read, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any, ClassVar

from .common import Complaints
from .compound import MATRIX, VECTOR, either, list_of
from .fields import NUMBER, Field, one_of
from .frame import Key, Keys
from .keys_field import keys_field
from .number import Number
from .perceptron_problem import Case, GivenLayer, ThresholdNet

MOST_INPUTS, MOST_LAYERS, MOST_NEURONS = 4, 5, 8
Row = tuple[Number, ...]
_ACTIVATIONS = ("step", "sign", "relu", "linear")


@dataclass(frozen=True, slots=True)
class TypedLayer:
    """A layer as typed; `plain` where it stood as a matrix whose last column holds the biases."""

    weights: tuple[Row, ...]
    biases: Row
    activation: str | None
    plain: bool


class LayerKeys(Keys):
    """A layer with its settings."""

    synonyms: ClassVar[Mapping[str, str]] = {"bias": "biases", "b": "biases", "w": "weights"}

    weights: Annotated[tuple[Row, ...], MATRIX] = Key(description="One row for each neuron.")
    biases: Annotated[Number | Row | None, either(NUMBER, VECTOR)] = Key(
        None, description="One for each neuron, or one for all. Default 0."
    )
    activation: Annotated[str | None, one_of(_ACTIVATIONS)] = Key(None, description="step, sign, relu or linear.")


_KEYS = keys_field(LayerKeys, "a mapping with weights and biases")


def _layer(value: Any) -> TypedLayer:
    if isinstance(value, list):
        rows = MATRIX.read(value)
        return TypedLayer(tuple(row[:-1] for row in rows), tuple(row[-1] for row in rows), None, True)
    keys = _KEYS.read(value)
    biases = keys.biases if keys.biases is not None else Number.of(0)
    spread = (biases,) * len(keys.weights) if isinstance(biases, Number) else biases
    return TypedLayer(keys.weights, spread, keys.activation, False)


_LAYER: Field[TypedLayer] = Field(
    "a matrix of weights and biases, or {weights: .., biases: ..}",
    _layer,
    {"anyOf": [dict(MATRIX.schema), dict(_KEYS.schema)]},
)
LAYERS = list_of(_LAYER, "a list of layers")


def threshold_net(
    typed: tuple[TypedLayer, ...],
    rows: tuple[Case, ...],
    activation: str,
    fires: str,
    gate: str | None,
    title: str,
    complaints: Complaints,
) -> ThresholdNet | None:
    """The net, worked for these rows, or for every row of 0 and 1 where there are none."""
    width = len(rows[0].inputs) if rows else len(typed[0].weights[0])
    if not _check(typed, width, bool(rows), complaints):
        return None
    if not rows:
        rows = tuple(Case(tuple(map(Number.of, bits))) for bits in product((0, 1), repeat=width))
    names = _names(len(typed))
    layers = tuple(
        GivenLayer(name, each.weights, each.biases, each.activation or activation)
        for name, each in zip(names, typed, strict=True)
    )
    if gate is not None and len(layers[-1].weights) != 1:
        complaints.add(("gate",), f"found {len(layers[-1].weights)} outputs; a gate has one", at_key=True)
    default = "One layer of threshold neurons" if len(layers) == 1 else f"{len(layers)} layers of threshold neurons"
    return ThresholdNet(title or default, layers, rows, fires, gate)


def _names(count: int) -> list[str]:
    if count == 1:
        return ["o"]
    return [*(["h"] if count == 2 else [f"h{number}_" for number in range(1, count)]), "o"]


def _check(typed: tuple[TypedLayer, ...], width: int, has_rows: bool, complaints: Complaints) -> bool:
    """Whether every row of weights has one number for each neuron before it."""
    if len(typed) > MOST_LAYERS or any(len(each.weights) > MOST_NEURONS for each in typed):
        complaints.add(("layers",), f"expected at most {MOST_LAYERS} layers of {MOST_NEURONS} neurons")
    if not has_rows and width > MOST_INPUTS:
        complaints.add(("layers", 0), f"found {width} inputs; with more than {MOST_INPUTS} give the samples")
    before, where = width, "inputs"
    for index, layer in enumerate(typed):
        for row, weights in enumerate(layer.weights):
            if len(weights) != before or not weights:
                if not before:
                    complaints.add(("layers", index, row), "found a bias alone; write the weights before it")
                    continue
                behind = " and then its bias" if layer.plain else ""
                message = f"{len(weights)} weights in row {row + 1}, but there are {before} {where}"
                path = ("layers", index, row) if layer.plain else ("layers", index, "weights", row)
                complaints.add(path, f"{message}: each row needs {before}{behind}")
        if len(layer.biases) != len(layer.weights):
            message = f"{len(layer.biases)} biases for {len(layer.weights)} neurons: one for each, or one for all"
            complaints.add(("layers", index, "biases"), message)
        before, where = len(layer.weights), "neurons in the layer before"
    return complaints.none_yet
