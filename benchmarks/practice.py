"""Ten mixed practice problems with their key, proved, against one worked network: `python benchmarks/practice.py`.

Whole processes in turn with what they are compared to; the smallest processor time of several runs counts, which
other work on the machine moves less than time on the clock.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

NET = Path(__file__).parent.parent / "problems" / "bank" / "backprop" / "two-inputs-two-hidden-two-outputs.yaml"
KINDS = ("backprop", "cnn-shapes", "perceptron", "loss", "activation", "gradient-descent", "metrics", "convolution",
         "graph", "dropout")  # fmt: skip
RUNS, MOST = 5, 3.0
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(*words: str) -> float:
    """Processor time of one process of the program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "solver", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sheet, key = (str(Path(folder) / name) for name in ("sheet.txt", "key.txt"))
        practice = ("practice", *KINDS, "--count", "10", "--seed", "42", "-o", sheet, "--key", key, "--force")
        seconds(*practice), seconds("backprop", str(NET))  # compiled and in memory
        pairs = [(seconds(*practice), seconds("backprop", str(NET))) for _ in range(RUNS)]
    many, one = min(a for a, _ in pairs), min(b for _, b in pairs)
    mark = "ok  " if many / one <= MOST else "OVER"
    print(f"{mark} ten problems with key {many:.2f} s, one network {one:.2f} s: {many / one:.2f} (at most {MOST:g})")


if __name__ == "__main__":
    main()
