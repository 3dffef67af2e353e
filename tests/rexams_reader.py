r"""Reads an exercise of R/exams by the rules of its documentation, and marks answers as its exams do.

A section begins with its name over a row of = (a list of answers: over -) and ends one line before the next name. The
meta-information is a line for each entry, its values parted by |; where brackets stand around a | they are not parted.
R runs what stands in chunks and between `r and `; the words that remain are Markdown, in which a backslash makes a sign
a sign.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass

from exports import Part

_TYPES = ("num", "schoice", "string")
_SIGNS = {r"\sigma": "σ", r"\eta": "η", r"\gamma": "γ", r"\beta": "β", r"\tfrac{1}{2}": "½", "-": "−", r"\times": "×"}
_MARK = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class Exercise:
    """An exercise: its texts in Markdown, its meta-information, the pictures that its R writes."""

    question: str
    choices: list[str]
    solution: str
    meta: dict[str, list[str]]
    files: dict[str, bytes]

    def parts(self) -> list[Part]:
        """The fields, to be marked."""
        types, solutions = self.meta["exclozetype"], self.meta["exsolution"]
        margins, points = (list(map(float, self.meta[name])) for name in ("extol", "expoints"))
        assert len(types) == len(solutions) == len(margins) == len(points)
        assert set(types) <= set(_TYPES)
        assert re.findall(r"##ANSWER(\d+)##", self.question) == [str(i) for i in range(1, len(types) + 1)]
        wrong = _wrong(self.solution, len(types))
        entries = iter(self.choices)
        parts = []
        for i, (kind, solution) in enumerate(zip(types, solutions, strict=True)):
            options = [next(entries) for _ in (solution if kind == "schoice" else "1")]
            if kind == "num":
                parts.append(_number(float(solution), margins[i], points[i], wrong[i]))
            else:
                right = options[solution.index("1")] if kind == "schoice" else solution
                assert kind == "string" or solution.count("1") == 1
                parts.append(_word(plain(right), points[i]))
        assert next(entries, None) is None
        return parts


def _number(value: float, margin: float, points: float, wrong: list[tuple[float, str]]) -> Part:
    told = " ".join(words for _, words in wrong)

    def marks(typed: str) -> tuple[float, str]:
        right = abs(float(typed) - value) <= margin * (1 + 1e-9) + 1e-12 * abs(value)
        return (points, "") if right else (0.0, told)

    return Part(points, marks, value, margin, tuple(wrong))


def _word(right: str, points: float) -> Part:
    return Part(points, lambda typed: (points if typed == right else 0.0, ""))


def _wrong(solution: str, count: int) -> list[list[tuple[float, str]]]:
    """What the list at the end of the solution says about mistakes, for each field."""
    found: list[list[tuple[float, str]]] = []
    for line in solution[solution.rindex("\n\n* ") :].splitlines():
        if line.startswith("* "):
            found.append([])
        elif line.startswith("    * "):
            value, _, words = line.removeprefix("    * $").partition("$: ")
            found[-1].append((float(re.sub(r" \\cdot 10\^\{(.*)\}", r"e\1", value)), plain(words)))
    assert len(found) == count
    return found


def read(text: str) -> Exercise:
    """The exercise. Nothing but the chunks that write pictures may be R."""
    files = {}
    for chunk in re.findall(r"(?ms)^```\{r[^\n]*\}\n(.*?)^```$", text):
        call = re.fullmatch(r'writeBin\(base64enc::base64decode\(c\(\n(.*)\n\)\), "([\w.-]+)"\)\n', chunk, re.S)
        files[call[2]] = base64.b64decode("".join(re.findall(r'"([^"]*)"', call[1])))
    bare = re.sub(r"(?ms)^```\{r[^\n]*\}\n.*?^```$", "", text)
    assert "`" not in bare
    assert set(re.findall(r"!\[.*?\]\(([^)]*)\)\\", bare)) == set(files)
    lines = bare.splitlines()
    question, solution = _section(lines, "question"), _section(lines, "solution")
    entries = _section(question, "answerlist")
    asked = question[: question.index("Answerlist")]
    meta = _meta(_section(lines, "meta-information"))
    choices = [line.removeprefix("*").strip() for line in entries if line]
    return Exercise("\n".join(asked), choices, "\n".join(solution), meta, files)


def _section(lines: list[str], name: str) -> list[str]:
    rows = [i for i, line in enumerate(lines) if line.startswith(("====", "----"))]
    (row,) = (i for i in rows if lines[i - 1].lower().strip() == name)
    ends = [i for i in rows if i > row and (lines[row][0] == "-" or lines[i][0] == "=")]
    return lines[row + 1 : min(ends) - 2] if ends else lines[row + 1 :]


def _meta(lines: list[str]) -> dict[str, list[str]]:
    assert len([line for line in lines if "exsolution:" in line]) == 1
    found = {}
    for line in filter(None, lines):
        name, _, values = line.partition(":")
        assert re.fullmatch(r"ex[a-z]+", name)
        assert not re.search(r"\([^(]*\|[^)]*\)", values)
        found[name] = values.strip().split("|")
    assert found["extype"] == ["cloze"]
    return found


def plain(markdown: str) -> str:
    """Markdown as a reader sees it; maths of single signs as those signs."""
    parts = re.split(r"(?<!\\)\$(.*?)(?<!\\)\$", markdown)
    parts[::2] = [html.unescape(_MARK.sub(lambda found: f"&#{ord(found[1])};", words)) for words in parts[::2]]
    shown = [_SIGNS.get(part, part) if i % 2 else part for i, part in enumerate(parts)]
    return " ".join("".join(shown).split())
