"""The regions that given layers make of the plane: what the lines cut, and what is joined of the pieces."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from ..spec.perceptron_problem import ThresholdNet
from .blocks import Block, Heading, Inline, Lines, Prose, Table, Text
from .drawn import drawn
from .lines import Lines as LineWriter
from .perceptron import line_of
from .plane import plane_picture

if TYPE_CHECKING:
    from ..solution import Worked


def side(problem: ThresholdNet, writer: LineWriter, row: int, fires: bool) -> Iterator[Inline]:
    """Where a neuron of the first layer fires (or does not), solved for x2."""
    layer = problem.layers[0]
    name = layer.neurons[row]
    first, second = (weight.value for weight in layer.weights[row])
    if layer.activation in ("relu", "linear"):
        yield "the slope and the intercept of the line where its net input is 0."
        return
    sign = problem.fires if fires else {">=": "<", ">": "<="}[problem.fires]
    x1, x2 = n.Name("x", "1"), n.Name("x", "2")
    if not first and not second:
        yield "answers the same everywhere, for both its weights are 0"
        return
    lead: Fraction = second or first
    turned = sign if lead > 0 else sign.translate(str.maketrans("<>", "><"))
    if second:
        right: Node = line_of(writer.number(f"slope_{name}"), x1, writer.number(f"intercept_{name}"))
        yield n.Compare(x2, turned, right)
    else:
        yield n.Compare(x1, turned, writer.number(f"at_{name}"))


def region_blocks(problem: ThresholdNet, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """What one layer makes of the plane, and what the layers after it make of that."""
    from ..topics.threshold_net import low_of, patterns

    found = patterns(problem)
    if not found:
        if len(problem.inputs) == 2 and len(problem.layers[-1].neurons) == 1:
            yield drawn(solution, "plane")
        return
    layer = problem.layers[0]
    yield Heading(("Regions",))
    lines = "1 line" if len(layer.weights) == 1 else f"{len(layer.weights)} lines"
    cut = "2 half-planes" if len(layer.weights) == 1 else f"{len(found)} regions"
    yield Prose(
        (f"{lines[0].upper()}{lines[1:]} of the first layer: {cut}. Inside each no neuron changes its answer.",)
    )
    last = problem.layers[-1].neurons
    headers: list[Text] = [*((name,) for name in layer.neurons), ("where",)]
    headers += [(f"out {name}",) for name in last] if len(problem.layers) > 1 else []
    rows: list[tuple[Text, ...]] = []
    for pattern in found:
        bits = "".join("1" if fired else "0" for fired in pattern)
        outs: list[Text] = [(str(1 if fired else low_of(layer.activation)),) for fired in pattern]
        more: list[Text] = (
            [(writer.number(f"out_{name}{{{bits}}}"),) for name in last] if len(headers) > len(outs) + 1 else []
        )
        rows.append((*outs, tuple(_where(problem, writer, pattern)), *more))
    yield Table(tuple(headers), tuple(rows), right=frozenset(range(len(headers))) - {len(layer.neurons)})
    if len(problem.layers) > 1:
        yield from _combined(problem, writer, found)
    if len(last) == 1:
        is_cut = problem.layers[-1].activation in ("step", "sign")
        yield drawn(solution, "plane", _picture(problem, writer, found) if is_cut else ())


def _where(problem: ThresholdNet, writer: LineWriter, pattern: tuple[bool, ...]) -> Iterator[Inline]:
    for row, fired in enumerate(pattern):
        yield " and " if row else ""
        yield from side(problem, writer, row, fired)


def _combined(problem: ThresholdNet, writer: LineWriter, found: list[tuple[bool, ...]]) -> Iterator[Block]:
    """The second layer region by region, and the region in which the net fires."""
    from ..topics.threshold_net import low_of

    for pattern in found:
        bits = "".join("1" if fired else "0" for fired in pattern)
        keys = [key for key, step in writer.working.steps.items() if step.section == f"Region {bits}"]
        low = low_of(problem.layers[0].activation)
        outs = [
            f"{name} = {1 if fired else low}" for name, fired in zip(problem.layers[0].neurons, pattern, strict=True)
        ]
        yield Heading((f"Region with {', '.join(outs)}",), level=2)
        yield Lines(tuple(writer.equation(key) for key in keys))
    if len(problem.layers[-1].neurons) == 1 and problem.layers[-1].activation in ("step", "sign"):
        yield Prose(tuple(_fired(problem, writer, found)))


def _fired(problem: ThresholdNet, writer: LineWriter, found: list[tuple[bool, ...]]) -> Iterator[Inline]:
    name = problem.layers[-1].neurons[0]
    on = [pattern for pattern in found if writer.values.numbers[_out_key(name, pattern)] == 1]
    if len(on) in (0, len(found)):
        yield "The net " + ("fires in every region." if on else "fires in no region.")
        return
    yield "One neuron only cuts the plane in two; the layers after it join half-planes and take them away. "
    yield "The net fires where "
    for index, pattern in enumerate(on):
        yield ", or where " if index else ""
        yield from _where(problem, writer, pattern)
    yield "."


def _out_key(name: str, pattern: tuple[bool, ...]) -> str:
    return f"out_{name}{{{''.join('1' if fired else '0' for fired in pattern)}}}"


def _picture(problem: ThresholdNet, writer: LineWriter, found: list[tuple[bool, ...]]) -> tuple[str, ...]:
    layer, name = problem.layers[0], problem.layers[-1].neurons[0]
    fired = {pattern: _net_fires(problem, writer, name, pattern) for pattern in found}

    def fires(x1: Fraction, x2: Fraction) -> bool:
        heights = [
            row[0].value * x1 + row[1].value * x2 + bias.value
            for row, bias in zip(layer.weights, layer.biases, strict=True)
        ]
        pattern = tuple(height >= 0 if problem.fires == ">=" else height > 0 for height in heights)
        return fired.get(pattern, False)

    places = [
        (
            case.inputs[0].value,
            case.inputs[1].value,
            "1" if writer.values.numbers[f"out_{name}{problem.tag(number)}"] == 1 else "0",
        )
        for number, case in enumerate(problem.samples, 1)
    ]
    return (*plane_picture(fires, places), "+ fires   . does not   1 and 0: outputs for the rows above")


def _net_fires(problem: ThresholdNet, writer: LineWriter, name: str, pattern: tuple[bool, ...]) -> bool:
    if len(problem.layers) == 1:
        return pattern[0]
    return writer.values.numbers[_out_key(name, pattern)] == 1
