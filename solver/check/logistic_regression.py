"""Logistic regression by plain array code over all samples and classes; it has never heard of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from ..spec.regression import LogisticRegression, Samples
from .backends import Arrays, backend, on_host
from .compare import Audit, Differences, held
from .regression import Path, batch_of, descend, design, slopes

Values = dict[str, float]


def quantities(problem: LogisticRegression, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every quantity by its key, see `solver.topics`; a quantity that cannot be computed is nan or infinite."""
    with numpy.errstate(all="ignore"):
        return _Recorder(problem, Arrays(xp, device)).everything()


def audit(values: Mapping[str, float], problem: LogisticRegression, backend_name: str = "numpy") -> Audit:
    """Every value held against the reference, every gradient against differences. Raises Unavailable."""
    xp, device = backend(backend_name)
    with numpy.errstate(all="ignore"):
        recorder = _Recorder(problem, Arrays(xp, device))
        reference = recorder.everything()
        return held(values, reference, recorder.slopes(), backend_name)


class _Recorder:
    """The parameters are one vector, class after class; `_matrix` makes one row of weights for each class."""

    def __init__(self, problem: LogisticRegression, on: Arrays) -> None:
        self.problem, self.on = problem, on
        self.rows = design(problem, on, problem.samples.x, ones_first=False)
        self.labels = [int(y.value) for y in problem.samples.y]
        self.endings = [f"_{label}" for label in problem.classes] if problem.several else [""]
        self.targets = on.place(self._one_hot(problem.samples))
        self.found: Values = {}
        self.path: Path | None = None

    def _one_hot(self, samples: Samples) -> numpy.ndarray[Any, Any]:
        """1 for the class of each sample, (samples, classes); for two classes one column."""
        labels = numpy.array([int(y.value) for y in samples.y])
        if not self.problem.several:
            return numpy.asarray(labels[:, None], dtype=float)
        return numpy.asarray(labels[:, None] == numpy.arange(len(self.problem.classes)), dtype=float)

    def everything(self) -> Values:
        """The stages that a page shows, the epochs, the fit."""
        assert self.problem.descent is not None
        start = self.on.place(numpy.array([float(value.value) for value in self.problem.descent.start]))
        self.path = descend(self.problem, start, self._gradient)
        everyone = range(len(self.labels))
        for epoch, parameters in enumerate(self.path.epochs):
            self._parameters(parameters, f"#{epoch}")
            self.found[f"E#{epoch}"] = self._error(parameters, everyone)
        for update, parameters in self.path.stages.items():
            self._stage(update, parameters)
        self._parameters(self.path.epochs[1], f"@{len(self.problem.batches)}")
        self._slopes_at(list(self.path.stages)[-1], "")
        fitted = self.path.epochs[-1]
        self._parameters(fitted, "")
        self._fit(fitted)
        return self.found

    def _parameters(self, values: Any, ending: str) -> None:
        for key, value in zip(self.problem.parameters, on_host(values).tolist(), strict=True):
            self.found[f"{key}{ending}"] = value

    def _matrix(self, parameters: Any) -> Any:
        return self.on.xp.reshape(parameters, (len(self.endings), -1))

    def _nets(self, parameters: Any, rows: Any) -> Any:
        return rows @ self._matrix(parameters).T

    def _guess(self, nets: Any) -> Any:
        """Sigmoid by tanh, or softmax from the largest net input down."""
        xp = self.on.xp
        if not self.problem.several:
            return 0.5 * (1 + xp.tanh(nets / 2))
        shares = xp.exp(nets - xp.max(nets, axis=1, keepdims=True))
        return shares / xp.sum(shares, axis=1, keepdims=True)

    def _parts(self, nets: Any, wanted: Any) -> Any:
        """Cross-entropy of each sample from its net inputs."""
        xp = self.on.xp
        if not self.problem.several:
            signed = (1 - 2 * wanted[:, 0]) * nets[:, 0]
            return xp.log1p(xp.exp(-xp.abs(signed))) + xp.where(signed > 0, signed, xp.zeros_like(signed))
        top = xp.max(nets, axis=1, keepdims=True)
        whole = xp.log(xp.sum(xp.exp(nets - top), axis=1)) + top[:, 0]
        return whole - xp.sum(wanted * nets, axis=1)

    def _share(self, rows: Sequence[int]) -> float:
        return 1 / len(rows) if self.problem.reduction == "mean" else 1.0

    def _gradient(self, parameters: Any, rows: Sequence[int]) -> Any:
        batch = slice(rows[0], rows[-1] + 1)
        x = self.rows[batch, :]
        gap = self._guess(self._nets(parameters, x)) - self.targets[batch, :]
        return self.on.xp.reshape(gap.T @ x, (-1,)) * self._share(rows)

    def _error(self, parameters: Any, rows: Sequence[int]) -> float:
        batch = slice(rows[0], rows[-1] + 1)
        parts = self._parts(self._nets(parameters, self.rows[batch, :]), self.targets[batch, :])
        return float(self.on.xp.sum(parts)) * self._share(rows)

    # the lines of the page

    def _stage(self, update: int, parameters: Any) -> None:
        stage, rows = f"@{update}", batch_of(self.problem, update)
        batch = slice(rows[0], rows[-1] + 1)
        self._parameters(parameters, stage)
        nets = self._nets(parameters, self.rows)
        guess = self._guess(nets)
        gap = guess - self.targets
        self._columns("z", nets, "", stage)
        self._columns("yhat", guess, "", stage)
        self._columns("delta", gap, "", stage)
        self._losses(nets, stage)
        names = [f"x{j}" if self.problem.features > 1 else "x" for j in range(1, self.problem.features + 1)]
        for place, ending in enumerate(self.endings):
            self.found[f"sum_delta{ending}{stage}"] = float(self.on.xp.sum(gap[batch, place]))
            for j, name in enumerate(names):
                column = self.rows[:, j] * gap[:, place]
                self._list(f"{name}delta{ending}", column, stage)
                self.found[f"sum_{name}delta{ending}{stage}"] = float(self.on.xp.sum(column[batch]))
        self._slopes_at(update, stage)

    def _losses(self, nets: Any, stage: str) -> None:
        parts = self._parts(nets, self.targets)
        self._list("L", parts, stage)
        whole = float(self.on.xp.sum(parts))
        self.found[f"sum_L{stage}"] = whole
        self.found[f"E{stage}"] = whole * self._share(range(len(self.labels)))

    def _columns(self, letter: str, table: Any, where: str, stage: str) -> None:
        for place, ending in enumerate(self.endings):
            self._list(f"{letter}{ending}{where}", table[:, place], stage)

    def _list(self, name: str, values: Any, stage: str) -> None:
        for i, value in enumerate(on_host(values).tolist(), 1):
            self.found[f"{name}[{i}]{stage}"] = value

    def _slopes_at(self, update: int, ending: str) -> None:
        assert self.path is not None
        found = self._gradient(self.path.stages[update], batch_of(self.problem, update))
        for key, slope in zip(self.problem.parameters, on_host(found).tolist(), strict=True):
            self.found[f"dE/d{key}{ending}"] = slope

    def slopes(self) -> Differences:
        """Finite differences at the updates that the page shows."""
        assert self.path is not None
        return slopes(self.problem, self.path, self._error, self.on, lambda parameters, rows: False)

    # the fit

    def _fit(self, fitted: Any) -> None:
        self._losses(self._nets(fitted, self.rows), "")
        self._classify(fitted, self.problem.samples, "")
        if self.problem.test:
            self._classify(fitted, self.problem.test, "_test")
        if self.problem.predict:
            self._guesses(fitted, self.problem.predict, "_new")
        if not self.problem.several and self.problem.features == 1 and self.problem.intercept:
            weight, bias = on_host(fitted).tolist()
            level = float(self.problem.threshold.value)
            turn = numpy.log(level) - numpy.log1p(-level)
            self.found["boundary"] = (turn - bias) / weight if weight else numpy.nan

    def _guesses(self, fitted: Any, rows: Sequence[Any], where: str) -> list[int]:
        """Records net inputs, probabilities and classes; gives the classes."""
        nets = self._nets(fitted, design(self.problem, self.on, rows, ones_first=False))
        guess = on_host(self._guess(nets))
        self._columns("z", nets, where, "")
        self._columns("yhat", guess, where, "")
        if self.problem.several:
            found = [int(place) for place in guess.argmax(axis=1)]
        else:
            found = [int(p) for p in guess[:, 0] >= float(self.problem.threshold.value)]
        for i, place in enumerate(found, 1):
            self.found[f"class{where}[{i}]"] = float(place)
        return found

    def _classify(self, fitted: Any, samples: Samples, where: str) -> None:
        found = self._guesses(fitted, samples.x, where)
        hits = [int(place == y.value) for place, y in zip(found, samples.y, strict=True)]
        for i, hit in enumerate(hits, 1):
            self.found[f"hit{where}[{i}]"] = float(hit)
        self.found[f"correct{where}"] = float(sum(hits))
        self.found[f"accuracy{where}"] = sum(hits) / len(hits)
