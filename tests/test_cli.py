"""The command: exit statuses, what goes to which stream, files whole or not at all, messages with their place."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

import solver.cli
from solver.check.audit import Audit, audit
from solver.errors import Unavailable
from solver.kinds import KINDS
from solver.version import __version__

BANK = Path(__file__).parent.parent / "problems" / "bank" / "backprop"
ONE = BANK / "single-neuron.yaml"
TWO = BANK / "two-inputs-two-hidden-two-outputs.yaml"
SMALL = "{kind: backprop, inputs: [1], layers: [{weights: [[2]]}], activation: linear}"
KIND = "kind: backprop\n"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def invoke(*arguments: str | Path, text: str | bytes = "") -> Result:
    """The command within this process."""
    return CliRunner().invoke(solver.cli.main, [str(each) for each in arguments], input=text, prog_name="dlsolve")


def refused(result: Result) -> str:
    """The message of a refusal: exit status 2, nothing on standard output, no traceback."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert isinstance(result.exception, SystemExit)
    return result.stderr.rstrip("\n")


class TestSolving:
    def test_a_page_and_nothing_else(self, dlsolve: Command) -> None:
        ran = dlsolve("backprop", ONE)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "out_o1 = σ(in_o1) = 1 / (1 + e^(−7)) = 0.9991" in ran.stdout
        assert max(map(len, ran.stdout.splitlines())) <= 80

    def test_solve_takes_any_kind(self) -> None:
        assert invoke("solve", ONE).stdout == invoke("backprop", ONE).stdout

    def test_a_dash_is_standard_input(self) -> None:
        assert invoke("backprop", "-", text=ONE.read_bytes()).stdout == invoke("backprop", ONE).stdout

    def test_the_command_names_the_kind(self) -> None:
        assert (
            invoke("backprop", "-", text="{inputs: [1], layers: [{weights: [[2]]}], activation: linear}").exit_code == 0
        )

    def test_json(self) -> None:
        data = json.loads(invoke("backprop", TWO, "--format", "json", "--find", "w5', E'").stdout)
        assert (data["dlsolve"], data["kind"]) == (__version__, "backprop")
        assert data["answers"] == pytest.approx({"w5'": 0.35891647971788465, "E'": 0.29102777369359933}, rel=1e-12)

    def test_options_win_over_the_spec(self) -> None:
        spec = SMALL.replace("[1]", "[1/3]").replace("}], ", "}], digits: 2, ")
        assert "= 0.67\n" in invoke("solve", "-", text=spec).stdout
        assert "= 0.66667\n" in invoke("solve", "-", "--digits", "5", text=spec).stdout

    def test_without_the_check_the_page_says_so(self) -> None:
        assert "Not checked" in invoke("backprop", ONE, "--no-check").stdout


class TestOtherCommands:
    def test_topics_has_a_line_for_each_kind(self) -> None:
        lines = invoke("topics").stdout.splitlines()
        assert [line.split()[0] for line in lines] == list(KINDS)

    @pytest.mark.parametrize("kind", ["backprop"])
    def test_a_new_spec_is_solved_as_it_stands(self, kind: str) -> None:
        spec = invoke("new", kind).stdout
        assert spec.startswith("# yaml-language-server: $schema=")
        solved = invoke("solve", "-", text=spec)
        assert (solved.exit_code, solved.stderr) == (0, "")

    @pytest.mark.parametrize("arguments", [("backprop",), ("--output",)])
    def test_schema_is_a_json_schema(self, arguments: tuple[str, ...]) -> None:
        assert json.loads(invoke("schema", *arguments).stdout)["$schema"].endswith("2020-12/schema")

    def test_python_m_solver(self, dlsolve: Command) -> None:
        assert dlsolve("--version").stdout == f"dlsolve, version {__version__}\n"
        assert dlsolve("--help").stdout.startswith("Usage: dlsolve ")

    @pytest.mark.parametrize(("typed", "kind"), [("dlsolve new back", "backprop"), ("dlsolve schema back", "backprop")])
    def test_kinds_are_completed(self, dlsolve: Command, typed: str, kind: str) -> None:
        ran = dlsolve(COMP_WORDS=typed, COMP_CWORD="2", _DLSOLVE_COMPLETE="bash_complete")
        assert ran.stdout == f"plain,{kind}\n"

    def test_files_are_completed(self, dlsolve: Command) -> None:
        ran = dlsolve(COMP_WORDS="dlsolve solve ne", COMP_CWORD="2", _DLSOLVE_COMPLETE="bash_complete")
        assert ran.stdout == "file,ne\n"


PLACED = re.compile(r"^<stdin>:[1-9]\d*:[1-9]\d*: \S")


class TestWrongSpecs:
    """Every complaint at its place, all of a file at once."""

    @pytest.mark.parametrize(
        ("text", "place", "says"),
        [
            ("", "1:1", "the file is empty"),
            ("[1]", "1:1", "found a list"),
            ("inputs: [1]", "1:1", "the key kind is missing"),
            ("kind: backprob", "1:7", "Did you mean backprop?"),
            ("kind: [backprop]", "1:7", "expected one of backprop"),
            ("kind: backprop\ntitle: [", "2:8", "["),
            (b"kind: backprop\ntitle: \xff", "2:8", "UTF-8"),
            (KIND + "inputs: [0,5]\nlearning_rate: 0,5\n", "3:16", "0.5"),
            (KIND + "activation: sigmoyd\n", "2:13", "Did you mean sigmoid?"),
        ],
    )
    def test_place_and_words(self, text: str | bytes, place: str, says: str) -> None:
        lines = refused(invoke("solve", "-", text=text)).splitlines()
        assert all(PLACED.match(line) for line in lines)
        assert any(line.startswith(f"<stdin>:{place}: ") and says in line for line in lines)

    def test_all_complaints_at_once_in_their_order(self, tmp_path: Path) -> None:
        spec = tmp_path / "net.yaml"
        spec.write_text(
            "kind: backprop\ninputs: [0.05, 0.10]\nlos: mse\nlayers:\n"
            "  - {name: h, weights: [[0.15, 0.20]], activation: sigmoyd}\n"
            "  - {name: o, weights: [[0.40, 0.45]], biasses: [0.60]}\nactivation: tanh\n"
        )
        lines = refused(invoke("backprop", spec)).splitlines()
        assert len(lines) >= 3
        places = [re.match(re.escape(str(spec)) + r":(\d+):(\d+): ", line) for line in lines]
        found = [(int(place[1]), int(place[2])) for place in places if place]
        assert len(found) == len(lines)
        assert found == sorted(found)
        assert [line for line, _ in found][:3] == [3, 5, 6]

    def test_a_kind_that_the_command_does_not_work(self) -> None:
        message = refused(invoke("backprop", "-", text="kind: cnn-shapes"))
        assert message.startswith("<stdin>:1:7: kind: ")
        assert "dlsolve cnn-shapes" in message

    @pytest.mark.parametrize("last", ["inputs: [0.05", "learning_rate: ", "[[0.15, 0.20", "biases: 0.35,"])
    def test_a_spec_cut_off(self, last: str) -> None:
        text = TWO.read_text("utf-8")
        result = invoke("backprop", "-", text=text[: text.index(last) + len(last)])
        assert all(PLACED.match(line) for line in refused(result).splitlines())

    def test_an_endless_spec_is_not_read_to_its_end(self, environment: Mapping[str, str]) -> None:
        command = ["bash", "-c", 'ulimit -v 2000000; exec "$0" -m solver solve /dev/zero', sys.executable]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "at most 10 MB" in ran.stderr


class TestWrongRequests:
    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["nope.yaml"], "nope.yaml: No such file"),
            (["."], ".: Is a directory"),
            (["x" * 300], "File name too long"),
            ([ONE, "--find", "w9"], "no quantity 'w9'"),
            ([ONE, "--find", "w1"], "w1 is given"),
            ([ONE, "--until", "E"], "no quantity 'E'"),
            ([ONE, "--digits", "0"], "--digits"),
            ([ONE, "--carry", "half"], "--carry"),
            ([ONE, "--style", "detla"], "--style"),
            ([ONE, "--formt", "json"], "--format"),
            ([ONE, "--force"], "-o FILE"),
            ([ONE, "--open"], "-o FILE"),
            ([], "SPEC"),
            ([ONE, TWO], "unexpected extra argument"),
        ],
    )
    def test_refused_with_a_reason(self, arguments: list[str | Path], says: str) -> None:
        assert says in refused(invoke("backprop", *arguments))

    @pytest.mark.parametrize("command", ["new", "schema"])
    def test_an_unknown_kind(self, command: str) -> None:
        assert "Did you mean backprop?" in refused(invoke(command, "backprob"))

    def test_an_unknown_command(self) -> None:
        assert "'bakprop'" in refused(invoke("bakprop"))

    def test_numbers_without_a_result_name_the_line(self) -> None:
        spec = SMALL.replace("[1]", "[1e200]").replace("[[2]]", "[[1e200]]")
        assert refused(invoke("solve", "-", text=spec)).startswith("in_o1: ")

    def test_an_extra_that_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def absent(*arguments: object) -> Audit:
            raise Unavailable('backend cupy needs CuPy; install it with: pip install "dlsolve[cuda]"')

        monkeypatch.setattr("solver.topics.network.audit", absent)
        assert "dlsolve[cuda]" in refused(invoke("backprop", ONE, "--backend", "cupy"))


class TestDisagreement:
    @pytest.fixture(autouse=True)
    def _a_check_that_disagrees(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def disagrees(*arguments: Any) -> Audit:
            detail = "in_o1 is 7.0 in the working and 8.0 in the reference"
            return replace(audit(*arguments), agrees=False, first_disagreement="in_o1", detail=detail)

        monkeypatch.setattr("solver.topics.network.audit", disagrees)

    def test_exit_3_with_the_page_and_the_quantity(self) -> None:
        result = invoke("backprop", ONE)
        assert result.exit_code == 3
        assert "in_o1" in result.stderr
        assert "0.9991" in result.stdout
        assert "DISAGREES" in result.stdout

    def test_the_file_is_written(self, tmp_path: Path) -> None:
        result = invoke("backprop", ONE, "-o", tmp_path / "page.json")
        assert (result.exit_code, result.stdout) == (3, "")
        check = json.loads((tmp_path / "page.json").read_text("utf-8"))["check"]
        assert (check["agrees"], check["first_disagreement"]) == (False, "in_o1")


class TestFiles:
    @pytest.mark.parametrize(("name", "begins"), [("a.txt", "───"), ("a.json", '{\n "dlsolve"'), ("A.JSON", "{")])
    def test_the_suffix_names_the_format(self, tmp_path: Path, name: str, begins: str) -> None:
        result = invoke("backprop", ONE, "-o", tmp_path / name)
        assert (result.exit_code, result.output) == (0, "")
        assert (tmp_path / name).read_text("utf-8").startswith(begins)

    def test_format_wins_over_the_suffix(self, tmp_path: Path) -> None:
        invoke("backprop", ONE, "-o", tmp_path / "a.txt", "--format", "json")
        assert json.loads((tmp_path / "a.txt").read_text("utf-8"))["kind"] == "backprop"

    def test_a_file_is_as_open_as_others(self, tmp_path: Path) -> None:
        (tmp_path / "other").touch()
        invoke("backprop", ONE, "-o", tmp_path / "a.txt")
        assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "other").stat().st_mode

    def test_a_file_that_is_there_stays_unless_forced(self, tmp_path: Path) -> None:
        target = tmp_path / "a.txt"
        target.write_text("mine")
        assert "--force" in refused(invoke("backprop", ONE, "-o", target))
        assert target.read_text() == "mine"
        assert invoke("backprop", ONE, "-o", target, "--force").exit_code == 0
        assert "0.9991" in target.read_text("utf-8")

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
        (tmp_path / "a.txt").write_text("old")
        invoke("backprop", ONE, "-o", tmp_path / "link.txt", "--force")
        assert (tmp_path / "link.txt").is_symlink()
        assert "0.9991" in (tmp_path / "a.txt").read_text("utf-8")

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("a.docx", "names no format"),
            ("a", "names no format"),
            ("no/such/a.txt", "there is no folder"),
            ("folder.txt", "is a folder"),
            ("x" * 300 + ".txt", "File name too long"),
        ],
    )
    def test_where_nothing_can_be_written(self, tmp_path: Path, name: str, says: str) -> None:
        (tmp_path / "folder.txt").mkdir()
        assert says in refused(invoke("backprop", ONE, "-o", tmp_path / name))
        assert [each.name for each in tmp_path.iterdir()] == ["folder.txt"]

    @pytest.mark.parametrize("function", ["tempfile.mkstemp", "os.replace", "os.fdopen"])
    def test_a_failure_leaves_nothing_half_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
    ) -> None:
        (tmp_path / "a.txt").write_text("mine")

        def fails(*arguments: object, **keywords: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(function, fails)
        message = refused(invoke("backprop", ONE, "-o", tmp_path / "a.txt", "--force"))
        assert message == f"{tmp_path / 'a.txt'}: Permission denied"
        assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.txt", "mine")]

    def test_a_wrong_spec_writes_no_file(self, tmp_path: Path) -> None:
        refused(invoke("solve", "-", "-o", tmp_path / "a.txt", text="kind: backprob"))
        assert list(tmp_path.iterdir()) == []


class TestTerminals:
    @pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
    def test_plain_ascii_where_there_is_no_unicode(self, dlsolve: Command, variables: dict[str, str]) -> None:
        ran = dlsolve("backprop", TWO, **variables)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.isascii()
        assert "dE/dw5" in ran.stdout

    @pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}])
    def test_other_locales_print_a_page(self, dlsolve: Command, variables: dict[str, str]) -> None:
        ran = dlsolve("backprop", ONE, **variables)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "0.9991" in ran.stdout

    @pytest.mark.parametrize("format_", ["text", "json"])
    def test_words_of_the_spec_do_not_stop_it(self, dlsolve: Command, format_: str) -> None:
        spec = SMALL.replace("{kind", "{title: Übung − σ, kind")
        ran = dlsolve("solve", "-", "--format", format_, text=spec, PYTHONIOENCODING="ascii")
        assert (ran.returncode, ran.stderr) == (0, "")


class TestStreams:
    """What only a process of its own can show."""

    def _start(self, environment: Mapping[str, str], *arguments: str | Path, **streams: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "solver", *map(str, arguments)]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **streams)

    @pytest.mark.parametrize("arguments", [("backprop", TWO), ("topics",), ("schema", "backprop")])
    def test_a_closed_pipe_is_no_error(self, environment: Mapping[str, str], arguments: tuple[str | Path, ...]) -> None:
        read, write = os.pipe()
        os.close(read)
        with self._start(environment, *arguments, stdout=write) as process:
            os.close(write)
            assert process.communicate(timeout=60)[1] == b""
        assert process.returncode == 0

    def test_piped_into_head(self, environment: Mapping[str, str]) -> None:
        script = 'set -o pipefail; "$0" -m solver backprop "$1" | head -n 2'
        command = ["bash", "-c", script, sys.executable, str(TWO)]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.splitlines()[1] == " Two inputs, two hidden neurons, two outputs"

    def test_interrupted(self, environment: Mapping[str, str], tmp_path: Path) -> None:
        spec = tmp_path / "spec.yaml"
        os.mkfifo(spec)
        with self._start(environment, "backprop", spec, stdout=subprocess.PIPE) as process:
            writer = os.open(spec, os.O_WRONLY)  # waits until the command reads
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            os.close(writer)
        assert (process.returncode, out) == (130, b"")
        assert b"Traceback" not in err

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
    @pytest.mark.parametrize("arguments", [("backprop", ONE), ("topics",)])
    def test_a_full_disk(self, environment: Mapping[str, str], arguments: tuple[str | Path, ...]) -> None:
        with open("/dev/full", "wb") as full, self._start(environment, *arguments, stdout=full) as process:
            message = process.communicate(timeout=60)[1].decode()
        assert (process.returncode, message) == (2, "standard output: No space left on device\n")

    @pytest.mark.parametrize("arguments", [["solve", str(ONE)], ["practice", "loss"]])
    def test_closed_standard_output(self, environment: Mapping[str, str], arguments: list[str]) -> None:
        command = ["bash", "-c", '"$0" -m solver "$@" >&-', sys.executable, *arguments]
        ran = subprocess.run(
            command, stderr=subprocess.PIPE, encoding="utf-8", env=environment, timeout=60, check=False
        )
        assert (ran.returncode, ran.stderr) == (2, "standard output is closed: name a file with -o FILE\n")

    def test_closed_standard_input(self, environment: Mapping[str, str]) -> None:
        command = ["bash", "-c", '"$0" -m solver solve - <&-', sys.executable]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.count("\n") == 1


class TestPaper:
    def test_letter_in_latex(self) -> None:
        pages = [invoke("backprop", ONE, "--format", "latex", *more).stdout for more in ((), ("--paper", "letter"))]
        assert [page.partition("\n")[0] for page in pages] == [
            rf"\documentclass[11pt,{paper}paper,fleqn]{{article}}" for paper in ("a4", "letter")
        ]

    def test_other_formats_know_no_paper(self) -> None:
        assert "PDF and LaTeX" in refused(invoke("backprop", ONE, "--paper", "a4"))
        assert "'letter'" in refused(invoke("backprop", ONE, "--format", "pdf", "--paper", "a5"))


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("find: out_o1, out_o9", ":3:7: find: this problem has no quantity 'out_o9'"),
        ("find:\n  - E\n  - out_o9", ":5:5: find.2: this problem has no quantity"),
        ("find: i1", ":3:7: find: i1 is given"),
        ("claim:\n  E: 2", ":4:3: claim.E: claim: only a problem with letters"),
    ],
)
def test_what_a_spec_asks_in_vain_has_its_place(tmp_path: Path, more: str, place: str) -> None:
    spec = tmp_path / "net.yaml"
    rest = "inputs: [1]\nlayers: [{weights: [[0.5]], activation: sigmoid}]\ntarget: 1\n"
    spec.write_text(f"kind: backprop\ntitle: one\n{more}\n{rest}")
    result = invoke("solve", str(spec))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"net.yaml{place}" in result.stderr
