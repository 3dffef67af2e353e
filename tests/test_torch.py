"""The reference against PyTorch's automatic differentiation, where PyTorch is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from networks import layered, mazur, random_network, sample

from solver.check.reference import quantities
from solver.spec.network import Network

torch = pytest.importorskip("torch")
functional = torch.nn.functional

Function = Callable[..., Any]

ACTIVATIONS: dict[str, Function] = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "randomised_relu": lambda z: functional.leaky_relu(z, 0.2),
    "prelu": lambda z: functional.prelu(z, torch.tensor(0.25, dtype=torch.float64)),
    "elu": functional.elu,
    "softplus": functional.softplus,
    "gelu": functional.gelu,
    "softmax": lambda z: torch.softmax(z, dim=1),
    "log_softmax": lambda z: torch.log_softmax(z, dim=1),
}

# Of outputs y, targets t (class indices for sparse_cce) of all samples: the mean over the samples.
LOSSES: dict[str, Function] = {
    "sse": lambda y, t: functional.mse_loss(y, t, reduction="sum") / len(y),
    "half_sse": lambda y, t: functional.mse_loss(y, t, reduction="sum") / len(y) / 2,
    "mse": functional.mse_loss,
    "half_mse": lambda y, t: functional.mse_loss(y, t) / 2,
    "mae": functional.l1_loss,
    "huber": functional.huber_loss,
    "bce": functional.binary_cross_entropy,
    "cce": lambda y, t: -(t * torch.log(y)).sum(dim=1).mean(),
    "sparse_cce": lambda y, t: functional.nll_loss(torch.log(y), t),
    "kl": lambda y, t: functional.kl_div(torch.log(y), t, reduction="batchmean"),
    "hinge": lambda y, t: torch.clamp(1 - t * y, min=0).mean(),
}


def by_torch(network: Network, loss: Function) -> dict[str, float]:
    """E, its gradient by every parameter, and E' after one step of SGD, for a dense network."""
    keys: list[str] = []
    tensors: list[Any] = []
    stages = []
    for layer in network.layers:
        rows = [[float(w.weight.value.value) for w in neuron.wires] for neuron in layer.neurons]
        keys += [w.weight.key for neuron in layer.neurons for w in neuron.wires]
        weights = torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        lifts = {n.bias.key: float(n.bias.value.value) for n in layer.neurons if n.bias}
        keys += list(lifts)
        bias = torch.tensor(list(lifts.values()) or [0.0], dtype=torch.float64, requires_grad=bool(lifts))
        tensors += [weights, bias]
        stages.append((weights, bias, ACTIVATIONS[layer.neurons[0].activation.name]))
    inputs = torch.tensor([[float(x.value) for x in s.inputs] for s in network.samples], dtype=torch.float64)
    labels = [s.label for s in network.samples]
    targets = torch.tensor(
        labels if labels[0] is not None else [[float(t.value) for t in s.targets] for s in network.samples],
        dtype=torch.int64 if labels[0] is not None else torch.float64,
    )

    def error() -> Any:
        values = inputs
        for weights, bias, function in stages:
            values = function(values @ weights.T + bias)
        return loss(values, targets)

    before = error()
    before.backward()
    trained = [tensor for tensor in tensors if tensor.requires_grad]
    gradients = [g for tensor in trained for g in tensor.grad.flatten().tolist()]
    assert network.learning_rate is not None
    moved = trained if network.update_biases else [weights for weights, _, _ in stages]
    torch.optim.SGD(moved, lr=float(network.learning_rate.value)).step()
    found = {f"dE/d{key}": value for key, value in zip(keys, gradients, strict=True)}
    return found | {"E": before.item(), "E'": error().item()}


def compare(network: Network, loss: Function) -> None:
    expected = by_torch(network, loss)
    found = quantities(network)
    assert {key: found[key] for key in expected} == pytest.approx(expected, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations(kind: str, samples: int) -> None:
    compare(random_network([3, 4, 3, 2], ["tanh", kind, kind], "half_sse", 21, samples), LOSSES["half_sse"])


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("end", ["sigmoid", "softmax"])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses(loss: str, end: str, samples: int) -> None:
    compare(random_network([2, 3, 3], ["gelu", end], loss, 22, samples), LOSSES[loss])


def test_a_shared_bias_that_stays() -> None:
    compare(mazur(), LOSSES["half_sse"])


@pytest.mark.parametrize("scores", [[13, -7, 12.5], [2, 1.5, 5], [9, 1, 2]])
def test_multi_class_hinge(scores: list[float]) -> None:
    network = layered([[[s] for s in scores]], [None], ["linear"], "hinge", [sample([1], label=0)], rate=0.01)
    compare(network, lambda y, t: functional.multi_margin_loss(y, t) * y.shape[1])
