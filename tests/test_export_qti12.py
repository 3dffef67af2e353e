"""The archive for Canvas is read back by the content model of QTI 1.2 and by the rules of Canvas."""

from __future__ import annotations

import io
from collections.abc import Iterator
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
from qti12_reader import part, read

from problems.export import Item, qti12

GOLDEN = Path(__file__).parent / "golden_export" / "export-qti12.xml"


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_what_was_put_in_comes_out(kind: str, level: str) -> None:
    quiz = read(written("qti12", [posed(kind, level)]))
    stem, *questions = quiz.questions
    assert quiz.title == f"{ABOUT.title} ({ABOUT.form})"
    assert (stem.kind, stem.points) == ("text_only_question", 0)
    assert quiz.points == sum(question.points for question in questions)
    check([part(question) for question in questions], posed(kind, level))
    assert "general_fb" in questions[-1].feedback


def test_what_canvas_would_round_away_is_asked_for_as_a_multiple_of_a_power_of_ten() -> None:
    questions = read(written("qti12", [tiny()])).questions[1:]
    check([part(question) for question in questions], tiny())
    small = [q for q in questions if abs(part(q).value or 1) < 1e-4]
    assert small
    assert all(q.exponent() < -4 for q in small)
    assert all("Type the number that stands before" in visible(q.html) for q in small)


def test_pictures_are_in_the_archive() -> None:
    quiz = read(written("qti12", [posed("backprop", "medium")]))
    assert quiz.files
    assert all(data.startswith(b"<svg") for data in quiz.files.values())


def test_hostile_words_stay_words() -> None:
    quiz = read(written("qti12", [worded(HOSTILE)], HOSTILE_ABOUT))
    assert quiz.title == f"{HOSTILE} ({ABOUT.form})"
    assert quiz.questions[0].title == f"Problem 1: {HOSTILE}"
    check([part(question) for question in quiz.questions[1:]], worded(HOSTILE))


@settings(max_examples=50, deadline=None)
@given(WORDS)
def test_any_words_below_a_question_are_read_as_they_are(words: str) -> None:
    assert seen(words) in visible(read(written("qti12", [worded(words)])).questions[0].html)


def test_a_problem_that_stands_in_the_set_again_has_other_ids() -> None:
    again = posed("backprop", "medium")
    once, twice = (read(written("qti12", problems)) for problems in ([again], [again, again]))
    assert len(twice.files) == 2 * len(once.files) > 0
    assert len(twice.questions) == 2 * len(once.questions)


def test_the_same_set_gives_the_same_bytes() -> None:
    problems = [posed("backprop", "easy"), posed("metrics", "hard")]
    assert written("qti12", problems) == written("qti12", problems)
    with ZipFile(io.BytesIO(written("qti12", problems))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_set_is_written_as_it_comes() -> None:
    file = io.BytesIO()
    sizes = []

    def items() -> Iterator[Item]:
        for number in range(3):
            yield Item(f"p{number}", "t", b"", 1, {f"{number}.svg": bytes(range(256)) * 40})
            sizes.append(len(file.getvalue()))

    qti12.write(file, items(), ABOUT)
    assert 0 < sizes[0] < sizes[1] < sizes[2]


def test_an_export_is_as_it_was(golden: bool) -> None:
    with ZipFile(io.BytesIO(written("qti12", [steady()]))) as archive:
        found = "".join(f"<!-- {name} -->\n{archive.read(name).decode()}" for name in archive.namelist())
    if golden:
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
