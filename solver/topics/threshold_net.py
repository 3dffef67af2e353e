"""Given layers of threshold neurons: every row of the truth table, each neuron's line, and the regions they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..algebra import Expr, Integer, cases, maximum, negative, product, quotient, symbol, total
from ..check.threshold_net import audited
from ..evaluate import Values
from ..notation import Name
from ..options import Options
from ..page.threshold_net import net_page
from ..solution import Worked
from ..spec.number import Number
from ..spec.perceptron_problem import GATES, GivenLayer, ThresholdNet
from ..working import Step, Working
from .assembled import Sheet, assembled
from .half_planes import regions

LINES, TABLE, REGIONS = "First layer: a line for each neuron", "Truth table", "Regions"
MOST_REGIONS_OF = 6  # neurons in the first layer


def solve_net(problem: ThresholdNet, options: Options) -> Worked:
    """The worked solution of given layers. Raises NotAsked for a key it does not have."""
    working = work(problem)
    outputs = problem.layers[-1].neurons
    rows = range(1, len(problem.samples) + 1)
    by_sample = tuple(tuple(f"out_{name}{problem.tag(row)}" for name in outputs) for row in rows)
    sheet = Sheet(
        kind="perceptron",
        title=problem.title,
        problem=problem,
        working=working,
        answer_keys=tuple(key for key in working.steps if key.startswith(("slope_", "intercept_", "at_"))),
        conventions={"fires": problem.fires, "activations": [layer.activation for layer in problem.layers]},
        checked=lambda values: audited(values, problem, options.backend),
        page=net_page,
        grouped={"outputs": tuple(keys[0] for keys in by_sample) if len(outputs) == 1 else by_sample},
        facts=lambda values: _facts(problem, values),
    )
    return assembled(sheet, options)


def work(problem: ThresholdNet) -> Working:
    """The Working: given weights, the line of each neuron of the first layer, every sample, every region."""
    working = Working()
    weights, biases = weight_keys(problem), bias_keys(problem)
    for layer, before in _with_sources(problem):
        for row, name in enumerate(layer.neurons):
            for k in _count(before):
                key = weights[name, k]
                working.give(key, layer.weights[row][k - 1], Name("w", key[1:]))
            working.give(biases[name], layer.biases[row], Name("b", biases[name][1:]))
    if len(problem.inputs) == 2:
        for row, name in enumerate(problem.layers[0].neurons):
            _add_line(problem, working, row, name)
    for number, case in enumerate(problem.samples, 1):
        tag = problem.tag(number)
        for name, value in zip(problem.inputs, case.inputs, strict=True):
            working.give(f"{name}{tag}", value, Name("x", name[1:]))
        _pass(problem, working, tag, [symbol(f"{name}{tag}") for name in problem.inputs], 0, f"Row {number}")
    for pattern in patterns(problem):
        bits = "".join("1" if fired else "0" for fired in pattern)
        low = low_of(problem.layers[0].activation)
        outs: list[Expr] = [Integer(1 if fired else low) for fired in pattern]
        _pass(problem, working, f"{{{bits}}}", outs, 1, f"Region {bits}")
    return working


def low_of(activation: str) -> int:
    """What a threshold neuron gives when it does not fire."""
    return 0 if activation == "step" else -1


def patterns(problem: ThresholdNet) -> list[tuple[bool, ...]]:
    """Which neurons of the first layer fire in each region of the plane, where there are regions to speak of."""
    first = problem.layers[0]
    if len(problem.inputs) != 2 or len(first.weights) > MOST_REGIONS_OF or first.activation not in ("step", "sign"):
        return []
    lines = [(row[0].value, row[1].value, bias.value) for row, bias in zip(first.weights, first.biases, strict=True)]
    found = set(regions(lines))
    if problem.fires == ">=":  # a neuron without weights and bias stands at its limit everywhere
        flat = [not any(line) for line in lines]
        found = {tuple(a or b for a, b in zip(pattern, flat, strict=True)) for pattern in found}
    return sorted(found)


def _with_sources(problem: ThresholdNet) -> list[tuple[GivenLayer, Sequence[str]]]:
    sources: list[Sequence[str]] = [problem.inputs, *(layer.neurons for layer in problem.layers)]
    return list(zip(problem.layers, sources[:-1], strict=True))


def weight_keys(problem: ThresholdNet) -> dict[tuple[str, int], str]:
    """w1, w2, ... row by row through the layers, by neuron and the place of what it reads, counted from 1."""
    places = [(name, k) for layer, before in _with_sources(problem) for name in layer.neurons for k in _count(before)]
    return {place: f"w{number}" for number, place in enumerate(places, 1)}


def bias_keys(problem: ThresholdNet) -> dict[str, str]:
    """b1, b2, ... by neuron."""
    names = [name for layer in problem.layers for name in layer.neurons]
    return {name: f"b{number}" for number, name in enumerate(names, 1)}


def _count(before: Sequence[str]) -> range:
    return range(1, len(before) + 1)


def _add_line(problem: ThresholdNet, working: Working, row: int, name: str) -> None:
    """The line where the neuron stands at its limit, solved for x2."""
    layer, keys = problem.layers[0], weight_keys(problem)
    first, second = (symbol(keys[name, k]) for k in (1, 2))
    over, under = _turned(first, layer.weights[row][0]), _turned(symbol(bias_keys(problem)[name]), layer.biases[row])
    if layer.weights[row][1].value:
        slope, intercept = quotient(over, second), quotient(under, second)
        working.add(Step(f"slope_{name}", "line_slope", slope, Name("slope", name, upright=True), LINES))
        working.add(
            Step(f"intercept_{name}", "line_intercept", intercept, Name("intercept", name, upright=True), LINES)
        )
    elif layer.weights[row][0].value:
        working.add(Step(f"at_{name}", "upright_line", quotient(under, first), Name("x", f"1,{name}"), LINES))


def _turned(body: Expr, number: Number) -> Expr:
    """-body; what is 0 stays as it is, so that no -0 is written."""
    return negative(body) if number.value else body


def _pass(problem: ThresholdNet, working: Working, tag: str, sources: list[Expr], start: int, section: str) -> None:
    """Net input and output of every neuron from layer `start` on."""
    outs = sources
    weights, biases = weight_keys(problem), bias_keys(problem)
    for layer in problem.layers[start:]:
        before, outs = outs, []
        for name in layer.neurons:
            terms = [product(symbol(weights[name, k]), source) for k, source in enumerate(before, 1)]
            formula = total([*terms, symbol(biases[name])])
            net = working.add(Step(f"in_{name}{tag}", "weighted_sum", formula, Name("in", name, upright=True), section))
            rule = "fires" if layer.activation in ("step", "sign") else "activation"
            out = _FUNCTIONS[layer.activation](net, problem.fires)
            outs.append(working.add(Step(f"out_{name}{tag}", rule, out, Name("out", name, upright=True), section)))


def _fired(low: int) -> Callable[[Expr, str], Expr]:
    return lambda net, fires: cases((Integer(1), net >= 0 if fires == ">=" else net > 0), (Integer(low), True))


_FUNCTIONS: dict[str, Callable[[Expr, str], Expr]] = {
    "step": _fired(0),
    "sign": _fired(-1),
    "relu": lambda net, fires: maximum(Integer(0), net),
    "linear": lambda net, fires: net,
}


def _facts(problem: ThresholdNet, values: Values) -> dict[str, object]:
    """The truth table, the gate that it is, and what the net gives in each region."""
    rows: list[dict[str, object]] = []
    for number in range(1, len(problem.samples) + 1):
        tag = problem.tag(number)
        nets = {f"in_{name}": values.number(f"in_{name}{tag}") for layer in problem.layers for name in layer.neurons}
        outs = {f"out_{name}": values.number(f"out_{name}{tag}") for layer in problem.layers for name in layer.neurons}
        rows.append({"inputs": [values.number(f"{name}{tag}") for name in problem.inputs], **nets, **outs})
    facts: dict[str, object] = {"computes": computes(problem, values), "truth_table": rows}
    found = [
        {
            "first_layer": [1 if fired else low_of(problem.layers[0].activation) for fired in pattern],
            **_outs(problem, pattern, values),
        }
        for pattern in patterns(problem)
    ]
    return {**facts, "regions": found} if found else facts


def _outs(problem: ThresholdNet, pattern: tuple[bool, ...], values: Values) -> dict[str, object]:
    if len(problem.layers) == 1:
        return {}
    bits = "".join("1" if fired else "0" for fired in pattern)
    return {f"out_{name}": values.number(f"out_{name}{{{bits}}}") for name in problem.layers[-1].neurons}


def computes(problem: ThresholdNet, values: Values) -> str | None:
    """The gate whose truth table the outputs are, where all rows of 0 and 1 are there."""
    name = problem.layers[-1].neurons
    rows = {
        tuple(int(number.value) for number in case.inputs): values.numbers[f"out_{name[0]}{problem.tag(index)}"]
        for index, case in enumerate(problem.samples, 1)
        if all(number.value in (0, 1) for number in case.inputs)
    }
    if len(name) != 1 or len(rows) != 2 ** len(problem.inputs) or len(rows) != len(problem.samples):
        return None
    for gate, true in GATES.items():
        fits = (gate in ("not", "identity")) == (len(problem.inputs) == 1)
        if fits and all((out == 1) == true(bits) and out in (-1, 0, 1) for bits, out in rows.items()):
            return gate
    return None
