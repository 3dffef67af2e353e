"""Numbers as a page shows them: half up on the exact decimal value, zeros kept, never -0."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

Value = Fraction | float

_WIDE = Context(prec=1200, rounding=ROUND_HALF_UP, Emax=999999, Emin=-999999)


def shown(value: Value, digits: int, *, exact: bool = False) -> str:
    """The value with `digits` decimals; below 0.1 with as many significant digits.

    exact: the value is known exactly, so decimals that are all zero are left away (3, 0.5).
    Powers of ten stand from 1e15 up and below 1e-6, spelled like 5.344e-8.
    """
    if value == 0:
        return "0"
    decimal = _decimal(value, digits)
    places = _places(decimal, digits)
    rounded = decimal.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    if _places(rounded, digits) < places:  # 0.09999|6 becomes 0.1000
        places = _places(rounded, digits)
        rounded = rounded.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    if exact and rounded == decimal:
        return _plain(rounded.normalize(_WIDE), digits)
    if rounded == 0:
        return "0"
    return _plain(rounded, digits)


def _decimal(value: Value, digits: int) -> Decimal:
    """The value as a decimal that rounds as the exact value does."""
    if isinstance(value, float):
        return Decimal(value)
    size = value.numerator.bit_length() - value.denominator.bit_length()
    scale = digits + 20 + max(0, -size)
    whole, rest = divmod(abs(value.numerator) * 10**scale, value.denominator)
    # a last digit of 1 keeps a value that lies just above a tie above it
    decimal = Decimal(whole * 10 + (1 if rest else 0)).scaleb(-scale - 1, context=_WIDE)
    return -decimal if value < 0 else decimal


def _places(decimal: Decimal, digits: int) -> int:
    if abs(decimal) >= Decimal("0.1"):
        return digits
    return digits - 1 - decimal.adjusted()


def _plain(decimal: Decimal, digits: int) -> str:
    exponent = decimal.adjusted()
    if -7 < exponent < 15:
        return format(decimal, "f")
    mantissa = decimal.scaleb(-exponent, context=_WIDE)
    if exponent >= 15:
        mantissa = mantissa.quantize(Decimal(1).scaleb(-digits), context=_WIDE).normalize(_WIDE)
    return f"{format(mantissa, 'f')}e{exponent}"


def in_full(value: Value) -> str:
    """The value in ASCII that Python reads back to the same double; exact where it is a short decimal."""
    if isinstance(value, Fraction):
        if value.denominator == 1 and abs(value.numerator) < 10**17:
            return str(value.numerator)
        short = shown(value, 15, exact=True)
        if "e" not in short and Fraction(short) == value:
            return short
    number = float(value)
    if not math.isfinite(number):
        raise OverflowError
    return "0" if number == 0 else repr(number)
