"""Networks made by hand, for the tests of the reference."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from solver.spec.network import Activation, Layer, Loss, Network, Neuron, Parameter, Sample, Wire
from solver.spec.number import Number

Matrix = list[list[float]]


def number(value: float | str) -> Number:
    return Number.of(Fraction(str(value)))


def sample(inputs: list[float], targets: list[float] | None = None, label: int | None = None) -> Sample:
    return Sample(tuple(map(number, inputs)), tuple(map(number, targets or [])), label)


def activation(name: str) -> Activation:
    return Activation(name, number("0.2") if name == "randomised_relu" else None)


def layered(
    weights: list[Matrix],
    biases: list[list[float] | float | None],
    kinds: list[str],
    loss: str,
    samples: list[Sample],
    rate: float | None = None,
    update_biases: bool = True,
) -> Network:
    """A network in the layers form; one number as biases is a bias shared by the layer."""
    inputs = tuple(f"i{k + 1}" for k in range(len(samples[0].inputs)))
    before, layers, w, b = inputs, [], 0, 0
    for index, (matrix, lift, kind) in enumerate(zip(weights, biases, kinds, strict=True)):
        name = "o" if index == len(weights) - 1 else "h" if len(weights) == 2 else f"h{index + 1}_"
        neurons = []
        b += isinstance(lift, float)
        for j, row in enumerate(matrix):
            wires = []
            for source, value in zip(before, row, strict=True):
                w += 1
                wires.append(Wire(source, Parameter(f"w{w}", number(value))))
            b += isinstance(lift, list)
            value = lift[j] if isinstance(lift, list) else lift
            bias = None if value is None else Parameter(f"b{b}", number(value))
            neurons.append(Neuron(f"{name}{j + 1}", tuple(wires), bias, activation(kind)))
        layers.append(Layer(name, tuple(neurons), dense=True))
        before = tuple(neuron.name for neuron in neurons)
    eta = None if rate is None else number(rate)
    return Network("", "layers", inputs, tuple(layers), before, tuple(samples), Loss(loss), eta, update_biases)


def mazur() -> Network:
    return layered(
        [[[0.15, 0.2], [0.25, 0.3]], [[0.4, 0.45], [0.5, 0.55]]],
        [0.35, 0.6],
        ["sigmoid", "sigmoid"],
        "half_sse",
        [sample([0.05, 0.1], [0.01, 0.99])],
        rate=0.5,
        update_biases=False,
    )


def wired(name: str, sources: dict[str, float], bias: float, kind: str = "sigmoid") -> Neuron:
    wires = tuple(Wire(s, Parameter(f"w{s}{name}", number(v))) for s, v in sources.items())
    return Neuron(name, wires, Parameter(f"b{name}", number(bias)), activation(kind))


def han_kamber() -> Network:
    hidden = (
        wired("4", {"1": 0.2, "2": 0.4, "3": -0.5}, -0.4),
        wired("5", {"1": -0.3, "2": 0.1, "3": 0.2}, 0.2),
    )
    output = (wired("6", {"4": -0.3, "5": -0.2}, 0.1),)
    layers = (Layer("1", hidden, dense=True), Layer("2", output, dense=True))
    given = (sample([1, 0, 1], [1]),)
    return Network("", "neurons", ("1", "2", "3"), layers, ("6",), given, Loss("half_sse"), number(0.9))


def skipping() -> Network:
    """Two inputs, h reads both, o reads h and, past it, the second input; both are outputs."""
    h, o = wired("3", {"1": 0.4, "2": -0.6}, 0.1, "tanh"), wired("4", {"3": 0.7, "2": 0.9}, -0.2, "linear")
    layers = (Layer("1", (h,), dense=True), Layer("2", (o,), dense=False))
    given = (sample([0.5, -1.5], [0.3, -0.8]),)
    return Network("", "neurons", ("1", "2"), layers, ("3", "4"), given, Loss("sse"), number(0.1))


def random_network(sizes: list[int], kinds: list[str], loss: str, seed: int, samples: int = 1) -> Network:
    """Weights and biases of about 0.5, inputs of about 1, targets that fit the loss; no number on a kink."""
    draw = Random(seed)
    pairs = list(zip(sizes[1:], sizes, strict=False))
    weights = [[[round(draw.gauss(0, 0.5), 4) for _ in range(n)] for _ in range(m)] for m, n in pairs]
    biases: list[list[float] | float | None] = [[round(draw.gauss(0, 0.5), 4) for _ in range(m)] for m, _ in pairs]
    given = [
        sample([round(draw.gauss(0, 1), 4) for _ in range(sizes[0])], *answer(draw, loss, sizes[-1]))
        for _ in range(samples)
    ]
    return layered(weights, biases, kinds, loss, given, rate=0.1)


def answer(draw: Random, loss: str, n: int) -> tuple[list[float], int | None]:
    """A target for n outputs: probabilities, signs, a class index or any numbers, as the loss wants it."""
    if loss == "sparse_cce":
        return [], draw.randrange(n)
    if loss == "hinge":
        return [draw.choice((-1, 1)) for _ in range(n)], None
    if loss in ("bce", "cce", "kl"):
        return [round(draw.uniform(0.1, 0.9), 3) for _ in range(n)], None
    return [round(draw.gauss(0, 1), 4) for _ in range(n)], None
