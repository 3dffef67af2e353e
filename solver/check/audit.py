"""Whether a network working's numbers agree with the reference and with finite differences."""

from __future__ import annotations

from collections.abc import Mapping

from ..spec.network import Network
from .backends import backend as array_backend
from .compare import Audit, Differences, held
from .differences import differences
from .reference import quantities

__all__ = ["Audit", "audit"]


def audit(values: Mapping[str, float], network: Network, backend: str = "numpy", reduction: str = "mean") -> Audit:
    """Hold every value that the reference knows against it, and every gradient against differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    return held(values, quantities(network, xp, device, reduction), _slopes(values, network, reduction), backend)


def _slopes(values: Mapping[str, float], network: Network, reduction: str) -> Differences:
    """Finite differences for the parameters whose gradients are among the values."""
    if not all(sample.has_target for sample in network.samples):
        return Differences()
    gradients = {key.partition("[")[0] for key in values if key.startswith("dE/d")}
    parameters = {parameter.key for parameter in (*network.weights, *network.biases)}
    return differences(network, {key for key in parameters if f"dE/d{key}" in gradients}, reduction)
