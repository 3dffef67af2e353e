"""How SymPy is kept from rearranging a line.

Every formula is built from these few makers with evaluate=False, so that its arguments stay
in the order in which a teacher writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Abs, Add, Expr, Integer, Max, Mul, Pow, Rational, Symbol, erf, exp, log, tanh
from sympy import Piecewise as _Piecewise

__all__ = [
    "Expr",
    "Integer",
    "Rational",
    "Symbol",
    "absolute",
    "cases",
    "difference",
    "error_function",
    "exponential",
    "hyperbolic_tangent",
    "logarithm",
    "maximum",
    "negative",
    "power",
    "product",
    "quotient",
    "replaced",
    "size_of",
    "symbol",
    "symbols_of",
    "total",
]


def symbol(key: str) -> Symbol:
    """The symbol of the quantity with this key."""
    return Symbol(key)


def total(terms: Iterable[Expr]) -> Expr:
    """Terms added in the order given (0 when there are none)."""
    return Add(*terms, evaluate=False)


def product(*factors: Expr) -> Expr:
    """Factors multiplied in the order given."""
    return Mul(*factors, evaluate=False)


def negative(body: Expr) -> Expr:
    """-body."""
    return Mul(Integer(-1), body, evaluate=False)


def difference(left: Expr, right: Expr) -> Expr:
    """left - right."""
    return Add(left, negative(right), evaluate=False)


def power(base: Expr, exponent: Expr | int) -> Expr:
    """base to the exponent."""
    return Pow(base, Integer(exponent) if isinstance(exponent, int) else exponent, evaluate=False)


def quotient(top: Expr, bottom: Expr) -> Expr:
    """top / bottom."""
    under = power(bottom, -1)
    return under if top == 1 else Mul(top, under, evaluate=False)


def exponential(body: Expr) -> Expr:
    """e to the body."""
    return exp(body, evaluate=False)


def logarithm(body: Expr) -> Expr:
    """The natural logarithm."""
    return log(body, evaluate=False)


def hyperbolic_tangent(body: Expr) -> Expr:
    """tanh."""
    return tanh(body, evaluate=False)


def error_function(body: Expr) -> Expr:
    """erf."""
    return erf(body, evaluate=False)


def absolute(body: Expr) -> Expr:
    """|body|."""
    return Abs(body, evaluate=False)


def maximum(*bodies: Expr) -> Expr:
    """The largest of the bodies."""
    return Max(*bodies, evaluate=False)


def cases(*pieces: tuple[Expr, Expr]) -> Expr:
    """Pieces with their conditions, the first true one holds."""
    return _Piecewise(*pieces, evaluate=False)


def replaced(expression: Expr, by: Mapping[str, Expr]) -> Expr:
    """The formula with other formulas in place of symbols, everything else where it stood."""
    if isinstance(expression, Symbol):
        return by.get(expression.name, expression)
    if not expression.args:
        return expression
    args = [replaced(argument, by) for argument in expression.args]
    return expression.func(*args, evaluate=False)


def size_of(expression: Expr) -> int:
    """How many parts the formula has."""
    return 1 + sum(size_of(argument) for argument in expression.args)


def symbols_of(expression: Expr) -> set[Symbol]:
    """Every symbol of the formula (a walk, several times faster than SymPy's free_symbols)."""
    found: set[Symbol] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Symbol):
            found.add(node)
        else:
            stack.extend(node.args)
    return found
