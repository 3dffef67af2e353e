"""kind: linear-regression: least squares by sums or normal equations, or gradient descent."""

from __future__ import annotations

from ..check.linear_regression import audit
from ..options import Options
from ..page.linear_regression import page
from ..solution import Keys, Worked
from ..spec.regression import LinearRegression
from ..working import Working
from .least_squares import NormalEquations, by_sums, give_count
from .linear_fit import LinearModel, has_spread
from .regression_descent import Course, Training
from .regression_lines import Sheet
from .regression_solution import Run, valued, worked


def solve(problem: LinearRegression, options: Options) -> Worked:
    """The worked solution. Raises NotComputable where the numbers have no result, NotAsked for a key it lacks."""
    return worked(
        "linear-regression",
        problem,
        options,
        run=lambda carry: _run(problem, options, carry),
        answer_keys=lambda working: _answers(problem),
        grouped=_grouped(problem),
        conventions=_conventions(problem, options),
        audit=audit,
        page_maker=page,
    )


def work(problem: LinearRegression, digits: int = 4, carry: str = "full") -> tuple[Working, Course | None]:
    """The Working of a linear regression, and the course of its epochs where there are several."""
    sheet = Sheet(problem)
    sheet.give_samples(problem.samples)
    give_count(sheet, len(problem.samples))
    if problem.delta is not None:
        from ..notation import Name

        sheet.give("delta", problem.delta, Name("δ"))
    model = LinearModel(sheet, problem)
    course = None
    if problem.descent:
        course = Training(sheet, model, problem.descent, digits, carry).add()
    elif problem.method == "sums":
        by_sums(sheet, problem)
    else:
        NormalEquations(sheet, problem).add()
    model.fit()
    return sheet.working, course


def _run(problem: LinearRegression, options: Options, carry: str) -> Run:
    working, course = work(problem, options.digits, carry)
    return valued(problem, working, course, options, carry)


def _answers(problem: LinearRegression) -> tuple[str, ...]:
    gradients = [f"dE/d{key}" for key in problem.parameters] if problem.descent else []
    keys = [*problem.parameters, *gradients, "E", "MSE", "SS_res"]
    keys += ["SS_tot", "R2"] if has_spread(problem) else []
    if problem.test:
        keys += ["SS_res_test", "MSE_test", *(["R2_test"] if has_spread(problem, "_test") else [])]
    return tuple(keys)


def _grouped(problem: LinearRegression) -> dict[str, Keys]:
    samples = range(1, len(problem.samples) + 1)
    found: dict[str, Keys] = {
        "predictions": tuple(f"yhat[{i}]" for i in samples),
        "residuals": tuple(f"e[{i}]" for i in samples),
    }
    if problem.predict:
        found["predicted"] = tuple(f"yhat_new[{i}]" for i in range(1, len(problem.predict) + 1))
    if problem.test:
        found["test_predictions"] = tuple(f"yhat_test[{i}]" for i in range(1, len(problem.test) + 1))
    return found


def _conventions(problem: LinearRegression, options: Options) -> dict[str, object]:
    found: dict[str, object] = {"method": problem.method, "loss": problem.loss, "reduction": problem.reduction}
    if problem.descent:
        found |= {"batch": problem.descent.batch, "epochs": problem.descent.epochs}
    return {**found, "intercept": problem.intercept, "carry": options.carry, "digits": options.digits}
