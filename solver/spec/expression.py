"""Formulas typed by a user, read safely: `3/2*x^2 + 1/2*y^2` becomes a formula in the order in which it is typed.

Only what stands in the tables below can be written: numbers, known names, + - * / ^ (or **), brackets, and the
functions of `FUNCTIONS`. Nothing of the text is ever run, and nothing is worked out while it is read, so neither
a hostile text nor a tower of powers costs time.

    sum     = term { ("+" | "-") term }
    term    = factor { ("*" | "/") factor }
    factor  = { "-" | "+" } atom [ "^" factor ]
    atom    = number | name | function "(" sum { "," sum } ")" | "(" sum ")"
"""

from __future__ import annotations

from collections.abc import Collection

from sympy import E, pi

from ..algebra import Expr, Rational, exponential, negative, power, product, quotient, symbol, total
from . import typed
from .expression_functions import FUNCTIONS, SYNONYMS, function_like
from .expression_size import LARGEST_DEGREE, degree, number_in
from .expression_tokens import FormulaError, Token, tokens
from .fields import did_you_mean
from .number import Number

__all__ = ["FUNCTIONS", "FormulaError", "expression", "names_in"]

DEEPEST = 40
LARGEST_EXPONENT = 1000
_CONSTANTS = {"e": E, "pi": pi, "π": pi}


def expression(text: str, names: Collection[str]) -> Expr:
    """The formula over the symbols of these names, nothing rearranged; every number exact.

    A known name wins over the constants e and pi. Raises FormulaError with the place and the fix.
    """
    reader = _Reader(text, names)
    formula = reader.sum()
    reader.end()
    return formula


def names_in(text: str, names: Collection[str]) -> tuple[str, ...]:
    """Those of the names that stand in the formula, in the order typed. Raises FormulaError."""
    return tuple(dict.fromkeys(each.text for each in tokens(text) if each.kind == "name" and each.text in names))


class _Reader:
    """Reads one formula, token by token."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text = text
        self.names = names
        self.tokens = tokens(text)
        self.next = 0
        self.depth = 0

    # tokens

    @property
    def here(self) -> Token:
        return self.tokens[self.next]

    def took(self, *signs: str) -> str:
        """The sign that stands here, if it is one of these, and goes on behind it."""
        if self.here.kind != "sign" or self.here.text not in signs:
            return ""
        self.next += 1
        return self.tokens[self.next - 1].text

    def error(self, message: str, token: Token | None = None) -> FormulaError:
        return FormulaError(self.text, (token or self.here).place, message)

    def end(self) -> None:
        """Raises FormulaError when something stands behind the formula."""
        token = self.here
        if token.kind == "end":
            return
        if token.text == ")":
            raise self.error("this bracket was never opened")
        if token.text == ",":
            raise self.error("a comma stands between the arguments of a function only; a decimal point is '.'")
        raise self.error(self._multiplied(token))

    def _multiplied(self, token: Token) -> str:
        before = self.tokens[self.next - 1]
        shown = token.text if token.text != "(" else "(...)"
        said = before.text if before.text != ")" else "(...)"
        return f"'{said}' stands before '{shown}' without a sign; to multiply write {said}*{shown}"

    # grammar

    def sum(self) -> Expr:
        terms = [self.term()]
        while sign := self.took("+", "-"):
            term = self.term()
            terms.append(negative(term) if sign == "-" else term)
        return total(terms) if len(terms) > 1 else terms[0]

    def term(self) -> Expr:
        signs = self._signs()
        factors = [self.factor()]
        while sign := self.took("*", "/"):
            factor = self._signed_factor()
            if sign == "*":
                factors.append(factor)
            else:
                factors = [_ratio(_row(factors), factor)]
        return _signed(_row(factors), signs)

    def _signed_factor(self) -> Expr:
        signs = self._signs()
        return _signed(self.factor(), signs)

    def _signs(self) -> int:
        """How many minus signs stand here."""
        count = 0
        while sign := self.took("+", "-"):
            count += sign == "-"
        return count

    def factor(self) -> Expr:
        """A factor with its power and without its sign: -x^2 is -(x^2)."""
        base = self.atom()
        place = self.here
        if not self.took("^"):
            return base
        self._deeper(place)
        exponent = self._signed_factor()
        self.depth -= 1
        if base is E:
            return exponential(exponent)
        self._small_enough(base, exponent, place)
        return power(base, exponent)

    def _small_enough(self, base: Expr, exponent: Expr, place: Token) -> None:
        n = number_in(exponent)
        if n is not None and abs(n) > LARGEST_EXPONENT:
            raise self.error(f"expected an exponent from -{LARGEST_EXPONENT} to {LARGEST_EXPONENT}", place)
        if (size := degree(power(base, exponent))) > LARGEST_DEGREE:
            raise self.error(f"powers of powers up to {LARGEST_DEGREE} can be worked out; this is {size}", place)

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} brackets and powers inside one another", token)

    def atom(self) -> Expr:
        token = self.here
        if token.kind == "number":
            self.next += 1
            return self._number(token)
        if token.kind == "name":
            self.next += 1
            calls = self.here.text == "(" and token.text not in self.names
            return self._call(token) if calls else self._named(token)
        if not self.took("("):
            raise self.error(_expected(token))
        self._deeper(token)
        formula = self.sum()
        self._close(token)
        return formula

    def _close(self, opened: Token) -> None:
        if self.here.kind == "end":
            raise self.error("this bracket is never closed", opened)
        if not self.took(")"):
            self.end()
        self.depth -= 1

    def _number(self, token: Token) -> Expr:
        number = typed.number(token.text)
        if not isinstance(number, Number):
            raise self.error(number, token)
        return Rational(number.value.numerator, number.value.denominator)

    def _named(self, token: Token) -> Expr:
        name = token.text
        if name in self.names:
            return symbol(name)
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in FUNCTIONS:
            raise self.error(f"{name} is a function: write {name}(...)", token)
        known = ", ".join(list(self.names)[:12]) or "no name at all"
        raise self.error(f"'{name}' is not known here; known: {known}.{self._fix(name)}", token)

    def _fix(self, name: str) -> str:
        for cut in range(1, len(name)):
            if name[:cut] in self.names and name[cut:] in self.names:
                return f" To multiply write {name[:cut]}*{name[cut:]}"
        fix = did_you_mean(name, [*self.names, *FUNCTIONS], SYNONYMS)
        return f" {fix}" if fix else ""

    def _call(self, token: Token) -> Expr:
        name, opened = token.text, self.here
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.error(f"no function is named '{name}'; {function_like(name)}", token)
        self.took("(")
        self._deeper(opened)
        bodies = [] if self.here.text == ")" else [self.sum()]
        while bodies and self.took(","):
            bodies.append(self.sum())
        self._close(opened)
        if not function.least <= len(bodies) <= function.most:
            wanted = "one argument" if function.most == 1 else f"{function.least} to {function.most} arguments"
            raise self.error(f"{name} takes {wanted}, found {len(bodies)}", token)
        return function.make(*bodies)


def _expected(token: Token) -> str:
    if token.kind == "end":
        return "the formula stops here; expected a number, a name or a bracket"
    return f"found '{token.text}'; expected a number, a name or a bracket"


def _signed(formula: Expr, signs: int) -> Expr:
    """The formula with its minus signs, pairs of them left away; a typed number takes its sign."""
    if signs % 2 == 0:
        return formula
    return -formula if formula.is_Rational and formula > 0 else negative(formula)


def _row(factors: list[Expr]) -> Expr:
    return product(*factors) if len(factors) > 1 else factors[0]


def _ratio(top: Expr, bottom: Expr) -> Expr:
    """top / bottom; one number where that is a fraction in lowest terms, such as 3/2."""
    if top.is_Integer and bottom.is_Integer and bottom > 1:
        number = Rational(top, bottom)
        if number.q == bottom:
            return number
    return quotient(top, bottom)
