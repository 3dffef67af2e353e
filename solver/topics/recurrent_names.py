"""How the quantities of a recurrent problem are written, and the letters of settings."""

from __future__ import annotations

import re

from ..catalog.activations import ACTIVATIONS
from ..catalog.losses import LOSSES
from ..greek import GREEK
from ..notation import Name
from ..spec.network import Activation
from ..spec.number import Number
from ..spec.recurrent_problem import Recurrent

_STATE = re.compile(r"([A-Za-z]+?)(\d*)(fw|bw)?_(\d+)")
_BLOCK = re.compile(r"([WUb])(.*?)(\d*)(fw|bw)?")


def name_of(key: str) -> Name:
    """h_1[2] as h with the time below and the place above; Wx2[1,2] with its layer as a raised (2)."""
    whole = key.rstrip("'")
    primes = len(key) - len(whole)
    whole, at, time = whole.partition("@")
    base, bracket, place = whole.partition("[")
    behind = f"{bracket}{place}{at}{time}"
    net = base.startswith("in_")
    if state := _STATE.fullmatch(base.removeprefix("in_")):
        letter, layer, way, moment = state.groups(default="")
        sup = _raised(layer, way) + behind
        return Name("in", letter + moment, sup, primes, True) if net else Name(letter, moment, sup, primes)
    if block := _BLOCK.fullmatch(base):
        letter, sub, layer, way = block.groups(default="")
        return Name(letter, sub, _raised(layer, way) + behind, primes)
    base, _, sub = base.partition("_")
    return Name(GREEK.get(base, base), sub, behind, primes, upright=base not in GREEK and len(base) > 1)


def _raised(layer: str, way: str) -> str:
    words = " ".join(each for each in (layer, way) if each)
    return f"({words})" if words else ""


def settings(problem: Recurrent) -> dict[str, Number]:
    """The settings of activations and loss by their letter: a, alpha, delta; a_1 a_2 where several values occur."""
    found: dict[str, Number] = {}
    for activation in _activations(problem):
        if activation.setting is not None:
            found[setting_letter(problem, activation)] = activation.setting
    if problem.has_target and problem.loss.setting is not None:
        found[f"{LOSSES[problem.loss.name].setting}"] = problem.loss.setting
    return found


def setting_letter(problem: Recurrent, activation: Activation) -> str:
    """The letter of an activation's setting ('_' where it has none)."""
    if activation.setting is None:
        return "_"
    own = ACTIVATIONS[activation.name].setting
    texts = [
        each.setting.text
        for each in _activations(problem)
        if each.setting is not None and ACTIVATIONS[each.name].setting == own
    ]
    values = list(dict.fromkeys(texts))
    return own if len(values) == 1 else f"{own}_{values.index(activation.setting.text) + 1}"


def _activations(problem: Recurrent) -> list[Activation]:
    inner = [one.activation for one in problem.recurrences if problem.cell == "lstm"]
    return [*(gate.activation for gate in problem.gates), *inner]
