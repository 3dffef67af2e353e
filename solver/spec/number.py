"""Numbers as typed: the exact value, and the text that the page shows."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct


class Number(Struct, frozen=True):
    """A number of a spec: its exact value and how it was typed (0.10 stays 0.10, 1/3 stays 1/3)."""

    value: Fraction
    text: str

    @staticmethod
    def of(value: int | str | Fraction) -> Number:
        """A number from an integer, a decimal or fraction in ASCII, or a Fraction."""
        return Number(Fraction(value), str(value))
