"""kind: gradient-flow: from a document to a Flow, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from ..options import Options
from .choices import ACTIVATION_SYNONYMS, ACTIVATIONS
from .common import Common, Complaints, mended, options
from .compound import VECTOR, Chosen, choice, either, list_of
from .document import Document
from .fields import NUMBER, Field, one_of, whole
from .frame import Key
from .number import Number

__all__ = ["Flow", "Function", "Spec", "problem", "starter"]

MOST_DEPTH, MOST_FUNCTIONS = 100, 6
_OWN = {name: setting for name, setting in ACTIVATIONS.items() if name not in ("softmax", "log_softmax")}
_ONE = choice(_OWN, ACTIVATION_SYNONYMS)
_LIST = list_of(_ONE, "a list of activations")


@dataclass(frozen=True, slots=True)
class Function:
    """An activation function, with its setting where it has one."""

    name: str
    setting: Number | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A chain of layers of one neuron each: in_l = w_l out_(l-1) + b_l, out_l = f(in_l).

    weights, biases: one number for all layers, or one for each
    functions:       the activations to be compared, each through the whole chain
    """

    title: str
    depth: int
    functions: tuple[Function, ...]
    weights: tuple[Number, ...]
    biases: tuple[Number, ...]
    start: Number

    def tag(self, function: int) -> str:
        """How keys of a function end: nothing where there is one, [tanh] where several are compared."""
        name = self.functions[function].name
        if len(self.functions) == 1:
            return ""
        twice = sum(each.name == name for each in self.functions) > 1
        return f"[{name}{function + 1 if twice else ''}]"


def _activations(value: Any) -> tuple[Chosen, ...]:
    return _LIST.read(value) if isinstance(value, list) else (_ONE.read(value),)


FUNCTIONS: Field[tuple[Chosen, ...]] = Field(
    "an activation, or a list of them", _activations, {"anyOf": [dict(_ONE.schema), dict(_LIST.schema)]}
)
PER_LAYER = either(NUMBER, VECTOR)


class Spec(Common):
    """How a gradient shrinks or grows on its way back through many layers."""

    schema_title = "dlsolve spec, kind: gradient-flow"
    synonyms: ClassVar[Mapping[str, str]] = {
        "layers": "depth",
        "n": "depth",
        "activations": "activation",
        "functions": "activation",
        "weights": "weight",
        "w": "weight",
        "biases": "bias",
        "b": "bias",
        "x": "input",
        "inputs": "input",
    }

    kind: Annotated[str, one_of(("gradient-flow",))] = Key(
        "gradient-flow",
        description="The kind of problem: gradient-flow. Answers: out_N (the last output), dout_N/dx (the whole "
        "product), mean_factor, bound, and the lists outputs, slopes, gradients (d out_N / d in_l) and log10, one "
        "entry for each layer, the first one first; verdict: vanishes, explodes, shrinks, grows, keeps its size or "
        "is cut off. With several activations keys end in [tanh], and the lists have one list for each.",
    )
    depth: Annotated[int, whole(1, MOST_DEPTH)] = Key(description=f"How many layers: up to {MOST_DEPTH}.")
    activation: Annotated[tuple[Chosen, ...], FUNCTIONS] = Key(
        description="The activation of every layer; a list compares several."
    )
    weight: Annotated[Number | tuple[Number, ...], PER_LAYER] = Key(
        description="The weight of every layer, or a list with one for each."
    )
    bias: Annotated[Number | tuple[Number, ...] | None, PER_LAYER] = Key(
        None, description="The bias of every layer, or a list with one for each. Default: none."
    )
    input: Annotated[Number, NUMBER] = Key(description="What goes into the first layer.")


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def problem(document: Document) -> tuple[Flow, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    flow = _flow(spec, complaints) if spec else None
    if flow is None or spec is None or complaints.found:
        raise complaints.error()
    return flow, options(spec)


def _flow(spec: Spec, complaints: Complaints) -> Flow:
    if len(spec.activation) > MOST_FUNCTIONS:
        complaints.add(("activation",), f"found {len(spec.activation)} activations; expected at most {MOST_FUNCTIONS}")
    functions = tuple(Function(name, setting) for name, setting in spec.activation)
    for index, function in enumerate(functions):
        if function in functions[:index]:
            complaints.add(("activation", index), f"{function.name} stands twice; leave one of them out")
    names = ", ".join(function.name for function in functions)
    return Flow(
        title=spec.title or f"Gradient flow through {spec.depth} layers: {names}",
        depth=spec.depth,
        functions=functions,
        weights=_per_layer(spec.weight, "weight", spec.depth, complaints),
        biases=() if spec.bias is None else _per_layer(spec.bias, "bias", spec.depth, complaints),
        start=spec.input,
    )


def _per_layer(typed: Number | tuple[Number, ...], key: str, depth: int, complaints: Complaints) -> tuple[Number, ...]:
    if isinstance(typed, Number):
        return (typed,)
    if len(typed) != depth:
        fix = f"write {depth} numbers, or one number for all layers"
        complaints.add((key,), f"found {len(typed)} numbers for {depth} layers; {fix}")
    return typed


STARTER = """\
# yaml-language-server: $schema=gradient-flow.schema.json
# (For help in the editor: dlsolve schema gradient-flow > gradient-flow.schema.json)
kind: gradient-flow
title: Why ten sigmoid layers learn slowly

depth: 10               # layers of one neuron each
activation: sigmoid     # or several side by side: [sigmoid, tanh, relu, {leaky_relu: 0.1}]
weight: 1               # of every layer; or a list with one for each
input: 0.5
# bias: 0               # of every layer; or a list with one for each

# find: dout_10/dx      # only this, and what it needs
# digits: 4
# carry: rounded        # each line uses the numbers as shown, as by hand
"""
