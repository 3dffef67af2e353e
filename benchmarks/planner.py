"""How fast the CNN planner is: a whole process against its imports, a warm plan, and growth with the layers.

Run it as `python benchmarks/planner.py`; it exits with 1 when a promise is broken.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from solver.catalog.cnn_layers import settings_of
from solver.cnn.planner import plan
from solver.cnn.presets import preset
from solver.spec.cnn_shapes import problem
from solver.spec.convnet import ConvNet, Layer
from solver.spec.read import read

TABLE = ["-m", "solver", "cnn-shapes", "--preset", "vgg16", "--no-check"]


def best(work: Callable[[], object], times: int) -> float:
    """The shortest of several runs, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - start))
    return min(found)


def process(*arguments: str) -> Callable[[], object]:
    """A whole Python process."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def stack(layers: int) -> ConvNet:
    """Convolutions written out one by one, each an object of its own."""
    settings = settings_of("conv", {"filters": 8, "kernel": 3, "padding": "same"})
    return ConvNet("", (32, 32, 8), tuple(Layer("conv", settings) for _ in range(layers)))


def promises() -> dict[str, tuple[float, float]]:
    """Each promise: what was measured, and what it may be at most."""
    imports, table = best(process("-c", "import click, yaml"), 15), best(process(*TABLE), 15)
    resnet = problem(read(preset("resnet152"), "resnet152"))[0]
    short, long = stack(1_000), stack(10_000)
    per_layer = best(lambda: plan(short), 5) / 1_000
    return {
        "dlsolve cnn-shapes --preset vgg16 --no-check, against click and yaml alone": (table / imports, 4.0),
        "ResNet-152 planned in a warm process, ms": (best(lambda: plan(resnet), 50), 3.0),
        "cost of a layer among 10,000 against one among 1,000": (best(lambda: plan(long), 3) / 10_000 / per_layer, 2.0),
    }


def main() -> int:
    kept = True
    for what, (measured, at_most) in promises().items():
        kept = kept and measured <= at_most
        print(f"{what}: {measured:.2f} (at most {at_most:.1f})")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
