"""Optimizers: one row = one optimizer, as the lines of one update in each of the forms that books write.

A row makes the lines for one parameter: from its gradient and what earlier updates left to its new value.
Formulas are PyTorch's unless the form says otherwise; sources stand at each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from ..algebra import Expr, Integer, difference, negative, power, product, quotient, total
from ..spec.number import Number
from ..spec.optimizer_table import Optimizer
from ..working import Step
from .adam import adam, adam_keras, adamax, nadam, nadam_textbook
from .optimizer_names import LETTERS, SETTINGS, SHARED
from .update import ONE, Place, Update

__all__ = ["LETTERS", "OPTIMIZERS", "SETTINGS", "SHARED", "Place", "ahead", "said", "settings", "steps"]


class Row(Struct, frozen=True):
    """An optimizer: its title, its update in words and formulas (between backticks) and the lines of each form."""

    title: str
    says: Mapping[str, str]
    lines: Mapping[str, Callable[[Update], None]]


def said(chosen: Optimizer) -> str:
    """The update of x in one line for the conventions, its formulas between backticks: `v = β v + g`, `x = x − η v`."""
    text = OPTIMIZERS[chosen.name].says[chosen.form]
    if not chosen.bias_correction:
        text = re.sub(r", `(?:m̂|v̂|η_t) = [^`]+`", "", text)
        text = text.replace("m̂", "m").replace("v̂", "v").replace("η_t", "η")
    text = re.sub(r"\(root\((.+?)\)\)", lambda found: _root(found[1], chosen), text)
    return text if _given(chosen, "epsilon") else text.replace(" + ε", "")


def settings(chosen: Optimizer) -> dict[str, Number]:
    """The settings that the lines of an update use, by their keys."""
    kept = ("beta", "rho", "beta1", "beta2")
    return {key: number for key, number in chosen.settings.items() if number.value or key in kept}


def _root(square: str, chosen: Optimizer) -> str:
    if not _given(chosen, "epsilon"):
        return f"√{square}"
    return f"√({square} + ε)" if chosen.epsilon_inside else f"(√{square} + ε)"


def _given(chosen: Optimizer, setting: str) -> bool:
    return setting in chosen.settings and chosen.settings[setting].value != 0


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


_MOMENTS = "`m = β1 m + (1 − β1) g`, `v = β2 v + (1 − β2) g²`"
_HATS = "`m̂ = m/(1 − β1^t)`, `v̂ = v/(1 − β2^t)`"
_KERAS_RATE = f"{_MOMENTS}, `η_t = η √(1 − β2^t)/(1 − β1^t)`, `x = x − η_t m/(root(v))`"

OPTIMIZERS: dict[str, Row] = {
    "sgd": Row("gradient descent", {"pytorch": "`x = x − η g`"}, {"pytorch": _sgd}),
    "momentum": Row(
        "gradient descent with momentum",
        {
            "pytorch": "`v = β v + g` (the first v is the first g), `x = x − η v`",
            "velocity": "`v = β v − η g`, `x = x + v`",
            "step": "`v = β v + η g`, `x = x − v`",
            "average": "`v = β v + (1 − β) g`, `x = x − η v`",
        },
        {
            "pytorch": _momentum,
            "velocity": _momentum_velocity,
            "step": _momentum_step,
            "average": _momentum_average,
        },
    ),
    "nesterov": Row(
        "Nesterov momentum",
        {
            "pytorch": "`v = β v + g` (the first v is the first g), `x = x − η (g + β v)`",
            "look_ahead": "`v = β v + η g` with g taken at `x − β v`, `x = x − v`",
            "look_ahead_velocity": "`v = β v − η g` with g taken at `x + β v`, `x = x + v`",
            "keras": "`v = β v − η g`, `x = x + β v − η g`",
        },
        {
            "pytorch": _nesterov,
            "look_ahead": _momentum_step,
            "look_ahead_velocity": _momentum_velocity,
            "keras": _nesterov_keras,
        },
    ),
    "adagrad": Row(
        "Adagrad",
        dict.fromkeys(("pytorch", "keras"), "`G = G + g²`, `x = x − η g/(root(G))`"),
        {"pytorch": _adagrad, "keras": _adagrad},
    ),
    "rmsprop": Row(
        "RMSprop",
        dict.fromkeys(("pytorch", "keras"), "`v = ρ v + (1 − ρ) g²`, `x = x − η g/(root(v))`"),
        {"pytorch": _rmsprop, "keras": _rmsprop},
    ),
    "adadelta": Row(
        "Adadelta",
        dict.fromkeys(
            ("pytorch", "keras"),
            "`v = ρ v + (1 − ρ) g²`, `d = g (root(u))/(root(v))`, `u = ρ u + (1 − ρ) d²`, `x = x − η d`",
        ),
        {"pytorch": _adadelta, "keras": _adadelta},
    ),
    "adam": Row(
        "Adam",
        {"pytorch": f"{_MOMENTS}, {_HATS}, `x = x − η m̂/(root(v̂))`", "keras": _KERAS_RATE},
        {"pytorch": adam, "keras": adam_keras},
    ),
    "adamw": Row(
        "AdamW",
        {
            "pytorch": f"{_MOMENTS}, {_HATS}, `x = x − η λ x − η m̂/(root(v̂))`",
            "keras": _KERAS_RATE.replace("x − η_t", "x − η λ x − η_t"),
        },
        {"pytorch": adam, "keras": adam_keras},
    ),
    "adamax": Row(
        "AdaMax",
        {
            "pytorch": "`m = β1 m + (1 − β1) g`, `u = max(β2 u, |g| + ε)`, `x = x − η m̂/u`, `m̂ = m/(1 − β1^t)`",
            "paper": "`m = β1 m + (1 − β1) g`, `u = max(β2 u, |g|)`, `x = x − η m̂/u`, `m̂ = m/(1 − β1^t)`",
            "keras": "`m = β1 m + (1 − β1) g`, `u = max(β2 u, |g|)`, `x = x − η m̂/(u + ε)`, `m̂ = m/(1 − β1^t)`",
        },
        dict.fromkeys(("pytorch", "paper", "keras"), adamax),
    ),
    "nadam": Row(
        "Nadam",
        {
            **dict.fromkeys(
                ("pytorch", "keras"),
                f"`μ_t = β1 (1 − ½ · 0.96^(t ψ))`, `Π = μ_1 μ_2 ... μ_t`, {_MOMENTS}, "
                "`m̂ = μ_(t+1) m/(1 − Π μ_(t+1)) + (1 − μ_t) g/(1 − Π)`, `v̂ = v/(1 − β2^t)`, `x = x − η m̂/(root(v̂))`",
            ),
            "textbook": f"{_MOMENTS}, {_HATS}, `d = β1 m̂ + (1 − β1) g/(1 − β1^t)`, `x = x − η d/(root(v̂))`",
        },
        {"pytorch": nadam, "keras": nadam, "textbook": nadam_textbook},
    ),
}
