"""The lines of one cell at one time: gates, candidate, cell state, hidden state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..algebra import Expr, Symbol, difference, product, symbol, total
from ..algebra import Integer as Whole
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..notation import Call, Node
from ..spec.network import Activation
from ..spec.recurrent_problem import Gate, Recurrence, Recurrent, entry
from ..working import Step, Working
from .recurrent_names import name_of, setting_letter

Keys = list[str]


class Cells:
    """Adds the lines of gates and cells to a Working.

    section: where the next lines belong; times: the time of each line added
    """

    def __init__(self, problem: Recurrent, working: Working) -> None:
        self.problem = problem
        self.working = working
        self.section = ""
        self.time = 0
        self.times: dict[str, int] = {}

    def gate(self, gate: Gate, sources: Mapping[str, Keys], added: Sequence[tuple[str, str]] = ()) -> Keys:
        """Net inputs and outputs of a gate at this time; `added` holds a product more for each row."""
        name = f"{gate.letter}_{self.time}"
        linear = gate.activation.name == "linear"
        nets = sources["below"] if not gate.parts else []
        if gate.parts:
            nets = [entry(name if linear else f"in_{name}", gate.size, row) for row in range(gate.size)]
            for row, key in enumerate(nets):
                self._net(gate, row, key, sources, added[row : row + 1])
        if linear:
            return nets
        outs = [entry(name, gate.size, row) for row in range(gate.size)]
        self._activated(gate.activation, nets, outs)
        return outs

    def _net(
        self, gate: Gate, row: int, key: str, sources: Mapping[str, Keys], added: Sequence[tuple[str, str]]
    ) -> None:
        pairs = [
            (part.block.key(row, part.start + column, self.time), source)
            for part in gate.parts
            for column, source in enumerate(sources[part.source])
        ]
        pairs += added
        slopes: dict[str, Expr] = {left: symbol(right) for left, right in pairs}
        for left, right in pairs:  # a state that is fed back is read twice: as input and as state before
            slopes[right] = total([slopes[right], symbol(left)]) if right in slopes else symbol(left)
        terms: list[Expr] = [product(symbol(left), symbol(right)) for left, right in pairs]
        for bias in gate.biases:
            number = symbol(bias.key(row, 0, self.time))
            terms.append(number)
            slopes[number.name] = Whole(1)
        self.step(key, "weighted_sum", total(terms), slopes=slopes)

    def _activated(self, activation: Activation, nets: Keys, outs: Keys) -> None:
        if activation.name in LAYER_ACTIVATIONS:
            self._together(activation.name, nets, outs)
            return
        row = ACTIVATIONS[activation.name]
        setting = symbol(setting_letter(self.problem, activation))
        for before, key in zip(nets, outs, strict=True):
            net, out = symbol(before), symbol(key)
            short = Call(row.sign, (self.working.name(before),)) if row.sign != "id" else None
            slopes = {before: row.slope(net, out, setting)}
            self.step(key, "activation", row.formula(net, setting), short=short, slopes=slopes)

    def _together(self, kind: str, before: Keys, after: Keys) -> None:
        row = LAYER_ACTIVATIONS[kind]
        nets, outs = [symbol(key) for key in before], [symbol(key) for key in after]
        for index, key in enumerate(after):
            slopes = {net.name: row.slope(outs, index, into) for into, net in enumerate(nets)}
            short = Call(row.sign, (self.working.name(before[index]),))
            self.step(key, "activation", row.formula(nets, index), short=short, slopes=slopes)

    def rnn(self, one: Recurrence, sources: Mapping[str, Keys]) -> Keys:
        """h = f(Wx x + Wh h + b)."""
        return self.gate(one.gates[0], sources)

    def lstm(self, one: Recurrence, sources: Mapping[str, Keys], before: Keys) -> tuple[Keys, Keys]:
        """The hidden and the cell state: c = f c + i g, h = o tanh(c)."""
        forget, write, fresh, shown = (
            [symbol(key) for key in self.gate(one.gate(letter), sources)] for letter in "figo"
        )
        cells = [entry(f"c{one.tag}_{self.time}", one.size, row) for row in range(one.size)]
        for row, key in enumerate(cells):
            old = symbol(before[row])
            formula = total([product(forget[row], old), product(write[row], fresh[row])])
            slopes = {forget[row].name: old, before[row]: forget[row]}
            slopes |= {write[row].name: fresh[row], fresh[row].name: write[row]}
            self.step(key, "cell_state", formula, slopes=slopes)
        states = [entry(f"h{one.tag}_{self.time}", one.size, row) for row in range(one.size)]
        for row, key in enumerate(states):
            self._hidden(one, key, shown[row], symbol(cells[row]))
        return states, cells

    def _hidden(self, one: Recurrence, key: str, gate: Symbol, cell: Symbol) -> None:
        row, setting = ACTIVATIONS[one.activation.name], symbol(setting_letter(self.problem, one.activation))
        shown = row.formula(cell, setting)
        slope = row.slope(cell, shown, setting)
        slopes = {gate.name: shown, cell.name: gate if slope == 1 else product(gate, slope)}
        self.step(key, "hidden_state", product(gate, shown), slopes=slopes)

    def gru(self, one: Recurrence, sources: Mapping[str, Keys]) -> Keys:
        """h = z h + (1 − z) g, or with z and 1 − z in each other's place."""
        keep, reset = self.gate(one.gate("z"), sources), self.gate(one.gate("r"), sources)
        if self.problem.reset_after:
            inner = self.gate(one.gate("u"), sources)
            fresh = self.gate(one.gate("g"), sources, list(zip(reset, inner, strict=True)))
        else:
            fresh = self.gate(one.gate("g"), {**sources, "s": self._after_reset(one, reset, sources["h"])})
        states = [entry(f"h{one.tag}_{self.time}", one.size, row) for row in range(one.size)]
        for key, z, old, new in zip(states, keep, sources["h"], fresh, strict=True):
            self._blend(key, symbol(z), symbol(old), symbol(new))
        return states

    def _after_reset(self, one: Recurrence, reset: Keys, old: Keys) -> Keys:
        keys = [entry(f"s{one.tag}_{self.time}", one.size, row) for row in range(one.size)]
        for key, gate, state in zip(keys, reset, old, strict=True):
            slopes = {gate: symbol(state), state: symbol(gate)}
            self.step(key, "reset_state", product(symbol(gate), symbol(state)), slopes=slopes)
        return keys

    def _blend(self, key: str, z: Symbol, old: Symbol, new: Symbol) -> None:
        rest = difference(Whole(1), z)
        if self.problem.keeps_old:
            formula = total([product(z, old), product(rest, new)])
            slopes: dict[str, Expr] = {z.name: difference(old, new), old.name: z, new.name: rest}
        else:
            formula = total([product(rest, old), product(z, new)])
            slopes = {z.name: difference(new, old), old.name: rest, new.name: z}
        self.step(key, "blend", formula, slopes=slopes)

    def step(
        self,
        key: str,
        rule: str,
        formula: Expr,
        *,
        short: Node | None = None,
        slopes: Mapping[str, Expr] | None = None,
    ) -> None:
        """A line of this time and section."""
        self.times[key] = self.time
        self.working.add(Step(key, rule, formula, name_of(key), self.section, short, slopes or {}))
