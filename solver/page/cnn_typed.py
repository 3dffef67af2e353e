"""The layers of a spec as they were typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..catalog.cnn_layers import LAYERS
from ..spec.convnet import Branches, ConvNet, Item, Layer, Repeat, Residual
from .blocks import Table

Row = tuple[str, str]
_ROOM, _NARROWEST = 75, 7  # of a terminal page, and of its first column


def typed(problem: ConvNet) -> Table:
    """One row for each layer: its type, and the settings that are not the usual ones."""
    found = list(_rows(problem.layers, 0))
    room = _ROOM - max(_NARROWEST, *(len(kind) for kind, _ in found))
    rows = [part for row in found for part in _fitted(row, room)]
    return Table((("layer",), ("settings",)), tuple(((kind,), (settings,)) for kind, settings in rows))


def _rows(items: Sequence[Item], depth: int) -> Iterator[Row]:
    for item in items:
        if isinstance(item, Layer):
            yield _called(depth, item.kind, item.name), _settings(item)
        elif isinstance(item, Repeat):
            yield _called(depth, "repeat"), f"{item.times} times:"
            yield from _rows(item.layers, depth + 1)
        elif isinstance(item, Residual):
            yield _called(depth, "residual", item.name), _joined("added to its shortcut", item.activation)
            yield from _way("body", item.body, depth + 1)
            yield from _way("shortcut", item.shortcut or (), depth + 1)
        else:
            yield from _branches(item, depth)


def _branches(item: Branches, depth: int) -> Iterator[Row]:
    yield _called(depth, "branches", item.name), _joined(f"{len(item.ways)} joined along channels", item.activation)
    for number, way in enumerate(item.ways, 1):
        yield from _way(f"branch {number}", way, depth + 1)


def _way(name: str, items: Sequence[Item], depth: int) -> Iterator[Row]:
    yield _called(depth, name), "" if items else "the input itself"
    yield from _rows(items, depth + 1)


def _called(depth: int, kind: str, name: str = "") -> str:
    return "· " * min(depth, 6) + (f"{kind} {name}" if name else kind)


def _joined(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _settings(item: Layer) -> str:
    """filters 96, kernel 11, stride 4, padding same, relu."""
    rows = LAYERS[item.kind].settings
    words = [_setting(name, item.settings[name]) for name, row in rows.items() if item.settings[name] != row.default]
    if item.asks and item.output is not None:  # what is wanted; without a '?' it would tell the answer
        words.append(f"output {_value(item.output)}")
    if item.asks and item.parameters is not None:
        words.append(f"{item.parameters:,} parameters")
    return _joined(*words, item.activation, "" if item.trainable else "frozen")


def _setting(name: str, value: Any) -> str:
    if value is True:
        return name
    if value is False:
        return f"no {name}"
    if name == "connections":
        return f"each filter sees channels of its own ({sum(map(len, value))} connections)"
    return f"{name} {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(str(each) for each in value)}]"
    return str(getattr(value, "text", value))


def _fitted(row: Row, room: int) -> Iterator[Row]:
    """The row in as many as it needs to stay on the page."""
    kind, rest = row
    while len(rest) > room and ", " in rest[:room]:
        cut = rest.rindex(", ", 0, room) + 1
        yield kind, rest[:cut]
        kind, rest = "", rest[cut:].lstrip()
    yield kind, rest
