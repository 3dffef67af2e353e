"""A small tape: operations on whole arrays are noted as they are done, and gone back over for slopes.

Arrays hold one row for each variant of the problem: vectors are (variants, units), matrices (variants, rows, columns).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..spec.network import Activation
from .activations import ACTIVATIONS, Coupled
from .backends import Arrays, settled

Returned = Callable[[Any], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Var:
    """A value on the tape, by its place there; `name` is the beginning of its keys (h_2), or ''."""

    place: int
    value: Any
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Note:
    """What made a value: the places of its operands, and how slopes come back to them."""

    operands: tuple[int, ...]
    returned: Returned


class Tape:
    """Values in the order in which they were made.

    sides: signs of net inputs where an activation has a kink, for finite differences
    """

    def __init__(self, on: Arrays) -> None:
        self.on = on
        self.xp = on.xp
        self.vars: list[Var] = []
        self._notes: list[_Note] = []
        self.sides: list[Any] = []

    def put(self, value: Any, name: str = "", operands: Sequence[Var] = (), returned: Returned = lambda g: ()) -> Var:
        """A new value and how slopes by it come back to its operands."""
        made = Var(len(self.vars), value, name)
        self.vars.append(made)
        self._notes.append(_Note(tuple(v.place for v in operands), returned))
        return made

    def times(self, matrix: Var, vector: Var, start: int) -> Var:
        """Columns `start` and following of a matrix times a vector."""
        width = vector.value.shape[1]
        part = matrix.value[:, :, start : start + width]
        value = self.xp.sum(part * vector.value[:, None, :], axis=2)
        rest = matrix.value.shape[2] - start - width

        def returned(g: Any) -> tuple[Any, Any]:
            outer = g[:, :, None] * vector.value[:, None, :]
            before, behind = (self.on.zeros(outer.shape[0], outer.shape[1], n) for n in (start, rest))
            return self.xp.concat([before, outer, behind], axis=2), self.xp.sum(g[:, :, None] * part, axis=1)

        return self.put(value, "", (matrix, vector), returned)

    def plus(self, terms: Sequence[Var], name: str = "") -> Var:
        """Vectors added; a sum that is rounding alone is 0."""
        value, size = terms[0].value, self.xp.abs(terms[0].value)
        for term in terms[1:]:
            value, size = value + term.value, size + self.xp.abs(term.value)
        return self.put(settled(self.xp, value, size), name, terms, lambda g: [g for _ in terms])

    def product(self, left: Var, right: Var, name: str = "") -> Var:
        """Entry by entry."""
        return self.put(left.value * right.value, name, (left, right), lambda g: (g * right.value, g * left.value))

    def rest(self, share: Var) -> Var:
        """1 minus each entry."""
        return self.put(1 - share.value, "", (share,), lambda g: (-g,))

    def joined(self, parts: Sequence[Var]) -> Var:
        """Vectors one behind the other."""
        ends = [0]
        for part in parts:
            ends.append(ends[-1] + part.value.shape[1])
        rows = max(part.value.shape[0] for part in parts)
        wide = [self.xp.broadcast_to(part.value, (rows, part.value.shape[1])) for part in parts]
        value = self.xp.concat(wide, axis=1)
        return self.put(value, "", parts, lambda g: [g[:, a:b] for a, b in pairwise(ends)])

    def applied(self, activation: Activation, net: Var, name: str = "") -> Var:
        """An activation function."""
        rule, on = ACTIVATIONS[activation.name], self.on
        setting = float(activation.setting.value) if activation.setting else 0.0
        value = rule.value(on, net.value, setting)
        if isinstance(rule, Coupled):
            jacobian = rule.jacobian(on, net.value, setting)
            return self.put(value, name, (net,), lambda g: (self.xp.sum(jacobian * g[:, :, None], axis=1),))
        slope = rule.slope(on, net.value, setting)
        if rule.bends:
            self.sides.append(self.xp.sign(net.value))
        return self.put(value, name, (net,), lambda g: (g * slope,))

    def slopes(self, seeds: Sequence[tuple[Var, Any]]) -> dict[int, Any]:
        """The slope of an error by every value that it rests on, from its slopes by the seeds."""
        found: dict[int, Any] = {}
        for var, slope in seeds:
            found[var.place] = found[var.place] + slope if var.place in found else slope
        for place in range(len(self.vars) - 1, -1, -1):
            if place not in found:
                continue
            note = self._notes[place]
            for operand, slope in zip(note.operands, note.returned(found[place]), strict=True):
                found[operand] = found[operand] + slope if operand in found else slope
        return found
