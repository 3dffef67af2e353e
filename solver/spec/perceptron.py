"""kind: perceptron: from a document to a Perceptron or a ThresholdNet, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from ..options import Options
from .common import Common, Complaints, mended, options
from .compound import VECTOR
from .document import Document, Path
from .fields import FLAG, NUMBER, POSITIVE, one_of, whole
from .frame import Key, Keys
from .number import Number
from .perceptron_problem import GATES, MOST_ROWS, ONE_INPUT, Case, Perceptron, ThresholdNet, truth_table
from .perceptron_starter import STARTER
from .threshold_net import LAYERS, TypedLayer, threshold_net

__all__ = ["Spec", "problem", "starter"]

MOST_SAMPLES, MOST_INPUTS, MOST_GATE, MOST_EXACT = 200, 12, 4, 10**10
_GATE_WORDS = {"und": "and", "oder": "or", "exor": "xor", "eor": "xor", "inverter": "not", "equivalence": "xnor"}
_ACTIVATION_WORDS = {
    "threshold": "step",
    "heaviside": "step",
    "binary": "step",
    "unit_step": "step",
    "hardlim": "step",
    "signum": "sign",
    "sgn": "sign",
    "bipolar": "sign",
    "hardlims": "sign",
}
_LEARNING = ("weights", "bias", "threshold", "learning_rate", "rule", "epochs", "update_bias")


class CaseKeys(Keys):
    """One sample."""

    synonyms: ClassVar[Mapping[str, str]] = {"x": "inputs", "input": "inputs", "t": "target", "y": "target"}

    inputs: Annotated[tuple[Number, ...], VECTOR] = Key(description="Its inputs.")
    target: Annotated[Number | None, NUMBER] = Key(None, description="1 or 0 for step, 1 or -1 for sign.")


class Spec(Common):
    """A neuron that learns row by row, or layers of threshold neurons that are given."""

    schema_title = "dlsolve spec, kind: perceptron"
    synonyms: ClassVar[Mapping[str, str]] = {
        "function": "gate",
        "data": "samples",
        "start": "weights",
        "w": "weights",
        "b": "bias",
        "theta": "threshold",
        "eta": "learning_rate",
        "alpha": "learning_rate",
        "rate": "learning_rate",
        "update_biases": "update_bias",
        "update_threshold": "update_bias",
        "iterations": "epochs",
    }

    kind: Annotated[str, one_of(("perceptron",))] = Key(
        "perceptron",
        description="The kind of problem: perceptron. Answers of a neuron that learns: weights, bias (or threshold), "
        "epochs, converged, errors (misses in each epoch), repeats (null, or the two epochs that end with the same "
        "weights), table (a row for each sample shown); for two inputs line_slope and line_intercept of "
        "x2 = slope x1 + intercept. Keys: in[2]@3, y[2]@3, e[2]@3, w1[2]@3, b[2]@3 for sample 2 of epoch 3. "
        "Answers of given layers: outputs, computes (the gate, or null), truth_table, regions.",
    )
    gate: Annotated[str | None, one_of(GATES, _GATE_WORDS)] = Key(
        None, description="The truth table to learn, or that given layers are held against."
    )
    gate_inputs: Annotated[int | None, whole(1, MOST_GATE)] = Key(
        None, description="How many inputs the gate has. Default 2 (1 for not and identity)."
    )
    bipolar: Annotated[bool, FLAG] = Key(False, description="true: the gate's inputs are 1 and -1.")
    samples: list[CaseKeys] = Key(
        [], min_length=1, description="Samples of your own, in the order in which they are shown."
    )
    weights: Annotated[tuple[Number, ...] | None, VECTOR] = Key(None, description="Where they start. Default 0.")
    bias: Annotated[Number | None, NUMBER] = Key(
        None,
        description="Where the bias starts. Left out: 0 for a gate without threshold, no bias for samples of your own "
        "(an input that is 1 or -1 in every sample can take its place).",
    )
    threshold: Annotated[Number | None, NUMBER] = Key(
        None, description="Fires where the weighted sum reaches it; instead of a bias. It stays unless update_bias."
    )
    learning_rate: Annotated[Number, POSITIVE] = Key(Number.of(1), description="The learning rate. Default 1.")
    activation: Annotated[str | None, one_of(("step", "sign", "relu", "linear"), _ACTIVATION_WORDS)] = Key(
        None,
        description="step: 1 or 0; sign: 1 or -1. Default: what fits the targets. relu, linear: given layers only.",
    )
    fires: Annotated[str, one_of((">=", ">"))] = Key(">=", description="Whether the neuron fires at the limit itself.")
    rule: Annotated[str | None, one_of(("target", "difference"))] = Key(
        None,
        description="target: on a miss η t x is added (default for targets ±1); difference: η (t − y) x (default for "
        "targets 0 and 1).",
    )
    epochs: Annotated[int | None, whole(1, MOST_ROWS)] = Key(
        None, description="The most passes. Default: until no sample is missed, or the weights repeat."
    )
    update_bias: Annotated[bool | None, FLAG] = Key(
        None, description="Whether bias or threshold learn too. Default: a bias does, a threshold does not."
    )
    layers: Annotated[tuple[TypedLayer, ...] | None, LAYERS] = Key(
        None,
        description="Given layers instead of learning: each a matrix with one row for each neuron, its weights and "
        "then its bias; or {weights: .., biases: .., activation: step}.",
    )


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def problem(document: Document) -> tuple[Perceptron | ThresholdNet, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    read = _read(spec, complaints) if spec else None
    if spec is None or read is None or complaints.found:
        raise complaints.error()
    return read, options(spec)


def _read(spec: Spec, complaints: Complaints) -> Perceptron | ThresholdNet | None:
    if spec.layers is not None:
        for key in _LEARNING:
            if key in spec.written():
                complaints.add((key,), "given layers do not learn: leave it out", at_key=True)
        rows = _cases(spec, complaints, low=0, needed=False)
        return threshold_net(
            spec.layers, rows, spec.activation or "step", spec.fires, spec.gate, spec.title, complaints
        )
    low = -1 if spec.activation == "sign" or (spec.activation is None and _has_negative(spec)) else 0
    rows = _cases(spec, complaints, low=low, needed=True)
    if not rows or not complaints.none_yet:
        return None
    return _perceptron(spec, rows, low, complaints)


def _has_negative(spec: Spec) -> bool:
    targets = [case.target.value for case in spec.samples if case.target is not None]
    return -1 in targets or (not spec.samples and spec.rule == "target")


def _cases(spec: Spec, complaints: Complaints, *, low: int, needed: bool) -> tuple[Case, ...]:
    """The samples, or the rows of the gate."""
    if spec.samples and spec.gate and spec.layers is None:
        complaints.add(("gate",), "found both a gate and samples; leave one of them out", at_key=True)
    if spec.samples:
        return _own(spec, complaints, needed)
    if spec.gate is None:
        if needed and complaints.none_yet:
            complaints.add((), "nothing to learn; expected gate (and, or, xor, ...) or samples, or given layers")
        return ()
    count = spec.gate_inputs or (1 if spec.gate in ONE_INPUT else 2)
    wrong = count != 1 if spec.gate in ONE_INPUT else count < 2 or (spec.gate == "implies" and count != 2)
    if wrong:
        complaints.add(("gate_inputs",), f"found {count}; {spec.gate} takes {'1' if spec.gate in ONE_INPUT else '2'}")
        return ()
    return truth_table(spec.gate, count, low=low, bipolar=spec.bipolar)


def _own(spec: Spec, complaints: Complaints, needed: bool) -> tuple[Case, ...]:
    width = len(spec.samples[0].inputs)
    for index, case in enumerate(spec.samples):
        if len(case.inputs) != width:
            message = f"{len(case.inputs)} inputs, but the first sample has {width}"
            complaints.add(("samples", index, "inputs"), message)
        if needed and case.target is None:
            complaints.add(("samples", index), "the key target is missing")
    if width > MOST_INPUTS or len(spec.samples) > MOST_SAMPLES:
        found = f"found {len(spec.samples)} samples of {width} inputs"
        complaints.add(("samples",), f"{found}; expected at most {MOST_SAMPLES} samples of {MOST_INPUTS} inputs")
    if spec.gate_inputs is not None or spec.bipolar:
        key = "bipolar" if spec.bipolar else "gate_inputs"
        complaints.add((key,), "it is for gates; samples have their own inputs", at_key=True)
    return tuple(Case(case.inputs, case.target) for case in spec.samples)


def _perceptron(spec: Spec, rows: tuple[Case, ...], low: int, complaints: Complaints) -> Perceptron:
    activation = spec.activation or ("sign" if low < 0 else "step")
    rule = spec.rule or ("target" if low < 0 else "difference")
    _check_targets(spec, rows, activation, complaints)
    _check_rest(spec, rows, activation, rule, complaints)
    _check_sizes(spec, rows, complaints)
    bias = spec.bias
    if bias is None and spec.threshold is None and spec.gate:
        bias = Number.of(0)
    learns = spec.update_bias if spec.update_bias is not None else spec.threshold is None
    return Perceptron(
        title=spec.title or (f"A perceptron learns {spec.gate.upper()}" if spec.gate else "A perceptron learns"),
        samples=rows,
        weights=spec.weights or (Number.of(0),) * len(rows[0].inputs),
        bias=bias,
        threshold=spec.threshold,
        learning_rate=spec.learning_rate,
        activation=activation,
        fires=spec.fires,
        rule=rule,
        learns_offset=learns and not (bias is None and spec.threshold is None),
        epochs=spec.epochs,
        gate=spec.gate,
    )


def _check_targets(spec: Spec, rows: tuple[Case, ...], activation: str, complaints: Complaints) -> None:
    fits = {"step": (0, 1), "sign": (-1, 1)}.get(activation)
    if fits is None:
        complaints.add(("activation",), f"found '{activation}'; a perceptron learns with step or sign")
        return
    for index, case in enumerate(rows):
        if case.target is not None and case.target.value not in fits:
            other = "sign" if activation == "step" else "step"
            message = f"found {case.target.text}; expected {fits[1]} or {fits[0]} with activation: {activation}"
            complaints.add(("samples", index, "target"), f"{message} (for the others use activation: {other})")


def _check_sizes(spec: Spec, rows: tuple[Case, ...], complaints: Complaints) -> None:
    """Complains about numbers so large or fine that a net input of exactly 0 could not be told from one near it."""
    places: list[tuple[Path, Number | None]] = [((key,), getattr(spec, key)) for key in ("bias", "threshold")]
    places.append((("learning_rate",), spec.learning_rate))
    places += [(("weights", place), number) for place, number in enumerate(spec.weights or ())]
    places += [
        (("samples", index, "inputs", place), number)
        for index, case in enumerate(rows)
        for place, number in enumerate(case.inputs)
    ]
    for path, number in places:
        if number is not None and max(abs(number.value.numerator), number.value.denominator) > MOST_EXACT:
            message = f"found {number.text}; expected at most 10 digits, such as 12345.67890 or 0.0000000001"
            complaints.add(path, message)


def _check_rest(spec: Spec, rows: tuple[Case, ...], activation: str, rule: str, complaints: Complaints) -> None:
    width = len(rows[0].inputs)
    if spec.weights is not None and len(spec.weights) != width:
        complaints.add(("weights",), f"found {len(spec.weights)} weights; expected {width}, one for each input")
    if spec.bias is not None and spec.threshold is not None:
        fix = "leave one of them out (a threshold θ is a bias of −θ)"
        complaints.add(("threshold",), f"found both bias and threshold; {fix}", at_key=True)
    if rule == "target" and activation == "step":
        fix = "use 'rule: difference', or activation: sign with targets 1 and -1"
        complaints.add(("rule",), f"η t x adds nothing where the target is 0; {fix}")
    if spec.epochs is not None and spec.epochs * len(rows) > MOST_ROWS:
        most = MOST_ROWS // len(rows)
        complaints.add(("epochs",), f"found {spec.epochs} epochs of {len(rows)} samples; expected at most {most}")
    if spec.update_bias and spec.bias is None and spec.threshold is None and not spec.gate:
        complaints.add(("update_bias",), "there is no bias to learn; add 'bias: 0'", at_key=True)
