"""The way back through attention on the page: values, weights, softmax, queries and keys, weight matrices."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..notation import Name, Node
from ..spec.attention_problem import LETTERS, Attention
from ..topics.outcome import Rows, numbered
from .attention_question import matrix_name
from .blocks import Block, Heading, Lines, Prose
from .matrix_view import MatrixView

_E, _FEW = Name("E"), 2


def backward_blocks(view: MatrixView, problem: Attention) -> Iterator[Block]:
    """From the outputs to every given matrix."""
    outs = numbered("out", problem.count("q"), problem.output_width)
    yield Heading(("Backward pass",))
    if problem.outcome.target:
        yield Prose(("Slope of the error by each output:",))
        yield from _slopes(view, Name("out", upright=True), outs)
    if "Wo" in problem.matrices:
        yield from _heads(view, problem)
    for head in range(1, problem.heads + 1):
        yield from _head(view, problem, head)
    yield from _made(view, problem)
    yield from _givens(view, problem)


def _partial(name: Node) -> Node:
    return n.Partial(_E, name)


def _slopes(view: MatrixView, name: Node, rows: Rows, *before: Node, most: int = _FEW) -> Iterator[Block]:
    """∂E/∂ of the first entries in scalars, then of the whole matrix."""
    keys = [f"dE/d{key}" for row in rows for key in row if f"dE/d{key}" in view.working.steps]
    shown = view.some(keys, most)
    if shown:
        yield Lines(tuple(view.line(key) for key in shown))
    gradients = [[f"dE/d{key}" for key in row] for row in rows]
    yield Lines((view.whole(_partial(name), gradients, *before),))


def _heads(view: MatrixView, problem: Attention) -> Iterator[Block]:
    yield Prose(("Back through W_o to the heads:",))
    for head in range(1, problem.heads + 1):
        places = range(1, len(problem.columns("v", head)) + 1)
        queries = range(1, problem.count("q") + 1)
        rows = [[problem.head_cell(query, head, place) for place in places] for query in queries]
        name = Name("head", str(head) if problem.heads > 1 else "", upright=True)
        yield from _slopes(view, name, rows, most=1)


def _head(view: MatrixView, problem: Attention, head: int) -> Iterator[Block]:
    sub = str(head) if problem.heads > 1 else ""
    title = f"Head {head}: weights and scores" if sub else "Weights and scores"
    tag, size = problem.tag(head), (problem.count("q"), problem.count("k"))
    net = "scaled" if problem.scaled else "score"
    yield Heading((title,), level=2)
    if head > 1 and not view.everything:
        yield from _again(view, problem, head)
        return
    yield Prose(("A weight multiplies the value of its key:",))
    yield from _slopes(view, Name("A", sub), numbered(f"weight{tag}", *size))
    yield Prose(("Every weight of a row depends on every score of it (the slopes of softmax):",))
    yield from _softmax(view, problem, head, numbered(f"{net}{tag}", *size))
    if problem.scaled:
        yield Prose(("Divided by the root of d_k once more:",))
        yield from _slopes(view, Name("S", sub), numbered(f"score{tag}", *size), most=1)


def _again(view: MatrixView, problem: Attention, head: int) -> Iterator[Block]:
    """The matrices of a further head, which is worked as the first one."""
    size = (problem.count("q"), problem.count("k"))
    names = [("A", "weight"), *([("Z", "scaled")] if problem.scaled else []), ("S", "score")]
    yield Prose(("As in head 1:",))
    for letter, name in names:
        rows = numbered(f"{name}{problem.tag(head)}", *size)
        view.hidden += sum(f"dE/d{key}" in view.working for row in rows for key in row)
        yield Lines((view.slopes(Name(letter, str(head)), rows),))


def _softmax(view: MatrixView, problem: Attention, head: int, nets: Rows) -> Iterator[Block]:
    """The first slopes by the chain rule, all of that row by the known formula, then the matrix."""
    keys = [f"dE/d{key}" for row in nets for key in row if f"dE/d{key}:short" in view.working]
    if not keys:
        yield from _slopes(view, Name("Z" if problem.scaled else "S"), nets)
        return
    alone = [f"dE/d{key}" for row in nets for key in row if f"dE/d{key}" in view.working.steps]
    yield view.lines([*keys, *(key for key in alone if key not in keys)], 1)
    yield Prose(("The known formula, weight times (own slope minus the weighted mean of the row's slopes):",))
    row = keys[0].partition("[")[2].partition(",")[0]
    shorts = [f"{key}:short" for key in keys if key.partition("[")[2].startswith(f"{row},")]
    if view.everything:
        shorts = [f"{key}:short" for key in keys]
    view.hidden += len(keys) - len(shorts)
    sums = dict.fromkeys(f"sum{problem.tag(head)}[{key.partition('[')[2].partition(',')[0]}]" for key in shorts)
    yield Lines(tuple(view.line(key) for key in [*sums, *view.some(shorts, 4)]))
    sub = str(head) if problem.heads > 1 else ""
    yield Lines((view.slopes(Name("Z" if problem.scaled else "S", sub), nets),))


_WAYS = {
    "q": "A query meets every key: each slope by a score times that key.",
    "k": "A key meets every query: each slope by a score times that query.",
    "v": "A value goes into every output with its weight.",
}


def _made(view: MatrixView, problem: Attention) -> Iterator[Block]:
    """Gradients by queries, keys and values that are made by weight matrices."""
    done: list[str] = []
    for letter in LETTERS:
        for head in range(1, problem.heads + 1):
            made, matrix = problem.made(letter, head), problem.matrix_of(letter, head)
            if matrix is None or made in done:
                continue
            if not done:
                yield Heading(("Queries, keys and values",), level=2)
            if head == 1:
                yield Prose((_WAYS[letter],))
            done.append(made)
            rows = numbered(made, problem.count(letter), len(problem.matrices[matrix][0]))
            yield from _slopes(view, matrix_name(made), rows, most=1 if head == 1 else 0)


def _givens(view: MatrixView, problem: Attention) -> Iterator[Block]:
    """Gradients by the given matrices."""
    yield Heading(("Weight matrices and inputs" if problem.matrices else "Queries, keys and values",), level=2)
    weights = [name for name in problem.givens if name in problem.matrices]
    if weights:
        yield Prose(("A weight is used in every row, so what every row brings is added:",))
    for name in [*weights, *(name for name in problem.givens if name not in weights)]:
        grid, again = problem.givens[name], "_" in name and not name.endswith("_1")
        if name not in weights:
            yield Prose((_source(problem, name),))
        yield from _slopes(view, matrix_name(name), numbered(name, len(grid), len(grid[0])), most=0 if again else 1)


def _source(problem: Attention, name: str) -> str:
    if name in _WAYS:
        return _WAYS[name]
    if name == "x":
        return "An input reaches the error as query, as key and as value; the paths are added:"
    return f"Back through the matrix of {'queries' if name == 'xq' else 'keys' if name == 'xk' else 'values'}:"


def update_blocks(view: MatrixView, problem: Attention) -> Iterator[Block]:
    """New weight matrices."""
    yield Heading(("Update",))
    yield Prose(("New value = old value − η × gradient, for every weight at once.",))
    for number, (name, grid) in enumerate(problem.matrices.items()):
        rows = [[f"{key}'" for key in row] for row in numbered(name, len(grid), len(grid[0]))]
        shown = view.some([key for row in rows for key in row], 0 if number else 1)
        if shown:
            yield Lines(tuple(view.line(key) for key in shown))
        yield Lines((view.whole(matrix_name(f"{name}'"), rows),))
