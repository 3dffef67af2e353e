"""The derivatives of activations and losses, worked once before the chain rule uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import Expr, exponential, quotient, symbol, total
from ..catalog.activations import ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..differentiate import derivation
from ..formula import written
from ..greek import GREEK
from ..notation import Node
from ..spec.network import Network
from ..topics.names import split_tag
from .blocks import Block, Equation, Heading, Lines, Prose

if TYPE_CHECKING:
    from ..solution import Worked

Z, Y, T = symbol("z"), symbol("y"), symbol("t")


def derivation_blocks(network: Network, solution: Worked) -> Iterator[Block]:
    """The slope of each activation and of the loss that the shown lines use, derived line by line."""
    blocks = [
        *_loss_blocks(network, solution),
        *_activation_blocks(network, solution),
        *_short_forms(network, solution),
    ]
    if blocks:
        yield Heading(("Slopes",))
        yield Prose(
            (
                "Derived once here, with the rules beside each line; ",
                n.Name("z"),
                " is a net input, ",
                n.Name("y"),
                " an output, ",
                n.Name("t"),
                " its target.",
            )
        )
        yield from blocks


def _shown_slopes(solution: Worked, rule: str) -> list[str]:
    return [k for k in solution.shown_keys if solution.working.steps[k].rule == rule]


def _activation_blocks(network: Network, solution: Worked) -> Iterator[Block]:
    used = {split_tag(solution.working.steps[k].about[0])[0] for k in _shown_slopes(solution, "activation_slope")}
    kinds = dict.fromkeys(m.activation.name for m in network.neurons if f"out_{m.name}" in used)
    for kind in kinds:
        yield from activation_derivation(kind)


def activation_derivation(kind: str) -> Iterator[Block]:
    """The slope of one activation, line by line, ending in the form that an exam uses."""
    if kind in ACTIVATIONS:
        row = ACTIVATIONS[kind]
        setting = symbol(row.setting or "_")
        yield Heading(("Slope of ", row.title), level=2)
        formula = row.formula(Z, setting)
        yield _lines(formula, Z, row.slope(Z, Y, setting), row.because)
        if row.kink:
            yield Prose((f"At z = 0 there is a kink: the slope there is taken as {GREEK.get(row.kink, row.kink)}.",))
    elif kind == "softmax":
        yield from _softmax()
    else:
        yield from _log_softmax()


def _softmax() -> Iterator[Block]:
    own, rest, other = symbol("z_i"), symbol("R"), symbol("z_j")
    yi, yj = symbol("y_i"), symbol("y_j")
    yield Heading(("Slope of softmax",), level=2)
    yield Prose(
        (
            "Every output depends on every net input. By its own net input (R: the other terms of the sum, "
            "which do not hold it):",
        )
    )
    share = quotient(exponential(own), total([exponential(own), rest]))
    yield _lines(share, own, _own_share(yi), "y_i = e^(z_i) / (e^(z_i) + R)")
    yield Prose(("By the net input of another output (R now holds all terms but that one):",))
    foreign = quotient(exponential(own), total([exponential(other), rest]))
    yield _lines(foreign, other, _foreign_share(yi, yj), "y_i, y_j: e^(z_i), e^(z_j) over the sum")


def _own_share(y: Expr) -> Expr:
    return ACTIVATIONS["sigmoid"].slope(y, y, y)


def _foreign_share(yi: Expr, yj: Expr) -> Expr:
    from ..catalog.activations import LAYER_ACTIVATIONS

    return LAYER_ACTIVATIONS["softmax"].slope([yi, yj], 0, 1)


def _log_softmax() -> Iterator[Block]:
    from ..algebra import difference, logarithm
    from ..catalog.activations import LAYER_ACTIVATIONS

    own, rest, other = symbol("z_i"), symbol("R"), symbol("z_j")
    slope = LAYER_ACTIVATIONS["log_softmax"].slope
    outs = [symbol("y_i"), symbol("y_j")]
    yield Heading(("Slope of log-softmax",), level=2)
    yield Prose(("By its own net input (R: the other terms of the sum):",))
    yield _lines(difference(own, logarithm(total([exponential(own), rest]))), own, slope(outs, 0, 0))
    yield Prose(("By the net input of another output:",))
    yield _lines(difference(own, logarithm(total([exponential(other), rest]))), other, slope(outs, 0, 1))


def _short_forms(network: Network, solution: Worked) -> Iterator[Block]:
    """Why the pair of loss and activation collapses to a difference."""
    if not _shown_slopes(solution, "short_form"):
        return
    y, t, z = n.Name("y"), n.Name("t"), n.Name("z")
    yield Heading(("Both together: the short form",), level=2)
    if network.loss.name == "bce":
        count = len(network.outputs)
        top = n.Sum((y, n.Minus(t)))
        factors: list[Node] = [y, n.bracket(n.Sum((n.Number("1"), n.Minus(y))))]
        both = n.product(factors)
        slope = n.Fraction(top, both if count == 1 else n.product([n.Number(str(count)), *factors]))
        short = top if count == 1 else n.Fraction(top, n.Number(str(count)))
        left = n.Partial(solution.name("E"), z)
        yield Lines((Equation(left, (n.product([slope, both]), short), reason="y (1 − y) cancels"),))
        return
    yield from _softmax_short(solution)


def _softmax_short(solution: Worked) -> Iterator[Block]:
    yi, yj, ti, tj = (n.Name(letter, index) for letter in "yt" for index in "ij")
    one = n.Number("1")
    sigma = n.Name("Σ")
    own = n.product([n.minus(n.Fraction(ti, yi)), yi, n.bracket(n.Sum((one, n.Minus(yi))))])
    others = n.Prefixed(
        sigma, n.product([n.bracket(n.minus(n.Fraction(tj, yj))), n.bracket(n.minus(n.product([yj, yi])))])
    )
    spread = n.Sum((n.Minus(ti), n.product([ti, yi]), n.product([yi, n.Prefixed(sigma, tj)])))
    left = n.Partial(solution.name("E"), n.Name("z", "i"))
    yield Lines(
        (
            Equation(left, (n.Sum((own, others)),), reason="own path; Σ over the others, j ≠ i"),
            Equation(None, (spread,), reason="y_j cancels"),
            Equation(None, (n.Sum((yi, n.Minus(ti))),), reason="all targets add to 1"),
        )
    )


def _loss_blocks(network: Network, solution: Worked) -> Iterator[Block]:
    if not _shown_slopes(solution, "loss_slope"):
        return
    count, name = len(network.outputs), network.loss.name
    if network.samples[0].label is not None:
        yield Heading((f"Slope of the error: {CLASS_LOSSES[name].title}",), level=2)
        yield from _class_loss(name)
        return
    row = LOSSES[name]
    setting = symbol(row.setting or "_")
    yield Heading((f"Slope of the error: {row.title}",), level=2)
    yield Prose(("Of the error only the part of this output holds ", n.Name("y"), "; the other parts drop out."))
    yield _lines(row.part(T, Y, count, setting), Y, row.slope(T, Y, count, setting))
    if row.kink:
        yield Prose((f"The slope jumps at one place; there it is taken as {row.kink}.",))


def _class_loss(name: str) -> Iterator[Block]:
    outs = [symbol("y_j"), symbol("y_c")]
    for _, formula, slopes in CLASS_LOSSES[name].parts(outs, 1):
        for index, slope in slopes.items():
            yield _lines(formula, outs[index], slope)


def _lines(formula: Expr, by: Expr, exam_form: Expr, because: str = "") -> Lines:
    first, *rest = derivation(formula, by)
    rights = [(written(line.formula, _letter), _reason(line.rules)) for line in rest]
    last = written(exam_form, _letter)
    if not rights or rights[-1][0] != last:
        rights.append((last, because or "in the form used below"))
    head = Equation(written(first.formula, _letter), (rights[0][0],), reason=rights[0][1])
    return Lines((head, *(Equation(None, (right,), reason=reason) for right, reason in rights[1:])))


def _reason(rules: tuple[str, ...]) -> str:
    return ", ".join(rule.replace("_", " ") for rule in rules)


def _letter(key: str) -> Node:
    base, _, sub = key.partition("_")
    return n.Name(GREEK.get(base, base), sub)
