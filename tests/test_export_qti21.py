"""QTI 2.1 is read back by its content model, and its response processing is carried out."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from exports import (
    ABOUT,
    EVERY,
    HOSTILE,
    HOSTILE_ABOUT,
    WORDS,
    check,
    posed,
    seen,
    steady,
    tiny,
    visible,
    worded,
    written,
)
from hypothesis import given, settings
from qti21_reader import read

GOLDEN = Path(__file__).parent / "golden_export" / "export-qti21.xml"


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_what_was_put_in_comes_out(kind: str, level: str) -> None:
    test, (question,) = read(written("qti21", [posed(kind, level)]))
    assert test.get("title") == f"{ABOUT.title} ({ABOUT.form})"
    assert ABOUT.instructions in visible(test)
    check(question.parts(), posed(kind, level))


def test_values_far_below_one_are_asked_for_as_they_are() -> None:
    (question,) = read(written("qti21", [tiny()]))[1]
    check(question.parts(), tiny())


def test_items_stand_in_order_with_ids_of_their_own() -> None:
    problems = [posed("backprop", "easy"), posed("metrics", "hard"), posed("graph", "medium")]
    questions = read(written("qti21", problems))[1]
    for question, problem in zip(questions, problems, strict=True):
        check(question.parts(), problem)
    assert len({question.id for question in questions}) == 3


def test_a_problem_that_stands_in_the_set_again_has_another_id() -> None:
    again = posed("backprop", "medium")
    questions = read(written("qti21", [again, again]))[1]
    assert questions[1].id == f"{questions[0].id}.2"
    check(questions[1].parts(), again)


def test_hostile_words_stay_words() -> None:
    test, (question,) = read(written("qti21", [worded(HOSTILE)], HOSTILE_ABOUT))
    assert test.get("title") == f"{HOSTILE} ({ABOUT.form})"
    assert question.title == f"Problem 1: {HOSTILE}"
    check(question.parts(), worded(HOSTILE))


@settings(max_examples=50, deadline=None)
@given(WORDS)
def test_any_words_below_a_question_are_read_as_they_are(words: str) -> None:
    (question,) = read(written("qti21", [worded(words)]))[1]
    assert seen(words) in question.body


def test_the_same_set_gives_the_same_bytes() -> None:
    problems = [posed("backprop", "easy"), posed("metrics", "hard")]
    assert written("qti21", problems) == written("qti21", problems)


def test_an_export_is_as_it_was(golden: bool) -> None:
    with ZipFile(io.BytesIO(written("qti21", [steady()]))) as archive:
        found = "".join(f"<!-- {name} -->\n{archive.read(name).decode()}" for name in archive.namelist())
    if golden:
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
