"""What is asked of a problem: all of it, some quantities, the wrong line of a working, the mistake of a student."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from msgspec import Struct

from solver.api import loads, solve
from solver.errors import DlsolveError
from solver.render.spelling import spell
from solver.rounding import shown

from .mistakes import slips
from .wishes import Draw, Wishes

_DETECTIVE = ("line", "mistake")


class Ask(Struct, frozen=True):
    """A way to ask: what is to be found (nothing: all), keys of the spec that are left out, the share of points.

    words: what is said beside the quantities that are to be found
    """

    find: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    share: float = 1.0
    words: str = ""


Offered = Mapping[str, Ask]


class Posing(Struct, frozen=True):
    """A spec before it is decided what is asked of it: words for all of it, points for all of it, and its rules."""

    spec: dict[str, Any]
    points: int
    unfit: Callable[[Any], str]
    words: str = ""


def posing(form: Random, posed: Posing, offered: Offered, wishes: Wishes) -> Draw:
    """The draw that asks in one of the ways offered; 'line' and 'mistake' name what leads to them.

    Easy problems ask for no mistake unless --set says so. Raises DlsolveError for a way that is not offered.
    """
    easy = wishes.level == "easy" and any(name not in _DETECTIVE for name in offered)
    plain = [name for name in offered if name not in _DETECTIVE]
    usual = plain if easy else [*plain, *plain, *(name for name in offered if name in _DETECTIVE)]
    name = wishes.word("ask", form.choice(usual), tuple(offered))
    ask = offered[name]
    spec = {key: value for key, value in posed.spec.items() if key not in ask.without}
    if ask.find:
        spec["find"] = list(ask.find)
    points = max(2, round(posed.points * ask.share))
    if name == "line":
        return _wrong_line(form, spec, points, posed.unfit)
    if name == "mistake":
        return _mistake(form, spec, points, posed.unfit)
    words = ask.words if ask.find else posed.words
    return Draw(spec, words, points=points, unfit=posed.unfit)


def _solved(spec: dict[str, Any]) -> Any:
    return solve(loads(json.dumps(spec)), check=False)


def _wrong_line(form: Random, spec: dict[str, Any], points: int, unfit: Callable[[Any], str]) -> Draw:
    """The spec with a line that goes wrong so that it can be seen."""
    from solver.slips import possible, shown, slipped

    try:
        solution = _solved(spec)
    except DlsolveError:
        return Draw(spec, refused="the numbers have no result")
    lines = [(key, name) for key in shown(solution) for name in possible(solution, key)]
    form.shuffle(lines)
    for key, name in lines:
        try:
            slipped(solution, key, name)
        except DlsolveError:
            continue
        return Draw({**spec, "slip": {key: name}}, points=min(points, 5), unfit=unfit)
    return Draw(spec, refused="no line can go wrong so that it is seen")


def _mistake(form: Random, spec: dict[str, Any], points: int, unfit: Callable[[Any], str]) -> Draw:
    """The spec with what a student found who made a classic mistake on the way to its last quantity."""
    try:
        solution = _solved(spec)
    except DlsolveError:
        return Draw(spec, refused="the numbers have no result")
    key = spec["find"][-1]
    right = solution.full_values.numbers
    found = {slip.mistake: slip.values([key], right) for slip in slips(solution)}
    seen = {
        mistake.name: (mistake.words, _written(values[key]))
        for mistake, values in found.items()
        if values and _written(values[key]) != _written(right[key])
    }
    if not seen:
        return Draw(spec, refused="no mistake can be seen")
    words, number = seen[form.choice(sorted(seen))]
    name = spell(solution.name(key))
    told = (
        f"A student finds {name} = {number.replace('-', '−')}, which is wrong. "
        "Work it out, and say which mistake leads to that number."
    )
    return Draw(spec, told, f"The student's mistake: {words}", points, unfit=unfit)


def _written(value: Any) -> str:
    """A number as a student writes it."""
    return f"{int(value)}" if value == int(value) else shown(float(value), 4)
