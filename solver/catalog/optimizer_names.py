"""How the quantities and settings of optimizers are written."""

from __future__ import annotations

from ..notation import Name

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


SETTINGS = {
    "beta": Name("β"),
    "dampening": Name("τ"),
    "rho": Name("ρ"),
    "beta1": Name("β", "1"),
    "beta2": Name("β", "2"),
    "epsilon": Name("ε"),
    "weight_decay": Name("λ"),
    "momentum_decay": Name("ψ"),
}
"""How the settings are written; a setting that is 0 may stay away, but for the shares β and ρ."""
