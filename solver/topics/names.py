"""How the quantities of a network are written: the exam's names, or those that `symbols` asks for."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ..greek import GREEK
from ..notation import Name, Node, Partial
from ..spec.network import Network


class Run(Struct, frozen=True):
    """One pass through the network: of which sample (0: there is but one), after the update or not, which epoch."""

    sample: int = 0
    prime: str = ""
    epoch: int = 1

    @property
    def given(self) -> str:
        """[2] for what is given of the second of several samples."""
        return f"[{self.sample}]" if self.sample else ""

    @property
    def tag(self) -> str:
        """[2] for the second of several samples, @3 for the third epoch."""
        return self.given + (f"@{self.epoch}" if self.epoch > 1 else "")

    def key(self, base: str) -> str:
        """The key of a quantity in this run: in_h1, in_h1', in_h1[2]."""
        return f"{base}{self.prime}{self.tag}"


FIRST = Run()


class Names:
    """Names of inputs, neurons, weights and errors of one network."""

    def __init__(self, network: Network) -> None:
        symbols: Mapping[str, str] = network.symbols
        self._net = _letter(symbols, "net_input", "in")
        self._out = _letter(symbols, "output", "out")
        self._error = _letter(symbols, "error", "E")
        self._bias = _letter(symbols, "bias", "b")
        self._rate = _letter(symbols, "learning_rate", "η")
        self._layered = symbols.get("index") == "layered"
        self._network = network
        self._places = {
            neuron.name: (number, index)
            for number, layer in enumerate(network.layers, 1)
            for index, neuron in enumerate(layer.neurons, 1)
        }
        self._parameters = self._weight_names() | self._bias_names()

    def _weight_names(self) -> dict[str, Name]:
        names: dict[str, Name] = {}
        inputs = {name: index for index, name in enumerate(self._network.inputs, 1)}
        for neuron in self._network.neurons:
            level, row = self._places[neuron.name]
            for wire in neuron.wires:
                column = inputs.get(wire.source) or self._places[wire.source][1]
                layered = Name("w", _indices(row, column), sup=f"({level})")
                names[wire.weight.key] = layered if self._layered else Name("w", wire.weight.key[1:])
        return names

    def _bias_names(self) -> dict[str, Name]:
        users: dict[str, list[str]] = {}
        for neuron in self._network.neurons:
            if neuron.bias:
                users.setdefault(neuron.bias.key, []).append(neuron.name)
        names: dict[str, Name] = {}
        for key, neurons in users.items():
            level, row = self._places[neurons[0]]
            layered = Name(self._bias, str(row) if len(neurons) == 1 else "", sup=f"({level})")
            names[key] = layered if self._layered else Name(self._bias, key[1:])
        return names

    def input(self, name: str, run: Run = FIRST) -> Name:
        """i1, or x1 where the exam numbers its inputs."""
        plain = Name("x", name) if name.isdigit() else _split(name)
        return Name(plain.base, plain.sub, sup=run.given, upright=plain.upright)

    def target(self, neuron: str, run: Run = FIRST) -> Name:
        """t1 for output o1, t6 for output 6."""
        return Name("t", target_key(self._network, neuron)[1:], sup=run.given)

    def parameter(self, key: str, stage: str = "") -> Name:
        """A weight or bias; stage: ' after the last update, @1 after the first of several."""
        name = self._parameters[key]
        if stage == "'":
            return Name(name.base, name.sub, sup=name.sup, primes=1)
        return Name(name.base, name.sub, sup=name.sup + stage)

    def net(self, neuron: str, run: Run = FIRST) -> Name:
        """in_h1, or z with the asked letter and index."""
        return self._of_neuron(self._net, neuron, run)

    def out(self, neuron: str, run: Run = FIRST) -> Name:
        """out_h1, or a with the asked letter and index."""
        return self._of_neuron(self._out, neuron, run)

    def dropped(self, neuron: str, run: Run = FIRST) -> Name:
        """drop_h1: the output after dropout."""
        return self._of_neuron("drop", neuron, run)

    def mask(self, neuron: str, run: Run = FIRST) -> Name:
        """m_h1: 1 where dropout keeps the neuron."""
        return self._of_neuron("m", neuron, Run(run.sample))

    def delta(self, neuron: str, run: Run = FIRST) -> Name:
        """δ_o1."""
        return self._of_neuron("δ", neuron, run)

    def _of_neuron(self, base: str, neuron: str, run: Run) -> Name:
        upright = len(base) > 1
        if self._layered:
            level, row = self._places[neuron]
            return Name(base, str(row), sup=f"({level}){run.tag}", primes=len(run.prime), upright=upright)
        return Name(base, neuron, sup=run.tag, primes=len(run.prime), upright=upright)

    def error(self, neuron: str = "", run: Run = FIRST) -> Name:
        """E, or the part E_o1 of one output."""
        return Name(self._error, neuron, sup=run.tag, primes=len(run.prime))

    def rate(self) -> Name:
        """η, or the letter asked for."""
        return Name(self._rate)

    def change(self, key: str, stage: str = "") -> Name:
        """Δw5."""
        name = self._parameters[key]
        return Name("Δ" + name.base, name.sub, sup=name.sup + stage)

    def gradient(self, key: str, run: Run = FIRST) -> Partial:
        """∂E/∂w5."""
        return Partial(self.error("", run), self._parameters[key])

    def setting(self, letter: str) -> Node:
        """The letter of a setting, such as a of leaky ReLU."""
        base, _, sub = letter.partition("_")
        return Name(GREEK.get(base, base), sub)


def split_tag(key: str) -> tuple[str, int]:
    """A key without the tags of its sample and epoch, and the index of that sample among Network.samples."""
    base, _, rest = key.partition("[")
    return base.partition("@")[0], int(rest.partition("]")[0]) - 1 if rest else 0


def target_key(network: Network, neuron: str) -> str:
    """t1 for the first output of the layers form, t6 for the neuron 6 of the neurons form."""
    if network.form == "neurons":
        return f"t{neuron}"
    return f"t{network.outputs.index(neuron) + 1}"


def _letter(symbols: Mapping[str, str], what: str, usual: str) -> str:
    return GREEK.get(symbols.get(what, ""), symbols.get(what, usual))


def _indices(row: int, column: int) -> str:
    return f"{row}{column}" if row < 10 and column < 10 else f"{row},{column}"


def _split(name: str) -> Name:
    """i1 into i and 1; a word stays whole."""
    letters = name.rstrip("0123456789")
    if len(letters) == 1:
        return Name(letters, name[1:])
    base, _, sub = name.partition("_")
    return Name(base, sub, upright=len(base) > 1)
