"""kind: recurrent: every number against the arrays, laws of unrolled networks, what specs answer to mistakes."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrent_specs import random_model

from solver import load, solve
from solver.api import loads
from solver.check.recurrent import audited, quantities
from solver.errors import NotAsked, SpecError

BANK = Path(__file__).parent.parent / "problems" / "bank" / "recurrent"
NAMES = sorted(path.stem for path in BANK.glob("*.yaml"))
GATES = {"rnn": ["h"], "lstm": ["f", "i", "o", "c"], "gru": ["z", "r", "h"]}


def solved(spec: dict[str, Any], **options: Any) -> Any:
    return solve(loads(yaml.safe_dump({"kind": "recurrent", **spec})), **options)


def numbers(random: Random, rows: int, columns: int) -> list[list[float]]:
    return [[random.randint(-12, 12) / 8 for _ in range(columns)] for _ in range(rows)]


def names(cell: str, gate: str) -> tuple[str, str, str]:
    return ("Wx", "Wh", "b") if cell == "rnn" else (f"W{gate}", f"U{gate}", f"b{gate}")


def random_spec(seed: int) -> dict[str, Any]:
    """A small network of any cell, with targets at every time."""
    random = Random(seed)
    cell = random.choice(list(GATES))
    steps, width, size = (random.randint(1, most) for most in (4, 3, 3))
    weights: dict[str, Any] = {}
    for gate in GATES[cell]:
        by_input, by_state, bias = names(cell, gate)
        weights |= {by_input: numbers(random, size, width), by_state: numbers(random, size, size)}
        weights[bias] = numbers(random, 1, size)[0]
    weights["Wy"] = numbers(random, 2, size)
    return {
        "cell": cell,
        "inputs": numbers(random, steps, width),
        "hidden": numbers(random, 1, size)[0],
        "weights": weights,
        "target": numbers(random, steps, 2),
        "learning_rate": 0.5,
    }


SEED = st.integers(0, 10**6)


def close(left: Any, right: Any) -> bool:
    return bool(numpy.allclose(numpy.asarray(left), numpy.asarray(right), rtol=1e-9, atol=1e-12))


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_page_is_known_to_the_arrays(name: str) -> None:
    solution = solve(load(BANK / f"{name}.yaml"))
    known = quantities(solution.problem)
    assert [key for key in solution.working.steps if key.removesuffix(":short") not in known] == []
    assert solution.check.agrees
    if solution.problem.has_target:
        count = sum(block.count for block in solution.problem.blocks)
        assert solution.check.differences + len(solution.check.skipped) == count


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["to_text", "to_markdown", "to_latex"])
@pytest.mark.parametrize("options", [{}, {"everything": True}, {"brief": True}, {"question": True}], ids=str)
def test_every_page_is_written_within_its_width(name: str, form: str, options: dict[str, Any]) -> None:
    page = getattr(solve(load(BANK / f"{name}.yaml"), **options), form)()
    assert "DISAGREES" not in page
    if form == "to_text":
        assert max(map(len, page.splitlines())) <= 80


@pytest.mark.parametrize("name", ["lstm-two-units-softmax", "gru-as-pytorch", "both-directions"])
def test_the_reference_runs_on_any_array_library_and_device(name: str) -> None:
    strict = pytest.importorskip("array_api_strict")
    problem = load(BANK / f"{name}.yaml").data
    elsewhere = quantities(problem, strict, strict.Device("device1"))
    assert elsewhere == pytest.approx(quantities(problem), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("seed", range(60))
def test_any_model_agrees_with_the_arrays_and_fits_its_page(seed: int) -> None:
    solution = solve(loads(yaml.safe_dump(random_model(seed))))
    assert solution.check.agrees, solution.check.detail
    known = quantities(solution.problem)
    assert [key for key in solution.working.steps if key.removesuffix(":short") not in known] == []
    assert max(map(len, solution.to_text().splitlines())) <= 80


@settings(max_examples=20, deadline=None)
@given(SEED)
def test_a_wrong_digit_anywhere_is_noticed(seed: int) -> None:
    solution = solved(random_spec(seed))
    assert solution.check.agrees
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    key = Random(seed).choice(list(solution.working.steps))
    values[key] += 1e-4 * max(1.0, abs(values[key]))
    assert not audited(values, solution.problem).agrees


@settings(max_examples=15, deadline=None)
@given(SEED)
def test_the_gradient_of_shared_weights_is_the_sum_of_those_of_copies(seed: int) -> None:
    spec = random_spec(seed)
    shared, apart = solved(spec, check=False), solved({**spec, "share": False}, check=False)
    assert close(shared.answers["E"], apart.answers["E"])
    steps = len(spec["inputs"])
    for name in spec["weights"]:
        copies = [apart.answers[f"dE/d{name}@{time}"] for time in range(1, steps + 1)]
        assert close(numpy.sum([numpy.asarray(each) for each in copies], axis=0), shared.answers[f"dE/d{name}"]), name


@settings(max_examples=15, deadline=None)
@given(SEED)
def test_one_matrix_for_input_and_state_is_two_matrices_side_by_side(seed: int) -> None:
    spec = random_spec(seed)
    cell, weights = spec["cell"], spec["weights"]
    for order in ("x-h", "h-x"):
        joined = {"Wy": weights["Wy"]}
        for gate in GATES[cell]:
            by_input, by_state, bias = names(cell, gate)
            halves = (by_input, by_state) if order == "x-h" else (by_state, by_input)
            rows = zip(*(weights[half] for half in halves), strict=True)
            joined["W" if cell == "rnn" else f"W{gate}"] = [[*left, *right] for left, right in rows]
            joined[bias] = weights[bias]
        found = solved({**spec, "concat": order, "weights": joined}, check=False)
        assert close(found.answers["h"], solved(spec, check=False).answers["h"])
        assert close(found.answers["E"], solved(spec, check=False).answers["E"])


@settings(max_examples=15, deadline=None)
@given(SEED)
def test_truncation_over_all_times_leaves_nothing_out(seed: int) -> None:
    spec = random_spec(seed)
    whole, cut = solved(spec, check=False), solved({**spec, "truncate": len(spec["inputs"])})
    assert cut.check.agrees
    for name in spec["weights"]:
        assert close(whole.answers[f"dE/d{name}"], cut.answers[f"dE/d{name}"]), name


@settings(max_examples=10, deadline=None)
@given(SEED)
def test_row_vectors_are_columns_transposed(seed: int) -> None:
    spec = random_spec(seed)
    turned = {
        name: value if name.startswith("b") else [list(row) for row in zip(*value, strict=True)]
        for name, value in spec["weights"].items()
    }
    found = solved({**spec, "layout": "input-rows", "weights": turned}, check=False)
    assert found.answers == solved(spec, check=False).answers


GRU = {
    "cell": "gru",
    "inputs": [1, -2],
    "hidden": 0.5,
    "weights": {"Wz": 0.4, "Uz": -0.3, "Wr": 0.2, "Ur": 0.7, "Wh": -0.6, "Uh": 0.9},
}


def test_both_ways_to_keep_the_old_state_swap_z() -> None:
    kept, swapped = solved(GRU), solved({**GRU, "keeps": "1-z"})
    z, g = kept["z_1"].value, kept["g_1"].value
    assert kept["h_1"].value == pytest.approx(z * 0.5 + (1 - z) * g)
    assert swapped["h_1"].value == pytest.approx((1 - z) * 0.5 + z * g)
    assert "1 − z keeps the old state" in " ".join(swapped.to_text().split())


def test_without_a_bias_the_reset_gate_may_stand_before_or_behind_one_number() -> None:
    before, after = solved(GRU), solved({**GRU, "reset": "after"})
    assert after["h_2"].value == pytest.approx(before["h_2"].value)  # r (U h) = U (r h) for numbers
    assert "s_1" in before.working
    assert "u_1" in after.working


def test_truncated_errors_go_back_over_their_own_times() -> None:
    spec = {"inputs": [1, 1, 1], "activation": "linear", "weights": {"Wx": 1, "Wh": 2}, "target": [0, 0, 0]}
    found = solved({**spec, "truncate": 2})
    assert found.answers["h"] == [1, 3, 7]
    assert "dE_3/dWx@1" not in found.working
    assert [found[f"dE_3/dWx@{time}"].value for time in (2, 3)] == [14, 7]
    assert found.answers["dE/dWx"] == 1 + (6 + 3) + (14 + 7)
    assert found.check.agrees
    assert found.check.differences == 2


def test_one_input_many_outputs_with_and_without_feedback() -> None:
    spec = {"inputs": [1], "steps": 3, "activation": "linear", "weights": {"Wx": 2, "Wh": 3, "b": 1}}
    assert solved(spec).answers["h"] == [3, 10, 31]
    fed = solved({**spec, "feedback": True, "weights": {**spec["weights"], "Wy": 1, "by": -1}})
    assert fed.answers["y"] == [2, 13, 68]  # h = 3; 2*2 + 3*3 + 1 = 14; 2*13 + 3*14 + 1 = 69
    assert fed.check.agrees


def test_a_state_that_is_fed_back_reaches_the_next_time_twice() -> None:
    spec = {"inputs": [1], "steps": 2, "feedback": True, "activation": "linear", "weights": {"Wx": 2, "Wh": 3}}
    found = solved({**spec, "target": 0})
    assert found.answers["h"] == [2, 10]  # h_2 = 2*h_1 + 3*h_1
    assert found["dE/dh_1"].value == 10 * (2 + 3)
    assert found.answers["dE/dWx"] == 10 * (2 + 5 * 1)
    assert found.check.agrees


def test_times_without_a_target_have_no_error() -> None:
    spec = {"inputs": [1, 1, 1], "weights": {"Wx": 1, "Wh": 1}, "target": [0.5, None, 1]}
    found = solved(spec)
    assert "E_2" not in found.working
    assert found.answers["E"] == pytest.approx(found["E_1"].value + found["E_3"].value)


def test_both_directions_meet_in_the_output() -> None:
    one = {"Wx": 1, "Wh": 1}
    spec = {
        "inputs": [1, 2, 3],
        "activation": "linear",
        "bidirectional": True,
        "weights": {"forward": one, "backward": one, "Wy": [[1, 10]]},
    }
    found = solved(spec)
    assert found.answers["hfw"] == [1, 3, 6]
    assert found.answers["hbw"] == [6, 5, 3]
    assert found.answers["y"] == [61, 53, 36]


def test_parameters_are_counted_as_the_table_of_shapes_counts_them() -> None:
    for cell, gates in GATES.items():
        weights = {}
        for gate in gates:
            by_input, by_state, bias = names(cell, gate)
            weights |= {by_input: [[0] * 3] * 5, by_state: [[0] * 5] * 5, bias: [0] * 5}
        found = solved({"cell": cell, "inputs": [[1, 2, 3]], "weights": weights})
        shapes = solve(loads(f"{{kind: cnn-shapes, input: [7, 3], layers: [{{{cell}: {{units: 5}}}}]}}"))
        assert found.answers["parameters"] == shapes.to_json()["total_parameters"] == len(gates) * (15 + 25 + 5)


def test_fifty_times_of_eight_units_are_worked_in_few_lines() -> None:
    random = Random(1)
    weights: dict[str, Any] = {}
    for gate in GATES["lstm"]:
        by_input, by_state, bias = names("lstm", gate)
        weights |= {by_input: numbers(random, 8, 4), by_state: numbers(random, 8, 8), bias: [0] * 8}
    spec = {"cell": "lstm", "inputs": numbers(random, 50, 4), "weights": weights, "target": [0.5] * 8}
    found = solved(spec)
    assert found.check.agrees
    assert len(found.to_text().splitlines()) < 300
    assert len(solved(spec, find=("dE/dUf[1,2]",), check=False).to_text().splitlines()) < 300


def test_a_vector_is_found_by_its_name_and_one_entry_by_its_place() -> None:
    spec = random_spec(3)
    whole = solved(spec, find=("h_1",))
    size = len(spec["hidden"])
    assert len(whole.answers) == size
    corner = solved(spec, find=("dE/dWy[2", "1]"))  # as a command line parts it at its comma
    assert list(corner.answers) == ["dE/dWy[2,1]"]
    with pytest.raises(NotAsked):
        solved(spec, find=("h_9",))
    one = {"inputs": [1], "weights": {"Wx": 1, "Wh": 1}}
    assert list(solved(one, find=("h_1[1]",)).answers) == ["h_1"]


RNN = "inputs: [1, 2], weights: {Wx: 1, Wh: 1}"
MISTAKES = [
    ("inputs: [1]", "the key weights is missing"),
    ("inputs: [1], weights: {Wx: 1}", "the weight Wh is missing (1 × 1"),
    ("inputs: [1], weights: {Wxh: 1, Wh: 1}", "Did you mean Wx?"),
    ("inputs: [[1, 2], [3]], weights: {Wx: 1, Wh: 1}", "expected 2 numbers, as in the first row"),
    ("inputs: [[1, 2]], weights: {Wx: [[1], [2]], Wh: [[1, 2], [3, 4]]}", "expected 2 × 2"),
    ("inputs: [[1, 2, 3]], weights: {Wx: [[1], [2], [3]], Wh: 1}", "layout: input-rows"),
    ("cell: lstn, inputs: [1], weights: {Wx: 1, Wh: 1}", "Did you mean lstm?"),
    ("cell: lstm, inputs: [1], weights: {Wx: 1, Wh: 1}", "the weight Wf is missing"),
    (f"{RNN}, cell_state: 1", "a cell of the kind rnn has no use for this"),
    (f"{RNN}, hidden: [1, 2]", "found 2 numbers; write 1: there is 1 unit"),
    (f"{RNN}, hidden: {{forward: 1}}", "bidirectional: true"),
    (f"{RNN}, target: [1, 2, 3]", "found 3 targets; expected 2, one for each time"),
    (f"{RNN}, target: [null, null]", "no time has a target"),
    (f"{RNN}, target: 1, loss: cce", "output: softmax"),
    (f"{RNN}, learning_rate: 1", "there is no target"),
    (f"{RNN}, bidirectional: true", "the weights of the direction forward are missing"),
    (f"{RNN}, steps: 1", "found 1; but there are 2 inputs"),
    (f"{RNN}, truncate: 0, target: 1", "expected a whole number from 1 to 100"),
    (f"{RNN}, activation: softmax", "expected one of linear, step"),
    (f"{RNN}, keeps: 1-z", "a cell of the kind rnn has no use for this"),
    ("inputs: [1], concat: x-h, weights: {W: [[1, 2, 3]]}", "expected 1 × 2"),
    ("inputs: [1], steps: 2, feedback: true, weights: {Wx: [1, 1], Wh: [[1, 2], [3, 4]]}", "cannot be fed back"),
    ("inputs: [1], weights: {Wx: 1, Wh: 1, by: 1}", "no matrix Wy"),
]


@pytest.mark.parametrize(("keys", "message"), MISTAKES)
def test_mistakes_are_answered_with_the_fix(keys: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(f"{{kind: recurrent, {keys}}}")
    assert message in str(caught.value)


def test_slopes_that_cancel_are_nought() -> None:
    """Two outputs ask for opposite changes: what is left of the last bits of doubles is no number for a page."""
    solution = solve(
        loads(
            "{kind: recurrent, cell: rnn, activation: relu, inputs: [[1, 0], [0, 1]], output: softmax, loss: cce,"
            " weights: {Wx: [[0.5, 0.1], [0.2, 0.3]], Wh: [[0.1, 0], [0, 0.1]], b: [0, 0], Wy: [[1, 1], [0, 1]],"
            " by: [0, 0]}, target: [[1, 0], [0, 1]]}"
        )
    )
    assert solution.answers["dE/db"][1] == 0
    assert solution.answers["dE/dWx"][1] == [0, 0]
    assert "e-1" not in solution.to_text()
    assert "10⁻¹" not in solution.to_text()
