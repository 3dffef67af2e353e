"""What is wrong where a file stops being YAML, in plain words with the fix."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from msgspec import Struct

from .document import Place
from .typed import shown

Opened = tuple[str, Place] | None  # a bracket and its place, from 0
Finding = tuple[str, Place] | None  # the message, and line and column from 0

_CLOSING = {"[": "]", "{": "}"}
_ENTRY = re.compile(r"([^\s:=,\[\]{}\"'#]+)(?:(:)(?=\S)|\s*(=)\s*|\s+)(\S.*)", re.DOTALL)


class Failure(Struct, frozen=True):
    """Where the YAML parser gave up: its problem, the thing it was in the middle of, and what it read last.

    `opened`: the innermost bracket still open and its place; `last`: the event before the problem.
    """

    lines: list[str]
    problem: str
    at: Place
    context: str
    since: Place
    opened: Opened
    last: yaml.Event | None

    @staticmethod
    def of(error: Exception, lines: list[str], opened: Opened, last: yaml.Event | None) -> Failure:
        """What a parser's exception says; where it names no place, the end of the last event."""
        end = spot(last.end_mark) if last else (0, 0)
        if not isinstance(error, yaml.MarkedYAMLError):
            return Failure(lines, "", end, "", end, opened, last)
        at = spot(error.problem_mark) if error.problem_mark else end
        since = spot(error.context_mark) if error.context_mark else at
        return Failure(lines, error.problem or "", at, error.context or "", since, opened, last)

    @property
    def line(self) -> str:
        return self.lines[self.at[0]] if self.at[0] < len(self.lines) else ""

    @property
    def letter(self) -> str:
        """The character at the problem; '' at the end of a line."""
        return self.line[self.at[1] : self.at[1] + 1]

    @property
    def begun(self) -> str:
        """The line from the start of the thing in the middle of which the parser was."""
        row, column = self.since
        return self.lines[row][column:] if row < len(self.lines) else ""

    @property
    def at_end(self) -> bool:
        """Whether nothing but blank lines and comments follows."""
        rest = [self.line[self.at[1] :], *self.lines[self.at[0] + 1 :]]
        return all(not line.strip() or line.lstrip().startswith("#") for line in rest)

    @property
    def before(self) -> int:
        """The nearest line above the problem that is neither blank nor a comment; -1 when there is none."""
        above = range(min(self.at[0], len(self.lines)) - 1, -1, -1)
        return next((n for n in above if self.lines[n].split("#")[0].strip()), -1)


def explain(failure: Failure) -> tuple[str, Place]:
    """The message about a failure, and its place: line and column from 1."""
    for rule in _RULES:
        finding = rule(failure)
        if finding:
            message, (line, column) = finding
            return message, (line + 1, column + 1)
    found = f"found '{failure.letter}'" if failure.letter.strip() else "found something"
    message = f"{found} that does not belong here; check brackets, quotes and indentation"
    return message, (failure.at[0] + 1, failure.at[1] + 1)


def spot(mark: Any) -> Place:
    """Line and column, from 0, of a mark of the parser."""
    return (mark.line, mark.column) if mark else (0, 0)


def missing_colon(text: str) -> str:
    """What is wrong with `loss:mse`, `loss = mse` or `loss mse` where an entry belongs; '' if nothing."""
    match = _ENTRY.match(re.sub(r"^\s*(?:- +)*", "", text))
    if not match:
        return ""
    fixed = shown(f"{match[1]}: {match[4].lstrip(': ')}")
    what = "a blank is missing behind the ':'" if match[2] else "a ':' is missing behind the key"
    return f"{what}; write {fixed}"


def _tab(f: Failure) -> Finding:
    if not 0 <= f.at[0] < len(f.lines):
        return None
    indentation = f.line[: len(f.line) - len(f.line.lstrip())]
    column = f.at[1] if f.letter == "\t" else indentation.find("\t")
    return None if column < 0 else ("found a tab; indent with spaces (two for each level)", (f.at[0], column))


def _foreign_blank(f: Failure) -> Finding:
    """A no-break space copied from a web page counts as a letter, not as indentation."""
    match = re.match(r" *([^\S \t\r\n])", f.line)
    return (
        ("found a no-break space in the indentation; type ordinary spaces", (f.at[0], match.start(1)))
        if match
        else None
    )


def _quote(f: Failure) -> Finding:
    if "quoted scalar" not in f.context and "quoted scalar" not in f.problem:
        return None
    quote = f.begun[:1]
    if "escape" in f.problem or "hexadecimal" in f.problem:
        return "a backslash inside \"...\" starts an escape; write \\\\, or use '...'", f.at
    return f"this {quote} is never closed; put a {quote} behind the end of the text", f.since


def _unclosed(f: Failure) -> Finding:
    """A bracket that the file, or the next entry, does not close."""
    if f.at_end and f.opened:
        bracket, place = f.opened
        return f"this '{bracket}' is never closed; a '{_CLOSING[bracket]}' is missing", place
    if "',' or" not in f.problem:
        return None
    bracket = "{" if "mapping" in f.context else "["
    closing = _CLOSING[bracket]
    if f.letter in "]}" and f.letter:
        return (
            f"found '{f.letter}', but the '{bracket}' of line {f.since[0] + 1} needs its '{closing}' first",
            f.at,
        )
    if f.at[0] == f.since[0]:
        return f"found '{f.letter}'; expected ',' or '{closing}' behind the entry", f.at
    where = f"before the new entry in line {f.at[0] + 1}"
    return f"this '{bracket}' is not closed {where}; a '{closing}' or ',' is missing", f.since


def _no_colon(f: Failure) -> Finding:
    if "could not find expected ':'" not in f.problem:
        return None
    message = missing_colon(f.begun) or "a ':' is missing behind this key; write key: value"
    return message, f.since


def _second_colon(f: Failure) -> Finding:
    """`mapping values are not allowed`: this line has two colons, or the line above is at fault."""
    if "mapping values" not in f.problem:
        return None
    match = re.match(r"(\s*(?:- +)*[^\s:]+:\s+)(\S.*)", f.line)
    if match and match.end(1) < f.at[1]:
        return f"a text with ': ' in it needs quotes; write \"{shown(match[2])}\"", (f.at[0], match.end(1))
    above = f.lines[f.before] if f.before >= 0 else ""
    start = len(above) - len(re.sub(r"^\s*(?:- +)*", "", above))
    if re.match(r"[^\s:]+:\s", above[start:]):
        place = (f.at[0], len(f.line) - len(f.line.lstrip()))
        told = f"indented deeper than line {f.before + 1}, which has a value already"
        return f"{told}; start in column {start + 1}", place
    message = missing_colon(above)
    if message:
        return message, (f.before, start)
    return "found a ':' that cannot stand here; text with ': ' in it needs quotes", f.at


def _question(f: Failure) -> Finding:
    """A lone `?`, which means "this is a key" to YAML; the parser notices one or two signs late."""
    read = f.line[: f.at[1]] if f.line[: f.at[1]].strip() or f.before < 0 else f.lines[f.before]
    column = len(read.rstrip(" ]},")) - 1
    lone = re.search(r"(?:^|[\s\[{,])\?$", read[: column + 1])
    if f.letter == "?" or "mapping keys" in f.problem:
        return 'a question mark on its own needs quotes; write "?"', f.at
    row = f.at[0] if read == f.line[: f.at[1]] else f.before
    return ('a question mark on its own needs quotes; write "?"', (row, column)) if lone else None


def _sign_first(f: Failure) -> Finding:
    """A text that starts with a sign which YAML keeps for itself."""
    if "directive" in f.context:
        return "a line cannot start with '%' (a comment starts with '#')", f.since
    told = ("cannot start any token", "scanning a block scalar", "an alias", "an anchor", "a tag", "undefined tag")
    if not any(part in f.problem or part in f.context for part in told):
        return None
    word = re.match(r"[^\s,\]}]*", f.begun)
    text = shown(word[0]) if word else ""
    return f"a text that starts with '{text[:1]}' needs quotes; write \"{text}\"", f.since


def _stray(f: Failure) -> Finding:
    """A closing bracket, comma, colon or dash with nothing that it belongs to."""
    if f.letter in ("]", "}"):
        return f"found '{f.letter}' with nothing open that it closes", f.at
    if f.letter == ",":
        inside = "an entry is missing before this ','" if f.opened else "a list needs brackets; write [1, 2]"
        return f"found ','; {inside}", f.at
    if f.letter == ":":
        return "found ':' with no key before it; write key: value", f.at
    if f.letter == "-" and (f.opened or "sequence entries" in f.problem):
        return "a '- ' item starts on a line of its own; here write [1, 2], and -5 without a blank", f.at
    return None


def _after_value(f: Failure) -> Finding:
    """Text behind a closing quote or bracket."""
    if f.last is None or spot(f.last.end_mark)[0] != f.at[0]:
        return None
    if isinstance(f.last, yaml.ScalarEvent) and f.last.style in ("'", '"'):
        quote, line = f.last.style, spot(f.last.start_mark)[0]
        told = f"text behind the closing {quote}"
        if line != f.at[0]:
            told = f"the {quote} of line {line + 1} is closed only here, before this text"
        return f"{told}; inside '...' a quote is written twice (''), inside \"...\" as \\\"", f.at
    # A bracket's end covers one character, an end by indentation none.
    closed = isinstance(f.last, yaml.CollectionEndEvent) and spot(f.last.start_mark) != spot(f.last.end_mark)
    return ("text behind the closing bracket; expected a new line", f.at) if closed else None


def _indentation(f: Failure) -> Finding:
    if "node content" in f.problem and f.before >= 0 and f.lines[f.before].strip().startswith("-"):
        return f"the '-' of line {f.before + 1} has no item; indent this line deeper, or write '- item'", f.at
    told = ("expected key", "block end", "'-' indicator", "document start")
    if not any(part in f.problem for part in told):
        return None
    if "document start" in f.problem:
        if f.before >= 0 and f.lines[f.before].startswith("..."):
            return "found text behind '...', the end of the file's data; delete the '...'", f.at
        return "does not line up with the entries above; all keys of one level start in the same column", f.at
    what = "the items ('- ')" if f.context.endswith("collection") else "the keys"
    where = f"from line {f.since[0] + 1} on start in column {f.since[1] + 1}"
    return f"does not line up with the lines above; {what} {where}", f.at


_RULES: tuple[Callable[[Failure], Finding], ...] = (
    _tab,
    _foreign_blank,
    _quote,
    _question,
    _unclosed,
    _no_colon,
    _second_colon,
    _sign_first,
    _stray,
    _after_value,
    _indentation,
)
