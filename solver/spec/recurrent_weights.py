"""Matrices and biases of a recurrent spec: found by name, fitted to the sizes they must have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .common import Complaints
from .compound import unknown_key
from .convolution_fields import depth
from .document import Path
from .number import Number
from .recurrent_problem import Block, Grid

SYNONYMS = {
    "rnn": {"wxh": "Wx", "whh": "Wh", "wih": "Wx", "bh": "b", "u": "Wx", "v": "Wy", "why": "Wy", "who": "Wy"},
    "lstm": {"wg": "Wc", "ug": "Uc", "bg": "bc", "why": "Wy"},
    "gru": {"wn": "Wh", "un": "Uh", "bn": "bh", "wg": "Wh", "ug": "Uh", "bg": "bh", "why": "Wy"},
}


def size_of(raw: Mapping[str, Any], hidden: Any, transposed: bool) -> int:
    """How many units a recurrence has, as its matrices, its biases or its first state show (0: nothing shows it)."""
    by_state = [value for name, value in raw.items() if name.startswith("U")]
    by_state = by_state or [value for name, value in raw.items() if name in ("Wh", "W")]
    others = [value for name, value in raw.items() if name.startswith("W") and name != "Wy"]
    for value in by_state or others:
        grid = value[0] if depth(value) == 3 else value
        if depth(grid) == 2:
            return len(grid[0]) if transposed else len(grid)
    if by_state:
        return 1
    lists = [value for name, value in raw.items() if name.startswith("b") and name != "by" and depth(value) == 1]
    lists += [hidden] if isinstance(hidden, tuple) else [value for value in others if depth(value) == 1]
    return len(lists[0]) if lists else min(len(others), 1)


class WeightReader:
    """Takes matrices and vectors out of one mapping of weights; what nobody took is complained about at the end.

    tag:   what names end in for this layer and direction
    times: how many copies there are where weights are not shared (None: shared)
    """

    def __init__(
        self,
        raw: Mapping[str, Any],
        path: Path,
        complaints: Complaints,
        times: int | None = None,
        transposed: bool = False,
    ) -> None:
        self.raw = raw
        self.path = path
        self.complaints = complaints
        self.times = times
        self.transposed = transposed
        self.known: list[str] = []

    def matrix(self, name: str, tag: str, rows: int, columns: int, reads: str) -> Block:
        """The matrix of this name, a stand-in of zeros where it cannot be had; `reads` says what its columns meet."""
        self.known.append(name)
        value = self.raw.get(name)
        if value is None:
            near = {each.lower() for each in self.raw} - {each.lower() for each in self.known}
            if self.complaints.none_yet or not near:
                self.complaints.add(self.path, f"the weight {name} is missing ({rows} × {columns}: {reads})")
        found = None if value is None else self._grids(value, rows, columns)
        if value is not None and found is None:
            self.complaints.add((*self.path, name), self._shape(value, rows, columns, reads))
        own = self.times is not None
        return Block(f"{name}{tag}", self._copied(found or _zeros(rows, columns)), False, own)

    def vector(self, name: str, tag: str, rows: int) -> tuple[Block, ...]:
        """The bias of this name, or nothing where there is none."""
        self.known.append(name)
        value = self.raw.get(name)
        if value is None:
            return ()
        found = self._vectors(value, rows)
        if found is None:
            given = "a matrix" if depth(value) > 1 else f"{len(value)} numbers"
            self.complaints.add((*self.path, name), f"found {given}; expected {rows}, one for each unit")
        return (Block(f"{name}{tag}", self._copied(found or _zeros(rows, 1)), True, self.times is not None),)

    def finish(self, synonyms: Mapping[str, str], beside: Iterable[str] = ()) -> None:
        """Complains about names that nothing has asked for."""
        for name in self.raw:
            if name not in self.known and name not in beside:
                fault = unknown_key(name, self.known, synonyms)
                self.complaints.add((*self.path, name), fault.message, at_key=True)

    def _copied(self, grids: tuple[Grid, ...]) -> tuple[Grid, ...]:
        return grids * self.times if self.times and len(grids) == 1 else grids

    def _vectors(self, value: Any, rows: int) -> tuple[Grid, ...] | None:
        if isinstance(value, Number):
            return (((value,),) * rows,)
        if depth(value) == 1 and len(value) == rows:
            return (tuple((each,) for each in value),)
        if self.times and len(value) == self.times:
            inner = [each if isinstance(each, tuple) else (each,) for each in value]
            if all(len(each) == rows and depth(each) == 1 for each in inner):
                return tuple(tuple((number,) for number in each) for each in inner)
        if depth(value) == 2 and {len(value), len(value[0])} == {rows, 1}:
            flat = [number for row in value for number in row]
            return (tuple((number,) for number in flat),)
        return None

    def _grids(self, value: Any, rows: int, columns: int) -> tuple[Grid, ...] | None:
        each_time = isinstance(value, tuple) and len(value) == self.times
        if each_time and (depth(value) == 3 or (depth(value) == 1 and rows * columns == 1)):
            each = [self._grid(one, rows, columns) for one in value]
            return None if None in each else tuple(grid for grid in each if grid)
        grid = self._grid(value, rows, columns)
        return None if grid is None else (grid,)

    def _grid(self, value: Any, rows: int, columns: int) -> Grid | None:
        """The value as rows × columns, or None."""
        if isinstance(value, Number):
            return ((value,),) if rows == columns == 1 else None
        if depth(value) == 1:
            if rows == 1 and len(value) == columns:
                return (value,)
            return tuple((each,) for each in value) if columns == 1 and len(value) == rows else None
        if depth(value) == 2 and self.transposed:
            value = tuple(zip(*value, strict=True))
        fits = depth(value) == 2 and (len(value), len(value[0])) == (rows, columns)
        return value if fits else None

    def _shape(self, value: Any, rows: int, columns: int, reads: str) -> str:
        wanted = f"{columns} × {rows}" if self.transposed else f"{rows} × {columns}"
        if isinstance(value, Number):
            return f"found {value.text}; expected a matrix of {wanted} ({reads})"
        if depth(value) == 1:
            return f"found a list of {len(value)}; expected a matrix of {wanted} ({reads})"
        if depth(value) == 3:
            per = f"a list of {self.times} matrices, one for each time" if self.times else "a matrix"
            return f"found a list of {len(value)} matrices; expected {per} of {wanted}"
        found = (len(value), len(value[0]))
        fix = ""
        if found == ((rows, columns) if self.transposed else (columns, rows)):
            other = "leave out" if self.transposed else "write"
            fix = f". For matrices of row vectors {other} 'layout: input-rows'"
        return f"found a matrix of {found[0]} × {found[1]}; expected {wanted} ({reads}){fix}"


def _zeros(rows: int, columns: int) -> tuple[Grid, ...]:
    return (((Number.of(0),) * columns,) * rows,)
