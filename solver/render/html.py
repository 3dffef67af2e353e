"""The page as one HTML file: MathML Core, its own fonts, no script, nothing loaded from anywhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from zlib import crc32

from ..notation import Compare, Number
from ..page.blocks import Block, Equation, Figure, Heading, Known, Lines, Page, Paths, Picture, Prose, Table
from .html_blocks import figure, paths, picture, table
from .html_lines import NOTHING, Writer, math, scripted
from .mathml import PLAIN, escaped
from .spelling import spell

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
_FONTS = (
    ("STIX Two Math", "400", "stix-two-math.woff2"),
    ("STIX Two Text", "400", "stix-two-text.woff2"),
    ("STIX Two Text", "700", "stix-two-text-bold.woff2"),
)
_LONG_DERIVATION = 4  # lines with reasons from which a derivation is folded
_LONG_SECTION = 20  # lines of a section from which its parts are folded, all but the first
_MOST_RESULTS = 4
_MOST_CONTENTS = 40  # entries of the contents up to which parts of sections are listed


def render(page: Page, known: Mapping[str, Known] = NOTHING) -> str:
    """The page as a complete document in HTML; the same page gives the same text.

    known: quantities by key; a given one leads to the question where no line of its own says what it is
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escaped(page.title)}</title>
<style>
{style()}</style>
</head>
<body>
<div class="dlsolve">
<a class="skip" href="#main">Skip the contents</a>
{_body(page, known, "", "main")}
</div>
</body>
</html>
"""


def fragment(page: Page, known: Mapping[str, Known] = NOTHING) -> str:
    """The page as a piece of HTML for a notebook, which may hold several of them."""
    prefix = f"p{crc32(repr(page).encode()):08x}-"
    return f'<div class="dlsolve">\n<style>\n{style()}</style>\n{_body(page, known, prefix, "div")}\n</div>\n'


@cache
def style() -> str:
    """The style sheet with its fonts."""
    assets = files(__package__) / "assets"
    faces = [
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
        f'src:url(data:font/woff2;base64,{b64encode((assets / name).read_bytes()).decode()}) format("woff2")}}\n'
        for family, weight, name in _FONTS
    ]
    return "".join(faces) + (assets / "page.css").read_text(encoding="utf-8")


@dataclass(slots=True)
class _Section:
    """A heading, the blocks below it, and the parts with headings of their own."""

    heading: Heading | None
    blocks: list[Block] = field(default_factory=list)
    parts: list[_Section] = field(default_factory=list)

    def lines(self) -> list[Equation]:
        """Every equation, those of the parts too."""
        own = [e for block in self.blocks if isinstance(block, Lines) for e in block.equations]
        return [*own, *(e for part in self.parts for e in part.lines())]


def _body(page: Page, known: Mapping[str, Known], prefix: str, main: str) -> str:
    sections = _sections(page.blocks)
    question = f"{prefix}s0" if sections and sections[0].heading else f"{prefix}main"
    writer = Writer(prefix, known, question)
    spelled = [_section(section, writer, f"{prefix}s{number}") for number, section in enumerate(sections)]
    contents = _contents(sections, prefix)
    title = f"<header><h1>{escaped(page.title)}</h1></header>"
    return f'{title}\n{contents}<{main} class="page" id="{prefix}main">\n{"".join(spelled)}</{main}>'


def _sections(blocks: tuple[Block, ...]) -> list[_Section]:
    sections = [_Section(None)]
    for block in blocks:
        if not isinstance(block, Heading):
            (sections[-1].parts or sections)[-1].blocks.append(block)
        elif block.level == 1:
            sections.append(_Section(block))
        else:
            sections[-1].parts.append(_Section(block))
    return [section for section in sections if section.heading or section.blocks or section.parts]


def _contents(sections: list[_Section], prefix: str) -> str:
    """The sections as links; nothing where there are fewer than two."""
    entries = sum(1 + len(section.parts) for section in sections)
    deep = entries <= _MOST_CONTENTS
    items = "".join(_entry(s, f"{prefix}s{i}", deep) for i, s in enumerate(sections) if s.heading)
    return f'<nav aria-label="Contents">\n<ul>\n{items}</ul>\n</nav>\n' if len(sections) > 1 else ""


def _entry(section: _Section, place: str, deep: bool) -> str:
    below = ""
    if deep and section.parts:
        parts = "".join(_entry(part, f"{place}-{i}", False).strip() for i, part in enumerate(section.parts))
        below = f"<ul>{parts}</ul>"
    return f'<li><a href="#{place}">{_title(section)}</a>{below}</li>\n'


def _title(section: _Section) -> str:
    text = section.heading.text if section.heading else ()
    return "".join(scripted(part) if isinstance(part, str) else math(PLAIN.row(part), spell(part)) for part in text)


def _section(section: _Section, writer: Writer, place: str) -> str:
    if section.heading is None:
        return _blocks(section, writer)
    writer.heading = place
    start = f'<section aria-labelledby="{place}">\n<h2 id="{place}">{_title(section)}</h2>\n{_blocks(section, writer)}'
    many = len(section.lines()) > _LONG_SECTION
    parts = [_part(part, writer, f"{place}-{i}", many, i) for i, part in enumerate(section.parts)]
    return f"{start}{''.join(parts)}</section>\n"


def _blocks(section: _Section, writer: Writer) -> str:
    return "".join(f"{_BLOCKS[type(block)](writer, block)}\n" for block in section.blocks)


def _part(part: _Section, writer: Writer, place: str, many: bool, index: int) -> str:
    """A part of a section; folded where it is long, with its results in sight."""
    writer.heading = place
    lines = part.lines()
    derived = sum(bool(e.reason) for e in lines) >= _LONG_DERIVATION
    heading = f'<h3 id="{place}">{_title(part)}</h3>'
    blocks = _blocks(part, writer)
    results = _results(lines)
    if not results or not (many or derived):
        return f'<section aria-labelledby="{place}">\n{heading}\n{blocks}</section>\n'
    open_ = "" if derived or index else ' open=""'
    return f"<details{open_}>\n<summary>{heading} {results}</summary>\n{blocks}</details>\n"


def _results(lines: list[Equation]) -> str:
    """What a part comes to: the lines that no other refers to by a mark, or the end of its last derivation."""
    found = [e for e in lines if e.left is not None and not e.mark and e.rights and isinstance(e.rights[-1], Number)]
    if not found:
        found = _derived(lines)
    results = [Compare(e.left, "=", e.rights[-1]) for e in found[:_MOST_RESULTS] if e.left]
    spelled = [math(PLAIN.row(result), spell(result)) for result in results]
    more = " …" if len(found) > _MOST_RESULTS else ""
    return f'<span class="result">{" ".join(spelled)}{more}</span>' if spelled else ""


def _derived(lines: list[Equation]) -> list[Equation]:
    """The start of the last derivation with its end."""
    starts = [e for e in lines if e.left is not None and e.rights]
    ends = [e for e in lines if e.rights]
    return [Equation(starts[-1].left, ends[-1].rights)] if starts else []


def _prose(writer: Writer, block: Prose) -> str:
    return f"<p>{writer.inline(block.text)}</p>"


_BLOCKS: dict[type[Block], Callable[[Writer, Any], str]] = {
    Prose: _prose,
    Lines: Writer.lines,
    Table: table,
    Paths: paths,
    Picture: picture,
    Figure: figure,
}
