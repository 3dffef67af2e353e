"""Points on a page: behind the headings of parts, beside the lines of quantities, and below a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, structs

from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Table

_ASIDE = ("Given", "Network", "Answers", "Conventions", "Check", "Notes")


class Part(Struct, frozen=True):
    """A part of the working on a page: its name, where its heading stands, the keys of its lines."""

    name: str
    at: int
    keys: tuple[str, ...]
    lines: int


def parts_of(solution: Any, page: Page) -> list[Part]:
    """The parts of the working: level 1 headings with worked lines, or a table, below them."""
    tops = [i for i, block in enumerate(page.blocks) if isinstance(block, Heading) and block.level == 1]
    found: list[Part] = []
    for start, end in zip(tops, [*tops[1:], len(page.blocks)], strict=True):
        if (heading := _words(page.blocks[start])) in _ASIDE:
            continue
        part = _part(solution, page.blocks[start:end], start)
        if part.lines:
            taken = part.name in {each.name for each in found}
            found.append(structs.replace(part, name=heading) if taken or not part.name else part)
    return found


def _words(heading: Block) -> str:
    return (
        "".join(part for part in heading.text if isinstance(part, str)).strip() if isinstance(heading, Heading) else ""
    )


def _part(solution: Any, blocks: tuple[Block, ...], at: int) -> Part:
    equations = list(_equations(blocks))
    keys = tuple(key for each in equations for key in (each.key, *each.keys) if key)
    tables = sum(isinstance(block, Table) for block in blocks)
    counted = len(equations) if _is_plan(solution) else len(keys)
    return Part(_section(solution, keys), at, keys, counted + tables)


def _is_plan(solution: Any) -> bool:
    """Whether the solution is a plan, whose lines have no keys."""
    return not hasattr(solution, "working")


def _equations(blocks: Iterable[Block]) -> Iterator[Equation]:
    for block in blocks:
        if isinstance(block, Lines):
            yield from block.equations


def _section(solution: Any, keys: Iterable[str]) -> str:
    """The section of the Working that all these lines belong to, '' where there is no single one."""
    names = {_section_of(solution, key) for key in keys} - {""}
    return names.pop() if len(names) == 1 else ""


def _section_of(solution: Any, key: str) -> str:
    if _is_plan(solution):
        return "Totals" if key.startswith("total_") else "Layers"
    step = solution.working.steps.get(key)
    return step.section if step else ""


def pointed(page: Page, solution: Any) -> Page:
    """The page with the points that the spec sets: what each is worth below a question, marks in a working."""
    from ..exam import awarded

    if solution.options.points is None or solution.options.hint is not None:
        return page
    awards = awarded(solution)
    if solution.options.question:
        return Page(page.title, (*page.blocks, _worth(solution, awards)))
    return marked(page, solution, awards)


def _worth(solution: Any, awards: Mapping[str, int]) -> Prose:
    text: list[Inline] = [f"Worth {spelled(solution.options.points.total)}"]
    for index, (key, points) in enumerate(awards.items()):
        text += [", " if index else ": ", _name(solution, key), f" ({points})"]
    return Prose((*text, "."))


def spelled(points: int) -> str:
    """1 point, 2 points."""
    return f"{points} point{'' if points == 1 else 's'}"


def _name(solution: Any, key: str) -> Inline:
    if not _is_plan(solution) and key in solution.working.steps:
        name: Inline = solution.name(key)
        return name
    return key


def marked(page: Page, solution: Any, awards: Mapping[str, int]) -> Page:
    """The working with its marks: a quantity's beside its line, a part's behind its heading.

    awards: points by key or by the name of a part; those of a quantity without a line go to its part
    """
    parts = parts_of(solution, page)
    shown = {key for part in parts for key in part.keys}
    headings: dict[int, int] = {}
    for name, points in awards.items():
        at = None if name in shown else _place(solution, parts, name)
        if at is not None:
            headings[at] = headings.get(at, 0) + points
    lines = {name: points for name, points in awards.items() if name in shown}
    return Page(page.title, tuple(_with(page.blocks, headings, lines)))


def _place(solution: Any, parts: list[Part], name: str) -> int | None:
    """Where the heading of the part stands, by its name or by a section that it holds."""
    known = any(part.name == name for part in parts)
    section = name if known else _section_of(solution, name) or name
    named = [part.at for part in parts if part.name == section]
    holding = [part.at for part in parts if any(_section_of(solution, key) == section for key in part.keys)]
    return next(iter([*named, *holding, *(part.at for part in parts)]), None)


def _with(blocks: Iterable[Block], headings: Mapping[int, int], lines: dict[str, int]) -> Iterator[Block]:
    for index, block in enumerate(blocks):
        if isinstance(block, Heading) and index in headings:
            yield Heading((*block.text, f" ({spelled(headings[index])})"), block.level)
        elif isinstance(block, Lines):
            yield Lines(tuple(_beside(each, lines) for each in block.equations))
        else:
            yield block


def _beside(equation: Equation, left: dict[str, int]) -> Equation:
    """The line with its points; only the first line of a quantity gets them."""
    found = [key for key in (equation.key, *equation.keys) if key in left]
    if not found:
        return equation
    told = spelled(sum(left.pop(key) for key in found))
    return structs.replace(equation, reason=f"{equation.reason}; {told}" if equation.reason else told)
