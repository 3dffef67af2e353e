"""Convolution, pooling and upsampling on whole arrays: one shifted slice for each cell of the kernel or window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.convolution_problem import Conv, Pool, Upsample
from .backends import Arrays, on_host, settled

_TIE = 1e-12  # of the largest number: cells so close are equal, and the first one counts


@dataclass(frozen=True, slots=True)
class Map:
    """A layer at one input.

    value:    its output
    returned: the slope by its output -> the slope by its input, and by its weights and biases
    sides:    numbers that change where the layer has a kink
    """

    value: Any
    returned: Callable[[Any], tuple[Any, dict[str, Any]]]
    sides: Any


def _padded(image: Any, padding: tuple[int, ...], on: Arrays, fill: float = 0.0) -> Any:
    channels, height, width = image.shape
    top, bottom, left, right = padding
    wide = on.zeros(channels, height + top + bottom, width + left + right) + fill
    wide[:, top : top + height, left : left + width] = image
    return wide


def _cut(image: Any, padding: tuple[int, ...]) -> Any:
    top, bottom, left, right = padding
    return image[:, top : image.shape[1] - bottom, left : image.shape[2] - right]


def _shifted(layer: Conv, u: int, v: int, height: int, width: int) -> tuple[slice, slice]:
    """The cells that weight (u, v) meets while the kernel visits height × width places."""
    row, column = u * layer.dilation[0], v * layer.dilation[1]
    rows, columns = layer.stride
    return slice(row, row + (height - 1) * rows + 1, rows), slice(column, column + (width - 1) * columns + 1, columns)


def summed(kernel: Any, cells: Any, on: Arrays) -> Any:
    """Weights (filters, channels) over cells (channels, rows, columns)."""
    return on.xp.tensordot(kernel, cells, axes=1)


def convolve(layer: Conv, image: Any, kernels: Any, biases: Any, on: Arrays) -> Map:
    """Cross-correlation of an image with kernels (filters, channels, rows, columns)."""
    wide = _padded(image, layer.padding, on)
    height = (wide.shape[1] - layer.dilation[0] * (kernels.shape[2] - 1) - 1) // layer.stride[0] + 1
    width = (wide.shape[2] - layer.dilation[1] * (kernels.shape[3] - 1) - 1) // layer.stride[1] + 1
    places = [
        (u, v, _shifted(layer, u, v, height, width)) for u in range(kernels.shape[2]) for v in range(kernels.shape[3])
    ]
    value = on.zeros(kernels.shape[0], height, width) + biases[:, None, None]
    size = on.xp.abs(value)
    for u, v, (rows, columns) in places:
        value = value + summed(kernels[:, :, u, v], wide[:, rows, columns], on)
        size = size + summed(on.xp.abs(kernels[:, :, u, v]), on.xp.abs(wide[:, rows, columns]), on)

    def returned(slope: Any) -> tuple[Any, dict[str, Any]]:
        before, weights = on.zeros(*wide.shape), on.zeros(*kernels.shape)
        for u, v, (rows, columns) in places:
            weights[:, :, u, v] = on.xp.tensordot(slope, wide[:, rows, columns], axes=((1, 2), (1, 2)))
            share = on.xp.tensordot(kernels[:, :, u, v], slope, axes=((0,), (0,)))
            before[:, rows, columns] = before[:, rows, columns] + share
        changes = {"weights": weights, "biases": on.xp.sum(slope, axis=(1, 2))}
        return _cut(before, layer.padding), changes

    return Map(settled(on.xp, value, size), returned, on.zeros(1))


def spread(layer: Conv, image: Any, kernels: Any, biases: Any, on: Arrays) -> Map:
    """Transposed convolution: the image times each weight, laid down at the strides; kernels as in `convolve`."""
    _, height, width = image.shape
    top, _, left, _ = layer.padding
    shape = layer.after
    last = _shifted(layer, kernels.shape[2] - 1, kernels.shape[3] - 1, height, width)
    full = (max(last[0].stop, top + shape.height), max(last[1].stop, left + shape.width))
    places = [
        (u, v, _shifted(layer, u, v, height, width)) for u in range(kernels.shape[2]) for v in range(kernels.shape[3])
    ]
    wide, size = on.zeros(kernels.shape[0], *full), on.zeros(kernels.shape[0], *full)
    for u, v, (rows, columns) in places:
        wide[:, rows, columns] = wide[:, rows, columns] + summed(kernels[:, :, u, v], image, on)
        more = summed(on.xp.abs(kernels[:, :, u, v]), on.xp.abs(image), on)
        size[:, rows, columns] = size[:, rows, columns] + more
    inside = (slice(None), slice(top, top + shape.height), slice(left, left + shape.width))

    def returned(slope: Any) -> tuple[Any, dict[str, Any]]:
        around = on.zeros(kernels.shape[0], *full)
        around[inside] = slope
        before, weights = on.zeros(*image.shape), on.zeros(*kernels.shape)
        for u, v, (rows, columns) in places:
            weights[:, :, u, v] = on.xp.tensordot(around[:, rows, columns], image, axes=((1, 2), (1, 2)))
            before = before + on.xp.tensordot(kernels[:, :, u, v], around[:, rows, columns], axes=((0,), (0,)))
        return before, {"weights": weights, "biases": on.xp.sum(slope, axis=(1, 2))}

    value = wide[inside] + biases[:, None, None]
    return Map(settled(on.xp, value, size[inside] + on.xp.abs(biases)[:, None, None]), returned, on.zeros(1))


def _windows(layer: Pool, image: Any, on: Arrays, fill: float) -> tuple[Any, list[tuple[slice, slice]]]:
    """Every window's cells along a new first axis, in reading order, and the slices that they come from."""
    wide = _padded(image, layer.padding, on, fill)
    (high, broad), (down, across) = layer.size, layer.stride
    height, width = (wide.shape[1] - high) // down + 1, (wide.shape[2] - broad) // across + 1
    places = [
        (slice(u, u + (height - 1) * down + 1, down), slice(v, v + (width - 1) * across + 1, across))
        for u in range(high)
        for v in range(broad)
    ]
    return on.xp.stack([wide[:, rows, columns] for rows, columns in places]), places


def pool(layer: Pool, image: Any, on: Arrays) -> Map:
    """Max, min or mean of every window; the first of equal cells is the one that counts."""
    sign = -1.0 if layer.how == "min" else 1.0
    inside, places = _windows(layer, image * 0 + 1, on, 0.0)
    cells, _ = _windows(layer, image * sign, on, 0.0)
    if layer.how == "avg":
        shares = inside / on.xp.sum(inside, axis=0)
        sides = on.zeros(1)
    else:
        shares = _first(cells, inside, on)
        sides = shares
    value = sign * on.xp.sum(shares * cells, axis=0)

    def returned(slope: Any) -> tuple[Any, dict[str, Any]]:
        before = _padded(image * 0, layer.padding, on)
        for index, (rows, columns) in enumerate(places):
            before[:, rows, columns] = before[:, rows, columns] + shares[index, ...] * slope
        return _cut(before, layer.padding), {}

    return Map(value, returned, sides)


def _first(cells: Any, inside: Any, on: Arrays) -> Any:
    """1 at the first of the largest cells along the first axis, 0 elsewhere."""
    nothing, one = on.xp.zeros_like(cells), on.xp.ones_like(cells)
    within = on.xp.where(inside > 0, cells, nothing - float("inf"))
    room = _TIE * on.xp.max(on.xp.abs(cells))
    top = on.xp.where(within >= on.xp.max(within, axis=0) - room, one, nothing)
    free = one[0, ...]
    shares = []
    for index in range(cells.shape[0]):
        shares.append(top[index, ...] * free)
        free = free * (1 - top[index, ...])
    return on.xp.stack(shares)


def parts(layer: Pool, image: Any, slope: Any, on: Arrays) -> dict[tuple[int, int, int, int], tuple[float, float]]:
    """Of large windows the largest (or smallest) of each group, and its slope: by channel, row, column, group."""
    sign = -1.0 if layer.how == "min" else 1.0
    inside, _ = _windows(layer, image * 0 + 1, on, 0.0)
    cells, _ = _windows(layer, image * sign, on, 0.0)
    shares, there = on_host(_first(cells, inside, on)), on_host(inside) > 0
    held = numpy.where(there, on_host(cells), -numpy.inf)
    found = {}
    for start in range(0, held.shape[0], layer.group):
        group = slice(start, start + layer.group)
        best, share = sign * held[group].max(axis=0), shares[group].sum(axis=0)
        for place in numpy.argwhere(there[group].any(axis=0)):
            at = (int(place[0]), int(place[1]), int(place[2]))
            found[(*at, start // layer.group + 1)] = (float(best[at]), float(share[at] * on_host(slope)[at]))
    return found


def repeat(layer: Upsample, image: Any, on: Arrays) -> Map:
    """Every cell repeated along rows and columns."""
    down, across = layer.factor
    value = on.xp.repeat(on.xp.repeat(image, down, axis=1), across, axis=2)

    def returned(slope: Any) -> tuple[Any, dict[str, Any]]:
        parts = [slope[:, u::down, v::across] for u in range(down) for v in range(across)]
        return on.xp.sum(on.xp.stack(parts), axis=0), {}

    return Map(value, returned, on.zeros(1))
