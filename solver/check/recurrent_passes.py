"""The forward pass of a recurrent problem on whole arrays, one row for each variant of its weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy

from ..spec.recurrent_problem import Block, Gate, Recurrence, Recurrent, Target
from .backends import Arrays, on_host
from .losses import CLASS_HINGE, LOSSES, SETTINGS, Loss
from .recurrent_tape import Tape, Var

Weights = Callable[[Block, int], Any]


def stated(on: Arrays) -> Weights:
    """The weights as the problem states them, in one variant."""

    def weights(block: Block, time: int) -> Any:
        grid = block.copies[time - 1 if block.own else 0]
        numbers = numpy.asarray([[float(number.value) for number in row] for row in grid])
        return on.place(numbers[:, 0][None, :] if block.vector else numbers[None, :, :])

    return weights


class Run:
    """One forward pass.

    states:  every named vector by its letter and time
    weights: the matrices and biases as leaves of the tape, one for each time that uses them
    """

    def __init__(self, problem: Recurrent, on: Arrays, weights: Weights) -> None:
        self.problem = problem
        self.tape = Tape(on)
        self.on = on
        self._numbers = weights
        self.states: dict[tuple[str, int], Var] = {}
        self.weights: dict[tuple[str, int], Var] = {}
        self._start()
        self._through()

    def _start(self) -> None:
        for time, vector in enumerate(self.problem.inputs, 1):
            self._given("x", time, vector)
        for one in self.problem.recurrences:
            time = self.problem.steps + 1 if one.backwards else 0
            self._given(f"h{one.tag}", time, one.hidden)
            if one.cell_state:
                self._given(f"c{one.tag}", time, one.cell_state)

    def _given(self, letter: str, time: int, numbers: Sequence[Any]) -> None:
        values = self.on.place(numpy.asarray([[float(number.value) for number in numbers]]))
        self._keep(letter, time, self.tape.put(values, f"{letter}_{time}"))

    def _keep(self, letter: str, time: int, var: Var) -> Var:
        self.states[letter, time] = var
        return var

    def _through(self) -> None:
        """Layer by layer; with feedback the output of one time is the input of the next, so time by time."""
        problem, times = self.problem, list(range(1, self.problem.steps + 1))
        if problem.feedback:
            for time in times:
                below: Var | None = self._input(time)
                for (one,) in problem.layers:
                    below = self._recurrence(one, time, below)
                self._output(time, [below])
            return
        level: Mapping[int, Var | None] = {time: self._input(time) for time in times}
        for layer in problem.layers:
            for one in layer:
                for time in reversed(times) if one.backwards else times:
                    self._recurrence(one, time, level[time])
            level = {time: self._joined([self.states[f"h{one.tag}", time] for one in layer]) for time in times}
        for time in problem.output_times:
            self._output(time, [level[time]])

    def _joined(self, parts: list[Var]) -> Var:
        return parts[0] if len(parts) == 1 else self.tape.joined(parts)

    def _input(self, time: int) -> Var | None:
        given = self.states.get(("x", time))
        if given is None and self.problem.feedback:
            given = self.states["y", time - 1]
        if given is None:
            return None
        for gate in self.problem.input_layers:
            given = self._gate(gate, time, {"below": given})
        return given

    def _weight(self, block: Block, time: int) -> Var:
        found = self.weights.get((block.name, time))
        if found is None:
            found = self.weights[block.name, time] = self.tape.put(self._numbers(block, time))
        return found

    def _gate(self, gate: Gate, time: int, sources: Mapping[str, Var | None], added: Sequence[Var] = ()) -> Var:
        name, linear = f"{gate.letter}_{time}", gate.activation.name == "linear"
        terms = list(added)
        for part in gate.parts:
            source = sources[part.source]
            if source is not None:
                terms.append(self.tape.times(self._weight(part.block, time), source, part.start))
        terms += [self._weight(block, time) for block in gate.biases]
        if gate.parts:
            net = self.tape.plus(terms, name if linear else f"in_{name}")
        else:
            (net,) = (var for var in sources.values() if var is not None)
        return self._keep(gate.letter, time, net if linear else self.tape.applied(gate.activation, net, name))

    def _recurrence(self, one: Recurrence, time: int, below: Var | None) -> Var:
        before = time + 1 if one.backwards else time - 1
        old = through = self.states[f"h{one.tag}", before]
        for gate in one.transition:
            through = self._gate(gate, time, {"below": through})
        sources = {"x": below, "h": old, "q": through}
        if self.problem.cell == "rnn":
            return self._gate(one.gates[0], time, sources)
        if self.problem.cell == "lstm":
            return self._lstm(one, time, sources, self.states[f"c{one.tag}", before])
        return self._gru(one, time, sources, old)

    def _lstm(self, one: Recurrence, time: int, sources: Mapping[str, Var | None], old: Var) -> Var:
        made = {gate.letter.removesuffix(one.tag): self._gate(gate, time, sources) for gate in one.gates}
        kept, fresh = self.tape.product(made["f"], old), self.tape.product(made["i"], made["g"])
        cell = self._keep(f"c{one.tag}", time, self.tape.plus([kept, fresh], f"c{one.tag}_{time}"))
        shown = self.tape.applied(one.activation, cell)
        return self._keep(f"h{one.tag}", time, self.tape.product(made["o"], shown, f"h{one.tag}_{time}"))

    def _gru(self, one: Recurrence, time: int, sources: Mapping[str, Var | None], old: Var) -> Var:
        z, r = self._gate(one.gate("z"), time, sources), self._gate(one.gate("r"), time, sources)
        if self.problem.reset_after:
            inner = self._gate(one.gate("u"), time, sources)
            fresh = self._gate(one.gate("g"), time, sources, [self.tape.product(r, inner)])
        else:
            reset = self.tape.product(r, old, f"s{one.tag}_{time}")
            fresh = self._gate(one.gate("g"), time, {**sources, "s": reset})
        by_old, by_new = (z, self.tape.rest(z)) if self.problem.keeps_old else (self.tape.rest(z), z)
        terms = [self.tape.product(by_old, old), self.tape.product(by_new, fresh)]
        return self._keep(f"h{one.tag}", time, self.tape.plus(terms, f"h{one.tag}_{time}"))

    def _output(self, time: int, below: list[Var | None]) -> None:
        (state,) = below
        for gate in self.problem.output_layers:
            state = self._gate(gate, time, {"below": state})
        if state is not None:
            output = self.problem.output
            self._keep("y", time, self._gate(output, time, {"below": state}) if output else state)

    def parts(self, time: int) -> Any:
        """Each output's part of the error of one time, (variants, outputs)."""
        loss, setting, targets = self._loss(time)
        return loss.parts(self.on.xp, self.states["y", time].value, targets, setting)

    def seed(self, time: int) -> tuple[Var, Any]:
        """The output of one time and the slope of its error by it."""
        loss, setting, targets = self._loss(time)
        output = self.states["y", time]
        return output, loss.slope(self.on.xp, output.value, targets, setting)

    def bend(self, time: int) -> Any:
        """On which side of the kinks of the loss each output stands."""
        loss, setting, targets = self._loss(time)
        output = self.states["y", time].value
        return output * 0 if loss.bend is None else self.on.xp.sign(loss.bend(self.on.xp, output, targets, setting))

    def _loss(self, time: int) -> tuple[Loss, float, Any]:
        target = self.problem.targets[time - 1]
        name, chosen = self.problem.loss.name, self.problem.loss.setting
        setting = float(chosen.value) if chosen else SETTINGS.get(name, 0.0)
        by_class = target is not None and target.label is not None
        row = CLASS_HINGE if by_class and name == "hinge" else LOSSES[name]
        return row, setting, self.on.place(_numbers(target, self.problem.width))


def _numbers(target: Target | None, width: int) -> Any:
    """The targets as a row: 1 at the class and 0 elsewhere where its index is given."""
    if target is None or target.label is not None:
        return numpy.eye(width)[[target.label if target and target.label is not None else 0]]
    return numpy.asarray([[float(number.value) for number in target.numbers]])


def sides(run: Run) -> numpy.ndarray[Any, Any]:
    """On which side of every kink each variant stands, (variants, kinks)."""
    times = [time for time, target in enumerate(run.problem.targets, 1) if target]
    found = [on_host(each) for each in (*run.tape.sides, *(run.bend(time) for time in times))]
    rows = max(len(each) for each in found)
    return numpy.concatenate([numpy.broadcast_to(each, (rows, each.shape[1])) for each in found], axis=1)
