"""What the question asks for: the quantities that are to be found, or the one wrong line of a working."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from .. import notation as n
from ..render.spelling import spell
from .blocks import Block, Heading, Inline, Lines, Page, Prose
from .lines import Lines as LineWriter

if TYPE_CHECKING:
    from ..slips import Slipped
    from ..solution import Worked

_ASKS = ("Find", "Wanted", "Work out")


def asking(page: Page, solution: Worked) -> Page:
    """The question page with the quantities that `find` names, where its kind asks for everything."""
    options = solution.options
    if not (options.question and solution.asked) or options.slip is not None:
        return page
    names = [solution.name(key) for key in solution.asked]
    said = [_spelled(block) for block in page.blocks if isinstance(block, Prose) and _asks(block)]
    if any(all(spell(name) in text for name in names) for text in said):
        return page
    blocks = tuple(block for block in page.blocks if not _asks(block))
    told: list[Inline] = ["Find: "]
    for index, name in enumerate(names):
        told += [", ", name] if index else [name]
    return Page(page.title, (*blocks, Prose((*told, "."))))


def _spelled(block: Prose) -> str:
    return "".join(part if isinstance(part, str) else spell(part) for part in block.text)


def with_slip(page: Page, solution: Worked) -> Page:
    """The page with the wrong working below the question, or with what is wrong above the answers."""
    options = solution.options
    if options.slip is None or options.hint is not None or options.brief:
        return page
    from ..slips import wrong_line

    found = wrong_line(solution)
    if options.question:
        blocks = tuple(block for block in page.blocks if not _asks(block))
        return Page(page.title, (*blocks, *_wrong(found)))
    at = next(i for i, block in enumerate(page.blocks) if block == Heading(("Answers",)))
    return Page(page.title, (*page.blocks[:at], *_right(solution, found), *page.blocks[at:]))


def _asks(block: Block) -> bool:
    """Whether the paragraph says what is to be found: with a slip that is something else."""
    first = block.text[0] if isinstance(block, Prose) and block.text else ""
    return isinstance(first, str) and first.startswith(_ASKS)


def _wrong(found: Slipped) -> Iterator[Block]:
    yield Prose(
        (
            "In the working below exactly one line is wrong; the lines after it follow from it. "
            "Which line is it, what is wrong with it, and what does it come to when it is put right?",
        )
    )
    writer = LineWriter(found.working, found.values)
    yield Lines(tuple(structs.replace(writer.equation(key), mark=k) for k, key in enumerate(found.shown, 1)))


def _right(solution: Worked, found: Slipped) -> Iterator[Block]:
    from ..slips import SLIPS

    asked = solution.options.slip
    assert asked is not None
    yield Heading(("The wrong line",))
    yield Prose(("Line ", n.Mark(found.shown.index(found.key) + 1), f": {SLIPS[asked.slip].sentence}. Right is:"))
    yield Lines((LineWriter(solution.working, solution.values).equation(found.key),))
