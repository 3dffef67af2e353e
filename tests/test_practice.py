"""Practice sheets: every kind and level, proved and reproducible, in every format; what is refused, and how."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from problems import practice_sheet, sample
from problems.answers import final_answers
from problems.marks import marks
from problems.numbers import spread
from problems.plan import Entry
from problems.posed import Pool, proved
from problems.samplers import SAMPLERS, settings
from problems.sheet import Key
from problems.wishes import LEVELS, Draw, Wishes
from solver import loads, solve
from solver.cli import main
from solver.errors import DlsolveError
from solver.kinds import KINDS
from solver.page.blocks import Heading

NOT_IN_HEAD = ("logistic-regression", "attention")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["practice", *arguments])


def test_every_kind_can_be_sampled() -> None:
    assert set(SAMPLERS) == set(KINDS)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", SAMPLERS)
def test_a_problem_is_proved_and_its_spec_gives_it_again(kind: str, level: str) -> None:
    posed = sample(kind, seed=7, level=level)
    again = solve(loads(json.dumps(posed.spec)))
    assert again.check.agrees
    assert again.answers == posed.solution.answers
    assert posed.points > 0
    assert posed.question()


@pytest.mark.parametrize("kind", [kind for kind in SAMPLERS if kind not in NOT_IN_HEAD])
def test_without_a_calculator_every_line_is_short_and_exact(kind: str) -> None:
    solution = sample(kind, seed=3, calculator=False).solution
    for key in getattr(solution, "shown_keys", ()):
        assert len(solution.values.texts[key]) <= 7
        assert Fraction(solution.values.texts[key]) == solution.values.numbers[key]


@pytest.mark.parametrize("kind", NOT_IN_HEAD)
def test_exponentials_are_not_for_the_head(kind: str) -> None:
    with pytest.raises(DlsolveError, match="in the head"):
        sample(kind, calculator=False)


def test_the_same_seed_gives_the_same_sheet_and_key() -> None:
    first, second = (practice_sheet(["backprop", "loss"], 4, seed=42) for _ in range(2))
    assert first.to_text() == second.to_text()
    assert first.key.to_markdown() == second.key.to_markdown()
    assert first.form == second.form
    other = practice_sheet(["backprop", "loss"], 4, seed=43)
    assert other.form != first.form
    assert [p.spec for p in other.problems] != [p.spec for p in first.problems]


def test_kinds_come_in_turn_and_no_problem_twice() -> None:
    found = practice_sheet(["loss", "metrics", "activation"], 7, seed=1).problems
    assert [p.kind for p in found] == ["loss", "metrics", "activation", "loss", "metrics", "activation", "loss"]
    assert len({json.dumps(p.spec) for p in found}) == 7


def test_a_longer_sheet_begins_like_the_shorter_one() -> None:
    short, long = (practice_sheet(["metrics", "loss"], count, seed=5).problems for count in (2, 4))
    assert [p.spec for p in long[:2]] == [p.spec for p in short]


def test_settings_reach_the_problem() -> None:
    layers = sample("backprop", seed=2, hidden=4, outputs=1).spec["layers"]
    assert [len(layer["weights"]) for layer in layers] == [4, 1]
    assert sample("perceptron", seed=2, gate="or").spec["gate"] == "or"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bakprop"], "Did you mean backprop?"),
        (["backprop", "--set", "hiden=3"], "they have activation, ask, hidden, inputs, outputs, variant"),
        (["backprop", "--set", "hidden=many"], "expected a whole number from 1 to 5"),
        (["backprop", "--set", "hidden"], "expected NAME=VALUE"),
        (["perceptron", "--set", "gate=maybe"], "expected one of and, or, nand, nor"),
        (["cnn-shapes", "--set", "ask=some"], "expected one of all, one layer, missing, mistake"),
        (["backprop", "--copies", "2"], "several copies need files"),
        (["backprop", "--force"], "name it with -o FILE"),
        (["backprop", "--students", "nowhere.csv"], "nowhere.csv: No such file"),
        (["backprop", "-o", "no/such/folder.md"], "there is no folder no/such"),
        (["backprop", "-o", "sheet.odt"], "names no format"),
        (["--like", "net.yaml", "--level", "hard"], "--level is for kinds"),
        (["--from", "sheet.yaml", "--set", "hidden=3"], "--set is for kinds"),
        (["loss", "--students", "roster.csv", "--copies", "2"], "--copies: with --students"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sheet_and_key_are_written_whole_and_not_overwritten(folder: Path) -> None:
    command = ["backprop", "cnn-shapes", "--seed", "4", "-o", "s.md", "--key", "k.txt"]
    assert run(*command).exit_code == 0
    sheet_text, key_text = Path("s.md").read_text("utf-8"), Path("k.txt").read_text("utf-8")
    form = sheet_text.partition("Form ")[2].partition(",")[0]
    assert f"Form {form}, seed 4, dlsolve" in key_text
    assert "Proved:" in key_text
    assert "Proved:" not in sheet_text
    assert run(*command).exit_code == 2
    assert run(*command, "--force").exit_code == 0
    assert Path("s.md").read_text("utf-8") == sheet_text
    assert sorted(path.name for path in folder.iterdir()) == ["k.txt", "s.md"]


def test_sheet_and_key_need_two_files(folder: Path) -> None:
    for key in ("a.md", "./a.md"):
        result = run("loss", "-o", "a.md", "--key", key)
        assert (result.exit_code, result.stderr) == (2, f"{key}: sheet and key need files of their own\n")
    assert not list(folder.iterdir())
    assert not list(folder.iterdir())


@pytest.mark.parametrize("suffix", ["md", "tex", "html", "json", "txt"])
def test_every_format(folder: Path, suffix: str) -> None:
    kinds = ["backprop", "cnn-shapes", "perceptron"]
    assert run(*kinds, "--seed", "1", "-o", f"s.{suffix}", "--key", f"k.{suffix}").exit_code == 0
    for name in ("s", "k"):
        assert "seed" in Path(f"{name}.{suffix}").read_text("utf-8")


def test_json_has_specs_questions_and_in_the_key_solutions(folder: Path) -> None:
    run("backprop", "metrics", "--count", "3", "-o", "s.json", "--key", "k.json")
    questions, key = (json.loads(Path(f"{name}.json").read_text("utf-8")) for name in "sk")
    assert [p["id"] for p in questions["problems"]] == ["1", "2", "3"]
    for asked, solved in zip(questions["problems"], key["problems"], strict=True):
        assert set(asked) == {"id", "kind", "points", "spec", "question"}
        assert solved["spec"] == asked["spec"]
        assert solved["solution"]["check"]["agrees"]
        assert solved["solution"]["answers"] == solve(loads(json.dumps(asked["spec"]))).to_json()["answers"]


def test_copies_have_the_same_form_and_other_numbers(folder: Path) -> None:
    Path("roster.csv").write_text("name,group\nAda,1\nÖmer Å.,2\n", encoding="utf-8")
    status = run("backprop", "activation", "--students", "roster.csv", "-o", "s.json", "--key", "k.json").exit_code
    assert status == 0
    assert sorted(path.name for path in folder.glob("s*")) == ["s-Ada.json", "s-Ömer-Å.json"]
    first, second = json.loads(Path("k.json").read_text("utf-8"))["copies"]
    assert (first["student"], second["student"]) == ("Ada", "Ömer Å.")
    assert first["form"] != second["form"]
    for one, other in zip(first["problems"], second["problems"], strict=True):
        assert one["spec"] != other["spec"]
        assert shape(one["spec"]) == shape(other["spec"])
        assert one["points"] == other["points"]


@pytest.mark.parametrize(
    ("roster", "files"),
    [
        ("Name;Group\r\nAda;1\r\nBob;2\r\n", ["s-Ada.json", "s-Bob.json"]),
        ('"Byron, Ada",1\n"Bob\0\nB",2\n', ["s-Bob-B.json", "s-Byron-Ada.json"]),
        ("e\u0301va\nनमस्ते\n", ["s-e\u0301va.json", "s-नमस्ते.json"]),
    ],
)
def test_a_roster_as_spreadsheets_write_it(folder: Path, roster: str, files: list[str]) -> None:
    Path("roster.csv").write_text("\ufeff" + roster, encoding="utf-8")
    assert run("loss", "--students", "roster.csv", "-o", "s.json").exit_code == 0
    assert sorted(path.name for path in folder.glob("s*")) == files
    assert "\\u0000" not in Path(files[0]).read_text("utf-8")


@pytest.mark.parametrize(
    ("roster", "message"),
    [
        (b"Ada\nADA\n", "two copies would be s-ADA.json"),
        (b'"Ada\nBob\n', "unexpected end of data"),
        ("José\n".encode("latin-1"), "save the file as UTF-8"),
    ],
)
def test_a_roster_that_cannot_be_used(folder: Path, roster: bytes, message: str) -> None:
    Path("roster.csv").write_bytes(roster)
    result = run("loss", "--students", "roster.csv", "-o", "s.json")
    assert result.exit_code == 2
    assert message in result.stderr


def shape(spec: Any) -> Any:
    """A spec without its numbers."""
    if isinstance(spec, dict):
        return {key: shape(value) for key, value in spec.items()}
    if isinstance(spec, list):
        return [shape(value) for value in spec]
    return "number" if isinstance(spec, int | float) else spec


def test_a_table_of_the_final_answers_of_all_copies(folder: Path) -> None:
    run("metrics", "--copies", "3", "-o", "s.md", "--key", "k.md")
    key = Path("k.md").read_text("utf-8")
    table = key.partition("## Final answers")[2].partition("##")[0]
    assert [f"copy {number}" in table for number in (1, 2, 3)] == [True] * 3
    assert sorted(path.name for path in folder.glob("s-*")) == ["s-1.md", "s-2.md", "s-3.md"]


def test_the_report_counts_what_was_rejected() -> None:
    result = run("perceptron", "--count", "3", "--seed", "42", "--report")
    assert result.exit_code == 0
    attempts = int(result.stderr.split()[0])
    rejected = sum(int(line.split()[1]) for line in result.stderr.splitlines() if line.startswith("  rejected"))
    assert attempts - rejected == 3


def test_room_to_work() -> None:
    (problem,) = practice_sheet(["loss"]).problems
    assert run("loss", "--space", "none").stdout.count("_" * 60) == 0
    assert run("loss", "--space", "lines").stdout.count("_" * 60) == max(problem.points, 4)


SPEC = """
kind: backprop
title: From an exam
inputs: [0.6, -0.45]
layers:
  - {name: h, weights: [[0.5, -0.3], [-0.8, 0.7]], biases: [0.1, -0.2], activation: sigmoid}
  - {name: o, weights: [[0.4, -0.6]], biases: [0.05], activation: sigmoid}
target: [0.2]
learning_rate: 0.5
find: w1'
"""


def test_like_keeps_the_structure_and_the_decimals(folder: Path) -> None:
    Path("exam.yaml").write_text(SPEC, encoding="utf-8")
    assert run("--like", "exam.yaml", "--count", "4", "-o", "s.json").exit_code == 0
    specs = [problem["spec"] for problem in json.loads(Path("s.json").read_text("utf-8"))["problems"]]
    assert len({json.dumps(spec) for spec in specs}) == 4
    for spec in specs:
        assert shape(spec) == shape(specs[0])
        assert (spec["title"], spec["find"], spec["layers"][0]["activation"]) == ("From an exam", "w1'", "sigmoid")
        assert spec["inputs"][0] > 0 > spec["inputs"][1]
        assert round(spec["inputs"][0], 1) == spec["inputs"][0]
        assert spec["inputs"] != [0.6, -0.45]


def test_a_list_of_problems_fixed_varied_and_sampled(folder: Path) -> None:
    Path("exam.yaml").write_text(SPEC, encoding="utf-8")
    Path("sheet.yaml").write_text(
        "title: Homework\ninstructions: No phones.\nproblems:\n"
        "  - {kind: backprop, count: 2, level: easy, set: {inputs: 3}, points: 11}\n"
        "  - {spec: exam.yaml, text: Show every path.}\n"
        "  - {like: exam.yaml}\n",
        encoding="utf-8",
    )
    assert run("--from", "sheet.yaml", "--copies", "2", "-o", "s.json", "--key", "k.txt").exit_code == 0
    first, second = (json.loads(Path(f"s-{k}.json").read_text("utf-8"))["problems"] for k in (1, 2))
    assert [problem["points"] for problem in first] == [11, 11, 8, 8]
    assert [len(problem["spec"]["inputs"]) for problem in first] == [3, 3, 2, 2]
    assert first[2]["spec"]["inputs"] == second[2]["spec"]["inputs"] == [0.6, -0.45]
    assert first[3]["spec"] != second[3]["spec"]
    assert "Show every path." in first[2]["question"]
    assert "Answer key" in Path("k.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("problems: []", "sheet.yaml:1:11: problems: expected a list of problems"),
        ("problems: [{kind: los}]", "Did you mean loss?"),
        ("problems: [{kind: loss, count: 0}]", "problems.1.count: expected a whole number from 1 to 1000"),
        ("problems: [{count: 2}]", "expected one of the keys kind"),
        ("problems: [{kind: loss, cuont: 2}]", "found the key 'cuont'"),
        ("problems: [{kind: loss, calculator: no}]", "calculator: expected any or none"),
        ("problems: [{spec: nowhere.yaml}]", "nowhere.yaml: No such file"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_with_its_place(folder: Path, text: str, message: str) -> None:
    Path("sheet.yaml").write_text(text, encoding="utf-8")
    result = run("--from", "sheet.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_fixed_problem_whose_check_disagrees_is_not_printed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("exam.yaml").write_text(SPEC, encoding="utf-8")
    Path("sheet.yaml").write_text("problems: [{spec: exam.yaml}]", encoding="utf-8")
    monkeypatch.setattr("problems.posed.proved", lambda solution: "the check disagrees")
    result = run("--from", "sheet.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "problem 1 (backprop) cannot be printed: the check disagrees" in result.stderr


def test_the_key_has_marks_that_add_up_and_answers_by_hand() -> None:
    posed = next(p for p in practice_sheet(["backprop"], 6, seed=11).problems if p.points > 5)
    found = marks(posed)
    assert sum(found.parts.values()) == posed.points
    headings = [str(block.text[-1]) for block in found.page.blocks if isinstance(block, Heading)]
    shares = [int(number) for heading in headings for number in re.findall(r"\((\d+) points?\)", heading)]
    assert sum(shares) == posed.points
    spelled = "".join(part for part in final_answers(posed) if isinstance(part, str))
    by_hand = solve(loads(json.dumps(posed.spec)), carry="rounded", check=False)
    for key in posed.solution.answer_keys:
        if by_hand.text(key) != posed.solution.text(key):
            assert f"(by hand {by_hand.text(key)})".replace("-", "−") in spelled


def test_a_disagreeing_problem_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("problems.posed.proved", lambda solution: "the check disagrees")
    result = run("loss")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the check disagrees" in result.stderr


def test_an_unchecked_solution_is_not_proved() -> None:
    spec = json.dumps(sample("loss").spec)
    assert proved(solve(loads(spec))) == ""
    assert proved(solve(loads(spec), check=False)) != ""


def test_numbers_have_few_decimals() -> None:
    assert spread("-0.2", "0.2", "0.1") == [-0.2, -0.1, 0.1, 0.2]
    assert spread("1", "2", "0.5") == [1, 1.5, 2]


def test_settings_of_several_kinds_are_put_together() -> None:
    assert settings(("loss", "metrics")) == ["ask", "classes", "loss", "outputs"]


def test_wishes_that_nothing_fulfils_are_said() -> None:
    def never(form: Random, rng: Random, wishes: Wishes) -> Draw:
        return Draw({"kind": "loss"}, refused="too dull")

    with pytest.raises(DlsolveError, match="most often too dull"):
        Pool().pose("1", Entry("loss", never, Wishes(), ""), ("a", "b"))


def test_the_key_of_one_sheet_has_its_problems() -> None:
    paper = practice_sheet(["metrics"], 1)
    assert isinstance(paper.key, Key)
    assert paper.key.sheets == (paper,)
