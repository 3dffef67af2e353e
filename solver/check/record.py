"""What the passes of one batch find, written down under the keys of the interface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from ..spec.network import Network
from .activations import Coupled
from .backends import Arrays, on_host
from .passes import Backward, Forward, backward, forward, local_slopes, parts, predicted, wire_gradients
from .wiring import Data, HostArray, Wiring

Values = dict[str, float]


class Record:
    """Runs the passes of some samples and writes down what they find.

    samples: their indices; with several samples in the network a quantity of one of them ends in [1], [2] ...
    found:   where it is written
    """

    def __init__(
        self, network: Network, wiring: Wiring, case: Data, samples: Sequence[int], on: Arrays, found: Values
    ) -> None:
        self.network, self.wiring, self.case, self.on, self.found = network, wiring, case, on, found
        self.inputs = on.place(case.inputs)
        self.targets = None if case.targets is None else on.place(case.targets)
        self.keeps = None if case.keeps is None else on.place(case.keeps)
        self.endings = [f"[{index + 1}]" for index in samples] if len(network.samples) > 1 else [""]
        self.dropped = {n.name for layer in network.layers if layer.name in network.dropout for n in layer.neurons}

    def passed(self, values: HostArray, prime: str = "") -> tuple[Forward, HostArray]:
        """The forward pass and each sample's error (empty without target); `prime` marks those after the update."""
        weights = [self.on.place(matrix) for matrix in self.wiring.weights(values)]
        passed = forward(self.wiring, weights, self.inputs, self.on, self.keeps)
        names, first = self.wiring.neurons, self.wiring.first
        self._table([f"in_{name}{prime}" for name in names], on_host(passed.nets))
        self._table([f"out_{name}{prime}" for name in names], on_host(passed.outs)[:, first:])
        self._of_dropped("drop_{}" + prime, on_host(passed.kept)[:, first:])
        return passed, self._errors(passed, prime)

    def _errors(self, passed: Forward, prime: str) -> HostArray:
        if self.targets is None:
            return numpy.zeros(0)
        y = predicted(self.wiring, passed.outs, self.on)
        by_output = on_host(parts(self.case, y, self.targets, self.on))
        by_sample: HostArray = by_output.sum(axis=1)
        for index, ending in enumerate(self.endings):
            for place, name in enumerate(self.network.outputs):
                if not _is_true_class(self.case, index, place):
                    self.found[f"E_{name}{prime}{ending}"] = float(by_output[index, place])
            self.found[f"E{prime}{ending}"] = float(by_sample[index])
        return by_sample

    def slopes(self, values: HostArray, passed: Forward) -> HostArray:
        """The backward pass; each sample's gradient by every parameter, (samples, parameters)."""
        y = predicted(self.wiring, passed.outs, self.on)
        slope = self.case.loss.slope(self.on.xp, y, self.targets, self.case.setting)
        weights = [self.on.place(matrix) for matrix in self.wiring.weights(values)]
        back = backward(self.wiring, weights, passed.nets, slope, self.on, self.keeps)
        self._reached(back)
        self._local_factors(passed)
        self._wires(values, passed, back)
        by_wire = on_host(wire_gradients(self.wiring, passed.kept, back.deltas, self.on))
        by_parameter = self.wiring.totals(by_wire)
        self._table([f"dE/d{key}" for key in self.wiring.keys], by_parameter)
        return by_parameter

    def _table(self, names: list[str], rows: HostArray) -> None:
        """Names across, samples down; a sample's ending goes where {} stands, else to the end."""
        names = [name if "{}" in name else f"{name}{{}}" for name in names]
        for ending, row in zip(self.endings, rows.tolist(), strict=True):
            self.found.update({name.replace("{}", ending): value for name, value in zip(names, row, strict=True)})

    def _of_dropped(self, key: str, rows: HostArray) -> None:
        """The columns, of those of all neurons, of neurons with dropout."""
        places = [place for place, name in enumerate(self.wiring.neurons) if name in self.dropped]
        self._table([key.format(self.wiring.neurons[place]) for place in places], rows[:, places])

    def _reached(self, back: Backward) -> None:
        outs, first = on_host(back.outs), self.wiring.first
        self._table([f"dE/d{name}" for name in self.network.inputs], outs[:, 1:first])
        self._table([f"dE/dout_{name}" for name in self.wiring.neurons], outs[:, first:])
        self._of_dropped("dE/ddrop_{}", on_host(back.kept)[:, first:])
        if self.case.keeps is not None:
            self._of_dropped("ddrop_{0}/dout_{0}", self.case.keeps[:, first:])
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

    def _wires(self, values: HostArray, passed: Forward, back: Backward) -> None:
        """What each wire does: din_o1/dw5, din_o1/dout_h1 and its path's share dE/dout_h1:o1 (dE/dout_h1[2]:o1)."""
        rows, columns = self.wiring.rows, self.wiring.columns
        weights = values[..., self.wiring.owners]
        targets = [self.wiring.neurons[row] for row in rows]
        keys = [self.wiring.keys[owner] for owner in self.wiring.owners]
        self._table(
            [f"din_{target}/d{key}" for target, key in zip(targets, keys, strict=True)],
            on_host(passed.kept)[:, columns],
        )
        inner = numpy.flatnonzero(columns > 0)
        sources = [self._spelled(columns[wire]) for wire in inner]
        ends = [targets[wire] for wire in inner]
        deltas = on_host(back.deltas)[:, rows[inner]]
        steady = numpy.broadcast_to(weights[..., inner], deltas.shape)
        self._table([f"din_{e}/d{s}" for e, s in zip(ends, sources, strict=True)], steady)
        self._table([f"dE/d{s}{{}}:{e}" for e, s in zip(ends, sources, strict=True)], deltas * weights[..., inner])

    def _spelled(self, node: int) -> str:
        """How a source is spelled in a derivative: i1 for an input, out_h1 or drop_h1 for a neuron."""
        name = self.wiring.nodes[node]
        if node < self.wiring.first:
            return name
        return f"drop_{name}" if name in self.dropped else f"out_{name}"


def _is_true_class(case: Data, sample: int, place: int) -> bool:
    """Whether an output is the true class of a multi-class hinge, which has no part in the error."""
    return case.by_class and case.labels[sample] == place
