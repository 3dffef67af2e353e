"""What is wished of a problem, and the problem that a sampler draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from solver.errors import DlsolveError

LEVELS = ("easy", "medium", "hard")


def _nothing(solution: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a practice problem is to be like.

    level:    'easy', 'medium' or 'hard'
    in_head:  can be done without a calculator: short numbers on every line
    settings: what --set says, by name
    """

    level: str = "medium"
    in_head: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def count(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number that --set may give. Raises DlsolveError for another or one out of its range."""
        if name not in self.settings:
            return default
        text = self.settings[name]
        if not text.isascii() or not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
            raise DlsolveError(f"--set {name}={text}: expected a whole number from {low} to {high}")
        return int(text)

    def word(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """A word that --set may give. Raises DlsolveError for one that is not allowed."""
        text = self.settings.get(name, default)
        if text not in allowed:
            raise DlsolveError(f"--set {name}={text}: expected one of {', '.join(dict.fromkeys(allowed))}")
        return text


@dataclass(frozen=True, slots=True)
class Draw:
    """A problem as drawn, not yet proved.

    spec:   the spec as plain data
    ask:    what is asked, in words, where the question page does not say it
    note:   what the key says beside the working
    points: what it is worth
    refused: why it is not worth solving, where the sampler knows already
    fixed:  it is the same each time, and may stand on every copy
    own:    made from a spec of the user's: numbers that it may not have are drawn again
    unfit:  why the solution shows the numbers to be unkind, '' where they are kind
    """

    spec: dict[str, Any]
    ask: str = ""
    note: str = ""
    points: int = 4
    refused: str = ""
    fixed: bool = False
    own: bool = False
    unfit: Callable[[Any], str] = _nothing
