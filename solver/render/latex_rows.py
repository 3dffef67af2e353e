"""Equations as rows of LaTeX maths that fit a line: broken before equals signs, then at plus signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .. import notation as n
from ..notation import Node
from ..page.blocks import Equation, Paths, Text
from .latex_maths import function, mark, maths, times, worded
from .latex_width import DOT, EQUALS, SIGN, text_width, width

_WIDEST_LEFT = 14.0
_SHORT = 11.0  # right sides up to this width may share a row with the one before
_HANG = 1.3  # a \quad and the room after it
_MARKED = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `left` before the alignment, `body` after it; or `words`, a line of text between.

    size:  the estimated width of the body in em
    room:  the width that it may have
    ends:  whether the next row is another line
    """

    body: str
    size: float
    room: float
    left: str = ""
    mark: str = ""
    reason: str = ""
    ends: bool = False
    words: Text = ()


Piece = tuple[str, float]


def rows(equations: tuple[Equation, ...], limit: float) -> list[Row]:
    """The rows of equations below one another, none wider than `limit` em where that can be had."""
    lefts = [width(e.left) for e in equations if e.left is not None]
    column = max((size for size in lefts if size <= _WIDEST_LEFT), default=0.0)
    hang = bool(lefts) and not column
    limit -= column + (_MARKED if any(e.mark for e in equations) else 0) + (_HANG if hang else 0)
    return [row for e in equations for row in _equation(e, limit, r"\quad " if hang else "")]


def _equation(e: Equation, limit: float, hang: str) -> Iterator[Row]:
    if not e.rights and e.left is None:
        yield Row("", 0, limit, words=e.note)
        return
    head = Row("", 0, limit, maths(e.left) if e.left is not None else "", mark(e.mark) if e.mark else "")
    if e.left is not None and width(e.left) > _WIDEST_LEFT:
        # too wide for its column: a row to itself
        yield replace(
            head, body=head.left, size=width(e.left), room=limit + (_HANG if hang else 0), left="", ends=not e.rights
        )
        head = Row("", 0, limit)
    bodies = _body(e, limit)
    for index, (text, size) in enumerate(bodies):
        last = index + 1 == len(bodies)
        first = head if index == 0 else Row("", 0, limit)
        yield replace(first, body=hang + text, size=size, reason=e.reason if last else "", ends=last)


def _body(e: Equation, limit: float) -> list[Piece]:
    note = noted(e.note, limit)
    if e.left is not None:
        note = [(rf"\enspace {text}", size + 0.5) for text, size in note]
    body = broken(e.rights, limit)
    if len(note) == len(body) == 1 and note[0][1] + 0.5 + body[0][1] <= limit:
        return [(rf"{note[0][0]}\ {body[0][0]}", note[0][1] + 0.5 + body[0][1])]
    return note + body


def noted(note: Text, limit: float) -> list[Piece]:
    """Words and notation within maths, broken between words."""
    lines: list[Piece] = []
    text, size = "", 0.0
    for spelled, piece_size in _words(note):
        if text and size + piece_size > limit:
            lines.append((text, size))
            text, size = "", 0.0
        text, size = text + spelled, size + piece_size
    return [*lines, (text, size)] if text else lines


def _words(note: Text) -> Iterator[Piece]:
    for part in note:
        if not isinstance(part, str):
            yield maths(part), width(part)
            continue
        yield from ((worded(word), text_width(word)) for word in _chunks(part))


def _chunks(text: str, most: int = 24) -> Iterator[str]:
    """The text in runs of whole words, so that a short note stays in one \\text{}."""
    run = ""
    for word in text.split(" "):
        if len(run) > most:
            yield run
            run = ""
        run += word + " "
    if run[:-1]:
        yield run[:-1]


def broken(rights: tuple[Node, ...], limit: float) -> list[Piece]:
    """= right = right in one row, or one right side a row, broken again at its signs."""
    pieces = [(f"= {maths(right)}", EQUALS + width(right)) for right in rights]
    if sum(size for _, size in pieces) <= limit:
        return [(" ".join(text for text, _ in pieces), sum(size for _, size in pieces))] if pieces else []
    lines: list[Piece] = []
    for index, (right, piece) in enumerate(zip(rights, pieces, strict=True)):
        short = index + 1 == len(rights) or max(piece[1], pieces[index - 1][1]) <= _SHORT
        if lines and short and lines[-1][1] + piece[1] <= limit:
            lines[-1] = (f"{lines[-1][0]} {piece[0]}", lines[-1][1] + piece[1])
        elif piece[1] <= limit:
            lines.append(piece)
        else:
            lines += _filled([("= ", EQUALS), *opened(right, limit - _HANG - EQUALS)], limit)
    return lines


def _filled(pieces: list[Piece], limit: float) -> list[Piece]:
    """Pieces one after another, with a new row where one more would not fit."""
    lines: list[Piece] = []
    text, size = "", 0.0
    for spelled, piece_size in pieces:
        if text not in ("", "= ") and size + piece_size > limit:
            lines.append((text.rstrip(), size))
            text, size = r"\quad {}", _HANG
        text, size = text + spelled, size + piece_size
    return [*lines, (text.rstrip(), size)]


def opened(node: Node, limit: float) -> list[Piece]:
    """The notation in pieces between which a row may break; opened only as far as the limit asks."""
    if width(node) <= limit:
        return [(maths(node) + " ", width(node))]
    if isinstance(node, n.Sum):
        return [piece for i, term in enumerate(node.terms) for piece in _term(term, i > 0, limit)]
    if isinstance(node, n.Product):
        return [piece for i in range(len(node.factors)) for piece in _factor(node.factors, i, limit)]
    if isinstance(node, n.Minus):
        return _prefixed("-", 0.8, opened(node.body, limit))
    if isinstance(node, n.Bracket):
        return _bracketed("", opened(node.body, limit))
    if isinstance(node, n.Call):
        return _bracketed(function(node.name), _listed(node.arguments, limit))
    if isinstance(node, n.Fraction):
        top, bottom = (_bracketed("", opened(part, limit)) for part in (_bare(node.top), _bare(node.bottom)))
        return [*top, *_prefixed(r"\big/ ", 0.6, bottom)]
    return [(maths(node) + " ", width(node))]


def _bare(node: Node) -> Node:
    return node.body if isinstance(node, n.Bracket) else node


def _term(term: Node, later: bool, limit: float) -> list[Piece]:
    minus = later and isinstance(term, n.Minus)
    body = term.body if minus and isinstance(term, n.Minus) else term
    return _prefixed(("- " if minus else "+ ") if later else "", SIGN if later else 0, opened(body, limit - SIGN))


def _factor(factors: tuple[Node, ...], index: int, limit: float) -> list[Piece]:
    sign = times(factors[index - 1], factors[index]).lstrip() if index else ""
    return _prefixed(sign, DOT if index else 0, opened(factors[index], limit - DOT))


def _listed(nodes: tuple[Node, ...], limit: float) -> list[Piece]:
    pieces: list[Piece] = []
    for index, node in enumerate(nodes):
        inside = opened(node, limit - 1)
        comma = index + 1 < len(nodes)
        pieces += [*inside[:-1], (inside[-1][0].rstrip() + (", " if comma else " "), inside[-1][1] + 0.45 * comma)]
    return pieces


def _bracketed(name: str, inside: list[Piece]) -> list[Piece]:
    # brackets of a fixed size: \left and \right cannot stand in different rows
    body = _prefixed(rf"{name}\bigl( ", text_width(name) * 0.5 + 0.5, inside)
    return [*body[:-1], (body[-1][0] + r"\bigr) ", body[-1][1] + 0.5)]


def _prefixed(sign: str, size: float, pieces: list[Piece]) -> list[Piece]:
    (text, first), *rest = pieces
    return [(sign + text, size + first), *rest]


def routes(paths: Paths, limit: float) -> list[Row]:
    """Routes with what they share left blank after the first: a \\to b \\to c, below it \\to d."""
    found: list[Row] = []
    before: tuple[Node, ...] = ()
    for route in paths.routes:
        shared = _shared(before, route)
        pieces = [(maths(route[0]) + " ", width(route[0]))]
        pieces += [(rf"\to {maths(node)} ", 1.6 + width(node)) for node in route[1:]]
        blank = "".join(text for text, _ in pieces[:shared])
        size = sum(size for _, size in pieces[:shared])
        if shared and size + max(p[1] for p in pieces) <= limit:
            pieces = [(rf"\hphantom{{{blank.strip()}}} {{}} ", size), *pieces[shared:]]
        lines = _filled(pieces, limit)
        found += [Row(text, size, limit, ends=i + 1 == len(lines)) for i, (text, size) in enumerate(lines)]
        before = route
    return found


def _shared(before: tuple[Node, ...], route: tuple[Node, ...]) -> int:
    same = [a == b for a, b in zip(before, route[:-1], strict=False)]
    return same.index(False) if False in same else len(same)
