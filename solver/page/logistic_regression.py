"""The page of a logistic regression: question, the gradient, epochs, classes, boundary, predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from .. import notation as n
from ..algebra import symbol
from ..catalog.activations import ACTIVATIONS
from ..formula import written
from ..notation import Name, Node
from ..solution import Worked
from ..spec.regression import LogisticRegression
from ..topics import regression_names as names
from ..topics.logistic_fit import BOUNDARY, FIT, HALF, NEW, TEST
from ..topics.regression_solution import WorkedRegression
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose
from .drawn import drawn
from .lines import Lines as LineWriter
from .plane import SIGNS, plane_picture
from .plot import Marks, plot, sampled, wider
from .regression_curves import class_of, probability_of, samples_of
from .regression_epochs import Epochs
from .regression_slopes import letter, logistic_slopes
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


def page(solution: Worked) -> Page:
    """The whole page of a logistic regression, as its options ask for it."""
    made = _LogisticPage(cast(WorkedRegression, solution))
    # a page names quantities one by one: its lists are tables
    return standard_page(replace(solution, grouped={}), made.question(), made.working, made.answers)


_LEGEND = 70  # characters of a line below a picture


class _LogisticPage:
    def __init__(self, solution: WorkedRegression) -> None:
        self.solution = solution
        self.problem: LogisticRegression = solution.problem
        self.steps = solution.working.steps
        self.writer = LineWriter(solution.working, solution.values)
        self.needed = solution.working.needs(solution.asked or solution.working.steps)
        self.outputs = [f"_{label}" for label in self.problem.classes] if self.problem.several else [""]

    # question

    def question(self) -> Iterator[Block]:
        """Samples, classes, model, error, start, conventions."""
        yield Heading(("Given",))
        yield given_table(self.writer, self.problem)
        if self.problem.test:
            yield Prose(("Test set, kept apart from the fit:",))
            yield given_table(self.writer, self.problem, "_test")
        yield Prose(tuple(self._classes()))
        yield from self._model()
        yield Prose(start_values(self.solution, self.writer))
        yield Prose((updates_in_words(self.problem),))
        if self.problem.predict:
            yield Prose(new_rows(self.writer, self.problem))
        yield Prose((rounding(self.solution),))
        yield from asked(self.solution)

    def _classes(self) -> Iterator[Inline]:
        labels = self.problem.classes
        if labels != tuple(str(place) for place in range(len(labels))):
            yield "Classes: " + ", ".join(f"{place} = {label}" for place, label in enumerate(labels)) + ". "
        if self.problem.several:
            yield "The most probable class is predicted."
        else:
            yield "Class 1 is predicted where "
            yield n.Compare(Name(names.GUESS), ">=", self.writer.number("threshold"))
            yield "."

    def _model(self) -> Iterator[Block]:
        share = "(1/n) Σ " if self.problem.reduction == "mean" else "Σ "
        which = "mean" if self.problem.reduction == "mean" else "summed"
        if self.problem.several:
            k = Name(names.GUESS, "k")
            yield Prose(
                (
                    "Model: a net input for each class, ",
                    n.Compare(Name("z", "k"), "=", self._net("_k")),
                    ", and softmax over them, ",
                    n.Compare(
                        k,
                        "=",
                        n.Fraction(
                            n.Power(Name("e"), Name("z", "k")),
                            n.Prefixed(Name("Σ"), n.Power(Name("e"), Name("z", "j"))),
                        ),
                    ),
                    f". Error: {which} cross-entropy, ",
                    n.Compare(Name("E"), "=", n.Prefixed(n.Word(f"{share}−ln"), Name(names.GUESS, "true"))),
                    ", the probability of the true class.",
                )
            )
            return
        sigmoid = written(ACTIVATIONS["sigmoid"].formula(symbol("z"), symbol("_")), letter)
        yield Prose(
            (
                "Model: ",
                n.Compare(Name("z"), "=", self._net("")),
                ", ",
                n.Compare(Name(names.GUESS), "=", n.Call("σ", (Name("z"),))),
                " with ",
                n.Compare(n.Call("σ", (Name("z"),)), "=", sigmoid),
                f". Error: {which} cross-entropy, ",
                n.Compare(Name("E"), "=", n.Prefixed(n.Word(f"−{share}".rstrip()), n.Bracket(_cross_entropy()))),
                "; y is 0 or 1, so one of the two parts of each sample drops out.",
            )
        )

    def _net(self, ending: str, *, numbers: bool = False) -> Node:
        terms: list[Node] = []
        for j in range(1, self.problem.features + 1):
            weight = self.writer.number(f"w{j}") if numbers else names.parameter(f"w{j}{ending}")
            terms.append(n.product([weight, Name("x", str(j) if self.problem.features > 1 else "")]))
        if self.problem.intercept:
            terms.append(self.writer.number("b") if numbers else names.parameter(f"b{ending}"))
        return n.total(terms)

    # working

    def working(self, writer: LineWriter) -> Iterator[Block]:
        """The gradient, the epochs, then the fit and what follows from it."""
        self.writer = writer
        yield from logistic_slopes(self.problem)
        yield from Epochs(self.solution, writer, self._epoch_tables).blocks()
        yield from self._fit(FIT, "")
        if self.problem.test:
            yield from self._fit(TEST, "_test")
        keys = [key for key, step in self.steps.items() if step.section == NEW and key in self.needed]
        if keys:
            yield Heading((NEW,))
            yield lines(writer, keys)
        yield from self._boundary()
        if not self.solution.asked:
            yield from self._picture()

    def _features(self) -> list[str]:
        return [f"x{j}" for j in range(1, self.problem.features + 1)] if self.problem.features > 1 else ["x"]

    def _named(self, base: str, output: str) -> tuple[Node]:
        return (Name(base, output[1:]),)

    def _epoch_tables(self, stage: str) -> list[list[Column]]:
        """Predictions and error, then δ and its products; for several classes a table for each."""
        columns = [Column((Name("x", f[1:]),), f) for f in self._features()]
        columns.append(Column((Name("y"),), "y"))
        for output in self.outputs:
            columns += [] if self.problem.several else [Column((Name("z"),), "z", stage)]
            columns.append(Column(self._named(names.GUESS, output), f"yhat{output}", stage))
        columns.append(Column((Name("L"),), "L", stage, f"sum_L{stage}"))
        slopes = [self._slope_columns(output, stage) for output in self.outputs]
        if self.problem.several or self.problem.features > 2:
            return [columns, *slopes]
        return [[*columns, *slopes[0]]]

    def _slope_columns(self, output: str, stage: str) -> list[Column]:
        delta = self._named("δ", output)
        columns = [Column(delta, f"delta{output}", stage, f"sum_delta{output}{stage}")]
        for f in self._features():
            heading = (n.product([Name("x", f[1:]), *delta]),)
            columns.append(Column(heading, f"{f}delta{output}", stage, f"sum_{f}delta{output}{stage}"))
        return columns

    def _fit(self, section: str, where: str) -> Iterator[Block]:
        """Probabilities and classes as a table, the error and the accuracy."""
        keys = [key for key, step in self.steps.items() if step.section == section and key in self.needed]
        if not keys:
            return
        yield Heading((section,))
        samples = self.problem.test if where else self.problem.samples
        assert samples is not None
        yield lines(self.writer, [key for key in keys if key.endswith("[1]") and not key.startswith("hit")])
        if len(samples) > 1:
            yield Prose(("The others in the same way (right: 1 where the class is the given one):",))
            columns = [c for c in self._fit_columns(where) if f"{c.key}[1]" in (*keys, *self.solution.working.givens)]
            yield sample_table(self.writer, columns, range(1, len(samples) + 1))
        yield lines(self.writer, [key for key in keys if "[" not in key])

    def _fit_columns(self, where: str) -> list[Column]:
        columns = [Column((Name("x", f[1:]),), f"{f}{where}") for f in self._features()]
        columns.append(Column((Name("y"),), f"y{where}"))
        for output in self.outputs:
            columns += [] if self.problem.several else [Column((Name("z"),), f"z{where}")]
            columns.append(Column(self._named(names.GUESS, output), f"yhat{output}{where}"))
        columns += [Column(("class",), f"class{where}"), Column(("right",), f"hit{where}", total=f"correct{where}")]
        return [*columns, *([] if where else [Column((Name("L"),), "L", total="sum_L")])]

    def _boundary(self) -> Iterator[Block]:
        """Where the two classes meet."""
        whole = not self.solution.asked
        if self.problem.several or not (whole or "boundary" in self.needed):
            return
        yield Heading((BOUNDARY,))
        if "boundary" in self.steps:
            yield Prose(("σ(z) reaches the threshold at one z; the x that makes this z divides the classes.",))
            yield lines(self.writer, ["boundary"])
        elif self.problem.threshold.value == HALF:
            yield Prose(("σ(z) is 0.5 where z = 0; there the classes meet:",))
            zero = n.Number("0")
            yield Lines((Equation(self._net(""), (zero,)), Equation(self._net("", numbers=True), (zero,))))
        else:
            yield Prose(("The classes meet where σ(z) is the threshold.",))

    def _picture(self) -> Iterator[Block]:
        """The plane of two features with the classes, or the probability over one."""
        if self.problem.features == 2:
            yield Heading(("The plane",))
            yield drawn(self.solution, "plane", self._classed())
        elif self.problem.features == 1 and not self.problem.several:
            yield drawn(self.solution, "line", self._plotted())

    def _classed(self) -> tuple[str, ...]:
        problem, found = self.problem, class_of(self.solution)
        rows = zip(problem.samples.x, problem.samples.y, strict=True)
        places = [(x1.value, x2.value, str(int(y.value))) for (x1, x2), y in rows]
        regions = [f"{SIGNS[i % 7]} and {i}: class {label}"[:_LEGEND] for i, label in enumerate(problem.classes)]
        lines = plane_picture(lambda x, y: found(float(x), float(y)) % 7, places)
        return (*lines, *regions, "the signs are what is predicted, the digits are the samples")

    def _plotted(self) -> tuple[str, ...]:
        """The samples and the curve."""
        points, curve = samples_of(self.problem), probability_of(self.solution)
        left, right = wider([x for x, _ in points], 0.3)
        marks = [Marks("·", sampled(curve, left, right), joined=True), Marks("o", points)]
        return (*plot(marks, "x", names.GUESS), "o samples   · probability of class 1")

    # answers

    def answers(self, writer: LineWriter) -> Iterator[Block]:
        """A line for each answer, and the new samples."""
        keys = self.solution.answer_keys
        if not self.solution.asked:
            keys = (*keys, *(k for k, step in self.steps.items() if step.section == NEW and not k.startswith("z")))
        yield Lines(tuple(result(writer, key) for key in keys))


def _cross_entropy() -> Node:
    """y ln ŷ + (1 − y) ln(1 − ŷ)."""
    y, guess, one = Name("y"), Name(names.GUESS), n.Number("1")
    other = n.Product((n.Bracket(n.Sum((one, n.Minus(y)))), n.Call("ln", (n.Sum((one, n.Minus(guess))),))))
    return n.Sum((n.Product((y, n.Call("ln", (guess,)))), other))
