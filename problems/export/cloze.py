r"""Embedded answers of Moodle: {points:NUMERICAL:=0.36:0.005#Right.~%0%0.41:0.005#The sign is wrong.~%0%*#Working}.

Rules: docs.moodle.org, "Embedded Answers (Cloze) question type". Moodle ends an answer at # ~ or }, a feedback at ~ or
}, where no backslash stands before; then it resolves entities once, and takes \} for } and \# for #.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from solver.page.blocks import Figure, Lines

from .fields import Field, plain
from .html import Spelling, in_tex, said_of, valid

_FIELD_LIKE = re.compile(r"\{(?=\d*:)")
_ENTITIES = {ord(c): f"&#{ord(c)};" for c in "&<>\"'\\${}~#"}  # also what filters and the reader of fields look for
_OF_TEX = {ord("&"): "&amp;", ord("<"): r"\lt ", ord(">"): r"\gt ", ord("#"): "&#35;", ord("~"): "&#126;"}
_PLAIN = {**_ENTITIES, ord("#"): r"\#", ord("}"): r"\}", ord("'"): "'", ord("$"): "$", ord("{"): "{"}
_RIGHT = "Right."


def words(text: str) -> str:
    """Words in HTML that are nothing but words to Moodle: no maths, no field."""
    return valid(text).translate(_ENTITIES)


def spelling(picture: Callable[[Figure], str] | None = None) -> Spelling:
    r"""HTML with maths in \(...\), which no one takes for a field."""
    return in_tex(_maths, picture or (lambda figure: words(said_of(figure))), words, ' border="1" cellpadding="4"')


def _maths(tex: str) -> str:
    return _FIELD_LIKE.sub("&#123;", rf"\({tex.translate(_OF_TEX)}\)")


def asked(field: Field) -> str:
    """The name of a quantity and its field."""
    name = spelling().text(field.name)
    return f"<p>{name}{':' if field.word else ' ='} {embedded(field)}</p>"


def embedded(field: Field) -> str:
    """The field: the right answer, those that mistakes lead to, and any other, each with its feedback."""
    if field.choices:
        answers = [_answer(word == field.word, html(words(word)), field) for word in field.choices]
        return _joined(field.points, "MULTICHOICE", answers)
    if field.word:
        typed = field.word.replace("*", r"\*")  # a star alone stands for anything
        right = _answer(True, valid(typed).translate(_PLAIN), field)
        return _joined(field.points, "SHORTANSWER", [right, _answer(False, "*", field)])
    right = _answer(True, f"{plain(field.value)}:{plain(field.margin)}", field)
    wrong = [f"%0%{plain(m.value)}:{plain(m.margin)}#{html(words(m.words))}" for m in field.mistakes]
    return _joined(field.points, "NUMERICAL", [right, *wrong, _answer(False, "*", field)])


def html(text: str) -> str:
    """HTML within a field."""
    return text.replace("&", "&amp;").replace("}", r"\}")


def _joined(points: int, kind: str, answers: list[str]) -> str:
    return f"{{{points}:{kind}:{'~'.join(answers)}}}"


def _answer(right: bool, answer: str, field: Field) -> str:
    return f"={answer}#{_RIGHT}" if right else f"%0%{answer}#{_worked(field)}"


def _worked(field: Field) -> str:
    """The lines that work the quantity out, or the answer where there is none."""
    if field.working:
        return html(spelling().blocks((Lines(field.working),)))
    return html(f"{spelling().text(field.name)}: {words(field.shown)}")
