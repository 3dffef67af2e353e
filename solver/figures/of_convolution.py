"""The pictures of a convolution problem: image, kernels and feature maps, and the maps of the layers after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..page.convolution_view import has_window, mapped
from ..render.spelling import number as spelled
from ..spec.convolution_problem import Conv, Layer, Pool, Shape
from .drawing import Drawing, Drawings
from .grid import Grid, in_row

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_MAPS = 6  # channels shown of one layer


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """window (where a convolution comes first): its first number; maps: what each layer gives."""
    return dict(_each(solution))


def _each(solution: Worked) -> Iterator[tuple[str, Callable[[], Drawing]]]:
    if has_window(solution.problem):
        yield "window", partial(_window, solution)
    layers = mapped(solution)
    if len(layers) > has_window(solution.problem) and not solution.options.question:
        yield "maps", partial(_after, solution, layers)


def _window(solution: Worked) -> Drawing:
    """The image with the window of the first output cell, the kernels, the feature maps."""
    first = solution.problem.layers[0]
    about = "The image with the window of the first output cell, the kernels, and the feature maps."
    drawing = Drawing(f"{first.name}: the first window", about)
    columns = [[_padded(solution, _start(solution), first, channel) for channel in _some(first.before)]]
    signs = []
    if isinstance(first, Conv):
        columns.append(_kernels(first))
        signs.append("∗")
    if not solution.options.question:
        columns.append(_maps(solution, first.name, first.after, {(0, 0)}))
        signs.append("=" if signs else "→")
    in_row(drawing, columns, signs)
    return drawing


def _start(solution: Worked) -> str:
    return "scaled" if solution.problem.scale is not None else "x"


def _after(solution: Worked, layers: list[Layer]) -> Drawing:
    """What each layer gives, from the left to the right; of one layer alone what it is given, too."""
    drawing = Drawing("Feature maps", f"What {', '.join(each.name for each in layers)} give.")
    columns = [_maps(solution, each.name, each.after) for each in layers]
    if len(layers) == 1:
        columns.insert(0, _maps(solution, _start(solution), layers[0].before))
    in_row(drawing, columns, ["→"] * (len(columns) - 1))
    return drawing


def _some(shape: Shape) -> range:
    return range(min(shape.channels, _MOST_MAPS))


def _maps(solution: Worked, name: str, shape: Shape, framed: set[tuple[int, int]] | None = None) -> list[Grid]:
    return [_map(solution, name, shape, channel, framed or set()) for channel in _some(shape)]


def _map(solution: Worked, name: str, shape: Shape, channel: int, framed: set[tuple[int, int]]) -> Grid:
    keys = [[f"{name}{shape.index(channel, r, c)}" for c in range(shape.width)] for r in range(shape.height)]
    called = f"{name}[{channel + 1}]" if shape.channels > 1 else name
    texts = tuple(tuple(spelled(solution.values.texts[key]) for key in row) for row in keys)
    return Grid(called, texts, tuple(tuple(solution.number(key) for key in row) for row in keys), framed)


def _padded(solution: Worked, name: str, layer: Conv | Pool, channel: int) -> Grid:
    """The image with its padding, the window of the first output cell framed."""
    bare = _map(solution, name, layer.before, channel, set())
    above, below, left, right = layer.padding
    edge = "0" if isinstance(layer, Conv) else ""
    dilation = layer.dilation if isinstance(layer, Conv) else (1, 1)
    blank = (edge,) * (left + layer.before.width + right)
    texts = [(edge,) * left + row + (edge,) * right for row in bare.texts]
    zeros = [(0.0,) * left + row + (0.0,) * right for row in bare.values]
    rows, columns = range(above, above + layer.before.height), range(left, left + layer.before.width)
    high, wide = len(rows) + above + below, len(blank)
    pads = {(r, c) for r in range(high) for c in range(wide) if r not in rows or c not in columns}
    framed = {(r * dilation[0], c * dilation[1]) for r in range(layer.size[0]) for c in range(layer.size[1])}
    empty = (0.0,) * wide
    return Grid(
        bare.name,
        (*[blank] * above, *texts, *[blank] * below),
        (*[empty] * above, *zeros, *[empty] * below),
        framed,
        pads,
    )


def _kernels(layer: Conv) -> list[Grid]:
    """Every kernel, channel by channel; turned where the convolution turns it."""
    grids = []
    for each in layer.filters[:_MOST_MAPS]:
        for channel, rows in enumerate(each.weights):
            turned = [row[::-1] for row in rows[::-1]] if layer.flip else rows
            name = each.name + (f"[{channel + 1}]" if len(each.weights) > 1 else "") + (" turned" if layer.flip else "")
            texts = tuple(tuple(spelled(number.text) for number in row) for row in turned)
            grids.append(Grid(name, texts, tuple(tuple(float(number.value) for number in row) for row in turned)))
    return grids[: 2 * _MOST_MAPS]
