"""The lines of Adam and its relatives."""

from __future__ import annotations

from ..algebra import Expr, Rational, absolute, difference, maximum, power, product, quotient, total
from .update import HALF, ONE, Update


def _moments(u: Update) -> tuple[Expr, Expr]:
    return u.mean("m", "beta1", u.gradient), u.mean("v", "beta2", power(u.gradient, 2))


def adam(u: Update) -> None:
    """Kingma and Ba 2015, algorithm 1."""
    first, second = _moments(u)
    mean = u.corrected("m", first, "beta1")
    u.scaled(mean, u.root(u.corrected("v", second, "beta2")))


def adam_keras(u: Update) -> None:
    """η_t = η √(1 − β2^t) / (1 − β1^t); ε goes to the root of the uncorrected v (Kingma and Ba 2015, section 2)."""
    first, second = _moments(u)
    if not u.chosen.bias_correction:
        u.scaled(first, u.root(second))
        return
    t = u.at.update
    roots = [difference(ONE, power(u.setting(name), t)) for name in ("beta2", "beta1")]
    formula = quotient(product(u.setting("eta"), power(roots[0], HALF)), roots[1])
    u.scaled(first, u.root(second), u.line("eta_t", "corrected_rate", formula))


def adamax(u: Update) -> None:
    """Kingma and Ba 2015, algorithm 2, with ε added to |g| (PyTorch)."""
    mean = u.corrected("m", u.mean("m", "beta1", u.gradient), "beta1")
    size = absolute(u.gradient)
    if u.chosen.form == "pytorch" and u.has("epsilon"):
        size = total([size, u.setting("epsilon")])
    largest = u.line("u", "largest", maximum(product(u.setting("beta2"), u.before("u")), size))
    behind = u.chosen.form == "keras" and u.has("epsilon")
    u.scaled(mean, total([largest, u.setting("epsilon")]) if behind else largest)


def nadam(u: Update) -> None:
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


def nadam_textbook(u: Update) -> None:
    """Nadam: the direction is β1 m̂ + (1 − β1) g / (1 − β1^t) (Ruder 2016)."""
    first, second = _moments(u)
    mean = u.corrected("m", first, "beta1")
    share = product(difference(ONE, u.setting("beta1")), u.gradient)
    if u.chosen.bias_correction:
        share = quotient(share, difference(ONE, power(u.setting("beta1"), u.at.update)))
    direction = u.line("d", "nesterov_mean", total([product(u.setting("beta1"), mean), share]))
    u.scaled(direction, u.root(u.corrected("v", second, "beta2")))
