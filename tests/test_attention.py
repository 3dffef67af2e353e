"""kind: attention: numbers by hand, masks, heads, laws, complaints, formats."""

from __future__ import annotations

import json
from fractions import Fraction
from math import exp, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.check.attention import audited, quantities
from solver.errors import NotAsked, SpecError

PLAIN = "kind: attention\nqueries: [[1, 0], [0, 2]]\nkeys: [[1, 1], [2, 0], [0, 1]]\nvalues: [[1], [2], [4]]\n"
SELF = "kind: attention\ninputs: [[1, 0], [0, 1], [1, 1]]\nWq: I\nWk: [[0, 1], [1, 0]]\nWv: [[1, 2], [3, 4]]\n"
BACK = SELF + "target: [[1, 2], [2, 3], [3, 4]]\nlearning_rate: 0.1\n"
HEADS = (
    "kind: attention\ninputs: [[1, 0, 2, 1], [0, 1, 1, -1]]\nWk: I\nheads: 2\nWo: [[1, 0], [0, 1], [1, 1], [0.5, -1]]\n"
    "upstream: [[1, 0.5], [-1, 2]]\n"
)
OWN = (
    "kind: attention\ninputs: [[1, 2], [0, 1], [-1, 1]]\nmask: causal\nupstream: [[1, 0, 2], [0, 1, 0], [1, 1, 1]]\n"
    "heads: [{Wq: [[1, 0], [0.5, 1]], Wv: [[1], [0]]}, {Wq: [[0.2], [0.4]], Wk: [[-0.3], [1]]}]\n"
)


def _solved(text: str, **options: Any) -> Any:
    return solve(loads(text), **options)


def test_scores_and_weights_by_hand() -> None:
    solution = _solved(PLAIN)
    assert solution.answers["scores"] == [[1, 2, 0], [2, 0, 2]]
    powers = [exp(score / sqrt(2)) for score in (1, 2, 0)]
    assert solution.answers["weights"][0] == pytest.approx([power / sum(powers) for power in powers], abs=1e-15)
    middle = exp(sqrt(2))
    expected = (5 * middle + 2) / (2 * middle + 1)
    assert solution.answers["outputs"][1] == pytest.approx([expected], abs=1e-15)


def test_without_scaling_the_scores_go_into_softmax() -> None:
    solution = _solved(PLAIN + "scaling: false\n")
    assert "scaled" not in solution.answers
    assert "d_k" not in solution.working
    assert solution.answers["weights"][0][2] == pytest.approx(1 / (exp(1) + exp(2) + 1), abs=1e-15)


def test_rows_are_multiplied_from_the_left() -> None:
    numbers = _solved(SELF).values.numbers
    assert [numbers[f"k[1,{j}]"] for j in (1, 2)] == [0, 1]
    assert [numbers[f"v[3,{j}]"] for j in (1, 2)] == [4, 6]


def test_the_causal_mask_hides_what_comes_later() -> None:
    solution = _solved(SELF + "mask: causal\n")
    found = solution.answers
    assert found["weights"][0] == [1, 0, 0]
    assert found["weights"][1][2] == 0
    assert found["outputs"][0] == [1, 2]
    assert found["scaled"][0] == [0, None, None]
    assert "⎡      0       −       − ⎤" in solution.to_text()
    assert "−∞" in solution.to_text()


def test_a_causal_mask_is_one_of_rows() -> None:
    rows = _solved(SELF + "mask: [[1, 0, 0], [1, 1, 0], [1, 1, 1]]\n").answers
    assert rows == _solved(SELF + "mask: causal\n").answers


def test_split_heads_work_with_their_own_columns() -> None:
    whole = _solved("kind: attention\ninputs: [[1, 0, 2, 1], [0, 1, 1, -1]]\nheads: 2\n").answers
    first = _solved("kind: attention\ninputs: [[1, 0], [0, 1]]\n").answers
    second = _solved("kind: attention\ninputs: [[2, 1], [1, -1]]\n").answers
    assert [whole["weights_1"], whole["weights_2"]] == [first["weights"], second["weights"]]
    assert [row[:2] for row in whole["outputs"]] == first["outputs"]
    assert [row[2:] for row in whole["outputs"]] == second["outputs"]


def test_heads_of_their_own_width_have_their_own_root() -> None:
    solution = _solved(OWN)
    widths = {key: given.number.value for key, given in solution.working.givens.items() if key.startswith("d_k")}
    assert widths == {"d_k_1": 2, "d_k_2": 1}
    assert "2 (head 1), 1 (head 2)" in solution.to_text()


def test_an_input_times_itself_has_both_paths() -> None:
    solution = _solved("kind: attention\ninputs: [[3]]\nupstream: [[2]]\nscaling: false\n")
    assert solution.values.numbers["score[1,1]"] == 9
    assert solution.answers["dE/dx"] == [[2]]
    assert solution.check.agrees


@pytest.mark.parametrize("text", [BACK, BACK + "mask: causal\n", BACK + "scaling: false\n", HEADS, OWN])
def test_the_known_formula_gives_what_the_chain_rule_gave(text: str) -> None:
    solution = _solved(text)
    shorts = [key for key in solution.working.steps if key.endswith(":short")]
    assert len(shorts) >= 5
    for key in shorts:
        chained = solution.values.number(key.removesuffix(":short"))
        assert solution.values.number(key) == pytest.approx(chained, abs=1e-14)


@pytest.mark.parametrize("text", [PLAIN, BACK, HEADS, OWN])
def test_the_check_sees_a_wrong_number(text: str) -> None:
    solution = _solved(text)
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    known = quantities(solution.problem)
    for key in solution.working.steps:
        assert key.removesuffix(":short") in known
        assert audited(values | {key: values[key] + 1e-4}, solution.problem).first_disagreement == key


ROWS = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(-20, 20), min_size=width, max_size=width), min_size=2, max_size=3)
)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.sampled_from(["causal", "none"]))
def test_weights_add_to_1_and_gradients_agree(rows: list[list[int]], mask: str) -> None:
    typed = [[number / 10 for number in row] for row in rows]
    text = f"kind: attention\ninputs: {typed}\nWq: I\nmask: {mask}\nupstream: {rows}\n"
    solution = _solved(text)
    assert solution.check.agrees, solution.check.detail
    assert solution.check.compared >= len(solution.working.steps)
    for row in solution.answers["weights"]:
        assert sum(row) == pytest.approx(1, abs=1e-12)


def test_equal_keys_share_the_weight_equally() -> None:
    solution = _solved("kind: attention\nqueries: [[1]]\nkeys: [[2], [2]]\nvalues: [[1], [3]]\n")
    assert solution.answers["outputs"] == [[2]]


MISTAKES = [
    ("", "there is nothing to work with: give inputs"),
    ("queries: [[1]]", "queries: there are queries, but no keys and no values"),
    ("X: [[1]]", "Did you mean inputs?"),
    ("inputs: [[1]]\nkeys: [[1]]", "keys: there are inputs too"),
    ("queries: [[1]]\nkeys: [[1], [2]]\nvalues: [[1]]", "values: found 1 row for 2 keys"),
    ("queries: [[1]]\nkeys: [[1, 2]]\nvalues: [[1]]", "keys: a query has 1 number and a key 2"),
    ("inputs: [[1, 2]]\nWq: [[1], [2], [3]]", "Wq: found 3 rows; the inputs have 2 columns"),
    ("inputs: [[1, 2]]\nWq: identity", "Did you mean I?"),
    ("inputs: [[1, 2]]\nWo: [[1]]", "Wo: found 1 row; the heads side by side have 2 columns"),
    ("inputs: [[1, 2]]\nheads: 3", "heads: found 3; the 2 columns of the queries cannot be split"),
    ("inputs: [[1, 2]]\nheads: 0", "heads: found 0"),
    (
        "inputs: [[1, 2]]\nheads: [{WQ: I}]",
        "heads.1.WQ: found the key 'WQ'; expected one of Wq, Wk, Wv. Did you mean Wq?",
    ),
    ("inputs: [[1, 2]]\nheads: [{Wq: I}]\nWv: I", "Wv: every head of the list has matrices of its own"),
    ("inputs: [[1, 2]]\nmask: triangular", "Did you mean causal?"),
    ("inputs: [[1], [2]]\nmask: [[1, 0]]", "mask: found 1 x 2; expected a row for each query, 2 x 2"),
    ("inputs: [[1], [2]]\nmask: [[1, 0], [0, 0]]", "mask.2: this query may look at no key"),
    ("inputs: [[1], [2]]\nmask: [[1, 0], [1, 2]]", "mask.2: expected 1 (may look) or 0"),
    ("queries: [[1]]\nkeys: [[1], [2]]\nvalues: [[1], [2]]\nmask: causal", "as many queries as keys (1 and 2)"),
    ("inputs: [[1, 2]]\ntarget: [[1, 2]]\nlearning_rate: 0.1", "there is no weight matrix to learn"),
    ("inputs: [[1, 2]]\ntarget: [[1]]", "target: found 1 row of 1; expected one number for each output, 1 row of 2"),
    ("inputs: [[1, 2]]\ntarget: [[1, 0]]\nloss: bce", "loss: bce takes ln of a probability"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_named_with_their_fix(text: str, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        _solved(f"kind: attention\n{text}\n")
    assert message in str(raised.value)


def test_scores_beyond_every_power_of_e_have_weights_all_the_same() -> None:
    solution = _solved("kind: attention\ninputs: [[1000], [1]]\n")
    assert solution.answers["weights"] == [[1.0, 0.0], [1.0, 0.0]]
    assert "the largest power of e was taken out first" in " ".join(solution.to_text().split())


def test_other_styles_are_refused() -> None:
    with pytest.raises(NotAsked, match="its style is chain"):
        _solved(SELF, style="matrix")


@pytest.mark.parametrize(
    ("typed", "key"), [("α[1,2]", "weight[1,2]"), ("s[2,1]", "score[2,1]"), ("∂E/∂W_q[1,2]", "dE/dWq[1,2]")]
)
def test_quantities_are_found_as_they_are_written(typed: str, key: str) -> None:
    assert _solved(BACK, find=(typed,)).asked == (key,)


def test_what_is_asked_for_brings_only_what_it_needs() -> None:
    solution = _solved(SELF, find=("out[2,1]",))
    assert set(solution.answers) == {"out[2,1]"}
    assert "q[1,1]" not in solution.shown_keys
    assert solution.values.numbers["v[2,1]"] == Fraction(3)
    assert "out[2,1] = α[2,1]·v[1,1] + α[2,2]·v[2,1] + α[2,3]·v[3,1]" in solution.to_text()


@pytest.mark.parametrize("text", [PLAIN, BACK + "mask: causal\n", HEADS, OWN], ids=["plain", "self", "heads", "own"])
@pytest.mark.parametrize(
    "options",
    [{}, {"brief": True}, {"question": True}, {"everything": True}, {"carry": "rounded", "digits": 2},
     {"hint": "outputs"}, {"until": "out[1,1]"}, {"check": False}],
)  # fmt: skip
def test_every_page_keeps_to_the_width_and_comes_in_every_format(text: str, options: dict[str, Any]) -> None:
    if "hint" in options:
        options = {"hint": next(iter(key for key in _solved(text).working.steps if key.startswith("weight")))}
    solution = _solved(text, **options)
    shown = solution.to_text()
    assert [line for line in shown.split("\n") if len(line) > 80] == []
    assert solution.to_text(ascii_only=True).isascii()
    assert solution.to_latex().rstrip().endswith("\\end{document}")
    assert solution.to_markdown().startswith("# ")
    data = json.loads(json.dumps(solution.to_json(), allow_nan=False))
    assert {step["key"] for step in data["steps"]} == set(solution.working.steps)


@pytest.mark.parametrize("text", [BACK, HEADS, OWN, BACK + "mask: causal\n"])
def test_everything_leaves_nothing_out(text: str) -> None:
    solution = _solved(text, everything=True)
    blocks = [block for block in solution.page().blocks if type(block).__name__ == "Lines"]
    worked = {equation.key for block in blocks for equation in block.equations}
    assert set(solution.working.steps) - worked == set()
    assert "not written out" not in solution.to_text()


def test_the_starter_is_solved() -> None:
    from solver.spec.attention import starter

    solution = _solved(starter())
    assert solution.check.agrees
    assert solution.answers["outputs"][0] == [1, 2]
