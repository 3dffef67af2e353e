"""One problem as sheet and key print it, as data that can travel between processes and wait on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from string import ascii_lowercase
from typing import Any

import msgspec
from msgspec import Struct

from solver.page.blocks import Block, Heading, Prose, Text
from solver.page.points import spelled

from .answers import final_answers
from .marks import marks
from .posed import Posed
from .tables import empty_tables, is_detective

_RULE_STATED = "round every line to 4 decimals (4 digits below 0.1)"
_ROUNDING = Prose(
    ("Numbers are shown to 4 decimals (4 digits below 0.1), half up; values are carried in full from line to line.",)
)


class Printed(Struct, frozen=True):
    """A problem's blocks on the sheet (without room to work) and on the key, and its row in the table of answers."""

    number: str
    heading: str
    points: int
    sheet: tuple[Block, ...]
    key: tuple[Block, ...]
    answers: Text


def printed(problem: Posed, instructions: str) -> Printed:
    """The problem as it is printed."""
    marked = marks(problem)
    note = (Prose((problem.note,)),) if problem.note else ()
    return Printed(
        problem.number,
        f"Problem {problem.number}: {problem.solution.title} ({spelled(problem.points)})",
        problem.points,
        (*_lowered(_question(problem, instructions)), *_parts(problem, marked.parts), *empty_tables(problem)),
        (*note, *_lowered(marked.page.blocks)),
        final_answers(problem),
    )


def packed(prints: Printed, figures: bool) -> bytes:
    """As bytes; drawings are made for formats that show them only."""
    return msgspec.msgpack.encode(prints, enc_hook=_drawn if figures else _undrawn)


def unpacked(data: bytes) -> Printed:
    """From bytes."""
    return msgspec.msgpack.decode(data, type=Printed, dec_hook=_drawing)


def _drawn(draw: Any) -> str:
    return str(draw())


def _undrawn(draw: Any) -> str:
    return ""


def _drawing(kind: type, svg: str) -> Callable[[], str]:
    return lambda: svg


def _lowered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with their headings below the problem's."""
    for block in blocks:
        yield Heading(block.text, 2) if isinstance(block, Heading) else block


def _question(problem: Posed, instructions: str) -> tuple[Block, ...]:
    """The blocks of the question, without the rounding rule where the instructions state it."""
    blocks = problem.question()
    return tuple(b for b in blocks if b != _ROUNDING) if _RULE_STATED in instructions else blocks


def _parts(problem: Posed, parts: Any) -> Iterator[Block]:
    """The parts of the working with their points, where the spec does not say what is worth how much."""
    points = problem.solution.options.points
    if parts and not (points and points.awards) and not is_detective(problem):
        pairs = zip(ascii_lowercase, parts.items(), strict=False)
        listed = [f"{letter}) {name} ({spelled(each)})" for letter, (name, each) in pairs]
        yield Prose((f"Parts: {', '.join(listed)}.",))
