"""The question of a normalization: inputs, parameters, conventions, and how many parameters are learnt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..notation import Name
from ..spec.normalization_problem import Normalization
from ..topics.normalization_names import name_of
from .blocks import Block, Equation, Heading, Lines, Prose
from .lines import Lines as LineWriter
from .matrix_view import MatrixView, outcome_blocks, rounding, wanted

if TYPE_CHECKING:
    from ..solution import Worked


def question_blocks(solution: Worked) -> Iterator[Block]:
    """What is given, and the conventions in force."""
    problem: Normalization = solution.problem
    view = MatrixView(solution, LineWriter(solution.working, solution.values))
    rows, columns = (range(1, size + 1) for size in problem.size)
    yield Heading(("Given",))
    samples = f"{problem.size[0]} sample{'s' if problem.size[0] > 1 else ''}"
    features = f"{problem.size[1]} feature{'s' if problem.size[1] > 1 else ''}"
    yield Prose((f"{samples} (rows) of {features} (columns):",))
    yield Lines((view.whole(Name("X"), [[f"x[{row},{column}]" for column in columns] for row in rows]),))
    yield Lines(tuple(_parameters(view, problem)))
    yield from outcome_blocks(view, problem.outcome, [[f"out[{r},{c}]" for c in columns] for r in rows], "sample")
    yield from (Prose((text,)) for text in _conventions(problem))
    yield Prose((_count(problem),))
    yield Prose((rounding(solution),))
    gradients = ", and the gradients of the error by γ, β and every input" if problem.outcome.goes_back else ""
    statistics = "" if problem.testing else "means, variances, "
    yield from wanted(solution, f"{statistics}normalized values and outputs{gradients}")


def _parameters(view: MatrixView, problem: Normalization) -> Iterator[Equation]:
    features = range(1, problem.size[1] + 1)
    for letter, key in (("γ", "gamma"), ("β", "beta")):
        yield view.whole(Name(letter), [[f"{key}[{feature}]" for feature in features]])
    yield Equation(Name("ε"), (view.number("epsilon"),))
    if problem.running:
        yield view.whole(Name("μ", "run"), [[f"running_mean[{feature}]" for feature in features]])
        square = name_of("running_variance[]")
        yield view.whole(square, [[f"running_variance[{feature}]" for feature in features]])
    if "momentum" in view.working:
        yield Equation(Name("ρ"), (view.number("momentum"),), reason="momentum")


def _conventions(problem: Normalization) -> Iterator[str]:
    if problem.batch:
        yield "Batch normalization: each feature (column) is normalized over the samples."
    else:
        yield "Layer normalization: each sample (row) is normalized over its own features; γ and β belong to features."
    if problem.testing:
        yield (
            "Test phase: the running averages take the place of the batch's own mean and variance; no sample "
            "depends on another one."
        )
        return
    count = problem.count
    if problem.variance == "population":
        yield f"Population variance: divided by m = {count} (the sample variance would divide by {count - 1})."
    else:
        yield f"Sample variance: divided by m − 1, that is {count - 1}; normalization layers divide by {count}."
    if problem.epsilon.value:
        yield "ε keeps the root from 0."
    if problem.running and problem.running.spread != problem.variance:
        yield f"The running average is one of the {problem.running.spread} variance."


def _count(problem: Normalization) -> str:
    """How many parameters are learnt, as cnn-shapes counts them."""
    features = problem.size[1]
    text = f"Parameters: γ and β of each feature, 2·{features} = {2 * features}"
    if problem.batch:
        text += f"; running means and variances, 2·{features} = {2 * features}, are kept but not learnt"
    return f"{text}."
