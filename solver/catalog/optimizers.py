"""Optimizers: one row = one optimizer, as the lines of one update in each of the forms that books write.

A row makes the lines for one parameter: from its gradient and what earlier updates left to its new value.
Formulas are PyTorch's unless the form says otherwise; sources stand at each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..algebra import Expr, Integer, Rational, absolute, difference, maximum, negative, power, product, quotient, total
from ..spec.optimizer_table import Optimizer
from ..working import Step
from .update import HALF, ONE, Place, Update

__all__ = ["LETTERS", "OPTIMIZERS", "SHARED", "Place", "ahead", "said", "steps"]

LETTERS = {
    "m_hat": "m̂",
    "v_hat": "v̂",
    "step": "Δ",
    "decayed": "g",
    "ahead": "ahead",
    "mu": "μ",
    "mu_next": "μ⁺",
    "eta_t": "η",
    "P": "Π",
}
"""How the letters of an update are written where it is not the letter itself."""

SHARED = frozenset({"mu", "mu_next", "P", "eta_t"})
"""Letters of quantities that all parameters share: the same line, which needs to stand but once."""


@dataclass(frozen=True, slots=True)
class Row:
    """An optimizer: its title, its update in plain text and the lines of each form."""

    title: str
    says: Mapping[str, str]
    lines: Mapping[str, Callable[[Update], None]]


def said(chosen: Optimizer) -> str:
    """The update in one line for the conventions, such as `v = β v + g, x = x − η v`."""
    text = OPTIMIZERS[chosen.name].says[chosen.form]
    if "epsilon" in chosen.settings and chosen.settings["epsilon"].value == 0:
        return text.replace("√(", "√").replace(" + ε", "")
    return text


def ahead(chosen: Optimizer, at: Place) -> list[Step]:
    """The line of the point at which the gradient is taken, where that is not the point itself (look-ahead).

    Its letter is `ahead`; with no velocity yet it is the point itself.
    """
    if chosen.form not in ("look_ahead", "look_ahead_velocity"):
        return []
    velocity = product(at.setting("beta"), at.before["v"]) if "v" in at.before else Integer(0)
    join = difference if chosen.form == "look_ahead" else lambda x, v: total([x, v])
    formula = join(at.parameter, velocity) if "v" in at.before else at.parameter
    return [Step(at.key("ahead"), "look_ahead", formula, at.name("ahead"), at.section, about=at.about)]


def steps(chosen: Optimizer, at: Place) -> list[Step]:
    """The lines of one update of one parameter, the last one its new value."""
    update = Update(chosen, at, at.gradient)
    if chosen.name != "adamw" and update.has("weight_decay"):
        decay = product(update.setting("weight_decay"), at.parameter)
        update.gradient = update.line("decayed", "weight_decay", total([at.gradient, decay]))
    OPTIMIZERS[chosen.name].lines[chosen.form](update)
    return update.steps


def _sgd(u: Update) -> None:
    u.downhill(u.gradient)


def _buffer(u: Update) -> Expr:
    """v = β v + (1 − τ) g; the first v is the first gradient, undampened (PyTorch, SGD)."""
    if "v" not in u.at.before:
        return u.line("v", "first_velocity", u.gradient)
    new = u.gradient
    if u.has("dampening"):
        new = product(difference(ONE, u.setting("dampening")), new)
    return u.line("v", "velocity", total([product(u.setting("beta"), u.before("v")), new]))


def _momentum(u: Update) -> None:
    u.downhill(_buffer(u))


def _velocity(u: Update) -> Expr:
    """v = β v − η g (Sutskever et al. 2013; Keras)."""
    kept = product(u.setting("beta"), u.before("v"))
    return u.line("v", "velocity", difference(kept, product(u.setting("eta"), u.gradient)))


def _momentum_velocity(u: Update) -> None:
    velocity = _velocity(u)
    u.line("step", "change", velocity)
    u.new(total([u.at.parameter, velocity]))


def _momentum_step(u: Update) -> None:
    """v = β v + η g; new = old − v (Qian 1999)."""
    kept = product(u.setting("beta"), u.before("v"))
    velocity = u.line("v", "velocity", total([kept, product(u.setting("eta"), u.gradient)]))
    u.line("step", "change", negative(velocity))
    u.new(difference(u.at.parameter, velocity))


def _momentum_average(u: Update) -> None:
    u.downhill(u.mean("v", "beta", u.gradient))


def _nesterov(u: Update) -> None:
    """new = old − η (g + β v) with the new v (PyTorch, SGD with nesterov)."""
    velocity = _buffer(u)
    formula = total([u.gradient, product(u.setting("beta"), velocity)])
    u.downhill(u.line("d", "nesterov_direction", formula))


def _nesterov_keras(u: Update) -> None:
    """new = old + β v − η g with the new v."""
    kept = product(u.setting("beta"), _velocity(u))
    formula = difference(kept, product(u.setting("eta"), u.gradient))
    found = u.line("step", "nesterov_direction", formula)
    u.new(total([u.at.parameter, found]))


def _adagrad(u: Update) -> None:
    """Duchi et al. 2011."""
    square = power(u.gradient, 2)
    formula = total([u.at.before["G"], square]) if "G" in u.at.before else square
    u.scaled(u.gradient, u.root(u.line("G", "sum_of_squares", formula)))


def _rmsprop(u: Update) -> None:
    """Hinton, lecture 6e, 2012."""
    u.scaled(u.gradient, u.root(u.mean("v", "rho", power(u.gradient, 2))))


def _adadelta(u: Update) -> None:
    """Zeiler 2012: the step is scaled by the root of the mean of earlier steps' squares."""
    seen = u.mean("v", "rho", power(u.gradient, 2))
    fraction = quotient(u.root(u.before("u")), u.root(seen))
    direction = u.line("d", "adadelta_direction", product(fraction, u.gradient))
    u.mean("u", "rho", power(direction, 2))
    u.downhill(direction)


def _moments(u: Update) -> tuple[Expr, Expr]:
    return u.mean("m", "beta1", u.gradient), u.mean("v", "beta2", power(u.gradient, 2))


def _adam(u: Update) -> None:
    """Kingma and Ba 2015, algorithm 1."""
    first, second = _moments(u)
    mean = u.corrected("m", first, "beta1")
    u.scaled(mean, u.root(u.corrected("v", second, "beta2")))


def _adam_keras(u: Update) -> None:
    """η_t = η √(1 − β2^t) / (1 − β1^t): ε is then added to the root of the uncorrected v (Kingma and Ba, section 2)."""
    first, second = _moments(u)
    if not u.chosen.bias_correction:
        u.scaled(first, u.root(second))
        return
    t = u.at.update
    roots = [difference(ONE, power(u.setting(name), t)) for name in ("beta2", "beta1")]
    formula = quotient(product(u.setting("eta"), power(roots[0], HALF)), roots[1])
    u.scaled(first, u.root(second), u.line("eta_t", "corrected_rate", formula))


def _adamax(u: Update) -> None:
    """Kingma and Ba 2015, algorithm 2, with ε added to |g| (PyTorch)."""
    mean = u.corrected("m", u.mean("m", "beta1", u.gradient), "beta1")
    size = absolute(u.gradient)
    if u.chosen.form == "pytorch" and u.has("epsilon"):
        size = total([size, u.setting("epsilon")])
    largest = u.line("u", "largest", maximum(product(u.setting("beta2"), u.before("u")), size))
    behind = u.chosen.form == "keras" and u.has("epsilon")
    u.scaled(mean, total([largest, u.setting("epsilon")]) if behind else largest)


def _nadam(u: Update) -> None:
    """Dozat 2016 with the schedule μ_t = β1 (1 − ½ · 0.96^(t ψ)) (PyTorch; ψ = 1 in Keras)."""
    now, following = u.line("mu", "schedule", _share(u, u.at.update)), u.at.update + 1
    then = u.line("mu_next", "schedule", _share(u, following))
    seen = u.line("P", "schedule", product(u.before("P"), now))
    first, second = _moments(u)
    if u.chosen.bias_correction:
        looked = quotient(product(then, first), difference(ONE, product(seen, then)))
        fresh = quotient(product(difference(ONE, now), u.gradient), difference(ONE, seen))
    else:
        looked, fresh = product(then, first), product(difference(ONE, now), u.gradient)
    mean = u.line("m_hat", "nesterov_mean", total([looked, fresh]))
    u.scaled(mean, u.root(u.corrected("v", second, "beta2")))


def _share(u: Update, update: Expr) -> Expr:
    decay = power(Rational(24, 25), product(update, u.setting("momentum_decay")))
    return product(u.setting("beta1"), difference(ONE, product(HALF, decay)))


def _nadam_textbook(u: Update) -> None:
    """The direction is β1 m̂ + (1 − β1) g / (1 − β1^t) (Ruder 2016)."""
    first, second = _moments(u)
    mean = u.corrected("m", first, "beta1")
    share = product(difference(ONE, u.setting("beta1")), u.gradient)
    if u.chosen.bias_correction:
        share = quotient(share, difference(ONE, power(u.setting("beta1"), u.at.update)))
    direction = u.line("d", "nesterov_mean", total([product(u.setting("beta1"), mean), share]))
    u.scaled(direction, u.root(u.corrected("v", second, "beta2")))
