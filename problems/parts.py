"""What is made of a proved problem: one row = one part that a file of the set is put together from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .plan import Plan
from .posed import Posed

Maker = Callable[[Posed, Plan], bytes]

QUICK = frozenset({"line", "line_key"})
"""Parts that need the numbers of a solution alone."""


def maker(name: str) -> Maker:
    """What makes a part."""
    return _MAKERS[name]


def _line(problem: Posed, plan: Plan) -> bytes:
    return _json(_told(problem))


def _line_key(problem: Posed, plan: Plan) -> bytes:
    return _json({**_told(problem), "note": problem.note, "answers": _shortened(problem.solution.answers)})


def _told(problem: Posed) -> dict[str, Any]:
    return {
        "id": problem.number,
        "kind": problem.kind,
        "points": problem.points,
        "spec": problem.spec,
        "ask": problem.ask,
    }


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _shortened(value: Any) -> Any:
    """Numbers to 15 digits, which do not depend on the order in which they were added."""
    if isinstance(value, float):
        return float(f"{value:.15g}")
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list | tuple) else value


_MAKERS: dict[str, Maker] = {"line": _line, "line_key": _line_key}
