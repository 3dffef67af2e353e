"""Sizes along rows and columns: (W − F + 2P)/S + 1, and the zeros that 'same' asks for."""

from __future__ import annotations

from .convolution_problem import Pair, Shape, Sides

_AXES = ("rows", "columns")


class SizeError(ValueError):
    """A layer that does not fit its input; `below` is the key of the layer that is to be changed."""

    def __init__(self, message: str, *below: str) -> None:
        self.below = below
        super().__init__(message)


def pair(typed: tuple[int, ...], before: Shape, key: str, least: int = 1) -> Pair:
    """A setting for rows and for columns. Raises SizeError for two numbers on a sequence."""
    if before.axes == 1:
        if len(typed) == 2:
            raise SizeError(f"found two numbers; a sequence has one axis: write {key}: {typed[1]}", key)
        return (least, typed[0])
    return (typed[0], typed[-1])


def reach(window: Pair, dilation: Pair) -> Pair:
    """Rows and columns that a window covers, holes included: d (F − 1) + 1."""
    return (dilation[0] * (window[0] - 1) + 1, dilation[1] * (window[1] - 1) + 1)


def sides(typed: str | tuple[int, ...], before: Shape, window: Pair, stride: Pair, dilation: Pair) -> Sides:
    """Zeros above, below, left and right.

    'same' gives ⌈W/S⌉ outputs; an odd zero stands below or to the right (as TensorFlow does).
    """
    if typed == "valid":
        return (0, 0, 0, 0)
    if typed == "same":
        wide = reach(window, dilation)
        above, below = _halves(before.height, wide[0], stride[0])
        left, right = _halves(before.width, wide[1], stride[1])
        return (above, below, left, right)
    return _numbers(tuple(map(int, typed)), before)


def _halves(size: int, wide: int, step: int) -> Pair:
    missing = max((-(-size // step) - 1) * step + wide - size, 0)
    return missing // 2, missing - missing // 2


def _numbers(typed: tuple[int, ...], before: Shape) -> Sides:
    if before.axes == 1:
        if len(typed) == 4:
            raise SizeError("found four numbers; a sequence has two sides: write [left, right]", "padding")
        return (0, 0, typed[0], typed[-1])
    if len(typed) == 4:
        return (typed[0], typed[1], typed[2], typed[3])
    return (typed[0], typed[0], typed[-1], typed[-1])


def shape_after(before: Shape, window: Pair, stride: Pair, padding: Sides, dilation: Pair, channels: int) -> Shape:
    """The output: ⌊(W − F + P)/S⌋ + 1 along each axis, P being the zeros of both sides.

    Raises SizeError where the window is larger than the padded input.
    """
    wide = reach(window, dilation)
    sizes = []
    for axis, size in enumerate((before.height, before.width)):
        room = size + padding[2 * axis] + padding[2 * axis + 1]
        if wide[axis] > room:
            padded = " with its padding" if room > size else ""
            raise SizeError(
                f"the window covers {wide[axis]} {_AXES[axis]}, but the input{padded} has {room}: "
                f"use a smaller window, or padding: {-(-(wide[axis] - size) // 2)}"
            )
        sizes.append((room - wide[axis]) // stride[axis] + 1)
    return Shape(channels, sizes[0], sizes[1], before.axes)


def cropped(typed: str | tuple[int, ...], before: Shape, window: Pair, stride: Pair, dilation: Pair) -> Sides:
    """What is cut off the output of a transposed convolution; 'same' leaves W·S cells, an odd one goes at the end."""
    if typed == "valid":
        return (0, 0, 0, 0)
    if typed != "same":
        return _numbers(tuple(int(each) for each in typed), before)
    wide = reach(window, dilation)
    excess = [max(wide[axis] - stride[axis], 0) for axis in (0, 1)]
    return (excess[0] // 2, excess[0] - excess[0] // 2, excess[1] // 2, excess[1] - excess[1] // 2)


def spread(
    before: Shape, window: Pair, stride: Pair, padding: Sides, dilation: Pair, added: Pair, channels: int
) -> Shape:
    """The output of a transposed convolution: (W − 1)·S + F − P, and what is added at the end.

    Raises SizeError where nothing is left.
    """
    wide = reach(window, dilation)
    sizes = []
    for axis, size in enumerate((before.height, before.width)):
        length = (size - 1) * stride[axis] + wide[axis] - padding[2 * axis] - padding[2 * axis + 1]
        if before.axes == 2 or axis == 1:
            length += added[axis]
        if length < 1:
            raise SizeError(f"the padding cuts all {_AXES[axis]} off the output: use a smaller one", "padding")
        sizes.append(length)
    return Shape(channels, sizes[0], sizes[1], before.axes)
