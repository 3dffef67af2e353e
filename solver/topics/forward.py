"""One pass through a network: net inputs, outputs, dropout, and the error of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..algebra import Expr, Symbol, product, quotient, symbol, total
from ..algebra import Integer as Whole
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..notation import Call, Node
from ..spec.network import Layer, Network, Neuron, Parameter, Sample
from ..spec.number import Number
from ..working import Step, Working
from .names import Names, Run, target_key


class Forward:
    """Adds the forward pass and the error of one run to a Working.

    current: the key at which each weight and bias stands at this moment (w5, or w5' after the update)
    """

    def __init__(
        self,
        network: Network,
        names: Names,
        working: Working,
        run: Run,
        sections: tuple[str, str],
        current: Mapping[str, str],
    ) -> None:
        self.network = network
        self.names = names
        self.working = working
        self.run = run
        self.current = current
        self.forward_section, self.error_section = sections
        self.sample: Sample = network.samples[max(run.sample - 1, 0)]
        self.tag = run.given

    def add(self) -> None:
        """The forward pass, and the error where the sample has a target."""
        for layer in self.network.layers:
            self._layer(layer)
        if self.sample.has_target:
            self._error()

    def _layer(self, layer: Layer) -> None:
        for neuron in layer.neurons:
            self._net_input(neuron)
            if neuron.activation.name not in LAYER_ACTIVATIONS:
                self._output(neuron)
        for neuron in layer.neurons:
            if neuron.activation.name in LAYER_ACTIVATIONS:
                self._layer_output(layer, neuron)
        if layer.name in self.network.dropout:
            for neuron in layer.neurons:
                self._dropped(layer, neuron)

    def _symbol(self, base: str) -> Symbol:
        return symbol(self.run.key(base))

    def _source(self, name: str) -> Expr:
        """What a wire carries: an input, an output, or an output after dropout."""
        if name in self.network.inputs:
            return symbol(f"{name}{self.tag}")
        dropped = self.run.key(f"drop_{name}")
        return symbol(dropped if dropped in self.working else self.run.key(f"out_{name}"))

    def _parameter(self, parameter: Parameter) -> Symbol:
        return symbol(self.current.get(parameter.key, parameter.key))

    def _net_input(self, neuron: Neuron) -> None:
        pairs = [(self._parameter(w.weight), self._source(w.source)) for w in neuron.wires]
        terms = [product(weight, source) for weight, source in pairs]
        slopes = {weight.name: source for weight, source in pairs}
        slopes |= {source.name: weight for weight, source in pairs}
        if neuron.bias:
            bias = self._parameter(neuron.bias)
            terms.append(bias)
            slopes[bias.name] = Whole(1)
        name = self.names.net(neuron.name, self.run)
        self._step(f"in_{neuron.name}", "weighted_sum", total(terms), name, slopes=slopes, about=(neuron.name,))

    def _output(self, neuron: Neuron) -> None:
        row = ACTIVATIONS[neuron.activation.name]
        net, out = self._symbol(f"in_{neuron.name}"), self._symbol(f"out_{neuron.name}")
        setting = symbol(setting_letter(self.network, neuron.activation.name, neuron.activation.setting))
        self._step(
            f"out_{neuron.name}",
            "activation",
            row.formula(net, setting),
            self.names.out(neuron.name, self.run),
            short=Call(row.sign, (self.names.net(neuron.name, self.run),)) if row.sign != "id" else None,
            slopes={net.name: row.slope(net, out, setting)},
            about=(neuron.name, neuron.activation.name),
        )

    def _layer_output(self, layer: Layer, neuron: Neuron) -> None:
        kind = neuron.activation.name
        group = [m.name for m in layer.neurons if m.activation.name == kind]
        row = LAYER_ACTIVATIONS[kind]
        nets = [self._symbol(f"in_{name}") for name in group]
        outs = [self._symbol(f"out_{name}") for name in group]
        index = group.index(neuron.name)
        # the slopes speak of all outputs of the layer, also of those worked after this one:
        # the backward pass comes after all of them
        self._step(
            f"out_{neuron.name}",
            "activation",
            row.formula(nets, index),
            self.names.out(neuron.name, self.run),
            short=Call(row.sign, (self.names.net(neuron.name, self.run),)),
            slopes={net.name: row.slope(outs, index, into) for into, net in enumerate(nets)},
            about=(neuron.name, kind),
        )

    def _dropped(self, layer: Layer, neuron: Neuron) -> None:
        out, mask = self._symbol(f"out_{neuron.name}"), symbol(f"m_{neuron.name}{self.tag}")
        kept = product(mask, out)
        if self.network.dropout[layer.name].inverted:
            kept = quotient(kept, symbol(f"keep_{layer.name}"))
        self._step(
            f"drop_{neuron.name}",
            "dropout",
            kept,
            self.names.dropped(neuron.name, self.run),
            about=(neuron.name,),
        )

    def _error(self) -> None:
        parts = self._class_parts() if self.sample.label is not None else self._parts()
        keys = []
        for neuron, formula, slopes in parts:
            keys.append(self.run.key(f"E_{neuron}"))
            name = self.names.error(neuron, self.run)
            self._step(f"E_{neuron}", "loss", formula, name, slopes=slopes, about=(neuron,), error=True)
        self._step("E", "total", total(map(symbol, keys)), self.names.error("", self.run), error=True)

    def _parts(self) -> Iterable[tuple[str, Expr, dict[str, Expr]]]:
        row, outputs = LOSSES[self.network.loss.name], self.network.outputs
        setting = symbol(row.setting or "_")
        for neuron in outputs:
            t, y = symbol(f"{target_key(self.network, neuron)}{self.tag}"), self._symbol(f"out_{neuron}")
            arguments = (t, y, len(outputs), setting)
            yield neuron, row.part(*arguments), {y.name: row.slope(*arguments)}

    def _class_parts(self) -> Iterable[tuple[str, Expr, dict[str, Expr]]]:
        outs = [self._symbol(f"out_{name}") for name in self.network.outputs]
        for index, formula, slopes in CLASS_LOSSES[self.network.loss.name].parts(outs, self.sample.label or 0):
            yield self.network.outputs[index], formula, {outs[i].name: s for i, s in slopes.items()}

    def _step(
        self,
        base: str,
        rule: str,
        formula: Expr,
        name: Node,
        *,
        short: Node | None = None,
        slopes: dict[str, Expr] | None = None,
        about: tuple[str, ...] = (),
        error: bool = False,
    ) -> None:
        section = self.error_section if error else self.forward_section
        self.working.add(Step(self.run.key(base), rule, formula, name, section, short, slopes or {}, about))


def settings(network: Network) -> dict[str, Number]:
    """The settings of activations and loss by the letter that stands for them: a, alpha, delta."""
    found: dict[str, Number] = {}
    for neuron in network.neurons:
        activation = neuron.activation
        if activation.setting is not None:
            found[setting_letter(network, activation.name, activation.setting)] = activation.setting
    if network.loss.setting is not None:
        found[LOSSES[network.loss.name].setting] = network.loss.setting
    return found


def setting_letter(network: Network, activation: str, setting: Number | None) -> str:
    """The letter of an activation's setting; with a number when several values of it occur."""
    if setting is None:
        return "_"
    letter = ACTIVATIONS[activation].setting
    texts = [
        m.activation.setting.text
        for m in network.neurons
        if m.activation.setting is not None and ACTIVATIONS[m.activation.name].setting == letter
    ]
    values = list(dict.fromkeys(texts))
    return letter if len(values) == 1 else f"{letter}_{values.index(setting.text) + 1}"
