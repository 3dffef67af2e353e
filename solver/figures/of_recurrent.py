"""The picture of a recurrent network, unrolled: a column for each time, the states passed on, outputs and errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ..page.blocks import Text
from ..spec.recurrent_problem import Recurrence, Recurrent
from ..topics.recurrent_names import name_of
from .drawing import Drawing, Drawings

if TYPE_CHECKING:
    from ..solution import Worked

_MOST, _WIDE, _HIGH = 8, 92.0, 46.0
_DOWN = 100.0  # from row to row


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """unrolled."""
    return {"unrolled": partial(_unrolled, solution, solution.options.question)}


def given(solution: Worked) -> Drawing:
    """The network over time, without results."""
    return _unrolled(solution, True)


def _unrolled(solution: Worked, bare: bool) -> Drawing:
    problem: Recurrent = solution.problem
    about = f"{problem.steps} times of {problem.cell}, from left to right, inputs below, outputs above."
    artist = _Artist(Drawing(solution.title, about), problem, solution, bare)
    artist.draw()
    return artist.drawing


@dataclass(frozen=True, slots=True)
class _Artist:
    drawing: Drawing
    problem: Recurrent
    solution: Worked
    bare: bool

    def draw(self) -> None:
        rows = self.problem.recurrences
        for row, one in enumerate(rows):
            self._chain(one, -row * _DOWN)
        top = -(len(rows) - 1) * _DOWN
        for place, time in enumerate(self._times):
            x = self._across(place)
            if time is None:
                self.drawing.text((x, top / 2), ("…",), 24)
                continue
            self._input(x, time)
            self._output(x, time, top)

    @property
    def _times(self) -> list[int | None]:
        every = list(range(1, self.problem.steps + 1))
        return [*every] if len(every) <= _MOST else [*every[: _MOST - 2], None, every[-1]]

    @property
    def _step(self) -> float:
        """From time to time; more where states are long vectors."""
        return 200.0 if any(one.size == 1 for one in self.problem.recurrences) else 160.0

    def _across(self, place: float) -> float:
        return place * self._step

    def _chain(self, one: Recurrence, y: float) -> None:
        """One layer in one direction, its states on the arrows."""
        last = len(self._times) - 1
        for place, time in enumerate(self._times):
            x = self._across(place)
            if time is not None:
                corner = (x - _WIDE / 2, y - _HIGH / 2)
                self.drawing.rect(corner, (_WIDE, _HIGH), "ink", "sand" if one.backwards else "pale", round_=6)
                self.drawing.text((x, y), (f"{self.problem.cell}{one.tag and ' ' + one.tag}",), 13, bold=True)
                self._state(one, time, x, y)
            if place < last:
                ends = ((x + _WIDE / 2 + 3, y), (self._across(place + 1) - _WIDE / 2 - 3, y))
                self.drawing.arrow(*(ends[::-1] if one.backwards else ends), "soft", 1.4)
        start, end = self._across(last if one.backwards else 0), self._across(0 if one.backwards else last)
        away = 1 if one.backwards else -1
        self.drawing.arrow((end - away * (_WIDE / 2 + 3), y), (end - away * (_WIDE / 2 + 60), y), "soft", 1.4)
        key = f"h{one.tag}_{self.problem.steps + 1 if one.backwards else 0}"
        self.drawing.arrow((start + away * (_WIDE / 2 + 30), y), (start + away * (_WIDE / 2 + 3), y), "soft", 1.4)
        anchor = "start" if one.backwards else "end"
        self.drawing.text((start + away * (_WIDE / 2 + 36), y), (name_of(key),), 12, anchor)

    def _state(self, one: Recurrence, time: int, x: float, y: float) -> None:
        """The hidden state on its way to the next time."""
        text = self._valued(f"h{one.tag}_{time}")
        away = -1 if one.backwards else 1
        self.drawing.text((x + away * self._step / 2, y - 12), text, 11, tone="soft")

    def _input(self, x: float, time: int) -> None:
        low = _HIGH / 2
        fed = time > len(self.problem.inputs)
        if fed and not self.problem.feedback:
            return
        words = (name_of(f"y_{time - 1}"),) if fed else self._valued(f"x_{time}")
        self.drawing.arrow((x, low + 34), (x, low + 3), "soft", 1.4)
        self.drawing.text((x, low + 44), words, 12)

    def _output(self, x: float, time: int, top: float) -> None:
        if not (self.problem.output or self.problem.has_target) or time not in self.problem.output_times:
            return
        high = top - _HIGH / 2
        self.drawing.arrow((x, high - 3), (x, high - 34), "soft", 1.4)
        self.drawing.text((x, high - 46), self._valued(f"{'y' if self.problem.output else 'h'}_{time}"), 12)
        if self.problem.targets[time - 1] is not None:
            self.drawing.text((x, high - 64), self._valued(f"E_{time}"), 11, tone="warm")

    def _valued(self, key: str) -> Text:
        """A name, with its number where it has a single one."""
        given = key in self.solution.working.givens
        if key not in self.solution.working or (self.bare and not given):
            return (name_of(key),)
        return (name_of(key), f" = {self.solution.values.texts[key].replace('-', '−')}")
