"""Markdown pages: formulas that survive GitHub and Jupyter, tables in step, words that stay words."""

from __future__ import annotations

import re

import pytest
from bank import NAMES, STYLED, solved
from test_latex import HOSTILE, hostile_page

from solver import notation as n
from solver.page.blocks import Equation, Heading, Lines, Page, Picture, Prose, Table
from solver.render.latex_maths import maths
from solver.render.markdown import render, safe


def formulas(page: str) -> list[str]:
    """What stands between dollar signs, outside of code."""
    text = re.sub(r"^(`{3,})text\n.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE).replace("<span>$</span>", "")
    displays = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert rest.count("$") % 2 == 0
    return [*displays, *re.findall(r"\$([^$\n]+)\$", rest)]


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_formulas_survive_markdown(name: str, style: str) -> None:
    page = solved(name, style=style).to_markdown()
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    found = formulas(page)
    assert found
    for formula in found:
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\begin{") == formula.count(r"\end{")
        assert not re.search(r"[<>|*`]", formula)
        assert not re.search(r"\\[^a-zA-Z\\\s]", formula)  # GitHub drops a backslash before punctuation ...
        assert not re.search(r"\\\\(?!\n)", formula)  # ... and one of two unless they end a line
        assert not re.search(r"\S_", formula)  # this could close emphasis


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_page_is_there(name: str) -> None:
    solution = solved(name)
    page = solution.to_markdown()
    for block in solution.page().blocks:
        for equation in block.equations if isinstance(block, Lines) else ():
            assert equation.left is None or safe(maths(equation.left)) in page
            assert not equation.rights or f"= {safe(maths(equation.rights[-1]))}" in page


def test_tables_keep_their_columns() -> None:
    table = Table(
        (("a|b",), ("c",)), (((n.Absolute(n.Name("x")),), ("|",)), (("`d",), (n.Number("-1"),))), frozenset({1})
    )
    lines = render(Page("t", (table,))).split("\n")[2:6]
    assert lines[1] == "| :--- | ---: |"
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in lines] == [3, 3, 3, 3]


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_stays_text(text: str) -> None:
    page = render(hostile_page(text))
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    assert "<script" not in outside
    title = page.split("\n")[0].removeprefix("# ").replace("<span>$</span>", "")
    assert not re.search(r"(?<!\\)[*_`|\[\]<$]", title)
    formulas(page)


@pytest.mark.parametrize("text", ["1. one", "2) two", "- item", "+ item", "# head", "> quote", "* item", "=== x"])
def test_a_paragraph_opens_no_other_block(text: str) -> None:
    line = render(Page("t", (Prose((text,)),))).split("\n")[2]
    assert not re.match(r"\d+[.)]\s|[-+*=#>]", line)


def test_titles_with_marks_of_markdown() -> None:
    title = "*a* _b_ <script> | `c` # d"
    assert render(Page(title, ())) == "# \\*a\\* \\_b\\_ &lt;script&gt; \\| \\`c\\` \\# d\n"


def test_marks_are_circled_and_then_in_brackets() -> None:
    assert safe(maths(n.Mark(50))) == r"\text{㊿}"
    assert safe(maths(n.Mark(51))) == r"\text{(51)}"


def test_announcements_stand_between_displays() -> None:
    lines = Lines(
        (
            Equation(n.Name("a"), (n.Number("1"),)),
            Equation(None, (), note=(n.Name("E"), " is reached by 2 paths:")),
            Equation(n.Name("b"), (n.Number("2"),)),
        )
    )
    page = render(Page("t", (Heading(("H",)), lines)))
    assert page.count("$$\n\\begin{alignedat}") == 2
    assert "\n\n$E$ is reached by 2 paths:\n\n" in page


def test_a_picture_with_backticks_stays_in_its_fence() -> None:
    page = render(Page("t", (Picture(("a ``` b", "# c")),)))
    assert "````text\na ``` b\n# c\n````" in page
