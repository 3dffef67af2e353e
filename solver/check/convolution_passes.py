"""Forward and backward passes of a convolution problem on whole arrays of shape (channels, rows, columns)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.convolution_problem import (
    Activated,
    Conv,
    Convolution,
    Dense,
    Layer,
    Pool,
    Shape,
    Upsample,
    parameters_of,
)
from .activations import ACTIVATIONS, Coupled
from .backends import Arrays, on_host, settled
from .convolution_layers import Map, convolve, pool, repeat, spread
from .losses import CLASS_HINGE, LOSSES, SETTINGS, Loss

HostArray = numpy.ndarray[Any, Any]
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Run:
    """What a forward pass found.

    image, start: the image as given and after scaling; maps: every layer's rule with its input
    sides:   on which side of each kink every cell stood, for finite differences
    """

    image: Any
    start: Any
    outputs: list[Any]
    inputs: list[Any]
    maps: list[Map]
    sides: list[HostArray]


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slopes of the error by every layer's output, the image before and after scaling, and every parameter."""

    outputs: list[Any]
    start: Any
    image: Any
    parameters: dict[str, float]


def numbers(problem: Convolution) -> dict[str, float]:
    """Every parameter and pixel by its key."""
    found = {key: float(number.value) for key, number in problem.parameters.items()}
    pixels = (number for grid in problem.image for row in grid for number in row)
    for cell, number in zip(problem.shape.cells(), pixels, strict=True):
        found[f"x{problem.shape.index(*cell)}"] = float(number.value)
    return found


def run(problem: Convolution, on: Arrays, values: Weights | None = None) -> Run:
    """The forward pass, with the numbers of the problem or with others."""
    values = numbers(problem) if values is None else values
    keys = [f"x{problem.shape.index(*cell)}" for cell in problem.shape.cells()]
    image = on.place(numpy.asarray([values[key] for key in keys]).reshape(_size(problem.shape)))
    start = image / float(problem.scale.value) if problem.scale else image
    found = Run(image, start, [], [], [], [])
    current = start
    for layer in problem.layers:
        found.inputs.append(current)
        rule = _rule(layer, current, values, on)
        current = on.xp.reshape(rule.value, _size(layer.after))
        found.maps.append(rule)
        found.outputs.append(current)
        found.sides.append(on_host(rule.sides).ravel())
    return found


def _size(shape: Shape) -> tuple[int, int, int]:
    return (shape.channels, shape.height, shape.width)


def _rule(layer: Layer, current: Any, values: Weights, on: Arrays) -> Map:
    """A layer at its input: its value, and how slopes come back through it."""
    if isinstance(layer, Conv):
        kernels, biases = _filters(layer, values, on)
        return (spread if layer.transposed else convolve)(layer, current, kernels, biases, on)
    if isinstance(layer, Pool):
        return pool(layer, current, on)
    if isinstance(layer, Activated):
        return _activated(layer, current, on)
    if isinstance(layer, Upsample):
        return repeat(layer, current, on)
    if isinstance(layer, Dense):
        return _dense(layer, current, values, on)
    return Map(current, lambda slope: (slope, {}), on.zeros(1))


def _filters(layer: Conv, values: Weights, on: Arrays) -> tuple[Any, Any]:
    """The kernels (filters, channels, rows, columns) as they lie on the image, and the biases."""
    blocks = [[values[key] for key in layer.weight_keys(each)] for each in layer.filters]
    kernels = numpy.asarray(blocks).reshape(len(blocks), layer.before.channels, *layer.size)
    if layer.flip:
        kernels = kernels[:, :, ::-1, ::-1].copy()
    biases = numpy.asarray([values[each.bias.key] if each.bias else 0.0 for each in layer.filters])
    return on.place(kernels), on.place(biases)


def _activated(layer: Activated, current: Any, on: Arrays) -> Map:
    rule, chosen = ACTIVATIONS[layer.activation.name], layer.activation.setting
    setting = float(chosen.value) if chosen else 0.0
    z = on.xp.reshape(current, (1, -1))
    value = rule.value(on, z, setting)

    def returned(slope: Any) -> tuple[Any, dict[str, Any]]:
        incoming = on.xp.reshape(slope, (1, -1))
        if isinstance(rule, Coupled):
            through = on.xp.sum(rule.jacobian(on, z, setting) * incoming[:, :, None], axis=1)
        else:
            through = rule.slope(on, z, setting) * incoming
        return on.xp.reshape(through, current.shape), {}

    bends = not isinstance(rule, Coupled) and rule.bends
    return Map(value, returned, on.xp.sign(z) if bends else on.zeros(1))


def _dense(layer: Dense, current: Any, values: Weights, on: Arrays) -> Map:
    rows, columns = len(layer.weights), layer.before.count
    keys = [[f"{layer.matrix}[{r + 1},{c + 1}]" for c in range(columns)] for r in range(rows)]
    weights = on.place(numpy.asarray([[values[key] for key in row] for row in keys]))
    biases = on.place(numpy.asarray([values[bias.key] if bias else 0.0 for bias in layer.biases]))
    x = on.xp.reshape(current, (columns,))
    size = on.xp.abs(weights) @ on.xp.abs(x) + on.xp.abs(biases)

    def returned(slope: Any) -> tuple[Any, dict[str, Any]]:
        delta = on.xp.reshape(slope, (rows,))
        return on.xp.reshape(delta @ weights, current.shape), {"weights": delta[:, None] * x[None, :], "biases": delta}

    return Map(settled(on.xp, weights @ x + biases, size), returned, on.zeros(1))


def error(problem: Convolution, output: Any, on: Arrays) -> Any:
    """Each output's part of the error, in the order of the output's cells."""
    loss, setting, targets = _loss(problem, on)
    return loss.parts(on.xp, on.xp.reshape(output, (1, -1)), targets, setting)


def on_bend(problem: Convolution, output: Any, on: Arrays) -> HostArray:
    """On which side of the loss's kinks each output stands."""
    loss, setting, targets = _loss(problem, on)
    if loss.bend is None:
        return numpy.zeros(1)
    return on_host(on.xp.sign(loss.bend(on.xp, on.xp.reshape(output, (1, -1)), targets, setting))).ravel()


def _loss(problem: Convolution, on: Arrays) -> tuple[Loss, float, Any]:
    count = problem.output.count
    targets = numpy.asarray([float(number.value) for number in problem.target] or [0.0] * count)
    if problem.label is not None:
        targets[problem.label] = 1.0
    name, chosen = problem.loss.name, problem.loss.setting
    by_class = problem.label is not None and name == "hinge"
    setting = float(chosen.value) if chosen else SETTINGS.get(name, 0.0)
    return CLASS_HINGE if by_class else LOSSES[name], setting, on.place(targets.reshape(1, -1))


def back(problem: Convolution, passed: Run, on: Arrays) -> Slopes:
    """The slopes of the error, from the last layer to the image."""
    loss, setting, targets = _loss(problem, on)
    output = on.xp.reshape(passed.outputs[-1], (1, -1))
    slope = on.xp.reshape(loss.slope(on.xp, output, targets, setting), passed.outputs[-1].shape)
    outputs: list[Any] = []
    parameters: dict[str, float] = {}
    for layer, rule in zip(reversed(problem.layers), reversed(passed.maps), strict=True):
        outputs.insert(0, slope)
        before, changes = rule.returned(on.xp.reshape(slope, rule.value.shape))
        parameters |= _named(layer, changes)
        slope = on.xp.reshape(before, _size(layer.before))
    image = slope / float(problem.scale.value) if problem.scale else slope
    return Slopes(outputs, slope, image, parameters)


def _named(layer: Layer, changes: Mapping[str, Any]) -> dict[str, float]:
    """The slopes by a layer's parameters under their keys."""
    keys = list(parameters_of(layer))
    if isinstance(layer, Conv):
        kernels, biases = on_host(changes["weights"]), on_host(changes["biases"])
        if layer.flip:
            kernels = kernels[:, :, ::-1, ::-1]
        found: list[float] = []
        for kernel, bias, each in zip(kernels, biases, layer.filters, strict=True):
            found += [*kernel.ravel().tolist(), *([float(bias)] if each.bias else [])]
        return dict(zip(keys, found, strict=True))
    if isinstance(layer, Dense):
        slopes = on_host(changes["weights"]).ravel().tolist()
        slopes += [x for x, bias in zip(on_host(changes["biases"]).tolist(), layer.biases, strict=True) if bias]
        return dict(zip(keys, slopes, strict=True))
    return {}
