"""The chain rule over any list of steps: it knows no network, only which line uses which.

For every quantity q that is wanted, ∂E/∂q is the sum, over the lines c that use q, of ∂E/∂c · ∂c/∂q.
A line with slope 1 into the error (a mere total) is passed through, so that an exam's ∂E/∂out appears at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from .algebra import Expr, Integer, product, symbol, total
from .differentiate import derivative
from .notation import Bracket, Node, Partial, Prefixed, Word
from .working import Step, Working

_SLOPE_RULES = {"weighted_sum": "sum_slope", "activation": "activation_slope", "loss": "loss_slope"}


def _as_written(key: str) -> str:
    return key


class Manner(Struct, frozen=True):
    """How the lines of a backward pass are named and cut.

    adjoints: key and name for ∂E/∂q where they are not the plain ones (delta_o1 for a net input)
    adjoint_key, slope_key: the plain keys of ∂E/∂q and of ∂c/∂q
    via:      what a path is called, from the key of the line it goes through (in_o1: over o1)
    factors:  whether ∂E/∂q is written as its factors when it is used again (else as one quantity)
    opened:   whether the whole formula of ∂E/∂q stands in its place, after the slope: f'(z) Σ δ w
    apart:    whether ∂c/∂q gets a line of its own before it is used in a product
    """

    section: str = "Backward pass"
    adjoints: Mapping[str, tuple[str, Node]] = field(default_factory=dict)
    adjoint_key: Callable[[str, str], str] = lambda of, key: f"d{of}/d{key}"
    slope_key: Callable[[str, str], str] = lambda of, key: f"d{of}/d{key}"
    via: Callable[[str], str] = _as_written
    factors: Callable[[str], bool] = lambda key: False
    opened: Callable[[str], bool] = lambda key: False
    apart: Callable[[Step, str], bool] = lambda step, key: True


class Backward:
    """Adds the lines of the backward pass from `of` to a Working, each when it is first needed.

    held: quantities taken as they are, such as weights after an update: how they came about is no path.
    """

    def __init__(
        self, working: Working, of: str, wanted: Iterable[str], manner: Manner, held: Iterable[str] = ()
    ) -> None:
        self.working = working
        self.of = of
        self.manner = manner
        self.readers = self._readers(set(wanted), held)
        self._unit: set[str] = {of}
        self._chains: dict[str, tuple[Expr, ...]] = {}
        self._found: dict[str, Expr] = {}

    def _readers(self, wanted: set[str], held: Iterable[str]) -> dict[str, list[str]]:
        """For each quantity the lines that use it on the way from the wanted ones to the error, in order."""
        reach = self.working.needs([self.of], held)
        moved = set(wanted)
        readers: dict[str, list[str]] = {}
        for key, step in self.working.steps.items():
            if key not in reach:
                continue
            for used in step.uses:
                if used in moved:
                    readers.setdefault(used, []).append(key)
                    moved.add(key)
        return readers

    def require(self, key: str) -> Expr:
        """The symbol of ∂E/∂key, after adding every line that it needs."""
        stack = [key]
        while stack:
            top = stack[-1]
            missing = [c for c in self.readers.get(top, []) if c not in self._found and c not in self._unit]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if top not in self._found and top not in self._unit:
                self._settle(top)
        return self._found.get(key, Integer(1))

    def key(self, quantity: str) -> str:
        """The key of ∂E/∂quantity."""
        found = self.manner.adjoints.get(quantity)
        return found[0] if found else self.manner.adjoint_key(self.of, quantity)

    def _name(self, quantity: str) -> Node:
        found = self.manner.adjoints.get(quantity)
        return found[1] if found else self._partial(self.of, quantity)

    def _partial(self, top: str, bottom: str) -> Partial:
        return Partial(self.working.name(top), self.working.name(bottom))

    def _settle(self, quantity: str) -> None:
        readers = self.readers.get(quantity, [])
        steps = [self.working.steps[c] for c in readers]
        if len(steps) == 1 and steps[0].key in self._unit and steps[0].rule == "total":
            self._unit.add(quantity)
        elif not steps:
            self._add(quantity, "no_path", Integer(0), ())
        elif len(steps) == 1:
            self._single(quantity, steps[0])
        else:
            self._several(quantity, steps)

    def _single(self, quantity: str, reader: Step) -> None:
        if reader.key in self._unit:
            formula, rule = self._local(reader, quantity)
            self._add(quantity, rule, formula, (reader.key, quantity))
            return
        factors = (*self._incoming(reader.key), self._slope(reader, quantity))
        if self.manner.opened(reader.key):
            factors = (factors[-1], *factors[:-1])
        self._chains[quantity] = factors
        self._add(quantity, "chain", product(*factors), (reader.key,))

    def _several(self, quantity: str, readers: list[Step]) -> None:
        inline = not any(self.manner.apart(r, quantity) for r in readers)
        for reader in readers:  # all slopes first, so that the paths stand together
            if reader.key not in self._unit:
                self._slope(reader, quantity)
        terms = [self._path(quantity, r, inline) for r in readers]
        self._add(quantity, "sum_of_paths", total(terms), tuple(r.key for r in readers))

    def _path(self, quantity: str, reader: Step, inline: bool) -> Expr:
        if reader.key in self._unit:
            formula, rule = self._local(reader, quantity)
        else:
            formula, rule = product(*self._incoming(reader.key), self._slope(reader, quantity)), "path"
        if inline:
            return formula
        via = self.manner.via(reader.key)
        key = f"{self.key(quantity)}:{via}"
        where = Bracket(reader.name) if via == reader.key else Word(f"({via})")
        name = Prefixed(self._name(quantity), where)
        step = Step(key, rule, formula, name, self.manner.section, about=(reader.key, quantity))
        return self.working.add(step)

    def _incoming(self, reader: str) -> tuple[Expr, ...]:
        if self.manner.factors(reader) and reader in self._chains:
            return self._chains[reader]
        if self.manner.opened(reader):
            return (self.working.steps[self.key(reader)].formula,)
        return (self._found[reader],)

    def _local(self, reader: Step, quantity: str) -> tuple[Expr, str]:
        known = reader.slopes.get(quantity)
        slope = derivative(reader.formula, symbol(quantity)) if known is None else known
        return slope, _SLOPE_RULES.get(reader.rule, "slope")

    def _slope(self, reader: Step, quantity: str) -> Expr:
        if not self.manner.apart(reader, quantity):
            return self._local(reader, quantity)[0]
        return self.local(reader.key, quantity)

    def local(self, of: str, quantity: str) -> Expr:
        """The symbol of ∂of/∂quantity, a line of its own."""
        key = self.manner.slope_key(of, quantity)
        if key in self.working:
            return symbol(key)
        reader = self.working.steps[of]
        formula, rule = self._local(reader, quantity)
        name = self._partial(reader.key, quantity)
        return self.working.add(Step(key, rule, formula, name, self.manner.section, about=(reader.key, quantity)))

    def _add(self, quantity: str, rule: str, formula: Expr, about: tuple[str, ...]) -> None:
        step = Step(self.key(quantity), rule, formula, self._name(quantity), self.manner.section, about=about)
        self._found[quantity] = self.working.add(step)
