"""What the page says where a slope is a matter of convention or a unit is switched off."""

from __future__ import annotations

from ..catalog.activations import ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..evaluate import Values
from ..spec.network import Network
from ..topics.names import split_tag
from ..working import Step
from .blocks import Text


def kink_note(network: Network, step: Step, values: Values) -> Text:
    """The note beside the slope of an activation or loss that stands on its kink (empty elsewhere)."""
    if step.rule == "activation_slope":
        return _activation(network, step, values)
    return _loss(network, values, step)


def _activation(network: Network, step: Step, values: Values) -> Text:
    neuron = split_tag(step.about[0])[0].removeprefix("out_")
    kinds = {m.name: m.activation.name for m in network.neurons}
    row = ACTIVATIONS.get(kinds.get(neuron, ""))
    if row is None or not row.kink or values.numbers[step.about[1]] != 0:
        return ()
    return (f"{row.sign} has a kink at 0, where its slope is taken as {row.kink}:",)


def _loss(network: Network, values: Values, step: Step) -> Text:
    name = network.loss.name
    out, sample = split_tag(step.about[1])
    at = network.outputs.index(out.removeprefix("out_"))
    if name in ("cce", "kl") and network.samples[sample].targets[at].value == 0:
        return ("the target is 0, so this part of the error drops out:",)
    row = LOSSES.get(name) or CLASS_LOSSES[name]
    if not row.kink or not on_loss_kink(network, values, step):
        return ()
    return (f"the slope jumps here; taken as {row.kink}:",)


def on_loss_kink(network: Network, values: Values, step: Step) -> bool:
    """Whether the error has a kink at this output's value."""
    out, index = split_tag(step.about[1])
    neuron, part = out.removeprefix("out_"), step.about[0]
    if network.loss.name == "mae":
        return values.numbers[part] == 0
    if network.loss.name != "hinge":
        return False
    sample, tag = network.samples[index], step.about[1].removeprefix(out)
    if sample.label is not None:
        other = split_tag(part)[0].removeprefix("E_")
        true = network.outputs[sample.label]
        return values.numbers[f"out_{other}{tag}"] - values.numbers[f"out_{true}{tag}"] + 1 == 0
    target = sample.targets[network.outputs.index(neuron)].value
    return target * values.numbers[step.about[1]] == 1
