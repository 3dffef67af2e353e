"""Networks written by neurons: any wiring without a cycle, put into levels by the longest path."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from .backprop_keys import NeuronKeys, Spec
from .backprop_layers import activation_of, listed
from .common import Complaints
from .fields import MOST_ALIKE, did_you_mean, shown
from .network import Layer, Neuron, Parameter, Wire

Sources = Mapping[str, Iterable[str]]
OVER_A_LAYER = ("softmax", "log_softmax")


def levelled(spec: Spec, inputs: tuple[str, ...], complaints: Complaints) -> tuple[Layer, ...]:
    """The neurons in levels by their longest path from the inputs, as typed inside a level.

    Empty where the wiring is wrong: an unknown source or a cycle.
    """
    if not _all_known(spec.neurons, inputs, complaints):
        return ()
    sources = {name: keys.weights for name, keys in spec.neurons.items()}
    levels = _levels(sources)
    if len(levels) < len(sources):
        cycle = _cycle(sources, levels)
        complaints.add(("neurons", cycle[0]), f"the wiring runs in a circle: {_spelled(cycle)}", at_key=True)
        return ()
    built = {name: _neuron(name, spec, complaints) for name in spec.neurons}
    rows = [[built[name] for name in built if levels[name] == level] for level in range(1, max(levels.values()) + 1)]
    for row in rows:
        _whole_softmax(row, complaints)
    return _layers(rows, inputs)


def weight_key(source: str, target: str) -> str:
    """w14 from 1 to 4; w1_14 when a name has more than one sign."""
    short = len(source) == len(target) == 1
    return f"w{source}{target}" if short else f"w{source}_{target}"


def unread(neurons: Mapping[str, NeuronKeys]) -> tuple[str, ...]:
    """The neurons that no other reads, as typed."""
    read = {source for keys in neurons.values() for source in keys.weights}
    return tuple(name for name in neurons if name not in read)


def _neuron(name: str, spec: Spec, complaints: Complaints) -> Neuron:
    keys = spec.neurons[name]
    wires = tuple(Wire(s, Parameter(weight_key(s, name), value)) for s, value in keys.weights.items())
    bias = None if keys.bias is None else Parameter(f"b{name}", keys.bias)
    return Neuron(name, wires, bias, activation_of(keys.activation, spec.activation, ("neurons", name), complaints))


def _layers(rows: list[list[Neuron]], inputs: tuple[str, ...]) -> tuple[Layer, ...]:
    before = inputs
    layers = []
    for number, row in enumerate(rows, start=1):
        dense = all(tuple(wire.source for wire in neuron.wires) == before for neuron in row)
        layers.append(Layer(str(number), tuple(row), dense))
        before = tuple(neuron.name for neuron in row)
    return tuple(layers)


def _all_known(neurons: Mapping[str, NeuronKeys], inputs: tuple[str, ...], complaints: Complaints) -> bool:
    names = (*inputs, *neurons)
    known = set(names)
    doubled = sorted(set(neurons) & set(inputs))
    for name in doubled:
        complaints.add(("neurons", name), f"{name} is an input already; choose another name", at_key=True)
    unknown = [(name, s) for name, keys in neurons.items() for s in keys.weights if s not in known]
    for name, source in unknown[:MOST_ALIKE]:
        fix = did_you_mean(source, names)
        expected = f"expected an input or a neuron: {listed(names)}"
        path = ("neurons", name, "weights", source)
        complaints.add(path, f"found {shown(source)}; {expected}{'. ' + fix if fix else ''}", at_key=True)
    return not doubled and not unknown


def _levels(sources: Sources) -> dict[str, int]:
    """The level of each neuron, from 1; those on or behind a cycle have none."""
    feeders = {name: [s for s in given if s in sources] for name, given in sources.items()}
    readers: dict[str, list[str]] = {name: [] for name in sources}
    for name, given in feeders.items():
        for source in given:
            readers[source].append(name)
    waiting = {name: len(given) for name, given in feeders.items()}
    ready = deque(name for name in sources if not waiting[name])
    levels: dict[str, int] = {}
    while ready:
        name = ready.popleft()
        levels[name] = 1 + max((levels[source] for source in feeders[name]), default=0)
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    return levels


def _cycle(sources: Sources, levels: Mapping[str, int]) -> list[str]:
    """One cycle in the direction of the signal, beginning and ending with its neuron typed first."""
    stuck = {name: [s for s in given if s in sources and s not in levels] for name, given in sources.items()}
    name = next(each for each in sources if each not in levels)
    walked: dict[str, int] = {}
    while name not in walked:
        walked[name] = len(walked)
        name = stuck[name][0]
    ring = list(reversed(list(walked)[walked[name] :]))
    on_it = set(ring)
    start = ring.index(next(each for each in sources if each in on_it))
    return [*ring[start:], *ring[:start], ring[start]]


def _spelled(cycle: list[str]) -> str:
    """4 -> 6 -> 4; the middle of a long one is left out."""
    return " -> ".join(cycle if len(cycle) <= 10 else [*cycle[:3], "...", *cycle[-2:]])


def _whole_softmax(row: list[Neuron], complaints: Complaints) -> None:
    """softmax runs over one level, so either all of its neurons have it or none."""
    kinds = {neuron.activation.name for neuron in row}
    for neuron in row:
        kind = neuron.activation.name
        if kind in OVER_A_LAYER and len(kinds) > 1:
            names = listed(tuple(each.name for each in row))
            fix = f"give it to all neurons at the same distance from the inputs ({names})"
            complaints.add(("neurons", neuron.name, "activation"), f"{kind} runs over a whole layer: {fix}")
