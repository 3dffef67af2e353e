"""The data of a spec while it is being read: what is open, where the next value goes, where each stands."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from .document import Path, Place


class Open(Struct):
    """A mapping or list whose end has not come yet.

    `bracket` is '[' or '{', or '' for one written by indentation; `before` counts the values read before it;
    `height` the levels below it. `wanted` is False in the place of a key: read only to get past it.
    `key` is the last key of a mapping, and `waiting` says that its value is still to come.
    """

    data: dict[str, Any] | list[Any]
    path: Path
    place: Place
    anchor: str | None
    bracket: str
    before: int
    wanted: bool
    height: int = 0
    key: str = ""
    waiting: bool = False


class Anchored(Struct, frozen=True):
    """What an alias stands for: its data, how many values that is, and how many levels."""

    data: Any
    nodes: int
    height: int


class Tree(Struct):
    """Values put in one after the other, as they come."""

    root: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    stack: list[Open] = field(default_factory=list)
    anchors: dict[str, Anchored] = field(default_factory=dict)
    nodes: int = 0

    @property
    def at_key(self) -> bool:
        """Whether a key comes next."""
        return bool(self.stack) and isinstance(self.stack[-1].data, dict) and not self.stack[-1].waiting

    @property
    def path(self) -> Path:
        """The path of the value that comes next; before a key, that of its mapping."""
        if not self.stack:
            return ()
        frame = self.stack[-1]
        if isinstance(frame.data, list):
            return (*frame.path, len(frame.data))
        return (*frame.path, frame.key) if frame.waiting else frame.path

    def await_value(self, key: str, place: Place | None = None) -> None:
        """A key has been read; without `place` it is a stand-in for one that cannot be used."""
        frame = self.stack[-1]
        frame.key, frame.waiting = key, True
        if place:
            self.keys.setdefault((*frame.path, key), place)

    def open(self, mapping: bool, place: Place, anchor: str | None, bracket: str) -> None:
        """A mapping or list begins."""
        wanted, path = not self.at_key, self.path
        if wanted:
            self.values.setdefault(path, place)
        else:
            self.await_value("?")
        data: dict[str, Any] | list[Any] = {} if mapping else []
        self.stack.append(Open(data, path, place, anchor, bracket, self.nodes - 1, wanted))

    def close(self) -> None:
        """The innermost mapping or list ends."""
        frame = self.stack.pop()
        found = Anchored(frame.data, self.nodes - frame.before, frame.height + 1)
        self.remember(frame.anchor, found)
        self.grow(found.height)
        if frame.wanted:
            self.put(frame.data, frame.place)

    def put(self, value: Any, place: Place) -> None:
        """A finished value takes its place; under a doubled key the first one stays."""
        self.values.setdefault(self.path, place)
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if isinstance(frame.data, list):
            frame.data.append(value)
        else:
            frame.data.setdefault(frame.key, value)
            frame.waiting = False

    def grow(self, height: int) -> None:
        """The innermost open mapping or list holds something of so many levels."""
        if self.stack:
            self.stack[-1].height = max(self.stack[-1].height, height)

    def remember(self, anchor: str | None, found: Anchored) -> None:
        """What `anchor`, if there is one, names from here on."""
        if anchor is not None:
            self.anchors[anchor] = found
