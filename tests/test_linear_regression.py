"""kind: linear-regression: exact sums, laws of least squares, gradients by the rules, complaints, page and formats."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.algebra import Integer, difference, power, product, symbol, total
from solver.api import loads
from solver.catalog.regression_losses import REGRESSION_LOSSES, squares_gradient
from solver.check.linear_regression import audit, quantities
from solver.differentiate import derivative
from solver.equality import equal
from solver.errors import NotAsked, NotComputable, SpecError

MARKS = "kind: linear-regression\nx: [1, 2, 3, 4, 5]\ny: [2, 4, 5, 4, 5]\n"
DESCENT = "kind: linear-regression\nx: [1, 2, 3, 4]\ny: [3, 5, 7, 9]\nmethod: gradient-descent\nlearning_rate: 0.05\n"


def test_the_sums_formula_by_hand() -> None:
    solution = solve(loads(MARKS + "predict: [6, 0]\n"))
    sums = {key: solution.values.numbers[f"sum_{key}"] for key in ("x", "y", "xy", "xx")}
    assert sums == {"x": 15, "y": 20, "xy": 66, "xx": 55}
    assert solution.values.numbers["m"] == Fraction(3, 5)
    assert solution.values.numbers["c"] == Fraction(11, 5)
    assert solution.answers["predicted"] == [5.8, 2.2]
    assert solution.answers["residuals"] == [-0.8, 0.6, 1.0, -0.6, -0.2]
    assert (solution.answers["SS_res"], solution.answers["SS_tot"], solution.answers["R2"]) == (2.4, 6.0, 0.6)


def test_normal_equations_find_the_same_line() -> None:
    by_sums, by_matrix = (solve(loads(MARKS + method)).values.numbers for method in ("", "method: normal-equations\n"))
    assert (by_sums["m"], by_sums["c"]) == (by_matrix["m"], by_matrix["c"])
    assert (by_matrix["l21"], by_matrix["a22@1"], by_matrix["r2@1"]) == (3, 10, 6)


def test_one_step_by_hand() -> None:
    solution = solve(loads(DESCENT + "start: {m: 1, c: 0.5}\n"))
    numbers = solution.values.numbers
    assert [numbers[f"e[{i}]@0"] for i in range(1, 5)] == [Fraction(e, 2) for e in (3, 5, 7, 9)]
    assert (numbers["dE/dm"], numbers["dE/dc"]) == (-35 / 2, -6)
    assert (numbers["m"], numbers["c"]) == (Fraction("1.875"), Fraction("0.8"))
    assert solution.history == (10.25, solution.answers["E"])


@pytest.mark.parametrize("name", [name for name, row in REGRESSION_LOSSES.items() if row.squares])
@pytest.mark.parametrize(("key", "feature"), [("m", symbol("x")), ("c", Integer(1))])
def test_each_gradient_is_the_derivative_found_by_the_rules(name: str, key: str, feature: object) -> None:
    loss = REGRESSION_LOSSES[name]
    line = total([product(symbol("m"), symbol("x")), symbol("c")])
    found = derivative(loss.part(symbol("y"), line, symbol("delta")), symbol(key))
    written = squares_gradient(loss.doubled, product(feature, difference(symbol("y"), line)), None)
    assert equal(found, written)


def test_half_a_square_has_no_two_in_its_gradient() -> None:
    wrong = squares_gradient(REGRESSION_LOSSES["mse"].doubled, symbol("e"), None)
    assert not equal(wrong, derivative(product(Integer(1), power(symbol("e"), 2)), symbol("e")))


POINTS = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(-50, 50)), min_size=4, max_size=7, unique=True
)


@settings(max_examples=15, deadline=None)
@given(POINTS)
def test_residuals_are_orthogonal_to_every_column(points: list[tuple[int, int, int]]) -> None:
    x, y = [[a, b] for a, b, _ in points], [c for _, _, c in points]
    try:
        problem = loads(f"kind: linear-regression\nx: {x}\ny: {y}\n")
    except SpecError as error:
        complaint = str(error)
        problem = None
    if problem is None:
        assert "fixed by" in complaint or "is 0 in every sample" in complaint
        return
    solution = solve(problem)
    e = [solution.values.numbers[f"e[{i}]"] for i in range(1, len(y) + 1)]
    assert sum(e) == 0
    assert all(sum(r * row[j] for r, row in zip(e, x, strict=True)) == 0 for j in (0, 1))
    assert solution.check.agrees


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=5), st.sampled_from(["full", "1", "2"]), st.integers(1, 30))
def test_epochs_in_the_compiled_working_are_those_of_plain_arithmetic(x: list[int], batch: str, epochs: int) -> None:
    y = [2 * a - 1 for a in x]
    size = len(x) if batch == "full" else int(batch)
    spec = f"kind: linear-regression\nx: {x}\ny: {y}\nlearning_rate: 0.01\nbatch: {batch}\nepochs: {epochs}\n"
    m = c = 0.0
    for _ in range(epochs):
        for at in range(0, len(x), size):
            part = list(zip(x[at : at + size], y[at : at + size], strict=True))
            gaps = [b - (m * a + c) for a, b in part]
            slope = -2 / len(part) * sum(a * g for (a, _), g in zip(part, gaps, strict=True))
            level = -2 / len(part) * sum(gaps)
            m, c = m - 0.01 * slope, c - 0.01 * level
    solution = solve(loads(spec))
    assert solution.answers["m"] == pytest.approx(m, rel=1e-9, abs=1e-12)
    assert solution.answers["c"] == pytest.approx(c, rel=1e-9, abs=1e-12)
    assert len(solution.history) == epochs + 1
    assert solution.check.agrees


def test_five_thousand_epochs_take_no_two_seconds() -> None:
    problem = loads(DESCENT + "epochs: 5000\n")
    solve(loads(DESCENT))  # what is imported on the way is not counted
    before = time.process_time()
    solution = solve(problem)
    assert time.process_time() - before < 2
    assert solution.answers["m"] == pytest.approx(2, abs=1e-6)


def test_the_check_sees_a_wrong_slope() -> None:
    solution = solve(loads(DESCENT + "epochs: 3\n"))
    numbers = {key: float(value) for key, value in solution.full_values.numbers.items()}
    assert audit(numbers, solution.problem).agrees
    for key in ("dE/dm@0", "m", "yhat[2]", "R2", "E@0"):
        verdict = audit({**numbers, key: numbers[key] + 1e-6}, solution.problem)
        assert (verdict.agrees, verdict.first_disagreement) == (False, key)


def test_every_step_is_covered_by_the_reference() -> None:
    for spec in (MARKS, MARKS + "method: normal-equations\n", DESCENT + "epochs: 4\nbatch: 2\nloss: {huber: 1}\n"):
        solution = solve(loads(spec))
        assert set(solution.working.steps) <= set(quantities(solution.problem))


def test_the_numbers_of_each_line_give_its_value() -> None:
    scope = {name: getattr(math, name) for name in ("exp", "log", "sqrt")} | {"max": max, "abs": abs}
    data = solve(loads(DESCENT + "epochs: 30\n")).to_json()
    for step in data["steps"]:
        tree = compile(step["numbers"], step["key"], "eval")
        assert set(tree.co_names) <= set(scope)
        assert _worked_out(step["numbers"], scope) == pytest.approx(step["value"], rel=1e-12, abs=1e-12)


def _worked_out(arithmetic: str, scope: dict[str, object]) -> float:
    return float(eval(arithmetic, {"__builtins__": {}}, scope))


def test_rounded_lines_use_what_is_shown() -> None:
    solution = solve(loads(DESCENT + "epochs: 5\ndigits: 2\n"), carry="rounded")
    for k in range(1, 5):
        assert all(Fraction(str(float(value))) == value for value in solution.epochs[k])
    assert solution.answers["m"] != solution.full_values.number("m")
    assert solution.check.agrees


@pytest.mark.parametrize("typed", ["m", "m'", "m_new"])
def test_the_new_value_is_found_by_every_spelling(typed: str) -> None:
    assert list(solve(loads(DESCENT), find=(typed,)).answers) == ["m"]


def test_an_unknown_quantity_is_not_asked() -> None:
    with pytest.raises(NotAsked, match="no quantity 'slope'"):
        solve(loads(MARKS), find=("slope",))


def test_divergence_is_said_on_the_page_and_stopped_before_infinity() -> None:
    text = solve(loads(DESCENT + "epochs: 5\n").__class__("linear-regression", *_fast(5))).to_text()
    assert "the steps overshoot" in text
    with pytest.raises(NotComputable, match="leaves double precision in epoch"):
        solve(loads(DESCENT.replace("0.05", "50") + "epochs: 500\n"))


def _fast(epochs: int) -> tuple[object, object]:
    problem = loads(DESCENT.replace("0.05", "0.3") + f"epochs: {epochs}\n")
    return problem.data, problem.options


def test_equal_targets_have_no_r_squared() -> None:
    solution = solve(loads("kind: linear-regression\nx: [1, 2, 4]\ny: [3, 3, 3]\n"))
    assert "R2" not in solution.answers
    assert "R² is not defined" in solution.to_text()


MISTAKES = [
    ("x: [1, 1]\ny: [1, 2]", (2, 4), "every x is 1"),
    ("x: [0, 0]\ny: [1, 2]\nintercept: false", (2, 4), "every x is 0"),
    ("x: [[1, 2], [2, 4], [3, 6], [5, 10]]\ny: [1, 2, 3, 4]", (2, 4), "x2 is fixed by the constant column, x1"),
    ("x: [[1, 2], [2, 4]]\ny: [1, 2]", (2, 4), "2 samples cannot fix 3 parameters"),
    ("x: [[1, 2], [2]]\ny: [1, 2]", (2, 13), "1 number, but the first row has 2"),
    ("x: [1, 2, 3]\ny: [1, 2]", (3, 4), "2 numbers, but x has 3 samples"),
    ("x: [1, 2]\ny: [1, 2]\nepochs: 5", (4, 1), "least-squares has no use for it"),
    ("x: [1, 2]\ny: [1, 2]\nmethod: gradient-descent", (1, 1), "learning_rate is missing"),
    ("x: [1, 2]\ny: [1, 2]\nloss: mae", (4, 7), "for mae use gradient-descent"),
    ("x: [1, 2]\ny: [1, 2]\nlearning_rate: 0.1\nloss: sse\nreduction: mean", (6, 12), "write 'loss: mse'"),
    ("x: [1, 2]\ny: [1, 2]\nlearning_rate: 0.1\nstart: {m: 1, k: 2}", (5, 15), "expected the parameters m, c"),
    ("x: [1, 2]\ny: [1, 2]\nlearning_rate: 0.1\nstart: [1, 2, 3]", (5, 8), "write 2"),
    ("x: [1, 2]\ny: [1, 2]\nlearning_rate: 0.1\nbatch: 3", (5, 8), "there are only 2 samples"),
    ("x: [1, 2]\ny: [1, 2]\nlearning_rate: 0.1\nbatch: some", (5, 8), "Write 1 for stochastic"),
    ("x: [[1, 2], [2, 1], [0, 3]]\ny: [1, 2, 3]\npredict: [1]", (4, 10), "write 2"),
    ("x: [1, 2]\ny: [1, 2]\ntest: {x: [1], y: [1, 2]}", (4, 19), "each sample needs its y"),
    ("x: 5\ny: [1]", (2, 4), "expected a list of numbers"),
    ("x: [1, 2]\ny: [1, 2]\nalpha: 0.1", (4, 1), "Did you mean learning_rate?"),
]


@pytest.mark.parametrize(("spec", "place", "words"), MISTAKES)
def test_mistakes_are_named_at_their_place(spec: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(f"kind: linear-regression\n{spec}\n")
    first = caught.value.complaints[0]
    assert (first.line, first.column) == place
    assert words in first.message


@pytest.mark.parametrize("spec", [MARKS, MARKS + "method: normal-equations\n", DESCENT + "epochs: 20\n"])
def test_every_format_and_cut_of_the_page(spec: str) -> None:
    problem = loads(spec)
    page = solve(problem)
    assert all(len(line) <= 80 for line in page.to_text().splitlines())
    assert r"\begin{document}" in page.to_latex()
    assert "## Answers" in page.to_markdown()
    assert "Find: " in solve(problem, question=True).to_text()
    assert "Fit" not in solve(problem, brief=True).to_text()
    assert "Hint for m" in solve(problem, hint="m").to_text()
    assert solve(problem, until="m").to_text().rstrip().splitlines()[-1].strip().startswith("m ")
    assert "Not checked" in solve(problem, check=False).to_text()
