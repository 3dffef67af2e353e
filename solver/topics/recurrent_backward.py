"""Backpropagation through time: the chain rule over the unrolled steps, what each time brings, norms, updates."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ..algebra import Expr, Integer, Rational, Symbol, absolute, difference, power, product, symbol, total
from ..backward import Backward, Manner
from ..notation import Absolute, Partial
from ..spec.recurrent_problem import Recurrent
from ..working import Step, Working
from .recurrent_forward import Forward
from .recurrent_names import name_of

BACKWARD, WEIGHTS, NORMS, UPDATE = "Backward pass", "Backward pass: weights", "Backward pass: sizes", "Update"
MOST_SHARES = 4000  # of more contributions of single times each gradient is one line


class ThroughTime:
    """Adds the backward pass of a recurrent problem to its Working.

    shares: for each parameter the key of what each time brings to its gradient, by the error's time (0: all) and time
    """

    def __init__(self, problem: Recurrent, forward: Forward) -> None:
        self.problem = problem
        self.forward = forward
        self.working: Working = forward.working
        self.times = forward.cells.times
        self.parameters = [key for block in problem.blocks for key, _ in block.entries()]
        self.shares: dict[str, dict[tuple[int, int], str]] = {}
        self.starts = [key for (letter, _), keys in forward.states.items() if letter[0] in "hc" for key in keys]
        self.starts = [key for key in self.starts if key in self.working.givens]

    def add(self) -> None:
        """Every slope from the last time to the first, the gradients of all weights, their sizes, the update."""
        errors = self._errors()
        passes = {of: self._pass(of) for of in errors}
        if "E" in errors:
            self._short_forms()
        for key in self.parameters:
            self._gradient(key, errors, passes)
        if len(errors) == 1:
            self._sizes()
        if self.problem.learns:
            self._update()

    def _errors(self) -> dict[str, int]:
        """The errors that are gone back from, each with its time: E as a whole, or E_1, E_2 ... where truncated."""
        timed = [time for time, target in enumerate(self.problem.targets, 1) if target]
        if self.problem.truncate and len(timed) > 1:
            return {f"E_{time}": time for time in reversed(timed)}
        return {"E": timed[-1]}

    def _first(self, last: int) -> int:
        """The earliest time that an error of this time goes back to."""
        return max(1, last - self.problem.truncate + 1) if self.problem.truncate else 0

    def _pass(self, of: str) -> Backward:
        """The slopes of one error by every quantity worked, from the last time that it reads."""
        manner = Manner(BACKWARD, apart=lambda step, key: False)
        backward = Backward(self.working, of, [*self.parameters, *self.starts], manner)
        last = self._errors()[of]
        several = f"error of time {last}, " if of != "E" else ""
        for key in self._back_in_time(backward):
            time = self.times[key]
            if time and time >= self._first(last):
                place = self.working.steps[key].section.partition(": ")[2] or f"time {time}"
                backward.manner = replace(manner, section=f"{BACKWARD}: {several}{place}")
                backward.require(key)
        if not self.problem.truncate:
            backward.manner = replace(manner, section=f"{BACKWARD}: first states")
            for key in self.starts:
                if key in backward.readers:
                    backward.require(key)
        backward.manner = replace(manner, section=WEIGHTS)
        return backward

    def _back_in_time(self, backward: Backward) -> list[str]:
        """What the error rests on, the last vector first, each from its first entry."""
        found: list[list[str]] = []
        before = ""
        for key in self.times:
            if key not in backward.readers:
                continue
            vector = key.partition("[")[0].removeprefix("in_")
            if vector == before:
                found[-1].append(key)
            else:
                found.append([key])
            before = vector
        return [key for keys in reversed(found) for key in sorted(keys, key=lambda k: k.startswith("in_"))]

    def _short_forms(self) -> None:
        """Softmax with cross-entropy, sigmoid with binary cross-entropy: the chain collapses to y − t."""
        output, loss = self.problem.output, self.problem.loss.name
        if output is None or not output.parts:
            return
        for time, target in enumerate(self.problem.targets, 1):
            if not target:
                continue
            whole = sum(number.value for number in target.numbers) == 1
            kind = output.activation.name
            for place, out in enumerate(self.forward.states["y", time]):
                formula: Expr | None = None
                if (loss, kind) == ("cce", "softmax") and whole:
                    formula = difference(symbol(out), symbol(self.forward.states["t", time][place]))
                elif (loss, kind) == ("sparse_cce", "softmax"):
                    formula = difference(symbol(out), Integer(1)) if place == target.label else symbol(out)
                elif (loss, kind, output.size) == ("bce", "sigmoid", 1):
                    formula = difference(symbol(out), symbol(self.forward.states["t", time][place]))
                self._short(f"in_{out}", formula)

    def _short(self, net: str, formula: Expr | None) -> None:
        key = f"dE/d{net}"
        if formula is not None and key in self.working:
            before = self.working.steps[key]
            step = Step(f"{key}:short", "short_form", formula, before.name, before.section, about=(net,))
            self.working.add(step)

    def _gradient(self, key: str, errors: dict[str, int], passes: dict[str, Backward]) -> None:
        """What each time brings, and their sum; a single line where only one time or error reads the parameter."""
        found = list(self._terms(key, errors, passes))
        if len(found) != 1 or "E" not in errors:
            self._summed(key, found)
            return
        ((_, time, formula),) = found
        gradient, name = f"dE/d{key}", Partial(name_of("E"), name_of(key))
        self.shares[key] = {(0, time): gradient}
        self.working.add(Step(gradient, "chain", formula, name, WEIGHTS, about=(key,)))

    def _terms(self, key: str, errors: dict[str, int], passes: dict[str, Backward]) -> Iterator[tuple[str, int, Expr]]:
        """The error, the time, and slope of the line that reads the parameter times its partner in that line."""
        for of, last in errors.items():
            for reader in passes[of].readers.get(key, []):
                if self.times[reader] < self._first(last):
                    continue
                slope, partner = passes[of].require(reader), self.working.steps[reader].slopes[key]
                yield of, self.times[reader], slope if partner == 1 else product(slope, partner)

    def _summed(self, key: str, found: list[tuple[str, int, Expr]]) -> None:
        gradient, name = f"dE/d{key}", Partial(name_of("E"), name_of(key))
        if not found:
            self.working.add(Step(gradient, "no_path", Integer(0), name, WEIGHTS, about=(key,)))
            return
        apart = len(self.parameters) * len(found) <= MOST_SHARES
        terms = [self._share(key, *each) for each in found] if apart else [formula for _, _, formula in found]
        self.working.add(Step(gradient, "shared_weight", total(terms), name, WEIGHTS, about=(key,)))

    def _share(self, key: str, of: str, time: int, formula: Expr) -> Symbol:
        """The line of what one time brings to a gradient."""
        found = f"d{of}/d{key}" if "@" in key else f"d{of}/d{key}@{time}"
        owner = int(of[2:]) if of != "E" else 0
        self.shares.setdefault(key, {})[owner, time] = found
        name = Partial(name_of(of), name_of(key if "@" in key else f"{key}@{time}"))
        self.working.add(Step(found, "time_share", formula, name, WEIGHTS, about=(key,)))
        return symbol(found)

    def _sizes(self) -> None:
        """The length of ∂E/∂h at every time, for each layer and direction."""
        half = Rational(1, 2)
        for one in self.problem.recurrences:
            times = range(self.problem.steps, -1, -1) if not one.backwards else range(1, self.problem.steps + 2)
            for time in times:
                keys = [f"dE/d{key}" for key in self.forward.states[f"h{one.tag}", time]]
                if not all(key in self.working for key in keys):
                    continue
                squares = power(total([power(symbol(key), 2) for key in keys]), half)
                length = absolute(symbol(keys[0])) if len(keys) == 1 else squares
                name = Absolute(Partial(name_of("E"), name_of(f"h{one.tag}_{time}")))
                step = Step(f"norm{one.tag}_{time}", "length", length, name, NORMS)
                self.working.add(step)

    def _update(self) -> None:
        for key in self.parameters:
            formula = difference(symbol(key), product(symbol("eta"), symbol(f"dE/d{key}")))
            self.working.add(Step(f"{key}'", "update", formula, name_of(f"{key}'"), UPDATE, about=(key,)))
