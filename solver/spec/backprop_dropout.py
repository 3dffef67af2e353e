"""The key `dropout` of a backprop spec: masks that fit their layers and samples."""

from __future__ import annotations

from .backprop_keys import DropoutKeys, Spec
from .common import Complaints
from .fields import did_you_mean
from .network import Dropout, Layer


def dropout_of(spec: Spec, layers: tuple[Layer, ...], samples: int, complaints: Complaints) -> dict[str, Dropout]:
    """Dropout by layer; complains about layers that are not there and masks of the wrong size."""
    known = {layer.name: layer for layer in layers[:-1]}
    found: dict[str, Dropout] = {}
    for name, keys in spec.dropout.items():
        path = ("dropout", name)
        if spec.neurons:
            complaints.add(path, "dropout goes by layers; write the network by layers", at_key=True)
        elif name not in known:
            expected = f"expected a hidden layer: {', '.join(known) or 'this network has none'}"
            complaints.add(path, f"found '{name}'; {expected}. {did_you_mean(name, known)}".rstrip(), at_key=True)
        else:
            _check(keys, known[name], samples, path, complaints)
            found[name] = Dropout(keys.mask, keys.keep, keys.inverted)
    return found


def _check(keys: DropoutKeys, layer: Layer, samples: int, path: tuple[str, ...], complaints: Complaints) -> None:
    names = ", ".join(neuron.name for neuron in layer.neurons)
    for mask in keys.mask:
        if len(mask) != len(layer.neurons):
            message = f"a mask of {len(mask)}, but the layer has {len(layer.neurons)} neurons ({names})"
            complaints.add((*path, "mask"), message)
    if len(keys.mask) not in (1, samples):
        complaints.add((*path, "mask"), f"{len(keys.mask)} masks for {samples} samples; give one mask, or one for each")
    if keys.keep.value == 0:
        complaints.add((*path, "keep"), "with keep 0 no neuron is ever kept; expected a probability above 0")
