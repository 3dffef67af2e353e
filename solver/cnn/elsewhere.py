"""What other counters would print for the same network, and why.

torchinfo counts each weight and bias of a convolution once for each output position, those of any other layer
once, and of recurrent layers and attention once for each time step; running statistics are no parameters to it.
Keras counts running statistics as parameters that are not trained. (The source of torchinfo, calculate_macs in
layer_info.py; keras.Model.summary.)
"""

from __future__ import annotations

from math import prod

from ..spec.convnet import Layer
from .plan import Plan, PlannedLayer
from .vectors import GATES

_CONVOLUTIONS = ("conv", "depthwise_conv", "separable_conv", "conv_transpose")
_STEPWISE = ("rnn", "lstm", "gru", "attention")


def torch_parameters(each: PlannedLayer) -> int:
    """The parameters PyTorch holds: two bias vectors for each gate of a recurrent layer."""
    return each.parameters + _gate_biases(each, 2)


def keras_parameters(each: PlannedLayer) -> int:
    """The parameters Keras holds, running statistics apart: one bias vector for each gate, two in a GRU."""
    return each.parameters + _gate_biases(each, 2 if each.kind == "gru" else 1)


def _gate_biases(each: PlannedLayer, usual: int) -> int:
    """How many bias numbers more than here."""
    if each.kind not in GATES or not isinstance(each.layer, Layer):
        return 0
    settings = each.layer.settings
    ways = 2 if settings["bidirectional"] else 1
    return (usual - int(settings["biases"])) * GATES[each.kind] * ways * int(settings["units"])


def torchinfo_mult_adds(each: PlannedLayer) -> int:
    """torchinfo's mult-adds of one layer, for a batch of one."""
    if each.kind in _CONVOLUTIONS:
        return _by_position(each)
    if each.kind in _STEPWISE:
        return torch_parameters(each) * each.input.size[0]
    return torch_parameters(each)


def _by_position(each: PlannedLayer) -> int:
    places = prod(each.measure.output.spatial)
    return each.parameters * places


def elsewhere(plan: Plan) -> tuple[str, ...]:
    """One sentence for each counter that prints something else, with its number and the reason."""
    return tuple(text for text in (_torchinfo(plan), _keras(plan)) if text)


def _torchinfo(plan: Plan) -> str:
    parameters = sum(torch_parameters(each) for each in plan.layers)
    mult_adds = sum(torchinfo_mult_adds(each) for each in plan.layers)
    ours = plan.total_parameters + plan.frozen_parameters
    parts = []
    if parameters != ours:
        parts.append(f"{parameters:,} parameters (two bias vectors for each gate)")
    if mult_adds != plan.total_macs:
        parts.append(f"{mult_adds:,} mult-adds ({_reasons(plan)})")
    return f"torchinfo prints {' and '.join(parts)}." if parts else ""


def _reasons(plan: Plan) -> str:
    """Why torchinfo's mult-adds differ."""
    reasons = []
    if any(each.biases and each.kind in _CONVOLUTIONS for each in plan.layers):
        reasons.append("it counts each bias as one for each position")
    if any(each.biases and each.kind == "dense" for each in plan.layers):
        reasons.append("the biases of dense layers once")
    if any(each.kind in ("batch_norm", "layer_norm", "embedding", "prelu") and each.parameters for each in plan.layers):
        reasons.append("the parameters of normalization and embedding once")
    if any(each.kind == "conv_transpose" for each in plan.layers):
        reasons.append("a transposed convolution by its output positions")
    if any(each.kind == "dense" and len(each.output) > 1 for each in plan.layers):
        reasons.append("dense layers on a sequence only once")
    return ", ".join(reasons) or "it counts every parameter of a time step"


def _keras(plan: Plan) -> str:
    held = sum(keras_parameters(each) for each in plan.layers)
    running = plan.running_statistics
    ours = plan.total_parameters + plan.frozen_parameters
    if not running and held == ours:
        return ""
    parts = []
    if running:
        parts.append(f"{running:,} running statistics counted as non-trainable")
    if held != ours:
        parts.append(f"biases of gates as Keras has them, {held - ours:+,}")
    return f"Keras prints {held + running:,} parameters ({'; '.join(parts)})."
