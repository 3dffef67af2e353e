"""Formulas inside words: plain text between backticks, read as notation.

A catalog says an update or an error in one line of text; each format then sets it as mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .. import notation as n
from ..notation import Name, Node
from .blocks import Inline, Text

_SIGNS = {"=": "=", "≤": "<=", "≥": ">=", "<": "<", ">": ">", "≠": "!="}
_FUNCTIONS = ("max", "ln", "tanh", "softmax", "σ")
_TOKEN = re.compile(
    r"(?:\(1/2?n\)|½|2) Σ|[0-9]+(?:\.[0-9]+)?|\.\.\.|"
    r"(?P<letters>[^\W\d_½²]+)(?P<hat>\u0302?)(?P<index>[0-9]*)(?:_(?P<sub>\w+|\([^)]*\)))?|\S"
)


def typeset(text: str, names: Mapping[str, Node] | None = None) -> Text:
    """The words of a text, what stands between backticks as notation; names: letters written in a way of their own."""
    parts: list[Inline] = []
    for place, part in enumerate(text.split("`")):
        if part:
            parts.append(formula(part, names) if place % 2 else part)
    return tuple(parts)


def formula(text: str, names: Mapping[str, Node] | None = None) -> Node:
    """A formula in plain text, such as v = β v + (1 − β) g, as notation.

    Letters beside each other are multiplied; a slash takes the factor before and the factor behind it.
    Raises ValueError where the text is no formula.
    """
    reader = _Reader(text, names or {})
    node = reader.relation()
    if reader.next:
        raise ValueError(f"no formula: {reader.next!r} in {text!r}")
    return node


class _Reader:
    """Reads a formula from left to right; every method leaves off behind what it has read."""

    def __init__(self, text: str, names: Mapping[str, Node]) -> None:
        self.tokens = [*_TOKEN.finditer(text)]
        self.names = names
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at].group() if self.at < len(self.tokens) else ""

    def take(self, token: str = "") -> str:
        if not self.next or (token and self.next != token):
            raise ValueError(f"no formula: {token or 'more'} is missing")
        self.at += 1
        return self.tokens[self.at - 1].group()

    def relation(self) -> Node:
        node = self.sum()
        while self.next in _SIGNS:
            sign = _SIGNS[self.take()]
            node = n.Compare(node, sign, self.sum())
        return node

    def sum(self) -> Node:
        terms = [self.signed()]
        while self.next in ("+", "−"):
            terms.append(self.signed())
        return n.total(terms)

    def signed(self) -> Node:
        if self.next in ("+", "−") and self.take() == "−":
            return n.minus(self.term())
        return self.term()

    def term(self) -> Node:
        factors = [self.factor()]
        while self.next and self.next not in _SIGNS and self.next not in "+−)]|,":
            if self.next == "·":
                self.take()
            elif self.next == "/":
                self.take()
                factors[-1] = n.Fraction(_bare(factors[-1]), _bare(self.factor()))
                continue
            factors.append(self.factor())
        return n.product(factors)

    def factor(self) -> Node:
        base = self.base()
        if self.next == "²":
            self.take()
            return n.power(base, n.Number("2"))
        if self.next == "^":
            self.take()
            return n.power(base, _bare(self.base()))
        return base

    def base(self) -> Node:
        token = self.take()
        if token.endswith("Σ"):
            return n.Prefixed(n.Word(token) if len(token) > 1 else Name(token), self.term())
        if token in ("(", "["):
            return n.bracket(self.closed(")" if token == "(" else "]"))
        if token == "|":
            return n.Absolute(self.closed("|"))
        if token == "√":
            return n.Root(_bare(self.base()))
        if token in _FUNCTIONS:
            return n.Call(token, self.arguments())
        return self.sign(token)

    def closed(self, end: str) -> Node:
        body = self.sum()
        self.take(end)
        return body

    def arguments(self) -> tuple[Node, ...]:
        if self.next != "(":
            return (self.base(),)
        self.take()
        found = [self.sum()]
        while self.next == ",":
            self.take()
            found.append(self.sum())
        self.take(")")
        return tuple(found)

    def sign(self, token: str) -> Node:
        if token in self.names:
            return self.names[token]
        if token == "½":
            return n.Fraction(n.Number("1"), n.Number("2"))
        if token == "...":
            return n.Word("…")
        if token[0].isdigit():
            return n.Number(token)
        found = self.tokens[self.at - 1]
        if not found["letters"]:
            raise ValueError(f"no formula: {token!r}")
        return Name(found["letters"] + found["hat"], found["index"] or (found["sub"] or ""))


def _bare(node: Node) -> Node:
    return node.body if isinstance(node, n.Bracket) else node
