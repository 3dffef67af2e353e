"""The question of a convolution problem: image, layers, conventions; and the shapes and counts of all layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..spec.convolution_problem import (
    Activated,
    Conv,
    Convolution,
    Dense,
    Layer,
    Pool,
    Shape,
    Sides,
    Upsample,
    parameters_of,
)
from ..topics.convolution_names import name_of
from .blocks import Block, Equation, Heading, Inline, Lines, Prose, Table, Text
from .convolution_grids import numbers_of
from .convolution_view import View, counted
from .lines import Lines as LineWriter
from .typeset import typeset

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_KERNELS = 6


def question_blocks(solution: Worked) -> Iterator[Block]:
    """Image, layers with their weights, target, conventions."""
    problem: Convolution = solution.problem
    view = View(solution, LineWriter(solution.working, solution.values))
    yield Heading(("Given",))
    what = "Sequence" if problem.shape.axes == 1 else "Image"
    yield Prose((f"{what} of {problem.shape.spelled()}{_scaled(problem)}:",))
    yield Lines(tuple(view.maps("x", problem.shape)))
    for number, layer in enumerate(problem.layers, 1):
        yield Prose((f"{number}. {layer.name}: {described(layer)}",))
        if isinstance(layer, Conv | Dense):
            yield Lines(tuple(_weights(view, layer)))
    if problem.has_target:
        yield from _target(view)
    yield from (Prose(typeset(text)) for text in _conventions(problem, solution))
    if solution.options.question:
        yield Prose(tuple(_asked(solution)))


def _scaled(problem: Convolution) -> str:
    return f"; every number is divided by {problem.scale.text} first" if problem.scale else ""


def described(layer: Layer) -> str:
    """A layer in words, with its settings."""
    if isinstance(layer, Conv):
        return _conv(layer)
    if isinstance(layer, Pool):
        how = {"max": "maximum", "min": "minimum", "avg": "mean"}[layer.how]
        if layer.entire:
            return f"global pooling, the {how} of each channel"
        return f"{how} of every window of {_size(layer.size, layer.before)}, stride {step(layer.stride, layer.before)}"
    if isinstance(layer, Activated):
        name = layer.activation.name
        row = ACTIVATIONS.get(name) or LAYER_ACTIVATIONS[name]
        setting = (
            f" with {ACTIVATIONS[name].setting} = {layer.activation.setting.text}" if layer.activation.setting else ""
        )
        return f"{row.title}{setting}"
    if isinstance(layer, Upsample):
        return f"upsampling, every cell repeated {_size(layer.factor, layer.before)} times"
    if isinstance(layer, Dense):
        return f"fully connected, {counted(len(layer.weights), 'neuron')}"
    if layer.after.axes == 1:
        return "all cells in one vector, channel by channel, row by row"
    return f"the cells as {layer.after.spelled()}, channel by channel, row by row"


def _size(pair: tuple[int, int], shape: Shape) -> str:
    if shape.axes == 1:
        return str(pair[1])
    return f"{pair[0]} × {pair[1]}"


def heading(layer: Layer) -> str:
    """A layer in few words."""
    if isinstance(layer, Conv):
        return f"{layer.name}: {'transposed convolution' if layer.transposed else 'convolution'}"
    return f"{layer.name}: {described(layer)}"


def step(pair: tuple[int, int], shape: Shape) -> str:
    return str(pair[1]) if shape.axes == 1 or pair[0] == pair[1] else f"{pair[0]} (down) and {pair[1]} (right)"


def _conv(layer: Conv) -> str:
    kind = "transposed convolution" if layer.transposed else "convolution"
    channels = f" for {counted(layer.before.channels, 'channel')}" if layer.before.channels > 1 else ""
    text = f"{kind} with {counted(len(layer.filters), 'kernel')} of {_size(layer.size, layer.before)}{channels}"
    text += f", stride {step(layer.stride, layer.before)}"
    if layer.dilation != (1, 1):
        text += f", dilation {step(layer.dilation, layer.before)}"
    return f"{text}, {_padding(layer)}"


def _padding(layer: Conv) -> str:
    if layer.said == "valid" or not any(layer.padding):
        return "no padding (valid)"
    said = " (same)" if layer.said == "same" else ""
    done = " cut off its output" if layer.transposed else ""
    return f"padding {sides(layer.padding, layer.before)}{done}{said}"


def sides(padding: Sides, shape: Shape) -> str:
    """The padding in words."""
    if shape.axes == 1:
        left, right = padding[2:]
        return f"{left} at both ends" if left == right else f"{left} left and {right} right"
    if len(set(padding)) == 1:
        return f"{padding[0]} on every side"
    return "{} above, {} below, {} left, {} right".format(*padding)


def _weights(view: View, layer: Conv | Dense) -> Iterator[Equation]:
    """Kernels and biases, or the weight matrix and the biases."""
    if isinstance(layer, Dense):
        yield view.matrix(layer)
        biases = [bias.key for bias in layer.biases if bias]
    else:
        yield from view.kernels(layer)
        biases = [each.bias.key for each in layer.filters if each.bias]
    if biases:
        yield Equation(name_of(biases[0]), (view.number(biases[0]),)) if len(biases) == 1 else _row(view, biases)


def _row(view: View, keys: list[str]) -> Equation:
    """b1 ... b4 = [..]."""
    whole = n.Word(f"{keys[0]} … {keys[-1]}" if len(keys) > 2 else ", ".join(keys))
    return Equation(whole, (numbers_of(view.writer, (keys,), view.everything),))


def _target(view: View) -> Iterator[Block]:
    problem = view.problem
    if problem.label is not None:
        yield Prose((f"Target: class {problem.label} (counted from 0), that is output {problem.label + 1}.",))
    else:
        yield Prose(("Target:",))
        yield Lines(tuple(view.maps("t", problem.output)))
    if problem.learning_rate:
        yield Lines((Equation(name_of("eta"), (view.number("eta"),)),))


def _conventions(problem: Convolution, solution: Worked) -> Iterator[str]:
    convs = [layer for layer in problem.layers if isinstance(layer, Conv) and (layer.flip or not layer.transposed)]
    flipped = {layer.flip for layer in convs}
    if flipped == {False}:
        yield (
            "The kernel is laid on the image as it stands (cross-correlation, which networks call convolution); "
            "mathematicians would turn it by 180 degrees first (flip: true)."
        )
    elif flipped:
        where = "" if flipped == {True} else f" in {', '.join(c.name for c in convs if c.flip)}"
        yield (
            f"Convolution as mathematicians define it{where}: the kernel is turned by 180 degrees before it is laid "
            "on the image; frameworks do not turn it."
        )
    pools = [layer for layer in problem.layers if isinstance(layer, Pool)]
    if problem.has_target and any(layer.how != "avg" for layer in pools):
        yield "Where several cells of a pooling window are equal, the first one in reading order counts."
    if problem.has_target:
        name = problem.loss.name
        formula = CLASS_LOSSES[name].total if problem.label is not None else LOSSES[name].total
        yield f"Error: `E` = {formula}. Every gradient uses the old weights."
    yield _rounding(solution)


def _rounding(solution: Worked) -> str:
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1)"
    if solution.options.carry == "rounded":
        return f"Every line is rounded to {shown}, half up, and exactly what is shown is used in the next line."
    return f"Numbers are shown to {shown}, half up; values are carried in full from line to line."


def _asked(solution: Worked) -> Iterator[Inline]:
    problem: Convolution = solution.problem
    yield "Wanted: "
    if solution.asked:
        for index, key in enumerate(solution.asked):
            yield ", " if index else ""
            yield solution.working.name(key)
        yield "."
        return
    yield "the output of every layer"
    if problem.has_target:
        yield ", the error, its gradient by every weight and by the image"
    yield ", and the new weights." if problem.learns else "."


def shape_blocks(view: View) -> Iterator[Block]:
    """A table of all layers: what comes out, and how many weights and biases are learnt."""
    yield Heading(("Shapes and parameters",))
    rows: list[tuple[Text, ...]] = [(("image",), (view.problem.shape.spelled(),), ("",), ("0",))]
    total = 0
    for layer in view.layers:
        count = len(parameters_of(layer))
        total += count
        rows.append(((layer.name,), (layer.after.spelled(),), (_counting(layer),), (f"{count:,}",)))
    rows.append((("total",), ("",), ("",), (f"{total:,}",)))
    yield Table((("layer",), ("output",), ("weights and biases",), ("parameters",)), tuple(rows), right=frozenset({3}))


def _counting(layer: Layer) -> str:
    """How the parameters are counted: (3·3·1 + 1)·2."""
    if isinstance(layer, Conv):
        size = "·".join(map(str, layer.size if layer.before.axes == 2 else layer.size[1:]))
        weights = f"{size}·{layer.before.channels}"
        biased = any(each.bias for each in layer.filters)
        return f"({weights} + 1)·{len(layer.filters)}" if biased else f"{weights}·{len(layer.filters)}"
    if isinstance(layer, Dense):
        rows = len(layer.weights)
        return f"({layer.before.count} + 1)·{rows}" if any(layer.biases) else f"{layer.before.count}·{rows}"
    return ""
