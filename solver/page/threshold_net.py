"""The page of given layers: weights, the line of each neuron, the truth table, and the regions they make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..spec.perceptron_problem import GATES, GivenLayer, ThresholdNet
from ..topics.assembled import one_by_one
from .blocks import Block, Heading, Inline, Lines, Page, Prose, Table, Text
from .lines import Lines as LineWriter
from .net_regions import region_blocks, side
from .standard import results, section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_ROWS = 8  # rows of the truth table that are worked line by line


def net_page(solution: Worked) -> Page:
    """The whole page of given layers, as its options ask for it."""
    problem: ThresholdNet = solution.problem
    return standard_page(
        one_by_one(solution),
        _question(problem, solution),
        lambda writer: _working(problem, solution, writer),
        lambda writer: _answers(problem, solution, writer),
    )


def _question(problem: ThresholdNet, solution: Worked) -> Iterator[Block]:
    yield Heading(("Given",))
    before = problem.inputs
    for layer in problem.layers:
        yield _weights(problem, solution, layer, before)
        before = layer.neurons
    yield from (Prose((sentence,)) for sentence in _conventions(problem))
    if problem.gate:
        yield Prose((f"The net is to make {problem.gate.upper()}.",))
    if solution.options.question:
        yield Prose(("Work out its truth table, and the regions that it makes.",))


def _weights(problem: ThresholdNet, solution: Worked, layer: GivenLayer, before: tuple[str, ...]) -> Table:
    from ..topics.threshold_net import bias_keys, weight_keys

    weights, biases = weight_keys(problem), bias_keys(problem)
    headers: list[Text] = [("",), *((f"from {name}",) for name in before), ("bias",), ("activation",)]
    rows: list[tuple[Text, ...]] = []
    for name in layer.neurons:
        keys = [*(weights[name, k] for k in range(1, len(before) + 1)), biases[name]]
        cells: list[Text] = [
            (solution.working.name(key), " = ", n.Number(solution.working.givens[key].number.text)) for key in keys
        ]
        rows.append(((name,), *cells, (layer.activation,)))
    return Table(tuple(headers), tuple(rows))


def _conventions(problem: ThresholdNet) -> Iterator[str]:
    used = {layer.activation for layer in problem.layers}
    limit = "0 or more" if problem.fires == ">=" else "above 0"
    if "step" in used:
        yield f"step: 1 where the net input is {limit}, else 0."
    if "sign" in used:
        yield f"sign: 1 where the net input is {limit}, else -1."
    if "relu" in used:
        yield "relu: the net input where it is above 0, else 0."


def _working(problem: ThresholdNet, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        for name in dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys):
            yield from section(solution, writer, name)
        return
    if len(problem.inputs) == 2:
        yield from _lines(problem, writer)
    yield from _rows(problem, solution, writer)
    yield Heading(("Truth table",))
    yield _truth_table(problem, writer)
    yield Prose(tuple(_made(problem, solution)))
    yield from region_blocks(problem, solution, writer)


def _lines(problem: ThresholdNet, writer: LineWriter) -> Iterator[Block]:
    """Each neuron of the first layer cuts the plane in two."""
    layer = problem.layers[0]
    yield Heading(("First layer: a line for each neuron",))
    yield Prose(("A neuron stands at its limit where its net input is 0. That is a line; on one side of it it fires.",))
    for row, name in enumerate(layer.neurons):
        keys = [key for key in (f"slope_{name}", f"intercept_{name}", f"at_{name}") if key in writer.working]
        yield Lines(tuple(writer.equation(key) for key in keys))
        yield Prose((f"{name}: ", *side(problem, writer, row, True)))


def _rows(problem: ThresholdNet, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    count = len(problem.samples)
    most = count if solution.options.everything else min(count, _MOST_ROWS)
    for number in range(1, most + 1):
        keys = [key for key, step in writer.working.steps.items() if step.section == f"Row {number}"]
        yield Heading(tuple(_inputs(problem, writer, number)))
        yield Lines(tuple(writer.equation(key) for key in keys))
    if most < count:
        yield Prose((f"The other {count - most} rows go the same way; --all works them too.",))


def _inputs(problem: ThresholdNet, writer: LineWriter, number: int) -> Iterator[Inline]:
    yield "Row " + str(number) + ": "
    for index, name in enumerate(problem.inputs):
        yield ", " if index else ""
        yield n.Name("x", name[1:])
        yield " = "
        yield writer.number(f"{name}{problem.tag(number)}")


def _truth_table(problem: ThresholdNet, writer: LineWriter) -> Table:
    neurons = [name for layer in problem.layers for name in layer.neurons]
    headers: list[Text] = [(n.Name("x", name[1:]),) for name in problem.inputs]
    headers += [(n.Name(kind, name, upright=True),) for name in neurons for kind in ("in", "out")]
    wanted = any(case.target is not None for case in problem.samples)
    rows: list[tuple[Text, ...]] = []
    for number, case in enumerate(problem.samples, 1):
        tag = problem.tag(number)
        keys = [*problem.inputs, *(f"{kind}_{name}" for name in neurons for kind in ("in", "out"))]
        target: list[Text] = [(n.Number(case.target.text if case.target else ""),)] if wanted else []
        rows.append((*((writer.number(f"{key}{tag}"),) for key in keys), *target))
    if wanted:
        headers.append(("target",))
    return Table(tuple(headers), tuple(rows), right=frozenset(range(len(headers))))


def _made(problem: ThresholdNet, solution: Worked) -> Iterator[str]:
    """Which gate it is, and whether it is the one that was asked for."""
    from ..topics.threshold_net import computes

    found = computes(problem, solution.values)
    if found is None:
        yield "The outputs are read off in the last column." if len(problem.layers[-1].weights) == 1 else ""
    else:
        yield f"The outputs are those of {found.upper()}."
    if problem.gate and found != problem.gate:
        wrong = [
            str(number)
            for number, case in enumerate(problem.samples, 1)
            if (solution.values.numbers[f"out_{problem.layers[-1].neurons[0]}{problem.tag(number)}"] == 1)
            != GATES[problem.gate](tuple(int(each.value > 0) for each in case.inputs))
        ]
        yield f" That is not {problem.gate.upper()}" + (f": row {', '.join(wrong)} differs." if wrong else ".")


def _answers(problem: ThresholdNet, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        yield from results(writer, solution.answer_keys)
        return
    outputs = problem.layers[-1].neurons
    for name in outputs:
        texts = [writer.values.texts[f"out_{name}{problem.tag(k)}"] for k in range(1, len(problem.samples) + 1)]
        yield Prose((n.Name("out", name, upright=True), f" for rows 1 to {len(texts)}: ", *_listed(texts)))
    yield Prose(tuple(_made(problem, solution)))
    yield from results(writer, solution.answer_keys)


def _listed(texts: list[str]) -> Iterator[Inline]:
    for index, text in enumerate(texts):
        yield ", " if index else ""
        yield n.Number(text)
