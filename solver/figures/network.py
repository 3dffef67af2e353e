"""The network: values on its neurons, weights on its edges, gradients on the way back, one path highlighted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot

from ..page.blocks import Text
from ..spec.network import Network, Neuron, Wire
from .boxes import Box, Point
from .drawing import LINE, Drawing, bezier, text_box, turned
from .network_layout import RADIUS, Layout, laid_out
from .network_values import View
from .words import width

_SIZE = 12.0  # of the words on edges
_CLEAR = 8.0  # from an edge to the middle of its words
_ALONG = (0.7, 0.76, 0.64, 0.3, 0.24, 0.36, 0.82, 0.18, 0.58, 0.42, 0.5)
_TOLD = 12  # neurons whose values are told in words
_MOST_EDGES = 40  # between two layers, up to which there is room for words

Edge = tuple[Neuron, Wire]


def network(view: View, title: str, path: Collection[str] = ()) -> Drawing:
    """The network in one view. `path`: keys of weights; everything from them to the error is highlighted."""
    edges = [view.weight(wire.weight) for neuron in view.network.neurons for wire in neuron.wires[:12]]
    layout = laid_out(view.network, max((width(text, _SIZE) for text in edges[:200]), default=0))
    artist = _Artist(Drawing(title, _about(view)), view, layout, _downstream(view.network, path))
    artist.draw()
    return artist.drawing


def _about(view: View) -> str:
    """The picture in words, for those who do not see it."""
    sizes = [len(view.network.inputs), *(len(layer.neurons) for layer in view.network.layers)]
    about = f"A network with {', '.join(map(str, sizes))} units from the inputs to the outputs."
    values = [(name, view.inside(name)[1]) for name in (neuron.name for neuron in view.network.neurons)]
    told = ", ".join(f"{name} {value}" for name, value in values[:_TOLD] if value)
    return f"{about} {'Outputs' if view.view == 'forward' else 'Slopes δ'}: {told}." if told else about


def _downstream(net: Network, path: Collection[str]) -> set[tuple[str, str]]:
    """The wires that carry the weights' influence to the outputs, as (source, neuron)."""
    reached, found = set(), set()
    for neuron in net.neurons:
        on = {w.source for w in neuron.wires if w.weight.key in path or w.source in reached}
        if on or (neuron.bias and neuron.bias.key in path):
            reached.add(neuron.name)
        found |= {(source, neuron.name) for source in on}
    return found


@dataclass(slots=True)
class _Artist:
    drawing: Drawing
    view: View
    layout: Layout
    path: set[tuple[str, str]]
    taken: list[Box] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)
    arcs: list[tuple[str, int]] = field(default_factory=list)

    def draw(self) -> None:
        edges = list(self.layout.edges(self.view.network))
        straight = [e for e in edges if not self._skips(e)]
        curved = [e for e in edges if self._skips(e)]
        for edge in sorted(straight, key=self._is_on_path):
            self._edge(edge)
        for edge in sorted(curved, key=self._span):
            self._arc(edge)
        for name, point in self.layout.places.items():
            self._circle(name, point)
        for x, y in self.layout.dots:
            for down in (-10, 0, 10):
                self.drawing.circle((x, y + down), 2, "none", "ink")
        self._heads()
        self._words(straight)

    def _skips(self, edge: Edge) -> bool:
        return self._span(edge) > 1

    def _span(self, edge: Edge) -> int:
        return self.layout.levels[edge[0].name] - self.layout.levels[edge[1].source]

    def _is_on_path(self, edge: Edge) -> bool:
        return (edge[1].source, edge[0].name) in self.path

    def _tone(self, edge: Edge) -> tuple[str, float]:
        if self._is_on_path(edge):
            return "warm", 2.4
        if self.path:
            return "faint", 1.0
        return ("accent", 1.2) if self.view.view == "gradients" else ("soft", 1.2)

    def _ends(self, edge: Edge) -> tuple[Point, Point]:
        """Where the wire leaves its source and meets its neuron, just off the circles."""
        a, b = self.layout.places[edge[1].source], self.layout.places[edge[0].name]
        length = hypot(b[0] - a[0], b[1] - a[1])
        way = ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
        start, end = RADIUS + 2, RADIUS + 3
        return (a[0] + way[0] * start, a[1] + way[1] * start), (b[0] - way[0] * end, b[1] - way[1] * end)

    def _edge(self, edge: Edge) -> None:
        a, b = self._ends(edge)
        self.lines.append((a, b))
        self.drawing.arrow(*((b, a) if self.view.view == "gradients" else (a, b)), *self._tone(edge))

    def _arc(self, edge: Edge) -> None:
        """A wire over or under the layers between, its words in the middle; longer ones further out."""
        a, b = self.layout.places[edge[1].source], self.layout.places[edge[0].name]
        side = 1 if a[1] + b[1] > 0 else -1
        out = 62 + 34 * sum(side == other for _, other in self.arcs)
        self.arcs += [(edge[1].source, side), (edge[0].name, side)]
        high = side * out / 2 + (self.layout.bottom + out / 2 if side > 0 else self.layout.top - out / 2)
        start, end = (a[0] - 3, a[1] + side * (RADIUS + 1)), (b[0] - 14, b[1] + side * (RADIUS - 1))
        middle = (start[1] + end[1]) / 2
        peak = middle + (high - middle) * 4 / 3
        first, second = (start[0] + 16, peak), (end[0] - 36, peak)
        tone, thick = self._tone(edge)
        self.drawing.curve(start, first, second, end, tone, thick)
        back = self.view.view == "gradients"
        self.drawing.tip(*((first, start) if back else (second, end)), tone, thick)
        points = [bezier(start, first, second, end, i / 12) for i in range(13)]
        self.lines += pairwise(points)
        at = (points[6][0], points[6][1] - _CLEAR)
        self.taken.append(self.drawing.text(at, self.view.weight(edge[1].weight), _SIZE, tone=self._said(edge)))

    def _said(self, edge: Edge) -> str:
        return "warm" if self._is_on_path(edge) else "soft" if self.path else "ink"

    def _circle(self, name: str, point: Point) -> None:
        on = any(name in wire for wire in self.path)
        given = name in self.view.network.inputs
        self.drawing.circle(point, RADIUS, "warm" if on else "ink", "sand" if on else "tint" if given else "pale")
        words, value = self.view.inside(name)
        self.drawing.text((point[0], point[1] - (8 if value else 0)), words, 14, bold=True)
        if value:
            fits = width((value,), 11) <= 1.75 * RADIUS
            self.drawing.text((point[0], point[1] + 9), (value,), 11 if fits else 8.5)

    def _heads(self) -> None:
        """What stands above and below the neurons, beside the outputs, and the error."""
        for neuron in self.view.network.neurons:
            if neuron.name not in self.layout.places:
                continue
            x, y = self.layout.places[neuron.name]
            for words, side in ((self.view.above(neuron), -1), (self.view.below(neuron), 1)):
                if words:
                    self._head(words, (x, y + side * (RADIUS + 10)), (neuron.name, side) in self.arcs)
            if neuron.name in self.view.network.outputs:
                for row, text in enumerate(self.view.beside(neuron.name)):
                    self.drawing.text((x + RADIUS + 12, y - 9 + 19 * row), text, _SIZE, "start")
        if self.view.total():
            across = max(x for x, _ in self.layout.places.values())
            self.drawing.text((across, self.drawing.extent[3] + 16), self.view.total(), 14, bold=True)

    def _head(self, words: Text, at: Point, arched: bool) -> None:
        """Words above or below a neuron; beside the middle, where a wire comes in there."""
        at, anchor = ((at[0] + 16, at[1]), "start") if arched else (at, "middle")
        box = text_box(at, words, _SIZE, anchor)
        if self._crossings(box):
            self.drawing.patch(box)
        self.taken.append(self.drawing.text(at, words, _SIZE, anchor, "soft"))

    def _words(self, edges: list[Edge]) -> None:
        """Each edge's words along it, where they meet no others; none between layers too full for them."""
        for level in range(1, len(self.layout.columns)):
            here = [e for e in edges if self.layout.levels[e[0].name] == level]
            if len(here) > _MOST_EDGES:
                here = [e for e in here if self._is_on_path(e)]
            for edge in sorted(here, key=self._is_on_path, reverse=True):
                self._label(edge)

    def _label(self, edge: Edge) -> None:
        text = self.view.weight(edge[1].weight)
        a, b = self._ends(edge)
        for words in dict.fromkeys((text, text[1:] or text)):
            best = self._place(a, b, words)
            if best is not None:
                short = tuple(part.strip(" =:") if isinstance(part, str) else part for part in words)
                shown = words if words == text else short
                self.drawing.text((best.x, best.y), shown, _SIZE, tone=self._said(edge), angle=best.angle)
                self.taken.append(best)
                return

    def _place(self, a: Point, b: Point, words: Text) -> Box | None:
        """The first place beside the line that no words take and no line crosses, else the least crossed one."""
        best, least = None, len(self.lines)
        angle, wide = turned(a, b), width(words, _SIZE)
        for t in _ALONG:
            box = self._along(a, b, t, (angle, wide))
            if any(box.meets(other) for other in self.taken):
                continue
            crossings = self._crossings(box)
            if crossings == 0:
                return box
            if crossings < least:
                best, least = box, crossings
        if best is not None:
            self.drawing.patch(best)
        return best

    def _along(self, a: Point, b: Point, t: float, words: tuple[float, float]) -> Box:
        """The box at a share of the way; words: their angle and width."""
        x, y = a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t
        length = hypot(b[0] - a[0], b[1] - a[1])
        lift = (_CLEAR * (b[1] - a[1]) / length, -_CLEAR * (b[0] - a[0]) / length)
        return Box(x + lift[0], y + lift[1], words[1], _SIZE * LINE, words[0])

    def _crossings(self, box: Box) -> int:
        return box.crossings(self.lines)
