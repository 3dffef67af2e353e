"""Networks written by layers: matrices of weights become wired neurons, or complaints that name neurons."""

from __future__ import annotations

from itertools import count

from .backprop_keys import LayerKeys, Row, Spec
from .common import Complaints
from .compound import Chosen
from .document import Path
from .network import Activation, Layer, Neuron, Parameter, Wire
from .number import Number

Matrix = tuple[Row, ...]
Parameters = tuple[tuple[Parameter, ...], ...]


def counted(number: int, noun: str) -> str:
    """1 row, 2 rows."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: tuple[str, ...]) -> str:
    """Names with commas; a long row of them is shortened."""
    if len(names) > 8:
        names = (*names[:3], "...", names[-1])
    return ", ".join(names)


def activation_of(own: Chosen | None, top: Chosen | None, path: Path, complaints: Complaints) -> Activation:
    """The layer's or neuron's own activation, else that of the top; a complaint where there is neither."""
    chosen = own or top
    if chosen is None:
        if complaints.none_yet:
            fix = "add one here, or 'activation: sigmoid' at the top for all that name none"
            complaints.add(path, f"no activation is named; {fix}")
        return Activation("linear")
    return Activation(*chosen)


def dense_layers(spec: Spec, inputs: tuple[str, ...], complaints: Complaints) -> tuple[Layer, ...]:
    """The layers, each neuron wired to everything before it; weights and biases are numbered as typed."""
    weight_numbers, bias_numbers = count(1), count(1)
    layers: list[Layer] = []
    before = inputs
    for index, (keys, name) in enumerate(zip(spec.layers, _names(spec.layers), strict=True)):
        path: Path = ("layers", index)
        layout = keys.layout or spec.layout
        rows = _fitting(keys.weights, layout, before, (*path, "weights"), complaints, first=index == 0)
        weights = _numbered(rows, layout, weight_numbers)
        names = tuple(f"{name}{j}" for j in range(1, len(weights) + 1))
        biases = _biases(keys.biases, names, bias_numbers, (*path, "biases"), complaints)
        activation = activation_of(keys.activation, spec.activation, path, complaints)
        neurons = [
            Neuron(each, tuple(map(Wire, before, row)), bias, activation)
            for each, row, bias in zip(names, weights, biases, strict=True)
        ]
        layers.append(Layer(name, tuple(neurons), dense=True))
        before = names
    return tuple(layers)


def _names(layers: list[LayerKeys]) -> list[str]:
    hidden = len(layers) - 1
    plain = ["h"] if hidden == 1 else [f"h{index}_" for index in range(1, hidden + 1)]
    return [keys.name or name for keys, name in zip(layers, [*plain, "o"], strict=True)]


def _numbered(rows: Matrix, layout: str, numbers: count[int]) -> Parameters:
    """Weights row by row as typed, then with one row for each neuron."""
    found = tuple(tuple(Parameter(f"w{next(numbers)}", value) for value in row) for row in rows)
    return tuple(zip(*found, strict=False)) if layout == "input-rows" else found


def _biases(
    given: Number | Row | None,
    names: tuple[str, ...],
    numbers: count[int],
    path: Path,
    complaints: Complaints,
) -> list[Parameter | None]:
    if given is None:
        return [None] * len(names)
    if isinstance(given, Number):
        return [Parameter(f"b{next(numbers)}", given)] * len(names)
    if len(given) != len(names):
        holds = f"the layer has {counted(len(names), 'neuron')} ({listed(names)})"
        fix = f"a list needs {len(names)}, a single number without brackets is shared by all"
        complaints.add(path, f"{counted(len(given), 'number')}, but {holds}: {fix}")
        return [None] * len(names)
    return [Parameter(f"b{next(numbers)}", value) for value in given]


def _fitting(
    rows: Matrix, layout: str, before: tuple[str, ...], path: Path, complaints: Complaints, *, first: bool
) -> Matrix:
    """The matrix; complains where it does not fit, and turns it if it then fits: one slip is said once."""
    what = "input" if first else "neuron"
    there = "there " + ("is" if len(before) == 1 else "are") if first else "the layer before has"
    holds = f"{there} {counted(len(before), what)} ({listed(before)})"
    wrong = _wrong_rows(rows, layout, len(before), holds)
    if not wrong:
        return rows
    lengths = {len(row) for row in rows}
    turned = lengths == ({len(rows[0])} if layout == "neuron-rows" else {len(before)})
    fits = turned and (layout == "input-rows" or len(rows) == len(before))
    for row, message in wrong:
        complaints.add(path if row is None else (*path, row), message + (_turn(layout) if fits else ""))
    return tuple(zip(*rows, strict=False)) if fits else rows


def _turn(layout: str) -> str:
    if layout == "input-rows":
        return " Its rows fit one row for each neuron: write 'layout: neuron-rows'"
    return " Turned around it fits: if each row belongs to an input, write 'layout: input-rows'"


def _wrong_rows(rows: Matrix, layout: str, needed: int, holds: str) -> list[tuple[int | None, str]]:
    if layout == "input-rows":
        if len(rows) != needed:
            needs = f"'layout: input-rows' needs {counted(needed, 'row')}."
            return [(None, f"{counted(len(rows), 'row')}, but {holds}: {needs}")]
        holds, needed = f"row 1 has {len(rows[0])}", len(rows[0])
    wrong = [
        (index, f"{counted(len(row), 'number')} in row {index + 1}, but {holds}: each row needs {needed}.")
        for index, row in enumerate(rows)
        if len(row) != needed
    ]
    every = len(wrong) == len(rows) and len({len(row) for row in rows}) == 1
    return [(None, wrong[0][1])] if every else list(wrong)
