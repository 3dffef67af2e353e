"""How the quantities of attention are written: s[1,2], α[1,2], W_q[2,1], of head 2 s2[1,2]."""

from __future__ import annotations

from ..greek import GREEK
from ..notation import Name

_LETTERS = {"score": "s", "scaled": "z", "weight": "α", "sum": "r"}
_WORDS = ("out", "head")


def name_of(key: str) -> Name:
    """A letter, the head below it, the place behind it, a prime for a new value."""
    primes = len(key) - len(key.rstrip("'"))
    base, bracket, place = key.rstrip("'").partition("[")
    stem, _, head = base.partition("_")
    if stem.startswith("W"):
        return Name("W", ",".join(part for part in (stem[1:], head) if part), sup=bracket + place, primes=primes)
    if stem in ("xq", "xk", "xv"):
        return Name("x", stem[1:], sup=bracket + place)
    letter = _LETTERS.get(stem, GREEK.get(stem, stem))
    if stem == "d":  # d_k
        return Name("d", head)
    return Name(letter, head, sup=bracket + place, primes=primes, upright=stem in _WORDS)
