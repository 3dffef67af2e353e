"""The layers of a convolutional network: one row is one layer type.

A row says how the layer is written in a spec (its settings), what it makes of its input (`measure`), how
that is worked (`lines`), and how layers without a name are numbered (`stem`). A new layer type is a new row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..cnn import maps, vectors
from ..cnn.volume import Measure, Volume
from ..spec.convnet import Settings
from .cnn_settings import BIAS, FILTERS, GROUPS, MULTIPLIER, POOL, RECURRENT, SIDES, SIZE, TABLE, WINDOW, Setting

if TYPE_CHECKING:
    from ..cnn.line import Line

Measured = Callable[[Settings, Volume], Measure]
Worked = Callable[[Settings, Volume, Measure], "tuple[Line, ...]"]


@dataclass(frozen=True, slots=True)
class Row:
    """A layer type.

    stem:  conv gives the names conv1, conv2 ...
    lines: the function that works it, loaded when lines are asked for
    bare:  the setting that a plain value means, as in `dense: 84`
    """

    stem: str
    about: str
    measure: Measured
    lines: str
    settings: Mapping[str, Setting]
    bare: str = ""


def _row(
    stem: str,
    about: str,
    measure: Measured,
    lines: str,
    settings: Mapping[str, Setting] | None = None,
    bare: str = "",
) -> Row:
    return Row(stem, about, measure, lines, settings or {}, bare)


def _plain(name: str, settings: Mapping[str, Setting] | None = None, bare: str = "") -> Row:
    """An activation function as a layer."""
    return _row(name, "an activation function", vectors.unchanged, "vector_lines.no_parameters", settings, bare)


def _slope(default: str) -> dict[str, Setting]:
    return {"a": Setting("slope", "its slope or scale for negative inputs", default)}


LAYERS: dict[str, Row] = {
    "conv": _row(
        "conv",
        "convolution",
        maps.conv,
        "map_lines.conv_lines",
        {"filters": FILTERS, **WINDOW, "groups": GROUPS, "bias": BIAS, "connections": TABLE},
    ),
    "depthwise_conv": _row(
        "depthwise",
        "one filter for each channel",
        maps.depthwise,
        "map_lines.depthwise_lines",
        {**WINDOW, "multiplier": MULTIPLIER, "bias": BIAS},
    ),
    "separable_conv": _row(
        "separable",
        "depthwise, then 1 x 1",
        maps.separable,
        "map_lines.separable_lines",
        {"filters": FILTERS, **WINDOW, "multiplier": MULTIPLIER, "bias": BIAS},
    ),
    "conv_transpose": _row(
        "up_conv",
        "transposed convolution",
        maps.conv_transpose,
        "map_lines.conv_transpose_lines",
        {
            "filters": FILTERS,
            **WINDOW,
            "output_padding": Setting("sizes0", "rows added at the end", 0),
            "groups": GROUPS,
            "bias": BIAS,
        },
    ),
    "max_pool": _row("pool", "the largest of each window", maps.pool, "map_lines.pool_lines", POOL, "size"),
    "avg_pool": _row(
        "pool",
        "the mean of each window",
        maps.pool,
        "map_lines.pool_lines",
        {**POOL, "scale": Setting("flag", "a coefficient and a bias for each map (LeNet-5, 1998)", False)},
        "size",
    ),
    "min_pool": _row("pool", "the smallest of each window", maps.pool, "map_lines.pool_lines", POOL, "size"),
    "global_avg_pool": _row("global_pool", "the mean of each map", maps.global_pool, "map_lines.channel_lines"),
    "global_max_pool": _row("global_pool", "the largest of each map", maps.global_pool, "map_lines.channel_lines"),
    "adaptive_avg_pool": _row(
        "adaptive_pool",
        "means over windows that give a stated size",
        maps.adaptive_pool,
        "map_lines.channel_lines",
        SIZE,
        "size",
    ),
    "adaptive_max_pool": _row(
        "adaptive_pool",
        "maxima over windows that give a stated size",
        maps.adaptive_pool,
        "map_lines.channel_lines",
        SIZE,
        "size",
    ),
    "upsample": _row(
        "upsample",
        "each axis longer by a whole factor",
        maps.upsample,
        "map_lines.upsample_lines",
        {
            "size": Setting("size", "the factor", required=True),
            "mode": Setting("choice:nearest|bilinear", "how numbers are filled in", "nearest"),
        },
        "size",
    ),
    "crop": _row("crop", "rows and columns cut away", maps.crop, "map_lines.crop_lines", SIDES, "sides"),
    "pad": _row("pad", "zeros put around", maps.pad, "map_lines.pad_lines", SIDES, "sides"),
    "flatten": _row("flatten", "the map laid out as a vector", vectors.flatten, "vector_lines.flatten_lines"),
    "reshape": _row(
        "reshape",
        "the same numbers in another shape",
        vectors.reshape,
        "vector_lines.no_parameters",
        {"size": Setting("shape", "the new shape", required=True)},
        "size",
    ),
    "dense": _row(
        "dense",
        "every neuron sees every input",
        vectors.dense,
        "vector_lines.dense_lines",
        {
            "units": Setting("count", "how many neurons", required=True),
            "inputs": Setting("count", "the number of inputs, checked"),
            "bias": BIAS,
            "each_step": Setting("flag", "on each time step by itself; left out: behind a layer that gives sequences"),
        },
        "units",
    ),
    "dropout": _row(
        "dropout",
        "switches neurons off while training",
        vectors.unchanged,
        "vector_lines.no_parameters",
        {"rate": Setting("rate", "the part that is switched off", "0.5")},
        "rate",
    ),
    "batch_norm": _row(
        "norm",
        "batch normalization",
        vectors.batch_norm,
        "vector_lines.batch_norm_lines",
        {
            "scale": Setting("flag", "learns γ and β", True),
            "running": Setting("flag", "keeps means and variances for later", True),
        },
    ),
    "layer_norm": _row(
        "norm",
        "layer normalization",
        vectors.layer_norm,
        "vector_lines.layer_norm_lines",
        {"over": Setting("choice:channels|all", "γ and β for each channel, or for each number", "channels")},
    ),
    "embedding": _row(
        "embedding",
        "a vector for each word",
        vectors.embedding,
        "vector_lines.embedding_lines",
        {
            "vocabulary": Setting("count", "how many words", required=True),
            "units": Setting("count", "the length of each vector", required=True),
        },
    ),
    "attention": _row(
        "attention",
        "multi-head self-attention",
        vectors.attention,
        "vector_lines.attention_lines",
        {
            "heads": Setting("count", "how many heads", 1),
            "bias": BIAS,
            "key_size": Setting("count", "the width of one head; features/heads if left out"),
        },
        "heads",
    ),
    "rnn": _row("rnn", "simple recurrent layer", vectors.rnn, "vector_lines.rnn_lines", RECURRENT, "units"),
    "lstm": _row("lstm", "long short-term memory", vectors.lstm, "vector_lines.lstm_lines", RECURRENT, "units"),
    "gru": _row("gru", "gated recurrent unit", vectors.gru, "vector_lines.gru_lines", RECURRENT, "units"),
    "prelu": _row(
        "prelu",
        "leaky ReLU with a learnt slope",
        vectors.prelu,
        "vector_lines.prelu_lines",
        {"each_channel": Setting("flag", "a slope for each channel, not one for all", False)},
    ),
    "leaky_relu": _plain("leaky_relu", _slope("0.01"), "a"),
    "randomised_relu": _plain("randomised_relu", _slope("0.01"), "a"),
    "elu": _plain("elu", _slope("1"), "a"),
    "linear": _plain("linear"),
    "step": _plain("step"),
    "sign": _plain("sign"),
    "sigmoid": _plain("sigmoid"),
    "tanh": _plain("tanh"),
    "relu": _plain("relu"),
    "relu6": _plain("relu6"),
    "softplus": _plain("softplus"),
    "gelu": _plain("gelu"),
    "softmax": _plain("softmax"),
    "log_softmax": _plain("log_softmax"),
}

ACTIVATIONS = tuple(name for name, row in LAYERS.items() if row.about == "an activation function")
CONTAINERS = ("residual", "branches", "repeat")


def settings_of(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a layer with the defaults filled in."""
    return {name: given.get(name, setting.default) for name, setting in LAYERS[kind].settings.items()}


def worked(kind: str) -> Worked:
    """The function that gives a layer's worked lines."""
    module, _, function = LAYERS[kind].lines.partition(".")
    found: Worked = getattr(import_module(f"..cnn.{module}", __package__), function)
    return found
