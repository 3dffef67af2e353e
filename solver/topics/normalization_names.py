"""How the quantities of a normalization are written: μ1, σ1², s1, x̂[2,1], γ1."""

from __future__ import annotations

from ..greek import GREEK
from ..notation import Name, Node, Number, Power

_LETTERS = {
    "mean": "μ",
    "std": "s",
    "centred": "c",
    "xhat": "x̂",
    "momentum": "ρ",
    "sum_dxhat": "A",
    "sum_dxhat_xhat": "B",
}
_SQUARES = {
    "variance": "",
    "running_variance": "run",
    "sample_variance": "sample",
    "population_variance": "population",
}


def name_of(key: str) -> Node:
    """A statistic with its number below, an entry with its place behind, a new value with its prime."""
    primes = len(key) - len(key.rstrip("'"))
    base, _, place = key.rstrip("'").partition("[")
    index = place.rstrip("]")
    if base in _SQUARES:
        below = ",".join(part for part in (_SQUARES[base], index) if part)
        return Power(Name("σ", below, primes=primes), Number("2"))
    if base == "running_mean":
        return Name("μ", ",".join(("run", index)), primes=primes)
    letter = _LETTERS.get(base, GREEK.get(base, base))
    if "," in index:
        return Name(letter, sup=f"[{index}]", primes=primes, upright=base == "out")
    return Name(letter, index, primes=primes)
