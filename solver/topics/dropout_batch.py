"""The gradient of a mini-batch of thinned nets: the mean, absent parameters counted as 0."""

from __future__ import annotations

from collections.abc import Iterable

from ..algebra import Expr, Integer, product, quotient, symbol, total
from ..notation import Name, Partial
from ..solution import Keys
from ..spec.dropout_problem import Batch
from ..spec.number import Number
from ..working import Step, Working


def added(terms: Iterable[Expr]) -> Expr:
    """The sum of the terms; one alone stays as it is."""
    listed = list(terms)
    return listed[0] if len(listed) == 1 else total(listed)


class BatchLines:
    """The mean over a mini-batch, parameter by parameter."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.working = Working()
        self.lists: dict[str, Keys] = {}

    def add(self) -> None:
        """What each thinned net contributes, and the mean over all of them."""
        count = len(self.batch.samples)
        for number, sample in enumerate(self.batch.samples, 1):
            for name, kept, slope in zip(self.batch.parameters, sample.mask, sample.gradient, strict=True):
                self.working.give(f"m_{name}[{number}]", Number.of(kept), Name("m", name, sup=f"[{number}]"))
                if slope is not None:
                    self.working.give(f"g_{name}[{number}]", slope, Name("g", name, sup=f"[{number}]"))
        for name in self.batch.parameters:
            parts = [self._part(name, number) for number in range(1, count + 1)]
            mean = quotient(added(parts), Integer(count))
            self.working.add(Step(f"dE/d{name}", "thinned_mean", mean, Partial(Name("E"), parameter(name)), "Mean"))
        self.lists = {"gradient": tuple(f"dE/d{name}" for name in self.batch.parameters)}

    def _part(self, name: str, number: int) -> Expr:
        key, section = f"c_{name}[{number}]", f"Thinned net {number}"
        given = f"g_{name}[{number}]" in self.working
        mask = symbol(f"m_{name}[{number}]")
        formula = product(mask, symbol(f"g_{name}[{number}]")) if given else mask
        rule = "thinned_part" if given else "absent"
        return self.working.add(Step(key, rule, formula, Name("c", name, sup=f"[{number}]"), section))


def parameter(name: str) -> Name:
    """w1 as w with its number."""
    letters = name.rstrip("0123456789")
    return Name(letters, name[len(letters) :]) if letters else Name(name)
