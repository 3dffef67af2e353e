"""The update of every weight and bias by the optimizer of the problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import notation as n
from ..algebra import Expr, symbol
from ..algebra import Integer as Whole
from ..catalog.optimizers import LETTERS, SHARED, Place, ahead, steps
from ..notation import Node
from ..spec.network import Network
from ..spec.number import Number
from ..working import Working
from .names import Names

_SIGNS = {
    "beta": n.Name("β"),
    "beta1": n.Name("β", "1"),
    "beta2": n.Name("β", "2"),
    "rho": n.Name("ρ"),
    "epsilon": n.Name("ε"),
    "weight_decay": n.Name("λ"),
    "dampening": n.Name("τ"),
    "momentum_decay": n.Name("ψ"),
}


class Updates:
    """Adds the lines of each update to a Working, and remembers what one leaves for the next.

    first: the number of the first update as a formula: an integer, or the symbol t in a loop
    """

    def __init__(self, network: Network, names: Names, working: Working, first: Expr) -> None:
        self.network = network
        self.names = names
        self.working = working
        self.first = first
        self.chosen = network.training.optimizer
        self.state: dict[str, dict[str, Expr]] = {}
        movable = network.moved
        self.moved = [p.key for p in network.parameters if p.key in movable]

    def give(self) -> None:
        """States the learning rate, the optimizer's settings, and what earlier updates left."""
        rate = self.network.learning_rate
        if rate is not None:
            self.working.give("eta", rate, self.names.rate())
        for setting, number in self.chosen.settings.items():
            if number.value != 0:
                self.working.give(setting, number, _SIGNS[setting])
        for place, parameter in enumerate(self.moved):
            for letter in self.chosen.state:
                earlier = self.chosen.earlier(letter, parameter, place)
                if earlier is not None:
                    self.give_state(letter, parameter, earlier)

    def resume(self, state: Sequence[str]) -> None:
        """States what the epoch before left (m_w5, v_w5 ..., or a letter alone) and the number t of the next update."""
        if not self.first.is_Integer:
            self.working.give("t", Number.of(1), n.Name("t"))
        for left in state:
            letter, _, parameter = left.partition("_")
            for key in [parameter] if parameter else self.moved:
                self.give_state(letter, key, Number.of(1))

    def give_state(self, letter: str, parameter: str, number: Number) -> None:
        """What earlier updates left of one letter of the state."""
        key, name = self._key(letter, parameter, "@0"), self._name(letter, parameter, "@0")
        found = symbol(key) if key in self.working else self.working.give(key, number, name)
        self.state.setdefault(parameter, {})[letter] = found

    def looked_ahead(self, current: Mapping[str, str], number: int, stage: str, section: str) -> dict[str, str]:
        """The points at which the gradients are taken: the parameters themselves, unless the optimizer looks ahead."""
        points = dict(current)
        for key in self.moved:
            for step in ahead(self.chosen, self._place(key, current[key], Whole(0), number, stage, section)):
                self.working.add(step)
                points[key] = step.key
        return points

    def add(
        self, current: Mapping[str, str], gradients: Mapping[str, str], number: int, stage: str, section: str
    ) -> dict[str, str]:
        """The lines of one update; the keys at which the parameters stand after it."""
        moved = dict(current)
        for key in self.moved:
            place = self._place(key, current[key], symbol(gradients[key]), number, stage, section)
            left = self.state.setdefault(key, {})
            for step in steps(self.chosen, place):
                if step.key not in self.working:
                    self.working.add(step)
            moved[key] = place.new
            for letter in self._letters(key, stage):
                left[letter] = symbol(self._key(letter, key, stage))
        return moved

    def _letters(self, parameter: str, stage: str) -> list[str]:
        """The letters of the state that this update has left."""
        return [x for x in self.chosen.states if self._key(x, parameter, stage) in self.working]

    def _place(self, key: str, old: str, gradient: Expr, number: int, stage: str, section: str) -> Place:
        return Place(
            parameter=symbol(old),
            gradient=gradient,
            new=f"{key}{stage or chr(39)}",
            new_name=self.names.parameter(key, stage or "'"),
            key=lambda letter: self._key(letter, key, stage),
            name=lambda letter: self._name(letter, key, stage),
            before=self.state.get(key, {}),
            update=self._number(number),
            section=section,
            about=(key,),
        )

    def _number(self, number: int) -> Expr:
        if self.first.is_Integer:
            return Whole(int(self.first) + number - 1)
        return self.first if number == 1 else self.first + Whole(number - 1)

    def _key(self, letter: str, parameter: str, stage: str) -> str:
        return f"{letter}{stage}" if letter in SHARED else f"{letter}_{parameter}{stage}"

    def _name(self, letter: str, parameter: str, stage: str) -> Node:
        if letter == "step":
            return self.names.change(parameter, stage)
        base = LETTERS.get(letter, letter)
        sub = "" if letter in SHARED else parameter
        return n.Name(base, sub, sup=stage, upright=len(base) > 2)
