"""kind: graph: named steps of a computation, each a formula over what stands above it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from ..algebra import Expr, symbols_of
from ..options import Options
from .common import Common, Complaints, mended, options
from .compound import BY_NAME, named
from .document import Document
from .expression import FormulaError, expression, names_in
from .fields import TEXT
from .frame import Key
from .number import Number

_MOST_STEPS = 200
_FORMULAS = named(TEXT, "a mapping of names to formulas, such as {q: x + y, f: q*z}")


@dataclass(frozen=True, slots=True)
class Formula:
    """One step: its name, the formula as typed and as read, and the quantities in it in the order typed."""

    name: str
    text: str
    formula: Expr
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A computation graph: the given numbers by name, and the steps in order; the last one is differentiated."""

    title: str
    givens: tuple[tuple[str, Number], ...]
    steps: tuple[Formula, ...]


class Spec(Common):
    """The keys of a graph spec."""

    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("inputs", "given", "givens", "point", "values"), "at"),
        **dict.fromkeys(("formulas", "nodes", "graph"), "steps"),
    }

    at: Annotated[dict[str, Number], BY_NAME] = Key(
        description="The given quantities and their numbers: {x: -2, y: 5}."
    )
    steps: Annotated[dict[str, str], _FORMULAS] = Key(
        description="The steps in order, each a formula over givens and earlier steps, written with + - * / ^, "
        "exp, ln, sqrt, tanh, sin, cos, abs, max, min, sigmoid, relu. Every partial derivative of the last one is "
        "found: the answers are the steps by their names and the derivatives, as df/dx."
    )


def problem(document: Document) -> tuple[Graph, Options]:
    """The graph of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    _check_names(spec, complaints)
    steps = _steps(spec, complaints)
    if complaints.found:
        raise complaints.error()
    return Graph(spec.title or _title(steps), tuple(spec.at.items()), steps), options(spec)


def _title(steps: tuple[Formula, ...]) -> str:
    return f"Computation graph of {steps[-1].name}"


def _check_names(spec: Spec, complaints: Complaints) -> None:
    for part, names in (("at", spec.at), ("steps", spec.steps)):
        for name in names:
            if not name[0].isalpha():
                complaints.add((part, name), "a name in a formula starts with a letter", at_key=True)
    for name in spec.steps:
        if name in spec.at:
            complaints.add(("steps", name), f"{name} is given already; choose another name", at_key=True)
    if len(spec.steps) > _MOST_STEPS:
        complaints.add(("steps",), f"found {len(spec.steps)} steps; expected at most {_MOST_STEPS}")


def _steps(spec: Spec, complaints: Complaints) -> tuple[Formula, ...]:
    names = [*spec.at, *spec.steps]
    found = []
    for number, (name, text) in enumerate(spec.steps.items()):
        try:
            formula = expression(text, names)
        except FormulaError as error:
            complaints.add(("steps", name), str(error))
            continue
        above = [*spec.at, *list(spec.steps)[:number]]
        _check_order(name, formula, above, complaints)
        found.append(Formula(name, text, formula, names_in(text, names)))
    return tuple(found)


def _check_order(name: str, formula: Expr, above: Collection[str], complaints: Complaints) -> None:
    late = sorted(each.name for each in symbols_of(formula) if each.name not in above)
    if name in late:
        complaints.add(("steps", name), f"{name} is worked out from itself; give the new quantity a name of its own")
    for other in late:
        if other != name:
            complaints.add(("steps", name), f"{name} uses {other}, which stands below it; move {other} above {name}")


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


STARTER = """\
# yaml-language-server: $schema=graph.schema.json
# (For help in the editor: dlsolve schema graph > graph.schema.json)
kind: graph
title: (x + y) z, forwards and backwards

at: {x: -2, y: 5, z: -4}   # the given quantities

# Each step is a formula over the givens and the steps above it: + - * / ^ ( ), exp, ln, sqrt, tanh, sin, cos,
# abs, max, min, sigmoid, relu. Write 3*x, not 3x. A quantity may be used several times.
# (Written in { } on one line, a formula with a comma needs quotes: {f: "max(x, y)"}.)
# The last step is differentiated by every quantity before it.
steps:
  q: x + y
  f: q*z

# find: df/dx              # only this, and what it needs
# digits: 4
# carry: rounded           # each line uses the numbers as shown, as by hand
"""
