"""Random problems: one file = one kind; the table below names them, and a module is loaded when it is asked for.

`sample(form, rng, wishes)` draws one as plain data: `form` decides what the variants of all students have in common,
`rng` the numbers. SETTINGS names what --set may say.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

from solver.errors import DlsolveError

from ..wishes import Draw, Wishes

Sampler = Callable[[Random, Random, Wishes], Draw]

SAMPLERS = (
    "backprop",
    "cnn-shapes",
    "perceptron",
    "activation",
    "loss",
    "gradient-descent",
    "linear-regression",
    "metrics",
    "convolution",
    "logistic-regression",
    "graph",
    "dropout",
    "gradient-flow",
    "normalization",
    "attention",
    "recurrent",
)


def _module(kind: str) -> Any:
    return import_module(f".{kind.replace('-', '_')}", __name__)


def sampler(kind: str) -> Sampler:
    """The sampler of a kind. Raises DlsolveError where there is none, with the nearest ones."""
    from difflib import get_close_matches

    if kind not in SAMPLERS:
        near = get_close_matches(kind, SAMPLERS, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise DlsolveError(f"no problems of kind '{kind}' can be sampled; the kinds are {', '.join(SAMPLERS)}.{hint}")
    found: Sampler = _module(kind).sample
    return found


def settings(kinds: tuple[str, ...]) -> list[str]:
    """What --set may name for these kinds."""
    return sorted({name for kind in kinds for name in _module(kind).SETTINGS})
