"""Sets of problems in large numbers, as ratios within one run: `python benchmarks/sets.py`.

Problems are 2-2-2 networks of which all new weights are asked. The class set is 200 students with 5 problems each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from run import say

from problems.batches import Copy, Work
from problems.crew import Crew
from problems.plan import Plan, entries_of, wished
from problems.printed import unpacked
from problems.sheet import Bound, Key, Sheet
from problems.shelf import Folder, Memory, Shelf
from solver import loads, solve
from solver.render import pdf

NET = {"inputs": 2, "hidden": 2, "outputs": 2, "activation": "sigmoid", "ask": "all weights"}
MANY, ALONE = 10_000, 100
CLASS = ("backprop", "cnn-shapes", "loss", "metrics", "perceptron")


def networks(count: int) -> Work:
    """So many 2-2-2 networks, as lines of JSON with their answers."""
    return Work(Plan(entries_of(("backprop",), count, wished("medium", True, NET)), 1), parts=("line", "line_key"))


def seconds(run: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def made(work: Work, crew: Crew, shelf: Shelf | None = None) -> Shelf:
    """All batches of a set."""
    shelf = shelf or Memory()
    crew.make(work, shelf, lambda done, of: None)
    return shelf


def many() -> None:
    """10,000 proved problems in one process, and the same problems solved and checked one by one."""
    shelf = made(networks(MANY), Crew())  # compiled and warm: what is timed is the work
    took = seconds(lambda: made(networks(MANY), Crew()))
    specs = [json.dumps(json.loads(piece.parts["line"])["spec"]) for piece in shelf.get(0).pieces[:ALONE]]
    alone = seconds(lambda: [solve(loads(spec)).answers for spec in specs]) / ALONE * MANY
    say(f"{MANY:,} proved 2-2-2 problems in one process", took, 20, " s")
    say("the same / each on its own", took / alone, 0.2)


def two_workers() -> None:
    """One worker against two, both in processes that are up."""
    crews = Crew(), Crew(jobs=2)
    for crew in crews:
        made(networks(3000), crew)
    pairs = [[seconds(lambda crew=crew: made(networks(MANY), crew)) for crew in crews] for _ in range(3)]
    alone, together = min(a for a, _ in pairs), min(b for _, b in pairs)
    print(f"     one worker takes {alone / together:.3g} times as long as two, which is to be 1.7 at least")
    say("two workers / one worker", together / alone, 1 / 1.7)


def class_set() -> None:
    """200 students × 5 problems as PDF and key, and Typst alone on the same source and data."""
    entries = entries_of(CLASS, len(CLASS), wished("medium", True, {}))
    copies = tuple(Copy(f"Student {number}", str(number)) for number in range(200))
    work = Work(Plan(entries, 3), copies, ("drawn",))
    start = time.perf_counter()
    shelf = made(work, Crew(jobs=0))
    pieces = [piece for number in range(work.batches) for piece in shelf.get(number).pieces]
    prints = [unpacked(piece.parts["drawn"]) for piece in pieces]
    sheets = tuple(
        Sheet(tuple(prints[5 * at : 5 * at + 5]), work.plan, work.plan.form(copy.key), copy.student)
        for at, copy in enumerate(copies)
    )
    pages = [Bound(sheets).page(), Key(sheets).page()]
    documents = [pdf.render(page, "a4") for page in pages]
    whole = time.perf_counter() - start
    inputs = [pdf.inputs(page, "a4") for page in pages]
    alone = sum(seconds(lambda given=given: pdf.compiled(given)) for given in inputs)
    size = sum(map(len, documents)) / 1e6
    print(f"     200 students × 5 problems, {size:.0f} MB: {whole:.0f} s, of which Typst takes {alone:.0f} s")
    say("a class set as PDF and key / Typst alone", whole / alone, 1.5)


def memory() -> None:
    """The largest memory of a process that makes 100,000 problems, over one that makes 1,000."""
    sizes = {}
    for count in (1_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, __file__, "write", str(count), str(Path(folder, "set.jsonl"))]
            sizes[count] = int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    print(f"     {sizes[1_000] / 1024:.0f} MB for 1,000 problems, {sizes[100_000] / 1024:.0f} MB for 100,000")
    say("memory for 100,000 problems / for 1,000", sizes[100_000] / sizes[1_000], 1.25)


def write(count: int, file: str) -> None:
    """Writes a set as the command does, and prints the largest memory of this process in kB."""
    from problems.prints import Prints, Target

    work = networks(count)
    shelf = Folder(Path(f"{file}.partial"), work)
    made(work, Crew(), shelf)
    content = Prints(work, shelf, "none", lambda page, name: "").content(Target(file, file, "jsonl", key=True))
    assert callable(content)
    with open(file, "wb") as out:
        content(out)
    shelf.clear()
    assert os.path.getsize(file) > 100 * count
    status = Path("/proc/self/status").read_text()  # getrusage would tell the largest size of the parent, too
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(int(sys.argv[2]), sys.argv[3])
    else:
        many()
        two_workers()
        class_set()
        memory()
