"""Which time of a sequence has which target, and whether the loss has a use for it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .common import Complaints
from .convolution_fields import depth
from .document import Path
from .number import Number
from .recurrent_keys import Spec
from .recurrent_problem import Target

_RANGES: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "bce": (lambda t: 0 <= t <= 1, "from 0 to 1"),
    "cce": (lambda t: t >= 0, "of at least 0"),
    "kl": (lambda t: t >= 0, "of at least 0"),
    "hinge": (lambda t: abs(t) == 1, "1 or -1, or the index of a class as a single number"),
}


def targets_of(spec: Spec, steps: int, width: int, complaints: Complaints) -> tuple[Target | None, ...]:
    """One target for each time, None where it has none."""
    if spec.target is None:
        for key in ("learning_rate", "truncate"):
            if getattr(spec, key) is not None:
                complaints.add((key,), "there is no target: give one, or leave this out", at_key=True)
        return (None,) * steps
    _check_loss(spec, complaints)
    if not _is_listed(spec, steps, width):
        return (*(None,) * (steps - 1), _target(spec, spec.target, width, ("target",), complaints))
    listed = spec.target
    if len(listed) != steps:
        complaints.add(("target",), _lengths(listed, steps, width))
        return (None,) * steps
    if all(each is None for each in listed):
        complaints.add(("target",), "no time has a target")
    return tuple(
        None if each is None else _target(spec, each, width, ("target", index), complaints)
        for index, each in enumerate(listed)
    )


def _lengths(listed: tuple[Any, ...], steps: int, width: int) -> str:
    last = "a single number" if width == 1 else f"a list of {width} numbers"
    return f"found {len(listed)} targets; expected {steps}, one for each time (or {last} for the last time)"


def by_class(spec: Spec, width: int) -> bool:
    """Whether a single number is the index of a class."""
    return spec.loss[0] == "sparse_cce" or (spec.loss[0] == "hinge" and width > 1)


def _is_listed(spec: Spec, steps: int, width: int) -> bool:
    """Whether the target holds one for each time (else it is that of the last time)."""
    target = spec.target
    if isinstance(target, Number):
        return False
    if any(each is None or isinstance(each, tuple) for each in target):
        return True
    if width == 1 or spec.loss[0] == "sparse_cce":
        return len(target) > 1 or steps == 1
    return by_class(spec, width) and len(target) == steps and len(target) != width


def _target(spec: Spec, value: Any, width: int, path: Path, complaints: Complaints) -> Target:
    numbers: tuple[Number, ...] = (value,) if isinstance(value, Number) else value
    if depth(value) > 1 or any(not isinstance(each, Number) for each in numbers):
        complaints.add(path, f"found a list of lists; expected {width} number{'s' if width > 1 else ''}")
        return Target((Number.of(0),) * width)
    if by_class(spec, width) and len(numbers) == 1:
        return _class(numbers[0], width, path, complaints)
    if len(numbers) != width:
        found = f"found {len(numbers)} number{'s' if len(numbers) > 1 else ''}"
        fix = ". For the index of a class write 'loss: sparse_cce'" if spec.loss[0] == "cce" else ""
        complaints.add(path, f"{found}; each time has {width} output{'s' if width > 1 else ''}: write {width}{fix}")
    if spec.loss[0] in _RANGES:
        holds, says = _RANGES[spec.loss[0]]
        for number in numbers:
            if not holds(number.value):
                complaints.add(path, f"found {number.text}; loss {spec.loss[0]} expects targets {says}")
    return Target(numbers)


def _class(number: Number, width: int, path: Path, complaints: Complaints) -> Target:
    value = number.value
    if value.denominator == 1 and 0 <= value < width:
        return Target((), int(value))
    complaints.add(path, f"found {number.text}; expected the index of the class, from 0 to {width - 1}")
    return Target((), 0)


def _check_loss(spec: Spec, complaints: Complaints) -> None:
    """Complains about logarithms of what may be 0 or negative."""
    loss, kind = spec.loss[0], spec.output[0]
    if loss == "bce" and kind not in ("sigmoid", "softmax"):
        complaints.add(("loss",), "bce takes ln y and ln(1 - y): write 'output: sigmoid', or use mse")
    if loss in ("cce", "sparse_cce", "kl") and kind not in ("softmax", "sigmoid"):
        complaints.add(("loss",), f"{loss} takes ln y: write 'output: softmax', or use another loss")
