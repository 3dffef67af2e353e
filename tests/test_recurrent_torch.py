"""rnn, lstm and gru against PyTorch's own cells and its automatic differentiation, where PyTorch is installed."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import yaml

from solver import solve
from solver.api import loads

torch = pytest.importorskip("torch")

GATES = {"rnn": [""], "lstm": ["i", "f", "c", "o"], "gru": ["r", "z", "h"]}
CELLS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}

DIRECTIONS = [("forward", "fw", ""), ("backward", "bw", "_reverse")]


def names(cell: str, gate: str) -> tuple[str, str, str, str]:
    """Input matrix, recurrent matrix, bias and second bias of a gate, in the words of specs."""
    return ("Wx", "Wh", "b", "bWh") if cell == "rnn" else (f"W{gate}", f"U{gate}", f"b{gate}", f"bU{gate}")


def split(cell: str, tensors: dict[str, Any], tail: str) -> dict[str, Any]:
    """PyTorch's stacked matrices of one layer and direction, one for each gate."""
    found = {}
    for place, gate in enumerate(GATES[cell]):
        for name, own in zip(names(cell, gate), ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), strict=True):
            whole = tensors[f"{own}{tail}"]
            size = len(whole) // len(GATES[cell])
            found[name] = whole[place * size : (place + 1) * size].tolist()
    return found


def compare(seed: int) -> None:
    random = Random(seed)
    torch.manual_seed(seed)
    cell = random.choice(["rnn", "lstm", "gru"])
    steps, width, size, outputs = (random.randint(1, most) for most in (4, 3, 3, 2))
    depth, two, every = random.randint(1, 2), random.random() < 0.3, random.random() < 0.5
    model = CELLS[cell](width, size, depth, bidirectional=two).double()
    readout = torch.nn.Linear(size * (2 if two else 1), outputs).double()
    x = torch.randn(steps, width, dtype=torch.float64)
    h0 = torch.randn(depth * (2 if two else 1), size, dtype=torch.float64)
    target = torch.randn(steps, outputs, dtype=torch.float64)
    states, _ = model(x, (h0, h0 / 2) if cell == "lstm" else h0)
    y = readout(states)
    error = ((y - target) ** 2).sum() / 2 if every else ((y[-1] - target[-1]) ** 2).sum() / 2
    error.backward()
    tensors = {name: tensor.detach() for name, tensor in model.named_parameters()}
    slopes = {name: tensor.grad for name, tensor in model.named_parameters()}
    spec: dict[str, Any] = {"kind": "recurrent", "cell": cell, "inputs": x.tolist(), "bidirectional": two}
    spec |= {"reset": "after"} if cell == "gru" else {}
    spec["weights"] = {"Wy": readout.weight.tolist(), "by": readout.bias.tolist()}
    spec["target"] = target.tolist() if every else target[-1].tolist()
    spec["layers"], expected = [], {"dE/dWy": readout.weight.grad, "dE/dby": readout.bias.grad}
    for level in range(depth):
        layer: dict[str, Any] = {"weights": {}, "hidden": {}, "cell_state": {}}
        for way, (title, ending, reverse) in enumerate(DIRECTIONS[: 1 + two]):
            found = split(cell, tensors, f"_l{level}{reverse}")
            first = h0[level * (1 + two) + way]
            layer["weights"] |= {title: found} if two else found
            layer["hidden"] |= {title: first.tolist()}
            layer["cell_state"] |= {title: (first / 2).tolist()}
            tag = (str(level + 1) if depth > 1 else "") + (ending if two else "")
            for name, slope in split(cell, slopes, f"_l{level}{reverse}").items():
                expected[f"dE/d{name}{tag}"] = torch.tensor(slope)
        if not two:
            layer |= {key: layer[key]["forward"] for key in ("hidden", "cell_state")}
        if cell != "lstm":
            del layer["cell_state"]
        spec["layers"].append(layer)
    solution = solve(loads(yaml.safe_dump(spec, default_flow_style=True)))
    assert solution.check.agrees, solution.check.detail
    answers = solution.answers
    assert answers["E"] == pytest.approx(float(error.detach()), rel=1e-9, abs=1e-12)
    assert torch.allclose(
        torch.tensor(answers["h"], dtype=torch.float64).reshape(states.shape), states.detach(), rtol=1e-9, atol=1e-12
    )
    for name, slope in expected.items():
        found = torch.tensor(answers[name], dtype=torch.float64).reshape(slope.shape)
        assert torch.allclose(found, slope.double(), rtol=1e-7, atol=1e-10), name


@pytest.mark.parametrize("seed", range(200))
def test_states_error_and_every_gradient_are_those_of_pytorch(seed: int) -> None:
    compare(seed)
