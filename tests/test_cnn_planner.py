"""Every layer type against the formulas in the documentation of PyTorch and Keras, written down as data."""

from __future__ import annotations

import math
from typing import Any

import pytest

from solver.catalog.cnn_layers import ACTIVATIONS, LAYERS, settings_of, worked
from solver.check.convolution_shapes import Claim, audit
from solver.cnn.plan import Plan
from solver.cnn.planner import plan
from solver.spec.convnet import Branches, Conventions, ConvNet, Item, Layer, Repeat, Residual


def layer(kind: str, **settings: Any) -> Layer:
    return Layer(kind, settings_of(kind, settings))


def planned(size: tuple[int, ...], *items: Item, **options: Any) -> Plan:
    return plan(ConvNet("", size, items, **options))


def floor_out(n: int, f: int, p: int, s: int, d: int = 1) -> int:
    """torch.nn.Conv2d: ⌊(n + 2p − d(f − 1) − 1)/s + 1⌋."""
    return math.floor((n + 2 * p - d * (f - 1) - 1) / s + 1)


# kind, settings, input, output, parameters, MACs; sizes by PyTorch's and Keras's formulas
TABLE: list[tuple[str, dict[str, Any], tuple[int, ...], tuple[int, ...], int, int]] = [
    ("conv", {"filters": 6, "kernel": 5}, (32, 32, 1), (28, 28, 6), 6 * 25 + 6, 28 * 28 * 6 * 25),
    (
        "conv", {"filters": 8, "kernel": (3, 5), "stride": (2, 1), "padding": (1, 2), "dilation": (2, 1)}, (33, 20, 3),
        (floor_out(33, 3, 1, 2, 2), floor_out(20, 5, 2, 1), 8), 8 * 3 * 15 + 8, 16 * 20 * 8 * 45,
    ),
    ("conv", {"filters": 4, "kernel": 3, "padding": (0, 1, 2, 3)}, (8, 8, 2), (7, 11, 4), 4 * 18 + 4, 77 * 72),
    ("conv", {"filters": 256, "kernel": 5, "padding": 2, "groups": 2}, (27, 27, 96), (27, 27, 256), 307456,
     729 * 307200),
    ("conv", {"filters": 4, "kernel": 2, "padding": "same", "stride": 2}, (7, 9, 1), (4, 5, 4), 20, 20 * 16),
    ("conv", {"filters": 5, "kernel": 3, "bias": False}, (10, 4), (8, 5), 60, 480),
    ("conv", {"filters": 2, "kernel": 3, "padding": 1}, (4, 5, 6, 3), (4, 5, 6, 2), 2 * 81 + 2, 120 * 162),
    ("conv", {"filters": 2, "kernel": 3, "connections": ((0, 1), (1,))}, (5, 5, 2), (3, 3, 2), 27 + 2, 9 * 27),
    ("depthwise_conv", {"kernel": 3, "padding": 1, "multiplier": 2}, (8, 8, 5), (8, 8, 10), 90 + 10, 64 * 90),
    ("separable_conv", {"filters": 7, "kernel": 3}, (8, 8, 5), (6, 6, 7), 45 + 35 + 7, 36 * 80),
    ("conv_transpose", {"filters": 3, "kernel": 2, "stride": 2}, (5, 6, 4), (10, 12, 3), 48 + 3, 30 * 48),
    (
        "conv_transpose", {"filters": 3, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1, "groups": 1},
        (7, 7, 4), ((7 - 1) * 2 - 2 + 3 + 1,) * 2 + (3,), 108 + 3, 49 * 108,
    ),
    ("conv_transpose", {"filters": 3, "kernel": 5, "stride": 3, "padding": "same"}, (4, 4, 1), (12, 12, 3), 78,
     16 * 75),
    ("max_pool", {"size": 3, "stride": 2}, (55, 55, 96), (27, 27, 96), 0, 0),
    ("max_pool", {"size": 3, "stride": 2, "ceil": True}, (110, 110, 4), (55, 55, 4), 0, 0),
    ("max_pool", {"size": 2, "stride": 3, "ceil": True}, (6, 7, 1), (2, 3, 1), 0, 0),
    ("max_pool", {"size": 2, "stride": 2, "padding": 1, "ceil": True}, (3, 3, 1), (2, 2, 1), 0, 0),
    ("avg_pool", {"size": 2, "padding": "same"}, (7, 7, 3), (4, 4, 3), 0, 0),
    ("avg_pool", {"size": 2, "scale": True}, (28, 28, 6), (14, 14, 6), 12, 14 * 14 * 6),
    ("min_pool", {"size": (2, 1)}, (6, 6, 2), (3, 6, 2), 0, 0),
    ("global_avg_pool", {}, (7, 7, 512), (512,), 0, 0),
    ("global_max_pool", {}, (9, 12), (12,), 0, 0),
    ("adaptive_avg_pool", {"size": 6}, (13, 11, 256), (6, 6, 256), 0, 0),
    ("adaptive_max_pool", {"size": (2, 3)}, (4, 9, 2), (2, 3, 2), 0, 0),
    ("upsample", {"size": 2}, (4, 5, 6), (8, 10, 6), 0, 0),
    ("crop", {"sides": (1, 2, 3, 4)}, (10, 12, 3), (7, 5, 3), 0, 0),
    ("pad", {"sides": 2}, (10, 12, 3), (14, 16, 3), 0, 0),
    ("flatten", {}, (7, 7, 32), (1568,), 0, 0),
    ("reshape", {"size": (7, 7, 32)}, (1568,), (7, 7, 32), 0, 0),
    ("dense", {"units": 84}, (120,), (84,), 10164, 120 * 84),
    ("dense", {"units": 84, "inputs": 1536, "bias": False}, (2, 2, 384), (84,), 1536 * 84, 1536 * 84),
    ("dropout", {"rate": "0.5"}, (84,), (84,), 0, 0),
    ("batch_norm", {}, (8, 8, 64), (8, 8, 64), 128, 0),
    ("layer_norm", {}, (10, 512), (10, 512), 1024, 0),
    ("layer_norm", {"over": "all"}, (4, 4, 3), (4, 4, 3), 96, 0),
    ("embedding", {"vocabulary": 1000, "units": 16}, (20,), (20, 16), 16000, 0),
    ("attention", {"heads": 8}, (100, 512), (100, 512), 4 * 512 * 512 + 4 * 512, 100 * 4 * 512 * 512),
    ("attention", {"heads": 2, "key_size": 3, "bias": False}, (5, 8), (5, 8), 4 * 8 * 6, 5 * 4 * 48),
    ("rnn", {"units": 20}, (10, 8), (20,), 20 * (8 + 20 + 1), 10 * 20 * 28),
    ("lstm", {"units": 20}, (10, 8), (20,), 4 * (20 * 28 + 20), 10 * 4 * 20 * 28),
    ("lstm", {"units": 20, "biases": 2, "sequences": True}, (10, 8), (10, 20), 4 * (20 * 28 + 40), 10 * 4 * 20 * 28),
    ("lstm", {"units": 5, "bidirectional": True}, (10, 8), (10,), 2 * 4 * (5 * 13 + 5), 10 * 2 * 4 * 65),
    ("gru", {"units": 20, "biases": 0}, (10, 8), (20,), 3 * 20 * 28, 10 * 3 * 20 * 28),
    ("prelu", {}, (8, 8, 3), (8, 8, 3), 1, 0),
    ("prelu", {"each_channel": True}, (8, 8, 3), (8, 8, 3), 3, 0),
    ("leaky_relu", {"a": "0.1"}, (8,), (8,), 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "size", "output", "parameters", "macs"), TABLE)
def test_layer(
    kind: str, settings: dict[str, Any], size: tuple[int, ...], output: tuple[int, ...], parameters: int, macs: int
) -> None:
    found = planned(size, layer(kind, **settings)).layers[0]
    assert (found.output, found.parameters, found.macs) == (output, parameters, macs)


@pytest.mark.parametrize(("kind", "settings", "size", "output", "parameters", "macs"), TABLE)
def test_second_computation_agrees(
    kind: str, settings: dict[str, Any], size: tuple[int, ...], output: tuple[int, ...], parameters: int, macs: int
) -> None:
    network = ConvNet("", size, (layer(kind, **settings),))
    assert audit(network, [Claim(kind, output, parameters, 128 if kind == "batch_norm" else 0)]).differences == ()
    wrong = Claim(kind, (*output[:-1], output[-1] + 1), parameters + 1, 0)
    assert len(audit(network, [wrong]).differences) >= 2


@pytest.mark.parametrize(("kind", "settings", "size", "output", "parameters", "macs"), TABLE)
def test_lines_say_what_the_table_says(
    kind: str, settings: dict[str, Any], size: tuple[int, ...], output: tuple[int, ...], parameters: int, macs: int
) -> None:
    network = planned(size, layer(kind, **settings))
    values = {line.key: line.value for line in network.lines(network.layers[0])}
    for line in network.lines(network.layers[0]):
        assert eval(line.numbers, {"__builtins__": {}}) == line.value
    assert values.get("parameters", parameters) == parameters
    assert values.get("macs", 0) == macs
    axes = network.layers[0].measure.output.axes
    for axis, size_out in zip(axes, output[:-1], strict=True):
        assert values.get(axis, size_out) == size_out


def test_every_layer_type_stands_in_the_table() -> None:
    assert set(LAYERS) - set(ACTIVATIONS) == {row[0] for row in TABLE} - set(ACTIVATIONS)


def test_activations_change_nothing() -> None:
    for name in ACTIVATIONS:
        found = planned((4, 4, 3), layer(name)).layers[0]
        assert (found.output, found.parameters, found.macs) == ((4, 4, 3), 0, 0)


def test_names_are_numbered_by_kind() -> None:
    conv, pool = layer("conv", filters=2, kernel=1), layer("max_pool", size=1)
    named = Layer("conv", conv.settings, name="stem")
    network = planned((8, 8, 1), conv, pool, named, Repeat(2, (layer("avg_pool", size=1), named)))
    assert [each.name for each in network.layers] == ["conv1", "pool1", "stem", "pool2", "stem_2", "pool3", "stem_3"]


def test_residual_branches_and_repeat() -> None:
    conv = layer("conv", filters=4, kernel=3, padding="same")
    network = planned((8, 8, 4), Repeat(2, (Residual((conv,)),)), Branches(((), (conv,), (conv, conv))))
    assert [each.name for each in network.layers][:4] == ["conv1", "add1", "conv2", "add2"]
    assert network.layers[-1].name == "concat1"
    assert network.output == (8, 8, 12)
    assert network.total_parameters == 5 * (9 * 4 + 1) * 4
    assert network.layers[-2].trail == ("concat1: branch 3",)
    assert network.layers[-1].receptive_field == (9, 9)


def test_frozen_parameters_and_running_statistics_stand_apart() -> None:
    dense = Layer("dense", settings_of("dense", {"units": 3}), trainable=False)
    network = planned((4, 4, 2), layer("batch_norm"), layer("flatten"), dense)
    assert (network.total_parameters, network.frozen_parameters, network.running_statistics) == (4, 99, 4)


def test_conventions() -> None:
    conv = layer("conv", filters=6, kernel=5)
    plain = planned((32, 32, 1), conv)
    flops = planned((32, 32, 1), conv, conventions=Conventions(flops=True, biases=True, bytes=2))
    assert (plain.total_operations, plain.total_memory) == (117600, 28 * 28 * 6 * 4)
    assert (flops.total_operations, flops.total_memory) == (2 * 117600 + 28 * 28 * 6, 28 * 28 * 6 * 2)
    assert flops.total_macs == 117600


def test_dense_works_on_each_step_behind_a_sequence_only() -> None:
    lstm, dense = layer("lstm", units=5, sequences=True), layer("dense", units=3)
    assert planned((7, 4), lstm, layer("dropout"), dense).output == (7, 3)
    assert planned((7, 4), layer("conv", filters=5, kernel=1), dense).output == (3,)
    assert planned((7, 4), layer("dense", units=3, each_step=True)).output == (7, 3)


@pytest.mark.parametrize(
    ("size", "settings", "note"),
    [
        ((10, 10, 1), {"kernel": 3, "stride": 2}, "the last row and column are never seen"),
        ((32, 32, 1), {"kernel": 11, "stride": 6}, "the last 3 rows and columns are never seen"),
        ((10, 9, 1), {"kernel": 3, "stride": 2}, "the last row is never seen"),
        ((10, 10, 1), {"kernel": 1, "stride": 3}, "the stride is larger than the window: 2 positions between"),
        ((32, 32, 1), {"kernel": 11, "stride": 4, "padding": "same"}, "3 zeros before and 4 after, an exam 5"),
        ((8, 8, 1), {"kernel": 4, "padding": "same"}, "P = (F - 1)/2 = 1.5"),
    ],
)
def test_notes(size: tuple[int, ...], settings: dict[str, Any], note: str) -> None:
    found = planned(size, layer("conv", filters=1, **settings)).layers[0]
    assert any(note in each for each in found.notes)


def test_every_row_has_its_worked_lines() -> None:
    for kind in LAYERS:
        assert callable(worked(kind))
