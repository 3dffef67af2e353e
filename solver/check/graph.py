"""The independent second look at a computation graph: dual numbers forwards, and finite differences.

The formulas are read a second time, from their text. Derivatives of the last quantity are carried forwards from each
quantity in turn, never backwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

import numpy

from ..spec.graph import Graph
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, Differences, held
from .formulas import Dual, names_in, seeded, worked

_STEP = 1e-4
_ULP = 2.0**-52
_MOST_PATHS = 100


def audited(values: Mapping[str, float], graph: Graph, backend: str = "numpy") -> Audit:
    """Every value held against the second reading, every derivative of the last step against differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    on = Arrays(xp, device)
    with numpy.errstate(all="ignore"):
        return held(values, quantities(graph, on), _differences(graph, on, set(values)), backend)


def quantities(graph: Graph, on: Arrays) -> dict[str, float]:
    """Every step, every local slope, every derivative of the last step, and every product along a path."""
    point = {name: float(number.value) for name, number in graph.givens}
    local: dict[tuple[str, str], float] = {}
    for step in graph.steps:
        quantity = worked(step.text, seeded(point, on), on)
        slopes = on_host(quantity.slopes)
        rows = {name: row for row, name in enumerate(point)}
        for inner in names_in(step.text, point):
            local[inner, step.name] = float(slopes[rows[inner], 0])
        point[step.name] = float(on_host(quantity.value)[0])
    return {**point, **_slopes(graph, local, list(point))}


def _slopes(graph: Graph, local: Mapping[tuple[str, str], float], names: list[str]) -> dict[str, float]:
    last = graph.steps[-1].name
    found = {f"d{outer}/d{inner}": slope for (inner, outer), slope in local.items() if outer != last}
    totals = {name: _carried(name, local, names)[last] for name in names if name != last}
    found |= {f"d{last}/d{name}": total for name, total in totals.items()}
    for (inner, outer), slope in local.items():
        found[f"d{last}/d{inner}:{outer}"] = slope * (1.0 if outer == last else totals[outer])
    for start, _ in graph.givens:
        for path, along in _along(start, last, local):
            found[f"d{last}/d{start}:{'>'.join(path)}"] = along
    return found


def _carried(start: str, local: Mapping[tuple[str, str], float], names: list[str]) -> dict[str, float]:
    """How fast every quantity moves with `start`, carried forwards."""
    speeds = dict.fromkeys(names, 0.0) | {start: 1.0}
    for name in names:
        if name != start:
            speeds[name] = sum(speeds[inner] * slope for (inner, outer), slope in local.items() if outer == name)
    return speeds


def _along(start: str, last: str, local: Mapping[tuple[str, str], float]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Paths from start to the last quantity, with the product along each; about a hundred."""
    ahead = _ahead(last, local)
    stack: list[tuple[tuple[str, ...], float]] = [((start,), 1.0)]
    count = 0
    while stack and count < _MOST_PATHS:
        path, along = stack.pop()
        count += path[-1] == last
        if path[-1] == last:
            yield path, along
        stack += [((*path, outer), along * local[path[-1], outer]) for outer in ahead.get(path[-1], ())]


def _ahead(last: str, local: Mapping[tuple[str, str], float]) -> dict[str, list[str]]:
    """For each quantity those that use it on the way to the last one."""
    ahead: dict[str, list[str]] = {}
    reaching = {last}
    for inner, outer in reversed(list(local)):  # as the steps stand, so every edge comes after those ahead of it
        if outer in reaching:
            ahead.setdefault(inner, []).append(outer)
            reaching.add(inner)
    return ahead


def _differences(graph: Graph, on: Arrays, keys: set[str]) -> Differences:
    """Central differences of the last step by every quantity, at two distances."""
    last = graph.steps[-1].name
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped = set()
    point = {name: float(number.value) for name, number in graph.givens}
    for name in [*point, *(step.name for step in graph.steps[:-1])]:
        key = f"d{last}/d{name}"
        if key not in keys:
            continue
        slope, doubt, smooth = _nudged(graph, point, name, on)
        if smooth and isfinite(slope) and isfinite(doubt):
            values[key], doubts[key] = slope, doubt
        else:
            skipped.add(key)
    return Differences(values, doubts, frozenset(skipped))


def _nudged(graph: Graph, point: Mapping[str, float], name: str, on: Arrays) -> tuple[float, float, bool]:
    """The slope by `name` from nudging it, how far it may be off, and whether no kink lay on the way."""
    here = _run(graph, point, on)
    size = _STEP * max(abs(float(on_host(here[name].value)[0])), 1e-2)
    steps = numpy.asarray([-size, -size / 2, 0.0, size / 2, size])
    run = _run(graph, point, on, name, on.place(steps))
    quantity = run[graph.steps[-1].name]
    values = on_host(quantity.value)
    wide, near = (values[4] - values[0]) / (2 * size), (values[3] - values[1]) / size
    slope = (4 * near - wide) / 3
    doubt = abs(near - wide) / 3 + 20 * _ULP * _scale(run) / size
    sides = [on_host(side) for step in graph.steps for side in run[step.name].sides]
    smooth = all((side == side[0]).all() for side in sides)
    return float(slope), float(doubt), smooth


def _scale(run: Mapping[str, Dual]) -> float:
    return max(float(numpy.abs(on_host(each.value)).max()) for each in run.values())


def _run(graph: Graph, point: Mapping[str, float], on: Arrays, moved: str = "", by: Any = None) -> dict[str, Dual]:
    """Every quantity at the points where `moved` is nudged by each of these amounts."""
    amounts = on.zeros(1) if by is None else by
    found: dict[str, Dual] = seeded({name: value + 0 * amounts for name, value in point.items()}, on)
    if moved in found:
        found[moved] = Dual(found[moved].value + amounts, found[moved].slopes)
    for step in graph.steps:
        found[step.name] = worked(step.text, found, on)
        if step.name == moved:
            each = found[step.name]
            found[step.name] = Dual(each.value + amounts, each.slopes, each.sides)
    return found
