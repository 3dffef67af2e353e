"""A computation graph as a circuit in characters: values above the edges, gradients below, as CS231n draws it.

The graph is drawn as a tree from the last quantity back: a given that is used twice stands twice. A step that is
used twice, or that would make the picture too wide, gets a picture of its own and stands there by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Edge = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is drawn.

    uses:   the quantities that each step reads, in order
    labels: how each quantity is written
    values: its number
    edge:   the gradient on the edge from a quantity into a step
    slope:  the gradient of the last quantity by a step
    """

    uses: Mapping[str, Sequence[str]]
    labels: Mapping[str, str]
    values: Mapping[str, str]
    edge: Edge
    slope: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Lines of one width; what comes out leaves on the right at `row`."""

    lines: tuple[str, ...]
    row: int

    @property
    def width(self) -> int:
        return len(self.lines[self.row])


def circuit_pictures(circuit: Circuit, last: str, width: int = 76) -> list[tuple[str, ...]]:
    """The pictures, in the order of the steps; the last one ends in the last quantity."""
    own = _drawn_apart(circuit, last, width)
    return [
        tuple(line.rstrip() for line in _step(circuit, step, own, circuit.slope[step]).lines)
        for step in circuit.uses
        if step in own
    ]


def _drawn_apart(circuit: Circuit, last: str, width: int) -> set[str]:
    """The steps with a picture of their own: the last one, those used twice, and where a picture gets too wide."""
    readers: dict[str, int] = {}
    for used in circuit.uses.values():
        for key in used:
            readers[key] = readers.get(key, 0) + 1
    own = {last, *(step for step in circuit.uses if readers.get(step, 0) > 1)}
    for step in circuit.uses:
        if _step(circuit, step, own - {step}, circuit.slope[step]).width > width:
            own |= {key for key in circuit.uses[step] if key in circuit.uses}
    return own


def _step(circuit: Circuit, step: str, own: set[str], gradient: str) -> _Drawing:
    """The circuit that works out a step, with the wire that leaves it."""
    inputs = [
        _step(circuit, key, own, circuit.edge(key, step))
        if key in circuit.uses and key not in own
        else _wired("", circuit.labels[key], circuit.values[key], circuit.edge(key, step))
        for key in circuit.uses[step]
    ]
    if not inputs:
        return _wired("", circuit.labels[step], circuit.values[step], gradient)
    joined = _joined(inputs)
    return _beside(joined, _wired("▶ ", circuit.labels[step], circuit.values[step], gradient))


def _wired(arrow: str, label: str, value: str, gradient: str) -> _Drawing:
    """A name and a wire with the value above and the gradient below."""
    length = max(len(value), len(gradient)) + 2
    blank = " " * (len(arrow) + len(label) + 1)
    return _Drawing(
        (
            blank + value.center(length),
            f"{arrow}{label} {'─' * length}",
            blank + gradient.center(length),
        ),
        1,
    )


def _joined(inputs: Sequence[_Drawing]) -> _Drawing:
    """Drawings below one another, their wires led into one."""
    width = max(each.width for each in inputs)
    lines: list[str] = []
    rows: list[int] = []
    for each in inputs:
        rows.append(len(lines) + each.row)
        for index, line in enumerate(each.lines):
            lines.append(line + ("─" if index == each.row else " ") * (width - len(line)))
    out = rows[0] if len(rows) == 1 else (rows[0] + rows[-1]) // 2
    joints = [_joint(row, rows, out) for row in range(len(lines))]
    return _Drawing(tuple(line + joint for line, joint in zip(lines, joints, strict=True)), out)


_JOINTS = {
    (False, False, True, True): "─",
    (False, True, True, False): "┐",
    (True, False, True, False): "┘",
    (True, True, True, False): "┤",
    (True, True, False, True): "├",
    (True, True, True, True): "┼",
    (True, True, False, False): "│",
}


def _joint(row: int, rows: Sequence[int], out: int) -> str:
    above, below = rows[0] < row <= rows[-1], rows[0] <= row < rows[-1]
    west, east = row in rows, row == out
    return _JOINTS.get((above, below, west, east), " ") + ("─" if east else " ")


def _beside(left: _Drawing, right: _Drawing) -> _Drawing:
    """The right drawing set to the wire of the left one."""
    blank = " " * right.width
    lines = [line + blank for line in left.lines]
    start = left.row - right.row
    above = [" " * (left.width + right.width)] * max(0, -start)
    missing = start + len(right.lines) - len(left.lines)
    below = [" " * (left.width + right.width)] * max(0, missing)
    lines = [*above, *lines, *below]
    first = start + len(above)
    for index, line in enumerate(right.lines):
        base = lines[first + index][: left.width]
        lines[first + index] = base + line
    return _Drawing(tuple(lines), left.row + len(above))
