"""What is made of a proved problem: one row = one part that a file of the set is put together from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from solver.page.blocks import Page

from .export import About
from .posed import Posed

Maker = Callable[[Posed, About], bytes]

QUICK = frozenset({"line", "line_key"})
"""Parts that need the numbers of a solution alone."""


def maker(name: str) -> Maker:
    """What makes a part."""
    return _MAKERS[name]


def problem_data(problem: Posed, solved: bool = False) -> dict[str, Any]:
    """A problem in JSON, see the interface."""
    from solver.render.text import render

    page = Page(problem.spec.get("title") or problem.kind, problem.question())
    told = {
        "id": problem.number,
        "kind": problem.kind,
        "points": problem.points,
        "spec": problem.spec,
        "question": render(page, 80, False),
    }
    return {**told, "solution": problem.solution.to_json()} if solved else told


def _line(problem: Posed, about: About) -> bytes:
    """One line of JSON: what is given and asked."""
    return _json(_told(problem))


def _line_key(problem: Posed, about: About) -> bytes:
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


def _printed(figures: bool) -> Maker:
    def make(problem: Posed, about: About) -> bytes:
        from .printed import packed, printed

        return packed(printed(problem, about.instructions), figures)

    return make


def _exported(name: str) -> Maker:
    def make(problem: Posed, about: About) -> bytes:
        from .export import export

        return msgspec.msgpack.encode(export(name).item(problem, about))

    return make


_MAKERS: dict[str, Maker] = {
    "line": _line,
    "line_key": _line_key,
    "data": lambda problem, about: _json(problem_data(problem)),
    "data_key": lambda problem, about: _json(problem_data(problem, solved=True)),
    "printed": _printed(figures=False),
    "drawn": _printed(figures=True),
    **{name: _exported(name) for name in ("moodle", "qti12", "qti21", "rexams")},
}
