"""kind: backprop: from a document to a Network, with every complaint at its place."""

from __future__ import annotations

from ..options import Options
from .backprop_dropout import dropout_of
from .backprop_keys import Spec
from .backprop_layers import dense_layers
from .backprop_names import check_names
from .backprop_neurons import levelled, unread
from .backprop_samples import Reader, Typed, check_loss, input_names, typed_samples
from .backprop_starter import STARTER
from .backprop_training import check_training
from .common import Complaints, mended, options
from .document import Document
from .network import Layer, Loss, Network, Training

__all__ = ["Spec", "problem", "starter"]


def problem(document: Document) -> tuple[Network, Options]:
    """The network problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    network = _network(spec, complaints) if spec else None
    if spec is None or network is None or complaints.found:
        raise complaints.error()
    return network, options(spec)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def _network(spec: Spec, complaints: Complaints) -> Network | None:
    """The network, or None where it cannot be put together; complaints say why."""
    if not _written_once(spec, complaints):
        return None
    typed = typed_samples(spec)
    inputs = input_names(typed[0].inputs)
    build = levelled if spec.neurons else dense_layers
    layers = build(spec, inputs, complaints)
    if not layers:
        return None
    network = _filled(spec, typed, inputs, layers, complaints)
    check_loss(network, complaints)
    check_names(network, spec, complaints)
    check_training(network, complaints)
    return network


def _written_once(spec: Spec, complaints: Complaints) -> bool:
    """Whether the spec has either layers or neurons, and either inputs or samples."""
    known = complaints.none_yet
    for one, other in (("layers", "neurons"), ("inputs", "samples")):
        given = [key for key in (one, other) if getattr(spec, key)]
        if len(given) == 2:
            complaints.add((other,), f"found both {one} and {other}; leave one of them out", at_key=True)
        elif not given and known:
            complaints.add((), f"the key {one} (or {other}) is missing")
    if spec.samples and spec.target is not None:
        complaints.add(("target",), "each of the samples has its own target; leave this one out", at_key=True)
    return bool(spec.layers) != bool(spec.neurons) and bool(spec.inputs) != bool(spec.samples)


def _filled(
    spec: Spec, typed: list[Typed], inputs: tuple[str, ...], layers: tuple[Layer, ...], complaints: Complaints
) -> Network:
    final = unread(spec.neurons) if spec.neurons else tuple(neuron.name for neuron in layers[-1].neurons)
    reader = Reader(inputs, final, tuple(spec.neurons) or final, spec.loss[0], complaints)
    outputs = reader.outputs(typed)
    return Network(
        title=spec.title or f"A {'-'.join(map(str, _sizes(inputs, layers)))} network",
        form="neurons" if spec.neurons else "layers",
        inputs=inputs,
        layers=layers,
        outputs=outputs,
        samples=reader.samples(typed, outputs),
        loss=Loss(*spec.loss),
        learning_rate=spec.learning_rate,
        update_biases=spec.update_biases,
        symbols=dict(spec.symbols.written()),
        claims=spec.claim,
        training=Training(spec.batch, spec.reduction, spec.epochs, spec.show_epochs, spec.optimizer),
        dropout=dropout_of(spec, layers, len(typed), complaints),
    )


def _sizes(inputs: tuple[str, ...], layers: tuple[Layer, ...]) -> list[int]:
    return [len(inputs), *(len(layer.neurons) for layer in layers)]
