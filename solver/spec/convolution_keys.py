"""The keys of a convolution spec, and of each layer in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from .choices import ACTIVATION, ACTIVATION_SYNONYMS, ACTIVATIONS, LOSS
from .common import Common
from .compound import MATRIX, VECTOR, Chosen, either, list_of
from .convolution_fields import IMAGE, KERNEL, PADDING, TARGETS, per_axis
from .fields import (
    FLAG,
    NAME,
    NUMBER,
    POSITIVE,
    Fault,
    Field,
    FieldError,
    did_you_mean,
    one_of,
    recased,
    refused,
    whole,
)
from .frame import Key, Keys
from .number import Number

_BIASES = either(NUMBER, VECTOR)
_SIZE = per_axis()
_NAMES = {
    "kernel": "kernels",
    "filter": "kernels",
    "filters": "kernels",
    "weights": "kernels",
    "bias": "biases",
    "b": "biases",
    "strides": "stride",
    "pad": "padding",
}


class LayerKeys(Keys):
    """What every layer may have: a name."""

    name: Annotated[str | None, NAME] = Key(None, description="Its name in keys, such as conv1 in conv1[1,2].")


class ConvKeys(LayerKeys):
    """A convolution."""

    synonyms: ClassVar[Mapping[str, str]] = _NAMES

    kernels: Annotated[Any, KERNEL] = Key(
        description="A matrix, a name (sobel_x, box ...), or a list of filters, each a matrix or a list of matrices, "
        "one for each channel. For sequences each filter is a list of numbers. Keys: k1[1,2], k1[channel][1,2]."
    )
    biases: Annotated[Any, _BIASES] = Key(
        None, description="One for each filter, or a single number for each of them: b1, b2 ...; left out: none."
    )
    stride: Annotated[tuple[int, ...], _SIZE] = Key((1,), description="Cells from window to window. Default 1.")
    padding: Annotated[Any, PADDING] = Key("valid", description="valid (none), same, N, or [top, bottom, left, right].")
    dilation: Annotated[tuple[int, ...], _SIZE] = Key((1,), description="Distance of kernel cells. Default 1.")
    flip: Annotated[bool, FLAG] = Key(
        False, description="true: mathematicians' convolution, the kernel turned by 180 degrees first."
    )
    activation: Annotated[Chosen | None, ACTIVATION] = Key(None, description="Activation of the feature map.")


class TransposeKeys(ConvKeys):
    """A transposed convolution."""

    output_padding: Annotated[tuple[int, ...], per_axis(0)] = Key(
        (0,), description="Rows and columns added below and to the right of the output. Default 0."
    )


class PoolKeys(LayerKeys):
    """A pooling layer; padding holds no cells."""

    synonyms: ClassVar[Mapping[str, str]] = {"kernel": "size", "window": "size", "pool_size": "size", **_NAMES}

    size: Annotated[tuple[int, ...], _SIZE] = Key((2,), description="Rows and columns of the window. Default 2.")
    stride: Annotated[tuple[int, ...] | None, _SIZE] = Key(None, description="Default: the size.")
    padding: Annotated[Any, PADDING] = Key("valid", description="valid (none), same, N, or [top, bottom, left, right].")


class EntireKeys(LayerKeys):
    """A layer without settings."""


class UpsampleKeys(LayerKeys):
    """Every cell repeated."""

    synonyms: ClassVar[Mapping[str, str]] = {"size": "factor", "scale": "factor"}

    factor: Annotated[tuple[int, ...], _SIZE] = Key((2,), description="Times along each axis. Default 2.")


class ReshapeKeys(LayerKeys):
    """The same cells in another shape."""

    shape: Annotated[tuple[int, ...], list_of(whole(), "[length], [rows, columns] or [channels, rows, columns]")] = Key(
        description="[length], [rows, columns] or [channels, rows, columns]."
    )


class DenseKeys(LayerKeys):
    """A fully connected layer."""

    synonyms: ClassVar[Mapping[str, str]] = {"bias": "biases", "b": "biases", "w": "weights", "weight": "weights"}

    weights: Annotated[Any, MATRIX] = Key(description="One row for each neuron. Keys: w1[neuron,input].")
    biases: Annotated[Any, _BIASES] = Key(None, description="One for each neuron, or a number for each of them.")
    activation: Annotated[Chosen | None, ACTIVATION] = Key(None, description="Activation of its neurons.")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of layer: its keys, the key that a plain value stands for, and whether it stands as a word."""

    keys: type[LayerKeys]
    bare: str = ""
    alone: bool = False


KINDS: dict[str, Kind] = {
    "conv": Kind(ConvKeys, "kernels"),
    "conv_transpose": Kind(TransposeKeys, "kernels"),
    "max_pool": Kind(PoolKeys, "size", alone=True),
    "min_pool": Kind(PoolKeys, "size", alone=True),
    "avg_pool": Kind(PoolKeys, "size", alone=True),
    "global_max_pool": Kind(EntireKeys, alone=True),
    "global_min_pool": Kind(EntireKeys, alone=True),
    "global_avg_pool": Kind(EntireKeys, alone=True),
    "upsample": Kind(UpsampleKeys, "factor", alone=True),
    "flatten": Kind(EntireKeys, alone=True),
    "reshape": Kind(ReshapeKeys, "shape"),
    "dense": Kind(DenseKeys, "weights"),
}
_WORDS = (*KINDS, *ACTIVATIONS)
_SYNONYMS = {
    **ACTIVATION_SYNONYMS,
    **dict.fromkeys(("conv1d", "conv2d", "convolution", "kernel", "cross_correlation"), "conv"),
    **dict.fromkeys(("deconv", "conv2d_transpose", "transposed_conv", "convtranspose2d"), "conv_transpose"),
    **dict.fromkeys(("pool", "pooling", "maxpool", "maxpooling", "max_pooling"), "max_pool"),
    **dict.fromkeys(("average_pool", "avgpool", "average_pooling", "mean_pool"), "avg_pool"),
    **dict.fromkeys(("gap", "global_average_pool", "global_average_pooling"), "global_avg_pool"),
    **dict.fromkeys(("fc", "fully_connected", "output"), "dense"),
    "upsampling": "upsample",
}


@dataclass(frozen=True, slots=True)
class TypedLayer:
    """A layer as typed: the word, its keys (None for an activation), the activation, and the path below it."""

    word: str
    keys: Any
    activation: Chosen | None
    below: tuple[str, ...]


def _layer(value: Any) -> TypedLayer:
    below: tuple[str, ...] = ()
    if isinstance(value, str):
        word, given = recased(value, _WORDS), None
    elif isinstance(value, dict) and len(value) == 1:
        ((word, given),) = value.items()
        below = (word,)
    else:
        fix = "Settings stand inside: {conv: {kernels: .., stride: 2}}" if isinstance(value, dict) else ""
        raise refused(value, "one layer such as relu, {max_pool: 2} or {conv: {kernels: ..}}", fix)
    if word in ACTIVATIONS:
        return TypedLayer(word, None, ACTIVATION.read(value), below)
    if word not in KINDS:
        fix = did_you_mean(word, _WORDS, _SYNONYMS)
        message = f"found '{word}'; expected one of {', '.join(_WORDS)}" + (f". {fix}" if fix else "")
        raise FieldError([Fault(message, below, at_key=bool(below))])
    return TypedLayer(word, _keys(word, given, below), None, below)


def _keys(word: str, given: Any, below: tuple[str, ...]) -> LayerKeys:
    kind = KINDS[word]
    if given is None and not below and not kind.alone:
        raise refused(word, f"its {kind.bare} with it", f"Write {{{word}: {{{kind.bare}: ..}}}}")
    if not isinstance(given, dict):
        if given is not None and not kind.bare:
            raise FieldError([Fault(f"{word} has no settings but a name", below)])
        given = {} if given is None else {kind.bare: given}
        plain = True
    else:
        plain = False
    try:
        return kind.keys.read(given)
    except FieldError as error:
        faults = [fault if not plain else Fault(fault.message, fault.path[1:]) for fault in error.faults]
        raise FieldError([Fault(f.message, (*below, *f.path), f.at_key) for f in faults]) from error


def _layer_schema() -> dict[str, Any]:
    ways: list[dict[str, Any]] = [{"enum": [word for word, kind in KINDS.items() if kind.alone]}]
    for word, kind in KINDS.items():
        model = kind.keys.json_schema()
        bare = model["properties"].get(kind.bare)
        inside = {"anyOf": [model, bare]} if bare else model
        ways.append({"type": "object", "properties": {word: inside}, "required": [word], "additionalProperties": False})
    return {"anyOf": [*ways, dict(ACTIVATION.schema)]}


LAYER: Field[TypedLayer] = Field("a layer", _layer, _layer_schema())
_LAYERS = list_of(LAYER, "a list of layers such as [{conv: {kernels: ..}}, relu, {max_pool: 2}, flatten]")


class Spec(Common):
    """An image through convolution, activation, pooling, flatten, dense; with a target also backwards."""

    schema_title = "dlsolve spec, kind: convolution"
    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("input", "inputs", "x", "picture", "signal"), "image"),
        **dict.fromkeys(("kernel", "kernels", "conv", "filter", "filters", "layer"), "layers"),
        **dict.fromkeys(("lr", "eta", "alpha"), "learning_rate"),
        **dict.fromkeys(("targets", "outputs", "t"), "target"),
        **dict.fromkeys(("cost", "error"), "loss"),
    }

    kind: Annotated[str, one_of(("convolution",))] = Key("convolution", description="The kind of problem: convolution.")
    image: Annotated[Any, IMAGE] = Key(
        description="A matrix of numbers, a list of matrices (one for each channel), or a list of numbers for a "
        "sequence. Keys: x[row,column] from 1, x[channel][row,column], x[place]."
    )
    dimensions: Annotated[int | None, whole(1, 2)] = Key(
        None,
        description="1: a matrix is a sequence of several channels, one row for each. Default: as the image looks.",
    )
    scale: Annotated[Number | None, POSITIVE] = Key(
        None, description="Every number of the image is divided by it first, such as 255. Keys: scaled[1,2]."
    )
    layers: Annotated[tuple[TypedLayer, ...], _LAYERS] = Key(
        description="The layers in order. Answers are their outputs: conv1, relu1, pool1, flatten1, dense1, softmax1 "
        "(numbered by kind, or as named); a cell is conv1[1,2], of filter 2 of several conv1[2][1,2]."
    )
    target: Annotated[Any, TARGETS] = Key(
        None,
        description="What the last layer should give, in its shape; a class index from 0 for sparse_cce and hinge. "
        "Then the answers hold E and the gradients dE/dk1, dE/db1, dE/dw1 and dE/dx. Left out: forward pass only.",
    )
    loss: Annotated[Chosen, LOSS] = Key(("half_sse", None), description="The error. Default half_sse.")
    learning_rate: Annotated[Number | None, POSITIVE] = Key(
        None, description="With it the answers hold the new weights: k1', b1', w1'. Left out: gradients only."
    )
