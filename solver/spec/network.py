"""A feed-forward network problem: what `solver.topics.backprop` works and `solver.check` recomputes.

Both ways of writing a network (by layers, by neurons) lead here.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from .number import Number
from .optimizer import SGD
from .optimizer_table import Optimizer


class Parameter(Struct, frozen=True):
    """A weight or bias: its key (`w5`, `b1`, `w14`) and its value. A shared bias is one Parameter."""

    key: str
    value: Number


class Wire(Struct, frozen=True):
    """A connection into a neuron from an input or an earlier neuron, by name."""

    source: str
    weight: Parameter


class Activation(Struct, frozen=True):
    """A row of the catalog of activations, with its setting where it has one (leaky_relu: a)."""

    name: str
    setting: Number | None = None


class Neuron(Struct, frozen=True):
    """One neuron: its name (`h1`, or `4` in the neurons form), what feeds it, its activation."""

    name: str
    wires: tuple[Wire, ...]
    bias: Parameter | None
    activation: Activation


class Layer(Struct, frozen=True):
    """Neurons worked together; softmax runs over one layer.

    In the neurons form a layer holds the neurons at the same distance (longest path) from the inputs.
    `dense`: each neuron is wired to every neuron of the layer before (or every input), in order.
    """

    name: str
    neurons: tuple[Neuron, ...]
    dense: bool


class Loss(Struct, frozen=True):
    """A row of the catalog of losses, with its setting where it has one (huber: delta)."""

    name: str
    setting: Number | None = None


class Sample(Struct, frozen=True):
    """Input values in the order of Network.inputs; targets in the order of Network.outputs.

    For losses with a class index (`sparse_cce`, `hinge` with several outputs) `label` holds the
    index, from 0, and `targets` is empty. Without a target both are empty: forward pass only.
    """

    inputs: tuple[Number, ...]
    targets: tuple[Number, ...] = ()
    label: int | None = None

    @property
    def has_target(self) -> bool:
        return bool(self.targets) or self.label is not None


class Dropout(Struct, frozen=True):
    """Which neurons of a layer are kept while training.

    masks:    1 or 0 for each neuron of the layer; one mask for all samples, or one for each
    keep:     the probability of keeping a neuron
    inverted: whether kept outputs are divided by keep while training
    """

    masks: tuple[tuple[int, ...], ...]
    keep: Number
    inverted: bool


class Training(Struct, frozen=True):
    """How samples become updates.

    batch:     samples for each update; 0 is all of them
    reduction: 'mean' or 'sum' over the samples of a batch
    epochs:    passes through all samples; show_epochs of them are worked on the page
    """

    batch: int = 0
    reduction: str = "mean"
    epochs: int = 1
    show_epochs: int = 1
    optimizer: Optimizer = SGD


class Network(Struct, frozen=True):
    """A feed-forward network with its sample(s), loss and learning rate.

    `outputs` are the names of the neurons that have a target (without targets: those nothing reads).
    `form` is 'layers' or 'neurons'.
    """

    title: str
    form: str
    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    outputs: tuple[str, ...]
    samples: tuple[Sample, ...]
    loss: Loss
    learning_rate: Number | None = None
    update_biases: bool = True
    symbols: dict[str, str] = field(default_factory=dict)
    training: Training = Training()
    claims: Mapping[str, str] = field(default_factory=dict)
    dropout: Mapping[str, Dropout] = field(default_factory=dict)

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """The samples of each update of an epoch, counted from 1, in the order given."""
        count = len(self.samples)
        size = self.training.batch or count
        return tuple(tuple(range(start + 1, min(start + size, count) + 1)) for start in range(0, count, size))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Weights and biases as the network is read: each neuron's weights, then its bias (a shared one once)."""
        found: dict[str, Parameter] = {}
        for neuron in self.neurons:
            for parameter in (*(w.weight for w in neuron.wires), *([neuron.bias] if neuron.bias else [])):
                found.setdefault(parameter.key, parameter)
        return tuple(found.values())

    @property
    def learns(self) -> bool:
        """Whether parameters are updated: there is a target and a learning rate."""
        return self.learning_rate is not None and self.samples[0].has_target

    @property
    def moved(self) -> frozenset[str]:
        """The keys of the parameters that an update changes."""
        return frozenset(p.key for p in (*self.weights, *(self.biases if self.update_biases else ())))

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """Every neuron, layer by layer."""
        return tuple(neuron for layer in self.layers for neuron in layer.neurons)

    @property
    def weights(self) -> tuple[Parameter, ...]:
        """Every weight, neuron by neuron."""
        return tuple(wire.weight for neuron in self.neurons for wire in neuron.wires)

    @property
    def biases(self) -> tuple[Parameter, ...]:
        """Every bias once, in the order of first use."""
        return tuple({n.bias.key: n.bias for n in self.neurons if n.bias}.values())
