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
BANK = ROOT / "problems" / "bank"
TRUTH = Path(__file__).parent / "truth"
KINDS = sorted(path.stem for path in TRUTH.glob("*.yaml"))

Expected = dict[str, Any]


def _entries(kind: str) -> dict[str, list[dict[str, Any]]]:
    """The truth file; numbers stay text, because their last digit says how exact they are."""
    return yaml.load((TRUTH / f"{kind}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def _cases() -> list[Any]:
    return [
        pytest.param(f"{kind}/{name}", entry["expected"], id=f"{kind}-{name}-{number}-{len(entry['expected'])}-keys")
        for kind in KINDS
        for name, sources in _entries(kind).items()
        for number, entry in enumerate(sources, 1)
    ]


def _bank(kind: str) -> list[str]:
    return sorted(f"{kind}/{path.stem}" for path in (BANK / kind).glob("*.yaml"))


@cache
def _solved(name: str) -> Any:
    return solve(load(str(BANK / f"{name}.yaml")))


def _value(solution: Any, key: str) -> float:
    return solution.answers[key] if key in solution.answers else solution[key].value


def _misses(key: str, value: Any, expected: Any) -> list[str]:
    """What is wrong with a quantity (or a list of them) that is not within one unit of the last digit expected."""
    if isinstance(expected, list):
        assert len(value) == len(expected), key
        pairs = enumerate(zip(value, expected, strict=True), 1)
        return [miss for i, (found, text) in pairs for miss in _misses(f"{key}[{i}]", found, text)]
    unit = Decimal(1).scaleb(int(Decimal(expected).as_tuple().exponent))
    return [] if abs(Decimal(value) - Decimal(expected)) <= unit else [f"{key} is {value!r}, expected {expected}"]


@pytest.mark.parametrize(("name", "expected"), _cases())
def test_every_quantity_is_as_published(name: str, expected: Expected) -> None:
    solution = _solved(name)
    wrong = [miss for key, text in expected.items() for miss in _misses(key, _value(solution, key), text)]
    assert wrong == []


@pytest.mark.parametrize("name", [name for kind in KINDS for name in _bank(kind)])
def test_the_check_agrees(name: str) -> None:
    check = _solved(name).check
    assert check is not None
    assert check.agrees is True


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_of_the_bank_has_its_truth(kind: str) -> None:
    assert sorted(f"{kind}/{name}" for name in _entries(kind)) == _bank(kind)
