"""The blocks of a page in R Markdown, as Pandoc reads it after knitr."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from solver.notation import Node
from solver.page.blocks import Block, Equation, Figure, Heading, Lines, Paths, Picture, Prose, Table, Text
from solver.render import latex_maths
from solver.render.latex_words import SYMBOLS
from solver.render.spelling import mark

from .html import said_of, valid

# A backtick would begin R code, which no escape stops; ## is how an exercise marks its fields.
_ESCAPED = {ord(c): f"\\{c}" for c in "\\\"$&'*<>@[]^_{|}~!"} | {ord(c): f"&#{ord(c)};" for c in "`#"}
_DASHES = re.compile(r"-(?=-)|(?<=-)-")
_OPENING = re.compile(r"^([-+=:%]|\(?\w{1,4}[.)](?=\s|$))")  # of a list, a rule, a title
SIGNS = re.compile(f"[{''.join(c for c in SYMBOLS if not c.isascii())}]+[0-9]*")
_CIRCLED = re.compile(r"\\text\{\\textcircled\{(\d+)\}\}")


class Markdown(Struct, frozen=True):
    """Writes R Markdown; `picture` gives the name of the file that a drawing is in."""

    picture: Callable[[Figure], str]

    def blocks(self, blocks: Iterable[Block]) -> str:
        """The blocks, an empty line between them."""
        return "\n\n".join(_BLOCKS[type(block)](self, block) for block in blocks)

    def text(self, text: Text) -> str:
        """Words and notation within a paragraph."""
        found = ""
        for part in text:
            spelled = words(part) if isinstance(part, str) else maths(part)
            # Pandoc ends no formula before a digit, and takes two dollar signs for the beginning of a display
            found += f" {spelled}" if re.search(r"\$[\d$]", found[-1:] + spelled[:1]) else spelled
        return found.strip()

    def paragraph(self, text: Text) -> str:
        """Words and notation that open no list."""
        return _OPENING.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", self.text(text))


def words(text: str) -> str:
    """Words that are nothing but words to R, Pandoc and the reader of exercises; signs as maths, for TeX."""
    escaped = _DASHES.sub(r"\\-", valid(text).translate(_ESCAPED))
    return SIGNS.sub(lambda found: f"${' '.join(SYMBOLS.get(c, c) for c in found[0])}$", escaped)


def maths(node: Node) -> str:
    """A formula."""
    return f"${tex(node)}$"


def tex(node: Node) -> str:
    """A formula without its dollar signs; a bar would end the cell of a table."""
    spelled = _CIRCLED.sub(lambda found: rf"\text{{{mark(int(found[1]))}}}", latex_maths.maths(node))
    return spelled.replace("|", r"\vert ").strip()


def _equation(markdown: Markdown, e: Equation) -> str:
    """An equation in pieces, between which a line may break."""
    pieces = [mark(e.mark)] if e.mark else []
    pieces += [maths(e.left)] if e.left is not None else []
    pieces += [markdown.text(e.note)] if e.note else []
    pieces += [f"$= {tex(right)}$" for right in e.rights]
    return " ".join([*pieces, words(f"[{e.reason}]")] if e.reason else pieces)


def _table(markdown: Markdown, block: Table) -> str:
    signs = ["---:" if i in block.right else ":---" for i in range(len(block.headers))]
    head, *rows = [f"| {' | '.join(map(markdown.text, row))} |" for row in (block.headers, *block.rows)]
    return "\n".join([head, f"| {' | '.join(signs)} |", *rows])


def _figure(markdown: Markdown, block: Figure) -> str:
    image = f"![{words(said_of(block))}]({markdown.picture(block)})\\"  # not alone in its paragraph: no caption
    return f"{image}\n\n{markdown.paragraph(block.caption)}" if block.caption else image


def _picture(block: Picture) -> str:
    return "\n".join(f"    {valid(line)}".replace("`", "'") for line in block.lines)


_BLOCKS: dict[type[Block], Callable[[Markdown, Any], str]] = {
    Heading: lambda markdown, block: f"{'#' * (block.level + 2)} {markdown.text(block.text)}",
    Prose: lambda markdown, block: markdown.paragraph(block.text),
    Lines: lambda markdown, block: "\n\n".join(_equation(markdown, e) for e in block.equations),
    Table: _table,
    Paths: lambda markdown, block: "\n\n".join(" → ".join(map(maths, route)) for route in block.routes),
    Picture: lambda markdown, block: _picture(block),
    Figure: _figure,
}
