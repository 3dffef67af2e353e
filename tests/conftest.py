"""What all tests share: the bank, the command as a process of its own, and --golden."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written rather than compared."""
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a process that finds this checkout's packages and speaks UTF-8."""
    dropped = ("LC_ALL", "LC_CTYPE", "LANG", "PYTHONIOENCODING", "PYTHONUTF8", "NO_COLOR")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def dlsolve(environment: Mapping[str, str]) -> Command:
    """Runs the command as a process of its own; keywords are environment variables, and `text` is its input."""

    def run(*arguments: str | Path, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "solver", *map(str, arguments)],
            input=text,
            capture_output=True,
            encoding="utf-8",
            env={**environment, **variables},
            timeout=60,
            check=False,
        )

    return run
