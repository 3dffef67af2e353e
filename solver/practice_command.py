"""The command `practice`: sheets and their keys as files, or the sheet on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from problems.plan import Plan, entries_of, wished
from problems.posed import Pool
from problems.sheet import Key, Sheet, make

from .errors import DlsolveError

Spell = Callable[[Any, str], str | bytes]
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Files:
    """Where sheet and key go, with their formats; None: the sheet goes to standard output, the key nowhere."""

    output: str | None
    format: str
    key: str | None
    key_format: str


def practise(kinds: tuple[str, ...], choices: dict[str, Any], files: Files, spell: Spell) -> dict[str | None, Any]:
    """What to write, by file (None: standard output).

    Raises DlsolveError for a kind, setting or roster that cannot be used, or wishes that no numbers fulfil.
    """
    plan = _plan(kinds, choices)
    pool = Pool()
    sheets = list(_sheets(plan, pool, choices))
    found: dict[str | None, Any] = {}
    if len(sheets) == 1 and not choices["students"]:
        found[files.output] = spell(sheets[0], files.format)
    else:
        found.update(_named(sheets, files, spell))
    if files.key is not None and files.key in found:
        raise DlsolveError(f"{files.key}: sheet and key need files of their own")
    if files.key is not None:
        found[files.key] = spell(Key(tuple(sheets)), files.key_format)
    if choices["report"]:
        click.echo(pool.report.text(), nl=False, err=True)
    return found


def _plan(kinds: tuple[str, ...], choices: dict[str, Any]) -> Plan:
    sources = [bool(kinds), choices["like"] is not None, choices["from_"] is not None]
    if sum(sources) != 1:
        raise DlsolveError(
            "name kinds such as backprop, or a spec with --like FILE, or a list of problems with --from FILE"
        )
    if choices["from_"] is not None:
        from problems.sheet_file import plan_from

        if choices["count"] is not None:
            raise DlsolveError("--count: with --from each problem has a count of its own")
        return plan_from(choices["from_"], choices["seed"])
    if choices["like"] is not None:
        from problems.like import like

        return Plan((like(choices["like"]),) * (choices["count"] or 1), choices["seed"])
    wishes = wished(choices["level"], choices["calculator"] != "none", _settings(choices["settings"]))
    return Plan(entries_of(kinds, choices["count"] or len(kinds), wishes), choices["seed"])


def _sheets(plan: Plan, pool: Pool, choices: dict[str, Any]) -> list[Sheet]:
    names = _students(choices["students"]) if choices["students"] else [""] * choices["copies"]
    if len(names) == 1 and not names[0]:
        return [make(plan, pool, space=choices["space"])]
    sheets = []
    for number, name in enumerate(names, 1):
        sheets.append(make(plan, pool, name or f"copy {number}", name or str(number), choices["space"]))
        _progress(number, len(names))
    return sheets


def _progress(done: int, count: int) -> None:
    """How far it is, where someone looks on."""
    if sys.stderr is not None and sys.stderr.isatty():
        click.echo(f"\r{done} of {count} copies" + ("\n" if done == count else ""), nl=False, err=True)


def _named(sheets: list[Sheet], files: Files, spell: Spell) -> dict[str | None, Any]:
    """One file for each copy, its name or number before the suffix."""
    from pathlib import PurePath

    if files.output is None:
        raise DlsolveError(
            "several copies need files: name them with -o sheet.md, which makes sheet-1.md, sheet-2.md ..."
        )
    path = PurePath(files.output)
    found: dict[str | None, Any] = {}
    for number, sheet in enumerate(sheets, 1):
        name = "-".join("".join(c if c.isalnum() else " " for c in sheet.student.removeprefix("copy ")).split())
        file = str(path.with_name(f"{path.stem}-{name or number}{path.suffix}"))
        if file in found:
            raise DlsolveError(f"two copies would be {file}; give the students different names")
        found[file] = spell(sheet, files.format)
    return found


def _settings(texts: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise DlsolveError(f"--set {text}: expected NAME=VALUE, such as --set hidden=3")
        found[name.strip()] = value.strip()
    return found


def _students(file: str) -> list[str]:
    """The names in the first column of a CSV file; a heading such as 'name' is left out."""
    import csv

    try:
        with open(file, encoding="utf-8-sig", newline="") as roster:
            names = [row[0].strip() for row in csv.reader(roster) if row and row[0].strip()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DlsolveError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    if names and names[0].lower() in ("name", "student", "id", "names", "students"):
        names = names[1:]
    if not names or len(names) > _MOST:
        raise DlsolveError(f"{file}: expected from 1 to {_MOST} students, a name in the first column of each row")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DlsolveError(f"{file}: '{twice}' stands twice")
    return names
