"""R/exams: each problem is an exercise in R Markdown, of the type cloze.

Rules: the vignette "exams2" of the R package exams, and its help page read_exercise.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

from solver.errors import DlsolveError, Unavailable
from solver.figures.png import png
from solver.notation import Number
from solver.page.blocks import Figure

from ..posed import Posed
from . import About, Item, distinct
from .archive import Archive
from .fields import Field, plain, problem
from .html import drawn
from .rmarkdown import Markdown, maths, words

SUFFIX = ".zip"

_EXERCISE = """{pictures}Question
========

{question}

{asked}

Answerlist
----------

{choices}

Solution
========

{working}

{answers}

Meta-information
================
exname: {name}
extitle: {name}
exsection: {section}
exversion: {version}
extype: cloze
exsolution: {solution}
exclozetype: {types}
extol: {margins}
expoints: {points}
"""
_PICTURE = """```{{r, echo = FALSE, results = "hide"}}
writeBin(base64enc::base64decode(c(
{lines}
)), "{name}")
```

"""
_WIDTH = 76


def item(posed: Posed, about: About) -> Item:
    """A problem as an exercise, complete in itself. Raises DlsolveError for one that cannot be asked so."""
    found = problem(posed, about)
    files: dict[str, bytes] = {}

    def picture(figure: Figure) -> str:
        suffix, data = _drawn(figure)
        name = f"{found.id}-{len(files) + 1}{suffix}"
        files[name] = data
        return name

    markdown = Markdown(picture)
    question, working = markdown.blocks(found.question), markdown.blocks(found.working)
    body = _EXERCISE.format(
        pictures="".join(_chunk(name, data) for name, data in files.items()),
        question=question,
        asked="\n\n".join(_asked(n, field, markdown) for n, field in enumerate(found.fields, 1)),
        choices="\n".join(f"* {choice}".rstrip() for field in found.fields for choice in _choices(field)),
        working=working,
        answers="\n".join(line for field in found.fields for line in _answer(field, markdown)),
        name=_named(found.title),
        section=_named(found.kind),
        version=_named(f"form {about.form}, seed {about.seed}, dlsolve {about.version}"),
        solution="|".join(solution(field, found.title) for field in found.fields),
        types="|".join("schoice" if f.choices else "string" if f.word else "num" for f in found.fields),
        margins="|".join(plain(field.margin) for field in found.fields),
        points="|".join(str(field.points) for field in found.fields),
    )
    return Item(found.id, found.title, body.encode(), found.points)


def write(file: BinaryIO, items: Iterable[Item], about: About) -> None:
    """One exercise as it is; of several an archive with a file for each, numbered in order."""
    named = enumerate(distinct(items), 1)
    first = list(islice(named, 2))
    if len(first) == 1:
        file.write(first[0][1].body)
        return
    with Archive(file) as archive:
        for number, each in chain(first, named):
            archive.add(f"{number:04}-{each.id}.Rmd", each.body)


def _drawn(figure: Figure) -> tuple[str, bytes]:
    """The drawing in pixels, which every output of R/exams takes; as SVG where no converter is installed."""
    try:
        return ".png", png(figure.svg)
    except Unavailable:
        return ".svg", drawn(figure)


def _chunk(name: str, data: bytes) -> str:
    """R that writes a picture beside the exercise, so that the exercise is one file."""
    text = b64encode(data).decode()
    lines = ",\n".join(f'"{text[i : i + _WIDTH]}"' for i in range(0, len(text), _WIDTH))
    return _PICTURE.format(name=name, lines=lines)


def _asked(n: int, field: Field, markdown: Markdown) -> str:
    return f"{markdown.text(field.name)}{':' if field.word else ' ='} ##ANSWER{n}##"


def _choices(field: Field) -> list[str]:
    """What stands in the list of answers: the words to choose from, an empty entry for what is typed."""
    return [words(word) for word in field.choices] or [""]


def _answer(field: Field, markdown: Markdown) -> Iterator[str]:
    """The right answer and what the mistakes lead to."""
    name = markdown.text(field.name)
    yield f"* {name}: {_shown(field.shown, field.word)}"
    for mistake in field.mistakes:
        yield f"    * {_shown(mistake.shown)}: {words(mistake.words)}"


def _shown(text: str, word: str = "") -> str:
    return words(text) if word else maths(Number(text))


def solution(field: Field, title: str) -> str:
    """The solution of a field. Raises DlsolveError for a word that the line of solutions cannot hold."""
    if field.choices:
        return "".join("1" if word == field.word else "0" for word in field.choices)
    if not field.word:
        return plain(field.value)
    if set(field.word) & set("|()`\\") or field.word != " ".join(field.word.split()):
        raise DlsolveError(f"{title}: R/exams cannot ask for '{field.word}': an answer has no | ( ) ` \\ there")
    return field.word


def _named(text: str) -> str:
    """Words for a line of the meta-information: nothing that R, or the reader of that line, would take for its own."""
    return " ".join(re.sub(r"[^\w\s.,;×²³ηθ'-]", " ", text).split()) or "exercise"
