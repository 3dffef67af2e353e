"""What decides the problems of a sheet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from solver.errors import DlsolveError
from solver.version import __version__

from .samplers import Sampler, sampler, settings
from .wishes import LEVELS, Wishes


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem to be posed.

    name:   its kind, or the file that it comes from, for messages
    draw:   what draws it, as it is wished
    decides: everything that the draw depends on, in a line
    points: what it is worth, None for what its kind says
    text:   words that stand below the question
    """

    name: str
    draw: Sampler
    wishes: Wishes
    decides: str
    points: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Turns(Sequence[Entry]):
    """So many entries, some kinds in turn, however many: they are not held one by one."""

    each: tuple[Entry, ...]
    total: int

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, index: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(self.total)))
        return self.each[range(self.total)[index] % len(self.each)]


@dataclass(frozen=True, slots=True)
class Plan:
    """The problems of a sheet in order, its seed, and its words."""

    entries: Sequence[Entry]
    seed: int
    title: str = "Practice sheet"
    instructions: str = (
        "Show your working. Carry values in full, or round every line to 4 decimals (4 digits below 0.1); "
        "answers of both ways count."
    )

    def form(self, copy: str = "") -> str:
        """The form id: the same for the same version, seed, problems and copy."""
        digest = hashlib.sha256(json.dumps([__version__, self.seed, copy]).encode())
        for entry in self.entries:
            digest.update(json.dumps([entry.decides, entry.points]).encode())
        found = digest.hexdigest().upper()
        return f"{found[:4]}-{found[4:8]}"


def wished(level: str, calculator: bool, chosen: Mapping[str, object]) -> Wishes:
    """What is wished. Raises DlsolveError for a level that there is not."""
    if level not in LEVELS:
        raise DlsolveError(f"no level is named '{level}'; the levels are {', '.join(LEVELS)}")
    return Wishes(level, not calculator, {name: str(value) for name, value in chosen.items()})


def entries_of(kinds: tuple[str, ...], count: int, wishes: Wishes) -> Sequence[Entry]:
    """So many problems, the kinds in turn. Raises DlsolveError naming a kind or setting that there is not."""
    if not kinds or count < 1:
        raise DlsolveError("a sheet needs a kind, and at least one problem")
    draws = {kind: sampler(kind) for kind in kinds}
    known = settings(kinds)
    for name in wishes.settings:
        if name not in known:
            raise DlsolveError(f"--set {name}: these kinds have no such setting; they have {', '.join(known)}")
    decides = {kind: f"{kind}/{wishes.level}/{wishes.in_head}/{sorted(wishes.settings.items())}" for kind in kinds}
    return Turns(tuple(Entry(kind, draws[kind], wishes, decides[kind]) for kind in kinds), count)
