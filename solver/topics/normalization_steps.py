"""The lines of a normalization: statistics, outputs, running averages, the way back, the update."""

from __future__ import annotations

from collections.abc import Mapping

from ..algebra import Expr, Integer, Rational, difference, negative, power, product, quotient, symbol, total
from ..spec.normalization_problem import Cell, Normalization
from ..spec.number import Number
from ..working import Step, Working
from .normalization_names import name_of
from .outcome import (
    BACKWARD,
    add_backward,
    add_error,
    add_short_form,
    add_update,
    cells,
    give_outcome,
    numbered,
)

STATISTICS, NORMALIZED, OUTPUTS, RUNNING = "Mean and variance", "Normalized", "Outputs", "Running averages"
_ONE = Integer(1)


def work(problem: Normalization) -> Working:
    """Every line of the problem, in order."""
    return _Work(problem).work()


def parameters(problem: Normalization) -> dict[str, Number]:
    """gamma[1] ... beta[1] ... with their numbers."""
    found = {f"gamma[{index}]": number for index, number in enumerate(problem.gamma, 1)}
    return found | {f"beta[{index}]": number for index, number in enumerate(problem.beta, 1)}


def at(name: str, cell: Cell) -> str:
    """The key of a cell: x[2,1]."""
    return f"{name}[{cell[0]},{cell[1]}]"


class _Work:
    """Builds the Working: forward steps, error, chain rule, closed formula, update."""

    def __init__(self, problem: Normalization) -> None:
        self.problem = problem
        self.working = Working()
        self.outs = numbered("out", *problem.size)

    def work(self) -> Working:
        problem, working = self.problem, self.working
        self._givens()
        if not problem.testing:
            for group in problem.groups:
                self._statistics(group)
        for group in problem.groups:
            self._normalized(group)
        for cell in problem.cells:
            self._output(cell)
        if problem.running and not problem.testing:
            self._running()
        if problem.outcome.target:
            add_error(problem.outcome, self.outs, working, name_of)
        if problem.outcome.goes_back:
            self._back()
        if problem.outcome.learns:
            add_update(parameters(problem), working, name_of)
        return working

    def _give(self, key: str, number: Number) -> None:
        self.working.give(key, number, name_of(key))

    def _givens(self) -> None:
        problem = self.problem
        for (row, column), key in zip(problem.cells, cells(numbered("x", *problem.size)), strict=True):
            self._give(key, problem.inputs[row - 1][column - 1])
        for key, number in parameters(problem).items():
            self._give(key, number)
        self._give("epsilon", problem.epsilon)
        if problem.running:
            for index, (mean, variance) in enumerate(
                zip(problem.running.mean, problem.running.variance, strict=True), 1
            ):
                self._give(f"running_mean[{index}]", mean)
                self._give(f"running_variance[{index}]", variance)
            if problem.running.momentum is not None:
                self._give("momentum", problem.running.momentum)
        give_outcome(problem.outcome, self.outs, self.working, name_of)

    def _step(self, key: str, rule: str, formula: Expr, section: str, slopes: Mapping[str, Expr]) -> Expr:
        return self.working.add(Step(key, rule, formula, name_of(key), section, slopes=slopes))

    def _statistics(self, group: int) -> None:
        members, count = self.problem.members(group), Integer(self.problem.count)
        inputs = [symbol(at("x", cell)) for cell in members]
        share = Rational(1, self.problem.count)
        mean = self._step(
            f"mean[{group}]", "mean_value", quotient(total(inputs), count), STATISTICS, {x.name: share for x in inputs}
        )
        for cell, x in zip(members, inputs, strict=True):
            self._centred(cell, x, mean)
        self._spread(f"variance[{group}]", "variance", members, self.problem.degrees)

    def _centred(self, cell: Cell, x: Expr, mean: Expr) -> None:
        slopes = {x.name: _ONE, mean.name: Integer(-1)}
        section = NORMALIZED if self.problem.testing else STATISTICS
        self._step(at("centred", cell), "centred", difference(x, mean), section, slopes)

    def _spread(self, key: str, rule: str, members: list[Cell], degrees: int, section: str = STATISTICS) -> Expr:
        distances = [symbol(at("centred", cell)) for cell in members]
        squares = total(power(distance, 2) for distance in distances)
        slopes = {c.name: product(Rational(2, degrees), c) for c in distances}
        return self._step(key, rule, quotient(squares, Integer(degrees)), section, slopes)

    def _normalized(self, group: int) -> None:
        problem = self.problem
        source = "running_variance" if problem.testing else "variance"
        variance = symbol(f"{source}[{group}]")
        root = power(total([variance, symbol("epsilon")]), Rational(1, 2))
        own = symbol(f"std[{group}]")
        slopes = {variance.name: quotient(_ONE, product(Integer(2), own))}
        std = self._step(own.name, "root_of_variance", root, NORMALIZED, slopes)
        for cell in problem.members(group):
            if problem.testing:
                self._centred(cell, symbol(at("x", cell)), symbol(f"running_mean[{group}]"))
            centred = symbol(at("centred", cell))
            by = {centred.name: quotient(_ONE, std), std.name: negative(quotient(centred, power(std, 2)))}
            self._step(at("xhat", cell), "normalized", quotient(centred, std), NORMALIZED, by)

    def _output(self, cell: Cell) -> None:
        gamma, beta = symbol(f"gamma[{cell[1]}]"), symbol(f"beta[{cell[1]}]")
        xhat = symbol(at("xhat", cell))
        slopes = {gamma.name: xhat, xhat.name: gamma, beta.name: _ONE}
        self._step(at("out", cell), "scale_and_shift", total([product(gamma, xhat), beta]), OUTPUTS, slopes)

    def _running(self) -> None:
        problem, running = self.problem, self.problem.running
        assert running is not None
        other = running.spread != problem.variance
        degrees = problem.count - (running.spread == "sample")
        for group in problem.groups:
            spread = symbol(f"variance[{group}]")
            if other:
                key, rule = f"{running.spread}_variance[{group}]", f"{running.spread}_variance"
                spread = self._spread(key, rule, problem.members(group), degrees, RUNNING)
            self._average(f"running_mean[{group}]", symbol(f"mean[{group}]"), running.weighs)
            self._average(f"running_variance[{group}]", spread, running.weighs)

    def _average(self, key: str, batch: Expr, weighs: str) -> None:
        momentum, old = symbol("momentum"), symbol(key)
        rest = difference(_ONE, momentum)
        terms = [product(momentum, old), product(rest, batch)]
        if weighs == "new":
            terms = [product(rest, old), product(momentum, batch)]
        self._step(f"{key}'", "running_mean", total(terms), RUNNING, {})

    # backward

    def _back(self) -> None:
        problem = self.problem
        inputs = cells(numbered("x", *problem.size))
        through = [*cells(self.outs), *parameters(problem), *cells(numbered("xhat", *problem.size))]
        through += [f"std[{group}]" for group in problem.groups] if not problem.testing else []
        add_backward(problem.outcome, self.outs, [*parameters(problem), *inputs], [*through, *inputs], self.working)
        if problem.testing:
            return
        for group in problem.groups:
            sums = self._sums(group)
            for cell in problem.members(group):
                add_short_form(at("dE/dx", cell), self._closed(cell, group, sums), self.working)

    def _sums(self, group: int) -> tuple[Expr, Expr]:
        """Layer normalization: the sums over a sample that its closed formula takes away."""
        if self.problem.batch:
            return symbol(f"dE/dbeta[{group}]"), symbol(f"dE/dgamma[{group}]")
        members = self.problem.members(group)
        slopes = [symbol(at("dE/dxhat", cell)) for cell in members]
        values = [symbol(at("xhat", cell)) for cell in members]
        weighted = total(product(slope, value) for slope, value in zip(slopes, values, strict=True))
        plain = self._sum(f"sum_dxhat[{group}]", total(slopes))
        return plain, self._sum(f"sum_dxhat_xhat[{group}]", weighted)

    def _sum(self, key: str, formula: Expr) -> Expr:
        return self.working.add(Step(key, "total", formula, name_of(key), BACKWARD))

    def _closed(self, cell: Cell, group: int, sums: tuple[Expr, Expr]) -> Expr:
        """(γ/s) (∂E/∂out − ∂E/∂β / m − x̂ ∂E/∂γ / m); for a layer with ∂E/∂x̂ and sums over the sample.

        Source: Ioffe and Szegedy, Batch Normalization (2015), section 3, the six lines put together.
        """
        problem, std = self.problem, symbol(f"std[{group}]")
        front = symbol(f"gamma[{cell[1]}]") if problem.batch else _ONE
        own = symbol(at("dE/dout" if problem.batch else "dE/dxhat", cell))
        away = quotient(sums[0], Integer(problem.count))
        spread = quotient(product(symbol(at("xhat", cell)), sums[1]), Integer(problem.degrees))
        return product(quotient(front, std), total([own, negative(away), negative(spread)]))
