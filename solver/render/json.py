"""The solution as plain data, as the interface lays it down."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from .. import notation as n
from ..algebra import Expr
from ..evaluate import holds
from ..formula import written
from ..notation import Node
from ..page.lines import letter
from ..version import __version__
from ..working import Step
from . import python
from .latex_maths import maths

if TYPE_CHECKING:
    from ..solution import Worked


def data(solution: Worked) -> dict[str, Any]:
    """Givens, steps, answers and check in full double precision."""
    writer = _Steps(solution)
    steps = solution.working.steps
    result: dict[str, Any] = {
        "dlsolve": __version__,
        "version": 1,
        "kind": solution.kind,
        "title": solution.title,
        "conventions": dict(solution.conventions),
        "givens": _givens(solution),
        "steps": [writer.step(steps[key]) for key in (solution.shown_keys if solution.asked else steps)],
        "answers": solution.answers,
    }
    if solution.history:
        result["history"] = list(solution.history)
    if solution.check is not None:
        found = asdict(solution.check) | {"skipped": list(solution.check.skipped)}
        largest = solution.check.max_error
        result["check"] = {key: value for key, value in found.items() if value is not None}
        result["check"]["max_error"] = largest if isfinite(largest) else None
    return result


def _givens(solution: Worked) -> dict[str, Any]:
    """Numbers as numbers; letters as they were typed."""
    given = solution.working.givens
    if not solution.letters:
        return {key: solution.values.number(key) for key in given}
    return {
        key: solution.spelled(key) if solution.letters[key].free_symbols else solution.values.number(key)
        for key in given
    }


class _Steps:
    def __init__(self, solution: Worked) -> None:
        self.solution = solution
        self.letters = solution.letters
        self.working = solution.working
        self.values = solution.values
        self.rounded = solution.options.carry == "rounded"

    def step(self, step: Step) -> dict[str, Any]:
        return {
            "key": step.key,
            "section": step.section,
            "rule": step.rule,
            **(self._in_letters(step) if self.letters else self._in_numbers(step)),
        }

    def _in_letters(self, step: Step) -> dict[str, Any]:
        found = self.solution.spelled(step.key)
        body = maths(written(self.letters[step.key], letter))
        return {"formula": found, "numbers": found, "value": None, "latex": f"{maths(step.name)} = {body}"}

    def _in_numbers(self, step: Step) -> dict[str, Any]:
        return {
            "formula": python.spell(written(step.formula, self._key)),
            "numbers": python.spell(written(self._as_worked(step), self._number, self._holds)),
            "value": self.values.number(step.key),
            "latex": self._latex(step),
        }

    def _as_worked(self, step: Step) -> Expr:
        """The formula, or the form of it that stays within double precision."""
        return self.values.lowered.get(step.key, step.formula)

    def _key(self, key: str) -> Node:
        """A key inside a formula; in brackets where it has signs of its own."""
        return n.Word(f"({key})" if "/" in key or ":" in key else key)

    def _number(self, key: str) -> Node:
        given = self.working.givens.get(key)
        if given is not None:
            return n.Number(given.number.text)
        return n.Number(self.values.texts[key] if self.rounded else self.values.full(key))

    def _shown(self, key: str) -> Node:
        return n.Number(self.values.texts[key])

    def _holds(self, condition: object) -> bool:
        return holds(condition, self.values.numbers)

    def _latex(self, step: Step) -> str:
        numbers = written(step.formula, self._shown, self._holds)
        parts = [step.name, written(step.formula, self.working.name), numbers, self._shown(step.key)]
        return " = ".join(dict.fromkeys(maths(part) for part in parts))
