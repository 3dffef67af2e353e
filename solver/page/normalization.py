"""The page of a normalization: question, the first feature (or sample) in full, matrices, the way back, answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Name, Node
from ..spec.normalization_problem import Normalization
from ..topics.assembled import one_by_one
from .blocks import Block, Equation, Heading, Lines, Page, Prose, Table, Text
from .lines import Lines as LineWriter
from .matrix_view import MatrixView, Rows, error_lines
from .normalization_backward import backward_blocks, update_blocks
from .normalization_question import question_blocks
from .standard import after_update, result, results, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

X, XHAT, OUT = Name("X"), Name("X̂"), Name("out", upright=True)


def page(solution: Worked) -> Page:
    """The whole page of a normalization, as its options ask for it."""
    plain = one_by_one(solution)
    return standard_page(
        plain,
        question_blocks(plain),
        lambda writer: _working(plain, writer),
        lambda writer: _answers(plain, writer),
    )


def _working(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    view = MatrixView(solution, writer)
    if solution.asked:
        yield from view.asked()
        return
    problem: Normalization = solution.problem
    yield from _groups(view, problem)
    yield from _running(view, problem)
    yield from error_lines(view, rows_of(problem, "out"))
    if problem.outcome.goes_back:
        yield from backward_blocks(view, problem)
    if problem.outcome.learns:
        yield from update_blocks(view, problem)
        yield from after_update(solution, view.writer)
    yield from view.left_out(f"xhat[{problem.size[0]},{problem.size[1]}]")


def rows_of(problem: Normalization, name: str) -> Rows:
    """The keys of a matrix as large as the inputs."""
    rows, columns = problem.size
    return [[f"{name}[{row},{column}]" for column in range(1, columns + 1)] for row in range(1, rows + 1)]


def _groups(view: MatrixView, problem: Normalization) -> Iterator[Block]:
    """The first group line by line, then the statistics of all and the matrices."""
    what = "feature" if problem.batch else "sample"
    yield Heading(("Forward pass",))
    for group in problem.groups if view.everything else [1]:
        if len(problem.groups) > 1:
            yield Heading((f"{what.capitalize()} {group} in full",), level=2)
        yield from _group(view, problem, group)
    rest = [key for group in list(problem.groups)[1:] for key in _group_keys(problem, group)]
    if not view.everything:
        view.hidden += len(rest)
    if len(problem.groups) > 1:
        yield Heading((f"All {what}s",), level=2)
        yield _statistics(view, problem, what)
    yield Lines((view.whole(XHAT, rows_of(problem, "xhat")), view.whole(OUT, rows_of(problem, "out"))))


def _members(problem: Normalization, group: int, name: str) -> list[str]:
    return [f"{name}[{row},{column}]" for row, column in problem.members(group)]


def _group_keys(problem: Normalization, group: int) -> list[str]:
    single = [] if problem.testing else [f"mean[{group}]", f"variance[{group}]"]
    several = [key for name in ("centred", "xhat", "out") for key in _members(problem, group, name)]
    return [*single, f"std[{group}]", *several]


_MOST = 8


def _group(view: MatrixView, problem: Normalization, group: int) -> Iterator[Block]:
    centred = _members(problem, group, "centred")
    if not problem.testing:
        yield Prose(("Mean, distances from it, variance:",))
        yield Lines(
            (
                view.line(f"mean[{group}]"),
                *view.lines(centred, _MOST).equations,
                view.line(f"variance[{group}]"),
            )
        )
        yield Prose(("Every distance is divided by the root of variance plus ε:",))
        yield Lines((view.line(f"std[{group}]"), *view.lines(_members(problem, group, "xhat"), _MOST).equations))
    else:
        yield Prose(("The running averages take the place of mean and variance:",))
        xhat = _members(problem, group, "xhat")
        pairs = [key for pair in zip(centred, xhat, strict=True) for key in pair]
        yield Lines((view.line(f"std[{group}]"), *view.lines(pairs, 2 * _MOST).equations))
    yield Prose(("Scaled by γ and shifted by β:",))
    yield view.lines(_members(problem, group, "out"), _MOST)


def _statistics(view: MatrixView, problem: Normalization, what: str) -> Table:
    """Mean, variance and root of every group."""
    prefix = "running_" if problem.testing else ""
    names = [f"{prefix}mean", f"{prefix}variance", "std"]
    square = n.Power(Name("σ"), n.Number("2"))
    headers: tuple[Text, ...] = ((what,), (Name("μ"),), (square,), ("s = ", n.Root(n.Sum((square, Name("ε"))))))
    shown = view.some([str(group) for group in problem.groups], 20)
    rows = [((group,), *((view.number(f"{name}[{group}]"),) for name in names)) for group in shown]
    return Table(headers, tuple(rows), right=frozenset({1, 2, 3}))


def _running(view: MatrixView, problem: Normalization) -> Iterator[Block]:
    """The running averages after this batch."""
    if not problem.running or problem.testing:
        return
    running = problem.running
    yield Heading(("Running averages",))
    share = "the old average" if running.weighs == "old" else "the batch"
    yield Prose((f"For the test phase; ρ is the share of {share}.",))
    keys = []
    for group in problem.groups:
        other = f"{running.spread}_variance[{group}]"
        keys += [
            key for key in (f"running_mean[{group}]'", other, f"running_variance[{group}]'") if key in view.working
        ]
    yield view.lines(keys, 9)


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from results(writer, solution.asked)
        return
    view = MatrixView(solution, writer)
    problem: Normalization = solution.problem
    moved = [result(writer, "E'")] if "E'" in solution.extra else []
    yield Lines((*_answer_lines(view, problem), *moved))


def _answer_lines(view: MatrixView, problem: Normalization) -> Iterator[Equation]:
    groups = list(problem.groups)
    square = n.Power(Name("σ"), n.Number("2"))
    named: list[tuple[Node, str]] = [(Name("μ"), "mean[{}]"), (square, "variance[{}]"), (Name("s"), "std[{}]")]
    if problem.testing:
        named = named[2:]
    for name, form in named:
        yield view.whole(name, [[form.format(group) for group in groups]])
    yield view.whole(XHAT, rows_of(problem, "xhat"))
    yield view.whole(OUT, rows_of(problem, "out"))
    features = range(1, problem.size[1] + 1)
    if problem.running and not problem.testing:
        run = n.Power(Name("σ", "run", primes=1), n.Number("2"))
        yield view.whole(Name("μ", "run", primes=1), [[f"running_mean[{f}]'" for f in features]])
        yield view.whole(run, [[f"running_variance[{f}]'" for f in features]])
    if "E" in view.working:
        yield Equation(Name("E"), (view.number("E"),), key="E")
    if problem.outcome.goes_back:
        for letter, key in (("γ", "gamma"), ("β", "beta")):
            yield view.slopes(Name(letter), [[f"{key}[{f}]" for f in features]])
        yield view.slopes(X, rows_of(problem, "x"))
    if problem.outcome.learns:
        for letter, key in (("γ", "gamma"), ("β", "beta")):
            yield view.whole(Name(letter, primes=1), [[f"{key}[{f}]'" for f in features]])
