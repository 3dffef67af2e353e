"""Words and names within a picture: how they are spelled in SVG, and how wide they are at most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import escape

from ..notation import Name, Node
from ..page.blocks import Text
from ..render.spelling import spell

_SMALL = 0.72  # size of an index
_NARROW = frozenset("iljtfrI.,:;'|()[] /-")


_PLAIN = re.compile(r"[ \w.,:;=+\-−–·×∂δ()\[\]^/|\u00a0…]*", re.ASCII)


def escaped(text: str) -> str:
    """The text as XML: signs escaped, characters that XML forbids left away."""
    if _PLAIN.fullmatch(text):
        return text
    kept = "".join(c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe"))
    return escape(kept, {'"': "&quot;"})


def plain(text: Text) -> str:
    """The words as one string."""
    return "".join(part if isinstance(part, str) else spell(part) for part in text)


def width(text: Text, size: float) -> float:
    """At most how wide the words are set, whatever font the reader has."""
    return sum(_wide(words) * (size if level == 0 else size * _SMALL) for words, level, _ in _runs(text))


@lru_cache(4096)
def _wide(words: str) -> float:
    return sum(0.4 if c in _NARROW else 0.95 if c in "mwMW" or ord(c) > 0x2E80 else 0.66 for c in words)


def spans(text: Text) -> str:
    """The words as the inside of a <text>: italic letters, raised and lowered indices."""
    found, at = [], 0
    for words, level, italic in _runs(text):
        move = {0: 0.0, 1: -0.42, -1: 0.28}
        shift = move[level] - move[at]
        scale = _SMALL if level else 1.0
        attributes = ' font-style="italic"' if italic else ""
        attributes += f' font-size="{scale:g}em"' if level else ""
        attributes += f' dy="{shift / scale:.2f}em"' if shift else ""
        kept = escaped(_edged(words))
        found.append(f"<tspan{attributes}>{kept}</tspan>" if attributes else kept)
        at = level
    return "".join(found)


def _edged(words: str) -> str:
    """Spaces at the ends as such that no reader of SVG drops."""
    bare = words.strip(" ")
    if not bare:
        return "\u00a0" * len(words)
    start = len(words) - len(words.lstrip(" "))
    return "\u00a0" * start + bare + "\u00a0" * (len(words) - start - len(bare))


def _runs(text: Text) -> Iterator[tuple[str, int, bool]]:
    """Pieces of one look: the characters, -1 for lowered and 1 for raised, whether italic."""
    for part in text:
        if isinstance(part, str):
            yield part, 0, False
        else:
            yield from _node(part)


def _node(node: Node) -> Iterator[tuple[str, int, bool]]:
    if not isinstance(node, Name):
        yield spell(node), 0, False
        return
    yield node.base + "′" * node.primes, 0, not node.upright
    if node.sub:
        yield node.sub, -1, False
    if node.sup:
        yield node.sup, 1, False
