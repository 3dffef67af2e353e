"""kind: linear-regression: from a document to a LinearRegression, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, ClassVar

from ..options import Options
from .choices import LOSS_SYNONYMS
from .common import Complaints, mended, options
from .compound import VECTOR, Chosen, Setting, choice
from .document import Document
from .fields import POSITIVE, one_of
from .frame import Key
from .regression import LinearRegression, Row, Samples, linear_parameters
from .regression_rows import (
    SYNONYMS,
    RegressionSpec,
    TestKeys,
    check_lengths,
    check_rows,
    counted,
    descent,
    new_rows,
)
from .regression_starters import LINEAR

__all__ = ["Spec", "problem", "starter"]

_METHODS = ("least-squares", "normal-equations", "gradient-descent")
_METHOD_WORDS = {
    "ols": "least-squares",
    "sums": "least-squares",
    "least_squares": "least-squares",
    "normal": "normal-equations",
    "normal_equation": "normal-equations",
    "normal_equations": "normal-equations",
    "gd": "gradient-descent",
    "sgd": "gradient-descent",
    "descent": "gradient-descent",
    "gradient_descent": "gradient-descent",
}
_LOSSES: dict[str, Setting | None] = {
    "mse": None,
    "half_mse": None,
    "sse": None,
    "half_sse": None,
    "mae": None,
    "huber": Setting("delta", POSITIVE, "1"),
}
_MOST_BY_HAND = 6
_SUMS = ("sse", "half_sse")


class Spec(RegressionSpec):
    """A line through points: least squares by sums or by normal equations, or gradient descent."""

    schema_title = "dlsolve spec, kind: linear-regression"
    synonyms: ClassVar[Mapping[str, str]] = SYNONYMS

    kind: Annotated[str, one_of(("linear-regression",))] = Key(
        "linear-regression",
        description="The kind of problem: linear-regression. Answers: m and c for one feature, b0 b1 ... for several, "
        "E, MSE, SS_res, SS_tot, R2, and the lists predictions, residuals, predicted (for predict).",
    )
    y: Annotated[Row, VECTOR] = Key(description="The target of each sample.")
    method: Annotated[str | None, one_of(_METHODS, _METHOD_WORDS)] = Key(
        None,
        description="least-squares (default: the sums formula for one feature, normal equations for several), "
        "normal-equations, or gradient-descent (default where a learning_rate is given).",
    )
    loss: Annotated[Chosen, choice(_LOSSES, LOSS_SYNONYMS)] = Key(
        ("mse", None), description="The error over the samples of gradient descent. Default mse."
    )
    test: TestKeys | None = Key(None, description="A test set: x and y that are not fitted.")


def starter() -> str:
    """A commented spec to begin with."""
    return LINEAR


def problem(document: Document) -> tuple[LinearRegression, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    regression = _regression(spec, complaints) if spec else None
    if spec is None or regression is None or complaints.found:
        raise complaints.error()
    return regression, options(spec)


def _regression(spec: Spec, complaints: Complaints) -> LinearRegression | None:
    method = _method(spec, complaints)
    if not all([check_rows(spec.x, ("x",), complaints), check_lengths(spec.x, len(spec.y), (), complaints)]):
        return None
    features = len(spec.x.rows[0])
    parameters = linear_parameters(features, spec.intercept)
    going = descent(spec, parameters, complaints) if method == "gradient-descent" else None
    loss, delta = spec.loss
    regression = LinearRegression(
        title=spec.title or f"Linear regression, {counted(len(spec.y), 'sample')}",
        parameters=parameters,
        samples=Samples(spec.x.rows, spec.y),
        intercept=spec.intercept,
        reduction=spec.reduction or ("sum" if loss in _SUMS else "mean"),
        descent=going,
        test=_test(spec, features, complaints),
        predict=new_rows(spec.predict, features, ("predict",), complaints),
        method="sums" if method == "least-squares" and features == 1 else method,
        loss=loss,
        delta=delta,
    )
    if method != "gradient-descent" and complaints.none_yet:
        _check_solvable(regression, complaints)
    return regression


def _method(spec: Spec, complaints: Complaints) -> str:
    """The method; complaints about what it has no use for."""
    if spec.method == "gradient-descent" or (spec.method is None and spec.learning_rate is not None):
        if spec.loss[0] in _SUMS and spec.reduction == "mean":
            mean = spec.loss[0].replace("sse", "mse")
            complaints.add(
                ("reduction",), f"{spec.loss[0]} is a sum over the samples; write 'loss: {mean}' for the mean"
            )
        return "gradient-descent"
    method = spec.method or "least-squares"
    if any(complaint.path == ("method",) for complaint in complaints.found):
        return method  # what was meant is not known
    for key in ("start", "learning_rate", "epochs", "batch"):
        if getattr(spec, key) is not None:
            complaints.add((key,), f"{method} has no use for it: write 'method: gradient-descent'", at_key=True)
    if spec.loss[0] not in ("mse", "half_mse", *_SUMS):
        complaints.add(("loss",), f"{method} makes the squares least; for {spec.loss[0]} use gradient-descent")
    return "normal-equations" if method == "least-squares" and len(spec.x.rows[0]) > 1 else method


def _test(spec: Spec, features: int, complaints: Complaints) -> Samples | None:
    if spec.test is None:
        return None
    rows = new_rows(spec.test.x, features, ("test", "x"), complaints)
    if len(rows) != len(spec.test.y):
        found = f"{counted(len(spec.test.y), 'number')}, but x has {counted(len(rows), 'sample')}"
        complaints.add(("test", "y"), f"{found}: each sample needs its y")
        return None
    return Samples(rows, spec.test.y)


def _check_solvable(regression: LinearRegression, complaints: Complaints) -> None:
    """Complains where the normal equations have no single solution, in words about the data."""
    features, count = regression.features, len(regression.samples)
    if features > _MOST_BY_HAND:
        most = f"found {features} features; least squares is worked for up to {_MOST_BY_HAND}"
        complaints.add(("x",), f"{most}. Use 'method: gradient-descent'")
        return
    wanted = len(regression.parameters)
    if features > 1 and count < wanted:
        complaints.add(("x",), f"{counted(count, 'sample')} cannot fix {wanted} parameters: give at least {wanted}")
        return
    names = [*(["the constant column"] if regression.intercept else []), *(f"x{j}" for j in range(1, features + 1))]
    column = _dependent_column(regression)
    if column is None:
        return
    if features == 1:
        complaints.add(("x",), _one_place(regression))
        return
    if column == 0:
        complaints.add(("x",), f"{names[0]} is 0 in every sample, so it has no coefficient: leave it out")
        return
    before = ", ".join(names[:column])
    message = f"{names[column]} is fixed by {before} (a sum of multiples of them in every sample): XᵀX is singular"
    complaints.add(("x",), f"{message} and no single solution exists. Leave it out, or give other samples")


def _one_place(regression: LinearRegression) -> str:
    value = regression.samples.x[0][0].text
    if not regression.intercept:
        return "every x is 0, so nΣx² is 0 and any slope fits as well: give an x that is not 0"
    return f"every x is {value}: no line is determined (nΣx² − (Σx)² is 0). Give at least two different x"


def _dependent_column(regression: LinearRegression) -> int | None:
    """The first column of the samples that is a sum of multiples of those before it, found exactly."""
    rows = [[*([Fraction(1)] if regression.intercept else []), *(x.value for x in row)] for row in regression.samples.x]
    for column in range(len(rows[0])):
        pivot = next((i for i in range(column, len(rows)) if rows[i][column]), None)
        if pivot is None:
            return column
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in rows[column + 1 :]:
            if row[column]:
                factor = row[column] / rows[column][column]
                row[column:] = [a - factor * b for a, b in zip(row[column:], rows[column][column:], strict=True)]
    return None
