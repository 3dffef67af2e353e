"""Holding a working's numbers against a reference and against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import inf, isfinite

from msgspec import Struct, field

RELATIVE = 1e-9
FAMILY_FLOOR = 1e-12  # of the largest quantity of the same family
ULPS = 1e-15  # of the largest quantity of all: what cancellation leaves of it
SLOPE = 1e-6  # a slope found by differences, relative to itself
SLOPE_FLOOR = 1e-8  # and to the largest slope of the same sample


class Audit(Struct, frozen=True):
    """What was compared with what, and the first quantity that does not agree.

    compared:    quantities held against the reference, differences: slopes held against differences
    skipped:     slopes at a kink, where differences say nothing
    max_error:   the largest |x - reference| / max(1, |reference|)
    first_disagreement: its key, in the order of the values given; detail: both numbers
    """

    backend: str
    compared: int
    differences: int
    skipped: tuple[str, ...]
    max_error: float
    agrees: bool
    first_disagreement: str | None = None
    detail: str = ""


class Differences(Struct, frozen=True):
    """Slopes by finite differences.

    values: the slope by the key of the gradient; doubts: how far each may be off
    skipped: keys of gradients at a kink, where differences say nothing
    """

    values: Mapping[str, float] = field(default_factory=dict)
    doubts: Mapping[str, float] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()


def held(
    values: Mapping[str, float],
    reference: Mapping[str, float],
    slopes: Differences,
    backend: str = "numpy",
    rounding: Mapping[str, float] | None = None,
) -> Audit:
    """Every value that the reference or the differences know, held against them.

    rounding: how far the reference's own rounding may have moved a quantity, where that is known.

    A value that is not a finite number never agrees, and nothing compared is no agreement. A short form
    (`delta_o1:short`) is held against the quantity it is the short form of.
    """
    known = {key: reference[key.removesuffix(":short")] for key in values if key.removesuffix(":short") in reference}
    misses = _misses(values, {**reference, **known}, slopes, rounding or {})
    first = next((key for key in values if key in misses), None)
    errors = [_error(values[key], found) for key, found in known.items()]
    return Audit(
        backend=backend,
        compared=len(known),
        differences=sum(key in slopes.values for key in values),
        skipped=tuple(key for key in values if key in slopes.skipped),
        max_error=max(errors, default=inf),
        agrees=bool(known) and first is None,
        first_disagreement=first,
        detail=misses[first] if first else "" if known else "no quantity to compare",
    )


def _misses(
    values: Mapping[str, float], reference: Mapping[str, float], slopes: Differences, rounding: Mapping[str, float]
) -> dict[str, str]:
    """The quantities that do not agree, each with both numbers."""
    misses = dict(_reference_misses(values, reference, rounding))
    for key, detail in _slope_misses(values, slopes):
        misses.setdefault(key, detail)
    return misses


def _reference_misses(
    values: Mapping[str, float], reference: Mapping[str, float], rounding: Mapping[str, float]
) -> Iterator[tuple[str, str]]:
    families = _scales(reference, family)
    ulps = ULPS * max([1.0, *families.values()])
    for key, value in values.items():
        if key in reference:
            allowed = RELATIVE * abs(reference[key]) + FAMILY_FLOOR * families.get(family(key), 0.0) + ulps
            if not _close(value, reference[key], allowed + rounding.get(key, 0.0)):
                yield key, f"{key} is {value!r} in the working and {reference[key]!r} in the reference"


def _slope_misses(values: Mapping[str, float], slopes: Differences) -> Iterator[tuple[str, str]]:
    samples = _scales(slopes.values, _sample)
    for key, value in values.items():
        if key in slopes.values:
            found = slopes.values[key]
            allowed = SLOPE * abs(found) + SLOPE_FLOOR * samples.get(_sample(key), 0.0) + slopes.doubts.get(key, 0.0)
            if not _close(value, found, allowed):
                yield key, f"{key} is {value!r} in the working and {found!r} by finite differences"


def _scales(quantities: Mapping[str, float], kind: Callable[[str], str]) -> dict[str, float]:
    """The largest finite size among the quantities of each kind."""
    scales: dict[str, float] = {}
    for key, value in quantities.items():
        if isfinite(value):
            scales[kind(key)] = max(scales.get(kind(key), 0.0), abs(value))
    return scales


def family(key: str) -> str:
    """Quantities of one family are of one size: in, out, E, delta, dE/dout, dout/din, dE/d ..."""
    tops = [part.partition("_")[0] if "_" in part else "" for part in key.split("/")]
    return "/".join(tops) + ("'" if "'" in key else "")


def _sample(key: str) -> str:
    return key.partition("[")[2]


def _close(value: float, found: float, allowed: float) -> bool:
    return isfinite(value) and isfinite(found) and abs(value - found) <= allowed


def _error(value: float, found: float) -> float:
    error = abs(value - found) / max(1.0, abs(found))
    return error if isfinite(error) else inf
