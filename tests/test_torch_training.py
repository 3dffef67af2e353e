"""Whole trainings of the reference against PyTorch's optimizers, where PyTorch is installed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from networks import number, random_network

from solver.check.training import trained
from solver.spec.network import Dropout, Network, Training
from solver.spec.optimizer import optimizer

torch = pytest.importorskip("torch")

# PyTorch's class and its settings where they are not this project's defaults.
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {"alpha": 0.9}),
    "adadelta": ("Adadelta", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "adamax": ("Adamax", {}),
    "nadam": ("NAdam", {}),
}
MASKS = ((1, 0, 1), (0, 1, 1), (1, 1, 0), (1, 1, 1), (0, 1, 0))


def by_torch(network: Network, kind: str, settings: dict[str, Any]) -> tuple[list[float], dict[str, float]]:
    """E after each epoch and the parameters after the last, of a 2-3-2 network of tanh and sigmoid."""
    keys: list[str] = []
    stages: list[tuple[Any, Any]] = []
    for layer in network.layers:
        rows = [[float(w.weight.value.value) for w in neuron.wires] for neuron in layer.neurons]
        lifts = {n.bias.key: float(n.bias.value.value) for n in layer.neurons if n.bias}
        keys += [*(w.weight.key for neuron in layer.neurons for w in neuron.wires), *lifts]
        stages.append(tuple(torch.tensor(x, dtype=torch.double, requires_grad=True) for x in (rows, [*lifts.values()])))
    tensors = [tensor for stage in stages for tensor in stage]
    inputs = torch.tensor([[float(x.value) for x in s.inputs] for s in network.samples], dtype=torch.double)
    targets = torch.tensor([[float(t.value) for t in s.targets] for s in network.samples], dtype=torch.double)
    keeps = torch.tensor(MASKS, dtype=torch.double) / 0.8 if network.dropout else torch.ones(5, 3, dtype=torch.double)

    def error(rows: list[int]) -> Any:
        (first, lift), (second, shift) = stages
        hidden = torch.tanh(inputs[rows] @ first.T + lift) * keeps[rows]
        y = torch.sigmoid(hidden @ second.T + shift)
        total = ((y - targets[rows]) ** 2).sum() / 2
        return total / len(rows) if network.training.reduction == "mean" else total

    assert network.learning_rate is not None
    stepper = getattr(torch.optim, kind)(tensors, lr=float(network.learning_rate.value), **settings)
    history = [error([*range(5)]).item()]
    for _ in range(network.training.epochs):
        for batch in network.batches:
            stepper.zero_grad()
            error([sample - 1 for sample in batch]).backward()
            stepper.step()
        history.append(error([*range(5)]).item())
    return history, dict(zip(keys, [x for tensor in tensors for x in tensor.flatten().tolist()], strict=True))


@pytest.mark.parametrize("decay", [0, 0.05])
@pytest.mark.parametrize(("batch", "reduction"), [(0, "mean"), (2, "mean"), (2, "sum"), (1, "mean")])
@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("word", OPTIMIZERS)
def test_trainings(word: str, dropout: bool, batch: int, reduction: str, decay: float) -> None:
    kind, settings = OPTIMIZERS[word]
    chosen = optimizer(word, weight_decay=str(decay))
    lost = {"h": Dropout(MASKS, number("0.8"), inverted=True)} if dropout else {}
    network = random_network([2, 3, 2], ["tanh", "sigmoid"], "half_sse", 17, 5)
    network = replace(network, dropout=lost, training=Training(batch, reduction, 6, 1, chosen))
    history, parameters = by_torch(network, kind, {**settings, "weight_decay": decay})
    course = trained(network)
    close = 1e-6 if word == "nadam" else 1e-11  # NAdam keeps the product of its schedule in single precision
    assert course.history == pytest.approx(history, rel=close)
    assert course.parameters == pytest.approx(parameters, rel=close, abs=1e-13 if word != "nadam" else 1e-7)
