"""The guide in docs/ is what the program prints today."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from solver.kinds import KINDS

DOCS = Path(__file__).parent.parent / "docs"
BUILD = runpy.run_path(str(DOCS / "build.py"))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_page_of_the_guide_is_current(kind: str, golden: bool) -> None:
    made, file = BUILD["page"](kind), DOCS / f"{kind}.md"
    if golden:
        file.write_text(made, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == made, "python docs/build.py writes the guide anew"


def test_the_guide_names_every_kind(golden: bool) -> None:
    if golden:
        (DOCS / "README.md").write_text(BUILD["index"](), encoding="utf-8")
    assert (DOCS / "README.md").read_text(encoding="utf-8") == BUILD["index"]()
    assert set(BUILD["EXAMPLES"]) == set(KINDS)
