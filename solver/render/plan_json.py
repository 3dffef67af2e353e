"""A plan as plain data, as the interface lays it down for cnn-shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..cnn.data import conventions_data, plan_data
from ..version import __version__
from .latex_maths import maths

if TYPE_CHECKING:
    from ..cnn.line import Line
    from ..topics.cnn_shapes import Planned

_RULES = {
    "parameters": "parameters",
    "running": "running_statistics",
    "macs": "macs",
    "operations": "operations",
    "memory": "memory",
}


def data(solution: Planned) -> dict[str, Any]:
    """Layers, totals, worked lines, answers and check."""
    result: dict[str, Any] = {
        "dlsolve": __version__,
        "version": 1,
        "kind": solution.kind,
        "title": solution.title,
        "conventions": conventions_data(solution.problem),
        "input": list(_shown(solution)),
    }
    if solution.plan is not None:
        result |= {"steps": list(_steps(solution)), **plan_data(solution.plan)}
    result["answers"] = solution.answers
    if solution.check is not None:
        check = solution.check
        result["check"] = {
            "backend": check.backend,
            "compared": check.compared,
            "run": check.run,
            "max_error": check.max_error,
            "agrees": check.agrees,
        }
        if check.detail:
            result["check"]["detail"] = check.detail
    return result


def _shown(solution: Planned) -> tuple[int, ...]:
    size = solution.problem.input
    return (size[-1], *size[:-1]) if solution.problem.channels_first else size


def _steps(solution: Planned) -> list[dict[str, Any]]:
    """Every worked line, or those that --find names."""
    asked = set(solution.asked)
    return [
        _step(name, line)
        for name, layer in solution.named.items()
        for line in solution.lines(layer)
        if not asked or asked & {name, f"{name}.{line.key}"}
    ]


def _step(name: str, line: Line) -> dict[str, Any]:
    return {
        "key": f"{name}.{line.key}",
        "section": name,
        "rule": _rule(line.key),
        "formula": line.formula,
        "numbers": line.numbers,
        "value": line.value,
        "latex": " = ".join(maths(part) for part in (line.left, *line.sides)),
    }


def _rule(key: str) -> str:
    """What kind of line it is: a size along an axis, unless its key says otherwise."""
    if key.startswith("field_"):
        return "receptive_field"
    return "jump" if key.startswith("jump_") else _RULES.get(key, "size")
