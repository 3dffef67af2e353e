"""What the reader of a page may choose; options of the command line win over keys of the spec."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exam import Points, WrongLine

_COMMA = re.compile(r",(?![^\[\]]*\])")


def keys_in(text: str) -> tuple[str, ...]:
    """Keys with commas between them; the commas inside brackets belong to a key: dE/dx[1,2]."""
    return tuple(key.strip() for key in _COMMA.split(text))


@dataclass(frozen=True, slots=True)
class Options:
    """Choices about a solution.

    digits: decimals shown; a value below 0.1 is shown with as many significant digits
    carry:  'full', or 'rounded': exactly what is shown is used in the next line
    find:   keys asked for (none: everything the problem is about)
    points: what the problem and its parts are worth
    slip:   a line that the question shows wrong
    style:  how the backward pass is written: 'chain', 'delta' or 'matrix'
    """

    digits: int = 4
    carry: str = "full"
    find: tuple[str, ...] = ()
    style: str = "chain"
    explain: bool = False
    brief: bool = False
    everything: bool = False
    question: bool = False
    until: str | None = None
    hint: str | None = None
    backend: str = "numpy"
    check: bool = True
    points: Points | None = None
    slip: WrongLine | None = None
