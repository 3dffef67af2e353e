"""Gradient descent over samples: the first epoch in full, many epochs in the compiled working, the last update.

Keys end in @3 for what holds after 3 updates; those of the fitted model have no such ending.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from .. import notation as n
from ..algebra import Expr, difference, product, symbol
from ..errors import NotComputable
from ..evaluate import compiled, evaluate
from ..notation import Name, Partial
from ..progress import rounds
from ..rounding import Value, in_full, shown
from ..spec.number import Number
from ..spec.regression import Descent
from ..working import Working
from . import regression_names as names
from .regression_lines import Sheet

START, FIRST, LAST = "Error at the start", "First epoch", "Last update"
Epoch = Callable[..., Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Weight:
    """A parameter: its key, the feature it goes with (0: the intercept), the ending of its output's quantities."""

    key: str
    feature: int
    output: str = ""


class Model(Protocol):
    """What gradient descent asks of a model.

    letter: of the signal that each sample sends back: e, g or delta
    exact:  whether epochs are run in exact fractions (where the slope jumps, the last bit would decide)
    """

    weights: tuple[Weight, ...]
    letter: str
    exact: bool

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
        """Every line up to the fitted parameters; the course where there is more than one epoch.

        Raises NotComputable where the numbers leave double precision.
        """
        self._givens()
        self._error_at_start()
        once = self.descent.epochs == 1
        for number, batch in enumerate(self.batches):
            last = once and number == len(self.batches) - 1
            self._update(number, batch, self._section(number), last=last)
        if once:
            return None
        course = self._course()
        done = self.updates - 1
        for weight, value in zip(self.model.weights, course.previous, strict=True):
            key = f"{weight.key}@{done}"
            if key not in self.sheet.working:  # of two epochs the last update starts from the first one's result
                self.sheet.give(key, Number(Fraction(value), in_full(value)), names.parameter(weight.key, done))
        self._update(done, self.batches[-1], LAST, last=True)
        return course

    def _givens(self) -> None:
        for weight, value in zip(self.model.weights, self.descent.start, strict=True):
            self.sheet.give(f"{weight.key}@0", value, names.parameter(weight.key, 0))
        self.sheet.give("eta", self.descent.learning_rate, Name("η"))
        if len(self.batches) > 1 and self.descent.batch > 1 and self.sheet.regression.reduction == "mean":
            self.sheet.give("B", Number.of(self.descent.batch), Name("B"))
            if 1 < len(self.batches[-1]) < self.descent.batch:
                self.sheet.give("B_last", Number.of(len(self.batches[-1])), Name("B", "last"))

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
        ending = "" if last else stage
        gradients = [self._gradient(weight, batch, stage, section, ending) for weight in self.model.weights]
        for weight, gradient in zip(self.model.weights, gradients, strict=True):
            formula = difference(symbol(f"{weight.key}{stage}"), product(symbol("eta"), gradient))
            new = weight.key if last else f"{weight.key}@{done + 1}"
            name = names.parameter(weight.key, None if last else done + 1)
            self.sheet.add(new, "update", formula, name, section)

    def _gradient(self, weight: Weight, batch: Sequence[int], stage: str, section: str, ending: str) -> Expr:
        signals = [symbol(f"{self.model.letter}{weight.output}[{i}]{stage}") for i in batch]
        if len(batch) == 1:
            column = product(signals[0], self.sheet.x(weight.feature, batch[0])) if weight.feature else signals[0]
            formula = self.model.gradient(column, None)
        else:
            formula = self.model.gradient(self._column(weight, batch, signals, stage, section), self._count(batch))
        name = Partial(Name("E"), names.parameter(weight.key))
        return self.sheet.add(f"dE/d{weight.key}{ending}", "gradient_of_samples", formula, name, section)

    def _count(self, batch: Sequence[int]) -> Expr | None:
        """What the sum over a batch is divided by."""
        if self.sheet.regression.reduction == "sum":
            return None
        if len(self.batches) == 1:
            return symbol("n")
        return symbol("B" if len(batch) == self.descent.batch else "B_last")

    def _column(self, weight: Weight, batch: Sequence[int], signals: list[Expr], stage: str, section: str) -> Expr:
        """The sum over the batch of signal times feature."""
        letter, spelled = f"{self.model.letter}{weight.output}", column_name(self.model.letter, weight.output)
        if not weight.feature:
            return self.sheet.column_sum(f"sum_{letter}{stage}", signals, spelled, section)
        feature = self.sheet.feature(weight.feature)
        entries = []
        for i, signal in zip(batch, signals, strict=True):
            formula = product(self.sheet.x(weight.feature, i), signal)
            name = n.product([self.sheet.working.name(f"{feature}[{i}]"), self.sheet.working.name(signal.name)])
            entries.append(self.sheet.add(f"{feature}{letter}[{i}]{stage}", "entry", formula, name, section))
        return self.sheet.column_sum(f"sum_{feature}{letter}{stage}", entries, f"{feature}{spelled}", section)

    # many epochs

    def _course(self) -> Course:
        """All epochs: every line of the first one, run again from where the epoch before ended."""
        keys, per_epoch = [weight.key for weight in self.model.weights], len(self.batches)
        outputs = ["E@0", *(f"{key}@{per_epoch}" for key in keys), *(f"{key}@{per_epoch - 1}" for key in keys)]
        epoch = self._runner([f"{key}@0" for key in keys], outputs)
        state: tuple[Value, ...] = tuple(value.value for value in self.descent.start)
        states, errors, previous = [state], [], state
        for number in rounds(range(1, self.descent.epochs + 1), "epoch"):
            found = _computed(epoch, state, number)
            errors.append(found[0])
            state, previous = tuple(found[1 : len(keys) + 1]), tuple(found[len(keys) + 1 :])
            states.append(state)
        return Course(tuple(states), tuple(errors), previous)

    def _runner(self, inputs: list[str], outputs: list[str]) -> Epoch:
        working = self.sheet.working
        if self.carry == "rounded" or self.model.exact:
            return _line_by_line(working, inputs, outputs, self.digits, self.carry)
        run = compiled(working, inputs, outputs, "math")
        return lambda *state: run(*(float(value) for value in state))


SPELLED = {"e": "e", "g": "g", "delta": "δ"}


def signal_name(letter: str, output: str, i: int) -> Name:
    """e2, or δ_0[2] of class 0."""
    if output:
        return Name(SPELLED[letter], output[1:], sup=f"[{i}]")
    return Name(SPELLED[letter], str(i))


def column_name(letter: str, output: str) -> str:
    """e, or δ_0 of class 0."""
    return f"{SPELLED[letter]}{output}"


def _computed(epoch: Epoch, state: tuple[Value, ...], number: int) -> Sequence[Value]:
    """The values of one epoch. Raises NotComputable with the epoch where they leave double precision."""
    wild = f"leaves double precision in epoch {number}: the learning rate is too large"
    try:
        found = epoch(*state)
    except (OverflowError, ValueError, ZeroDivisionError):
        raise NotComputable("E", wild) from None
    if not all(math.isfinite(value) for value in found):
        raise NotComputable("E", wild)
    return found


def _line_by_line(working: Working, inputs: list[str], outputs: list[str], digits: int, carry: str) -> Epoch:
    """The epoch as it is worked on paper: exact, or each line as it is shown."""

    def epoch(*state: Value) -> Sequence[Value]:
        again = Working()
        again.givens, again.steps = dict(working.givens), working.steps
        for key, value in zip(inputs, state, strict=True):
            name = again.givens.pop(key).name
            again.give(key, Number(Fraction(value), shown(value, digits)), name)
        numbers = evaluate(again, digits, carry).numbers
        return [numbers[key] for key in outputs]

    return epoch
