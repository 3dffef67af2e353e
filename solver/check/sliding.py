"""Windows over arrays, for counting shapes: arrays of ones, most of them views with zero strides.

Independent of the planner: no formula for an output size stands here, positions are those that NumPy finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]


def ones(shape: Sequence[int]) -> Array:
    """Ones of this shape that take the memory of one number."""
    return np.broadcast_to(np.float64(1), tuple(shape))


def each(value: Any, axes: int) -> list[int]:
    """A setting for every axis."""
    return [value] * axes if isinstance(value, int) else list(value)


def sides(value: Any, axes: int) -> list[Pair]:
    """Zeros before and after on every axis."""
    numbers = [value] * axes if isinstance(value, int) else list(value)
    if len(numbers) == 2 * axes:
        return [(numbers[2 * axis], numbers[2 * axis + 1]) for axis in range(axes)]
    return [(number, number) for number in numbers]


def same_sides(size: int, reach: int, stride: int) -> Pair:
    """Zeros so that a window starts at every stride-th number and the last one is filled up."""
    starts = range(0, size, stride)
    missing = max(starts[-1] + reach - size, 0)
    return missing // 2, missing - missing // 2


def positions(padded: Sequence[int], reach: Sequence[int], stride: Sequence[int]) -> tuple[int, ...]:
    """How many windows NumPy finds along each axis; a view, so that nothing is computed.

    Raises ValueError when a window is larger than the array.
    """
    view = sliding_window_view(ones(padded), tuple(reach))
    return view[tuple(slice(None, None, step) for step in stride)].shape[: len(padded)]


def patches(image: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
    """Every window of an image (axes..., channels): shape (positions..., channels, kernel...)."""
    axes = len(kernel)
    reach = [d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True)]
    view = sliding_window_view(image, tuple(reach), axis=tuple(range(axes)))
    moved = tuple(slice(None, None, step) for step in stride)
    touched = tuple(slice(None, None, d) for d in dilation)
    return view[(*moved, slice(None), *touched)]


def convolved(image: Array, weights: Array, stride: Sequence[int], dilation: Sequence[int], groups: int) -> Array:
    """The convolution of an image (axes..., C) with weights (kernel..., C/groups, K), really computed."""
    axes = image.ndim - 1
    windows = patches(image, weights.shape[:axes], stride, dilation)
    blocks = []
    for part, block in zip(
        np.split(windows, groups, axis=axes), np.split(weights, groups, axis=weights.ndim - 1), strict=True
    ):
        over = list(range(axes, 2 * axes + 1))
        blocks.append(np.tensordot(part, np.moveaxis(block, axes, 0), (over, list(range(axes + 1)))))
    return np.concatenate(blocks, axis=-1)


def spread(image: Array, weights: Array, stride: Sequence[int], dilation: Sequence[int]) -> Array:
    """Every number of an image (axes..., C) spread by weights (kernel..., C, K), overlaps added."""
    axes = image.ndim - 1
    kernel = weights.shape[:axes]
    length = [
        range(0, n * s, s)[-1] + range(0, f * d, d)[-1] + 1
        for n, s, f, d in zip(image.shape[:axes], stride, kernel, dilation, strict=True)
    ]
    out = np.zeros((*length, weights.shape[-1]))
    for place in np.ndindex(*kernel):
        to = tuple(
            slice(k * d, k * d + (n - 1) * s + 1, s)
            for k, d, n, s in zip(place, dilation, image.shape[:axes], stride, strict=True)
        )
        out[to] += image @ weights[place]
    return out
