"""A logistic model: net inputs, probabilities, the cross-entropy, classes, accuracy and the boundary."""

from __future__ import annotations

from fractions import Fraction

from .. import notation as n
from ..algebra import (
    Expr,
    Integer,
    absolute,
    cases,
    difference,
    logarithm,
    maximum,
    negative,
    quotient,
    symbol,
    total,
)
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.regression_losses import mean_gradient
from ..notation import Name
from ..spec.number import Number
from ..spec.regression import LogisticRegression, Samples
from . import regression_names as names
from .regression_descent import Weight, signal_name
from .regression_lines import Sheet

FIT, TEST, NEW, BOUNDARY = "Fit", "Test set", "Prediction", "Boundary"
HALF = Fraction(1, 2)


class LogisticModel:
    """ŷ = σ(w1 x1 + ... + b), or softmax over a weighted sum for each class."""

    letter = "delta"
    exact = False

    def __init__(self, sheet: Sheet, problem: LogisticRegression) -> None:
        self.sheet, self.problem = sheet, problem
        self.outputs = [f"_{label}" for label in problem.classes] if problem.several else [""]
        self.weights = tuple(Weight(key, *_place(key, problem)) for key in problem.parameters)
        self.samples = range(1, len(problem.samples) + 1)
        self.labels = [int(y.value) for y in problem.samples.y]

    def forward(self, i: int, stage: str, section: str) -> None:
        """Net inputs, probabilities and δ = ŷ − y of a sample."""
        self._probabilities(i, stage, section)
        for place, output in enumerate(self.outputs):
            guess = symbol(f"yhat{output}[{i}]{stage}")
            right = place == self.labels[i - 1]
            gap = difference(guess, symbol(f"y[{i}]"))
            if self.problem.several:
                gap = difference(guess, Integer(1)) if right else guess
            name = signal_name("delta", output, i)
            self.sheet.add(f"delta{output}[{i}]{stage}", "class_difference", gap, name, section)

    def _probabilities(self, i: int, stage: str, section: str, where: str = "") -> None:
        nets = []
        for output in self.outputs:
            pairs = [(weight.key, weight.feature) for weight in self.weights if weight.output == output]
            formula = self.sheet.linear(i, pairs, stage, where)
            name = self._named("z", output, i, where)
            nets.append(self.sheet.add(f"z{output}{where}[{i}]{stage}", "weighted_sum", formula, name, section))
        for place, output in enumerate(self.outputs):
            name = self._named(names.GUESS, output, i, where)
            formula = self._activation(nets, place)
            sign = "softmax" if self.problem.several else ACTIVATIONS["sigmoid"].sign
            short = n.Call(sign, (self._named("z", output, i, where),))
            key = f"yhat{output}{where}[{i}]{stage}"
            self.sheet.add(key, "activation", formula, name, section, short=short)

    def _activation(self, nets: list[Expr], place: int) -> Expr:
        if self.problem.several:
            return LAYER_ACTIVATIONS["softmax"].formula(nets, place)
        return ACTIVATIONS["sigmoid"].formula(nets[0], symbol("_"))

    def _named(self, letter: str, output: str, i: int, where: str) -> Name:
        """z2, or z_0[2] of class 0; z_new,2 of a new row."""
        if output:
            inside = f"{output[1:]},{where[1:]}" if where else output[1:]
            return Name(letter, inside, sup=f"[{i}]")
        return self.sheet.sample_name(letter, i, where)

    def error(self, stage: str, section: str) -> None:
        """The cross-entropy over all samples."""
        parts = []
        for i in self.samples:
            formula = self._part(i, stage)
            parts.append(self.sheet.add(f"L[{i}]{stage}", "sample_loss", formula, names.of_sample("L", i), section))
        column = self.sheet.column_sum(f"sum_L{stage}", parts, "L", section)
        formula = quotient(column, symbol("n")) if self.problem.reduction == "mean" else column
        self.sheet.add(f"E{stage}", "sample_error", formula, Name("E", stage[1:]), section)

    def _part(self, i: int, stage: str) -> Expr:
        """−ln of the probability of the true class: of y and 1 − y one is 0, so one part drops out."""
        label = self.labels[i - 1]
        if self.problem.several:
            return negative(logarithm(symbol(f"yhat{self.outputs[label]}[{i}]{stage}")))
        guess = symbol(f"yhat[{i}]{stage}")
        return negative(logarithm(guess if label else difference(Integer(1), guess)))

    def gradient(self, column: Expr, count: Expr | None) -> Expr:
        """(1/n) Σ (ŷ − y) x."""
        return mean_gradient(column, count)

    # the fit

    def fit(self) -> None:
        """Probabilities, classes, E and accuracy of the fitted model; test set; new rows."""
        for i in self.samples:
            self._probabilities(i, "", FIT)
            self._class(i, FIT)
        self.error("", FIT)
        self._accuracy(self.problem.samples, "", FIT)
        if self.problem.test:
            self._test_set(self.problem.test)
        for i, row in enumerate(self.problem.predict, 1):
            self.sheet.give_row(row, i, "_new")
            self._probabilities(i, "", NEW, "_new")
            self._class(i, NEW, "_new")

    def _class(self, i: int, section: str, where: str = "") -> None:
        """The place of the class that is predicted."""
        guesses = [symbol(f"yhat{output}{where}[{i}]") for output in self.outputs]
        if self.problem.several:
            formula = cases(*_largest(guesses))
        else:
            formula = cases((Integer(1), guesses[0] >= symbol("threshold")), (Integer(0), True))
        name = names.upright("class", f"{where[1:]},{i}" if where else str(i))
        short = n.Word("place of the largest") if self.problem.several else None
        self.sheet.add(f"class{where}[{i}]", "predicted_class", formula, name, section, short=short)

    def _accuracy(self, samples: Samples, where: str, section: str) -> None:
        """How many classes are right, and their share."""
        hits = [self._hit(i, where, section) for i in range(1, len(samples) + 1)]
        formula = total(hits) if len(hits) > 1 else hits[0]
        right = self.sheet.add(f"correct{where}", "column_sum", formula, names.upright("correct", where[1:]), section)
        share = quotient(right, symbol(f"n{where}"))
        self.sheet.add(f"accuracy{where}", "share", share, names.upright("accuracy", where[1:]), section)

    def _hit(self, i: int, where: str, section: str) -> Expr:
        """1 where the predicted class is the given one, else 0: classes are whole numbers."""
        apart = absolute(difference(symbol(f"class{where}[{i}]"), symbol(f"y{where}[{i}]")))
        formula = maximum(Integer(0), difference(Integer(1), apart))
        name = names.upright("right", f"{where[1:]},{i}" if where else str(i))
        return self.sheet.add(f"hit{where}[{i}]", "hit", formula, name, section)

    @property
    def has_boundary(self) -> bool:
        """Whether one x divides two classes."""
        return not self.problem.several and self.problem.features == 1 and self.problem.intercept

    def boundary(self) -> None:
        """One feature, two classes: the x at which the prediction turns (w1 must not be 0)."""
        level, top = symbol("threshold"), negative(symbol("b"))
        if self.problem.threshold.value != HALF:
            top = difference(logarithm(quotient(level, difference(Integer(1), level))), symbol("b"))
        formula = quotient(top, symbol("w1"))
        self.sheet.add("boundary", "boundary", formula, Name("x", "boundary"), BOUNDARY)

    def _test_set(self, samples: Samples) -> None:
        self.sheet.give_samples(samples, "_test")
        self.sheet.give("n_test", Number.of(len(samples)), Name("n", "test"))
        for i in range(1, len(samples) + 1):
            self._probabilities(i, "", TEST, "_test")
            self._class(i, TEST, "_test")
        self._accuracy(samples, "_test", TEST)


def _largest(guesses: list[Expr]) -> list[tuple[Expr, Expr]]:
    """The place of the largest as cases: the first that no later one exceeds."""
    pieces = []
    for place, guess in enumerate(guesses[:-1]):
        later = guesses[place + 1 :]
        pieces.append((Integer(place), guess >= (maximum(*later) if len(later) > 1 else later[0])))
    return [*pieces, (Integer(len(guesses) - 1), True)]


def _place(key: str, problem: LogisticRegression) -> tuple[int, str]:
    """The feature of a parameter (0: the intercept) and the ending of its output's quantities."""
    letter, _, label = key.partition("_")
    feature = 0 if letter == "b" else int(letter[1:])
    return feature, f"_{label}" if problem.several else ""
