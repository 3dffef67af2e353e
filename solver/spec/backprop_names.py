"""Names that meet: every quantity of a problem has its own key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from keyword import kwlist

from .backprop_keys import Spec
from .choices import ACTIVATIONS, LOSSES
from .common import Complaints
from .document import Path
from .letters import letters_of
from .network import Network

_RESERVED = {
    **dict.fromkeys(kwlist, "a word of Python, in which formulas can be read"),
    "E": "the error",
    "eta": "the learning rate",
    "e": "Euler's number",
    "pi": "the number pi",
    **dict.fromkeys(("exp", "log", "tanh", "sqrt", "erf", "max", "min", "abs"), "a function in formulas"),
}
_LETTERS = {
    "weights": "w",
    "targets": "t",
    "bias": "b",
    "learning_rate": "eta",
    "output": "out",
    "net_input": "in",
    "error": "E",
}


def check_names(network: Network, spec: Spec, complaints: Complaints) -> None:
    """Complains about inputs, neurons, weights and symbols that share a name."""
    _neurons(network, complaints)
    _parameters(network, complaints)
    taken = {**_RESERVED, **dict(_quantities(network))}
    for name in network.inputs:
        if name in taken:
            message = f"the name {name} is that of {taken[name]} already; choose another for this input"
            complaints.add(_input_path(spec, name), message, at_key=True)
    _letters(network, complaints)
    _symbols(spec, complaints)


def _letters(network: Network, complaints: Complaints) -> None:
    """A letter may have the name of a quantity only where that quantity is the letter itself: w1 = w1."""
    taken = dict(_quantities(network))
    typed = {p.key: p.value.text for p in network.parameters}
    typed |= dict(zip(network.inputs, (number.text for number in network.samples[0].inputs), strict=True))
    for name in letters_of(network):
        if name in {**taken, **typed, "E": ""} and typed.get(name) != name:
            what = taken.get(name, "a quantity of this problem")
            complaints.add((), f"the letter {name} stands for a number, but {name} is {what}; choose another letter")


def _input_path(spec: Spec, name: str) -> Path:
    top: Path = ("inputs",) if spec.inputs is not None else ("samples", 0, "inputs")
    given = spec.inputs if spec.inputs is not None else spec.samples[0].inputs
    return (*top, name) if isinstance(given, dict) else top


def _neurons(network: Network, complaints: Complaints) -> None:
    seen = dict.fromkeys(network.inputs, "an input")
    for index, layer in enumerate(network.layers):
        doubled = [neuron.name for neuron in layer.neurons if neuron.name in seen]
        if doubled:
            clash = f"the neuron {doubled[0]} would have the name of {seen[doubled[0]]}"
            complaints.add(("layers", index, "name"), f"{clash}: give the layer another name")
        seen.update({neuron.name: f"a neuron of layer {index + 1}" for neuron in layer.neurons})


def _parameters(network: Network, complaints: Complaints) -> None:
    """Only names with underscores can make one key of two weights."""
    seen: dict[str, str] = {}
    for neuron in network.neurons:
        for wire in neuron.wires:
            what = f"from {wire.source} to {neuron.name}"
            key = wire.weight.key
            if key in seen:
                message = f"the weights {seen[key]} and {what} would both be {key}; rename a neuron"
                complaints.add(("neurons", neuron.name, "weights", wire.source), message, at_key=True)
            seen[key] = what


def _quantities(network: Network) -> Iterator[tuple[str, str]]:
    """The keys that the working will have besides the inputs, each with what it is."""
    for neuron in network.neurons:
        for wire in neuron.wires:
            yield wire.weight.key, f"the weight from {wire.source} to {neuron.name}"
        quantities = {"in": "net input", "out": "output", "delta": "delta", "E": "error"}
        for letter, what in quantities.items():
            yield f"{letter}_{neuron.name}", f"the {what} of {neuron.name}"
    for bias in network.biases:
        yield bias.key, "a bias"
    for parameter in chain(network.weights, network.biases):
        yield f"step_{parameter.key}", f"the step of {parameter.key}"
    yield from _settings(network)
    if any(sample.has_target for sample in network.samples):
        yield from _targets(network)


def _settings(network: Network) -> Iterator[tuple[str, str]]:
    """a, alpha, delta; a_1, a_2 ... where several values of one setting occur."""
    used = {(n.activation.name, n.activation.setting): ACTIVATIONS.get(n.activation.name) for n in network.neurons}
    used[network.loss.name, network.loss.setting] = LOSSES.get(network.loss.name)
    for (word, _), setting in used.items():
        if setting:
            yield setting.name, f"the setting of {word}"
            yield from ((f"{setting.name}_{number}", f"a setting of {word}") for number in range(1, len(used) + 1))


def _targets(network: Network) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(network.outputs, start=1):
        yield (f"t{number}" if network.form == "layers" else f"t{name}"), f"the target of {name}"


def _symbols(spec: Spec, complaints: Complaints) -> None:
    given = {key: letter for key, letter in spec.symbols.written().items() if key != "index"}
    written = {**_LETTERS, **given}
    for key, letter in given.items():
        others = [other for other, sign in written.items() if sign == letter and other != key]
        if others:
            complaints.add(("symbols", key), f"{letter} stands for {others[0]} too; choose another letter")
