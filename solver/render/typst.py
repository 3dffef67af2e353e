"""The page as data for assets/page.typ, which sets it: no word of a page is ever read as Typst markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Any

from ..notation import Node
from ..page.blocks import Block, Equation, Figure, Heading, Inline, Lines, Page, Paths, Picture, Prose, Table, Text
from .scripts import Run, runs
from .spelling import mark, spell
from .typst_maths import maths
from .typst_pieces import piece

Data = dict[str, Any]

_LONGEST = 20  # characters of a word that is not cut
_WIDEST = 160  # characters of a picture side by side; what is wider goes on below
_BREAK = "\u200b"  # a place to break


def render(page: Page) -> Data:
    """The page as plain data: title and blocks, each block with its kind."""
    blocks = [_BLOCKS[type(block)](block) for block in page.blocks]
    for block, following in zip(blocks, [*blocks[1:], {"kind": "end"}], strict=True):
        # what leads up to something stays on its page
        leads = block["kind"] == "prose" and following["kind"] not in ("prose", "heading", "end")
        block["leads"] = leads or (block["kind"] in ("lines", "paths") and following["kind"] == "lines")
    return {"title": _words(page.title).strip() or " ", "blocks": _levelled(blocks)}


def _levelled(blocks: list[Data]) -> list[Data]:
    """No heading more than one level below the heading before it: PDF/UA-1 refuses a gap."""
    level = 0
    for block in blocks:
        if block["kind"] == "heading":
            level = block["level"] = min(block["level"], level + 1)
    return blocks


def inline(text: Text) -> list[Data]:
    """Words and notation within a paragraph."""
    return [found for part in text if part != "" for found in _part(part)]


def _part(part: Inline) -> list[Data]:
    return [_run(run) for run in runs(part)] if isinstance(part, str) else [_term(part)]


def _run(run: Run) -> Data:
    """Words of one height; those of raised or lowered ones stand in "runs"."""
    if not run.script:
        return {"words": _words(run.text)}
    return {"words": _words(run.text), "script": run.script, "runs": [_run(inner) for inner in run.runs]}


def _term(part: Node) -> Data:
    return {"term": clean(maths(part)), "alt": _clean(spell(part))}


def _words(text: str) -> str:
    """Words as they are, with places to break in what is longer than any word."""
    return re.sub(rf"(\S{{{_LONGEST}}})(?=\S)", rf"\1{_BREAK}", _clean(text))


def _clean(text: str) -> str:
    """The text without what no font can show: control characters, halves of characters, unassigned ones."""
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or _shows(c))


def _shows(c: str) -> bool:
    return unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co")


def clean(data: Any) -> Any:
    """The same data with every string cleaned."""
    match data:
        case str():
            return _clean(data)
        case list():
            return [clean(each) for each in data]
        case dict():
            return {key: clean(each) for key, each in data.items()}
    return data


def _heading(block: Heading) -> Data:
    return {"kind": "heading", "text": inline(block.text), "level": block.level}


def _prose(block: Prose) -> Data:
    return {"kind": "prose", "text": inline(block.text)}


def _lines(block: Lines) -> Data:
    return {"kind": "lines", "equations": [_equation(e) for e in block.equations]}


def _equation(e: Equation) -> Data:
    return {
        "left": None if e.left is None else _term(e.left),
        "rights": [clean(piece(right).data()) for right in e.rights],
        "mark": None if e.mark is None else {"term": ["mark", e.mark], "alt": mark(e.mark)},
        "note": inline(e.note),
        "reason": inline((e.reason,)),
    }


def _table(block: Table) -> Data:
    return {
        "kind": "table",
        "header": [inline(cell) for cell in block.headers],
        "rows": [[inline(cell) for cell in row] for row in block.rows],
        "right": [i in block.right for i in range(len(block.headers))],
        "fill": block.fill,
    }


def _paths(block: Paths) -> Data:
    routes = [[_term(node) for node in route] for route in block.routes]
    before: list[Data] = []
    found = []
    for route in routes:
        found.append({"nodes": route, "shared": _shared(before, route)})
        before = route
    return {"kind": "paths", "routes": found}


def _shared(before: list[Data], route: list[Data]) -> int:
    """How many nodes at the start are those of the route before; never all of them."""
    same = [a == b for a, b in zip(before, route[:-1], strict=False)]
    return same.index(False) if False in same else len(same)


def _picture(block: Picture) -> Data:
    lines = [_clean(line) for line in block.lines]
    widest = max(map(len, lines), default=0)
    parts = [[line[start : start + _WIDEST] for line in lines] for start in range(0, max(widest, 1), _WIDEST)]
    return {"kind": "picture", "parts": parts}


_DESCRIBED = re.compile("<desc>(.*?)</desc>", re.DOTALL)


def _figure(block: Figure) -> Data:
    svg = block.svg
    said = _DESCRIBED.search(svg)
    alt = unescape(said.group(1)) if said else "\n".join(block.lines)
    return {"kind": "figure", "svg": svg, "alt": _clean(alt), "caption": inline(block.caption)}


_BLOCKS: dict[type[Block], Callable[[Any], Data]] = {
    Heading: _heading,
    Prose: _prose,
    Lines: _lines,
    Table: _table,
    Paths: _paths,
    Picture: _picture,
    Figure: _figure,
}
