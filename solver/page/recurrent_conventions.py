"""What textbooks do differently with recurrent cells, and what this problem does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..catalog.activations import ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..spec.recurrent_problem import Recurrent
from .blocks import Text
from .typeset import typeset

if TYPE_CHECKING:
    from ..solution import Worked


def conventions(problem: Recurrent, solution: Worked) -> Iterator[Text]:
    """A paragraph for each group of conventions."""
    yield (*_indices(problem), *typeset(" ".join(["", *_notation(problem)])))
    yield typeset(" ".join(_model(problem)))
    if problem.has_target:
        yield typeset(" ".join(_errors(problem)))
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1)"
    if solution.options.carry == "rounded":
        yield (f"Every line is rounded to {shown}, half up, and exactly what is shown is used in the next line.",)
    else:
        yield (f"Numbers are shown to {shown}, half up; values are carried in full from line to line.",)


def _indices(problem: Recurrent) -> Text:
    """How an entry of a vector is written."""
    several = any(one.size > 1 for one in problem.recurrences) or len(problem.inputs[0]) > 1
    if several:
        second = n.Name("h", "1", "[2]")
        return (
            second,
            " is the second entry of h at time 1; a matrix has a row for each unit, it multiplies a column.",
        )
    return (n.Name("h", "1"), " is the hidden state at time 1.")


def _notation(problem: Recurrent) -> Iterator[str]:
    if problem.transposed:
        yield "The matrices were given for row vectors (`x W`); here they stand transposed (`W x`)."
    if problem.cell != "rnn":
        yield "`g` is the candidate, in many books `c` or `h` with a tilde; ⊙ multiplies entry by entry."
    if any(gate.activation.name == "sigmoid" for gate in problem.gates):
        yield "`σ(z) = 1 / (1 + e^(−z))`."


def _model(problem: Recurrent) -> Iterator[str]:
    if problem.concatenated:
        order = "the input first, then the hidden state" if problem.concatenated == "x-h" else "the hidden state first"
        yield f"Each gate has one matrix for both vectors, {order}."
    if problem.cell == "gru":
        kept, other = ("`z`", "`1 − z`") if problem.keeps_old else ("`1 − z`", "`z`")
        yield f"{kept} keeps the old state, {other} takes the candidate (other books: the other way round)."
        if problem.reset_after:
            yield "The reset gate multiplies `u = U h + b` (as PyTorch does), not `h` itself."
        else:
            yield "The reset gate multiplies `h` before `U` does (PyTorch: after it)."
    if any(len(gate.biases) > 1 for gate in problem.gates):
        yield "There are two biases, one with each matrix, as in PyTorch."
    if problem.bidirectional:
        yield (
            "One recurrence (fw) runs from the first time to the last, the other (bw) back; what is above reads both "
            "states of the same time, fw first. The formulas hold for both, t−1 being t+1 for bw."
        )
    if len(problem.layers) > 1:
        yield "Layer (2) reads as its x the hidden state of layer (1) at the same time, and so on."
    yield _sharing(problem)
    if len(problem.inputs) < problem.steps:
        yield (
            "Times without an input read the output of the time before."
            if problem.feedback
            else "Times without an input have no term with x."
        )


def _sharing(problem: Recurrent) -> str:
    if problem.share:
        return "The weights are shared: the same ones at every time; W@2 stands for their use at time 2."
    return "Nothing is shared: every time has weights of its own (W@2: those of time 2)."


def _errors(problem: Recurrent) -> Iterator[str]:
    name = problem.loss.name
    by_class = any(target and target.label is not None for target in problem.targets)
    formula = CLASS_LOSSES[name].total if by_class else LOSSES[name].total
    count = sum(target is not None for target in problem.targets)
    if count > 1:
        yield f"Error of one time: {formula}, with `y` the output and `t` the target;"
        yield "`E` adds the times that have a target."
    else:
        yield f"Error: `E` = {formula}, with `y` the output and `t` the target of the last time."
    if problem.output is None:
        yield "The hidden state is the output."
    for name in dict.fromkeys(gate.activation.name for gate in problem.gates):
        row = ACTIVATIONS.get(name)
        if row and row.kink:
            yield f"The slope of {row.sign} at 0 is taken as {row.kink}."
    if problem.truncate:
        yield (
            f"Truncated backpropagation through time: an error goes back over {problem.truncate} "
            f"time{'s' if problem.truncate > 1 else ''} (its own is the first), what lies before is left out."
        )
    yield "Every gradient uses the old weights."
