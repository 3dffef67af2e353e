"""The error over a matrix of outputs, the way back through any working, and the update of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from ..algebra import Expr, Rational, difference, product, symbol, total
from ..backward import Backward, Manner
from ..catalog.losses import LOSSES
from ..notation import Name, Node, Partial
from ..spec.number import Number
from ..spec.outcome import Outcome
from ..tidy import swept
from ..working import Step, Working

ERROR, BACKWARD, UPDATE = "Error", "Backward pass", "Update"

Naming = Callable[[str], Node]
Rows = list[list[str]]
"""Keys in the shape of a matrix."""


def cells(rows: Rows) -> list[str]:
    """The keys one after the other."""
    return [key for row in rows for key in row]


def numbered(name: str, rows: int, columns: int) -> Rows:
    """The keys of a matrix: name[1,1], name[1,2] ..."""
    return [[f"{name}[{row + 1},{column + 1}]" for column in range(columns)] for row in range(rows)]


def give_outcome(outcome: Outcome, outs: Rows, working: Working, name: Naming) -> None:
    """Targets t[1,1] ... or ∂E/∂out of every output as givens, and the learning rate."""
    for row, keys in enumerate(outs):
        for column, key in enumerate(keys):
            if outcome.target:
                target = f"t[{row + 1},{column + 1}]"
                working.give(target, outcome.target[row][column], name(target))
            elif outcome.upstream:
                working.give(f"dE/d{key}", outcome.upstream[row][column], Partial(Name("E"), name(key)))
    if outcome.target and outcome.loss.setting is not None:
        letter = LOSSES[outcome.loss.name].setting
        working.give(letter, outcome.loss.setting, name(letter))
    if outcome.learns and outcome.learning_rate:
        working.give("eta", outcome.learning_rate, name("eta"))


def add_error(outcome: Outcome, outs: Rows, working: Working, name: Naming) -> None:
    """What each output contributes to the error, and their sum."""
    row, width = LOSSES[outcome.loss.name], len(outs[0])
    share = Rational(1, len(outs)) if outcome.reduction == "mean" else Rational(1, 1)
    parts = []
    for key in cells(outs):
        place = key[key.index("[") :]
        arguments = (symbol(f"t{place}"), symbol(key), width, symbol(row.setting or "_"))
        part, slope = row.part(*arguments), row.slope(*arguments)
        if share != 1:
            part, slope = product(share, part), product(share, slope)
        parts.append(f"E{place}")
        working.add(Step(parts[-1], "loss", part, name(parts[-1]), ERROR, slopes={key: slope}))
    working.add(Step("E", "total", total(map(symbol, parts)), name("E"), ERROR))


def add_backward(outcome: Outcome, outs: Rows, wanted: Iterable[str], through: Iterable[str], working: Working) -> None:
    """∂E/∂q of everything in `through`, in that order, by the general chain rule over the steps.

    wanted: the givens whose gradients are asked for. Where ∂E/∂out is given, the chain rule starts from
    a sum that has these slopes; neither that sum nor its slopes become lines.
    """
    scratch = _copied(working, outcome, outs)
    before = set(scratch.steps)
    backward = Backward(scratch, "E", wanted, Manner(BACKWARD, apart=lambda step, key: False))
    for key in through:
        backward.require(key)
    for key, step in scratch.steps.items():
        if key not in before and key not in working:
            working.add(replace(step, formula=swept(step.formula)))


def _copied(working: Working, outcome: Outcome, outs: Rows) -> Working:
    copy = Working()
    for given in working.givens.values():
        if not (outcome.upstream and given.key.startswith("dE/d")):
            copy.give(given.key, given.number, given.name)
    for step in working.steps.values():
        copy.add(step)
    if outcome.upstream:
        slopes = {key: copy.give(f"slope:{key}", Number.of(0), Name("g")) for key in cells(outs)}
        weighted = total(product(slope, symbol(key)) for key, slope in slopes.items())
        copy.add(Step("E", "weighted_sum", weighted, Name("E"), ERROR, slopes=slopes))
    return copy


def add_update(parameters: Mapping[str, Number], working: Working, name: Naming) -> None:
    """New value = old value − η × gradient."""
    for key in parameters:
        formula = difference(symbol(key), product(symbol("eta"), symbol(f"dE/d{key}")))
        working.add(Step(f"{key}'", "update", formula, name(f"{key}'"), UPDATE, about=(key,)))


def add_short_form(key: str, formula: Expr, working: Working) -> None:
    """The known formula of a gradient that the chain rule has found."""
    step = working.steps[key]
    working.add(Step(f"{key}:short", "closed_form", formula, step.name, BACKWARD, about=(key,)))
