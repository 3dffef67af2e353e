"""Where a long formula may go on in the next row: before its terms and factors, also within brackets."""

from __future__ import annotations

from .. import notation as n
from ..notation import Node
from .latex_width import width
from .mathml import Maths, between, sign

_LONG = 13.0  # em that a narrow screen still holds
_SHORT = 28  # characters of text up to which a formula is short without being measured
_OPEN, _CLOSE = '<mo form="prefix" stretchy="false">(</mo>', '<mo form="postfix" stretchy="false">)</mo>'


def is_long(node: Node, said: str) -> bool:
    """Whether a narrow screen cannot hold the notation, `said` being its plain text."""
    return len(said) > _SHORT and width(node) > _LONG


def opened(node: Node, maths: Maths) -> list[str]:
    """The notation in pieces between which a row may break."""
    if isinstance(node, n.Sum):
        return [piece for i, term in enumerate(node.terms) for piece in _term(term, i > 0, maths)]
    if isinstance(node, n.Product):
        return [piece for i in range(len(node.factors)) for piece in _factor(node.factors, i, maths)]
    if isinstance(node, n.Minus):
        return _around('<mo form="prefix">−</mo>', _part(node.body, maths))
    if isinstance(node, n.Bracket):
        inner = _part(node.body, maths)
        return _around(_OPEN, inner, _CLOSE) if len(inner) > 1 else [maths.row(node)]
    if isinstance(node, n.Compare):
        return [*_part(node.left, maths), *_around(sign(node), _part(node.right, maths))]
    if isinstance(node, n.Elementwise):
        return [*_part(node.left, maths), *_around("<mo>⊙</mo>", _part(node.right, maths))]
    if isinstance(node, n.Prefixed):
        return _around(maths.one(node.operator), _part(node.body, maths))
    return [maths.row(node)]


def _part(node: Node, maths: Maths) -> list[str]:
    return opened(node, maths) if width(node) > _LONG else [maths.row(node)]


def _term(term: Node, later: bool, maths: Maths) -> list[str]:
    if width(term) <= _LONG:
        return [maths.term(term, later)]
    if later and isinstance(term, n.Minus):
        return _around('<mo form="infix">−</mo>', _part(term.body, maths))
    return _around('<mo form="infix">+</mo>' if later else "", opened(term, maths))


def _factor(factors: tuple[Node, ...], index: int, maths: Maths) -> list[str]:
    return _around(between(factors, index), _part(factors[index], maths))


def _around(before: str, inner: list[str], after: str = "") -> list[str]:
    first, *rest = inner
    whole = [f"{before}{first}", *rest]
    return [*whole[:-1], f"{whole[-1]}{after}"]
