"""What a marker looks at: final answers in a line, with those of rounding by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from solver import notation as n
from solver.page.blocks import Inline, Text
from solver.rounding import shown

from .asked import rounded_by_hand
from .posed import Posed
from .rules import final_keys

_LONGEST = 200  # characters of an answer that still stands in the table
_MOST = 14  # quantities that are named one by one
_NOT_ASKED = ("table", "history", "errors", "history_gradients", "bounds", "repeats", "log10", "labels")


def final_answers(problem: Posed) -> Text:
    """The answers in a line; where rounding by hand gives another one, that stands behind it."""
    solution = problem.solution
    if solution.options.slip is not None:
        return tuple(_wrong_line(solution))
    found = list(_of_plan(solution) if problem.kind == "cnn-shapes" else _of_working(solution))
    parts: list[Inline] = []
    for answer in found:
        parts += ["; ", *answer] if parts else answer
    return tuple(parts)


def _wrong_line(solution: Any) -> Iterator[Inline]:
    from solver.slips import SLIPS, wrong_line

    found = wrong_line(solution)
    yield from ("line ", n.Mark(found.shown.index(found.key) + 1), f": {SLIPS[solution.options.slip.slip].sentence}; ")
    yield from (solution.name(found.key), f" = {solution.text(found.key)}".replace("-", "−"))


def _of_working(solution: Any) -> Iterator[Text]:
    """Quantities by their names; where they are many, lists and matrices."""
    keys = final_keys(solution)
    named = keys if len(keys) <= _MOST or solution.asked else getattr(solution, "answer_keys", ())
    by_hand = rounded_by_hand(solution, named)
    for key in named:
        text, other = solution.text(key), by_hand.get(key, "")
        accepted = f" (by hand {other})" if other and other != text else ""
        yield (solution.name(key), f" = {text}{accepted}".replace("-", "−"))
    listed = set(solution.grouped) if named is keys else set()
    for key, value in solution.answers.items():
        if key in named or key in listed or key in _NOT_ASKED or value is None:
            continue
        if len(spelled := _compact(value)) <= _LONGEST:
            yield (f"{key.replace('_', ' ')}: {spelled}",)


def _of_plan(solution: Any) -> Iterator[Text]:
    """The output and parameters of every layer, then the totals; of a '?' every solution."""
    if solution.answer is not None:
        for values in solution.answer.solutions:
            yield (", ".join(f"{name} {value}" for name, value in values.items()),)
    elif solution.asked:
        for key, value in solution.answers.items():
            yield (f"{key}: {_compact(value)}",)
    else:
        for layer in solution.plan.layers:
            size = " × ".join(map(str, solution.plan.shown(layer.output)))
            yield (f"{layer.name} {size}" + (f" ({layer.parameters:,})" if layer.parameters else ""),)
    if solution.plan is not None and not solution.asked:
        yield (f"parameters {solution.plan.total_parameters:,}",)


def _compact(value: Any) -> str:
    if isinstance(value, list):
        return f"({', '.join(map(_compact, value))})"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_compact(each)}" for name, each in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e6:
            return f"{value:.0f}".replace("-", "−")
        return shown(value, 4).replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else str(value)
