"""kind: loss: predictions (or logits) and their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from ..options import Options
from .choices import LOSS_SYNONYMS, LOSSES
from .common import Common, Complaints, mended, options
from .compound import MATRIX, VECTOR, Chosen, Setting, choice, list_of
from .document import Document
from .fields import NUMBER, POSITIVE, TEXT, Field, one_of
from .frame import Key
from .loss_targets import read_samples
from .network import Loss
from .number import Number


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers as typed: a single one (depth 0), a list (1), or a list of lists (2), all as rows."""

    rows: tuple[tuple[Number, ...], ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Case:
    """One sample: predictions or logits, a target for each, and the class where it was given by its index."""

    outputs: tuple[Number, ...]
    targets: tuple[Number, ...]
    label: int | None = None


@dataclass(frozen=True, slots=True)
class LossProblem:
    """A loss at given predictions.

    output:    '' where predictions are given; 'softmax' or 'sigmoid' over given logits
    by_class:  whether the loss takes the class's index and not a target for each output
    nested:    whether several samples were given; reduction: how their errors become one
    scale:     grey levels are divided by it first
    classes:   names of the outputs, or nothing
    """

    title: str
    loss: Loss
    cases: tuple[Case, ...]
    output: str = ""
    by_class: bool = False
    nested: bool = False
    reduction: str = "mean"
    scale: Number | None = None
    classes: tuple[str, ...] = ()


def _grid(value: Any) -> Grid:
    if not isinstance(value, list):
        return Grid(((NUMBER.read(value),),), 0)
    if value and isinstance(value[0], list):
        return Grid(MATRIX.read(value), 2)
    return Grid((VECTOR.read(value),), 1)


_NUMBERS = {"anyOf": [dict(NUMBER.schema), dict(VECTOR.schema), dict(MATRIX.schema)]}
_GRID = Field("a number, a list of numbers, or a list of such lists", _grid, _NUMBERS)


def _labels(value: Any) -> tuple[str, ...]:
    return tuple(TEXT.read(each) for each in value) if isinstance(value, list) and value else (TEXT.read(value),)


_LABELS = Field(
    "a class, or a list of classes",
    _labels,
    {"anyOf": [dict(TEXT.schema), {"type": "array", "minItems": 1, "items": dict(TEXT.schema)}]},
)
_LOSS = choice({**LOSSES, "hinge": Setting("margin", POSITIVE, "1")}, LOSS_SYNONYMS)


class Spec(Common):
    """The keys of a loss spec."""

    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("prediction", "predictions", "outputs", "y", "y_pred", "scores"), "predicted"),
        **dict.fromkeys(("targets", "t", "y_true", "actual", "true"), "target"),
        **dict.fromkeys(("labels", "class"), "label"),
        **dict.fromkeys(("activation",), "output"),
    }

    loss: Annotated[Chosen, _LOSS] = Key(
        description="The loss; huber takes {huber: delta}, hinge {hinge: margin} (default 1). Logarithms are natural."
    )
    predicted: Annotated[Grid | None, _GRID] = Key(
        None, description="The predictions: a number, a list (one sample), or a list of lists (several samples)."
    )
    logits: Annotated[Grid | None, _GRID] = Key(
        None, description="In place of predicted: net inputs that go through `output` first."
    )
    output: Annotated[str, one_of(("softmax", "sigmoid"))] = Key(
        "", description="With logits: the function that makes predictions of them."
    )
    target: Annotated[Grid | None, _GRID] = Key(
        None,
        description="One target for each prediction; sparse_cce and multi-class hinge: the class's index, from 0.",
    )
    label: Annotated[tuple[str, ...], _LABELS] = Key(
        (), description="In place of target: the class (its index from 0, or its name), written as one-hot."
    )
    classes: Annotated[tuple[str, ...], list_of(TEXT, "a list of names")] = Key((), description="Names of the outputs.")
    scale: Annotated[Number | None, POSITIVE] = Key(
        None, description="Predictions and targets are grey levels; each is divided by this first, such as 255."
    )
    reduction: Annotated[str, one_of(("mean", "sum"), {"average": "mean"})] = Key(
        "mean",
        description="How several samples become one error. Answers: E; E_samples, one for each sample; gradient, the "
        "derivative of E by each prediction (by each logit where logits are given, then gradient_predicted too).",
    )


def problem(document: Document) -> tuple[LossProblem, Options]:
    """The loss problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    given = _given(spec, complaints)
    if given is None or complaints.found:
        raise complaints.error()
    by_class, cases = read_samples(spec, given, complaints)
    if complaints.found:
        raise complaints.error()
    name, setting = spec.loss
    return LossProblem(
        spec.title or _title(name),
        Loss(name, setting),
        tuple(Case(*case) for case in cases),
        spec.output,
        by_class,
        given.depth == 2,
        spec.reduction,
        spec.scale,
        spec.classes,
    ), options(spec)


def _title(loss: str) -> str:
    return f"The loss {loss}"


def _given(spec: Spec, complaints: Complaints) -> Grid | None:
    """Predictions or logits; complaints where it is not exactly one of them."""
    both = [key for key in ("predicted", "logits") if getattr(spec, key)]
    if len(both) == 2:
        complaints.add(("logits",), "found both predicted and logits; leave one of them out", at_key=True)
    elif not both and complaints.none_yet:
        complaints.add((), "the key predicted (or logits) is missing")
    if spec.logits and not spec.output:
        complaints.add(("logits",), "logits need `output: softmax` or `output: sigmoid`", at_key=True)
    if spec.output and not spec.logits:
        complaints.add(("output",), "predictions are taken as they are; output belongs to logits", at_key=True)
    if spec.scale and spec.logits:
        complaints.add(("scale",), "only predictions can be grey levels; leave scale out with logits", at_key=True)
    return spec.predicted or spec.logits


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


STARTER = """\
# yaml-language-server: $schema=loss.schema.json
# (For help in the editor: dlsolve schema loss > loss.schema.json)
kind: loss
title: Cross-entropy of one sample

loss: cce                    # or sse, half_sse, mse, half_mse, mae, {huber: 1}, bce, sparse_cce, kl, {hinge: 1}
predicted: [0.7, 0.2, 0.1]   # several samples: [[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]]
target: [1, 0, 0]            # one for each prediction; sparse_cce: the class's index from 0

# label: 0                   # in place of target: the class, written as one-hot
# reduction: sum             # of several samples; default mean

# From logits, in place of predicted:
# logits: [2.0, 0.5, -1.0]
# output: softmax            # or sigmoid

# Grey levels from 0 to 255, predicted and target:
# scale: 255
"""
