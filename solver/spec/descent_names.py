"""Which names of a gradient-descent spec move, and which are data of the samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .common import Complaints
from .descent import Row
from .descent_keys import Spec
from .document import Path
from .expression import FUNCTIONS, FormulaError, expression
from .expression_tokens import tokens
from .number import Number

TAKEN = ("f", "gradient", "history", "average", "ahead", "step", "eta", "d")
_CONSTANTS = ("e", "pi", "π")
_LETTERS = ("m", "v", "G", "u", "d", "P", "mu", "eta_t", "m_hat", "v_hat", "decayed", "ahead", "step", "f", "norm")


@dataclass(frozen=True, slots=True)
class Names:
    """The parameters, the data of each sample by name, and the gradients of each sample."""

    variables: tuple[str, ...]
    data: tuple[Mapping[str, Number], ...] = ()
    samples: tuple[Row, ...] = ()


def names_of(spec: Spec, complaints: Complaints) -> Names | None:
    """The names of a spec that has one of function, gradients and samples; None with complaints."""
    if spec.function:
        return _of_function(spec, complaints)
    typed = spec.samples or spec.nudges
    key = "samples" if spec.samples else "nudges"
    if isinstance(typed, dict):
        found = _columns(typed, key, complaints)
        return _allowed(spec, found, complaints) if found else None
    rows = [_items(each) for each in (typed or spec.gradients)]
    first = spec.start if isinstance(spec.start, dict) else (typed or spec.gradients)[0]
    count = len(rows[0])
    variables = tuple(first) if isinstance(first, dict) else _numbered(count)
    for index, row in enumerate(rows if typed else []):
        if len(row) != len(variables):
            complaints.add((key, index), f"{len(row)} numbers, but the parameters are {', '.join(variables)}")
    return _allowed(spec, Names(variables, samples=tuple(rows) if typed else ()), complaints)


def _items(typed: Any) -> Row:
    if isinstance(typed, Number):
        return (typed,)
    return tuple(typed.values()) if isinstance(typed, dict) else typed


def _numbered(count: int) -> tuple[str, ...]:
    return ("x",) if count == 1 else tuple(f"x{i}" for i in range(1, count + 1))


def _columns(typed: dict[str, Row], key: str, complaints: Complaints) -> Names | None:
    """Samples across, parameters down."""
    counts = {len(row) for row in typed.values()}
    if len(counts) > 1:
        listed = ", ".join(f"{name} {len(row)}" for name, row in typed.items())
        complaints.add((key,), f"each parameter needs one number for each sample; found {listed}")
        return None
    return Names(tuple(typed), samples=tuple(zip(*typed.values(), strict=True)))


def _of_function(spec: Spec, complaints: Complaints) -> Names | None:
    data = _data(spec, complaints)
    if data is None:
        return None
    try:
        inside = names_in(spec.function)
        variables = _moving(spec, inside, list(data[0]) if data else [])
        expression(spec.function, [*variables, *(data[0] if data else ())])
    except FormulaError as error:
        complaints.add(("function",), str(error))
        return None
    idle = [name for name in variables if name not in inside]
    if idle:
        complaints.add(("start",), f"{', '.join(idle)} does not stand in the function {spec.function}")
    if not variables:
        complaints.add(("function",), f"found '{spec.function}'; expected a function of at least one name, such as x^2")
        return None
    return _allowed(spec, Names(variables, data), complaints)


def _data(spec: Spec, complaints: Complaints) -> tuple[Mapping[str, Number], ...] | None:
    """The data of the samples beside a function: mappings that all have the same names."""
    if not spec.samples:
        return ()
    typed = spec.samples
    if isinstance(typed, dict):
        found = _columns(typed, "samples", complaints)
        return None if found is None else tuple(dict(zip(found.variables, row, strict=True)) for row in found.samples)
    for index, each in enumerate(typed):
        if not isinstance(each, dict):
            complaints.add(("samples", index), "beside a function each sample names its data, such as {x: 2, y: 10}")
            return None
        if set(each) != set(typed[0]):
            complaints.add(("samples", index), f"expected the names of the first sample: {', '.join(typed[0])}")
            return None
    return typed


def names_in(text: str) -> list[str]:
    """The names of a formula that are no functions or constants, in order. Raises FormulaError."""
    found = tokens(text)
    calls = {i for i, token in enumerate(found[:-1]) if found[i + 1].text == "("}
    names = [t.text for i, t in enumerate(found) if t.kind == "name" and i not in calls]
    return [name for name in dict.fromkeys(names) if name not in FUNCTIONS and name not in _CONSTANTS]


def _moving(spec: Spec, inside: list[str], data: list[str]) -> tuple[str, ...]:
    """The parameters: those that start names, else all names of the formula that are no data."""
    start = spec.start
    if isinstance(start, tuple) and isinstance(start[0], dict):
        start = start[0]
    if isinstance(start, dict):
        return tuple(start)
    return tuple(name for name in inside if name not in data)


def _allowed(spec: Spec, names: Names, complaints: Complaints) -> Names:
    """Names whose keys would be those of other quantities are complained about."""
    path: Path = ("function",) if spec.function else ()
    for name in names.variables:
        if name in TAKEN:
            complaints.add(path, f"'{name}' is the name of something else on the page; call the parameter otherwise")
        twins = [other for other in names.variables if other in {f"{letter}_{name}" for letter in _LETTERS}]
        for twin in twins:
            complaints.add(path, f"'{twin}' would also be a quantity of {name}; call one of the parameters otherwise")
    for name in (name for name in names.variables if names.data and name in names.data[0]):
        complaints.add(("samples",), f"{name} is a parameter and has a start; the samples give data of other names")
    return names
