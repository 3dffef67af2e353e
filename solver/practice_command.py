"""The command `practice`: which problems, for whom, made by whom, into which files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from problems.batches import Copy, Work
from problems.crew import Crew
from problems.plan import Plan, entries_of, wished
from problems.prints import Prints, Target, parts_of, refuse_other_names, targets
from problems.shelf import Folder, Memory, Shelf

from .errors import DlsolveError
from .files import Writer, refuse_to_overwrite, write
from .progress import told

Spell = Callable[[Any, str], str | bytes]
_MOST = 10_000


def practise(kinds: tuple[str, ...], choices: dict[str, Any], formats: tuple[str, str], spell: Spell) -> str | None:
    """Makes the set and writes its files; the first of them, None for standard output.

    formats: of sheet and key. Raises DlsolveError for a kind, setting, roster or file that cannot be used, and for
    wishes that no numbers fulfil.
    """
    plan, copies = _plan(kinds, choices), _copies(choices)
    files = targets(choices["output"], choices["key"], formats, copies, choices["bound"])
    for target in files:
        if target.file is not None:
            refuse_to_overwrite(target.file, choices["force"])
    refuse_other_names(files, len(plan.entries) * len(copies))
    work = Work(plan, copies, parts_of(files), choices["backend"] or "numpy")
    shelf = _shelf(work, files)
    prints = Prints(work, shelf, choices["space"], spell)
    _make(work, shelf, choices)
    for target in files:
        _put(target, prints.content(target))
    if choices["report"]:
        click.echo(prints.report.text(), nl=False, err=True)
    shelf.clear()
    return files[0].file


def _make(work: Work, shelf: Shelf, choices: dict[str, Any]) -> None:
    try:
        Crew(choices["jobs"], choices["cluster"] or "").make(work, shelf, lambda done, of: told(done, of, "problem"))
    except KeyboardInterrupt:
        if isinstance(shelf, Folder):
            click.echo(f"stopped; the same command goes on with what is finished in {shelf.path}", err=True)
        raise


def _shelf(work: Work, files: tuple[Target, ...]) -> Shelf:
    """A folder beside the first file for a set of several batches, which may be stopped and continued."""
    from pathlib import Path

    named = next((target.beside for target in files if target.file is not None), None)
    return Memory() if named is None or work.batches == 1 else Folder(Path(f"{named}.partial"), work)


def _put(target: Target, content: str | bytes | Writer) -> None:
    if target.file is not None:
        write(target.file, content)
    elif callable(content):
        content(sys.stdout.buffer)
    else:
        click.echo(content, nl=False)


def _plan(kinds: tuple[str, ...], choices: dict[str, Any]) -> Plan:
    sources = [bool(kinds), choices["like"] is not None, choices["from_"] is not None]
    if sum(sources) != 1:
        raise DlsolveError(
            "name kinds such as backprop, or a spec with --like FILE, or a list of problems with --from FILE"
        )
    for name in ("level", "settings", "calculator"):
        if choices[name] and not kinds:
            told = "--set" if name == "settings" else f"--{name}"
            raise DlsolveError(f"{told} is for kinds: --like keeps what SPEC has, and a list says it of each problem")
    if choices["from_"] is not None:
        from problems.sheet_file import plan_from

        if choices["count"] is not None:
            raise DlsolveError("--count: with --from each problem has a count of its own")
        return plan_from(choices["from_"], choices["seed"])
    if choices["like"] is not None:
        from problems.like import like

        return Plan((like(choices["like"]),) * (choices["count"] or 1), choices["seed"])
    wishes = wished(choices["level"] or "medium", choices["calculator"] != "none", _settings(choices["settings"]))
    return Plan(entries_of(kinds, choices["count"] or len(kinds), wishes), choices["seed"])


def _copies(choices: dict[str, Any]) -> tuple[Copy, ...]:
    if choices["students"] is not None:
        if choices["copies"] is not None:
            raise DlsolveError("--copies: with --students each name has one copy")
        return tuple(Copy(name, name) for name in _students(choices["students"]))
    count = choices["copies"] or 1
    return (Copy(),) if count == 1 else tuple(Copy(f"copy {number}", str(number)) for number in range(1, count + 1))


def _settings(texts: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise DlsolveError(f"--set {text}: expected NAME=VALUE, such as --set hidden=3")
        found[name.strip()] = value.strip()
    return found


def _students(file: str) -> list[str]:
    """The names in the first column of a CSV file, of commas or semicolons; a heading such as 'name' is left out."""
    import csv
    from io import StringIO

    try:
        with open(file, encoding="utf-8-sig", newline="") as roster:
            text = roster.read()
        delimiter = ";" if ";" in text.split("\n", 1)[0] else ","
        names = [_name(row) for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except UnicodeDecodeError as error:
        raise DlsolveError(f"{file} is not UTF-8; save the file as UTF-8") from error
    except (OSError, csv.Error) as error:
        raise DlsolveError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    names = [name for name in names if name]
    if names and names[0].lower() in ("name", "student", "id", "names", "students"):
        names = names[1:]
    if not names or len(names) > _MOST:
        raise DlsolveError(f"{file}: expected from 1 to {_MOST} students, a name in the first column of each row")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DlsolveError(f"{file}: '{twice}' stands twice")
    return names


def _name(row: list[str]) -> str:
    """The name in a row on one line, without control characters; '' where there is none."""
    return " ".join("".join(" " if ord(sign) < 32 else sign for sign in row[0]).split()) if row else ""
