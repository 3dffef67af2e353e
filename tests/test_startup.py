"""Help, completion and `import solver` are instant: they load none of the heavy packages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

HEAVY = {"sympy", "numpy", "yaml", "tabulate"}


def _loaded(program: str, environment: Mapping[str, str], *arguments: str) -> tuple[set[str], str]:
    """The packages that a program has loaded when it ends, and what it printed."""
    watched = f"import atexit, sys\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n{program}"
    ran = subprocess.run(
        [sys.executable, "-c", watched, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=60,
        check=True,
    )
    return {name.partition(".")[0] for name in ran.stderr.split()}, ran.stdout


SPEC = "{kind: backprop, inputs: [1], layers: [{weights: [[2]]}], activation: linear}"
COMMAND = "from solver.cli import main\nmain(prog_name='dlsolve')"


@pytest.mark.parametrize(
    ("arguments", "shows"),
    [
        (["--help"], "backprop"),
        (["--version"], "dlsolve"),
        (["backprop", "--help"], "--digits"),
        (["schema", "--help"], "JSON Schema"),
        (["topics"], "backprop"),
    ],
)
def test_help_loads_nothing_heavy(environment: Mapping[str, str], arguments: list[str], shows: str) -> None:
    packages, printed = _loaded(COMMAND, environment, *arguments)
    assert shows in printed
    assert packages & HEAVY == set()
    assert "click" in packages


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("dlsolve back", "backprop"), ("dlsolve backprop --ca", "--carry"), ("dlsolve backprop --carry f", "full")],
)
def test_completion_loads_nothing_heavy(environment: Mapping[str, str], typed: str, completed: str) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_DLSOLVE_COMPLETE": "bash_complete"}
    packages, printed = _loaded(COMMAND, {**environment, **words})
    assert completed in printed
    assert packages & HEAVY == set()


def test_import_loads_nothing_heavy(environment: Mapping[str, str]) -> None:
    packages, _ = _loaded("import solver\nassert solver.__version__\nassert 'solve' in solver.__all__", environment)
    assert packages & (HEAVY | {"click"}) == set()


def test_the_watch_sees_what_a_solution_loads(environment: Mapping[str, str]) -> None:
    packages, _ = _loaded("import solver\nsolver.solve(solver.loads(sys.argv[1])).to_text()", environment, SPEC)
    assert packages >= HEAVY
