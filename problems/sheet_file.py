"""A list of problems in YAML: sampled, varied from a spec, or fixed; with points and texts of their own.

title: Homework 3
instructions: Calculators are allowed.
problems:
  - {kind: backprop, count: 2, level: easy, set: {hidden: 3}, calculator: none, points: 6}
  - {like: exam.yaml, text: Show every path.}
  - {spec: exam.yaml, points: 10}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solver.errors import Complaint, DlsolveError, SpecError
from solver.spec.document import Document
from solver.spec.number import Number

from .like import fixed, like
from .plan import Entry, Plan, entries_of, wished

_TOP = ("title", "instructions", "problems")
_OWN = ("points", "text", "count")
_SOURCES = {"kind": ("level", "set", "calculator"), "like": (), "spec": ()}
_MOST = 1000


def plan_from(file: str, seed: int) -> Plan:
    """The plan that a file lays down; files that it names are looked for beside it.

    Raises SpecError with every complaint about it, DlsolveError for a file that cannot be read.
    """
    document = _document(file)
    reader = _Reader(document, Path(file).parent, [])
    entries = tuple(reader.entries())
    words = {name: reader.words((name,), document.data[name]) for name in _TOP[:2] if name in document.data}
    if reader.found:
        raise SpecError(file, reader.found)
    return Plan(entries, seed, **words)


def _document(file: str) -> Document:
    from solver.spec.read import read
    from solver.spec.text import MOST_BYTES

    try:
        with Path(file).open("rb") as opened:
            return read(opened.read(MOST_BYTES + 1), file)
    except OSError as error:
        raise DlsolveError(f"{file}: {error.strerror or error}") from error


@dataclass(slots=True)
class _Reader:
    """Reads the list and collects what is wrong with it."""

    document: Document
    folder: Path
    found: list[Complaint]

    def entries(self) -> Iterator[Entry]:
        data = self.document.data
        self._known((), data, _TOP)
        problems = data.get("problems")
        if not isinstance(problems, list) or not problems:
            self._complain(("problems",), "expected a list of problems, such as - {kind: backprop, count: 2}")
            return
        for index, each in enumerate(problems):
            path = ("problems", index)
            if isinstance(each, dict):
                yield from self._problem(path, each)
            else:
                self._complain(path, "expected a mapping, such as {kind: backprop, count: 2} or {spec: exam.yaml}")

    def _problem(self, path: tuple[str | int, ...], data: dict[str, Any]) -> Iterator[Entry]:
        sources = [name for name in _SOURCES if name in data]
        if len(sources) != 1:
            self._complain(path, "expected one of the keys kind (sampled), like (varied) and spec (as it stands)")
            return
        source = sources[0]
        self._known(path, data, (source, *_SOURCES[source], *_OWN))
        count = self._whole((*path, "count"), data.get("count"), 1)
        points = self._whole((*path, "points"), data["points"]) if "points" in data else None
        text = self.words((*path, "text"), data["text"]) if "text" in data else ""
        try:
            entries = self._drawn(source, data, count)
        except SpecError:
            raise
        except DlsolveError as error:
            self._complain((*path, source), str(error))
            return
        yield from (replace(entry, points=points, text=text) for entry in entries)

    def _drawn(self, source: str, data: dict[str, Any], count: int) -> Sequence[Entry]:
        named = data[source]
        if not isinstance(named, str):
            raise DlsolveError("expected a name in words")
        if source == "kind":
            chosen = data.get("set", {})
            if not isinstance(chosen, dict):
                raise DlsolveError("set: expected a mapping, such as {hidden: 3}")
            settings = {name: getattr(value, "text", value) for name, value in chosen.items()}
            calculator = data.get("calculator", "any")
            if calculator not in ("any", "none"):
                raise DlsolveError("calculator: expected any or none")
            level = str(data.get("level", "medium"))
            return entries_of((named,), count, wished(level, calculator == "any", settings))
        file = str(self.folder / named)
        return ((like(file) if source == "like" else fixed(file)),) * count

    def words(self, path: tuple[str | int, ...], value: Any) -> str:
        """Words; complains about anything else."""
        if not isinstance(value, str):
            self._complain(path, "expected words; put numbers in quotes")
            return ""
        return " ".join(value.split())

    def _whole(self, path: tuple[str | int, ...], value: Any, default: int = 0) -> int:
        if value is None:
            return default
        if isinstance(value, Number) and value.value.denominator == 1 and 1 <= value.value <= _MOST:
            return int(value.value)
        self._complain(path, f"expected a whole number from 1 to {_MOST}")
        return 1

    def _known(self, path: tuple[str | int, ...], data: dict[str, Any], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                told = f"found the key '{key}'; expected {', '.join(keys)}"
                self.found.append(self.document.complaint((*path, key), told, at_key=True))

    def _complain(self, path: tuple[str | int, ...], message: str) -> None:
        self.found.append(self.document.complaint(path, message))
