"""What both regressions read alike: rows of features, start values, batches, a test set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from .common import Common, Complaints
from .compound import BY_NAME, MATRIX, VECTOR, either
from .document import Path
from .fields import FLAG, NUMBER, POSITIVE, Field, did_you_mean, one_of, refused, shown, whole
from .frame import Key, Keys
from .number import Number
from .regression import Descent, Row

MOST_SAMPLES, MOST_FEATURES, MOST_EPOCHS, MOST_PASSES = 1000, 20, 100_000, 1_000_000
Start = Number | Row | dict[str, Number]


@dataclass(frozen=True, slots=True)
class Typed:
    """Rows as typed; `flat` when a single list (or number) stood there."""

    rows: tuple[Row, ...]
    flat: bool


def _typed(value: Any) -> Typed:
    if isinstance(value, list) and any(isinstance(each, list) for each in value):
        return Typed(MATRIX.read(value), False)
    return Typed(tuple((number,) for number in VECTOR.read(value)), True)


ROWS: Field[Typed] = Field(
    "a list of numbers (one feature), or a list of rows of features",
    _typed,
    {"anyOf": [dict(VECTOR.schema), dict(MATRIX.schema)]},
)
NEW_ROWS: Field[Typed] = Field(
    "a number, a list of numbers, or rows of features",
    lambda value: Typed(((value,),), True) if isinstance(value, Number) else _typed(value),
    {"anyOf": [dict(NUMBER.schema), dict(VECTOR.schema), dict(MATRIX.schema)]},
)
START = either(NUMBER, VECTOR, BY_NAME)
_BATCH_WORDS = {"all": "full", "batch": "full", "full_batch": "full"}
_COUNT = whole(1, MOST_SAMPLES)


def _batch(value: Any) -> int | None:
    if isinstance(value, Number):
        return _COUNT.read(value)
    if value == "full":
        return None
    fix = did_you_mean(value, ["full"], _BATCH_WORDS) if isinstance(value, str) else ""
    raise refused(value, "full, or the number of samples of an update", fix or "Write 1 for stochastic", instead="full")


BATCH: Field[int | None] = Field(
    "full, or a number of samples", _batch, {"anyOf": [{"const": "full"}, dict(_COUNT.schema)]}
)


class RegressionSpec(Common):
    """The keys of both regressions."""

    x: Annotated[Typed, ROWS] = Key(
        description="The feature of each sample; for several features a row for each sample."
    )
    intercept: Annotated[bool, FLAG] = Key(
        True, description="false: no intercept (the matrix may have a column of ones itself)."
    )
    start: Annotated[Start | None, START] = Key(
        None,
        description="Where gradient descent starts: one number for all parameters, a list in their order, or by name. "
        "Default 0.",
    )
    learning_rate: Annotated[Number | None, POSITIVE] = Key(None, description="The learning rate.")
    epochs: Annotated[int | None, whole(1, MOST_EPOCHS)] = Key(None, description="Passes over all samples. Default 1.")
    batch: Annotated[int | None, BATCH] = Key(
        None, description="Samples for each update, taken in order: full (default), 1 (stochastic) or a number."
    )
    reduction: Annotated[str | None, one_of(("mean", "sum"))] = Key(
        None, description="mean: E and its gradient are means over the samples (of a batch); sum: sums."
    )
    predict: Annotated[Typed | None, NEW_ROWS] = Key(None, description="New x to predict; answers: predicted.")


class TestKeys(Keys):
    """Samples set apart: the model never sees them while it is fitted."""

    __test__: ClassVar[bool] = False  # a spec's key, no class of tests

    x: Annotated[Typed, ROWS] = Key(description="As x above.")
    y: Annotated[Row, VECTOR] = Key(description="As y above.")


def counted(count: int, noun: str) -> str:
    """1 sample, 2 samples."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def check_rows(typed: Typed, path: Path, complaints: Complaints) -> bool:
    """Whether the samples are rows of one length, and not too many; complaints where they are not."""
    width = len(typed.rows[0])
    fine = True
    for index, row in enumerate(typed.rows):
        if len(row) != width:
            there = f"{counted(len(row), 'number')}, but the first row has {width}"
            complaints.add((*path, index), f"{there}: each row needs one number for each feature")
            fine = False
    if width > MOST_FEATURES or len(typed.rows) > MOST_SAMPLES:
        found = f"{counted(len(typed.rows), 'sample')} of {counted(width, 'feature')}"
        complaints.add(path, f"found {found}; at most {MOST_SAMPLES} samples of {MOST_FEATURES} features are worked")
        fine = False
    return fine


def check_lengths(x: Typed, count: int, path: Path, complaints: Complaints) -> bool:
    """Whether there are as many y as x."""
    if len(x.rows) == count:
        return True
    message = f"{counted(count, 'number')}, but x has {counted(len(x.rows), 'sample')}: each sample needs its y"
    complaints.add((*path, "y"), message)
    return False


def new_rows(typed: Typed | None, features: int, path: Path, complaints: Complaints) -> tuple[Row, ...]:
    """Rows to predict; a single list is one row where there are several features."""
    if typed is None:
        return ()
    rows = typed.rows
    if typed.flat and features > 1:
        rows = (tuple(row[0] for row in rows),)
    for index, row in enumerate(rows):
        if len(row) != features:
            message = f"{counted(len(row), 'number')}, but a sample has {counted(features, 'feature')}"
            complaints.add(path if typed.flat else (*path, index), f"{message}: write {features}")
    return rows


def start_values(start: Start | None, parameters: tuple[str, ...], complaints: Complaints) -> Row:
    """A start value for each parameter."""
    zero = Number.of(0)
    if start is None or isinstance(start, Number):
        return (start or zero,) * len(parameters)
    names = ", ".join(parameters)
    if isinstance(start, dict):
        for key in start:
            if key not in parameters:
                fix = did_you_mean(key, parameters)
                message = f"found {shown(key)}; expected the parameters {names}{'. ' + fix if fix else ''}"
                complaints.add(("start", key), message, at_key=True)
        return tuple(start.get(key, zero) for key in parameters)
    if len(start) != len(parameters):
        message = f"{counted(len(start), 'number')}, but there are {counted(len(parameters), 'parameter')} ({names})"
        complaints.add(("start",), f"{message}: write {len(parameters)}")
        return (zero,) * len(parameters)
    return start


def descent(spec: RegressionSpec, parameters: tuple[str, ...], complaints: Complaints) -> Descent | None:
    """How gradient descent goes, or None where the learning rate is missing; complaints say so."""
    count = len(spec.x.rows)
    if spec.batch is not None and spec.batch > count:
        complaints.add(("batch",), f"found {spec.batch}; there are only {counted(count, 'sample')}")
    if (spec.epochs or 1) * count > MOST_PASSES:
        most = f"at most {MOST_PASSES // count:,} epochs of {counted(count, 'sample')} are worked"
        complaints.add(("epochs",), f"found {spec.epochs}; {most}")
    start = start_values(spec.start, parameters, complaints)
    if spec.learning_rate is None:
        complaints.add((), "the key learning_rate is missing: gradient descent needs it")
        return None
    return Descent(start, spec.learning_rate, spec.epochs or 1, spec.batch or count)


SYNONYMS: Mapping[str, str] = {
    "lr": "learning_rate",
    "eta": "learning_rate",
    "alpha": "learning_rate",
    "rate": "learning_rate",
    "inputs": "x",
    "features": "x",
    "target": "y",
    "targets": "y",
    "labels": "y",
    "steps": "epochs",
    "iterations": "epochs",
    "batch_size": "batch",
    "cost": "loss",
    "error": "loss",
    "weights": "start",
    "initial": "start",
    "bias": "intercept",
    "fit_intercept": "intercept",
}
