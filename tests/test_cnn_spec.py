"""Specs that do not fit: what is said, and where; and questions asked backwards."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.cnn.backwards import Answer, solutions
from solver.cnn.planner import PlanError, plan
from solver.errors import SpecError
from solver.spec.cnn_shapes import problem
from solver.spec.cnn_shapes import read as network
from solver.spec.read import read

# layers, where, what is said
WRONG = [
    ("- conv: {filters: 6, kernel: 3}\n- max_pool: 2\n- conv: {filters: 6, kernel: 3}",
     "5:30: layers.3.conv.kernel", "the height falls below 1: the window (3) is larger than the input (1). Smallest"),
    ("- flatten\n- dense: {units: 10, inputs: 400}", "4:30: layers.2.dense.inputs",
     "400 inputs are stated, but its input"),
    ("- conv: {filters: 6, kernel: 1, groups: 2}", "3:41: layers.1.conv.groups",
     "2 groups do not divide 3 input channels"),
    ("- residual: {body: [{conv: {filters: 8, kernel: 3, stride: 2, padding: 1}}]}", "3:13: layers.1.residual",
     "channels 8 and 3. Smallest change: shortcut: [{conv: {filters: 8, kernel: 1, stride: 2}}]"),
    ("- residual: {body: [{conv: {filters: 3, kernel: 2}}]}", "3:13",
     "height 3 and 4; width 3 and 4. Smallest change: padding: same"),
    ("- branches: [[{max_pool: 2}], []]", "3:13: layers.1.branches",
     "the height of branch 1 is 2, that of branch 2 is 4"),
    ("- conv: {filters: 6, kernel: 3, output: [4, 4, 6]}", "3:41: layers.1.conv.output",
     "the stated output is 4 x 4 x 6, but the layer gives 2 x 2 x 6"),
    ("- dense: {units: 3, parameters: 9}", "3:33: layers.1.dense.parameters",
     "9 parameters are stated, but the layer has 147"),
    ("- conv: {filters: 6, kernal: 5}", "3:22: layers.1.conv.kernal",
     "Did you mean kernel?"),
    ("- conv: {filters: 6}", "3:9: layers.1.conv",
     "conv needs kernel"),
    ("- conv2d: {filters: 6, kernel: 5}", "3:3: layers.1.conv2d",
     "Did you mean conv?"),
    ("- dense: {units: ten}", "3:18: layers.1.dense.units",
     "found 'ten'; expected a whole number from 1"),
    ("- {conv: {filters: 3, kernel: 3}, name: x}", "3:3: layers.1",
     "Settings stand inside"),
    ("- conv: {filters: 3, kernel: 3, padding: full}", "3:42",
     "Write valid for no padding, same"),
    ("- conv: {filters: 3, kernel: [3, 3, 3]}", "3:30",
     "3 numbers, but the input has 2 axes (height, width)"),
    ("- conv: {filters: 3, kernel: 3, activation: sigmoyd}", "3:45",
     "Did you mean sigmoid?"),
    ("- flatten\n- conv: {filters: 3, kernel: 3}", "4:9: layers.2.conv",
     "its input is a vector of 48 numbers"),
    ("- repeat: {layers: [relu]}", "3:11: layers.1.repeat",
     "repeat needs times"),
    ("- repeat: {times: 20000, layers: [relu]}", "3:11: layers.1.repeat",
     "20000 repetitions make 20,000 layers; at most 10,000"),
    ("- lstm: 20", "3:9: layers.1.lstm",
     "needs a sequence [time steps, features]"),
    ("- max_pool: {size: 2, padding: 2}", "3:32: layers.1.max_pool.padding",
     "padding 2 is more than half the window (2)"),
    ("- crop: 2", "3:9: layers.1.crop",
     "the height falls below 1"),
    ("- reshape: [5, 5]", "3:12: layers.1.reshape",
     "5 x 5 holds 25 numbers"),
    ('- conv: {filters: "?", kernel: 3}', "3:9: layers.1.conv", "say what is wanted"),
    ('- conv: {filters: "?", kernel: "?", stride: "?", output: [2, 2, 1]}', "3:9", "at most two settings"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "where", "said"), WRONG)
def test_what_is_wrong_and_where(layers: str, where: str, said: str) -> None:
    with pytest.raises(SpecError) as error:
        problem(read(f"input: [4, 4, 3]\nlayers:\n{layers}\n", "net.yaml"))
    assert f"net.yaml:{where}" in str(error.value)
    assert said in str(error.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SpecError) as error:
        problem(read("input: [0, 4]\ncount: watts\nlayers: [conv, {dense: 0}, {pool: 2}]\nlayer: 3\n", "net.yaml"))
    assert len(error.value.complaints) == 6


def test_channels_first_is_read_and_shown() -> None:
    text = "data_format: channels_first\ninput: [3, 8, 9]\nlayers: [{conv: {filters: 5, kernel: 3, output: [5, 6, 7]}}]"
    found = plan(problem(read(text, "net.yaml"))[0])
    assert (found.output, found.shown(found.output)) == ((6, 7, 5), (5, 6, 7))
    with pytest.raises(SpecError, match="stated output is 6 x 7 x 5, but the layer gives 5 x 6 x 7"):
        problem(read(text.replace("output: [5, 6, 7]", "output: [6, 7, 5]"), "net.yaml"))


def asked(layer: str, size: str = "[28, 28, 1]", more: str = "") -> Answer:
    return solutions(network(read(f"input: {size}\n{more}\nlayers:\n{layer}\n", "net.yaml")))


def test_all_kernels_and_strides_that_halve() -> None:
    found = asked('- conv: {filters: 8, kernel: "?", stride: "?", output: [14, 14, 8]}')
    pairs = [(f, s) for f, s in product(range(1, 29), repeat=2) if s <= f and len(range(0, 28 - f + 1, s)) == 14]
    assert found.solutions == tuple({"kernel": f, "stride": s} for f, s in pairs)
    assert found.bounds == {"kernel": "1 to 28", "stride": "1 to the kernel"}


def test_filters_and_kernel_from_output_and_parameters() -> None:
    found = asked('- conv: {filters: "?", kernel: "?", output: [24, 24, 6], parameters: 156}')
    assert found.solutions == ({"kernel": 5, "filters": 6},)


def test_kernels_along_each_axis_when_the_output_is_not_square() -> None:
    found = asked('- conv: {filters: 1, kernel: "?", output: [7, 3, 1]}', "[9, 7, 1]")
    assert found.solutions == ({"kernel": (3, 5)},)
    assert asked('- conv: {filters: 1, kernel: [3, "?"], output: [7, 3, 1]}', "[9, 7, 1]").solutions == found.solutions


def test_no_solution_names_what_comes_nearest() -> None:
    found = asked('- conv: {filters: 8, kernel: 4, padding: "?", output: [28, 28, 8]}')
    assert found.solutions == ()
    assert [(near.values, near.output) for near in found.nearest] == [
        ({"padding": 1}, (27, 27, 8)),
        ({"padding": 2}, (29, 29, 8)),
    ]


def test_a_budget_counts_the_whole_network() -> None:
    layers = '- conv: {filters: "?", kernel: 3}\n- flatten\n- dense: 10'
    found = asked(layers, more="budget: 50000")
    cost = [10 * k + (26 * 26 * k + 1) * 10 for k in range(1, 20)]
    assert found.solutions == tuple({"filters": k} for k, each in enumerate(cost, start=1) if each <= 50000)
    assert asked(layers, more="budget: 10").solutions == ()


def test_in_a_repeat_every_copy_counts() -> None:
    layers = '- repeat: {times: 3, layers: [{conv: {filters: 4, kernel: "?", padding: 1}}]}'
    found = asked(layers, "[8, 8, 4]", "budget: 500\nbounds: {kernel: 5}")
    assert found.solutions == ({"kernel": 1}, {"kernel": 2}, {"kernel": 3})[: len(found.solutions)]
    assert [3 * (4 * k * k * 4 + 4) <= 500 for k in (1, 2, 3, 4, 5)].count(True) == len(found.solutions)


def test_what_follows_the_layer_must_fit_too() -> None:
    layers = '- conv: {filters: 1, kernel: "?", output: [4, 4, 1]}\n- conv: {filters: 1, kernel: 5}'
    found = asked(layers, "[8, 8, 1]")
    assert found.solutions == ()
    assert "conv2: the height falls below 1" in found.reason


def test_two_layers_cannot_be_asked_for() -> None:
    conv = '- conv: {filters: 1, kernel: "?", output: [4, 4, 1]}\n'
    with pytest.raises(PlanError, match="in one layer only"):
        asked(conv + conv)


def test_too_much_to_try() -> None:
    with pytest.raises(PlanError, match="narrow"):
        asked('- conv: {filters: "?", kernel: "?"}', "[200, 200, 3]", "budget: 1000000")


@given(size=st.integers(1, 12), kernel=st.integers(1, 5), stride=st.integers(1, 3))
def test_what_was_taken_away_is_found_again(size: int, kernel: int, stride: int) -> None:
    layer = "- max_pool: {{size: {0}, stride: {1}}}"
    spec = f"input: [{size}, 1]\nlayers:\n{layer.format(kernel, stride)}\n"
    try:
        output = plan(network(read(spec, "net.yaml"))).output
    except PlanError:
        return
    found = asked(f'- max_pool: {{size: "?", stride: {stride}, output: {list(output)}}}', f"[{size}, 1]")
    wanted = [f for f in range(1, size + 1) if len(range(0, size - f + 1, stride)) == output[0]]
    assert [values["size"] for values in found.solutions] == wanted
    assert kernel in wanted
