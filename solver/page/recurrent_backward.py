"""Backpropagation through time on the page: the last times in full, what each time brings, sizes, the update."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..notation import Name, Node
from ..render.spelling import spell
from ..spec.recurrent_problem import Block as Weights
from ..topics.recurrent_backward import BACKWARD, NORMS, WEIGHTS
from ..topics.recurrent_names import name_of
from .blocks import Block, Equation, Heading, Lines, Prose, Table, Text
from .lines import without_repeats
from .recurrent_forward import sections_of
from .recurrent_tables import weight_blocks
from .recurrent_view import Row, View, first_units, letters_of, unit_name

_MOST_SHARES = 12  # parameters whose contributions stand in the table


def backward_blocks(view: View) -> Iterator[Block]:
    """Slopes back in time, contributions, gradients, sizes."""
    sections = {name: keys for name, keys in sections_of(view, BACKWARD).items() if name not in (WEIGHTS, NORMS)}
    whole = view.is_short(sections)
    yield Heading(("Back through time",))
    yield Prose(tuple(_told(view)))
    for index, name in enumerate(list(sections) if whole else _first(view, sections)):
        yield Heading((name.partition(": ")[2].capitalize(),), level=2)
        kept = sections[name] if whole else first_units(sections[name])
        if index and not whole and not view.problem.bidirectional:
            kept = [key for key in kept if "/dh" in key or "/dc" in key]
        yield from _lines(view, kept)
    if (view.problem.steps > 1 or not whole) and not _apart(view):
        yield Heading(("Slopes at every time",), level=2)
        yield view.by_time(list(_rows(view)), view.times[::-1])
    if not whole:
        view.left_out = True
    yield from _shares(view)
    yield from _gradients(view)
    yield from _sizes(view)


def _lines(view: View, keys: list[str]) -> Iterator[Block]:
    """The lines of one time, a known short form behind the chain that collapses to it."""
    shorts = [key for key in keys if key.endswith(":short")]
    plain = [key for key in keys if key not in shorts]
    if shorts:
        ends = plain.index(shorts[-1].removesuffix(":short")) + 1
        yield Lines(tuple(view.lines(plain[:ends])))
        yield Prose(("With this pair of activation and error the chain collapses to output minus target:",))
        yield Lines(tuple(view.line(key) for key in shorts))
        plain = plain[ends:]
    if plain:
        yield Lines(tuple(view.lines(plain)))


def _told(view: View) -> Iterator[str | Node]:
    h, e = Name("h", "t"), Name("E")
    yield from (
        "The chain rule goes from the error back to the first time. ",
        h,
        " is read at time t by what is above ",
    )
    yield from ("it and at the next time by the cell: ", n.Partial(e, h), " adds what comes back from both.")


def _apart(view: View) -> bool:
    """Whether every error is gone back from alone."""
    return not any(key.startswith("dE/d") for keys in sections_of(view, f"{BACKWARD}: ").values() for key in keys[:1])


def _first(view: View, sections: dict[str, list[str]]) -> list[str]:
    """The last time of each direction; of one direction also the one before, where the way over the next appears."""
    found: dict[str, str] = {}
    for name in sections:
        if "first states" not in name:
            found.setdefault(name.rpartition("time ")[0], name)
    return list(sections)[:2] if len(found) == 1 else list(found.values())


def _rows(view: View) -> Iterator[Row]:
    problem, back = view.problem, view.times[::-1]
    form = "dE/d{}"
    if problem.output:
        linear = problem.output.activation.name == "linear"
        yield from view.rows("y" if linear else "in_y", problem.output.size, back, form)
    for gate in reversed(problem.output_layers):
        yield from view.rows(f"in_{gate.letter}", gate.size, back, form)
    for one in reversed(problem.recurrences):
        letters = letters_of(one, problem.cell)
        if problem.cell == "rnn":
            letters = list(dict.fromkeys([*letters, f"h{one.tag}"]))
        kept = [each for each in letters if each.startswith("in_") or each[0] in "hcuq"]
        for letter in reversed(kept):
            yield from view.rows(letter, one.size, back, form)
    for gate in reversed(problem.input_layers):
        yield from view.rows(f"in_{gate.letter}", gate.size, back, form)


def _parameters(view: View) -> list[tuple[Weights, str]]:
    found = [(block, key) for block in view.problem.blocks for key, _ in block.entries()]
    return sorted(found, key=lambda pair: not _recurrent(view, pair[0]))


def _recurrent(view: View, block: Weights) -> bool:
    """Whether the matrix multiplies a hidden state."""
    parts = [part for one in view.problem.recurrences for gate in one.gates for part in gate.parts]
    return any(part.block is block and part.source != "x" for part in parts)


def _brought(view: View, key: str) -> list[str]:
    """The lines of what single times bring to this gradient, in the order in which they are added."""
    step = view.working.steps[f"dE/d{key}"]
    if step.rule != "shared_weight":
        return []
    return [arg.name for arg in (step.formula.args or (step.formula,)) if arg.is_Symbol and arg.name in view.working]


def _shares(view: View) -> Iterator[Block]:
    """The contributions of each time to one gradient in full, to the others as a table."""
    shared = [(key, _brought(view, key)) for _, key in _parameters(view)]
    shared = [(key, brought) for key, brought in shared if len(brought) > 1]
    if not shared:
        return
    key, brought = shared[0]
    yield Heading(("What each time brings to ", n.Partial(Name("E"), name_of(key))), level=2)
    yield Prose((name_of(key), " works at every time; its gradient adds what it does at each of them."))
    yield Lines((*(_share(view, each) for each in brought), view.line(f"dE/d{key}", names=False)))
    if len(shared) == 1:
        return
    yield Heading(("What each time brings to the others",), level=2)
    rows = shared[1:] if view.everything else shared[1 : _MOST_SHARES + 1]
    if len(rows) < len(shared) - 1:
        view.left_out = True
    yield _share_table(view, rows)


def _share(view: View, key: str) -> Equation:
    of, _, rest = key.partition("/")
    time = rest.rpartition("@")[2]
    step = view.working.steps[key]
    left: Node = n.Word(f"time {time}" if of == "dE" else f"{of[1:]}, time {time}")
    rights: list[Node] = [view.writer.in_names(step), view.writer.in_numbers(step), view.number(key)]
    return Equation(left, without_repeats(rights), key=key)


def _share_table(view: View, shared: list[tuple[str, list[str]]]) -> Table:
    """A row for each parameter, a column for each time, and the sum."""
    times = list(view.times)
    kept = view.shown_times(times)
    body: list[tuple[Text, ...]] = []
    for key, brought in shared:
        cells: list[Text] = []
        for time in kept:
            mine = [each for each in brought if each.endswith(f"@{time}")]
            cells.append(("…",) if time is None else _added(view, mine))
        body.append(((name_of(key),), *cells, (view.number(f"dE/d{key}"),)))
    heads: list[Text] = [("…",) if time is None else (f"time {time}",) for time in kept]
    return Table((("",), *heads, ("sum",)), tuple(body), right=frozenset(range(1, len(kept) + 2)))


def _added(view: View, keys: list[str]) -> Text:
    """What several errors bring at one time, one behind the other."""
    parts: list[str | Node] = []
    for key in keys:
        parts += [" + " if parts else "", n.bracket(view.number(key)) if parts else view.number(key)]
    return tuple(parts) or ("–",)


def _gradients(view: View) -> Iterator[Block]:
    yield Heading(("Gradients",), level=2)
    yield Prose(("The gradient by every weight, in the places of the weights:",))
    yield from weight_blocks(view, "dE/d{}")


def _sizes(view: View) -> Iterator[Block]:
    """How large ∂E/∂h is at each time, and what becomes of it."""
    keys = [key for key, step in view.working.steps.items() if step.section == NORMS]
    if len(keys) < 2:
        return
    yield Heading(("Size of the gradient through time",), level=2)
    kept = keys if len(keys) <= 6 or view.everything else [*keys[:4], keys[-1]]
    names = max(one.size for one in view.problem.recurrences) > 1
    yield Lines(tuple(view.line(key, names=names and key == keys[0]) for key in kept))
    for one in view.problem.recurrences:
        mine = [key for key in keys if key.startswith(f"norm{one.tag}_")]
        if len(mine) > 1:
            yield Prose((_verdict(view, f"h{one.tag}", mine[0], mine[-1]),))


def _verdict(view: View, letter: str, last: str, first: str) -> str:
    """Whether the gradient vanishes or explodes on its way back, in words."""
    start, end = view.solution.values.number(last), view.solution.values.number(first)
    times = [key.rpartition("_")[2] for key in (last, first)]
    way = f"From time {times[0]} back to time {times[1]} the size of ∂E/∂{spell(unit_name(letter, 1, 0))} goes from "
    way += f"{view.solution.values.texts[last]} to {view.solution.values.texts[first]}"
    if start == 0 or end == 0:
        return f"{way}."
    if end < start:
        return f"{way}: it shrinks; over many times such a gradient vanishes."
    return f"{way}: it grows; over many times such a gradient explodes."


def update_blocks(view: View) -> Iterator[Block]:
    """W' = W − η ∂E/∂W: the first entry in full, then all new weights."""
    first = view.problem.blocks[0]
    yield Heading(("Update",))
    yield Prose(("All gradients were made with the old weights; every weight changes at once.",))
    yield Lines((view.line(f"{first.key(0, 0, 1)}'"),))
    yield Prose(("The new weights, in the places of the old ones:",))
    yield from weight_blocks(view, "{}'")
