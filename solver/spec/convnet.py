"""A convolutional network to plan: what `solver.cnn` plans and `solver.check` counts a second time.

Shapes are kept channels last, whatever the spec shows: (height, width, channels), (length, channels),
(depth, height, width, channels), or (features,) for a vector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
Shape = tuple[int, ...]
Settings = Mapping[str, Any]

UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Ask:
    """A setting that is asked for with '?': its name, and the axis when one number of a list is asked for."""

    setting: str
    axis: int | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: a row of the catalog and its settings, defaults filled in.

    path:        where its settings stand in the spec
    name:        as typed; without one the planner numbers the layers (conv1, pool1, dense1 ...)
    output:      the output shape that the spec states or wishes
    parameters:  the number of trainable parameters that the spec states or wishes
    asks:        the settings whose value is '?'
    """

    kind: str
    settings: Settings
    path: Path = ()
    name: str = ""
    activation: str = ""
    output: Shape | None = None
    parameters: int | None = None
    trainable: bool = True
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Residual:
    """A body whose result is added to what a shortcut makes of the same input (None: the input itself)."""

    body: tuple[Item, ...]
    shortcut: tuple[Item, ...] | None = None
    path: Path = ()
    name: str = ""
    activation: str = ""


@dataclass(frozen=True, slots=True)
class Branches:
    """Ways from the same input, joined along the channels; an empty way is the input itself."""

    ways: tuple[tuple[Item, ...], ...]
    path: Path = ()
    name: str = ""
    activation: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Layers that follow one another `times` times, each time with parameters of their own."""

    times: int
    layers: tuple[Item, ...]
    path: Path = ()


Item = Layer | Residual | Branches | Repeat


@dataclass(frozen=True, slots=True)
class Conventions:
    """How operations and memory are counted.

    flops:   True counts a multiplication and its addition as two operations, False as one MAC
    biases:  True counts the addition of each bias as an operation (of both kinds)
    bytes:   memory of one number
    """

    flops: bool = False
    biases: bool = False
    bytes: int = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the values tried for a '?' go; None: what the interface says (kernel: the input, stride: the
    kernel, padding: less than the kernel)."""

    kernel: int | None = None
    stride: int | None = None
    padding: int | None = None
    filters: int = 4096


@dataclass(frozen=True, slots=True)
class ConvNet:
    """A network with its input shape (channels last) and what is asked about it.

    budget: the most trainable parameters the whole network may have, for a '?'
    """

    title: str
    input: Shape
    layers: tuple[Item, ...]
    channels_first: bool = False
    conventions: Conventions = field(default_factory=Conventions)
    bounds: Bounds = field(default_factory=Bounds)
    budget: int | None = None
