"""`points` and `slip` in a spec: what is worth how much, and a line that is shown wrong."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from solver import loads, solve
from solver.errors import SpecError
from solver.kinds import KINDS
from solver.slips import SLIPS
from solver.spec import choices

SPEC = """kind: backprop
inputs: [0.6, -0.45]
layers:
  - {name: h, weights: [[0.5, -0.3], [-0.8, 0.7]], biases: [0.1, -0.2], activation: sigmoid}
  - {name: o, weights: [[0.4, -0.6]], biases: [0.05], activation: sigmoid}
target: [0.2]
learning_rate: 0.5
"""
SHAPES = "kind: cnn-shapes\ninput: [8, 8, 1]\nlayers: [conv: {filters: 2, kernel: 3}, flatten, dense: 2]\n"


def text(spec: str, **options: Any) -> str:
    found: str = solve(loads(spec), **options).to_text()
    return found


def test_points_stand_beside_lines_and_behind_headings() -> None:
    page = text(SPEC + 'points: {out_h1: 1, "∂E/∂w5": 2, Forward pass: 3}\n')
    (line,) = [line for line in page.splitlines() if "[1 point]" in line]
    assert line.strip().startswith("out_h1 =")
    assert "Forward pass (3 points)" in page
    (line,) = [line for line in page.splitlines() if "[2 points]" in line]
    assert "∂E/∂w5" in line


def test_the_question_says_what_is_worth_how_much() -> None:
    question = text(SPEC + "points: {out_h1: 1, w5': 2, Forward pass: 3}\n", question=True)
    assert "Worth 6 points: out_h1 (1), w5' (2), Forward pass (3)." in question
    assert "Worth 7 points." in text(SPEC + "points: 7\n", question=True)


def test_points_of_a_line_that_is_not_printed_stand_at_its_part() -> None:
    page = text(SPEC + "points: {delta_o1: 2}\n")
    assert "Chain rule (2 points)" in page


def test_points_of_layers_and_totals() -> None:
    page = text(SHAPES + "points: {conv1: 2, dense1.parameters: 1, Totals: 1}\n")
    assert "Layers (3 points)" in page
    assert "Totals (1 point)" in page


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (SPEC + "points: {dE/dw55: 1}\n", "8:10: points.dE/dw55: found 'dE/dw55'; expected a quantity such as E"),
        (SPEC + "points: {Forwards pass: 1}\n", "Did you mean Forward pass?"),
        (SPEC + "points: {out_h1: 0}\n", "points.out_h1: found 0; expected a whole number from 1"),
        (SPEC + "points: many\n", "expected a whole number from 1 to 1000, or a mapping"),
        (SHAPES + "points: {conf1: 1}\n", "Did you mean conv1?"),
        (SPEC + "slip: {w1': nonsense}\n", "slip.w1': found 'nonsense'; expected one of wrong sign"),
        (
            SPEC + "slip: {w1': square left out}\n",
            "8:8: slip.w1': the line of w1' cannot go wrong by 'square left out'",
        ),
        (SPEC + "slip: {w99: wrong sign}\n", "this problem has no quantity 'w99'"),
        (SPEC + "slip: {w1': wrong sign, w2': wrong sign}\n", "a mapping of one line"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(spec: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        solve(loads(spec))
    assert message in str(error.value)


def test_a_working_with_a_wrong_line() -> None:
    spec = SPEC + "find: w1'\nslip: {w1': wrong sign}\n"
    question, page = text(spec, question=True), text(spec)
    assert "exactly one line is wrong" in question
    assert "w1' = w1 + η·∂E/∂w1" in " ".join(question.replace("w1'            =", "w1' =").split())
    assert "Find: w1'" not in question
    assert "The wrong line" in page
    assert "its last term has the wrong sign. Right is:" in page
    assert solve(loads(spec)).answers == solve(loads(SPEC + "find: w1'\n")).answers


def test_a_working_that_is_too_long_is_refused() -> None:
    with pytest.raises(SpecError, match="too long to look for a slip"):
        solve(loads(SPEC + "slip: {w1': wrong sign}\n"))


def test_the_names_of_slips_are_those_that_specs_may_use() -> None:
    assert tuple(SLIPS) == choices.SLIPS


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_knows_points(kind: str) -> None:
    schema = KINDS[kind].schema()
    points = {"$defs": schema.get("$defs", {}), **schema["properties"]["points"]}
    jsonschema.validate({"w5'": 2, "Forward pass": 3}, points)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"w5'": 0}, points)
