"""The way back through a normalization on the page: γ and β, one feature (or sample) in full, the known formula."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..notation import Name, Node
from ..spec.normalization_problem import Normalization
from .blocks import Block, Equation, Heading, Lines, Prose
from .matrix_view import MatrixView

_FEW = 4
_E = Name("E")


def backward_blocks(view: MatrixView, problem: Normalization) -> Iterator[Block]:
    """From the outputs to γ, β and every input."""
    rows, columns = problem.size
    outs = [[f"out[{row},{column}]" for column in range(1, columns + 1)] for row in range(1, rows + 1)]
    yield Heading(("Backward pass",))
    if problem.outcome.target:
        yield Prose(("Slope of the error by each output:",))
        yield view.lines([f"dE/d{key}" for row in outs for key in row], 2)
        yield Lines((view.slopes(Name("out", upright=True), outs),))
    yield from _parameters(view, columns)
    yield from _inputs(view, problem)


def _parameters(view: MatrixView, columns: int) -> Iterator[Block]:
    yield Heading(("γ and β",), level=2)
    yield Prose(("A feature has one γ and one β for all samples, so what every sample brings is added.",))
    keys = [f"dE/d{letter}[{feature}]" for feature in range(1, columns + 1) for letter in ("gamma", "beta")]
    yield view.lines(keys, 2 * _FEW)


def _inputs(view: MatrixView, problem: Normalization) -> Iterator[Block]:
    what = "feature" if problem.batch else "sample"
    yield Heading((f"Inputs{f' of {what} 1, step by step' if len(problem.groups) > 1 else ''}",), level=2)
    for group in problem.groups if view.everything else [1]:
        yield from _group(view, problem, group)
    if not view.everything:
        view.hidden += sum(len(_keys(problem, group)) for group in list(problem.groups)[1:])
    rows, columns = problem.size
    names = [[f"x[{row},{column}]" for column in range(1, columns + 1)] for row in range(1, rows + 1)]
    if len(problem.groups) > 1:
        yield Prose(("All inputs:",))
    yield Lines((view.slopes(Name("X"), names),))
    if not problem.testing:
        yield from _closed(view, problem)


def _of(problem: Normalization, group: int, name: str) -> list[str]:
    return [f"dE/d{name}[{row},{column}]" for row, column in problem.members(group)]


def _keys(problem: Normalization, group: int) -> list[str]:
    several = [key for name in ("xhat", "centred", "x") for key in _of(problem, group, name)]
    single = [] if problem.testing else [f"dE/d{name}[{group}]" for name in ("std", "variance", "mean")]
    return [*several, *single]


def _group(view: MatrixView, problem: Normalization, group: int) -> Iterator[Block]:
    yield Prose(("Back through the scaling, each slope times γ:",))
    yield view.lines(_of(problem, group, "xhat"), _FEW)
    if problem.testing:
        yield Prose(("Mean and root are fixed numbers now, so only the division is left:",))
        yield view.lines([*_of(problem, group, "centred"), *_of(problem, group, "x")], 2 * _FEW)
        return
    yield Prose(("The root s divides every distance, and the variance stands below it:",))
    yield Lines((view.line(f"dE/dstd[{group}]"), view.line(f"dE/dvariance[{group}]")))
    yield Prose(("A distance reaches the error by its own quotient and by the variance:",))
    yield view.lines(_of(problem, group, "centred"), _FEW)
    yield Prose(("The mean is taken from every value, and every value is a part of the mean:",))
    yield Lines((view.line(f"dE/dmean[{group}]"), *view.lines(_of(problem, group, "x"), _FEW).equations))


def _closed(view: MatrixView, problem: Normalization) -> Iterator[Block]:
    """The formula that books give for all of it, beside what the chain rule found."""
    yield Heading(("The known formula",), level=2)
    yield Prose(("Put together, the lines above are one formula; it must give the same:",))
    yield Lines((Equation(n.Partial(_E, Name("x")), (_formula(problem),)),))
    if not problem.batch:
        yield Prose(("A is the sum of the slopes by x̂ over the sample, B the sum of these slopes times x̂.",))
        yield Lines((view.line("sum_dxhat[1]"), view.line("sum_dxhat_xhat[1]")))
        if not view.everything:
            view.hidden += 2 * (len(problem.groups) - 1)
    for group in problem.groups if view.everything else [1]:
        yield view.lines([f"{key}:short" for key in _of(problem, group, "x")], _FEW)
    if not view.everything:
        view.hidden += problem.count * (len(problem.groups) - 1)


def _formula(problem: Normalization) -> Node:
    """(γ/s) (∂E/∂out − (1/m) ∂E/∂β − x̂ (1/m) ∂E/∂γ)."""
    batch = problem.batch
    own = n.Partial(_E, Name("out", upright=True)) if batch else n.Partial(_E, Name("x̂"))
    plain, weighted = (n.Partial(_E, Name("β")), n.Partial(_E, Name("γ"))) if batch else (Name("A"), Name("B"))
    count = Name("m")
    below: Node = count if problem.variance == "population" else n.bracket(n.Sum((count, n.Minus(n.Number("1")))))
    away = n.Minus(n.Fraction(plain, count))
    spread = n.Minus(n.Fraction(n.product([Name("x̂"), weighted]), below))
    front = n.Fraction(Name("γ") if batch else n.Number("1"), Name("s"))
    return n.product([front, n.Sum((own, away, spread))])


def update_blocks(view: MatrixView, problem: Normalization) -> Iterator[Block]:
    """New γ and β."""
    yield Heading(("Update",))
    yield Prose(("New value = old value − η × gradient, for all at once.",))
    columns = range(1, problem.size[1] + 1)
    keys = [f"{letter}[{feature}]'" for letter in ("gamma", "beta") for feature in columns]
    yield view.lines(keys, 2 * _FEW)
