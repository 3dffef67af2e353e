"""Optimizers as specs name them: the forms that books write them in, their settings and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from .fields import NUMBER, Field, limited, refused
from .number import Number

State = Number | tuple[Number, ...] | Mapping[str, Number]
"""What is left of earlier updates: one number for every parameter, or one each, in order or by name."""


class Optimizer(Struct, frozen=True):
    """An optimizer as chosen, its defaults filled in.

    form:            which of the usual ways of writing it
    settings:        beta, rho, epsilon ... by their words
    epsilon_inside:  whether ε stands inside the root
    bias_correction: whether running means are divided by 1 − β^t
    state:           by letter what earlier updates left (m, v ...), where it does not start at nothing
    t:               the number of the first update, 1 where nothing went before
    """

    name: str
    form: str
    settings: Mapping[str, Number]
    epsilon_inside: bool = False
    bias_correction: bool = True
    state: Mapping[str, State] = field(default_factory=dict)
    t: int = 1

    @property
    def states(self) -> tuple[str, ...]:
        """The letters of what one update leaves for the next."""
        row = OPTIMIZERS[self.name]
        return (*row.states, *(letter for letter in row.forms[self.form].start if letter not in row.states))

    @property
    def starts_empty(self) -> bool:
        """Whether the first update has no earlier state at all, rather than a state of 0."""
        return self.name == "adagrad" or (self.name in ("momentum", "nesterov") and self.form == "pytorch")

    def earlier(self, letter: str, parameter: str, place: int) -> Number | None:
        """What earlier updates left of this letter for a parameter (its name, and its place from 0)."""
        found = self.state.get(letter)
        if found is None or isinstance(found, Number):
            return found
        if isinstance(found, tuple):
            return found[place] if place < len(found) else None
        return found.get(parameter)


class Form(Struct, frozen=True):
    """One of the usual ways in which an optimizer is written.

    settings: its settings and their defaults; inside: where ε stands unless told
    start:    what the state starts from, where that is not 0
    """

    settings: Mapping[str, str]
    inside: bool = False
    start: Mapping[str, str] = field(default_factory=dict)


class Row(Struct, frozen=True):
    """An optimizer: the letters of its state (a form may start more) and its forms, the usual one first."""

    states: tuple[str, ...]
    forms: Mapping[str, Form]


_DECAY = {"weight_decay": "0"}
_BETA = {"beta": "0.9", **_DECAY}
_ADAM = {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", **_DECAY}
_RATES = {"pytorch": Form(_ADAM), "keras": Form({**_ADAM, "epsilon": "1e-7"})}
_LEAN = {"beta1": "0.9", "beta2": "0.999", **_DECAY}
_WEIGHED = {**_ADAM, "weight_decay": "0.01"}
_NADAM = {**_ADAM, "momentum_decay": "0.004"}

OPTIMIZERS: dict[str, Row] = {
    "sgd": Row((), {"pytorch": Form(_DECAY)}),
    "momentum": Row(
        ("v",),
        {
            "pytorch": Form({"beta": "0.9", "dampening": "0", **_DECAY}),
            "velocity": Form(_BETA),
            "step": Form(_BETA),
            "average": Form(_BETA),
        },
    ),
    "nesterov": Row(
        ("v",),
        {
            "pytorch": Form(_BETA),
            "look_ahead": Form(_BETA),
            "look_ahead_velocity": Form(_BETA),
            "keras": Form(_BETA),
        },
    ),
    "adagrad": Row(
        ("G",),
        {
            "pytorch": Form({"epsilon": "1e-10", **_DECAY}),
            "keras": Form({"epsilon": "1e-7", **_DECAY}, inside=True, start={"G": "0.1"}),
        },
    ),
    "rmsprop": Row(
        ("v",),
        {
            "pytorch": Form({"rho": "0.9", "epsilon": "1e-8", **_DECAY}),
            "keras": Form({"rho": "0.9", "epsilon": "1e-7", **_DECAY}, inside=True),
        },
    ),
    "adadelta": Row(
        ("v", "u"),
        {
            "pytorch": Form({"rho": "0.9", "epsilon": "1e-6", **_DECAY}, inside=True),
            "keras": Form({"rho": "0.95", "epsilon": "1e-7", **_DECAY}, inside=True),
        },
    ),
    "adam": Row(("m", "v"), _RATES),
    "adamw": Row(("m", "v"), {"pytorch": Form(_WEIGHED), "keras": Form({**_WEIGHED, "epsilon": "1e-7"})}),
    "adamax": Row(("m", "u"), {**_RATES, "paper": Form(_LEAN)}),
    "nadam": Row(
        ("m", "v"),
        {
            "pytorch": Form(_NADAM, start={"P": "1"}),
            "keras": Form({**_NADAM, "momentum_decay": "1", "epsilon": "1e-7"}, start={"P": "1"}),
            "textbook": Form(_ADAM),
        },
    ),
}

SYNONYMS = {
    "gd": "sgd",
    "gradient_descent": "sgd",
    "vanilla": "sgd",
    "plain": "sgd",
    "none": "sgd",
    "stochastic_gradient_descent": "sgd",
    "sgd_momentum": "momentum",
    "heavy_ball": "momentum",
    "polyak": "momentum",
    "nag": "nesterov",
    "nesterov_momentum": "nesterov",
    "rms_prop": "rmsprop",
    "rms": "rmsprop",
    "ada": "adagrad",
    "ada_grad": "adagrad",
    "ada_delta": "adadelta",
    "adam_w": "adamw",
    "ada_max": "adamax",
    "nesterov_adam": "nadam",
}
FORM_SYNONYMS = {
    "torch": "pytorch",
    "buffer": "pytorch",
    "tensorflow": "keras",
    "tf": "keras",
    "ema": "average",
    "mean": "average",
    "lookahead": "look_ahead",
    "look-ahead": "look_ahead",
    "sutskever": "look_ahead_velocity",
    "original": "paper",
}
SETTING_SYNONYMS = {
    "eps": "epsilon",
    "momentum": "beta",
    "gamma": "beta",
    "mu": "beta",
    "alpha": "rho",
    "decay": "rho",
    "b1": "beta1",
    "b2": "beta2",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "lambda": "weight_decay",
    "l2": "weight_decay",
    "step": "t",
    "iteration": "t",
    "bias_corrected": "bias_correction",
}


def _below_1(says: str) -> Field[Number]:
    """A number from 0 to below 1."""

    def read(value: Any) -> Number:
        number = NUMBER.read(value)
        if not 0 <= number.value < 1:
            raise refused(value, says, instead=Number.of("0.9"))
        return number

    return Field(says, read, {"type": ["number", "string"], "minimum": 0, "exclusiveMaximum": 1})


_SHARE = _below_1("a number from 0 to below 1")
_POSITIVE_OR_0 = limited("a number from 0 up", lambda v: v >= 0, {"minimum": 0})
SETTINGS: dict[str, Field[Number]] = {
    "beta": _SHARE,
    "dampening": limited("a number from 0 to 1", lambda v: 0 <= v <= 1, {"minimum": 0, "maximum": 1}),
    "rho": _SHARE,
    "beta1": _SHARE,
    "beta2": _SHARE,
    "epsilon": _POSITIVE_OR_0,
    "weight_decay": _POSITIVE_OR_0,
    "momentum_decay": _POSITIVE_OR_0,
}
