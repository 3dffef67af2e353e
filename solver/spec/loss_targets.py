"""What predictions and targets of a loss have to do with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .common import Complaints
from .fields import did_you_mean
from .number import Number

if TYPE_CHECKING:
    from .loss import Grid, Spec

Row = tuple[Number, ...]
_MOST_OUTPUTS, _MOST_NUMBERS, _MOST_SOFTMAX = 100, 400, 20
_PROBABILITIES = ("bce", "cce", "sparse_cce", "kl")
_ONE_HOT = (Number.of(0), Number.of(1))


def read_samples(spec: Spec, given: Grid, complaints: Complaints) -> tuple[bool, list[tuple[Row, Row, int | None]]]:
    """Whether the loss goes by the class, and for each sample outputs, targets and class."""
    _check_given(spec, given, complaints)
    by_class = _by_class(spec, given)
    labels = _labels(spec, given, complaints) if spec.label or by_class else None
    cases: list[tuple[Row, Row, int | None]]
    if labels is None:
        targets = _targets(spec, given, complaints)
        cases = [(row, target, None) for row, target in zip(given.rows, targets, strict=False)]
    else:
        cases = [(row, _one_hot(label, len(row)), label) for row, label in zip(given.rows, labels, strict=False)]
    if complaints.none_yet:
        for number, (_, target, _) in enumerate(cases):
            _check_target(spec, given, target, number, complaints)
    return by_class, cases


def _check_given(spec: Spec, given: Grid, complaints: Complaints) -> None:
    key, widths = "logits" if spec.logits else "predicted", {len(row) for row in given.rows}
    width = max(widths)
    most = _MOST_SOFTMAX if spec.output == "softmax" else _MOST_OUTPUTS
    if len(widths) > 1:
        complaints.add((key,), f"every sample needs as many numbers; found rows of {sorted(widths)}")
    elif width > most:
        complaints.add((key,), f"found {width} outputs; expected at most {most}")
    elif width * len(given.rows) > _MOST_NUMBERS:
        complaints.add((key,), f"found {width * len(given.rows)} numbers; expected at most {_MOST_NUMBERS}")
    if spec.output == "softmax" and width < 2:
        complaints.add((key,), "softmax needs at least 2 logits; for one use `output: sigmoid`")
    if spec.classes and len(spec.classes) != width:
        complaints.add(("classes",), f"{len(spec.classes)} names, but {width} outputs: one name for each")
    if spec.loss[0] in _PROBABILITIES and spec.predicted and not spec.scale:
        _check_probabilities(spec.loss[0], given, complaints)


def _check_probabilities(loss: str, given: Grid, complaints: Complaints) -> None:
    for number, row in enumerate(given.rows):
        for index, value in enumerate(row):
            if not 0 <= value.value <= 1:
                place = ((), (index,), (number, index))[given.depth]
                fix = "scores before softmax or sigmoid are called logits"
                complaints.add(("predicted", *place), f"found {value.text}; {loss} needs a number from 0 to 1; {fix}")


def _by_class(spec: Spec, given: Grid) -> bool:
    """Whether the loss is told the class: sparse_cce always, hinge where one number is given for several scores."""
    if spec.loss[0] != "hinge":
        return spec.loss[0] == "sparse_cce"
    if spec.label:
        return True
    return spec.target is not None and len(given.rows[0]) > 1 and spec.target.depth == given.depth - 1


def _labels(spec: Spec, given: Grid, complaints: Complaints) -> list[int] | None:
    """The class of each sample, from `label` or from a target that is an index; stand-ins where it is wrong."""
    if spec.label and spec.target:
        complaints.add(("label",), "found both target and label; leave one of them out", at_key=True)
    key = "label" if spec.label else "target"
    typed = spec.label or _typed_indices(spec, given, complaints)
    if typed is None:
        return []
    if len(typed) != len(given.rows):
        complaints.add((key,), f"found {len(typed)} classes for {len(given.rows)} samples: one for each")
    many = isinstance(complaints.document.data.get(key), list)
    places = [(key, number) if many else (key,) for number in range(len(typed))]
    return [
        _index(spec, word, len(given.rows[0]), place, complaints) for word, place in zip(typed, places, strict=True)
    ]


def _typed_indices(spec: Spec, given: Grid, complaints: Complaints) -> tuple[str, ...] | None:
    target = spec.target
    if target is None:
        complaints.add((), "the key target (or label) is missing")
        return None
    if given.depth and target.depth == given.depth:
        ones = [number.value for number in target.rows[0]]
        fix = f"{ones.index(_ONE_HOT[1].value)} for this one-hot row" if 1 in ones else "such as 0"
        complaints.add(("target",), f"{spec.loss[0]} takes the index of the class, from 0, {fix}; or choose loss: cce")
        return None
    return tuple(number.text for row in target.rows for number in row)


def _index(spec: Spec, word: str, count: int, place: tuple[str | int, ...], complaints: Complaints) -> int:
    if word in spec.classes:
        return spec.classes.index(word)
    if word.isdigit() and int(word) < count:
        return int(word)
    fix = did_you_mean(word, spec.classes)
    names = f" or one of {', '.join(spec.classes)}" if spec.classes else ""
    complaints.add(
        place, f"found '{word}'; expected a class from 0 to {count - 1}{names}" + (f". {fix}" if fix else "")
    )
    return 0


def _one_hot(label: int, count: int) -> Row:
    return tuple(_ONE_HOT[index == label] for index in range(count))


def _targets(spec: Spec, given: Grid, complaints: Complaints) -> tuple[Row, ...]:
    target = spec.target
    if target is None:
        complaints.add((), "the key target (or label) is missing")
        return ()
    count, width = len(given.rows), len(given.rows[0])
    shape = f"{count} lists of {width}" if given.depth == 2 else f"a list of {width}" if given.depth else "one number"
    same = [len(row) for row in target.rows] == [len(row) for row in given.rows]
    if not same or (given.depth == 2) != (target.depth == 2):
        found = [len(row) for row in target.rows] if target.depth == 2 else len(target.rows[0])
        hint = f"; for a class write label: {target.rows[0][0].text}" if target.depth < given.depth else ""
        complaints.add(("target",), f"expected a target for each prediction, {shape}; found {found}{hint}")
    return target.rows


def _check_target(spec: Spec, given: Grid, target: Row, number: int, complaints: Complaints) -> None:
    loss = spec.loss[0]
    for index, value in enumerate(target):
        place = ("target", *((), (index,), (number, index))[given.depth])
        if loss in _PROBABILITIES and not spec.scale and not 0 <= value.value <= 1:
            complaints.add(place, f"found {value.text}; {loss} needs targets from 0 to 1")
        if loss == "hinge" and not spec.label and abs(value.value) != 1 and not _by_class(spec, given):
            complaints.add(place, f"found {value.text}; hinge needs targets -1 and 1, or the index of the class")
