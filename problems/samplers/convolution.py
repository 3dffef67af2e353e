"""A small image through convolution, ReLU and pooling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from ..asks import Ask, Posing, posing
from ..numbers import Value, matrix
from ..rules import confusing, short
from ..wishes import Draw, Wishes

SETTINGS = ("size", "kernel", "ask")
_TRIES = 400


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: one convolution; medium: with ReLU and pooling; hard: two channels."""
    kernel = wishes.count("kernel", 2, 1, 5)
    size = wishes.count("size", 3 if wishes.level == "easy" else 5 if kernel == 2 else kernel + 3, kernel + 1, 8)
    channels = 2 if wishes.level == "hard" else 1
    pool = form.choice(("max_pool", "max_pool", "avg_pool")) if wishes.level != "easy" else ""
    tries = (_drawn(rng, size, kernel, channels) for _ in range(_TRIES))
    drawn = next((each for each in tries if _keeps(each, pool)), None)
    if drawn is None:
        return Draw({}, refused="the ReLU cuts all, nothing, or a window has two largest values")
    conv = {"kernels": [drawn.kernels] if channels > 1 else drawn.kernels[0], "biases": [drawn.bias]}
    layers: list[Any] = [{"conv": conv}, *(["relu", {pool: 2}] if pool else [])]
    spec = {
        "kind": "convolution",
        "title": f"A {size} × {size} image through a {kernel} × {kernel} kernel",
        "image": drawn.image if channels > 1 else drawn.image[0],
        "layers": layers,
    }
    posed = Posing(spec, 3 + 2 * len(layers), lambda solution: _unfit(solution, wishes.in_head))
    return posing(form, posed, _offered(size - kernel + 1, pool), wishes)


def _offered(side: int, pool: str) -> dict[str, Ask]:
    """Every map, the last one, or a cell; after max pooling a forgotten ReLU shows in the map before it alone."""
    every = {
        name: tuple(f"{name}[{row},{column}]" for row in range(1, width + 1) for column in range(1, width + 1))
        for name, width in (("conv1", side), ("relu1", side), ("pool1", side // 2))
    }
    offered = {"all": Ask(), "mistake": Ask(every["conv1"][-1:], share=0.5)}
    if not pool:
        return offered | {"one cell": Ask(every["conv1"][-1:], share=0.5), "line": Ask()}
    if pool == "max_pool":
        return offered | {"line": Ask(every["relu1"][: 2 * side])}
    line = Ask(every["pool1"][: side // 2], share=0.8)
    return offered | {
        "last map": Ask(every["pool1"], share=0.9),
        "one cell": Ask(every["pool1"][:1], share=0.5),
        "line": line,
    }


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Image and kernels by channel, and the bias."""

    image: list[list[list[int]]]
    kernels: list[list[list[Value]]]
    bias: int

    def rows(self) -> list[list[float]]:
        """The map of the convolution."""
        size, kernel = len(self.image[0]), len(self.kernels[0])
        places = range(size - kernel + 1)
        return [[self.bias + sum(self._at(i, j)) for j in places] for i in places]

    def _at(self, i: int, j: int) -> Iterator[float]:
        for channel, kernel in zip(self.image, self.kernels, strict=True):
            for di, row in enumerate(kernel):
                for dj, weight in enumerate(row):
                    yield weight * channel[i + di][j + dj]


def _drawn(rng: Random, size: int, kernel: int, channels: int) -> _Drawn:
    image = [[[rng.randint(0, 5) for _ in range(size)] for _ in range(size)] for _ in range(channels)]
    kernels = [matrix(rng, [-2, -1, 1, 2], kernel, kernel) for _ in range(channels)]
    return _Drawn(image, kernels, rng.choice((-2, -1, 1, 2)))


def _keeps(drawn: _Drawn, pool: str) -> bool:
    """Whether a turned kernel is seen, the ReLU cuts some cells and no window has two largest values."""
    for kernel in drawn.kernels:
        if [row[::-1] for row in kernel[::-1]] == kernel or [list(c) for c in zip(*kernel, strict=True)] == kernel:
            return False
    rows = drawn.rows()
    cells = [cell for row in rows for cell in row]
    if pool and (0 in cells or min(cells) > 0 or max(cells) < 0):
        return False
    cut = [[max(0, cell) for cell in row] for row in rows]
    return pool != "max_pool" or not any(window.count(max(window)) > 1 for window in _windows(cut))


def _windows(rows: list[list[float]]) -> Iterator[list[float]]:
    """The windows of 2 × 2 that pooling takes."""
    for i in range(0, len(rows) - 1, 2):
        for j in range(0, len(rows[0]) - 1, 2):
            yield [rows[i][j], rows[i][j + 1], rows[i + 1][j], rows[i + 1][j + 1]]


def _unfit(solution: Any, head: bool) -> str:
    return (short(solution) if head else "") or confusing(solution)
