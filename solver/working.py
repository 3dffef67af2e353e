"""The heart: a worked solution is a list of steps, each one quantity with a formula over earlier ones.

A Working is what the reader sees, the graph that the chain rule walks, the program that is run over
arrays, and the marking scheme. A formula may use only what stands above it: `Working.add` checks that,
and that check is the architecture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from .algebra import Expr, symbol, symbols_of
from .notation import Name, Node
from .rules import RULES
from .spec.number import Number


class Given(Struct, frozen=True):
    """A quantity that the problem states; `number` is None where letters stand for numbers."""

    key: str
    number: Number
    name: Node


class Step(Struct, frozen=True):
    """One quantity: its key, the rule that makes it, and its formula over earlier quantities.

    short:   how the formula is written before it is spelled out, such as σ(in_h1)
    slopes:  derivatives by the symbols of the formula in the form an exam writes them,
             where they are known; the rest is differentiated
    about:   keys or names this line speaks of, as its rule wants them (see `rules`)
    """

    key: str
    rule: str
    formula: Expr
    name: Node
    section: str
    short: Node | None = None
    slopes: Mapping[str, Expr] = field(default_factory=dict)
    about: tuple[str, ...] = ()

    @property
    def uses(self) -> list[str]:
        """The keys that the formula reads, without repeats."""
        return [s.name for s in symbols_of(self.formula)]


class Working:
    """Givens and steps in order."""

    def __init__(self) -> None:
        self.givens: dict[str, Given] = {}
        self.steps: dict[str, Step] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.givens or key in self.steps

    def name(self, key: str) -> Node:
        """How the quantity is written."""
        if key in self.givens:
            return self.givens[key].name
        return self.steps[key].name

    def give(self, key: str, number: Number, name: Node) -> Expr:
        """States a given and returns its symbol.

        Raises ValueError when the key is taken.
        """
        if key in self:
            raise ValueError(f"{key} is already a quantity of this working")
        self.givens[key] = Given(key, number, name)
        return symbol(key)

    def add(self, step: Step) -> Expr:
        """Appends a step and returns its symbol.

        Raises ValueError for a key that is taken, an unknown rule, or a formula that uses what stands below.
        """
        if step.key in self:
            raise ValueError(f"{step.key} is already a quantity of this working")
        if step.rule not in RULES:
            raise ValueError(f"{step.key}: no rule is named {step.rule}")
        for key in step.uses:
            if key not in self:
                raise ValueError(f"{step.key} uses {key}, which does not stand above it")
        self.steps[step.key] = step
        return symbol(step.key)

    def needs(self, keys: Iterable[str], held: Iterable[str] = ()) -> set[str]:
        """Every given and step that the keys rest on, themselves included; what is held rests on nothing."""
        found: set[str] = set()
        ends = set(held)
        stack = list(keys)
        while stack:
            key = stack.pop()
            if key in found:
                continue
            found.add(key)
            if key in self.steps and key not in ends:
                stack.extend(self.steps[key].uses)
        return found


def italic(base: str, sub: str = "", *, primes: int = 0, sup: str = "") -> Name:
    """A quantity written with a letter: w5, η."""
    return Name(base, sub, sup=sup, primes=primes)
