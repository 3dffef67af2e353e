"""The page for a terminal: Unicode by default, plain ASCII where there is no UTF-8."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tabulate import tabulate

from ..notation import Node
from ..page.blocks import Block, Equation, Heading, Lines, Page, Paths, Picture, Prose, Table, Text
from .boxes import has_matrix, in_boxes
from .spelling import mark, plain_ascii, spell

_INDENT = "   "
_WIDEST_LEFT = 20
_SHORT = 24  # right sides up to this long may share a line with the one before


def render(page: Page, width: int = 80, ascii_only: bool = False) -> str:
    """The page as text of at most `width` columns where its formulas allow it."""
    rule = "─" * width
    lines = [rule, *(f" {line}" for line in _wrapped(page.title, width - 2)), rule]
    for block in page.blocks:
        lines += _BLOCKS[type(block)](block, width)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).rstrip() + "\n"
    return plain_ascii(text) if ascii_only else text


def inline(text: Text) -> str:
    """Words and notation in one line."""
    return "".join(part if isinstance(part, str) else spell(part) for part in text)


def _heading(block: Heading, width: int) -> list[str]:
    if block.level == 1:
        return ["", f" {inline(block.text)}"]
    return ["", f" ▸ {inline(block.text)}"]


def _prose(block: Prose, width: int) -> list[str]:
    # notation is kept in one piece where a line is broken
    pieces = [p if isinstance(p, str) else spell(p).replace(" ", "\u00a0") for p in block.text]
    return [_INDENT + line.replace("\u00a0", " ") for line in _wrapped("".join(pieces), width - len(_INDENT))]


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _lines(block: Lines, width: int) -> list[str]:
    marked = max((len(mark(e.mark)) + 1 for e in block.equations if e.mark), default=0)
    lefts = [len(spell(e.left)) for e in block.equations if e.left is not None]
    column = max((size for size in lefts if size <= _WIDEST_LEFT), default=0)
    return [line for e in block.equations for line in _equation(e, width, marked, column)]


def _equation(e: Equation, width: int, marked: int, column: int) -> list[str]:
    start = _INDENT + (mark(e.mark) if e.mark else "").ljust(marked)
    if not e.rights:
        return [_INDENT + line for line in _wrapped(inline(e.note), width - len(_INDENT))]
    left = spell(e.left) if e.left is not None else ""
    if len(left) > max(column, 3):
        return [start + left, *_equation(replace(e, left=None, mark=None), width, marked, column)]
    start += left.ljust(max(column, 3)) + " "
    if e.note:
        return _noted(e, start, width)
    if any(has_matrix(right) for right in e.rights):
        return _placed(start, in_boxes(e.rights), width)
    return _reasoned(_broken(start, [spell(right) for right in e.rights], width), e.reason, width)


def _noted(e: Equation, start: str, width: int) -> list[str]:
    note = _wrapped(inline(e.note), max(width - len(start), 24))
    head = [start + note[0], *(" " * len(start) + line for line in note[1:])]
    body = _broken(" " * len(start), [spell(right) for right in e.rights], width)
    joined = head[-1] + " " + body[0].strip()
    if len(head) == 1 and len(body) == 1 and len(joined) <= width:
        return [joined]
    return [*head, *body]


def _broken(start: str, rights: list[str], width: int) -> list[str]:
    """left = right = right in one line, or one right side a line, broken again at its plus signs."""
    whole = start + "= " + " = ".join(rights)
    if len(whole) <= width:
        return [whole]
    hang = " " * len(start)
    lines: list[str] = []
    for index, right in enumerate(rights):
        head = start if index == 0 else hang
        joined = f"{lines[-1]} = {right}" if lines else ""
        short = index + 1 == len(rights) or (len(right) <= _SHORT and len(rights[index - 1]) <= _SHORT)
        if lines and len(joined) <= width and short:
            lines[-1] = joined
            continue
        lines += _at_signs(f"{head}= ", f"{hang}  ", right, width)
    return lines


def _at_signs(head: str, hang: str, text: str, width: int) -> list[str]:
    lines, line = [], head
    for piece in re.split(r"(?= [+−] )", text):
        if line.strip(" =") and len(line) + len(piece) > width:
            lines.append(line)
            line = hang + piece.lstrip()
        else:
            line += piece
    return [*lines, line]


def _reasoned(lines: list[str], reason: str, width: int) -> list[str]:
    if not reason:
        return lines
    aside = f"[{reason}]"
    if len(lines[-1]) + 2 + len(aside) <= width:
        return [*lines[:-1], lines[-1] + aside.rjust(width - len(lines[-1]))]
    return [*lines, aside.rjust(width)]


def _placed(start: str, boxes: list[list[str]], width: int) -> list[str]:
    """Right sides of several rows, side by side while they fit."""
    lines: list[str] = []
    row: list[str] = []
    for box in boxes:
        joined = _beside(row, ["= " if i == len(box) // 2 else "  " for i in range(len(box))], box)
        if row and len(start) + max(map(len, joined)) > width:
            lines += _hung(row, start if not lines else " " * len(start))
            joined = _beside([], ["= " if i == len(box) // 2 else "  " for i in range(len(box))], box)
        row = joined
    return [*lines, *_hung(row, start if not lines else " " * len(start)), ""]


def _beside(left: list[str], sign: list[str], box: list[str]) -> list[str]:
    right = [s + line for s, line in zip(sign, box, strict=True)]
    if not left:
        return right
    height = max(len(left), len(right))
    left, right = _centred(left, height), _centred(right, height)
    return [f"{a} {b}" for a, b in zip(left, right, strict=True)]


def _centred(lines: list[str], height: int) -> list[str]:
    width = max(map(len, lines))
    above = height // 2 - len(lines) // 2
    padded = [""] * above + lines + [""] * (height - above - len(lines))
    return [line.ljust(width) for line in padded]


def _hung(lines: list[str], start: str) -> list[str]:
    middle = len(lines) // 2
    return [(start if i == middle else " " * len(start)) + line for i, line in enumerate(lines)]


def _table(block: Table, width: int) -> list[str]:
    rows = [[inline(cell) for cell in row] for row in block.rows]
    headers = [inline(cell) for cell in block.headers]
    align = ["right" if i in block.right else "left" for i in range(len(headers))]
    plain = tabulate(rows, headers, tablefmt="plain", disable_numparse=True, colalign=align).split("\n")
    if max(map(len, plain)) <= width - len(_INDENT):
        return ["", *(_INDENT + line for line in plain), ""]
    return ["", *_records(headers, rows, width), ""]


def _records(headers: list[str], rows: list[list[str]], width: int) -> Iterator[str]:
    """A table too wide for the page: each row as a paragraph."""
    for row in rows:
        cells = [f"{h}: {c}".replace(" ", "\u00a0") if h else c for h, c in zip(headers, row, strict=True) if c]
        for number, line in enumerate(_wrapped(",  ".join(cells), width - 2 * len(_INDENT))):
            yield _INDENT * (2 if number else 1) + line.replace("\u00a0", " ")


def _paths(block: Paths, width: int) -> list[str]:
    tree = _tree([[spell(node) for node in route] for route in block.routes])
    return [_INDENT + line for line in tree] if max(map(len, tree)) + len(_INDENT) <= width else []


def _tree(routes: list[list[str]]) -> list[str]:
    """Routes with a common start as lines: a ─┬▶ b ─▶ c, └▶ d below."""
    start = routes[0][0]
    branches: dict[str, list[list[str]]] = {}
    for route in routes:
        if len(route) > 1:
            branches.setdefault(route[1], []).append(route[1:])
    if not branches:
        return [start]
    lines: list[str] = []
    for index, branch in enumerate(branches.values()):
        last = index + 1 == len(branches)
        below = _tree(branch)
        if index == 0:
            lines.append(f"{start} ─{'─' if last else '┬'}▶ {below[0]}".replace("──▶", "─▶"))
        else:
            lines.append(" " * (len(start) + 2) + ("└▶ " if last else "├▶ ") + below[0])
        pad = " " * (len(start) + 2) + ("  " if last else "│ ")
        lines += [f"{pad} {line}" if len(branches) > 1 else " " * (len(start) + 4) + line for line in below[1:]]
    return lines


def _picture(block: Picture, width: int) -> list[str]:
    return ["", *(_INDENT + line for line in block.lines), ""]


_BLOCKS: dict[type[Block], Callable[[Any, int], list[str]]] = {
    Heading: _heading,
    Prose: _prose,
    Lines: _lines,
    Table: _table,
    Paths: _paths,
    Picture: _picture,
}


def one_line(left: Node, rights: tuple[Node, ...]) -> str:
    """left = right = right without breaks."""
    return " = ".join(spell(node) for node in (left, *rights))
