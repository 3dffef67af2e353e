"""Speed as ratios within one run: `python benchmarks/run.py`.

Whole processes are timed in turn with what they are compared to, and the smallest of several runs counts.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BANK = Path(__file__).parent.parent / "problems" / "bank" / "backprop"
NET = BANK / "two-inputs-two-hidden-two-outputs.yaml"
IMPORTS = "import sympy, numpy, yaml, click, tabulate; from pydantic import BaseModel"
RUNS = 9
# As an installed program: its modules are compiled once, like those that it is compared to.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """Wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - start


def ratio(command: list[str], other: list[str]) -> float:
    """The smallest time of a command over the smallest of the other, run in turn."""
    pairs = [(seconds(command), seconds(other)) for _ in range(RUNS)]
    return min(a for a, _ in pairs) / min(b for _, b in pairs)


def python(*words: str) -> list[str]:
    return [sys.executable, *words]


def best(run: Callable[[], object], times: int = 5) -> float:
    """The smallest time of a call."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def say(what: str, value: float, limit: float, unit: str = "") -> None:
    mark = "ok  " if value <= limit else "OVER"
    print(f"{mark} {what}: {value:.3g}{unit} (at most {limit:g}{unit})")


def processes() -> None:
    """Start-up against the bare imports."""
    say("dlsolve --help / import click", ratio(python("-m", "solver", "--help"), python("-c", "import click")), 1.5)
    page = python("-m", "solver", "backprop", str(NET))
    say("dlsolve backprop 2-2-2 / its imports", ratio(page, python("-c", IMPORTS)), 1.3)


def warm_line() -> None:
    """A line of a warm page, against a line of handcalcs where that is installed."""
    from solver import load, solve
    from solver.page.blocks import Lines

    solution = solve(load(NET))
    lines = sum(len(block.equations) for block in solution.page().blocks if isinstance(block, Lines))
    each = best(lambda: solve(load(NET)).to_text()) / lines
    print(f"     a worked line of a warm page takes {1e3 * each:.3g} ms ({lines} lines)")
    if importlib.util.find_spec("handcalcs"):
        say("a line / a line of handcalcs", each / _handcalcs(), 0.1)


def html_page() -> None:
    """The warm page in HTML against the page as text, both from a solution that is there."""
    from solver import load, solve

    solution = solve(load(NET))
    pairs = [(best(solution.to_html), best(solution.to_text)) for _ in range(RUNS)]
    say("2-2-2 as HTML / as text", min(a for a, _ in pairs) / min(b for _, b in pairs), 1.5)


def _handcalcs() -> float:
    """The time that handcalcs takes for a line of the same example."""
    from handcalcs.decorator import handcalc

    def net(w1, i1, w2, i2, b1):  # type: ignore[no-untyped-def]
        return w1 * i1 + w2 * i2 + b1

    worked = handcalc()(net)
    return best(lambda: worked(0.15, 0.05, 0.20, 0.10, 0.35), 20)


def network(sizes: list[int]) -> str:
    """A spec of random numbers with layers of these sizes."""
    numbers = random.Random(1)
    rows = [f"inputs: {[round(numbers.random(), 2) for _ in range(sizes[0])]}"]
    rows += [
        f"target: {[int(i == 3) for i in range(sizes[-1])]}",
        "learning_rate: 0.1",
        "activation: sigmoid",
        "layers:",
    ]
    for before, size in itertools.pairwise(sizes):
        matrix = [[round(numbers.uniform(-0.1, 0.1), 3) for _ in range(before)] for _ in range(size)]
        rows.append(f"  - {{weights: {matrix}, biases: {[round(numbers.uniform(-0.1, 0.1), 3) for _ in range(size)]}}}")
    return "kind: backprop\n" + "\n".join(rows) + "\n"


def large_network() -> None:
    """A 784-16-16-10 net as JSON: cost for each step, time, memory."""
    idle = min(seconds(python("-c", IMPORTS)) for _ in range(3))
    cost = {}
    with tempfile.TemporaryDirectory() as folder:
        for first in (10, 784):
            spec = Path(folder, f"{first}.yaml")
            spec.write_text(network([first, 16, 16, 10]))
            start = time.perf_counter()
            found = subprocess.run(
                python("-m", "solver", "backprop", str(spec), "--format", "json"), check=True, capture_output=True
            )
            took = time.perf_counter() - start
            cost[first] = (took - idle) / len(json.loads(found.stdout)["steps"])
    say("cost of a step, 784-16-16-10 / 10-16-16-10", cost[784] / cost[10], 2)
    say("784-16-16-10 as JSON", took, 15, " s")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    say("its memory", memory, 1, " GB")


def variants() -> None:
    """100,000 variants of the 2-2-2 net through the compiled working."""
    import numpy

    from solver import load
    from solver.evaluate import compiled
    from solver.topics.backprop import work

    working = work(load(NET).data)
    inputs, outputs = list(working.givens), list(working.steps)
    count = 100_000
    start = [float(given.number.value) for given in working.givens.values()]
    numbers = numpy.random.default_rng(1)
    arrays = [value * (1 + 0.1 * numbers.random(count)) for value in start]
    function = compiled(working, inputs, outputs)
    each = best(lambda: function(*arrays), 3) / count / len(outputs)
    say("a quantity of a variant, 100,000 at once", 1e6 * each, 1, " µs")


if __name__ == "__main__":
    processes()
    warm_line()
    html_page()
    variants()
    large_network()
