"""From a Working to a solution: values, what is asked for, and answers that are no single number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from ..check.audit import Audit
from ..errors import NotAsked
from ..evaluate import Values, evaluate
from ..options import Options
from ..page.blocks import Page
from ..solution import Keys, Worked
from ..working import Working
from .after_update import KEY, NAME, error_after

Checked = Callable[[Mapping[str, float]], Audit]


@dataclass(frozen=True)
class Told(Worked):
    """A solution with answers beside its quantities.

    facts: answers that are true, false, null (not defined), or lists that hold such
    """

    facts: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The answers by name: lists, then single quantities, then facts."""
        listed = super().answers
        return listed if self.asked else {**listed, **self.facts}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a topic says about its problem.

    answer_keys, grouped: see Worked; facts: see Told, from the values as the page shows them
    undefined: quantities that have no value, with the reason, such as 'precision': '0/0'
    checked:   holds the values, carried in full, against the reference of the kind
    """

    kind: str
    title: str
    problem: Any
    working: Working
    answer_keys: tuple[str, ...]
    conventions: Mapping[str, object]
    checked: Checked
    page: Callable[[Worked], Page]
    grouped: Mapping[str, Keys] = field(default_factory=dict)
    facts: Callable[[Values], Mapping[str, object]] = lambda values: {}
    undefined: Mapping[str, str] = field(default_factory=dict)


def assembled(sheet: Sheet, options: Options) -> Told:
    """The solution as the options ask for it.

    Raises NotComputable where the numbers have no result, NotAsked for a key it does not have.
    """
    full = evaluate(sheet.working, options.digits)
    values = full if options.carry == "full" else evaluate(sheet.working, options.digits, "rounded")
    proved = error_after(sheet.working, full, options, "full")
    after = proved if options.carry == "full" else error_after(sheet.working, values, options, "rounded")
    known = {key: float(value) for key, value in full.numbers.items()}
    known |= {} if proved is None else {KEY: float(proved)}
    solution = Told(
        kind=sheet.kind,
        title=sheet.title,
        problem=sheet.problem,
        options=options,
        working=sheet.working,
        values=values,
        full_values=full,
        asked=(),
        answer_keys=(*sheet.answer_keys, *(() if after is None else (KEY,))),
        conventions={"carry": options.carry, "digits": options.digits, **sheet.conventions},
        check=sheet.checked(known) if options.check else None,
        page_maker=sheet.page,
        grouped=sheet.grouped,
        extra={} if after is None else {KEY: float(after)},
        extra_names={} if after is None else {KEY: NAME},
        facts=sheet.facts(values),
    )
    asked = tuple(key for each in options.find for key in _meant(each, sheet, solution))
    return replace(solution, asked=asked, answer_keys=asked) if asked else solution


def _meant(typed: str, sheet: Sheet, solution: Worked) -> tuple[str, ...]:
    """The keys behind what was asked for: a list's name stands for all of it. Raises NotAsked."""
    if typed in sheet.undefined:
        raise NotAsked(f"{typed} is not defined here: {sheet.undefined[typed]}", typed)
    if typed in sheet.grouped:
        return tuple(key for key in dict.fromkeys(flat(sheet.grouped[typed])) if key in solution.working.steps)
    key = solution.resolve(typed)
    if key in solution.working.givens:
        raise NotAsked(f"{key} is given, there is nothing to find", key)
    return (key,)


def flat(keys: Keys) -> tuple[str, ...]:
    """The keys of a list of lists, one after the other."""
    return (keys,) if isinstance(keys, str) else tuple(key for each in keys for key in flat(each))


def one_by_one(solution: Worked) -> Worked:
    """The same solution with every list taken apart into its quantities, as a page speaks of them."""
    listed = () if solution.asked else tuple(key for keys in solution.grouped.values() for key in flat(keys))
    known = {*solution.working.steps, *solution.extra}
    keys = tuple(dict.fromkeys(key for key in (*listed, *solution.answer_keys) if key in known))
    parts = {each.name: getattr(solution, each.name) for each in fields(Worked)}
    return Worked(**{**parts, "answer_keys": keys, "grouped": {}})
