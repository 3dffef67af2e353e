"""The page as a complete LaTeX document in ASCII, for any plain TeX Live (amsmath, amssymb, geometry)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..page.blocks import Block, Figure, Heading, Lines, Page, Paths, Picture, Prose, Table, Text
from .latex_maths import maths
from .latex_rows import Row, routes, rows
from .latex_width import text_width, width
from .latex_words import words
from .scripts import Run, runs
from .spelling import plain_ascii

_LINE = 39.8  # em in a line of the page, less the indentation of formulas and what widths are misjudged by
_LONG_LINE = 8  # rows of one line that stay together
_LONG_TABLE = 30  # rows that still stand on one page
_PICTURE = ((76, "normalsize"), (92, "footnotesize"), (104, "scriptsize"), (140, "tiny"))

_PREAMBLE = r"""\usepackage{amsmath,amssymb}
\usepackage[margin=25mm]{geometry}
\usepackage{graphicx,longtable}
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{4em}
\setlength{\parskip}{4pt plus 1pt}
\setlength{\mathindent}{1em}
\renewcommand{\arraystretch}{1.25}
\setcounter{MaxMatrixCols}{100}
\allowdisplaybreaks[4]
\raggedbottom
\AtBeginDocument{%
  \setlength{\abovedisplayskip}{2pt plus 1pt}\setlength{\abovedisplayshortskip}{2pt plus 1pt}%
  \setlength{\belowdisplayskip}{4pt plus 2pt}\setlength{\belowdisplayshortskip}{4pt plus 2pt}%
  \setlength{\jot}{5pt}}
% a mark: its number in a circle that has room for two digits, or in an oval
\newcommand{\numbered}[4]{\begin{picture}(#1,8)\put(#2,3){#3}\put(#2,3){\makebox(0,0){\scriptsize #4}}\end{picture}}
\renewcommand{\textcircled}[1]{{\setlength{\unitlength}{1pt}%
  \ifnum#1<100 \numbered{13}{6.5}{\circle{12}}{#1}\else\numbered{18}{9}{\oval(17,12)}{#1}\fi}}
\newcommand{\reason}[1]{\tag*{\footnotesize[#1]}}
\newcommand{\fitted}[2]{\resizebox{#1em}{!}{$\displaystyle #2$}}
"""


def render(page: Page, paper: str = "a4") -> str:
    """The page as a LaTeX document that compiles with pdflatex; ASCII only. `paper` is a4 or letter."""
    parts = [
        rf"\documentclass[11pt,{paper}paper,fleqn]{{article}}" + "\n" + _PREAMBLE + r"\begin{document}",
        _title(page.title),
    ]
    for block, following in zip(page.blocks, (*page.blocks[1:], None), strict=True):
        text = _BLOCKS[type(block)](block)
        # what leads up to the next lines stays on their page
        leads = isinstance(block, Lines | Paths) and isinstance(following, Lines)
        parts.append(f"{{\\postdisplaypenalty=10000\n{text}\\par}}" if leads and text else text)
    return "\n\n".join([*(part for part in parts if part), r"\end{document}"]) + "\n"


def inline(text: Text) -> str:
    """Words and notation within a paragraph."""
    return "".join(_scripted(part) if isinstance(part, str) else f"${maths(part)}$" for part in text)


def _scripted(text: str) -> str:
    return "".join(map(_run, runs(text)))


def _run(run: Run) -> str:
    if not run.script:
        return words(run.text)
    command = "textsuperscript" if run.script == "raised" else "textsubscript"
    return rf"\{command}{{{''.join(map(_run, run.runs))}}}"


def _title(title: str) -> str:
    return rf"{{\Large\bfseries {words(title)}\par}}"


def _heading(block: Heading) -> str:
    command = "section" if block.level == 1 else "subsection"
    return rf"\{command}*{{{inline(block.text)}}}"


def _prose(block: Prose) -> str:
    return inline(block.text)


def _lines(block: Lines) -> str:
    return _display(rows(block.equations, _LINE))


def _paths(block: Paths) -> str:
    return _display(routes(block, _LINE))


def _display(found: list[Row]) -> str:
    """Rows in one alignment, words between them; words at either end stand outside of it."""
    inner = list(found)
    before, after = "", ""
    while inner and inner[0].words:
        before += inline(inner.pop(0).words) + "\n"
    while inner and inner[-1].words:
        after = "\n" + inline(inner.pop().words) + after
    if not inner:
        return (before + after).strip()
    marked = any(row.mark for row in inner)
    environment, columns = ("alignat*", "{2}") if marked else ("align*", "")
    body = "\n".join(f"  {_row(row, marked)}{end}" for row, end in zip(inner, _ends(inner), strict=True))
    # \noindent: a display that opens a paragraph would leave an empty line above itself
    display = f"\\noindent\n\\begin{{{environment}}}{columns}\n{body}\n\\end{{{environment}}}"
    return f"{before}{display}{after}"


def _row(row: Row, marked: bool) -> str:
    if row.words:
        return rf"\intertext{{{inline(row.words)}}}"
    body = row.body if row.size <= row.room else rf"\fitted{{{row.room:.1f}}}{{{row.body}}}"
    mark = rf"{row.mark}\enspace" if row.mark else ""
    cells = f"{mark} & {row.left} && {body}" if marked else f"{row.left} & {body}"
    return cells.strip() + (rf" \reason{{{_scripted(row.reason)}}}" if row.reason else "")


def _ends(found: list[Row]) -> list[str]:
    """A page may break between lines; not within one (unless it is long), nor around a single row."""
    last = len(found) - 1
    ends, run = [], 0
    for index, row in enumerate(found):
        run = 0 if row.ends or row.words else run + 1
        loose = (row.ends or run > _LONG_LINE) and 0 < index < last - 1
        ends.append("" if row.words or index == last else r" \\" if loose else r" \\*")
    return ends


def _table(block: Table) -> str:
    columns = [[block.headers[i], *(row[i] for row in block.rows)] for i in range(len(block.headers))]
    sizes = [max(map(_cell_width, column)) + 1.1 for column in columns]
    return "\n\n".join(_part(block, part) for part in _parts(sizes))


def _cell_width(cell: Text) -> float:
    return sum(text_width(part) if isinstance(part, str) else width(part) for part in cell)


def _parts(sizes: list[float]) -> list[list[int]]:
    """Columns of a table that is too wide in several parts; the first column stands in each."""
    parts: list[list[int]] = [[0]]
    for index in range(1, len(sizes)):
        if len(parts[-1]) > 1 and sum(sizes[i] for i in (*parts[-1], index)) > _LINE:
            parts.append([0])
        parts[-1].append(index)
    return parts


def _part(block: Table, columns: list[int]) -> str:
    shape = "".join("r" if i in block.right else "l" for i in columns)
    head = " & ".join(inline(block.headers[i]) for i in columns) + r" \\ \hline"
    body = "\n".join("  " + " & ".join(inline(row[i]) for i in columns) + r" \\" for row in block.rows)
    if len(block.rows) > _LONG_TABLE:
        return f"\\begin{{longtable}}[l]{{{shape}}}\n  {head}\n  \\endhead\n{body}\n\\end{{longtable}}"
    return f"\\hspace*{{1em}}\\begin{{tabular}}{{{shape}}}\n  {head}\n{body}\n\\end{{tabular}}"


def _picture(block: Picture | Figure) -> str:
    """The picture in ASCII, in a size that it fits; what is wider than any goes on below."""
    if not block.lines:
        return ""
    lines = [plain_ascii(line).replace(r"\end{verbatim}", r"\end {verbatim}") for line in block.lines]
    widest = max(map(len, lines), default=0)
    most, size = next((fit for fit in _PICTURE if widest <= fit[0]), _PICTURE[-1])
    cut = [[line[start : start + most] for line in lines] for start in range(0, max(widest, 1), most)]
    body = "\n\n".join("\n".join(part) for part in cut)
    return f"{{\\{size}\n\\begin{{verbatim}}\n{body}\n\\end{{verbatim}}}}"


_BLOCKS: dict[type[Block], Callable[[Any], str]] = {
    Heading: _heading,
    Prose: _prose,
    Lines: _lines,
    Table: _table,
    Paths: _paths,
    Picture: _picture,
    Figure: _picture,
}
