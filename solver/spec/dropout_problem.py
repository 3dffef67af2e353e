"""A layer with dropout: while training, while testing, over all thinned nets, and the gradient of a mini-batch."""

from __future__ import annotations

from dataclasses import dataclass

from .number import Number

Row = tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class NextLayer:
    """The layer that follows: one row of weights for each neuron, a bias for each (none: no biases)."""

    weights: tuple[Row, ...]
    biases: Row
    activation: str

    @property
    def neurons(self) -> tuple[str, ...]:
        """o1, o2, ..."""
        return tuple(f"o{number}" for number in range(1, len(self.weights) + 1))


@dataclass(frozen=True, slots=True)
class Layer:
    """Activations of a layer and what dropout makes of them.

    phase:    'train': the mask is applied; 'test': no unit is dropped; 'all': every mask with its probability
    keep:     the probability of keeping a unit, or None where nothing needs it
    inverted: kept activations are divided by keep while training, and nothing is done while testing
    gradient: what comes back from the layers after it, while training
    scale:    what plain dropout multiplies by keep while testing: 'weights' of the layer that follows, or 'activations'
    """

    title: str
    phase: str
    activations: Row
    mask: tuple[int, ...]
    keep: Number | None
    inverted: bool
    gradient: Row
    follows: NextLayer | None
    scale: str

    @property
    def masks(self) -> tuple[tuple[int, ...], ...]:
        """Every mask of the layer, counted down from all kept."""
        from itertools import product

        return tuple(product((1, 0), repeat=len(self.activations)))


@dataclass(frozen=True, slots=True)
class Thinned:
    """A training example: which parameters its thinned net has, and its gradient (None: absent, not given)."""

    mask: tuple[int, ...]
    gradient: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A mini-batch of thinned nets over the same parameters."""

    title: str
    parameters: tuple[str, ...]
    samples: tuple[Thinned, ...]
