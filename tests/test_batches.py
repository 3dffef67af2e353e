"""Sets in batches: the same bytes whoever makes them, stopped ones go on, and a worker that dies costs its batch."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from problems.batches import Copy, Done, Work
from problems.crew import Crew
from problems.plan import Plan, entries_of, wished
from problems.posed import Pool
from problems.printed import Printed, packed, unpacked
from problems.shelf import Folder, Memory, Shelf
from solver.errors import DlsolveError
from solver.page.blocks import Figure
from solver.render.text import render

KINDS = ("metrics", "loss")


def work(count: int = 70, *parts: str, kinds: tuple[str, ...] = KINDS, seed: int = 5) -> Work:
    return Work(Plan(entries_of(kinds, count, wished("easy", True, {})), seed), parts=parts or ("data_key",))


def made(some: Work, crew: Crew, shelf: Shelf | None = None) -> list[bytes]:
    """Every part of every problem, in order."""
    shelf = shelf or Memory()
    crew.make(some, shelf, lambda done, of: None)
    batches = [shelf.get(number) for number in range(some.batches)]
    return [part for done in batches for piece in done.pieces for part in piece.parts.values()]


class Stopped(Exception):
    """Stands for whatever stops a run."""


def stop_after(batches: int, some: Work, shelf: Shelf) -> None:
    def told(done: int, of: int) -> None:
        if done >= batches * some.size:
            raise Stopped

    with pytest.raises(Stopped):
        Crew().make(some, shelf, told)


def test_the_same_on_two_cores() -> None:
    assert made(work(), Crew(jobs=2)) == made(work(), Crew())


def test_problems_do_not_depend_on_how_many_there_are() -> None:
    assert made(work(70), Crew())[:30] == made(work(30), Crew())


def test_a_stopped_set_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some, folder = work(), tmp_path / "set.partial"
    stop_after(2, some, Folder(folder, some))
    assert len(list(folder.glob("*.batch"))) == 2
    again: list[int] = []
    batch = Work.batch
    monkeypatch.setattr(Work, "batch", lambda self, number: again.append(number) or batch(self, number))
    shelf = Folder(folder, some)
    assert made(some, Crew(), shelf) == made(work(), Crew())
    assert again[:2] == [2, 3]
    assert again[2:] == [0, 1, 2, 3]
    shelf.clear()
    assert not folder.exists()


@pytest.mark.parametrize("other", [work(70, seed=6), work(71), work(70, "data"), work(kinds=("loss", "metrics"))])
def test_another_set_is_not_continued(other: Work, tmp_path: Path) -> None:
    some = work()
    stop_after(1, some, Folder(tmp_path / "set.partial", some))
    with pytest.raises(DlsolveError, match="made with other options"):
        Folder(tmp_path / "set.partial", other)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DlsolveError, match="is in the way"):
        Folder(tmp_path, work())
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_file_that_someone_put_among_the_batches_stays(tmp_path: Path) -> None:
    some = work()
    shelf = Folder(tmp_path / "set.partial", some)
    stop_after(1, some, shelf)
    (shelf.path / "thesis.txt").write_text("mine")
    shelf.clear()
    assert [file.name for file in shelf.path.iterdir()] == ["thesis.txt"]


def test_a_batch_that_was_cut_off_is_named(tmp_path: Path) -> None:
    some, folder = work(), tmp_path / "set.partial"
    stop_after(1, some, Folder(folder, some))
    file = folder / "000000.batch"
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(DlsolveError, match=r"000000.batch cannot be read"):
        Folder(folder, some).get(0)


def test_a_worker_that_dies_costs_its_batch(tmp_path: Path) -> None:
    some, killed = work(), []

    def told(done: int, of: int) -> None:
        workers = [p for p in psutil.Process().children(recursive=True) if "popen_loky" in " ".join(p.cmdline())]
        if not killed and workers:
            killed.append(workers[0].pid)
            workers[0].send_signal(signal.SIGKILL)

    shelf = Folder(tmp_path / "set.partial", some)
    Crew(jobs=2).make(some, shelf, told)
    assert killed
    assert made(some, Crew(), shelf) == made(work(), Crew())


def test_no_problem_comes_twice() -> None:
    """There are few perceptrons on gates; batches that do not know of each other draw some of them again."""
    some = Work(Plan(entries_of(("metrics",), 120, wished("easy", True, {})), 1), parts=("line",))
    small = [Done(done.pieces[:3] * 2, done.report) for done in [some.batch(0)]]
    pool = Pool()
    remade = some.remade(iter(small), pool)
    assert list(remade) == [3, 4, 5]
    digests = {piece.digest for done in small for piece in done.pieces} | {piece.digest for piece in remade.values()}
    assert len(digests) == 6


def test_what_is_printed_travels() -> None:
    for kind in ("backprop", "cnn-shapes", "convolution", "attention"):
        some = work(1, "drawn", "printed", kinds=(kind,))
        parts = some.batch(0).pieces[0].parts
        drawn, plain = unpacked(parts["drawn"]), unpacked(parts["printed"])
        assert packed(drawn, figures=True) == parts["drawn"]
        assert spelled(drawn) == spelled(plain)
        figures = [block for block in (*drawn.sheet, *drawn.key) if isinstance(block, Figure)]
        assert all(figure.svg.startswith("<svg") for figure in figures)


def spelled(prints: Printed) -> str:
    from solver.page.blocks import Page

    return render(Page(prints.heading, (*prints.sheet, *prints.key)), 80, False)


def test_copies_differ() -> None:
    plan = Plan(entries_of(("metrics",), 3, wished("easy", True, {})), 1)
    parts = made(Work(plan, (Copy("Ada", "Ada"), Copy("Bo", "Bo")), ("line",)), Crew())
    assert len(set(parts)) == 6


def dlsolve(*words: str, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "solver", "practice", *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more)


def test_ctrl_c_leaves_no_file_and_the_same_command_goes_on(tmp_path: Path) -> None:
    words = ("metrics", "--count", "2", "--copies", "90", "--bound", "--key", "key.txt", "-o", "sheet.txt")
    folder = tmp_path / "sheet.txt.partial"
    run = dlsolve(*words, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not list(folder.glob("*.batch")) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "the same command goes on" in said
    assert os.listdir(tmp_path) == ["sheet.txt.partial"]
    stopped = {file.name: file.stat().st_mtime_ns for file in folder.glob("*.batch")}
    assert 0 < len(stopped) < 9
    run = dlsolve(*words, cwd=tmp_path)
    assert run.communicate(timeout=120)[1] == ""
    assert run.returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["key.txt", "sheet.txt"]
    whole = tmp_path / "whole"
    whole.mkdir()
    run = dlsolve(*words, cwd=whole)
    run.communicate(timeout=120)
    for name in ("key.txt", "sheet.txt"):
        assert (whole / name).read_bytes() == (tmp_path / name).read_bytes()


def server(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler on loopback, and its two workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = server("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    workers = [
        server("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--host",
               "127.0.0.1", "--local-directory", str(tmp_path / name))
        for name in "ab"
    ]  # fmt: skip
    yield address, workers
    for each in (*workers, scheduler):
        each.kill()
        each.wait()


@pytest.mark.filterwarnings("default")  # of Dask's own
def test_a_cluster_that_loses_a_worker(cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path) -> None:
    address, workers = cluster
    killed: list[int] = []

    def told(done: int, of: int) -> None:
        if done >= of // 2 and not killed:
            workers[0].kill()
            killed.append(done)

    some = work(140)
    shelf = Folder(tmp_path / "set.partial", some)
    Crew(cluster=address).make(some, shelf, told)
    assert killed
    assert made(some, Crew(), shelf) == made(work(140), Crew())


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    from problems import crew

    monkeypatch.setattr(crew, "_PATIENCE", 1)
    with pytest.raises(DlsolveError, match="no Dask scheduler answers there"):
        made(work(), Crew(cluster="tcp://127.0.0.1:9"))


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
def test_compiled_workings_choose_the_same_problems(level: str) -> None:
    """Lines of JSON come from compiled workings, pages from worked ones: the problems and answers are the same."""
    plan = Plan(entries_of(("backprop",), 12, wished(level, True, {})), 2)
    lines, pages = (made(Work(plan, parts=(part,)), Crew()) for part in ("line_key", "data_key"))
    for line, page in zip(map(json.loads, lines), map(json.loads, pages), strict=True):
        assert line["spec"] == page["spec"]
        assert line["answers"] == pytest.approx(page["solution"]["answers"], rel=1e-12, abs=1e-15)


def test_a_worker_without_the_program_is_named() -> None:
    from problems import crew

    class Client:
        def wait_for_workers(self, count: int, timeout: float) -> None: ...

        def run(self, function: Any, on_error: str) -> dict[str, Any]:
            return {"tcp://worker:1": ImportError("No module named 'problems'")}

    with pytest.raises(DlsolveError, match="worker tcp://worker:1 cannot import dlsolve"):
        crew._same_version(Client(), "tcp://host:8786")
