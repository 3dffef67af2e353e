"""Every problem of the bank in every format and style: its structure, its width, its marks, its answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from math import isclose, isnan
from typing import Any

import numpy
import pytest
from bank import NAMES, PLAIN, STYLED, WHOLE, data, nodes, page, problem, solved

from solver import notation as n
from solver.evaluate import compiled
from solver.page.blocks import Equation, Heading, Lines, Picture, Prose, Table
from solver.rules import RULES

PARTS = [
    "Given", "Forward pass", "Error", "Slopes", "Chain rule", "Chain rule in matrices", "Update",
    "Error after the step", "Answers", "Explained", "Check",
]  # fmt: skip
WIDTH = 80
SHORTER: dict[str, dict[str, Any]] = {
    "brief": {"brief": True},
    "question": {"question": True},
    "explain": {"explain": True},
    "everything": {"everything": True},
    "unchecked": {"check": False},
}


def headings(blocks: tuple[Any, ...]) -> list[str]:
    """The headings of the parts of a page."""
    return ["".join(map(str, b.text)) for b in blocks if isinstance(b, Heading) and b.level == 1]


def is_one_formula(line: str) -> bool:
    """Whether a line cannot be broken: a single side of an equation without a sum, or a row of a matrix."""
    body = line.strip().removeprefix("=").strip()
    cases = body.rstrip(",.").endswith("otherwise)")
    return cases or not re.search(r" = | [+−] ", body) or body[0] in "⎡⎢⎣[|+" or "⎢" in body


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_text(name: str, style: str) -> None:
    text = page_text(name, style)
    assert text.startswith("─" * WIDTH)
    assert problem(name).data.title.split()[0] in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text
    assert [line for line in text.split("\n") if line != line.rstrip()] == []
    assert [line for line in text.split("\n") if len(line) > WIDTH and not is_one_formula(line)] == []


def page_text(name: str, style: str) -> str:
    from solver.render.text import render

    return render(page(name, style=style), WIDTH)


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_plain_text_is_ascii_and_says_the_same(name: str, style: str) -> None:
    from solver.render.text import render

    text = render(page(name, style=style), WIDTH, ascii_only=True)
    assert text.isascii()
    title = problem(name).data.title
    assert "?" not in text.replace(title, "")
    assert [line for line in text.split("\n") if len(line) > WIDTH and not is_one_formula(line)] == []


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_markdown(name: str, style: str) -> None:
    from solver.render.markdown import render

    text = render(page(name, style=style))
    assert text.startswith("# ")
    assert text.count("$$") % 2 == 0
    parts = [line.removeprefix("## ") for line in text.split("\n") if line.startswith("## ")]
    assert parts == headings(page(name, style=style).blocks)


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_latex(name: str, style: str) -> None:
    from solver.render.latex import render

    text = render(page(name, style=style))
    assert text.lstrip().startswith(("\\documentclass", "%"))
    assert text.rstrip().endswith("\\end{document}")
    opened = re.findall(r"\\(begin|end)\{([a-z*]+)\}", text)
    stack: list[str] = []
    for sign, environment in opened:
        if sign == "begin":
            stack.append(environment)
        else:
            assert stack.pop() == environment
    assert stack == []
    assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")


@pytest.mark.parametrize(("name", "style"), [each for each in STYLED if each[0] in WHOLE])
def test_json(name: str, style: str) -> None:
    found = data(name, style=style)
    again = json.loads(json.dumps(found, allow_nan=False))
    assert (again["steps"], again["answers"]) == (found["steps"], found["answers"])
    assert found["check"]["agrees"] is True
    assert found["check"]["compared"] > len(found["steps"]) / 2
    keys = [step["key"] for step in found["steps"]]
    assert len(set(keys)) == len(keys)
    assert {step["rule"] for step in found["steps"]} <= set(RULES)
    assert all(step["formula"].isascii() and step["numbers"].isascii() for step in found["steps"])
    assert set(found["answers"]) <= {*keys, *found["givens"]}


@pytest.mark.parametrize(("name", "style"), [each for each in STYLED if each[0] in PLAIN])
def test_parts_stand_in_order(name: str, style: str) -> None:
    found = headings(page(name, style=style).blocks)
    assert found == sorted(found, key=PARTS.index)
    assert len(set(found)) == len(found)
    assert {"Given", "Forward pass", "Answers", "Check"} <= set(found)


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_no_part_is_empty(name: str, style: str) -> None:
    blocks = page(name, style=style).blocks
    for before, after in pairwise(blocks):
        if isinstance(before, Heading):
            assert not isinstance(after, Heading) or after.level > before.level, before
    assert not isinstance(blocks[-1], Heading)
    for block in blocks:
        match block:
            case Lines(equations):
                assert equations
            case Table(headers, rows):
                assert {len(row) for row in rows} == {len(headers)}
            case Prose(text):
                assert text
            case Picture(lines):
                assert lines
                assert max(map(len, lines)) < WIDTH


def marks_in_order(name: str, style: str) -> Iterator[tuple[Equation, list[int]]]:
    """Each equation with the marks that it uses."""
    for block in page(name, style=style).blocks:
        if isinstance(block, Lines):
            for equation in block.equations:
                yield equation, [node.number for node in nodes(equation) if isinstance(node, n.Mark)]


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_marks_are_given_once_and_before_they_are_used(name: str, style: str) -> None:
    given: dict[int, str] = {}
    for equation, used in marks_in_order(name, style):
        assert [number for number in used if number not in given] == [], equation
        if equation.mark is not None:
            assert equation.mark not in given
            given[equation.mark] = equation.key
    assert list(given) == list(range(1, len(given) + 1))


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_answers_stand_on_the_page(name: str, style: str) -> None:
    solution = solved(name, style=style)
    blocks = page(name, style=style).blocks
    where = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.text == ("Answers",))
    shown = {node.text for node in nodes(blocks[where:]) if isinstance(node, n.Number)}
    stays = set(solution.working.steps) - set(solution.shown_keys)  # gradients of biases that are not updated
    assert [key for key in solution.answers if solution.text(key) not in shown and key not in stays] == []


@pytest.mark.parametrize(("name", "style"), [each for each in STYLED if each[1] != "matrix" and each[0] in WHOLE])
def test_every_answer_is_worked_on_the_page(name: str, style: str) -> None:
    solution = solved(name, style=style)
    worked = {e.key for b in page(name, style=style).blocks if isinstance(b, Lines) for e in b.equations}
    stays = set(solution.working.steps) - set(solution.shown_keys)
    assert [key for key in solution.answers if key not in worked and key not in stays] == []


@pytest.mark.parametrize("options", SHORTER)
@pytest.mark.parametrize("name", NAMES)
def test_other_pages_keep_to_the_width(name: str, options: str) -> None:
    text = solved(name, **SHORTER[options]).to_text()
    assert [line for line in text.split("\n") if len(line) > WIDTH and not is_one_formula(line)] == []
    assert ("Not checked" in text) == (options == "unchecked")
    assert ("Find: " in text) == (options == "question")


@pytest.mark.parametrize("name", NAMES)
def test_the_question_tells_no_answer(name: str) -> None:
    blocks = page(name, question=True).blocks
    assert headings(blocks) == ["Given"]
    givens = {given.number.text for given in solved(name).working.givens.values()}
    told = [node for node in nodes(blocks) if isinstance(node, n.Compare) and node.sign == "="]
    assert {node.right.text for node in told if isinstance(node.right, n.Number)} - givens == set()


@pytest.mark.parametrize("name", NAMES)
def test_hints_hold_no_numbers_and_until_ends_there(name: str) -> None:
    solution = solved(name, style="chain")
    for key in (solution.shown_keys[0], solution.shown_keys[-1]):
        hint = page(name, style="chain", hint=key)
        texts = {solution.values.texts[step] for step in solution.working.steps}
        shown = {node.text for node in nodes(hint) if isinstance(node, n.Number) and "." in node.text}
        assert shown & texts - {"0.5"} == set()
        last = page(name, style="chain", until=key).blocks[-1]
        assert isinstance(last, Lines)
        assert last.equations[-1].key == key


@pytest.mark.parametrize("name", WHOLE)
def test_one_asked_for_needs_less(name: str) -> None:
    whole = solved(name, style="chain", find=())
    key = next(key for key in whole.answers if key != "E")
    one = solved(name, style="chain", find=(key,))
    assert list(one.answers) == [key]
    assert one[key].value == whole[key].value
    assert set(one.shown_keys) <= set(whole.working.steps)
    worked = {e.key for b in one.page().blocks if isinstance(b, Lines) for e in b.equations}
    assert key in worked


@pytest.mark.parametrize("modules", ["math", "numpy"])
@pytest.mark.parametrize("name", NAMES)
def test_compiled_working_gives_the_same(name: str, modules: str) -> None:
    solution = solved(name)
    inputs, outputs = list(solution.working.givens), list(solution.working.steps)
    values = [solution.full_values.number(key) for key in inputs]
    run = compiled(solution.working, inputs, outputs, modules)
    found = run(*values)
    wrong = [
        (key, value, solution.full_values.number(key))
        for key, value in zip(outputs, found, strict=True)
        if not isclose(float(value), solution.full_values.number(key), rel_tol=1e-9, abs_tol=1e-12)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", WHOLE)
def test_compiled_working_runs_over_variants(name: str) -> None:
    """Inputs around the given one at once: the one in the middle is the problem's own."""
    solution = solved(name)
    inputs, outputs = list(solution.working.givens), list(solution.answers)
    middle = [solution.full_values.number(key) for key in inputs]
    columns = [numpy.full(3, value) for value in middle]
    for column in columns[: len(problem(name).data.inputs)]:
        column += numpy.array([-0.01, 0.0, 0.01])
    found = compiled(solution.working, inputs, outputs, "numpy")(*columns)
    for key, column in zip(outputs, found, strict=True):
        value = numpy.broadcast_to(numpy.asarray(column, dtype=float), (3,))[1]
        assert not isnan(value)
        assert isclose(value, solution.full_values.number(key), rel_tol=1e-9, abs_tol=1e-12), key


@pytest.mark.parametrize("name", ["neuron-three-epochs", "xor-adam-in-batches", "ten-thousand-epochs"])
def test_in_brief_every_answer_has_its_value(name: str) -> None:
    """Also those that come after many updates and that no line works out."""
    solution = solved(name, brief=True)
    shown = {e.key: e.rights[-1] for b in solution.page().blocks if isinstance(b, Lines) for e in b.equations}
    assert list(shown) == list(solution.answer_keys)
    assert {key: getattr(node, "text", None) for key, node in shown.items()} == {
        key: solution.text(key) for key in solution.answer_keys
    }
