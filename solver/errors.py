"""What can go wrong, and with which exit status.

DlsolveError                 2
├── SpecError                   the spec file: one or more complaints, each with its place
├── NotComputable               the numbers lead to a division by 0, ln 0 or beyond double precision
├── NotAsked                    a key or style that this working does not have
└── Unavailable                 an extra or a device that is not here, with the command that brings it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .spec.document import Document


class DlsolveError(Exception):
    """Something the user can mend; the message says how."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong in a spec: where, what was found, what was expected, the nearest fix."""

    message: str
    path: tuple[str | int, ...] = ()
    line: int = 1
    column: int = 1

    def spelled(self, file: str) -> str:
        """The complaint as one line, `file:line:column: key.path: message`."""
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in self.path)
        return f"{file}:{self.line}:{self.column}: {where + ': ' if where else ''}{self.message}"


class SpecError(DlsolveError):
    """A spec that cannot be read; holds every complaint about the file.

    document: the spec as far as it could be read, where only single values were wrong
    """

    def __init__(self, file: str, complaints: list[Complaint], document: Document | None = None) -> None:
        self.file = file
        self.document = document
        self.complaints = tuple(sorted(complaints, key=lambda c: (c.line, c.column)))
        super().__init__("\n".join(c.spelled(file) for c in self.complaints))


class NotComputable(DlsolveError):
    """A line whose numbers have no result; names the quantity."""

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        super().__init__(f"{key}: {reason}")


class NotAsked(DlsolveError):
    """A quantity or style that this problem does not have; typed: the word that asked for it, where it is known."""

    def __init__(self, message: str, typed: str = "") -> None:
        self.typed = typed
        super().__init__(message)


class Unavailable(DlsolveError):
    """An optional part that is not installed or not present here."""
