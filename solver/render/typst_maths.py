"""Notation as data that notation.typ sets: nested lists, each an operation and its arguments; no markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from .. import notation as n
from ..notation import Node
from .latex_maths import times
from .scripts import STEP

Term = list[Any]  # ["frac", top, bottom], ["sign", "+"], ["text", "0.15"] ...: see `maths` there

_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_ACCENTS = "\u0302\u0303\u0304"  # hat, tilde, bar
_BESIDE = times(n.Name("a"), n.Name("b"))  # what LaTeX puts where no dot is needed


def maths(node: Node) -> Term:
    """The notation as nested lists."""
    return _SPELLERS[type(node)](node)


def sign(text: str) -> Term:
    """One sign or letter, spaced and slanted as mathematics does it."""
    return ["sign", text]


def text(words: str) -> Term:
    """Upright words or digits."""
    return ["text", words]


def row(*terms: Term) -> Term:
    """Terms side by side."""
    return ["row", *terms]


def joint(before: Node, factor: Node) -> Term:
    """What stands between two factors: a thin space, or a dot where one would misread without."""
    return ["thin"] if times(before, factor) == _BESIDE else sign("⋅")


def fenced(left: str, inside: Term, right: str) -> Term:
    """Brackets that grow with what they hold."""
    return ["fenced", left, inside, right]


def function(name: str) -> Term:
    """The sign of a function before its bracket; σ' for its derivative."""
    plain = name.rstrip("'")
    return _raised(_letters(plain, upright=len(plain) > 1), primes=len(name) - len(plain))


def _number(node: n.Number) -> Term:
    mantissa, ten, exponent = node.text.partition("e")
    if ten:
        power = ["attach", text("10"), None, _digits(str(int(exponent)))]
        return row(_digits(mantissa), sign("⋅"), power)
    if "/" in mantissa:
        top, _, bottom = mantissa.lstrip("-").partition("/")
        ratio = ["frac", text(top.strip()), text(bottom.strip())]
        return row(sign("−"), ratio) if mantissa.startswith("-") else ratio
    return _digits(mantissa)


def _digits(number: str) -> Term:
    return row(sign("−"), text(number[1:])) if number.startswith("-") else text(number)


def _letters(letters: str, upright: bool) -> Term:
    parts = normalize("NFD", letters)
    if len(parts) == 2 and parts[1] in _ACCENTS:
        return ["accent", _letters(parts[0], upright), parts[1]]
    if len(letters) > 1 and letters.startswith("Δ"):
        return row(sign("Δ"), _letters(letters[1:], upright))
    slanted = len(letters) == 1 and letters.isprintable() and (not upright or not letters.isascii())
    return sign(letters) if slanted else text(letters)


def _name(node: n.Name) -> Term:
    base = _letters(node.base, node.upright)
    below = _subscript(node.sub) if node.sub else None
    return _raised(base, below, node.sup, node.primes)


def _raised(base: Term, below: Term | None = None, above: str = "", primes: int = 0) -> Term:
    if below is None and not above and not primes:
        return base
    index = [text(above)] if above else []
    raised = row(*index, *[sign("′")] * primes)
    return ["attach", base, below, raised if above or primes else None]


def _subscript(sub: str) -> Term:
    beside = STEP.fullmatch(sub)
    if beside:
        return row(sign(beside[1]), sign(beside[2]), text(beside[3]))
    letters = sub.rstrip("0123456789,")
    if len(letters) == 1 and letters.isascii() and letters.isalpha():
        return row(sign(letters), text(sub[1:])) if sub[1:] else sign(letters)
    return text(sub)


def _partial(node: n.Partial) -> Term:
    d = text("d") if node.straight else sign("∂")
    bare = isinstance(node.top, n.Word) and not node.top.text
    return ["frac", d if bare else row(d, maths(node.top)), row(d, maths(node.bottom))]


def _sum(node: n.Sum) -> Term:
    first, *rest = node.terms
    parts = [maths(first)]
    for term in rest:
        minus = isinstance(term, n.Minus)
        parts += [sign("−" if minus else "+"), maths(term.body if isinstance(term, n.Minus) else term)]
    return row(*parts)


def _product(node: n.Product) -> Term:
    parts = [maths(node.factors[0])]
    for before, factor in zip(node.factors, node.factors[1:], strict=False):
        parts += [joint(before, factor), maths(factor)]
    return row(*parts)


def _power(node: n.Power) -> Term:
    base = maths(node.base)
    if isinstance(node.base, n.Name) and (node.base.sup or node.base.primes):
        base = fenced("(", base, ")")
    return ["attach", base, None, maths(node.exponent)]


def _call(node: n.Call) -> Term:
    return row(function(node.name), fenced("(", listed([maths(each) for each in node.arguments]), ")"))


def listed(terms: list[Term]) -> Term:
    """Terms with commas between them."""
    return row(*(part for i, term in enumerate(terms) for part in ([sign(","), term] if i else [term])))


def _cases(node: n.Cases) -> Term:
    return ["cases", *(_case(piece, when) for piece, when in node.pieces)]


def _case(piece: Node, when: Node | None) -> list[Term]:
    return [maths(piece), text("otherwise") if when is None else row(text("if "), maths(when))]


def _matrix(node: n.Matrix) -> Term:
    return ["matrix", *([maths(entry) for entry in line] for line in node.rows)]


def _transposed(node: n.Transposed) -> Term:
    body = node.body
    if isinstance(body, n.Name) and (body.sup or body.primes):  # one raised thing: W^(2)⊤
        _, base, below, raised = maths(body)
        return ["attach", base, below, row(raised, sign("⊤"))]
    plain = isinstance(body, n.Matrix | n.Bracket | n.Name)
    return ["attach", maths(body) if plain else fenced("(", maths(body), ")"), None, sign("⊤")]


def _floor(node: n.Floor) -> Term:
    return fenced("⌈", maths(node.body), "⌉") if node.ceiling else fenced("⌊", maths(node.body), "⌋")


_SPELLERS: dict[type, Callable[[Any], Term]] = {
    n.Number: _number,
    n.Name: _name,
    n.Mark: lambda node: ["mark", node.number],
    n.Partial: _partial,
    n.Sum: _sum,
    n.Minus: lambda node: row(sign("−"), maths(node.body)),
    n.Product: _product,
    n.Fraction: lambda node: ["frac", maths(node.top), maths(node.bottom)],
    n.Power: _power,
    n.Call: _call,
    n.Root: lambda node: ["root", maths(node.body)],
    n.Absolute: lambda node: fenced("|", maths(node.body), "|"),
    n.Bracket: lambda node: fenced("(", maths(node.body), ")"),
    n.Floor: _floor,
    n.Compare: lambda node: row(maths(node.left), sign(_SIGNS.get(node.sign, node.sign)), maths(node.right)),
    n.Cases: _cases,
    n.Matrix: _matrix,
    n.Transposed: _transposed,
    n.Elementwise: lambda node: row(maths(node.left), sign("⊙"), maths(node.right)),
    n.Prefixed: lambda node: row(maths(node.operator), ["thin"], maths(node.body)),
    n.Word: lambda node: text(node.text),
}
