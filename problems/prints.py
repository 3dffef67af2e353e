"""The files of a set: which there are, what is made of each problem for them, and how they are put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from os.path import realpath
from pathlib import PurePath
from typing import Any, BinaryIO
from unicodedata import category

import msgspec
from msgspec import Struct

from solver.errors import DlsolveError
from solver.files import Writer

from .batches import Copy, Done, Piece, Work
from .export import FORMATS as EXPORTS
from .export import Item, export
from .posed import Pool, Report
from .printed import unpacked
from .sheet import Bound, Key, Sheet, copies_data, set_data
from .shelf import Shelf

Spell = Callable[[Any, str], str | bytes]
STREAMED = ("jsonl", *EXPORTS)
"""Formats of a whole set, however large, that are written problem by problem."""
_DRAWN = ("html", "pdf")
_MOST_PRINTED = 20_000


class Target(Struct, frozen=True):
    """A file of the set.

    file:   None for standard output
    beside: the name that it was derived from
    key:    whether it is the key; copy: which copy it holds, None for all
    """

    file: str | None
    beside: str | None
    format: str
    key: bool = False
    copy: int | None = None


def targets(
    output: str | None, key: str | None, formats: tuple[str, str], copies: tuple[Copy, ...], bound: bool
) -> tuple[Target, ...]:
    """The files: a sheet (one for each student, unless bound), and a key.

    Raises DlsolveError for names that meet, and for a key in a format that has none.
    """
    found = list(_sheets(output, formats[0], copies, bound)) if output is not None or key is None else []
    if key is not None:
        if formats[1] in EXPORTS:
            raise DlsolveError(f"--key {key}: {formats[1]} holds the answers itself; a key is a page, JSON or jsonl")
        found.append(Target(key, key, formats[1], key=True))
    seen: set[str] = set()
    for target in found:
        place = realpath(target.file).casefold() if target.file is not None else ""  # some disks know no capitals
        if place in seen and target.key:
            raise DlsolveError(f"{key}: sheet and key need files of their own")
        if place in seen:
            raise DlsolveError(f"two copies would be {target.file}; give the students different names")
        seen.add(place)
    return tuple(found)


def _sheets(output: str | None, format_: str, copies: tuple[Copy, ...], bound: bool) -> Iterator[Target]:
    if bound or format_ in STREAMED or (len(copies) == 1 and not copies[0].student):
        yield Target(output, output, format_)
        return
    if output is None:
        raise DlsolveError(
            "several copies need files: name them with -o sheet.md, which makes sheet-1.md, sheet-2.md ...; "
            "--bound makes one of them"
        )
    path = PurePath(output)
    for number, copy in enumerate(copies):
        words = "".join(c if _of_a_word(c) else " " for c in copy.student.removeprefix("copy ")).split()
        name = "-".join(words) or str(number + 1)
        yield Target(str(path.with_name(f"{path.stem}-{name}{path.suffix}")), output, format_, copy=number)


def _of_a_word(sign: str) -> bool:
    return sign.isalnum() or category(sign)[0] == "M"  # an accent or vowel that follows its letter


def refuse_other_names(files: tuple[Target, ...], count: int) -> None:
    """Raises DlsolveError for a name that says something else than what R/exams gets: a text, or a zip of several."""
    for target in files:
        if target.format == "rexams" and target.file is not None:
            suffix = ".Rmd" if count == 1 else ".zip"
            if PurePath(target.file).suffix.lower() != suffix.lower():
                told = "one exercise is a text" if count == 1 else f"{count:,} exercises are an archive"
                raise DlsolveError(f"{target.file}: {told}; name it with {suffix}")


def parts_of(files: tuple[Target, ...]) -> tuple[str, ...]:
    """What is made of each problem for these files."""
    found = dict.fromkeys(_part(target) for target in files)
    if "drawn" in found:
        found.pop("printed", None)
    return tuple(found)


def _part(target: Target) -> str:
    if target.format in EXPORTS:
        return target.format
    if target.format in ("json", "jsonl"):
        name = "data" if target.format == "json" else "line"
        return f"{name}_key" if target.key else name
    return "drawn" if target.format in _DRAWN else "printed"


class Prints:
    """Puts the files of a set together from its finished batches.

    Raises DlsolveError for more problems than pages can hold.
    """

    def __init__(self, work: Work, shelf: Shelf, space: str, spell: Spell) -> None:
        if work.count > _MOST_PRINTED and not work.streamed:
            told = f"{work.count:,} problems are too many for pages or JSON (at most {_MOST_PRINTED:,})"
            raise DlsolveError(f"{told}; write them one by one with --format {', '.join(STREAMED)}")
        self.work, self.shelf, self.space, self.spell = work, shelf, space, spell
        self._pool = Pool(backend=work.backend)

    @cached_property
    def _remade(self) -> dict[int, Piece]:
        return self.work.remade(self._batches(0), self._pool)

    @property
    def report(self) -> Report:
        """What all batches took."""
        found = Report()
        for done in self._batches(0):
            found.add(done.report)
        found.add(self._pool.report)
        return found

    def content(self, target: Target) -> str | bytes | Writer:
        """What stands in a file."""
        if target.format in EXPORTS:
            return lambda file: self._export(file, target.format)
        if target.format == "jsonl":
            return lambda file: file.writelines(self._parts(_part(target)))
        copies = range(len(self.work.copies)) if target.copy is None else [target.copy]
        if target.format == "json":
            data = copies_data([self._data(copy, _part(target)) for copy in copies])
            return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        sheets = tuple(self._sheet(copy) for copy in copies)
        page = Key(sheets) if target.key else sheets[0] if len(sheets) == 1 else Bound(sheets)
        return self.spell(page, target.format)

    def _export(self, file: BinaryIO, name: str) -> None:
        items = (msgspec.msgpack.decode(part, type=Item) for part in self._parts(name))
        export(name).write(file, items, self.work.about)

    def _sheet(self, copy: int, data: bool = False) -> Sheet:
        work, mine = self.work, self.work.copies[copy]
        name = "drawn" if "drawn" in work.parts else "printed"
        prints = () if data else tuple(unpacked(part) for part in self._parts(name, copy))
        return Sheet(prints, work.plan, work.plan.form(mine.key), mine.student, self.space)

    def _data(self, copy: int, name: str) -> dict[str, Any]:
        return set_data(self._sheet(copy, data=True), [json.loads(part) for part in self._parts(name, copy)])

    def _parts(self, name: str, copy: int | None = None) -> Iterator[bytes]:
        """A part of each problem in order: of all, or of those of one copy."""
        count = len(self.work.plan.entries)
        first, last = (0, self.work.count) if copy is None else (copy * count, (copy + 1) * count)
        begun = first // self.work.size
        index = begun * self.work.size
        for done in self._batches(begun):
            for piece in done.pieces:
                if first <= index < last:
                    yield self._remade.get(index, piece).parts[name]
                index += 1
            if index >= last:
                return

    def _batches(self, first: int) -> Iterator[Done]:
        return (self.shelf.get(number) for number in range(first, self.work.batches))
