"""Perceptron problems: one neuron that learns, and layers of threshold neurons that are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from .number import Number

Bits = tuple[int, ...]

GATES: dict[str, Callable[[Bits], bool]] = {
    "and": all,
    "or": any,
    "nand": lambda bits: not all(bits),
    "nor": lambda bits: not any(bits),
    "xor": lambda bits: sum(bits) % 2 == 1,
    "xnor": lambda bits: sum(bits) % 2 == 0,
    "not": lambda bits: not bits[0],
    "identity": lambda bits: bool(bits[0]),
    "implies": lambda bits: not bits[0] or bool(bits[1]),
    "majority": lambda bits: 2 * sum(bits) > len(bits),
}
"""Each gate by name, as a function of its bits."""
ONE_INPUT = ("not", "identity")
MOST_ROWS = 2000  # samples shown, epoch after epoch


@dataclass(frozen=True, slots=True)
class Case:
    """Inputs of a sample, and its target where it has one."""

    inputs: tuple[Number, ...]
    target: Number | None = None


def truth_table(gate: str, inputs: int, *, low: int = 0, bipolar: bool = False) -> tuple[Case, ...]:
    """The rows of a gate, counted up in binary; `low` is the target that stands for false."""
    rows = []
    for bits in product((0, 1), repeat=inputs):
        typed = tuple(Number.of(2 * bit - 1 if bipolar else bit) for bit in bits)
        rows.append(Case(typed, Number.of(1 if GATES[gate](bits) else low)))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Perceptron:
    """One neuron and its samples; after each sample that it misses its weights move.

    bias:      its start value, or None: no bias
    threshold: what the weighted sum is held against, or None: 0
    learns_offset: whether bias or threshold move too
    activation: 'step' (1 or 0) or 'sign' (1 or -1); fires: '>=' or '>'
    rule:      'difference': w + η(t − y)x, or 'target': w + ηtx on a miss
    epochs:    the most passes over the samples, or None: until no sample is missed or the weights repeat
    """

    title: str
    samples: tuple[Case, ...]
    weights: tuple[Number, ...]
    bias: Number | None
    threshold: Number | None
    learning_rate: Number
    activation: str
    fires: str
    rule: str
    learns_offset: bool
    epochs: int | None
    gate: str | None = None

    @property
    def low(self) -> int:
        """The output of a neuron that does not fire."""
        return 0 if self.activation == "step" else -1


@dataclass(frozen=True, slots=True)
class GivenLayer:
    """Neurons with given weights (one row each) and biases."""

    name: str
    weights: tuple[tuple[Number, ...], ...]
    biases: tuple[Number, ...]
    activation: str

    @property
    def neurons(self) -> tuple[str, ...]:
        """h1, h2, ..."""
        return tuple(f"{self.name}{number}" for number in range(1, len(self.weights) + 1))


@dataclass(frozen=True, slots=True)
class ThresholdNet:
    """Layers of neurons that do not learn, and the inputs that they are worked for."""

    title: str
    layers: tuple[GivenLayer, ...]
    samples: tuple[Case, ...]
    fires: str
    gate: str | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """x1, x2, ..."""
        return tuple(f"x{number}" for number in range(1, len(self.samples[0].inputs) + 1))

    def tag(self, sample: int) -> str:
        """How keys of a sample end, counted from 1."""
        return f"[{sample}]" if len(self.samples) > 1 else ""
