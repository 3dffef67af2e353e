"""kind: dropout: masks while training, scaling while testing, all thinned nets, the gradient of a mini-batch."""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra import Expr, Integer, difference, power, product, quotient, symbol
from ..backward import Backward, Manner
from ..catalog.activations import ACTIVATIONS
from ..check.dropout import audited
from ..evaluate import Values
from ..notation import Call, Name, Node, Partial
from ..options import Options
from ..page.dropout import page
from ..solution import Keys, Worked
from ..spec.dropout_problem import Batch, Layer
from ..spec.number import Number
from ..working import Step, Working
from .assembled import Sheet, assembled
from .dropout_batch import BatchLines, added

TRAIN, NEXT, BACK = "Training", "The layer that follows", "Backward pass"
TEST, SCALED = "Testing", "The scaled net"
ALL, MEAN = "All thinned nets", "Their mean"


def solve(problem: Layer | Batch, options: Options) -> Worked:
    """The worked solution of a dropout problem. Raises NotAsked for a key it does not have."""
    lines = BatchLines(problem) if isinstance(problem, Batch) else _Layer(problem)
    lines.add()
    sheet = Sheet(
        kind="dropout",
        title=problem.title,
        problem=problem,
        working=lines.working,
        answer_keys=(),
        conventions=_conventions(problem),
        checked=lambda values: audited(values, problem, options.backend),
        page=page,
        grouped=lines.lists,
        facts=lambda values: _facts(problem, values),
    )
    return assembled(sheet, options)


def _conventions(problem: Layer | Batch) -> dict[str, object]:
    if isinstance(problem, Batch):
        return {"absent": 0, "reduction": "mean"}
    return {"phase": problem.phase, "inverted": problem.inverted, "scale": problem.scale}


def _facts(problem: Layer | Batch, values: Values) -> dict[str, object]:
    if isinstance(problem, Batch) or problem.phase != "all":
        return {}
    return {"masks": [list(mask) for mask in problem.masks]}


class _Layer:
    """The lines of one layer with dropout, and of the layer that follows."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.working = Working()
        self.lists: dict[str, Keys] = {}
        self.units = range(1, len(layer.activations) + 1)

    def add(self) -> None:
        """Givens, and the lines of the phase."""
        self._give()
        {"train": self._train, "test": self._test, "all": self._all}[self.layer.phase]()

    def _give(self) -> None:
        for unit, number in enumerate(self.layer.activations, 1):
            self.working.give(f"a{unit}", number, Name("a", str(unit)))
        for unit, kept in enumerate(self.layer.mask, 1):
            self.working.give(f"m{unit}", Number.of(kept), Name("m", str(unit)))
        if self.layer.keep is not None:
            self.working.give("p", self.layer.keep, Name("p"))
        for unit, number in enumerate(self.layer.gradient, 1):
            self.working.give(f"dE/dd{unit}", number, Partial(Name("E"), Name("d", str(unit))))
        if self.layer.follows:
            rows = self.layer.follows.weights
            for place, number in enumerate((number for row in rows for number in row), 1):
                self.working.give(f"w{place}", number, Name("w", str(place)))
            for place, number in enumerate(self.layer.follows.biases, 1):
                self.working.give(f"b{place}", number, Name("b", str(place)))

    def _add(self, key: str, rule: str, formula: Expr, name: Node, section: str, short: Node | None = None) -> Expr:
        return self.working.add(Step(key, rule, formula, name, section, short))

    def weight(self, row: int, unit: int) -> str:
        """The key of a weight of the layer that follows, numbered row by row."""
        return f"w{row * len(self.units) + unit}"

    def _train(self) -> None:
        rule = "inverted_dropout" if self.layer.inverted else "dropout"
        outs = []
        for unit in self.units:
            kept: Expr = product(symbol(f"m{unit}"), symbol(f"a{unit}"))
            formula = quotient(kept, symbol("p")) if self.layer.inverted else kept
            outs.append(self._add(f"d{unit}", rule, formula, Name("d", str(unit)), TRAIN))
        self.lists["outputs"] = tuple(f"d{unit}" for unit in self.units)
        self._next(outs, "", NEXT)
        if self.layer.gradient:
            self._backward()

    def _backward(self) -> None:
        for unit in self.units:
            backward = Backward(self.working, f"d{unit}", [f"a{unit}"], Manner(BACK))
            slope = backward.local(f"d{unit}", f"a{unit}")
            name = Partial(Name("E"), Name("a", str(unit)))
            self._add(f"dE/da{unit}", "chain", product(symbol(f"dE/dd{unit}"), slope), name, BACK)
        self.lists["gradient"] = tuple(f"dE/da{unit}" for unit in self.units)

    def _next(self, outs: Sequence[Expr], tag: str, section: str, *, scaled: bool = False) -> None:
        """Net inputs and outputs of the layer that follows; `scaled` takes its weights as testing scales them."""
        follows = self.layer.follows
        if follows is None:
            return
        row = ACTIVATIONS[follows.activation]
        for place, name in enumerate(follows.neurons):
            keys = [self.weight(place, unit) for unit in self.units]
            terms = [
                product(symbol(f"test_{key}" if scaled else key), out)
                for key, out in zip(keys, outs, strict=True)
                if out != 0
            ]
            terms += [symbol(f"b{place + 1}")] if follows.biases else []
            mark = f"({tag[1:-1]})" if tag[1:-1].isdigit() else ""
            net = Name("in", name, sup=mark, upright=True)
            net_sum = added(terms) if terms else Integer(0)
            inner = self._add(f"in_{name}{tag}", "weighted_sum", net_sum, net, section)
            if follows.activation != "linear":
                short = Call(row.sign, (net,))
                formula = row.formula(inner, symbol("_"))
                self._add(
                    f"out_{name}{tag}", "activation", formula, Name("out", name, sup=mark, upright=True), section, short
                )
        if not tag:
            self.lists["net_inputs"] = tuple(f"in_{name}" for name in follows.neurons)
            if follows.activation != "linear":
                self.lists["next_outputs"] = tuple(f"out_{name}" for name in follows.neurons)

    @property
    def result(self) -> str:
        """What is averaged: outputs of the layer that follows, or their net inputs where it is linear."""
        return "in" if self.layer.follows and self.layer.follows.activation == "linear" else "out"

    def _test(self) -> None:
        self._scaled(TEST, NEXT, "")

    def _scaled(self, section: str, after: str, tag: str) -> None:
        """One net without dropout: plain dropout multiplies by p here, inverted dropout did it before."""
        by_weights = bool(self.layer.follows) and self.layer.scale == "weights" and not self.layer.inverted
        plain = [symbol(f"a{unit}") for unit in self.units]
        if by_weights:
            self._scale_weights(section)
            self._next(plain, tag, after, scaled=True)
            return
        outs = []
        for unit in self.units:
            formula = plain[unit - 1] if self.layer.inverted else product(symbol("p"), plain[unit - 1])
            rule = "as_it_is" if self.layer.inverted else "scaled_activation"
            outs.append(self._add(f"s{unit}", rule, formula, Name("s", str(unit)), section))
        self.lists["scaled" if tag and not self.layer.follows else "outputs"] = tuple(f"s{unit}" for unit in self.units)
        self._next(outs, tag, after)

    def _scale_weights(self, section: str) -> None:
        rows = []
        for place in range(len(self.layer.follows.weights) if self.layer.follows else 0):
            keys = [self.weight(place, unit) for unit in self.units]
            for key in keys:
                name = Name("w", key[1:], sup="(test)")
                self._add(f"test_{key}", "scaled_weight", product(symbol("p"), symbol(key)), name, section)
            rows.append(tuple(f"test_{key}" for key in keys))
        self.lists["weights"] = tuple(rows)

    def _all(self) -> None:
        for mask in self.layer.masks:
            self._thinned(mask)
        if self.layer.follows is None:
            self._unit_means()
        else:
            for kind in dict.fromkeys(("in", self.result)):
                for name in self.layer.follows.neurons:
                    self._mean(kind, name)
            self.lists["mean"] = tuple(f"mean_{self.result}_{name}" for name in self.layer.follows.neurons)
        self._scaled(SCALED, SCALED, "{scaled}")
        if self.layer.follows:
            self.lists["scaled"] = tuple(f"{self.result}_{name}{{scaled}}" for name in self.layer.follows.neurons)
        self.lists["probabilities"] = tuple(f"P{_braced(mask)}" for mask in self.layer.masks)

    def _thinned(self, mask: tuple[int, ...]) -> None:
        """The probability of a mask, and what its thinned net gives."""
        kept, dropped = sum(mask), len(mask) - sum(mask)
        p, rest = symbol("p"), difference(Integer(1), symbol("p"))
        factors = [power(p, kept) if kept > 1 else p] * bool(kept)
        factors += [power(rest, dropped) if dropped > 1 else rest] * bool(dropped)
        chance = factors[0] if len(factors) == 1 else product(*factors)
        tag = _braced(mask)
        section = f"{ALL}, mask {tag[1:-1]}"
        self._add(f"P{tag}", "mask_probability", chance, Name("P", tag[1:-1]), section)
        p_in = symbol("p")
        outs = [
            (quotient(symbol(f"a{unit}"), p_in) if self.layer.inverted else symbol(f"a{unit}")) if bit else Integer(0)
            for unit, bit in zip(self.units, mask, strict=True)
        ]
        self._next(outs, tag, section)

    def _mean(self, kind: str, name: str) -> None:
        """The mean of a net input or output of the layer that follows, over all masks."""
        parts = [
            product(symbol(f"P{_braced(mask)}"), symbol(f"{kind}_{name}{_braced(mask)}")) for mask in self.layer.masks
        ]
        self._add(f"mean_{kind}_{name}", "expected", added(parts), Name("mean", f"{kind},{name}", upright=True), MEAN)

    def _unit_means(self) -> None:
        """Without a layer that follows: the mean of each unit over all masks."""
        for unit in self.units:
            own: Expr = symbol(f"a{unit}")
            given = quotient(own, symbol("p")) if self.layer.inverted else own
            chances = [symbol(f"P{_braced(mask)}") for mask in self.layer.masks if mask[unit - 1]]
            formula = product(added(chances), given) if len(chances) > 1 else product(chances[0], given)
            self._add(f"mean_d{unit}", "expected", formula, Name("mean", f"d{unit}", upright=True), MEAN)
        self.lists["mean"] = tuple(f"mean_d{unit}" for unit in self.units)


def _braced(mask: tuple[int, ...]) -> str:
    return f"{{{''.join(map(str, mask))}}}"
