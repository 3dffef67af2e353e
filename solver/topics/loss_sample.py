"""One sample of a loss: its predictions, its error part by part, and its gradient."""

from __future__ import annotations

from fractions import Fraction

from .. import notation as n
from ..algebra import Expr, Integer, Rational, difference, logarithm, negative, product, quotient, symbol, total
from ..backward import Backward, Manner
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.hinge import HINGE, class_hinge
from ..catalog.losses import CLASS_LOSSES, LOSSES, ClassLoss, Loss
from ..notation import Call, Name
from ..spec.loss import LossProblem
from ..spec.number import Number
from ..working import Step, Working

Part = tuple[int, Expr, dict[int, Expr]]
"""An output's index, its part of the error, and the slopes of that part by the outputs that it holds."""


def tag(problem: LossProblem, number: int) -> str:
    """[2] for the second of several samples."""
    return f"[{number + 1}]" if problem.nested else ""


def setting_key(problem: LossProblem) -> str:
    """The key of the loss's setting: delta, margin."""
    return loss_row(problem).setting


def loss_row(problem: LossProblem) -> Loss:
    """The catalog's row of a loss over targets."""
    return HINGE if problem.loss.name == "hinge" else LOSSES.get(problem.loss.name, LOSSES["cce"])


def class_row(problem: LossProblem) -> ClassLoss:
    """The catalog's row of a loss over a class index."""
    return class_hinge(symbol("margin")) if problem.loss.name == "hinge" else CLASS_LOSSES[problem.loss.name]


class Sample:
    """The lines of one sample, added to a Working."""

    def __init__(self, working: Working, problem: LossProblem, number: int) -> None:
        self.problem = problem
        self.working = working
        self.case = problem.cases[number]
        self.tag = tag(problem, number)
        self.where = f" of sample {number + 1}" if problem.nested else ""
        self.count = range(len(self.case.outputs))

    def key(self, letter: str, index: int) -> str:
        return f"{letter}{index + 1}{self.tag}"

    def name(self, letter: str, index: int) -> Name:
        return Name(letter, str(index + 1), sup=self.tag)

    def work(self) -> None:
        """Targets, predictions, error, gradient by the predictions, and by the logits."""
        self._targets()
        outs = self._outputs()
        self._error(outs)
        self._gradient()

    # predictions and targets

    def _targets(self) -> None:
        if self.problem.by_class:
            return
        for index, number in enumerate(self.case.targets):
            if self.problem.scale is not None and self.case.label is None:
                self._scaled("t", "r", index, number)
            else:
                self.working.give(self.key("t", index), number, self.name("t", index))

    def _scaled(self, letter: str, grey: str, index: int, number: Number) -> None:
        """A grey level and what it is of the whole scale."""
        level = self.working.give(self.key(grey, index), number, self.name(grey, index))
        formula = quotient(level, symbol("scale"))
        name = self.name(letter, index)
        self.working.add(Step(self.key(letter, index), "grey_level", formula, name, f"Grey levels{self.where}"))

    def _outputs(self) -> list[Expr]:
        for index, number in enumerate(self.case.outputs):
            if self.problem.scale is not None:
                self._scaled("y", "g", index, number)
            else:
                letter = "z" if self.problem.output else "y"
                self.working.give(self.key(letter, index), number, self.name(letter, index))
        if self.problem.output:
            self._activated()
        return [symbol(self.key("y", index)) for index in self.count]

    def _activated(self) -> None:
        nets = [symbol(self.key("z", index)) for index in self.count]
        outs = [symbol(self.key("y", index)) for index in self.count]
        for index in self.count:
            if self.problem.output == "softmax":
                row = LAYER_ACTIVATIONS["softmax"]
                formula = row.formula(nets, index)
                slopes = {net.name: row.slope(outs, index, into) for into, net in enumerate(nets)}
            else:
                single = ACTIVATIONS["sigmoid"]
                formula = single.formula(nets[index], nets[index])
                slopes = {nets[index].name: single.slope(nets[index], outs[index], nets[index])}
            sign = "softmax" if self.problem.output == "softmax" else "σ"
            short = Call(sign, (self.name("z", index),))
            self._add(outs[index].name, "activation", formula, self.name("y", index), "Predictions", short, slopes)

    def _add(
        self,
        key: str,
        rule: str,
        formula: Expr,
        name: n.Node,
        section: str,
        short: n.Node | None = None,
        slopes: dict[str, Expr] | None = None,
    ) -> None:
        self.working.add(Step(key, rule, formula, name, f"{section}{self.where}", short, slopes or {}))

    # error

    def _error(self, outs: list[Expr]) -> None:
        parts = self._class_parts(outs) if self.problem.by_class else [self._part(index) for index in self.count]
        keys = []
        for index, formula, slopes in parts:
            keys.append(f"E_{index + 1}{self.tag}")
            by_key = {outs[i].name: slope for i, slope in slopes.items()}
            self._add(keys[-1], "loss", formula, Name("E", str(index + 1), sup=self.tag), "Error", slopes=by_key)
        self._add(f"E{self.tag}", "total", total(symbol(k) for k in keys), Name("E", sup=self.tag), "Error")

    def _class_parts(self, outs: list[Expr]) -> list[Part]:
        assert self.case.label is not None
        return class_row(self.problem).parts(outs, self.case.label)

    def _part(self, index: int) -> Part:
        """One output's part; where the target leaves nothing of it, 0."""
        count, row = len(self.count), loss_row(self.problem)
        setting = symbol(row.setting or "_")
        t, y = symbol(self.key("t", index)), symbol(self.key("y", index))
        target, output = self.case.targets[index].value, self.case.outputs[index].value
        if self.problem.loss.name in ("cce", "kl") and target == 0:
            return index, Integer(0), {}
        if self.problem.loss.name == "bce" and not self.problem.output and target == output and target in (0, 1):
            part, slope = _certain(t, y, count, target)
            return index, part, {index: slope}
        return index, row.part(t, y, count, setting), {index: row.slope(t, y, count, setting)}

    # gradient

    def _gradient(self) -> None:
        wanted = [self.key("z" if self.problem.output else "y", index) for index in self.count]
        backward = Backward(self.working, f"E{self.tag}", wanted, Manner(f"Gradient by the predictions{self.where}"))
        for index in self.count:
            backward.require(self.key("y", index))
        if not self.problem.output:
            return
        backward.manner = Manner(f"Gradient by the logits{self.where}")
        for index in self.count:
            backward.require(self.key("z", index))
            self._short_form(index)

    def _short_form(self, index: int) -> None:
        formula = self._short(index)
        if formula is None:
            return
        net = self.key("z", index)
        key = f"dE{self.tag}/d{net}"
        name = n.Partial(self.working.name(f"E{self.tag}"), self.working.name(net))
        step = Step(f"{key}:short", "short_form", formula, name, f"Gradient by the logits{self.where}", about=(key,))
        self.working.add(step)

    def _short(self, index: int) -> Expr | None:
        """The difference to which the pair of output and loss collapses, if it is such a pair."""
        pair = (self.problem.output, self.problem.loss.name)
        out = symbol(self.key("y", index))
        if pair == ("softmax", "sparse_cce"):
            return difference(out, Integer(1)) if index == self.case.label else out
        gap = difference(out, symbol(self.key("t", index)))
        if pair == ("sigmoid", "bce"):
            return gap if len(self.count) == 1 else quotient(gap, Integer(len(self.count)))
        whole = sum((target.value for target in self.case.targets), Fraction(0)) == 1
        return gap if pair in (("softmax", "cce"), ("softmax", "kl")) and whole else None


def _certain(t: Expr, y: Expr, count: int, right: Fraction) -> tuple[Expr, Expr]:
    """Binary cross-entropy, and its slope, of a prediction that is exactly right: the term with ln 0 is left out."""
    one = Integer(1)
    weight, share = (t, y) if right == 1 else (difference(one, t), difference(one, y))
    part, slope = product(weight, logarithm(share)), quotient(weight, share)
    if count > 1:
        part, slope = product(Rational(1, count), part), product(Rational(1, count), slope)
    return negative(part), negative(slope) if right == 1 else slope
