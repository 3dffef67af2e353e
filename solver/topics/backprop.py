"""kind: backprop: a feed-forward network worked from the inputs to the updated weights.

Only the forward steps, the error and the update are written here; the gradients come from `backward`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from .. import notation as n
from ..algebra import Expr, difference, negative, product, quotient, symbol, total
from ..algebra import Integer as Whole
from ..backward import Backward, Manner
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..notation import Call
from ..spec.network import Layer, Network, Neuron, Parameter, Sample
from ..spec.number import Number
from ..working import Step, Working
from .names import Names, target_key

FORWARD, ERROR, BACKWARD, UPDATE, AFTER = (
    "Forward pass",
    "Error",
    "Backward pass",
    "Update",
    "Error after the step",
)


def work(network: Network, style: str = "chain") -> Working:
    """The Working of a network problem: givens, forward pass, error, gradients, update, error after it.

    style: 'chain' writes every local factor as a line; 'delta' and 'matrix' go by the deltas.
    """
    return _Network(network, style).work()


class _Network:
    def __init__(self, network: Network, style: str) -> None:
        self.network = network
        self.style = style
        self.names = Names(network)
        self.working = Working()
        self.sample: Sample = network.samples[0]

    def work(self) -> Working:
        self._givens()
        self._forward("", FORWARD)
        if self.sample.has_target:
            self._error("", ERROR)
            self._gradients()
            if self.network.learning_rate is not None:
                self._update()
                self._forward("'", AFTER)
                self._error("'", AFTER)
        return self.working

    # givens

    def _givens(self) -> None:
        give, names, network = self.working.give, self.names, self.network
        for name, value in zip(network.inputs, self.sample.inputs, strict=True):
            give(name, value, names.input(name))
        for parameter in _in_order(network):
            give(parameter.key, parameter.value, names.parameter(parameter.key))
        for letter, value in settings(network).items():
            give(letter, value, names.setting(letter))
        for neuron, target in zip(network.outputs, self.sample.targets, strict=False):
            give(target_key(network, neuron), target, names.target(neuron))
        if network.learning_rate is not None:
            give("eta", network.learning_rate, names.rate())

    # forward pass

    def _forward(self, prime: str, section: str) -> None:
        for layer in self.network.layers:
            for neuron in layer.neurons:
                self._net_input(neuron, prime, section)
                if neuron.activation.name not in LAYER_ACTIVATIONS:
                    self._output(neuron, prime, section)
            for neuron in layer.neurons:
                if neuron.activation.name in LAYER_ACTIVATIONS:
                    self._layer_output(layer, neuron, prime, section)

    def _source(self, name: str, prime: str) -> Expr:
        return symbol(name if name in self.network.inputs else f"out_{name}{prime}")

    def _parameter(self, parameter: Parameter, prime: str) -> Expr:
        moved = f"{parameter.key}{prime}"
        return symbol(moved if moved in self.working else parameter.key)

    def _net_input(self, neuron: Neuron, prime: str, section: str) -> None:
        pairs = [(self._parameter(w.weight, prime), self._source(w.source, prime)) for w in neuron.wires]
        terms = [product(weight, source) for weight, source in pairs]
        slopes = {weight.name: source for weight, source in pairs}
        slopes |= {source.name: weight for weight, source in pairs}
        if neuron.bias:
            bias = self._parameter(neuron.bias, prime)
            terms.append(bias)
            slopes[bias.name] = Whole(1)
        self._add(
            f"in_{neuron.name}{prime}",
            "weighted_sum",
            total(terms),
            self.names.net(neuron.name, prime),
            section,
            slopes=slopes,
            about=(neuron.name,),
        )

    def _output(self, neuron: Neuron, prime: str, section: str) -> None:
        row = ACTIVATIONS[neuron.activation.name]
        net = symbol(f"in_{neuron.name}{prime}")
        out = symbol(f"out_{neuron.name}{prime}")
        setting = symbol(_letter(self.network, neuron.activation.name, neuron.activation.setting))
        self._add(
            out.name,
            "activation",
            row.formula(net, setting),
            self.names.out(neuron.name, prime),
            section,
            short=Call(row.sign, (self.names.net(neuron.name, prime),)) if row.sign != "id" else None,
            slopes={net.name: row.slope(net, out, setting)},
            about=(neuron.name, neuron.activation.name),
        )

    def _layer_output(self, layer: Layer, neuron: Neuron, prime: str, section: str) -> None:
        kind = neuron.activation.name
        group = [m.name for m in layer.neurons if m.activation.name == kind]
        row = LAYER_ACTIVATIONS[kind]
        nets = [symbol(f"in_{name}{prime}") for name in group]
        outs = [symbol(f"out_{name}{prime}") for name in group]
        index = group.index(neuron.name)
        # the slopes speak of all outputs of the layer, also of those worked after this one:
        # the backward pass comes after all of them
        self._add(
            outs[index].name,
            "activation",
            row.formula(nets, index),
            self.names.out(neuron.name, prime),
            section,
            short=Call(row.sign, (self.names.net(neuron.name, prime),)),
            slopes={net.name: row.slope(outs, index, into) for into, net in enumerate(nets)},
            about=(neuron.name, kind),
        )

    # error

    def _error(self, prime: str, section: str) -> None:
        parts = self._class_parts(prime) if self.sample.label is not None else self._parts(prime)
        keys = []
        for neuron, formula, slopes in parts:
            keys.append(f"E_{neuron}{prime}")
            name = self.names.error(neuron, prime)
            self._add(keys[-1], "loss", formula, name, section, slopes=slopes, about=(neuron,))
        self._add(f"E{prime}", "total", total(symbol(k) for k in keys), self.names.error("", prime), section)

    def _parts(self, prime: str) -> Iterable[tuple[str, Expr, dict[str, Expr]]]:
        row, outputs = LOSSES[self.network.loss.name], self.network.outputs
        setting = symbol(row.setting or "_")
        for neuron in outputs:
            t, y = symbol(target_key(self.network, neuron)), symbol(f"out_{neuron}{prime}")
            yield (
                neuron,
                row.part(t, y, len(outputs), setting),
                {y.name: row.slope(t, y, len(outputs), setting)},
            )

    def _class_parts(self, prime: str) -> Iterable[tuple[str, Expr, dict[str, Expr]]]:
        assert self.sample.label is not None
        outs = [symbol(f"out_{name}{prime}") for name in self.network.outputs]
        for index, formula, slopes in CLASS_LOSSES[self.network.loss.name].parts(outs, self.sample.label):
            yield self.network.outputs[index], formula, {outs[i].name: s for i, s in slopes.items()}

    # gradients

    def _gradients(self) -> None:
        wanted = [p.key for p in _in_order(self.network)]
        manner = Manner(
            BACKWARD,
            adjoints={f"in_{m.name}": (f"delta_{m.name}", self._delta_name(m)) for m in self.network.neurons},
            via=lambda key: key.partition("_")[2],
            factors=lambda key: self.style == "chain" and key.startswith("in_"),
            opened=lambda key: self.style != "chain" and key.startswith("out_") and not self._joined(key),
            apart=lambda step, key: self.style == "chain" or self._joined(step.key),
        )
        backward = Backward(self.working, "E", wanted, manner)
        for layer in reversed(self.network.layers):
            for neuron in layer.neurons:
                backward.require(f"in_{neuron.name}")
                if self.style != "chain":
                    backward.local(f"out_{neuron.name}", f"in_{neuron.name}")
                self._short_form(layer, neuron)
                for wire in neuron.wires:
                    backward.require(wire.weight.key)
                if neuron.bias and neuron == _last_with(self.network, neuron.bias, layer):
                    backward.require(neuron.bias.key)

    def _joined(self, key: str) -> bool:
        """Whether this is an output of softmax or the like, which depends on every net input of its layer."""
        step = self.working.steps[key]
        return step.rule == "activation" and step.about[1] in LAYER_ACTIVATIONS

    def _delta_name(self, neuron: Neuron) -> n.Node:
        if self.style == "chain":
            return n.Partial(self.names.error(), self.names.net(neuron.name))
        return self.names.delta(neuron.name)

    def _short_form(self, layer: Layer, neuron: Neuron) -> None:
        formula = short_form(self.network, layer, neuron)
        if formula is not None:
            key = f"delta_{neuron.name}"
            self._add(f"{key}:short", "short_form", formula, self._delta_name(neuron), BACKWARD, about=(key,))

    # update

    def _update(self) -> None:
        rate = symbol("eta")
        moved = self.network.weights + (self.network.biases if self.network.update_biases else ())
        keys = {parameter.key for parameter in moved}
        for parameter in _in_order(self.network):
            key = parameter.key
            if key not in keys:
                continue
            gradient = symbol(f"dE/d{key}")
            self._add(
                f"step_{key}",
                "change",
                negative(product(rate, gradient)),
                self.names.change(key),
                UPDATE,
                about=(key,),
            )
            self._add(
                f"{key}'",
                "update",
                difference(symbol(key), product(rate, gradient)),
                self.names.parameter(key, "'"),
                UPDATE,
                about=(key,),
            )

    def _add(
        self,
        key: str,
        rule: str,
        formula: Expr,
        name: n.Node,
        section: str,
        *,
        short: n.Node | None = None,
        slopes: dict[str, Expr] | None = None,
        about: tuple[str, ...] = (),
    ) -> None:
        self.working.add(Step(key, rule, formula, name, section, short, slopes or {}, about))


def _in_order(network: Network) -> list[Parameter]:
    """Weights and biases as the network is read: each neuron's weights, then its bias (a shared one once)."""
    found: dict[str, Parameter] = {}
    for neuron in network.neurons:
        for parameter in (*(w.weight for w in neuron.wires), *([neuron.bias] if neuron.bias else [])):
            found.setdefault(parameter.key, parameter)
    return list(found.values())


def _last_with(network: Network, bias: Parameter, layer: Layer) -> Neuron:
    """The neuron after which the gradient of this bias can be summed up."""
    return [m for m in layer.neurons if m.bias == bias][-1]


def settings(network: Network) -> dict[str, Number]:
    """The settings of activations and loss by the letter that stands for them: a, alpha, delta."""
    found: dict[str, Number] = {}
    for neuron in network.neurons:
        activation = neuron.activation
        if activation.setting is not None:
            found[_letter(network, activation.name, activation.setting)] = activation.setting
    if network.loss.setting is not None:
        found[LOSSES[network.loss.name].setting] = network.loss.setting
    return found


def _letter(network: Network, activation: str, setting: Number | None) -> str:
    """The letter of an activation's setting; with a number when several values of it occur."""
    if setting is None:
        return "_"
    letter = ACTIVATIONS[activation].setting
    values = list(
        dict.fromkeys(
            m.activation.setting.text
            for m in network.neurons
            if m.activation.setting is not None and ACTIVATIONS[m.activation.name].setting == letter
        )
    )
    return letter if len(values) == 1 else f"{letter}_{values.index(setting.text) + 1}"


def short_form(network: Network, layer: Layer, neuron: Neuron) -> Expr | None:
    """The difference to which the chain of this output collapses, if it is such a pair.

    Softmax with cross-entropy and targets that add to 1: out - t.
    Sigmoid with binary cross-entropy over n outputs: (out - t)/n.
    """
    loss, kind, sample = network.loss.name, neuron.activation.name, network.samples[0]
    if neuron.name not in network.outputs:
        return None
    out = symbol(f"out_{neuron.name}")
    if (loss, kind) == ("sparse_cce", "softmax") and {m.name for m in layer.neurons} == set(network.outputs):
        return difference(out, Whole(1)) if network.outputs.index(neuron.name) == sample.label else out
    gap = difference(out, symbol(target_key(network, neuron.name)))
    if (loss, kind) == ("bce", "sigmoid"):
        return gap if len(network.outputs) == 1 else quotient(gap, Whole(len(network.outputs)))
    whole = sum((t.value for t in sample.targets), Fraction(0)) == 1
    group = {m.name for m in layer.neurons if m.activation.name == "softmax"}
    if (loss, kind) == ("cce", "softmax") and whole and group == set(network.outputs):
        return gap
    return None
