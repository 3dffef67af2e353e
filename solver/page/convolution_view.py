"""What every part of a convolution page asks for: maps as matrices, lines with numbers, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from .. import notation as n
from ..notation import Node
from ..spec.convolution_problem import Conv, Convolution, Dense, Layer, Pool, Shape
from ..topics.convolution_names import name_of
from ..working import Step
from .blocks import Equation
from .convolution_grids import Rows, cut_sum, numbers_of
from .lines import Lines as LineWriter
from .lines import without_repeats

if TYPE_CHECKING:
    from ..solution import Keys, Worked

_MOST_CHANNELS, _MOST_LARGE, _LARGE = 4, 2, 6  # maps shown of a layer; fewer where they have more than 6 rows
_MOST_KERNELS = 6
_MOST_ANSWERS = 12
_MOST_MAPPED = 6
_MANY = 1500  # steps from which a page shows less of each kind
_LONG = 24  # quantities in a line that is not written in names


T = TypeVar("T")


class View:
    """A solution with the writer of its numbers."""

    def __init__(self, solution: Worked, writer: LineWriter) -> None:
        self.solution = solution
        self.writer = writer
        self.working = solution.working
        options = solution.options
        self.everything = options.everything or options.until is not None
        self._hidden = 0

    @property
    def problem(self) -> Convolution:
        problem: Convolution = self.solution.problem
        return problem

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.problem.layers

    @cached_property
    def copies(self) -> list[Step]:
        """The steps that only pass a cell on."""
        return [step for step in self.working.steps.values() if step.rule == "copy"]

    def number(self, key: str) -> Node:
        return self.writer.number(key)

    def text(self, key: str) -> str:
        """The number of a quantity as the page shows it."""
        return self.solution.values.texts[key]

    def line(self, key: str, *, names: bool = False) -> Equation:
        """formula = numbers = result; in names too where they are few."""
        step = self.working.steps[key]
        rights: list[Node] = []
        if step.short:
            rights.append(step.short)
        elif names and len(step.uses) <= _LONG:
            rights.append(self.writer.in_names(step))
        rights += [cut_sum(self.writer.in_numbers(step)), self.number(key)]
        return Equation(step.name, without_repeats(rights), key=key)

    def some(self, keys: list[str], most: int) -> list[str]:
        """The first of these lines, or all where the page shows everything; those left out are counted."""
        kept = self.some_of(keys, most)
        self.hide(len(keys) - len(kept))
        return kept

    def hide(self, count: int) -> None:
        """Counts lines that the page leaves out."""
        self._hidden += count

    def some_of(self, items: list[T], most: int) -> list[T]:
        """The first of these, fewer in a large problem; all where the page shows everything."""
        return items if self.everything else items[: self.at_most(most)]

    def at_most(self, most: int) -> int:
        """A third of what a small problem shows where there are thousands of lines."""
        return max(1, most // 3) if len(self.working.steps) > _MANY else most

    def maps(self, name: str, shape: Shape, form: str = "{}") -> Iterator[Equation]:
        """A feature map as a matrix, one line for each channel; form: what is shown of its cells, dE/d{} or {}'."""
        most = self.at_most(_MOST_LARGE if shape.height > _LARGE else _MOST_CHANNELS)
        for channel in range(shape.channels):
            if channel >= most and not self.everything:
                self._hidden += (shape.channels - channel) * shape.height * shape.width
                break
            rows = cell_rows(name, shape, channel, form)
            if all(key in self.working for row in rows for key in row):
                whole = f"{name}[{channel + 1}]" if shape.channels > 1 else name
                yield Equation(named(form, whole), (numbers_of(self.writer, rows, self.everything),))

    def kernels(self, layer: Conv, form: str = "{}") -> Iterator[Equation]:
        """The kernels of a layer as matrices, one for each channel; form: their gradients or new values."""
        shape = layer.kernel_shape
        grids = [(each.name, channel) for each in layer.filters for channel in range(shape.channels)]
        for name, channel in self.some_of(grids, _MOST_KERNELS):
            whole = f"{name}[{channel + 1}]" if shape.channels > 1 else name
            rows = cell_rows(name, shape, channel, form)
            yield Equation(named(form, whole), (numbers_of(self.writer, rows, self.everything),))

    def matrix(self, layer: Dense, form: str = "{}") -> Equation:
        """The weights of a fully connected layer, a row for each neuron; form: their gradients or new values."""
        columns = range(1, layer.before.count + 1)
        rows = [[form.format(f"{layer.matrix}[{r},{c}]") for c in columns] for r in range(1, len(layer.weights) + 1)]
        return Equation(named(form, layer.matrix), (numbers_of(self.writer, rows, self.everything),))

    def left_out(self) -> str:
        """What the page does not show, and how to see it; '' where it shows all."""
        if not self._hidden:
            return ""
        return (
            f"{self._hidden:,} lines of the same kind are not written out: --find with a cell such as "
            f"{self._example()} shows one, --all every line, --format json all numbers."
        )

    def _example(self) -> str:
        layer = self.layers[0]
        return f"{layer.name}{layer.after.index(0, layer.after.height - 1, layer.after.width - 1)}"

    def answers(self, grouped: Mapping[str, Keys]) -> Iterator[Equation]:
        """Of every list its matrix; then the single numbers."""
        last = self.layers[-1]
        told = [key for key in grouped if key == last.name or key.endswith("'") or key.startswith(("dE/dk", "dE/dw"))]
        matrices = [each for name in told for each in self._listed(name, grouped[name])]
        yield from self.some_of(matrices, _MOST_ANSWERS)
        hidden = len(matrices) - len(self.some_of(matrices, _MOST_ANSWERS))
        if hidden:
            more = f"and {hidden} matrices more: --format json gives all numbers."
            yield Equation(None, (), note=(more,))

    def biases(self) -> tuple[tuple[Node, ...], ...]:
        """A row for each bias: its name, the old value, the gradient, the new value where there is one."""
        keys = [key for key in self.problem.parameters if "[" not in key]
        forms = ("{}", "dE/d{}", "{}'")
        kept = [form for form in forms if keys and form.format(keys[0]) in self.working]
        return tuple((name_of(key), *(self.number(form.format(key)) for form in kept)) for key in keys)

    def _listed(self, name: str, keys: Keys) -> Iterator[Equation]:
        if isinstance(keys, str) or not keys:
            return
        if isinstance(keys[0], str):
            yield Equation(_spelled(name), (numbers_of(self.writer, (_texts(keys),), self.everything),))
        elif isinstance(keys[0][0], str):
            rows = tuple(_texts(row) for row in keys)
            yield Equation(_spelled(name), (numbers_of(self.writer, rows, self.everything),))
        else:
            for number, grid in enumerate(keys[:_MOST_CHANNELS], 1):
                yield from self._listed(_of_channel(name, number), grid)


def has_window(problem: Convolution) -> bool:
    """Whether a layer that slides a window comes first."""
    first = problem.layers[0]
    return (isinstance(first, Conv) and not first.transposed) or (isinstance(first, Pool) and not first.entire)


def mapped(solution: Worked) -> list[Layer]:
    """The layers whose feature maps are drawn."""
    has = solution.working.steps
    return [each for each in solution.problem.layers if f"{each.name}{each.after.index(0, 0, 0)}" in has][:_MOST_MAPPED]


def _of_channel(name: str, number: int) -> str:
    return f"{name[:-1]}[{number}]'" if name.endswith("'") else f"{name}[{number}]"


def _texts(keys: Keys) -> tuple[str, ...]:
    return tuple(key for key in keys if isinstance(key, str))


def _spelled(name: str) -> Node:
    if name.startswith("dE/d"):
        return n.Partial(name_of("E"), name_of(name[4:]))
    return name_of(name)


def named(form: str, name: str) -> Node:
    """The name of a whole map, of its gradient or of its new value."""
    return _spelled(form.format(name))


def cell_rows(name: str, shape: Shape, channel: int, form: str = "{}") -> Rows:
    """The keys of one channel's cells, row by row."""
    return [
        [form.format(f"{name}{shape.index(channel, row, column)}") for column in range(shape.width)]
        for row in range(shape.height)
    ]


def counted(number: int, noun: str) -> str:
    """1 filter, 2 filters."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
