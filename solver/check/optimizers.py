"""Optimizers on whole arrays: one update of all parameters at once, written from the papers.

Parameters, gradients and state are arrays of one shape; `state` holds by letter what the update before left
and is empty of a letter where nothing went before. `found` receives every quantity that the update passes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from ..spec.optimizer_table import Optimizer

State = dict[str, Any]


class Moment(Struct, frozen=True):
    """One update: settings as numbers, learning rate, number of the update, values x, gradient g, earlier state."""

    chosen: Optimizer
    xp: Any
    rate: float
    t: int
    x: Any
    g: Any
    before: Mapping[str, Any]

    def of(self, setting: str) -> float:
        """A setting as a number, 0 where this form does not have it."""
        found = self.chosen.settings.get(setting)
        return float(found.value) if found else 0.0

    def old(self, letter: str) -> Any:
        """Earlier state, zeros where there is none."""
        return self.before.get(letter, self.xp.zeros_like(self.g))

    def ema(self, letter: str, share: float, new: Any) -> Any:
        """An exponential moving average."""
        return new + share * (self.old(letter) - new)

    def debiased(self, average: Any, share: float) -> Any:
        """The average over the sum of its weights, 1 - share^t."""
        return average / (1 - share**self.t) if self.chosen.bias_correction else average

    def root(self, square: Any) -> Any:
        """The root with its ε."""
        epsilon = self.of("epsilon")
        if self.chosen.epsilon_inside:
            return self.xp.sqrt(square + epsilon)
        return self.xp.sqrt(square) + epsilon


def look(chosen: Optimizer, x: Any, before: Mapping[str, Any]) -> Any:
    """The point at which the gradient is taken: the parameters, or where the velocity carries them."""
    side = {"look_ahead": -1, "look_ahead_velocity": 1}.get(chosen.form, 0)
    return x + side * float(chosen.settings["beta"].value) * before["v"] if side and "v" in before else x


def updated(
    chosen: Optimizer, xp: Any, rate: float, t: int, x: Any, g: Any, before: Mapping[str, Any]
) -> tuple[Any, State]:
    """The new parameters and every quantity of the update by its letter (m, v, m_hat, step ...).

    The letters of the optimizer's state among them are `before` of the next update.
    """
    found: State = {}
    if chosen.name != "adamw" and chosen.settings["weight_decay"].value:
        g = found["decayed"] = g + float(chosen.settings["weight_decay"].value) * x
    moment = Moment(chosen, xp, rate, t, x, g, before)
    found |= _RULES[chosen.name](moment)
    found["step"] = -rate * found["d"] if "step" not in found else found["step"]
    decay = rate * moment.of("weight_decay") * x if chosen.name == "adamw" else 0.0
    return x - decay + found["step"], found


def _sgd(m: Moment) -> State:
    return {"d": m.g}


def _velocity(m: Moment) -> Any:
    """The velocity in the units of the form: of gradients, or of steps (negative where it is added)."""
    beta, form = m.of("beta"), m.chosen.form
    if form == "pytorch":
        return beta * m.before["v"] + (1 - m.of("dampening")) * m.g if "v" in m.before else m.g
    unit = {"step": m.rate, "look_ahead": m.rate, "average": 1 - beta}.get(form, -m.rate)
    return beta * m.old("v") + unit * m.g


def _momentum(m: Moment) -> State:
    v = _velocity(m)
    if m.chosen.form in ("pytorch", "average"):
        return {"v": v, "step": -m.rate * v}
    sign = -1 if m.chosen.form in ("step", "look_ahead") else 1
    return {"v": v, "step": sign * v}


def _nesterov(m: Moment) -> State:
    v = _velocity(m)
    if m.chosen.form == "pytorch":
        return {"v": v, "d": m.g + m.of("beta") * v}
    if m.chosen.form == "keras":
        return {"v": v, "step": m.of("beta") * v - m.rate * m.g}
    return _momentum(m)


def _adagrad(m: Moment) -> State:
    squares = m.old("G") + m.g**2
    return {"G": squares, "step": -m.rate / m.root(squares) * m.g}


def _rmsprop(m: Moment) -> State:
    v = m.ema("v", m.of("rho"), m.g**2)
    return {"v": v, "step": -m.rate / m.root(v) * m.g}


def _adadelta(m: Moment) -> State:
    v = m.ema("v", m.of("rho"), m.g**2)
    d = m.g * m.root(m.old("u")) / m.root(v)
    return {"v": v, "d": d, "u": m.ema("u", m.of("rho"), d**2)}


def _adam(m: Moment) -> State:
    mean, square = m.ema("m", m.of("beta1"), m.g), m.ema("v", m.of("beta2"), m.g**2)
    if m.chosen.form == "keras":
        rate = m.rate
        if m.chosen.bias_correction:
            rate *= (1 - m.of("beta2") ** m.t) ** 0.5 / (1 - m.of("beta1") ** m.t)
        return {"m": mean, "v": square, "eta_t": rate + 0 * m.g, "step": -rate / m.root(square) * mean}
    m_hat, v_hat = m.debiased(mean, m.of("beta1")), m.debiased(square, m.of("beta2"))
    return {"m": mean, "v": square, "m_hat": m_hat, "v_hat": v_hat, "step": -m.rate / m.root(v_hat) * m_hat}


def _adamax(m: Moment) -> State:
    mean, epsilon = m.ema("m", m.of("beta1"), m.g), m.of("epsilon")
    inside = epsilon if m.chosen.form == "pytorch" else 0.0
    old, new = m.of("beta2") * m.old("u"), m.xp.abs(m.g) + inside
    largest = m.xp.where(old > new, old, new)
    bottom = largest + (epsilon if m.chosen.form == "keras" else 0.0)
    m_hat = m.debiased(mean, m.of("beta1"))
    return {"m": mean, "u": largest, "m_hat": m_hat, "step": -m.rate * m_hat / bottom}


def _nadam(m: Moment) -> State:
    mean, square = m.ema("m", m.of("beta1"), m.g), m.ema("v", m.of("beta2"), m.g**2)
    v_hat = m.debiased(square, m.of("beta2"))
    known = {"m": mean, "v": square, "v_hat": v_hat}
    if m.chosen.form == "textbook":
        beta1 = m.of("beta1")
        m_hat = m.debiased(mean, beta1)
        d = beta1 * m_hat + m.debiased((1 - beta1) * m.g, beta1)
        return {**known, "m_hat": m_hat, "d": d, "step": -m.rate * d / m.root(v_hat)}
    now, after = (m.of("beta1") * (1 - 0.5 * 0.96 ** (t * m.of("momentum_decay"))) for t in (m.t, m.t + 1))
    seen = m.before.get("P", 1.0 + 0 * m.g) * now
    parts = (after * mean, (1 - now) * m.g)
    if m.chosen.bias_correction:
        parts = (parts[0] / (1 - seen * after), parts[1] / (1 - seen))
    m_hat, flat = parts[0] + parts[1], 0 * m.g
    scheduled = {"mu": now + flat, "mu_next": after + flat, "P": seen}
    return {**known, **scheduled, "m_hat": m_hat, "step": -m.rate * m_hat / m.root(v_hat)}


_RULES: dict[str, Callable[[Moment], State]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "adamw": _adam,
    "adamax": _adamax,
    "nadam": _nadam,
}
