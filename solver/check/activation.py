"""The independent second look at activation functions: whole arrays, hand-derived slopes, finite differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy

from ..spec.activation import Activations, Named, lowered
from .activations import ACTIVATIONS, Elementwise
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, Differences, held

_STEP = 1e-3
_ULP = 2.0**-52


def audited(values: Mapping[str, float], problem: Activations, backend: str = "numpy") -> Audit:
    """Every value held against the array functions, every slope against finite differences too.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    on = Arrays(xp, device)
    with numpy.errstate(all="ignore"):
        return held(values, quantities(problem, on), differences(problem, on), backend)


def quantities(problem: Activations, on: Arrays) -> dict[str, float]:
    """Every value, slope, exponential and sum by its key."""
    found: dict[str, float] = {}
    for row, numbers in enumerate(problem.rows):
        z = on.place(numpy.asarray([[float(number.value) for number in numbers]]))
        for function in problem.functions:
            found.update(_function(problem, function, row, z, on))
        found.update(_shares(problem, row, z, on))
    return found


def _key(problem: Activations, name: str, row: int, *indices: int) -> str:
    return name + "".join(f"[{i + 1}]" for i in ((row, *indices) if problem.nested else indices))


def _function(problem: Activations, function: Named, row: int, z: Any, on: Arrays) -> Iterator[tuple[str, float]]:
    rule, a = ACTIVATIONS[function.activation.name], _setting(function)
    values = on_host(rule.value(on, z, a))[0]
    for index, value in enumerate(values):
        yield _key(problem, function.name, row, index), float(value)
    slopes = on_host(rule.slope(on, z, a) if isinstance(rule, Elementwise) else rule.jacobian(on, z, a))[0]
    for place, slope in numpy.ndenumerate(slopes):
        yield _key(problem, f"{function.name}'", row, *place), float(slope)
    yield _key(problem, f"{function.name}:sum", row), float(values.sum())


def _setting(function: Named) -> float:
    setting = function.activation.setting
    return 0.0 if setting is None else float(setting.value)


def _shares(problem: Activations, row: int, z: Any, on: Arrays) -> Iterator[tuple[str, float]]:
    """What softmax is worked from: net inputs less the largest where that is done, exponentials, their sum."""
    less = z - on.xp.max(z) if lowered(problem.rows[row]) else z
    grown = on.xp.exp(less)
    for name, array in (("d", less), ("exp", grown)):
        for index, value in enumerate(on_host(array)[0]):
            yield _key(problem, name, row, index), float(value)
    yield _key(problem, "sum", row), float(on.xp.sum(grown))


def differences(problem: Activations, on: Arrays) -> Differences:
    """Slopes by nudging each net input both ways, at two distances; none where a kink is near."""
    values: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped = set()
    for function in problem.functions:
        rule = ACTIVATIONS[function.activation.name]
        for row, numbers in enumerate(problem.rows):
            for into, number in enumerate(numbers):
                slopes, doubt = _nudged(function, [float(each.value) for each in numbers], into, on)
                for out in range(len(numbers)):
                    single = isinstance(rule, Elementwise)
                    key = _key(problem, f"{function.name}'", row, *((into,) if single else (out, into)))
                    if single and out != into:
                        continue
                    if isinstance(rule, Elementwise) and rule.bends and abs(number.value) <= _STEP:
                        skipped.add(key)
                    else:
                        values[key], doubts[key] = float(slopes[out]), float(doubt[out])
    return Differences(values, doubts, frozenset(skipped))


def _nudged(function: Named, numbers: list[float], into: int, on: Arrays) -> tuple[Any, Any]:
    """The slope of every output by one net input, and how far it may be off."""
    size = _STEP * max(1.0, abs(numbers[into]) / 10)
    points = numpy.asarray([numbers] * 4)
    points[:, into] += numpy.asarray([-size, -size / 2, size / 2, size])
    rule = ACTIVATIONS[function.activation.name]
    out = on_host(rule.value(on, on.place(points), _setting(function)))
    taken = points[:, into]
    wide = (out[3] - out[0]) / (taken[3] - taken[0])
    near = (out[2] - out[1]) / (taken[2] - taken[1])
    noise = 20 * _ULP * numpy.abs(out).max() / size
    return (4 * near - wide) / 3, numpy.abs(near - wide) / 3 + noise
