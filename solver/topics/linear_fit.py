"""A linear model: predictions, residuals, the error, and how good the fit is."""

from __future__ import annotations

from .. import notation as n
from ..algebra import Expr, Integer, difference, power, quotient, symbol, total
from ..catalog.regression_losses import (
    REGRESSION_LOSSES,
    mean_gradient,
    reduced,
    residual,
    squares_gradient,
)
from ..notation import Name
from ..spec.number import Number
from ..spec.regression import LinearRegression
from . import regression_names as names
from .regression_descent import Weight, signal_name
from .regression_lines import Sheet

FIT, TEST, NEW = "Fit", "Test set", "Prediction"


class LinearModel:
    """ŷ = m x + c, or b0 + b1 x1 + ...: what gradient descent asks of it, and its fit."""

    def __init__(self, sheet: Sheet, problem: LinearRegression) -> None:
        self.sheet, self.problem = sheet, problem
        self.loss = REGRESSION_LOSSES[problem.loss]
        self.letter = "e" if self.loss.squares else "g"
        self.exact = problem.loss == "mae"
        self.weights = tuple(Weight(key, _feature(key)) for key in problem.parameters)
        self.pairs = [(weight.key, weight.feature) for weight in self.weights]
        self.samples = range(1, len(problem.samples) + 1)

    @property
    def count(self) -> Expr | None:
        """What a sum over all samples is divided by."""
        return symbol("n") if self.problem.reduction == "mean" else None

    def forward(self, i: int, stage: str, section: str) -> None:
        """The prediction of a sample, and its residual or the slope of its part."""
        y, guess = symbol(f"y[{i}]"), self._guess(i, stage, section)
        if self.loss.squares:
            self.sheet.add(f"e[{i}]{stage}", "residual", residual(y, guess), names.of_sample("e", i), section)
        else:
            slope = self.loss.slope(y, guess, symbol("delta"))
            self.sheet.add(f"g[{i}]{stage}", "sample_slope", slope, signal_name("g", "", i), section)

    def _guess(self, i: int, stage: str, section: str, where: str = "") -> Expr:
        formula = self.sheet.linear(i, self.pairs, stage, where)
        name = self.sheet.sample_name(names.GUESS, i, where)
        return self.sheet.add(f"yhat{where}[{i}]{stage}", "prediction", formula, name, section)

    def error(self, stage: str, section: str) -> None:
        """E over all samples."""
        name = Name("E", stage[1:])
        if self.loss.squares:
            squares = self._squares(stage, section)
            self.sheet.add(f"E{stage}", "sample_error", reduced(self.loss.doubled, squares, self.count), name, section)
            return
        parts = []
        for i in self.samples:
            part = self.loss.part(symbol(f"y[{i}]"), symbol(f"yhat[{i}]{stage}"), symbol("delta"))
            parts.append(self.sheet.add(f"L[{i}]{stage}", "sample_loss", part, names.of_sample("L", i), section))
        column = self.sheet.column_sum(f"sum_L{stage}", parts, "L", section)
        formula = column if self.count is None else quotient(column, self.count)
        self.sheet.add(f"E{stage}", "sample_error", formula, name, section)

    def _squares(self, stage: str, section: str, where: str = "", samples: range | None = None) -> Expr:
        terms = []
        for i in samples or self.samples:
            name = n.power(self.sheet.sample_name("e", i, where), n.Number("2"))
            terms.append(self.sheet.squared(f"ee{where}[{i}]{stage}", f"e{where}[{i}]{stage}", name, section))
        return self.sheet.column_sum(f"sum_ee{where}{stage}", terms, "e²", section)

    def gradient(self, column: Expr, count: Expr | None) -> Expr:
        """−(2/n) Σ x(y − ŷ), or as the loss has it."""
        if self.loss.squares:
            return squares_gradient(self.loss.doubled, column, count)
        return mean_gradient(column, count)

    # the fit

    def fit(self) -> None:
        """Predictions, residuals, SS_res, SS_tot, MSE, E and R² of the fitted model; the test set; new rows."""
        for i in self.samples:
            self._guess(i, "", FIT)
            self._residual(i, FIT)
        self._quality(FIT, "", self.samples)
        if self.loss.squares:
            self._error_of_squares()
        else:
            self.error("", FIT)
        if self.problem.test:
            self._test_set(len(self.problem.test))
        for i, row in enumerate(self.problem.predict, 1):
            self.sheet.give_row(row, i, "_new")
            self._guess(i, "", NEW, "_new")

    def _residual(self, i: int, section: str, where: str = "") -> None:
        formula = residual(symbol(f"y{where}[{i}]"), symbol(f"yhat{where}[{i}]"))
        self.sheet.add(f"e{where}[{i}]", "residual", formula, self.sheet.sample_name("e", i, where), section)

    def _error_of_squares(self) -> None:
        squares, mse = symbol("SS_res"), symbol("MSE")
        same = self.count is not None and self.loss.doubled == 2
        formula = mse if same else reduced(self.loss.doubled, squares, self.count)
        self.sheet.add("E", "sample_error", formula, Name("E"), FIT)

    def _quality(self, section: str, where: str, samples: range) -> None:
        """SS_res, MSE, and SS_tot with R² where the targets are not all the same."""
        ending, count = where[1:], symbol(f"n{where}")
        terms = []
        for i in samples:
            name = n.power(self.sheet.sample_name("e", i, where), n.Number("2"))
            terms.append(self.sheet.squared(f"ee{where}[{i}]", f"e{where}[{i}]", name, section))
        self._sum(f"SS_res{where}", terms, names.upright("SS", _joined("res", ending)), Name("e"), section)
        formula = quotient(symbol(f"SS_res{where}"), count)
        self.sheet.add(f"MSE{where}", "mean_value", formula, names.upright("MSE", ending), section)
        if has_spread(self.problem, where):
            self._explained(section, where, samples)

    def _explained(self, section: str, where: str, samples: range) -> None:
        ending, count = where[1:], symbol(f"n{where}")
        targets = [symbol(f"y{where}[{i}]") for i in samples]
        whole = self.sheet.column_sum(f"sum_y{where}", targets, f"y{ending and '_' + ending}", section)
        mean = self.sheet.add(f"ybar{where}", "mean_value", quotient(whole, count), Name(names.MEAN, ending), section)
        terms = []
        for i, y in zip(samples, targets, strict=True):
            name = n.power(
                n.total([self.sheet.sample_name("y", i, where), n.Minus(Name(names.MEAN, ending))]), n.Number("2")
            )
            terms.append(self.sheet.add(f"dd{where}[{i}]", "entry", power(difference(y, mean), 2), name, section))
        gap = n.Sum((Name("y"), n.Minus(Name(names.MEAN, ending))))
        spread = self._sum(f"SS_tot{where}", terms, names.upright("SS", _joined("tot", ending)), gap, section)
        formula = difference(Integer(1), quotient(symbol(f"SS_res{where}"), spread))
        name = names.R_SQUARED if not ending else n.Power(Name("R", ending), n.Number("2"))
        self.sheet.add(f"R2{where}", "r_squared", formula, name, section)

    def _sum(self, key: str, terms: list[Expr], name: Name, squared: n.Node, section: str) -> Expr:
        """A sum of squares, written as Σ of what is squared."""
        formula = total(terms) if len(terms) > 1 else terms[0]
        short = n.Prefixed(Name(names.SIGMA), n.power(squared, n.Number("2")))
        return self.sheet.add(key, "column_sum", formula, name, section, short=short)

    def _test_set(self, count: int) -> None:
        assert self.problem.test is not None
        self.sheet.give_samples(self.problem.test, "_test")
        self.sheet.give("n_test", Number.of(count), Name("n", "test"))
        samples = range(1, count + 1)
        for i in samples:
            self._guess(i, "", TEST, "_test")
            self._residual(i, TEST, "_test")
        self._quality(TEST, "_test", samples)


def has_spread(problem: LinearRegression, where: str = "") -> bool:
    """Whether the targets differ, so that R² is defined."""
    samples = problem.test if where else problem.samples
    return samples is not None and len({y.value for y in samples.y}) > 1


def _joined(word: str, ending: str) -> str:
    return f"{word},{ending}" if ending else word


def _feature(key: str) -> int:
    """The feature that a parameter of a linear model goes with; 0 for the intercept."""
    return {"m": 1, "c": 0}[key] if key in ("m", "c") else int(key[1:])
