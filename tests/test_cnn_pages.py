"""cnn-shapes as people meet it: the command, its pages in every format, the JSON, and messages with their place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import solver.cli
from solver import load, loads, solve
from solver.cnn.presets import PRESETS, preset
from solver.errors import NotAsked
from solver.page.blocks import Lines
from solver.render.latex_maths import maths
from solver.render.markdown import safe

BANK = Path(__file__).parents[1] / "problems" / "bank" / "cnn-shapes"
GOLDEN = Path(__file__).parent / "golden_cnn"
NAMES = sorted(path.stem for path in BANK.glob("*.yaml"))
HEAD = "kind: cnn-shapes\ninput: [28, 28, 1]\nlayers:\n"


@cache
def solved(name: str, **options: Any) -> Any:
    return solve(load(BANK / f"{name}.yaml"), **options)


def invoke(*arguments: str | Path, text: str = "") -> Result:
    return CliRunner().invoke(solver.cli.main, ["cnn-shapes", *map(str, arguments)], input=text)


def refused(*arguments: str | Path, text: str = "") -> str:
    result = invoke(*arguments, text=text)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.rstrip("\n")


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "exam-same.txt": ("exam-same", {"steps": True}),
    "exam-same.md": ("exam-same", {"steps": True, "find": ("conv1",)}),
    "exam-same.tex": ("exam-same", {"steps": True, "find": ("conv1",)}),
    "lenet5.txt": ("lenet5", {}),
    "lenet5.json": ("lenet5", {"find": ("conv2", "total_macs")}),
    "vgg16.txt": ("vgg16", {}),
    "resnet18.txt": ("resnet18", {"brief": True, "apart": True}),
    "alexnet-first-layer.txt": ("alexnet-first-layer", {"compare": "dense"}),
    "sentiment-lstm.txt": ("sentiment-lstm", {"steps": True, "count": "flops", "count_biases": True}),
    "which-kernel-and-stride.txt": ("which-kernel-and-stride", {}),
    "no-such-kernel.txt": ("no-such-kernel", {}),
    "lenet5-question.txt": ("lenet5", {"question": True}),
}


def spelled(name: str, solution: Any) -> str:
    if name.endswith(".json"):
        data = solution.to_json()
        del data["dlsolve"]
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    if name.endswith(".md"):
        return str(solution.to_markdown())
    return str(solution.to_latex() if name.endswith(".tex") else solution.to_text())


@pytest.mark.parametrize("name", CASES)
def test_page_is_as_it_was(name: str, golden: bool) -> None:
    problem, options = CASES[name]
    found, file = spelled(name, solved(problem, **options)), GOLDEN / name
    if golden:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    changes = list(unified_diff(expected.split("\n"), found.split("\n"), name, "printed now", lineterm="", n=2))
    if changes:
        pytest.fail("\n".join([*changes, "", "as wanted? pytest --golden writes the files anew"]), pytrace=False)


def test_every_golden_file_is_compared() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(CASES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_80_columns(name: str) -> None:
    solution = solved(name, steps=True, compare="dense", apart=True, everything=True, check=False)
    for ascii_only in (False, True):
        lines = solution.to_text(ascii_only=ascii_only).split("\n")
        assert [line for line in lines if len(line) > 80] == []
        assert not any(line.strip().startswith("layer: ") for line in lines)  # a table too wide for the page
    assert "?" not in solution.to_text(ascii_only=True).replace("kernel ?", "").split(" Conventions")[1]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PRESETS] + ["lenet5-1998", "unet"])
def test_every_line_is_in_every_format(name: str) -> None:
    solution = solved(name, steps=True, check=False)
    markdown, latex = solution.to_markdown(), solution.to_latex()
    assert latex.count(r"\begin{") == latex.count(r"\end{")
    for block in solution.page().blocks:
        for equation in block.equations if isinstance(block, Lines) else ():
            assert f"= {safe(maths(equation.rights[-1]))}" in markdown
            assert maths(equation.rights[-1]) in latex


def test_the_exams_lines_are_worked() -> None:
    page = solved("exam-same", steps=True).to_text()
    assert "⌊(32 − 11 + 2·5) / 4⌋ + 1\n                 = ⌊7.75⌋ + 1 = 8" in page
    assert "(11·11·3 + 1) · 96 = 34,944" in page
    latex = solved("exam-same", steps=True).to_latex()
    assert r"(11 \cdot 11 \cdot 3 + 1) \cdot 96 = 34{,}944" in latex
    assert r"\lfloor 7.75 \rfloor + 1 = 8" in latex


def test_rows_that_no_window_sees_are_named() -> None:
    assert "pool2: the last row and column are never seen." in solved("cnn-numerical").to_text()
    assert "The last row and column are never seen." in solved("cnn-numerical", steps=True).to_text()


def test_ways_that_meet_are_worked() -> None:
    solution = solved("googlenet", steps=True, check=False)
    line = solution["inception3a.channels"]
    assert (line.numbers, line.value) == ("64 + 128 + 32 + 32", 256)


class TestJson:
    @pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("no-such")])
    def test_steps_come_out(self, name: str) -> None:
        data = json.loads(json.dumps(solved(name, check=False).to_json(), allow_nan=False))
        for step in data.get("steps", []):
            assert eval(step["numbers"], {"__builtins__": {}}) == step["value"], step["key"]
            assert list(step) == ["key", "section", "rule", "formula", "numbers", "value", "latex"]

    def test_it_is_what_the_interface_says(self) -> None:
        data = solved("lenet5").to_json()
        first = {key: data["layers"][0][key] for key in ("name", "kind", "output", "parameters", "macs")}
        assert first == {"name": "conv1", "kind": "conv", "output": [28, 28, 6], "parameters": 156, "macs": 117600}
        assert data["layers"][0]["receptive_field"] == [5, 5]
        assert (data["total_parameters"], data["total_macs"]) == (61706, 416520)
        assert data["answers"] == {"total_parameters": 61706, "total_macs": 416520}
        check = {"backend": "numpy", "compared": 8, "run": 7, "max_error": 0.0, "agrees": True}
        assert data["check"] == check

    def test_solutions_of_a_question(self) -> None:
        answers = solved("which-kernel").to_json()["answers"]
        assert (answers["solutions"], answers["total_parameters"]) == ([{"kernel": 5}], 156)
        both = solved("which-kernel-and-stride").to_json()
        assert both["answers"]["solutions"] == [{"kernel": 2, "stride": 2}, {"kernel": 15, "stride": 1}]
        assert "total_parameters" not in both
        none = solved("no-such-kernel").to_json()["answers"]
        assert none["solutions"] == []
        assert none["nearest"][0]["output"] == [14, 14, 8]

    def test_what_is_asked(self) -> None:
        found = solved("lenet5", find=("conv2", "dense1.parameters", "total_macs"), check=False).to_json()
        assert found["answers"] == {
            "conv2": {"output": [10, 10, 16], "parameters": 2416, "macs": 240000},
            "dense1.parameters": 48120,
            "total_macs": 416520,
        }
        assert {step["section"] for step in found["steps"]} == {"conv2", "dense1"}


class TestOptions:
    def test_conventions(self) -> None:
        flops = solved("lenet5", count="flops", count_biases=True, bytes=2).to_json()
        assert flops["layers"][0]["operations"] == 2 * 117600 + 28 * 28 * 6
        assert flops["layers"][0]["memory"] == 28 * 28 * 6 * 2
        assert flops["total_macs"] == 416520
        for biases in (0, 1, 2):
            lstm = solved("sentiment-lstm", gate_biases=biases).to_json()["layers"][1]
            assert lstm["parameters"] == 4 * 20 * (32 + 20 + biases)

    def test_flops_are_worked(self) -> None:
        solution = solved("lenet5", count="flops", count_biases=True)
        operations = {each["name"]: each["operations"] for each in solution.to_json()["layers"] if each["macs"]}
        assert {name: solution[f"{name}.operations"].value for name in operations} == operations
        assert solution["conv1.operations"].numbers == "2*117600 + 4704"

    def test_the_spec_chooses_too(self) -> None:
        spec = f"steps: true\nfind: conv1.parameters\n{HEAD}  - conv: {{filters: 6, kernel: 5}}\n"
        solution = solve(loads(spec))
        assert solution.answers == {"conv1.parameters": 156}
        assert "(5·5·1 + 1) · 6 = 156" in solution.to_text()

    def test_columns_apart(self) -> None:
        page = solved("resnet18", apart=True, check=False).to_text()
        assert re.search(r"norm1 +64 +64 +128 +yes\n", page)
        assert re.search(r"conv1 +7 × 7 +2 × 2\n", page)

    def test_a_hint_has_no_numbers_and_until_stops(self) -> None:
        hint = solved("lenet5", hint="conv2.parameters").to_text()
        assert "(F·F·C + 1) · K" in hint
        assert "2,416" not in hint
        until = solved("lenet5", until="conv1.parameters").to_text()
        assert "= 156" in until
        assert "117,600" not in until

    def test_a_question_does_not_tell_its_answer(self) -> None:
        page = solved("exam-same", question=True).to_text()
        assert "Find: the output shape" in page
        assert "padding same" in page
        assert not re.search(r"34,944|8 × 8|\[8, 8", page)
        assert "output [28, 28, 6]" in solved("which-kernel", question=True).to_text()

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"find": ("conv9",)}, "Did you mean conv2"),
            ({"find": ("conv1.parametrs",)}, "conv1 has no line 'parametrs'; it has height, parameters"),
            ({"hint": "conv1"}, "write conv1.parameters"),
        ],
    )
    def test_keys_that_are_not_there(self, options: dict[str, Any], says: str) -> None:
        with pytest.raises(NotAsked, match=re.escape(says)):
            solved("lenet5", **options)


class TestCommand:
    def test_a_preset_and_its_spec(self) -> None:
        shown = invoke("--preset", "lenet5")
        assert (shown.exit_code, shown.stderr) == (0, "")
        printed = invoke("--preset", "lenet5", "--spec").stdout
        assert printed == preset("lenet5")
        assert invoke("-", text=printed).stdout == shown.stdout
        assert CliRunner().invoke(solver.cli.main, ["solve", "-"], input=printed).stdout == shown.stdout

    def test_the_starter_is_solved(self) -> None:
        starter = CliRunner().invoke(solver.cli.main, ["new", "cnn-shapes"]).stdout
        assert invoke("-", text=starter).exit_code == 0

    def test_options_reach_the_page(self) -> None:
        page = invoke("--preset", "lenet5", "--steps", "--compare", "dense", "--count", "flops", "--no-check").stdout
        assert "(5·5·6 + 1) · 16 = 2,416" in page
        assert "n_out (n_in + 1) = 4,704 (1,024 + 1) = 4,821,600" in page
        assert "FLOPs: two for each" in page
        assert "Not checked" in page

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["--preset", "vgg-16"], "Did you mean vgg16?"),
            ([], "name a spec, or a network with --preset NAME"),
            (["net.yaml", "--preset", "vgg16"], "either SPEC or --preset"),
            (["net.yaml", "--spec"], "name it with --preset NAME"),
            (["--preset", "lenet5", "--force"], "name it with -o FILE"),
        ],
    )
    def test_what_cannot_be_done(self, arguments: list[str], says: str) -> None:
        assert says in refused(*arguments)

    def test_a_file_in_the_format_of_its_suffix(self, tmp_path: Path) -> None:
        target = tmp_path / "lenet.tex"
        assert invoke("--preset", "lenet5", "-o", target).exit_code == 0
        assert target.read_text(encoding="utf-8") == solved("lenet5").to_latex()

    def test_a_disagreement_is_told_and_ends_with_3(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from solver.check import convolution_shapes

        look = convolution_shapes.look

        def one_more(*arguments: Any) -> Any:
            found = look(*arguments)
            return replace(found, parameters=found.parameters + 1)

        monkeypatch.setattr(convolution_shapes, "look", one_more)
        result = invoke("--preset", "lenet5")
        assert result.exit_code == 3
        assert "conv1: parameters 156, but NumPy finds 157" in result.stderr
        assert "DISAGREES: conv1" in result.stdout.replace("\n   ", " ")
        data = json.loads(invoke("--preset", "lenet5", "--format", "json").stdout)
        assert data["check"]["agrees"] is False
        assert data["check"]["max_error"] > 0


def rows(*layers: str, size: str = "[28, 28, 1]") -> str:
    return HEAD.replace("[28, 28, 1]", size) + "".join(f"  - {layer}\n" for layer in layers)


@pytest.mark.parametrize(
    ("spec", "place", "says"),
    [
        (rows("conv: {filters: 6, kernel: 31}"), "4:32: layers.1.conv.kernel", "the height falls below 1"),
        (rows("max_pool: 20", "max_pool: 2"), "5:15: layers.2.max_pool.size", "larger than the input (1)"),
        (rows("flatten", "dense: {units: 10, inputs: 400}"), "5:32: layers.2.dense.inputs", "write inputs: 784"),
        (rows("conv: {filters: 8, kernel: 3, groups: 4}", size="[9, 9, 6]"), "4:43: layers.1.conv.groups", "is 2"),
        (
            rows("residual: {body: [{conv: {filters: 8, kernel: 3, padding: same}}]}"),
            "4:15: layers.1.residual",
            "channels 8 and 1. Smallest change: shortcut: [{conv: {filters: 8, kernel: 1}}]",
        ),
        (
            rows("branches: [[{conv: {filters: 8, kernel: 3}}], [{conv: {filters: 8, kernel: 5}}]]"),
            "4:15: layers.1.branches",
            "the height of branch 1 is 26, that of branch 2 is 24",
        ),
        (
            rows("repeat: {times: 1000, layers: [{repeat: {times: 1000, layers: [relu]}}]}"),
            "4:13: layers.1.repeat",
            "at most 10,000",
        ),
        (rows(*["relu"] * 20_000), "4:3: layers", "20,000 layers; at most 10,000 can be planned"),
        (rows("conv2d: {filters: 8, kernel: 3}"), "4:5: layers.1.conv2d", "Did you mean conv?"),
        (rows("conv: {filters: 8, kernal: 3}"), "4:24: layers.1.conv.kernal", "Did you mean kernel?"),
        (rows("conv: {filters: eight, kernel: 3}"), "4:21: layers.1.conv.filters", "found 'eight'"),
        (rows("conv: {filters: '8', kernel: 3}"), "4:21: layers.1.conv.filters", "Write it without quotes"),
        (rows("conv: {kernel: 3}"), "4:11: layers.1.conv", "conv needs filters"),
        (rows("dense: 100000000000000000000"), "4:12: layers.1.dense", "a whole number from 1 to 1000000000"),
        (rows("dense: 7", size="28x28"), "2:8: input", "a list of sizes such as [28, 28, 6]"),
        (rows("lstm: 20"), "4:11: layers.1.lstm", "needs a sequence [time steps, features]"),
        (rows("conv: {filters: 3, kernel: '?'}"), "4:11: layers.1.conv", "say what is wanted: output: [...]"),
        (
            rows("{residual: {body: [" * 300 + "relu" + "]}}" * 300),
            "4:",
            "more than 50 levels of brackets or indentation",
        ),
    ],
)
def test_messages_have_their_place(spec: str, place: str, says: str) -> None:
    message = refused("-", text=spec)
    assert message.startswith(f"<stdin>:{place}")
    assert says in message


def test_all_complaints_at_once() -> None:
    spec = rows("conv: {filters: 0, kernel: 2.5}", "maxpool: 2", "dense: ten") + "digits: 3\n"
    assert len(refused("-", text=spec).splitlines()) == 5


def test_the_table_as_a_process_loads_no_sympy_and_no_numpy(environment: Mapping[str, str]) -> None:
    watched = (
        "import atexit, sys\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from solver.cli import main\nmain(prog_name='dlsolve')"
    )
    arguments = ["cnn-shapes", "--preset", "vgg16", "--no-check"]
    ran = subprocess.run(
        [sys.executable, "-c", watched, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=60,
        check=True,
    )
    assert "138,357,544" in ran.stdout
    loaded = {name.partition(".")[0] for name in ran.stderr.split()}
    assert loaded & {"sympy", "numpy", "pydantic", "pydantic_core"} == set()
    assert "tabulate" in loaded
