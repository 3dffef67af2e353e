"""Zip archives whose bytes depend on what is in them alone."""

from __future__ import annotations

from shutil import copyfileobj
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from solver.errors import DlsolveError

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_MODE = 0o100644 << 16
_UNIX = 3


class Archive:
    """Writes members as they come; none is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._names: set[str] = set()

    def add(self, name: str, data: bytes) -> None:
        """A member. Raises DlsolveError where there is one of that name."""
        self._zip.writestr(self._member(name), data)

    def copy(self, name: str, source: IO[bytes]) -> None:
        """A member from a file that can be wound back, from its beginning."""
        member = self._member(name)
        member.file_size = source.seek(0, 2)
        source.seek(0)
        with self._zip.open(member, "w") as target:
            copyfileobj(source, target)

    def close(self) -> None:
        """Writes the directory of the archive."""
        self._zip.close()

    def _member(self, name: str) -> ZipInfo:
        if name in self._names:
            raise DlsolveError(f"{name} would stand twice in the archive: the same problem is in the set twice")
        self._names.add(name)
        member = ZipInfo(name, _DATE)
        member.compress_type, member.create_system, member.external_attr = ZIP_DEFLATED, _UNIX, _MODE
        return member
