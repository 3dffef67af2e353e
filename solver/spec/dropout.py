"""kind: dropout: from a document to a Layer or a Batch, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from ..options import Options
from ..rounding import in_full
from .choices import ACTIVATION_SYNONYMS
from .common import Common, Complaints, mended, options
from .compound import MATRIX, VECTOR, either, list_of
from .document import Document
from .dropout_problem import Batch, Layer, NextLayer, Row, Thinned
from .dropout_starter import STARTER
from .fields import FLAG, NAME, NUMBER, PROBABILITY, Field, limited, one_of, whole
from .frame import Key, Keys
from .number import Number

__all__ = ["Spec", "problem", "starter"]

MOST_UNITS, MOST_ALL, MOST_SAMPLES, MOST_NEXT = 50, 8, 50, 6
KEEP = limited("a number above 0 and up to 1", lambda v: 0 < v <= 1, {"exclusiveMinimum": 0, "maximum": 1})
MASK = list_of(whole(0, 1), "a list of 1 (kept) and 0 (dropped)")
_ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "softplus")
_PHASES = ("train", "test", "all")
_PHASE_WORDS = {"training": "train", "testing": "test", "inference": "test", "ensemble": "all", "average": "all"}


def _perhaps(value: Any) -> Number | None:
    return None if value is None else NUMBER.read(value)


GRADIENT: Field[tuple[Number | None, ...]] = list_of(
    Field("a number, or nothing where the parameter is absent", _perhaps, {"anyOf": [dict(NUMBER.schema)]}),
    "a list of numbers",
)


class ThinnedKeys(Keys):
    """One training example of a mini-batch."""

    synonyms: ClassVar[Mapping[str, str]] = {"gradients": "gradient", "grad": "gradient"}

    mask: Annotated[tuple[int, ...], MASK] = Key(description="1 where its thinned net has the parameter, 0 where not.")
    gradient: Annotated[tuple[Number | None, ...], GRADIENT] = Key(
        description="Its gradient, parameter by parameter; null (or any number) where the parameter is absent."
    )


class Spec(Common):
    """Dropout on one layer: training, testing, all thinned nets, or the averaged gradient of a mini-batch."""

    schema_title = "dlsolve spec, kind: dropout"
    synonyms: ClassVar[Mapping[str, str]] = {
        "x": "activations",
        "inputs": "activations",
        "outputs": "activations",
        "p": "keep",
        "keep_prob": "keep",
        "rate": "drop",
        "p_drop": "drop",
        "grad": "gradient",
        "upstream": "gradient",
        "mode": "phase",
        "batch": "samples",
    }

    kind: Annotated[str, one_of(("dropout",))] = Key(
        "dropout",
        description="The kind of problem: dropout. Answers: train: outputs, gradient; test: outputs (scaled or as they "
        "are), weights (scaled); both with weights: net_inputs, next_outputs; all: probabilities, mean and scaled (the "
        "mean over all thinned nets, and the one scaled net), masks; samples: gradient, the mean over the mini-batch. "
        "Keys: d1, dE/da1, s1, in_o1, out_o1, P{101}, mean_out_o1.",
    )
    activations: Annotated[Row | None, VECTOR] = Key(None, description="The activations of the layer.")
    mask: Annotated[tuple[int, ...] | None, MASK] = Key(None, description="1 for a unit that is kept, 0 for dropped.")
    keep: Annotated[Number | None, KEEP] = Key(None, description="The probability of keeping a unit.")
    drop: Annotated[Number | None, PROBABILITY] = Key(None, description="The probability of dropping one: 1 − keep.")
    inverted: Annotated[bool, FLAG] = Key(False, description="true: kept activations are divided by keep in training.")
    phase: Annotated[str, one_of(_PHASES, _PHASE_WORDS)] = Key(
        "train", description="train, test, or all: every thinned net with its probability, and their mean."
    )
    gradient: Annotated[Row | None, VECTOR] = Key(None, description="∂E/∂d of each unit: it is passed back (train).")
    weights: Annotated[tuple[Row, ...] | None, MATRIX] = Key(
        None, description="The layer that follows, one row for each of its neurons."
    )
    biases: Annotated[Number | Row | None, either(NUMBER, VECTOR)] = Key(None, description="Its biases. Default: none.")
    activation: Annotated[str, one_of(_ACTIVATIONS, ACTIVATION_SYNONYMS)] = Key(
        "linear", description="Its activation. Default linear."
    )
    scale: Annotated[str | None, one_of(("weights", "activations"))] = Key(
        None, description="What is multiplied by keep in testing. Default: the weights where there are any."
    )
    samples: list[ThinnedKeys] = Key(
        [],
        min_length=1,
        description="A mini-batch of thinned nets instead: [{mask: [1, 0], gradient: [0.2, null]}, ..].",
    )
    parameters: Annotated[tuple[str, ...] | None, list_of(NAME, "a list of names")] = Key(
        None, description="Names of the parameters of a mini-batch. Default w1, w2, ..."
    )


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def problem(document: Document) -> tuple[Layer | Batch, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    read = _read(spec, complaints) if spec else None
    if spec is None or read is None or complaints.found:
        raise complaints.error()
    return read, options(spec)


def _read(spec: Spec, complaints: Complaints) -> Layer | Batch | None:
    if spec.samples:
        return _batch(spec, complaints)
    if spec.activations is None:
        if complaints.none_yet:
            complaints.add((), "the key activations is missing (or samples, for a mini-batch of thinned nets)")
        return None
    return _layer(spec, spec.activations, complaints)


def _batch(spec: Spec, complaints: Complaints) -> Batch:
    for key in sorted(set(spec.written()) - set(Common.names()) - {"samples", "parameters"}):
        complaints.add((key,), "a mini-batch needs only samples and parameters: leave it out", at_key=True)
    count = len(spec.samples[0].mask)
    if count > MOST_UNITS or len(spec.samples) > MOST_SAMPLES:
        complaints.add(("samples",), f"expected at most {MOST_SAMPLES} samples of {MOST_UNITS} parameters")
    for index, sample in enumerate(spec.samples):
        for key, size in (("mask", len(sample.mask)), ("gradient", len(sample.gradient))):
            if size != count:
                message = f"{size} entries, but the first mask has {count}: one for each parameter"
                complaints.add(("samples", index, key), message)
        for place, (kept, slope) in enumerate(zip(sample.mask, sample.gradient, strict=False)):
            if kept and slope is None:
                complaints.add(("samples", index, "gradient", place), "its mask says that the parameter is there")
    names = spec.parameters or tuple(f"w{number}" for number in range(1, count + 1))
    if len(names) != count or len(set(names)) != count:
        complaints.add(("parameters",), f"found {len(names)} names; expected {count} different ones")
    rows = tuple(Thinned(sample.mask, sample.gradient) for sample in spec.samples)
    return Batch(spec.title or f"The gradient of a mini-batch of {len(rows)} thinned nets", names, rows)


def _layer(spec: Spec, activations: Row, complaints: Complaints) -> Layer:
    count = len(activations)
    keep = _keep(spec, complaints)
    _check_phase(spec, count, keep, complaints)
    for key, size in (("mask", spec.mask), ("gradient", spec.gradient)):
        if size is not None and len(size) != count:
            complaints.add((key,), f"{len(size)} entries for {count} activations: one for each unit")
    if count > MOST_UNITS:
        complaints.add(("activations",), f"found {count} units; expected at most {MOST_UNITS}")
    said = {"train": "training", "test": "testing", "all": "all thinned nets"}[spec.phase]
    return Layer(
        title=spec.title or f"{'Inverted dropout' if spec.inverted else 'Dropout'}: {said}",
        phase=spec.phase,
        activations=activations,
        mask=spec.mask or (),
        keep=keep,
        inverted=spec.inverted,
        gradient=spec.gradient or (),
        follows=_next(spec, count, complaints),
        scale=spec.scale or ("weights" if spec.weights else "activations"),
    )


def _keep(spec: Spec, complaints: Complaints) -> Number | None:
    if spec.keep is not None and spec.drop is not None:
        complaints.add(("drop",), "found both keep and drop; leave one of them out (drop = 1 − keep)", at_key=True)
    if spec.drop is None:
        return spec.keep
    if spec.drop.value == 1:
        complaints.add(("drop",), "with drop: 1 no unit is ever kept; expected less than 1")
        return Number.of(1)
    kept = 1 - spec.drop.value
    return Number.of(kept) if "/" in spec.drop.text else Number(kept, in_full(kept))


def _check_phase(spec: Spec, count: int, keep: Number | None, complaints: Complaints) -> None:
    if spec.phase == "train" and spec.mask is None:
        complaints.add((), "the key mask is missing: 1 for each unit that is kept, 0 for each that is dropped")
    if spec.phase != "train":
        for key in ("mask", "gradient"):
            if getattr(spec, key) is not None:
                complaints.add((key,), f"phase: {spec.phase} has no use for it: leave it out", at_key=True)
    if spec.phase == "all" and count > MOST_ALL:
        complaints.add(("activations",), f"{count} units have 2^{count} thinned nets; at most {MOST_ALL} are worked")
    if keep is None and (spec.inverted or spec.phase != "train"):
        complaints.add((), "the key keep is missing: the probability of keeping a unit (or drop, of dropping it)")
    if spec.scale == "weights" and not spec.weights:
        complaints.add(("scale",), "there are no weights to scale: add weights, or write activations")


def _next(spec: Spec, count: int, complaints: Complaints) -> NextLayer | None:
    if spec.weights is None:
        for key in ("biases", "activation"):
            if key in spec.written():
                complaints.add((key,), "it belongs to the layer that follows: add its weights too", at_key=True)
        return None
    for index, row in enumerate(spec.weights):
        if len(row) != count:
            complaints.add(("weights", index), f"{len(row)} weights, but the layer has {count} units: write {count}")
    if len(spec.weights) > MOST_NEXT:
        complaints.add(("weights",), f"found {len(spec.weights)} neurons; expected at most {MOST_NEXT}")
    biases: Row = ()
    if isinstance(spec.biases, Number):
        biases = (spec.biases,) * len(spec.weights)
    elif spec.biases is not None:
        biases = spec.biases
        if len(biases) != len(spec.weights):
            complaints.add(("biases",), f"{len(biases)} biases for {len(spec.weights)} neurons: one for each")
    return NextLayer(spec.weights, biases, spec.activation)
