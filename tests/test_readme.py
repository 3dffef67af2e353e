"""The README is true: its commands run, its specs are solved, its pages are what is printed.

`pytest --golden` writes the pages anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from solver import load, loads, solve
from solver.catalog.optimizers import OPTIMIZERS
from solver.cnn.presets import PRESETS
from solver.kinds import KINDS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block: its language, its text, and what the `text` block right after it says it prints."""

    language: str
    text: str
    shown: str | None


def _examples() -> list[Example]:
    text = README.read_text("utf-8")
    blocks = list(BLOCK.finditer(text))
    shown = {block.start(): block[2] for block in blocks if block[1] == "text"}
    return [Example(block[1], block[2], shown.get(block.end() + 1)) for block in blocks]


EXAMPLES = _examples()
INSTALLS, SHELL = EXAMPLES[0:2], [each for each in EXAMPLES if each.language == "sh"][2:]
SPECS = [each for each in EXAMPLES if each.language == "yaml"]
ROW = re.compile(r"^\| \[([a-z-]+)\]\(docs/\1\.md\) \|.*\| `(\{.*\})` \|$", re.MULTILINE)
ROWS = [(row[1], row[2]) for row in ROW.finditer(README.read_text("utf-8"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the specs of the README, and the commands that it uses in `bin`."""
    path = tmp_path_factory.mktemp("readme")
    for spec in SPECS:
        (path / _file(spec)).write_text(spec.text, "utf-8")
    command = path / "bin" / "dlsolve"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m solver "$@"\n')
    command.chmod(0o755)
    return path


def _file(spec: Example) -> str:
    """The name that the first line of a spec gives it."""
    first = re.match(r"# (\w+\.yaml)\n", spec.text)
    assert first, spec.text
    return first[1]


def _run(folder: Path, environment: Mapping[str, str], *command: str) -> str:
    """What a command prints on both streams; it must succeed."""
    path = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def test_the_first_two_commands_install() -> None:
    assert [each.language for each in INSTALLS] == ["sh", "sh"]
    for each in INSTALLS:
        assert each.text.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert each.text.count("\n") == 1
    solves, tests = (each.text.split("&&")[2].split() for each in INSTALLS)
    assert solves[:2] == [".venv/bin/dlsolve", "backprop"]
    assert (ROOT / solves[2]).is_file()
    assert tests == [".venv/bin/python", "-m", "pytest", "-n", "2"]


@pytest.mark.parametrize("example", SHELL, ids=lambda example: example.text.splitlines()[0])
def test_every_command_runs_and_prints_what_is_shown(
    example: Example, folder: Path, environment: Mapping[str, str], golden: bool
) -> None:
    printed = _run(folder, environment, "bash", "-euo", "pipefail", "-c", example.text)
    if example.shown is None:
        return
    if golden:
        _write_page(example, printed)
    else:
        assert printed == example.shown


def _write_page(example: Example, printed: str) -> None:
    before = f"{example.text}```\n\n```text\n"
    readme = README.read_text("utf-8")
    README.write_text(readme.replace(f"{before}{example.shown}```", f"{before}{printed}```"), "utf-8")


@pytest.mark.parametrize("spec", SPECS, ids=_file)
def test_every_spec_is_solved(spec: Example, folder: Path) -> None:
    assert solve(load(folder / _file(spec))).check.agrees


def test_every_kind_has_its_row() -> None:
    assert sorted(kind for kind, _ in ROWS) == sorted(KINDS)


@pytest.mark.parametrize(("kind", "text"), ROWS, ids=[kind for kind, _ in ROWS])
def test_the_spec_of_every_row_is_solved(kind: str, text: str) -> None:
    solution = solve(loads(text))
    assert solution.kind == kind
    assert solution.check.agrees


@pytest.mark.parametrize(("opening", "offered"), [("Presets", PRESETS), ("Optimizers", OPTIMIZERS)])
def test_every_name_is_listed(opening: str, offered: Iterable[str]) -> None:
    listed = re.search(rf"^{opening}: (.*?)[;.]", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert listed
    assert set(re.findall(r"[a-z0-9_]+(?:-[a-z0-9]+)*", listed[1])) == set(offered)


def test_python_examples_run(folder: Path, environment: Mapping[str, str]) -> None:
    examples = [each.text for each in EXAMPLES if each.language == "python"]
    assert examples
    for text in examples:
        assert "0.358916" in _run(folder, environment, sys.executable, "-c", text)


def test_every_option_is_described(folder: Path, environment: Mapping[str, str]) -> None:
    offered = set(re.findall(r"--[a-z-]+", _run(folder, environment, "dlsolve", "backprop", "--help")))
    described = set(re.findall(r"--[a-z-]+", README.read_text("utf-8")))
    assert offered - described == {"--help", "--output"} - described
    assert {"--digits", "--carry", "--find"} <= offered


def test_every_kind_of_block_is_tested() -> None:
    assert {each.language for each in EXAMPLES} == {"sh", "yaml", "python", "text"}
    assert sum(each.language == "text" for each in EXAMPLES) == sum(each.shown is not None for each in SHELL)
