"""Layers that work on vectors and sequences, and those that leave the shape as it is.

Sources: the documentation of torch.nn and keras.layers; Vaswani and others, Attention Is All You Need (2017).
"""

from __future__ import annotations

from math import prod

from ..spec.convnet import Settings
from .count import Count
from .volume import Measure, MisfitError, Reach, Volume, as_sequence, described, nearest_divisor

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def dense_parameters(inputs: Count, units: Count, bias: bool) -> Count:
    """(n + 1)·units, or n·units without biases."""
    return (inputs + 1) * units if bias else inputs * units


def works_on_steps(settings: Settings, volume: Volume) -> bool:
    """Whether the dense layer is applied to each time step by itself."""
    stated = settings["each_step"]
    return len(volume.size) == 2 and (volume.sequence if stated is None else bool(stated))


def dense(settings: Settings, volume: Volume) -> Measure:
    """A fully connected layer on all numbers of its input, or on each time step of a sequence."""
    units, steps = settings["units"], works_on_steps(settings, volume)
    inputs = volume.channels if steps else volume.numbers
    times = volume.size[0] if steps else 1
    _inputs_fit(settings["inputs"], inputs, volume, steps)
    weights = int(dense_parameters(inputs, units, bias=False))
    biases = units if settings["bias"] else 0
    return Measure(
        Volume((times, units), True) if steps else Volume((units,)),
        weights=weights,
        biases=biases,
        macs=weights * times,
        additions=biases * times,
        reach=None if steps else Reach("whole"),
    )


def _inputs_fit(stated: int | None, found: int, volume: Volume, steps: bool) -> None:
    if stated in (None, found):
        return
    what = "features in each time step" if steps else "numbers"
    raise MisfitError(
        f"{stated} inputs are stated, but its input ({described(volume)}) has {found} {what}: write inputs: {found}",
        "inputs",
    )


def flatten(settings: Settings, volume: Volume) -> Measure:
    """The map laid out as one vector."""
    return Measure(Volume((volume.numbers,)), reach=Reach("fold") if volume.spatial else None)


def reshape(settings: Settings, volume: Volume) -> Measure:
    """The same numbers in another shape."""
    size = tuple(settings["size"])
    if prod(size) != volume.numbers:
        raise MisfitError(
            f"{' x '.join(map(str, size))} holds {prod(size)} numbers, but its input ({described(volume)}) "
            f"has {volume.numbers}",
            "size",
        )
    return Measure(Volume(size), reach=Reach("whole"))


def unchanged(settings: Settings, volume: Volume) -> Measure:
    """Dropout and activations: same shape, nothing to learn."""
    return Measure(volume)


def prelu(settings: Settings, volume: Volume) -> Measure:
    """A leaky ReLU whose slope is learnt: one for all, or one for each channel."""
    return Measure(volume, weights=volume.channels if settings["each_channel"] else 1)


def batch_norm(settings: Settings, volume: Volume) -> Measure:
    """Batch normalization: γ and β of each channel are learnt, its mean and variance only kept."""
    channels = volume.channels
    learnt = channels if settings["scale"] else 0
    return Measure(volume, weights=learnt, biases=learnt, running=2 * channels if settings["running"] else 0)


def layer_norm(settings: Settings, volume: Volume) -> Measure:
    """Layer normalization: γ and β of each channel (or of each number) are learnt; nothing is kept."""
    learnt = volume.numbers if settings["over"] == "all" else volume.channels
    return Measure(volume, weights=learnt, biases=learnt)


def embedding(settings: Settings, volume: Volume) -> Measure:
    """A table with one row for each word; looking up is no multiplication."""
    if len(volume.size) != 1:
        raise MisfitError(f"needs a sequence of word numbers such as input: [20], but its input is {described(volume)}")
    units = settings["units"]
    return Measure(Volume((volume.channels, units), True), weights=settings["vocabulary"] * units)


def attention(settings: Settings, volume: Volume) -> Measure:
    """Multi-head self-attention: three projections into the heads, one back.

    MACs are those of the projections; scores and weighted sums multiply activations with each other.
    """
    steps, features = as_sequence(volume)
    heads = settings["heads"]
    wide = head_width(settings, features)
    weights = 4 * features * heads * wide
    biases = 3 * heads * wide + features if settings["bias"] else 0
    return Measure(
        Volume((steps, features), True),
        weights=weights,
        biases=biases,
        macs=weights * steps,
        additions=biases * steps,
        reach=Reach("whole"),
    )


def head_width(settings: Settings, features: int) -> int:
    """The width of one head's queries, keys and values: features/heads unless stated.

    Raises MisfitError when the heads do not divide the features.
    """
    heads, width = settings["heads"], settings["key_size"]
    if width is not None:
        return int(width)
    if features % heads:
        near = nearest_divisor(features, heads)
        raise MisfitError(
            f"{heads} heads do not divide {features} features; the nearest number that does is {near}",
            "heads",
        )
    return int(features // heads)


def gate_parameters(inputs: Count, units: Count, biases: Count) -> Count:
    """(n + u + biases)·u: one gate sees the input, the last state and its bias vector(s)."""
    seen = inputs + units
    return (seen + biases) * units if int(biases) else seen * units


def recurrent(kind: str, settings: Settings, volume: Volume) -> Measure:
    """A recurrent layer: its gates see the input and the last state at every time step."""
    steps, features = as_sequence(volume)
    units, ways = settings["units"], 2 if settings["bidirectional"] else 1
    gates = GATES[kind] * ways
    weights = gates * int(gate_parameters(features, units, 0))
    biases = gates * units * settings["biases"]
    size = (steps, ways * units) if settings["sequences"] else (ways * units,)
    return Measure(
        Volume(size, settings["sequences"]),
        weights=weights,
        biases=biases,
        macs=weights * steps,
        additions=biases * steps,
        reach=Reach("whole"),
    )


def rnn(settings: Settings, volume: Volume) -> Measure:
    """A simple recurrent layer."""
    return recurrent("rnn", settings, volume)


def lstm(settings: Settings, volume: Volume) -> Measure:
    """Long short-term memory: forget, input and output gate and the candidate."""
    return recurrent("lstm", settings, volume)


def gru(settings: Settings, volume: Volume) -> Measure:
    """A gated recurrent unit: update and reset gate and the candidate."""
    return recurrent("gru", settings, volume)
