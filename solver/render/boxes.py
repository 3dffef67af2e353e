"""Notation in several rows of characters: matrices as they stand on paper."""

from __future__ import annotations

from .. import notation as n
from ..notation import Node
from .spelling import spell


def has_matrix(node: Node) -> bool:
    """Whether the node holds a matrix that needs more than one row."""
    if isinstance(node, n.Matrix):
        return len(node.rows) > 1
    return any(has_matrix(child) for child in _children(node))


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, n.Sum):
        return node.terms
    if isinstance(node, n.Product):
        return node.factors
    if isinstance(node, n.Elementwise):
        return (node.left, node.right)
    if isinstance(node, n.Call):
        return node.arguments
    if isinstance(node, n.Minus | n.Bracket | n.Transposed):
        return (node.body,)
    return ()


def in_boxes(nodes: tuple[Node, ...]) -> list[list[str]]:
    """Each node as lines of equal width, its middle line being the one that signs stand on."""
    return [_box(node) for node in nodes]


def _box(node: Node) -> list[str]:
    if not has_matrix(node):
        return [spell(node)]
    if isinstance(node, n.Matrix):
        return _matrix(node)
    if isinstance(node, n.Sum):
        return _joined(node.terms, " + ")
    if isinstance(node, n.Product):
        return _joined(node.factors, " · ")
    if isinstance(node, n.Elementwise):
        return _joined((node.left, node.right), " ⊙ ")
    if isinstance(node, n.Minus):
        return _row([["−"], _box(node.body)])
    if isinstance(node, n.Transposed):
        box = _box(node.body)
        return [line + ("ᵀ" if i == 0 else " ") for i, line in enumerate(box)]
    if isinstance(node, n.Bracket):
        return _fenced(_box(node.body))
    if isinstance(node, n.Call):
        return _row([[node.name], _fenced(_joined(node.arguments, ", "))])
    return [spell(node)]


def _joined(parts: tuple[Node, ...], sign: str) -> list[str]:
    boxes: list[list[str]] = []
    for part in parts:
        if boxes:
            minus = isinstance(part, n.Minus) and sign == " + "
            boxes.append([" − " if minus else sign])
            part = part.body if minus and isinstance(part, n.Minus) else part
        boxes.append(_box(part))
    return _row(boxes)


def _row(boxes: list[list[str]]) -> list[str]:
    """Boxes side by side, centred on one another."""
    height = max(len(box) for box in boxes)
    columns = []
    for box in boxes:
        width = max(len(line) for line in box)
        above = height // 2 - len(box) // 2
        columns.append([line.ljust(width) for line in [""] * above + box + [""] * (height - above - len(box))])
    return ["".join(parts) for parts in zip(*columns, strict=True)]


def _fenced(box: list[str]) -> list[str]:
    if len(box) == 1:
        return [f"({box[0]})"]
    last = len(box) - 1
    left = ["⎛" if i == 0 else "⎝" if i == last else "⎜" for i in range(last + 1)]
    right = ["⎞" if i == 0 else "⎠" if i == last else "⎟" for i in range(last + 1)]
    return [a + line + b for a, line, b in zip(left, box, right, strict=True)]


def _matrix(node: n.Matrix) -> list[str]:
    cells = [[spell(entry) for entry in row] for row in node.rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    rows = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in cells]
    last = len(rows) - 1
    left = ["⎡" if i == 0 else "⎣" if i == last else "⎢" for i in range(last + 1)]
    right = ["⎤" if i == 0 else "⎦" if i == last else "⎥" for i in range(last + 1)]
    return [f"{a} {row} {b}" for a, row, b in zip(left, rows, right, strict=True)]
