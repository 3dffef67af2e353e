"""A network as index tables, made once, so that the passes need no loop over wires.

Nodes are numbered 0 for a constant 1, then the inputs, then the neurons layer by layer. A bias is then
a weight on the wire from node 0, and every parameter is one number that stands on one or more wires.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy
from msgspec import Struct
from msgspec.structs import replace

from ..spec.network import Activation, Layer, Network, Neuron, Parameter, Sample
from . import activations, losses

HostArray = numpy.ndarray[Any, Any]


class Group(Struct, frozen=True):
    """The neurons of a level that share an activation, by their places in the level."""

    rule: activations.Elementwise | activations.Coupled
    setting: float
    places: tuple[int, ...]

    @property
    def bends(self) -> bool:
        """Whether the activation or its slope jumps at 0."""
        return isinstance(self.rule, activations.Elementwise) and self.rule.bends


class Level(Struct, frozen=True):
    """Neurons `start` to `stop` (not included), which read nodes below `known` only.

    bends: whether it matters here on which side of 0 a net input lies
    """

    start: int
    stop: int
    known: int
    groups: tuple[Group, ...]
    bends: bool


class Wiring(Struct, frozen=True):
    """Names, levels and wires of a network.

    nodes:   the names of all nodes; nodes[first:] are the neurons
    rows, columns, owners: for each wire the neuron it enters, the node it leaves, its parameter
    places:  for each wire where it stands among the weights of all levels, laid end to end
    keys, values, biases: for each parameter its key, its value, whether it is a bias
    outputs: the nodes that have a target
    """

    nodes: tuple[str, ...]
    first: int
    levels: tuple[Level, ...]
    rows: HostArray
    columns: HostArray
    owners: HostArray
    places: HostArray
    keys: tuple[str, ...]
    values: HostArray
    biases: HostArray
    outputs: tuple[int, ...]

    @property
    def neurons(self) -> tuple[str, ...]:
        """The names of the neurons."""
        return self.nodes[self.first :]

    def weights(self, values: HostArray) -> list[HostArray]:
        """Parameter values as weights of each level, (neurons, known nodes), 0 where there is no wire.

        Values of several networks, (networks, parameters), become (networks, neurons, known nodes).
        """
        flat = numpy.zeros((*values.shape[:-1], self.size))
        flat[..., self.places] = values[..., self.owners]
        return self.split(flat, numpy)

    @property
    def size(self) -> int:
        """How many weights all levels have, those where there is no wire among them."""
        return sum((level.stop - level.start) * level.known for level in self.levels)

    def split(self, flat: Any, xp: Any) -> list[Any]:
        """Weights of all levels laid end to end as one matrix for each level."""
        matrices, start = [], 0
        for level in self.levels:
            stop = start + (level.stop - level.start) * level.known
            matrices.append(xp.reshape(flat[..., start:stop], (*flat.shape[:-1], -1, level.known)))
            start = stop
        return matrices

    def totals(self, by_wire: HostArray) -> HostArray:
        """Sums of (samples, wires) over the wires of each parameter: (samples, parameters)."""
        sums = numpy.zeros((len(self.keys), by_wire.shape[0]))
        numpy.add.at(sums, self.owners, by_wire.T)
        return sums.T


def wire(network: Network) -> Wiring:
    """The index tables of a network; KeyError for a wire whose source does not stand in an earlier layer."""
    nodes = ["1", *network.inputs]
    first = len(nodes)
    levels: list[Level] = []
    wires: list[tuple[int, int, str]] = []
    places: list[int] = []
    laid = 0
    parameters: dict[str, tuple[float, bool]] = {}
    for layer in network.layers:
        known = {name: index for index, name in enumerate(nodes)}
        start = len(nodes) - first
        for row, neuron in enumerate(layer.neurons, start):
            for source, parameter in _incoming(neuron):
                column = 0 if source is None else known[source]
                wires.append((row, column, parameter.key))
                places.append(laid + (row - start) * len(nodes) + column)
                parameters[parameter.key] = (float(parameter.value.value), source is None)
        laid += len(layer.neurons) * len(nodes)
        groups = _groups(layer)
        bends = any(group.bends for group in groups)
        levels.append(Level(start, start + len(layer.neurons), len(nodes), groups, bends))
        nodes += [neuron.name for neuron in layer.neurons]
    owner = {key: index for index, key in enumerate(parameters)}
    return Wiring(
        tuple(nodes),
        first,
        tuple(levels),
        numpy.asarray([row for row, _, _ in wires], dtype=numpy.int64),
        numpy.asarray([column for _, column, _ in wires], dtype=numpy.int64),
        numpy.asarray([owner[key] for _, _, key in wires], dtype=numpy.int64),
        numpy.asarray(places, dtype=numpy.int64),
        tuple(parameters),
        numpy.asarray([value for value, _ in parameters.values()]),
        numpy.asarray([is_bias for _, is_bias in parameters.values()], dtype=bool),
        tuple(nodes.index(name, first) for name in network.outputs),
    )


def _incoming(neuron: Neuron) -> Iterator[tuple[str | None, Parameter]]:
    for entry in neuron.wires:
        yield entry.source, entry.weight
    if neuron.bias is not None:
        yield None, neuron.bias


def _groups(layer: Layer) -> tuple[Group, ...]:
    members: dict[Activation, list[int]] = {}
    for place, neuron in enumerate(layer.neurons):
        members.setdefault(neuron.activation, []).append(place)
    return tuple(_group(activation, tuple(places)) for activation, places in members.items())


def _group(activation: Activation, places: tuple[int, ...]) -> Group:
    given = activation.setting
    setting = activations.SETTINGS.get(activation.name, 0.0) if given is None else float(given.value)
    if given is None and activation.name == "randomised_relu":
        raise ValueError("randomised_relu needs the slope that was drawn")
    return Group(activations.ACTIVATIONS[activation.name], setting, places)


class Data(Struct, frozen=True):
    """Samples and loss: inputs (samples, inputs), targets (samples, n) or None, the loss and its setting.

    labels:   the class index of each sample, where the targets come from one
    by_class: multi-class hinge, whose true class has no part in the error
    keeps:    what dropout multiplies the output of each node with, (samples, nodes); None without dropout
    """

    inputs: HostArray
    targets: HostArray | None
    loss: losses.Loss
    setting: float
    labels: tuple[int, ...]
    by_class: bool
    keeps: HostArray | None

    def of(self, samples: Sequence[int]) -> Data:
        """The data of some samples, by their indices."""
        rows = list(samples)
        return replace(
            self,
            inputs=self.inputs[rows],
            targets=None if self.targets is None else self.targets[rows],
            labels=tuple(self.labels[row] for row in rows) if self.labels else (),
            keeps=None if self.keeps is None else self.keeps[rows],
        )


class Moment(Struct, frozen=True):
    """Where the gradients of a batch are taken.

    samples: their indices; stage: what the keys of the batch end in (@1); values: of every parameter
    """

    samples: tuple[int, ...]
    stage: str
    values: HostArray


def data(network: Network) -> Data:
    """The samples of a network as arrays."""
    samples = network.samples
    inputs = numpy.asarray([[float(x.value) for x in s.inputs] for s in samples])
    given = all(sample.has_target for sample in samples)
    targets = [_targets(sample, len(network.outputs)) for sample in samples] if given else None
    labels = tuple(s.label for s in samples if s.label is not None)
    by_class = network.loss.name == "hinge" and bool(labels)
    loss = losses.CLASS_HINGE if by_class else losses.LOSSES[network.loss.name]
    chosen = network.loss.setting
    setting = losses.SETTINGS.get(network.loss.name, 0.0) if chosen is None else float(chosen.value)
    table = None if targets is None else numpy.asarray(targets)
    return Data(inputs, table, loss, setting, labels, by_class, _keeps(network) if network.dropout else None)


def _keeps(network: Network) -> HostArray:
    """1 for every node that no dropout touches; else its mask, over the probability where dropout is inverted."""
    columns = [numpy.ones((len(network.samples), 1 + len(network.inputs)))]
    for layer in network.layers:
        kept = numpy.ones((len(network.samples), len(layer.neurons)))
        dropout = network.dropout.get(layer.name)
        if dropout is not None:
            kept *= numpy.asarray(dropout.masks, dtype=float)
            kept /= float(dropout.keep.value) if dropout.inverted else 1.0
        columns.append(kept)
    return numpy.concatenate(columns, axis=1)


def _targets(sample: Sample, outputs: int) -> list[float]:
    if sample.label is not None:
        return [float(index == sample.label) for index in range(outputs)]
    return [float(target.value) for target in sample.targets]
