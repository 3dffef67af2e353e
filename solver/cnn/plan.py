"""A plan: the layers with their shapes and counts, and the totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..spec.convnet import Branches, ConvNet, Layer, Residual, Shape
from .field import Field
from .notes import notes_of
from .volume import Measure, Volume

if TYPE_CHECKING:
    from .line import Line


class PlannedLayer(NamedTuple):
    """One row of the table.

    before, field:  the receptive field of its input and of its output
    trail:          the residuals and branches it stands in, outermost first
    ways:           where ways meet: what each of them gives (a residual: body, then shortcut)
    """

    name: str
    layer: Layer | Residual | Branches
    input: Volume
    measure: Measure
    before: Field
    field: Field
    trail: tuple[str, ...] = ()
    ways: tuple[Volume, ...] = ()

    @property
    def kind(self) -> str:
        """The layer's type as the spec writes it."""
        if isinstance(self.layer, Layer):
            return self.layer.kind
        return "residual" if isinstance(self.layer, Residual) else "branches"

    @property
    def output(self) -> Shape:
        """The output shape, channels last."""
        return self.measure.output.size

    @property
    def weights(self) -> int:
        return self.measure.weights

    @property
    def biases(self) -> int:
        return self.measure.biases

    @property
    def parameters(self) -> int:
        """Weights and biases, learnt or frozen."""
        return self.measure.parameters

    @property
    def running(self) -> int:
        """Means and variances that are kept, not learnt."""
        return self.measure.running

    @property
    def macs(self) -> int:
        return self.measure.macs

    @property
    def trainable(self) -> bool:
        return not isinstance(self.layer, Layer) or self.layer.trainable

    @property
    def receptive_field(self) -> tuple[int, ...]:
        """Pixels of the input that one output sees, for each axis; () behind a vector."""
        return self.field.pixels

    @property
    def notes(self) -> tuple[str, ...]:
        """What a teacher would add: rows that are never seen, a map that is laid out as a vector ..."""
        if not isinstance(self.layer, Layer):
            return ()
        return notes_of(self.layer, self.input, self.measure)


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned network; totals follow the conventions of its problem."""

    problem: ConvNet
    layers: tuple[PlannedLayer, ...]

    @property
    def output(self) -> Shape:
        """The shape that the last layer gives."""
        return self.layers[-1].output if self.layers else self.problem.input

    @property
    def total_parameters(self) -> int:
        """Trainable parameters; frozen ones and running statistics apart."""
        return sum(each.parameters for each in self.layers if each.trainable)

    @property
    def frozen_parameters(self) -> int:
        return sum(each.parameters for each in self.layers if not each.trainable)

    @property
    def running_statistics(self) -> int:
        return sum(each.running for each in self.layers)

    @property
    def total_macs(self) -> int:
        """Multiplications by a weight, whatever the conventions."""
        return sum(each.macs for each in self.layers)

    @property
    def total_operations(self) -> int:
        return sum(self.operations(each) for each in self.layers)

    @property
    def total_memory(self) -> int:
        """Bytes of all outputs together."""
        return sum(self.memory(each) for each in self.layers)

    def operations(self, each: PlannedLayer) -> int:
        """The cost of a layer as the conventions count it: MACs, or two FLOPs for each; biases if asked."""
        conventions = self.problem.conventions
        additions = each.measure.additions if conventions.biases else 0
        return (2 if conventions.flops else 1) * each.macs + additions

    def memory(self, each: PlannedLayer) -> int:
        """Bytes of a layer's output."""
        return each.measure.output.numbers * self.problem.conventions.bytes

    def shown(self, size: Shape) -> Shape:
        """The shape as the spec's data_format has it."""
        return (size[-1], *size[:-1]) if self.problem.channels_first else size

    def lines(self, each: PlannedLayer) -> tuple[Line, ...]:
        """The worked lines of a layer: sizes, parameters, MACs (and FLOPs), memory, receptive field."""
        from .layer_lines import lines_of

        return lines_of(each, self.problem.conventions)


def spelled(size: Sequence[int], channels_first: bool) -> str:
    """A shape as a page writes it: 28 x 28 x 6."""
    ordered = (size[-1], *size[:-1]) if channels_first else tuple(size)
    return " x ".join(str(part) for part in ordered)
