"""From a spec of one's own: the same structure with other numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from solver.api import Problem, loads, solve
from solver.errors import DlsolveError
from solver.spec.number import Number

from .numbers import plain
from .plan import Entry
from .rules import trivial, units
from .wishes import Draw, Wishes

_POINTS = 8
_VARIED = {
    "inputs", "target", "samples", "weights", "bias", "biases", "x", "y", "start", "learning_rate", "image",
    "kernels", "predicted", "logits", "activations", "at", "gradients", "gradient", "confusion", "actual", "queries",
    "keys", "values", "input", "weight", "gamma", "beta", "hidden", "cell_state", "predict", "Wx", "Wh", "b", "Wy",
    "by", "Wq", "Wk", "Wv", "Wo", "Wf", "Uf", "bf", "Wi", "Ui", "bi", "Wc", "Uc", "bc", "Uo", "bo", "Wz", "Uz", "bz",
    "Wr", "Ur", "br", "Uh", "bh",
}  # fmt: skip
"""Keys whose numbers are data; all other numbers are structure: sizes, counts, settings."""


def like(file: str, kind: str | None = None) -> Entry:
    """An entry that keeps the structure of the spec in a file. Raises DlsolveError for one that cannot be solved."""
    source, data = _read(file)
    original = loads(source, file, kind)
    kept = _rules(original)

    def draw(form: Random, rng: Random, wishes: Wishes) -> Draw:
        spec = _varied(data, rng, original.kind in ("cnn-shapes",))
        return Draw({**spec, "kind": original.kind}, points=_POINTS, unfit=kept, own=True)

    return Entry(original.kind, draw, Wishes(), f"like/{_digest(source)}")


def fixed(file: str) -> Entry:
    """An entry that is the spec in a file as it stands. Raises DlsolveError for one that cannot be read."""
    source, data = _read(file)
    kind = loads(source, file).kind

    def draw(form: Random, rng: Random, wishes: Wishes) -> Draw:
        return Draw(_plain(data), points=_POINTS, fixed=True)

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


def _rules(original: Problem) -> Callable[[Any], str]:
    """The rules that the original keeps itself."""
    rules = [rule for rule in (_units, _trivial) if not rule(solve(original))]
    return lambda solution: next((reason for rule in rules if (reason := rule(solution))), "")


def _units(solution: Any) -> str:
    return units(solution) if hasattr(solution, "working") else ""


def _trivial(solution: Any) -> str:
    return trivial(solution.answers.values())


def _varied(data: Any, rng: Random, counts: bool, here: bool = False) -> Any:
    """The data with other numbers below the keys that hold data; of a plan of layers only its input and filters."""
    if isinstance(data, dict):
        keys = ("input", "filters", "dense", "units") if counts else _VARIED
        return {
            key: _shuffled(value, rng) if _is_choice(key, value) else _varied(value, rng, counts, here or key in keys)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return _row(data, rng, counts, here)
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


def _row(data: list[Any], rng: Random, counts: bool, here: bool) -> list[Any]:
    """A list; one of zeros and ones alone is a mask, a class or a pattern and stays."""
    numbers = [each.value for each in data if isinstance(each, Number)]
    stays = len(numbers) == len(data) > 1 and set(numbers) <= {0, 1}
    if counts and len(numbers) == len(data) == 3:  # height, width and channels: the sides move, alike
        side = _other(data[0], rng)
        return [side, side if numbers[0] == numbers[1] else _other(data[1], rng), _number(data[2])]
    return [_varied(each, rng, counts, here and not stays) for each in data]


def _other(number: Number, rng: Random) -> Any:
    """Another number with as many decimals, the same sign and about the same size; 0 and fractions stay."""
    if "/" in number.text or "e" in number.text.lower() or number.value == 0:
        return _number(number)
    value = Decimal(number.text)
    step = Decimal(1).scaleb(min(0, int(value.as_tuple().exponent)))
    size = int(abs(value) / step)
    reach = max(2, size // 2)
    other = rng.randint(max(1, size - reach), size + reach)
    return plain((step if value > 0 else -step) * other)


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(each) for each in data]
    return _number(data) if isinstance(data, Number) else data


def _number(number: Number) -> Any:
    """The number as plain data; a fraction as it was typed."""
    return number.text if "/" in number.text else plain(Decimal(number.text))
