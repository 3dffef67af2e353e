"""The independent second look at metrics: counted and divided in arrays, all classes at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from ..spec.confusion import Confusion
from .backends import backend as array_backend
from .backends import on_host
from .compare import Audit, Differences, held


def audited(values: Mapping[str, float], problem: Confusion, backend: str = "numpy") -> Audit:
    """Every value held against the reference. Raises Unavailable for a backend that is not here."""
    xp, device = array_backend(backend)
    return held(values, quantities(problem, xp, device), Differences(), backend)


def quantities(problem: Confusion, xp: Any, device: Any) -> dict[str, float]:
    """Every count and measure by its key; 0/0 is left out, or is what the problem says."""
    if not problem.labels:
        share = problem.correct / problem.total
        return {
            "correct": float(problem.correct),
            "total": float(problem.total),
            "accuracy": share,
            "error_rate": (problem.total - problem.correct) / problem.total,
        }
    matrix = xp.asarray(_matrix(problem), **({} if device is None else {"device": device}))
    every = _by_class(matrix, xp, problem.zero_division)
    found = _overall(matrix, xp)
    if problem.positive:
        at = problem.labels.index(problem.positive)
        found |= {key: float(row[at]) for key, row in every.items()}
    else:
        found |= {
            f"{key}_{label}": float(row[i]) for key, row in every.items() for i, label in enumerate(problem.labels)
        }
        cells = on_host(matrix)
        names = problem.ends
        found |= {f"n_{a}_{p}": float(cells[i, j]) for i, a in enumerate(names) for j, p in enumerate(names)}
        found |= _averages(every)
    return {key: value for key, value in found.items() if numpy.isfinite(value)}


def _matrix(problem: Confusion) -> numpy.ndarray[Any, Any]:
    """The confusion matrix, counted from the lists where there are lists."""
    if not problem.actual:
        return numpy.asarray(problem.counts, dtype=float)
    size = len(problem.labels)
    place = {label: index for index, label in enumerate(problem.labels)}
    cells = [place[a] * size + place[p] for a, p in zip(problem.actual, problem.predicted, strict=True)]
    return numpy.bincount(cells, minlength=size * size).reshape(size, size).astype(float)


def _overall(matrix: Any, xp: Any) -> dict[str, float]:
    right, count = float(on_host(matrix).trace()), float(xp.sum(matrix))
    return {"correct": right, "total": count, "accuracy": right / count, "error_rate": (count - right) / count}


def _by_class(matrix: Any, xp: Any, instead: int | None) -> dict[str, Any]:
    """Counts and measures of every class against the rest; shapes (classes,)."""
    cells = on_host(matrix)
    tp = cells.diagonal()
    actual, predicted = on_host(xp.sum(matrix, axis=1)), on_host(xp.sum(matrix, axis=0))
    fn, fp = actual - tp, predicted - tp
    tn = cells.sum() - tp - fn - fp
    empty = numpy.nan if instead is None else float(instead)
    return {
        "tp": tp,
        "fn": fn,
        "fp": fp,
        "tn": tn,
        "support": actual,
        "precision": _share(tp, predicted, empty),
        "recall": _share(tp, actual, empty),
        "specificity": _share(tn, tn + fp, empty),
        "f1": _share(tp, (actual + predicted) / 2, empty),
    }


def _share(top: Any, bottom: Any, empty: float) -> Any:
    safe = numpy.where(bottom == 0, 1.0, bottom)
    return numpy.where(bottom == 0, empty, top / safe)


def _averages(every: Mapping[str, Any]) -> dict[str, float]:
    """Macro and weighted means; micro from the sums over all classes."""
    sizes = every["support"] / every["support"].sum()
    sums = {f"sum_{key}": float(every[key].sum()) for key in ("tp", "fp", "fn")}
    tp, fp, fn = sums.values()
    micro = {"precision": tp / (tp + fp), "recall": tp / (tp + fn), "f1": 2 * tp / (2 * tp + fp + fn)}
    found = {**sums, **{f"micro_{key}": value for key, value in micro.items()}}
    for measure in ("precision", "recall", "f1"):
        found[f"macro_{measure}"] = float(every[measure].mean())
        found[f"weighted_{measure}"] = float(sizes @ every[measure])
    return found
