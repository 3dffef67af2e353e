"""Linear regression by plain array code: QR of the centred columns, array updates; it has never heard of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from ..spec.regression import LinearRegression, Samples
from .backends import Arrays, backend, on_host
from .compare import Audit, Differences, held
from .regression import Path, batch_of, descend, design, slopes, targets
from .residual_losses import ResidualLoss

Values = dict[str, float]


def quantities(problem: LinearRegression, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every quantity by its key, see `solver.topics`; a quantity that cannot be computed is nan or infinite."""
    with numpy.errstate(all="ignore"):
        return _Recorder(problem, Arrays(xp, device)).everything()


def audit(values: Mapping[str, float], problem: LinearRegression, backend_name: str = "numpy") -> Audit:
    """Every value held against the reference, every gradient against differences. Raises Unavailable."""
    xp, device = backend(backend_name)
    with numpy.errstate(all="ignore"):
        recorder = _Recorder(problem, Arrays(xp, device))
        reference = recorder.everything()
        return held(values, reference, recorder.slopes(), backend_name)


class _Recorder:
    def __init__(self, problem: LinearRegression, on: Arrays) -> None:
        self.problem, self.on = problem, on
        # m before c for one feature, b0 before b1 for several
        self.ones_first = problem.features > 1
        self.rows = design(problem, on, problem.samples.x, ones_first=self.ones_first)
        self.y = targets(problem.samples.y, on)
        self.loss = ResidualLoss(problem, on.xp, float(on.xp.max(on.xp.abs(self.y))))
        self.found: Values = {}
        self.path: Path | None = None
        self.names = [f"x{j}" if self.ones_first else "x" for j in range(1, problem.features + 1)]

    def everything(self) -> Values:
        """All quantities of the method, then of the fit."""
        if self.problem.descent:
            fitted = self._descent()
        else:
            self._sums()
            fitted = self._least_squares()
        self._parameters(fitted, "")
        self._fit(fitted, self.problem.samples, "")
        self.found["E"] = self._error(fitted, range(len(self.problem.samples)))
        if self.problem.test:
            self._fit(fitted, self.problem.test, "_test")
        if self.problem.predict:
            new = design(self.problem, self.on, self.problem.predict, ones_first=self.ones_first) @ fitted
            self._list("yhat_new", new)
        return self.found

    def _list(self, name: str, values: Any, ending: str = "") -> None:
        for i, value in enumerate(on_host(values).tolist(), 1):
            self.found[f"{name}[{i}]{ending}"] = value

    def _parameters(self, values: Any, ending: str) -> None:
        for key, value in zip(self.problem.parameters, on_host(values).tolist(), strict=True):
            self.found[f"{key}{ending}"] = value

    # least squares

    def _sums(self) -> None:
        """Sums of columns, and of products of two columns."""
        columns = design(self.problem, self.on, self.problem.samples.x, ones_first=True)
        start = 1 if self.problem.intercept else 0
        xs = [columns[:, start + j] for j in range(self.problem.features)]
        total = self.on.xp.sum
        for j, (name, x) in enumerate(zip(self.names, xs, strict=True)):
            self.found[f"sum_{name}"] = float(total(x))
            self.found[f"sum_{name}y"] = float(total(x * self.y))
            for other, z in zip(self.names[j:], xs[j:], strict=True):
                self.found[f"sum_{name}{other}"] = float(total(x * z))
        if self.problem.method == "sums":
            self._list("xy", xs[0] * self.y)
            self._list("xx", xs[0] * xs[0])
            self._spread(xs[0])
        else:
            self._elimination(columns)

    def _spread(self, x: Any) -> None:
        """n²  times covariance and variance, which is what the sums formula divides."""
        mean, n = self.on.xp.mean, len(self.problem.samples)
        off = x - mean(x)
        self.found["m_top"] = n * float(self.on.xp.sum(off * (self.y - mean(self.y))))
        self.found["m_bottom"] = n * float(self.on.xp.sum(off * off))

    def _elimination(self, columns: Any) -> None:
        """What elimination leaves of XᵀX are products of what the first columns leave of the others."""
        size = len(self.problem.parameters)
        for step in range(size):
            left, y = self._without(columns, self.y, step)
            for row in range(step, size):
                pivot = float(self.on.xp.sum(left[:, step] * left[:, step]))
                shared = float(self.on.xp.sum(left[:, row] * left[:, step]))
                self.found[f"l{row + 1}{step + 1}"] = shared / pivot
                self.found[f"r{row + 1}@{step}"] = float(self.on.xp.sum(left[:, row] * y))
                for k in range(step, size):
                    self.found[f"a{row + 1}{k + 1}@{step}"] = float(self.on.xp.sum(left[:, row] * left[:, k]))

    def _without(self, columns: Any, y: Any, step: int) -> tuple[Any, Any]:
        """The columns and y with their shadow on the first `step` columns taken away (twice, for rounding)."""
        if step == 0:
            return columns, y
        basis = self.on.xp.linalg.qr(columns[:, :step])[0]
        for _ in range(2):
            columns = columns - basis @ (basis.T @ columns)
            y = y - basis @ (basis.T @ y)
        return columns, y

    def _least_squares(self) -> Any:
        """The parameters by QR of the columns, centred where there is an intercept, in the order of the keys."""
        xp, start = self.on.xp, 1 if self.problem.intercept else 0
        x = design(self.problem, self.on, self.problem.samples.x, ones_first=True)[:, start:]
        middle, level = xp.zeros_like(x[0, :]), 0.0 * self.y[0]
        if self.problem.intercept:
            middle, level = xp.mean(x, axis=0), xp.mean(self.y)
        off = x - middle
        scale = xp.sqrt(xp.sum(off * off, axis=0))
        q, r = xp.linalg.qr(off / scale)
        weights = xp.linalg.solve(r, q.T @ (self.y - level)) / scale
        if not self.problem.intercept:
            return weights
        intercept = xp.reshape(level - xp.sum(middle * weights), (1,))
        return xp.concat([intercept, weights] if self.ones_first else [weights, intercept])

    # gradient descent

    def _descent(self) -> Any:
        assert self.problem.descent is not None
        start = targets(self.problem.descent.start, self.on)
        self.path = descend(self.problem, start, self._gradient)
        everyone = range(len(self.problem.samples))
        for epoch, parameters in enumerate(self.path.epochs):
            self._parameters(parameters, f"#{epoch}")
            self.found[f"E#{epoch}"] = self._error(parameters, everyone)
        for update, parameters in self.path.stages.items():
            self._stage(update, parameters)
        self._parameters(self.path.epochs[1], f"@{len(self.problem.batches)}")
        self.found["E@0"] = self.found["E#0"]
        self._gradients(list(self.path.stages)[-1], "")
        return self.path.epochs[-1]

    def _stage(self, update: int, parameters: Any) -> None:
        """The columns of the table before an update, and its gradient."""
        stage, rows = f"@{update}", batch_of(self.problem, update)
        self._parameters(parameters, stage)
        guess = self.rows @ parameters
        e = self.y - guess
        slope, part = self.loss.slope(e), self.loss.part(e)
        self._list("yhat", guess, stage)
        for letter, column in (("e", e), ("ee", e * e), ("g", slope), ("L", part)):
            self._list(letter, column, stage)
        xp = self.on.xp
        self.found[f"sum_ee{stage}"], self.found[f"sum_L{stage}"] = float(xp.sum(e * e)), float(xp.sum(part))
        for letter, signal in (("e", e), ("g", slope)):
            self._columns(letter, signal, stage, rows)
        self._gradients(update, stage)

    def _columns(self, letter: str, signal: Any, stage: str, rows: Sequence[int]) -> None:
        """Each feature times the signal, and the sums over the batch."""
        first = 1 if self.problem.intercept and self.ones_first else 0
        batch = slice(rows[0], rows[-1] + 1)
        self.found[f"sum_{letter}{stage}"] = float(self.on.xp.sum(signal[batch]))
        for j, name in enumerate(self.names):
            column = self.rows[:, first + j] * signal
            self._list(f"{name}{letter}", column, stage)
            self.found[f"sum_{name}{letter}{stage}"] = float(self.on.xp.sum(column[batch]))

    def _gradients(self, update: int, ending: str) -> None:
        assert self.path is not None
        slopes = self._gradient(self.path.stages[update], batch_of(self.problem, update))
        for key, slope in zip(self.problem.parameters, on_host(slopes).tolist(), strict=True):
            self.found[f"dE/d{key}{ending}"] = slope

    def _share(self, rows: Sequence[int]) -> float:
        return 1 / len(rows) if self.problem.reduction == "mean" else 1.0

    def _gradient(self, parameters: Any, rows: Sequence[int]) -> Any:
        batch = slice(rows[0], rows[-1] + 1)
        x = self.rows[batch, :]
        return x.T @ self.loss.slope(self.y[batch] - x @ parameters) * self._share(rows)

    def _error(self, parameters: Any, rows: Sequence[int]) -> float:
        batch = slice(rows[0], rows[-1] + 1)
        e = self.y[batch] - self.rows[batch, :] @ parameters
        return float(self.on.xp.sum(self.loss.part(e))) * self._share(rows)

    def slopes(self) -> Differences:
        """Finite differences at the updates that the page shows."""
        if self.path is None:
            return Differences()
        return slopes(self.problem, self.path, self._error, self.on, self._bent)

    def _bent(self, parameters: Any, rows: Sequence[int]) -> bool:
        """Whether a residual stands so near a kink of the loss that a nudge would cross it."""
        reach = 2e-3 * self.on.xp.sum(self.on.xp.abs(self.rows) * (1 + self.on.xp.abs(parameters)), axis=1)
        near = self.loss.near_kink(self.y - self.rows @ parameters, reach)
        return bool(on_host(near)[list(rows)].any())

    # the fit

    def _fit(self, parameters: Any, samples: Samples, where: str) -> None:
        xp = self.on.xp
        y = targets(samples.y, self.on)
        guess = design(self.problem, self.on, samples.x, ones_first=self.ones_first) @ parameters
        e, off = y - guess, y - xp.mean(y)
        self._list(f"yhat{where}", guess)
        self._list(f"e{where}", e)
        self._list(f"ee{where}", e * e)
        self._list(f"dd{where}", off * off)
        self.found[f"sum_y{where}"] = float(xp.sum(y))
        self.found[f"ybar{where}"] = float(xp.mean(y))
        left, spread = float(xp.sum(e * e)), float(xp.sum(off * off))
        self.found[f"SS_res{where}"], self.found[f"SS_tot{where}"] = left, spread
        self.found[f"MSE{where}"] = left / len(samples)
        self.found[f"R2{where}"] = 1 - left / spread if spread else numpy.nan
        if not where:
            part = self.loss.part(e)
            self._list("L", part)
            self.found["sum_L"] = float(xp.sum(part))
