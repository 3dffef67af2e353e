"""Problems of the bank against numbers that were published, or found without any of this project's code."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from solver import load, solve

ROOT = Path(__file__).parent.parent
BANK = ROOT / "problems" / "bank" / "backprop"
TRUTH = Path(__file__).parent / "truth" / "backprop.yaml"

Expected = dict[str, str]


def _entries() -> dict[str, list[dict[str, Any]]]:
    """The truth file; numbers stay text, because their last digit says how exact they are."""
    return yaml.load(TRUTH.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def _cases() -> list[Any]:
    return [
        pytest.param(name, entry["expected"], id=f"{name}-{number}-{len(entry['expected'])}-keys")
        for name, sources in _entries().items()
        for number, entry in enumerate(sources, 1)
    ]


@cache
def _solved(name: str) -> Any:
    return solve(load(str(BANK / f"{name}.yaml")))


def _value(solution: Any, key: str) -> float:
    return solution.answers[key] if key in solution.answers else solution[key].value


def _misses(solution: Any, key: str, text: str) -> str | None:
    """What is wrong with a quantity that is not within one unit of the last digit expected."""
    unit = Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent))
    value = _value(solution, key)
    if abs(Decimal(value) - Decimal(text)) <= unit:
        return None
    return f"{key} is {value!r}, expected {text}"


@pytest.mark.parametrize(("name", "expected"), _cases())
def test_every_quantity_is_as_published(name: str, expected: Expected) -> None:
    solution = _solved(name)
    wrong = [miss for key, text in expected.items() if (miss := _misses(solution, key, text))]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(path.stem for path in BANK.glob("*.yaml")))
def test_the_check_agrees(name: str) -> None:
    check = _solved(name).check
    assert check is not None
    assert check.agrees is True


def test_every_problem_of_the_bank_has_its_truth() -> None:
    assert sorted(_entries()) == sorted(path.stem for path in BANK.glob("*.yaml"))
