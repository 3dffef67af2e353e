"""QTI 2.1: each problem is an item with a field for each quantity; a test holds the items in order.

Maths is MathML. Scoring and feedback are response processing, so partial credit and the mistakes need nothing of a
platform's own. Content model: IMS Question & Test Interoperability 2.1, Information Model and XML Binding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from solver.page.blocks import Figure, Lines

from ..posed import Posed
from . import About, Item, distinct
from .archive import Archive
from .fields import Field, Problem, plain, problem
from .html import Spelling, in_mathml, kept, said_of, xml
from .qti21_files import assessment_test, manifest

SUFFIX = ".zip"

_ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{id}" title="{title}" \
adaptive="false" timeDependent="false">
{responses}
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="{points}">
    <defaultValue><value>0</value></defaultValue>
  </outcomeDeclaration>
  <outcomeDeclaration identifier="WORKING" cardinality="single" baseType="identifier"/>
{outcomes}
  <itemBody>
{body}
  </itemBody>
  <responseProcessing>
{processing}
    <setOutcomeValue identifier="WORKING"><baseValue baseType="identifier">SHOWN</baseValue></setOutcomeValue>
  </responseProcessing>
{feedback}
</assessmentItem>
"""
_RESPONSE = """  <responseDeclaration identifier="RESPONSE_{n}" cardinality="single" baseType="{kind}">
    <correctResponse><value>{value}</value></correctResponse>
  </responseDeclaration>"""
_OUTCOME = '  <outcomeDeclaration identifier="FEEDBACK_{n}" cardinality="single" baseType="identifier"/>'
_TYPED = '<textEntryInteraction responseIdentifier="RESPONSE_{n}" expectedLength="12"/>'
_CHOSEN = """<inlineChoiceInteraction responseIdentifier="RESPONSE_{n}" shuffle="false">{choices}\
</inlineChoiceInteraction>"""
_CONDITION = """    <responseCondition>
      <responseIf>
        <isNull><variable identifier="RESPONSE_{n}"/></isNull>
      </responseIf>
      <responseElseIf>
{right}
        <setOutcomeValue identifier="SCORE">
          <sum><variable identifier="SCORE"/><baseValue baseType="float">{points}</baseValue></sum>
        </setOutcomeValue>
        <setOutcomeValue identifier="FEEDBACK_{n}"><baseValue baseType="identifier">RIGHT</baseValue></setOutcomeValue>
      </responseElseIf>
{mistakes}      <responseElse>
        <setOutcomeValue identifier="FEEDBACK_{n}"><baseValue baseType="identifier">OTHER</baseValue></setOutcomeValue>
      </responseElse>
    </responseCondition>"""
_MISTAKE = """      <responseElseIf>
{equal}
        <setOutcomeValue identifier="FEEDBACK_{n}"><baseValue baseType="identifier">{id}</baseValue></setOutcomeValue>
      </responseElseIf>
"""
_EQUAL = '        <equal {mode}><variable identifier="RESPONSE_{n}"/>{to}</equal>'
_BOTH = '<variable identifier="RESPONSE_{n}"/><correct identifier="RESPONSE_{n}"/>'
_SAME = f'        <stringMatch caseSensitive="false">{_BOTH}</stringMatch>'
_CHOICE = f"        <match>{_BOTH}</match>"
_FEEDBACK = '  <modalFeedback outcomeIdentifier="{outcome}" identifier="{id}" showHide="show">{html}</modalFeedback>'


def item(posed: Posed, about: About) -> Item:
    """A problem as an item. Raises DlsolveError for one that asks for nothing."""
    found = problem(posed, about)
    files: dict[str, bytes] = {}

    def picture(figure: Figure) -> str:
        name = kept(figure, found.id, files)
        return f'<img src="{name}" alt="{xml(said_of(figure))}"/>'

    spelling = in_mathml(picture)
    numbered = list(enumerate(found.fields, 1))
    body = _ITEM.format(
        id=found.id,
        title=xml(found.title),
        points=found.points,
        responses="\n".join(_response(n, field) for n, field in numbered),
        outcomes="\n".join(_OUTCOME.format(n=n) for n, _ in numbered),
        body="\n".join([spelling.blocks(found.question), *(_asked(n, field, spelling) for n, field in numbered)]),
        processing="\n".join(_condition(n, field) for n, field in numbered),
        feedback="\n".join(_feedback(found, spelling)),
    )
    return Item(found.id, found.title, body.encode(), found.points, files)


def write(file: BinaryIO, items: Iterable[Item], about: About) -> None:
    """An archive with an item for each problem, the test, and the list of all files."""
    held: list[tuple[str, tuple[str, ...]]] = []
    with Archive(file) as archive:
        for each in distinct(items):
            archive.add(f"{each.id}.xml", each.body)
            for name, data in each.files.items():
                archive.add(name, data)
            held.append((each.id, tuple(each.files)))
        archive.add("test.xml", assessment_test(about, [id_ for id_, _ in held]).encode())
        archive.add("imsmanifest.xml", manifest(about, held).encode())


def _response(n: int, field: Field) -> str:
    if field.word:
        kind = "identifier" if field.choices else "string"
        value = _choice(field.choices.index(field.word)) if field.choices else xml(field.word)
        return _RESPONSE.format(n=n, kind=kind, value=value)
    return _RESPONSE.format(n=n, kind="float", value=plain(field.value))


def _choice(index: int) -> str:
    return f"CHOICE_{index + 1}"


def _asked(n: int, field: Field, spelling: Spelling) -> str:
    """The name of a quantity and its field."""
    choices = "".join(
        f'<inlineChoice identifier="{_choice(index)}">{xml(word)}</inlineChoice>'
        for index, word in enumerate(field.choices)
    )
    entry = _CHOSEN.format(n=n, choices=choices) if choices else _TYPED.format(n=n)
    return f"<p>{spelling.text(field.name)}{':' if field.word else ' ='} {entry}</p>"


def _condition(n: int, field: Field) -> str:
    """Points and feedback for the right answer, feedback for mistakes and for any other answer."""
    mistakes = "".join(
        _MISTAKE.format(n=n, id=f"MISTAKE_{index}", equal=_equal(n, plain(m.margin), _value(plain(m.value))))
        for index, m in enumerate(field.mistakes, 1)
    )
    return _CONDITION.format(n=n, right=_right(n, field), points=field.points, mistakes=mistakes)


def _right(n: int, field: Field) -> str:
    if field.word:
        return (_CHOICE if field.choices else _SAME).format(n=n)
    return _equal(n, plain(field.margin), f'<correct identifier="RESPONSE_{n}"/>')


def _equal(n: int, margin: str, to: str) -> str:
    mode = 'toleranceMode="exact"' if margin == "0" else f'toleranceMode="absolute" tolerance="{margin} {margin}"'
    return _EQUAL.format(n=n, mode=mode, to=to)


def _value(value: str) -> str:
    return f'<baseValue baseType="float">{value}</baseValue>'


def _feedback(found: Problem, spelling: Spelling) -> Iterator[str]:
    for n, field in enumerate(found.fields, 1):
        name = spelling.text(field.name)
        line = spelling.blocks((Lines(field.working),)) if field.working else f"<p>{name}: {xml(field.shown)}</p>"
        told = {"RIGHT": f"<p>{name}: {spelling.text(('Right.',))}</p>", "OTHER": line}
        told |= {f"MISTAKE_{i}": f"<p>{name}: {xml(m.words)}</p>" for i, m in enumerate(field.mistakes, 1)}
        for id_, html in told.items():
            yield _FEEDBACK.format(outcome=f"FEEDBACK_{n}", id=id_, html=html)
    yield _FEEDBACK.format(outcome="WORKING", id="SHOWN", html=spelling.blocks(found.working))
