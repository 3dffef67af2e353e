"""The page for a terminal: Unicode by default, plain ASCII where there is no UTF-8."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import combining

from msgspec.structs import replace
from tabulate import tabulate

from ..notation import Node
from ..page.blocks import Block, Equation, Figure, Heading, Lines, Page, Paths, Picture, Prose, Table, Text
from .boxes import has_matrix, in_boxes
from .spelling import mark, plain_ascii, spell

_INDENT = "   "
_WIDEST_LEFT = 20
_SHORT = 24  # right sides up to this long may share a line with the one before


def render(page: Page, width: int = 80, ascii_only: bool = False) -> str:
    """The page as text of at most `width` columns where its formulas allow it."""
    writer = _Text(width, ascii_only)
    rule = "─" * width
    lines = [rule, *(f" {line}" for line in _wrapped(page.title, width - 2)), rule]
    for block in page.blocks:
        lines += writer.block(block)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).rstrip() + "\n"
    return plain_ascii(text) if ascii_only else text


def columns(text: str) -> int:
    """How many columns the text takes: a hat over a letter takes none."""
    return sum(not combining(character) for character in text)


class _Text:
    """Spells blocks; in plain ASCII each piece is spelled so before it is aligned."""

    def __init__(self, width: int, ascii_only: bool) -> None:
        self.width = width
        self.ascii_only = ascii_only

    def block(self, block: Block) -> list[str]:
        return _BLOCKS[type(block)](self, block)

    def spell(self, node: Node) -> str:
        return plain_ascii(spell(node)) if self.ascii_only else spell(node)

    def mark(self, number: int | None) -> str:
        if number is None:
            return ""
        return plain_ascii(mark(number)) if self.ascii_only else mark(number)

    def inline(self, text: Text) -> str:
        """Words and notation in one line."""
        words = "".join(part if isinstance(part, str) else self.spell(part) for part in text)
        return plain_ascii(words) if self.ascii_only else words

    def _heading(self, block: Heading) -> list[str]:
        if block.level == 1:
            return ["", f" {self.inline(block.text)}"]
        return ["", f" ▸ {self.inline(block.text)}"]

    def _prose(self, block: Prose) -> list[str]:
        # notation is kept in one piece where a line is broken
        pieces = [self.inline((p,)) if isinstance(p, str) else self.spell(p).replace(" ", "\u00a0") for p in block.text]
        return [_INDENT + line.replace("\u00a0", " ") for line in _wrapped("".join(pieces), self.width - len(_INDENT))]

    def _lines(self, block: Lines) -> list[str]:
        marked = max((len(self.mark(e.mark)) + 1 for e in block.equations if e.mark), default=0)
        lefts = [columns(self.spell(e.left)) for e in block.equations if e.left is not None]
        column = max((size for size in lefts if size <= _WIDEST_LEFT), default=0)
        return [line for e in block.equations for line in self._equation(e, marked, column)]

    def _equation(self, e: Equation, marked: int, column: int) -> list[str]:
        start = _INDENT + (self.mark(e.mark) if e.mark else "").ljust(marked)
        if not e.rights:
            return [_INDENT + line for line in _wrapped(self.inline(e.note), self.width - len(_INDENT))]
        left = self.spell(e.left) if e.left is not None else ""
        if columns(left) > max(column, 3):
            return [start + left, *self._equation(replace(e, left=None, mark=None), marked, column)]
        start += left + " " * (max(column, 3) - columns(left)) + " "
        if e.note:
            return self._noted(e, start)
        if any(has_matrix(right) for right in e.rights):
            boxes = in_boxes(e.rights)
            if self.ascii_only:
                boxes = [[plain_ascii(line) for line in box] for box in boxes]
            return self._placed(start, boxes)
        return self._reasoned(self._broken(start, [self.spell(right) for right in e.rights]), e.reason)

    def _noted(self, e: Equation, start: str) -> list[str]:
        note = _wrapped(self.inline(e.note), max(self.width - len(start), 24))
        head = [start + note[0], *(" " * len(start) + line for line in note[1:])]
        body = self._broken(" " * len(start), [self.spell(right) for right in e.rights])
        joined = head[-1] + " " + body[0].strip()
        if len(head) == 1 and len(body) == 1 and len(joined) <= self.width:
            return [joined]
        return [*head, *body]

    def _broken(self, start: str, rights: list[str]) -> list[str]:
        """left = right = right in one line, or one right side a line, broken again at its plus signs."""
        whole = start + "= " + " = ".join(rights)
        if len(whole) <= self.width:
            return [whole]
        hang = " " * len(start)
        lines: list[str] = []
        for index, right in enumerate(rights):
            head = start if index == 0 else hang
            joined = f"{lines[-1]} = {right}" if lines else ""
            short = index + 1 == len(rights) or (len(right) <= _SHORT and len(rights[index - 1]) <= _SHORT)
            if lines and len(joined) <= self.width and short:
                lines[-1] = joined
                continue
            lines += self._at_signs(f"{head}= ", f"{hang}  ", right)
        return lines

    def _at_signs(self, head: str, hang: str, text: str) -> list[str]:
        lines, line = [], head
        for piece in re.split(r"(?= [+−-] )", text):
            if line.strip(" =") and len(line) + len(piece) > self.width:
                lines.append(line)
                line = hang + piece.lstrip()
            else:
                line += piece
        return [*lines, line]

    def _reasoned(self, lines: list[str], reason: str) -> list[str]:
        if not reason:
            return lines
        aside = plain_ascii(f"[{reason}]") if self.ascii_only else f"[{reason}]"
        if len(lines[-1]) + 2 + len(aside) <= self.width:
            return [*lines[:-1], lines[-1] + aside.rjust(self.width - len(lines[-1]))]
        return [*lines, aside.rjust(self.width)]

    def _placed(self, start: str, boxes: list[list[str]]) -> list[str]:
        """Right sides of several rows, side by side while they fit."""
        lines: list[str] = []
        row: list[str] = []
        for box in boxes:
            joined = _beside(row, ["= " if i == len(box) // 2 else "  " for i in range(len(box))], box)
            if row and len(start) + max(map(len, joined)) > self.width:
                lines += _hung(row, start if not lines else " " * len(start))
                joined = _beside([], ["= " if i == len(box) // 2 else "  " for i in range(len(box))], box)
            row = joined
        return [*lines, *_hung(row, start if not lines else " " * len(start)), ""]

    def _table(self, block: Table) -> list[str]:
        rows = [[self.inline(cell) for cell in row] for row in block.rows]
        headers = [self.inline(cell) for cell in block.headers]
        align = ["right" if i in block.right else "left" for i in range(len(headers))]
        plain = tabulate(rows, headers, tablefmt="plain", disable_numparse=True, colalign=align).split("\n")
        if max(map(len, plain)) <= self.width - len(_INDENT):
            return ["", *(_INDENT + line for line in plain), ""]
        return ["", *self._records(headers, rows), ""]

    def _records(self, headers: list[str], rows: list[list[str]]) -> Iterator[str]:
        """A table too wide for the page: each row as a paragraph."""
        for row in rows:
            cells = [f"{h}: {c}".replace(" ", "\u00a0") if h else c for h, c in zip(headers, row, strict=True) if c]
            for number, line in enumerate(_wrapped(",  ".join(cells), self.width - 2 * len(_INDENT))):
                yield _INDENT * (2 if number else 1) + line.replace("\u00a0", " ")

    def _paths(self, block: Paths) -> list[str]:
        tree = _tree([[self.spell(node) for node in route] for route in block.routes])
        return [_INDENT + line for line in tree] if max(map(len, tree)) + len(_INDENT) <= self.width else []

    def _picture(self, block: Picture | Figure) -> list[str]:
        return ["", *(_INDENT + line for line in block.lines), ""] if block.lines else []


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


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


_BLOCKS: dict[type[Block], Callable[[_Text, Any], list[str]]] = {
    Heading: _Text._heading,
    Prose: _Text._prose,
    Lines: _Text._lines,
    Table: _Text._table,
    Paths: _Text._paths,
    Picture: _Text._picture,
    Figure: _Text._picture,
}
