"""Zip archives whose bytes depend on what is in them alone."""

from __future__ import annotations

from shutil import copyfileobj
from types import TracebackType
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_MODE = 0o100644 << 16
_UNIX = 3


class Archive:
    """Writes members as they come and keeps none; the directory follows at the end of the `with`."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, name: str, data: bytes) -> None:
        """A member."""
        self._zip.writestr(_member(name), data)

    def copy(self, name: str, source: IO[bytes]) -> None:
        """A member from a file that can be wound back, from its beginning."""
        member = _member(name)
        member.file_size = source.seek(0, 2)
        source.seek(0)
        with self._zip.open(member, "w") as target:
            copyfileobj(source, target)


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _DATE)
    member.compress_type, member.create_system, member.external_attr = ZIP_DEFLATED, _UNIX, _MODE
    return member
