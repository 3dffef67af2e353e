"""A convolution problem: what `solver.topics.convolution` works and `solver.check.convolution` recomputes.

Every layer knows the shape that goes in and the shape that comes out; padding is resolved to numbers of zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .network import Activation, Loss, Parameter
from .number import Number

Grid = tuple[tuple[Number, ...], ...]
Volume = tuple[Grid, ...]
Pair = tuple[int, int]
Sides = tuple[int, int, int, int]
Cell = tuple[int, int, int]
_MOST_COMPARED, _GROUP = 36, 32


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels, rows and columns of a feature map; a sequence or vector (`axes` 1) has a single row."""

    channels: int
    height: int
    width: int
    axes: int = 2

    @property
    def count(self) -> int:
        return self.channels * self.height * self.width

    def cells(self) -> Iterator[Cell]:
        """Channel, row and column of every cell from 0, channel by channel, row by row."""
        for channel in range(self.channels):
            for row in range(self.height):
                for column in range(self.width):
                    yield channel, row, column

    def index(self, channel: int, row: int, column: int) -> str:
        """The ending of a cell's key, counted from 1: [2,3], [1][2,3] with several channels, [3] in a sequence."""
        place = f"[{row + 1},{column + 1}]" if self.axes == 2 else f"[{column + 1}]"
        return f"[{channel + 1}]{place}" if self.channels > 1 else place

    def spelled(self) -> str:
        """3 × 3, 2 channels of 3 × 3, or a sequence's length."""
        size = f"{self.height} × {self.width}" if self.axes == 2 else f"{self.width}"
        return size if self.channels == 1 else f"{self.channels} channels of {size}"


@dataclass(frozen=True, slots=True)
class Filter:
    """One kernel: its name (k1), its weights for each channel of the input, and its bias."""

    name: str
    weights: Volume
    bias: Parameter | None

    @property
    def shape(self) -> Shape:
        grid = self.weights[0]
        return Shape(len(self.weights), len(grid), len(grid[0]))


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution, or a transposed one.

    padding:    zeros above, below, left, right; for a transposed one what is cut off its output there
    said:       the padding as typed: valid, same, or '' for numbers
    flip:       whether the kernel is turned by 180 degrees first, as mathematicians define it
    transposed: every input cell spreads the kernel over the output
    """

    name: str
    filters: tuple[Filter, ...]
    stride: Pair
    padding: Sides
    dilation: Pair
    flip: bool
    transposed: bool
    said: str
    before: Shape
    after: Shape

    @property
    def size(self) -> Pair:
        """Rows and columns of the kernel."""
        shape = self.filters[0].shape
        return shape.height, shape.width

    @property
    def kernel_shape(self) -> Shape:
        """The shape of each kernel as the keys of its weights count it."""
        height, width = self.size
        return Shape(self.before.channels, height, width, self.before.axes)

    def weight_keys(self, each: Filter) -> list[str]:
        """The keys of a filter's weights, channel by channel, row by row: k1[1,1] ..., k1[2][1,1] ..."""
        shape = self.kernel_shape
        return [f"{each.name}{shape.index(*cell)}" for cell in shape.cells()]


@dataclass(frozen=True, slots=True)
class Pool:
    """Pooling by 'max', 'min' or 'avg'. Padding holds no cells.

    entire: one window over each whole channel; what comes out is a vector with a number for each
    """

    name: str
    how: str
    size: Pair
    stride: Pair
    padding: Sides
    entire: bool
    before: Shape
    after: Shape

    @property
    def group(self) -> int:
        """Cells compared at a time in a large window, a row of it; 0 where all are compared at once."""
        if self.how == "avg" or self.size[0] * self.size[1] <= _MOST_COMPARED:
            return 0
        return self.size[1] if self.size[0] > 1 else _GROUP


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation cell by cell; softmax over all cells of a vector."""

    name: str
    activation: Activation
    before: Shape
    after: Shape


@dataclass(frozen=True, slots=True)
class Upsample:
    """Every cell repeated `factor` (rows, columns) times."""

    name: str
    factor: Pair
    before: Shape
    after: Shape


@dataclass(frozen=True, slots=True)
class Reshaped:
    """The same cells in another shape: flatten, or the way back."""

    name: str
    before: Shape
    after: Shape


@dataclass(frozen=True, slots=True)
class Dense:
    """A fully connected layer: a row of weights for each output; their keys are w1[row,column]."""

    name: str
    matrix: str
    weights: Grid
    biases: tuple[Parameter | None, ...]
    before: Shape
    after: Shape


Layer = Conv | Pool | Activated | Upsample | Reshaped | Dense


@dataclass(frozen=True, slots=True)
class Convolution:
    """An image, the layers it goes through, and, with a target, the error and the learning rate.

    scale:  what every grey level is divided by first
    target: one number for each output cell, in the order of Shape.cells; `label` instead for class losses
    """

    title: str
    image: Volume
    shape: Shape
    scale: Number | None
    layers: tuple[Layer, ...]
    target: tuple[Number, ...]
    label: int | None
    loss: Loss
    learning_rate: Number | None

    @property
    def output(self) -> Shape:
        """The shape of the last layer's output."""
        return self.layers[-1].after

    @property
    def has_target(self) -> bool:
        return bool(self.target) or self.label is not None

    @property
    def learns(self) -> bool:
        return self.has_target and self.learning_rate is not None

    @property
    def parameters(self) -> dict[str, Number]:
        """Every weight and bias by its key, layer by layer."""
        return {key: number for layer in self.layers for key, number in parameters_of(layer).items()}


def parameters_of(layer: Layer) -> dict[str, Number]:
    """The weights and biases of a layer by their keys: k1[1,1] ... b1, or w1[1,1] ... b2 b3."""
    found: dict[str, Number] = {}
    if isinstance(layer, Conv):
        for each in layer.filters:
            numbers = (number for grid in each.weights for row in grid for number in row)
            found |= zip(layer.weight_keys(each), numbers, strict=True)
            if each.bias:
                found[each.bias.key] = each.bias.value
    elif isinstance(layer, Dense):
        for row, line in enumerate(layer.weights):
            for column, number in enumerate(line):
                found[f"{layer.matrix}[{row + 1},{column + 1}]"] = number
        found |= {bias.key: bias.value for bias in layer.biases if bias}
    return found
