"""kind: gradient-descent: from a document to a Descent, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from ..options import Options
from .common import Complaints, mended, options
from .descent import Descent, Row, Run
from .descent_keys import Spec
from .descent_names import Names, names_of
from .descent_starter import STARTER
from .document import Document, Path
from .number import Number
from .optimizer import Optimizer

__all__ = ["Spec", "problem", "starter"]

LARGEST = 4000
"""Updates of all variables in all runs."""
LONGEST = 300_000
"""Characters of the formula, worked anew in each update."""
_LINES = 50
_DERIVATION = 40
"""An update is as much work as so many characters, whatever the formula; a derivative so many times its length."""


def problem(document: Document) -> tuple[Descent, Options]:
    """The problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    descent = _Reader(spec, complaints).read() if spec else None
    if spec is None or descent is None or complaints.found:
        raise complaints.error()
    return descent, options(spec)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


class _Reader:
    """Reads what the keys of one spec have to do with each other."""

    def __init__(self, spec: Spec, complaints: Complaints) -> None:
        self.spec = spec
        self.complaints = complaints

    def read(self) -> Descent | None:
        """The problem, or None where it cannot be put together; complaints say why."""
        if not self._written_once():
            return None
        names = names_of(self.spec, self.complaints)
        if names is None:
            return None
        gradients = tuple(self._row(("gradients", i), g, names) for i, g in enumerate(self.spec.gradients))
        starts, steps = self._starts(names), self._steps(names)
        runs = self._runs(starts, steps)
        self._fits(runs, steps, names)
        return Descent(
            title=self.spec.title or self._title(names),
            variables=names.variables,
            function=self.spec.function,
            data=names.data,
            gradients=gradients,
            samples=names.samples,
            wishes=bool(self.spec.nudges),
            batch=self.spec.batch or max(len(names.data), len(names.samples)),
            runs=runs,
            point=starts[0] if starts else (),
            steps=steps,
            show_steps=self.spec.show_steps,
        )

    def _written_once(self) -> bool:
        """Whether there is a function, or gradients, or samples."""
        spec = self.spec
        given = [key for key in ("function", "gradients", "nudges") if getattr(spec, key)]
        if spec.samples and "function" not in given:
            given.append("samples")
        if not given and self.complaints.none_yet:
            self.complaints.add((), "the key function (or gradients, or samples) is missing")
        for other in given[1:]:
            self.complaints.add((other,), f"found both {given[0]} and {other}; leave one of them out", at_key=True)
        if spec.batch and not (spec.samples or spec.nudges):
            self.complaints.add(("batch",), "batches are made of samples, and there are none", at_key=True)
        return len(given) == 1

    def _title(self, names: Names) -> str:
        if self.spec.function:
            return f"Gradient descent on f = {self.spec.function}"
        return "Updates from given gradients" if self.spec.gradients else "The average of what the samples ask for"

    # points

    def _row(self, path: Path, typed: Any, names: Names) -> Row:
        """One number for each variable; zeros where the count is wrong, with a complaint."""
        if isinstance(typed, dict):
            return self._named_row(path, typed, names.variables)
        row = (typed,) if isinstance(typed, Number) else tuple(typed)
        if len(row) != len(names.variables):
            listed = ", ".join(names.variables)
            self.complaints.add(path, f"{_numbers(len(row))}, but the parameters are {len(names.variables)}: {listed}")
            return (Number.of(0),) * len(names.variables)
        return row

    def _named_row(self, path: Path, typed: dict[str, Number], variables: tuple[str, ...]) -> Row:
        for key in (key for key in typed if key not in variables):
            self.complaints.add((*path, key), f"found '{key}'; the parameters are {', '.join(variables)}", at_key=True)
        missing = [name for name in variables if name not in typed]
        if missing:
            self.complaints.add(path, f"no number for {', '.join(missing)}")
        return tuple(typed.get(name, Number.of(0)) for name in variables)

    def _starts(self, names: Names) -> list[Row]:
        start, size = self.spec.start, len(names.variables)
        if start is None:
            if self.spec.function and self.complaints.none_yet:
                example = ", ".join(f"{name}: 1" for name in names.variables)
                self.complaints.add((), f"the key start is missing: write start: {{{example}}}")
            return [(Number.of(0),) * size]
        if not isinstance(start, tuple) or not _holds_points(start, size):
            return [self._row(("start",), start, names)]
        return [self._row(("start", i), each, names) for i, each in enumerate(start)]

    # runs

    def _steps(self, names: Names) -> int:
        spec = self.spec
        most = len(spec.gradients)
        if spec.steps is not None:
            if most and spec.steps > most:
                self.complaints.add(("steps",), f"{spec.steps} steps need as many gradients; there are {most}")
            return spec.steps
        if most:
            return most
        if spec.learning_rate is None:
            return 0
        return len(range(0, len(names.samples), spec.batch or len(names.samples))) if names.samples else 1

    def _runs(self, starts: list[Row], steps: int) -> tuple[Run, ...]:
        optimizers = _listed(self.spec.optimizer)
        rates: tuple[Number, ...] = _listed(self.spec.learning_rate) if self.spec.learning_rate is not None else ()
        if not steps:
            return ()
        if not rates and all(each.name == "adadelta" for each in optimizers):
            rates = (Number.of(1),)
        if not rates and self.complaints.none_yet:
            self.complaints.add((), "the key learning_rate is missing: steps need one, such as learning_rate: 0.1")
        return tuple(Run(*each) for each in product(starts, rates, optimizers))

    def _fits(self, runs: tuple[Run, ...], steps: int, names: Names) -> None:
        updates = max(1, len(runs) * steps) * len(names.variables)
        samples = max(1, len(names.data))
        found = f"{_numbers(len(runs), 'run')} of {steps} steps with {len(names.variables)} parameters"
        if updates > LARGEST:
            self.complaints.add(("steps",), f"{found} are more than {LARGEST} updates; ask for fewer steps")
        length, count = len(self.spec.function), len(names.variables)
        if updates <= LARGEST and updates * samples * (length + _LINES) + _DERIVATION * count * length > LONGEST:
            message = f"{found} are too much work for a formula of this length; ask for less"
            self.complaints.add(("steps",) if self.spec.steps else ("function",), message)
        for path, chosen in _paths(self.spec.optimizer):
            self._fitting_state(path, chosen, names.variables)

    def _fitting_state(self, path: Path, chosen: Optimizer, variables: tuple[str, ...]) -> None:
        for letter, state in chosen.state.items():
            place = (*path, chosen.name, "state", letter)
            if isinstance(state, dict):
                self._named_row(place, state, variables)
            elif isinstance(state, tuple) and len(state) != len(variables):
                self.complaints.add(place, f"{_numbers(len(state))}, but the parameters are {', '.join(variables)}")


def _holds_points(start: tuple[Any, ...], size: int) -> bool:
    """Whether a list is one of starts: its items are points, or numbers of a single parameter."""
    return not isinstance(start[0], Number) or (size == 1 and len(start) > 1)


def _numbers(count: int, what: str = "number") -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _paths(typed: Any) -> Iterable[tuple[Path, Optimizer]]:
    """Each optimizer and where it stands."""
    if isinstance(typed, tuple):
        return [(("optimizer", i), each) for i, each in enumerate(typed)]
    return [(("optimizer",), typed)]
