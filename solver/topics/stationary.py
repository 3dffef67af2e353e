"""Where the gradient of a polynomial is 0, and what the second derivatives say there.

Only polynomials of low degree with few terms, so that it takes moments: in one variable up to degree 6, in two
up to degree 4, quadratic ones in three. Points are real; a coordinate is exact where it is a root of a linear or
quadratic equation, else a decimal of double precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

import sympy
from sympy.polys.polyerrors import PolynomialError

from ..algebra import Expr, Rational, difference, negative, power, product, symbol, total
from ..differentiate import derivative
from ..evaluate import value_of
from ..notation import Name
from ..rounding import Value
from ..working import Step, Working
from .descent_names import variable
from .renamed import renamed

SECTION = "Where the gradient is 0"
MOST = 9
_DEGREES = {1: 6, 2: 4, 3: 2}
_MOST_TERMS = 12
_LONGEST = 60
_REAL = 1e-12


@dataclass(frozen=True, slots=True)
class Point:
    """A point where every slope is 0: its letter, its kind, and the keys of its coordinates."""

    letter: str
    kind: str
    why: str
    coordinates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The points, or the reason why none stand here."""

    points: tuple[Point, ...] = ()
    reason: str = ""


def stationary(working: Working, function: Expr, variables: tuple[str, ...]) -> Found:
    """Adds the points where the gradient is 0, with f and the second derivatives there, to the Working."""
    polynomial = _polynomial(function, variables)
    if polynomial is None:
        return Found(reason="The points where the gradient is 0 are worked out for polynomials of low degree only.")
    slopes = [polynomial.diff(v) for v in polynomial.gens]
    constant = [v for v, slope in zip(variables, slopes, strict=True) if slope.is_ground and not slope.is_zero]
    if constant:
        listed = " and ".join(constant)
        return Found(
            reason=f"The gradient is never 0: the slope by {listed} is the same everywhere, so f falls for ever."
        )
    found = _solved(slopes)
    if found is None:
        return Found(reason="The gradient is 0 along a whole line of points, or at points not found exactly.")
    if not found:
        return Found(reason="The gradient is 0 at no real point: f has no minimum.")
    adder = _Adder(working, function, variables)
    return Found(tuple(adder.point(index, each, len(found)) for index, each in enumerate(found, 1)))


def _polynomial(function: Expr, variables: tuple[str, ...]) -> sympy.Poly | None:
    degree = _DEGREES.get(len(variables))
    if degree is None or _size(function) > _LONGEST:
        return None
    if any(e.is_Pow and not _small_power(e, degree) for e in _nodes(function)):
        return None
    try:
        found = sympy.Poly(function, *(symbol(v) for v in variables), domain="QQ")
    except (PolynomialError, sympy.CoercionFailed):
        return None
    small = found.total_degree() <= degree and len(found.terms()) <= _MOST_TERMS
    return found if small else None


def _small_power(e: Expr, degree: int) -> bool:
    """Whether this is a power that a polynomial of low degree may hold: x^4, and a division by a number."""
    base, exponent = e.args
    if not exponent.is_Integer:
        return False
    return bool(0 < exponent <= degree or (base.is_Rational and -degree <= exponent < 0))


def _nodes(e: Expr) -> list[Expr]:
    return [e, *(node for argument in e.args for node in _nodes(argument))]


def _size(e: Expr) -> int:
    return len(_nodes(e))


Coordinates = tuple[Expr, ...]


def _solved(slopes: list[sympy.Poly]) -> list[Coordinates] | None:
    """The real points where all slopes are 0, sorted; None where they cannot be found or fill a line."""
    if len(slopes) == 1:
        if slopes[0].is_zero:
            return None
        found: list[Coordinates] | None = [(_settled(root),) for root in _roots(slopes[0])]
    else:
        found = _system(slopes)
    if found is None or len(found) > MOST:
        return None
    return sorted(found, key=lambda point: [float(c) for c in point])


def _roots(slope: sympy.Poly) -> list[Expr]:
    """Real roots, each once: exact of linear and quadratic factors, else decimals."""
    found: list[Expr] = []
    for factor, _ in slope.factor_list()[1]:
        if factor.degree() <= 2:
            found += [root for root in sympy.roots(factor) if root.is_real]
        else:
            found += factor.real_roots()
    return found


def _system(slopes: list[sympy.Poly]) -> list[Coordinates] | None:
    try:
        found = sympy.solve_poly_system(slopes, *slopes[0].gens)
    except (NotImplementedError, PolynomialError):
        return None
    real = [point for point in found or [] if all(abs(sympy.im(c.evalf(30))) < _REAL for c in point)]
    return list(dict.fromkeys(tuple(_settled(c) for c in point) for point in real))


def _settled(root: Expr) -> Expr:
    """The root as it is where it is short, else the double next to it."""
    if root.is_Rational or (_size(root) <= 12 and root.is_real and not root.has(sympy.I, sympy.CRootOf)):
        return root
    return Rational(*Fraction(float(sympy.re(root.evalf(30)))).as_integer_ratio())


class _Adder:
    """Adds the lines of each point to a Working."""

    def __init__(self, working: Working, function: Expr, variables: tuple[str, ...]) -> None:
        self.working, self.function, self.variables = working, function, variables
        self.values: dict[str, Value] = {}
        first = {v: derivative(function, symbol(v)) for v in variables}
        pairs = combinations_with_replacement(variables, 2)
        self.second = {(a, b): derivative(first[a], symbol(b)) for a, b in pairs}

    def point(self, index: int, coordinates: Coordinates, count: int) -> Point:
        """The lines of one point: coordinates, f, second derivatives and their determinants."""
        letter = f"P{index}" if count > 1 else "P"
        at = {}
        for name, coordinate in zip(self.variables, coordinates, strict=True):
            shown = variable(name)
            at[name] = self._add(f"{name}_{letter}", "stationary", coordinate, Name(shown.base, f"{shown.sub}{letter}"))
        self._add(f"f_{letter}", "function_value", renamed(self.function, at), Name("f", letter))
        entries = {pair: self._entry(pair, letter, renamed(formula, at)) for pair, formula in self.second.items()}
        minors = [self._minor(letter, self.variables[:size], entries) for size in range(1, len(at) + 1)]
        kind, why = self._one(coordinates[0], minors[0]) if len(at) == 1 else _several(minors)
        return Point(letter, kind, why, tuple(symbols.name for symbols in at.values()))

    def _entry(self, pair: tuple[str, str], letter: str, formula: Expr) -> Expr:
        subscript = "".join(f"{shown.base}{shown.sub}" for shown in map(variable, pair))
        name = Name("f", primes=2) if len(self.variables) == 1 else Name("f", subscript)
        return self._add(f"d2f/d{pair[0]}d{pair[1]}_{letter}", "second_derivative", formula, name)

    def _minor(self, letter: str, names: tuple[str, ...], entries: Mapping[tuple[str, str], Expr]) -> Value:
        """The determinant of the second derivatives by these names; of two or three it gets a line."""
        if len(names) == 1:
            return self.values[entries[names[0], names[0]].name]
        rows = [[entries[(a, b) if (a, b) in entries else (b, a)] for b in names] for a in names]
        formula = _two(rows) if len(names) == 2 else _three(rows)
        shown = Name("D", str(len(names)) if len(self.variables) > 2 else "")
        return self.values[self._add(f"D{len(names)}_{letter}", "determinant", formula, shown).name]

    def _one(self, root: Expr, second: Value) -> tuple[str, str]:
        """In one variable the first derivative that is not 0 decides."""
        if second:
            return ("minimum", "f'' > 0") if second > 0 else ("maximum", "f'' < 0")
        slope, order = sympy.Poly(self.function, symbol(self.variables[0])).diff().diff(), 2
        while slope.eval(root) == 0:
            slope, order = slope.diff(), order + 1
        if order % 2:
            return "saddle", "f'' = 0, and the first derivative that is not 0 there has odd order"
        sign = ">" if slope.eval(root) > 0 else "<"
        kind = "minimum" if sign == ">" else "maximum"
        return kind, f"f'' = 0, and the first derivative that is not 0 there, the {order}th, is {sign} 0"

    def _add(self, key: str, rule: str, formula: Expr, name: Name) -> Expr:
        self.values[key] = value_of(formula, self.values)
        return self.working.add(Step(key, rule, formula, name, f"{SECTION}: {key.rpartition('_')[2]}"))


def _several(minors: list[Value]) -> tuple[str, str]:
    """Sylvester: all determinants positive, a minimum; signs in turn from negative, a maximum."""
    if minors[-1] == 0:
        return "undecided", "the determinant is 0: the second derivatives do not decide"
    if all(minor > 0 for minor in minors):
        return "minimum", "f bends upwards in every direction"
    if all((minor < 0) == (place % 2 == 0) and minor for place, minor in enumerate(minors)):
        return "maximum", "f bends downwards in every direction"
    return "saddle", "f bends upwards in one direction and downwards in another"


def _two(rows: list[list[Expr]]) -> Expr:
    (a, b), (c, d) = rows
    return difference(product(a, d), power(b, 2) if b == c else product(b, c))


def _three(rows: list[list[Expr]]) -> Expr:
    """Along the first row."""
    parts = []
    for place, entry in enumerate(rows[0]):
        rest = [[e for i, e in enumerate(row) if i != place] for row in rows[1:]]
        parts.append(product(entry, _two(rest)))
    return total([parts[0], negative(parts[1]), parts[2]])
