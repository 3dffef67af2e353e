"""Reads an archive of QTI 2.1 and answers its items: the response processing is carried out as the specification says.

The content models are those of the XML binding, of the elements that occur.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from exports import Part, visible
from lxml import etree

_NS = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
_CP = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
_MATHS = "{http://www.w3.org/1998/Math/MathML}"
_FLOW = "(?:p |div |table |pre |h[1-6] |ul )*"
_INLINE = "(?:math |img |textEntryInteraction |inlineChoiceInteraction )*"
_EXPRESSIONS = "(?:variable |correct |baseValue |sum |isNull |equal |match |stringMatch |testVariables )"
_RULES = "(?:responseCondition |setOutcomeValue )*"
_MODELS = {
    "assessmentItem": "(?:responseDeclaration )*(?:outcomeDeclaration )*itemBody responseProcessing "
    "(?:modalFeedback )*",
    "responseDeclaration": "(?:correctResponse )?",
    "outcomeDeclaration": "(?:defaultValue )?",
    "correctResponse": "(?:value )+",
    "defaultValue": "(?:value )+",
    "itemBody": _FLOW,
    "modalFeedback": _FLOW,
    "rubricBlock": _FLOW,
    "div": "(?:div |math |img )*",
    "table": "(?:thead )?(?:tbody )+",
    "thead": "(?:tr )+",
    "tbody": "(?:tr )+",
    "tr": "(?:th |td )+",
    "responseProcessing": _RULES,
    "responseCondition": "responseIf (?:responseElseIf )*(?:responseElse )?",
    "responseIf": _EXPRESSIONS + _RULES,
    "responseElseIf": _EXPRESSIONS + _RULES,
    "responseElse": _RULES,
    "setOutcomeValue": _EXPRESSIONS,
    "sum": f"{_EXPRESSIONS}+",
    "isNull": _EXPRESSIONS,
    **dict.fromkeys(("equal", "match", "stringMatch"), _EXPRESSIONS * 2),
    "inlineChoiceInteraction": "(?:inlineChoice )+",
    **dict.fromkeys(("p", "th", "td", "h4", "h5"), _INLINE),
    **dict.fromkeys(
        ("value", "variable", "correct", "baseValue", "testVariables", "textEntryInteraction", "inlineChoice", "img",
         "pre"), "",
    ),
    "assessmentTest": "(?:outcomeDeclaration )*(?:testPart )+(?:outcomeProcessing )?",
    "testPart": "(?:assessmentSection )+",
    "assessmentSection": "(?:rubricBlock )*(?:assessmentItemRef )*",
    "assessmentItemRef": "",
    "outcomeProcessing": "(?:setOutcomeValue )*",
}  # fmt: skip
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.-]*")


@dataclass(frozen=True)
class Question:
    """An item of the test, and the pictures that it names."""

    id: str
    title: str
    element: Any

    @property
    def body(self) -> str:
        """What a candidate sees, with the formulas in words."""
        return _said(self.element.find(f"{_NS}itemBody"))

    def parts(self) -> list[Part]:
        """The fields, to be marked one at a time."""
        return [self._part(declared) for declared in self.element.iter(f"{_NS}responseDeclaration")]

    def _part(self, declared: Any) -> Part:
        name, kind = declared.get("identifier"), declared.get("baseType")
        points = _Answered(self.element, {name: declared.findtext(f".//{_NS}value")}).points()

        def marks(typed: str) -> tuple[float, str]:
            answered = _Answered(self.element, {name: self._given(name, kind, typed)})
            return answered.points(), " ".join(answered.told())

        if kind != "float":
            return Part(points, marks)
        right, *rest = (e for e in self.element.iter(f"{_NS}equal") if e[0].get("identifier") == name)
        wrong = tuple(self._wrong(equal, name) for equal in rest)
        return Part(points, marks, float(declared.findtext(f".//{_NS}value")), _margin(right), wrong)

    def _wrong(self, equal: Any, name: str) -> tuple[float, str]:
        value = equal.findtext(f"{_NS}baseValue")
        (told,) = _Answered(self.element, {name: value}).told()
        return float(value), told.partition(": ")[2]

    def _given(self, name: str, kind: str, typed: str) -> str:
        """The identifier of a choice, or what was typed."""
        choices = self.element.findall(f".//{_NS}inlineChoiceInteraction[@responseIdentifier='{name}']/*")
        found = [choice.get("identifier") for choice in choices if visible(choice) == typed]
        return found[0] if found else typed


class _Answered:
    """The outcomes of an item when it is answered so."""

    def __init__(self, item: Any, responses: dict[str, str]) -> None:
        self.item = item
        self.values: dict[str, Any] = {}
        self.kinds: dict[str, str] = {}
        for declared in (*item.iter(f"{_NS}responseDeclaration"), *item.iter(f"{_NS}outcomeDeclaration")):
            name, self.kinds[name] = declared.get("identifier"), declared.get("baseType")
            given = responses.get(name, declared.findtext(f"{_NS}defaultValue/{_NS}value"))
            self.values[name] = self._typed(self.kinds[name], given)
        self._run(item.find(f"{_NS}responseProcessing"))

    def points(self) -> float:
        """The score."""
        return float(self.values["SCORE"])

    def told(self) -> Iterator[str]:
        """The feedback that is shown on fields."""
        for feedback in self.item.iter(f"{_NS}modalFeedback"):
            outcome = feedback.get("outcomeIdentifier")
            if outcome != "WORKING" and self.values[outcome] == feedback.get("identifier"):
                yield _said(feedback)

    @staticmethod
    def _typed(kind: str, text: str | None) -> Any:
        return None if text is None else float(text) if kind == "float" else text

    def _run(self, rules: Any) -> None:
        for rule in rules:
            if rule.tag == f"{_NS}setOutcomeValue":
                self.values[rule.get("identifier")] = self._value(rule[0])
            elif rule.tag == f"{_NS}responseCondition":
                branch = next((b for b in rule if b.tag == f"{_NS}responseElse" or self._value(b[0])), None)
                self._run(() if branch is None else branch if branch.tag == f"{_NS}responseElse" else branch[1:])

    def _value(self, e: Any) -> Any:
        kind = e.tag.removeprefix(_NS)
        if kind == "variable":
            return self.values[e.get("identifier")]
        if kind == "correct":
            name = e.get("identifier")
            declared = self.item.find(f"{_NS}responseDeclaration[@identifier='{name}']")
            return self._typed(self.kinds[name], declared.findtext(f".//{_NS}value"))
        if kind == "baseValue":
            return self._typed(e.get("baseType"), e.text)
        values = [self._value(child) for child in e]
        if kind == "sum":
            return sum(values)
        if kind == "isNull":
            return values[0] is None
        if kind == "equal":
            return abs(values[0] - values[1]) <= _margin(e)
        if kind == "stringMatch":
            assert e.get("caseSensitive") == "false"
            return values[0].lower() == values[1].lower()
        assert kind == "match"
        return values[0] == values[1]


def _margin(equal: Any) -> float:
    if equal.get("toleranceMode") == "exact":
        return 0.0
    below, above = equal.get("tolerance").split()
    assert below == above
    return float(above)


def _said(element: Any) -> str:
    """The text with what stands for formulas."""
    if element.tag == f"{_MATHS}math":
        return str(element.get("alttext"))
    inner = "".join(f"{_said(child)}{child.tail or ''}" for child in element)
    return " ".join(f"{element.text or ''}{inner}".split()) if element.tag.startswith(_NS) else ""


def read(data: bytes) -> tuple[Any, list[Question]]:
    """The test and its items in order. Everything must be listed, and what is named must be there."""
    with ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        assert archive.namelist()[-1] == "imsmanifest.xml"
    manifest = etree.fromstring(files["imsmanifest.xml"])
    resources = {r.get("identifier"): r for r in manifest.iter(f"{_CP}resource")}
    assert {f.get("href") for f in manifest.iter(f"{_CP}file")} == set(files) - {"imsmanifest.xml"}
    (test,) = (r for r in resources.values() if r.get("type") == "imsqti_test_xmlv2p1")
    root = etree.fromstring(files[test.get("href")])
    _conforms(root)
    assert {d.get("identifierref") for d in test.iter(f"{_CP}dependency")} == set(resources) - {test.get("identifier")}
    references = list(root.iter(f"{_NS}assessmentItemRef"))
    return root, [_question(ref, files, resources[ref.get("identifier")]) for ref in references]


def _question(ref: Any, files: dict[str, bytes], resource: Any) -> Question:
    item = etree.fromstring(files[ref.get("href")])
    _conforms(item)
    assert item.get("identifier") == ref.get("identifier")
    named = {f.get("href") for f in resource.iter(f"{_CP}file")} - {ref.get("href")}
    assert {image.get("src") for image in item.iter(f"{_NS}img")} == named
    asked = [e.get("responseIdentifier") for e in item.iter() if e.get("responseIdentifier")]
    assert asked == [e.get("identifier") for e in item.iter(f"{_NS}responseDeclaration")]
    declared = {e.get("identifier") for e in item.iter(f"{_NS}outcomeDeclaration")}
    assert {e.get("outcomeIdentifier") for e in item.iter(f"{_NS}modalFeedback")} <= declared
    return Question(item.get("identifier"), item.get("title"), item)


def _conforms(element: Any) -> None:
    """Holds the elements against the content models; formulas are checked for their name space alone."""
    if element.tag.startswith(_MATHS):
        assert element.tag == f"{_MATHS}math"
        assert all(e.tag.startswith(_MATHS) for e in element.iter())
        return
    name = element.tag.removeprefix(_NS)
    children = "".join(f"{etree.QName(child).localname} " for child in element)
    assert re.fullmatch(_MODELS[name], children), (name, children)
    for attribute in ("identifier", "responseIdentifier", "outcomeIdentifier"):
        assert _IDENTIFIER.fullmatch(element.get(attribute, "none"))
    for child in element:
        _conforms(child)
