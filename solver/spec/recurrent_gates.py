"""Gates of rnn, lstm and gru cells, extra layers and the output, made of the matrices of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .common import Complaints
from .document import Path
from .network import Activation
from .number import Number
from .recurrent_keys import Extra, Spec
from .recurrent_problem import Gate, Part, Recurrence, Vector
from .recurrent_weights import SYNONYMS, WeightReader, size_of

# The letter of each gate's quantities, and the letter in the names of its matrices, in the order worked.
GATES: dict[str, tuple[tuple[str, str], ...]] = {
    "rnn": (("h", "h"),),
    "lstm": (("f", "f"), ("i", "i"), ("g", "c"), ("o", "o")),
    "gru": (("z", "z"), ("r", "r"), ("g", "h")),
}
LINEAR = Activation("linear")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recurrence stands: its mapping of weights, tag, and first states with their paths."""

    raw: Mapping[str, Any]
    path: Path
    tag: str
    hidden: Any
    hidden_path: Path
    cell_state: Any
    cell_path: Path
    backwards: bool = False


class GateBuilder:
    """Makes recurrences, extra layers and the output of a spec; complains where sizes do not fit."""

    def __init__(self, spec: Spec, steps: int, complaints: Complaints) -> None:
        self.spec = spec
        self.complaints = complaints
        self.times = None if spec.share else steps

    def reader(self, raw: Mapping[str, Any], path: Path) -> WeightReader:
        """A reader of one mapping of weights."""
        return WeightReader(raw, path, self.complaints, self.times, self.spec.layout == "input-rows")

    def recurrence(self, place: Place, width: int) -> Recurrence | None:
        """One layer in one direction over inputs of this width."""
        size = size_of(place.raw, place.hidden, self.spec.layout == "input-rows")
        if not size:
            self.complaints.add(place.path, f"no matrix here says how many units there are; write {self._wanted()}")
            return None
        transition = self.extra("transition_layers", "q", size)
        reader = self.reader(place.raw, place.path)
        reads = transition[-1].size if transition else size
        gates = self._gates(reader, place.tag, size, width, reads)
        reader.finish(SYNONYMS[self.spec.cell], ("Wy", "by", "forward", "backward"))
        hidden = self._state(place.hidden, place.hidden_path, size)
        cell = self._state(place.cell_state, place.cell_path, size) if self.spec.cell == "lstm" else ()
        inner = Activation(*self.spec.activation)
        return Recurrence(place.tag, size, gates, hidden, cell, place.backwards, transition, inner)

    def _wanted(self) -> str:
        return {"rnn": "Wx, Wh, b", "lstm": "Wf, Uf, bf ...", "gru": "Wz, Uz, bz ..."}[self.spec.cell]

    def _state(self, value: Any, path: Path, size: int) -> Vector:
        if value is None:
            return (Number.of(0),) * size
        if isinstance(value, dict):
            self.complaints.add(path, "states for two directions: write 'bidirectional: true', or a single vector")
            return (Number.of(0),) * size
        found: Vector = (value,) if isinstance(value, Number) else tuple(value)
        if len(found) == 1 and found[0].value == 0:
            return found * size
        if len(found) != size:
            given = f"found {len(found)} number{'s' if len(found) > 1 else ''}"
            self.complaints.add(path, f"{given}; write {size}: {_counted('one', size, 'unit')}")
        return found

    def _gates(self, reader: WeightReader, tag: str, size: int, width: int, reads: int) -> tuple[Gate, ...]:
        found: list[Gate] = []
        for letter, named in GATES[self.spec.cell]:
            candidate = letter in "gh"
            activation = Activation(*(self.spec.activation if candidate else self.spec.gate_activation))
            after = candidate and self.spec.cell == "gru" and self.spec.reset == "after"
            source = "q" if reads != size or self.spec.transition_layers else "h"
            if candidate and self.spec.cell == "gru":
                source = "s"
            parts = self._parts(reader, named, tag, size, (width, reads), source)
            bias = "b" if self.spec.cell == "rnn" else f"b{named}"
            second = "bWh" if self.spec.cell == "rnn" else f"bU{named}"
            biases, more = reader.vector(bias, tag, size), reader.vector(second, tag, size)
            if after:
                product = Part(parts[1].block, 0, size, "h")
                found.append(Gate(f"u{tag}", size, (product,), more, LINEAR))
                found.append(Gate(f"{letter}{tag}", size, parts[:1], biases, activation))
            else:
                found.append(Gate(f"{letter}{tag}", size, parts, (*biases, *more), activation))
        return tuple(found)

    def _parts(
        self, reader: WeightReader, named: str, tag: str, size: int, widths: tuple[int, int], source: str
    ) -> tuple[Part, ...]:
        """What a gate multiplies: the input and the hidden state before, by two matrices or one."""
        width, reads = widths
        rnn = self.spec.cell == "rnn"
        if self.spec.concat:
            name = "W" if rnn else f"W{named}"
            order = "[x, h]" if self.spec.concat == "x-h" else "[h, x]"
            says = f"{_counted('row', size, 'unit')}, {_counted('column', width + reads, 'entry')} of {order}"
            block = reader.matrix(name, tag, size, width + reads, says)
            if self.spec.concat == "x-h":
                return Part(block, 0, width, "x"), Part(block, width, reads, source)
            return Part(block, 0, reads, source), Part(block, reads, width, "x")
        by_input, by_state = ("Wx", "Wh") if rnn else (f"W{named}", f"U{named}")
        says = _counted("row", size, "unit")
        inputs = reader.matrix(by_input, tag, size, width, f"{says}, {_counted('column', width, 'input')}")
        states = reader.matrix(by_state, tag, size, reads, f"{says}, {_counted('column', reads, 'hidden unit')}")
        return Part(inputs, 0, width, "x"), Part(states, 0, reads, source)

    def extra(self, key: str, letter: str, width: int) -> tuple[Gate, ...]:
        """The extra layers of this key over something of this width."""
        typed: list[Extra] = getattr(self.spec, key)
        found = []
        for index, each in enumerate(typed):
            name = letter if len(typed) == 1 else f"{letter}{index + 1}"
            path: Path = (key, index)
            raw = {"weights": each.weights, "biases": each.biases}
            size = self._rows(each.weights, width)
            reader = self.reader({k: v for k, v in raw.items() if v is not None}, path)
            says = f"a row for each unit, {_counted('column', width, 'input')}"
            matrix = reader.matrix("weights", "", size, width, says)
            block = replace(matrix, name=f"W{name}")
            biases = tuple(replace(bias, name=f"b{name}") for bias in reader.vector("biases", "", size))
            found.append(Gate(name, size, (Part(block, 0, width, "below"),), biases, Activation(*each.activation)))
            width = size
        return tuple(found)

    def output(self, raw: Mapping[str, Any], path: Path, width: int) -> Gate | None:
        """The output layer over states of this width; None where the hidden state itself is the output."""
        activation = Activation(*self.spec.output)
        named = {key: value for key, value in raw.items() if key in ("Wy", "by")}
        if "Wy" not in named:
            if "by" in named:
                self.complaints.add((*path, "by"), "there is a bias of the output, but no matrix Wy")
            return Gate("y", width, (), (), activation) if activation != LINEAR else None
        size = self._rows(named["Wy"], width)
        reader = self.reader(named, path)
        says = f"a row for each output, {_counted('column', width, 'state')}"
        block = reader.matrix("Wy", "", size, width, says)
        return Gate("y", size, (Part(block, 0, width, "below"),), reader.vector("by", "", size), activation)

    def _rows(self, value: Any, width: int) -> int:
        """How many units a matrix over inputs of this width has."""
        if isinstance(value, Number):
            return 1
        if isinstance(value[0], Number):
            return len(value) if width == 1 and len(value) != self.times else 1
        grid = value[0] if isinstance(value[0][0], tuple) else value
        return len(grid[0]) if self.spec.layout == "input-rows" else len(grid)


def _counted(what: str, count: int, noun: str) -> str:
    """1 row for 1 unit; 3 columns, one for each of 3 inputs."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    if what == "one":
        return f"one for each of {count} {many}" if count > 1 else f"there is 1 {noun}"
    return f"1 {what} for 1 {noun}" if count == 1 else f"{count} {what}s for {count} {many}"
