"""The picture of threshold neurons with two inputs: the plane, the samples, where the last neuron fires."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..errors import NotAsked
from ..notation import Name
from ..spec.number import Number
from ..spec.perceptron_problem import Perceptron, ThresholdNet
from .drawing import Drawing, Drawings
from .plane import Sample, plane

if TYPE_CHECKING:
    from ..solution import Worked

_NAMES = ("does not fire", "fires")


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """plane. Raises NotAsked unless there are two inputs (a constant one stands for the bias)."""
    if isinstance(solution.problem, ThresholdNet):
        _require_plane(len(solution.problem.samples[0].inputs))
        return {"plane": partial(_net, solution.problem)}
    columns, free = _columns(solution.problem)
    _require_plane(len(free), len(columns))
    return {"plane": partial(_neuron, solution.problem, solution)}


def _require_plane(free: int, inputs: int = 0) -> None:
    if free != 2:
        raise NotAsked(f"a plane has two inputs; this problem has {inputs or free}")


def _columns(problem: Perceptron) -> tuple[list[tuple[Number, ...]], list[int]]:
    """Every input over the samples, and which of them change."""
    columns = list(zip(*(case.inputs for case in problem.samples), strict=True))
    return columns, [i for i, column in enumerate(columns) if len({number.value for number in column}) > 1]


def _neuron(problem: Perceptron, solution: Worked) -> Drawing:
    columns, free = _columns(problem)
    weights = [float(value) for value in solution.answers["weights"]]
    still = sum(weights[i] * float(columns[i][0].value) for i in range(len(weights)) if i not in free)
    still += float(solution.answers.get("bias", 0)) - float(solution.answers.get("threshold", 0))

    def group(x: float, y: float) -> int:
        return int(_fires(weights[free[0]] * x + weights[free[1]] * y + still, problem.fires))

    samples = [
        Sample(
            float(case.inputs[free[0]].value),
            float(case.inputs[free[1]].value),
            int(case.target is not None and case.target.value == 1),
        )
        for case in problem.samples
    ]
    axes = ((Name("x", str(free[0] + 1)),), (Name("x", str(free[1] + 1)),))
    return plane(solution.title, samples, _NAMES, axes, group)


def _net(problem: ThresholdNet) -> Drawing:
    group = _forward(problem)
    points = [(float(case.inputs[0].value), float(case.inputs[1].value)) for case in problem.samples]
    samples = [Sample(x, y, group(x, y)) for x, y in points]
    return plane(problem.title, samples, _NAMES, ((Name("x", "1"),), (Name("x", "2"),)), group)


def _forward(problem: ThresholdNet) -> Callable[[float, float], int]:
    """Whether the first output fires: is above 0 (for relu and linear, from one half on)."""

    def group(x: float, y: float) -> int:
        outputs = [x, y]
        for layer in problem.layers:
            nets = [
                sum(float(w.value) * o for w, o in zip(row, outputs, strict=True)) + float(bias.value)
                for row, bias in zip(layer.weights, layer.biases, strict=True)
            ]
            outputs = [_output(net, layer.activation, problem.fires) for net in nets]
        least = 0.5 if problem.layers[-1].activation in ("relu", "linear") else 1
        return int(outputs[0] >= least)

    return group


def _output(net: float, activation: str, fires: str) -> float:
    if activation == "relu":
        return max(net, 0.0)
    if activation == "linear":
        return net
    return 1.0 if _fires(net, fires) else -1.0 if activation == "sign" else 0.0


def _fires(net: float, sign: str) -> bool:
    return net >= 0 if sign == ">=" else net > 0
