"""What the reader of a plan may choose, beside what every page offers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..options import Options
from .convnet import Branches, Conventions, ConvNet, Item, Layer, Repeat, Residual


@dataclass(frozen=True, slots=True)
class PlanOptions(Options):
    """Choices about a plan; those after `apart` win over the spec's keys of the same name.

    steps:        each shape and count as a worked line
    compare:      'dense': every convolution beside its fully connected twin
    apart:        weights, biases and running statistics in columns of their own, and the jump
    count:        'macs' or 'flops'
    count_biases: counts the addition of each bias
    bytes:        of one number
    gate_biases:  bias vectors for each gate of every recurrent layer: 0, 1 or 2
    """

    steps: bool = False
    compare: str = ""
    apart: bool = False
    count: str | None = None
    count_biases: bool | None = None
    bytes: int | None = None
    gate_biases: int | None = None


def counted(problem: ConvNet, options: Options) -> ConvNet:
    """The network with the conventions that the options ask for."""
    if not isinstance(options, PlanOptions):
        return problem
    given = problem.conventions
    conventions = Conventions(
        given.flops if options.count is None else options.count == "flops",
        given.biases if options.count_biases is None else options.count_biases,
        given.bytes if options.bytes is None else options.bytes,
    )
    layers = problem.layers
    if options.gate_biases is not None:
        layers = tuple(_with_gates(item, options.gate_biases) for item in layers)
    return replace(problem, conventions=conventions, layers=layers)


def _with_gates(item: Item, biases: int) -> Item:
    """The item with so many bias vectors for each gate, wherever a recurrent layer stands in it.

    What a spec states about the parameters of such a layer holds for the vectors that it states.
    """

    def all_of(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(_with_gates(each, biases) for each in items)

    if isinstance(item, Layer):
        if item.settings.get("biases", biases) == biases:
            return item
        return replace(item, settings={**item.settings, "biases": biases}, parameters=None)
    if isinstance(item, Repeat):
        return replace(item, layers=all_of(item.layers))
    if isinstance(item, Residual):
        return replace(item, body=all_of(item.body), shortcut=None if item.shortcut is None else all_of(item.shortcut))
    assert isinstance(item, Branches)
    return replace(item, ways=tuple(map(all_of, item.ways)))
