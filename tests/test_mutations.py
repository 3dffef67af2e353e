"""The check bites: whatever is made wrong in the working, it disagrees, names a quantity, and the exit status is 3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from bank import BANK
from click.testing import CliRunner
from msgspec.structs import replace
from sympy import Expr, Integer, Rational, Symbol

from solver.algebra import cases, power, product, total
from solver.catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from solver.catalog.losses import CLASS_LOSSES, LOSSES
from solver.check.activations import ACTIVATIONS as REFERENCE_ACTIVATIONS
from solver.check.activations import Coupled
from solver.check.losses import LOSSES as REFERENCE_LOSSES
from solver.cli import main
from solver.working import Step, Working

HIDDEN = """
kind: backprop
inputs: [0.6, -0.4]
layers:
  - {{name: h, weights: [[0.5, -0.3], [-0.8, 0.7]], biases: [0.1, -0.2], activation: {activation}}}
  - {{name: o, weights: [[0.4, -0.6], [0.9, 0.3]], biases: 0.05, activation: sigmoid}}
target: [0.2, 0.7]
loss: half_sse
learning_rate: 0.5
"""
OUTPUT = """
kind: backprop
inputs: [0.6, -0.4]
layers: [{{name: o, weights: [[0.5, -0.3], [-0.8, 0.7]], biases: [0.1, -0.2], activation: {activation}}}]
target: {target}
loss: {loss}
learning_rate: 0.5
"""
SETTINGS = {"randomised_relu": "{randomised_relu: 0.2}"}
PAIRS = {
    "bce": ("softmax", "[0.2, 0.7]"),
    "cce": ("sigmoid", "[0.2, 0.7]"),
    "kl": ("sigmoid", "[0.2, 0.7]"),
    "sparse_cce": ("softmax", "1"),
    "hinge": ("linear", "[1, -1]"),
}
NAMED = {"sigmoid": ("dout_o1/din_o1",)}  # which the outputs have too
HUBER = ("linear", "[0.7, 3]")  # one output within delta, one beyond

Verdict = dict[str, Any]
Change = Callable[[Step], Step]


def hidden(activation: str) -> str:
    """A net with this activation in its hidden layer, one net input on each side of 0."""
    return HIDDEN.format(activation=SETTINGS.get(activation, activation))


def with_loss(loss: str) -> str:
    """A layer of outputs with this loss."""
    activation, target = HUBER if loss == "huber" else PAIRS.get(loss, ("tanh", "[0.2, 0.7]"))
    return OUTPUT.format(activation=activation, target=target, loss=loss)


def run(spec: str, style: str = "chain") -> tuple[int, Verdict, str]:
    """Exit status, the check of the JSON, and what stands on standard error."""
    result = CliRunner().invoke(main, ["backprop", "-", "--format", "json", "--style", style], input=spec)
    return result.exit_code, json.loads(result.stdout)["check"], result.stderr


def caught(spec: str, style: str = "chain") -> str:
    """The quantity that the check names when it disagrees."""
    status, verdict, message = run(spec, style)
    assert (status, verdict["agrees"]) == (3, False)
    named = verdict["first_disagreement"]
    assert named in message
    return str(named)


def agreed(spec: str, style: str = "chain") -> Verdict:
    status, verdict, message = run(spec, style)
    assert (status, verdict["agrees"], message) == (0, True, "")
    return verdict


def change_steps(monkeypatch: pytest.MonkeyPatch, change: Change) -> list[str]:
    """Lets a change act on every step that is added; the keys of the steps that it changed."""
    changed: list[str] = []
    original = Working.add

    def add(self: Working, step: Step) -> Expr:
        other = change(step)
        if other != step:
            changed.append(step.key)
        return original(self, other)

    monkeypatch.setattr(Working, "add", add)
    return changed


# every row of the catalog

WRONG_SLOPES: dict[str, Callable[[Expr], Expr]] = {
    "sign": lambda slope: product(Integer(-1), slope),
    "factor": lambda slope: product(Integer(2), slope),
    "square": lambda slope: power(slope, 2),
    "shift": lambda slope: total([slope, Rational(1, 10)]),
    "forgotten": lambda slope: Integer(1),
    "zero": lambda slope: Integer(0),
}


def _wrong(mistake: str, slope: Callable[..., Expr]) -> Callable[..., Expr]:
    return lambda *arguments: WRONG_SLOPES[mistake](slope(*arguments))


def _is_wrong(mistake: str, name: str) -> bool:
    """Some mistakes change nothing: a slope of 0 has no sign, one of 1 is its own square."""
    same = {"zero": ("step", "sign"), "forgotten": ("linear",), "square": ("linear", "relu", "step", "sign")}
    if name in ("step", "sign") and mistake in ("sign", "factor"):
        return False
    return name not in same.get(mistake, ())


@pytest.mark.parametrize("name", [*ACTIVATIONS, *LAYER_ACTIVATIONS])
def test_every_activation_agrees_as_it_is(name: str) -> None:
    assert agreed(hidden(name))["compared"] > 40


@pytest.mark.parametrize("loss", [*LOSSES, *CLASS_LOSSES])
def test_every_loss_agrees_as_it_is(loss: str) -> None:
    assert agreed(with_loss(loss))["compared"] > 15


@pytest.mark.parametrize(("name", "mistake"), [(n, m) for n in ACTIVATIONS for m in WRONG_SLOPES if _is_wrong(m, n)])
def test_wrong_slope_of_an_activation(name: str, mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ACTIVATIONS[name]
    monkeypatch.setitem(ACTIVATIONS, name, replace(row, slope=_wrong(mistake, row.slope)))
    assert caught(hidden(name)) in NAMED.get(name, ("dout_h1/din_h1", "dout_h2/din_h2"))


@pytest.mark.parametrize("mistake", WRONG_SLOPES)
@pytest.mark.parametrize("name", LAYER_ACTIVATIONS)
def test_wrong_slope_of_a_layer_activation(name: str, mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = LAYER_ACTIVATIONS[name]
    monkeypatch.setitem(LAYER_ACTIVATIONS, name, replace(row, slope=_wrong(mistake, row.slope)))
    assert caught(hidden(name)) == "dout_h1/din_h1"


@pytest.mark.parametrize("name", LAYER_ACTIVATIONS)
def test_slopes_of_a_layer_activation_by_its_other_net_inputs_forgotten(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = LAYER_ACTIVATIONS[name]

    def own_only(outs: list[Expr], out: int, into: int) -> Expr:
        return row.slope(outs, out, into) if out == into else Integer(0)

    monkeypatch.setitem(LAYER_ACTIVATIONS, name, replace(row, slope=own_only))
    assert caught(hidden(name)) in ("dout_h1/din_h2", "dout_h2/din_h1")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_wrong_formula_of_an_activation(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ACTIVATIONS[name]
    monkeypatch.setitem(ACTIVATIONS, name, replace(row, formula=lambda z, a: row.formula(-z, a)))
    assert caught(hidden(name)) == "out_h1"


@pytest.mark.parametrize("mistake", [m for m in WRONG_SLOPES if m != "zero"])
@pytest.mark.parametrize("loss", LOSSES)
def test_wrong_slope_of_a_loss(loss: str, mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = LOSSES[loss]
    monkeypatch.setitem(LOSSES, loss, replace(row, slope=_wrong(mistake, row.slope)))
    assert caught(with_loss(loss)) in ("dE/dout_o1", "dE/dout_o2")


@pytest.mark.parametrize("loss", LOSSES)
def test_forgotten_factor_of_a_loss(loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten ½ or 1/n, in the error and in its slope alike."""
    row = LOSSES[loss]
    part, slope = (lambda t, y, n, d, f=f: 2 * f(t, y, n, d) for f in (row.part, row.slope))
    monkeypatch.setitem(LOSSES, loss, replace(row, part=part, slope=slope))
    assert caught(with_loss(loss)) in ("E_o1", "E_o2")


@pytest.mark.parametrize("loss", CLASS_LOSSES)
@pytest.mark.parametrize("mistake", ["sign", "factor", "shift"])
def test_wrong_slopes_of_a_class_loss(loss: str, mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = CLASS_LOSSES[loss]

    def parts(outs: list[Expr], label: int) -> list[tuple[int, Expr, dict[int, Expr]]]:
        found = row.parts(outs, label)
        return [(out, part, {i: WRONG_SLOPES[mistake](s) for i, s in slopes.items()}) for out, part, slopes in found]

    monkeypatch.setitem(CLASS_LOSSES, loss, replace(row, parts=parts))
    assert caught(OUTPUT.format(activation="softmax", target="1", loss=loss)).startswith("dE/dout_o")


@pytest.mark.parametrize("kind", ["relu", "leaky_relu", "randomised_relu", "prelu", "elu"])
def test_slope_at_a_kink_taken_from_the_other_side(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ACTIVATIONS[kind]
    activation = "{elu: 0.5}" if kind == "elu" else SETTINGS.get(kind, kind)
    spec = OUTPUT.format(activation=activation, target="[0.2, 0.7]", loss="sse")
    spec = spec.replace("0.5, -0.3", "0.5, 0.5").replace("biases: [0.1", "biases: [-0.1")
    agreed(spec)
    other_side = replace(row, slope=lambda z, y, a: cases((Integer(1), z >= 0), (row.slope(z, y, a), True)))
    monkeypatch.setitem(ACTIVATIONS, kind, other_side)
    assert caught(spec) == "dout_o1/din_o1"


@pytest.mark.parametrize("name", [*ACTIVATIONS, *LAYER_ACTIVATIONS])
def test_finite_differences_catch_what_the_reference_gets_wrong_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[str, Any] = ACTIVATIONS if name in ACTIVATIONS else LAYER_ACTIVATIONS
    monkeypatch.setitem(table, name, replace(table[name], slope=_wrong("shift", table[name].slope)))
    rule = REFERENCE_ACTIVATIONS[name]
    field = "jacobian" if isinstance(rule, Coupled) else "slope"
    right = getattr(rule, field)
    monkeypatch.setitem(REFERENCE_ACTIVATIONS, name, replace(rule, **{field: lambda on, z, a: right(on, z, a) + 0.1}))
    status, verdict, message = run(hidden(name))
    assert (status, verdict["agrees"]) == (3, False)
    assert verdict["first_disagreement"].startswith("dE/d")
    assert "by finite differences" in message


@pytest.mark.parametrize("loss", LOSSES)
def test_finite_differences_catch_a_slope_of_the_error_that_both_get_wrong(
    loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, rule = LOSSES[loss], REFERENCE_LOSSES[loss]
    monkeypatch.setitem(LOSSES, loss, replace(row, slope=_wrong("factor", row.slope)))
    doubled = replace(rule, slope=lambda xp, y, t, a: 2 * rule.slope(xp, y, t, a))
    monkeypatch.setitem(REFERENCE_LOSSES, loss, doubled)
    status, _, message = run(with_loss(loss))
    assert status == 3
    assert "by finite differences" in message


# mistakes of the chain rule and the update

MAZUR = (BANK / "two-inputs-two-hidden-two-outputs.yaml").read_text(encoding="utf-8")
SWAPPED = {"w2": "w3", "w3": "w2", "w6": "w7", "w7": "w6"}


def swapped(formula: Expr) -> Expr:
    return formula.xreplace({Symbol(one): Symbol(other) for one, other in SWAPPED.items()})


def _transposed(step: Step) -> Step:
    return replace(step, formula=swapped(step.formula)) if step.rule == "weighted_sum" else step


def _transposed_on_the_way_back(step: Step) -> Step:
    if step.rule != "weighted_sum":
        return step
    return replace(step, slopes={key: swapped(slope) for key, slope in step.slopes.items()})


def _bias_forgotten(step: Step) -> Step:
    if step.rule != "weighted_sum":
        return step
    return replace(step, formula=total(step.formula.args[:-1]))


def _one_path_only(step: Step) -> Step:
    through_output = step.key.startswith("dE/dout_h") and step.rule == "sum_of_paths"
    return replace(step, formula=step.formula.args[0]) if through_output else step


def _partner_before_its_activation(step: Step) -> Step:
    """∂in_o1/∂w5 is said to be in_h1 in place of out_h1."""
    if step.rule != "weighted_sum" or "in_o" not in step.key:
        return step
    nets = {Symbol(f"out_h{i}"): Symbol(f"in_h{i}") for i in (1, 2)}
    return replace(step, slopes={k: s.xreplace(nets) if k[0] == "w" else s for k, s in step.slopes.items()})


def _uphill(step: Step) -> Step:
    if step.rule != "update":
        return step
    return replace(step, formula=step.formula.subs(Symbol("eta"), -Symbol("eta")))


def _no_learning_rate(step: Step) -> Step:
    return replace(step, formula=step.formula.subs(Symbol("eta"), 1)) if step.rule in ("update", "change") else step


def _old_weights_after_the_step(step: Step) -> Step:
    if step.rule != "weighted_sum" or not step.key.endswith("'"):
        return step
    return replace(step, formula=step.formula.subs({Symbol(f"w{i}'"): Symbol(f"w{i}") for i in range(1, 9)}))


def _mean_of_the_parts(step: Step) -> Step:
    return replace(step, formula=step.formula / 2) if step.rule == "total" else step


def _slope_of_a_net_input(step: Step) -> Step:
    """σ(1 − σ) taken of the net input, in place of the output."""
    if step.rule != "activation":
        return step
    nets = {Symbol(f"out_{step.about[0]}"): Symbol(f"in_{step.about[0]}")}
    return replace(step, slopes={key: slope.xreplace(nets) for key, slope in step.slopes.items()})


MISTAKES: dict[str, tuple[Change, str]] = {
    "transposed matrix": (_transposed, "in_h1"),
    "transposed matrix on the way back": (_transposed_on_the_way_back, "din_o2/dout_h1 din_o1/dout_h2 dE/dout_h1"),
    "bias forgotten": (_bias_forgotten, "in_h1"),
    "one path only": (_one_path_only, "dE/dout_h1"),
    "input in place of output": (_partner_before_its_activation, "din_o1/dw5 dE/dw5"),
    "uphill": (_uphill, "w1'"),
    "no learning rate": (_no_learning_rate, "step_w1"),
    "old weights after the step": (_old_weights_after_the_step, "in_h1'"),
    "mean of the parts": (_mean_of_the_parts, "E"),
    "slope at the net input": (_slope_of_a_net_input, "dout_o1/din_o1 delta_o1"),
}


@pytest.mark.parametrize("style", ["chain", "delta", "matrix"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_of_the_chain_rule(mistake: str, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change, named = MISTAKES[mistake]
    changed = change_steps(monkeypatch, change)
    assert caught(MAZUR, style) in named.split()
    assert changed


def _new_weights_too_early(step: Step) -> Step:
    """Hidden gradients from output weights that are new already."""
    if not (step.key.startswith("delta_h") or (step.rule == "sum_slope" and "/dout_h" in step.key)):
        return step
    new = {Symbol(f"w{i}"): Symbol(f"w{i}") - Symbol("eta") * Symbol(f"dE/dw{i}") for i in (5, 6, 7, 8)}
    return replace(step, formula=step.formula.xreplace(new))


@pytest.mark.parametrize("style", ["chain", "delta"])
def test_the_most_copied_mistake_is_caught(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """New output weights used for the hidden gradients: 0.291027924 in place of 0.291027774."""
    change_steps(monkeypatch, _new_weights_too_early)
    result = CliRunner().invoke(main, ["backprop", "-", "--format", "json", "--style", style], input=MAZUR)
    assert result.exit_code == 3
    data = json.loads(result.stdout)
    assert round(data["answers"]["E'"], 9) == 0.291027924
    assert data["check"]["first_disagreement"] in ("din_o1/dout_h1", "delta_h1")


def test_shared_bias_gets_the_share_of_one_neuron(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_neuron(step: Step) -> Step:
        return replace(step, formula=step.formula.args[0]) if step.key == "dE/db1" else step

    assert change_steps(monkeypatch, one_neuron) == []
    assert caught(MAZUR) == "dE/db1"


@pytest.mark.parametrize("style", ["chain", "delta"])
@pytest.mark.parametrize("spec", ["softmax-cross-entropy", "binary-cross-entropy", "softmax-class-index"])
def test_short_form_the_wrong_way_round(spec: str, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def turned(step: Step) -> Step:
        return replace(step, formula=-step.formula) if step.rule == "short_form" else step

    changed = change_steps(monkeypatch, turned)
    assert caught((BANK / f"{spec}.yaml").read_text(encoding="utf-8"), style) == changed[0]


@pytest.mark.parametrize("style", ["chain", "delta"])
def test_path_over_a_skip_forgotten(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def last_path_dropped(step: Step) -> Step:
        return replace(step, formula=step.formula.args[0]) if step.rule == "sum_of_paths" else step

    changed = change_steps(monkeypatch, last_path_dropped)
    text = (BANK / "skip-connection.yaml").read_text(encoding="utf-8")
    assert caught(text, style) == changed[0]


def test_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    change_steps(monkeypatch, _uphill)
    result = CliRunner().invoke(main, ["backprop", "-"], input=MAZUR)
    assert result.exit_code == 3
    assert "DISAGREES: w1' is " in result.stdout
    assert "Do not use this page." in result.stdout
    assert "the check disagrees: w1' is " in result.stderr
