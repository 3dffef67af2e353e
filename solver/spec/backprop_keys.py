"""The keys of a backprop spec; `schema(Spec)` is made from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from .choices import ACTIVATION, LOSS
from .common import Common
from .compound import Chosen, either, list_of, named, row_fix
from .fields import FLAG, NAME, POSITIVE, PROBABILITY, TEXT, Field, FieldError, one_of, refused, whole
from .frame import Key, Keys
from .letters import ENTRY
from .number import Number
from .optimizer import OPTIMIZER, SGD
from .optimizer_table import Optimizer

# The numbers of a problem; letters may stand for them.
Row = tuple[Number, ...]
Numbers = Number | Row | dict[str, Number]
_ROW = list_of(ENTRY, "a list of numbers")
_NAMED = named(ENTRY, "a mapping of names to numbers")
_MATRIX = list_of(_ROW, "a matrix: a list of rows, each a list of numbers", row_fix)
INPUTS = either(items=_ROW, mapping=_NAMED)
TARGET = either(ENTRY, _ROW, _NAMED)
BIASES = either(ENTRY, _ROW)

_OTHER_SIGN = "with the other sign (a threshold is subtracted)"
_LAYOUT = one_of(("neuron-rows", "input-rows"), {"transposed": "input-rows", "input_rows": "input-rows"})
_LETTER = re.compile(r"[^\W\d_]\w{0,19}")


def _letter(value: Any) -> str:
    if not isinstance(value, str) or not _LETTER.fullmatch(value):
        raise refused(value, "a letter or a short name, such as theta", instead="x")
    return value


_SYMBOL: Field[str] = Field("a letter or a short name", _letter, {"type": "string", "maxLength": 20})


def _batch(value: Any) -> int:
    if value == "full":
        return 0
    try:
        return _SIZE.read(value)
    except FieldError:
        raise refused(value, "full, or the number of samples for each update", instead=0) from None


_SIZE = whole(1, 10**6)
_BATCH: Field[int] = Field(
    "full or a number", _batch, {"anyOf": [{"const": "full"}, {"type": "integer", "minimum": 1}]}
)


def _bit(value: Any) -> int:
    if not isinstance(value, Number) or value.value not in (0, 1):
        raise refused(value, "1 (kept) or 0 (dropped)", instead=Number.of(1))
    return int(value.value)


_BITS = list_of(Field("1 or 0", _bit, {"enum": [0, 1]}), "a list of 1 (kept) and 0 (dropped)")


def _masks(value: Any) -> tuple[tuple[int, ...], ...]:
    if isinstance(value, list) and value and isinstance(value[0], list):
        return list_of(_BITS, "a list of masks").read(value)
    return (_BITS.read(value),)


_MASK: Field[tuple[tuple[int, ...], ...]] = Field(
    "a mask", _masks, {"anyOf": [dict(_BITS.schema), {"type": "array", "items": dict(_BITS.schema)}]}
)


class LayerKeys(Keys):
    """A layer: its weights as a matrix, its biases and its activation."""

    synonyms: ClassVar[Mapping[str, str]] = {
        "bias": "biases",
        "b": "biases",
        "w": "weights",
        "weight": "weights",
        "act": "activation",
        "threshold": f"biases {_OTHER_SIGN}",
        "thresholds": f"biases {_OTHER_SIGN}",
    }

    name: Annotated[str | None, NAME] = Key(
        None,
        description="Name of the layer: the neurons of h are h1, h2, ... Default h (or h1_, h2_, ...) and o.",
    )
    weights: Annotated[tuple[Row, ...], _MATRIX] = Key(
        description="One row for each neuron: weights[j][k] leads from k to j. See layout."
    )
    biases: Annotated[Number | Row | None, BIASES] = Key(
        None,
        description="A number: one bias shared by the layer; a list: one for each neuron; left out: none.",
    )
    activation: Annotated[Chosen | None, ACTIVATION] = Key(None, description="Activation of this layer.")
    layout: Annotated[str | None, _LAYOUT] = Key(None, description="Layout of this layer's weights.")


class NeuronKeys(Keys):
    """A neuron: its weights by what they lead from, its bias and its activation."""

    synonyms: ClassVar[Mapping[str, str]] = {
        "biases": "bias",
        "theta": "bias",
        "b": "bias",
        "w": "weights",
        "inputs": "weights",
        "threshold": f"bias {_OTHER_SIGN}",
    }

    weights: Annotated[dict[str, Number], _NAMED] = Key(
        description="Weights by the input or neuron that they lead from."
    )
    bias: Annotated[Number | None, ENTRY] = Key(None, description="Its bias; left out: none.")
    activation: Annotated[Chosen | None, ACTIVATION] = Key(None, description="Activation of this neuron.")


class SampleKeys(Keys):
    """One sample: inputs and target."""

    synonyms: ClassVar[Mapping[str, str]] = {
        "input": "inputs",
        "x": "inputs",
        "targets": "target",
        "t": "target",
        "y": "target",
    }

    inputs: Annotated[Row | dict[str, Number], INPUTS] = Key(description="A list, or a mapping that names them.")
    target: Annotated[Numbers | None, TARGET] = Key(None, description="What the outputs should be.")


class DropoutKeys(Keys):
    """Dropout of one layer."""

    synonyms: ClassVar[Mapping[str, str]] = {"masks": "mask", "p": "keep", "rate": "keep"}

    mask: Annotated[tuple[tuple[int, ...], ...], _MASK] = Key(
        description="1 (kept) or 0 for each neuron of the layer; or a list of such masks, one for each sample."
    )
    keep: Annotated[Number, PROBABILITY] = Key(
        Number.of("0.5"), description="Probability of keeping a neuron. Default 0.5."
    )
    inverted: Annotated[bool, FLAG] = Key(
        False, description="true: outputs that are kept are divided by keep while training."
    )


class SymbolKeys(Keys):
    """How quantities are written on the page; keys in the output do not change."""

    bias: Annotated[str | None, _SYMBOL] = Key(None, description="Default b.")
    learning_rate: Annotated[str | None, _SYMBOL] = Key(None, description="Default eta.")
    output: Annotated[str | None, _SYMBOL] = Key(None, description="Default out.")
    net_input: Annotated[str | None, _SYMBOL] = Key(None, description="Default in.")
    error: Annotated[str | None, _SYMBOL] = Key(None, description="Default E.")
    index: Annotated[str | None, one_of(("exam", "layered"))] = Key(None, description="exam: w5; layered: w_jk^(l).")


class Spec(Common):
    """A feed-forward network: forward pass, error, gradients and the updated weights."""

    schema_title = "dlsolve spec, kind: backprop"
    schema_rules: ClassVar[Mapping[str, Any]] = {
        "allOf": [
            {"oneOf": [{"required": ["layers"]}, {"required": ["neurons"]}]},
            {"oneOf": [{"required": ["inputs"]}, {"required": ["samples"]}]},
        ]
    }
    synonyms: ClassVar[Mapping[str, str]] = {
        "input": "inputs",
        "x": "inputs",
        "targets": "target",
        "outputs": "target",
        "lr": "learning_rate",
        "eta": "learning_rate",
        "alpha": "learning_rate",
        "cost": "loss",
        "error": "loss",
        "nodes": "neurons",
        "activation_function": "activation",
        "weights": "layers (each has its weights and biases)",
        "biases": "layers (each has its weights and biases)",
        "momentum": "optimizer: {momentum: {beta: ..}}",
    }

    kind: Annotated[str, one_of(("backprop",))] = Key("backprop", description="The kind of problem: backprop.")
    inputs: Annotated[Row | dict[str, Number] | None, INPUTS] = Key(
        None, description="A list (named i1, i2, ...) or a mapping that names them."
    )
    target: Annotated[Numbers | None, TARGET] = Key(
        None,
        description="One number for each output, as a list or by neuron; a class index from 0 for "
        "sparse_cce and hinge. Left out: forward pass only.",
    )
    samples: list[SampleKeys] = Key([], min_length=1, description="Several samples instead of inputs and target.")
    learning_rate: Annotated[Number | None, POSITIVE] = Key(None, description="Left out: gradients only.")
    loss: Annotated[Chosen, LOSS] = Key(("half_sse", None), description="The error. Default half_sse.")
    layers: list[LayerKeys] = Key([], min_length=1, description="The network by layers, with weights as matrices.")
    neurons: dict[Annotated[str, NAME], NeuronKeys] = Key(
        {}, min_length=1, description="The network by neurons: any wiring without a cycle."
    )
    activation: Annotated[Chosen | None, ACTIVATION] = Key(
        None, description="Activation of the layers or neurons that name none."
    )
    layout: Annotated[str, _LAYOUT] = Key(
        "neuron-rows", description="input-rows: the matrices have one row for each input of the layer."
    )
    update_biases: Annotated[bool, FLAG] = Key(True, description="false: biases stay as they are.")
    batch: Annotated[int, _BATCH] = Key(
        0, description="full: one update for all samples (default); N: an update after every N samples."
    )
    reduction: Annotated[str, one_of(("mean", "sum"), {"average": "mean"})] = Key(
        "mean", description="What is done with the samples of a batch. Default mean."
    )
    epochs: Annotated[int, whole(1, 1_000_000)] = Key(1, description="Passes through all samples. Default 1.")
    show_epochs: Annotated[int, whole(1, 20)] = Key(1, description="How many of them are worked on the page.")
    optimizer: Annotated[Optimizer, OPTIMIZER] = Key(SGD, description="How gradients become updates. Default sgd.")
    claim: Annotated[dict[str, str], named(TEXT, "a mapping of quantities to formulas")] = Key(
        {}, description="With letters: formulas that quantities are claimed to equal, such as {out_o1: a + b*x}."
    )
    dropout: dict[Annotated[str, NAME], DropoutKeys] = Key({}, description="Dropout by the name of the layer.")
    symbols: SymbolKeys = Key(SymbolKeys.read({}), description="How quantities are written.")
