r"""Reads Moodle XML by the rules that Moodle documents for its import, and marks answers as its questions do.

A field is {points:TYPE:alternatives}; alternatives stand between ~; each is = or %n%, an answer, # and a feedback.
An answer ends at ~ # } unless a backslash or an ampersand stands before, a feedback at ~ } unless a backslash does.
Then entities are resolved once, and \} and \# lose their backslash.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from typing import Any

from exports import Part
from lxml import etree
from lxml import html as lxml_html

_START = re.compile(r"\{(\d*):(NUMERICAL|SHORTANSWER|MULTICHOICE):")
_NUMBER = r"-?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?"
_EPSILON = 1e-14


@dataclass(frozen=True)
class Alternative:
    """An answer, its fraction and its feedback."""

    fraction: float
    answer: str
    feedback: str


@dataclass(frozen=True)
class Question:
    """A cloze question: its text with {#1}, {#2} ... for the fields."""

    name: str
    id: str
    text: str
    general: str
    fields: tuple[tuple[int, str, tuple[Alternative, ...]], ...]
    files: dict[str, bytes]

    def parts(self) -> list[Part]:
        """The fields, to be marked."""
        return [_part(*field) for field in self.fields]


def read(data: bytes) -> tuple[list[str], list[Question]]:
    """The path of the category, in whose names a slash is doubled, and the questions."""
    quiz = etree.fromstring(data)
    assert quiz.tag == "quiz"
    first, *rest = quiz
    assert first.get("type") == "category"
    category = first.findtext("category/text")
    assert category is not None
    path = [name.replace("//", "/") for name in re.split(r"(?<!/)(?:/(?=/{2})|/(?!/))", category)]
    return path, [_question(element) for element in rest]


def _question(element: Any) -> Question:
    assert element.get("type") == "cloze"
    for part in ("questiontext", "generalfeedback"):
        assert element.find(part).get("format") == "html"
    text, fields = _fields(element.findtext("questiontext/text"))
    files = {file.get("name"): base64.b64decode(file.text) for file in element.iter("file")}
    general = element.findtext("generalfeedback/text")
    for shown, part in ((text, "questiontext"), (general, "generalfeedback")):
        named = {file.get("name") for file in element.find(part).iter("file")}
        assert set(re.findall(r'@@PLUGINFILE@@/([^"]+)"', shown)) == named
    return Question(element.findtext("name/text"), element.findtext("idnumber"), text, general, tuple(fields), files)


def _fields(text: str) -> tuple[str, list[tuple[int, str, tuple[Alternative, ...]]]]:
    """The text with its fields numbered, and the fields."""
    fields: list[tuple[int, str, tuple[Alternative, ...]]] = []
    while start := _START.search(text):
        alternatives, end = _alternatives(text, start.end())
        fields.append((int(start[1] or 1), start[2], tuple(alternatives)))
        text = f"{text[: start.start()]}{{#{len(fields)}}}{text[end:]}"
    _whole(text)
    assert re.findall(r"\{#(\d+)\}", text) == [str(i) for i in range(1, len(fields) + 1)]
    return text, fields


def _alternatives(text: str, place: int) -> tuple[list[Alternative], int]:
    found = []
    while True:
        given = re.compile(r"=|%(-?\d+(?:[.,]\d*)?)%").match(text, place)
        fraction = 0.0 if given is None else 100.0 if given[0] == "=" else float(given[1].replace(",", "."))
        place = given.end() if given else place
        end = _end(text, place + 1, "~#}", ("\\", "&", "&amp;"))
        answer, feedback = text[place:end], ""
        if text[end] == "#":
            begin = end + 1
            end = _end(text, begin, "~}", ("\\",))
            feedback = _resolved(text[begin:end])
            _whole(feedback)
        found.append(Alternative(fraction, _resolved(answer), feedback))
        place = end + 1
        if text[end] == "}":
            return found, place


def _whole(text: str) -> None:
    """Every formula ends, and so does every brace in it."""
    assert text.count(r"\(") == text.count(r"\)")
    for formula in re.findall(r"\\\((.*?)\\\)", text):
        bare = re.sub(r"\\[{}]", "", formula)
        assert bare.count("{") == bare.count("}"), formula


def _end(text: str, place: int, stops: str, guards: tuple[str, ...]) -> int:
    while not (text[place] in stops and not text[:place].endswith(guards)):
        place += 1
    return place


def _resolved(text: str) -> str:
    return html.unescape(text).replace(r"\}", "}").replace(r"\#", "#")


def _part(points: int, kind: str, alternatives: tuple[Alternative, ...]) -> Part:
    assert points >= 1
    assert [a.fraction for a in alternatives].count(100.0) == 1  # Moodle wants a full answer; ours has one
    if kind != "NUMERICAL":
        assert kind == "SHORTANSWER" or len(alternatives) >= 2
        return Part(points, lambda typed: _marked(points, typed, alternatives, _same_word))
    numbers = []
    for each in alternatives:
        matched = re.fullmatch(rf"({_NUMBER}):({_NUMBER})", each.answer)
        assert matched or each.answer == "*", each.answer
        numbers.append((float(matched[1]), float(matched[2])) if matched else None)
    assert alternatives[0].fraction == 100.0
    assert numbers[0] is not None
    wrong = tuple((n[0], _seen(a.feedback)) for n, a in zip(numbers[1:], alternatives[1:], strict=True) if n)
    return Part(points, lambda typed: _marked(points, typed, alternatives, _near), *numbers[0], wrong)


def _marked(points: int, typed: str, alternatives: tuple[Alternative, ...], fits: Any) -> tuple[float, str]:
    for each in alternatives:
        if each.answer == "*" or fits(typed, each.answer):
            return points * each.fraction / 100, _seen(each.feedback)
    return 0.0, ""


def _near(typed: str, answer: str) -> bool:
    value, margin = map(float, answer.split(":"))
    return abs(float(typed) - value) <= margin + _EPSILON * max(1.0, abs(value))


def _same_word(typed: str, answer: str) -> bool:
    return typed.strip().lower() == _seen(answer).replace(r"\*", "*").lower()


def _seen(fragment: str) -> str:
    return " ".join(lxml_html.fragment_fromstring(fragment, create_parent=True).text_content().split())
