"""The error after the update: the same lines once more, with the new values in place of the old ones."""

from __future__ import annotations

from fractions import Fraction

from ..evaluate import Values, evaluate
from ..notation import Name
from ..options import Options
from ..rounding import Value, in_full
from ..spec.number import Number
from ..working import Working

KEY, NAME = "E'", Name("E", primes=1)


def error_after(working: Working, values: Values, options: Options, carry: str) -> Value | None:
    """E with every parameter at its new value; None where there is no error or no update.

    carry: rounded works it as by hand. Raises NotComputable where the new values have no result.
    """
    moved = [key for key in working.givens if f"{key}'" in working.steps]
    if "E" not in working.steps or not moved:
        return None
    return evaluate(_again(working, values, set(moved)), options.digits, carry).numbers["E"]


def _again(working: Working, values: Values, moved: set[str]) -> Working:
    """What the error rests on, with new values as givens."""
    again = Working()
    for given in working.givens.values():
        number = given.number
        if given.key in moved:
            value = values.numbers[f"{given.key}'"]
            number = Number(Fraction(value), in_full(value))
        again.give(given.key, number, given.name)
    needed = working.needs(["E"])
    for key, step in working.steps.items():
        if key in needed:
            again.add(step)
    return again
