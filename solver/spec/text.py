"""The bytes of a spec as text: encoding, size, and characters that have no business in it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import islice

from ..errors import Complaint, SpecError

MOST_BYTES = 10_000_000

# Control characters, line separators that editors do not count as lines, half surrogates, invisible blanks.
UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u200a\u200c-\u2027\u202a-\u205f\u2061-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def decode(source: bytes | str, file: str) -> str:
    """The text of a spec, without its byte order mark.

    UTF-8, or UTF-16 with its mark. Raises SpecError: larger than 10 MB, another encoding, unfit characters.
    """
    if len(source) > MOST_BYTES:
        # files are read up to this limit, so how large one is need not be known here
        limit = f"{MOST_BYTES // 10**6} MB"
        raise SpecError(file, [Complaint(f"found more than {limit}; expected at most {limit}")])
    text = source if isinstance(source, str) else _decoded(source, file)
    text = text.removeprefix("\ufeff")
    most = 1 if "\0" in text else 20  # not a text file, then: one complaint says it all
    unfit = [_unfit(text, match) for match in islice(UNFIT.finditer(text), most)]
    if unfit:
        raise SpecError(file, unfit)
    return text


def split_lines(text: str) -> list[str]:
    """The lines of a text as YAML and editors count them."""
    return re.split(r"\r\n?|\n", text)


def _decoded(source: bytes, file: str) -> str:
    wide = source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if wide else "utf-8"
    try:
        return source.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = _place(source[: error.start].decode(encoding, "ignore").removeprefix("\ufeff"))
        found = f"found the byte 0x{source[error.start]:02X}{_guess(source[error.start])}"
        message = f"{found}, which is not {encoding.upper()}; save the file as UTF-8"
        raise SpecError(file, [Complaint(message, (), line, column)]) from error


def _guess(byte: int) -> str:
    """What the byte is in Windows' Western encoding, the usual culprit."""
    letter = bytes([byte]).decode("cp1252", "ignore")
    return f" ('{letter}' in Windows-1252)" if letter.isprintable() and letter else ""


def _unfit(text: str, match: re.Match[str]) -> Complaint:
    letter = match[0]
    name = "NUL" if letter == "\0" else unicodedata.name(letter, "a control character").lower()
    advice = "is this a text file? Save it as UTF-8" if letter == "\0" else "delete it"
    line, column = _place(text[: match.start()])
    return Complaint(f"found the invisible character U+{ord(letter):04X} ({name}); {advice}", (), line, column)


def _place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows the text `before`."""
    lines = split_lines(before)
    return len(lines), len(lines[-1]) + 1
