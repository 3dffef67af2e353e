"""The Working of a gradient-descent problem: gradients, updates and the function at each point.

Keys: x[k] is x after k updates, f[k] and df/dx[k] belong to that point, m_x[k] is the state after update k.
Where several descents stand side by side, those of the second end in @2.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import notation as n
from ..algebra import Expr, Integer, Rational, absolute, negative, power, product, quotient, symbol, total
from ..catalog.optimizers import SETTINGS, SHARED, Place, ahead, settings, steps
from ..differentiate import derivative
from ..evaluate import evaluate
from ..notation import Name, Node
from ..spec.descent import Descent, Row, Run
from ..spec.expression import expression
from ..spec.number import Number
from ..working import Step, Working
from .descent_names import quantity, variable
from .renamed import renamed


def work(problem: Descent) -> Working:
    """The lines of every descent, or of the gradient at the point, or of the averages of the samples."""
    writer = _Writer(problem)
    working = writer.work()
    if problem.function and not problem.runs:
        _compare(writer)
    return working


def _compare(writer: _Writer) -> None:
    """How many times each slope is the smallest one, where slopes are not 0."""
    found = evaluate(writer.working)
    sizes = {name: abs(found.number(f"df/d{name}[0]")) for name in writer.problem.variables}
    felt = {name: size for name, size in sizes.items() if size > _NOTHING}
    if felt:
        least = min(felt, key=lambda name: felt[name])
        for name in felt:
            if name != least:
                writer.compare(name, least)


_NOTHING = 1e-12


def average_key(name: str, batch: int = 0) -> str:
    """The key of the average of all samples, or of a batch (from 1)."""
    return f"average_{name}[{batch}]" if batch else f"average_{name}"


class _Writer:
    def __init__(self, problem: Descent) -> None:
        self.problem = problem
        self.working = Working()
        self.alone = len(problem.variables) == 1
        self.straight = self.alone and not problem.data
        names = [*problem.variables, *(problem.data[0] if problem.data else ())]
        self.function = expression(problem.function, names) if problem.function else None
        self.slopes = {v: derivative(self.function, symbol(v)) for v in problem.variables} if self.function else {}

    def work(self) -> Working:
        self._data()
        self._averages()
        for index, run in enumerate(self.problem.runs):
            _RunWriter(self, run, self.problem.tag(index)).work()
        if self.function is not None and not self.problem.runs:
            self._at_point(self.problem.point)
        return self.working

    def add(self, key: str, rule: str, formula: Expr, name: Node, section: str) -> Expr:
        return self.working.add(Step(key, rule, formula, name, section))

    def partial(self, name: str) -> Node:
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

    def _at_point(self, point: Row) -> None:
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
        return self.working.give(key, number, name)


def mean(terms: list[Expr]) -> Expr:
    """The average of terms: 1/n (a + b + ...), the one term itself."""
    return terms[0] if len(terms) == 1 else product(Rational(1, len(terms)), total(terms))


def _of_sample(name: Node, sample: int) -> Node:
    if isinstance(name, n.Partial):
        return n.Partial(Name("f", str(sample)), name.bottom, name.straight)
    assert isinstance(name, Name)
    return Name(name.base, str(sample), sup=name.sup)


class _RunWriter:
    """The lines of one descent."""

    def __init__(self, writer: _Writer, run: Run, tag: str) -> None:
        self.writer, self.run, self.tag = writer, run, tag
        self.problem, self.working = writer.problem, writer.working
        self.variables = self.problem.variables
        self.before: dict[str, dict[str, Expr]] = {}

    def key(self, base: str, k: int) -> str:
        return f"{base}[{k}]{self.tag}"

    def work(self) -> None:
        self._givens()
        if self.writer.function is not None:
            self._value(0, "At the start")
        for k in range(1, self.problem.steps + 1):
            self._update(k, f"Step {k}")
            if self.writer.function is not None:
                self._value(k, f"Step {k}")
        if self.writer.function is not None:
            self._slopes(self.problem.steps, self._point(self.problem.steps), "At the last point", last=True)

    def _givens(self) -> None:
        for name, number in zip(self.variables, self.run.start, strict=True):
            self.writer.give(self.key(name, 0), number, variable(name, 0))
        self.writer.give(f"eta{self.tag}", self.run.rate, Name("η"))
        for setting, number in settings(self.run.optimizer).items():
            self.writer.give(f"{setting}{self.tag}", number, SETTINGS[setting])
        for place, name in enumerate(self.variables):
            self.before[name] = {}
            for letter in self.run.optimizer.states:
                self._state(letter, name, place)

    def _state(self, letter: str, name: str, place: int) -> None:
        """States what earlier updates left of this letter; nothing where it starts with the first gradient."""
        number = self.run.optimizer.earlier(letter, name, place)
        if number is None and self.run.optimizer.starts_empty:
            return
        key = self._letter_key(letter, name, 0)
        if key not in self.working:
            self.writer.give(key, number or Number.of(0), self._letter_name(letter, name, 0))
        self.before[name][letter] = symbol(key)

    def _letter_key(self, letter: str, name: str, k: int) -> str:
        return self.key(letter if letter in SHARED else f"{letter}_{name}", k)

    def _letter_name(self, letter: str, name: str, k: int) -> Node:
        shown = "" if letter in SHARED or self.writer.alone else name
        return quantity(letter, shown, f"[{k}]", parameter=name)

    def _point(self, k: int) -> dict[str, Expr]:
        return {name: symbol(self.key(name, k)) for name in self.variables}

    def _value(self, k: int, section: str) -> None:
        self.writer.value(self.key("f", k), self._point(k), self._in(section))

    def _in(self, section: str) -> str:
        return f"{section} of run {self.tag[1:]}" if self.tag else section

    def _update(self, k: int, section: str) -> None:
        places = {name: self._place(name, k, self._in(section)) for name in self.variables}
        point = self._point(k - 1)
        for name, place in places.items():
            for step in ahead(self.run.optimizer, place):
                point[name] = self.working.add(step)
        self._slopes(k - 1, point, section)
        for name, place in places.items():
            for step in steps(self.run.optimizer, place):
                if step.key not in self.working:
                    self.working.add(step)
            letters = self.run.optimizer.states
            self.before[name] = {letter: symbol(self._letter_key(letter, name, k)) for letter in letters}

    def _place(self, name: str, k: int, section: str) -> Place:
        return Place(
            parameter=symbol(self.key(name, k - 1)),
            gradient=symbol(self.key(f"df/d{name}", k - 1)),
            new=self.key(name, k),
            new_name=variable(name, k),
            key=_bound(self._letter_key, name, k),
            name=lambda letter: self._letter_name(letter, name, k),
            before=self.before[name],
            update=Integer(self.run.optimizer.t + k - 1),
            section=section,
            about=(name,),
            setting=lambda key: symbol(f"{key}{self.tag}"),
        )

    def _slopes(self, k: int, point: dict[str, Expr], section: str, *, last: bool = False) -> None:
        """The gradient for update k + 1: of the function over its batch, given, or a batch's average."""
        batches = self.problem.batches
        batch = batches[k % len(batches)] if batches else ()
        for place, name in enumerate(self.variables):
            key = self.key(f"df/d{name}", k)
            if self.problem.gradients:
                self.writer.give(key, self.problem.gradients[k][place], quantity("g", self._shown(name), f"[{k}]"))
            elif self.problem.samples:
                self._from_average(key, name, k, section)
            else:
                over = tuple(range(1, len(self.problem.data) + 1)) if last else batch
                self.writer.slope(key, name, point, over, self._in(section))

    def _shown(self, name: str) -> str:
        return "" if self.writer.alone else name

    def _from_average(self, key: str, name: str, k: int, section: str) -> None:
        batches = self.problem.batches
        number = k % len(batches) + 1 if len(batches) > 1 else 0
        found = symbol(average_key(name, number))
        rule, formula = ("wish", negative(found)) if self.problem.wishes else ("batch_gradient", found)
        self.writer.add(key, rule, formula, self.writer.partial(name), self._in(section))


def _bound(key: Callable[[str, str, int], str], name: str, k: int) -> Callable[[str], str]:
    return lambda letter: key(letter, name, k)
