"""kind: convolution: what is refused, what every problem must satisfy, and what its page shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import array_api_strict
import numpy
import pytest
import yaml
from convolutions import random_problem, with_target
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import load, solve
from solver.api import loads
from solver.check.convolution import audited, quantities
from solver.errors import NotAsked, SpecError
from solver.page.blocks import Picture
from solver.spec.convolution import starter

BANK = Path(__file__).parent.parent / "problems" / "bank" / "convolution"
IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
SQUARE = [[1, 2], [3, 4]]


def _problem(layers: list[Any], image: Any = None, **more: Any) -> Any:
    return loads(yaml.safe_dump({"kind": "convolution", "image": image or IMAGE, "layers": layers, **more}))


def _conv(**keys: Any) -> dict[str, Any]:
    return {"conv": {"kernels": SQUARE, **keys}}


NINE = [[1]] * 9

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"image": [[1, 2], [3]]}, "image.2: found a list of 1; expected 2 numbers, as in the first row"),
    ({"image": [[[[1]]]]}, "expected an image: a matrix"),
    ({"image": [["a"]]}, "image.1.1: found 'a'; expected a number"),
    ({"layers": []}, "layers: found an empty list; expected a list of layers"),
    ({"layers": ["maxpool"]}, "Did you mean max_pool?"),
    ({"layers": ["conv"]}, "Write {conv: {kernels: ..}}"),
    ({"layers": [{"relu": 1, "conv": 2}]}, "expected one layer such as relu"),
    ({"layers": [{"flatten": 3}]}, "flatten has no settings but a name"),
    ({"layers": [_conv(strid=2)]}, "Did you mean stride?"),
    ({"layers": [_conv(stride=0)]}, "layers.1.conv.stride: found 0; expected a whole number from 1"),
    ({"layers": [_conv(padding="sam")]}, "Did you mean same?"),
    ({"layers": [_conv(padding=[1, 2, 3])]}, "expected valid, same, a whole number, [rows, columns]"),
    ({"layers": [_conv(biases=[1, 2])]}, "found 2 biases, but there is 1 filter: write 1"),
    ({"layers": [_conv(kernels=[1, 2])]}, "write the kernel as a matrix [[..]]"),
    ({"layers": [_conv(kernels="sobl_x")]}, "Did you mean sobel_x?"),
    ({"layers": [_conv(kernels=NINE)]}, "the window covers 9 rows, but the input has 3: use a smaller window"),
    ({"layers": [_conv(kernels=[SQUARE, SQUARE]), _conv()]}, "write a list of 2 matrices, one for each channel"),
    (
        {"layers": [_conv(kernels=[SQUARE, SQUARE]), _conv(kernels=[SQUARE, SQUARE])]},
        "for one filter with a matrix for each channel put another pair of brackets",
    ),
    ({"layers": [_conv(name="E")]}, "expected a name that is free"),
    ({"layers": [{"max_pool": {"size": 2, "padding": 2}}]}, "must be smaller than its window"),
    ({"layers": ["softmax"]}, "softmax works on a vector, but here are 3 × 3: put flatten before it"),
    ({"layers": [{"dense": [[1, 2]]}]}, "2 numbers in row 1, but the layer before gives 9 numbers (3 × 3)"),
    ({"layers": [{"dense": {"weights": NINE}}]}, "turned around it fits"),
    ({"layers": [{"reshape": [2, 2]}]}, "2 × 2 holds 4 cells, but the layer before gives 9"),
    ({"layers": [{"conv_transpose": {"kernels": [[1]], "padding": 2}}]}, "cuts all rows off the output"),
    ({"target": [1, 2]}, "found 2 numbers; the last layer gives 9 outputs"),
    ({"target": 1, "loss": "cce"}, "For the index of a class write 'loss: sparse_cce'"),
    ({"target": 9, "loss": "sparse_cce"}, "expected the index of the class, from 0 to 8"),
    ({"target": IMAGE, "loss": "bce"}, "put sigmoid behind the last layer"),
    ({"learning_rate": 1}, "there is no target: give one"),
    ({"scale": 0}, "scale: found 0; expected a number above 0"),
    ({"dimensions": 1, "image": [IMAGE, IMAGE]}, "dimensions: found 1; but the image is a list of matrices"),
    ({"image": [1, 2, 3], "layers": [_conv(kernels="box")]}, "named kernels are matrices"),
    ({"image": [1, 2, 3], "layers": [_conv(kernels=[1], stride=[1, 2])]}, "write stride: 2"),
    ({"image": [[1] * 100] * 100, "layers": [_conv(kernels=[[1] * 20] * 20)]}, "at most 1,000,000 are worked"),
]


@pytest.mark.parametrize(("keys", "words"), REFUSED)
def test_what_is_refused_is_told_with_its_place(keys: dict[str, Any], words: str) -> None:
    spec = {"kind": "convolution", "image": IMAGE, "layers": ["relu"], **keys}
    with pytest.raises(SpecError) as caught:
        loads(yaml.safe_dump(spec))
    assert words in str(caught.value)


def test_the_starter_solves() -> None:
    solution = solve(loads(starter()))
    assert solution.check.agrees
    assert solution.answers["conv1"] == [[1, 0, 1], [-1, 1, 0], [-1, 0, 1]]


def test_named_kernels_and_a_plain_word_for_them() -> None:
    image = [[0, 0, 9], [0, 0, 9], [0, 0, 9]]
    assert solve(_problem([{"conv": "sobel_x"}, {"conv": {"kernels": [[1]]}}], image)).answers["conv1"] == [[36]]
    assert solve(_problem([{"conv": {"kernels": ["box", "sobel_y"]}}], image)).answers["conv1"] == [[[3]], [[0]]]


def test_flipping_is_turning_the_kernel() -> None:
    turned = [[4, 3], [2, 1]]
    flipped = solve(_problem([_conv(flip=True)])).answers["conv1"]
    assert flipped == solve(_problem([_conv(kernels=turned)])).answers["conv1"]
    assert flipped != solve(_problem([_conv()])).answers["conv1"]


def test_same_padding_keeps_the_size_and_puts_the_odd_zero_last() -> None:
    found = solve(_problem([_conv(kernels=[[0, 1], [0, 0]], padding="same")])).answers["conv1"]
    assert found == [[2, 3, 0], [5, 6, 0], [8, 9, 0]]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 2]), st.sampled_from([1, 2]))
def test_a_transposed_convolution_is_the_transpose(seed: int, stride: int, dilation: int) -> None:
    """<conv(x), y> = <x, conv_transpose(y)> for every x and y."""
    chance = numpy.random.default_rng(seed)
    x, kernel = chance.integers(-9, 10, (5, 6)).tolist(), chance.integers(-9, 10, (2, 2)).tolist()
    keys = {"kernels": kernel, "stride": stride, "dilation": dilation}
    there = numpy.asarray(solve(_problem([{"conv": keys}], x), check=False).answers["conv1"])
    y = chance.integers(-9, 10, there.shape)
    back = solve(_problem([{"conv_transpose": keys}], y.tolist()), check=False).answers["deconv1"]
    reached = numpy.zeros((5, 6))
    spread = numpy.asarray(back)
    reached[: spread.shape[0], : spread.shape[1]] = spread
    assert (there * y).sum() == (numpy.asarray(x) * reached).sum()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_random_problems_agree_with_the_reference(seed: int) -> None:
    spec = random_problem(seed)
    outputs = loads(yaml.safe_dump(spec)).data.output.count
    solution = solve(loads(yaml.safe_dump(with_target(spec, outputs, seed))))
    assert solution.check.agrees, solution.check.detail
    assert all(len(line) <= 80 for line in solution.to_text().splitlines())


def test_every_number_worked_is_compared() -> None:
    for name in ("net-with-update", "autoencoder", "sequence", "sobel-edges"):
        solution = solve(load(BANK / f"{name}.yaml"))
        known = quantities(solution.problem)
        assert {key.removesuffix(":short") for key in solution.working.steps} <= set(known)
    large = _problem(["global_max_pool"], [[(7 * r + 11 * c) % 50 for c in range(9)] for r in range(9)], target=1)
    solution = solve(large)
    assert solution.check.agrees
    assert set(solution.working.steps) <= set(quantities(solution.problem))


def test_the_check_sees_a_wrong_number() -> None:
    solution = solve(load(BANK / "exam-backward.yaml"))
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    assert audited(values, solution.problem).agrees
    for key in ("conv1[2,1]", "sigmoid1[1,1]", "E", "dE/dk1[2,2]", "dE/dx[3,3]", "k1[1,1]'", "dE/db1"):
        assert audited(values | {key: values[key] + 1e-6}, solution.problem).first_disagreement == key


@pytest.mark.parametrize("name", sorted(path.stem for path in BANK.glob("*.yaml")))
def test_the_reference_needs_no_more_than_the_array_api(name: str) -> None:
    problem = load(BANK / f"{name}.yaml").data
    strict = quantities(problem, array_api_strict, array_api_strict.Device("device1"))
    assert strict == pytest.approx(quantities(problem), rel=1e-12, abs=1e-12)


def test_one_cell_is_found_with_its_window() -> None:
    solution = solve(load(BANK / "seed-first-convolution.yaml"), find=("conv1[2", "3]"))  # as a comma splits it
    assert solution.answers == {"conv1[2,3]": 3}
    grids = [block.lines for block in solution.page().blocks if isinstance(block, Picture)]
    assert grids == [
        (
            " 1   1   1   0   0",
            " 0   1  [1] [1] [0]",
            " 0   0  [1] [1] [1]",
            " 0   0  [1] [1] [0]",
            " 0   1   1   0   0",
        )
    ]
    with pytest.raises(NotAsked, match="is given"):
        solve(load(BANK / "exam-backward.yaml"), find=("k1[1,1]",))
    assert solve(load(BANK / "exam-backward.yaml"), find=("k1[1,1]_new",)).asked == ("k1[1,1]'",)


def test_a_list_may_be_asked_for_by_its_name() -> None:
    asked = solve(load(BANK / "exam-backward.yaml"), find=("dE/dk1",)).asked
    assert asked == ("dE/dk1[1,1]", "dE/dk1[1,2]", "dE/dk1[2,1]", "dE/dk1[2,2]")


@pytest.mark.parametrize("options", [{}, {"brief": True}, {"question": True}, {"everything": True}, {"hint": "E"}])
@pytest.mark.parametrize("name", ["net-with-update", "two-channels-two-filters", "sequence"])
def test_every_format_and_option(name: str, options: dict[str, Any]) -> None:
    solution = solve(load(BANK / f"{name}.yaml"), **options)
    assert solution.problem.title in solution.to_text()
    assert r"\begin" in solution.to_latex()
    assert solution.to_markdown().count("$") % 2 == 0
    assert json.dumps(solution.to_json())


def test_the_first_of_equal_maxima_gets_the_slope() -> None:
    solution = solve(_problem([{"max_pool": 3}], [[1, 5, 2], [5, 0, 5], [5, 1, 1]], target=[[4]], loss="sse"))
    assert solution.answers["dE/dx"] == [[0, 2, 0], [0, 0, 0], [0, 0, 0]]
    assert "the first of equals" in solution.to_text()


def test_a_picture_of_28_by_28() -> None:
    image = [[(r * c) % 256 for c in range(28)] for r in range(28)]
    layers = [_conv(kernels=[[1, 0, -1], [2, 0, -2], [1, 0, -1]]), "relu", {"max_pool": 2}, "global_avg_pool"]
    solution = solve(_problem(layers, image, scale=255, target=[1], learning_rate=0.1))
    assert solution.check.agrees
    text = solution.to_text()
    assert len(text.splitlines()) < 260
    assert "--all every line" in text
    assert len(solution.to_json()["steps"]) == len(solution.working.steps)
