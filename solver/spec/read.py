"""YAML text → Document: PyYAML's events, our own meaning of words, every complaint with its place.

Events are taken one by one with an explicit stack, so that no file, however deep, large or odd, does more
than draw a complaint.
"""

from __future__ import annotations

from typing import Any, NoReturn

import yaml
from msgspec import Struct, field

from ..errors import Complaint, SpecError
from .document import Document, Path, Place
from .syntax import Failure, explain, missing_colon, spot
from .text import UNFIT, decode, split_lines
from .tree import Anchored, Open, Tree
from .typed import Scalar, number, plain, shown

__all__ = ["number", "read"]

DEEPEST = 50
MOST_NODES = 200_000
LONGEST_KEY = 200

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(source: bytes | str, file: str) -> Document:
    """The spec in `source` as plain data with places; `file` is its name in messages.

    At most 10 MB, 50 levels deep, 200,000 values (an alias counts as all that it stands for).
    Raises SpecError with every complaint about the file; after an error of YAML syntax nothing more is read.
    """
    text = decode(source, file)
    reader = _Reader(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            reader.take(event)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the Python parser lets bad escapes through
        mark = getattr(error, "problem_mark", None)
        if mark and "maximum nesting depth" in str(error):  # said far ahead of the events; what it has seen will do
            return read(text[: mark.index], file)
        reader.give_up(error, split_lines(text))
    return reader.document(text)


class _Reader(Struct):
    """Takes events, fills the tree, collects complaints."""

    file: str
    complaints: list[Complaint] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    started: bool = False
    last: yaml.Event | None = None

    def take(self, event: yaml.Event) -> None:
        """The next event."""
        self.last = event
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.tree.close()
        elif isinstance(event, yaml.DocumentStartEvent):
            if self.started:
                self._refuse("a second document starts here; expected one (delete the '---')", _place(event))
            self.started = True

    def give_up(self, error: Exception, lines: list[str]) -> NoReturn:
        """What the parser could not read, after all other complaints."""
        brackets = [frame for frame in self.tree.stack if frame.bracket]
        opened = (brackets[-1].bracket, _from_zero(brackets[-1].place)) if brackets else None
        message, place = explain(Failure.of(error, lines, opened, self.last))
        path = next((frame.path for frame in brackets if frame.place == place), self.tree.path)
        self._complain(message, place, path)
        raise SpecError(self.file, self.complaints) from error

    def document(self, text: str) -> Document:
        """The finished document; the whole file has to be a mapping."""
        root, tree = self.tree.root, self.tree
        if root is None:
            self._complain("the file is empty; expected keys such as 'kind: backprop'", (1, 1), ())
        elif not isinstance(root, dict):
            place = tree.values[()]
            found = "a list" if isinstance(root, list) else "one value"
            fix = missing_colon(split_lines(text)[place[0] - 1]) if isinstance(root, str) else ""
            expected = "expected keys with values, such as 'kind: backprop'"
            self._complain(f"found {found}; {fix or expected}", place, ())
        document = Document(self.file, root, tree.values, tree.keys)
        if self.complaints:
            raise SpecError(self.file, self.complaints, document if isinstance(root, dict) else None)
        return document

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = _place(event)
        self._count(1, place)
        self._tagged(event.tag, place)
        if self.tree.at_key:
            self._key(event, place)
            self.tree.remember(event.anchor, Anchored(event.value, 1, 0))
            return
        value = self._value(event, place)
        self.tree.remember(event.anchor, Anchored(value, 1, 0))
        self.tree.put(value, place)

    def _value(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        text = str(event.value)
        if event.style:
            value: Scalar = text
            complaint = _odd_text(event)
        else:
            value, complaint = plain(text)
            if not text and self.tree.stack and self.tree.stack[-1].bracket == "{":
                self._colon_in(self.tree.stack[-1])
        if complaint:
            self._complain(complaint, place, self.tree.path)
        return value

    def _colon_in(self, frame: Open) -> None:
        """`{name:h}` and `{w1 0.5}` are keys without a value to YAML."""
        complaint = missing_colon(frame.key)
        if complaint:
            path = (*frame.path, frame.key)
            self._complain(complaint, self.tree.keys[path], path)

    def _key(self, event: yaml.ScalarEvent, place: Place) -> None:
        frame, key = self.tree.stack[-1], str(event.value)
        path = (*frame.path, key)
        complaint = _bad_key(event)
        if not complaint and path in self.tree.keys:
            first = self.tree.keys[path][0]
            complaint = f"the key '{shown(key)}' stands twice, first in line {first}; delete one"
        if complaint:
            self._complain(complaint, place, path if 0 < len(key) <= LONGEST_KEY else frame.path)
        self.tree.await_value(key, place)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place, name, tree = _place(event), str(event.anchor), self.tree
        if any(frame.anchor == name for frame in tree.stack):
            self._refuse(f"the alias *{name} stands inside what &{name} names; it would never end", place)
        found = tree.anchors.get(name)
        if tree.at_key:
            self._complain("an alias cannot be a key; write the key itself", place, tree.path)
            tree.await_value("?")
            return
        if found is None:
            told = f"found *{shown(name)}, but nothing above is named &{shown(name)}"
            self._complain(f"{told}; a text that starts with '*' needs quotes", place, tree.path)
            found = Anchored(None, 1, 0)
        self._count(found.nodes, place)
        self._deep(len(tree.stack) + found.height, place)
        tree.grow(found.height)
        tree.put(found.data, place)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        place, mapping = _place(event), isinstance(event, yaml.MappingStartEvent)
        self._count(1, place)
        self._deep(len(self.tree.stack) + 1, place)
        self._tagged(event.tag, place)
        if self.tree.at_key:
            found = "a mapping" if mapping else "a list"
            self._complain(f"found {found} as a key; a key is one word", place, self.tree.path)
        bracket = ("{" if mapping else "[") if event.flow_style else ""
        self.tree.open(mapping, place, event.anchor, bracket)

    def _count(self, nodes: int, place: Place) -> None:
        self.tree.nodes += nodes
        if self.tree.nodes > MOST_NODES:
            self._refuse(f"more than {MOST_NODES:,} values up to here, aliases written out", place)

    def _deep(self, depth: int, place: Place) -> None:
        if depth > DEEPEST:
            self._refuse(f"more than {DEEPEST} levels of brackets or indentation", place)

    def _tagged(self, tag: str | None, place: Place) -> None:
        if tag is not None:
            found = shown(tag.replace("tag:yaml.org,2002:", "!!"))
            message = f"found the type tag {found}; specs have none: delete it, or quote the text"
            self._complain(message, place, self.tree.path)

    def _complain(self, message: str, place: Place, path: Path) -> None:
        self.complaints.append(Complaint(message, path, *place))

    def _refuse(self, message: str, place: Place) -> NoReturn:
        """A complaint after which reading would be of no use."""
        self._complain(message, place, self.tree.path)
        raise SpecError(self.file, self.complaints)


def _place(event: yaml.Event) -> Place:
    line, column = spot(event.start_mark)
    return line + 1, column + 1


def _from_zero(place: Place) -> Place:
    return place[0] - 1, place[1] - 1


def _odd_text(event: yaml.ScalarEvent) -> str:
    """The complaint about a quoted text or block of text, or ''."""
    if event.style in ("|", ">") and not event.value.strip():
        sign = event.style
        return f"'{sign}' starts a block of text, which is empty; for the sign itself write \"{sign}\""
    unfit = UNFIT.search(event.value)
    code = f"U+{ord(unfit[0]):04X}" if unfit else ""
    return f"the text holds the character {code}, which cannot be shown; delete it" if unfit else ""


def _bad_key(event: yaml.ScalarEvent) -> str:
    if not event.style and event.value == "<<":
        return "merge keys (<<) are not read; write the keys out"
    if not event.style and not event.value:
        return "a key is missing before the ':' (a question mark on its own needs quotes: \"?\")"
    if not event.style and event.value != event.value.strip():
        return "a no-break space stands beside the key; type ordinary spaces"
    if len(event.value) > LONGEST_KEY:
        return f"found a key of {len(event.value)} characters; expected at most {LONGEST_KEY}"
    return _odd_text(event)
