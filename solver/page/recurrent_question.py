"""The question of a recurrent problem: sequence, weights, the cell's formulas, conventions, the unrolled picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from ..spec.recurrent_problem import Gate, Recurrent
from ..topics.recurrent_names import name_of, settings
from .blocks import Block, Equation, Heading, Inline, Lines, Picture, Prose, Table, Text
from .lines import Lines as LineWriter
from .recurrent_conventions import conventions
from .recurrent_formulas import formulas
from .recurrent_picture import unrolled
from .recurrent_view import View

if TYPE_CHECKING:
    from ..solution import Worked

_WIDEST, _LONGEST = 8, 24  # columns and rows of a table of weights; a larger one is written as matrices
_CELLS = {"rnn": "recurrent", "lstm": "LSTM", "gru": "GRU"}


def question_blocks(solution: Worked) -> Iterator[Block]:
    """Sequence, states, weights, formulas, conventions, picture; what is to be found."""
    view = View(solution, LineWriter(solution.working, solution.values))
    problem = view.problem
    yield Heading(("Given",))
    yield Prose((_told(problem),))
    yield view.by_time(list(_sequence(view)), view.times)
    yield from _starts(view)
    for title, gates in _groups(problem):
        if title:
            yield Prose((title,))
        yield _weights(view, gates) if _fits(problem, gates) else Lines(tuple(_matrices(view, gates)))
    yield from _settings(view)
    yield Prose(("At every time t:" if problem.steps > 1 else "The formulas:",))
    yield Lines(tuple(formulas(problem)))
    yield from (Prose((text,)) for text in conventions(problem, solution))
    yield Picture(unrolled(problem))
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


def _groups(problem: Recurrent) -> Iterator[tuple[str, tuple[Gate, ...]]]:
    """Gates whose weights stand in one table."""
    if problem.input_layers:
        yield "From the input to the hidden state:", problem.input_layers
    for number, layer in enumerate(problem.layers, 1):
        for one in layer:
            title = f"layer {number}" if len(problem.layers) > 1 else ""
            way = ("backward" if one.backwards else "forward") if problem.bidirectional else ""
            words = ", ".join(each for each in (title, way) if each)
            yield f"Weights, {words}:" if words else "", one.gates
            if one.transition:
                yield "From hidden state to hidden state:", one.transition
    if problem.output_layers:
        yield "From the hidden state to the output:", problem.output_layers
    if problem.output and problem.output.parts:
        yield "", (problem.output,)


def _columns(gates: tuple[Gate, ...]) -> int:
    return max(sum(part.width for part in gate.parts) + len(gate.biases) for gate in gates)


def _fits(problem: Recurrent, gates: tuple[Gate, ...]) -> bool:
    """Whether one table can hold the weights of these gates."""
    if len(gates) > 1 and gates[0].letter[0] in "pqv":
        return False
    alike = len({tuple((part.source in "hs", part.width) for part in gate.parts) for gate in gates}) == 1
    copies = 1 if problem.share else problem.steps
    short = len({len(gate.biases) for gate in gates}) == 1
    return alike and short and _columns(gates) <= _WIDEST and sum(g.size for g in gates) * copies <= _LONGEST


_READS = {"x": "x", "h": "h", "s": "h", "q": "q"}


def _weights(view: View, gates: tuple[Gate, ...]) -> Table:
    """A row for each unit: its weights by what they multiply, its bias."""
    first = gates[0]
    headers: list[Text] = [("into",)]
    for part in first.parts:
        read = _READS.get(part.source) or _below(view, first)
        for column in range(part.width):
            headers.append(("from ", n.Name(read, sup=f"[{column + 1}]" if part.width > 1 else "")))
    headers += [("bias" if index == 0 else "second bias",) for index, _ in enumerate(first.biases)]
    return Table(
        tuple(headers),
        tuple(row for gate in gates for row in _rows(view, gate)),
        right=frozenset(range(1, len(headers))),
    )


def _below(view: View, gate: Gate) -> str:
    """The letter of what an extra layer or the output reads."""
    problem = view.problem
    if gate in problem.input_layers:
        return "x"
    return problem.output_layers[-1].letter if gate is problem.output and problem.output_layers else "h"


def _rows(view: View, gate: Gate) -> Iterator[tuple[Text, ...]]:
    for time in view.times if not view.problem.share else (1,):
        when = f", time {time}" if not view.problem.share else ""
        for unit in range(gate.size):
            place = f"[{unit + 1}]" if gate.size > 1 else ""
            keys = [part.block.key(unit, part.start + c, time) for part in gate.parts for c in range(part.width)]
            keys += [block.key(unit, 0, time) for block in gate.biases]
            cells: list[Text] = [(view.number(key),) for key in keys]
            yield ((n.Name(gate.letter, "", place), when) if when else (n.Name(gate.letter, "", place),), *cells)


def _matrices(view: View, gates: tuple[Gate, ...]) -> Iterator[Equation]:
    for gate in gates:
        for block in gate.blocks:
            for time in range(1, len(block.copies) + 1):
                ending = f"@{time}" if block.own else ""
                yield Equation(name_of(block.name + ending), (view.block(block, time),))


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
