"""The frame that every kind's page has: question, working by sections, answers, check; hints and briefs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..rules import RULES
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Text
from .lines import Lines as LineWriter
from .verdict import verdict

if TYPE_CHECKING:
    from ..solution import Worked

_NAMED = 4
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
        blocks += after_update(solution, writer) if "E'" in solution.asked and not solution.history else ()
        blocks += _large_exponents(solution)
    blocks.append(Heading(("Answers",)))
    if options.brief:
        blocks += in_brief(solution, writer)
    else:
        blocks += answers(writer) if answers else results(writer, solution.answer_keys)
    blocks += [Heading(("Check",)), *verdict(solution)]
    return Page(solution.title, tuple(blocks))


def _large_exponents(solution: Worked) -> Iterator[Block]:
    """How lines were worked in which e is raised to more than a computer can hold."""
    found = [key for key in solution.values.lowered if key in solution.shown_keys]
    keys = [key for key in found if not solution.working.steps[key].rule.startswith("loss")]
    if not keys:
        return
    names: list[Inline] = [part for key in keys[:_NAMED] for part in (solution.name(key), ", ")][:-1]
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    yield Prose(
        (
            "e to such net inputs is too large or too small for a computer. In the line",
            "s of " if len(keys) > 1 else " of ",
            *names,
            f"{more} the largest power of e was taken out first; it cancels and changes no value.",
        )
    )


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


def in_brief(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """A line for each answer: with its working where a line works it out, else (after many epochs) the result."""
    keys = solution.answer_keys
    lines = [writer.equation(key) if _worked_out(solution, key) else result(writer, key) for key in keys]
    if lines:
        yield Lines(tuple(lines))


def _worked_out(solution: Worked, key: str) -> bool:
    if key not in solution.working.steps:
        return False
    return key not in solution.extra or solution.extra[key] == solution.values.number(key)


def error_moved(solution: Worked, writer: LineWriter) -> Text:
    """Whether the update made the error smaller."""
    before, after = solution.number("E"), solution.number("E'")
    if before == after:
        return ("The error stayed at ", writer.number("E"), ".")
    way = "fell" if after < before else "rose"
    remark: Text = (f"The error {way} from ", writer.number("E"), " to ", writer.number("E'"), ".")
    return remark if after < before else (*remark, " The step was too long: try a smaller learning rate.")


def after_update(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """The error of the same forward pass with the new values, where the working has no lines of it."""
    if "E'" in solution.extra:
        yield Prose(
            (
                "The same forward pass with the new values gives ",
                writer.name("E'"),
                " = ",
                writer.number("E'"),
                ". ",
                *error_moved(solution, writer),
            )
        )


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
