"""The forward and the backward pass of a wired network, level by level on whole arrays.

With weights W_l of shape (neurons of the level, nodes before it), a = [1, inputs, outputs of the neurons],
k what dropout leaves of them (1 without dropout) and delta = dE/dnet: net_l = W_l (k a) and a_l = f(net_l),
level after level; then dE/d(k a) = W^T delta, dE/da = k dE/d(k a) and delta_l = J_l^T dE/da_l, level before
level; dE/dW = delta (k a)^T. Sources: Goodfellow, Bengio, Courville, Deep Learning, sections 6.5 and 7.12.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from .activations import Coupled
from .backends import Arrays, settled
from .wiring import Data, Group, Level, Wiring

Nudge = Callable[[Level, Any], Any]


class Forward(Struct, frozen=True):
    """Net inputs of shape (samples, neurons), outputs of all nodes and what dropout leaves of them (samples, nodes)."""

    nets: Any
    outs: Any
    kept: Any


class Backward(Struct, frozen=True):
    """The slopes of the error by what the passes compute.

    kept:   by what dropout leaves of the output of each node, (samples, nodes)
    outs:   by the output of each node, (samples, nodes); the same array without dropout
    deltas: by the net inputs, (samples, neurons)
    """

    kept: Any
    outs: Any
    deltas: Any


def forward(
    wiring: Wiring, weights: Sequence[Any], inputs: Any, on: Arrays, keeps: Any = None, nudge: Nudge | None = None
) -> Forward:
    """The forward pass of inputs of shape (samples, inputs) with the weights of each level.

    keeps: what dropout multiplies outputs with, (samples, nodes).
    nudge: from a level and the nodes it may read, what to add to its net inputs; for finite differences.
    Weights of shape (samples, neurons, nodes) are those of a network for each sample.
    """
    samples = inputs.shape[0]
    nets = on.zeros(samples, len(wiring.neurons))
    outs = on.zeros(samples, len(wiring.nodes))
    outs[:, 0] = 1.0
    outs[:, 1 : wiring.first] = inputs
    kept = outs if keeps is None else outs * keeps
    for level, entering in zip(wiring.levels, weights, strict=True):
        known = kept[:, : level.known]
        net = _into(on.xp, known, entering)
        if nudge is not None:
            net = net + nudge(level, known)
        if level.bends:
            net = settled(on.xp, net, _into(on.xp, on.xp.abs(known), on.xp.abs(entering)))
        out, new = _activated(level, net, on), slice(level.known, level.known + level.stop - level.start)
        nets[:, level.start : level.stop] = net
        outs[:, new] = out
        if keeps is not None:
            kept[:, new] = out * keeps[:, new]
    return Forward(nets, outs, kept)


def backward(wiring: Wiring, weights: Sequence[Any], nets: Any, slope: Any, on: Arrays, keeps: Any = None) -> Backward:
    """The backward pass; slope: dE/dy of the outputs that have a target, (samples, n)."""
    kept = on.zeros(nets.shape[0], len(wiring.nodes))
    outs = kept if keeps is None else on.zeros(*kept.shape)
    for place, node in enumerate(wiring.outputs):
        outs[:, node] = slope[:, place]
    deltas = on.zeros(*nets.shape)
    for level, entering in zip(reversed(wiring.levels), reversed(weights), strict=True):
        here = slice(level.known, level.known + level.stop - level.start)
        if keeps is not None:
            outs[:, here] = outs[:, here] + kept[:, here] * keeps[:, here]
        delta = _pulled_back(level, nets[:, level.start : level.stop], outs[:, here], on)
        deltas[:, level.start : level.stop] = delta
        kept[:, : level.known] += _back(on.xp, delta, entering)
    if keeps is not None:
        outs[:, : wiring.first] = kept[:, : wiring.first]
    return Backward(kept, outs, deltas)


def _into(xp: Any, known: Any, entering: Any) -> Any:
    """Weights times what they read, (samples, neurons)."""
    return known @ entering.T if entering.ndim == 2 else xp.sum(known[:, None, :] * entering, axis=2)


def _back(xp: Any, delta: Any, entering: Any) -> Any:
    """Deltas through the weights to what these read, (samples, nodes)."""
    return delta @ entering if entering.ndim == 2 else xp.sum(delta[:, :, None] * entering, axis=1)


def local_slopes(group: Group, net: Any, on: Arrays) -> Any:
    """dout/dnet in a group: (samples, neurons), or (samples, outputs, net inputs) where coupled."""
    chosen = _columns(net, group, on)
    rule = group.rule
    act = rule.jacobian if isinstance(rule, Coupled) else rule.slope
    return act(on, chosen, group.setting)


def wire_gradients(wiring: Wiring, kept: Any, deltas: Any, on: Arrays) -> Any:
    """delta of the neuron a wire enters times what it carries: (samples, wires)."""
    rows, columns = on.place(wiring.rows), on.place(wiring.columns)
    return on.xp.take(deltas, rows, axis=1) * on.xp.take(kept, columns, axis=1)


def predicted(wiring: Wiring, outs: Any, on: Arrays) -> Any:
    """The outputs that have a target, (samples, n)."""
    first, count = wiring.outputs[0], len(wiring.outputs)
    if wiring.outputs == tuple(range(first, first + count)):
        return outs[:, first : first + count]
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
