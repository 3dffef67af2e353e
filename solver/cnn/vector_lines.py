"""The worked lines of layers on vectors and sequences: the rules of `vectors`, spelled."""

from __future__ import annotations

from functools import partial

from .. import notation as n
from ..spec.convnet import Settings
from .count import Count, letter, product
from .line import Line, line, macs, nothing, parameters
from .vectors import GATES, dense_parameters, gate_parameters, head_width, works_on_steps
from .volume import LETTERS, Measure, Volume

Lines = tuple[Line, ...]


def all_numbers(volume: Volume) -> Line:
    """H·W·C: how many numbers a map holds when it is laid out as a vector."""
    sizes = [letter(LETTERS.get(axis, "T"), size) for axis, size in zip(volume.axes, volume.spatial, strict=True)]
    return line("inputs", n.Name("n"), product([*sizes, letter("C", volume.channels)]), "laid out as one vector")


def flatten_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """How many numbers the vector has."""
    return (all_numbers(volume),)


def dense_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Parameters and MACs of a fully connected layer."""
    steps = works_on_steps(settings, volume)
    first = (all_numbers(volume),) if volume.spatial and not steps else ()
    inputs, units = letter("n", volume.channels if steps else volume.numbers), letter("u", settings["units"])
    about = "inputs and one bias, times neurons" if settings["bias"] else "no biases"
    work: Count = inputs * units
    if steps:
        work = letter("T", volume.size[0]) * inputs * units
    return (*first, parameters(dense_parameters(inputs, units, settings["bias"]), about), macs(work))


def no_parameters(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """A layer with nothing to learn."""
    return (nothing("parameters", "parameters", "nothing to learn"),)


def prelu_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """The slopes that are learnt."""
    return (parameters(letter("C", measure.weights) if settings["each_channel"] else 1, "learnt slopes"),)


def batch_norm_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """γ and β of each channel; means and variances apart."""
    channels = letter("C", volume.channels)
    learnt = (
        parameters(2 * channels, "γ and β of each channel")
        if settings["scale"]
        else nothing("parameters", "parameters", "without γ and β nothing is learnt")
    )
    if not settings["running"]:
        return (learnt,)
    return (
        learnt,
        line("running", n.Word("running statistics"), 2 * channels, "mean and variance, not learnt"),
    )


def layer_norm_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """γ and β."""
    if settings["over"] == "all":
        return (parameters(2 * letter("n", volume.numbers), "γ and β of each number"),)
    return (parameters(2 * letter("C", volume.channels), "γ and β of each channel"),)


def embedding_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """The size of the table."""
    table = letter("V", settings["vocabulary"]) * letter("u", settings["units"])
    return (parameters(table, "one row for each word; looking up multiplies nothing"),)


def attention_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """The three projections into the heads and the one back."""
    features, heads = letter("n", volume.channels), letter("h", settings["heads"])
    wide = letter("k", head_width(settings, volume.channels))
    one = features * heads * wide
    steps = letter("T", volume.size[0])
    if not settings["bias"]:
        return (parameters(4 * one, "queries, keys, values, and back"), macs(steps * (4 * one)))
    into, back = (features + 1) * heads * wide, (heads * wide + 1) * features
    return (
        parameters(3 * into + back, "queries, keys, values, and back"),
        macs(steps * (4 * one), "projections only; scores multiply activations with activations"),
    )


def recurrent_lines(kind: str, settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Gates times (inputs + state + biases) times units."""
    inputs, units = letter("n", volume.channels), letter("u", settings["units"])
    gates: Count = GATES[kind] * (2 if settings["bidirectional"] else 1)
    one = gate_parameters(inputs, units, settings["biases"])
    about = f"{GATES[kind]} gates" if GATES[kind] > 1 else "one gate"
    if settings["bidirectional"]:
        about += ", forwards and backwards"
    work = letter("T", volume.size[0]) * gates * gate_parameters(inputs, units, 0)
    return (parameters(gates * one, about), macs(work))


rnn_lines = partial(recurrent_lines, "rnn")
lstm_lines = partial(recurrent_lines, "lstm")
gru_lines = partial(recurrent_lines, "gru")
