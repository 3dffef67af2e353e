"""The network on its page: with the values of the forward pass before the gradients, with the gradients after them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..spec.network import Network
from .blocks import Block
from .drawn import drawn

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_NEURONS, _MOST_WIRES = 6, 26  # of a layer, and into one, up to which a drawing is read


class NetworkPictures:
    """Puts each drawing where its last number was worked; none of a network that no paper holds."""

    def __init__(self, network: Network, solution: Worked) -> None:
        self.solution = solution
        self.sample = " of sample 1" if len(network.samples) > 1 else ""
        self.waiting = [] if solution.asked or solution.letters or not _is_readable(network) else ["forward"]
        if self.waiting and solution.asks_gradients:
            self.waiting.append("gradients")

    def before(self, section: str) -> Iterator[Block]:
        """The drawings that are due before a section; '' is the end of all."""
        due = {"forward": ("Forward pass", "Error"), "gradients": ("Backward pass",)}
        if self.waiting and not section.startswith(due[self.waiting[0]]):
            yield self._drawn()

    def _drawn(self) -> Block:
        name = self.waiting.pop(0)
        return drawn(self.solution, name, caption=_CAPTIONS[name](self.sample))


_CAPTIONS = {
    "forward": lambda sample: (f"The forward pass{sample}: outputs in the neurons, net inputs below them.",),
    "gradients": lambda sample: (f"The way back{sample}: δ in the neurons, the gradients on the wires.",),
}


def _is_readable(network: Network) -> bool:
    wires = [sum(len(neuron.wires) for neuron in layer.neurons) for layer in network.layers]
    sizes = [len(network.inputs), *(len(layer.neurons) for layer in network.layers)]
    return max(sizes) <= _MOST_NEURONS and max(wires) <= _MOST_WIRES
