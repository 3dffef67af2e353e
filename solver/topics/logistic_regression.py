"""kind: logistic-regression: a sigmoid neuron, or softmax, by gradient descent."""

from __future__ import annotations

from fractions import Fraction

from ..check.logistic_regression import audit
from ..evaluate import Values, evaluate
from ..notation import Name
from ..options import Options
from ..page.logistic_regression import page
from ..rounding import shown
from ..solution import Keys, Worked
from ..spec.regression import LogisticRegression
from ..working import Working
from .least_squares import give_count
from .logistic_fit import LogisticModel
from .regression_descent import Course, Training
from .regression_lines import Sheet
from .regression_solution import Run, valued, worked


def solve(problem: LogisticRegression, options: Options) -> Worked:
    """The worked solution. Raises NotComputable where the numbers have no result, NotAsked for a key it lacks."""
    return worked(
        "logistic-regression",
        problem,
        options,
        run=lambda carry: _run(problem, options, carry),
        answer_keys=lambda working: _answers(problem, working),
        grouped=_grouped(problem),
        conventions=_conventions(problem, options),
        audit=audit,
        page_maker=page,
    )


def work(problem: LogisticRegression, digits: int = 4, carry: str = "full") -> tuple[Working, Course | None]:
    """The Working of a logistic regression, and the course of its epochs where there are several."""
    assert problem.descent is not None
    sheet = Sheet(problem)
    sheet.give_samples(problem.samples)
    give_count(sheet, len(problem.samples))
    if not problem.several:
        sheet.give("threshold", problem.threshold, Name("threshold", upright=True))
    model = LogisticModel(sheet, problem)
    course = Training(sheet, model, problem.descent, digits, carry).add()
    model.fit()
    if model.has_boundary and evaluate(sheet.working, digits, carry).numbers["w1"] != 0:
        model.boundary()
    return sheet.working, course


def _run(problem: LogisticRegression, options: Options, carry: str) -> Run:
    working, course = work(problem, options.digits, carry)
    run = valued(problem, working, course, options, carry)
    _count_exactly(working, run.values, options.digits)
    return run


def _count_exactly(working: Working, values: Values, digits: int) -> None:
    """Classes and what is counted of them are whole numbers, though what decides them is rounded."""
    for key, step in working.steps.items():
        counted = step.rule in ("predicted_class", "hit", "share") or key.startswith("correct")
        if counted and isinstance(values.numbers[key], Fraction):
            values.texts[key] = shown(values.numbers[key], digits, exact=True)


def _answers(problem: LogisticRegression, working: Working) -> tuple[str, ...]:
    keys = [*problem.parameters, *(f"dE/d{key}" for key in problem.parameters), "E", "accuracy"]
    return (*keys, *(key for key in ("accuracy_test", "boundary") if key in working))


def _grouped(problem: LogisticRegression) -> dict[str, Keys]:
    found: dict[str, Keys] = {
        "probabilities": _probabilities(problem, len(problem.samples), ""),
        "classes": _classes(len(problem.samples), ""),
    }
    if problem.test:
        found["test_probabilities"] = _probabilities(problem, len(problem.test), "_test")
        found["test_classes"] = _classes(len(problem.test), "_test")
    if problem.predict:
        found["predicted"] = _probabilities(problem, len(problem.predict), "_new")
        found["predicted_classes"] = _classes(len(problem.predict), "_new")
    return found


def _probabilities(problem: LogisticRegression, count: int, where: str) -> Keys:
    samples = range(1, count + 1)
    if not problem.several:
        return tuple(f"yhat{where}[{i}]" for i in samples)
    return tuple(tuple(f"yhat_{label}{where}[{i}]" for label in problem.classes) for i in samples)


def _classes(count: int, where: str) -> Keys:
    return tuple(f"class{where}[{i}]" for i in range(1, count + 1))


def _conventions(problem: LogisticRegression, options: Options) -> dict[str, object]:
    assert problem.descent is not None
    return {
        "loss": "cce" if problem.several else "bce",
        "reduction": problem.reduction,
        "batch": problem.descent.batch,
        "epochs": problem.descent.epochs,
        "intercept": problem.intercept,
        "classes": list(problem.classes),
        "carry": options.carry,
        "digits": options.digits,
    }
