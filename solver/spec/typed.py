"""What a word of a spec means: number, truth value, nothing or text; and how a misspelt number is mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction

from .number import Number

Scalar = Number | str | bool | None

MOST_DIGITS = 400
LARGEST_EXPONENT = 300

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
_RATIO = re.compile(r"[+-]?[0-9]+ */ *[0-9]+")
_LEADING_ZERO = re.compile(r"(?:^[+-]?|/ *)0[0-9]")
_NO_NUMBER = re.compile(r"[+-]?\.?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_BASES = {"0x": ("a hexadecimal", 16), "0o": ("an octal", 8), "0b": ("a binary", 2)}
_DASHES = "–—‐‑‒―﹣－"
_NOTHING = ("", "~", "null", "Null", "NULL")


def number(text: str) -> Number | str:
    """The number that `text` spells, exact; or, as a str, the complaint that says how to write it.

    Decimals (`.5`, `5.`, `0.10`), powers of ten (`1e-3`) and fractions (`1/3`). Number.text is as typed, but
    the Unicode minus becomes `-`, `E` becomes `e`, and a leading `+` and blanks around `/` go.
    """
    typed = text.strip().replace("−", "-")
    if _is_number(typed):
        return _exact(typed)
    if not typed:
        return "found nothing; expected a number such as 0.5, -2 or 1/3"
    return _misspelt(typed) or f"found '{shown(typed)}'; expected a number such as 0.5, -2 or 1/3"


def plain(text: str) -> tuple[Scalar, str]:
    """The meaning of an unquoted word, and the complaint about it ('' where there is none).

    YAML 1.2's core meaning: `yes` and `on` are text, `010` is refused, all that is no number stays text.
    """
    typed = text.strip().replace("−", "-")
    if _is_number(typed):
        found = _exact(typed)
        return (None, found) if isinstance(found, str) else (found, "")
    if typed in _NOTHING:
        return None, ""
    if typed.lower() in ("true", "false"):
        return typed.lower() == "true", ""
    return text, _misspelt(typed)


def shown(text: str) -> str:
    """The text as a message quotes it: on one line, at most 40 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _is_number(typed: str) -> bool:
    return bool(_DECIMAL.fullmatch(typed) or _RATIO.fullmatch(typed))


def _exact(typed: str) -> Number | str:
    """The number, or why it is refused, for a text of the right form."""
    refusal = _too_long(typed) or _leading_zero(typed)
    if refusal:
        return refusal
    spelt = typed.replace(" ", "").removeprefix("+").replace("E", "e")
    top, _, bottom = spelt.partition("/")
    if bottom and int(bottom) == 0:
        return f"found '{shown(typed)}', a division by 0"
    value = Fraction(top) / int(bottom or 1)
    if not _fits(value):
        return f"found '{shown(typed)}', too large or too small to calculate with; expected 1e-300 to 1e300"
    return Number(value, spelt if value else spelt.removeprefix("-"))


def _too_long(typed: str) -> str:
    if sum(map(str.isdigit, typed)) > MOST_DIGITS:
        return f"found a number of {len(typed)} characters; expected at most {MOST_DIGITS} digits"
    match = _DECIMAL.fullmatch(typed)
    if match and match[1] and abs(int(match[1])) > LARGEST_EXPONENT:
        return f"found '{shown(typed)}'; expected an exponent from -{LARGEST_EXPONENT} to {LARGEST_EXPONENT}"
    return ""


def _leading_zero(typed: str) -> str:
    if not _LEADING_ZERO.search(typed):
        return ""
    fixed = re.sub(r"(^[+-]?|/ *)0+(?=[0-9])", r"\1", typed)
    message = f"found '{shown(typed)}' with a leading zero (octal or decimal?); write {shown(fixed)}"
    # 0,05 in a list is read as the two numbers 0 and 05
    return f"{message}, or 0.{typed} for what stands behind a decimal comma" if typed.isdigit() else message


def _fits(value: Fraction) -> bool:
    try:
        return float(value) != 0 or value == 0
    except OverflowError:
        return False


def _misspelt(typed: str) -> str:
    """The complaint about a text that was meant as a number, or ''."""
    for find in _MISTAKES:
        complaint = find(typed)
        if complaint:
            return f"found '{shown(typed)}'{complaint}"
    return ""


def _no_number(typed: str) -> str:
    return ", which is no number to calculate with; expected a finite number" if _NO_NUMBER.fullmatch(typed) else ""


def _dash(typed: str) -> str:
    fixed = "-" + typed[1:].lstrip()
    if typed[0] in _DASHES + "-" and typed != fixed and _is_number(fixed):
        return f"; a minus sign is '-', without a blank behind it: write {fixed}"
    return ""


def _comma(typed: str) -> str:
    if re.fullmatch(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?", typed):
        first, second = typed.split(",")
        pair = f", or [{first}, {second}] for two numbers" if first else ""
        return f" with a comma; write {typed.replace(',', '.')}{pair}"
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", typed):
        return f" with commas between thousands; write {shown(typed.replace(',', ''))}"
    if "," in typed and all(_is_number(part.strip()) for part in typed.rstrip(",").split(",")):
        return f", a list without brackets; write [{shown(typed.rstrip(','))}]"
    return ""


def _underscore(typed: str) -> str:
    fixed = typed.replace("_", "")
    return f" with an underscore; write {shown(fixed)}" if "_" in typed[1:] and _is_number(fixed) else ""


def _percent(typed: str) -> str:
    share = typed.removesuffix("%").rstrip()
    if share == typed or not _is_number(share):
        return ""
    value = _exact(share)
    if isinstance(value, str):
        return "; expected a number without '%'"
    part = value.value / 100
    return f"; a percentage is written as a number: {part if '/' in share else _decimal(part)}"


def _decimal(value: Fraction) -> str:
    """A value in decimals; as a fraction where they would be many."""
    places = next((n for n in range(30) if (value * 10**n).denominator == 1), None)
    return str(value) if places is None else f"{value.numerator / value.denominator:.{places}f}"


def _vulgar(typed: str) -> str:
    match = re.fullmatch(r"([+-]?)([0-9]{0,9}) ?([^0-9])", typed)
    top, slash, bottom = unicodedata.normalize("NFKC", match[3]).partition("⁄") if match else ("", "", "")
    if match and slash and bottom:
        return f"; write {match[1]}{int(match[2] or 0) * int(bottom) + int(top)}/{bottom}"
    fixed = typed.replace("⁄", "/").replace("∕", "/")
    return f"; write {shown(fixed)}" if fixed != typed and _is_number(fixed) else ""


def _base(typed: str) -> str:
    sign, digits = ("-", typed[1:]) if typed[0] == "-" else ("", typed.removeprefix("+"))
    word, base = _BASES.get(digits[:2].lower(), ("", 10))
    if not word or len(digits) > 60 or not re.fullmatch(r"[0-9a-fA-F]+", digits[2:]):
        return ""
    if any(int(letter, 16) >= base for letter in digits[2:]):
        return ""
    return f", {word} number; write {sign}{int(digits[2:], base)}"


def _several(typed: str) -> str:
    parts = typed.split()
    if len(parts) > 1 and all(map(_is_number, parts)):
        return f", {len(parts)} numbers with nothing but blanks between; write {shown(', '.join(parts))}"
    if re.fullmatch(r"[+-]?[0-9]*(?:\.[0-9]+){2,}", typed):
        return " with more than one decimal point; expected one number (text needs quotes)"
    return ""


def _digits(typed: str) -> str:
    fixed = "".join(str(unicodedata.decimal(letter, letter)) for letter in typed)
    return f"; write {shown(fixed)}" if fixed != typed and _is_number(fixed) else ""


_MISTAKES: tuple[Callable[[str], str], ...] = (
    _no_number,
    _dash,
    _comma,
    _underscore,
    _percent,
    _vulgar,
    _base,
    _several,
    _digits,
)
