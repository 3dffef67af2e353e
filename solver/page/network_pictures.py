"""The network on its page: with the values of the forward pass, and with the gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..spec.network import Network
from .blocks import Block
from .drawn import drawn

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_NEURONS, _MOST_WIRES = 6, 26  # of a layer, and into one, up to which a drawing is read


def forward_picture(solution: Worked) -> Iterator[Block]:
    """The values in the network; nothing of a network that no paper holds, or where something else is asked for."""
    if _is_drawn(solution):
        told = "outputs in the neurons, net inputs below them."
        yield drawn(solution, "forward", caption=(f"The forward pass{_sample(solution)}: {told}",))


def gradients_picture(solution: Worked) -> Iterator[Block]:
    """The gradients in the network, where there are any."""
    if _is_drawn(solution) and solution.asks_gradients:
        told = "δ in the neurons, the gradients on the wires."
        yield drawn(solution, "gradients", caption=(f"The way back{_sample(solution)}: {told}",))


def _sample(solution: Worked) -> str:
    return " of sample 1" if len(solution.problem.samples) > 1 else ""


def _is_drawn(solution: Worked) -> bool:
    net: Network = solution.problem
    wires = [sum(len(neuron.wires) for neuron in layer.neurons) for layer in net.layers]
    sizes = [len(net.inputs), *(len(layer.neurons) for layer in net.layers)]
    readable = max(sizes) <= _MOST_NEURONS and max(wires) <= _MOST_WIRES
    return readable and not solution.asked and not solution.letters
