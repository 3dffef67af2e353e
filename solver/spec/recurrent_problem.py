"""A recurrent problem: what `solver.topics.recurrent` works and `solver.check.recurrent` recomputes.

Every matrix stands as it multiplies a column: W x, one row for each unit. Times are counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .network import Activation, Loss
from .number import Number

Vector = tuple[Number, ...]
Grid = tuple[Vector, ...]


def entry(name: str, size: int, row: int) -> str:
    """The key of an entry of a vector, counted from 0: h_1[2], or h_1 alone where it has but one."""
    return f"{name}[{row + 1}]" if size > 1 else name


@dataclass(frozen=True, slots=True)
class Block:
    """A weight matrix or a bias vector.

    copies: its numbers as rows (those of a vector have one entry): one grid for all times, or one for each
    own:    whether every time has its own numbers (then keys end in @ and the time)
    """

    name: str
    copies: tuple[Grid, ...]
    vector: bool
    own: bool = False

    @property
    def rows(self) -> int:
        return len(self.copies[0])

    @property
    def columns(self) -> int:
        return len(self.copies[0][0])

    @property
    def count(self) -> int:
        """How many numbers it has, those of all times together."""
        return self.rows * self.columns * len(self.copies)

    def key(self, row: int, column: int, time: int) -> str:
        """The key of the entry at this row and column, from 0, as it is used at this time."""
        if self.vector:
            place = entry(self.name, self.rows, row)
        else:
            place = f"{self.name}[{row + 1},{column + 1}]" if self.rows * self.columns > 1 else self.name
        return f"{place}@{time}" if self.own else place

    def entries(self) -> Iterator[tuple[str, Number]]:
        """Every key with its number, row by row; of own copies time by time."""
        for time, grid in enumerate(self.copies, 1):
            for row, line in enumerate(grid):
                for column, number in enumerate(line):
                    yield self.key(row, column, time), number


@dataclass(frozen=True, slots=True)
class Part:
    """What a gate multiplies by columns `start` and following of a matrix.

    source: 'x' the input, 'h' the hidden state before, 's' that state after the reset gate, 'q' the same after the
            extra layers from hidden to hidden, 'below' what an extra layer or the output reads
    """

    block: Block
    start: int
    width: int
    source: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A layer of units worked at every time: a gate, a candidate, a hidden state, an extra layer, the output.

    letter: how its keys begin: f, i, g, o, z, r, h ..., with the tag of its layer and direction
    parts:  what is multiplied and added; without any its net input is what it reads
    """

    letter: str
    size: int
    parts: tuple[Part, ...]
    biases: tuple[Block, ...]
    activation: Activation

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its matrices and biases, each once, as they are read."""
        return (*{part.block.name: part.block for part in self.parts}.values(), *self.biases)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One layer in one direction.

    tag:         what its letters end in: '', '2' for the second layer, 'fw' and 'bw' for directions, '2bw'
    gates:       as they are worked; the GRU with the reset after the product has a gate u = Uh h + bUh
    hidden, cell_state: the states before the first time (after the last one where it runs backwards)
    transition:  extra layers that the hidden state goes through on its way to the next time
    activation:  what an LSTM puts its cell state through
    """

    tag: str
    size: int
    gates: tuple[Gate, ...]
    hidden: Vector
    cell_state: Vector
    backwards: bool
    transition: tuple[Gate, ...]
    activation: Activation

    def gate(self, letter: str) -> Gate:
        """The gate of this letter."""
        return next(gate for gate in self.gates if gate.letter == letter + self.tag)


@dataclass(frozen=True, slots=True)
class Target:
    """What the output of one time should be: a number for each output, or the index of a class."""

    numbers: Vector
    label: int | None = None


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A sequence through recurrent layers; with targets the error and its gradients through time.

    inputs:       the inputs of the first times; later times have none, or with `feedback` the output before
    steps:        how many times there are
    layers:       each with one direction or two
    output:       the output layer, None where the hidden state is the output
    targets:      one for each time, None where a time has none
    truncate:     over how many times an error goes back (None: all)
    keeps_old:    whether z keeps the old state of a GRU (else 1 − z does)
    reset_after:  whether its reset gate multiplies Uh h + bUh (else h itself)
    concatenated: 'x-h' or 'h-x' where a gate has one matrix for both, else ''
    """

    title: str
    cell: str
    inputs: tuple[Vector, ...]
    steps: int
    feedback: bool
    layers: tuple[tuple[Recurrence, ...], ...]
    input_layers: tuple[Gate, ...]
    output_layers: tuple[Gate, ...]
    output: Gate | None
    targets: tuple[Target | None, ...]
    loss: Loss
    learning_rate: Number | None
    truncate: int | None
    share: bool
    keeps_old: bool
    reset_after: bool
    concatenated: str
    transposed: bool

    @property
    def has_target(self) -> bool:
        return any(self.targets)

    @property
    def learns(self) -> bool:
        return self.has_target and self.learning_rate is not None

    @property
    def bidirectional(self) -> bool:
        return len(self.layers[0]) > 1

    @property
    def recurrences(self) -> tuple[Recurrence, ...]:
        """Every layer in every direction."""
        return tuple(one for layer in self.layers for one in layer)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Everything that may have weights, from the input to the output."""
        inner = (gate for one in self.recurrences for gate in (*one.transition, *one.gates))
        return (*self.input_layers, *inner, *self.output_layers, *((self.output,) if self.output else ()))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every matrix and bias vector."""
        return tuple(block for gate in self.gates for block in gate.blocks)

    @property
    def width(self) -> int:
        """How many outputs a time has."""
        return self.output.size if self.output else sum(one.size for one in self.layers[-1])

    @property
    def output_times(self) -> tuple[int, ...]:
        """The times whose output is worked: all that have a target; all where none has or outputs are fed back."""
        every = range(1, self.steps + 1)
        if self.feedback or not self.has_target:
            return tuple(every)
        return tuple(time for time in every if self.targets[time - 1])
