"""The page as Markdown with LaTeX maths, as GitHub and Jupyter show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ..page.blocks import Block, Figure, Heading, Inline, Lines, Page, Paths, Picture, Prose, Table, Text
from .latex_maths import maths, worded
from .latex_rows import Row, routes, rows
from .scripts import Run, runs
from .spelling import mark

_LINE = 44.0  # em; browsers scroll what is wider

# What GitHub's Markdown would eat before MathJax sees it: a backslash before punctuation, _ and < as markup,
# \\ within a line, | in tables. What stands instead means the same in MathJax and in KaTeX.
_SAFE = (
    (r" \, ", r" \thinspace "),
    (r"\_", r"\underline{\hspace{0.4em}}"),
    (r"\{", r"\lbrace "),
    (r"\}", r"\rbrace "),
    (r" \\ ", r" \cr "),
    ("_", " _"),  # after a blank it can open emphasis but never close one, so none comes about
    ("<", r"\lt "),
    (">", r"\gt "),
)
_ESCAPES = {
    "\\": "&#92;", "<": "&lt;", ">": "&gt;", "&": "&amp;", "$": "<span>$</span>", "|": r"\|", "`": r"\`",
    "*": r"\*", "_": r"\_", "#": r"\#", "[": r"\[", "]": r"\]", "~": r"\~", "!": r"\!", "{": r"\{", "}": r"\}",
}  # fmt: skip


def render(page: Page) -> str:
    """The page as Markdown; formulas in $...$ and $$...$$, words of the user escaped."""
    parts = [f"# {_words(page.title).strip()}"]
    parts += [text for block in page.blocks for text in [_BLOCKS[type(block)](block)] if text]
    return "\n\n".join(parts).rstrip() + "\n"


def inline(text: Text) -> str:
    """Words and notation within a paragraph."""
    spelled = ""
    for part in text:
        following = _part(part)
        # GitHub reads no formula that touches a letter, a digit or another formula
        touches = re.search(r"[^\W_]\$|\$[^\W_]|\$\$", spelled[-1:] + following[:1])
        spelled += f" {following}" if touches else following
    return spelled.strip()


def _part(part: Inline) -> str:
    return "".join(map(_run, runs(part))) if isinstance(part, str) else f"${safe(maths(part))}$"


def _words(text: str) -> str:
    """Words that mean nothing to Markdown, HTML or MathJax."""
    return "".join(_ESCAPES.get(c, c) for c in re.sub(r"[^\S\u2003]+", " ", text))


def _run(run: Run) -> str:
    if not run.script:
        return _words(run.text)
    tag = "sup" if run.script == "raised" else "sub"
    return f"<{tag}>{''.join(map(_run, run.runs))}</{tag}>"


def _paragraph(text: str) -> str:
    """A paragraph that does not open a list or a rule."""
    opened = re.sub(r"^(\d+)([.)])(?= |$)", r"\1\\\2", text)
    return re.sub(r"^([-+=])", r"\\\1", opened)


def safe(spelled: str) -> str:
    """LaTeX maths that survives Markdown; marks as circled numbers."""
    for plain, instead in _SAFE:
        spelled = spelled.replace(plain, instead)
    return re.sub(r"\\text\{\\textcircled\{(\d+)\}\}", lambda m: rf"\text{{{mark(int(m[1]))}}}", spelled)


def _heading(block: Heading) -> str:
    return f"{'#' * (block.level + 1)} {inline(block.text)}"


def _prose(block: Prose) -> str:
    return _paragraph(inline(block.text))


def _lines(block: Lines) -> str:
    return "\n\n".join(_displays(rows(block.equations, _LINE)))


def _displays(found: list[Row]) -> Iterator[str]:
    """Rows between words as displays of their own."""
    pending: list[Row] = []
    for row in found:
        if not row.words:
            pending.append(row)
            continue
        if pending:
            yield _display(pending)
        pending = []
        yield _paragraph(inline(row.words))
    if pending:
        yield _display(pending)


def _display(found: list[Row]) -> str:
    """Rows aligned at their first equals sign; marks before, reasons behind."""
    marked = any(row.mark for row in found)
    body = " \\\\\n".join(_row(row, marked) for row in found)
    return f"$$\n\\begin{{alignedat}}{{3}}\n{body}\n\\end{{alignedat}}\n$$"


def _row(row: Row, marked: bool) -> str:
    number = rf"{row.mark}\enspace" if row.mark else ""
    cells = f"{number} & {row.left} && {row.body}" if marked else f"{row.left} & {row.body}"
    reason = rf" && \qquad {worded(f'[{row.reason}]')}" if row.reason else ""
    return safe((cells + reason).strip())


def _table(block: Table) -> str:
    signs = ["---:" if i in block.right else ":---" for i in range(len(block.headers))]
    lines = [block.headers, *block.rows]
    head, *body = [f"| {' | '.join(inline(cell) for cell in line)} |" for line in lines]
    return "\n".join([head, f"| {' | '.join(signs)} |", *body])


def _paths(block: Paths) -> str:
    return _display(routes(block, _LINE))


def _picture(block: Picture | Figure) -> str:
    if not block.lines:
        return ""
    longest = max((len(run) for line in block.lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *block.lines, fence])


_BLOCKS: dict[type[Block], Callable[[Any], str]] = {
    Heading: _heading,
    Prose: _prose,
    Lines: _lines,
    Table: _table,
    Paths: _paths,
    Picture: _picture,
    Figure: _picture,
}
