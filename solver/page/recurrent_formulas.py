"""The formulas of a recurrent cell, its extra layers and its output, in vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..notation import Name, Node
from ..spec.network import Activation
from ..spec.recurrent_problem import Gate, Part, Recurrent
from ..topics.recurrent_names import name_of
from .blocks import Equation

_NOW, _BEFORE = "t", "(t−1)"


def formulas(problem: Recurrent) -> Iterator[Equation]:
    """Every line of one time; of several layers or directions those of the first, without their tags."""
    one = problem.layers[0][0]
    below: Node = _at("x")
    for gate in problem.input_layers:
        yield from _gate(gate, {"below": below}, "")
        below = _at(gate.letter)
    through: Node = _at("h", _BEFORE)
    for gate in one.transition:
        yield from _gate(gate, {"below": through}, "")
        through = _at(gate.letter)
    reset: Node = n.bracket(n.Elementwise(_at("r"), _at("h", _BEFORE)))
    sources = {"x": below, "h": _at("h", _BEFORE), "q": through, "s": reset}
    for gate in one.gates:
        added = n.Elementwise(_at("r"), _at("u")) if problem.reset_after and gate.letter[0] == "g" else None
        yield from _gate(gate, sources, one.tag, added)
    if problem.cell == "lstm":
        kept, fresh = n.Elementwise(_at("f"), _at("c", _BEFORE)), n.Elementwise(_at("i"), _at("g"))
        yield Equation(_at("c"), (n.Sum((kept, fresh)),))
        yield Equation(_at("h"), (n.Elementwise(_at("o"), _applied(one.activation, _at("c"))),))
    if problem.cell == "gru":
        yield Equation(_at("h"), (_blend(problem),))
    yield from _behind(problem)


def _behind(problem: Recurrent) -> Iterator[Equation]:
    below: Node = _at("h")
    for gate in problem.output_layers:
        yield from _gate(gate, {"below": below}, "")
        below = _at(gate.letter)
    if problem.output and problem.output.parts:
        yield from _gate(problem.output, {"below": below}, "")
    elif problem.output:
        yield Equation(_at("y"), (_applied(problem.output.activation, below),))


def _blend(problem: Recurrent) -> Node:
    z = _at("z")
    rest = n.Bracket(n.Sum((n.Number("1"), n.Minus(z))))
    keep, take = (z, rest) if problem.keeps_old else (rest, z)
    return n.Sum((n.Elementwise(keep, _at("h", _BEFORE)), n.Elementwise(take, _at("g"))))


def _at(letter: str, time: str = _NOW) -> Name:
    return Name(letter, time)


def _gate(gate: Gate, sources: dict[str, Node], tag: str, added: Node | None = None) -> Iterator[Equation]:
    letter = gate.letter.removesuffix(tag) if tag else gate.letter
    terms = [*_products(gate, sources), *(_plain(block.name, tag) for block in gate.biases)]
    if added:
        terms.append(added)
    yield Equation(_at(letter), (_applied(gate.activation, n.total(terms)),))


def _products(gate: Gate, sources: dict[str, Node]) -> Iterator[Node]:
    """Matrix times vector for each part; one matrix over both vectors where it is one."""
    names = {part.block.name for part in gate.parts}
    if len(names) < len(gate.parts):
        both = n.Matrix((tuple(sources[part.source] for part in gate.parts),))
        yield n.Product((_letter(gate.parts[0]), both))
        return
    for part in gate.parts:
        yield n.Product((_letter(part), sources[part.source]))


def _letter(part: Part) -> Name:
    return _plain(part.block.name)


def _plain(name: str, tag: str = "") -> Name:
    """A matrix without the tag of its layer and direction."""
    found = name_of(name)
    return Name(found.base, found.sub)


def _applied(activation: Activation, body: Node) -> Node:
    row = ACTIVATIONS.get(activation.name) or LAYER_ACTIVATIONS[activation.name]
    return body if row.sign == "id" else n.Call(row.sign, (body,))
