"""The kinds that can be sampled: one row = one kind; its module is loaded when one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

from solver.errors import DlsolveError

from .wishes import Draw, Wishes

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
)


def _module(kind: str) -> Any:
    return import_module(f".sample.{kind.replace('-', '_')}", __package__)


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
