"""Problems that differ in their numbers alone: one is worked, the others run through its compiled working."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy
from msgspec import Struct

from solver.api import loads, solve
from solver.check.stack import Verdict, stackable, verdict
from solver.errors import NotComputable
from solver.evaluate import Values, compiled, program
from solver.kinds import kind
from solver.rounding import Value
from solver.solution import Worked
from solver.spec.document import Document
from solver.spec.number import Number
from solver.topics.backprop import work

from .mistakes import Slip, same, slips

KINDS = ("backprop",)
"""The kinds whose problems can be run through a template."""

_TAG = "#"


class Form(Struct, frozen=True):
    """A spec without its numbers.

    skeleton: the spec in JSON, each number as '0', '1' or '#', for a working may leave out what is 0 or 1
    numbers:  its numbers, in order
    """

    skeleton: str
    numbers: tuple[float, ...]


def form_of(spec: Mapping[str, Any]) -> Form:
    """The form of a spec as plain data; what is asked for is left out."""
    numbers: list[float] = []
    told = {key: value for key, value in spec.items() if key not in ("find", "title")}
    return Form(json.dumps(_bare(told, numbers)), tuple(numbers))


def _bare(data: Any, numbers: list[float]) -> Any:
    if isinstance(data, dict):
        return {key: _bare(value, numbers) for key, value in data.items()}
    if isinstance(data, list):
        return [_bare(each, numbers) for each in data]
    if isinstance(data, bool) or not isinstance(data, int | float):
        return [data]
    numbers.append(data)
    return f"{data:g}" if data in (0, 1) else _TAG


@dataclass(frozen=True, kw_only=True)
class Variant(Worked):
    """A solution with numbers and no texts, not yet proved.

    template: of its form; data: the numbers of its spec, in order
    """

    template: Template
    data: tuple[float, ...]

    def wrong_answers(self, keys: Sequence[str]) -> dict[str, dict[str, float]]:
        """As `mistakes.wrong_answers`, by compiled lines."""
        found = {each.slip.mistake.name: each.values(self.values.numbers, keys) for each in self.template.slips}
        return {name: values for name, values in found.items() if values}


class Template:
    """A worked problem, and what its numbers are in its working."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        told = {key: value for key, value in spec.items() if key != "find"}
        problem = loads(json.dumps(told))
        self.solution = solve(problem)
        self.network = _tagged(told)
        self.places = _places(work(self.network, problem.options.style).givens)
        self.fits = stackable(problem.data) and not self.solution.letters and self.solution.check.agrees
        self.fixed = _unplaced(form_of(spec), self.places)
        working = self.solution.working
        self.inputs = list(self.places)
        self.steps = list(working.steps)
        self.run = compiled(working, self.inputs, self.steps, "math")
        self.constants = {k: float(g.number.value) for k, g in working.givens.items() if k not in self.places}
        self.slips = [_Compiled(slip, self) for slip in slips(self.solution)]
        self._parts = {each.name: getattr(self.solution, each.name) for each in fields(Worked)}

    def variant(self, data: tuple[float, ...], asked: Sequence[str]) -> Variant:
        """The solution with these numbers. Raises NotComputable."""
        given = {key: data[place] for key, place in self.places.items()}
        try:
            found = self.run(*given.values())
        except (ZeroDivisionError, ValueError, OverflowError):
            raise NotComputable("a line", "the numbers have no result") from None
        values = Values({**self.constants, **given, **dict(zip(self.steps, found, strict=True))})
        keys = tuple(self.solution.resolve(key) for key in asked)
        chosen = {"asked": keys, "answer_keys": keys} if keys else {}
        changed = {"values": values, "full_values": values, "check": None, "template": self, "data": data}
        return Variant(**{**self._parts, **changed, **chosen})

    def proved(self, variants: Sequence[Variant], backend: str = "numpy") -> Verdict:
        """Whether the solutions agree with arrays and finite differences."""
        table = numpy.asarray([each.data for each in variants], dtype=float)
        columns = {key: numpy.asarray([float(v.values.numbers[key]) for v in variants]) for key in self.steps}

        def column(number: Number) -> Any:
            if number.text.startswith(_TAG):
                return table[:, int(number.text[1:])]
            return numpy.full(len(table), float(number.value))

        return verdict(self.network, column, columns, backend)


class _Compiled:
    """A mistake as a program over the right values."""

    def __init__(self, slip: Slip, template: Template) -> None:
        self.slip = slip
        self.keys = [key for key in template.solution.answer_keys if key in template.solution.working.steps]
        lines = slip.lines(self.keys)
        made = {key for key, _ in lines}
        uses = {symbol.name for _, formula in lines for symbol in formula.free_symbols} - made
        self.reads = [key for key in uses if key not in template.constants]
        self.outputs = [key for key, _ in lines]
        self.run = program(lines, self.reads, self.outputs, template.constants, "math") if lines else None
        self._ways: dict[tuple[str, ...], list[str]] = {}

    def values(self, right: Mapping[str, Value], keys: Sequence[str]) -> dict[str, float]:
        """What the keys come to with the mistake; empty where it cannot be seen on the way to them."""
        if self.run is None:
            return {}
        try:
            found = dict(zip(self.outputs, self.run(*(right[key] for key in self.reads)), strict=True))
        except (ZeroDivisionError, ValueError, OverflowError):
            return {}
        if all(same(found[key], right[key]) for key in self._way(tuple(keys))):
            return {}
        return {key: float(found.get(key, right[key])) for key in keys}

    def _way(self, keys: tuple[str, ...]) -> list[str]:
        """The changed lines on the way to the keys."""
        if keys not in self._ways:
            self._ways[keys] = [key for key, _ in self.slip.lines(keys) if key in self.slip.changed]
        return self._ways[keys]


class Templates:
    """The templates of a process, each made when specs of its form have come often enough."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[float, ...]], Template] = {}
        self._unplaced: dict[str, tuple[int, ...]] = {}
        self._seen: Counter[str] = Counter()

    def variant(self, spec: Mapping[str, Any], often: int) -> Variant | None:
        """The solution of a spec by numbers alone; None where its kind has no templates, or its form is too rare.

        often: how many specs of a form must have come. Raises NotComputable.
        """
        if spec.get("kind") not in KINDS:
            return None
        form = form_of(spec)
        self._seen[form.skeleton] += 1
        if self._seen[form.skeleton] < often:
            return None
        template = self.of(spec, form)
        return template.variant(form.numbers, spec.get("find", ())) if template.fits else None

    def of(self, spec: Mapping[str, Any], form: Form) -> Template:
        """The template of a spec."""
        places = self._unplaced.get(form.skeleton)
        if places is not None:
            found = self._found.get((form.skeleton, tuple(form.numbers[place] for place in places)))
            if found is not None:
                return found
        template = Template(spec)
        self._unplaced[form.skeleton] = template.fixed
        self._found[form.skeleton, tuple(form.numbers[place] for place in template.fixed)] = template
        return template


TEMPLATES = Templates()
"""Kept for the whole process: a form that comes in one batch comes in the next."""


def _tagged(spec: Mapping[str, Any]) -> Any:
    """The network with the place of each number in place of its text."""
    count = 0

    def tag(data: Any) -> Any:
        nonlocal count
        if isinstance(data, dict):
            return {key: value if key == "title" else tag(value) for key, value in data.items()}
        if isinstance(data, list):
            return [tag(each) for each in data]
        if isinstance(data, bool) or not isinstance(data, int | float):
            return data
        count += 1
        return Number(Fraction(repr(data)), f"{_TAG}{count - 1}")

    return kind("backprop").read(Document("<template>", tag(spec), {}, {}))[0]


def _places(givens: Mapping[str, Any]) -> dict[str, int]:
    """For each given that is a number of the spec, which one."""
    return {key: int(g.number.text[1:]) for key, g in givens.items() if g.number.text.startswith(_TAG)}


def _unplaced(form: Form, places: Mapping[str, int]) -> tuple[int, ...]:
    """The numbers that are no givens: sizes, counts, settings."""
    return tuple(sorted(set(range(len(form.numbers))) - set(places.values())))
