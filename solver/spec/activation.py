"""kind: activation: functions of the catalog at given net inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from ..options import Options
from .choices import ACTIVATION
from .common import Common, Complaints, mended, options
from .compound import MATRIX, VECTOR, Chosen, list_of
from .document import Document
from .fields import NUMBER, TEXT, Field
from .frame import Key
from .network import Activation
from .number import Number

_MOST_INPUTS, _MOST_COUPLED = 200, 30
_FAR = 100  # beyond this the exponentials of softmax are worked from differences to the largest net input
COUPLED = ("softmax", "log_softmax")

Rows = tuple[tuple[Number, ...], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A function and the name of its answers: sigmoid, or leaky_relu_2 where it is asked for with two settings."""

    name: str
    activation: Activation


@dataclass(frozen=True, slots=True)
class Activations:
    """Functions at net inputs.

    rows:    vectors of net inputs; softmax runs over each of them
    nested:  whether several vectors were given, so that answers are lists of lists
    classes: names of the outputs of softmax, or nothing
    """

    title: str
    functions: tuple[Named, ...]
    rows: Rows
    nested: bool
    classes: tuple[str, ...] = ()


def lowered(row: tuple[Number, ...]) -> bool:
    """Whether softmax takes the largest net input away from all of them first, because e^z would be too large."""
    return abs(max(number.value for number in row)) > _FAR


def _functions(value: Any) -> tuple[Chosen, ...]:
    return _FUNCTIONS.read(value if isinstance(value, list) else [value])


_FUNCTIONS = list_of(ACTIVATION, "a list of functions, such as [sigmoid, {leaky_relu: 0.1}]")
_ONE_OR_MORE = Field(_FUNCTIONS.says, _functions, {"anyOf": [dict(_FUNCTIONS.schema), dict(ACTIVATION.schema)]})


def _inputs(value: Any) -> Rows:
    if not isinstance(value, list):
        return ((NUMBER.read(value),),)
    return MATRIX.read(value) if value and isinstance(value[0], list) else (VECTOR.read(value),)


_ROWS = Field(
    "a list of numbers, or a list of such lists",
    _inputs,
    {"anyOf": [dict(NUMBER.schema), dict(VECTOR.schema), dict(MATRIX.schema)]},
)


class Spec(Common):
    """The keys of an activation spec."""

    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("function", "activation", "activations"), "functions"),
        **dict.fromkeys(("z", "x", "values", "input", "net_inputs", "logits"), "inputs"),
    }

    functions: Annotated[tuple[Chosen, ...], _ONE_OR_MORE] = Key(
        description="The functions, such as [sigmoid, {leaky_relu: 0.1}]. Answers: sigmoid: [..] and sigmoid': [..], "
        "one for each input; softmax': the Jacobian, a row for each output."
    )
    inputs: Annotated[Rows, _ROWS] = Key(
        description="Net inputs: a list of numbers (for softmax one vector), or a list of vectors."
    )
    classes: Annotated[tuple[str, ...], list_of(TEXT, "a list of names")] = Key(
        (), description="Names of the outputs of softmax; without them classes are counted from 0."
    )


def problem(document: Document) -> tuple[Activations, Options]:
    """The functions and inputs of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    _check(spec, complaints)
    if complaints.found:
        raise complaints.error()
    data: list[Any] = document.data["inputs"] if isinstance(document.data["inputs"], list) else []
    functions = _named(spec.functions)
    return Activations(
        spec.title or f"Activation: {', '.join(each.activation.name for each in functions)}",
        functions,
        spec.inputs,
        bool(data) and isinstance(data[0], list),
        spec.classes,
    ), options(spec)


def _named(functions: tuple[Chosen, ...]) -> tuple[Named, ...]:
    found: dict[str, Named] = {}
    for word, setting in functions:
        count = sum(each.activation.name == word for each in found.values())
        name = word if count == 0 else f"{word}_{count + 1}"
        found[name] = Named(name, Activation(word, setting))
    return tuple(found.values())


def _check(spec: Spec, complaints: Complaints) -> None:
    for number, chosen in enumerate(spec.functions):
        if chosen in spec.functions[:number]:
            complaints.add(("functions", number), f"{chosen[0]} is asked for twice; leave one of them out")
    count = sum(map(len, spec.inputs))
    if count > _MOST_INPUTS:
        complaints.add(("inputs",), f"found {count} numbers; expected at most {_MOST_INPUTS}")
    _check_coupled(spec, complaints)


def _check_coupled(spec: Spec, complaints: Complaints) -> None:
    coupled = [word for word, _ in spec.functions if word in COUPLED]
    for row in spec.inputs if coupled else ():
        if len(row) < 2:
            complaints.add(("inputs",), f"{coupled[0]} needs a vector of at least 2 net inputs, found {len(row)}")
        elif len(row) > _MOST_COUPLED:
            complaints.add(
                ("inputs",), f"{coupled[0]} of at most {_MOST_COUPLED} net inputs is shown, found {len(row)}"
            )
        elif spec.classes and len(spec.classes) != len(row):
            complaints.add(("classes",), f"{len(spec.classes)} names, but {len(row)} net inputs: one name for each")
    if spec.classes and not coupled:
        complaints.add(("classes",), "only softmax and log_softmax choose a class; leave this out", at_key=True)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


STARTER = """\
# yaml-language-server: $schema=activation.schema.json
# (For help in the editor: dlsolve schema activation > activation.schema.json)
kind: activation
title: Three activation functions

# linear, step, sign, sigmoid, tanh, relu, leaky_relu, randomised_relu, prelu, elu, softplus, gelu, softmax, log_softmax
functions: [sigmoid, tanh, {leaky_relu: 0.1}]

inputs: [3, 1.75, -2, 0.5]   # for softmax: one vector of net inputs; [[1, 2], [0, 5]]: two vectors

# classes: [cat, dog, bird]  # names of the outputs of softmax
# digits: 4
# find: sigmoid'             # only the slopes of sigmoid
"""
