"""The forward pass of a convolution problem: every cell of every layer is a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Min

from ..algebra import Expr, Rational, Symbol, cases, maximum, product, quotient, symbol, total
from ..algebra import Integer as Whole
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..catalog.losses import CLASS_LOSSES, LOSSES
from ..notation import Call, Name, Node
from ..spec.convolution_problem import (
    Activated,
    Cell,
    Conv,
    Convolution,
    Dense,
    Layer,
    Pool,
    Reshaped,
    Shape,
    Upsample,
    parameters_of,
)
from ..spec.number import Number
from ..working import Step, Working
from .convolution_names import letter, name_of, settings
from .convolution_windows import pooled, window

FORWARD, ERROR = "Forward pass", "Error"

Map = dict[Cell, str]
"""The keys of the cells of one feature map."""


def cells_of(shape: Shape, name: str) -> Map:
    """The keys of a map's cells by their places."""
    return {cell: f"{name}{shape.index(*cell)}" for cell in shape.cells()}


class Forward:
    """Adds givens, layers and error to a Working; `maps` holds the cells of 'x', 'scaled' and every layer."""

    def __init__(self, problem: Convolution, working: Working) -> None:
        self.problem = problem
        self.working = working
        self.maps: dict[str, Map] = {}
        self.section = FORWARD

    def add(self) -> None:
        """All of the forward pass, and the error where there is a target."""
        self._givens()
        current = self._image()
        for layer in self.problem.layers:
            self.section = f"{FORWARD}: {layer.name}"
            current = self.maps[layer.name] = self._layer(layer, current)
        if self.problem.has_target:
            self.section = ERROR
            self._error(list(current.values()))

    def _give(self, key: str, number: Number) -> None:
        self.working.give(key, number, name_of(key))

    def _givens(self) -> None:
        problem = self.problem
        self.maps["x"] = cells_of(problem.shape, "x")
        for (channel, row, column), key in self.maps["x"].items():
            self._give(key, problem.image[channel][row][column])
        if problem.scale:
            self._give("scale", problem.scale)
        for layer in problem.layers:
            for key, number in parameters_of(layer).items():
                self._give(key, number)
        for key, number in settings(problem).items():
            self._give(key, number)
        for cell, number in zip(problem.output.cells(), problem.target, strict=False):
            self._give(f"t{problem.output.index(*cell)}", number)
        if problem.learns and problem.learning_rate:
            self._give("eta", problem.learning_rate)

    def _image(self) -> Map:
        if not self.problem.scale:
            return self.maps["x"]
        self.section = f"{FORWARD}: scaled"
        found = self.maps["scaled"] = cells_of(self.problem.shape, "scaled")
        for cell, key in found.items():
            self._step(key, "scaled", quotient(symbol(self.maps["x"][cell]), symbol("scale")))
        return found

    def _layer(self, layer: Layer, before: Map) -> Map:
        if isinstance(layer, Reshaped):
            return dict(zip(layer.after.cells(), before.values(), strict=True))
        found = cells_of(layer.after, layer.name)
        if isinstance(layer, Conv):
            self._conv(layer, before, found)
        elif isinstance(layer, Pool):
            for cell, key in found.items():
                self._pool(layer, key, {place: symbol(before[each]) for place, each in pooled(layer, *cell)})
        elif isinstance(layer, Activated):
            self._activated(layer, list(before.values()), list(found.values()))
        elif isinstance(layer, Upsample):
            for (channel, row, column), key in found.items():
                source = symbol(before[channel, row // layer.factor[0], column // layer.factor[1]])
                self._step(key, "copy", source, slopes={source.name: Whole(1)})
        else:
            self._dense(layer, list(before.values()), list(found.values()))
        return found

    def _conv(self, layer: Conv, before: Map, found: Map) -> None:
        rule = "transposed_convolution" if layer.transposed else "convolution"
        weights = [
            dict(zip(layer.kernel_shape.cells(), layer.weight_keys(each), strict=True)) for each in layer.filters
        ]
        for (channel, row, column), key in found.items():
            each = layer.filters[channel]
            pairs = [
                (symbol(before[cell]), symbol(weights[channel][weight]))
                for weight, cell in window(layer, row, column)
                if cell
            ]
            bias = symbol(each.bias.key) if each.bias else None
            self._weighted(key, rule, pairs, bias)

    def _weighted(self, key: str, rule: str, pairs: Sequence[tuple[Symbol, Symbol]], bias: Symbol | None) -> None:
        slopes: dict[str, Expr] = {left.name: right for left, right in pairs}
        slopes |= {right.name: left for left, right in pairs}
        terms: list[Expr] = [product(left, right) for left, right in pairs]
        if bias is not None:
            terms.append(bias)
            slopes[bias.name] = Whole(1)
        self._step(key, rule, total(terms), slopes=slopes)

    def _pool(self, layer: Pool, key: str, by_place: Mapping[int, Symbol]) -> None:
        cells = list(by_place.values())
        if layer.how == "avg":
            share = Rational(1, len(cells))
            slopes: dict[str, Expr] = {cell.name: share for cell in cells}
            self._step(key, "avg_pool", product(share, total(cells)) if len(cells) > 1 else cells[0], slopes=slopes)
            return
        if layer.group:
            cells = self._in_groups(layer, key, by_place)
        self._extreme(key, layer.how, cells, name_of(key))

    def _in_groups(self, layer: Pool, key: str, by_place: Mapping[int, Symbol]) -> list[Symbol]:
        """Of a large window first the largest (or smallest) of each row."""
        groups: dict[int, list[Symbol]] = {}
        for place, cell in by_place.items():
            groups.setdefault(place // layer.group + 1, []).append(cell)
        whole = name_of(key)
        for number, group in groups.items():
            name = Name(whole.base, str(number), sup=whole.sup, upright=True)
            self._extreme(f"{key}:{number}", layer.how, group, name)
        return [symbol(f"{key}:{number}") for number in groups]

    def _extreme(self, key: str, how: str, cells: list[Symbol], name: Node) -> None:
        if len(cells) == 1:
            self._step(key, "copy", cells[0], name=name, slopes={cells[0].name: Whole(1)})
            return
        formula = maximum(*cells) if how == "max" else Min(*cells, evaluate=False)
        slopes = {cell.name: _chosen(cells, place, how) for place, cell in enumerate(cells)}
        self._step(key, f"{how}_pool", formula, name=name, slopes=slopes)

    def _activated(self, layer: Activated, nets: list[str], outs: list[str]) -> None:
        kind = layer.activation.name
        if kind in LAYER_ACTIVATIONS:
            self._together(kind, nets, outs)
            return
        row = ACTIVATIONS[kind]
        setting = symbol(letter(self.problem, layer))
        for before, key in zip(nets, outs, strict=True):
            net, out = symbol(before), symbol(key)
            short = Call(row.sign, (self.working.name(before),)) if row.sign != "id" else None
            slopes = {before: row.slope(net, out, setting)}
            self._step(key, "activation", row.formula(net, setting), short=short, slopes=slopes)

    def _together(self, kind: str, before: list[str], after: list[str]) -> None:
        """Softmax and the like; their slopes speak of all outputs, also of those worked below."""
        row = LAYER_ACTIVATIONS[kind]
        nets, outs = [symbol(key) for key in before], [symbol(key) for key in after]
        for index, key in enumerate(after):
            slopes = {net.name: row.slope(outs, index, into) for into, net in enumerate(nets)}
            short = Call(row.sign, (self.working.name(before[index]),))
            self._step(key, "activation", row.formula(nets, index), short=short, slopes=slopes)

    def _dense(self, layer: Dense, before: list[str], found: list[str]) -> None:
        for row, key in enumerate(found):
            weights = [symbol(f"{layer.matrix}[{row + 1},{column + 1}]") for column in range(len(before))]
            bias = layer.biases[row]
            pairs = [(weight, symbol(each)) for weight, each in zip(weights, before, strict=True)]
            self._weighted(key, "weighted_sum", pairs, symbol(bias.key) if bias else None)

    def _error(self, outs: list[str]) -> None:
        endings = [self.problem.output.index(*cell) for cell in self.problem.output.cells()]
        loss, label = self.problem.loss.name, self.problem.label
        outputs = [symbol(key) for key in outs]
        parts = []
        if label is not None:
            for index, formula, slopes in CLASS_LOSSES[loss].parts(list(outputs), label):
                parts.append(f"E{endings[index]}")
                self._step(parts[-1], "loss", formula, slopes={outs[i]: s for i, s in slopes.items()})
        else:
            row = LOSSES[loss]
            for out, ending in zip(outputs, endings, strict=True):
                arguments = (symbol(f"t{ending}"), out, len(outs), symbol(row.setting or "_"))
                parts.append(f"E{ending}")
                self._step(parts[-1], "loss", row.part(*arguments), slopes={out.name: row.slope(*arguments)})
        self._step("E", "total", total(map(symbol, parts)))

    def _step(
        self,
        key: str,
        rule: str,
        formula: Expr,
        *,
        name: Node | None = None,
        short: Node | None = None,
        slopes: Mapping[str, Expr] | None = None,
    ) -> None:
        self.working.add(Step(key, rule, formula, name or name_of(key), self.section, short, slopes or {}))


def _chosen(cells: Sequence[Symbol], place: int, how: str) -> Expr:
    """1 for the largest (or smallest) cell, the first one where several are equal; 0 for the others."""
    own, sign = cells[place], 1 if how == "max" else -1
    pieces = []
    for index, other in enumerate(cells):
        if index < place:
            pieces.append((Whole(0), other >= own if sign > 0 else other <= own))
        elif index > place:
            pieces.append((Whole(0), other > own if sign > 0 else other < own))
    return cases(*pieces, (Whole(1), True))
