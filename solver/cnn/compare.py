"""What a convolution would cost without its two ideas: seeing only a window, and sharing weights.

Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.2; the numbers of
cs231n.github.io/convolutional-networks are counted the same way, with a bias for each neuron.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import notation as n
from ..spec.convnet import Layer
from .count import Count, letter, product, share
from .line import Line, line
from .map_lines import kernel_letters
from .plan import Plan, PlannedLayer
from .volume import LETTERS, Volume
from .windows import windows_of

COMPARED = ("conv", "depthwise_conv")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One convolution beside the same layer fully connected, and beside one that shares no weights.

    dense:     every output sees every input, each with weights of its own
    unshared:  every output sees its window only, each with weights of its own
    shared:    the convolution itself
    lines:     how the three are worked
    """

    name: str
    dense: int
    unshared: int
    shared: int
    lines: tuple[Line, ...]

    @property
    def sparse_saves(self) -> float:
        """How many times fewer parameters it takes to see a window only."""
        return self.dense / self.unshared

    @property
    def sharing_saves(self) -> float:
        """How many times fewer it takes to share them."""
        return self.unshared / self.shared


def compare_dense(plan: Plan) -> tuple[Comparison, ...]:
    """Every convolution of a plan beside its fully connected twin."""
    return tuple(_compared(plan, each) for each in plan.layers if each.kind in COMPARED and each.parameters)


def _compared(plan: Plan, each: PlannedLayer) -> Comparison:
    neurons = letter("n", each.measure.output.numbers, "out")
    inputs = letter("n", each.input.numbers, "in")
    bias = 1 if each.biases else 0
    dense = neurons * _with_bias(inputs, bias)
    unshared = neurons * _with_bias(_window(each), bias)
    lines = (
        line("neurons", n.Name("n", "out"), _numbers(each.measure.output, "out"), "output numbers"),
        line("inputs", n.Name("n", "in"), _numbers(each.input, ""), "input numbers"),
        line("dense", n.Word("fully connected"), dense, "every output sees every input"),
        line("unshared", n.Word("windows only"), unshared, "sparse connectivity: every output sees its window"),
        *(each_line for each_line in plan.lines(each) if each_line.key == "parameters"),
    )
    return Comparison(each.name, int(dense), int(unshared), each.parameters, lines)


def _with_bias(weights: Count, bias: int) -> Count:
    return weights + bias if bias else weights


def _window(each: PlannedLayer) -> Count:
    """F·F·C: the numbers that one output sees; in a connection table the most that one filter sees."""
    layer = each.layer
    if not isinstance(layer, Layer):
        raise TypeError(f"{each.name} is no convolution")
    settings = layer.settings
    kernel = kernel_letters(windows_of(settings, each.input.spatial))
    if each.kind == "depthwise_conv":
        return product(kernel)
    if settings["connections"] is not None:
        return product([*kernel, letter("C", max(len(row) for row in settings["connections"]))])
    channels = letter("C", each.input.channels)
    return product([*kernel, share(channels, letter("G", settings["groups"])) if settings["groups"] > 1 else channels])


def _numbers(volume: Volume, sub: str) -> Count:
    sizes = [letter(LETTERS.get(axis, "T"), size, sub) for axis, size in zip(volume.axes, volume.spatial, strict=True)]
    return product([*sizes, letter("K" if sub else "C", volume.channels)])
