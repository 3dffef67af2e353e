"""What a marker looks at: final answers in a line, with those of rounding by hand."""

from __future__ import annotations

from typing import Any

from solver.errors import NotComputable
from solver.page.blocks import Text
from solver.rounding import shown

from .posed import Posed

_LONGEST = 200  # characters of an answer that still stands in the table
_NOT_ASKED = ("table", "history", "errors", "history_gradients")


def final_answers(problem: Posed) -> Text:
    """The answers in a line; where rounding by hand gives another one, that stands behind it."""
    solution = problem.solution
    named = getattr(solution, "answer_keys", ())
    by_hand = _by_hand(solution) if named else {}
    parts: list[Any] = []
    for key, value in solution.answers.items():
        if key in named:
            text, other = solution.text(key), by_hand.get(key, "")
            accepted = f" (by hand {other})" if other and other != text else ""
            found: list[Any] = [solution.name(key), f" = {text}{accepted}".replace("-", "−")]
        elif key in _NOT_ASKED or value is None or len(spelled := _compact(value)) > _LONGEST:
            continue
        else:
            found = [f"{key}: {spelled}"]
        parts += ["; ", *found] if parts else found
    return tuple(parts)


def _by_hand(solution: Any) -> dict[str, str]:
    """The answers when every line is rounded and used so; none where rounding leads to no result."""
    from solver.evaluate import evaluate

    if solution.letters or solution.options.carry == "rounded":
        return {}
    try:
        rounded = evaluate(solution.working, solution.options.digits, "rounded")
    except NotComputable:
        return {}
    return {key: rounded.texts[key] for key in solution.answer_keys if key not in solution.extra}


def _compact(value: Any) -> str:
    if isinstance(value, list):
        return f"({', '.join(map(_compact, value))})"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_compact(each)}" for name, each in value.items())
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e6:
            return f"{value:.0f}".replace("-", "−")
        return shown(value, 4).replace("-", "−")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
