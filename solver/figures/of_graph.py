"""The picture of a computation graph: values on the way forwards, gradients on the way back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..errors import NotAsked
from ..formula import written
from ..page.blocks import Text
from ..page.graph_question import quantity
from ..render.spelling import number, spell
from ..spec.graph import Graph
from .drawing import Drawing, Drawings
from .graph import Quantity, Wire, graph

if TYPE_CHECKING:
    from ..solution import Worked

_MOST, _LONGEST = 60, 30  # boxes of a picture, characters of a formula in it


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """graph. Raises NotAsked for a graph too large to be read."""
    problem: Graph = solution.problem
    count = len(problem.givens) + len(problem.steps)
    if count > _MOST:
        raise NotAsked(f"a picture of a graph holds {_MOST} quantities; this one has {count}")
    return {"graph": partial(_graph, solution)}


def _graph(solution: Worked) -> Drawing:
    problem: Graph = solution.problem
    last = problem.steps[-1].name
    titles = {name: (quantity(name),) for name, _ in problem.givens}
    boxes = {name: _quantity(solution, name, title, True) for name, title in titles.items()}
    boxes |= {step.name: _quantity(solution, step.name, _title(solution, step.name), False) for step in problem.steps}
    pairs = [(key, step.name) for step in problem.steps for key in dict.fromkeys(step.uses)]
    wires = [Wire(key, step, _value(solution, f"d{last}/d{key}:{step}")) for key, step in pairs]
    told = "; ".join(f"{key} = {box.value}" for key, box in boxes.items() if box.value)
    return graph(Drawing(solution.title, f"A computation graph of {len(boxes)} quantities. {told}."), boxes, wires)


def _quantity(solution: Worked, name: str, title: Text, given: bool) -> Quantity:
    return Quantity(title, _value(solution, name), _back(solution, name), given)


def _title(solution: Worked, name: str) -> Text:
    said = spell(written(solution.working.steps[name].formula, quantity))
    if len(said) > _LONGEST:
        said = f"{said[: _LONGEST - 1]}…"
    return (quantity(name), f" = {said}")


def _value(solution: Worked, key: str) -> str:
    if key not in solution.working or (solution.options.question and key not in solution.working.givens):
        return ""
    return number(solution.values.texts[key])


def _back(solution: Worked, name: str) -> Text:
    last = solution.problem.steps[-1].name
    found = "1" if name == last and not solution.options.question else _value(solution, f"d{last}/d{name}")
    return ("∂", quantity(last), "/∂", quantity(name), f" = {found}") if found else ()
