"""Letters for numbers: the whole working as formulas of the letters, checked at several points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ..algebra import Expr, Rational, replaced, size_of, symbol
from ..check.audit import audit
from ..check.compare import Audit
from ..equality import equal
from ..errors import NotAsked
from ..evaluate import evaluate
from ..options import Options
from ..spec.expression import FormulaError, expression
from ..spec.letters import Letters
from ..spec.network import Layer, Network, Neuron, Parameter, Sample
from ..spec.number import Number
from ..tidy import tidied
from ..working import Working

_LARGEST = 160  # parts of a formula; past that a line keeps the name of what it uses
_POINTS = 3


class Claimed(Struct, frozen=True):
    """A quantity that is claimed to equal a formula of the letters, and whether it does."""

    key: str
    text: str
    formula: Expr
    holds: bool


def has_letters(network: Network) -> bool:
    """Whether letters stand for any of the numbers."""
    numbers = [p.value for p in network.parameters]
    numbers += [number for sample in network.samples for number in (*sample.inputs, *sample.targets)]
    return any(isinstance(number, Letters) for number in numbers)


def results(working: Working) -> dict[str, Expr]:
    """For each quantity its formula of letters and numbers; a very long one is kept by its name."""
    found: dict[str, Expr] = {}
    for key, given in working.givens.items():
        number = given.number
        found[key] = number.formula if isinstance(number, Letters) else _rational(number)
    for key, step in working.steps.items():
        formula = tidied(replaced(step.formula, found))
        found[key] = formula if size_of(formula) <= _LARGEST else symbol(key)
    return found


def _rational(number: Number) -> Expr:
    return Rational(number.value.numerator, number.value.denominator)


def checked(network: Network, working: Working, options: Options) -> Audit | None:
    """The working with numbers for the letters, at several points; the first that disagrees, else the last."""
    if not options.check:
        return None
    found: Audit | None = None
    for point in range(_POINTS):
        moved = at_point(network, point)
        values = evaluate(_moved(working, point))
        found = audit({key: float(value) for key, value in values.numbers.items()}, moved, options.backend)
        if not found.agrees:
            break
    return found


def _moved(working: Working, point: int) -> Working:
    other = Working()
    other.steps = working.steps
    other.givens = {key: replace(given, number=_at(given.number, point)) for key, given in working.givens.items()}
    return other


def _at(number: Any, point: int) -> Any:
    return number.at(point) if isinstance(number, Letters) else number


def at_point(network: Network, point: int) -> Network:
    """The network with numbers for its letters."""
    return replace(
        network,
        layers=tuple(_layer(layer, point) for layer in network.layers),
        samples=tuple(_sample(sample, point) for sample in network.samples),
    )


def _sample(sample: Sample, point: int) -> Sample:
    inputs, targets = (tuple(_at(n, point) for n in numbers) for numbers in (sample.inputs, sample.targets))
    return replace(sample, inputs=inputs, targets=targets)


def _layer(layer: Layer, point: int) -> Layer:
    return replace(layer, neurons=tuple(_neuron(neuron, point) for neuron in layer.neurons))


def _neuron(neuron: Neuron, point: int) -> Neuron:
    wires = tuple(replace(wire, weight=_parameter(wire.weight, point)) for wire in neuron.wires)
    return replace(neuron, wires=wires, bias=neuron.bias and _parameter(neuron.bias, point))


def _parameter(parameter: Parameter, point: int) -> Parameter:
    return replace(parameter, value=_at(parameter.value, point))


def claims(network: Network, found: Mapping[str, Expr], names: Mapping[str, str]) -> tuple[Claimed, ...]:
    """Every claim of the spec, and whether both formulas are the same function.

    names: the key for each spelling that a claim may use. Raises NotAsked for an unknown quantity or a formula
    that cannot be read.
    """
    letters = {each.name for formula in found.values() for each in formula.free_symbols}
    answers = []
    for typed, text in network.claims.items():
        key = names.get(typed)
        if key is None:
            raise NotAsked(f"claim: this problem has no quantity '{typed}'", typed)
        try:
            formula = expression(text, letters)
        except FormulaError as error:
            raise NotAsked(f"claim: {typed}: {error}", typed) from None
        answers.append(Claimed(key, text, formula, equal(found[key], formula)))
    return tuple(answers)
