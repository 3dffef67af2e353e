"""From kernels as typed to filters with weights for each channel, or complaints with the missing bracket."""

from __future__ import annotations

from typing import Any

from ..catalog.kernels import KERNELS
from .common import Complaints
from .convolution_fields import depth
from .convolution_problem import Grid, Shape, Volume
from .document import Path
from .number import Number


def filters_of(typed: Any, before: Shape, path: Path, complaints: Complaints) -> tuple[Volume, ...]:
    """The weights of each filter, a grid for each channel; empty, with complaints, where they do not fit.

    A named kernel stands in every channel. On sequences a grid has one row.
    """
    if isinstance(typed, str) or any(isinstance(each, str) for each in typed):
        return _named((typed,) if isinstance(typed, str) else typed, before, path, complaints)
    axes, levels = before.axes, depth(typed)
    if levels > axes + 2:
        expected = "a list of filters, each a list of numbers" if axes == 1 else "a list of filters"
        complaints.add(path, f"lists nested {levels} deep; expected {expected}")
        return ()
    if levels < axes:
        complaints.add(path, "found a single list; the image has rows and columns: write the kernel as a matrix [[..]]")
        return ()
    if levels == axes:
        typed = (typed,)
        levels += 1
    filters = tuple(_volume(each, levels - 1, axes) for each in typed)
    return filters if _fitting(filters, before, levels == axes + 1, path, complaints) else ()


def _volume(typed: Any, levels: int, axes: int) -> Volume:
    """A filter: one grid, or one for each channel; a row of a sequence's filter becomes a grid of one row."""
    channels = typed if levels > axes else (typed,)
    return tuple((grid,) if axes == 1 else grid for grid in channels)


def _fitting(filters: tuple[Volume, ...], before: Shape, plain: bool, path: Path, complaints: Complaints) -> bool:
    found = len(filters[0])
    if found == before.channels:
        return True
    unit = "matrix" if before.axes == 2 else "list"
    here = f"the input has {before.channels} channel{'s' if before.channels > 1 else ''}"
    if plain and len(filters) == before.channels:
        fix = f"for one filter with a {unit} for each channel put another pair of brackets around them"
        complaints.add(path, f"{len(filters)} filters with a single {unit} each, but {here}: {fix}")
    else:
        needs = f"a list of {before.channels} {'matrices' if unit == 'matrix' else 'lists'}, one for each channel"
        have = f"a single {unit}" if found == 1 else f"{found} channels"
        complaints.add(path, f"each filter has {have}, but {here}: write {needs}")
    return False


def _named(typed: tuple[Any, ...], before: Shape, path: Path, complaints: Complaints) -> tuple[Volume, ...]:
    if before.axes == 1:
        complaints.add(path, "named kernels are matrices; for a sequence write the numbers")
        return ()
    found: list[Volume] = []
    for index, each in enumerate(typed):
        if isinstance(each, str):
            found.append((_grid(each),) * before.channels)
            continue
        volume = _volume(each, depth(each), 2)
        if depth(each) < 2 or not _fitting((volume,), before, depth(each) == 2, (*path, index), complaints):
            return ()
        found.append(volume)
    sizes = {(len(volume[0]), len(volume[0][0])) for volume in found}
    if len(sizes) > 1:
        complaints.add(path, "all filters of a layer must have the same size; named kernels are 3 × 3")
        return ()
    return tuple(found)


def _grid(name: str) -> Grid:
    return tuple(tuple(Number.of(text) for text in row.split()) for row in KERNELS[name].rows)
