"""The question of attention: matrices as given, the formula, conventions, and how many weights are learnt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Name, Node
from ..spec.attention_problem import Attention
from ..topics.attention_names import name_of
from ..topics.outcome import numbered
from .blocks import Block, Equation, Heading, Lines, Prose
from .lines import Lines as LineWriter
from .matrix_view import MatrixView, outcome_blocks, rounding, wanted

if TYPE_CHECKING:
    from ..solution import Worked


def matrix_name(name: str) -> Node:
    """Q, K, V, X, W_q, of head 2 Q2."""
    found = name_of(name)
    return Name(found.base.upper(), found.sub, primes=found.primes)


def question_blocks(solution: Worked) -> Iterator[Block]:
    """What is given, and the conventions in force."""
    problem: Attention = solution.problem
    view = MatrixView(solution, LineWriter(solution.working, solution.values))
    yield Heading(("Given",))
    yield Prose((_sizes(problem),))
    lines = (view.whole(matrix_name(key), numbered(key, len(g), len(g[0]))) for key, g in problem.givens.items())
    yield Lines(tuple(lines))
    outs = numbered("out", problem.count("q"), problem.output_width)
    yield from outcome_blocks(view, problem.outcome, outs, "row")
    yield Lines(tuple(_formula(problem)))
    yield from (Prose((text,)) for text in _conventions(problem))
    yield Prose((_count(problem),))
    yield Prose((rounding(solution),))
    gradients = ", and the gradient of the error by every matrix" if problem.outcome.goes_back else ""
    yield from wanted(solution, f"scores, weights and outputs{gradients}")


def _sizes(problem: Attention) -> str:
    rows = problem.count("q")
    if problem.sources["q"].given == "x":
        return f"{rows} token{'s' if rows > 1 else ''}, one in each row:"
    keys = problem.count("k")
    queries = f"{rows} quer{'ies' if rows > 1 else 'y'}"
    plural = f"{keys} keys with their values" if keys > 1 else "1 key with its value"
    return f"{queries} and {plural}, a row for each:"


def _formula(problem: Attention) -> Iterator[Equation]:
    """out = softmax(Q Kᵀ / √d_k) V."""
    for letter in ("q", "k", "v"):
        if problem.matrix_of(letter, 1) and problem.heads == 1:
            source = matrix_name(problem.sources[letter].given)
            yield Equation(matrix_name(letter), (n.product([source, matrix_name(f"W{letter}")]),))
    q, k, v = (matrix_name(problem.made(letter, 1)) for letter in ("q", "k", "v"))
    if problem.heads > 1:
        q, k, v = Name("Q", "h"), Name("K", "h"), Name("V", "h")
    scores: Node = n.Product((q, n.Transposed(k)))
    if problem.scaled:
        scores = n.Fraction(scores, n.Root(Name("d", "k")))
    attended = n.Product((n.Call("softmax", (scores,)), v))
    if problem.heads == 1 and "Wo" not in problem.matrices:
        yield Equation(Name("out", upright=True), (attended,))
        return
    yield Equation(Name("head", "h" if problem.heads > 1 else "", upright=True), (attended,))


def _conventions(problem: Attention) -> Iterator[str]:
    if problem.matrices:
        yield "Vectors are rows and are multiplied from the left: a row times a matrix."
    if problem.scaled:
        yield f"Scores are divided by the root of d_k = {_widths(problem)}; softmax runs along each row."
    else:
        yield "Scores are not scaled; softmax runs along each row."
    if problem.heads > 1:
        how = "has matrices of its own" if problem.own else "gets its share of the columns of Q, K and V"
        yield f"{problem.heads} heads h: each {how}; their outputs stand side by side{_back(problem)}."
    elif "Wo" in problem.matrices:
        yield "The head's output is multiplied by W_o."
    if problem.causal:
        yield "Causal mask: no query looks at a later key; masked scores are −∞, shown as −, and their weights 0."
    elif problem.mask:
        yield "Masked scores are −∞, shown as −, and their weights 0:"
        yield "; ".join(_row(number, row) for number, row in enumerate(problem.mask, 1)) + "."


def _widths(problem: Attention) -> str:
    """The length of the keys, of each head where they differ."""
    widths = [len(problem.columns("k", head)) for head in range(1, problem.heads + 1)]
    if len(set(widths)) > 1:
        return ", ".join(f"{width} (head {head})" for head, width in enumerate(widths, 1)) + ", the length of its keys"
    return f"{widths[0]}, the length of the keys{' of a head' if problem.heads > 1 else ''}"


def _row(number: int, row: tuple[bool, ...]) -> str:
    seen = [str(index) for index, allowed in enumerate(row, 1) if allowed]
    return f"query {number} looks at key{'s' if len(seen) > 1 else ''} {', '.join(seen)}"


def _back(problem: Attention) -> str:
    return " and are multiplied by W_o" if "Wo" in problem.matrices else ""


def _count(problem: Attention) -> str:
    """How many weights are learnt, as cnn-shapes counts them without biases."""
    if not problem.matrices:
        return "Parameters: none; attention itself has nothing to learn."
    sizes = [(len(grid), len(grid[0])) for grid in problem.matrices.values()]
    total = sum(rows * columns for rows, columns in sizes)
    return f"Parameters: {' + '.join(f'{rows}·{columns}' for rows, columns in sizes)} = {total:,} weights, no biases."
