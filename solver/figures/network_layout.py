"""Where the neurons of a network stand in its picture: columns of layers, cut where they are long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..spec.network import Network, Neuron, Wire
from .boxes import Point

RADIUS = 28.0
_MOST = 8  # neurons of a column before it is cut
_SHOWN = 5  # neurons above the dots; the last one stands below them


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of inputs and neurons by name.

    columns: names from top to bottom, '' standing for neurons left out; levels: each name's column
    """

    columns: tuple[tuple[str, ...], ...]
    places: Mapping[str, Point]
    levels: Mapping[str, int]
    dots: tuple[Point, ...]

    def edges(self, network: Network) -> Iterator[tuple[Neuron, Wire]]:
        """The wires between neurons that are shown."""
        for neuron in network.neurons:
            if neuron.name in self.places:
                yield from ((neuron, wire) for wire in neuron.wires if wire.source in self.places)

    @property
    def top(self) -> float:
        """The middle of the highest neuron."""
        return min(y for _, y in self.places.values())

    @property
    def bottom(self) -> float:
        """The middle of the lowest neuron."""
        return max(y for _, y in self.places.values())


def laid_out(network: Network, label: float) -> Layout:
    """Columns from left to right, each in the middle of the height; `label` is the width of an edge's words."""
    names = [list(network.inputs), *([neuron.name for neuron in layer.neurons] for layer in network.layers)]
    columns = [_cut(column) for column in names]
    tallest = max(map(len, columns))
    step = 2 * RADIUS + min(44 + 8 * tallest, 80)
    places: dict[str, Point] = {}
    levels: dict[str, int] = {}
    dots: list[Point] = []
    across = 0.0
    for level, column in enumerate(columns):
        across += _gap(columns[level - 1], column, label) if level else 0.0
        for row, name in enumerate(column):
            point = (across, (row - (len(column) - 1) / 2) * step)
            if name:
                places[name], levels[name] = point, level
            else:
                dots.append(point)
    return Layout(tuple(map(tuple, columns)), places, levels, tuple(dots))


def _gap(left: list[str], right: list[str], label: float) -> float:
    return 2 * RADIUS + 70 + label + 46 * (max(len(left), len(right)) - 1)


def _cut(column: list[str]) -> list[str]:
    return column if len(column) <= _MOST else [*column[:_SHOWN], "", column[-1]]
