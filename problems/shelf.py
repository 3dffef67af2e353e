"""Where finished batches stand until all are there: in memory, or in a folder beside the file that they are for."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Protocol

import msgspec

from solver.errors import DlsolveError

from .batches import Done, Work


class Shelf(Protocol):
    """Finished batches by their number."""

    def has(self, number: int) -> bool:
        """Whether the batch is there."""

    def put(self, number: int, done: Done) -> None:
        """Keeps a batch."""

    def get(self, number: int) -> Done:
        """A batch that is there."""

    def clear(self) -> None:
        """Everything is used."""


class Memory:
    """A shelf that goes with the process."""

    def __init__(self) -> None:
        self._found: dict[int, Done] = {}

    def has(self, number: int) -> bool:
        """Whether the batch is there."""
        return number in self._found

    def put(self, number: int, done: Done) -> None:
        """Keeps a batch."""
        self._found[number] = done

    def get(self, number: int) -> Done:
        """A batch that is there."""
        return self._found[number]

    def clear(self) -> None:
        """Everything is used."""
        self._found.clear()


class Folder:
    """A shelf on disk, made for the first batch: what is there when a run is stopped need not be made again.

    Raises DlsolveError where the folder holds the batches of another set, or cannot be used.
    """

    def __init__(self, path: Path, work: Work) -> None:
        self.path = path
        self._mark = path / "set"
        self._fingerprint = _fingerprint(work)
        try:
            self._claim()
        except OSError as error:
            raise DlsolveError(f"{path}: {error.strerror or error}") from error

    def _claim(self) -> None:
        if not self._mark.exists():
            if self.path.exists() and any(self.path.iterdir()):
                raise DlsolveError(f"{self.path} is in the way: finished parts of the set would stand there")
        elif self._mark.read_text(encoding="utf-8", errors="replace") != self._fingerprint:
            raise DlsolveError(
                f"{self.path} holds the finished parts of a set made with other options; "
                "give the same options to go on with it, or delete the folder"
            )

    def has(self, number: int) -> bool:
        """Whether the batch is there."""
        return self._file(number).exists()

    def put(self, number: int, done: Done) -> None:
        """Keeps a batch."""
        try:
            if not self._mark.exists():
                self.path.mkdir(exist_ok=True)
                _whole(self._mark, self._fingerprint.encode())
            _whole(self._file(number), msgspec.msgpack.encode(done))
        except OSError as error:
            raise DlsolveError(f"{self.path}: {error.strerror or error}") from error

    def get(self, number: int) -> Done:
        """A batch that is there. Raises DlsolveError for one that cannot be read."""
        try:
            return msgspec.msgpack.decode(self._file(number).read_bytes(), type=Done)
        except (OSError, msgspec.DecodeError) as error:
            raise DlsolveError(f"{self._file(number)} cannot be read ({error}); delete {self.path}") from error

    def clear(self) -> None:
        """Everything is used; what someone else put into the folder stays."""
        if not self._mark.exists():
            return
        try:
            for file in [*self.path.glob("*.batch"), *self.path.glob("*.new"), self._mark]:
                file.unlink(missing_ok=True)
            if not any(self.path.iterdir()):
                self.path.rmdir()
        except OSError as error:
            raise DlsolveError(f"{self.path}: {error.strerror or error}") from error

    def _file(self, number: int) -> Path:
        return self.path / f"{number:06}.batch"


def _whole(file: Path, data: bytes) -> None:
    """Writes beside the file and moves it there."""
    new = file.with_suffix(".new")
    new.write_bytes(data)
    os.replace(new, file)


def _fingerprint(work: Work) -> str:
    """The same for the same problems, copies and parts."""
    digest = hashlib.sha256(work.plan.form().encode())
    for copy in work.copies:
        digest.update(msgspec.json.encode(copy))
    digest.update(msgspec.json.encode([work.parts, work.size, work.plan.title, work.plan.instructions]))
    return digest.hexdigest()
