"""Progress: one line on a terminal after a while, wiped away at the end; nothing where nobody looks on."""

from __future__ import annotations

import io
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event

import pytest

from solver.progress import Onlooker, rounds, stage

ENDLESS = """
kind: backprop
samples:
  - {inputs: [0, 1], target: 1}
  - {inputs: [1, 1], target: 0}
batch: 1
epochs: 1000000
learning_rate: 0.5
layers: [{weights: [[0.5, -0.4], [0.3, 0.8]]}, {weights: [[0.7, -0.6]]}]
activation: sigmoid
"""


class Terminal(io.StringIO):
    """Keeps what is written, and says when something was."""

    def __init__(self) -> None:
        super().__init__()
        self.written = Event()

    def flush(self) -> None:
        self.written.set()

    def screen(self) -> str:
        """What is left to be seen in the line."""
        line: list[str] = []
        place = 0
        for c in self.getvalue():
            place = 0 if c == "\r" else place + 1
            if c != "\r":
                line[place - 1 : place] = c
        return "".join(line).rstrip()


def test_a_line_that_says_how_far_it_is_and_is_wiped_away() -> None:
    terminal = Terminal()
    with Onlooker(terminal, 80, wait=0) as onlooker:
        stage("working")
        for number in rounds(range(1, 2001), "epoch"):
            if number == 1234:
                assert onlooker.line(12.7) == "working: epoch 1,234 of 2,000 (12 s)"
                terminal.written.clear()
                assert terminal.written.wait(60)
        assert "working: epoch 1,234 of 2,000 (" in terminal.getvalue()
        assert onlooker.line(3) == "working (3 s)"
    assert terminal.getvalue().endswith("\r")
    assert terminal.screen() == ""


def test_a_narrow_terminal_keeps_it_in_one_line() -> None:
    assert Onlooker(Terminal(), 10).line(100) == " (100 s)"
    onlooker = Onlooker(Terminal(), 20)
    onlooker.stage = "writing a long word"
    assert onlooker.line(1) == "writing a long word"


def test_short_work_shows_nothing() -> None:
    terminal = Terminal()
    with Onlooker(terminal, 80, wait=600):
        assert list(rounds("abc", "letter")) == ["a", "b", "c"]
    assert terminal.getvalue() == ""


def test_a_loop_within_a_loop_is_not_counted() -> None:
    with Onlooker(Terminal(), 80, wait=600) as onlooker:
        for _ in rounds(range(3), "epoch"):
            assert list(rounds(range(5), "line")) == [0, 1, 2, 3, 4]
            assert "epoch" in onlooker.line(0)
        with pytest.raises(ValueError, match="x"):
            _fail()
        assert onlooker.counted == ""


def _fail() -> None:
    for _ in rounds(range(3), "epoch"):
        raise ValueError("x")


def test_without_an_onlooker_a_loop_is_itself() -> None:
    items = range(3)
    assert rounds(items, "epoch") is items
    stage("working")


def test_a_terminal_that_is_gone_stops_nothing() -> None:
    class Gone(Terminal):
        def flush(self) -> None:
            super().flush()
            raise OSError(5, "Input/output error")

    gone = Gone()
    with Onlooker(gone, 80, wait=0):
        assert gone.written.wait(60)
    assert not gone.getvalue().endswith("\r")


def test_interrupted_in_the_middle(environment: Mapping[str, str], tmp_path: Path) -> None:
    """On a real terminal: the line comes, Ctrl-C wipes it away, exit status 130, nothing is left behind."""
    (tmp_path / "spec.yaml").write_text(ENDLESS)
    command = [sys.executable, "-m", "solver", "solve", "spec.yaml", "-o", "page.html"]
    keyboard, terminal = pty.openpty()
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=terminal) as process:
        os.close(terminal)
        seen = Terminal()
        while " of 1,000,000 (" not in seen.getvalue() and " of 999,999 (" not in seen.getvalue():
            seen.write(os.read(keyboard, 1000).decode())
        process.send_signal(signal.SIGINT)
        seen.write(_rest(keyboard))
        assert process.communicate(timeout=60)[0] == b""
    os.close(keyboard)
    assert process.returncode == 130
    assert seen.screen() == ""
    assert [each.name for each in tmp_path.iterdir()] == ["spec.yaml"]


def _rest(keyboard: int) -> str:
    """What a process still writes to its terminal."""
    found = b""
    try:
        while more := os.read(keyboard, 1000):
            found += more
    except OSError:  # on Linux: nobody writes any more
        pass
    return found.decode()
