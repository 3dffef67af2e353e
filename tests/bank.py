"""The problems of the bank for the tests: each is read once, and solved once in each way."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from solver import load, solve
from solver.page.matrices import is_layered
from solver.topics.letters import has_letters

BANK = Path(__file__).parent.parent / "problems" / "bank" / "backprop"
EVERY = sorted(path.stem for path in BANK.glob("*.yaml"))


@cache
def problem(name: str) -> Any:
    """A problem of the bank."""
    return load(BANK / f"{name}.yaml")


@cache
def solved(name: str, **options: Any) -> Any:
    """Its solution, with these options instead of those of its spec; a long training is proved in one style only."""
    if {"style", "carry"} & options.keys() and problem(name).data.training.epochs > 1000:
        options.setdefault("check", False)
    return solve(problem(name), **options)


@cache
def page(name: str, **options: Any) -> Any:
    """The page of that solution."""
    return solved(name, **options).page()


@cache
def data(name: str, **options: Any) -> Any:
    """That solution as plain data."""
    return solved(name, **options).to_json()


def nodes(whole: Any) -> Iterator[Any]:
    """Every block, equation and piece of notation of a page."""
    stack = [whole]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack.extend(reversed(top))
        elif not (isinstance(top, str | int | frozenset | None) or callable(top)):
            yield top
            stack.extend(getattr(top, field) for field in reversed(type(top).__match_args__))


def styles(name: str) -> list[str]:
    """The styles in which its backward pass can be written."""
    network = problem(name).data
    return ["chain", "delta", *(["matrix"] if is_layered(network) and len(network.samples) == 1 else [])]


# without the problems that have letters for numbers: there is nothing to recompute in those
NAMES = [name for name in EVERY if not has_letters(problem(name).data)]
STYLED = [(name, style) for name in NAMES for style in styles(name)]


def is_worked_whole(name: str) -> bool:
    """Whether every answer has a line of its own: one epoch, one update."""
    network = problem(name).data
    return network.training.epochs == 1 and len(network.batches) == 1


WHOLE = [name for name in NAMES if is_worked_whole(name)]

# one sample, one epoch: the page has every part but once
PLAIN = [name for name in WHOLE if len(problem(name).data.samples) == 1]
