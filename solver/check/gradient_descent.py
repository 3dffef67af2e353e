"""Every quantity of a gradient-descent problem by plain array code: dual numbers and optimizers on arrays.

The formula is read a second time (see `formulas`), so nothing here rests on the working's derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from ..spec.descent import Descent, Row, Run
from .backends import Arrays, on_host
from .formulas import Dual, seeded, worked
from .optimizers import look, updated

Values = dict[str, float]
_SHARED = ("mu", "mu_next", "P", "eta_t")


def quantities(problem: Descent, values: Mapping[str, float], xp: Any = numpy, device: Any = None) -> Values:
    """Every quantity by its key: points, gradients, function values, states, averages, second derivatives.

    values: the working's numbers. Each update is computed from the point and the state that the one before
    reached there (a large learning rate makes chaos of the last digit, so two whole descents part), and the
    points where the gradient is 0 are corrected from where they stand. What cannot be computed is nan or infinite.
    """
    on = Arrays(xp, device)
    found: Values = {}
    with numpy.errstate(all="ignore"):
        found |= _averages(problem)
        for index, run in enumerate(problem.runs):
            found |= _Run(problem, run, problem.tag(index), values, on).everything()
        if problem.function and not problem.runs:
            found |= _at_point(problem, on)
        found |= _stationary(problem, values, on)
    return found


def _floats(row: Row) -> Any:
    return numpy.asarray([float(number.value) for number in row])


def over(problem: Descent, point: Any, batch: tuple[int, ...], on: Arrays) -> Dual:
    """The function at a point for each sample of the batch (one column without samples)."""
    names = dict(zip(problem.variables, (float(x) for x in point), strict=True))
    data = {k: [float(problem.data[i - 1][k].value) for i in batch] for k in (problem.data[0] if problem.data else ())}
    return worked(problem.function, seeded({**names, **data}, on), on)


def everyone(problem: Descent) -> tuple[int, ...]:
    """All samples."""
    return tuple(range(1, len(problem.data) + 1))


def _value(problem: Descent, point: Any, key: str, tag: str, on: Arrays) -> Values:
    dual = over(problem, point, everyone(problem), on)
    each = numpy.broadcast_to(on_host(dual.value), (max(len(problem.data), 1),))
    found = {f"{key}{tag}": float(each.mean())}
    if len(each) > 1:
        found |= {f"{key}{tag}:{i}": float(value) for i, value in enumerate(each, 1)}
    return found


def _slopes(problem: Descent, point: Any, batch: tuple[int, ...], k: int, tag: str, on: Arrays) -> tuple[Any, Values]:
    dual = over(problem, point, batch, on)
    rows = on_host(dual.slopes)[: len(problem.variables)]
    each = numpy.broadcast_to(rows, (len(rows), max(len(batch), 1)))
    gradient, found = each.mean(axis=1), {}
    for name, row, whole in zip(problem.variables, each, gradient, strict=True):
        found[f"df/d{name}[{k}]{tag}"] = float(whole)
        if len(batch) > 1:
            found |= {f"df/d{name}[{k}]{tag}:{i}": float(s) for i, s in zip(batch, row, strict=True)}
    return gradient, found


def _averages(problem: Descent) -> Values:
    """What the samples say on average: all of them, each batch, and the batches' averages."""
    if not problem.samples:
        return {}
    said, found = numpy.asarray([_floats(row) for row in problem.samples]), {}
    batches = [said[[i - 1 for i in batch]].mean(axis=0) for batch in problem.batches]
    for place, name in enumerate(problem.variables):
        found[f"average_{name}"] = float(said[:, place].mean())
        found[f"df/d{name}"] = -found[f"average_{name}"]
        found |= {f"average_{name}[{b}]": float(batch[place]) for b, batch in enumerate(batches, 1)}
        found[f"mean_of_averages_{name}"] = float(numpy.mean([batch[place] for batch in batches]))
    return found


def _at_point(problem: Descent, on: Arrays) -> Values:
    point = _floats(problem.point)
    gradient, found = _slopes(problem, point, everyone(problem), 0, "", on)
    found |= _value(problem, point, "f[0]", "", on)
    found["norm"] = float(numpy.linalg.norm(gradient))
    for one, top in zip(problem.variables, gradient, strict=True):
        for other, bottom in zip(problem.variables, gradient, strict=True):
            found[f"ratio_{one}_{other}"] = float(abs(top) / abs(bottom))
    return found


class _Run:
    """One descent as a loop over whole vectors."""

    def __init__(self, problem: Descent, run: Run, tag: str, values: Mapping[str, float], on: Arrays) -> None:
        self.problem, self.run, self.tag, self.values, self.on = problem, run, tag, values, on
        self.found: Values = {}

    def everything(self) -> Values:
        """All quantities of the descent."""
        x, before = self.on.place(_floats(self.run.start)), self._before()
        rate, chosen = float(self.run.rate.value), self.run.optimizer
        self._note("f", 0, x)
        for k in range(1, self.problem.steps + 1):
            at = look(chosen, x, before)
            self._vector("ahead", k, at)
            g = self.on.place(self._gradient(k - 1, on_host(at)))
            x, passed = updated(chosen, self.on.xp, rate, chosen.t + k - 1, x, g, before)
            for letter, value in passed.items():
                self._vector(letter, k, value)
            self._vector("", k, x)
            x = self._reached("", k)
            before = {letter: self._reached(letter, k) for letter in chosen.states}
            self._note("f", k, x)
        if self.problem.function:
            last = self.problem.steps
            self.found |= _slopes(self.problem, on_host(x), everyone(self.problem), last, self.tag, self.on)[1]
        return self.found

    def _before(self) -> dict[str, Any]:
        """The state that is given, by letter, where there is one."""
        before = {}
        for letter in self.run.optimizer.states:
            row = [self.run.optimizer.earlier(letter, v, place) for place, v in enumerate(self.problem.variables)]
            if any(row):
                before[letter] = self.on.place([float(number.value) if number else 0.0 for number in row])
        return before

    def _reached(self, letter: str, k: int) -> Any:
        """What the working has after update k; what it lacks is what was found here."""
        names = self.problem.variables
        keys = [f"{letter}_{name}[{k}]{self.tag}" if letter else f"{name}[{k}]{self.tag}" for name in names]
        if letter in _SHARED:
            keys = [f"{letter}[{k}]{self.tag}"] * len(keys)
        return self.on.place([self.values.get(key, self.found[key]) for key in keys])

    def _gradient(self, k: int, at: Any) -> Any:
        problem, batches = self.problem, self.problem.batches
        if problem.gradients:
            return _floats(problem.gradients[k])
        if problem.samples:
            said = numpy.asarray([_floats(row) for row in problem.samples])
            mean = said[[i - 1 for i in batches[k % len(batches)]]].mean(axis=0) * (-1 if problem.wishes else 1)
            self._keep("df/d{}", k, mean)
            return mean
        batch = batches[k % len(batches)] if batches else ()
        gradient, found = _slopes(problem, at, batch, k, self.tag, self.on)
        self.found |= found
        return gradient

    def _note(self, letter: str, k: int, x: Any) -> None:
        if self.problem.function:
            dual = _value(self.problem, on_host(x), f"{letter}[{k}]", self.tag, self.on)
            self.found |= dual

    def _vector(self, letter: str, k: int, vector: Any) -> None:
        if letter in _SHARED:
            self.found[f"{letter}[{k}]{self.tag}"] = float(on_host(vector)[0])
        else:
            self._keep(f"{letter}_{{}}" if letter else "{}", k, on_host(vector))

    def _keep(self, pattern: str, k: int, vector: Any) -> None:
        for name, value in zip(self.problem.variables, vector, strict=True):
            self.found[f"{pattern.format(name)}[{k}]{self.tag}"] = float(value)


def _stationary(problem: Descent, values: Mapping[str, float], on: Arrays) -> Values:
    """The points where the working says the gradient is 0, each corrected by a step of Newton's method."""
    letters = dict.fromkeys(key.removeprefix("f_") for key in values if key.startswith("f_P"))
    found: Values = {}
    for letter in letters:
        point = numpy.asarray([values[f"{name}_{letter}"] for name in problem.variables])
        for _ in range(3):
            slopes = on_host(over(problem, point, (), on).slopes)[:, 0]
            point = point - numpy.linalg.pinv(_second(problem, point, on)) @ slopes
        found |= _around(problem, point, letter, on)
    return found


def _around(problem: Descent, point: Any, letter: str, on: Arrays) -> Values:
    second, size = _second(problem, point, on), len(problem.variables)
    found = {f"{name}_{letter}": float(x) for name, x in zip(problem.variables, point, strict=True)}
    found[f"f_{letter}"] = float(on_host(over(problem, point, (), on).value)[0])
    for i, a in enumerate(problem.variables):
        found |= {f"d2f/d{a}d{b}_{letter}": float(second[i, j]) for j, b in enumerate(problem.variables)}
    for n in range(2, size + 1):
        found[f"D{n}_{letter}"] = float(numpy.linalg.det(second[:n, :n]))
    return found


def _second(problem: Descent, point: Any, on: Arrays) -> Any:
    """Second derivatives as differences of slopes over seven points: exact for polynomials up to degree 7."""
    columns = []
    for place in range(len(point)):
        slopes = {}
        for reach in (-3, -2, -1, 1, 2, 3):
            moved = point.copy()
            moved[place] += reach / 4
            slopes[reach] = on_host(over(problem, moved, (), on).slopes)[:, 0]
        pairs = [slopes[reach] - slopes[-reach] for reach in (1, 2, 3)]
        columns.append((45 * pairs[0] - 9 * pairs[1] + pairs[2]) / 60 * 4)
    return numpy.stack(columns, axis=1)
