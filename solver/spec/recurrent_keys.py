"""The keys of a recurrent spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from .choices import ACTIVATION, ACTIVATION_SYNONYMS, ACTIVATIONS, LOSS
from .common import Common
from .compound import VECTOR, Chosen, choice, either
from .convolution_fields import nested
from .fields import FLAG, NUMBER, POSITIVE, Fault, Field, FieldError, one_of, refused, whole
from .frame import Key, Keys
from .number import Number

MOST_STEPS = 100
_OWN = {name: setting for name, setting in ACTIVATIONS.items() if name not in ("softmax", "log_softmax")}
UNIT = choice(_OWN, ACTIVATION_SYNONYMS)

_NUMBERS = nested(3, "a number, a vector or a matrix (a list of rows)")
DIRECTIONS = ("forward", "backward")


def _weight(value: Any) -> Any:
    return _NUMBERS.read(value) if isinstance(value, list) else NUMBER.read(value)


def _weights(value: Any) -> dict[str, Any]:
    return _mapping(value, 0)


def _mapping(value: Any, level: int) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise refused(value, "a mapping of names such as Wx, Wh, b to numbers, vectors or matrices")
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, each in value.items():
        inner = name in DIRECTIONS and level == 0
        try:
            found[name] = _mapping(each, 1) if inner else _weight(each)
        except FieldError as error:
            faults += [fault.below(name) for fault in error.faults]
    if faults:
        raise FieldError(faults)
    return found


_WEIGHT_SCHEMA = {"anyOf": [dict(NUMBER.schema), *_NUMBERS.schema["anyOf"]]}
_BY_NAME = {"type": "object", "minProperties": 1, "additionalProperties": _WEIGHT_SCHEMA}
WEIGHTS: Field[dict[str, Any]] = Field(
    "a mapping of names to matrices",
    _weights,
    {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [*_WEIGHT_SCHEMA["anyOf"], _BY_NAME]}},
)
_STATE = either(NUMBER, VECTOR)


def _states(value: Any) -> Any:
    if not isinstance(value, dict):
        return _STATE.read(value)
    wrong = [key for key in value if key not in DIRECTIONS]
    if wrong or not value:
        raise refused(value, "a vector, or {forward: [..], backward: [..]}")
    return {key: _STATE.read(each) for key, each in value.items()}


STATES: Field[Any] = Field(
    "a number, a vector, or {forward: .., backward: ..}",
    _states,
    {"anyOf": [*_STATE.schema["anyOf"], {"type": "object", "additionalProperties": dict(_STATE.schema)}]},
)
INPUTS = nested(2, "a list with one vector (or number) for each time")


def _target(value: Any) -> Any:
    """A number, a list, or a list of lists; null where a time has no target."""
    if not isinstance(value, list):
        return NUMBER.read(value)
    found, faults = [], []
    for index, each in enumerate(value):
        try:
            found.append(each if each is None else _target(each))
        except FieldError as error:
            faults += [fault.below(index) for fault in error.faults]
    if faults or not found:
        raise FieldError(faults or refused(value, "a target").faults)
    return tuple(found)


_ENTRIES = {"anyOf": [dict(NUMBER.schema), dict(VECTOR.schema), {"type": "null"}]}
TARGETS: Field[Any] = Field(
    "a number, a vector, or a list with one for each time",
    _target,
    {"anyOf": [dict(NUMBER.schema), {"type": "array", "minItems": 1, "items": _ENTRIES}]},
)


class Extra(Keys):
    """An extra layer of units between others."""

    weights: Annotated[Any, Field("a matrix", _weight, _WEIGHT_SCHEMA)] = Key(description="A row for each unit.")
    biases: Annotated[Any, Field("a vector", _weight, _WEIGHT_SCHEMA)] = Key(None, description="Default: none.")
    activation: Annotated[Chosen, UNIT] = Key(("tanh", None), description="Default tanh.")


class Stacked(Keys):
    """One of several recurrent layers."""

    synonyms: ClassVar[Mapping[str, str]] = {"h0": "hidden", "c0": "cell_state"}

    weights: Annotated[dict[str, Any], WEIGHTS] = Key(description="As `weights` of the problem, without Wy and by.")
    hidden: Annotated[Any, STATES] = Key(None, description="The hidden state before the first time; default 0.")
    cell_state: Annotated[Any, STATES] = Key(None, description="The cell state before the first time; default 0.")


class Spec(Common):
    """A recurrent network, unrolled over the times of a sequence."""

    schema_title = "dlsolve spec, kind: recurrent"
    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("x", "input", "sequence", "xs"), "inputs"),
        **dict.fromkeys(("h0", "h_0", "initial_hidden", "hidden_state", "initial_state"), "hidden"),
        **dict.fromkeys(("c0", "c_0", "cell_0"), "cell_state"),
        **dict.fromkeys(("targets", "t", "y", "y_true"), "target"),
        **dict.fromkeys(("eta", "lr", "alpha", "rate"), "learning_rate"),
        **dict.fromkeys(("type", "model", "unit"), "cell"),
        **dict.fromkeys(("times", "length", "time_steps", "timesteps"), "steps"),
        **dict.fromkeys(("bptt", "truncated", "truncation"), "truncate"),
        **dict.fromkeys(("output_activation",), "output"),
        **dict.fromkeys(("recurrent_activation",), "gate_activation"),
    }

    kind: Annotated[str, one_of(("recurrent",))] = Key(
        "recurrent",
        description="The kind of problem: recurrent. Keys of quantities: h_1 is the hidden state at time 1, h_1[2] its "
        "second entry (with one unit there is h_1 alone); c_1 the cell state; gates f_1, i_1, o_1 (lstm), z_1, r_1 "
        "(gru); g_1 the candidate (written with a tilde in many books); s_1 = r_1 times h_0 (gru), u_1 = Uh h_0 + bUh "
        "(gru, reset: after); y_1 the output; net inputs in_h_1, in_f_1 ...; p, q, v the extra layers from input to "
        "hidden, hidden to hidden, hidden to output. With several layers h2_1 is of layer 2, with two directions "
        "hfw_1, hbw_1. Parameters: Wx[1,2], b[1]; gradients dE/dWx[1,2], and dE/dWx[1,2]@3 for what time 3 brings; "
        "new values Wx[1,2]'; E_1, E; norm_1 is the size of dE/dh_1; parameters how many there are. "
        "Answers: h, c, y (one entry for each time), h_3 (the last), E, dE/dWx ... and Wx' ... as matrices.",
    )
    cell: Annotated[str, one_of(("rnn", "lstm", "gru"), {"elman": "rnn", "simple": "rnn", "vanilla": "rnn"})] = Key(
        "rnn", description="The recurrent cell: rnn (default), lstm or gru."
    )
    inputs: Annotated[tuple[Any, ...], INPUTS] = Key(description="One vector (or number) for each time.")
    steps: Annotated[int | None, whole(1, MOST_STEPS)] = Key(
        None, description="How many times, where there are more than inputs (one to many). Default: as many as inputs."
    )
    feedback: Annotated[bool, FLAG] = Key(
        False, description="Times without an input take the output of the time before. Default: they have no input."
    )
    weights: Annotated[dict[str, Any] | None, WEIGHTS] = Key(
        None,
        description="By name, a row for each unit. rnn: Wx Wh b; lstm: Wf Uf bf, Wi Ui bi, Wo Uo bo, Wc Uc bc; gru: "
        "Wz Uz bz, Wr Ur br, Wh Uh bh; output: Wy by. A second bias: bWh (rnn), bUf ... A number or a plain list "
        "where the matrix has one entry, row or column. Biases may be left out. With two directions: {forward: {..}, "
        "backward: {..}, Wy: .., by: ..}.",
    )
    layers: list[Stacked] = Key(
        [], description="Several recurrent layers, the first one first; each reads the one before."
    )
    hidden: Annotated[Any, STATES] = Key(None, description="The hidden state before the first time; default 0.")
    cell_state: Annotated[Any, STATES] = Key(None, description="The cell state before the first time; default 0.")
    bidirectional: Annotated[bool, FLAG] = Key(
        False, description="A second recurrence runs from the last time to the first; both states are joined."
    )
    activation: Annotated[Chosen, UNIT] = Key(
        ("tanh", None), description="Of the hidden state (rnn), of candidate and cell state (lstm, gru). Default tanh."
    )
    gate_activation: Annotated[Chosen, UNIT] = Key(("sigmoid", None), description="Of the gates. Default sigmoid.")
    output: Annotated[Chosen, ACTIVATION] = Key(("linear", None), description="Of the output. Default linear.")
    input_layers: list[Extra] = Key([], description="Extra layers from the input to the hidden state.")
    transition_layers: list[Extra] = Key(
        [], description="Extra layers from a hidden state to the next (one layer, one direction)."
    )
    output_layers: list[Extra] = Key([], description="Extra layers from hidden state to output.")
    concat: Annotated[str, one_of(("x-h", "h-x"), {"xh": "x-h", "hx": "h-x"})] = Key(
        "", description="One matrix for each gate, on [x, h] or on [h, x]: W b (rnn), Wf bf ..., without U."
    )
    reset: Annotated[str, one_of(("before", "after"))] = Key(
        "before", description="gru: before multiplies h by r, then by Uh; after is r times (Uh h + bUh), as PyTorch's."
    )
    keeps: Annotated[str, one_of(("z", "1-z"), {"1_z": "1-z"})] = Key(
        "z", description="gru: which keeps the old state; z: h' = z h + (1 - z) g; 1-z: h' = (1 - z) h + z g."
    )
    share: Annotated[bool, FLAG] = Key(
        True, description="false: every time has its own weights; a list of them, or copies of those given."
    )
    layout: Annotated[str, one_of(("output-rows", "input-rows"))] = Key(
        "output-rows", description="input-rows: matrices are given for row vectors, x W; a column for each unit."
    )
    target: Annotated[Any, TARGETS] = Key(
        None, description="One for the last time, or a list with one for each (null where there is none)."
    )
    loss: Annotated[Chosen, LOSS] = Key(("half_sse", None), description="Of one time; summed over the times.")
    learning_rate: Annotated[Number | None, POSITIVE] = Key(None, description="With a target: every weight is updated.")
    truncate: Annotated[int | None, whole(1, MOST_STEPS)] = Key(
        None, description="Truncated backpropagation: an error goes back over so many times, its own the first."
    )
