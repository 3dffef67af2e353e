"""A picture as it is drawn: shapes and words in SVG, their extent, and the boxes of all labels.

Colours are presentation attributes for paper, so that every reader of SVG shows them; a style sheet
with `prefers-color-scheme` exchanges them on dark screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import atan2, cos, degrees, hypot, inf, sin

from ..page.blocks import Text
from .boxes import Box, Point
from .words import escaped, spans, width

_TONES = {  # tone: on paper, on a dark screen
    "ink": ("#1b1b1d", "#e6e4df"),
    "soft": ("#5b5c63", "#a9aab1"),
    "faint": ("#b9b7b0", "#585a61"),
    "tint": ("#f1efe8", "#2a2c31"),
    "accent": ("#1d4f91", "#8db8f2"),
    "pale": ("#d5e2f3", "#223a58"),
    "warm": ("#a8480c", "#f0a46a"),
    "paper": ("#ffffff", "#17181b"),
    "sand": ("#f7e0cf", "#54331c"),
}
_MARGIN = 12.0
_LEAST = 0.7  # of its size: so far a page may shrink a drawing to fit, a wider one scrolls
LINE = 1.25  # height of a line of words, in sizes


class Drawing:
    """Shapes in the order drawn. `labels` are the boxes of all words, for those who look for overlaps."""

    def __init__(self, title: str, about: str) -> None:
        self.title = title
        self.about = about
        self.labels: list[Box] = []
        self._parts: list[str] = []
        self._left = self._top = inf
        self._right = self._bottom = -inf

    def line(self, a: Point, b: Point, tone: str = "ink", thick: float = 1.2, dash: str = "") -> None:
        """A straight line."""
        self.path([a, b], tone, thick, dash)

    def path(
        self, points: Sequence[Point], tone: str = "ink", thick: float = 1.2, dash: str = "", fill: str = "none"
    ) -> None:
        """Straight lines from point to point; filled, where `fill` names a tone."""
        self._reach(points)
        way = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + ("" if fill == "none" else "Z")
        self._shape(f'path d="{way}"', tone, thick, fill, dash)

    def pieces(self, pieces: Sequence[Sequence[Point]], tone: str, thick: float = 1) -> None:
        """Many lines of one look as a single shape."""
        if pieces:
            self._reach(point for piece in pieces for point in piece)
            way = "".join("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in piece) for piece in pieces)
            self._shape(f'path d="{way}"', tone, thick, "none", "")

    def curve(self, a: Point, first: Point, second: Point, b: Point, tone: str = "ink", thick: float = 1.2) -> None:
        """A cubic Bézier curve from a to b."""
        self._reach([bezier(a, first, second, b, i / 16) for i in range(17)])
        way = f"M{_pair(a)}C{_pair(first)} {_pair(second)} {_pair(b)}"
        self._shape(f'path d="{way}"', tone, thick, "none", "")

    def arrow(self, a: Point, b: Point, tone: str = "ink", thick: float = 1.2) -> None:
        """A straight line with a tip at b."""
        length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
        back = min(1.0, 6 / length)
        self.line(a, (b[0] + (a[0] - b[0]) * back, b[1] + (a[1] - b[1]) * back), tone, thick)
        self.tip(a, b, tone, thick)

    def tip(self, a: Point, b: Point, tone: str = "ink", thick: float = 1.2) -> None:
        """The tip at b of an arrow that comes from a."""
        way = atan2(b[1] - a[1], b[0] - a[0])
        size = 6 + 1.5 * thick
        sides = [(b[0] - size * cos(way + turn), b[1] - size * sin(way + turn)) for turn in (0.38, -0.38)]
        self.path([b, *sides], "none", 0, fill=tone)

    def circle(self, centre: Point, radius: float, tone: str = "ink", fill: str = "none", thick: float = 1.2) -> None:
        """A circle."""
        self._reach([(centre[0] - radius, centre[1] - radius), (centre[0] + radius, centre[1] + radius)])
        shape = f'circle cx="{_n(centre[0])}" cy="{_n(centre[1])}" r="{_n(radius)}"'
        self._shape(shape, tone, thick, fill, "")

    def rect(
        self, corner: Point, size: tuple[float, float], tone: str = "ink", fill: str = "none", thick: float = 1.2,
        round_: float = 0, shade: float = 1,
    ) -> None:  # fmt: skip
        """A rectangle by its upper left corner; `shade` from 0 to 1 is how opaque the fill is."""
        self._reach([corner, (corner[0] + size[0], corner[1] + size[1])])
        shape = f'rect x="{_n(corner[0])}" y="{_n(corner[1])}" width="{_n(size[0])}" height="{_n(size[1])}"'
        shape += f' rx="{_n(round_)}"' if round_ else ""
        shape += f' fill-opacity="{shade:.2f}"' if shade < 1 else ""
        self._shape(shape, tone, thick, fill, "")

    def text(
        self, at: Point, text: Text, size: float = 13, anchor: str = "middle", tone: str = "ink",
        angle: float = 0, bold: bool = False,
    ) -> Box:  # fmt: skip
        """Words with their middle line at `at`; anchor start, middle or end."""
        box = text_box(at, text, size, anchor, angle)
        self.labels.append(box)
        self._reach(box.corners())
        look = "" if anchor == "middle" else f' text-anchor="{anchor}"'
        look += ' font-weight="bold"' if bold else ""
        look += f' transform="rotate({_n(angle)} {_pair(at)})"' if angle else ""
        place = f'x="{_n(at[0])}" y="{_n(at[1] + 0.35 * size)}" font-size="{_n(size)}"'
        self._parts.append(f'<text class="dlf-{tone}" fill="{_TONES[tone][0]}" {place}{look}>{spans(text)}</text>')
        return box

    def patch(self, box: Box) -> None:
        """Makes what lies under words paler."""
        corners = box.corners()
        self._reach(corners)
        way = "M" + "L".join(map(_pair, corners)) + "Z"
        self._shape(f'path d="{way}" fill-opacity="0.75"', "none", 0, "paper", "")

    def put(self, other: Drawing, across: float, down: float) -> None:
        """Another drawing, moved."""
        self._parts.append(f'<g transform="translate({_n(across)} {_n(down)})">')
        self._parts += [*other._parts, "</g>"]
        left, top, right, bottom = other.extent
        self._reach([(left + across, top + down), (right + across, bottom + down)])
        self.labels += [Box(b.x + across, b.y + down, b.width, b.height, b.angle) for b in other.labels]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all that is drawn."""
        if self._left > self._right:
            return 0.0, 0.0, 1.0, 1.0
        return self._left, self._top, self._right, self._bottom

    def svg(self) -> str:
        """The picture as a document; the same drawing gives the same text."""
        left, top, right, bottom = self.extent
        wide, high = right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN
        view = f"{_n(left - _MARGIN)} {_n(top - _MARGIN)} {_n(wide)} {_n(high)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="dlf" role="img" viewBox="{view}" width="{_n(wide)}" '
            f'height="{_n(high)}" font-family="{_FONTS}" text-anchor="middle" '
            f'style="color-scheme:light dark;max-width:max(100%,{_n(_LEAST * wide)}px)">\n'
            f"<title>{escaped(self.title)}</title>\n<desc>{escaped(self.about)}</desc>\n<style>{_DARK}</style>\n"
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )

    def _shape(self, shape: str, tone: str, thick: float, fill: str, dash: str) -> None:
        classes, look = [], ""
        if fill == "none":
            look = ' fill="none"'
        else:
            classes.append(f"dlf-{fill}")
            look = f' fill="{_TONES[fill][0]}"'
        if tone != "none" and thick:
            classes.append(f"dls-{tone}")
            look += f' stroke="{_TONES[tone][0]}" stroke-width="{_n(thick)}"'
        look += f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<{shape} class="{" ".join(classes)}"{look}/>')

    def _reach(self, points: Iterable[Point]) -> None:
        xs, ys = zip(*points, strict=True)
        self._left, self._right = min(self._left, *xs), max(self._right, *xs)
        self._top, self._bottom = min(self._top, *ys), max(self._bottom, *ys)


_FONTS = "'DejaVu Sans',Verdana,'Segoe UI',Helvetica,Arial,sans-serif"
_DARK = (
    "@media screen and (prefers-color-scheme:dark){"
    + "".join(f".dlf .dlf-{t}{{fill:{dark}}}.dlf .dls-{t}{{stroke:{dark}}}" for t, (_, dark) in _TONES.items())
    + "}"
)


def _n(number: float) -> str:
    """A length to a tenth, without needless zeros."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _pair(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def bezier(a: Point, first: Point, second: Point, b: Point, t: float) -> Point:
    """The point at t of a cubic Bézier curve."""
    s = 1 - t
    parts = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    points = (a, first, second, b)
    return sum(w * p[0] for w, p in zip(parts, points, strict=True)), sum(
        w * p[1] for w, p in zip(parts, points, strict=True)
    )


def text_box(at: Point, text: Text, size: float, anchor: str = "middle", angle: float = 0) -> Box:
    """The box of words at a place; words that are turned are anchored in their middle."""
    wide = width(text, size)
    move = {"start": wide / 2, "middle": 0.0, "end": -wide / 2}[anchor]
    return Box(at[0] + move, at[1], wide, size * LINE, angle)


def turned(a: Point, b: Point) -> float:
    """The angle of words along a line, never upside down."""
    angle = degrees(atan2(b[1] - a[1], b[0] - a[0]))
    return angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle


Drawings = Mapping[str, Callable[[], Drawing]]
"""Pictures by name; each is drawn when it is called."""


def stacked(title: str, drawings: Sequence[Drawing], gap: float = 36) -> Drawing:
    """Drawings below one another, each under its title, more than three in two columns; one alone stays as it is."""
    if len(drawings) == 1:
        return drawings[0]
    whole = Drawing(title, " ".join(dict.fromkeys(d.about for d in drawings)))
    across, down = 0.0, 0.0
    for number, drawing in enumerate(drawings):
        if len(drawings) > 3 and number == (len(drawings) + 1) // 2:
            across, down = whole.extent[2] + gap, 0.0
        left, top, _, bottom = drawing.extent
        whole.text((across, down), (drawing.title,), 15, "start", bold=True)
        down += 26
        whole.put(drawing, across - left, down - top)
        down += bottom - top + gap
    return whole
