"""kind gradient-descent: the bank's coverage, laws of descents, minima and saddles, every mistake of a spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Max, Symbol

from solver import load, solve
from solver.algebra import symbol
from solver.api import loads
from solver.check.compare import held
from solver.check.descent_differences import differences
from solver.check.gradient_descent import quantities
from solver.errors import NotAsked, NotComputable, SpecError
from solver.kinds import KINDS
from solver.spec.expression import expression
from solver.topics.renamed import renamed

BANK = sorted((Path(__file__).parent.parent / "problems" / "bank" / "gradient-descent").glob("*.yaml"))


def _solved(text: str, **options: Any) -> Any:
    return solve(loads("{kind: gradient-descent, " + text + "}"), **options)


@pytest.mark.parametrize("path", BANK, ids=lambda path: path.stem)
def test_every_printed_number_is_in_the_reference(path: Path) -> None:
    solution = solve(load(path))
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    missing = set(solution.working.steps) - set(quantities(solution.problem, values))
    assert missing == set()
    assert solution.check.compared >= len(solution.working.steps)


@pytest.mark.parametrize("path", BANK, ids=lambda path: path.stem)
def test_every_problem_is_written_in_every_format(path: Path) -> None:
    solution = solve(load(path))
    assert max(map(len, solution.to_text().splitlines())) <= 80
    assert "Check" in solution.to_markdown()
    assert solution.to_latex().isascii()
    data = json.loads(json.dumps(solution.to_json(), allow_nan=False))
    assert data["check"]["agrees"] is True
    assert [step["key"] for step in data["steps"]] == list(solution.working.steps)


def test_the_reference_notices_a_wrong_number() -> None:
    solution = _solved("function: x^2 + y^2, start: {x: 1, y: 2}, learning_rate: 0.1, steps: 2, optimizer: adam")
    right = {key: float(value) for key, value in solution.full_values.numbers.items()}
    for key in ("x[1]", "df/dy[1]", "m_x[2]", "v_hat_y[1]", "f[2]", "step_x[2]", "x_P", "D2_P"):
        wrong = {**right, key: right[key] + 1e-6}
        known = quantities(solution.problem, right if key != "x_P" else wrong)
        assert held(wrong, known, differences(solution.problem, right)).agrees is False, key


@settings(max_examples=15, deadline=None)
@given(a=st.integers(1, 9), b=st.integers(-9, 9), x=st.integers(-9, 9), rate=st.sampled_from(["0.01", "0.05", "0.1"]))
def test_a_parabola_shrinks_towards_its_vertex_by_one_factor(a: int, b: int, x: int, rate: str) -> None:
    """x − vertex is multiplied by 1 − 2aη in each step."""
    solution = _solved(f'function: "{a}*x^2 + {b}*x", start: {{x: {x}}}, learning_rate: {rate}, steps: 3')
    vertex = -b / (2 * a)
    assert solution.answers["minima"][0][0] == pytest.approx(vertex)
    expected = vertex + (x - vertex) * (1 - 2 * a * float(rate)) ** 3
    assert solution.answers["x"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert solution.check.agrees


@settings(max_examples=10, deadline=None)
@given(number=st.integers(1, 6), size=st.integers(1, 3))
def test_batches_of_one_size_have_the_mean_of_all(number: int, size: int) -> None:
    rows = [[(7 * i * i) % 11 - 5, i] for i in range(1, number * size + 1)]
    answers = _solved(f"samples: {rows}, batch: {size}").answers
    assert answers["average"] == pytest.approx(numpy.mean(rows, axis=0))
    if number > 1:
        assert answers["mean_of_batch_averages"] == pytest.approx(answers["average"])


def test_batches_of_different_sizes_are_named_on_the_page() -> None:
    page = _solved("samples: [[1], [2], [6]], batch: 2").to_text()
    assert "is not the mean of all samples" in " ".join(page.split())


@pytest.mark.parametrize(
    ("function", "start", "kinds"),
    [
        ("x^2 - y^2", "{x: 1, y: 1}", {"saddles": [[0, 0]]}),
        ("-x^2 - 2*y^2 + 4*x", "{x: 1, y: 1}", {"maxima": [[2, 0]]}),
        ("x^3 - 3*x", "{x: 0.5}", {"minima": [[1]], "maxima": [[-1]]}),
        ("x^3", "{x: 1}", {"saddles": [[0]]}),
        ("x^4", "{x: 1}", {"minima": [[0]]}),
        ("x^4/4 - x", "{x: 0}", {"minima": [[1]]}),
        ("x^5/5 - x^2 - x", "{x: 0}", None),
        ("-x^2 + y^2 - z^2 + x*z", "{x: 1, y: 1, z: 1}", {"saddles": [[0, 0, 0]]}),
        ("x^4 + y^4 - 4*x*y", "{x: 1, y: 2}", {"minima": [[-1, -1], [1, 1]], "saddles": [[0, 0]]}),
    ],
)
def test_points_of_zero_gradient(function: str, start: str, kinds: dict[str, Any] | None) -> None:
    solution = _solved(f'function: "{function}", start: {start}')
    found = {key: solution.answers[key] for key in ("minima", "maxima", "saddles") if key in solution.answers}
    assert solution.check.agrees
    if kinds is None:
        for (x,) in [*found["minima"], *found["maxima"]]:
            assert x**4 - 2 * x - 1 == pytest.approx(0, abs=1e-12)
        return
    assert set(found) == set(kinds)
    for key, points in kinds.items():
        assert numpy.allclose(found[key], points)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("sin(x) + x^2", "polynomials of low degree only"),
        ("x^7", "polynomials of low degree only"),
        ("3*x", "never 0"),
        ("x^3 + x", "at no real point"),
        ("(x - y)^2", "whole line of points"),
        ("x^4*y^3 + x*y^7", "polynomials of low degree only"),
    ],
)
def test_what_is_left_out_is_said(function: str, says: str) -> None:
    start = "{x: 1, y: 1}" if "y" in function else "{x: 1}"
    assert says in " ".join(_solved(f'function: "{function}", start: {start}').to_text().split())


def test_what_happens_is_said() -> None:
    page = " ".join(_solved("function: x^2, start: 1, learning_rate: [0.4, 0.9, 1.5], steps: 4").to_text().split())
    assert page.count("Overshoot: df/dx changes its sign at steps 1, 2, 3, 4") == 2
    assert page.count("It diverges") == 1
    reached = " ".join(_solved("function: (x - 2)^2, start: 0, learning_rate: 0.5, steps: 2").to_text().split())
    assert "It has reached the minimum of f (x = 2)." in reached


def test_the_gradient_is_read_out() -> None:
    page = " ".join(_solved('function: "-6*x + 2*y + 0*z", start: {x: 1, y: 1, z: 1}').to_text().split())
    assert "∂f/∂x is negative: f falls as x grows, so make it larger." in page
    assert "∂f/∂y is positive: f grows with y, so make it smaller." in page
    assert "∂f/∂z is 0" in page
    assert "A small change of x changes f 3 times as much as the same change of y." in page


def test_starts_may_be_written_in_many_ways() -> None:
    short = "function: x^2 + 3*y, learning_rate: 0.1, steps: 1"
    assert _solved(f"{short}, start: [1, 2]").answers == _solved(f"{short}, start: {{x: 1, y: 2}}").answers
    assert _solved(f"{short}, start: [[1, 2], [3, 4]]").answers["x"] == pytest.approx([0.8, 2.4])
    assert _solved("function: x^2, learning_rate: 0.1, steps: 1, start: [1, 3]").answers["x"] == pytest.approx(
        [0.8, 2.4]
    )


def test_runs_are_every_start_with_every_rate_and_optimizer() -> None:
    solution = _solved("function: x^2, start: [1, 2], learning_rate: [0.1, 0.2], steps: 2, optimizer: [sgd, adam]")
    assert len(solution.answers["x"]) == 8
    assert numpy.shape(solution.answers["history"]) == (8, 3)
    assert solution["x[2]@1"].value == pytest.approx(0.64)
    assert solution.check.agrees


def test_history_is_f_after_each_step() -> None:
    solution = _solved("function: x^2, start: 1, learning_rate: 0.25, steps: 3")
    assert solution.history == pytest.approx((1, 0.25, 0.0625, 0.015625))
    assert solution.to_json()["history"] == list(solution.history)


def test_given_gradients_and_samples_run_too() -> None:
    assert _solved("gradients: [4, 2], learning_rate: 0.5").answers["x"] == pytest.approx(-3)
    nudged = _solved("nudges: [[1, 2], [3, 6]], start: [0, 0], learning_rate: 0.5")
    assert (nudged.answers["x1"], nudged.answers["x2"]) == pytest.approx((1, 2))
    assert nudged.check.agrees


def test_rounded_values_are_carried_and_held_against_full_ones() -> None:
    text = "function: (x - 1)^4, start: 3, learning_rate: 0.013, steps: 3"
    rounded = _solved(text, carry="rounded", digits=2)
    assert rounded["x[1]"].value == pytest.approx(2.58)
    assert rounded["x[1]"].text == "2.58"
    assert rounded.check.agrees


def test_options_choose_lines() -> None:
    text = "function: x^2 + y^2, start: {x: 1, y: 2}, learning_rate: 0.1, steps: 5, optimizer: momentum"
    asked = _solved(text, find=("x[4]",))
    assert "y[4]" not in asked.to_text().partition("Step 1")[2]
    assert "x[4]" in asked.to_text()
    hint = _solved(text, hint="v_x[4]").to_text()
    assert "v_x[4] = β·v_x[3] + ∂f/∂x" in hint
    assert "0.9" not in hint
    assert _solved(text, until="x[4]").to_text().rstrip().splitlines()[-1].lstrip().startswith("x[4]   = x[3] − η·v_x")
    with pytest.raises(NotAsked, match="given"):
        _solved(text, find=("x[0]",))


def test_numbers_without_end_are_refused() -> None:
    with pytest.raises(NotComputable, match="smaller learning rate"):
        _solved("function: x^4, start: 100, learning_rate: 1, steps: 50")
    with pytest.raises(NotComputable, match="logarithm"):
        _solved("function: ln(x), start: 0.1, learning_rate: 1, steps: 2")


def test_chaos_is_no_disagreement() -> None:
    solution = _solved("function: x^4/4 - x^2, start: 0.3, learning_rate: 0.95, steps: 120, optimizer: sgd")
    assert solution.check.agrees
    assert solution.check.compared > 360


def test_a_kink_is_no_disagreement() -> None:
    text = 'function: "abs(x) + max(0, y)", start: {x: 0, y: 0}'
    solution = _solved(f"{text}, learning_rate: 0.5, steps: 2")
    assert solution.answers["gradient"] == [0, 0]
    assert solution.check.agrees
    assert set(solution.check.skipped) >= {"df/dx[0]", "df/dy[0]"}


def test_renaming_keeps_the_order() -> None:
    formula = expression("max(0, 1 - b*a) + b + a", ["a", "b"])
    new = renamed(formula, {"a": symbol("z"), "b": symbol("a")})
    assert str(new) == str(expression("max(0, 1 - a*z) + a + z", ["a", "z"]))
    assert new.args[0].func is Max
    assert list(new.args[1:]) == [Symbol("a"), Symbol("z")]


def test_the_starter_solves_and_the_schema_takes_it() -> None:
    kind = KINDS["gradient-descent"]
    assert solve(loads(kind.starter())).check.agrees
    assert set(kind.schema()["properties"]) >= {"function", "start", "learning_rate", "optimizer", "samples", "batch"}


MISTAKES = [
    ("function: x^2", "the key start is missing: write start: {x: 1}"),
    ("function: x^2, start: {y: 1}", "'x' is not known here; known: y"),
    ("function: x^2, start: {x: 1, y: 2}", "y does not stand in the function"),
    ("function: x^2 + y^2, start: 1", "1 number, but the parameters are 2: x, y"),
    ("function: 2x, start: 1", "write 2*x"),
    ("function: x^2, start: 1, steps: 3", "the key learning_rate is missing"),
    ("function: x^2, start: 1, steps: 3, lr: 0.1", "Did you mean learning_rate?"),
    ("function: x^2, start: 1, steps: 0, learning_rate: 1", "a whole number from 1 to 1000"),
    ("function: x^2, start: 1, steps: 1, learning_rate: -1", "a number above 0"),
    ("function: x^2, start: 1, steps: 1, learning_rate: 1, optimizer: adm", "Did you mean adam?"),
    ("function: 3, start: 1", "a function of at least one name"),
    ("function: f + 1, start: {f: 1}", "call the parameter otherwise"),
    ("function: x + m_x, start: [1, 2]", "would also be a quantity of x"),
    ("function: x^2, gradients: [1], start: 1", "leave one of them out"),
    ("start: 1", "the key function (or gradients, or samples) is missing"),
    ("gradients: [1, 2], steps: 3, learning_rate: 1", "there are 2"),
    ("gradients: [[1, 2], [1]], learning_rate: 1", "1 number, but the parameters are 2: x1, x2"),
    ("function: w*x, start: {w: 1}, samples: [[1]]", "each sample names its data"),
    ("function: w*x, start: {w: 1}, samples: [{x: 1}, {z: 1}]", "expected the names of the first sample"),
    ("function: w*x, start: {w: 1, x: 2}, samples: [{x: 1}]", "x is a parameter"),
    ("samples: {a: [1, 2], b: [1]}", "one number for each sample"),
    ("function: x^2, start: 1, batch: 2", "there are none"),
    ("function: __import__('os'), start: 1", "function"),
    ("function: x^2, start: [1, 2, 3], learning_rate: [1, 2], steps: 1000", "more than 4000 updates"),
    (f"function: {'+x^2' * 200}, start: 1, learning_rate: 0.1, steps: 1000", "too much work"),
    (f"function: {'+'.join(f'a{i}^2' for i in range(60))}, start: {[1] * 60}", "too much work"),
    (
        "function: x + y, start: [1, 2], learning_rate: 1, steps: 1, optimizer: {momentum: {state: {v: [1]}}}",
        "1 number, but the parameters are x, y",
    ),
]


@pytest.mark.parametrize(("text", "says"), MISTAKES)
def test_mistakes_are_named(text: str, says: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads("{kind: gradient-descent, " + text + "}")
    assert says in str(caught.value)
