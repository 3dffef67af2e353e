"""A small image through convolution, ReLU and pooling."""

from __future__ import annotations

from random import Random
from typing import Any

from ..numbers import matrix
from ..rules import in_head
from ..wishes import Draw, Wishes

SETTINGS = ("size", "kernel")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """easy: one convolution; medium: with ReLU and pooling; hard: two channels."""
    kernel = wishes.count("kernel", 2, 1, 5)
    size = wishes.count("size", 3 if wishes.level == "easy" else 5 if kernel == 2 else kernel + 3, kernel + 1, 8)
    channels = 2 if wishes.level == "hard" else 1
    image = [[[rng.randint(0, 5) for _ in range(size)] for _ in range(size)] for _ in range(channels)]
    kernels = [matrix(rng, [-2, -1, 1, 2], kernel, kernel) for _ in range(channels)]
    layers: list[Any] = [
        {"conv": {"kernels": [kernels] if channels > 1 else kernels[0], "biases": [rng.choice((-2, -1, 1, 2))]}}
    ]
    if wishes.level != "easy":
        layers += ["relu", {"max_pool" if form.random() < 0.7 else "avg_pool": 2}]
    spec = {
        "kind": "convolution",
        "title": f"A {size} × {size} image through a {kernel} × {kernel} kernel",
        "image": image if channels > 1 else image[0],
        "layers": layers,
    }
    return Draw(
        spec, points=3 + 2 * len(layers), unfit=lambda solution: _unfit(solution, image, kernels, wishes.in_head)
    )


def _unfit(solution: Any, image: list[Any], kernels: list[Any], head: bool) -> str:
    """A turned or transposed kernel that is not seen, a ReLU that cuts all or nothing, a tie in a window."""
    for kernel in kernels:
        if [row[::-1] for row in kernel[::-1]] == kernel or [list(c) for c in zip(*kernel, strict=True)] == kernel:
            return "the kernel turned or transposed is the same"
    answers = solution.answers
    if "relu1" in answers:
        cells = [cell for row in answers["conv1"] for cell in row]
        if 0 in cells or min(cells) > 0 or max(cells) < 0:
            return "the ReLU cuts all, nothing, or stands at its kink"
        if "pool1" in answers and _tie(answers["relu1"]):
            return "a window has two largest values"
    return in_head(solution) if head else ""


def _tie(rows: list[list[float]]) -> bool:
    """Whether a 2 × 2 window holds its largest value twice."""
    starts = [(i, j) for i in range(0, len(rows) - 1, 2) for j in range(0, len(rows[0]) - 1, 2)]
    windows = [[rows[i][j], rows[i][j + 1], rows[i + 1][j], rows[i + 1][j + 1]] for i, j in starts]
    return any(window.count(max(window)) > 1 for window in windows)
