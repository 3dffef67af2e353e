"""From a spec of one's own: the same structure with other numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import gcd
from pathlib import Path
from random import Random
from typing import Any

from solver.api import loads, solve
from solver.errors import DlsolveError
from solver.spec.number import Number

from .numbers import plain
from .plan import Entry
from .rules import trivial, units
from .wishes import Draw, Wishes

_POINTS = 8
_COUNTED = ("input", "filters", "dense", "units")
_STATED = ("output", "parameters", "inputs", "macs")
_VARIED = {
    "inputs", "target", "samples", "weights", "bias", "biases", "x", "y", "start", "learning_rate", "image",
    "kernels", "predicted", "logits", "activations", "nudges",
    "at", "gradients", "gradient", "confusion", "actual", "queries",
    "keys", "values", "input", "weight", "gamma", "beta", "hidden", "cell_state", "predict", "Wx", "Wh", "b", "Wy",
    "by", "Wq", "Wk", "Wv", "Wo", "Wf", "Uf", "bf", "Wi", "Ui", "bi", "Wc", "Uc", "bc", "Uo", "bo", "Wz", "Uz", "bz",
    "Wr", "Ur", "br", "Uh", "bh",
}  # fmt: skip
"""Keys whose numbers are data; all other numbers are structure: sizes, counts, settings."""


def like(file: str, kind: str | None = None) -> Entry:
    """An entry that keeps the structure of the spec in a file.

    Raises DlsolveError for one that cannot be solved, or none of whose numbers can vary.
    """
    source, data = _read(file)
    original = loads(source, file, kind)
    solution = solve(original)
    kept = _rules(solution)
    plan = original.kind == "cnn-shapes"
    same = _layers(data, {}) if plan else _plain(data)
    points = _worth(solution)

    def draw(form: Random, rng: Random, wishes: Wishes) -> Draw:
        spec = _layers(data, _sizes(data, rng)) if plan else _varied(data, rng)
        refused = "its numbers stay as they are" if spec == same else ""
        return Draw({**spec, "kind": original.kind}, points=points, refused=refused, unfit=kept, own=True)

    tries = Random(0)
    if all(draw(tries, tries, Wishes()).refused for _ in range(20)):
        raise DlsolveError(f"{file}: none of its numbers can vary; 0, patterns of 0 and 1, letters and sizes stay")
    return Entry(original.kind, draw, Wishes(), f"like/{_digest(source)}")


def _worth(solution: Any) -> int:
    points = solution.options.points
    return points.total if points else _POINTS


def fixed(file: str) -> Entry:
    """An entry that is the spec in a file as it stands. Raises DlsolveError for one that cannot be read."""
    source, data = _read(file)
    problem = loads(source, file)
    kind, points = problem.kind, _worth(solve(problem, check=False))

    def draw(form: Random, rng: Random, wishes: Wishes) -> Draw:
        return Draw(_plain(data), points=points, fixed=True)

    return Entry(kind, draw, Wishes(), f"fixed/{_digest(source)}")


def _read(file: str) -> tuple[bytes, dict[str, Any]]:
    from solver.spec.read import read
    from solver.spec.text import MOST_BYTES

    try:
        with Path(file).open("rb") as opened:
            source = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise DlsolveError(f"{file}: {error.strerror or error}") from error
    data: dict[str, Any] = read(source, file).data
    return source, data


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def _rules(original: Any) -> Callable[[Any], str]:
    """The rules that the original keeps itself."""
    rules = [rule for rule in (_units, _trivial) if not rule(original)]
    return lambda solution: next((reason for rule in rules if (reason := rule(solution))), "")


def _units(solution: Any) -> str:
    return units(solution) if hasattr(solution, "working") else ""


def _trivial(solution: Any) -> str:
    return trivial(solution.answers.values())


def _sizes(data: Any, rng: Random) -> dict[str, Number]:
    """Other numbers for some of the sizes of a plan, alike wherever the same one stands, so that layers still meet."""
    found: dict[str, Number] = {}
    for text in dict.fromkeys(_counts(data)):
        if rng.random() < 0.6:
            found[text] = Number.of(_other(Number.of(int(text)), rng))
    return found


def _counts(data: Any, here: bool = False) -> Iterator[str]:
    """The sizes of a plan that may vary, as typed: sides of the input, filters, units."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _counts(value, key in _COUNTED and not (isinstance(value, dict) or _has_question(data)))
    elif isinstance(data, list):
        for each in data[: 2 if here and len(data) == 3 else None]:
            yield from _counts(each, here)
    elif here and isinstance(data, Number) and data.text.isdecimal():
        yield data.text


def _layers(data: Any, sizes: Mapping[str, Number], here: bool = False) -> Any:
    """A plan with these sizes, without what it states of its layers for the check."""
    if isinstance(data, dict):
        stated = () if _has_question(data) else _STATED
        return {k: _layers(v, sizes, k in _COUNTED) for k, v in data.items() if k not in stated or k == "input"}
    if isinstance(data, list):
        last = [_number(data[2])] if here and len(data) == 3 else []
        return [*(_layers(each, sizes, here) for each in data[: 2 if last else None]), *last]
    if isinstance(data, Number):
        return _number(sizes.get(data.text, data) if here else data)
    return data


def _has_question(data: Any) -> bool:
    """Whether a layer asks for one of its settings, so that its output says what is wanted."""
    return isinstance(data, dict) and any(value == "?" for value in data.values())


def _varied(data: Any, rng: Random, here: bool = False) -> Any:
    """The data with other numbers below the keys that hold data."""
    if isinstance(data, dict):
        return {
            key: _shuffled(value, rng) if _is_choice(key, value) else _varied(value, rng, here or key in _VARIED)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return _row(data, rng, here)
    if isinstance(data, Number):
        return _other(data, rng) if here else _number(data)
    return data


def _is_choice(key: str, value: Any) -> bool:
    """Whether the value says which of several classes."""
    return (
        key in ("actual", "target", "y")
        and isinstance(value, list)
        and all(isinstance(each, str) or (isinstance(each, Number) and each.value in (0, 1)) for each in value)
    )


def _shuffled(values: list[Any], rng: Random) -> list[Any]:
    return rng.sample([_plain(each) for each in values], len(values))


def _row(data: list[Any], rng: Random, here: bool) -> list[Any]:
    """A list; one of zeros and ones alone is a mask or a class and stays, as rows of an image they change places."""
    if here and data and all(_is_pattern(row) for row in data):
        cells = _shuffled([cell for row in data for cell in row], rng)
        return [cells[k * len(row) : (k + 1) * len(row)] for k, row in enumerate(data)]
    return [_varied(each, rng, here and not _is_pattern(data)) for each in data]


def _is_pattern(data: Any) -> bool:
    """Whether a list has zeros and ones alone."""
    if not isinstance(data, list) or len(data) < 2:
        return False
    return all(isinstance(each, Number) and each.value in (0, 1) for each in data)


def _other(number: Number, rng: Random) -> Any:
    """Another number with as many decimals, the same sign and about the same size; 0 stays."""
    if "e" in number.text.lower() or number.value == 0:
        return _number(number)
    if "/" in number.text:
        return _fraction(number.value, rng)
    value = Decimal(number.text)
    step = Decimal(1).scaleb(min(0, int(value.as_tuple().exponent)))
    size = int(abs(value) / step)
    reach = max(2, size // 2)
    other = rng.randint(max(1, size - reach), size + reach)
    return plain((step if value > 0 else -step) * other)


def _fraction(value: Fraction, rng: Random) -> str:
    """Another fraction with the same denominator, that cannot be reduced, and the same sign."""
    bottom = value.denominator
    tops = [top for top in range(1, max(bottom, abs(value.numerator) + 1)) if gcd(top, bottom) == 1]
    return f"{rng.choice(tops) * (1 if value > 0 else -1)}/{bottom}"


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(each) for each in data]
    return _number(data) if isinstance(data, Number) else data


def _number(number: Number) -> Any:
    """The number as plain data; a fraction as it was typed."""
    return number.text if "/" in number.text else plain(Decimal(number.text))
