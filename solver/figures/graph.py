"""A computation graph from left to right: boxes with values and gradients, wires that pass each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..page.blocks import Text
from .boxes import Point
from .drawing import Drawing, bezier, text_box
from .words import width

_SIZE = 12.0
_HIGH, _BETWEEN, _THIN = 58.0, 30.0, 14.0  # of a box, below it, of a wire that passes
_ACROSS = 40.0  # between the boxes of two columns
_SWEEPS = 6
_ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.14)  # places for words on a curve

Curve = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: what it is, its value, the gradient by it ('' where none was worked); `given`: not a step."""

    title: Text
    value: str
    gradient: Text
    given: bool


@dataclass(frozen=True, slots=True)
class Wire:
    """From a quantity to a step that reads it; `part`: what comes back this way where several ways meet."""

    source: str
    target: str
    part: str


def graph(drawing: Drawing, boxes: Mapping[str, Quantity], wires: Sequence[Wire]) -> Drawing:
    """Draws the quantities, each above to the left of those that read it."""
    layout = _Layout(boxes, _levels(boxes, wires), wires)
    ways = {wire: _wire(drawing, layout, wire) for wire in wires}
    for key, box in boxes.items():
        _box(drawing, layout.places[key], layout.wide[key], box)
    for wire, curve in ways.items():
        if wire.part:
            _part(drawing, wire.part, curve)
    return drawing


def _levels(boxes: Mapping[str, Quantity], wires: Sequence[Wire]) -> dict[str, int]:
    """The column of each quantity: steps after all that they read, what is given just before its first reader."""
    levels: dict[str, int] = {}
    for key in boxes:  # in the order worked, so that what a step reads has its level
        levels[key] = max((levels[w.source] + 1 for w in wires if w.target == key), default=0)
    for key, box in boxes.items():
        readers = [levels[w.target] for w in wires if w.source == key]
        if box.given and readers:
            levels[key] = min(readers) - 1
    return levels


@dataclass(slots=True)
class _Layout:
    """Where the boxes stand; a wire over several columns has a place of its own in each that it passes."""

    boxes: Mapping[str, Quantity]
    levels: Mapping[str, int]
    wires: Sequence[Wire]
    columns: list[list[str]] = field(default_factory=list)
    near: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, Point] = field(default_factory=dict)
    wide: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = [[] for _ in range(max(self.levels.values()) + 1)]
        for key in self.boxes:
            self.columns[self.levels[key]].append(key)
        for wire in self.wires:
            self._pass(wire)
        for sweep in range(_SWEEPS):
            self._sort(backwards=bool(sweep % 2))
        self._place()

    def way(self, wire: Wire) -> list[str]:
        """The quantity, the places that its wire passes, the step."""
        between = range(self.levels[wire.source] + 1, self.levels[wire.target])
        return [wire.source, *(f"{wire.source}→{wire.target}:{level}" for level in between), wire.target]

    def side(self, key: str, side: int) -> Point:
        """The middle of the right (1) or left (-1) side of a box; wires pass a column along its whole width."""
        x, y = self.places[key]
        return x + side * self.wide[key] / 2, y

    def _pass(self, wire: Wire) -> None:
        way = self.way(wire)
        for number, key in enumerate(way[1:-1], self.levels[wire.source] + 1):
            self.columns[number].append(key)
        for a, b in pairwise(way):
            self.near.setdefault(a, []).append(b)
            self.near.setdefault(b, []).append(a)

    def _sort(self, backwards: bool) -> None:
        """Each column by the middle of what its entries are wired to in the one before (or after)."""
        ranks = {key: _rank(column, key) for column in self.columns for key in column}
        for number in sorted(range(len(self.columns)), reverse=backwards):
            beside = self.columns[number + 1] if backwards and number + 1 < len(self.columns) else []
            beside = self.columns[number - 1] if not backwards and number else beside
            middles = {key: _middle([ranks[n] for n in self.near.get(key, []) if n in beside], ranks[key])
                       for key in self.columns[number]}  # fmt: skip
            self.columns[number].sort(key=lambda key: middles[key])
            ranks |= {key: _rank(self.columns[number], key) for key in self.columns[number]}

    def _place(self) -> None:
        across = 0.0
        room = max((width((wire.part,), 11) for wire in self.wires), default=0.0)
        for column in self.columns:
            own = [self.boxes[key] for key in column if key in self.boxes]
            wide = max((_width(box) for box in own), default=0.0)
            heights = [_HIGH + _BETWEEN if key in self.boxes else _THIN + _BETWEEN for key in column]
            down = -sum(heights) / 2
            for key, high in zip(column, heights, strict=True):
                self.places[key] = (across + wide / 2, down + high / 2)
                self.wide[key] = wide
                down += high
            across += wide + _ACROSS + room


def _rank(column: Sequence[str], key: str) -> float:
    return (column.index(key) + 0.5) / len(column)


def _middle(ranks: Sequence[float], own: float) -> float:
    return sum(ranks) / len(ranks) if ranks else own


def _width(box: Quantity) -> float:
    return max(64.0, width(box.title, _SIZE) + 16, width((box.value,), _SIZE) + 16, width(box.gradient, 11) + 16)


def _wire(drawing: Drawing, layout: _Layout, wire: Wire) -> Curve:
    """Draws a wire through its places; gives the curve into the step."""
    way, curve = layout.way(wire), None
    for source, target in pairwise(way):
        a, b = layout.side(source, 1), layout.side(target, -1)
        middle = (a[0] + b[0]) / 2
        curve = (a, (middle, a[1]), (middle, b[1]), b)
        drawing.curve(*curve, "soft", 1.3)
        if target != wire.target:
            drawing.line(b, layout.side(target, 1), "soft", 1.3)
    assert curve is not None
    drawing.tip((curve[3][0] - 9, curve[3][1]), curve[3], "soft", 1.3)
    return curve


def _part(drawing: Drawing, words: str, curve: Curve) -> None:
    """What comes back along a wire, on it where no other words are."""
    places = [bezier(*curve, t) for t in _ALONG]
    found = [text_box(at, (words,), 11) for at in places]
    box = next((each for each in found if not any(each.meets(other) for other in drawing.labels)), None)
    if box is not None:
        drawing.patch(box)
        drawing.text((box.x, box.y), (words,), 11, tone="warm")


def _box(drawing: Drawing, at: Point, wide: float, box: Quantity) -> None:
    high = _HIGH if box.gradient else _HIGH - 16
    drawing.rect((at[0] - wide / 2, at[1] - high / 2), (wide, high), "ink", "tint" if box.given else "pale", round_=5)
    top = at[1] - (17 if box.gradient else 9)
    drawing.text((at[0], top), box.title, _SIZE, bold=True)
    drawing.text((at[0], top + 18), (box.value,), _SIZE)
    if box.gradient:
        drawing.text((at[0], top + 35), box.gradient, 11, tone="warm")
