"""Formulas inside words are read as notation."""

from __future__ import annotations

import pytest

from solver import notation as n
from solver.catalog.hinge import HINGE
from solver.catalog.losses import CLASS_LOSSES, LOSSES
from solver.catalog.optimizers import OPTIMIZERS, said
from solver.notation import Name
from solver.page.blocks import Text
from solver.page.typeset import formula, typeset
from solver.render.spelling import spell
from solver.spec.optimizer import OPTIMIZER


def spelled(text: Text) -> str:
    return "".join(part if isinstance(part, str) else spell(part) for part in text)


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ("v = β v + (1 − ρ) g²", "v = β·v + (1 − ρ)·g²"),
        ("x − η g/(√v + ε)", "x − η·g / (√v + ε)"),
        ("m̂ = m/(1 − β1^t)", "m̂ = m / (1 − β1^t)"),
        ("u = max(β2 u, |g| + ε)", "u = max(β2 · u, |g| + ε)"),
        ("−Σ t ln y", "−Σ t ln(y)"),
        ("½ Σ (t − y)²", "½ Σ (t − y)²"),
        ("σ(z) = 1 / (1 + e^(−z))", "σ(z) = 1 / (1 + e^(−z))"),
        ("μ_(t+1) m ≤ y_j", "μ_(t+1) · m ≤ y_j"),
    ],
)
def test_a_formula_is_read(plain: str, says: str) -> None:
    assert spell(formula(plain)) == says


def test_words_stay_words_and_a_letter_can_be_put_in() -> None:
    text = typeset("`v = g` (the first), `x = x − v`", {"x": Name("w", "2")})
    assert text[1:3] == (" (the first), ", n.Compare(Name("w", "2"), "=", formula("w2 − v")))


@pytest.mark.parametrize("broken", ["", "x +", "(x", "x )", "x = , y", "max(x", "x ; y"])
def test_what_is_no_formula_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="no formula"):
        formula(broken)


def test_every_error_and_update_of_the_catalog_is_read() -> None:
    for row in (*LOSSES.values(), *CLASS_LOSSES.values(), HINGE):
        assert "`" not in spelled(typeset(row.total))
    for name, row in OPTIMIZERS.items():
        for form in row.says:
            chosen = OPTIMIZER.read({name: {"form": form}} if len(row.says) > 1 else name)
            assert "`" not in spelled(typeset(said(chosen)))


def test_without_bias_correction_nothing_is_corrected() -> None:
    chosen = OPTIMIZER.read({"adam": {"bias_correction": False}})
    assert spelled(typeset(said(chosen))) == ("m = β1·m + (1 − β1)·g, v = β2·v + (1 − β2)·g², x = x − η·m / (√v + ε)")
