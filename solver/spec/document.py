"""A spec as read: plain data, and where each piece of it stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Complaint

Path = tuple[str | int, ...]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file after reading.

    file:   its name for messages ('-' is shown as <stdin>)
    data:   dicts with string keys (as typed), lists, Number, str, bool, None
    values: line and column, from 1, of each value by its path
    keys:   line and column of each mapping key by its path
    """

    file: str
    data: Any
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    def complaint(self, path: Path, message: str, *, at_key: bool = False) -> Complaint:
        """A complaint about the value at `path` (or its key); falls back to the nearest place above it."""
        places = self.keys if at_key else self.values
        spot = path
        while spot and spot not in places:
            spot = spot[:-1]
        line, column = places.get(spot) or self.values.get(spot, (1, 1))
        return Complaint(message, path, line, column)
