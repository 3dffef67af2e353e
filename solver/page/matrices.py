"""A network problem in matrices, where the wiring is layered: z = W a + b, δ = (Wᵀ δ) ⊙ σ'(z), ∂E/∂W = δ aᵀ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from .. import notation as n
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..errors import NotAsked
from ..notation import Matrix, Name, Node
from ..spec.network import Layer, Network
from .blocks import Block, Equation, Heading, Lines, Prose
from .lines import Lines as LineWriter

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_ROWS, _MOST_COLUMNS = 8, 6


def is_layered(network: Network) -> bool:
    """Whether every layer is fully wired to the one before."""
    return not _odd_wires(network)


def require_layers(network: Network) -> None:
    """Raises NotAsked, naming the wires that skip or are missing, unless every layer is fully wired."""
    odd = _odd_wires(network)
    if odd:
        raise NotAsked(f"--style matrix needs fully wired layers: {'; '.join(odd[:6])}", "matrix")


def _odd_wires(network: Network) -> list[str]:
    before = list(network.inputs)
    odd: list[str] = []
    for layer in network.layers:
        for neuron in layer.neurons:
            sources = [w.source for w in neuron.wires]
            if sources == before:
                continue
            odd += [f"{s} → {neuron.name} skips a layer" for s in sources if s not in before]
            odd += [f"{s} → {neuron.name} is missing" for s in before if s not in sources]
        before = [m.name for m in layer.neurons]
    return odd


def forward_blocks(network: Network, solution: Worked, writer: LineWriter, prime: str = "") -> Iterator[Block]:
    """The forward pass, a layer at a time; `prime` for the one after the update."""
    matrices = _Matrices(network, solution, writer, prime)
    yield Heading(("Error after the step" if prime else "Forward pass",))
    for number in range(1, len(network.layers) + 1):
        yield Lines(tuple(matrices.forward(number)))


def backward_blocks(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """Deltas and gradients, from the last layer down to the lowest one asked for."""
    matrices = _Matrices(network, solution, writer, "")
    yield Heading(("Chain rule in matrices",))
    yield Prose(
        (
            "δ holds the derivatives of the error by the net inputs of a layer; ",
            n.Name("W"),
            "ᵀ sends it back to the layer before, ⊙ multiplies entry by entry.",
        )
    )
    for number in range(len(network.layers), 0, -1):
        if not matrices.asked(number):
            break
        yield Heading((f"Layer {number}",), level=2)
        yield Lines(tuple(matrices.backward(number)))


def update_blocks(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """New weights and biases of every layer asked for."""
    matrices = _Matrices(network, solution, writer, "")
    yield Heading(("Update",))
    yield Prose(("All gradients were made with the old weights; every layer changes at once.",))
    for number in range(1, len(network.layers) + 1):
        if matrices.asked(number):
            yield Lines(tuple(matrices.update(number)))


class _Matrices:
    def __init__(self, network: Network, solution: Worked, writer: LineWriter, prime: str) -> None:
        self.network = network
        self.solution = solution
        self.writer = writer
        self.prime = prime
        symbols = network.symbols
        self.out = symbols.get("output", "a")[:1]
        self.net = symbols.get("net_input", "z")[:1]

    def layer(self, number: int) -> Layer:
        return self.network.layers[number - 1]

    def neurons(self, number: int) -> list[str]:
        return [m.name for m in self.layer(number).neurons]

    def asked(self, number: int) -> bool:
        """Whether gradients of this layer or of one below it are on the page."""
        shown = self._shown
        return any(
            f"dE/d{w.weight.key}" in shown or (m.bias and f"dE/d{m.bias.key}" in shown)
            for layer in self.network.layers[:number]
            for m in layer.neurons
            for w in m.wires
        )

    @cached_property
    def _shown(self) -> set[str]:
        return set(self.solution.shown_keys)

    def _letter(self, base: str, number: int) -> Node:
        if number == 0:
            return Name("x")
        return Name(base, sup=f"({number})", primes=len(self.prime))

    def column(self, keys: list[str]) -> Node:
        """A vector of the numbers of these quantities."""
        return Matrix(_cut([(self._number(key),) for key in keys]))

    def _number(self, key: str) -> Node:
        """The number of a quantity; 0 where the error does not depend on it and no line was made."""
        return self.writer.number(key) if key in self.solution.working else n.Number("0")

    def weights(self, number: int, form: str = "{}") -> Node:
        """The weight matrix of a layer, or of quantities named after its weights (dE/d{}, {}')."""
        rows = [
            tuple(self.writer.number(form.format(w.weight.key)) for w in m.wires) for m in self.layer(number).neurons
        ]
        return Matrix(_cut([_cut_row(row) for row in rows]))

    def biases(self, number: int, form: str = "{}") -> Node:
        """The bias vector of a layer; 0 where a neuron has none."""
        keys = [form.format(m.bias.key) if m.bias else None for m in self.layer(number).neurons]
        return Matrix(_cut([(n.Number("0") if key is None else self.writer.number(key),) for key in keys]))

    def values(self, number: int) -> Node:
        """The outputs of a layer; of layer 0 the inputs."""
        if number == 0:
            return self.column(list(self.network.inputs))
        return self.column([f"out_{name}{self.prime}" for name in self.neurons(number)])

    def has_bias(self, number: int) -> bool:
        return any(m.bias for m in self.layer(number).neurons)

    def forward(self, number: int) -> Iterator[Equation]:
        moved = "{}'" if self.prime else "{}"
        symbols = [n.product([self._letter("W", number), self._letter(self.out, number - 1)])]
        numbers = [n.product([self.weights(number, moved), self.values(number - 1)])]
        if self.has_bias(number):
            symbols.append(self._letter("b", number))
            numbers.append(self.biases(number, self._bias_form(number)))
        nets = self.column([f"in_{name}{self.prime}" for name in self.neurons(number)])
        z, a = self._letter(self.net, number), self._letter(self.out, number)
        names = self.neurons(number)
        yield Equation(z, (n.total(symbols), n.total(numbers), nets), keys=self._keys("in_{}", names))
        sign = self._sign(number)
        applied = z if sign == "id" else n.Call(sign, (z,))
        yield Equation(a, (applied, self.values(number)), keys=self._keys("out_{}", names))

    def _keys(self, form: str, names: list[str]) -> tuple[str, ...]:
        return tuple(form.format(name) + self.prime for name in names)

    def _weight_keys(self, number: int, form: str) -> tuple[str, ...]:
        return tuple(form.format(w.weight.key) for m in self.layer(number).neurons for w in m.wires)

    def _bias_keys(self, number: int, form: str) -> tuple[str, ...]:
        return tuple(form.format(m.bias.key) for m in self.layer(number).neurons if m.bias)

    def _bias_form(self, number: int) -> str:
        keys = [m.bias.key for m in self.layer(number).neurons if m.bias]
        return "{}'" if self.prime and all(f"{key}'" in self.solution.working for key in keys) else "{}"

    def _sign(self, number: int) -> str:
        kinds = {m.activation.name for m in self.layer(number).neurons}
        if len(kinds) > 1:
            return "f"
        kind = kinds.pop()
        return (ACTIVATIONS.get(kind) or LAYER_ACTIVATIONS[kind]).sign

    def backward(self, number: int) -> Iterator[Equation]:
        yield from self._sent_back(number)
        yield replace(self._delta(number), keys=self._keys("delta_{}", self.neurons(number)))
        delta = self._letter("δ", number)
        deltas = self._deltas(number)
        below = self._letter(self.out, number - 1)
        outer = n.Product((deltas, n.Transposed(self.values(number - 1))))
        left = n.Partial(Name(self._error()), self._letter("W", number))
        yield Equation(
            left,
            (n.Product((delta, n.Transposed(below))), outer, self.weights(number, "dE/d{}")),
            keys=self._weight_keys(number, "dE/d{}"),
        )
        if self.has_bias(number):
            yield replace(self._bias_gradient(number), keys=self._bias_keys(number, "dE/d{}"))

    def _error(self) -> str:
        return self.network.symbols.get("error", "E")

    def _bias_gradient(self, number: int) -> Equation:
        left = n.Partial(Name(self._error()), self._letter("b", number))
        delta = self._letter("δ", number)
        keys = [m.bias.key for m in self.layer(number).neurons if m.bias]
        if len(set(keys)) < len(keys):
            total = self.writer.number(f"dE/d{keys[0]}")
            return Equation(left, (n.Prefixed(Name("Σ"), delta), total), reason="one bias shared by the layer")
        return Equation(left, (delta, self._deltas(number)))

    def _deltas(self, number: int) -> Node:
        return self.column([f"delta_{name}" for name in self.neurons(number)])

    def _delta(self, number: int) -> Equation:
        delta, z = self._letter("δ", number), self._letter(self.net, number)
        names = self.neurons(number)
        back = self.column([f"dE/dout_{name}" for name in names])
        if any(m.activation.name in LAYER_ACTIVATIONS for m in self.layer(number).neurons):
            return self._joint_delta(number)
        slopes = self.column([f"dout_{name}/din_{name}" for name in names])
        sign = self._sign(number)
        slope: Node = n.Number("1") if sign == "id" else n.Call(f"{sign}'", (z,))
        gradient: Node = self._partial(number)
        if number < len(self.network.layers):
            gradient = n.bracket(self._sent(number))
        return Equation(delta, (n.Elementwise(gradient, slope), n.Elementwise(back, slopes), self._deltas(number)))

    def _partial(self, number: int) -> Node:
        return n.Partial(Name(self._error()), self._letter(self.out, number))

    def _sent(self, number: int) -> Node:
        return n.Product((n.Transposed(self._letter("W", number + 1)), self._letter("δ", number + 1)))

    def _sent_back(self, number: int) -> Iterator[Equation]:
        """What the layer after sends back: the derivatives by the outputs of this one."""
        if number == len(self.network.layers):
            return
        numbers = n.Product((n.Transposed(self.weights(number + 1)), self._deltas(number + 1)))
        back = [f"dE/dout_{name}" for name in self.neurons(number)]
        yield Equation(self._partial(number), (self._sent(number), numbers, self.column(back)), keys=tuple(back))

    def _joint_delta(self, number: int) -> Equation:
        """Softmax: every output depends on every net input, so the slopes are a matrix (the Jacobian J)."""
        names = self.neurons(number)
        jacobian = Matrix(_cut([_cut_row(tuple(self._number(f"dout_{k}/din_{j}") for k in names)) for j in names]))
        gradient = n.Partial(Name(self._error()), self._letter(self.out, number))
        back = self.column([f"dE/dout_{name}" for name in names])
        return Equation(
            self._letter("δ", number),
            (n.Product((n.Transposed(Name("J")), gradient)), n.Product((jacobian, back)), self._deltas(number)),
        )

    def update(self, number: int) -> Iterator[Equation]:
        rate = self.solution.working.name("eta")
        for base, numbers, present in (("W", self.weights, True), ("b", self.biases, self._moves(number))):
            if not present:
                continue
            name = self._letter(base, number)
            gradient = n.Partial(Name(self._error()), name)
            step = n.Minus(n.Product((rate, gradient)))
            spelled = n.Minus(n.Product((self.writer.number("eta"), numbers(number, "dE/d{}"))))
            yield Equation(
                Name(base, sup=f"({number})", primes=1),
                (n.Sum((name, step)), n.Sum((numbers(number), spelled)), numbers(number, "{}'")),
                keys=(self._weight_keys if base == "W" else self._bias_keys)(number, "{}'"),
            )

    def _moves(self, number: int) -> bool:
        return any(m.bias and f"{m.bias.key}'" in self.solution.working for m in self.layer(number).neurons)


def _cut(rows: list[tuple[Node, ...]]) -> tuple[tuple[Node, ...], ...]:
    """At most eight rows: the middle ones become dots."""
    if len(rows) <= _MOST_ROWS:
        return tuple(rows)
    dots = tuple(n.Word("⋮") for _ in rows[0])
    return (*rows[: _MOST_ROWS - 2], dots, rows[-1])


def _cut_row(row: tuple[Node, ...]) -> tuple[Node, ...]:
    """At most six columns: the middle ones become dots."""
    if len(row) <= _MOST_COLUMNS:
        return row
    return (*row[: _MOST_COLUMNS - 2], n.Word("…"), row[-1])
