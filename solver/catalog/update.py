"""One update of one parameter while an optimizer writes its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from ..algebra import (
    Expr,
    Integer,
    Rational,
    difference,
    negative,
    power,
    product,
    quotient,
    symbol,
    total,
)
from ..notation import Node
from ..spec.optimizer_table import Optimizer
from ..working import Step

ONE, HALF = Integer(1), Rational(1, 2)


class Place(Struct, frozen=True):
    """Where one update of one parameter stands.

    parameter, gradient: the symbols of the old value and of the gradient (not needed by `ahead`)
    new, new_name: key and notation of the new value
    key, name:     of the quantity with this letter in this update: m, v, m_hat, step ...
    before:        by letter the symbol of what the update before left; without it the state starts here
    update:        the number of this update, from 1: an integer, or a symbol
    setting:       the symbol of eta, beta, epsilon ...
    """

    parameter: Expr
    gradient: Expr
    new: str
    new_name: Node
    key: Callable[[str], str]
    name: Callable[[str], Node]
    before: Mapping[str, Expr]
    update: Expr
    section: str
    about: tuple[str, ...] = ()
    setting: Callable[[str], Expr] = symbol


class Update(Struct):
    """Collects the lines of one update while a row writes them."""

    chosen: Optimizer
    at: Place
    gradient: Expr
    steps: list[Step] = field(default_factory=list)

    def line(self, letter: str, rule: str, formula: Expr) -> Expr:
        """Adds the quantity with this letter; gives its symbol."""
        key = self.at.key(letter)
        self.steps.append(Step(key, rule, formula, self.at.name(letter), self.at.section, about=self.at.about))
        return symbol(key)

    def new(self, formula: Expr) -> None:
        """Adds the new value."""
        step = Step(self.at.new, "update", formula, self.at.new_name, self.at.section, about=self.at.about)
        self.steps.append(step)

    def before(self, letter: str) -> Expr:
        """What the update before left, 0 where none went before."""
        return self.at.before.get(letter, Integer(0))

    def setting(self, name: str) -> Expr:
        """The symbol of a setting."""
        return self.at.setting(name)

    def has(self, name: str) -> bool:
        """Whether the setting is there and not 0."""
        return name in self.chosen.settings and self.chosen.settings[name].value != 0

    def mean(self, letter: str, rate: str, new: Expr) -> Expr:
        """A running mean: rate · old + (1 − rate) · new."""
        kept = self.setting(rate)
        formula = total([product(kept, self.before(letter)), product(difference(ONE, kept), new)])
        return self.line(letter, "running_mean", formula)

    def corrected(self, letter: str, mean: Expr, rate: str) -> Expr:
        """The running mean over 1 − rate^t: it started at 0; the mean itself where that is switched off."""
        if not self.chosen.bias_correction:
            return mean
        return self.line(f"{letter}_hat", "bias_correction", quotient(mean, self._seen(rate)))

    def _seen(self, rate: str) -> Expr:
        return difference(ONE, power(self.setting(rate), self.at.update))

    def root(self, square: Expr) -> Expr:
        """√square + ε, or √(square + ε); without ε where it is 0."""
        if not self.has("epsilon"):
            return power(square, HALF)
        epsilon = self.setting("epsilon")
        if self.chosen.epsilon_inside:
            return power(total([square, epsilon]), HALF)
        return total([power(square, HALF), epsilon])

    def downhill(self, direction: Expr) -> None:
        """step = −η · direction; new = old − η · direction."""
        eta = self.setting("eta")
        self.line("step", "change", negative(product(eta, direction)))
        self.new(difference(self.at.parameter, product(eta, direction)))

    def scaled(self, direction: Expr, bottom: Expr, rate: Expr | None = None) -> None:
        """step = −η · direction / bottom; new = old + step."""
        self.moved(negative(quotient(product(rate or self.setting("eta"), direction), bottom)))

    def moved(self, step: Expr) -> None:
        """The step as a line, and new = old + step (with AdamW's decay of the old value between them)."""
        found = self.line("step", "scaled_step", step)
        terms = [self.at.parameter, found]
        if self.chosen.name == "adamw" and self.has("weight_decay"):
            decay = product(self.setting("eta"), self.setting("weight_decay"), self.at.parameter)
            terms.insert(1, negative(decay))
        self.new(total(terms))
