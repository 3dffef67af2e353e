"""The independent second look at a plan: shapes from NumPy's own windows, parameters from arrays.

Layers below a million multiplications are really run on ones; for larger ones NumPy only says where windows would
lie. Parameters are counted on arrays with zero strides, which take no memory. Nothing of the planner is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..spec.convnet import ConvNet, Item, Layer, Repeat, Residual, Shape
from .cnn_layers import Seen, look

RUN_BELOW = 1_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """What a plan says about one layer, shapes channels last."""

    name: str
    output: Shape
    parameters: int
    running: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the second look found.

    compared:     layers compared
    run:          layers that were really computed
    differences:  one sentence for each layer that differs
    max_error:    the largest difference of two numbers, against the larger one
    """

    compared: int
    run: int
    differences: tuple[str, ...]
    max_error: float = 0.0
    backend: str = "numpy"

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def detail(self) -> str:
        """What differs, the first few layers."""
        more = f" (and {len(self.differences) - 3} more)" if len(self.differences) > 3 else ""
        return "; ".join(self.differences[:3]) + more


def audit(problem: ConvNet, claims: Sequence[Claim]) -> Report:
    """Compares every layer of a plan, in order, with a second computation."""
    return audit_all([(problem, claims)])


def audit_all(plans: Sequence[tuple[ConvNet, Sequence[Claim]]]) -> Report:
    """Compares every layer of several plans; a layer that they share is looked at once."""
    walk = _Walk()
    compared, run, error, differences = 0, 0, 0.0, list[str]()
    for problem, claims in plans:
        walk.seen = []
        walk.through(problem.layers, (problem.input, False))
        if len(walk.seen) != len(claims):
            differences.append(f"{len(claims)} layers are planned, {len(walk.seen)} were found")
        for claim, found in zip(claims, walk.seen, strict=False):
            differences += _differences(claim, found)
            error = max(error, _error(claim, found))
        compared, run = compared + len(claims), run + sum(each.run for each in walk.seen)
    return Report(compared, run, tuple(differences), max(error, float(error == 0 and bool(differences))))


def _error(claim: Claim, found: Seen) -> float:
    """How far a layer's numbers are from those found, against the larger ones; 1 for shapes of other ranks."""
    if len(claim.output) != len(found.output):
        return 1.0
    ours = (*claim.output, claim.parameters, claim.running)
    theirs = (*found.output, found.parameters, found.running)
    return max(abs(a - b) / max(1, a, b) for a, b in zip(ours, theirs, strict=True))


def _differences(claim: Claim, found: Seen) -> list[str]:
    pairs = (
        ("output", claim.output, found.output),
        ("parameters", claim.parameters, found.parameters),
        ("running statistics", claim.running, found.running),
    )
    return [f"{claim.name}: {what} {ours}, but NumPy finds {theirs}" for what, ours, theirs in pairs if ours != theirs]


class _Walk:
    """One pass through the items; a layer that meets the same input again is not looked at again."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.known: dict[tuple[int, Shape, bool], Seen] = {}

    def through(self, items: Sequence[Item], state: tuple[Shape, bool]) -> tuple[Shape, bool]:
        for item in items:
            state = self.one(item, state)
        return state

    def one(self, item: Item, state: tuple[Shape, bool]) -> tuple[Shape, bool]:
        if isinstance(item, Layer):
            return self.layer(item, state)
        if isinstance(item, Repeat):
            for _ in range(item.times):
                state = self.through(item.layers, state)
            return state
        if isinstance(item, Residual):
            body = self.through(item.body, state)
            if item.shortcut is not None:
                self.through(item.shortcut, state)
            self.seen.append(Seen(body[0], sequence=body[1]))
            return body
        ends = [self.through(way, state) for way in item.ways]
        shape = (*ends[0][0][:-1], sum(end[-1] for end, _ in ends))
        self.seen.append(Seen(shape, sequence=ends[0][1]))
        return shape, ends[0][1]

    def layer(self, layer: Layer, state: tuple[Shape, bool]) -> tuple[Shape, bool]:
        key = (id(layer), *state)
        if key not in self.known:
            self.known[key] = look(layer, state[0], state[1], RUN_BELOW)
        found = self.known[key]
        self.seen.append(found)
        return found.output, found.sequence
