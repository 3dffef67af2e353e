"""What a matrix of outputs is held against: a target with a loss, or the gradient that comes from above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from .choices import LOSS
from .common import Common, Complaints
from .compound import Chosen
from .convolution_fields import depth, nested
from .fields import POSITIVE, one_of
from .frame import Key
from .network import Loss
from .number import Number

Grid = tuple[tuple[Number, ...], ...]

ROWS = nested(2, "a matrix: a list of rows, each a list of numbers")
_LOGARITHMS = ("bce", "cce", "sparse_cce", "kl")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the outputs, row by row, are held against.

    target:    in the shape of the outputs; empty without a target
    upstream:  ∂E/∂output of each output instead of a target
    reduction: 'mean' or 'sum' over the rows
    """

    target: Grid
    upstream: Grid
    loss: Loss
    reduction: str
    learning_rate: Number | None

    @property
    def goes_back(self) -> bool:
        """Whether there are gradients."""
        return bool(self.target or self.upstream)

    @property
    def learns(self) -> bool:
        """Whether there is an update."""
        return self.goes_back and self.learning_rate is not None


class OutcomeKeys(Common):
    """The keys of a spec whose outputs are a matrix."""

    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("lr", "eta", "alpha"), "learning_rate"),
        **dict.fromkeys(("targets", "t", "labels"), "target"),
        **dict.fromkeys(("cost", "error"), "loss"),
        **dict.fromkeys(("gradient", "dout", "grad_output", "gradients", "dE/dout"), "upstream"),
    }

    target: Annotated[Any, ROWS] = Key(
        None,
        description="What the outputs should be, in their shape. Then the answers hold E and the gradients. "
        "Left out, with upstream left out too: forward pass only.",
    )
    upstream: Annotated[Any, ROWS] = Key(
        None, description="Instead of a target: dE/dout, the gradient of the error by every output, in their shape."
    )
    loss: Annotated[Chosen, LOSS] = Key(("half_sse", None), description="The error of a row. Default half_sse.")
    reduction: Annotated[str | None, one_of(("mean", "sum"))] = Key(
        None, description="Whether the errors of the rows are averaged or added."
    )
    learning_rate: Annotated[Number | None, POSITIVE] = Key(
        None, description="With it the answers hold the new parameters. Left out: gradients only."
    )


def outcome_of(spec: OutcomeKeys, size: tuple[int, int], reduction: str, complaints: Complaints) -> Outcome:
    """The outcome of a spec whose outputs have `size` rows and columns."""
    if spec.target is not None and spec.upstream is not None:
        complaints.add(("upstream",), "there is a target too: give one of the two", at_key=True)
    if spec.target is None and spec.upstream is None and spec.learning_rate is not None:
        message = "there is nothing to learn from: give a target (or upstream), or leave the learning rate out"
        complaints.add(("learning_rate",), message, at_key=True)
    target = _shaped(spec.target, "target", size, complaints)
    upstream = _shaped(spec.upstream, "upstream", size, complaints)
    if target:
        _check_loss(spec, target, complaints)
    loss = Loss(*spec.loss)
    return Outcome(target, upstream, loss, spec.reduction or reduction, spec.learning_rate)


def rows_of(value: Any, *, column: bool = False) -> Grid:
    """A matrix as typed; a single list is one row, or one column."""
    if depth(value) == 2:
        rows: Grid = value
        return rows
    return tuple((number,) for number in value) if column else (value,)


def _shaped(value: Any, key: str, size: tuple[int, int], complaints: Complaints) -> Grid:
    if value is None:
        return ()
    rows = rows_of(value, column=size[1] == 1)
    found = (len(rows), len(rows[0]))
    if found != size:
        says = f"found {_size(found)}; expected one number for each output, {_size(size)}"
        complaints.add((key,), says)
    return rows


def _size(size: tuple[int, int]) -> str:
    rows, columns = size
    return f"{rows} row{'s' if rows > 1 else ''} of {columns}"


def _check_loss(spec: OutcomeKeys, target: Grid, complaints: Complaints) -> None:
    """Complains about a loss that these outputs have no use for."""
    name = spec.loss[0]
    if name in _LOGARITHMS:
        message = f"{name} takes ln of a probability, and these outputs are none: use mse or half_sse, or give upstream"
        complaints.add(("loss",), message)
    elif name == "hinge" and any(abs(number.value) != 1 for row in target for number in row):
        complaints.add(("target",), "loss hinge expects targets 1 or -1")
