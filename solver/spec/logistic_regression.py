"""kind: logistic-regression: from a document to a LogisticRegression, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from ..options import Options
from .common import Complaints, mended, options
from .compound import list_of
from .document import Document, Path
from .fields import NAME, PROBABILITY, Field, did_you_mean, one_of, refused, shown
from .frame import Key, Keys
from .number import Number
from .regression import LogisticRegression, Row, Samples, logistic_parameters
from .regression_rows import (
    ROWS,
    SYNONYMS,
    RegressionSpec,
    Typed,
    check_lengths,
    check_rows,
    counted,
    descent,
    new_rows,
)
from .regression_starters import LOGISTIC

__all__ = ["Spec", "problem", "starter"]

_MOST_CLASSES = 10


def _label(value: Any) -> str:
    if isinstance(value, bool):
        raise refused(value, "a class", "Write 1 or 0, or put the word in quotes", instead=Number.of(1))
    if isinstance(value, Number) and value.value < 0:
        raise refused(value, "a class: 0, 1, 2, ... or a word", "For -1 and 1 write 0 and 1", instead=Number.of(0))
    return NAME.read(value)


_LABEL: Field[str] = Field("a class: 0, 1, 2, ... or a word", _label, dict(NAME.schema))
_LABELS = list_of(_LABEL, "a list of classes, one for each sample")


class TestKeys(Keys):
    """Samples set apart: the model never sees them while it is fitted."""

    __test__: ClassVar[bool] = False  # a spec's key, no class of tests

    x: Annotated[Typed, ROWS] = Key(description="As x above.")
    y: Annotated[tuple[str, ...], _LABELS] = Key(description="As y above.")


class Spec(RegressionSpec):
    """Classes from features: a sigmoid neuron for two of them, softmax for more, by gradient descent."""

    schema_title = "dlsolve spec, kind: logistic-regression"
    synonyms: ClassVar[Mapping[str, str]] = {**SYNONYMS, "labels": "y", "class": "classes"}

    kind: Annotated[str, one_of(("logistic-regression",))] = Key(
        "logistic-regression",
        description="The kind of problem: logistic-regression. Answers: w1 w2 ... and b (with several classes w1_0, "
        "b_0 ... of class 0), their gradients of the last update, E, accuracy, and the lists probabilities, classes, "
        "predicted (for predict).",
    )
    y: Annotated[tuple[str, ...], _LABELS] = Key(
        description="The class of each sample: 0 and 1, or several classes as 0, 1, 2 ... or as words."
    )
    classes: Annotated[tuple[str, ...], _LABELS] = Key(
        (), description="All classes in order; the second of two is class 1. Default: those of y, sorted."
    )
    threshold: Annotated[Number, PROBABILITY] = Key(
        Number.of("0.5"), description="Two classes: class 1 from this probability on. Default 0.5."
    )
    test: TestKeys | None = Key(None, description="A test set: x and y that are not fitted.")


def starter() -> str:
    """A commented spec to begin with."""
    return LOGISTIC


def problem(document: Document) -> tuple[LogisticRegression, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    regression = _regression(spec, complaints) if spec else None
    if spec is None or regression is None or complaints.found:
        raise complaints.error()
    return regression, options(spec)


def _regression(spec: Spec, complaints: Complaints) -> LogisticRegression | None:
    classes = _classes(spec, complaints)
    if not all([check_rows(spec.x, ("x",), complaints), check_lengths(spec.x, len(spec.y), (), complaints)]):
        return None
    features = len(spec.x.rows[0])
    if not 0 < spec.threshold.value < 1:
        complaints.add(("threshold",), f"found {shown(spec.threshold)}; expected a number between 0 and 1")
    parameters = logistic_parameters(features, spec.intercept, classes)
    return LogisticRegression(
        title=spec.title or f"Logistic regression, {counted(len(spec.y), 'sample')}",
        parameters=parameters,
        samples=Samples(spec.x.rows, _places(spec.y, classes, ("y",), complaints)),
        intercept=spec.intercept,
        reduction=spec.reduction or "mean",
        descent=descent(spec, parameters, complaints),
        test=_test(spec, features, classes, complaints),
        predict=new_rows(spec.predict, features, ("predict",), complaints),
        classes=classes,
        threshold=spec.threshold,
    )


def _classes(spec: Spec, complaints: Complaints) -> tuple[str, ...]:
    """The classes in order: as given, else those of y, 0 and 1 at least where y holds numbers."""
    if spec.classes:
        return _given_classes(spec.classes, complaints)
    found = set(spec.y)
    if found <= {"0", "1"}:
        return ("0", "1")
    if len(found) == 1:
        complaints.add(("y",), f"every y is {next(iter(found))}; expected at least two classes, or the key classes")
    if len(found) > _MOST_CLASSES:
        complaints.add(("y",), f"found {len(found)} classes; at most {_MOST_CLASSES} are worked")
    numbers = all(label.isdigit() for label in found)
    return tuple(sorted(found, key=int)) if numbers else tuple(sorted(found))


def _given_classes(classes: tuple[str, ...], complaints: Complaints) -> tuple[str, ...]:
    twice = [label for label in classes if classes.count(label) > 1]
    if twice:
        complaints.add(("classes",), f"{twice[0]} stands there twice")
    if not 2 <= len(classes) <= _MOST_CLASSES:
        complaints.add(("classes",), f"found {counted(len(classes), 'class')}; expected 2 to {_MOST_CLASSES}")
    return tuple(dict.fromkeys(classes))


def _places(labels: tuple[str, ...], classes: tuple[str, ...], path: Path, complaints: Complaints) -> Row:
    """The place of each label among the classes."""
    known = {label: Number.of(place) for place, label in enumerate(classes)}
    for index, label in enumerate(labels):
        if label not in known:
            fix = did_you_mean(label, classes)
            expected = f"found {shown(label)}; expected one of the classes {', '.join(classes)}"
            complaints.add((*path, index), f"{expected}{'. ' + fix if fix else ''}")
    return tuple(known.get(label, Number.of(0)) for label in labels)


def _test(spec: Spec, features: int, classes: tuple[str, ...], complaints: Complaints) -> Samples | None:
    if spec.test is None:
        return None
    rows = new_rows(spec.test.x, features, ("test", "x"), complaints)
    if not check_lengths(Typed(rows, False), len(spec.test.y), ("test",), complaints):
        return None
    return Samples(rows, _places(spec.test.y, classes, ("test", "y"), complaints))
