"""What stands on sheets and keys beside the problems: tables to fill in, marks, answers in a line, other numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bank import BANK

from problems import sample
from problems.answers import final_answers
from problems.like import like
from problems.marks import marks
from problems.plan import Plan
from problems.posed import Pool
from problems.printed import printed
from problems.samplers import SAMPLERS
from problems.sheet import make
from problems.tables import empty_tables
from solver.errors import DlsolveError
from solver.page.blocks import Table
from solver.render.spelling import spell

WHOLE = {"backprop": "all weights", "perceptron": "table", "linear-regression": "update", "metrics": "rates",
         "logistic-regression": "update", "gradient-flow": "all"}  # fmt: skip


def words(text: Any) -> str:
    return "".join(part if isinstance(part, str) else spell(part) for part in text)


def everything(kind: str) -> Any:
    chosen = {"method": "gradient-descent"} if kind == "linear-regression" else {}
    return sample(kind, seed=4, ask=WHOLE.get(kind, "all"), **chosen)


@pytest.mark.parametrize("kind", SAMPLERS)
def test_every_kind_has_a_table_to_fill_in(kind: str) -> None:
    posed = everything(kind)
    tables = list(empty_tables(posed))
    assert tables
    for table in tables:
        assert isinstance(table, Table)
        assert all(len(row) == len(table.headers) for row in table.rows)
        assert any(words(cell).strip("\u00a0") == "" for row in table.rows for cell in row)


def test_the_gradient_table_gives_old_values_and_no_new_ones() -> None:
    posed = everything("backprop")
    *_, table = empty_tables(posed)
    assert isinstance(table, Table)
    assert [words(head) for head in table.headers] == ["", "old", "gradient", "new"]
    weights = [w for layer in posed.spec["layers"] for row in layer["weights"] for w in row]
    found = {words(row[0]): words(row[1]).replace("−", "-") for row in table.rows}
    assert [float(found[f"w{k}"]) for k in range(1, len(weights) + 1)] == weights


@pytest.mark.parametrize("kind", SAMPLERS)
def test_marks_add_up_to_the_points(kind: str) -> None:
    posed = everything(kind)
    parts = marks(posed).parts
    assert not parts or sum(parts.values()) == posed.points


def test_a_wrong_line_is_the_answer_where_it_is_asked_for() -> None:
    posed = sample("backprop", seed=1, ask="line")
    (key,) = posed.spec["slip"]
    answer = words(final_answers(posed))
    assert answer.startswith("line ")
    assert answer.endswith(posed.solution.text(key).replace("-", "−"))
    page = printed(posed, "")
    assert not any(isinstance(block, Table) and block.fill for block in page.sheet)


def test_the_answers_of_a_plan_name_its_layers() -> None:
    posed = sample("cnn-shapes", seed=1, level="easy")
    (first, *_) = posed.solution.plan.layers
    size = " × ".join(map(str, first.output))
    assert words(final_answers(posed)).startswith(f"conv1 {size} ({first.parameters:,}); ")


@pytest.mark.parametrize(
    "name", ["cnn-shapes/resnet18", "cnn-shapes/exam-28x28", "backprop/thirds", "convolution/seed-same-padding"]
)
def test_like_a_problem_of_the_bank_with_other_numbers(name: str) -> None:
    file = BANK.parent / f"{name}.yaml"
    found = make(Plan((like(str(file)),) * 2, 1), Pool()).problems
    assert len({json.dumps(posed.spec) for posed in found}) == 2
    for posed in found:
        assert posed.solution.check.agrees


def test_what_cannot_vary_is_said() -> None:
    with pytest.raises(DlsolveError, match="none of its numbers can vary"):
        like(str(BANK / "two-sigmoids-in-letters.yaml"))


def test_like_keeps_the_points(tmp_path: Path) -> None:
    file = tmp_path / "loss.yaml"
    text = "kind: loss\nloss: mse\npredicted: [0.5, 2.5]\ntarget: [1.5, 2]\npoints: {E: 2, dE/dy1: 3}\n"
    file.write_text(text, encoding="utf-8")
    (posed,) = make(Plan((like(str(file)),), 1), Pool()).problems
    assert posed.points == 5
    assert posed.spec["points"] == {"E": 2, "dE/dy1": 3}
    assert marks(posed).parts == {"E": 2, "dE/dy1": 3}
