"""Feature maps as matrices, images with a marked window, and long sums cut to what one can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import notation as n
from ..notation import Node
from ..render.spelling import number as spelled
from ..render.spelling import spell
from .lines import Lines as LineWriter

Rows = Sequence[Sequence[str]]
Mark = Callable[[int, int], bool]

_WIDEST, _HIGHEST, _LEFT = 50, 12, 4
_MOST_TERMS, _KEPT = 30, 8
_FEW, _LONGEST = 4, 50  # arguments of a maximum that is cut, and columns up to which it is not
DOTS = n.Word("…")


def matrix(rows: Rows, number: Callable[[str], Node], everything: bool = False) -> Node:
    """A matrix of these quantities; of a large one the upper left part and the last row and column.

    everything: all rows are shown, as many columns as fit
    """
    cells = [[number(key) for key in row] for row in rows]
    widths = [max(len(spelled(_text(row[i]))) for row in cells) + 2 for i in range(len(cells[0]))]
    kept = _fitting(widths)
    lines = [_cut_row(row, kept) for row in cells]
    if len(lines) > _HIGHEST and not everything:
        lines = [*lines[:_LEFT], tuple(DOTS for _ in lines[0]), lines[-1]]
    return n.Matrix(tuple(lines))


def _text(node: Node) -> str:
    return node.text if isinstance(node, n.Number) else "…"


def _fitting(widths: list[int]) -> int:
    """How many columns fit on a page."""
    room, count = _WIDEST, 0
    for width in widths:
        room -= width
        if room < 0:
            break
        count += 1
    return max(count, 2)


def _cut_row(row: list[Node], most: int) -> tuple[Node, ...]:
    return tuple(row) if len(row) <= most else (*row[: most - 2], DOTS, row[-1])


def marked_grid(texts: Rows, marked: Mark, most: int = 14) -> tuple[str, ...]:
    """The numbers of a grid with those of the window in brackets; of a large grid the rows and columns around it."""
    rows, columns = _around(texts, marked, most)
    cells = [[_bracketed(texts[row][column], marked(row, column)) for column in columns] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    last_row, last_column = rows[-1] + 1 < len(texts), columns[-1] + 1 < len(texts[0])
    first_row, first_column = rows[0] > 0, columns[0] > 0
    lines = [" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    lines = [f"{'… ' if first_column else ''}{line}{' …' if last_column else ''}".rstrip() for line in lines]
    return (*(["…"] if first_row else []), *lines, *(["…"] if last_row else []))


def _bracketed(text: str, inside: bool) -> str:
    shown = spelled(text)
    return f"[{shown}]" if inside else f" {shown} "


def _around(texts: Rows, marked: Mark, most: int) -> tuple[range, range]:
    """The rows and columns to show: all, or as many as fit around the marked ones."""
    places = [(r, c) for r in range(len(texts)) for c in range(len(texts[0])) if marked(r, c)]
    wide = max(len(spelled(text)) for row in texts for text in row) + 3
    across = max(min(most, 70 // wide), 3)
    top, left = (min((place[axis] for place in places), default=0) for axis in (0, 1))
    bottom, right = (max((place[axis] for place in places), default=0) for axis in (0, 1))
    down = most if len(texts) <= most else most // 2
    return _span(len(texts), top, bottom, down), _span(len(texts[0]), left, right, across)


def _span(size: int, first: int, last: int, most: int) -> range:
    if size <= most:
        return range(size)
    start = max(0, min(first - 1, size - most))
    return range(start, min(size, max(start + most, last + 1)))


def summed(terms: list[Node]) -> Node:
    """Terms added; of very many the first ones and the last."""
    if len(terms) <= _MOST_TERMS:
        return n.total(terms)
    return n.total([*terms[:_KEPT], DOTS, terms[-1]])


def cut_sum(node: Node) -> Node:
    """A sum of very many terms cut to the first ones and the last, also inside a product or a function."""
    if isinstance(node, n.Sum) and len(node.terms) > _MOST_TERMS:
        return n.Sum((*node.terms[:_KEPT], DOTS, node.terms[-1]))
    if isinstance(node, n.Product):
        return n.Product(tuple(cut_sum(factor) for factor in node.factors))
    if isinstance(node, n.Bracket):
        return n.Bracket(cut_sum(node.body))
    if isinstance(node, n.Fraction):
        return n.Fraction(cut_sum(node.top), cut_sum(node.bottom))
    if isinstance(node, n.Call) and len(node.arguments) > _FEW and len(spell(node)) > _LONGEST:
        return n.Call(node.name, (*node.arguments[:_FEW], DOTS, node.arguments[-1]))
    return node


def without_ones(node: Node) -> Node:
    """A product, or a sum of products, without its factors of 1."""
    if isinstance(node, n.Sum):
        return n.Sum(tuple(without_ones(term) for term in node.terms))
    if isinstance(node, n.Product):
        return n.product([factor for factor in node.factors if factor != n.Number("1")] or [n.Number("1")])
    return node


def numbers_of(writer: LineWriter, rows: Rows, everything: bool = False) -> Node:
    """The numbers of quantities as a matrix."""
    return matrix(rows, writer.number, everything)
