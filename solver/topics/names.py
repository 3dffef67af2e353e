"""How the quantities of a network are written: the exam's names, or those that `symbols` asks for."""

from __future__ import annotations

from collections.abc import Mapping

from ..notation import Name, Node, Partial
from ..spec.network import Network

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "phi": "φ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "xi": "ξ",
    "omega": "ω",
}


class Names:
    """Names of inputs, neurons, weights and errors of one network.

    prime: '' or "'" for quantities after the update; sample: '' or '[2]'.
    """

    def __init__(self, network: Network) -> None:
        symbols: Mapping[str, str] = network.symbols
        self._net = GREEK.get(symbols.get("net_input", ""), symbols.get("net_input", "in"))
        self._out = GREEK.get(symbols.get("output", ""), symbols.get("output", "out"))
        self._error = GREEK.get(symbols.get("error", ""), symbols.get("error", "E"))
        self._bias = GREEK.get(symbols.get("bias", ""), symbols.get("bias", "b"))
        self._rate = GREEK.get(symbols.get("learning_rate", ""), symbols.get("learning_rate", "η"))
        self._layered = symbols.get("index") == "layered"
        self._network = network
        self._places = {
            neuron.name: (number, index)
            for number, layer in enumerate(network.layers, 1)
            for index, neuron in enumerate(layer.neurons, 1)
        }
        self._parameters = self._parameter_names()

    def _parameter_names(self) -> dict[str, Name]:
        names: dict[str, Name] = {}
        inputs = {name: index for index, name in enumerate(self._network.inputs, 1)}
        for neuron in self._network.neurons:
            level, row = self._places[neuron.name]
            for wire in neuron.wires:
                column = inputs.get(wire.source) or self._places[wire.source][1]
                names[wire.weight.key] = (
                    Name("w", _indices(row, column), sup=f"({level})")
                    if self._layered
                    else Name("w", wire.weight.key[1:])
                )
            if neuron.bias and neuron.bias.key not in names:
                shared = sum(other.bias == neuron.bias for other in self._network.neurons) > 1
                names[neuron.bias.key] = (
                    Name(self._bias, "" if shared else str(row), sup=f"({level})")
                    if self._layered
                    else Name(self._bias, neuron.bias.key[1:])
                )
        return names

    def input(self, name: str) -> Name:
        """i1, or x1 where the exam numbers its inputs."""
        if name.isdigit():
            return Name("x", name)
        return _split(name)

    def target(self, neuron: str) -> Name:
        """t1 for output o1, t6 for output 6."""
        return Name("t", target_key(self._network, neuron)[1:])

    def parameter(self, key: str, prime: str = "") -> Name:
        """A weight or bias."""
        name = self._parameters[key]
        return Name(name.base, name.sub, sup=name.sup, primes=len(prime))

    def net(self, neuron: str, prime: str = "") -> Name:
        """in_h1, or z with the asked letter and index."""
        return self._of_neuron(self._net, neuron, prime)

    def out(self, neuron: str, prime: str = "") -> Name:
        """out_h1, or a with the asked letter and index."""
        return self._of_neuron(self._out, neuron, prime)

    def delta(self, neuron: str) -> Name:
        """δ_o1."""
        return self._of_neuron("δ", neuron, "")

    def _of_neuron(self, base: str, neuron: str, prime: str) -> Name:
        upright = len(base) > 1
        if self._layered:
            level, row = self._places[neuron]
            return Name(base, str(row), sup=f"({level})", primes=len(prime), upright=upright)
        return Name(base, neuron, primes=len(prime), upright=upright)

    def error(self, neuron: str = "", prime: str = "") -> Name:
        """E, or the part E_o1 of one output."""
        return Name(self._error, neuron, primes=len(prime))

    def rate(self) -> Name:
        """η, or the letter asked for."""
        return Name(self._rate)

    def change(self, key: str) -> Name:
        """Δw5."""
        name = self._parameters[key]
        return Name("Δ" + name.base, name.sub, sup=name.sup)

    def gradient(self, key: str) -> Partial:
        """∂E/∂w5."""
        return Partial(self.error(), self._parameters[key])

    def setting(self, letter: str) -> Node:
        """The letter of a setting, such as a of leaky ReLU."""
        base, _, sub = letter.partition("_")
        return Name(GREEK.get(base, base), sub)


def target_key(network: Network, neuron: str) -> str:
    """t1 for the first output of the layers form, t6 for the neuron 6 of the neurons form."""
    if network.form == "neurons":
        return f"t{neuron}"
    return f"t{network.outputs.index(neuron) + 1}"


def _indices(row: int, column: int) -> str:
    return f"{row}{column}" if row < 10 and column < 10 else f"{row},{column}"


def _split(name: str) -> Name:
    """i1 into i and 1; a word stays whole."""
    letters = name.rstrip("0123456789")
    if len(letters) == 1:
        return Name(letters, name[1:])
    base, _, sub = name.partition("_")
    return Name(base, sub, upright=len(base) > 1)
