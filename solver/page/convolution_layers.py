"""The forward pass of a convolution problem on the page: each layer's first windows in full, then its map."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..catalog.activations import LAYER_ACTIVATIONS
from ..notation import Node
from ..render.spelling import spell
from ..spec.convolution_problem import Activated, Cell, Conv, Dense, Layer, Pool, Reshaped, Shape, Upsample
from ..topics.convolution_forward import cells_of
from ..topics.convolution_windows import pooled, window
from .blocks import Block, Equation, Heading, Lines, Picture, Prose
from .convolution_grids import cut_sum, marked_grid, numbers_of, summed
from .convolution_question import heading, sides
from .convolution_sizes import size_lines
from .convolution_view import View
from .drawn import drawn

_ALL, _FIRST = 9, 2  # cells of a map that are written out: all of a small map, of a larger one the first of each filter
_MOST_FILTERS = 4
_MOST_ROWS, _SOME = 16, 4
_ZERO = n.Number("0")
_WINDOW = "Framed: the window of the first output cell, and that cell."


class LayerPages:
    """Writes the blocks of each layer; knows under which keys the cells before it stand."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.before: dict[str, dict[Cell, str]] = {}
        problem = view.problem
        current = cells_of(problem.shape, "scaled" if problem.scale else "x")
        for layer in problem.layers:
            self.before[layer.name] = current
            if isinstance(layer, Reshaped):
                current = dict(zip(layer.after.cells(), current.values(), strict=True))
            else:
                current = cells_of(layer.after, layer.name)

    def blocks(self, layer: Layer) -> Iterator[Block]:
        """One layer: its size, its first cells in full, its output."""
        if layer is self.view.layers[0] and self.view.problem.scale:
            yield from self._scaled()
        yield Heading((heading(layer),))
        if isinstance(layer, Conv):
            yield from self._conv(layer)
        elif isinstance(layer, Pool):
            yield from self._pool(layer)
        elif isinstance(layer, Reshaped):
            yield from self._reshaped(layer)
        elif isinstance(layer, Dense):
            yield from self._lines(list(cells_of(layer.after, layer.name).values()), 10)
        elif isinstance(layer, Activated):
            together = layer.activation.name in LAYER_ACTIVATIONS
            few = 10 if together or layer.before.count <= 6 else 3
            yield from self._lines(list(cells_of(layer.after, layer.name).values()), few)
        elif isinstance(layer, Upsample):
            yield Prose((f"Each cell fills {layer.factor[0] * layer.factor[1]} cells.",))
        yield from self._map(layer)

    def _map(self, layer: Layer) -> Iterator[Block]:
        small = layer.after.count <= 2 and layer.after.axes == 1
        if not isinstance(layer, Reshaped) and not small:
            yield Lines(tuple(self.view.maps(layer.name, layer.after)))

    def _lines(self, keys: list[str], most: int) -> Iterator[Block]:
        yield Lines(tuple(self.view.line(key) for key in self.view.some(keys, most)))

    def _scaled(self) -> Iterator[Block]:
        yield Heading((f"Grey levels divided by {self.view.text('scale')}",))
        yield from self._lines(list(cells_of(self.view.problem.shape, "scaled").values()), 2)
        yield Lines(tuple(self.view.maps("scaled", self.view.problem.shape)))

    def _reshaped(self, layer: Reshaped) -> Iterator[Block]:
        keys = list(self.before[layer.name].values())
        if layer.after.axes == 1:
            yield Lines((Equation(n.Word(layer.name), (numbers_of(self.view.writer, (keys,), self.view.everything),)),))
            return
        cells = dict(zip(layer.after.cells(), keys, strict=True))
        for channel in range(layer.after.channels):
            rows = [
                [cells[channel, row, column] for column in range(layer.after.width)]
                for row in range(layer.after.height)
            ]
            whole = f"{layer.name}[{channel + 1}]" if layer.after.channels > 1 else layer.name
            yield Lines((Equation(n.Word(whole), (numbers_of(self.view.writer, rows, self.view.everything),)),))

    # convolution

    def _conv(self, layer: Conv) -> Iterator[Block]:
        yield Lines(tuple(size_lines(layer)))
        if any(layer.padding) and not layer.transposed:
            wide = _padded_shape(layer)
            was, now = _spelled(layer.before), _spelled(wide)
            yield Prose((f"With zeros around it ({sides(layer.padding, layer.before)}) {was} becomes {now}.",))
        if layer.flip:
            yield Prose(("Every kernel is turned by 180 degrees first:",))
            yield Lines(tuple(self._flipped(layer)))
        if layer.transposed:
            yield Prose(
                (
                    "Every input cell times the kernel is laid on the output, a stride further for each cell; where "
                    "these overlap they are added. So each output cell collects:",
                )
            )
        else:
            yield Prose(("The window of the first output cell, marked:",))
            grids = list(self._grids(layer, 0, 0))
            yield from self._window(_characters(grids)) if layer is self.view.layers[0] else grids
        yield Lines(tuple(self.window_line(layer, cell) for cell in self._shown(layer)))

    def _window(self, lines: tuple[str, ...] = ()) -> Iterator[Block]:
        """The first window of the first layer, with what is made of it."""
        yield drawn(self.view.solution, "window", lines, (_WINDOW,))

    def _shown(self, layer: Conv) -> list[Cell]:
        """The output cells that are written out."""
        cells = list(layer.after.cells())
        weights = layer.size[0] * layer.size[1] * layer.before.channels
        if self.view.everything or (len(cells) <= _ALL and weights <= _ALL):
            return cells
        few = 1 if len(layer.filters) > 2 else _FIRST
        size = layer.after.height * layer.after.width
        filters = self.view.at_most(_MOST_FILTERS)
        kept = [cell for index, cell in enumerate(cells) if index % size < few and cell[0] < filters]
        self.view.hide(len(cells) - len(kept))
        return kept

    def _flipped(self, layer: Conv) -> Iterator[Equation]:
        height, width = layer.size
        for each in layer.filters[:_MOST_FILTERS]:
            for channel in range(layer.before.channels):
                rows = [
                    [f"{each.name}{layer.kernel_shape.index(channel, u, v)}" for v in reversed(range(width))]
                    for u in reversed(range(height))
                ]
                whole = f"{each.name}[{channel + 1}]" if layer.before.channels > 1 else each.name
                yield Equation(n.Word(f"{whole} turned"), (numbers_of(self.view.writer, rows),))

    def _grids(self, layer: Conv, row: int, column: int) -> Iterator[Block]:
        """The padded image with the window of one output cell in brackets; a grid for each channel."""
        touched = {
            (row * layer.stride[0] + u * layer.dilation[0], column * layer.stride[1] + v * layer.dilation[1])
            for u in range(layer.size[0])
            for v in range(layer.size[1])
        }
        cells = self.before[layer.name]
        wide = _padded_shape(layer)
        for channel in self.view.some_of(list(range(layer.before.channels)), 3):
            if layer.before.channels > 1:
                yield Prose((f"Channel {channel + 1}:",))
            texts = [
                [self._text(cells, channel, r - layer.padding[0], c - layer.padding[2]) for c in range(wide.width)]
                for r in range(wide.height)
            ]
            yield Picture(marked_grid(texts, lambda r, c: (r, c) in touched))

    def _text(self, cells: dict[Cell, str], channel: int, row: int, column: int) -> str:
        key = cells.get((channel, row, column))
        return self.view.text(key) if key else "0"

    def window_line(self, layer: Conv, cell: Cell) -> Equation:
        """An output cell as its window times the kernel, zeros of the padding included."""
        channel, row, column = cell
        each, cells = layer.filters[channel], self.before[layer.name]
        key = f"{layer.name}{layer.after.index(*cell)}"
        terms: list[Node] = []
        for weight, place in window(layer, row, column):
            left = self.view.number(cells[place]) if place else _ZERO
            terms.append(n.product([left, self.view.number(f"{each.name}{layer.kernel_shape.index(*weight)}")]))
        if each.bias:
            terms.append(self.view.number(each.bias.key))
        step = self.view.working.steps[key]
        rights = (summed(terms) if terms else _ZERO, self.view.number(key))
        return Equation(step.name, rights, key=key)

    def picture_of(self, key: str, only: tuple[str, ...]) -> Iterator[Block]:
        """The window that makes a cell of a convolution, where that cell was asked for."""
        for layer in self.view.layers:
            if key not in only or not isinstance(layer, Conv) or layer.transposed:
                continue
            cell = next((c for c, each in cells_of(layer.after, layer.name).items() if each == key), None)
            if cell:
                yield Prose((f"The window that makes {key} in brackets:",))
                yield from self._grids(layer, cell[1], cell[2])

    # pooling

    def _pool(self, layer: Pool) -> Iterator[Block]:
        if not layer.entire:
            yield Lines(tuple(size_lines(layer)))
            yield from self._window() if layer is self.view.layers[0] else ()
        keys = cells_of(layer.after, layer.name)
        if layer.how == "avg":
            yield from self._lines(list(keys.values()), 4)
            return
        few = list(keys) if self.view.everything or len(keys) <= _MOST_ROWS else list(keys)[:_SOME]
        self.view.hide(len(keys) - len(few))
        yield Lines(tuple(self._origin(layer, cell) for cell in few))

    def _origin(self, layer: Pool, cell: Cell) -> Equation:
        """A cell as the largest (or smallest) of its window, and where that came from."""
        before = self.before[layer.name]
        places = [before[place] for _, place in pooled(layer, *cell)]
        numbers = self.view.solution.values.numbers
        chosen = (max if layer.how == "max" else min)(places, key=lambda key: numbers[key])
        ties = sum(numbers[key] == numbers[chosen] for key in places)
        source = f"from {spell(self.view.working.name(chosen))}{', the first of equals' if ties > 1 else ''}"
        key = f"{layer.name}{layer.after.index(*cell)}"
        window_numbers = n.Call(layer.how, tuple(self.view.number(place) for place in places))
        rights = (cut_sum(window_numbers), self.view.number(key))
        return Equation(self.view.working.name(key), rights, reason=source, key=key)


def _padded_shape(layer: Conv) -> Shape:
    top, bottom, left, right = layer.padding
    before = layer.before
    return Shape(before.channels, before.height + top + bottom, before.width + left + right, before.axes)


def _spelled(shape: Shape) -> str:
    return Shape(1, shape.height, shape.width, shape.axes).spelled()


def _characters(grids: list[Block]) -> tuple[str, ...]:
    """Grids with what stands between them as one picture."""
    lines: list[str] = []
    for block in grids:
        if isinstance(block, Picture):
            lines += block.lines
        elif isinstance(block, Prose):
            lines += ["", *map(str, block.text)]
    return tuple(lines[1:] if lines[:1] == [""] else lines)
