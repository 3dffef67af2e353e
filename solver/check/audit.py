"""Whether a network working's numbers agree with the reference and with finite differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from ..spec.network import Network
from .backends import ROUNDING, shaken
from .backends import backend as array_backend
from .compare import Audit, Differences, held
from .differences import LIMIT, differences
from .record import Values
from .reference import Witness, witness
from .wiring import wire

__all__ = ["Audit", "audit"]

_BATCHES = 12  # batches whose gradients are held against differences
_SHAKES = 4
_SLOPES = ("dout_", "dE/dout_")
_JUMP = 1e-6  # of a slope: more than rounding does to it
_MARGIN = 4  # how much farther than shaken numbers moved they may be apart


def audit(values: Mapping[str, float], network: Network, backend: str = "numpy") -> Audit:
    """Hold every value that the reference knows against it, and gradients of the first epoch against differences.

    The keys are those of `quantities`: with several epochs w5', E' and dE/dw5 are those after the last update,
    and history[k] is E after k epochs. Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    seen = witness(network, xp, device)
    slopes = _slopes(values, network, seen)
    found = held(values, seen.found, slopes, backend)
    if found.agrees or found.first_disagreement not in seen.found:
        return found
    return held(values, seen.found, slopes, backend, _moved(seen.found, network, xp, device))


def _slopes(values: Mapping[str, float], network: Network, seen: Witness) -> Differences:
    """Finite differences for the parameters whose gradients are among the values, batch by batch."""
    gradients = {key.partition("[")[0].partition("@")[0] for key in values if key.startswith("dE/d")}
    wanted = {p.key for p in network.parameters if f"dE/d{p.key}" in gradients}
    slopes: dict[str, float] = {}
    doubts: dict[str, float] = {}
    skipped: frozenset[str] = frozenset()
    for moment in seen.moments[:_BATCHES] if wanted else ():
        if numpy.isfinite(moment.values).all():
            some = differences(network, wanted, LIMIT, moment)
            slopes |= some.values
            doubts |= some.doubts
            skipped |= some.skipped
    return Differences(slopes, doubts, skipped)


def _moved(found: Values, network: Network, xp: Any, device: Any) -> Values:
    """How far each quantity moves when the parameters are moved by some ulps.

    Long trainings, and updates that divide a gradient by its own size, can make much of rounding. A move that
    takes the first epoch over a kink says nothing: which slope holds on the kink is a rule, not rounding.
    """
    start = wire(network).values
    farthest = dict.fromkeys(found, 0.0)
    for turn in range(_SHAKES):
        moved = witness(network, xp, device, start * (1 + ROUNDING * shaken(len(start), turn))).found
        distances = {key: abs(moved[key] - value) for key, value in found.items()}
        if not any(distances[key] > _JUMP * (1 + abs(found[key])) for key in found if key.startswith(_SLOPES)):
            farthest = {key: max(farthest[key], distance) for key, distance in distances.items()}
    return {key: _MARGIN * distance for key, distance in farthest.items()}
