"""Gradient descent over samples: the first epoch in full, many epochs in the compiled working, the last update.

Keys end in @3 for what holds after 3 updates; those of the fitted model have no such ending.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from ..algebra import Expr, difference, product, symbol
from ..errors import NotComputable
from ..evaluate import compiled, evaluate
from ..notation import Name, Partial
from ..rounding import Value, shown
from ..spec.number import Number
from ..spec.regression import Descent
from ..working import Working
from . import regression_names as names
from .regression_lines import Sheet

START, FIRST, LAST = "Error at the start", "First epoch", "Last update"


@dataclass(frozen=True, slots=True)
class Weight:
    """A parameter: its key, the feature it goes with (0: the intercept), the ending of its output's quantities."""

    key: str
    feature: int
    output: str = ""


class Model(Protocol):
    """What gradient descent asks of a model."""

    weights: tuple[Weight, ...]
    letter: str  # of the signal that each sample sends back: e, g or delta

    def forward(self, i: int, stage: str, section: str) -> None:
        """Adds the prediction and the signal of a sample."""

    def error(self, stage: str, section: str) -> None:
        """Adds the error over all samples, whose forward lines stand."""

    def gradient(self, column: Expr, count: Expr | None) -> Expr:
        """The gradient from the sum of signal times feature; count: what it is divided by (None: nothing)."""


@dataclass(frozen=True, slots=True)
class Course:
    """How training went.

    states:   the parameters after each epoch, the start first
    errors:   E after each epoch, the start first, without that of the last epoch
    previous: the parameters before the last update
    """

    states: tuple[tuple[Value, ...], ...]
    errors: tuple[Value, ...]
    previous: tuple[Value, ...]


class Training:
    """Adds the lines of gradient descent to a sheet."""

    def __init__(self, sheet: Sheet, model: Model, descent: Descent, digits: int, carry: str) -> None:
        self.sheet, self.model, self.descent = sheet, model, descent
        self.digits, self.carry = digits, carry
        self.batches = sheet.regression.batches
        self.updates = len(self.batches) * descent.epochs

    def add(self) -> Course | None:
        """Every line up to the fitted parameters; the course where there is more than one epoch."""
        self._givens()
        self._error_at_start()
        once = self.descent.epochs == 1
        for number, batch in enumerate(self.batches):
            last = once and number == len(self.batches) - 1
            self._update(number, batch, self._section(number), last=last)
        if once:
            return None
        course = self._course()
        for weight, value in zip(self.model.weights, course.previous, strict=True):
            if f"{weight.key}@{self.updates - 1}" not in self.sheet.working:
                number = Number(Fraction(value), shown(value, self.digits))
                self.sheet.give(f"{weight.key}@{self.updates - 1}", number, self._name(weight, self.updates - 1))
        self._update(self.updates - 1, self.batches[-1], LAST, last=True)
        return course

    def _givens(self) -> None:
        for weight, value in zip(self.model.weights, self.descent.start, strict=True):
            self.sheet.give(f"{weight.key}@0", value, self._name(weight, 0))
        self.sheet.give("eta", self.descent.learning_rate, Name("η"))
        sizes = {len(batch) for batch in self.batches}
        if len(self.batches) > 1 and self.descent.batch > 1 and self.sheet.regression.reduction == "mean":
            self.sheet.give("B", Number.of(self.descent.batch), Name("B"))
            if len(sizes) > 1 and min(sizes) > 1:
                self.sheet.give("B_last", Number.of(min(sizes)), Name("B", "last"))

    def _name(self, weight: Weight, stage: int | None) -> Name:
        return names.parameter(weight.key, stage)

    def _section(self, number: int) -> str:
        if len(self.batches) == 1:
            return FIRST
        batch = self.batches[number]
        which = f"sample {batch[0]}" if len(batch) == 1 else f"samples {batch[0]} to {batch[-1]}"
        return f"Update {number + 1}: {which}"

    def _error_at_start(self) -> None:
        section = FIRST if len(self.batches) == 1 else START
        for i in range(1, len(self.sheet.regression.samples) + 1):
            self.model.forward(i, "@0", section)
        self.model.error("@0", section)

    def _update(self, done: int, batch: Sequence[int], section: str, *, last: bool) -> None:
        """The update after `done` others, from the samples of its batch."""
        stage = f"@{done}"
        for i in batch:
            self.model.forward(i, stage, section)
        gradients = [self._gradient(weight, batch, stage, section, last=last) for weight in self.model.weights]
        for weight, gradient in zip(self.model.weights, gradients, strict=True):
            new = weight.key if last else f"{weight.key}@{done + 1}"
            formula = difference(symbol(f"{weight.key}{stage}"), product(symbol("eta"), gradient))
            self.sheet.add(new, "update", formula, self._name(weight, None if last else done + 1), section)

    def _gradient(self, weight: Weight, batch: Sequence[int], stage: str, section: str, *, last: bool) -> Expr:
        key = f"dE/d{weight.key}{'' if last else stage}"
        name = Partial(Name("E"), self._name(weight, None))
        signals = [symbol(f"{self.model.letter}{weight.output}[{i}]{stage}") for i in batch]
        if len(batch) == 1:
            column = product(self.sheet.x(weight.feature, batch[0]), signals[0]) if weight.feature else signals[0]
            return self.sheet.add(key, "gradient_of_samples", self.model.gradient(column, None), name, section)
        column = self._column(weight, batch, signals, stage, section)
        return self.sheet.add(
            key, "gradient_of_samples", self.model.gradient(column, self._count(batch)), name, section
        )

    def _count(self, batch: Sequence[int]) -> Expr | None:
        """What the sum over a batch is divided by."""
        if self.sheet.regression.reduction == "sum":
            return None
        if len(self.batches) == 1:
            return symbol("n")
        return symbol("B" if len(batch) == self.descent.batch else "B_last")

    def _column(self, weight: Weight, batch: Sequence[int], signals: list[Expr], stage: str, section: str) -> Expr:
        """The sum over the batch of signal times feature."""
        letter, spelled = f"{self.model.letter}{weight.output}", SPELLED[self.model.letter] + weight.output
        if not weight.feature:
            return self.sheet.column_sum(f"sum_{letter}{stage}", signals, spelled, section)
        feature = self.sheet.feature(weight.feature)
        entries = []
        for i, signal in zip(batch, signals, strict=True):
            x = self.sheet.x(weight.feature, i)
            entries.append(self._entry(f"{feature}{letter}[{i}]{stage}", product(x, signal), i, weight, section))
        return self.sheet.column_sum(f"sum_{feature}{letter}{stage}", entries, f"{feature}{spelled}", section)

    def _entry(self, key: str, formula: Expr, i: int, weight: Weight, section: str) -> Expr:
        from ..notation import product as times

        x = self.sheet.working.name(f"{self.sheet.feature(weight.feature)}[{i}]")
        return self.sheet.add(key, "entry", formula, times([x, self._signal_name(i, weight)]), section)

    def _signal_name(self, i: int, weight: Weight) -> Name:
        return signal_name(self.model.letter, weight.output, i)

    # many epochs

    def _course(self) -> Course:
        """All epochs: every line of the first one, run again from where the epoch before ended."""
        weights, per_epoch = self.model.weights, len(self.batches)
        ends = [f"{w.key}@{per_epoch}" for w in weights]
        before = [f"{w.key}@{per_epoch - 1}" for w in weights]
        run = _full if self.carry == "full" else _rounded
        epoch = run(self.sheet.working, [f"{w.key}@0" for w in weights], ["E@0", *ends, *before], self.digits)
        state: tuple[Value, ...] = tuple(value.value for value in self.descent.start)
        states, errors = [state], []
        previous = state
        for number in range(1, self.descent.epochs + 1):
            found = _computed(epoch, state, number)
            errors.append(found[0])
            state, previous = tuple(found[1 : len(ends) + 1]), tuple(found[len(ends) + 1 :])
            states.append(state)
        return Course(tuple(states), tuple(errors), previous)


SPELLED = {"e": "e", "g": "g", "delta": "δ"}


def signal_name(letter: str, output: str, i: int) -> Name:
    """e2, or δ_0[2] of class 0."""
    if output:
        return Name(SPELLED[letter], output[1:], sup=f"[{i}]")
    return Name(SPELLED[letter], str(i))


def _computed(epoch: Any, state: tuple[Value, ...], number: int) -> list[Value]:
    """The values of one epoch. Raises NotComputable with the epoch where they leave double precision."""
    wild = f"leaves double precision in epoch {number}: the learning rate is too large"
    try:
        found: list[Value] = epoch(*state)
    except (OverflowError, ValueError, ZeroDivisionError):
        raise NotComputable("E", wild) from None
    if not all(math.isfinite(value) for value in found):
        raise NotComputable("E", wild)
    return found


def _full(working: Working, inputs: list[str], outputs: list[str], digits: int) -> Any:
    run = compiled(working, inputs, outputs, "math")
    return lambda *state: run(*(float(value) for value in state))


def _rounded(working: Working, inputs: list[str], outputs: list[str], digits: int) -> Any:
    """The epoch line by line, each as it is shown."""

    def epoch(*state: Value) -> list[Value]:
        again = Working()
        again.givens, again.steps = dict(working.givens), working.steps
        for key, value in zip(inputs, state, strict=True):
            del again.givens[key]
            again.give(key, Number(Fraction(value), ""), Name(key))
        numbers = evaluate(again, digits, "rounded").numbers
        return [numbers[key] for key in outputs]

    return epoch
