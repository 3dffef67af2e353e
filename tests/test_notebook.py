"""The cell magic: a cell of YAML shows its solution, and what is wrong with it is told without a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from solver.notebook import dlsolve

MAZUR = Path(__file__).parent.parent / "problems/bank/backprop/two-inputs-two-hidden-two-outputs.yaml"


def test_a_cell_becomes_a_solution() -> None:
    solution = dlsolve("backprop", MAZUR.read_text())
    assert solution.answers["w5'"] == pytest.approx(0.35891647971788465, abs=1e-15)
    assert solution._repr_html_().startswith('<div class="dlsolve">')
    assert "0.3589" in solution._repr_markdown_()


def test_options_are_those_of_the_command_line() -> None:
    solution = dlsolve("backprop --find w5',E --digits 2 --no-check", MAZUR.read_text())
    assert list(solution.answers) == ["w5'", "E"]
    assert solution.text("E") == "0.30"
    assert solution.check is None


def test_the_kind_may_stand_in_the_yaml_alone() -> None:
    assert dlsolve("", MAZUR.read_text()).kind == "backprop"


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("backprop", "kind: backprop\ninputs: [0.5]\nlayers: 3\n", "cell:3"),
        ("loss", "kind: backprop\n", "backprop"),
        ("backprop --digits many", "", "--digits"),
        ("backprop --find nothing", MAZUR.read_text(), "no quantity 'nothing'"),
        ('backprop --find "w5', MAZUR.read_text(), "quotation"),
        ("nonsense", "inputs: [1]", "nonsense"),
    ],
)
def test_what_is_wrong_is_told(line: str, cell: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert dlsolve(line, cell) is None
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert dlsolve("--help", "") is None
    assert "--carry" in capsys.readouterr().out


def test_the_extension_is_loaded_by_ipython() -> None:
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell()
    shell.extension_manager.load_extension("solver.notebook")
    found = shell.run_cell_magic("dlsolve", "backprop", MAZUR.read_text())
    assert found.answers["E"] == pytest.approx(0.2983711087600027, abs=1e-15)


@pytest.mark.filterwarnings("default")
def test_a_notebook_is_executed() -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    cells = ["%load_ext solver.notebook", f"%%dlsolve backprop\n{MAZUR.read_text()}", "_.answers['E']"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    where = {"metadata": {"path": str(Path(__file__).parent.parent)}}
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", resources=where).execute()
    shown = book.cells[1].outputs[0]["data"]
    assert "<math" in shown["text/html"]
    assert "<svg" in shown["text/html"]
    assert "# " in shown["text/markdown"]
    assert book.cells[2].outputs[0]["data"]["text/plain"] == "0.2983711087600027"
