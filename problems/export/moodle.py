"""Moodle XML: each problem is one question with embedded answers. Rules: docs.moodle.org, "Moodle XML format"."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import BinaryIO

from solver.page.blocks import Block, Figure

from ..posed import Posed
from . import About, Item, cloze, distinct
from .fields import Problem, problem
from .html import kept, said_of, xml

SUFFIX = ".xml"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category">
    <category><text>{category}</text></category>
    <info format="plain_text"><text>{info}</text></info>
  </question>
"""
_QUESTION = """  <question type="cloze">
    <name><text>{name}</text></name>
    <questiontext format="html">
      <text>{question}</text>
{files}    </questiontext>
    <generalfeedback format="html">
      <text>{working}</text>
{working_files}    </generalfeedback>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber>{id}</idnumber>
    <tags><tag><text>{kind}</text></tag></tags>
  </question>
"""
_FILE = '      <file name="{name}" path="/" encoding="base64">{data}</file>\n'


def item(posed: Posed, about: About) -> Item:
    """A problem as a question. Raises DlsolveError for one that asks for nothing."""
    found = problem(posed, about)
    question, files = _html(found, "question", found.question)
    working, working_files = _html(found, "working", found.working)
    fields = "\n".join(map(cloze.asked, found.fields))
    body = _QUESTION.format(
        name=xml(found.title),
        question=escape(f"{question}\n{fields}", quote=False),
        files=_written(files),
        working=escape(working, quote=False),
        working_files=_written(working_files),
        id=found.id,
        kind=xml(found.kind),
    )
    return Item(found.id, found.title, body.encode(), found.points)


def write(file: BinaryIO, items: Iterable[Item], about: About) -> None:
    """The questions in a category that is called as the set; a slash in its name is doubled."""
    name = f"{about.title} {about.form}".replace("/", "//")
    info = f"{about.instructions} (form {about.form}, seed {about.seed}, dlsolve {about.version})"
    file.write(_HEAD.format(category=xml(f"$course$/top/{name}"), info=xml(info)).encode())
    for each in distinct(items):
        file.write(each.body)
    file.write(b"</quiz>\n")


def _html(found: Problem, part: str, blocks: tuple[Block, ...]) -> tuple[str, dict[str, bytes]]:
    """The blocks in HTML, and the pictures that they show."""
    files: dict[str, bytes] = {}

    def picture(figure: Figure) -> str:
        name = kept(figure, f"{found.id}-{part}", files)
        return f'<img src="@@PLUGINFILE@@/{name}" alt="{cloze.words(said_of(figure))}">'

    return cloze.spelling(picture).blocks(blocks), files


def _written(files: dict[str, bytes]) -> str:
    return "".join(_FILE.format(name=name, data=b64encode(data).decode()) for name, data in files.items())
