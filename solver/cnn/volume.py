"""What flows through a network, and what one layer makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, prod
from typing import NamedTuple

from ..spec.convnet import Shape

AXES = {
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}
LETTERS = {"length": "L", "depth": "D", "height": "H", "width": "W"}


class Volume(NamedTuple):
    """A shape, channels last; `sequence`: its first axis is time, and a dense layer works on each step."""

    size: Shape
    sequence: bool = False

    @property
    def spatial(self) -> Shape:
        """The sizes without the channels; () for a vector."""
        return self.size[:-1]

    @property
    def channels(self) -> int:
        return self.size[-1]

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return prod(self.size)

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the spatial axes."""
        return ("time",) if self.sequence else AXES.get(len(self.size) - 1, ())


class Reach(NamedTuple):
    """How a layer changes what its outputs see of the image.

    manner:  'window': windows of `steps[axis][0]` numbers that move by `steps[axis][1]`;
             'spread': each input is spread over so many outputs, by that stride;
             'whole': each output sees everything; 'fold': the map is laid out as a vector
    """

    manner: str
    steps: tuple[tuple[int, int | Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One layer's output and counts.

    weights, biases:  parameters, those that are learnt unless the layer is frozen
    running:          numbers kept but not learnt (means and variances of batch normalization)
    macs:             multiplications by a weight
    additions:        additions of a bias
    """

    output: Volume
    weights: int = 0
    biases: int = 0
    running: int = 0
    macs: int = 0
    additions: int = 0
    reach: Reach | None = None

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases


class MisfitError(ValueError):
    """A layer that cannot work on its input; the planner adds which layer it is.

    setting: the setting to which the complaint belongs, '' for the layer itself
    """

    def __init__(self, message: str, setting: str = "") -> None:
        self.message = message
        self.setting = setting
        super().__init__(message)


def described(volume: Volume) -> str:
    """The shape in words: height 5, width 5, 12 channels."""
    if not volume.spatial:
        return f"a vector of {volume.channels} numbers"
    sizes = ", ".join(f"{axis} {size}" for axis, size in zip(volume.axes, volume.spatial, strict=False))
    return (
        f"{sizes}, {volume.channels} {'feature' if volume.sequence else 'channel'}{'' if volume.channels == 1 else 's'}"
    )


def as_map(volume: Volume) -> tuple[Shape, int]:
    """The spatial sizes and the channels of a feature map.

    Raises MisfitError for a vector.
    """
    if not 2 <= len(volume.size) <= 4:
        raise MisfitError(
            f"needs an input with height, width and channels (or length and channels), but its input is "
            f"{described(volume)}: put the layer before flatten or dense"
        )
    return volume.spatial, volume.channels


def as_sequence(volume: Volume) -> tuple[int, int]:
    """The number of time steps and the features of each.

    Raises MisfitError for anything else.
    """
    if len(volume.size) != 2:
        raise MisfitError(
            f"needs a sequence [time steps, features], but its input is {described(volume)}: "
            "an rnn, lstm or gru before it needs sequences: true, an image must be reshaped"
        )
    return volume.size[0], volume.size[1]


def nearest_divisor(number: int, wanted: int) -> int:
    """The divisor of `number` that is nearest to `wanted`, the smaller of two."""
    small = [d for d in range(1, isqrt(number) + 1) if number % d == 0]
    return min({*small, *(number // d for d in small)}, key=lambda d: (abs(d - wanted), d))
