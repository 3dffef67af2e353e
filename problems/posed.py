"""A problem drawn, solved and proved; drawn again until its numbers are kind."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from solver.api import loads, solve
from solver.errors import DlsolveError, NotComputable, SpecError
from solver.page.blocks import Block, Prose

from .numbers import flattened
from .plan import Entry
from .wishes import Draw

MOST_ATTEMPTS = 600
_FORM_AFTER = 60  # attempts after which another form is tried


@dataclass(frozen=True, slots=True)
class Posed:
    """A proved problem: its number, kind and spec, what is asked beside it, points, and the solution."""

    number: str
    kind: str
    spec: dict[str, Any]
    ask: str
    points: int
    solution: Any
    note: str = ""

    def question(self) -> tuple[Block, ...]:
        """The blocks of the question."""
        solution = self.solution
        alone = replace(solution, options=replace(solution.options, question=True))
        blocks: tuple[Block, ...] = alone.page().blocks
        return (*blocks, Prose((self.ask,))) if self.ask else blocks


@dataclass(slots=True)
class Report:
    """What it took: attempts, rejections by reason, range of the answers, duplicates, seconds."""

    attempts: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    smallest: dict[str, float] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def took(self, posed: Posed) -> None:
        """Notes an accepted problem and the range of its answers."""
        self.accepted += 1
        for number in flattened(posed.solution.answers):
            self.smallest[posed.kind] = min(number, self.smallest.get(posed.kind, number))
            self.largest[posed.kind] = max(number, self.largest.get(posed.kind, number))

    def text(self) -> str:
        """The report in lines."""
        lines = [
            f"{self.attempts} attempts, {self.accepted} problems, {self.duplicates} duplicates, {self.seconds:.1f} s"
        ]
        lines += [f"  rejected {count:>5}  {reason}" for reason, count in self.rejected.most_common()]
        lines += [
            f"  {kind}: answers from {low:.6g} to {self.largest[kind]:.6g}" for kind, low in self.smallest.items()
        ]
        return "\n".join(lines) + "\n"


@dataclass(slots=True)
class Pool:
    """Draws problems one after the other, none twice."""

    report: Report = field(default_factory=Report)
    seen: set[str] = field(default_factory=set)

    def pose(self, number: str, entry: Entry, seeds: tuple[str, str]) -> Posed:
        """A proved problem; the seeds are those of the form and of the numbers.

        Raises DlsolveError where no attempt gives one.
        """
        begun, reasons = time.perf_counter(), Counter[str]()
        numbers = Random(seeds[1])
        for attempt in range(MOST_ATTEMPTS):
            form = Random(f"{seeds[0]}/{attempt // _FORM_AFTER}")
            self.report.attempts += 1
            draw = entry.draw(form, numbers, entry.wishes)
            found = self._tried(number, entry, draw)
            if isinstance(found, Posed):
                self.report.took(found)
                self.report.seconds += time.perf_counter() - begun
                return found
            reasons[found] += 1
            self.report.rejected[f"{entry.name}: {found}"] += 1
            if draw.fixed:
                raise DlsolveError(f"problem {number} ({entry.name}) cannot be printed: {found}")
        often = reasons.most_common(1)[0][0]
        raise DlsolveError(
            f"no {entry.name} problem like this was found in {MOST_ATTEMPTS} attempts; most often {often}"
        )

    def _tried(self, number: str, entry: Entry, draw: Draw) -> Posed | str:
        """The problem, or why it is not one."""
        if draw.refused:
            return draw.refused
        text = json.dumps(draw.spec, ensure_ascii=False)
        if text in self.seen and not draw.fixed:
            self.report.duplicates += 1
            return "drawn before"
        try:
            solution = solve(loads(text, f"<{entry.name}>"))
        except NotComputable:
            return "the numbers have no result"
        except SpecError:
            if not draw.own:
                raise
            return "the numbers do not fit the spec"
        reason = proved(solution) or draw.unfit(solution)
        if reason:
            return reason
        self.seen.add(text)
        points = draw.points if entry.points is None else entry.points
        return Posed(
            number, entry.name, draw.spec, " ".join(filter(None, (draw.ask, entry.text))), points, solution, draw.note
        )


def proved(solution: Any) -> str:
    """'' where the steps, the reference and the finite differences agree."""
    if solution.check is None:
        return "nothing checks it"
    return "" if solution.check.agrees else "the check disagrees"
