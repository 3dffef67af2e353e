"""QTI 1.2 as Canvas takes it: a text with the question, then one numerical question for each quantity.

Canvas gives no points for a part of a question, so each quantity is a question of its own, with its own points. It
takes every condition on a number for a right answer, so the wrong ones stand in the feedback. It rounds what a student
types to 4 decimals, so a number that needs more is asked for as a multiple of a power of ten. Content model: IMS
Question & Test Interoperability 1.2, and the archives that text2qti writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from html import escape
from tempfile import TemporaryFile
from typing import BinaryIO
from urllib.parse import quote

from solver.notation import Number, Power
from solver.page.blocks import Figure, Lines
from solver.render.spelling import spell

from ..posed import Posed
from . import About, Item, distinct
from .archive import Archive
from .canvas_files import assessment_end, assessment_start, manifest, settings
from .fields import Field, Problem, number, plain, problem
from .html import Spelling, in_tex, kept, said_of, xml

SUFFIX = ".zip"

_DECIMALS = 4  # of what a student types, Canvas keeps so many
_EDGE = Decimal("1e-4")
_ITEM = """      <item ident="{id}" title="{title}">
        <itemmetadata>
          <qtimetadata>
{metadata}
          </qtimetadata>
        </itemmetadata>
        <presentation>
          <material><mattext texttype="text/html">{text}</mattext></material>{response}
        </presentation>{rest}
      </item>
"""
_METADATA = """            <qtimetadatafield>
              <fieldlabel>{label}</fieldlabel>
              <fieldentry>{entry}</fieldentry>
            </qtimetadatafield>"""
_TYPED = """
          <response_str ident="response1" rcardinality="Single">
            <render_fib{kind}><response_label ident="answer1"/></render_fib>
          </response_str>"""
_CHOSEN = """
          <response_lid ident="response1" rcardinality="Single">
            <render_choice>
{choices}
            </render_choice>
          </response_lid>"""
_CHOICE = """              <response_label ident="{id}">
                <material><mattext texttype="text/html">{text}</mattext></material>
              </response_label>"""
_PROCESSING = """
        <resprocessing>
          <outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>{general}
          <respcondition continue="No">
            <conditionvar>
{right}
            </conditionvar>
            <setvar action="Set" varname="SCORE">100</setvar>
            <displayfeedback feedbacktype="Response" linkrefid="correct_fb"/>
          </respcondition>
          <respcondition continue="Yes">
            <conditionvar><other/></conditionvar>
            <displayfeedback feedbacktype="Response" linkrefid="general_incorrect_fb"/>
          </respcondition>
        </resprocessing>{general_feedback}{praise}{help}"""
_GENERAL = """
          <respcondition continue="Yes">
            <conditionvar><other/></conditionvar>
            <displayfeedback feedbacktype="Response" linkrefid="general_fb"/>
          </respcondition>"""
_FEEDBACK = """
        <itemfeedback ident="{id}">
          <flow_mat><material><mattext texttype="text/html">{text}</mattext></material></flow_mat>
        </itemfeedback>"""
_EQUAL = '              <varequal respident="response1">{answer}</varequal>'
_WITHIN = """              <or>
                <varequal respident="response1">{value}</varequal>
                <and>
                  <vargte respident="response1">{low}</vargte>
                  <varlte respident="response1">{high}</varlte>
                </and>
              </or>"""


def item(posed: Posed, about: About) -> Item:
    """A problem as a text and its questions. Raises DlsolveError for one that asks for nothing."""
    found = problem(posed, about)
    files: dict[str, bytes] = {}

    def picture(figure: Figure) -> str:
        name = kept(figure, found.id, files)
        return f'<img src="%24IMS-CC-FILEBASE%24/images/{name}" alt="{xml(said_of(figure))}">'

    body = "".join(_items(found, _spelling(picture)))
    return Item(found.id, found.title, body.encode(), found.points, files)


def write(file: BinaryIO, items: Iterable[Item], about: About) -> None:
    """An archive with one quiz."""
    names, points = [], 0
    with Archive(file) as archive, TemporaryFile() as quiz:
        quiz.write(assessment_start(about).encode())
        for each in distinct(items):
            quiz.write(each.body)
            points += each.points
            for name, data in each.files.items():
                archive.add(f"images/{name}", data)
                names.append(f"images/{name}")
        quiz.write(assessment_end().encode())
        archive.copy("quiz/quiz.xml", quiz)
        archive.add("quiz/assessment_meta.xml", settings(about, points).encode())
        archive.add("imsmanifest.xml", manifest(about, names).encode())


def asked_as(field: Field) -> Field:
    """The field as Canvas can ask for it: with few enough decimals."""
    if field.word or field.value == 0:
        return field
    shown = number(field.shown)
    decimals = -int(shown.as_tuple().exponent)
    if abs(field.value) >= _EDGE and decimals <= _DECIMALS:
        return field
    return field.times_ten(min(shown.adjusted(), _DECIMALS - decimals))


def _items(found: Problem, spelling: Spelling) -> Iterator[str]:
    """The question, then a question for each quantity; the working of all of them stands behind the last one."""
    text = spelling.blocks(found.question)
    yield _item(found.id, found.title, "text_only_question", 0, text, "", "")
    for place, field in enumerate(map(asked_as, found.fields), 1):
        last = place == len(found.fields)
        working = spelling.blocks(found.working) if last else ""
        title = f"{found.title} ({''.join(part if isinstance(part, str) else spell(part) for part in field.name)})"
        kind = "numerical_question"
        if field.word:
            kind = "multiple_choice_question" if field.choices else "short_answer_question"
        rest = _processing(field, spelling, working)
        yield _item(f"{found.id}-{place}", title, kind, field.points, _wanted(field, spelling), _response(field), rest)


def _item(id_: str, title: str, kind: str, points: int, text: str, response: str, rest: str) -> str:
    entries = {"question_type": kind, "points_possible": points, "assessment_question_identifierref": f"{id_}-bank"}
    metadata = "\n".join(_METADATA.format(label=label, entry=entry) for label, entry in entries.items())
    return _ITEM.format(id=id_, title=xml(title), metadata=metadata, text=_inside(text), response=response, rest=rest)


def _wanted(field: Field, spelling: Spelling) -> str:
    name = spelling.text(field.name)
    if field.word:
        return f"<p>{name}:</p>"
    if not field.exponent:
        return f"<p>{name} = ?</p>"
    ten = spelling.text((_ten(field.exponent),))
    return f"<p>{name} = ? × {ten}</p><p>Type the number that stands before × {ten}, with the digits asked for.</p>"


def _ten(exponent: int) -> Power:
    return Power(Number("10"), Number(str(exponent)))


def _response(field: Field) -> str:
    if not field.choices:
        return _TYPED.format(kind="" if field.word else ' fibtype="Decimal"')
    choices = [_CHOICE.format(id=f"choice{i}", text=_inside(xml(word))) for i, word in enumerate(field.choices, 1)]
    return _CHOSEN.format(choices="\n".join(choices))


def _processing(field: Field, spelling: Spelling, working: str) -> str:
    praise = spelling.text(("Right.",))
    return _PROCESSING.format(
        general=_GENERAL if working else "",
        general_feedback=_FEEDBACK.format(id="general_fb", text=_inside(working)) if working else "",
        right=_right(field),
        praise=_FEEDBACK.format(id="correct_fb", text=_inside(f"<p>{praise}</p>")),
        help=_FEEDBACK.format(id="general_incorrect_fb", text=_inside(_help(field, spelling))),
    )


def _right(field: Field) -> str:
    if field.choices:
        return _EQUAL.format(answer=f"choice{field.choices.index(field.word) + 1}")
    if field.word:
        return _EQUAL.format(answer=xml(field.word))
    low, high = field.value - field.margin, field.value + field.margin
    return _WITHIN.format(value=plain(field.value), low=plain(low), high=plain(high))


def _help(field: Field, spelling: Spelling) -> str:
    """The answer with its line, and what the mistakes lead to."""
    name = spelling.text(field.name)
    worked = spelling.blocks((Lines(field.working),)) if field.working else f"<p>{name}: {xml(field.shown)}</p>"
    mistakes = "".join(f"<li>{xml(m.shown.replace('-', '−'))}: {xml(m.words)}</li>" for m in field.mistakes)
    return f"{worked}<p>Did you get one of these?</p><ul>{mistakes}</ul>" if mistakes else worked


def _inside(html: str) -> str:
    """HTML within XML."""
    return escape(html, quote=False)


def _spelling(picture: Callable[[Figure], str]) -> Spelling:
    return in_tex(_equation, picture, table=' border="1" cellpadding="4"')


def _equation(tex: str) -> str:
    """An image of a formula, as the editor of Canvas writes it; Canvas sets it from data-equation-content."""
    said, path = xml(tex), quote(quote(tex, safe=""), safe="")  # twice, since the path is taken apart once more
    image = f'<img class="equation_image" title="{said}" src="/equation_images/{path}?scale=1"'
    return f'{image} alt="LaTeX: {said}" data-equation-content="{said}">'
