"""The backward pass on the page: chain factor by factor, each derived once and then referred to by its mark."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from .. import notation as n
from ..evaluate import holds
from ..formula import written
from ..notation import Node
from ..spec.network import Network
from ..working import Step
from .blocks import Block, Equation, Heading, Lines, Paths, Prose, Text
from .kinks import kink_note
from .lines import Lines as LineWriter
from .lines import without_repeats

if TYPE_CHECKING:
    from ..solution import Worked


def chain_blocks(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """The chain rule for every weight and bias that is asked for, output layer first."""
    yield Heading(("Chain rule",))
    yield Prose(tuple(_opening(solution)))
    yield from _Chain(network, solution, writer).blocks()


def _opening(solution: Worked) -> Iterator[str | Node]:
    error = solution.working.name("E")
    if solution.options.style == "chain":
        yield "A weight moves its neuron's net input, that moves the output, and so on up to "
        yield error
        yield ": the derivative is the product of the slopes along this chain, and the sum over all chains. "
        yield "Each factor is worked out once and gets a mark; later lines use the mark."
    else:
        yield "δ of a neuron is the derivative of "
        yield error
        yield " by its net input: the slope of its activation times what comes back from the neurons after it. "
        yield "The gradient of a weight is the δ of the neuron it leads to times the value it carries."


class _Chain:
    def __init__(self, network: Network, solution: Worked, writer: LineWriter) -> None:
        self.network = network
        self.solution = solution
        self.writer = writer
        self.working = solution.working
        self.chain = solution.options.style == "chain"
        self.ends = {w.weight.key: (w.source, m.name) for m in network.neurons for w in m.wires}
        self.parameters = {p.key for p in (*network.weights, *network.biases)}

    def blocks(self) -> Iterator[Block]:
        steps = [self.working.steps[key] for key in self.solution.shown_keys]
        backward = [step for step in steps if step.section == "Backward pass" and not self._silent(step)]
        return self._by_weight(backward) if self.chain else self._by_neuron(backward)

    def _by_neuron(self, steps: list[Step]) -> Iterator[Block]:
        """The delta style: each neuron's delta, then the gradients of what leads into it."""
        pending: list[Equation] = []
        heading: Heading | None = None
        for step in steps:
            if step.key.startswith("delta_") and ":" not in step.key:
                if heading is not None:
                    lines, pending = _cut_before_slopes(pending)
                    yield from (heading, Lines(lines))
                heading = Heading(("Neuron ", n.Word(step.key.removeprefix("delta_"))), level=2)
            pending += [*self._announced(step), self._factor(step)]
        if heading is not None:
            yield heading
        yield Lines(tuple(pending))

    def _by_weight(self, steps: list[Step]) -> Iterator[Block]:
        pending: list[Equation] = []
        for step in steps:
            key = step.key
            parameter = key.removeprefix("dE/d")
            if parameter not in self.parameters:
                pending += self._announced(step)
                pending.append(self._factor(step))
                continue
            yield from self._parameter(parameter, step, pending)
            pending = []
        if pending:
            yield Lines(tuple(pending))

    def _silent(self, step: Step) -> bool:
        """Lines that stand inside others: a slope inside a path, a product that only names two factors."""
        if step.key in self.solution.asked:
            return False
        if step.rule == "sum_slope":
            return step.about[1] not in self.parameters or self._shared(step.about[1])
        if not self.chain:
            return not step.key.startswith("delta_") and step.key not in self._needed_lines
        return step.rule == "chain" and step.key.startswith("delta_") and not self._has_short(step)

    @cached_property
    def _needed_lines(self) -> set[str]:
        """In the delta style: the lines that a delta or gradient names, such as the slopes of softmax."""
        steps = self.working.steps
        return {
            key
            for step in steps.values()
            if step.rule in ("path", "sum_of_paths") or step.key.startswith("delta_")
            for key in step.uses
            if key in steps and steps[key].section == "Backward pass" and not key.startswith("delta_")
        } | {key for key in steps if key.removeprefix("dE/d") in self.parameters}

    def _has_short(self, step: Step) -> bool:
        return f"{step.key}:short" in self.working

    def _shared(self, parameter: str) -> bool:
        return self.working.steps[f"dE/d{parameter}"].rule == "sum_of_paths"

    def _announced(self, step: Step) -> Iterator[Equation]:
        """Before the first of several paths: how many there are, and that they are added."""
        whole, _, via = step.key.partition(":")
        if not via or step.rule == "short_form":
            return
        paths = self.working.steps[whole].uses if whole in self.working else []
        if step.key == min(paths, key=list(self.working.steps).index, default=""):
            quantity = self.working.name(step.about[1])
            error = self.working.name("E")
            yield Equation(
                None,
                (),
                None,
                (quantity, " reaches ", error, f" by {len(paths)} paths; what they bring is added:"),
            )

    def _factor(self, step: Step) -> Equation:
        equation = self.writer.equation
        note: Text = self._note(step)
        if (
            not self.chain
            and (step.key.startswith("delta_") or step.key[4:] in self.parameters)
            and ":" not in step.key
        ):
            return equation(step.key, marked=True)
        if step.rule in ("path", "chain"):
            return self._through(step, note)
        if step.rule == "short_form":
            full = self.working.steps[step.about[0]]
            marks = self.writer.marks
            return Equation(
                None,
                without_repeats(
                    [self.writer.in_names(step), self.writer.in_numbers(step), self.writer.number(step.key)]
                ),
                None,
                ("short form of ", n.Mark(marks[full.key]) if full.key in marks else full.name, ":"),
                key=step.key,
            )
        left = n.Word(f"over {step.key.partition(':')[2]}") if ":" in step.key else None
        return equation(step.key, mark=True, marked=True, note=note, left=left)

    def _note(self, step: Step) -> Text:
        if step.rule in ("loss_slope", "activation_slope"):
            return kink_note(self.network, step, self.solution.values)
        return ()

    def _through(self, step: Step, note: Text) -> Equation:
        """A product along a path: with marks, then with what stands behind the unmarked slopes, then numbers."""
        opened = written(step.formula, self._opened)
        numbers = written(step.formula, self.writer.number, self._holds)
        rights = [self.writer.in_names(step, marked=True), opened, numbers, self.writer.number(step.key)]
        left = n.Word(f"over {step.key.partition(':')[2]}") if step.rule == "path" else step.name
        return Equation(left, without_repeats(rights), self.writer.mark(step.key), note, key=step.key)

    def _opened(self, key: str) -> Node:
        if key in self.writer.marks:
            return n.Mark(self.writer.marks[key])
        step = self.working.steps.get(key)
        if step is not None and step.rule == "sum_slope":
            return self.writer.in_names(step)
        return self.working.name(key)

    def _holds(self, condition: object) -> bool:
        return holds(condition, self.solution.values.numbers)

    def _parameter(self, parameter: str, step: Step, pending: list[Equation]) -> Iterator[Block]:
        yield Heading(self._heading(parameter), level=2)
        if self.chain:
            routes = self._routes(parameter)
            if routes:
                yield Paths(routes)
        lines = list(pending)
        if self.chain and step.rule == "chain":
            yield Lines((Equation(step.name, (self.writer.in_names(step),)),))
        lines.append(self.writer.equation(step.key, marked=True))
        yield Lines(tuple(lines))

    def _heading(self, parameter: str) -> Text:
        name = self.working.name(parameter)
        if parameter in self.ends:
            source, neuron = self.ends[parameter]
            return (name, f"  ({source} → {neuron})")
        users = [m.name for m in self.network.neurons if m.bias and m.bias.key == parameter]
        return (name, f"  (bias of {', '.join(users)})")

    def _routes(self, parameter: str) -> tuple[tuple[Node, ...], ...]:
        """All ways from the parameter to the error, as names; at most eight are drawn."""
        routes: list[tuple[Node, ...]] = []
        stack: list[tuple[str, ...]] = [(parameter,)]
        readers = self.solution.readers
        while stack and len(routes) <= 8:
            route = stack.pop()
            ahead = readers.get(route[-1], [])
            if not ahead:
                routes.append(tuple(self.working.name(k) for k in route if not k.startswith("E_")))
            stack += [(*route, key) for key in reversed(ahead)]
        unique = list(dict.fromkeys(routes))
        return tuple(unique) if len(unique) <= 8 else ()


def _cut_before_slopes(pending: list[Equation]) -> tuple[tuple[Equation, ...], list[Equation]]:
    """The lines of one neuron, and those at the end that already prepare the next one's delta."""
    last = max(
        (i for i, e in enumerate(pending) if e.key.startswith(("delta_", "dE/d")) and ":" not in e.key), default=-1
    )
    short = max((i for i, e in enumerate(pending) if e.key.endswith(":short")), default=-1)
    cut = max(last, short) + 1
    return tuple(pending[:cut]), pending[cut:]
