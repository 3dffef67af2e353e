"""Words and equations in HTML: aligned at the first equals sign, each quantity a link to where it was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .. import notation as n
from ..notation import Node
from ..page.blocks import Equation, Known, Lines, Text
from .html_breaks import is_long, opened
from .latex_width import width
from .mathml import PLAIN, Maths, escaped
from .scripts import Run, runs
from .spelling import mark, spell

_WIDEST_LEFT = 15.0  # em of a left side that may set the column
_WIDE_LEFT = 5.5  # em of left sides that stand in a row of their own on a narrow screen
_LONGEST_TITLE = 120
_PUNCTUATION = ".,;:)?!"
NOTHING: Mapping[str, Known] = MappingProxyType({})


class Writer:
    """Writes words, notation and equations; remembers where each quantity was found.

    prefix:   before every id, so that several pages can stand in one document
    known:    quantities by key; the given ones lead to `question` until a place of their own is found
    heading:  the id of the heading above
    """

    def __init__(self, prefix: str, known: Mapping[str, Known] = NOTHING, question: str = "main") -> None:
        self.prefix = prefix
        self.known = known
        self.heading = ""
        self.links: dict[Node, str] = {}
        self.maths = Maths(self.links)
        self._places = 0
        self._values: dict[Node, Node] = {}
        for each in known.values():
            if each.given:
                self._leads(each.name, each.value, question)

    def inline(self, text: Text) -> str:
        """Words and notation within a paragraph; a formula keeps the punctuation behind it in its row."""
        spelled: list[str] = []
        for index, part in enumerate(text):
            if not isinstance(part, str):
                spelled.append(self._inline(part))
                continue
            words = part.lstrip(_PUNCTUATION) if index and not isinstance(text[index - 1], str) else part
            if words != part:
                spelled[-1] = f'<span class="glued">{spelled[-1]}{part[: len(part) - len(words)]}</span>'
            spelled.append(scripted(words))
        return "".join(spelled)

    def _inline(self, node: Node) -> str:
        if isinstance(node, n.Number) and node.text.isascii() and not {"e", "/"} & set(node.text):
            return f'<span class="number">{escaped(node.text.replace("-", "−"))}</span>'
        if isinstance(node, n.Compare) and self._gives(node):
            spelled = math(self.maths.row(node), spell(node))
            return f'<span id="{self._found_here(node.left, node.right)}">{spelled}</span>'
        said = spell(node)
        if not is_long(node, said):
            return math(self.maths.row(node), said)
        return f'<span class="wide">{" ".join(map(math, opened(node, self.maths)))}</span>'

    def _gives(self, node: n.Compare) -> bool:
        """Whether it is the first to say what a quantity is: w1 = 0.15."""
        given = node.sign == "=" and isinstance(node.left, n.Name) and isinstance(node.right, n.Number)
        return given and node.left not in self._values

    def _found_here(self, node: Node, value: Node, number: int | None = None) -> str:
        """The id of the place where a quantity was found; from now on it (and its mark) is a link to it."""
        self._places += 1
        place = f"{self.prefix}q{self._places}"
        start = self._leads(node, value, place)
        self._values[node] = value
        if number is not None:
            label = f'aria-label="{mark(number)}"'
            self.links[n.Mark(number)] = f'<mi class="mark">{start} {label}>{number}</a></mi>'
        return place

    def _leads(self, node: Node, value: Node, place: str) -> str:
        """Makes the notation a link to a place; how that link begins."""
        title = f"{spell(node)} = {spell(value)}"
        title = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"
        start = f'<a href="#{place}" title="{escaped(title)}"'
        if type(node) is not n.Word:
            self.links[node] = f"<mi>{start}><math>{PLAIN.row(node)}</math></a></mi>"
        return start

    def lines(self, block: Lines) -> str:
        """Equations below one another."""
        widths = [width(e.left) if e.left is not None else 0.0 for e in block.equations]
        kinds = "lines"
        if any(e.mark for e in block.equations):
            kinds += " marked"
        if any(size > _WIDE_LEFT and _is_worked(e) for size, e in zip(widths, block.equations, strict=True)):
            kinds += " wide-left"
        return f'<div class="{kinds}">\n{"".join(map(self._line, block.equations, widths))}</div>'

    def _line(self, e: Equation, size: float) -> str:
        if e.left is None and not e.rights:
            return f"<p>{self.inline(e.note)}</p>\n"
        repeats = e.left is not None and e.rights == (self._values.get(e.left),)  # as the answers do
        body = "".join(self._cells(e, size, self.maths if repeats else PLAIN))
        place = "" if repeats else self._place(e)
        return f'<div class="line"{place}>{body}</div>\n'

    def _place(self, e: Equation) -> str:
        """The attribute that makes the line a place to go to, where a quantity is found in it."""
        if e.left is None or not e.rights:
            return ""
        found = e.key or e.keys or e.mark or isinstance(e.rights[-1], n.Number)
        if not found:
            return ""
        place = self._found_here(e.left, e.rights[-1], e.mark)
        for each in (self.known[key] for key in e.keys if key in self.known):
            self._leads(each.name, each.value, place)
        return f' id="{place}"'

    def _cells(self, e: Equation, size: float, left: Maths) -> Iterator[str]:
        if e.mark:
            yield f'<span class="mark" role="img" aria-label="{mark(e.mark)}">{e.mark}</span>'
        if e.left is not None:
            over = " over" if size > _WIDEST_LEFT else ""
            yield f'<span class="left{over}">{math(left.row(e.left), spell(e.left))}</span>'
        maths = PLAIN if e.reason else self.maths  # a derivation's letters stand for no number
        rights = [self._right(right, maths) for right in e.rights]
        note = [f'<span class="note">{self.inline(e.note)}</span>'] if e.note else []
        yield f'<div class="right">{" ".join(note + rights)}</div>'
        if e.reason:
            yield f'<span class="why">{scripted(e.reason)}</span>'

    def _right(self, node: Node, maths: Maths) -> str:
        said = spell(node)
        if not is_long(node, said):
            return math(f"<mo>=</mo>{maths.row(node)}", f"= {said}")
        first, *rest = opened(node, maths)
        return f'<span class="broken">{" ".join(map(math, (f"<mo>=</mo>{first}", *rest)))}</span>'


def _is_worked(e: Equation) -> bool:
    """Whether the line has more on its right than a result."""
    return any(not isinstance(right, n.Number | n.Word) for right in e.rights)


def scripted(text: str) -> str:
    """Words with their raised and lowered parts."""
    return "".join(map(_run, runs(text)))


def _run(run: Run) -> str:
    if not run.script:
        return escaped(run.text)
    tag = "sup" if run.script == "raised" else "sub"
    return f"<{tag}>{''.join(map(_run, run.runs))}</{tag}>"


def math(row: str, said: str = "") -> str:
    """Elements side by side as a formula; `said` for readers that cannot read MathML."""
    return f'<math alttext="{escaped(said)}">{row}</math>' if said else f"<math>{row}</math>"
