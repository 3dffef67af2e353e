"""Reads an archive of QTI 1.2 as Canvas does, and marks answers as its quizzes do.

The content models are those of the IMS specification, of the elements that occur. Canvas takes the first condition that
sets SCORE as the right answer; a number typed is rounded to 4 decimals before it is compared.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from exports import Part, visible
from lxml import etree, html

_NS = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
_CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
_CANVAS = "{http://canvas.instructure.com/xsd/cccv1p0}"
_TESTS = "(?:not |and |or |other |varequal |vargte |varlte )+"
_MODELS = {
    "questestinterop": "assessment ",
    "assessment": "(?:qtimetadata )*(?:section )+",
    "section": "(?:item )*",
    "item": "(?:itemmetadata )?(?:presentation )?(?:resprocessing )*(?:itemfeedback )*",
    "itemmetadata": "(?:qtimetadata )*",
    "qtimetadata": "(?:qtimetadatafield )+",
    "qtimetadatafield": "fieldlabel fieldentry ",
    "presentation": "(?:material |response_lid |response_str )+",
    "response_str": "render_fib ",
    "response_lid": "render_choice ",
    "render_fib": "(?:response_label )*",
    "render_choice": "(?:response_label )*",
    "response_label": "(?:material )*",
    "material": "(?:mattext )+",
    "resprocessing": "outcomes (?:respcondition )+",
    "outcomes": "(?:decvar )+",
    "respcondition": "conditionvar (?:setvar )*(?:displayfeedback )*",
    "conditionvar": _TESTS,
    "and": _TESTS,
    "or": _TESTS,
    "itemfeedback": "(?:flow_mat |material )+",
    "flow_mat": "(?:material )+",
    **dict.fromkeys(
        ("fieldlabel", "fieldentry", "mattext", "decvar", "setvar", "displayfeedback", "other", "varequal", "vargte",
         "varlte"), "",
    ),
}  # fmt: skip
_UNIT = Decimal("0.0001")


@dataclass(frozen=True)
class Question:
    """A text, or a question with its kind, text in HTML, and feedback by its ident."""

    id: str
    title: str
    kind: str
    points: float
    html: Any
    feedback: dict[str, Any]
    element: Any

    def exponent(self) -> int:
        """The power of ten of which the answer is asked for as a multiple; 0 where there is none."""
        found = re.search(r"\? × *$", "".join(self.html.find("p").itertext()))
        image = self.html.find("p").findall("img")[-1] if found else None
        return 0 if image is None else int(re.fullmatch(r"10\^\{(-?\d+)\}", image.get("data-equation-content"))[1])


@dataclass(frozen=True)
class Quiz:
    """The quiz of an archive: its title, its points, what is asked in order, its pictures."""

    title: str
    description: str
    points: float
    questions: list[Question]
    files: dict[str, bytes]


def read(data: bytes) -> Quiz:
    """The quiz. Everything in the archive must be listed, and every picture shown must be there."""
    with ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        assert archive.namelist()[-1] == "imsmanifest.xml"
    manifest = etree.fromstring(files["imsmanifest.xml"])
    listed = {file.get("href") for file in manifest.iter(f"{_CP}file")}
    assert listed == set(files) - {"imsmanifest.xml"}
    (quiz,) = (r for r in manifest.iter(f"{_CP}resource") if r.get("type") == "imsqti_xmlv1p2")
    root = etree.fromstring(files[quiz.find(f"{_CP}file").get("href")])
    for element in root.iter():
        _conforms(element)
    assert root.find(f"{_NS}assessment").get("ident") == quiz.get("identifier")
    meta = etree.fromstring(files["quiz/assessment_meta.xml"])
    questions = [_question(item, files) for item in root.iter(f"{_NS}item")]
    assert len({question.id for question in questions}) == len(questions)
    return Quiz(
        root.find(f"{_NS}assessment").get("title"),
        meta.findtext(f"{_CANVAS}description"),
        float(meta.findtext(f"{_CANVAS}points_possible")),
        questions,
        {name: content for name, content in files.items() if name.startswith("images/")},
    )


def _conforms(element: Any) -> None:
    assert element.tag.startswith(_NS)
    name = element.tag.removeprefix(_NS)
    children = "".join(f"{child.tag.removeprefix(_NS)} " for child in element)
    assert re.fullmatch(_MODELS[name], children), (name, children)


def _question(item: Any, files: dict[str, bytes]) -> Question:
    fields = item.iter(f"{_NS}qtimetadatafield")
    metadata = {f.findtext(f"{_NS}fieldlabel"): f.findtext(f"{_NS}fieldentry") for f in fields}
    feedback = {f.get("ident"): _html(f.find(f".//{_NS}mattext"), files) for f in item.iter(f"{_NS}itemfeedback")}
    linked = {d.get("linkrefid") for d in item.iter(f"{_NS}displayfeedback")}
    assert linked == set(feedback)
    text = _html(item.find(f"{_NS}presentation/{_NS}material/{_NS}mattext"), files)
    points = float(metadata["points_possible"])
    return Question(item.get("ident"), item.get("title"), metadata["question_type"], points, text, feedback, item)


def _html(mattext: Any, files: dict[str, bytes]) -> Any:
    assert mattext.get("texttype") == "text/html"
    found = html.fragment_fromstring(mattext.text, create_parent=True)
    for image in found.iter("img"):
        if image.get("class") == "equation_image":
            path = re.fullmatch(r"/equation_images/([^?]*)\?scale=1", image.get("src"))
            assert unquote(unquote(path[1])) == image.get("data-equation-content")
        else:
            assert unquote(image.get("src")).removeprefix("$IMS-CC-FILEBASE$/") in files
    return found


def part(question: Question) -> Part:
    """A question to be marked, in the units of the problem."""
    right, others = _conditions(question)
    told = visible(question.feedback[others])
    scale = Decimal(1).scaleb(question.exponent())

    def marks(typed: str) -> tuple[float, str]:
        given = str(Decimal(typed) / scale) if question.kind == "numerical_question" else _chosen(question, typed)
        return (question.points, "") if _fits(question.kind, right, given) else (0.0, told)

    if question.kind != "numerical_question":
        return Part(question.points, marks)
    exact, low, high = (Decimal(right.findtext(f".//{_NS}{n}")) for n in ("varequal", "vargte", "varlte"))
    assert high - exact == exact - low
    mistakes = [visible(item).partition(": ") for item in question.feedback[others].iter("li")]
    wrong = tuple((float(value.replace("−", "-")), words) for value, _, words in mistakes)
    return Part(question.points, marks, float(exact * scale), float((high - exact) * scale), wrong)


def _conditions(question: Question) -> tuple[Any, str]:
    """The condition of the right answer, and the feedback of any other; nothing else may set or compare."""
    conditions = list(question.element.iter(f"{_NS}respcondition"))
    (scoring,) = (c for c in conditions if c.find(f"{_NS}setvar") is not None)
    assert scoring.findtext(f"{_NS}setvar") == "100"
    rest = [c for c in conditions if c is not scoring]
    assert all(c.find(f"{_NS}conditionvar/{_NS}other") is not None for c in rest)
    return scoring.find(f"{_NS}conditionvar"), rest[-1].find(f"{_NS}displayfeedback").get("linkrefid")


def _chosen(question: Question, typed: str) -> str:
    labels = question.element.iter(f"{_NS}response_label")
    found = [label.get("ident") for label in labels if visible(label) == typed]
    return found[0] if found else typed


def _fits(kind: str, right: Any, typed: str) -> bool:
    if kind != "numerical_question":
        return bool(right.findtext(f"{_NS}varequal").lower() == typed.lower())
    entered = Decimal(typed).quantize(_UNIT, rounding=ROUND_HALF_UP)
    low, high = (Decimal(right.findtext(f".//{_NS}{name}")) for name in ("vargte", "varlte"))
    return low <= entered <= high
