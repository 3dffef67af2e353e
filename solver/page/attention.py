"""The page of attention: question, the first row of each matrix in scalars, the matrices, the way back, answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Name, Node
from ..spec.attention_problem import LETTERS, Attention
from ..topics.assembled import one_by_one
from ..topics.outcome import Rows, numbered
from .attention_backward import backward_blocks, update_blocks
from .attention_question import matrix_name, question_blocks
from .blocks import Block, Equation, Heading, Lines, Page, Prose
from .lines import Lines as LineWriter
from .matrix_view import MatrixView, error_lines
from .standard import after_update, result, results, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_FEW, _MORE = 2, 6
OUT = Name("out", upright=True)


def page(solution: Worked) -> Page:
    """The whole page of attention, as its options ask for it."""
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
    problem: Attention = solution.problem
    yield from _projections(view, problem)
    for head in range(1, problem.heads + 1):
        yield from _head(view, problem, head)
    yield from _joined(view, problem)
    outs = numbered("out", problem.count("q"), problem.output_width)
    yield from error_lines(view, outs)
    if problem.outcome.goes_back:
        yield from backward_blocks(view, problem)
    if problem.outcome.learns:
        yield from update_blocks(view, problem)
        yield from after_update(solution, view.writer)
    yield from view.left_out(outs[-1][-1])


def matrix_lines(
    view: MatrixView, name: Node, rows: Rows, keys: list[str], most: int, *before: Node
) -> Iterator[Block]:
    """Some entries in scalars, then the whole matrix."""
    shown = view.lines(keys, most)
    yield shown
    yield Lines((view.whole(name, rows, *before),))


def _projections(view: MatrixView, problem: Attention) -> Iterator[Block]:
    done: list[str] = []
    for head in range(1, problem.heads + 1):
        for letter in LETTERS:
            made, matrix = problem.made(letter, head), problem.matrix_of(letter, head)
            if matrix is None or made in done:
                continue
            if not done:
                yield Heading(("Queries, keys and values",))
            done.append(made)
            rows = numbered(made, problem.count(letter), len(problem.matrices[matrix][0]))
            source = problem.sources[letter]
            given = numbered(source.given, len(source.numbers), len(source.numbers[0]))
            weights = numbered(matrix, len(problem.matrices[matrix]), len(rows[0]))
            names = n.product([matrix_name(source.given), matrix_name(matrix)])
            both = n.Product((view.matrix(given), view.matrix(weights)))
            first = rows[0] if len(done) == 1 else rows[0][:1]
            view.hidden += sum(map(len, rows)) - len(first)
            yield from matrix_lines(view, matrix_name(made), rows, _all_or(view, rows, first), _MORE, names, both)


def _all_or(view: MatrixView, rows: Rows, first: list[str]) -> list[str]:
    """Every entry where the page shows everything, else some."""
    return [key for row in rows for key in row] if view.everything else first


def _grid(problem: Attention, name: str, head: int) -> Rows:
    return numbered(f"{name}{problem.tag(head)}", problem.count("q"), problem.count("k"))


def _letters(problem: Attention, head: int) -> tuple[Node, ...]:
    """How a head's queries, keys and values are written: Q, or Q2 where heads have their own."""
    names = [matrix_name(problem.made(letter, head)) for letter in LETTERS]
    if problem.heads == 1 or problem.own:
        return tuple(names)
    return tuple(Name(letter.upper(), str(head)) for letter in LETTERS)


def _head(view: MatrixView, problem: Attention, head: int) -> Iterator[Block]:
    """Scores, scaling, softmax and weighted sum of one head; the first query in scalars."""
    several = problem.heads > 1
    yield Heading((f"Head {head}" if several else "Attention",))
    if several and not problem.own:
        yield Prose((_share(problem, head),))
    q, k, v = _letters(problem, head)
    sub = str(head) if several else ""
    full = head == 1
    yield Prose(("Scores, every query with every key:",))
    names = n.Product((q, n.Transposed(k)))
    raw = _grid(problem, "score", head)
    yield from matrix_lines(view, Name("S", sub), raw, _row(view, raw, full), _MORE, names)
    if problem.scaled:
        yield from _scaled(view, problem, head, full)
    weights = _grid(problem, "weight", head)
    yield Prose((_softmax_says(problem),))
    net = Name("Z" if problem.scaled else "S", sub)
    yield from matrix_lines(view, Name("A", sub), weights, _row(view, weights, full), _MORE, n.Call("softmax", (net,)))
    yield from _weighted(view, problem, head, full, n.Product((Name("A", sub), v)))


def _share(problem: Attention, head: int) -> str:
    spans: dict[str, list[str]] = {}
    for letter in LETTERS:
        columns = problem.columns(letter, head)
        span = f"column {columns.start}" if len(columns) == 1 else f"columns {columns.start} to {columns.stop - 1}"
        spans.setdefault(span, []).append(letter.upper())
    return f"It works with {'; '.join(f'{span} of {_and(letters)}' for span, letters in spans.items())}."


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _softmax_says(problem: Attention) -> str:
    masked = "; a masked score counts as −∞, and e^(−∞) = 0" if problem.mask else ""
    return f"Softmax along each row, so that the weights of a query add to 1{masked}:"


def _row(view: MatrixView, rows: Rows, full: bool) -> list[str]:
    """The entries worked in scalars: the first query's, or the second's where the first sees one key only."""
    if view.everything:
        return [key for row in rows for key in row if key in view.working]
    present = [[key for key in row if key in view.working] for row in rows]
    steps = view.working.steps
    shown = next((row for row in present if sum(steps[key].formula != 0 for key in row) > 1), present[0])
    kept = shown if full else shown[:1]
    view.hidden += sum(map(len, present)) - len(kept)
    return kept


def _scaled(view: MatrixView, problem: Attention, head: int, full: bool) -> Iterator[Block]:
    rows = _grid(problem, "scaled", head)
    sub = str(head) if problem.heads > 1 else ""
    yield Prose(("Divided by the root of d_k:",))
    yield view.lines(_row(view, rows, full), _FEW if not view.everything else 10**6)
    yield Lines((scaled_matrix(view, Name("Z", sub), rows),))


def scaled_matrix(view: MatrixView, name: Node, rows: Rows) -> Equation:
    """Z, its masked cells shown as −."""
    from .convolution_grids import matrix

    def number(key: str) -> Node:
        return view.number(key) if key in view.working else n.Word("−")

    keys = tuple(key for row in rows for key in row if key in view.working)
    return Equation(name, (matrix(rows, number, view.everything),), keys=keys)


def _weighted(view: MatrixView, problem: Attention, head: int, full: bool, names: Node) -> Iterator[Block]:
    """The weighted sums of the values."""
    places = range(1, len(problem.columns("v", head)) + 1)
    queries = range(1, problem.count("q") + 1)
    rows = [[problem.head_cell(query, head, place) for place in places] for query in queries]
    yield Prose(("The values, each times its weight, added:",))
    alone = problem.heads == 1 and "Wo" not in problem.matrices
    name = OUT if alone else Name("head", str(head) if problem.heads > 1 else "", upright=True)
    yield from matrix_lines(view, name, rows, _sums(view, rows, full), _MORE, names)


def _sums(view: MatrixView, rows: Rows, full: bool) -> list[str]:
    """The row of outputs worked in scalars: the first one that is a sum of several."""
    if view.everything:
        return [key for row in rows for key in row]
    steps = view.working.steps
    shown = next((row for row in rows if len(steps[row[0]].uses) > 2), rows[0])
    kept = shown if full else shown[:1]
    view.hidden += sum(map(len, rows)) - len(kept)
    return kept


def _joined(view: MatrixView, problem: Attention) -> Iterator[Block]:
    """The heads side by side, and times Wo."""
    outs = numbered("out", problem.count("q"), problem.output_width)
    if "Wo" not in problem.matrices:
        if problem.heads > 1:
            yield Heading(("The heads side by side",))
            yield Lines((view.whole(OUT, outs),))
        return
    rows = [
        [
            problem.head_cell(query, head, place)
            for head in range(1, problem.heads + 1)
            for place in range(1, len(problem.columns("v", head)) + 1)
        ]
        for query in range(1, problem.count("q") + 1)
    ]
    grid = problem.matrices["Wo"]
    yield Heading(("The heads side by side times W_o" if problem.heads > 1 else "The head times W_o",))
    both = n.Product((view.matrix(rows), view.matrix(numbered("Wo", len(grid), len(grid[0])))))
    view.hidden += sum(map(len, outs)) - len(outs[0])
    yield from matrix_lines(view, OUT, outs, _all_or(view, outs, outs[0]), _MORE, both)


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from results(writer, solution.asked)
        return
    view = MatrixView(solution, writer)
    moved = [result(writer, "E'")] if "E'" in solution.extra else []
    yield Lines((*_answer_lines(view, solution.problem), *moved))


def _answer_lines(view: MatrixView, problem: Attention) -> Iterator[Equation]:
    for head in range(1, problem.heads + 1):
        sub = str(head) if problem.heads > 1 else ""
        yield view.whole(Name("A", sub), _grid(problem, "weight", head))
    yield view.whole(OUT, numbered("out", problem.count("q"), problem.output_width))
    if "E" in view.working:
        yield Equation(Name("E"), (view.number("E"),), key="E")
    if problem.outcome.goes_back:
        for name, grid in problem.givens.items():
            yield view.slopes(matrix_name(name), numbered(name, len(grid), len(grid[0])))
    if problem.outcome.learns:
        for name, grid in problem.matrices.items():
            rows = [[f"{key}'" for key in row] for row in numbered(name, len(grid), len(grid[0]))]
            yield view.whole(matrix_name(f"{name}'"), rows)
