"""A problem drawn, solved and proved; drawn again until its numbers are kind."""

from __future__ import annotations

import hashlib
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
from .template import TEMPLATES, Template, Variant
from .wishes import Draw

MOST_ATTEMPTS = 600
_OFTEN = 12  # problems of one form, after which compiling it has paid
_FORM_AFTER = 60  # attempts after which another form is tried


@dataclass(frozen=True, slots=True)
class Posed:
    """A proved problem: its number, kind and spec, what is asked beside it, points, and the solution.

    digest: tells its spec from others; 0 for one that may come twice
    """

    number: str
    kind: str
    spec: dict[str, Any]
    ask: str
    points: int
    solution: Any
    note: str = ""
    digest: int = 0

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
    rejected: dict[str, int] = field(default_factory=dict)
    smallest: dict[str, float] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def took(self, posed: Posed) -> None:
        """Notes an accepted problem and the range of its answers."""
        self.accepted += 1
        for number in flattened(posed.solution.answers):
            self._spread(posed.kind, number, number)

    def reject(self, reason: str, count: int = 1) -> None:
        """Notes an attempt that came to nothing."""
        self.rejected[reason] = self.rejected.get(reason, 0) + count

    def _spread(self, kind: str, low: float, high: float) -> None:
        self.smallest[kind] = min(low, self.smallest.get(kind, low))
        self.largest[kind] = max(high, self.largest.get(kind, high))

    def add(self, other: Report) -> None:
        """Takes in what another part of the work took."""
        self.attempts += other.attempts
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        for reason, count in other.rejected.items():
            self.reject(reason, count)
        self.seconds += other.seconds
        for kind, low in other.smallest.items():
            self._spread(kind, low, other.largest[kind])

    def text(self) -> str:
        """The report in lines."""
        lines = [
            f"{self.attempts} attempts, {self.accepted} problems, {self.duplicates} duplicates, {self.seconds:.1f} s"
        ]
        lines += [f"  rejected {count:>5}  {reason}" for reason, count in Counter(self.rejected).most_common()]
        lines += [
            f"  {kind}: answers from {low:.6g} to {self.largest[kind]:.6g}" for kind, low in self.smallest.items()
        ]
        return "\n".join(lines) + "\n"


@dataclass(slots=True)
class Pool:
    """Draws problems one after the other, none twice.

    numbers_only: the numbers of a solution are enough where problems of its form came before; such solutions have
                  no texts, and are proved together by `prove`
    backend:      what numbers are proved against, 'numpy' or 'cupy'
    """

    numbers_only: bool = False
    backend: str = "numpy"
    report: Report = field(default_factory=Report)
    seen: set[int] = field(default_factory=set)
    waiting: dict[Template, list[Variant]] = field(default_factory=dict)

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
            self.report.reject(f"{entry.name}: {found}")
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
        digest = 0 if draw.fixed else digest_of(draw.spec)
        if digest in self.seen:
            self.report.duplicates += 1
            return "drawn before"
        solution, reason = self._judged(entry, draw)
        if reason:
            return reason
        if digest:
            self.seen.add(digest)
        points = draw.points if entry.points is None else entry.points
        ask = " ".join(filter(None, (draw.ask, entry.text)))
        return Posed(number, entry.name, draw.spec, ask, points, solution, draw.note, digest)

    def _judged(self, entry: Entry, draw: Draw) -> tuple[Any, str]:
        """The solution, and why the problem is not worth solving."""
        try:
            variant = self._variant(entry, draw)
            if variant:
                reason = draw.unfit(variant)
                if self.numbers_only and not reason:
                    self.waiting.setdefault(variant.template, []).append(variant)
                if self.numbers_only or reason:
                    return variant, reason
            solution = self._solved(entry, draw)
        except NotComputable:
            return None, "the numbers have no result"
        except SpecError:
            if not draw.own:
                raise
            return None, "the numbers do not fit the spec"
        return solution, proved(solution) or ("" if variant else draw.unfit(solution))

    def _variant(self, entry: Entry, draw: Draw) -> Variant | None:
        """The solution by numbers alone, where problems of this form came before."""
        if entry.wishes.in_head or draw.fixed or draw.own or "slip" in draw.spec:
            return None
        return TEMPLATES.variant(draw.spec, 1 if self.numbers_only else _OFTEN)

    def _solved(self, entry: Entry, draw: Draw) -> Any:
        backend = {"backend": self.backend} if self.backend != "numpy" and entry.name != "cnn-shapes" else {}
        return solve(loads(json.dumps(draw.spec, ensure_ascii=False), f"<{entry.name}>"), **backend)

    def prove(self) -> None:
        """Holds everything that waits for it against arrays and finite differences.

        Raises DlsolveError where a problem does not agree, Unavailable for a backend that is not here.
        """
        for template, variants in self.waiting.items():
            verdict = template.proved(variants, self.backend)
            if not verdict.agrees.all():
                raise DlsolveError(f"the check disagrees, nothing is printed: {verdict.detail}")
        self.waiting.clear()


def digest_of(spec: Any) -> int:
    """What tells a spec from others: 8 bytes of its hash."""
    text = json.dumps(spec, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def proved(solution: Any) -> str:
    """'' where the steps, the reference and the finite differences agree."""
    if solution.check is None:
        return "nothing checks it"
    return "" if solution.check.agrees else "the check disagrees"
