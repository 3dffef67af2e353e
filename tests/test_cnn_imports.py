"""The table of cnn-shapes is made without SymPy and NumPy; the second computation knows nothing of the planner."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECK = ("convolution_shapes", "cnn_layers", "sliding")


def test_the_table_needs_neither_sympy_nor_numpy() -> None:
    code = (
        "import sys\n"
        "from solver.cnn.planner import plan\n"
        "from solver.cnn.presets import preset\n"
        "from solver.spec.cnn_shapes import problem\n"
        "from solver.spec.read import read\n"
        "found = plan(problem(read(preset('vgg16'), 'vgg16'))[0])\n"
        "lines = [found.lines(each) for each in found.layers]\n"
        "print(found.total_parameters, sorted({'sympy', 'numpy', 'pydantic'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "138357544 []"


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level}


def test_the_second_computation_imports_the_problem_only() -> None:
    for name in CHECK:
        assert imported(ROOT / "solver" / "check" / f"{name}.py") <= {"spec.convnet", "cnn_layers", "sliding"}
