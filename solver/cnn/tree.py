"""Walks through the items of a network: its layers, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..spec.convnet import Branches, Item, Layer, Repeat, Residual


def layers_of(items: Sequence[Item]) -> Iterator[Layer]:
    """Every layer, however deep it stands, once."""
    for item in items:
        if isinstance(item, Layer):
            yield item
        elif isinstance(item, Repeat):
            yield from layers_of(item.layers)
        elif isinstance(item, Residual):
            yield from layers_of((*item.body, *(item.shortcut or ())))
        else:
            for way in item.ways:
                yield from layers_of(way)


def repeats(items: Sequence[Item], layer: Layer) -> bool:
    """Whether the layer stands in a `repeat`, so that it occurs more than once."""
    for item in items:
        if isinstance(item, Repeat) and any(each is layer for each in layers_of(item.layers)):
            return True
        if isinstance(item, Residual) and repeats((*item.body, *(item.shortcut or ())), layer):
            return True
        if isinstance(item, Branches) and any(repeats(way, layer) for way in item.ways):
            return True
    return False


def exchanged(items: Sequence[Item], old: Layer, new: Layer) -> tuple[Item, ...]:
    """The items with one layer exchanged, wherever it stands."""
    return tuple(_exchanged_one(item, old, new) for item in items)


def _exchanged_one(item: Item, old: Layer, new: Layer) -> Item:
    if isinstance(item, Layer):
        return new if item is old else item
    if isinstance(item, Repeat):
        return replace(item, layers=exchanged(item.layers, old, new))
    if isinstance(item, Branches):
        return replace(item, ways=tuple(exchanged(way, old, new) for way in item.ways))
    shortcut = None if item.shortcut is None else exchanged(item.shortcut, old, new)
    return replace(item, body=exchanged(item.body, old, new), shortcut=shortcut)
