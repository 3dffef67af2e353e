"""The lines of one descent: from its start through every update."""

from __future__ import annotations

from collections.abc import Callable

from ..algebra import Expr, Integer, negative, symbol
from ..catalog.optimizers import SETTINGS, SHARED, Place, ahead, settings, steps
from ..notation import Name, Node
from ..spec.descent import Run
from ..spec.number import Number
from .descent_lines import Writer, average_key
from .descent_names import quantity, variable


class RunWriter:
    """The lines of one descent."""

    def __init__(self, writer: Writer, run: Run, tag: str) -> None:
        self.writer, self.run, self.tag = writer, run, tag
        self.problem, self.working = writer.problem, writer.working
        self.variables = self.problem.variables
        self.before: dict[str, dict[str, Expr]] = {}

    def key(self, base: str, k: int) -> str:
        """The key of a quantity after k updates."""
        return f"{base}[{k}]{self.tag}"

    def work(self) -> None:
        """Adds every update, with f and the gradient at each point."""
        self._givens()
        if self.writer.function is not None:
            self._value(0, "At the start")
        for k in range(1, self.problem.steps + 1):
            self._update(k, f"Step {k}")
            if self.writer.function is not None:
                self._value(k, f"Step {k}")
        if self.writer.function is not None:
            self._slopes(self.problem.steps, self._point(self.problem.steps), "At the last point", last=True)

    def _givens(self) -> None:
        for name, number in zip(self.variables, self.run.start, strict=True):
            self.writer.give(self.key(name, 0), number, variable(name, 0))
        self.writer.give(f"eta{self.tag}", self.run.rate, Name("η"))
        for setting, number in settings(self.run.optimizer).items():
            self.writer.give(f"{setting}{self.tag}", number, SETTINGS[setting])
        for place, name in enumerate(self.variables):
            self.before[name] = {}
            for letter in self.run.optimizer.states:
                self._state(letter, name, place)

    def _state(self, letter: str, name: str, place: int) -> None:
        """States what earlier updates left of this letter; nothing where it starts with the first gradient."""
        number = self.run.optimizer.earlier(letter, name, place)
        if number is None and self.run.optimizer.starts_empty:
            return
        key = self._letter_key(letter, name, 0)
        if key not in self.working:
            self.writer.give(key, number or Number.of(0), self._letter_name(letter, name, 0))
        self.before[name][letter] = symbol(key)

    def _letter_key(self, letter: str, name: str, k: int) -> str:
        return self.key(letter if letter in SHARED else f"{letter}_{name}", k)

    def _letter_name(self, letter: str, name: str, k: int) -> Node:
        shown = "" if letter in SHARED or self.writer.alone else name
        return quantity(letter, shown, f"[{k}]", parameter=name)

    def _point(self, k: int) -> dict[str, Expr]:
        return {name: symbol(self.key(name, k)) for name in self.variables}

    def _value(self, k: int, section: str) -> None:
        self.writer.value(self.key("f", k), self._point(k), self._in(section))

    def _in(self, section: str) -> str:
        return f"{section} of run {self.tag[1:]}" if self.tag else section

    def _update(self, k: int, section: str) -> None:
        places = {name: self._place(name, k, self._in(section)) for name in self.variables}
        point = self._point(k - 1)
        for name, place in places.items():
            for step in ahead(self.run.optimizer, place):
                point[name] = self.working.add(step)
        self._slopes(k - 1, point, section)
        for name, place in places.items():
            for step in steps(self.run.optimizer, place):
                if step.key not in self.working:
                    self.working.add(step)
            letters = self.run.optimizer.states
            self.before[name] = {letter: symbol(self._letter_key(letter, name, k)) for letter in letters}

    def _place(self, name: str, k: int, section: str) -> Place:
        return Place(
            parameter=symbol(self.key(name, k - 1)),
            gradient=symbol(self.key(f"df/d{name}", k - 1)),
            new=self.key(name, k),
            new_name=variable(name, k),
            key=_bound(self._letter_key, name, k),
            name=lambda letter: self._letter_name(letter, name, k),
            before=self.before[name],
            update=Integer(self.run.optimizer.t + k - 1),
            section=section,
            about=(name,),
            setting=lambda key: symbol(f"{key}{self.tag}"),
        )

    def _slopes(self, k: int, point: dict[str, Expr], section: str, *, last: bool = False) -> None:
        """The gradient for update k + 1: of the function over its batch, given, or a batch's average."""
        batches = self.problem.batches
        batch = batches[k % len(batches)] if batches else ()
        for place, name in enumerate(self.variables):
            key = self.key(f"df/d{name}", k)
            if self.problem.gradients:
                self.writer.give(key, self.problem.gradients[k][place], quantity("g", self._shown(name), f"[{k}]"))
            elif self.problem.samples:
                self._from_average(key, name, k, section)
            else:
                over = tuple(range(1, len(self.problem.data) + 1)) if last else batch
                self.writer.slope(key, name, point, over, self._in(section))

    def _shown(self, name: str) -> str:
        return "" if self.writer.alone else name

    def _from_average(self, key: str, name: str, k: int, section: str) -> None:
        batches = self.problem.batches
        number = k % len(batches) + 1 if len(batches) > 1 else 0
        found = symbol(average_key(name, number))
        rule, formula = ("wish", negative(found)) if self.problem.wishes else ("batch_gradient", found)
        self.writer.add(key, rule, formula, self.writer.partial(name), self._in(section))


def _bound(key: Callable[[str, str, int], str], name: str, k: int) -> Callable[[str], str]:
    return lambda letter: key(letter, name, k)
