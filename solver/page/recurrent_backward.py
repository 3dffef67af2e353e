"""Backpropagation through time on the page: the last times in full, what each time brings, sizes, the update."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..notation import Name, Node
from ..render.spelling import number as spelled
from ..render.spelling import spell
from ..spec.recurrent_problem import Block as Weights
from ..spec.recurrent_problem import entry
from ..topics.recurrent_backward import BACKWARD, NORMS, WEIGHTS
from ..topics.recurrent_names import name_of
from .blocks import Block, Equation, Heading, Lines, Prose, Table, Text
from .lines import without_repeats
from .recurrent_forward import sections_of
from .recurrent_tables import weight_blocks
from .recurrent_view import Row, View, first_units, letters_of, unit_name

_MOST_SHARES, _MOST_LISTED = 12, 8  # parameters whose contributions stand in the table; times that are listed


def backward_blocks(view: View) -> Iterator[Block]:
    """Slopes back in time, contributions, gradients, sizes."""
    sections = {name: keys for name, keys in sections_of(view, BACKWARD).items() if name not in (WEIGHTS, NORMS)}
    whole = view.is_short(sections)
    yield Heading(("Back through time",))
    yield Prose(tuple(_told(view)))
    for index, name in enumerate(list(sections) if whole else _first(view, sections)):
        yield Heading((name.partition(": ")[2].capitalize(),), level=2)
        kept = sections[name] if whole else first_units(sections[name])
        if index and not whole and not view.problem.bidirectional and not _apart(view):
            kept = [key for key in kept if "/dh" in key or "/dc" in key]
        yield from _lines(view, kept)
    if _apart(view):
        yield Prose(("The errors of the other times go back the same way. Slopes by the first unit:",))
        yield view.by_time(list(_by_error(view)), view.times[::-1])
    elif view.problem.steps > 1 or not whole:
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


def _by_error(view: View) -> Iterator[Row]:
    """A row for each error that is gone back from alone: its slope by the hidden state at every time."""
    one = view.problem.layers[-1][0]
    for last in [time for time in view.times if view.problem.targets[time - 1]][::-1][:_MOST_SHARES]:
        keys = [f"dE_{last}/d{entry(f'h{one.tag}_{time}', one.size, 0)}" for time in view.times[::-1]]
        yield (n.Partial(name_of(f"E_{last}"), unit_name(f"h{one.tag}", one.size, 0)),), keys


def _apart(view: View) -> bool:
    """Whether every error is gone back from alone."""
    return bool(view.problem.truncate) and sum(target is not None for target in view.problem.targets) > 1


def _first(view: View, sections: dict[str, list[str]]) -> list[str]:
    """The last time of each direction; of one direction also the one before, where the way over the next appears."""
    if _apart(view):
        head = next(iter(sections)).rpartition(", ")[0]
        return [name for name in sections if name.startswith(head)][:2]
    found: dict[str, str] = {}
    for name in sections:
        if "first states" not in name:
            found.setdefault(name.rpartition("time ")[0], name)
    return list(sections)[:2] if len(found) == 1 else list(found.values())


def _rows(view: View) -> Iterator[Row]:
    sizes = list(_backwards(view))
    for letter, size in sizes:
        yield from view.rows(letter, size, view.times[::-1], "dE/d{}", most=view.units(len(sizes)))


def _backwards(view: View) -> Iterator[tuple[str, int]]:
    """The vectors whose slopes stand in the table, from the output to the input."""
    problem = view.problem
    if problem.output:
        yield "y" if problem.output.activation.name == "linear" else "in_y", problem.output.size
    for gate in reversed(problem.output_layers):
        yield f"in_{gate.letter}", gate.size
    for one in reversed(problem.recurrences):
        letters = dict.fromkeys([*letters_of(one, problem.cell), f"h{one.tag}"])
        for letter in reversed(letters):
            if letter.startswith("in_") or letter[0] in "hcuq":
                yield letter, one.size
    for gate in reversed(problem.input_layers):
        yield f"in_{gate.letter}", gate.size


def _parameters(view: View) -> list[tuple[Weights, str]]:
    found = [(block, key) for block in view.problem.blocks for key, _ in block.entries()]
    return sorted(found, key=lambda pair: not _recurrent(view, pair[0]))


def _recurrent(view: View, block: Weights) -> bool:
    """Whether the matrix multiplies a hidden state."""
    parts = [part for one in view.problem.recurrences for gate in one.gates for part in gate.parts]
    return any(part.block is block and part.source != "x" for part in parts)


def _brought(view: View, key: str) -> list[str]:
    """The lines of what single times bring to this gradient, in the order in which they are added."""
    formula = view.working.steps[f"dE/d{key}"].formula
    names = [each.name for each in formula.args or (formula,) if each.is_Symbol]
    steps = view.working.steps
    return [name for name in names if name in steps and steps[name].rule == "time_share"]


def _shares(view: View) -> Iterator[Block]:
    """The contributions of each time to one gradient in full, to the others as a table."""
    if view.problem.steps == 1 or not view.problem.share:
        return
    parameters = [key for _, key in _parameters(view)]
    shared = [(key, brought) for key in parameters if len(brought := _brought(view, key)) > 1]
    key, brought = shared[0] if shared else (parameters[0], [])
    yield Heading(("What each time brings to ", n.Partial(Name("E"), name_of(key))), level=2)
    yield Prose((name_of(key), " works at every time; its gradient adds what it does at each of them."))
    kept = brought if len(brought) <= _MOST_LISTED else [*brought[:3], *brought[-3:]]
    view.left_out |= len(kept) < len(brought)
    yield Lines((*(_share(view, each) for each in kept), view.line(f"dE/d{key}", names=False)))
    if len(shared) > 1:
        yield Heading(("What each time brings to the others",), level=2)
        view.left_out |= len(shared) > _MOST_SHARES + 1
        yield _share_table(view, shared[1 : _MOST_SHARES + 1])


def _share(view: View, key: str) -> Equation:
    of, _, rest = key.partition("/")
    time = rest.rpartition("@")[2]
    step = view.working.steps[key]
    left: Node = n.Word(f"time {time}" if of == "dE" else f"{of[1:]}, time {time}")
    rights: list[Node] = [view.writer.in_names(step), view.writer.in_numbers(step), view.number(key)]
    return Equation(left, without_repeats(rights), key=key)


def _share_table(view: View, shared: list[tuple[str, list[str]]]) -> Table:
    """A row for each parameter, a column for each time, and the sum."""
    columns = [[_at(brought, time) for _, brought in shared] for time in view.times]
    widths = [max(6, *(sum(view.width([key]) + 5 for key in keys) - 5 for keys in column)) for column in columns]
    label = max(len(spell(name_of(key))) for key, _ in shared) + 10  # and the sum
    kept = view.fitting(label, widths)
    body: list[tuple[Text, ...]] = []
    for row, (key, _) in enumerate(shared):
        cells: list[Text] = [("…",) if place is None else _added(view, columns[place][row]) for place in kept]
        body.append(((name_of(key),), *cells, (view.number(f"dE/d{key}"),)))
    heads: list[Text] = [("…",) if place is None else (f"time {view.times[place]}",) for place in kept]
    return Table((("",), *heads, ("sum",)), tuple(body), right=frozenset(range(1, len(kept) + 2)))


def _at(brought: list[str], time: int) -> list[str]:
    return [each for each in brought if each.endswith(f"@{time}")]


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
    way += f"{spelled(view.solution.values.texts[last])} to {spelled(view.solution.values.texts[first])}"
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
