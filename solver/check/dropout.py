"""The independent second look at dropout: masks as one matrix, all thinned nets at once, finite differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from ..spec.dropout_problem import Batch, Layer
from .activations import ACTIVATIONS, Elementwise
from .backends import Arrays, on_host
from .backends import backend as array_backend
from .compare import Audit, Differences, held

_STEP = 1e-4


def audited(values: Mapping[str, float], problem: Layer | Batch, backend: str = "numpy") -> Audit:
    """Every value held against the reference, gradients against differences.

    Raises Unavailable for a backend that is not here.
    """
    xp, device = array_backend(backend)
    slopes = Differences() if isinstance(problem, Batch) else _differences(problem)
    return held(values, quantities(problem, xp, device), slopes, backend)


def quantities(problem: Layer | Batch, xp: Any, device: Any) -> dict[str, float]:
    """Every given and every line by its key."""
    if isinstance(problem, Batch):
        return _batch(problem, Arrays(xp, device))
    return _Layer(problem, Arrays(xp, device)).quantities()


def _batch(batch: Batch, on: Arrays) -> dict[str, float]:
    """Masks and gradients (samples, parameters), their product, and its mean over the samples."""
    masks = numpy.asarray([sample.mask for sample in batch.samples], dtype=float)
    slopes = numpy.asarray([[float(g.value) if g else 0.0 for g in sample.gradient] for sample in batch.samples])
    parts = on.place(masks) * on.place(slopes)
    means = on_host(on.xp.mean(parts, axis=0))
    found = {f"dE/d{name}": float(mean) for name, mean in zip(batch.parameters, means, strict=True)}
    for letter, table in (("m", masks), ("g", slopes), ("c", on_host(parts))):
        for number, row in enumerate(table, 1):
            found |= {f"{letter}_{name}[{number}]": float(e) for name, e in zip(batch.parameters, row, strict=True)}
    return found


class _Layer:
    """Activations (units,) and weights (neurons, units) of a layer with dropout."""

    def __init__(self, layer: Layer, on: Arrays) -> None:
        self.layer, self.on = layer, on
        self.a = numpy.asarray([float(number.value) for number in layer.activations])
        self.p = float(layer.keep.value) if layer.keep else 1.0
        self.found: dict[str, float] = {"p": self.p}
        self._table("a", self.a)

    def _table(self, start: str, row: Any, tag: str = "") -> None:
        self.found.update({f"{start}{number}{tag}": float(each) for number, each in enumerate(row, 1)})

    def quantities(self) -> dict[str, float]:
        follows = self.layer.follows
        if follows:
            self._table("w", [float(number.value) for row in follows.weights for number in row])
            self._table("b", [float(number.value) for number in follows.biases])
        if self.layer.phase == "train":
            self._train()
        elif self.layer.phase == "test":
            self._test("")
        else:
            self._all()
        return self.found

    def _through(self, rows: Any, tags: list[str]) -> dict[str, Any]:
        """Net inputs and outputs (rows, neurons) of the layer that follows, for rows of activations."""
        follows = self.layer.follows
        if follows is None:
            return {}
        matrix = numpy.asarray([[float(number.value) for number in row] for row in follows.weights])
        biases = numpy.asarray([float(number.value) for number in follows.biases] or [0.0] * len(matrix))
        nets = self.on.place(rows) @ self.on.xp.permute_dims(self.on.place(matrix), (1, 0)) + self.on.place(biases)
        rule = ACTIVATIONS[follows.activation]
        assert isinstance(rule, Elementwise)
        tables = {"in": on_host(nets), "out": on_host(rule.value(self.on, nets, 0.0))}
        for kind, table in tables.items():
            for tag, row in zip(tags, table, strict=True):
                self._table(f"{kind}_o", row, tag)
        return tables

    def _train(self) -> None:
        mask = numpy.asarray(self.layer.mask, dtype=float)
        share = mask / self.p if self.layer.inverted else mask
        self._table("m", mask)
        self._table("d", self.a * share)
        self._through((self.a * share)[None, :], [""])
        if self.layer.gradient:
            slopes = numpy.asarray([float(number.value) for number in self.layer.gradient])
            self._table("dE/dd", slopes)
            self._table("dE/da", slopes * share)
            self.found.update({f"dd{unit}/da{unit}": float(each) for unit, each in enumerate(share, 1)})

    def _test(self, tag: str) -> dict[str, Any]:
        """The one net without dropout, its activations scaled (or its weights, which is the same)."""
        factor = 1.0 if self.layer.inverted else self.p
        self._table("s", factor * self.a)
        if self.layer.follows:
            weights = [float(number.value) for row in self.layer.follows.weights for number in row]
            self._table("test_w", [factor * weight for weight in weights])
        return self._through((factor * self.a)[None, :], [tag])

    def _all(self) -> None:
        count = len(self.a)
        codes = numpy.arange(2**count)[::-1]
        masks = ((codes[:, None] >> numpy.arange(count)[::-1]) & 1).astype(float)  # (2^n, n), all kept first
        chances = numpy.prod(numpy.where(masks == 1, self.p, 1 - self.p), axis=1)
        tags = [f"{{{''.join(str(int(bit)) for bit in row)}}}" for row in masks]
        self.found.update({f"P{tag}": float(chance) for tag, chance in zip(tags, chances, strict=True)})
        thinned = masks * self.a / (self.p if self.layer.inverted else 1.0)
        self._table("mean_d", chances @ thinned)
        for kind, table in self._through(thinned, tags).items():
            self._table(f"mean_{kind}_o", chances @ table)
        self._test("{scaled}")


def _differences(layer: Layer) -> Differences:
    """The slope of Σ ∂E/∂d · d by each activation, from nudging it."""
    if not layer.gradient:
        return Differences()
    a = numpy.asarray([float(number.value) for number in layer.activations])
    back = numpy.asarray([float(number.value) for number in layer.gradient])
    keep = float(layer.keep.value) if layer.inverted and layer.keep else 1.0
    mask = numpy.asarray(layer.mask, dtype=float)
    slopes, doubts = {}, {}
    for unit in range(len(a)):
        size = _STEP * max(1.0, abs(float(a[unit])))
        moved = numpy.zeros(len(a))
        moved[unit] = size
        ends = [float((back * mask * (a + side * moved) / keep).sum()) for side in (1, -1)]
        slopes[f"dE/da{unit + 1}"] = (ends[0] - ends[1]) / (2 * size)
        scale = float(numpy.abs(back * mask * a / keep).sum()) + 1e-300
        doubts[f"dE/da{unit + 1}"] = 10 * 2.0**-52 * len(a) * scale / size
    return Differences(slopes, doubts)
