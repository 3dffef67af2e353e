"""kind: metrics: from a document to a Confusion, with every complaint at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from ..options import Options
from .common import Common, Complaints, mended, options
from .compound import either, list_of
from .confusion import Confusion
from .document import Document
from .fields import Field, did_you_mean, one_of, refused, whole
from .frame import Key, Keys
from .keys_field import keys_field
from .metrics_starter import STARTER
from .number import Number

__all__ = ["Confusion", "Spec", "problem", "starter"]

MOST_CLASSES, MOST_SAMPLES = 12, 10_000
_POSITIVE_WORDS = ("1", "yes", "true", "positive", "pos", "+1", "+")
_BETWEEN = re.compile(r"0?\.\d*[1-9]\d*")  # a number between 0 and 1, as typed
_NO_CLASS = "a label: a word or a number"


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value.text if isinstance(value, Number) else value
    if not isinstance(text, str) or not text.strip() or len(text) > 20:
        raise refused(value, _NO_CLASS, instead="1")
    return " ".join(text.split())


LABEL: Field[str] = Field(_NO_CLASS, _label, {"type": ["string", "number", "boolean"]})
LABELS = list_of(LABEL, "a list of labels")
COUNT = whole(0)


class Counts(Keys):
    """The four counts of two classes."""

    synonyms: ClassVar[Mapping[str, str]] = {
        "true_positives": "tp",
        "false_negatives": "fn",
        "false_positives": "fp",
        "true_negatives": "tn",
    }

    tp: Annotated[int, COUNT] = Key(description="True positives: positive, and predicted so.")
    fn: Annotated[int, COUNT] = Key(description="False negatives: positive, but predicted negative.")
    fp: Annotated[int, COUNT] = Key(description="False positives: negative, but predicted positive.")
    tn: Annotated[int, COUNT] = Key(description="True negatives: negative, and predicted so.")


def _confusion(value: Any) -> Any:
    if isinstance(value, list):
        return _MATRIX.read(value)
    if isinstance(value, dict):
        value = {key.lower() if isinstance(key, str) and len(key) == 2 else key: each for key, each in value.items()}
    return _COUNTS.read(value)


_COUNTS = keys_field(Counts, "a mapping with keys tp, fn, fp, tn")
_MATRIX = list_of(list_of(COUNT, "a list of counts"), "a matrix: a row of counts for each actual class")
CONFUSION: Field[Any] = Field(
    "{tp: .., fn: .., fp: .., tn: ..}, or a matrix with a row for each actual class",
    _confusion,
    {"anyOf": [dict(_COUNTS.schema), dict(_MATRIX.schema)]},
)
_ZERO_DIVISION = whole(0, 1)


class Spec(Common):
    """How well predictions fit: from counts, from a confusion matrix, or from two lists of labels."""

    schema_title = "dlsolve spec, kind: metrics"
    synonyms: ClassVar[Mapping[str, str]] = {
        "matrix": "confusion",
        "confusion_matrix": "confusion",
        "counts": "confusion",
        "y_true": "actual",
        "true": "actual",
        "target": "actual",
        "targets": "actual",
        "y_pred": "predicted",
        "predictions": "predicted",
        "right": "correct",
        "n": "total",
        "classes": "labels",
        "positive_class": "positive",
    }

    kind: Annotated[str, one_of(("metrics",))] = Key(
        "metrics",
        description="The kind of problem: metrics. Answers for a positive class: tp, fn, fp, tn, accuracy, error_rate, "
        "precision, recall, specificity, f1; for several classes: accuracy, error_rate, the lists precision, recall, "
        "specificity, f1 (one for each class), macro_, weighted_ and micro_precision, _recall, _f1. "
        "Keys of one class: precision_a. What is 0/0 is null.",
    )
    confusion: Annotated[Any, CONFUSION] = Key(
        None, description="Counts {tp, fn, fp, tn}, or a matrix: rows are actual classes, columns predicted ones."
    )
    actual: Annotated[tuple[str, ...] | None, LABELS] = Key(None, description="The true label of each sample.")
    predicted: Annotated[tuple[str, ...] | None, LABELS] = Key(None, description="The predicted label of each sample.")
    labels: Annotated[tuple[str, ...] | None, LABELS] = Key(None, description="The classes in the order of the matrix.")
    positive: Annotated[str | None, LABEL] = Key(
        None, description="The positive class of two. Default: the one called 1, yes, true or positive."
    )
    correct: Annotated[int | None, COUNT] = Key(None, description="How many predictions were right.")
    total: Annotated[int | None, whole(1)] = Key(None, description="How many predictions there were.")
    zero_division: Annotated[int | None, either(_ZERO_DIVISION)] = Key(
        None, description="0 or 1: what stands for 0/0. Default: it is not defined, and the page says so."
    )


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def problem(document: Document) -> tuple[Confusion, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    confusion = _read(spec, complaints) if spec else None
    if spec is None or confusion is None or complaints.found:
        raise complaints.error()
    return confusion, options(spec)


def _read(spec: Spec, complaints: Complaints) -> Confusion | None:
    ways = [key for key in ("confusion", "actual", "correct") if getattr(spec, key) is not None]
    ways += [mate for key, mate in (("actual", "predicted"), ("correct", "total")) if _alone(spec, mate, key)]
    if len(ways) != 1:
        said = f"found {' and '.join(ways)}" if ways else "nothing to count"
        if complaints.none_yet:
            complaints.add((), f"{said}; expected confusion, or actual with predicted, or correct with total")
        return None
    if ways[0] == "confusion":
        return _from_counts(spec, complaints)
    return _from_lists(spec, complaints) if ways[0] in ("actual", "predicted") else _from_right(spec, complaints)


def _alone(spec: Spec, key: str, mate: str) -> bool:
    return getattr(spec, key) is not None and getattr(spec, mate) is None


def _from_right(spec: Spec, complaints: Complaints) -> Confusion | None:
    if spec.correct is None or spec.total is None:
        complaints.add((), f"the key {'total' if spec.total is None else 'correct'} is missing")
        return None
    if spec.correct > spec.total:
        complaints.add(("correct",), f"found {spec.correct} right of {spec.total}; expected at most {spec.total}")
        return None
    return Confusion(spec.title or "Accuracy", correct=spec.correct, total=spec.total)


def _from_counts(spec: Spec, complaints: Complaints) -> Confusion | None:
    if isinstance(spec.confusion, Counts):
        c = spec.confusion
        labels = spec.labels or ("positive", "negative")
        if len(labels) != 2 or len(set(labels)) != 2:
            complaints.add(("labels",), f"found {len(labels)} labels; expected two different ones, the positive first")
            return None
        counts = ((c.tp, c.fn), (c.fp, c.tn))
        return _counted(spec, labels, counts, complaints, spec.positive or labels[0])
    matrix: tuple[tuple[int, ...], ...] = spec.confusion
    if not _square(matrix, complaints):
        return None
    if spec.labels is None and len(matrix) == 2:
        fix = "Write {tp: .., fn: .., fp: .., tn: ..}, or add 'labels: [1, 0]' (in the order of the rows)"
        complaints.add(("confusion",), f"a 2 × 2 matrix does not say which class is positive. {fix}")
        return None
    labels = spec.labels or tuple(str(index) for index in range(1, len(matrix) + 1))
    if len(labels) != len(matrix):
        complaints.add(("labels",), f"found {len(labels)} labels, but the matrix has {len(matrix)} rows")
        return None
    return _counted(spec, labels, matrix, complaints, None)


def _square(matrix: tuple[tuple[int, ...], ...], complaints: Complaints) -> bool:
    size = len(matrix)
    for index, row in enumerate(matrix):
        if len(row) != size:
            message = f"{len(row)} counts, but there are {size} rows: each row needs one count for each class ({size})"
            complaints.add(("confusion", index), message)
    if size < 2:
        complaints.add(("confusion",), "found one class; expected at least two")
    return complaints.none_yet


def _from_lists(spec: Spec, complaints: Complaints) -> Confusion | None:
    if spec.actual is None or spec.predicted is None:
        complaints.add((), f"the key {'actual' if spec.actual is None else 'predicted'} is missing")
        return None
    actual, predicted = spec.actual, spec.predicted
    if len(actual) != len(predicted):
        message = f"{len(predicted)} labels, but actual has {len(actual)}: each sample needs both"
        complaints.add(("predicted",), message)
    if len(actual) > MOST_SAMPLES:
        complaints.add(("actual",), f"found {len(actual)} samples; expected at most {MOST_SAMPLES}: give the matrix")
    if spec.labels is None and _are_scores(actual, predicted):
        fix = "write the class of each sample (1 where it is above the cutoff, such as 0.5, else 0)"
        complaints.add(("predicted",), f"these look like probabilities, not classes: {fix}")
        return None
    labels = spec.labels or _in_order((*actual, *predicted))
    for key, each in (("actual", actual), ("predicted", predicted)):
        for index in [i for i, label in enumerate(each) if label not in labels][:20]:
            fix = did_you_mean(each[index], labels)
            complaints.add((key, index), f"found '{each[index]}'; expected one of {', '.join(labels)}. {fix}".strip())
    if len(labels) < 2:
        complaints.add(("actual",), f"found one class only, {labels[0]}; name them all: 'labels: [{labels[0]}, other]'")
    if not complaints.none_yet:
        return None
    pairs = list(zip(actual, predicted, strict=True))
    counts = tuple(tuple(pairs.count((a, p)) for p in labels) for a in labels)
    return _counted(spec, labels, counts, complaints, None)


def _are_scores(actual: tuple[str, ...], predicted: tuple[str, ...]) -> bool:
    """Whether classes 0 and 1 are held against numbers between them."""
    return {*actual} <= {"0", "1"} and any(_BETWEEN.fullmatch(each) for each in predicted)


def _in_order(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers by size, words as they come; a lone 0 or 1 keeps its other half."""
    found = list(dict.fromkeys(labels))
    if set(found) <= {"0", "1"}:
        return ("0", "1")
    if all(each.lstrip("-").isdigit() for each in found):
        found.sort(key=int)
    return tuple(found)


def _counted(
    spec: Spec, labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...], complaints: Complaints, first: str | None
) -> Confusion | None:
    if len(set(labels)) != len(labels):
        complaints.add(("labels",), "found a label twice; expected each class once")
    if len(labels) > MOST_CLASSES:
        complaints.add((), f"found {len(labels)} classes; expected at most {MOST_CLASSES}")
    if not any(map(sum, counts)):
        complaints.add((), "every count is 0: there is no prediction to judge")
    positive = spec.positive or first
    if positive is None and len(labels) == 2:
        positive = next((label for label in labels if label.lower() in _POSITIVE_WORDS), None)
    if positive is not None and positive not in labels:
        complaints.add(("positive",), f"found '{positive}'; expected one of {', '.join(labels)}")
    if not complaints.none_yet:
        return None
    return Confusion(
        title=spec.title or ("Metrics of two classes" if positive else f"Metrics of {len(labels)} classes"),
        labels=labels,
        counts=counts,
        positive=positive,
        actual=spec.actual or (),
        predicted=spec.predicted or (),
        zero_division=spec.zero_division,
    )
