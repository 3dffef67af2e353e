"""Moodle XML is read back by Moodle's rules: every number, margin, point and feedback comes out as it was put in."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import ABOUT, EVERY, HOSTILE, HOSTILE_ABOUT, WORDS, check, posed, seen, steady, tiny, worded, written
from hypothesis import given, settings
from lxml import html
from moodle_reader import _fields, read

from problems.export import cloze
from problems.export.fields import Field

GOLDEN = Path(__file__).parent / "golden_export" / "export.xml"


def _shown(fragment: str) -> str:
    return " ".join(html.fragment_fromstring(fragment, create_parent=True).text_content().split())


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_what_was_put_in_comes_out(kind: str, level: str) -> None:
    category, (question,) = read(written("moodle", [posed(kind, level)]))
    assert category == ["$course$", "top", f"{ABOUT.title} {ABOUT.form}"]
    check(question.parts(), posed(kind, level))
    assert question.general


def test_values_far_below_one_are_asked_for_as_they_are() -> None:
    (question,) = read(written("moodle", [tiny()]))[1]
    check(question.parts(), tiny())


def test_pictures_travel_with_the_question() -> None:
    (question,) = read(written("moodle", [posed("backprop", "medium")]))[1]
    assert question.files
    assert all(data.startswith(b"<svg") and b"prefers-color-scheme" not in data for data in question.files.values())


def test_hostile_words_stay_words() -> None:
    category, (question,) = read(written("moodle", [worded(HOSTILE)], HOSTILE_ABOUT))
    assert category == ["$course$", "top", f"{HOSTILE} {ABOUT.form}"]
    assert question.name == f"Problem 1: {HOSTILE}"
    check(question.parts(), worded(HOSTILE))


@settings(max_examples=50, deadline=None)
@given(WORDS)
def test_any_words_below_a_question_are_read_as_they_are(words: str) -> None:
    (question,) = read(written("moodle", [worded(words)]))[1]
    assert seen(words) in _shown(question.text)
    (other,) = read(written("moodle", [worded("other")]))[1]
    assert question.text.count(r"\(") == other.text.count(r"\(")


@settings(max_examples=100, deadline=None)
@given(WORDS.map(seen).filter(bool))
def test_any_word_can_be_an_answer(word: str) -> None:
    field = Field("class", (word,), 2, word, word)
    text, ((points, kind, alternatives),) = _fields(cloze.asked(field))
    assert (points, kind) == (2, "SHORTANSWER")
    assert alternatives[0].answer.replace(r"\*", "*") == word
    assert alternatives[1].answer == "*"
    assert word in _shown(alternatives[1].feedback)
    assert text


def test_the_same_set_gives_the_same_bytes_and_ids_of_their_own() -> None:
    problems = [posed("backprop", "easy"), posed("metrics", "hard"), posed("graph", "medium")]
    assert written("moodle", problems) == written("moodle", problems)
    questions = read(written("moodle", problems))[1]
    assert len({question.id for question in questions}) == 3


def test_an_export_is_as_it_was(golden: bool) -> None:
    found = written("moodle", [steady()]).decode()
    if golden:
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
