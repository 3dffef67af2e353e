"""Attention against PyTorch, where it is installed: forward and every gradient of 200 random small problems."""

from __future__ import annotations

import random
from typing import Any

import pytest

from solver import solve
from solver.api import loads

torch = pytest.importorskip("torch")

Matrix = list[list[float]]


def _matrix(chance: random.Random, rows: int, columns: int) -> Matrix:
    return [[round(chance.uniform(-2, 2), 2) for _ in range(columns)] for _ in range(rows)]


def _tensor(values: Any, *, moves: bool = False) -> Any:
    return torch.tensor(values, dtype=torch.float64, requires_grad=moves)


@pytest.mark.parametrize("seed", range(100))
def test_queries_keys_and_values(seed: int) -> None:
    chance = random.Random(seed)
    queries, keys, width = (chance.randint(1, 3) for _ in range(3))
    causal = chance.random() < 0.5
    keys = queries if causal else keys
    typed = {"queries": (queries, width), "keys": (keys, width), "values": (keys, chance.randint(1, 3))}
    given = {name: _matrix(chance, *size) for name, size in typed.items()}
    above = _matrix(chance, queries, typed["values"][1])
    text = "kind: attention\n" + "".join(f"{name}: {rows}\n" for name, rows in given.items())
    found = solve(loads(text + f"upstream: {above}\nmask: {'causal' if causal else 'none'}\n")).answers

    q, k, v = (_tensor(rows, moves=True) for rows in given.values())
    outputs = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=causal)[0]
    outputs.backward(_tensor(above))
    _agree(found, {"outputs": outputs, "dE/dq": q.grad, "dE/dk": k.grad, "dE/dv": v.grad})


@pytest.mark.parametrize("seed", range(100))
def test_several_heads(seed: int) -> None:
    """PyTorch's layer without biases: its matrices stand transposed, and those of Q, K and V below one another."""
    chance = random.Random(seed)
    heads = chance.randint(1, 2)
    width, tokens = heads * chance.randint(1, 2), chance.randint(1, 3)
    inputs, targets = _matrix(chance, tokens, width), _matrix(chance, tokens, width)
    given = {name: _matrix(chance, width, width) for name in ("Wq", "Wk", "Wv", "Wo")}
    text = f"kind: attention\ninputs: {inputs}\nheads: {heads}\ntarget: {targets}\nloss: sse\nlearning_rate: 0.1\n"
    found = solve(loads(text + "".join(f"{name}: {rows}\n" for name, rows in given.items()))).answers

    layer = torch.nn.MultiheadAttention(width, heads, bias=False, dtype=torch.float64)
    weights = {name: _tensor(rows) for name, rows in given.items()}
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.cat([weights[name].T for name in ("Wq", "Wk", "Wv")]))
        layer.out_proj.weight.copy_(weights["Wo"].T)
    x = _tensor(inputs, moves=True)
    outputs, _ = layer(x, x, x)
    error = torch.nn.functional.mse_loss(outputs, _tensor(targets), reduction="sum")
    error.backward()
    slopes = dict(zip(("Wq", "Wk", "Wv"), (part.T for part in layer.in_proj_weight.grad.chunk(3)), strict=True))
    slopes["Wo"] = layer.out_proj.weight.grad.T
    _agree(found, {"outputs": outputs, "E": error, "dE/dx": x.grad})
    for name, slope in slopes.items():
        _agree(found, {f"dE/d{name}": slope, f"{name}'": weights[name] - 0.1 * slope})


def _agree(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, values in expected.items():
        torch.testing.assert_close(_tensor(found[key]), values.detach(), rtol=1e-9, atol=1e-11, msg=key)
