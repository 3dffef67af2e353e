"""Exercises for R/exams are read back by its rules: every number, margin and point comes out as it was put in."""

from __future__ import annotations

import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from exports import ABOUT, EVERY, HOSTILE, HOSTILE_ABOUT, WORDS, check, posed, seen, steady, tiny, worded, written
from hypothesis import given, settings
from rexams_reader import plain, read

from problems.export import rexams
from problems.export.fields import Field
from problems.export.rmarkdown import SIGNS
from solver.errors import DlsolveError

GOLDEN = Path(__file__).parent / "golden_export" / "export.Rmd"


def exercises(data: bytes) -> list[str]:
    """One exercise, or the files of an archive in order."""
    if not data.startswith(b"PK"):
        return [data.decode()]
    with ZipFile(io.BytesIO(data)) as archive:
        assert all(re.fullmatch(r"\d{4}-[\w-]+\.Rmd", name) for name in archive.namelist())
        return [archive.read(name).decode() for name in sorted(archive.namelist())]


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_what_was_put_in_comes_out(kind: str, level: str) -> None:
    (text,) = exercises(written("rexams", [posed(kind, level)]))
    check(read(text).parts(), posed(kind, level))


def test_values_far_below_one_are_asked_for_as_they_are() -> None:
    (text,) = exercises(written("rexams", [tiny()]))
    check(read(text).parts(), tiny())


def test_an_exercise_is_one_file_with_its_pictures() -> None:
    (text,) = exercises(written("rexams", [posed("backprop", "medium")]))
    assert read(text).files
    assert all(data.startswith((b"\x89PNG", b"<svg")) for data in read(text).files.values())


def test_hostile_words_stay_words() -> None:
    (text,) = exercises(written("rexams", [worded(HOSTILE)], HOSTILE_ABOUT))
    check(read(text).parts(), worded(HOSTILE))
    assert "нейрон 神经" in read(text).meta["exname"][0]


@settings(max_examples=50, deadline=None)
@given(WORDS.filter(lambda words: not SIGNS.search(words)))
def test_any_words_below_a_question_are_read_as_they_are(words: str) -> None:
    (text,) = exercises(written("rexams", [worded(words)]))
    assert seen(words) in plain(read(text).question)


def test_a_word_that_no_exercise_can_ask_for_is_named() -> None:
    with pytest.raises(DlsolveError, match=r"'a\|b'"):
        rexams.solution(Field("class", ("class",), 1, "a|b", "a|b"), "Problem 1")


def test_one_exercise_is_a_file_and_several_are_an_archive() -> None:
    one, three = ([posed("graph", level) for level in levels] for levels in (("easy",), ("easy", "medium", "hard")))
    assert not written("rexams", one).startswith(b"PK")
    texts = exercises(written("rexams", three))
    for text, problem in zip(texts, three, strict=True):
        check(read(text).parts(), problem)


def test_the_same_set_gives_the_same_bytes() -> None:
    problems = [posed("backprop", "easy"), posed("metrics", "hard")]
    assert written("rexams", problems) == written("rexams", problems)


def test_an_export_is_as_it_was(golden: bool) -> None:
    (found,) = exercises(written("rexams", [steady()]))
    if golden:
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
    assert ABOUT.form in found
