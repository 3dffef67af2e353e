"""The forward pass of a recurrent problem, unrolled: every unit at every time is a step; and its error."""

from __future__ import annotations

from collections.abc import Mapping

from ..algebra import symbol, total
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..spec.number import Number
from ..spec.recurrent_problem import Gate, Recurrence, Recurrent, Target, entry
from ..working import Working
from .recurrent_cells import Cells, Keys
from .recurrent_names import name_of, settings

FORWARD, ERROR = "Forward pass", "Error"


class Forward:
    """Adds givens, every time and the error to a Working.

    states: the keys of each vector of units, by letter and time: ('h', 2), ('c2fw', 1), ('y', 3)
    """

    def __init__(self, problem: Recurrent, working: Working) -> None:
        self.problem = problem
        self.working = working
        self.cells = Cells(problem, working)
        self.states: dict[tuple[str, int], Keys] = {}

    def add(self) -> None:
        """All of the forward pass, and the error where there are targets."""
        self._givens()
        times = range(1, self.problem.steps + 1)
        if self.problem.bidirectional:
            self._there_and_back()
        else:
            for time in times:
                self._at(time, f"{FORWARD}: time {time}")
                below = self._input(time)
                for (one,) in self.problem.layers:
                    below = self._recurrence(one, time, below)
                if time in self.problem.output_times:
                    self._output(time, below)
        if self.problem.has_target:
            self._error()

    def _there_and_back(self) -> None:
        """Layer by layer, each in both directions, then the outputs."""
        problem, times = self.problem, range(1, self.problem.steps + 1)
        below: dict[int, Keys] = {}
        for time in times:
            self._at(time, f"{FORWARD}: time {time}")
            below[time] = self._input(time)
        for number, layer in enumerate(problem.layers, 1):
            prefix = f"{FORWARD}: layer {number}, " if len(problem.layers) > 1 else f"{FORWARD}: "
            for one in layer:
                way = "backward" if one.backwards else "forward"
                for time in reversed(times) if one.backwards else times:
                    self._at(time, f"{prefix}{way}, time {time}")
                    self._recurrence(one, time, below[time])
            below = {time: [key for one in layer for key in self.states[f"h{one.tag}", time]] for time in times}
        for time in problem.output_times:
            self._at(time, f"{FORWARD}: output, time {time}")
            self._output(time, below[time])

    def _at(self, time: int, section: str) -> None:
        self.cells.time, self.cells.section = time, section

    def _give(self, key: str, number: Number) -> None:
        self.working.give(key, number, name_of(key))

    def _give_vector(self, letter: str, time: int, numbers: tuple[Number, ...]) -> None:
        keys = [entry(f"{letter}_{time}", len(numbers), row) for row in range(len(numbers))]
        for key, number in zip(keys, numbers, strict=True):
            self._give(key, number)
        self.states[letter, time] = keys

    def _givens(self) -> None:
        problem = self.problem
        for time, vector in enumerate(problem.inputs, 1):
            self._give_vector("x", time, vector)
        for one in problem.recurrences:
            start = problem.steps + 1 if one.backwards else 0
            self._give_vector(f"h{one.tag}", start, one.hidden)
            if one.cell_state:
                self._give_vector(f"c{one.tag}", start, one.cell_state)
        for block in problem.blocks:
            for key, number in block.entries():
                self._give(key, number)
        for key, number in settings(problem).items():
            self._give(key, number)
        for time, target in enumerate(problem.targets, 1):
            if target and target.numbers:
                self._give_vector("t", time, target.numbers)
        if problem.learns and problem.learning_rate:
            self._give("eta", problem.learning_rate)

    def _input(self, time: int) -> Keys:
        """What the first layer reads at this time: nothing where there is no input."""
        below = self.states.get(("x", time), [])
        if not below and self.problem.feedback:
            below = self.states["y", time - 1]
        for gate in self.problem.input_layers if below else ():
            below = self._gate(gate, time, below)
        return below

    def _gate(self, gate: Gate, time: int, below: Keys) -> Keys:
        found = self.states[gate.letter, time] = self.cells.gate(gate, {"below": below})
        return found

    def _recurrence(self, one: Recurrence, time: int, below: Keys) -> Keys:
        before = time + 1 if one.backwards else time - 1
        old = through = self.states[f"h{one.tag}", before]
        for gate in one.transition:
            through = self._gate(gate, time, through)
        sources: Mapping[str, Keys] = {"x": below, "h": old, "q": through}
        first = len(self.working.steps)
        if self.problem.cell == "lstm":
            states, cells = self.cells.lstm(one, sources, self.states[f"c{one.tag}", before])
            self.states[f"c{one.tag}", time] = cells
        else:
            states = (self.cells.gru if self.problem.cell == "gru" else self.cells.rnn)(one, sources)
        self.states[f"h{one.tag}", time] = states
        self._remember(list(self.working.steps)[first:], time)
        return states

    def _remember(self, keys: Keys, time: int) -> None:
        """Files the vectors of gates and net inputs by letter and time."""
        for key in keys:
            letter = key.partition("[")[0].rpartition("_")[0]
            found = self.states.setdefault((letter, time), [])
            if key not in found:
                found.append(key)

    def _output(self, time: int, below: Keys) -> None:
        for gate in self.problem.output_layers:
            below = self._gate(gate, time, below)
        output = self.problem.output
        self.states["y", time] = self.cells.gate(output, {"below": below}) if output else below

    def _error(self) -> None:
        parts = []
        for time, target in enumerate(self.problem.targets, 1):
            if target:
                self._at(time, ERROR)
                parts.append(f"E_{time}")
                self._error_of(time, target)
        self._at(0, ERROR)
        self.cells.step("E", "total", total([symbol(key) for key in parts]))

    def _error_of(self, time: int, target: Target) -> None:
        outs, loss = self.states["y", time], self.problem.loss.name
        outputs = [symbol(key) for key in outs]
        parts: Keys = []
        if target.label is not None:
            found = CLASS_LOSSES[loss].parts(list(outputs), target.label)
            for index, formula, by in found:
                parts.append(entry(f"E_{time}", len(found) + (loss == "hinge"), index))
                self.cells.step(parts[-1], "loss", formula, slopes={outs[i]: s for i, s in by.items()})
        else:
            row = LOSSES[loss]
            for index, out in enumerate(outputs):
                t = symbol(self.states["t", time][index])
                arguments = (t, out, len(outs), symbol(row.setting or "_"))
                parts.append(entry(f"E_{time}", len(outs), index))
                slopes = {out.name: row.slope(*arguments)}
                self.cells.step(parts[-1], "loss", row.part(*arguments), slopes=slopes)
        if parts != [f"E_{time}"]:
            self.cells.step(f"E_{time}", "total", total([symbol(key) for key in parts]))
