"""Weights, their gradients and their new values as tables: a row for each unit, a column for what feeds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import notation as n
from ..notation import Name, Node
from ..render.spelling import spell
from ..spec.recurrent_problem import Block as Weights
from ..spec.recurrent_problem import Gate, Part, Recurrence, Recurrent
from ..topics.recurrent_names import name_of
from .blocks import Block, Equation, Lines, Prose, Table, Text
from .recurrent_view import View, timeless, unit_name

_MOST_UNITS, _MOST_TIMES = 4, 6  # rows of each gate in a table; of more the first ones and the last


@dataclass(frozen=True, slots=True)
class Group:
    """Gates whose weights stand in one table, and the names of what they read besides their own states."""

    title: str
    gates: tuple[Gate, ...]
    reads: tuple[Name, ...]
    tag: str = ""


def groups(problem: Recurrent) -> Iterator[Group]:
    """Every part of the model that has weights, from the input to the output."""
    below = _units("x", len(problem.inputs[0]))
    for gate in problem.input_layers:
        yield Group("From the input to the hidden state:", (gate,), below)
        below = _units(gate.letter, gate.size)
    for number, layer in enumerate(problem.layers, 1):
        for one in layer:
            yield from _recurrence(problem, one, number, below)
        below = tuple(name for one in layer for name in _units(f"h{one.tag}", one.size))
    for gate in problem.output_layers:
        yield Group("From the hidden state to the output:", (gate,), below)
        below = _units(gate.letter, gate.size)
    if problem.output and problem.output.parts:
        yield Group("", (problem.output,), below)


def _recurrence(problem: Recurrent, one: Recurrence, number: int, below: tuple[Name, ...]) -> Iterator[Group]:
    before = _units(f"h{one.tag}", one.size)
    for gate in one.transition:
        yield Group("From hidden state to hidden state:", (gate,), before)
        before = _units(gate.letter, gate.size)
    layer = f"layer {number}" if len(problem.layers) > 1 else ""
    way = ("backward" if one.backwards else "forward") if problem.bidirectional else ""
    words = ", ".join(each for each in (layer, way) if each)
    yield Group(f"{words.capitalize()}:" if words else "", one.gates, below, one.tag)


def _units(letter: str, size: int) -> tuple[Name, ...]:
    return tuple(unit_name(letter, size, unit) for unit in range(size))


def weight_blocks(view: View, form: str = "{}") -> Iterator[Block]:
    """The numbers of all weights, or of what is named after them (dE/d{}, {}'), group by group."""
    for group in groups(view.problem):
        if group.title:
            yield Prose((group.title,))
        if _fits(view.problem, group):
            yield _table(view, group, form)
        else:
            yield Lines(tuple(_matrices(view, group, form)))


def _fits(problem: Recurrent, group: Group) -> bool:
    """Whether the weights of these gates have the same columns."""
    gates = group.gates
    alike = len({tuple((part.source in "hsq", part.width) for part in gate.parts) for gate in gates}) == 1
    return alike and len({len(gate.biases) for gate in gates}) == 1


def _table(view: View, group: Group, form: str) -> Table:
    """A row for each unit, a column for each thing that a weight multiplies, and the bias."""
    first = group.gates[0]
    headers: list[Text] = [(name,) for part in first.parts for name in _sources(view.problem, group, part)]
    headers += [("bias" if index == 0 else "second bias",) for index, _ in enumerate(first.biases)]
    rows = [row for gate in group.gates for row in _rows(view, gate, form)]
    widths = [view.width([keys[c] for _, keys in rows if keys], _spelled(headers[c])) for c in range(len(headers))]
    kept = view.fitting(max(len(_spelled(label)) for label, _ in rows) + 2, widths)
    body = tuple((label, *(_cell(view, keys, column) for column in kept)) for label, keys in rows)
    titles = tuple(("…",) if column is None else headers[column] for column in kept)
    return Table((("",), *titles), body, right=frozenset(range(1, len(kept) + 1)))


def _spelled(text: Text) -> str:
    return "".join(part if isinstance(part, str) else spell(part) for part in text)


def _cell(view: View, keys: list[str], column: int | None) -> Text:
    return ("…",) if column is None or not keys else (view.number(keys[column]),)


def _cut(items: list[int], most: int, view: View) -> list[int | None]:
    """All of them, or of many the first ones and the last, with None between."""
    if len(items) <= most:
        return list(items)
    view.left_out = True
    return [*items[: most - 2], None, items[-1]]


def _sources(problem: Recurrent, group: Group, part: Part) -> tuple[Name, ...]:
    if part.source in ("x", "below"):
        return group.reads
    letter = problem.recurrences[0].transition[-1].letter if part.source == "q" else f"h{group.tag}"
    return _units(letter, part.width)


def _rows(view: View, gate: Gate, form: str) -> Iterator[tuple[Text, list[str]]]:
    """The label of each unit and the keys of its weights; no keys for those left out."""
    times = [1] if view.problem.share else _cut(list(view.times), _MOST_TIMES, view)
    for time in times:
        for unit in _cut(list(range(gate.size)), _MOST_UNITS, view):
            if unit is None or time is None:
                yield ("…",), []
                continue
            keys = [part.block.key(unit, part.start + c, time) for part in gate.parts for c in range(part.width)]
            keys += [block.key(unit, 0, time) for block in gate.biases]
            when = () if view.problem.share else (f", time {time}",)
            yield ("into ", timeless(gate.letter, gate.size, unit), *when), [form.format(key) for key in keys]


def _matrices(view: View, group: Group, form: str) -> Iterator[Equation]:
    for gate in group.gates:
        for block in gate.blocks:
            for time in range(1, len(block.copies) + 1):
                yield Equation(_named(block, time, form), (view.block(block, time, form),))


def _named(block: Weights, time: int, form: str) -> Node:
    name = name_of(f"{block.name}@{time}" if block.own else block.name)
    if form.startswith("dE"):
        return n.Partial(Name("E"), name)
    return Name(name.base, name.sub, name.sup, primes=form.count("'"))
