"""The question of a recurrent problem: sequence, weights, the cell's formulas, conventions, the unrolled picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from ..spec.recurrent_problem import Recurrent
from ..topics.recurrent_names import name_of, settings
from .blocks import Block, Heading, Inline, Lines, Prose, Text
from .drawn import given
from .lines import Lines as LineWriter
from .recurrent_conventions import conventions
from .recurrent_formulas import formulas
from .recurrent_picture import unrolled
from .recurrent_tables import weight_blocks
from .recurrent_view import View

if TYPE_CHECKING:
    from ..solution import Worked

_CELLS = {"rnn": "recurrent", "lstm": "LSTM", "gru": "GRU"}


def question_blocks(solution: Worked) -> Iterator[Block]:
    """Sequence, states, weights, formulas, conventions, picture; what is to be found."""
    view = View(solution, LineWriter(solution.working, solution.values))
    problem = view.problem
    yield Heading(("Given",))
    yield Prose((_told(problem),))
    yield view.by_time(list(_sequence(view)), view.times)
    yield from _starts(view)
    yield Prose(("Weights, each under what it multiplies:",))
    yield from weight_blocks(view)
    yield from _settings(view)
    yield Prose(("At every time t:" if problem.steps > 1 else "The formulas:",))
    yield Lines(tuple(formulas(problem)))
    yield from (Prose(text) for text in conventions(problem, solution))
    yield given(solution, unrolled(problem))
    if solution.options.question:
        yield Prose((_asked(solution),))


def _told(problem: Recurrent) -> str:
    """The model in a sentence."""
    sizes = " and ".join(str(layer[0].size) for layer in problem.layers)
    units = "unit" if sizes == "1" else "units"
    layers = f"{len(problem.layers)} {_CELLS[problem.cell]} layers" if len(problem.layers) > 1 else ""
    layers = layers or f"{'An' if problem.cell == 'lstm' else 'A'} {_CELLS[problem.cell]} layer"
    ways = " in each of two directions" if problem.bidirectional else ""
    times = f"{problem.steps} time step{'s' if problem.steps > 1 else ''}"
    many = f" {len(problem.inputs)} input{'s' if len(problem.inputs) > 1 else ''}," if _fewer(problem) else ""
    return f"{layers} of {sizes} {units}{ways};{many} {times}:"


def _fewer(problem: Recurrent) -> bool:
    return len(problem.inputs) < problem.steps


def _sequence(view: View) -> Iterator[tuple[Text, list[str | None]]]:
    """Rows of the inputs and the targets."""
    problem = view.problem
    yield from ((label, list(keys)) for label, keys in view.rows("x", len(problem.inputs[0]), view.times))
    if any(target and target.numbers for target in problem.targets):
        yield from ((("target ", *label), list(keys)) for label, keys in view.rows("t", problem.width, view.times))


def _starts(view: View) -> Iterator[Block]:
    """The states before the first time, and the classes that are targets."""
    problem = view.problem
    parts: list[Inline] = []
    for one in problem.recurrences:
        time = problem.steps + 1 if one.backwards else 0
        for letter in ("h", "c") if one.cell_state else ("h",):
            parts += [", " if parts else "States before the first time: ", name_of(f"{letter}{one.tag}_{time}"), " = "]
            parts.append(view.vector(view.keys(f"{letter}{one.tag}", time, one.size)))
    yield Prose((*parts, "."))
    labels = [(time, target.label) for time, target in enumerate(problem.targets, 1) if target]
    classes = [f"{label} at time {time}" for time, label in labels if label is not None]
    if classes:
        yield Prose((f"Target: class {', '.join(classes)} (counted from 0).",))


def _settings(view: View) -> Iterator[Block]:
    keys = [*settings(view.problem), *(["eta"] if view.problem.learns else [])]
    if keys:
        pairs: list[Node] = [n.Compare(view.working.name(key), "=", view.number(key)) for key in keys]
        parts: list[Inline] = ["Learning rate " if keys == ["eta"] else "Settings: "]
        for index, pair in enumerate(pairs):
            parts += [", " if index else "", pair]
        yield Prose((*parts, "."))


def _asked(solution: Worked) -> str:
    if solution.asked:
        return f"Find {', '.join(solution.asked)}."
    problem: Recurrent = solution.problem
    if not problem.has_target:
        return "Find the hidden state (and the output) at every time."
    update = " and all new weights" if problem.learns else ""
    return f"Find the states, the error, its gradients by backpropagation through time{update}."
