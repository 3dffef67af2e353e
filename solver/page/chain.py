"""The backward pass on the page, chain by chain: each factor is derived once, then referred to by its mark."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from .. import notation as n
from ..evaluate import holds
from ..formula import written
from ..notation import Node
from ..spec.network import Network
from ..topics.names import split_tag
from ..working import Step
from .blocks import Block, Equation, Heading, Lines, Paths, Prose, Text
from .kinks import kink_note
from .lines import Lines as LineWriter
from .lines import without_repeats

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_ROUTES = 8


def chain_blocks(
    network: Network, solution: Worked, writer: LineWriter, section: str = "Backward pass"
) -> Iterator[Block]:
    """The chain rule for every weight and bias that is asked for, output layer first.

    With several samples the first one is worked as a text, the others line by line.
    """
    _, comma, sample = section.partition(",")
    yield Heading((f"Chain rule{comma}{sample}",))
    chain = _Chain(network, solution, writer, section)
    if sample in ("", " sample 1"):
        yield Prose(tuple(_opening(solution)))
        yield from chain.blocks()
    else:
        yield Lines(tuple(chain.lines()))


def _opening(solution: Worked) -> Iterator[str | Node]:
    error = solution.name("E")
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
    def __init__(self, network: Network, solution: Worked, writer: LineWriter, section: str) -> None:
        self.section = section
        self.network = network
        self.solution = solution
        self.writer = writer
        self.working = solution.working
        self.chain = solution.options.style == "chain"
        self.ends = {w.weight.key: (w.source, m.name) for m in network.neurons for w in m.wires}
        self.parameters = {p.key for p in (*network.weights, *network.biases)}
        self._told: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        """A heading for each weight (or neuron), then its lines."""
        return self._by_weight() if self.chain else self._by_neuron()

    def lines(self) -> Iterator[Equation]:
        """The same lines without headings and paths."""
        for step in self._steps():
            yield from self._announced(step)
            yield self._line(step)

    def _steps(self) -> list[Step]:
        steps = [self.working.steps[key] for key in self.solution.shown_in(self.section)]
        return [step for step in steps if not self._silent(step)]

    def _by_neuron(self) -> Iterator[Block]:
        """The delta style: each neuron's delta, then the gradients of what leads into it."""
        pending: list[Equation] = []
        heading: Heading | None = None
        for step in self._steps():
            if _is_delta(step):
                if heading is not None:
                    lines, pending = _cut_before_slopes(pending)
                    yield from (heading, Lines(lines))
                heading = Heading(("Neuron ", n.Word(step.key.removeprefix("delta_"))), level=2)
            pending += [*self._announced(step), self._line(step)]
        if heading is not None:
            yield heading
        yield Lines(tuple(pending))

    def _by_weight(self) -> Iterator[Block]:
        pending: list[Equation] = []
        for step in self._steps():
            parameter = self._parameter_of(step)
            if parameter is None:
                pending += [*self._announced(step), self._line(step)]
                continue
            yield from self._parameter(parameter, step, pending)
            pending = []
        if pending:
            yield Lines(tuple(pending))

    def _parameter_of(self, step: Step) -> str | None:
        """The weight or bias whose gradient this line is."""
        key = split_tag(step.key)[0].removeprefix("dE/d")
        whole = step.key.startswith("dE/d") and ":" not in step.key  # dE/db1@1:h1 is what one path brings
        return key if whole and key in self.parameters else None

    # which lines are shown

    def _silent(self, step: Step) -> bool:
        """Lines that stand inside others: a slope inside a path, a product that only names two factors."""
        if step.key in self.solution.asked:
            return False
        if step.rule == "sum_slope":
            parameter = step.about[1].partition("@")[0]
            return parameter not in self.parameters or self._shared(parameter, step)
        if not self.chain:
            return not step.key.startswith("delta_") and step.key not in self._needed_lines
        return step.rule == "chain" and _is_delta(step) and f"{step.key}:short" not in self.working

    @cached_property
    def _needed_lines(self) -> set[str]:
        """In the delta style: the lines that a delta or gradient names, such as the slopes of softmax."""
        steps = self.working.steps
        return {
            key
            for step in steps.values()
            if step.rule in ("path", "sum_of_paths") or step.key.startswith("delta_")
            for key in step.uses
            if key in steps and steps[key].section == self.section and not key.startswith("delta_")
        } | {key for key, step in steps.items() if self._parameter_of(step) is not None}

    def _shared(self, parameter: str, slope: Step) -> bool:
        tag = slope.key.removeprefix(split_tag(slope.key)[0])
        keys = (f"dE/d{parameter}{tag}", f"dE/d{parameter}{tag}@1")
        return any(key in self.working and self.working.steps[key].rule == "sum_of_paths" for key in keys)

    # how a line is written

    def _announced(self, step: Step) -> Iterator[Equation]:
        """Before the first of several paths: how many there are, and that they are added."""
        whole, _, via = step.key.partition(":")
        if not via or step.rule == "short_form" or whole in self._told or whole not in self.working:
            return
        self._told.add(whole)
        count = len(self.working.steps[whole].uses)
        quantity, error = self.working.name(step.about[1]), self.solution.name("E")
        yield Equation(None, (), None, (quantity, " reaches ", error, f" by {count} paths; what they bring is added:"))

    def _line(self, step: Step) -> Equation:
        if self._parameter_of(step) is not None and ":" not in step.key:
            return self.writer.equation(step.key, marked=True)
        if not self.chain and _is_delta(step):
            return self.writer.equation(step.key, marked=True)
        if step.rule == "short_form":
            return self._short(step)
        note: Text = ()
        if step.rule in ("loss_slope", "activation_slope"):
            note = kink_note(self.network, step, self.solution.values)
        if step.rule in ("path", "chain"):
            return self._through(step, note)
        left = n.Word(f"over {step.key.partition(':')[2]}") if ":" in step.key else None
        return self.writer.equation(step.key, mark=True, marked=True, note=note, left=left)

    def _short(self, step: Step) -> Equation:
        full, marks = self.working.steps[step.about[0]], self.writer.marks
        rights = [self.writer.in_names(step), self.writer.in_numbers(step), self.writer.number(step.key)]
        what = n.Mark(marks[full.key]) if full.key in marks else full.name
        return Equation(None, without_repeats(rights), None, ("short form of ", what, ":"), key=step.key)

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
        routes = self._routes(parameter)
        if routes:
            yield Paths(routes)
        if step.rule == "chain":
            yield Lines((Equation(step.name, (self.writer.in_names(step),)),))
        yield Lines((*pending, self.writer.equation(step.key, marked=True)))

    def _heading(self, parameter: str) -> Text:
        name = self.working.name(parameter)
        if parameter in self.ends:
            source, neuron = self.ends[parameter]
            return (name, f"  ({source} → {neuron})")
        users = [m.name for m in self.network.neurons if m.bias and m.bias.key == parameter]
        return (name, f"  (bias of {', '.join(users)})")

    def _routes(self, parameter: str) -> tuple[tuple[Node, ...], ...]:
        """All ways from the parameter to the error of this sample, as names; none when there are many.

        A bias that stays as it is has readers in later epochs too (in_o1@2): they are no way to this error.
        """
        tag = self.section.partition(", sample ")[2]
        tag = f"[{tag}]" if tag else ""
        routes: list[tuple[Node, ...]] = []
        stack: list[tuple[str, ...]] = [(parameter,)]
        while stack and len(routes) <= _MOST_ROUTES:
            route = stack.pop()
            ahead = [key for key in self.solution.readers.get(route[-1], []) if key.endswith(tag) and "@" not in key]
            if not ahead or route[-1] == f"E{tag}":
                routes.append(tuple(self.working.name(k) for k in route if not k.startswith("E_")))
                continue
            stack += [(*route, key) for key in reversed(ahead)]
        unique = list(dict.fromkeys(routes))
        return tuple(unique) if len(unique) <= _MOST_ROUTES else ()


def _is_delta(step: Step) -> bool:
    return step.key.startswith("delta_") and ":" not in step.key


def _cut_before_slopes(pending: list[Equation]) -> tuple[tuple[Equation, ...], list[Equation]]:
    """The lines of one neuron, and those at the end that already prepare the next one's delta."""
    done = [
        i
        for i, e in enumerate(pending)
        if e.key.endswith(":short") or (e.mark is None and e.key.startswith(("delta_", "dE/d")))
    ]
    cut = max(done, default=-1) + 1
    return tuple(pending[:cut]), pending[cut:]
