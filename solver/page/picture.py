"""A plain-text picture of a network: columns of neurons, and wires between them."""

from __future__ import annotations

from ..spec.network import Network

_MOST = 9  # neurons in a column before it is cut


def network_picture(network: Network) -> tuple[str, ...]:
    """Columns side by side with full wiring between them; irregular wiring as a list of who feeds whom."""
    inputs = [f"x{name}" if name.isdigit() else name for name in network.inputs]
    if not all(layer.dense for layer in network.layers):
        return _wires(network)
    columns = [inputs, *([m.name for m in layer.neurons] for layer in network.layers)]
    return _columns([_cut(column) for column in columns])


def _cut(column: list[str]) -> list[str]:
    if len(column) <= _MOST:
        return column
    return [*column[: _MOST - 2], "…", column[-1]]


def _columns(columns: list[list[str]]) -> tuple[str, ...]:
    height = max(2 * max(len(c) for c in columns) - 1, 1)
    canvas = [""] * height
    for index, column in enumerate(columns):
        canvas = _placed(canvas, column, height)
        if index + 1 < len(columns):
            canvas = _wired(canvas, column, columns[index + 1], height)
    return tuple(line.rstrip() for line in canvas)


def _rows(count: int, height: int) -> list[int]:
    start = (height - (2 * count - 1)) // 2
    return [start + 2 * i for i in range(count)]


def _placed(canvas: list[str], column: list[str], height: int) -> list[str]:
    width = max(len(name) for name in column)
    cells = dict(zip(_rows(len(column), height), column, strict=True))
    return [line + cells.get(row, "").center(width) for row, line in enumerate(canvas)]


def _wired(canvas: list[str], left: list[str], right: list[str], height: int) -> list[str]:
    """A bar that every neuron on the left runs into and every one on the right is fed from."""
    into, out = set(_rows(len(left), height)), set(_rows(len(right), height))
    top, bottom = min(into | out), max(into | out)
    return [line + _joint(row, into, out, top, bottom) for row, line in enumerate(canvas)]


def _joint(row: int, into: set[int], out: set[int], top: int, bottom: int) -> str:
    west, east = row in into, row in out
    north, south = top < row <= bottom, top <= row < bottom
    bar = _BARS[(north, south, west, east)]
    return (" ──" if west else "   ") + bar + ("─▶ " if east else "   ")


_BARS = {
    (False, False, False, False): " ",
    (False, False, True, True): "─",
    (True, True, False, False): "│",
    (True, True, True, False): "┤",
    (True, True, False, True): "├",
    (True, True, True, True): "┼",
    (False, True, True, False): "┐",
    (False, True, False, True): "┌",
    (False, True, True, True): "┬",
    (True, False, True, False): "┘",
    (True, False, False, True): "└",
    (True, False, True, True): "┴",
}


def _wires(network: Network) -> tuple[str, ...]:
    lines = []
    for neuron in network.neurons:
        sources = [
            f"x{w.source}" if w.source.isdigit() and w.source in network.inputs else w.source for w in neuron.wires
        ]
        lines.append(f"{', '.join(_cut(sources))} ──▶ {neuron.name}")
    width = max(line.index(" ──▶") for line in lines)
    return tuple(line.rjust(width - line.index(" ──▶") + len(line)) for line in lines)
