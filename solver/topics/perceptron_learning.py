"""The learning table of a perceptron as steps: net input, output, error and new weights of every sample shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ..algebra import Expr, Integer, absolute, cases, difference, negative, product, quotient, symbol, total
from ..errors import NotComputable
from ..evaluate import settled, value_of
from ..notation import Name, Node
from ..rounding import Value
from ..spec.number import Number
from ..spec.perceptron_problem import MOST_ROWS, Perceptron
from ..working import Step, Working

ZERO = Number.of(0)
BOUNDARY = "The line"


@dataclass(slots=True)
class Learning:
    """A perceptron while it learns: its Working, the values so far, and where each weight stands now.

    starts:  the weights (and bias) at the end of each epoch, the start first
    repeats: the two epochs that end with the same weights (0 is the start), or None
    """

    problem: Perceptron
    working: Working = field(default_factory=Working)
    values: dict[str, Value] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    shown: int = 0
    epochs: int = 0
    converged: bool = False
    repeats: tuple[int, int] | None = None
    ends: list[tuple[Value, ...]] = field(default_factory=list)

    @property
    def offset(self) -> str:
        """b, theta, or nothing."""
        if self.problem.bias is not None:
            return "b"
        return "theta" if self.problem.threshold is not None else ""

    def learn(self) -> None:
        """Epoch after epoch until no sample is missed, the weights repeat, or the epochs are over."""
        self._give()
        self.ends.append(self._state())
        count = len(self.problem.samples)
        most = self.problem.epochs or max(1, MOST_ROWS // count)
        while self.epochs < most and not self.converged:
            if self.repeats and self.problem.epochs is None:
                break
            self.epochs += 1
            self._epoch()
        self._line()

    def tag(self, sample: int, epoch: int) -> str:
        """How the keys of a sample of an epoch end: [2]@3."""
        return f"[{sample}]" + (f"@{epoch}" if epoch > 1 else "")

    def _give(self) -> None:
        for place, weight in enumerate(self.problem.weights, 1):
            self._given(f"w{place}", weight, self._named(f"w{place}", 0))
        if self.offset:
            own = self.problem.bias or self.problem.threshold or ZERO
            self._given(self.offset, own, self._named(self.offset, 0))
        self._given("eta", self.problem.learning_rate, Name("η"))
        for index, case in enumerate(self.problem.samples, 1):
            for place, number in enumerate(case.inputs, 1):
                self._given(f"x{place}[{index}]", number, Name("x", str(place)))
            self._given(f"t[{index}]", case.target or ZERO, Name("t"))
        weights = [f"w{place}" for place in range(1, len(self.problem.weights) + 1)]
        self.current = {key: key for key in (*weights, *([self.offset] if self.offset else []))}

    def _given(self, key: str, number: Number, name: Node) -> None:
        self.working.give(key, number, name)
        self.values[key] = number.value

    def _named(self, quantity: str, shown: int) -> Name:
        """w1 after so many samples: w1^(3)."""
        base, sub = ("θ", "") if quantity == "theta" else (quantity[0], quantity[1:])
        return Name(base, sub, sup=f"({shown})" if self._moves(quantity) else "")

    def _moves(self, quantity: str) -> bool:
        return quantity not in ("b", "theta") or self.problem.learns_offset

    def _add(self, key: str, rule: str, formula: Expr, name: Node, section: str) -> None:
        self.working.add(Step(key, rule, formula, name, section))
        try:
            self.values[key] = settled(value_of(formula, self.values))
        except OverflowError as error:
            raise NotComputable(key, "the value is beyond double precision (about 1.8e308)") from error

    def _epoch(self) -> None:
        misses = []
        for sample in range(1, len(self.problem.samples) + 1):
            self.shown += 1
            tag, section = self.tag(sample, self.epochs), f"Epoch {self.epochs}, sample {sample}"
            self._output(sample, tag, section)
            self._error(sample, tag, section)
            self._updates(sample, tag, section)
            misses.append(absolute(symbol(f"e{tag}")))
        formula = misses[0] if len(misses) == 1 else total(misses)
        if self.problem.low and self.problem.rule == "difference":
            formula = quotient(formula, Integer(2))
        section = f"Epoch {self.epochs}, misses"
        self._add(
            f"errors@{self.epochs}", "misses", formula, Name("misses", sup=f"({self.epochs})", upright=True), section
        )
        self.converged = self.values[f"errors@{self.epochs}"] == 0
        self._look_back()

    def _look_back(self) -> None:
        """Notices that the weights are those of an earlier end of an epoch."""
        state = self._state()
        if not self.converged and self.repeats is None and state in self.ends:
            self.repeats = (self.ends.index(state), self.epochs)
        self.ends.append(state)

    def _state(self) -> tuple[Value, ...]:
        return tuple(self.values[key] for key in self.current.values())

    def _output(self, sample: int, tag: str, section: str) -> None:
        terms = [
            product(symbol(self.current[f"w{place}"]), symbol(f"x{place}[{sample}]"))
            for place in range(1, len(self.problem.weights) + 1)
        ]
        if self.offset == "b":
            terms.append(symbol(self.current["b"]))
        formula = terms[0] if len(terms) == 1 else total(terms)
        self._add(f"in{tag}", "weighted_sum", formula, Name("net", str(self.shown), upright=True), section)
        limit = symbol(self.current["theta"]) if self.offset == "theta" else Integer(0)
        net = symbol(f"in{tag}")
        condition = net >= limit if self.problem.fires == ">=" else net > limit
        fired = cases((Integer(1), condition), (Integer(self.problem.low), True))
        self._add(f"y{tag}", "fires", fired, Name("y", str(self.shown)), section)

    def _error(self, sample: int, tag: str, section: str) -> None:
        miss = difference(symbol(f"t[{sample}]"), symbol(f"y{tag}"))
        target = self.problem.rule == "target"
        formula = quotient(miss, Integer(2)) if target else miss
        self._add(f"e{tag}", "miss_target" if target else "miss", formula, Name("e", str(self.shown)), section)

    def _updates(self, sample: int, tag: str, section: str) -> None:
        eta, error = symbol("eta"), symbol(f"e{tag}")
        for quantity, key in self.current.items():
            if not self._moves(quantity):
                continue
            if quantity == "theta":
                rule, formula = "learn_threshold", difference(symbol(key), product(eta, error))
            elif quantity == "b":
                rule, formula = "learn_bias", total([symbol(key), product(eta, error)])
            else:
                source = symbol(f"x{quantity[1:]}[{sample}]")
                rule, formula = "learn", total([symbol(key), product(eta, error, source)])
            self._add(f"{quantity}{tag}", rule, formula, self._named(quantity, self.shown), section)
            self.current[quantity] = f"{quantity}{tag}"

    def _line(self) -> None:
        """The line of two inputs that vary, solved for x2; inputs that never vary belong to the constant."""
        free, constant = self.columns()
        if len(free) != 2:
            return
        first, second = (symbol(self.current[f"w{place}"]) for place in free)
        if self.values[second.name] == 0:
            if self.values[first.name] != 0:
                formula = quotient(self._turned(self._constant(constant)), first)
                self._add("line_at", "upright_line", formula, Name("x", str(free[0])), BOUNDARY)
            return
        self._add(
            "line_slope", "line_slope", quotient(self._turned(first), second), Name("slope", upright=True), BOUNDARY
        )
        formula = quotient(self._turned(self._constant(constant)), second)
        self._add("line_intercept", "line_intercept", formula, Name("intercept", upright=True), BOUNDARY)

    def columns(self) -> tuple[list[int], list[int]]:
        """The inputs that vary from sample to sample, and those that do not, counted from 1."""
        rows = [[number.value for number in case.inputs] for case in self.problem.samples]
        varies = [len(set(column)) > 1 for column in zip(*rows, strict=True)]
        return [i for i, each in enumerate(varies, 1) if each], [i for i, each in enumerate(varies, 1) if not each]

    def _constant(self, places: list[int]) -> Expr:
        terms = [product(symbol(self.current[f"w{place}"]), symbol(f"x{place}[1]")) for place in places]
        if self.offset:
            own = symbol(self.current[self.offset])
            terms.append(own if self.offset == "b" else negative(own))
        if not terms:
            return Integer(0)
        return terms[0] if len(terms) == 1 else total(terms)

    def constant_value(self) -> Fraction:
        """The constant of the line, as a number."""
        return Fraction(value_of(self._constant(self.columns()[1]), self.values))

    def _turned(self, body: Expr) -> Expr:
        """-body; what is 0 stays as it is, so that no -0 is written."""
        if value_of(body, self.values) == 0:
            return body
        return body.args[1] if body.is_Mul and body.args[0] == -1 else negative(body)
