"""The frame that every kind's page has: question, working by sections, answers, check; hints and briefs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..rules import RULES
from .blocks import Block, Equation, Heading, Lines, Page, Prose
from .lines import Lines as LineWriter
from .verdict import verdict

if TYPE_CHECKING:
    from ..solution import Worked

Section = Callable[[LineWriter], Iterable[Block]]


def standard_page(
    solution: Worked,
    question: Iterable[Block],
    working: Section | None = None,
    answers: Section | None = None,
) -> Page:
    """The page of a solution.

    question: the blocks that state the problem and its conventions
    working:  the blocks of the working (default: a heading and lines for each section of the Working)
    answers:  the blocks under 'Answers' (default: a line for each answer)
    """
    beyond = {key: (solution.name(key), solution.text(key)) for key in solution.extra}
    writer = LineWriter(solution.working, solution.values, beyond, solution.letters)
    options = solution.options
    if options.hint is not None:
        return Page(solution.title, tuple(hint(solution, writer, solution.resolve(options.hint))))
    blocks = list(question)
    if options.question:
        return Page(solution.title, tuple(blocks))
    if not options.brief:
        blocks += working(writer) if working else sections(solution, writer)
    blocks.append(Heading(("Answers",)))
    if options.brief:
        blocks.append(Lines(tuple(writer.equation(k) for k in solution.answer_keys if k in solution.working.steps)))
    else:
        blocks += answers(writer) if answers else results(writer, solution.answer_keys)
    blocks += [Heading(("Check",)), *verdict(solution)]
    return Page(solution.title, tuple(blocks))


def sections(
    solution: Worked, writer: LineWriter, extra: Mapping[str, Iterable[Block]] | None = None
) -> Iterator[Block]:
    """Every section of the Working in order: heading, blocks that `extra` has for it, lines."""
    names = dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys)
    for name in names:
        yield from section(solution, writer, name, (extra or {}).get(name, ()))


def section(solution: Worked, writer: LineWriter, name: str, before: Iterable[Block] = ()) -> Iterator[Block]:
    """One section of the Working (nothing where no line of it is shown)."""
    keys = solution.shown_in(name)
    if keys:
        yield Heading((name,))
        yield from before
        yield Lines(tuple(writer.equation(key) for key in keys))


def results(writer: LineWriter, keys: Iterable[str]) -> Iterator[Block]:
    """A line for each answer."""
    lines = tuple(result(writer, key) for key in keys)
    if lines:
        yield Lines(lines)


def result(writer: LineWriter, key: str) -> Equation:
    """name = value."""
    return Equation(writer.name(key), (writer.number(key),), key=key)


def hint(solution: Worked, writer: LineWriter, key: str) -> Iterator[Block]:
    """The next step only: its rule and its formula, no numbers."""
    yield Heading(("Hint for ", solution.working.name(key)))
    if key in solution.working.givens:
        yield Prose((solution.working.name(key), " is given: look at the question."))
        return
    step = solution.working.steps[key]
    yield Prose((RULES[step.rule].sentence,))
    formula = writer.in_names(step)
    yield Lines((Equation(step.name, (step.short, formula) if step.short else (formula,)),))
