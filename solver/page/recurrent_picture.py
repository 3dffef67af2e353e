"""The recurrent network unrolled over time, in characters of one width."""

from __future__ import annotations

from collections.abc import Sequence

from ..render.spelling import name as spelled
from ..spec.recurrent_problem import Recurrence, Recurrent
from ..topics.recurrent_names import name_of

_MOST, _ROOM, _DOTS = 4, 72, "…"


def unrolled(problem: Recurrent) -> tuple[str, ...]:
    """A column for each time, a row for each layer and direction, the inputs below, the outputs above."""
    times = list(range(1, problem.steps + 1))
    columns: list[int | None] = [*times] if len(times) <= _MOST else [1, 2, None, times[-1]]
    box = f"[ {problem.cell} ]"
    margin = max(len(_first(problem, one)) for one in problem.recurrences) + 1
    width = min(len(box) + 8, (_ROOM - 2 * margin) // len(columns))
    lines: list[str] = []
    if problem.output or problem.has_target:
        lines += _outputs(problem, columns, width, margin)
    for layer in reversed(problem.layers):
        for one in reversed(layer):
            lines.append(_chain(problem, one, columns, box, width, margin))
            if one is not layer[0]:
                lines.append("")
        lines.append(_row(["" if t is None else "↑" for t in columns], width, margin))
    lines.append(_row([_read(problem, time) for time in columns], width, margin))
    return tuple(line.rstrip() for line in lines)


def _name(key: str) -> str:
    return spelled(name_of(key))


def _first(problem: Recurrent, one: Recurrence) -> str:
    """What the chain starts from, at its left end: the first state, or the last one where it runs backwards."""
    time = 1 if one.backwards else 0
    cell = f", {_name(f'c{one.tag}_{time}')}" if problem.cell == "lstm" else ""
    return f"{_name(f'h{one.tag}_{time}')}{cell}"


def _row(cells: Sequence[str], width: int, margin: int) -> str:
    return " " * margin + "".join(cell.center(width) for cell in cells)


def _read(problem: Recurrent, time: int | None) -> str:
    if time is None:
        return _DOTS
    if time <= len(problem.inputs):
        return _name(f"x_{time}")
    return _name(f"y_{time - 1}") if problem.feedback else "–"


def _outputs(problem: Recurrent, columns: list[int | None], width: int, margin: int) -> list[str]:
    """The outputs that are worked, with the error of those that have a target."""
    letter = "y" if problem.output else "h"
    tops: list[str] = []
    for time in columns:
        there = time is not None and time in problem.output_times
        target = there and time is not None and problem.targets[time - 1] is not None
        tops.append((_name(f"{letter}_{time}") + (f" → E_{time}" if target else "")) if there else "")
    return [_row(tops, width, margin), _row(["↑" if top else "" for top in tops], width, margin)]


def _chain(problem: Recurrent, one: Recurrence, columns: list[int | None], box: str, width: int, margin: int) -> str:
    """One layer in one direction: boxes and the states that pass between them."""
    last = f"{_name(f'h{one.tag}_{problem.steps + (1 if one.backwards else 0)}')}"
    body = "".join(f" {_DOTS if time is None else box} ".center(width, "─") for time in columns)
    if one.backwards:
        body = "<" + body.replace("] ─", "] <").replace(f"{_DOTS} ─", f"{_DOTS} <")[1:-1] + "─"
    else:
        body = "─" + body.replace("─ [", "> [").replace(f"─ {_DOTS}", f"> {_DOTS}")[1:-1] + ">"
    return f"{_first(problem, one).rjust(margin - 1)} {body} {last}"
