"""Normalization against PyTorch, where it is installed: forward and every gradient of 200 random small problems."""

from __future__ import annotations

import random
from typing import Any

import pytest

from solver import solve
from solver.api import loads

torch = pytest.importorskip("torch")


def _matrix(chance: random.Random, rows: int, columns: int) -> list[list[float]]:
    return [[round(chance.uniform(-2, 2), 2) for _ in range(columns)] for _ in range(rows)]


def _tensor(values: Any, *, moves: bool = False) -> Any:
    return torch.tensor(values, dtype=torch.float64, requires_grad=moves)


@pytest.mark.parametrize("seed", range(100))
def test_batch(seed: int) -> None:
    chance = random.Random(seed)
    rows, columns = chance.randint(2, 4), chance.randint(1, 3)
    inputs, above = _matrix(chance, rows, columns), _matrix(chance, rows, columns)
    gamma, beta, mean = _matrix(chance, 3, columns)
    testing = chance.random() < 0.3
    text = f"kind: normalization\ninputs: {inputs}\ngamma: {gamma}\nbeta: {beta}\nrunning_mean: {mean}\n"
    text += f"running_variance: 1.5\nupstream: {above}\n"
    text += "phase: test\n" if testing else "momentum: 0.1\nmomentum_weighs: new\nrunning_spread: sample\n"
    found = solve(loads(text)).answers

    x, g, b = _tensor(inputs, moves=True), _tensor(gamma, moves=True), _tensor(beta, moves=True)
    running = _tensor(mean), _tensor([1.5] * columns)
    outputs = torch.nn.functional.batch_norm(x, *running, g, b, training=not testing, momentum=0.1, eps=1e-5)
    outputs.backward(_tensor(above))
    _agree(found, {"outputs": outputs, "dE/dx": x.grad, "dE/dgamma": g.grad, "dE/dbeta": b.grad})
    if not testing:
        _agree(found, {"running_mean": running[0], "running_variance": running[1]})


@pytest.mark.parametrize("seed", range(100))
def test_layer(seed: int) -> None:
    chance = random.Random(seed)
    rows, columns = chance.randint(1, 3), chance.randint(2, 4)
    inputs, targets = _matrix(chance, rows, columns), _matrix(chance, rows, columns)
    gamma, beta = _matrix(chance, 2, columns)
    text = f"kind: normalization\nmethod: layer\ninputs: {inputs}\ngamma: {gamma}\nbeta: {beta}\n"
    found = solve(loads(text + f"target: {targets}\nloss: mse\nlearning_rate: 0.2\n")).answers

    x, g, b = _tensor(inputs, moves=True), _tensor(gamma, moves=True), _tensor(beta, moves=True)
    outputs = torch.nn.functional.layer_norm(x, (columns,), g, b, eps=1e-5)
    error = torch.nn.functional.mse_loss(outputs, _tensor(targets))
    error.backward()
    expected = {"outputs": outputs, "E": error, "dE/dx": x.grad, "dE/dgamma": g.grad, "dE/dbeta": b.grad}
    _agree(found, {**expected, "gamma'": g - 0.2 * g.grad, "beta'": b - 0.2 * b.grad})


def _agree(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, values in expected.items():
        torch.testing.assert_close(_tensor(found[key]), values.detach(), rtol=1e-9, atol=1e-11, msg=key)
