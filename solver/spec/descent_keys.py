"""The keys of a gradient-descent spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from .common import Common
from .compound import BY_NAME, VECTOR, either, list_of, named
from .descent import Row
from .fields import NUMBER, POSITIVE, TEXT, Field, whole
from .frame import Key
from .optimizer import OPTIMIZER, SGD

_POINT = either(NUMBER, VECTOR, BY_NAME)
_START = either(NUMBER, list_of(_POINT, "a list of numbers, or of several starts"), BY_NAME)
_RATES = either(POSITIVE, list_of(POSITIVE, "a list of learning rates"))
_OPTIMIZERS = either(OPTIMIZER, list_of(OPTIMIZER, "a list of optimizers"), OPTIMIZER)
_GRADIENTS = list_of(_POINT, "a list of gradients, one for each update")
_SAMPLES = either(
    items=list_of(_POINT, "a list of samples"),
    mapping=named(VECTOR, "for each parameter the list of what the samples say"),
)
Samples = tuple[Any, ...] | dict[str, Row]


def _batch(value: Any) -> int:
    return 0 if value == "full" else _SIZE.read(value)


_SIZE = whole(1, 10**6)
_BATCH: Field[int] = Field("a whole number from 1, or full", _batch, {"anyOf": [dict(_SIZE.schema), {"const": "full"}]})


class Spec(Common):
    """The keys of a gradient-descent spec."""

    synonyms: ClassVar[Mapping[str, str]] = {
        "at": "start", "point": "start", "x0": "start", "f": "function", "cost": "function", "loss": "function",
        "lr": "learning_rate", "eta": "learning_rate", "alpha": "learning_rate", "iterations": "steps",
        "epochs": "steps", "data": "samples", "batch_size": "batch", "method": "optimizer", "gradient": "gradients",
    }  # fmt: skip

    function: Annotated[str, TEXT] = Key("", description="The function to make small, as text: 3/2*x^2 + 1/2*y^2.")
    start: Annotated[Any, _START] = Key(
        None,
        description="Where it starts: {x: 1, y: 1}, a number or list in the order of the formula, or a list of starts.",
    )
    learning_rate: Annotated[Any, _RATES] = Key(
        None, description="One learning rate, or a list: side by side. Answers are then lists, one entry for each run."
    )
    steps: Annotated[int | None, whole(1, 1000)] = Key(
        None,
        description="How many updates; without it the gradient at the start and what it says. x[k], f[k], df/dx[k] are "
        "after k updates, m_x[k] is what the optimizer keeps; answers: x, f, gradient at the last point; @2 is run 2.",
    )
    optimizer: Annotated[Any, _OPTIMIZERS] = Key(
        SGD, description="sgd, momentum, adam ..., or {momentum: {beta: 0.8}}; a list: side by side."
    )
    gradients: Annotated[tuple[Any, ...], _GRADIENTS] = Key(
        (), description="Instead of a function: the gradient of each update."
    )
    samples: Annotated[Samples, _SAMPLES] = Key(
        (),
        description="With a function: the data of each sample, [{x: 2, y: 10}, ..]; without: each sample's gradient.",
    )
    nudges: Annotated[Samples, _SAMPLES] = Key(
        (), description="Like samples, but what each sample wishes: the negative of its gradient."
    )
    batch: Annotated[int, _BATCH] = Key(0, description="Samples for each update: a number, or full (the default).")
    show_steps: Annotated[int, whole(0, 1000)] = Key(2, description="Updates whose lines are shown; default 2.")
