"""The question: the network as given, its picture, and the conventions in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import symbol
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..catalog.optimizers import OPTIMIZERS, said
from ..formula import written
from ..notation import Node
from ..spec.network import Layer, Network
from ..spec.number import Number
from ..spec.optimizer_table import Optimizer
from ..topics.names import Names
from .blocks import Block, Heading, Inline, Prose, Table, Text
from .drawn import given
from .lines import letter
from .picture import network_picture
from .typeset import typeset

if TYPE_CHECKING:
    from ..solution import Worked


def _sample_table(network: Network) -> Table:
    """One row for each sample: inputs, then targets."""
    names = Names(network)
    headers: list[Text] = [("sample",), *((names.input(key),) for key in network.inputs)]
    if network.samples[0].label is not None:
        headers.append(("class",))
    headers += [(names.target(name),) for name in network.outputs if network.samples[0].targets]
    rows = []
    for number, sample in enumerate(network.samples, 1):
        cells: list[Text] = [(str(number),)]
        cells += [(n.Number(value.text),) for value in (*sample.inputs, *sample.targets)]
        if sample.label is not None:
            cells.append((str(sample.label),))
        rows.append(tuple(cells))
    return Table(tuple(headers), tuple(rows), right=frozenset(range(1, len(headers))))


LARGE = 150
"""Weights up to which they are listed one by one."""


def question_blocks(network: Network, solution: Worked) -> Iterator[Block]:
    """Givens, tables of weights, picture, conventions."""
    yield Heading(("Given",))
    yield from (Prose(text) for text in _values(network, solution))
    if len(network.samples) > 1:
        yield _sample_table(network)
    yield from _tables(network, solution)
    yield given(solution, network_picture(network))
    yield from (Prose(text) for text in _conventions(network, solution))
    if solution.options.question:
        yield Prose(tuple(_asked(solution)))


def _values(network: Network, solution: Worked) -> Iterator[Text]:
    working = solution.working

    def row(label: str, keys: list[str]) -> Text:
        parts: list[Inline] = [label]
        for index, key in enumerate(_cut(keys)):
            if not key:
                parts += [", …"]
                continue
            parts += [", " if index else " "]
            parts += [n.Compare(working.name(key), "=", given_value(solution, key))]
        return tuple(parts)

    if len(network.samples) > 1:
        yield (f"{len(network.samples)} samples, in the table below.",)
        if network.learning_rate is not None:
            yield row("Learning rate:", ["eta"])
        return
    yield row("Inputs:" if len(network.inputs) > 1 else "Input:", list(network.inputs))
    targets = [k for k in working.givens if k.startswith("t") and k not in network.inputs]
    if targets:
        yield row("Targets:" if len(targets) > 1 else "Target:", targets)
    label = network.samples[0].label
    if label is not None:
        yield (f"Target: class {label} (counted from 0), that is output {network.outputs[label]}",)
    if network.learning_rate is not None:
        yield row("Learning rate:", ["eta"])


_MOST = 24


def _cut(keys: list[str]) -> list[str]:
    """At most 24 keys; an empty one stands for those left out."""
    return keys if len(keys) <= _MOST else [*keys[: _MOST // 3], "", keys[-1]]


def _tables(network: Network, solution: Worked) -> Iterator[Block]:
    if len(network.weights) > LARGE:
        sizes = [len(network.inputs), *(len(layer.neurons) for layer in network.layers)]
        yield Prose((f"Layers of {', '.join(map(str, sizes))} (inputs first), as given in the spec.",))
        return
    before = network.inputs
    for layer in network.layers:
        yield _table(layer, before, solution)
        before = tuple(neuron.name for neuron in layer.neurons)


def _row_name(neuron: str, solution: Worked) -> Text:
    """The neuron; of a numbered one also its layered name, where that is how the lines write it."""
    network = solution.problem
    if network.form == "neurons" and network.symbols.get("index") == "layered":
        return (f"{neuron}: ", Names(network).out(neuron))
    return (neuron,)


def _table(layer: Layer, before: tuple[str, ...], solution: Worked) -> Table:
    """One row for each neuron: weights by source, then the bias."""
    sources = list(dict.fromkeys(w.source for m in layer.neurons for w in m.wires))
    if layer.dense:
        sources = list(before)
    biased = any(m.bias for m in layer.neurons)
    headers: list[Text] = [("",), *((f"from {_called(s, solution)}",) for s in sources)]
    rows = []
    for neuron in layer.neurons:
        weights = {w.source: w.weight.key for w in neuron.wires}
        cells: list[Text] = [_row_name(neuron.name, solution)]
        cells += [_cell(weights.get(s), solution) for s in sources]
        if biased:
            cells.append(_cell(neuron.bias.key if neuron.bias else None, solution))
        rows.append(tuple(cells))
    if biased:
        headers.append(("bias",))
    return Table(tuple(headers), tuple(rows))


def _called(source: str, solution: Worked) -> str:
    return f"x{source}" if source.isdigit() and source in solution.problem.inputs else source


def _cell(key: str | None, solution: Worked) -> Text:
    if key is None:
        return ("–",)
    given = solution.working.givens[key]
    return (n.Compare(given.name, "=", given_value(solution, key)),)


def given_value(solution: Worked, key: str) -> Node:
    """A given as typed: a number, or letters."""
    if key in solution.letters and solution.letters[key].free_symbols:
        return written(solution.letters[key], letter)
    return n.Number(solution.working.givens[key].number.text)


def _conventions(network: Network, solution: Worked) -> Iterator[Text]:
    yield from _activations(network, solution)
    if network.samples[0].has_target:
        yield tuple(_loss(network, solution))
    if network.learning_rate is not None and network.biases:
        yield ("Biases are updated like weights." if network.update_biases else "The biases stay as they are.",)
    yield from _training(network, solution)
    yield (_rounding(solution),)


def _training(network: Network, solution: Worked) -> Iterator[Text]:
    """Samples, batches, epochs, optimizer and dropout, as far as they are there."""
    training, count = network.training, len(network.samples)
    if network.learns and count > 1:
        size = "all samples" if len(network.batches) == 1 else f"every {training.batch} samples, in the order given"
        if training.batch == 1:
            yield ("One update after each sample, in the order given, by its own gradient.",)
        else:
            yield (f"One update for {size}: the {training.reduction} of their gradients.",)
    if network.learns and training.epochs > 1:
        yield (f"{training.epochs:,} epochs.",)
    if training.optimizer.name != "sgd":
        row = OPTIMIZERS[training.optimizer.name]
        keys = [key for key, number in training.optimizer.settings.items() if number.value]
        yield (f"Optimizer: {row.title}, ", *typeset(said(training.optimizer)), ". ", *_stated(solution, keys))
        if training.optimizer.state or training.optimizer.t > 1:
            yield tuple(_earlier(solution, training.optimizer))
    for name, dropout in network.dropout.items():
        way = "divided by keep" if dropout.inverted else "not divided while training (scaled by keep when testing)"
        text = f"Dropout in layer {name}: outputs are multiplied by their mask, {way}. "
        yield (text, *_stated(solution, [f"keep_{name}"]))


def _earlier(solution: Worked, optimizer: Optimizer) -> Iterator[Inline]:
    """What earlier updates left: once where it is the same for every parameter."""
    if optimizer.t > 1:
        yield f"The next update is number {optimizer.t}. "
    for left, state in optimizer.state.items():
        if isinstance(state, Number):
            yield from ("Earlier updates left ", n.Compare(n.Name(left), "=", n.Number(state.text)), " everywhere. ")
        else:
            keys = [key for key in solution.working.givens if key.startswith(f"{left}_") and key.endswith("@0")]
            yield from ("Earlier updates left ", *_stated(solution, keys), ". ")


def _stated(solution: Worked, keys: list[str]) -> Text:
    """Givens as typed: β1 = 0.9, β2 = 0.999."""
    parts: list[Inline] = []
    for key in keys:
        if key in solution.working.givens:
            parts += [", " if parts else "", n.Compare(solution.working.name(key), "=", given_value(solution, key))]
    return tuple(parts)


def _activations(network: Network, solution: Worked) -> Iterator[Text]:
    kinds: dict[str, list[str]] = {}
    for neuron in network.neurons:
        kinds.setdefault(neuron.activation.name, []).append(neuron.name)
    for kind, neurons in kinds.items():
        where = "every neuron" if len(kinds) == 1 else ", ".join(name or "…" for name in _cut(neurons))
        if kind in ACTIVATIONS:
            row = ACTIVATIONS[kind]
            sign: Node = n.Call(row.sign, (n.Name("z"),)) if row.sign != "id" else n.Name("out", upright=True)
            formula = written(row.formula(symbol("z"), symbol(row.setting or "_")), _letter)
            said = sign if sign == formula else n.Compare(sign, "=", formula)
            text: Text = (f"Activation of {where}: {row.title}, ", said, ".")
            yield (*text, *_settings(solution, row.setting))
        else:
            yield (f"Activation of {where}: {LAYER_ACTIVATIONS[kind].title} over the layer.",)


def _settings(solution: Worked, letter: str) -> Text:
    if not letter:
        return ()
    keys = [k for k in solution.working.givens if k == letter or k.startswith(f"{letter}_")]
    parts: list[Inline] = []
    for key in keys:
        given = solution.working.givens[key]
        parts += [" ", n.Compare(given.name, "=", n.Number(given.number.text)), "."]
    return tuple(parts)


def _loss(network: Network, solution: Worked) -> Iterator[Inline]:
    name, error = network.loss.name, solution.name("E")
    if network.samples[0].label is not None:
        class_row = CLASS_LOSSES[name]
        yield from ("Error ", error, f": {class_row.title}, ", *typeset(class_row.total), ".")
        return
    row = LOSSES[name]
    part = written(row.part(symbol("t"), symbol("y"), len(network.outputs), symbol(row.setting or "_")), _letter)
    yield from ("Error ", error, f": {row.title}, ")
    yield n.Compare(error, "=", part if len(network.outputs) == 1 else n.Prefixed(n.Name("Σ"), _summand(part)))
    yield from (", ", n.Name("y"))
    yield " being the output" + ("." if len(network.outputs) == 1 else ", summed over the outputs.")
    yield from _settings(solution, row.setting)


def _summand(part: Node) -> Node:
    return n.bracket(part) if isinstance(part, n.Cases) else part


def _letter(key: str) -> Node:
    from .derivations import _letter as letter

    return letter(key)


def _rounding(solution: Worked) -> str:
    if solution.letters:
        return "Letters stand for numbers: every line is a formula of them; the check puts numbers in, at three points."
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1)"
    if solution.options.carry == "rounded":
        return f"Every line is rounded to {shown}, half up, and exactly what is shown is used in the next line."
    return f"Numbers are shown to {shown}, half up; values are carried in full from line to line."


def _asked(solution: Worked) -> Iterator[Inline]:
    yield "Find: "
    for index, key in enumerate(solution.answers):
        yield ", " if index else ""
        yield solution.name(key)
    yield "."
