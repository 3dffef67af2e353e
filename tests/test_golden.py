"""A few telling pages as they are printed; `pytest --golden` writes the files anew, and the diff is the review."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from bank import solved

from solver.render import typst

FOLDER = Path(__file__).parent / "golden"
MAZUR = "two-inputs-two-hidden-two-outputs"


@dataclass(frozen=True)
class Case:
    """A problem of the bank, and how it is solved."""

    problem: str
    options: dict[str, Any] = field(default_factory=dict)


CASES = {
    "two-layers.txt": Case(MAZUR),
    "two-layers-by-hand.txt": Case(MAZUR, {"find": ("w5'", "w1'"), "carry": "rounded"}),
    "two-layers-explained.txt": Case(MAZUR, {"find": ("w1'",), "explain": True}),
    "two-layers-brief.txt": Case(MAZUR, {"brief": True}),
    "two-layers-question.txt": Case(MAZUR, {"question": True}),
    "two-layers-hint.txt": Case(MAZUR, {"hint": "dE/dout_h1"}),
    "two-layers-until.txt": Case(MAZUR, {"until": "dE/dw6"}),
    "numbered-nodes-delta.txt": Case("han-kamber", {"style": "delta"}),
    "numbered-nodes.ascii": Case("han-kamber", {"find": ("w14'",)}),
    "three-hidden-layers-matrix.txt": Case("three-hidden-layers", {"style": "matrix"}),
    "softmax.txt": Case("softmax-cross-entropy", {"find": ("dE/dw1",), "style": "chain"}),
    "binary-cross-entropy-delta.txt": Case("binary-cross-entropy", {"style": "delta"}),
    "kink.txt": Case("relu-at-its-kink", {"style": "chain"}),
    "skip.txt": Case("skip-connection", {"style": "chain"}),
    "gelu-digits.txt": Case("gelu-block", {"find": ("dE/dw1",), "style": "delta", "digits": 6}),
    "exact.json": Case("relu-exact", {"find": ("w1'",)}),
    "single-neuron.md": Case("single-neuron", {"style": "chain"}),
    "single-neuron.tex": Case("single-neuron", {"style": "chain"}),
    "single-neuron.typst": Case("single-neuron", {"style": "chain"}),
    "single-neuron.html": Case("single-neuron", {"style": "chain"}),
}


def as_json(solution: Any) -> str:
    """The JSON without what differs from machine to machine and from version to version."""
    data = solution.to_json()
    del data["dlsolve"], data["check"]["max_error"]
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def as_typst(solution: Any) -> str:
    """What assets/page.typ sets as PDF."""
    return unstyled(json.dumps(typst.render(solution.page()), ensure_ascii=False, indent=1)) + "\n"


def unstyled(text: str) -> str:
    """Without style sheets, which are the same on each page."""
    return re.sub(r"(?s)<style>.*?</style>", "<style></style>", text)


SPELLED: dict[str, Callable[[Any], str]] = {
    ".txt": lambda solution: str(solution.to_text()),
    ".ascii": lambda solution: str(solution.to_text(ascii_only=True)),
    ".json": as_json,
    ".md": lambda solution: str(solution.to_markdown()),
    ".tex": lambda solution: str(solution.to_latex()),
    ".typst": as_typst,
    ".html": lambda solution: unstyled(solution.to_html()),
}


@pytest.mark.parametrize("name", CASES)
def test_page_is_as_it_was(name: str, golden: bool) -> None:
    file, case = FOLDER / name, CASES[name]
    found = SPELLED[file.suffix](solved(case.problem, **case.options))
    if golden:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    changes = list(unified_diff(expected.split("\n"), found.split("\n"), name, "printed now", lineterm="", n=2))
    if changes:
        pytest.fail("\n".join([*changes, "", "as wanted? pytest --golden writes the files anew"]), pytrace=False)


def test_every_golden_file_is_compared() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(CASES)
