"""Every printed line of every problem of the bank comes out again from what is printed in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from bank import NAMES, STYLED, data, nodes, page, problem, solved
from recompute import PageLine, Range, Unreadable, half_unit, half_up, python_line

from solver import notation as n
from solver.page.blocks import Equation, Lines

CARRIES = ("full", "rounded")
RECOMPUTED = [(*each, carry) for each in STYLED for carry in CARRIES]
NEGATIVE_ZERO = re.compile(r"[-−]0\.0+(?!\d)")
PLAIN = re.compile(r"-?[\d./]+(e-?\d+)?")


def equations(name: str, **options: str) -> Iterator[Equation]:
    """The equations of its page."""
    for block in page(name, **options).blocks:
        if isinstance(block, Lines):
            yield from block.equations


def largest_operand(text: str) -> Fraction:
    """The largest number in a line of arithmetic: what its rounding errors are measured by."""
    return max(
        (Fraction(found) for found in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", text)), default=Fraction(0)
    )


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_numbers_of_the_json_give_its_value(name: str, style: str) -> None:
    wrong = []
    for step in data(name, style=style, carry="full")["steps"]:
        gap = abs(python_line(step["numbers"]) - Fraction(step["value"]))
        # operands are doubles, each a little off: what cancels leaves 1e-16 of the largest of them
        if gap > Fraction(1e-12) * abs(Fraction(step["value"])) + Fraction(1e-15) * largest_operand(step["numbers"]):
            wrong.append(f"{step['key']}: {step['numbers']} is not {step['value']}")
    assert wrong == []


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_rounded_numbers_of_the_json_give_its_value_after_rounding(name: str, style: str) -> None:
    solution = solved(name, style=style, carry="rounded")
    wrong = []
    for step in data(name, style=style, carry="rounded")["steps"]:
        found = python_line(step["numbers"])
        copied = step["formula"].strip("()") in (*solution.working.givens, *solution.working.steps)
        expected = found if copied else half_up(found, solution.options.digits)
        if float(expected) != step["value"]:
            wrong.append(f"{step['key']}: {step['numbers']} is {float(expected)}, not {step['value']}")
    assert wrong == []


@pytest.mark.parametrize(("name", "style", "carry"), RECOMPUTED)
def test_printed_lines_come_out_again(name: str, style: str, carry: str) -> None:
    solution = solved(name, style=style, carry=carry)
    lines = [e for e in equations(name, style=style, carry=carry) if len(e.rights) > 1]
    found = list(_recomputed(lines, solution))
    assert [miss for _, miss in found if miss] == []
    copied = {step["key"] for step in data(name, style=style, carry=carry)["steps"] if PLAIN.fullmatch(step["numbers"])}
    assert {e.key for e in lines if e.key} - copied - {key for key, _ in found} == set()


@pytest.mark.parametrize("carry", CARRIES)
def test_a_wrong_digit_would_be_noticed(carry: str) -> None:
    name = "two-inputs-two-hidden-two-outputs"
    solution = solved(name, style="chain", carry=carry)
    lines = [e for e in equations(name, style="chain", carry=carry) if e.key in ("out_h1", "E_o1", "dE/dw1", "w5'")]
    for line in lines:
        *rest, result = line.rights
        if len(rest) > 1 and isinstance(result, n.Number):
            last = str((int(result.text[-1]) + 5) % 10)
            wrong = Equation(line.left, (*rest, n.Number(result.text[:-1] + last)), key=line.key)
            assert [miss for _, miss in _recomputed([wrong], solution)] != [""]
    assert len(lines) > 3


def _recomputed(lines: list[Equation], solution: Any) -> Iterator[tuple[str, str]]:
    """For each line that ends in numbers = result its key, and what is wrong with it, or nothing."""
    spread = {} if solution.options.carry == "rounded" else _spread(solution)
    for equation in lines:
        *_, numbers, result = equation.rights
        try:
            found = PageLine(spread)(numbers)
        except Unreadable:
            continue
        for miss in _misses(equation.key, found, result, solution):
            yield equation.key, miss


def _spread(solution: Any) -> dict[str, Fraction]:
    """By how much a printed text may differ from its quantity: half a unit, unless it is exact wherever it stands."""
    values = solution.values
    return {values.texts[key]: half_unit(values.texts[key]) for key in values.texts if key not in values.exact}


def _misses(key: str, found: Any, result: n.Node, solution: Any) -> Iterator[str]:
    if isinstance(found, Range):
        yield _miss(key, found, result, solution)
        return
    if not isinstance(result, n.Matrix):
        yield f"{key}: a matrix is said to be {result}"
        return
    for row, printed in zip(found, result.rows, strict=True):
        for entry, cell in zip(row, printed, strict=True):
            yield _miss(key, entry, cell, solution)


def _miss(key: str, found: Range, result: n.Node, solution: Any) -> str:
    if not isinstance(result, n.Number):
        return f"{key}: ends in {result}"
    printed = Fraction(result.text)
    if solution.options.carry == "rounded":
        expected = half_up(found.low, solution.options.digits)
        return "" if printed in (expected, found.low) else f"{key}: {float(expected)} is printed as {result.text}"
    half = half_unit(result.text)
    inside = found.low - half <= printed <= found.high + half
    return "" if inside else f"{key}: {float(found.low)} to {float(found.high)} is printed as {result.text}"


@pytest.mark.parametrize("carry", CARRIES)
@pytest.mark.parametrize(("name", "style"), STYLED)
def test_the_page_prints_the_values_of_the_json(name: str, style: str, carry: str) -> None:
    values = {step["key"]: step["value"] for step in data(name, style=style, carry=carry)["steps"]}
    shown = [
        (e.key, e.rights[-1].text)
        for e in equations(name, style=style, carry=carry)
        if e.key in values and isinstance(e.rights[-1], n.Number)
    ]
    assert [f"{key}: {text} is not {values[key]}" for key, text in shown if not _shows(text, values[key])] == []
    assert shown


def _shows(text: str, value: float) -> bool:
    """Whether the text is the value, rounded to its last place (with a last bit for ties that are no doubles)."""
    return abs(Fraction(text) - Fraction(value)) <= half_unit(text) * Fraction("1.000000001") + Fraction("1e-16")


@pytest.mark.parametrize("name", NAMES)
def test_numbers_stand_as_typed(name: str) -> None:
    givens = solved(name).working.givens.values()
    shown = {node.text for node in nodes(page(name, question=True)) if isinstance(node, n.Number)}
    assert [given.key for given in givens if given.number.text not in shown] == []


@pytest.mark.parametrize("carry", CARRIES)
@pytest.mark.parametrize(("name", "style"), STYLED)
def test_no_negative_zero(name: str, style: str, carry: str) -> None:
    """A formula may take the negative of a 0, e^(-0); no number is printed as one."""
    numbers = {node.text for node in nodes(page(name, style=style, carry=carry)) if isinstance(node, n.Number)}
    assert [text for text in numbers if text.startswith("-") and Fraction(text) == 0] == []
    assert NEGATIVE_ZERO.search(solved(name, style=style, carry=carry).to_text()) is None


def test_typed_zeros_are_kept() -> None:
    name = "two-inputs-two-hidden-two-outputs"
    assert problem(name).data.samples[0].inputs[1].text == "0.10"
    assert "0.15·0.05 + 0.20·0.10 + 0.35 = 0.3775" in solved(name).to_text()
