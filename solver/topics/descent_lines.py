"""Lines of a gradient-descent problem that belong to no single descent: averages, f and its slopes at a point."""

from __future__ import annotations

from .. import notation as n
from ..algebra import Expr, Rational, absolute, negative, power, product, quotient, symbol, total
from ..differentiate import derivative
from ..notation import Name, Node
from ..spec.descent import Descent, Row
from ..spec.expression import expression
from ..spec.number import Number
from ..working import Step, Working
from .descent_names import quantity, variable
from .renamed import renamed


def average_key(name: str, batch: int = 0) -> str:
    """The key of the average of all samples, or of a batch (from 1)."""
    return f"average_{name}[{batch}]" if batch else f"average_{name}"


class Writer:
    """Adds lines to the Working of one problem."""

    def __init__(self, problem: Descent) -> None:
        self.problem = problem
        self.working = Working()
        self.alone = len(problem.variables) == 1
        self.straight = self.alone and not problem.data
        names = [*problem.variables, *(problem.data[0] if problem.data else ())]
        self.function = expression(problem.function, names) if problem.function else None
        self.slopes = {v: derivative(self.function, symbol(v)) for v in problem.variables} if self.function else {}

    def samples(self) -> None:
        """Gives what the samples hold, and adds the averages of what they say."""
        self._data()
        self._averages()

    def add(self, key: str, rule: str, formula: Expr, name: Node, section: str) -> Expr:
        """Adds a step; gives its symbol."""
        return self.working.add(Step(key, rule, formula, name, section))

    def partial(self, name: str) -> Node:
        """∂f/∂name, with straight d where f has but one name."""
        return n.Partial(n.Name("f"), variable(name), straight=self.straight)

    # what the samples say

    def _data(self) -> None:
        for number, sample in enumerate(self.problem.data, 1):
            for name, value in sample.items():
                self.working.give(f"{name}_{number}", value, Name(name, str(number)))

    def _averages(self) -> None:
        samples, batches = self.problem.samples, self.problem.batches
        for place, name in enumerate(self.problem.variables if samples else ()):
            said = [
                self.working.give(f"g_{name}:{i}", row[place], quantity("g", name, f"({i})"))
                for i, row in enumerate(samples, 1)
            ]
            self._average(average_key(name), said, quantity("mean", name), "Average of all samples")
            if len(batches) > 1:
                self._batch_averages(name, said)
            if self.problem.wishes:
                formula = negative(symbol(average_key(name)))
                self.add(f"df/d{name}", "wish", formula, self.partial(name), "Average of all samples")

    def _batch_averages(self, name: str, said: list[Expr]) -> None:
        means = []
        for number, batch in enumerate(self.problem.batches, 1):
            key, written = average_key(name, number), quantity("mean", name, f"[{number}]")
            means.append(self._average(key, [said[i - 1] for i in batch], written, "Averages of the batches"))
        written = quantity("means", name)
        self._average(f"mean_of_averages_{name}", means, written, "Average of the batches' averages")

    def _average(self, key: str, terms: list[Expr], name: Node, section: str) -> Expr:
        return self.add(key, "average", mean(terms), name, section)

    # function and gradient

    def value(self, key: str, point: dict[str, Expr], section: str) -> Expr:
        """Adds f at the point: over all samples where there are some."""
        assert self.function is not None
        return self._over(key, self.function, "function_value", Name("f"), section, point, self._all())

    def _all(self) -> tuple[int, ...]:
        return tuple(range(1, len(self.problem.data) + 1))

    def slope(self, key: str, name: str, point: dict[str, Expr], batch: tuple[int, ...], section: str) -> Expr:
        """Adds ∂f/∂name at the point: over the samples of the batch."""
        return self._over(key, self.slopes[name], "slope", self.partial(name), section, point, batch)

    def _over(
        self,
        key: str,
        formula: Expr,
        rule: str,
        name: Node,
        section: str,
        point: dict[str, Expr],
        batch: tuple[int, ...],
    ) -> Expr:
        """A formula at the point; the average over samples where these have data."""
        index = key[key.index("[") : key.index("]") + 1]
        shown = Name("f", sup=index) if rule == "function_value" else name
        if len(batch) < 2:
            return self.add(key, rule, renamed(formula, {**point, **self._sample(batch)}), shown, section)
        parts = []
        for sample in batch:
            here = renamed(formula, {**point, **self._sample((sample,))})
            parts.append(self.add(f"{key}:{sample}", rule, here, _of_sample(shown, sample), section))
        return self.add(key, "average", mean(parts), shown, section)

    def _sample(self, batch: tuple[int, ...]) -> dict[str, Expr]:
        if not batch:
            return {}
        return {name: symbol(f"{name}_{batch[0]}") for name in self.problem.data[batch[0] - 1]}

    def at_point(self, point: Row) -> None:
        """The gradient at a point, and its length."""
        section = "Gradient"
        at = {v: self.give(f"{v}[0]", x, variable(v)) for v, x in zip(self.problem.variables, point, strict=True)}
        self.value("f[0]", at, section)
        for name in self.problem.variables:
            self.slope(f"df/d{name}[0]", name, at, self._all(), section)
        if not self.alone:
            squares = [power(symbol(f"df/d{name}[0]"), 2) for name in self.problem.variables]
            self.add("norm", "length", power(total(squares), Rational(1, 2)), n.Absolute(n.Name("∇f")), section)

    def compare(self, larger: str, smaller: str) -> None:
        """Adds how many times the slope by one parameter is that by another."""
        top, bottom = (n.Absolute(self.partial(name)) for name in (larger, smaller))
        formula = quotient(*(absolute(symbol(f"df/d{name}[0]")) for name in (larger, smaller)))
        self.add(f"ratio_{larger}_{smaller}", "ratio", formula, n.Fraction(top, bottom), "What it says")

    def give(self, key: str, number: Number, name: Node) -> Expr:
        """States a given; gives its symbol."""
        return self.working.give(key, number, name)


def mean(terms: list[Expr]) -> Expr:
    """The average of terms: 1/n (a + b + ...), the one term itself."""
    return terms[0] if len(terms) == 1 else product(Rational(1, len(terms)), total(terms))


def _of_sample(name: Node, sample: int) -> Node:
    if isinstance(name, n.Partial):
        return n.Partial(Name("f", str(sample)), name.bottom, name.straight)
    assert isinstance(name, Name)
    return Name(name.base, str(sample), sup=name.sup)
