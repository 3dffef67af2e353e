"""The question of a computation graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..formula import written
from ..notation import Node
from ..working import Step
from .blocks import Block, Equation, Heading, Inline, Lines, Prose, Text

if TYPE_CHECKING:
    from ..solution import Worked
    from ..spec.graph import Graph


def question(solution: Worked) -> Iterator[Block]:
    """The givens, the steps as formulas, what is wanted, and how numbers are rounded."""
    graph: Graph = solution.problem
    working = solution.working
    yield Heading(("Given",))
    parts: list[Inline] = []
    for name, number in graph.givens:
        parts += [", " if parts else "", n.Compare(working.name(name), "=", n.Number(number.text))]
    yield Prose(tuple(parts))
    steps = [working.steps[step.name] for step in graph.steps]
    yield Lines(tuple(Equation(step.name, _formula(step)) for step in steps))
    last = working.name(graph.steps[-1].name)
    yield Prose(("Wanted: ", *_wanted(solution, last), "."))
    yield Prose((_rounding(solution),))


def _formula(step: Step) -> tuple[Node, ...]:
    formula = written(step.formula, quantity)
    return (step.short, formula) if step.short else (formula,)


def quantity(key: str) -> Node:
    """How a quantity of a graph is written."""
    from ..topics.graph import quantity_name

    return quantity_name(key)


def _wanted(solution: Worked, last: Node) -> Text:
    if solution.asked:
        names: list[Inline] = []
        for key in solution.asked:
            names += [", " if names else "", solution.working.name(key)]
        return tuple(names)
    return ("every quantity, and the derivative of ", last, " by every other one")


def _rounding(solution: Worked) -> str:
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1)"
    if solution.options.carry == "rounded":
        return f"Every line is rounded to {shown}, half up, and exactly what is shown is used in the next line."
    return f"Numbers are shown to {shown}, half up; values are carried in full from line to line."
