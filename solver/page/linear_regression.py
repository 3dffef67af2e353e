"""The page of a linear regression: question, sums or normal equations or epochs, fit, test set, predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from .. import notation as n
from ..catalog.regression_losses import REGRESSION_LOSSES
from ..notation import Name, Node
from ..solution import Worked
from ..spec.regression import LinearRegression
from ..topics import least_squares as by_hand
from ..topics import regression_names as names
from ..topics.linear_fit import FIT, NEW, TEST, has_spread
from ..topics.regression_solution import WorkedRegression
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Text
from .drawn import drawn
from .lines import Lines as LineWriter
from .normal_equations import normal_equations
from .plot import Marks, plot, sampled, wider
from .regression_curves import line_of, samples_of
from .regression_epochs import Epochs
from .regression_slopes import linear_slopes
from .regression_tables import (
    Column,
    asked,
    given_table,
    lines,
    new_rows,
    rounding,
    sample_table,
    start_values,
    updates_in_words,
)
from .standard import result, standard_page
from .typeset import typeset


def page(solution: Worked) -> Page:
    """The whole page of a linear regression, as its options ask for it."""
    made = _LinearPage(cast(WorkedRegression, solution))
    # a page names quantities one by one: its lists are tables
    return standard_page(replace(solution, grouped={}), made.question(), made.working, made.answers)


class _LinearPage:
    def __init__(self, solution: WorkedRegression) -> None:
        self.solution = solution
        self.problem: LinearRegression = solution.problem
        self.steps = solution.working.steps
        self.writer = LineWriter(solution.working, solution.values)
        self.needed = solution.working.needs(solution.asked or solution.working.steps)

    # question

    def question(self) -> Iterator[Block]:
        """Samples, model, error, method, conventions."""
        yield Heading(("Given",))
        yield given_table(self.writer, self.problem)
        if self.problem.test:
            yield Prose(("Test set, kept apart from the fit:",))
            yield given_table(self.writer, self.problem, "_test")
        yield Prose(("Wanted: ", n.Compare(Name(names.GUESS), "=", self.model()), self._method()))
        if self.problem.descent:
            yield Prose(start_values(self.solution, self.writer))
            yield Prose((updates_in_words(self.problem),))
            yield Prose(tuple(self._error()))
        if self.problem.predict:
            yield Prose(new_rows(self.writer, self.problem))
        yield Prose((rounding(self.solution),))
        yield from asked(self.solution)

    def model(self, *, numbers: bool = False) -> Node:
        """m x + c, or b0 + b1 x1 + ..., in letters or with the fitted numbers."""
        terms: list[Node] = []
        for key in self.problem.parameters:
            weight = self.writer.number(key) if numbers else names.parameter(key)
            feature = Name("x", "" if key == "m" else key[1:])
            terms.append(weight if key in ("c", "b0") else n.product([weight, feature]))
        return n.total(terms)

    def _method(self) -> str:
        if self.problem.descent:
            return ", found by gradient descent."
        return ", the one whose squared residuals (actual minus predicted) add up to least."

    def _error(self) -> Iterator[Inline]:
        loss = REGRESSION_LOSSES[self.problem.loss]
        yield f"Error: {loss.title}"
        yield " over the samples, " if self.problem.reduction == "mean" else ", summed over the samples, "
        yield n.Compare(Name("E"), "=", self._formula())
        if self.problem.delta is not None:
            yield ", "
            yield n.Compare(Name("δ"), "=", self.writer.number("delta"))
        if len(self.problem.batches) > 1 and self.problem.reduction == "mean":
            yield "; the gradient of an update is the mean over its own samples"
        yield "."

    def _formula(self) -> Node:
        loss = REGRESSION_LOSSES[self.problem.loss]
        gap = n.power(n.Sum((Name("y"), n.Minus(Name(names.GUESS)))), n.Number("2"))
        part: Node = gap if loss.squares else Name("L")
        share = "(1/n) " if self.problem.reduction == "mean" else ""
        if loss.squares and loss.doubled == 1:
            share = "(1/2n) " if share else "½ "
        return n.Prefixed(n.Word(f"{share}Σ"), part)

    # working

    def working(self, writer: LineWriter) -> Iterator[Block]:
        """The method, then the fit and what follows from it."""
        self.writer = writer
        if self.problem.descent:
            yield from linear_slopes(self.problem)
            yield from Epochs(self.solution, writer, self._epoch_tables).blocks()
        elif self.problem.method == "sums":
            yield from self._sums()
        else:
            yield from normal_equations(self.solution, writer)
        yield from self._fit(FIT, "")
        if self.problem.features == 1 and not self.solution.asked:
            yield drawn(self.solution, "line", self._plotted())
        if self.problem.test:
            yield from self._fit(TEST, "_test")
        yield from self._new()

    def _epoch_tables(self, stage: str) -> list[list[Column]]:
        """The columns that the gradient is made of; in two tables where there are many features."""
        signal = "e" if REGRESSION_LOSSES[self.problem.loss].squares else "g"
        features = [f"x{j}" for j in range(1, self.problem.features + 1)] if self.problem.features > 1 else ["x"]
        e, guess = Name("e"), Name(names.GUESS)
        columns = [Column((Name("x", f[1:]),), f) for f in features]
        columns += [Column((Name("y"),), "y"), Column((guess,), "yhat", stage)]
        meaning: Text = (n.Compare(e, "=", n.Sum((Name("y"), n.Minus(guess)))),) if signal == "e" else (Name("g"),)
        columns.append(Column(meaning, signal, stage, f"sum_{signal}{stage}"))
        products = [
            Column((n.product([Name("x", f[1:]), Name(signal)]),), f"{f}{signal}", stage, f"sum_{f}{signal}{stage}")
            for f in features
        ]
        last = ("ee", n.power(e, n.Number("2"))) if signal == "e" else ("L", Name("L"))
        part = Column((last[1],), last[0], stage, f"sum_{last[0]}{stage}")
        return [[*columns, *products, part]] if len(features) <= 2 else [[*columns, part], products]

    def _sums(self) -> Iterator[Block]:
        """The exam's table of x, y, xy, x² and the two formulas."""
        x, y = Name("x"), Name("y")
        yield Heading((by_hand.SUMS,))
        yield Prose(("For each sample its product and its square; the first:",))
        yield lines(self.writer, ["xy[1]", "xx[1]"])
        yield Prose(("The others in the same way; the last row adds each column.",))
        columns = [
            Column((x,), "x", total="sum_x"),
            Column((y,), "y", total="sum_y"),
            Column((n.Word("xy"),), "xy", total="sum_xy"),
            Column((n.power(x, n.Number("2")),), "xx", total="sum_xx"),
        ]
        yield sample_table(self.writer, columns, range(1, len(self.problem.samples) + 1))
        keys = [k for k in ("sum_x", "sum_y", "sum_xy", "sum_xx") if k in self.steps and k in self.needed]
        yield lines(self.writer, keys)
        if set(self.problem.parameters) & self.needed:
            yield Heading((by_hand.LINE if self.problem.intercept else "Slope",))
            yield from self._why()
            yield lines(self.writer, [k for k in ("m_top", "m_bottom", "m", "c") if k in self.steps])

    def _why(self) -> Iterator[Block]:
        """The two equations behind the formulas, and the formula of the slope as a whole."""
        if not self.problem.intercept:
            why = "The sum of squares is least where its derivative by `m` is 0: `−2 Σ x (y − m x) = 0`."
            yield Prose(typeset(why))
            return
        why = "SS_res is least where its derivatives are 0: `−2 Σ x (y − ŷ) = 0` and `−2 Σ (y − ŷ) = 0`, that is"
        yield Prose(typeset(why))
        xx, x, xy, y = (names.column(of) for of in ("x²", "x", "xy", "y"))
        m, c = Name("m"), Name("c")
        yield Lines(
            (
                Equation(n.Sum((n.product([m, xx]), n.product([c, x]))), (xy,)),
                Equation(n.Sum((n.product([m, x]), n.product([c, Name("n")]))), (y,)),
            )
        )
        how = "The second, divided by `n`, gives `c`; put into the first it gives `m = top / bottom`:"
        yield Prose(typeset(how, {word: Name(word, upright=True) for word in ("top", "bottom")}))

    def _fit(self, section: str, where: str) -> Iterator[Block]:
        """Predictions and residuals as a table, and the sums made of them."""
        keys = [key for key, step in self.steps.items() if step.section == section and key in self.needed]
        if not keys:
            return
        yield Heading((section,))
        fitted = () if where else (Equation(Name(names.GUESS), (self.model(), self.model(numbers=True))),)
        mean = [key for key in (f"sum_y{where}", f"ybar{where}") if key in keys]
        samples = self.problem.test if where else self.problem.samples
        assert samples is not None
        first = [*mean, *(key for key in keys if key.endswith("[1]"))]
        yield Lines((*fitted, *lines(self.writer, first).equations))
        if len(samples) > 1:
            yield Prose(("The others in the same way:",))
            columns = [c for c in self._fit_columns(where) if f"{c.key}[1]" in (*keys, *self.solution.working.givens)]
            yield sample_table(self.writer, columns, range(1, len(samples) + 1))
        yield lines(self.writer, [key for key in keys if "[" not in key and key not in mean])
        if not has_spread(self.problem, where):
            yield Prose(("All targets are the same: SS_tot is 0, so R² is not defined.",))

    def _fit_columns(self, where: str) -> list[Column]:
        e, y, guess, mean = Name("e"), Name("y"), Name(names.GUESS), Name(names.MEAN)
        features = [f"x{j}" for j in range(1, self.problem.features + 1)] if self.problem.features > 1 else ["x"]
        columns = [Column((Name("x", f[1:]),), f"{f}{where}") for f in features]
        two = n.Number("2")
        parts = [] if f"L{where}[1]" not in self.steps else [Column((Name("L"),), "L", total="sum_L")]
        return [
            *columns,
            Column((y,), f"y{where}", total=f"sum_y{where}"),
            Column((guess,), f"yhat{where}"),
            Column((n.Compare(e, "=", n.Sum((y, n.Minus(guess)))),), f"e{where}"),
            Column((n.power(e, two),), f"ee{where}", total=f"SS_res{where}"),
            Column((n.power(n.Sum((y, n.Minus(mean))), two),), f"dd{where}", total=f"SS_tot{where}"),
            *parts,
        ]

    def _new(self) -> Iterator[Block]:
        keys = [key for key, step in self.steps.items() if step.section == NEW and key in self.needed]
        if keys:
            yield Heading((NEW,))
            yield lines(self.writer, keys)

    def _plotted(self) -> tuple[str, ...]:
        """The samples and the line."""
        points, line = samples_of(self.problem), line_of(self.solution)
        left, right = wider([x for x, _ in points], 0.1)
        marks = [Marks("·", sampled(line, left, right)), Marks("o", points)]
        return (*plot(marks, "x", "y"), "o samples   · line")

    # answers

    def answers(self, writer: LineWriter) -> Iterator[Block]:
        """The fitted equation, then a line for each answer."""
        keys = self.solution.answer_keys
        if self.solution.asked:
            yield Lines(tuple(result(writer, key) for key in keys))
            return
        keys = (*keys, *(k for k, step in self.steps.items() if step.section == NEW))
        fitted = Equation(Name(names.GUESS), (self.model(), self.model(numbers=True)))
        yield Lines((fitted, *(result(writer, key) for key in keys)))
