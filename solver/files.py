"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from .errors import DlsolveError

Writer = Callable[[BinaryIO], None]


def refuse_to_overwrite(output: str, force: bool) -> None:
    """Raises DlsolveError for a file that is there (unless forced), a folder, and a file in no folder."""
    parent = os.path.dirname(output) or "."
    if os.path.isdir(output):
        raise DlsolveError(f"{output} is a folder")
    if not os.path.isdir(parent):
        raise DlsolveError(f"{output}: there is no folder {parent}")
    if os.path.lexists(output) and not force:
        raise DlsolveError(f"{output} is there already; --force overwrites it")


def write(output: str, content: str | bytes | Writer) -> None:
    """Writes beside the target and moves it there, so that a file is whole or not there.

    content: text, bytes, or what writes them into an open file. Raises DlsolveError where that cannot be done.
    """
    path = Path(os.path.realpath(output))
    try:
        if path.exists() and not path.is_file():  # a device or a pipe stays what it is
            with path.open("wb") as file:
                _fill(file, content)
            return
        _replace(path, content)
    except OSError as error:
        raise DlsolveError(f"{output}: {error.strerror or error}") from error


def _replace(path: Path, content: str | bytes | Writer) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".dlsolve.")
    try:
        with os.fdopen(handle, "wb") as file:
            _fill(file, content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _fill(file: BinaryIO, content: str | bytes | Writer) -> None:
    if callable(content):
        content(file)
    else:
        file.write(content if isinstance(content, bytes) else content.encode("utf-8"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
