"""The blocks of a page as pieces of HTML that learning platforms take: no style, no script, no links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from msgspec import Struct

from solver import notation as n
from solver.notation import Node
from solver.page.blocks import Block, Equation, Figure, Heading, Lines, Paths, Picture, Prose, Table, Text
from solver.render import latex_maths
from solver.render.latex_rows import rows
from solver.render.mathml import PLAIN, escaped
from solver.render.spelling import mark, number, spell

_LINE = 44.0  # em; what is wider is broken
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DARK = re.compile(r"<style>@media screen and \(prefers-color-scheme:dark\).*?</style>\n?", re.DOTALL)
_SCHEME = re.compile(r"color-scheme:light dark;?")
# what pages say in MathML Core, in MathML 2, which platforms check for
_IN_MATHML_2 = (
    ('<mfrac displaystyle="false">', "<mfrac>"),
    ('depth="0"', 'depth="0em"'),
    ('lspace="0"', 'lspace="0em"'),
)


class Spelling(Struct, frozen=True):
    """How a platform takes what is no plain text.

    maths:   one formula within words
    lines:   equations below one another, a piece of HTML for each row
    picture: a drawing
    words:   plain words, escaped
    table:   the attributes of a table
    """

    maths: Callable[[Node], str]
    lines: Callable[[tuple[Equation, ...]], list[str]]
    picture: Callable[[Figure], str]
    words: Callable[[str], str]
    table: str = ""

    def text(self, text: Text) -> str:
        """Words and notation."""
        return "".join(self.words(part) if isinstance(part, str) else self._node(part) for part in text)

    def _node(self, node: Node) -> str:
        plain = isinstance(node, n.Number) and node.text.isascii() and not {"e", "/"} & set(node.text)
        return self.words(number(node.text)) if plain and isinstance(node, n.Number) else self.maths(node)

    def blocks(self, blocks: Iterable[Block]) -> str:
        """The blocks one after the other."""
        return "\n".join(_BLOCKS[type(block)](self, block) for block in blocks)


def xml(text: str) -> str:
    """Words for XML and HTML, also between double quotes; what XML cannot hold is left out."""
    return escaped(valid(text))


def valid(text: str) -> str:
    """The text without what XML cannot hold, on one line."""
    return _NOT_XML.sub("", re.sub(r"\s", " ", text))


def in_tex(
    wrap: Callable[[str], str], picture: Callable[[Figure], str], words: Callable[[str], str] = xml, table: str = ""
) -> Spelling:
    """A spelling whose maths is TeX; `wrap` makes HTML of one formula."""

    def lines(equations: tuple[Equation, ...]) -> list[str]:
        spelling = Spelling(maths, lines, picture, words, table)
        found = []
        for row in rows(equations, _LINE):
            said = spelling.text(row.words)
            marked = rf"{row.mark}\enspace" if row.mark else ""
            tex = _circled(" ".join(filter(None, (r"\displaystyle", marked, row.left, row.body))))
            reason = words(f" [{row.reason}]") if row.reason else ""
            found.append(said or f"{wrap(tex)}{reason}")
        return found

    def maths(node: Node) -> str:
        return wrap(_circled(latex_maths.maths(node)))

    return Spelling(maths, lines, picture, words, table)


def _circled(tex: str) -> str:
    """Marks as the circled numbers themselves: not every platform knows the command."""
    return re.sub(r"\\text\{\\textcircled\{(\d+)\}\}", lambda found: rf"\text{{{mark(int(found[1]))}}}", tex)


def in_mathml(picture: Callable[[Figure], str]) -> Spelling:
    """A spelling whose maths is MathML."""
    return Spelling(mathml, lambda equations: [_line(e) for e in equations], picture, xml)


def mathml(node: Node) -> str:
    """One formula."""
    return _math(PLAIN.row(node), spell(node))


def _math(row: str, said: str) -> str:
    for core, second in _IN_MATHML_2:
        row = row.replace(core, second)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="{xml(said)}">{row}</math>'


def _line(e: Equation) -> str:
    """An equation in pieces, between which a browser may break the line."""
    note = in_mathml(_no_picture).text(e.note)
    pieces = [xml(mark(e.mark))] if e.mark else []
    pieces += [mathml(e.left)] if e.left is not None else []
    pieces += [note] if note else []
    pieces += [_math(f"<mo>=</mo>{PLAIN.row(right)}", f"= {spell(right)}") for right in e.rights]
    return " ".join([*pieces, xml(f"[{e.reason}]")] if e.reason else pieces)


def _no_picture(figure: Figure) -> str:
    raise ValueError(f"a drawing within words: {figure.svg[:40]}")


def drawn(figure: Figure) -> bytes:
    """A drawing as a file, for white pages: what it shows on dark screens is left out, which platforms are not."""
    return _SCHEME.sub("", _DARK.sub("", figure.svg, 1), 1).encode()


def kept(figure: Figure, stem: str, files: dict[str, bytes]) -> str:
    """Puts a drawing among the files of an item, numbered after those that are there; the name that it has."""
    name = f"{stem}-{len(files) + 1}.svg"
    files[name] = drawn(figure)
    return name


def said_of(figure: Figure) -> str:
    """What a drawing shows, in words: its title and its description."""
    found = re.findall(r"<(?:title|desc)[^>]*>([^<]*)</", figure.svg)
    return unescape(" ".join(" ".join(found).split()))


def _lines(spelling: Spelling, block: Lines) -> str:
    return f"<div>{''.join(f'<div>{line}</div>' for line in spelling.lines(block.equations))}</div>"


def _table(spelling: Spelling, block: Table) -> str:
    head = "".join(f'<th scope="col">{spelling.text(cell)}</th>' for cell in block.headers)
    body = "".join(f"<tr>{''.join(f'<td>{spelling.text(cell)}</td>' for cell in row)}</tr>" for row in block.rows)
    return f"<table{spelling.table}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _paths(spelling: Spelling, block: Paths) -> str:
    arrow = spelling.words(" → ")
    routes = [arrow.join(spelling.maths(node) for node in route) for route in block.routes]
    return f"<div>{''.join(f'<div>{route}</div>' for route in routes)}</div>"


def _heading(spelling: Spelling, block: Heading) -> str:
    size = 3 + block.level
    return f"<h{size}>{spelling.text(block.text)}</h{size}>"


def _figure(spelling: Spelling, block: Figure) -> str:
    caption = f"\n<p>{spelling.text(block.caption)}</p>" if block.caption else ""
    return f"<p>{spelling.picture(block)}</p>{caption}"


_BLOCKS: dict[type[Block], Callable[[Spelling, Any], str]] = {
    Heading: _heading,
    Prose: lambda spelling, block: f"<p>{spelling.text(block.text)}</p>",
    Lines: _lines,
    Table: _table,
    Paths: _paths,
    Picture: lambda spelling, block: "<pre>" + "\n".join(map(spelling.words, block.lines)) + "</pre>",
    Figure: _figure,
}
