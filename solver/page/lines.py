"""One step as one line: formula = numbers = result."""

from __future__ import annotations

from collections.abc import Mapping

from .. import notation as n
from ..algebra import Expr
from ..evaluate import Values, holds
from ..formula import written
from ..greek import GREEK
from ..notation import Node
from ..working import Step, Working
from .blocks import Equation, Text


class Lines:
    """Writes the lines of one Working with one set of values; remembers the marks it gave.

    letters: where letters stand for numbers, the formula of each quantity
    beyond: names and numbers of answers that no line works out, such as those after many epochs
    """

    def __init__(
        self,
        working: Working,
        values: Values,
        beyond: Mapping[str, tuple[Node, str]] | None = None,
        letters: Mapping[str, Expr] | None = None,
    ) -> None:
        self.letters = letters or {}
        self.working = working
        self.values = values
        self.beyond = beyond or {}
        self.marks: dict[str, int] = {}

    def mark(self, key: str) -> int:
        """The mark of this line from now on."""
        return self.marks.setdefault(key, len(self.marks) + 1)

    def in_names(self, step: Step, *, marked: bool = False) -> Node:
        """The formula with names; with marks for the lines that have one."""
        return written(step.formula, self._marked if marked else self.working.name)

    def _marked(self, key: str) -> Node:
        return n.Mark(self.marks[key]) if key in self.marks else self.working.name(key)

    def in_numbers(self, step: Step) -> Node:
        """The formula with the numbers (or letters) as the page shows them."""
        if self.letters:
            return written(self.letters[step.key], letter)
        return written(step.formula, self.number, lambda c: holds(c, self.values.numbers))

    def number(self, key: str) -> Node:
        """The number of a quantity as the page shows it (its formula where letters stand for numbers)."""
        if key in self.letters:
            return written(self.letters[key], letter)
        return n.Number(self.beyond[key][1] if key in self.beyond else self.values.texts[key])

    def name(self, key: str) -> Node:
        """How a quantity is written."""
        return self.beyond[key][0] if key in self.beyond else self.working.name(key)

    def equation(
        self,
        key: str,
        *,
        mark: bool = False,
        marked: bool = False,
        note: Text = (),
        before: tuple[Node, ...] = (),
        left: Node | None = None,
    ) -> Equation:
        """The line of a step: its name, its formula (short form first), the numbers, the result."""
        step = self.working.steps[key]
        rights = [
            *before,
            step.short or self.in_names(step, marked=marked),
            self.in_numbers(step),
            self.number(key),
        ]
        return Equation(
            left or step.name,
            without_repeats(rights),
            self.mark(key) if mark else None,
            note,
            key=key,
        )


def letter(key: str) -> Node:
    """A letter that a user typed: k1, alpha, x_2."""
    base, _, sub = key.partition("_")
    stem = base.rstrip("0123456789")
    if stem and not sub:
        base, sub = stem, base[len(stem) :]
    return n.Name(GREEK.get(base, base), sub)


def without_repeats(rights: list[Node]) -> tuple[Node, ...]:
    """Right sides, each only once in a row."""
    kept: list[Node] = []
    for right in rights:
        if not kept or _signed(kept[-1]) != _signed(right):
            kept.append(right)
    return tuple(kept)


def _signed(node: Node) -> Node:
    """Minus before a number is a negative number."""
    if isinstance(node, n.Minus) and isinstance(node.body, n.Number) and not n.is_negative(node.body):
        return n.Number(f"-{node.body.text}")
    return node
