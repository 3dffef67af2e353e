"""The receptive field: how much of the input one output sees, and how far apart neighbours look (the jump).

A window of F numbers on a map with jump j widens the field by (F − 1)·j; a stride S multiplies the jump.
Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill (2019).
Behind an upsampling several outputs share an input, and the field is the largest that any output has.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ..spec.convnet import Shape
from .volume import Reach, Volume

Length = int | Fraction


class Sight(NamedTuple):
    """What one output sees along one axis.

    extent:  the field, counted in steps of `unit` beyond the first, which sees `first` pixels
    jump:    pixels between the fields of neighbours (a fraction behind an upsampling)
    """

    extent: Length = 1
    jump: Length = 1
    first: int = 1
    unit: int = 1

    @property
    def pixels(self) -> int:
        """The receptive field in pixels of the input."""
        return self.first + (ceil(self.extent) - 1) * self.unit


class Field(NamedTuple):
    """The sight along each axis; `folded`: the sizes of the map that was laid out as a vector."""

    axes: tuple[Sight, ...]
    folded: Shape = ()

    @property
    def pixels(self) -> tuple[int, ...]:
        return tuple(sight.pixels for sight in self.axes)

    @property
    def jumps(self) -> tuple[Length, ...]:
        return tuple(sight.jump for sight in self.axes)


def start(dimensions: int) -> Field:
    """Each number of the input sees itself."""
    return Field((Sight(),) * dimensions)


def seen(field: Field, reach: Reach, volume: Volume) -> Field:
    """The field behind a layer that works on `volume`."""
    manner, steps = reach
    if manner == "window":
        return Field(tuple(map(_slid, field.axes, steps)), field.folded)
    if manner == "spread":
        return Field(tuple(map(_spread, field.axes, steps)), field.folded)
    if manner == "fold":
        return Field(field.axes, volume.spatial)
    sizes = volume.spatial or field.folded or (1,) * len(field.axes)
    return Field(tuple(map(_whole, field.axes, sizes)), (1,) * len(field.axes))


def _slid(sight: Sight, step: tuple[int, Length]) -> Sight:
    extent, jump, first, unit = sight
    size, stride = step
    if size == 1 and stride == 1:
        return sight
    if unit == 1:
        return Sight(extent + (size - 1) * jump, jump * stride, first, unit)
    return Sight(extent + _exact((size - 1) * jump, unit), _whole_number(jump * stride), first, unit)


def _spread(sight: Sight, step: tuple[int, Length]) -> Sight:
    """Each input feeds `size` neighbouring outputs, `stride` apart."""
    size, stride = step
    if sight.jump >= sight.unit and sight.jump == int(sight.jump):
        sight = Sight(1, sight.jump, sight.pixels, int(sight.jump))
    wider = (Fraction(size) / stride - 1) * Fraction(sight.jump) / sight.unit
    return sight._replace(extent=sight.extent + wider, jump=_whole_number(Fraction(sight.jump) / stride))


def _whole(sight: Sight, count: int) -> Sight:
    return _slid(sight, (count, 1))


def _exact(top: Length, bottom: int) -> Length:
    return _whole_number(Fraction(top) / bottom)


def _whole_number(length: Length) -> Length:
    return int(length) if length == int(length) else length


def joined(fields: list[Field]) -> Field:
    """The field where several ways meet: along each axis the widest."""
    widest = max(fields, key=lambda field: field.pixels)
    if all(field.axes == widest.axes for field in fields):
        return widest
    axes = tuple(max(sights, key=lambda sight: sight.pixels) for sights in zip(*(f.axes for f in fields), strict=True))
    return Field(axes, widest.folded)
