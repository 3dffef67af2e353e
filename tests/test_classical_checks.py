"""The references of perceptron, metrics, dropout and gradient-flow: every number is held, and on any array library."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import array_api_strict
import numpy
import pytest

from solver import load, solve
from solver.spec.perceptron_problem import ThresholdNet

BANK = Path(__file__).parent.parent / "problems" / "bank"
KINDS = ("perceptron", "metrics", "dropout", "gradient-flow")
PROBLEMS = [f"{kind}/{path.stem}" for kind in KINDS for path in sorted((BANK / kind).glob("*.yaml"))]


def witness(name: str, problem: Any) -> Any:
    module = "threshold_net" if isinstance(problem, ThresholdNet) else name.partition("/")[0].replace("-", "_")
    return import_module(f"solver.check.{module}")


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_number_of_the_page_is_held_against_the_reference(name: str) -> None:
    problem = load(BANK / f"{name}.yaml")
    values = {key: float(value) for key, value in solve(problem).full_values.numbers.items()}
    check = witness(name, problem.data)
    assert check.audited(values, problem.data).compared == len(values)
    for key in list(values)[:: max(1, len(values) // 12)]:
        wrong = {**values, key: values[key] + 0.37}
        found = check.audited(wrong, problem.data)
        assert not found.agrees
        assert found.first_disagreement == key


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_reference_uses_the_array_standard_alone(name: str) -> None:
    problem = load(BANK / f"{name}.yaml").data
    check = witness(name, problem)
    strict = check.quantities(problem, array_api_strict, array_api_strict.Device("device1"))
    assert strict == pytest.approx(check.quantities(problem, numpy, None), rel=1e-12)
