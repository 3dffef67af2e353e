"""The independent second look at attention: whole matrices forwards and backwards, and finite differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.attention_problem import LETTERS, Attention
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, held
from .outcome import Point, differences, error_after, errors, named, new_values, slope

Named = Iterator[tuple[str, float]]


def audited(values: Mapping[str, float], problem: Attention, backend: str = "numpy") -> Audit:
    """Every value held against the arrays, the gradients against finite differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    on = Arrays(xp, device)
    with numpy.errstate(all="ignore"):
        found = quantities(problem, xp, device)
        slopes = differences(
            problem.outcome, lambda moved: _passed(problem, moved, on).outputs, numbers(problem), set(values), on
        )
        return held(values, found, slopes, backend)


def numbers(problem: Attention) -> dict[str, float]:
    """Every given number by its key."""
    return {key: float(number.value) for key, number in problem.entries.items()}


def quantities(problem: Attention, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every quantity by its key: projections, scores, weights, outputs, error, gradients, new values."""
    on = Arrays(xp, device)
    point = numbers(problem)
    run = _passed(problem, point, on)
    found = dict(_forward(problem, run))
    if problem.outcome.goes_back:
        found.update(errors(problem.outcome, run.outputs, on))
        found.update(_Way(problem, run, on).back())
        new = new_values(problem.outcome, point, found, [key for key in point if key.startswith("W")])
        found.update(new)
        found.update(error_after(problem.outcome, lambda moved: _passed(problem, moved, on).outputs, point, new, on))
    return found


@dataclass(frozen=True, slots=True)
class _Head:
    """One head: its queries, keys, values, scores, scaled scores, weights and outputs."""

    q: Any
    k: Any
    v: Any
    scores: Any
    scaled: Any
    weights: Any
    outputs: Any
    root: float


@dataclass(frozen=True, slots=True)
class _Run:
    given: dict[str, Any]
    made: dict[str, Any]
    heads: list[_Head]
    joined: Any
    outputs: Any


def _passed(problem: Attention, point: Point, on: Arrays) -> _Run:
    flat = numpy.asarray(list(point.values()))
    given, start = {}, 0
    for name, grid in problem.givens.items():
        size = (len(grid), len(grid[0]))
        given[name] = on.place(flat[start : start + size[0] * size[1]].reshape(size))
        start += size[0] * size[1]
    made = dict(given)
    for head in range(1, problem.heads + 1):
        for letter in LETTERS:
            matrix = problem.matrix_of(letter, head)
            if matrix:
                made[problem.made(letter, head)] = given[problem.sources[letter].given] @ given[matrix]
    heads = [_head(problem, made, head, on) for head in range(1, problem.heads + 1)]
    joined = on.xp.concat([head.outputs for head in heads], axis=1)
    return _Run(given, made, heads, joined, joined @ given["Wo"] if "Wo" in given else joined)


def _head(problem: Attention, made: Mapping[str, Any], head: int, on: Arrays) -> _Head:
    xp = on.xp
    q, k, v = (made[problem.made(letter, head)][:, _columns(problem, letter, head)] for letter in LETTERS)
    root = float(k.shape[1]) ** 0.5 if problem.scaled else 1.0
    scores = q @ k.T
    scaled = scores / root
    if problem.mask is not None:
        allowed = on.place(numpy.asarray(problem.mask))
        scaled = xp.where(allowed, scaled, xp.full_like(scaled, -numpy.inf))
    shifted = xp.exp(scaled - xp.max(scaled, axis=1, keepdims=True))
    weights = shifted / xp.sum(shifted, axis=1, keepdims=True)
    return _Head(q, k, v, scores, scaled, weights, weights @ v, root)


def _columns(problem: Attention, letter: str, head: int) -> slice:
    columns = problem.columns(letter, head)
    return slice(columns.start - 1, columns.stop - 1)


def _forward(problem: Attention, run: _Run) -> Named:
    for name, values in run.made.items():
        yield from named(name, values)
    for number, head in enumerate(run.heads, 1):
        tag = problem.tag(number)
        yield from named(f"score{tag}", head.scores)
        yield from named(f"scaled{tag}", head.scaled)
        yield from named(f"weight{tag}", head.weights)
        yield from named(f"head{tag}", head.outputs)
    yield from named("out", run.outputs)


class _Way:
    """The way back, matrix by matrix; `slopes` gathers what reaches each projection and each given matrix."""

    def __init__(self, problem: Attention, run: _Run, on: Arrays) -> None:
        self.problem, self.run, self.on = problem, run, on
        self.slopes = {name: on.zeros(*values.shape) for name, values in run.made.items()}

    def back(self) -> Named:
        """∂E/∂q of everything, by key."""
        outputs = slope(self.problem.outcome, self.run.outputs, self.on)
        yield from named("out", outputs, "dE/d{}")
        joined = outputs
        if "Wo" in self.run.given:
            self.slopes["Wo"] = self.run.joined.T @ outputs
            joined = outputs @ self.run.given["Wo"].T
        start = 0
        for number, head in enumerate(self.run.heads, 1):
            width = head.outputs.shape[1]
            yield from self._head(number, head, joined[:, start : start + width])
            start += width
        self._through_projections()
        for name, values in self.slopes.items():
            yield from named(name, values, "dE/d{}")

    def _head(self, number: int, head: _Head, above: Any) -> Named:
        xp, tag = self.on.xp, self.problem.tag(number)
        by_weight = above @ head.v.T
        mean = xp.sum(head.weights * by_weight, axis=1, keepdims=True)
        by_scaled = head.weights * (by_weight - mean)
        by_score = by_scaled / head.root
        yield from named(f"head{tag}", above, "dE/d{}")
        yield from named(f"weight{tag}", by_weight, "dE/d{}")
        yield from named(f"sum{tag}", on_host(mean).ravel())
        yield from named(f"scaled{tag}", by_scaled, "dE/d{}")
        yield from named(f"score{tag}", by_score, "dE/d{}")
        self._add("q", number, by_score @ head.k)
        self._add("k", number, by_score.T @ head.q)
        self._add("v", number, head.weights.T @ above)

    def _add(self, letter: str, head: int, found: Any) -> None:
        """Adds to the columns that belong to the head."""
        name = self.problem.made(letter, head)
        columns, whole = _columns(self.problem, letter, head), self.slopes[name]
        before = self.on.zeros(whole.shape[0], columns.start)
        after = self.on.zeros(whole.shape[0], whole.shape[1] - columns.stop)
        self.slopes[name] = whole + self.on.xp.concat([before, found, after], axis=1)

    def _through_projections(self) -> None:
        done = set()
        for head in range(1, self.problem.heads + 1):
            for letter in LETTERS:
                matrix, name = self.problem.matrix_of(letter, head), self.problem.made(letter, head)
                if matrix is None or name in done:
                    continue
                done.add(name)
                source, slopes = self.problem.sources[letter].given, self.slopes[name]
                self.slopes[matrix] = self.run.given[source].T @ slopes
                self.slopes[source] = self.slopes[source] + slopes @ self.run.given[matrix].T
