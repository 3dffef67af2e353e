"""Kind numbers: few decimals, none twice where that would hide a mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

Value = int | float


def spread(low: str, high: str, step: str) -> list[Value]:
    """The numbers from low to high by step, whole ones as int, without 0."""
    return list(_spread(low, high, step))


@cache
def _spread(low: str, high: str, step: str) -> tuple[Value, ...]:
    first, last, width = Decimal(low), Decimal(high), Decimal(step)
    count = int((last - first) / width) + 1
    return tuple(plain(first + width * k) for k in range(count) if first + width * k != 0)


def plain(number: Decimal) -> Value:
    """The number as int where it is whole, else as the double that prints so."""
    return int(number) if number == number.to_integral_value() else float(number)


def distinct(rng: Random, numbers: Sequence[Value], count: int) -> list[Value]:
    """So many of the numbers, none twice unless there are too few."""
    found: list[Value] = []
    while len(found) < count:
        found += rng.sample(list(numbers), min(count - len(found), len(numbers)))
    return found


def matrix(rng: Random, numbers: Sequence[Value], rows: int, columns: int) -> list[list[Value]]:
    """A matrix of such numbers."""
    flat = distinct(rng, numbers, rows * columns)
    return [flat[row * columns : (row + 1) * columns] for row in range(rows)]


def flattened(value: Any) -> Iterator[float]:
    """Every number within lists and mappings of answers."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from flattened(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
