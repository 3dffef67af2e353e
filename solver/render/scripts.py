"""Words whose plain text spells raised and lowered parts: e^(−z), β^t, y_c, W_o; and what stands apart in them.

Only a single letter (or a pair of capitals: TP_dog) carries an index, so that names such as max_pool stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_QUAD = "\u2003"
_SCRIPT = re.compile(
    r"\^(?P<raised>\((?:[^()]|\([^()]*\))*\)|\w+)"
    r"|(?<![\w^])(?P<base>[^\W\d_][\u0302\u0303]?|[A-Z]{2})_(?P<lowered>\([^()]*\)|[^\W_]+)"
)
_BARE = re.compile(r"\([^\W_]+\)")


class Run(Struct, frozen=True):
    """Words of one height; a raised or lowered run has runs of its own. script: '', 'raised' or 'lowered'."""

    text: str
    script: str = ""
    runs: tuple[Run, ...] = ()


STEP = re.compile(r"\(([a-z])([−+])([0-9])\)")  # an index one step on, (t−1): its brackets are for plain text only


def runs(text: str) -> Iterator[Run]:
    """The text in runs; two spaces and more, which keep things apart, as one wide space."""
    end = 0
    plain = re.sub(r" {2,}", _QUAD, text)
    for found in _SCRIPT.finditer(plain):
        before = plain[end : found.start()] + (found["base"] or "")
        if before:
            yield Run(before)
        end = found.end()
        script = "raised" if found["raised"] else "lowered"
        inner = _inner(found[script])
        yield Run(inner, script, tuple(runs(inner)))
    if plain[end:] or not text:
        yield Run(plain[end:])


def _inner(script: str) -> str:
    """Brackets are for plain text only; but those of an index above, as in h^(1), belong to it."""
    return script if not script.startswith("(") or _BARE.fullmatch(script) else script[1:-1]
