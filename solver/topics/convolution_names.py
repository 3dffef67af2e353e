"""How the quantities of a convolution problem are written, and the letters of settings."""

from __future__ import annotations

from ..catalog.activations import ACTIVATIONS
from ..catalog.losses import LOSSES
from ..greek import GREEK
from ..notation import Name
from ..spec.convolution_problem import Activated, Convolution
from ..spec.number import Number


def name_of(key: str) -> Name:
    """conv1[1,2] as a word with its place, k1[1,2] as a letter, k1[1,2]' with its prime before the place."""
    base, bracket, place = key.rstrip("'").partition("[")
    primes = len(key) - len(key.rstrip("'"))
    letters = base.rstrip("0123456789")
    sup = f"{bracket}{place}"
    if len(letters) == 1:
        return Name(letters, base[len(letters) :], sup=sup, primes=primes)
    base, _, sub = base.partition("_")
    return Name(GREEK.get(base, base), sub, sup=sup, primes=primes, upright=base not in GREEK)


def settings(problem: Convolution) -> dict[str, Number]:
    """The settings of activations and loss by their letter: a, alpha, delta; a_1 a_2 where several values occur."""
    found: dict[str, Number] = {}
    for layer in problem.layers:
        if isinstance(layer, Activated) and layer.activation.setting is not None:
            found[letter(problem, layer)] = layer.activation.setting
    if problem.loss.setting is not None:
        found[LOSSES[problem.loss.name].setting] = problem.loss.setting
    return found


def letter(problem: Convolution, layer: Activated) -> str:
    """The letter of an activation's setting ('_' where it has none)."""
    if layer.activation.setting is None:
        return "_"
    own = ACTIVATIONS[layer.activation.name].setting
    texts = [
        each.activation.setting.text
        for each in problem.layers
        if isinstance(each, Activated)
        and each.activation.setting is not None
        and ACTIVATIONS[each.activation.name].setting == own
    ]
    values = list(dict.fromkeys(texts))
    return own if len(values) == 1 else f"{own}_{values.index(layer.activation.setting.text) + 1}"
