"""The independent second look at a convolution problem: whole arrays forwards and backwards, and finite differences.

Kernels are slid by shifting the whole image once for each weight; nothing of the working's windows is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from ..spec.convolution_problem import Convolution, Layer, Pool, Shape
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, held
from .convolution_differences import slopes_by_differences
from .convolution_layers import parts
from .convolution_passes import Run, back, error, numbers, run

Named = Iterator[tuple[str, float]]


def audited(values: Mapping[str, float], problem: Convolution, backend: str = "numpy") -> Audit:
    """Every value held against the arrays, the gradients against finite differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    with numpy.errstate(all="ignore"):
        found = quantities(problem, xp, device)
        return held(values, found, slopes_by_differences(problem, Arrays(xp, device), set(values)), backend)


def quantities(problem: Convolution, xp: Any = numpy, device: Any = None) -> dict[str, float]:
    """Every cell of every layer, the error, every gradient and every new value, by the keys of the interface."""
    on = Arrays(xp, device)
    return dict(_Reader(problem, on).everything())


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads arrays out under the keys of their cells."""

    problem: Convolution
    on: Arrays

    def everything(self) -> Named:
        passed = run(self.problem, self.on)
        yield from self._cells("x", passed.image, self.problem.shape)
        if self.problem.scale:
            yield from self._cells("scaled", passed.start, self.problem.shape)
        for layer, output in zip(self.problem.layers, passed.outputs, strict=True):
            yield from self._cells(layer.name, output, layer.after)
        for layer, image, output in zip(self.problem.layers, passed.inputs, passed.outputs, strict=True):
            yield from self._groups(layer, image, output, "{}", 0)
        if self.problem.has_target:
            yield from self._errors(passed)
            yield from self._gradients(passed)

    def _cells(self, name: str, values: Any, shape: Shape, form: str = "{}") -> Named:
        numbers = on_host(values).ravel().tolist()
        for cell, number in zip(shape.cells(), numbers, strict=True):
            yield form.format(f"{name}{shape.index(*cell)}"), number

    def _groups(self, layer: Layer, image: Any, slope: Any, form: str, which: int) -> Named:
        """The parts of the maximum of large windows (0), or their slopes (1)."""
        if isinstance(layer, Pool) and layer.group:
            by_channel = self.on.xp.reshape(slope, (-1, 1, 1)) if layer.entire else slope
            for (channel, row, column, number), found in parts(layer, image, by_channel, self.on).items():
                cell = (0, 0, channel) if layer.entire else (channel, row, column)
                yield form.format(f"{layer.name}{layer.after.index(*cell)}:{number}"), found[which]

    def _errors(self, passed: Run) -> Named:
        parts = on_host(error(self.problem, passed.outputs[-1], self.on)).ravel()
        yield from self._cells("E", parts, self.problem.output)
        yield "E", float(parts.sum())

    def _gradients(self, passed: Run) -> Named:
        slopes = back(self.problem, passed, self.on)
        for layer, slope in zip(self.problem.layers, slopes.outputs, strict=True):
            yield from self._cells(layer.name, slope, layer.after, "dE/d{}")
        if self.problem.scale:
            yield from self._cells("scaled", slopes.start, self.problem.shape, "dE/d{}")
        yield from self._cells("x", slopes.image, self.problem.shape, "dE/d{}")
        for layer, image, slope in zip(self.problem.layers, passed.inputs, slopes.outputs, strict=True):
            yield from self._groups(layer, image, slope, "dE/d{}", 1)
        rate, old = self.problem.learning_rate, self.problem.parameters
        for key, slope in slopes.parameters.items():
            yield f"dE/d{key}", slope
            if rate is not None:
                yield f"{key}'", float(old[key].value) - float(rate.value) * slope
        if rate is not None and old:
            moved = {key: float(old[key].value) - float(rate.value) * slopes.parameters[key] for key in old}
            outputs = run(self.problem, self.on, {**numbers(self.problem), **moved}).outputs[-1]
            yield "E'", float(on_host(error(self.problem, outputs, self.on)).sum())
