"""kind: backprop: a feed-forward network worked from the inputs to the updated weights.

Only the forward steps, the error and the update are written; the gradients come from `backward`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from .. import notation as n
from ..algebra import Expr, Rational, difference, product, quotient, symbol, total
from ..algebra import Integer as Whole
from ..backward import Backward, Manner
from ..catalog.activations import LAYER_ACTIVATIONS
from ..spec.network import Layer, Network, Neuron, Parameter
from ..spec.number import Number
from ..working import Step, Working
from .forward import Forward, settings
from .names import Names, Run, target_key
from .update import Updates

FORWARD, ERROR, BACKWARD, AVERAGE, UPDATE, AFTER = (
    "Forward pass",
    "Error",
    "Backward pass",
    "Gradient of the batch",
    "Update",
    "Error after the step",
)


def work(network: Network, style: str = "chain") -> Working:
    """The Working of one epoch: givens, forward pass, error, gradients, update, error after it.

    style: 'chain' writes every local factor as a line; 'delta' and 'matrix' go by the deltas.
    """
    return Epoch(network, style).work()


class Epoch:
    """The lines of one epoch.

    first: the number of its first update, as optimizers count it; a symbol in a loop, where t is given
    after: whether the error after the update belongs to it
    state: keys of what the epoch before left, where they are given
    """

    def __init__(
        self, network: Network, style: str, first: Expr | None = None, *, after: bool = True, state: Sequence[str] = ()
    ) -> None:
        first = Whole(network.training.optimizer.t) if first is None else first
        self.after = after
        self.left = state
        self.network = network
        self.style = style
        self.names = Names(network)
        self.working = Working()
        self.parameters = network.parameters
        self.current = {p.key: p.key for p in self.parameters}
        self.updates = Updates(network, self.names, self.working, first)
        self.runs = [Run(index) for index in range(1, len(network.samples) + 1)]
        if len(self.runs) == 1:
            self.runs = [Run()]

    def work(self) -> Working:
        """The lines of one epoch, and of the error after it where it is the only one."""
        self._givens()
        network, whole = self.network, tuple(range(1, len(self.runs) + 1))
        batches, epochs = (network.batches, network.training.epochs) if network.learns else ((whole,), 1)
        number = 0
        for epoch in range(1, network.training.show_epochs + 1):
            for batch in batches:
                number += 1
                only = number == len(batches) and epochs == 1
                self._batch(number, batch, epoch, "" if only else f"@{number}")
        if network.learns and epochs == 1 and self.after:
            self._after()
        return self.working

    def errors(self) -> Working:
        """Only the forward pass of every sample and the error over all of them."""
        self._givens()
        for run in self.runs:
            self._pass(run, (FORWARD, ERROR), self.current)
        self._reduced_error(self.runs, Run(), ERROR)
        return self.working

    def _batch(self, number: int, batch: tuple[int, ...], epoch: int, stage: str) -> None:
        """Forward, error and gradients of a batch's samples at the same weights, then the update."""
        network = self.network
        runs = [replace(self.runs[sample - 1], epoch=epoch) for sample in batch]
        several = len(network.batches) > 1 or network.training.epochs > 1
        count = f" {number}" if several and network.learns else ""
        section = f"{UPDATE}{count}"
        points = self.current
        if network.learns:
            points = self.updates.looked_ahead(self.current, number, stage, section)
        for run in runs:
            self._pass(run, (FORWARD, ERROR), points)
        if not network.samples[0].has_target:
            return
        if len(runs) == len(network.samples):
            whole = Run(epoch=epoch)
            self._reduced_error(runs, whole, f"{ERROR}{_of(whole)}")
        for run in runs:
            self._gradients(run, points, stage)
        self._batch_gradient(runs, stage, f"{AVERAGE}{count}")
        if network.learns:
            gradients = {p.key: f"dE/d{p.key}{stage}" for p in self.parameters}
            self.current = self.updates.add(self.current, gradients, number, stage, section)

    def _pass(self, run: Run, sections: tuple[str, str], points: Mapping[str, str]) -> None:
        first, second = (f"{section}{_of(run)}" for section in sections)
        Forward(self.network, self.names, self.working, run, (first, second), points).add()

    # givens

    def _givens(self) -> None:
        give, names, network = self.working.give, self.names, self.network
        for run, sample in zip(self.runs, network.samples, strict=True):
            for name, value in zip(network.inputs, sample.inputs, strict=True):
                give(f"{name}{run.given}", value, names.input(name, run))
        for parameter in self.parameters:
            give(parameter.key, parameter.value, names.parameter(parameter.key))
        for letter, value in settings(network).items():
            give(letter, value, names.setting(letter))
        for run, sample in zip(self.runs, network.samples, strict=True):
            for neuron, target in zip(network.outputs, sample.targets, strict=False):
                give(f"{target_key(network, neuron)}{run.given}", target, names.target(neuron, run))
        self._dropout_givens()
        self.updates.give()
        self.updates.resume(self.left)

    def _dropout_givens(self) -> None:
        for layer in self.network.layers:
            dropout = self.network.dropout.get(layer.name)
            if dropout is None:
                continue
            self.working.give(f"keep_{layer.name}", dropout.keep, n.Name("keep", layer.name, upright=True))
            for index, run in enumerate(self.runs):
                mask = dropout.masks[index if len(dropout.masks) > 1 else 0]
                for neuron, bit in zip(layer.neurons, mask, strict=True):
                    self.working.give(f"m_{neuron.name}{run.given}", Number.of(bit), self.names.mask(neuron.name, run))

    # error

    def _reduced_error(self, runs: list[Run], whole: Run, section: str) -> None:
        """E of several samples: the mean, or the sum, of each sample's own."""
        if len(runs) > 1:
            terms = [symbol(run.key("E")) for run in runs]
            self._add(whole.key("E"), "average", self._reduced(terms), self.names.error("", whole), section)

    def _reduced(self, terms: list[Expr]) -> Expr:
        if len(terms) == 1:
            return terms[0]
        if self.network.training.reduction == "sum":
            return total(terms)
        return product(Rational(1, len(terms)), total(terms))

    # gradients

    def _gradients(self, run: Run, points: Mapping[str, str], stage: str) -> None:
        backward = self._backward(run, points, stage)
        for layer in reversed(self.network.layers):
            for neuron in layer.neurons:
                net = run.key(f"in_{neuron.name}")
                backward.require(net)
                if self.style != "chain":
                    backward.local(run.key(f"out_{neuron.name}"), net)
                self._short_form(layer, neuron, run)
                for wire in neuron.wires:
                    backward.require(points[wire.weight.key])
                if neuron.bias and neuron == _last_with(neuron.bias, layer):
                    backward.require(points[neuron.bias.key])

    def _backward(self, run: Run, points: Mapping[str, str], stage: str) -> Backward:
        chain, tag = self.style == "chain", run.tag
        # the gradient of the only sample is already that of its batch
        end = tag if run.sample else stage
        deltas = {
            run.key(f"in_{m.name}"): (run.key(f"delta_{m.name}"), self._delta_name(m, run))
            for m in self.network.neurons
        }
        gradients = {at: (f"dE/d{key}{end}", self.names.gradient(key, run)) for key, at in points.items()}
        manner = Manner(
            f"{BACKWARD}{_of(run)}",
            adjoints=deltas | gradients,
            adjoint_key=lambda of, key: f"dE/d{key.removesuffix(tag)}{tag}",
            slope_key=lambda of, key: f"d{of.removesuffix(tag)}/d{self._plain(key).removesuffix(tag)}{tag}",
            via=lambda key: key.removesuffix(tag).partition("_")[2],
            factors=lambda key: chain and key.startswith("in_"),
            opened=lambda key: self.style == "delta" and key.startswith("out_") and not self._joined(key),
            apart=lambda step, key: self._apart(step),
        )
        return Backward(self.working, run.key("E"), points.values(), manner, held=points.values())

    def _plain(self, key: str) -> str:
        """A parameter without the update after which it stands, or the look ahead."""
        return key.partition("@")[0].removeprefix("ahead_")

    def _apart(self, step: Step) -> bool:
        """Whether a slope of this line is a line of its own before it is used."""
        if self.style == "matrix":
            return step.rule != "weighted_sum"
        return self.style == "chain" or self._joined(step.key)

    def _joined(self, key: str) -> bool:
        """Whether this is an output of softmax or the like, which depends on every net input of its layer."""
        step = self.working.steps[key]
        return step.rule == "activation" and step.about[1] in LAYER_ACTIVATIONS

    def _delta_name(self, neuron: Neuron, run: Run) -> n.Node:
        if self.style == "chain":
            return n.Partial(self.names.error("", run), self.names.net(neuron.name, run))
        return self.names.delta(neuron.name, run)

    def _short_form(self, layer: Layer, neuron: Neuron, run: Run) -> None:
        formula = short_form(self.network, layer, neuron, run)
        if formula is not None:
            key = run.key(f"delta_{neuron.name}")
            section = f"{BACKWARD}{_of(run)}"
            self._add(f"{key}:short", "short_form", formula, self._delta_name(neuron, run), section, (key,))

    def _batch_gradient(self, runs: list[Run], stage: str, section: str) -> None:
        if not runs[0].sample:
            return
        for parameter in self.parameters:
            terms = [symbol(f"dE/d{parameter.key}{run.tag}") for run in runs]
            name = n.Partial(self.names.error(), self.names.parameter(parameter.key, stage))
            self._add(f"dE/d{parameter.key}{stage}", "average", self._reduced(terms), name, section, (parameter.key,))

    def _after(self) -> None:
        runs = [replace(run, prime="'") for run in self.runs]
        for run in runs:
            self._pass(run, (AFTER, AFTER), self.current)
        self._reduced_error(runs, Run(0, "'"), AFTER)

    def _add(self, key: str, rule: str, formula: Expr, name: n.Node, section: str, about: tuple[str, ...] = ()) -> None:
        self.working.add(Step(key, rule, formula, name, section, about=about))


def _of(run: Run) -> str:
    sample = f", sample {run.sample}" if run.sample else ""
    return sample + (f", epoch {run.epoch}" if run.epoch > 1 else "")


def _last_with(bias: Parameter, layer: Layer) -> Neuron:
    """The neuron after which the gradient of this bias can be summed up."""
    return [m for m in layer.neurons if m.bias == bias][-1]


def short_form(network: Network, layer: Layer, neuron: Neuron, run: Run) -> Expr | None:
    """The difference to which the chain of this output collapses, if it is such a pair.

    Softmax with cross-entropy and targets that add to 1: out - t.
    Sigmoid with binary cross-entropy over n outputs: (out - t)/n.
    An output that other neurons read as well reaches the error by more paths than this one.
    """
    loss, kind, sample = network.loss.name, neuron.activation.name, network.samples[max(run.sample - 1, 0)]
    read = any(wire.source == neuron.name for m in network.neurons for wire in m.wires)
    if neuron.name not in network.outputs or read:
        return None
    out = symbol(run.key(f"out_{neuron.name}"))
    if (loss, kind) == ("sparse_cce", "softmax") and {m.name for m in layer.neurons} == set(network.outputs):
        return difference(out, Whole(1)) if network.outputs.index(neuron.name) == sample.label else out
    gap = difference(out, symbol(f"{target_key(network, neuron.name)}{run.given}"))
    if (loss, kind) == ("bce", "sigmoid"):
        return gap if len(network.outputs) == 1 else quotient(gap, Whole(len(network.outputs)))
    whole = sum((t.value for t in sample.targets), Fraction(0)) == 1
    group = {m.name for m in layer.neurons if m.activation.name == "softmax"}
    if (loss, kind) == ("cce", "softmax") and whole and group == set(network.outputs):
        return gap
    return None
