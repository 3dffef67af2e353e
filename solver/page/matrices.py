"""The backward pass in matrices, where the wiring is layered."""

from __future__ import annotations

from ..errors import NotAsked
from ..spec.network import Network


def require_layers(network: Network) -> None:
    """Raises NotAsked, naming the wires that skip or are missing, unless every layer is fully wired."""
    before = list(network.inputs)
    odd: list[str] = []
    for layer in network.layers:
        for neuron in layer.neurons:
            sources = [w.source for w in neuron.wires]
            odd += [f"{s} → {neuron.name} skips a layer" for s in sources if s not in before]
            odd += [f"{s} → {neuron.name} is missing" for s in before if s not in sources]
        before = [m.name for m in layer.neurons]
    if odd:
        raise NotAsked(f"--style matrix needs fully wired layers: {'; '.join(odd[:6])}")
