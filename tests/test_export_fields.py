"""What every export asks for: values and margins on their edges, mistakes kept apart, words to choose from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from exports import ABOUT, posed
from hypothesis import given, settings
from hypothesis import strategies as st

from problems import sample
from problems.asked import Asked, Wrong, asked
from problems.export import FORMATS, export, fields
from problems.export.fields import Field, plain
from problems.export.html import drawn
from problems.export.qti12 import asked_as
from solver.errors import DlsolveError
from solver.page.blocks import Figure
from solver.rounding import shown


def fields_of(monkeypatch: pytest.MonkeyPatch, *quantities: Asked) -> tuple[Field, ...]:
    monkeypatch.setattr(fields, "asked", lambda problem: quantities)
    return fields.problem(posed("metrics", "easy"), ABOUT).fields


def test_a_value_that_rounds_up_by_half_a_unit_counts_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    (field,) = fields_of(monkeypatch, Asked("x", ("x",), 0.125, "0.13", tolerance=0.005))
    assert abs(float(plain(field.value)) - 0.13) < float(plain(field.margin)) < 0.00501


def test_the_noise_of_doubles_is_left_out_of_an_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    (field,) = fields_of(monkeypatch, Asked("x", ("x",), 0.1 + 0.2, "0.3"))
    assert (plain(field.value), plain(field.margin)) == ("0.3", "0")


def test_a_fraction_is_asked_for_as_a_decimal(monkeypatch: pytest.MonkeyPatch) -> None:
    (field,) = fields_of(monkeypatch, Asked("x", ("x",), 1 / 3, "1/3"))
    assert abs(field.value - Decimal("0.3333")) < field.margin < Decimal("0.0001")


def test_mistakes_are_kept_apart_from_the_right_value_and_from_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (Wrong(0.50016, "a", "A."), Wrong(0.50022, "b", "B."), Wrong(0.7, "c", "C."))
    (field,) = fields_of(monkeypatch, Asked("x", ("x",), 0.5001, "0.5001", tolerance=0.00005, wrong=wrong))
    reaches = [(field.value, field.margin), *((m.value, m.margin) for m in field.mistakes)]
    assert len(reaches) == 4
    for i, (value, margin) in enumerate(reaches):
        assert all(abs(value - other) > margin + reach for other, reach in reaches[:i])
    assert [m.shown for m in field.mistakes] == ["0.5002", "0.5002", "0.7"]


def test_a_word_is_chosen_where_it_is_one_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (Asked("c", ("c",), "yes", "yes"), Asked("v", ("v",), "grows", "grows"), Asked("k", ("k",), "cat", "cat"))
    yes, grows, cat = fields_of(monkeypatch, *asked)
    assert yes.choices == ("yes", "no")
    assert "vanishes" in grows.choices
    assert cat.choices == ()
    assert fields_of(monkeypatch, asked[2], Asked("l", ("l",), "ant", "ant"))[0].choices == ("ant", "cat")


@pytest.mark.parametrize("name", FORMATS)
def test_a_problem_that_asks_for_nothing_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "asked", lambda problem: ())
    with pytest.raises(DlsolveError, match="Problem 1: A detector of faults: it asks for no number"):
        export(name).item(posed("metrics", "easy"), ABOUT)


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(DlsolveError, match="no export is named 'gift'"):
        export("gift")


@settings(max_examples=200)
@given(st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-12), st.integers(1, 8))
def test_canvas_keeps_every_digit_that_is_asked_for(value: float, digits: int) -> None:
    text = shown(Fraction(value), digits)
    margin = Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent)) / 2
    field = asked_as(Field("x", ("x",), 1, text, value=Decimal(repr(value)), margin=margin))
    typed = Decimal(text).scaleb(-field.exponent)
    assert round(typed, 4) == typed
    assert abs(typed) >= Decimal("1e-4")
    assert abs(typed - field.value) <= field.margin * Decimal("1.000001")


def test_of_a_plan_only_the_layers_and_lines_that_the_question_names() -> None:
    named = asked(sample("cnn-shapes", ask="one layer"))
    assert {each.key.partition(".")[0] for each in named} == {"conv2", "dense1"}
    one = sample("cnn-shapes", ask="mistake")
    assert [each.key for each in asked(one)] == one.spec["find"]
    assert asked(sample("cnn-shapes", ask="all"))[-1].key == "total_parameters"


def test_drawings_on_platforms_are_for_white_pages() -> None:
    figures = [block for block in sample("backprop", 1).question() if isinstance(block, Figure)]
    assert figures
    for figure in figures:
        assert "color-scheme" in figure.svg
        assert b"color-scheme" not in drawn(figure)
