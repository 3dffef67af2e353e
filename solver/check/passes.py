"""The forward and the backward pass of a wired network, level by level on whole arrays.

With weights W of shape (neurons, nodes), a = [1, inputs, outputs of the neurons] and delta = dE/dnet:
net_l = W_l a and a_l = f(net_l), level after level; then dE/da = W^T delta and delta_l = J_l^T dE/da_l,
level before level; dE/dW = delta a^T. Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .activations import Coupled
from .backends import Arrays, settled
from .wiring import Data, Group, Level, Wiring

Nudge = Callable[[Level, Any], Any]


@dataclass(frozen=True, slots=True)
class Forward:
    """Net inputs of shape (samples, neurons), outputs of all nodes of shape (samples, nodes)."""

    nets: Any
    outs: Any


@dataclass(frozen=True, slots=True)
class Backward:
    """dE/dout of all nodes (samples, nodes), dE/dnet of all neurons (samples, neurons)."""

    reached: Any
    deltas: Any


def forward(wiring: Wiring, weights: Any, inputs: Any, on: Arrays, nudge: Nudge | None = None) -> Forward:
    """The forward pass of inputs of shape (samples, inputs).

    nudge: from a level and the nodes it may read, what to add to its net inputs; for finite differences.
    """
    samples = inputs.shape[0]
    nets = on.zeros(samples, len(wiring.neurons))
    outs = on.zeros(samples, len(wiring.nodes))
    outs[:, 0] = 1.0
    outs[:, 1 : wiring.first] = inputs
    for level in wiring.levels:
        known = outs[:, : level.known]
        entering = weights[level.start : level.stop, : level.known]
        net = known @ entering.T
        if nudge is not None:
            net = net + nudge(level, known)
        if level.bends:
            net = settled(on.xp, net, on.xp.abs(known) @ on.xp.abs(entering).T)
        nets[:, level.start : level.stop] = net
        outs[:, level.known : level.known + level.stop - level.start] = _activated(level, net, on)
    return Forward(nets, outs)


def backward(wiring: Wiring, weights: Any, nets: Any, slope: Any, on: Arrays) -> Backward:
    """The backward pass; slope: dE/dy of the outputs that have a target, (samples, n)."""
    reached = on.zeros(nets.shape[0], len(wiring.nodes))
    for place, node in enumerate(wiring.outputs):
        reached[:, node] = slope[:, place]
    deltas = on.zeros(*nets.shape)
    for level in reversed(wiring.levels):
        net = nets[:, level.start : level.stop]
        out_slope = reached[:, level.known : level.known + level.stop - level.start]
        delta = _pulled_back(level, net, out_slope, on)
        deltas[:, level.start : level.stop] = delta
        entering = weights[level.start : level.stop, : level.known]
        reached[:, : level.known] = reached[:, : level.known] + delta @ entering
    return Backward(reached, deltas)


def local_slopes(group: Group, net: Any, on: Arrays) -> Any:
    """dout/dnet in a group: (samples, neurons), or (samples, outputs, net inputs) where coupled."""
    chosen = _columns(net, group, on)
    rule = group.rule
    act = rule.jacobian if isinstance(rule, Coupled) else rule.slope
    return act(on, chosen, group.setting)


def wire_gradients(wiring: Wiring, outs: Any, deltas: Any, on: Arrays) -> Any:
    """delta of the neuron a wire enters times output of the node it leaves: (samples, wires)."""
    rows, columns = on.place(wiring.rows), on.place(wiring.columns)
    return on.xp.take(deltas, rows, axis=1) * on.xp.take(outs, columns, axis=1)


def predicted(wiring: Wiring, outs: Any, on: Arrays) -> Any:
    """The outputs that have a target, (samples, n)."""
    return on.xp.stack([outs[:, node] for node in wiring.outputs], axis=1)


def parts(case: Data, y: Any, targets: Any, on: Arrays) -> Any:
    """Each output's part of its sample's error, (samples, n)."""
    return case.loss.parts(on.xp, y, targets, case.setting)


def _activated(level: Level, net: Any, on: Arrays) -> Any:
    blocks = [g.rule.value(on, _columns(net, g, on), g.setting) for g in level.groups]
    return _joined(level, blocks, on)


def _pulled_back(level: Level, net: Any, out_slope: Any, on: Arrays) -> Any:
    blocks = []
    for group in level.groups:
        slopes, incoming = local_slopes(group, net, on), _columns(out_slope, group, on)
        if isinstance(group.rule, Coupled):
            blocks.append(on.xp.sum(slopes * incoming[:, :, None], axis=1))
        else:
            blocks.append(slopes * incoming)
    return _joined(level, blocks, on)


def _columns(values: Any, group: Group, on: Arrays) -> Any:
    """The columns of a level that belong to a group."""
    if len(group.places) == values.shape[1]:
        return values
    return on.xp.stack([values[:, place] for place in group.places], axis=1)


def _joined(level: Level, blocks: list[Any], on: Arrays) -> Any:
    """The groups' columns back in the order of the level."""
    if len(blocks) == 1:
        return blocks[0]
    columns = {
        place: block[:, index]
        for group, block in zip(level.groups, blocks, strict=True)
        for index, place in enumerate(group.places)
    }
    return on.xp.stack([columns[place] for place in range(level.stop - level.start)], axis=1)
