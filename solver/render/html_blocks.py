"""Tables, routes and pictures in HTML; each in a box of its own that scrolls where it is too wide."""

from __future__ import annotations

from ..notation import Node
from ..page.blocks import Figure, Paths, Picture, Table, Text
from .html_lines import Writer, math
from .mathml import escaped
from .spelling import spell


def table(writer: Writer, block: Table) -> str:
    """A table whose first column says what each row is about."""
    numbers = [' class="number"' if i in block.right else "" for i in range(len(block.headers))]
    head = "".join(_cell(writer, text, "col", kind) for text, kind in zip(block.headers, numbers, strict=True))
    fill = ' class="fill"' if block.fill else ""
    rows = "".join(_row(writer, row, numbers) for row in block.rows)
    return (
        f'<div class="table" {_group(writer)}><table{fill}>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table></div>"
    )


def _row(writer: Writer, row: tuple[Text, ...], numbers: list[str]) -> str:
    cells = [_cell(writer, text, "" if i else "row", numbers[i]) for i, text in enumerate(row)]
    return f"<tr>{''.join(cells)}</tr>\n"


def _cell(writer: Writer, text: Text, scope: str, kind: str) -> str:
    spelled = writer.inline(text)
    return f'<th scope="{scope}"{kind}>{spelled}</th>' if scope and spelled else f"<td{kind}>{spelled}</td>"


def paths(writer: Writer, block: Paths) -> str:
    """Routes that share their start, as a tree that lies on its side."""
    return f'<div class="paths" {_group(writer)}><ul>{_tree(writer, list(block.routes), "")}</ul></div>'


def _tree(writer: Writer, routes: list[tuple[Node, ...]], arrow: str) -> str:
    """One branch: what its routes share in a row, then a branch for each way on."""
    row, depth = f"{arrow}{writer.maths.one(routes[0][0])}", 1
    ways = _ways(routes, depth)
    while len(ways) == 1 and all(len(route) > depth for route in routes):
        row += f"<mo>→</mo>{writer.maths.one(routes[0][depth])}"
        depth += 1
        ways = _ways(routes, depth)
    said = " → ".join(map(spell, routes[0][:depth]))
    below = "".join(_tree(writer, [route[depth:] for route in way], "<mo>→</mo>") for way in ways)
    return f"<li>{math(row, said)}{f'<ul>{below}</ul>' if below else ''}</li>"


def _ways(routes: list[tuple[Node, ...]], depth: int) -> list[list[tuple[Node, ...]]]:
    ways: dict[Node, list[tuple[Node, ...]]] = {}
    for route in routes:
        if len(route) > depth:
            ways.setdefault(route[depth], []).append(route)
    return list(ways.values())


def picture(writer: Writer, block: Picture) -> str:
    """A picture in characters."""
    lines = "\n".join(map(escaped, block.lines))
    return f"<figure {_group(writer)}><pre>{lines}</pre></figure>"


def _group(writer: Writer) -> str:
    """What makes a box that scrolls one that keys reach, with the name of its heading."""
    label = f' aria-labelledby="{writer.heading}"' if writer.heading else ""
    return f'role="group" tabindex="0"{label}'


def figure(writer: Writer, block: Figure) -> str:
    """A drawing as it is; within HTML it needs no name space."""
    drawn = block.svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1).strip()
    caption = f"\n<figcaption>{writer.inline(block.caption)}</figcaption>" if block.caption else ""
    return f"<figure {_group(writer)}>{drawn}{caption}</figure>"
