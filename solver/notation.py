"""How mathematics is written, before anyone chooses a format.

A small tree that knows brackets and nothing of SymPy: renderers spell it, one table each.
Whether a bracket stands is decided here, once for all formats (see `product`, `power`, ...).
"""

from __future__ import annotations

from msgspec import Struct


class Number(Struct, frozen=True, tag=True):
    """A number as it is shown: ASCII digits, a leading '-' when negative, 'e' for a power of ten."""

    text: str


class Name(Struct, frozen=True, tag=True):
    """A quantity's name: in_h1 is Name('in', 'h1'), w5' is Name('w', '5', primes=1).

    `upright` for words (in, out), italic otherwise; `sup` is a raised index such as (l).
    """

    base: str
    sub: str = ""
    sup: str = ""
    primes: int = 0
    upright: bool = False


class Mark(Struct, frozen=True, tag=True):
    """A reference to a line found earlier: ①."""

    number: int


class Partial(Struct, frozen=True, tag=True):
    """A derivative ∂top/∂bottom (`straight` d where there is one variable only)."""

    top: Node
    bottom: Node
    straight: bool = False


class Sum(Struct, frozen=True, tag=True):
    """Terms added; a Minus among them is subtracted."""

    terms: tuple[Node, ...]


class Minus(Struct, frozen=True, tag=True):
    """A negated term."""

    body: Node


class Product(Struct, frozen=True, tag=True):
    """Factors multiplied in the order given."""

    factors: tuple[Node, ...]


class Fraction(Struct, frozen=True, tag=True):
    """One thing over another."""

    top: Node
    bottom: Node


class Power(Struct, frozen=True, tag=True):
    """A base raised to an exponent."""

    base: Node
    exponent: Node


class Call(Struct, frozen=True, tag=True):
    """A named function of its arguments: ln, tanh, max, σ."""

    name: str
    arguments: tuple[Node, ...]


class Root(Struct, frozen=True, tag=True):
    """A square root."""

    body: Node


class Absolute(Struct, frozen=True, tag=True):
    """|body|."""

    body: Node


class Bracket(Struct, frozen=True, tag=True):
    """Round brackets."""

    body: Node


class Floor(Struct, frozen=True, tag=True):
    """⌊body⌋, or ⌈body⌉ when `ceiling`."""

    body: Node
    ceiling: bool = False


class Compare(Struct, frozen=True, tag=True):
    """left sign right, the sign being one of < <= = >= > !=."""

    left: Node
    sign: str
    right: Node


class Cases(Struct, frozen=True, tag=True):
    """Pieces with their conditions; None stands for 'otherwise'."""

    pieces: tuple[tuple[Node, Node | None], ...]


class Matrix(Struct, frozen=True, tag=True):
    """Rows of entries in square brackets; a vector is a matrix of one column."""

    rows: tuple[tuple[Node, ...], ...]


class Transposed(Struct, frozen=True, tag=True):
    """bodyᵀ."""

    body: Node


class Elementwise(Struct, frozen=True, tag=True):
    """left ⊙ right."""

    left: Node
    right: Node


class Prefixed(Struct, frozen=True, tag=True):
    """A prefix operator before its operand, such as d/dz."""

    operator: Node
    body: Node


class Word(Struct, frozen=True, tag=True):
    """Words inside a formula."""

    text: str


Node = (
    Number
    | Name
    | Mark
    | Partial
    | Sum
    | Minus
    | Product
    | Fraction
    | Power
    | Call
    | Root
    | Absolute
    | Bracket
    | Floor
    | Compare
    | Cases
    | Matrix
    | Transposed
    | Elementwise
    | Prefixed
    | Word
)


def is_negative(node: Node) -> bool:
    """Whether the node starts with a minus sign when written down."""
    if isinstance(node, Number):
        return node.text.startswith("-")
    if isinstance(node, Product):
        return is_negative(node.factors[0])
    if isinstance(node, Sum):
        return is_negative(node.terms[0])
    if isinstance(node, Fraction):
        return is_negative(node.top)
    return isinstance(node, Minus)


def is_ratio(node: Node) -> bool:
    """Whether the node is a number typed as a ratio, such as 1/3, or a power of ten."""
    return isinstance(node, Number) and ("/" in node.text or "e" in node.text)


def minus(body: Node) -> Node:
    """-body, with brackets around a sum or a negative body."""
    loose = isinstance(body, Sum | Cases | Compare) or is_negative(body)
    return Minus(bracket(body) if loose else body)


def total(terms: list[Node]) -> Node:
    """Terms added: brackets around a negative number that is not the first."""
    if len(terms) == 1:
        return terms[0]
    first, *rest = terms
    return Sum((first, *(_addend(term) for term in rest)))


def _addend(term: Node) -> Node:
    if isinstance(term, Minus) or not (is_negative(term) or isinstance(term, Sum | Cases)):
        return term
    if isinstance(term, Product):
        return Product((bracket(term.factors[0]), *term.factors[1:]))
    return bracket(term)


def product(factors: list[Node]) -> Node:
    """Factors multiplied: brackets around sums, and around a negative factor that is not the first."""
    if len(factors) == 1:
        return factors[0]
    if any(isinstance(factor, Product) and not is_negative(factor) for factor in factors):
        spread = (f.factors if isinstance(f, Product) and not is_negative(f) else (f,) for f in factors)
        factors = [factor for group in spread for factor in group]
    return Product(tuple(_factor(factor, index == 0) for index, factor in enumerate(factors)))


def _factor(factor: Node, first: bool) -> Node:
    loose = isinstance(factor, Sum | Cases | Minus | Product | Elementwise | Compare | Prefixed)
    if isinstance(factor, Prefixed):
        return factor
    if loose or (is_negative(factor) and not first) or (is_ratio(factor) and not first):
        return bracket(factor)
    return factor


def power(base: Node, exponent: Node) -> Node:
    """base to the exponent: brackets around every base that is more than one sign or one name."""
    plain = isinstance(base, Number | Name | Bracket | Mark | Absolute) and not is_negative(base)
    if isinstance(base, Name) and base.primes:
        plain = False
    return Power(base if plain and not is_ratio(base) else bracket(base), exponent)


def bracket(body: Node) -> Node:
    """(body), never twice."""
    return body if isinstance(body, Bracket) else Bracket(body)
