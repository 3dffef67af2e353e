"""The plain numbers that the classic mistakes are held against: the known update, and what each mistake moves."""

from __future__ import annotations

import math

import pytest
from layered import MISTAKES, Layered, applies, updated


def net() -> Layered:
    """The 2-2-2 network known from the web, without shared biases."""
    return Layered(
        [([[0.15, 0.2], [0.25, 0.3]], [0.35, 0.35], "sigmoid"), ([[0.4, 0.45], [0.5, 0.55]], [0.6, 0.6], "sigmoid")],
        [0.05, 0.1],
        [0.01, 0.99],
        0.5,
    )


def test_the_plain_update_is_the_known_one() -> None:
    hidden, output = updated(net())
    assert hidden[0][0] == pytest.approx(0.149780716, abs=1e-9)
    assert output[0][0] == pytest.approx(0.358916480, abs=1e-9)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_moves_the_hidden_weights(mistake: str) -> None:
    assert applies(net(), mistake, 0)
    right, wrong = updated(net())[0], updated(net(), mistake)[0]
    assert not math.isclose(right[0][0], wrong[0][0], abs_tol=1e-7)


def test_updating_too_early_leaves_the_output_layer_right() -> None:
    assert updated(net(), "updated weights used too early")[1] == updated(net())[1]
