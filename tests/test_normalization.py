"""kind: normalization: numbers by hand, the known formula, laws, complaints, formats."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import load, solve
from solver.api import loads
from solver.check.normalization import audited, quantities
from solver.errors import NotAsked, NotComputable, SpecError

BATCH = "kind: normalization\ninputs: [[1, 2], [3, 4], [5, 9]]\n"
BACK = BATCH + "gamma: [1.5, 1]\nupstream: [[0.1, 0.2], [0, -0.3], [0.4, 0.5]]\n"


def _solved(text: str, **options: Any) -> Any:
    return solve(loads(text), **options)


def test_mean_and_variance_are_exact() -> None:
    numbers = _solved(BATCH).values.numbers
    assert [numbers["mean[1]"], numbers["mean[2]"]] == [3, 5]
    assert [numbers["variance[1]"], numbers["variance[2]"]] == [Fraction(8, 3), Fraction(26, 3)]
    assert [numbers[f"centred[{row},2]"] for row in (1, 2, 3)] == [-3, -1, 4]


def test_the_sample_variance_divides_by_one_less() -> None:
    numbers = _solved(BATCH + "variance: sample\n").values.numbers
    assert [numbers["variance[1]"], numbers["variance[2]"]] == [4, 13]


def test_layer_normalization_goes_along_rows() -> None:
    numbers = _solved(BATCH + "method: layer\n").values.numbers
    assert [numbers[f"mean[{row}]"] for row in (1, 2, 3)] == [Fraction(3, 2), Fraction(7, 2), 7]
    assert [numbers[f"variance[{row}]"] for row in (1, 2, 3)] == [Fraction(1, 4), Fraction(1, 4), 4]


def test_the_running_averages_start_at_0_and_1() -> None:
    found = _solved(BATCH + "momentum: 0.75\n").answers
    assert found["running_mean"] == [0.75, 1.25]
    assert found["running_variance"] == pytest.approx([0.75 + 2 / 3, 0.75 + 26 / 12], abs=1e-15)


@pytest.mark.parametrize("share", ["0", "1"])
def test_the_two_readings_of_momentum_are_opposite(share: str) -> None:
    other = str(1 - int(share))
    old = _solved(BATCH + f"momentum: {share}\n").answers["running_mean"]
    assert old == _solved(BATCH + f"momentum: {other}\nmomentum_weighs: new\n").answers["running_mean"]


def test_testing_with_the_batch_s_own_statistics_gives_what_training_gave() -> None:
    own = "phase: test\nrunning_mean: [3, 5]\nrunning_variance: [8/3, 26/3]\n"
    assert _solved(BATCH + own).answers["outputs"] == _solved(BATCH).answers["outputs"]


@pytest.mark.parametrize("extra", ["", "method: layer\n", "variance: sample\n", "method: layer\nvariance: sample\n"])
def test_the_known_formula_gives_what_the_chain_rule_gave(extra: str) -> None:
    text = BACK + extra
    if "layer" in extra:
        text = text.replace("[[1, 2], [3, 4], [5, 9]]", "[[1, 2, 0], [3, 4, 4]]").replace("[1.5, 1]", "[1.5, 1, 2]")
        text = text.replace("[[0.1, 0.2], [0, -0.3], [0.4, 0.5]]", "[[0.1, 0.2, 0], [-0.3, 0.4, 0.5]]")
    solution = _solved(text)
    shorts = [key for key in solution.working.steps if key.endswith(":short")]
    assert len(shorts) == 6
    for key in shorts:
        chained = solution.values.number(key.removesuffix(":short"))
        assert solution.values.number(key) == pytest.approx(chained, abs=1e-14)


def test_what_comes_from_above_is_a_given_and_no_error_is_made_up() -> None:
    solution = _solved(BACK)
    assert "E" not in solution.answers
    assert "E" not in solution.working
    assert solution.working.givens["dE/dout[2,2]"].number.text == "-0.3"
    assert solution.values.numbers["dE/dbeta[1]"] == Fraction(1, 2)


@pytest.mark.parametrize("method", ["batch", "layer"])
def test_the_check_sees_a_wrong_number(method: str) -> None:
    text = BATCH + f"method: {method}\nmomentum: 0.9\nrunning_spread: sample\ntarget: [[0, 1], [1, 0], [2, 2]]\n"
    solution = _solved(text.replace("momentum: 0.9\nrunning_spread: sample\n", "") if method == "layer" else text)
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    known = quantities(solution.problem)
    for key in solution.working.steps:
        assert key.removesuffix(":short") in known
        assert audited(values | {key: values[key] + 1e-4}, solution.problem).first_disagreement == key


ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(-9, 9), min_size=width, max_size=width), min_size=2, max_size=4)
)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.sampled_from(["batch", "layer"]))
def test_normalized_values_have_mean_0_and_gradients_that_cancel(rows: list[list[int]], method: str) -> None:
    upstream = [[(i * 7 + j * 3) % 5 - 2 for j in range(len(rows[0]))] for i in range(len(rows))]
    solution = _solved(f"kind: normalization\nmethod: {method}\ninputs: {rows}\nupstream: {upstream}\n")
    axis = 0 if method == "batch" else 1
    assert solution.check.agrees, solution.check.detail
    assert solution.check.compared >= len(solution.working.steps)
    xhat, slopes = (numpy.asarray(solution.answers[key]) for key in ("xhat", "dE/dx"))
    assert numpy.abs(xhat.sum(axis=axis)).max() < 1e-12
    assert numpy.abs(slopes.sum(axis=axis)).max() < 1e-9  # moving all of a group moves no output


MISTAKES = [
    ("inputs: [[1, 2], [3]]", "inputs.2: found a list of 1; expected 2 numbers"),
    ("inputs: 5", "inputs: found 5; expected a matrix"),
    ("input: [[1]]", "Did you mean inputs?"),
    ("inputs: [[1], [2]]\nmethod: group", "expected one of batch, layer"),
    ("inputs: [[1], [2]]\nvariance: unbiased", "Did you mean sample?"),
    ("inputs: [[1], [2]]\ngamma: [1, 2]", "gamma: found 2 numbers; expected 1"),
    ("inputs: [[1], [2]]\nepsilon: -1", "epsilon: found -1; expected a number of at least 0"),
    ("inputs: [[1]]\nvariance: sample", "variance: a sample variance divides by m - 1"),
    ("inputs: [[1], [2]]\nphase: test", "phase: the test phase works with running averages"),
    ("inputs: [[1], [2]]\nphase: test\nmomentum: 0.9\nrunning_mean: 0\nrunning_variance: 1", "momentum: in the test"),
    ("inputs: [[1], [2]]\nrunning_mean: 1", "running_mean: there is no momentum"),
    ("inputs: [[1], [2]]\nmomentum: 0.9\nrunning_variance: -1", "running_variance: a variance is never below 0"),
    ("inputs: [[1, 2]]\nmethod: layer\nphase: test", "phase: layer normalization keeps no running averages"),
    ("inputs: [[1], [2]]\ntarget: [[1, 2]]", "target: found 1 row of 2; expected one number for each output, 2 rows"),
    ("inputs: [[1], [2]]\ntarget: [1, 2]\nupstream: [1, 2]", "upstream: there is a target too"),
    ("inputs: [[1], [2]]\nlearning_rate: 0.1", "learning_rate: there is nothing to learn from"),
    ("inputs: [[1], [2]]\ntarget: [1, 0]\nloss: cce", "loss: cce takes ln of a probability"),
    ("inputs: [[1], [2]]\ntarget: [1, 0]\nloss: hinge", "target: loss hinge expects targets 1 or -1"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_named_with_their_fix(text: str, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        _solved(f"kind: normalization\n{text}\n")
    assert message in str(raised.value)


def test_a_constant_feature_without_epsilon_has_no_result() -> None:
    with pytest.raises(NotComputable, match=r"xhat\[1,1\]: a division by 0"):
        _solved("kind: normalization\ninputs: [[2], [2]]\nepsilon: 0\n")
    assert _solved("kind: normalization\ninputs: [[2], [2]]\n").answers["outputs"] == [[0], [0]]


def test_other_styles_are_refused() -> None:
    with pytest.raises(NotAsked, match="its style is chain"):
        _solved(BATCH, style="delta")


@pytest.mark.parametrize(
    ("typed", "key"), [("μ1", "mean[1]"), ("σ1²", "variance[1]"), ("x̂[2,1]", "xhat[2,1]"), ("∂E/∂γ1", "dE/dgamma[1]")]
)
def test_quantities_are_found_as_they_are_written(typed: str, key: str) -> None:
    assert _solved(BACK, find=(typed,)).asked == (key,)


def test_what_is_asked_for_brings_only_what_it_needs() -> None:
    solution = _solved(BACK, find=("dE/dx[1,2]",))
    assert set(solution.answers) == {"dE/dx[1,2]"}
    assert not [key for key in solution.shown_keys if key.endswith((",1]", "[1]"))]
    assert "∂E/∂x[1,2]" in solution.to_text()
    assert _solved(BACK, find=("mean",)).answers == {"mean[1]": 3.0, "mean[2]": 5.0}


@pytest.mark.parametrize("text", [BATCH, BACK, BACK + "method: layer\n", BATCH + "momentum: 0.9\n"])
@pytest.mark.parametrize(
    "options",
    [{}, {"brief": True}, {"question": True}, {"everything": True}, {"carry": "rounded", "digits": 2},
     {"hint": "std[1]"}, {"until": "xhat[2,1]"}, {"check": False}],
)  # fmt: skip
def test_every_page_keeps_to_the_width_and_comes_in_every_format(text: str, options: dict[str, Any]) -> None:
    solution = _solved(text, **options)
    shown = solution.to_text()
    assert [line for line in shown.split("\n") if len(line.replace("\u0302", "")) > 80] == []
    assert solution.to_text(ascii_only=True).isascii()
    assert solution.to_latex().rstrip().endswith("\\end{document}")
    assert solution.to_markdown().startswith("# ")
    data = json.loads(json.dumps(solution.to_json(), allow_nan=False))
    assert {step["key"] for step in data["steps"]} == set(solution.working.steps)


def test_everything_leaves_nothing_out() -> None:
    solution = _solved(BACK, everything=True)
    blocks = [block for block in solution.page().blocks if type(block).__name__ == "Lines"]
    worked = {equation.key for block in blocks for equation in block.equations}
    assert set(solution.working.steps) - worked == set()
    assert "not written out" not in solution.to_text()


def test_the_starter_is_solved() -> None:
    from solver.spec.normalization import starter

    solution = _solved(starter())
    assert solution.check.agrees
    assert solution.answers["gamma'"] == pytest.approx([1.390825315, 0.979259462], abs=1e-8)


def test_a_page_stays_readable_where_there_is_much(tmp_path: Any) -> None:
    rows = [[(3 * i + 5 * j) % 11 for j in range(20)] for i in range(30)]
    path = tmp_path / "large.yaml"
    path.write_text(f"kind: normalization\ninputs: {rows}\ntarget: {rows}\n", encoding="utf-8")
    solution = solve(load(path))
    assert solution.check.agrees
    assert solution.to_text().count("\n") < 320
