"""Convolution problems against PyTorch's automatic differentiation, where PyTorch is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from convolutions import by_torch, random_problem, with_target

from solver import load, solve
from solver.api import loads

torch = pytest.importorskip("torch")

BANK = Path(__file__).parent.parent / "problems" / "bank" / "convolution"
PROBLEMS = 200


def _close(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_close, found, expected))
    return bool(abs(found - expected) <= 1e-9 * max(1.0, abs(expected)))


def _disagreements(problem: Any) -> list[str]:
    answers = solve(problem, check=False, carry="full").answers
    return [name for name, expected in by_torch(problem.data, torch).items() if not _close(answers[name], expected)]


def test_forward_and_every_gradient_of_random_problems() -> None:
    for seed in range(PROBLEMS):
        spec = random_problem(seed)
        outputs = loads(yaml.safe_dump(spec)).data.output.count
        problem = loads(yaml.safe_dump(with_target(spec, outputs, seed)))
        assert _disagreements(problem) == [], seed


@pytest.mark.parametrize("name", sorted(path.stem for path in BANK.glob("*.yaml")))
def test_the_bank(name: str) -> None:
    assert _disagreements(load(BANK / f"{name}.yaml")) == []
