"""From the lines of a regression to its solution: both carries, the audit, the course of epochs, what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..check.compare import Audit
from ..evaluate import Values, evaluate
from ..options import Options
from ..page.blocks import Page
from ..rounding import Value, shown
from ..solution import Keys, Worked
from ..spec.regression import Regression
from ..working import Working
from .regression_descent import Course


@dataclass(frozen=True, slots=True)
class Run:
    """A Working with its values, and the course of its epochs."""

    working: Working
    course: Course | None
    values: Values


@dataclass(frozen=True)
class WorkedRegression(Worked):
    """A worked regression; `epochs` holds the parameters and E after each epoch, the start first."""

    epochs: tuple[tuple[Value, ...], ...] = ()


def worked(
    kind: str,
    problem: Regression,
    options: Options,
    *,
    run: Callable[[str], Run],
    answer_keys: Callable[[Working], tuple[str, ...]],
    grouped: Mapping[str, Keys],
    conventions: Mapping[str, object],
    audit: Callable[..., Audit],
    page_maker: Callable[[Worked], Page],
) -> WorkedRegression:
    """The solution of a regression whose lines `run` makes for a carry."""
    full = run("full")
    taken = full if options.carry == "full" else run("rounded")
    rows = epoch_rows(problem, full)
    check = None
    if options.check:
        numbers = {key: float(value) for key, value in full.values.numbers.items()}
        numbers |= _of_epochs(problem, rows)
        check = audit(numbers, problem, options.backend)
    taken_rows = rows if taken is full else epoch_rows(problem, taken)
    solution = WorkedRegression(
        kind=kind,
        title=problem.title,
        problem=problem,
        options=options,
        working=taken.working,
        values=taken.values,
        full_values=full.values,
        asked=(),
        answer_keys=answer_keys(taken.working),
        conventions=conventions,
        check=check,
        page_maker=page_maker,
        history=tuple(float(row[-1]) for row in taken_rows),
        grouped=grouped,
        epochs=taken_rows,
    )
    asked = tuple(asked_for(solution, key) for key in options.find)
    return replace(solution, asked=asked, answer_keys=asked) if asked else solution


def valued(problem: Regression, working: Working, course: Course | None, options: Options, carry: str) -> Run:
    """The Working with its values; parameters carried over from the table of epochs are shown as it shows them."""
    values = evaluate(working, options.digits, carry)
    if problem.descent and course:
        done = problem.descent.epochs * len(problem.batches) - 1
        for key in problem.parameters:
            if f"{key}@{done}" in working.givens and done:
                values.texts[f"{key}@{done}"] = shown(values.numbers[f"{key}@{done}"], options.digits)
    return Run(working, course, values)


def asked_for(solution: Worked, key: str) -> str:
    """The key of what is asked: m' and m_new are the new value m. Raises NotAsked."""
    typed = key.strip().removesuffix("_new").rstrip("'’′")
    return typed if typed in solution.problem.parameters else solution.resolve(key)


def epoch_rows(problem: Regression, run: Run) -> tuple[tuple[Value, ...], ...]:
    """After each epoch the parameters and E, the start first; nothing without gradient descent."""
    if problem.descent is None:
        return ()
    numbers = run.values.numbers
    keys: tuple[str, ...] = problem.parameters
    last = (*(numbers[key] for key in keys), numbers["E"])
    first = (*(numbers[f"{key}@0"] for key in keys), numbers["E@0"])
    if run.course is None:
        return (first, last)
    between = zip(run.course.states[1:-1], run.course.errors[1:], strict=True)
    return (first, *((*state, error) for state, error in between), last)


def _of_epochs(problem: Regression, rows: tuple[tuple[Value, ...], ...]) -> dict[str, float]:
    """Every number of the table of epochs, under keys such as m#12 for epoch 12."""
    keys = (*problem.parameters, "E")
    return {f"{key}#{k}": float(v) for k, row in enumerate(rows) for key, v in zip(keys, row, strict=True)}
