"""Which input cell meets which weight, for every output cell; everything counted from 0."""

from __future__ import annotations

from collections.abc import Iterator

from ..spec.convolution_problem import Cell, Conv, Pool, Shape

Meeting = tuple[Cell, Cell | None]
"""A weight's channel, row, column, and the input cell on which it lies (None: a zero of the padding)."""


def window(layer: Conv, row: int, column: int) -> Iterator[Meeting]:
    """The cells of the window that makes the output at row and column, in reading order.

    With `flip` the weights are met from the last to the first. A transposed convolution has no zeros: only the
    input cells whose spread kernel covers the output cell.
    """
    return _spread(layer, row, column) if layer.transposed else _laid(layer, row, column)


def _laid(layer: Conv, row: int, column: int) -> Iterator[Meeting]:
    height, width = layer.size
    for channel in range(layer.before.channels):
        for u in range(height):
            for v in range(width):
                at_row = row * layer.stride[0] - layer.padding[0] + u * layer.dilation[0]
                at_column = column * layer.stride[1] - layer.padding[2] + v * layer.dilation[1]
                yield _weight(layer, channel, u, v), _inside(layer.before, channel, at_row, at_column)


def _spread(layer: Conv, row: int, column: int) -> Iterator[Meeting]:
    height, width = layer.size
    for channel in range(layer.before.channels):
        for u in reversed(range(height)):
            for v in reversed(range(width)):
                from_row = row + layer.padding[0] - u * layer.dilation[0]
                from_column = column + layer.padding[2] - v * layer.dilation[1]
                if from_row % layer.stride[0] or from_column % layer.stride[1]:
                    continue
                at = (from_row // layer.stride[0], from_column // layer.stride[1])
                cell = _inside(layer.before, channel, *at)
                if cell:
                    yield _weight(layer, channel, u, v), cell


def _weight(layer: Conv, channel: int, u: int, v: int) -> Cell:
    height, width = layer.size
    return (channel, height - 1 - u, width - 1 - v) if layer.flip else (channel, u, v)


def _inside(shape: Shape, channel: int, row: int, column: int) -> Cell | None:
    return (channel, row, column) if 0 <= row < shape.height and 0 <= column < shape.width else None


def pooled(layer: Pool, channel: int, row: int, column: int) -> list[tuple[int, Cell]]:
    """The place in the window, in reading order, and the input cell there; padding holds none."""
    if layer.entire:
        channel, column = column, 0
    top, left = row * layer.stride[0] - layer.padding[0], column * layer.stride[1] - layer.padding[2]
    height, width = layer.size
    found = (
        (u * width + v, _inside(layer.before, channel, top + u, left + v)) for u in range(height) for v in range(width)
    )
    return [(place, cell) for place, cell in found if cell]
