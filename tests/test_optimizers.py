"""Every form of every optimizer: the lines against the array version, PyTorch, and numbers worked by hand."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from solver.algebra import Integer, symbol
from solver.catalog.optimizers import LETTERS, OPTIMIZERS, Place, ahead, said, steps
from solver.check.optimizers import look, updated
from solver.evaluate import evaluate
from solver.rules import RULES
from solver.spec.fields import FieldError
from solver.spec.number import Number
from solver.spec.optimizer import OPTIMIZER, Optimizer, optimizer
from solver.spec.optimizer_table import OPTIMIZERS as TABLE
from solver.working import Working, italic

GRADIENTS = ("0.5", "-0.3", "0.8", "0.1")
RATE, START = "0.1", "1.3"


def _worked(chosen: Optimizer, gradients: tuple[str, ...] = GRADIENTS) -> dict[str, float]:
    """Every quantity of the updates of one parameter; the gradients are given, wherever they are taken."""
    working = Working()
    working.give("x[0]", Number.of(START), italic("x"))
    working.give("eta", Number.of(RATE), italic("η"))
    for key, number in chosen.settings.items():
        working.give(key, number, italic(key))
    before: dict[str, Any] = {}
    for letter in chosen.states:
        earlier = chosen.earlier(letter, "x", 0)
        if earlier is not None:
            before[letter] = working.give(f"{letter}[0]", earlier, italic(letter))
    for k, gradient in enumerate(gradients, 1):
        taken = working.give(f"g[{k}]", Number.of(gradient), italic("g"))
        for step in _lines(chosen, k, taken, before):
            working.add(step)
        before = {letter: symbol(f"{letter}[{k}]") for letter in chosen.states}
    return {key: float(value) for key, value in evaluate(working).numbers.items()}


def _lines(chosen: Optimizer, k: int, taken: Any, before: dict[str, Any]) -> list[Any]:
    place = Place(
        parameter=symbol(f"x[{k - 1}]"),
        gradient=taken,
        new=f"x[{k}]",
        new_name=italic("x"),
        key=lambda letter: f"{letter}[{k}]",
        name=lambda letter: italic(LETTERS.get(letter, letter)),
        before=before,
        update=Integer(chosen.t + k - 1),
        section="",
    )
    return [*ahead(chosen, place), *steps(chosen, place)]


def _by_arrays(chosen: Optimizer) -> dict[str, float]:
    x, before, found = numpy.array([float(START)]), {}, {}
    for letter in chosen.states:
        earlier = chosen.earlier(letter, "x", 0)
        if earlier is not None:
            before[letter] = numpy.array([float(earlier.value)])
    for k, gradient in enumerate(GRADIENTS, 1):
        found[f"ahead[{k}]"] = look(chosen, x, before)
        g, t = numpy.array([float(gradient)]), chosen.t + k - 1
        x, passed = updated(chosen, numpy, float(RATE), t, x, g, before)
        found |= {f"{letter}[{k}]": value for letter, value in passed.items()} | {f"x[{k}]": x}
        before = {letter: passed[letter] for letter in chosen.states}
    return {key: float(value[0]) for key, value in found.items()}


FORMS = [(word, form) for word, row in TABLE.items() for form in row.forms]


def test_every_form_has_its_lines_and_its_words() -> None:
    assert {word: set(row.lines) for word, row in OPTIMIZERS.items()} == {w: set(r.forms) for w, r in TABLE.items()}
    assert {word: set(row.says) for word, row in OPTIMIZERS.items()} == {w: set(r.forms) for w, r in TABLE.items()}


@pytest.mark.parametrize(("word", "form"), FORMS)
@pytest.mark.parametrize("decay", ["0", "0.05"])
@pytest.mark.parametrize("variant", [{}, {"bias_correction": False}, {"epsilon_inside": True}, {"t": 3}])
def test_the_lines_agree_with_the_arrays(word: str, form: str, decay: str, variant: dict[str, Any]) -> None:
    plain = optimizer(word, form, weight_decay=decay)
    chosen = Optimizer(plain.name, plain.form, plain.settings, **{"state": plain.state, **variant})
    worked, reference = _worked(chosen), _by_arrays(chosen)
    known = [key for key in worked if key in reference]
    assert {f"x[{k}]" for k in range(1, 5)} | {f"step[{k}]" for k in range(1, 5)} <= set(known)
    assert set(worked) - set(known) <= {"x[0]", "eta", *(f"g[{k}]" for k in range(1, 5)), *chosen.settings} | {
        f"{letter}[0]" for letter in chosen.state
    }
    for key in known:
        assert worked[key] == pytest.approx(reference[key], rel=1e-12, abs=1e-14), key


def test_hand_worked_updates() -> None:
    momentum = _worked(optimizer("momentum"))
    assert momentum["v[2]"] == pytest.approx(0.9 * 0.5 - 0.3)
    assert momentum["x[2]"] == pytest.approx(1.3 - 0.1 * 0.5 - 0.1 * 0.15)
    adam = _worked(optimizer("adam", epsilon="0"))
    assert adam["m_hat[1]"] == pytest.approx(0.5)
    assert adam["v_hat[1]"] == pytest.approx(0.25)
    assert adam["step[1]"] == pytest.approx(-0.1)
    keras = _worked(optimizer("adagrad", "keras"))
    assert keras["G[1]"] == pytest.approx(0.35)
    assert keras["x[1]"] == pytest.approx(1.3 - 0.1 * 0.5 / (0.35 + 1e-7) ** 0.5, rel=1e-14)
    ahead_form = _worked(optimizer("nesterov", "look_ahead"))
    assert ahead_form["ahead[2]"] == pytest.approx(1.25 - 0.9 * 0.05)


TORCH = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {"alpha": 0.9}),
    "adadelta": ("Adadelta", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "adamax": ("Adamax", {}),
    "nadam": ("NAdam", {}),
}


@pytest.mark.parametrize("word", TORCH)
@pytest.mark.parametrize("decay", ["0", "0.1"])
def test_the_default_form_is_pytorchs(word: str, decay: str) -> None:
    torch = pytest.importorskip("torch")
    kind, settings = TORCH[word]
    x = torch.tensor([float(START)], dtype=torch.double, requires_grad=True)
    stepper = getattr(torch.optim, kind)([x], lr=float(RATE), weight_decay=float(decay), **settings)
    for gradient in GRADIENTS:
        x.grad = torch.tensor([float(gradient)], dtype=torch.double)
        stepper.step()
    # NAdam keeps the product of its schedule in single precision
    close = 1e-8 if word == "nadam" else 1e-14
    assert _worked(optimizer(word, weight_decay=decay))["x[4]"] == pytest.approx(x.item(), rel=close)


def test_every_line_has_a_rule() -> None:
    for word, form in FORMS:
        chosen = optimizer(word, form, weight_decay="0.1")
        for step in _lines(chosen, 2, symbol("g"), {letter: symbol(letter) for letter in chosen.states}):
            assert step.rule in RULES


def test_said_follows_the_choice() -> None:
    assert said(optimizer("adam")).endswith("`x = x − η m̂/(√v̂ + ε)`")
    assert said(optimizer("adam", epsilon="0")).endswith("`x = x − η m̂/√v̂`")
    assert said(OPTIMIZER.read({"adam": {"bias_correction": False}})).endswith("`x = x − η m/(√v + ε)`")
    assert said(OPTIMIZER.read({"rmsprop": {"epsilon_inside": True}})).endswith("`x = x − η g/√(v + ε)`")


MISTAKES: list[tuple[Any, str, tuple[str, ...]]] = [
    ("adm", "Did you mean adam?", ()),
    ("NAG", "Did you mean nesterov?", ()),
    ({"adma": {"beta1": Number.of("0.9")}}, "Did you mean adam", ("adma",)),
    ({"adam": {"eps": Number.of("1e-8")}}, "Did you mean epsilon?", ("adam", "eps")),
    ({"adam": {"beta1": Number.of(1)}}, "a number from 0 to below 1", ("adam", "beta1")),
    ({"momentum": Number.of("0.9")}, "a mapping of settings", ("momentum",)),
    ({"momentum": {"form": "velocty"}}, "Did you mean velocity?", ("momentum", "form")),
    ({"momentum": {"form": "velocity", "dampening": Number.of("0.1")}}, "has no dampening", ("momentum", "dampening")),
    ({"adam": {"state": {"w": Number.of(1)}}}, "expected one of m, v", ("adam", "state", "w")),
    ({"adam": {"t": Number.of(0)}}, "a whole number from 1", ("adam", "t")),
    (Number.of(3), "expected one of sgd, momentum", ()),
]


@pytest.mark.parametrize(("value", "says", "path"), MISTAKES)
def test_mistakes_are_named_at_their_place(value: Any, says: str, path: tuple[str, ...]) -> None:
    with pytest.raises(FieldError) as caught:
        OPTIMIZER.read(value)
    assert says in caught.value.faults[0].message
    assert caught.value.faults[0].path == path
