"""Every quantity of a network problem by plain array code, which has never heard of steps or formulas.

This is the independent witness: it knows the problem and the mathematics, and nothing of the working.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..spec.network import Network
from .activations import Coupled
from .backends import Arrays, on_host
from .passes import Backward, Forward, backward, forward, local_slopes, parts, predicted, wire_gradients
from .wiring import Data, HostArray, data, wire

Values = dict[str, float]


def quantities(network: Network, xp: Any = numpy, device: Any = None, reduction: str = "mean") -> dict[str, float]:
    """Every quantity by its key: forward, error, local factors, deltas, gradients, steps, new values.

    xp, device: an array API namespace and a device of it (see `backend`). reduction: 'mean' or 'sum' over
    samples. With several samples a quantity of one of them ends in [1], [2] ...; totals have no ending.
    Without target the forward part only; new values and errors after the update where there is a
    learning rate. A quantity that cannot be computed (ln 0) is nan or infinite.
    """
    with numpy.errstate(all="ignore"):
        return _Recorder(network, Arrays(xp, device), reduction).everything()


class _Recorder:
    """Runs the passes and writes down what they find under the keys of the interface."""

    def __init__(self, network: Network, on: Arrays, reduction: str) -> None:
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction {reduction!r} is not known; choose mean or sum")
        self.network, self.on = network, on
        self.wiring, self.case = wire(network), data(network)
        self.inputs = on.place(self.case.inputs)
        self.targets = None if self.case.targets is None else on.place(self.case.targets)
        samples = len(network.samples)
        self.endings = [""] if samples == 1 else [f"[{index + 1}]" for index in range(samples)]
        self.share = 1 / samples if reduction == "mean" else 1.0
        self.found: Values = {}

    def everything(self) -> Values:
        """All quantities, in the order in which they come about."""
        passed = self._pass(self.wiring.values, "")
        if self.targets is None:
            return self.found
        gradients = self._slopes(passed)
        if self.network.learning_rate is not None:
            self._update(gradients, float(self.network.learning_rate.value))
        return self.found

    def _pass(self, values: HostArray, prime: str) -> Forward:
        """The forward pass and the errors; `prime` marks those after the update."""
        weights = self.on.place(self.wiring.matrix(values))
        passed = forward(self.wiring, weights, self.inputs, self.on)
        names = self.wiring.neurons
        self._table([f"in_{name}{prime}" for name in names], on_host(passed.nets))
        self._table([f"out_{name}{prime}" for name in names], on_host(passed.outs)[:, self.wiring.first :])
        if self.targets is not None:
            self._errors(passed, prime)
        return passed

    def _table(self, names: list[str], rows: HostArray) -> None:
        """Names across, samples down."""
        for ending, row in zip(self.endings, rows.tolist(), strict=True):
            self.found.update({name + ending: value for name, value in zip(names, row, strict=True)})

    def _errors(self, passed: Forward, prime: str) -> None:
        y = predicted(self.wiring, passed.outs, self.on)
        by_output = on_host(parts(self.case, y, self.targets, self.on))
        by_sample = by_output.sum(axis=1)
        for index, ending in enumerate(self.endings):
            for place, name in enumerate(self.network.outputs):
                if not _is_true_class(self.case, index, place):
                    self.found[f"E_{name}{prime}{ending}"] = float(by_output[index, place])
            self.found[f"E{prime}{ending}"] = float(by_sample[index])
        self.found[f"E{prime}"] = float(by_sample.sum()) * self.share

    def _slopes(self, passed: Forward) -> HostArray:
        """The backward pass; gives the gradient of the total error by every parameter."""
        y = predicted(self.wiring, passed.outs, self.on)
        slope = self.case.loss.slope(self.on.xp, y, self.targets, self.case.setting)
        weights = self.on.place(self.wiring.matrix(self.wiring.values))
        back = backward(self.wiring, weights, passed.nets, slope, self.on)
        self._reached(back)
        self._local_factors(passed)
        self._wires(passed, back)
        by_wire = on_host(wire_gradients(self.wiring, passed.outs, back.deltas, self.on))
        by_parameter = self.wiring.totals(by_wire)
        names = [f"dE/d{key}" for key in self.wiring.keys]
        self._table(names, by_parameter)
        gradients: HostArray = by_parameter.sum(axis=0) * self.share
        self.found.update(zip(names, gradients.tolist(), strict=True))
        return gradients

    def _reached(self, back: Backward) -> None:
        reached, first = on_host(back.reached), self.wiring.first
        self._table([f"dE/d{name}" for name in self.network.inputs], reached[:, 1:first])
        self._table([f"dE/dout_{name}" for name in self.wiring.neurons], reached[:, first:])
        deltas = on_host(back.deltas)
        self._table([f"delta_{name}" for name in self.wiring.neurons], deltas)
        self._table([f"dE/din_{name}" for name in self.wiring.neurons], deltas)

    def _local_factors(self, passed: Forward) -> None:
        for level in self.wiring.levels:
            net = passed.nets[:, level.start : level.stop]
            for group in level.groups:
                names = [self.wiring.neurons[level.start + place] for place in group.places]
                slopes = on_host(local_slopes(group, net, self.on))
                if isinstance(group.rule, Coupled):
                    pairs = [f"dout_{out}/din_{inner}" for out in names for inner in names]
                    self._table(pairs, slopes.reshape(len(self.endings), -1))
                else:
                    self._table([f"dout_{name}/din_{name}" for name in names], slopes)

    def _wires(self, passed: Forward, back: Backward) -> None:
        """What each wire does: din_o1/dw5, din_o1/dout_h1 and its path's share dE/dout_h1:o1."""
        rows, columns = self.wiring.rows, self.wiring.columns
        weights = self.wiring.values[self.wiring.owners]
        targets = [self.wiring.neurons[row] for row in rows]
        keys = [self.wiring.keys[owner] for owner in self.wiring.owners]
        self._table(
            [f"din_{target}/d{key}" for target, key in zip(targets, keys, strict=True)],
            on_host(passed.outs)[:, columns],
        )
        inner = numpy.flatnonzero(columns > 0)
        sources = [self._spelled(columns[wire]) for wire in inner]
        ends = [targets[wire] for wire in inner]
        steady = numpy.tile(weights[inner], (len(self.endings), 1))
        self._table([f"din_{e}/d{s}" for e, s in zip(ends, sources, strict=True)], steady)
        shares = on_host(back.deltas)[:, rows[inner]] * weights[inner]
        self._table([f"dE/d{s}:{e}" for e, s in zip(ends, sources, strict=True)], shares)

    def _spelled(self, node: int) -> str:
        """How a source is spelled in a derivative: i1 for an input, out_h1 for a neuron."""
        name = self.wiring.nodes[node]
        return name if node < self.wiring.first else f"out_{name}"

    def _update(self, gradients: HostArray, rate: float) -> None:
        """Steps and new values, all from old weights at once, and the forward pass after them."""
        moves = ~self.wiring.biases | self.network.update_biases
        steps = numpy.where(moves, -rate * gradients, 0.0)
        changed = self.wiring.values + steps
        for index in numpy.flatnonzero(moves):
            key = self.wiring.keys[index]
            self.found[f"step_{key}"] = float(steps[index])
            self.found[f"{key}'"] = float(changed[index])
        self._pass(changed, "'")


def _is_true_class(case: Data, sample: int, place: int) -> bool:
    """Whether an output is the true class of a multi-class hinge, which has no part in the error."""
    return case.by_class and case.labels[sample] == place
