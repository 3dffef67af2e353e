"""What --explain adds: which gradients matter, the three ways to move a neuron, a nudge followed through."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec.structs import replace

from .. import notation as n
from ..evaluate import Values, evaluate
from ..notation import Node
from ..rounding import shown
from ..spec.network import Network, Neuron
from ..spec.number import Number
from ..working import Working
from .blocks import Block, Heading, Inline, Prose, Table, Text
from .lines import Lines as LineWriter

if TYPE_CHECKING:
    from ..solution import Worked

NUDGE = Fraction(1, 1000)


def explain_blocks(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """The page's teaching part, after the answers."""
    gradients = [k for k in solution.shown_keys if k[:4] == "dE/d" and k[4:] in solution.working.givens]
    if not gradients:
        return
    yield Heading(("Explained",))
    yield from _read_out(solution, writer, gradients)
    neuron = _furthest(network, solution)
    yield from _three_ways(network, solution, neuron)
    yield from _wishes(network, solution)
    yield from _slopes(network, solution, writer)
    yield from _nudge(solution, writer, gradients)


def _value(solution: Worked, key: str) -> float:
    return solution.values.number(key)


def _text(solution: Worked, value: float) -> Node:
    return n.Number(shown(value, solution.options.digits))


def _read_out(solution: Worked, writer: LineWriter, gradients: list[str]) -> Iterator[Block]:
    """Each component: which way, and how many times as much as the weakest of them."""
    ranked = sorted(gradients, key=lambda k: -abs(_value(solution, k)))
    moved = [k for k in ranked if _value(solution, k) != 0]
    yield Heading(("What the gradient says",), level=2)
    for key, after in zip_longest(moved, moved[1:]):
        name = solution.working.name(key[4:])
        way = "lower" if _value(solution, key) > 0 else "raise"
        text: list[Inline] = [f"{way.capitalize()} ", name, " (", solution.working.name(key), " = ", writer.number(key)]
        if after is None:
            yield Prose((*text, ")."))
            continue
        ratio = abs(_value(solution, key) / _value(solution, after))
        text += [f"): it matters {_times(ratio)} ", solution.working.name(after[4:]), "."]
        yield Prose(tuple(text))
    for key in ranked[len(moved) :]:
        yield Prose(("Nothing is gained by moving ", solution.working.name(key[4:]), ": its derivative is 0."))


def _times(ratio: float) -> str:
    if ratio < 1.05:
        return "as much as"
    return f"{shown(ratio, 1)} times as much as"


def _furthest(network: Network, solution: Worked) -> Neuron:
    """The output that the error pulls at most."""
    outputs = [m for m in network.neurons if m.name in network.outputs]
    asked = [m for m in outputs if f"dE/dout_{m.name}" in solution.working]
    return max(asked, key=lambda m: abs(_value(solution, f"dE/dout_{m.name}")))


def _three_ways(network: Network, solution: Worked, neuron: Neuron) -> Iterator[Block]:
    working, wanted = solution.working, _value(solution, f"dE/dout_{neuron.name}")
    slope = _value(solution, f"dout_{neuron.name}/din_{neuron.name}")
    out = working.name(f"out_{neuron.name}")
    rows: list[tuple[Text, ...]] = []
    if neuron.bias:
        rows.append(_way("bias", working.name(neuron.bias.key), n.Number("1"), slope, solution))
    for wire in neuron.wires:
        source = wire.source if wire.source in network.inputs else f"out_{wire.source}"
        carried = n.Number(solution.values.texts[source])
        share = slope * _value(solution, source)
        rows.append(_way("weight", working.name(wire.weight.key), carried, share, solution))
    for wire in neuron.wires:
        if wire.source in network.inputs:
            continue
        weight = n.Number(solution.values.texts[wire.weight.key])
        share = slope * _value(solution, wire.weight.key)
        rows.append(_way("activation before", working.name(f"out_{wire.source}"), weight, share, solution))
    yield Heading(("Three ways to move ", out), level=2)
    direction = "smaller" if wanted > 0 else "larger" if wanted < 0 else "left as it is"
    yield Prose(
        (
            "The error asks for ",
            out,
            f" to be {direction}. The bias always acts in full, a weight in proportion to the activation it carries, "
            "an earlier activation in proportion to its weight:",
        )
    )
    headers: tuple[Text, ...] = (("way",), ("quantity",), ("in proportion to",), ("∂", out, "/∂ it"))
    yield Table(headers, tuple(rows), right=frozenset({2, 3}))


def _way(way: str, name: Node, proportion: Node, slope: float, solution: Worked) -> tuple[Text, ...]:
    return ((way,), (name,), (proportion,), (_text(solution, slope),))


def _wishes(network: Network, solution: Worked) -> Iterator[Block]:
    """For each neuron that feeds outputs: what each output asks of it, added up (minus the derivative)."""
    outputs = [m for m in network.neurons if m.name in network.outputs]
    sources = list(dict.fromkeys(w.source for m in outputs for w in m.wires if w.source not in network.inputs))
    if not sources:
        return
    yield Heading(("What the outputs ask of the neurons before them",), level=2)
    yield Prose(("Positive: the output would have it larger, so that the error falls. The wishes are added.",))
    headers: list[Text] = [("",), *((m.name,) for m in outputs), ("sum",)]
    rows = []
    for source in sources:
        wishes = [_wish(solution, m, source) for m in outputs]
        cells: list[Text] = [(solution.working.name(f"out_{source}"),)]
        cells += [(_text(solution, wish),) if wish is not None else ("–",) for wish in wishes]
        cells.append((_text(solution, sum(wish for wish in wishes if wish is not None)),))
        rows.append(tuple(cells))
    yield Table(tuple(headers), tuple(rows), right=frozenset(range(1, len(headers))))


def _wish(solution: Worked, output: Neuron, source: str) -> float | None:
    for wire in output.wires:
        if wire.source == source:
            return -_value(solution, f"delta_{output.name}") * _value(solution, wire.weight.key)
    return None


_STEEPEST = {"sigmoid": 0.25, "tanh": 1.0}


def _slopes(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """Slopes that are flat enough to explain a small gradient."""
    for neuron in network.neurons:
        steepest = _STEEPEST.get(neuron.activation.name)
        key = f"dout_{neuron.name}/din_{neuron.name}"
        if steepest is None or key not in solution.working or key not in solution.shown_keys:
            continue
        if _value(solution, key) < 0.2 * steepest:
            yield Prose(
                (
                    f"{neuron.name} is nearly saturated: its slope is ",
                    writer.number(key),
                    f", at most {steepest} is possible; everything behind it gets small gradients.",
                )
            )


def _nudge(solution: Worked, writer: LineWriter, gradients: list[str]) -> Iterator[Block]:
    """One weight moved by 0.001: what really changes, beside what the derivative foretells."""
    key = max(gradients, key=lambda k: abs(_value(solution, k)))[4:]
    before = solution.full_values
    after = evaluate(_forward(solution.working, key), solution.options.digits)
    name = solution.working.name(key)
    yield Heading(("A nudge of 0.001 in ", name, ", followed through"), level=2)
    rows = []
    for moved in _route(solution, key):
        change = float(after.numbers[moved] - before.numbers[moved])
        rows.append(((solution.working.name(moved),), (_old(before, moved),), (_text(solution, change),)))
    foretold = float(NUDGE) * solution.full_values.number(f"dE/d{key}")
    yield Table((("",), ("before",), ("change",)), tuple(rows), right=frozenset({1, 2}))
    yield Prose(
        (
            "The derivative foretells 0.001 × ",
            solution.working.name(f"dE/d{key}"),
            " = ",
            _text(solution, foretold),
            "; there is a kink here, beyond which the slope is another."
            if solution.check and f"dE/d{key}" in solution.check.skipped
            else "; the small difference is the bend of the curve.",
        )
    )


def _old(values: Values, key: str) -> Node:
    return n.Number(values.texts[key])


def _forward(working: Working, key: str) -> Working:
    """The forward pass and error with one given moved."""
    moved = Working()
    moved.givens = dict(working.givens)
    given = working.givens[key]
    moved.givens[key] = replace(given, number=Number.of(given.number.value + NUDGE))
    moved.steps = {k: s for k, s in working.steps.items() if s.section in ("Forward pass", "Error")}
    return moved


def _route(solution: Worked, key: str) -> list[str]:
    """What the nudge reaches, in order."""
    reached, route = {key}, []
    for step in solution.working.steps.values():
        if step.section in ("Forward pass", "Error") and reached.intersection(step.uses):
            reached.add(step.key)
            route.append(step.key)
    return route
