"""Right sides in pieces between which a line may break; lines.typ measures them and opens only what is too wide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import notation as n
from ..notation import Node
from .spelling import spell
from .typst_maths import Term, function, joint, maths, row, sign

_SHORT = 24  # characters that no line is too narrow for


@dataclass(frozen=True, slots=True)
class Piece:
    """Notation with its alternative text, and the smaller pieces that stand for it in a narrow line."""

    term: Term
    alt: str
    parts: tuple[Piece, ...] = ()

    def data(self) -> dict[str, Any]:
        """The piece as lines.typ reads it."""
        return {"term": self.term, "alt": self.alt, "parts": [part.data() for part in self.parts]}


def piece(node: Node) -> Piece:
    """The notation, and its parts where it is long."""
    alt = spell(node)
    return Piece(maths(node), alt, _parts(node) if len(alt) > _SHORT else ())


def _parts(node: Node) -> tuple[Piece, ...]:
    match node:
        case n.Sum():
            return tuple(_term(term, later=i > 0) for i, term in enumerate(node.terms))
        case n.Product():
            return tuple(_factor(node.factors, i) for i in range(len(node.factors)))
        case n.Minus():
            return (_after(sign("−"), "−", piece(node.body)),)
        case n.Bracket():
            return _held(None, "", (piece(node.body),))
        case n.Call():
            return _held(function(node.name), node.name, _listed(node.arguments))
        case n.Fraction():
            return _ratio(node)
        case n.Compare():
            return _two(node.left, node.sign, node.right)
        case n.Elementwise():
            return _two(node.left, "⊙", node.right)
    return ()


def _term(term: Node, later: bool) -> Piece:
    if not later:
        return piece(term)
    minus = isinstance(term, n.Minus)
    joined = "−" if minus else "+"
    return _after(["binary", joined], f"{joined} ", piece(term.body if isinstance(term, n.Minus) else term))


def _factor(factors: tuple[Node, ...], index: int) -> Piece:
    if index == 0:
        return piece(factors[0])
    between = joint(factors[index - 1], factors[index])
    return _after(["binary", "⋅"] if between[0] == "sign" else between, "· ", piece(factors[index]))


def _ratio(node: n.Fraction) -> tuple[Piece, ...]:
    """A fraction too wide for a line: (top) / (bottom)."""
    top, bottom = (_held(None, "", (piece(_bare(part)),)) for part in (node.top, node.bottom))
    return (*top, _after(["binary", "/"], "/ ", bottom[0]), *bottom[1:])


def _bare(node: Node) -> Node:
    return node.body if isinstance(node, n.Bracket) else node


def _two(left: Node, between: str, right: Node) -> tuple[Piece, ...]:
    spelled = {"<=": "≤", ">=": "≥", "!=": "≠"}.get(between, between)
    return piece(left), _after(["binary", spelled], f"{spelled} ", piece(right))


def _listed(nodes: tuple[Node, ...]) -> tuple[Piece, ...]:
    pieces = [piece(node) for node in nodes]
    return (*(_before(each, sign(","), ",") for each in pieces[:-1]), pieces[-1])


def _held(name: Term | None, alt: str, inside: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Pieces in brackets of a plain size, since those that grow cannot stand in different lines."""
    first, *rest = inside
    opened = row(*([name] if name else []), ["opening", "("])
    held = [_after(opened, f"{alt}(", first), *rest]
    return (*held[:-1], _before(held[-1], ["closing", ")"], ")"))


def _after(term: Term, alt: str, first: Piece) -> Piece:
    parts = (_after(term, alt, first.parts[0]), *first.parts[1:]) if first.parts else ()
    return Piece(row(term, first.term), alt + first.alt, parts)


def _before(last: Piece, term: Term, alt: str) -> Piece:
    parts = (*last.parts[:-1], _before(last.parts[-1], term, alt)) if last.parts else ()
    return Piece(row(last.term, term), last.alt + alt, parts)
