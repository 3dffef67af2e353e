"""The page of a computation graph: the question, forwards, every local slope, backwards, the circuit, answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import Expr, symbol, symbols_of
from ..differentiate import derivation
from ..evaluate import holds, value_of
from ..formula import written
from ..notation import Node
from ..render.spelling import spell
from ..working import Step
from .blocks import Block, Equation, Heading, Lines, Page, Paths, Picture, Prose, Table, Text
from .circuit import Circuit, circuit_pictures
from .drawn import drawn
from .graph_question import quantity, question
from .lines import Lines as LineWriter
from .lines import without_repeats
from .standard import section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_TRIVIAL = {"sum", "variable", "constant", "constant_factor", "tidy", "sign"}
_MOST_DRAWN, _MOST_BOXES = 12, 24
_SAID = "above each edge the value that goes forwards, below it the gradient"
_CAPTION = "Each quantity with its value and, below it, its gradient; on a wire the part that comes back along it."


def page(solution: Worked) -> Page:
    """The whole page of a graph, as its options ask for it."""
    return standard_page(
        solution,
        question(solution),
        lambda writer: _working(solution, writer),
        lambda writer: _answers(solution, writer),
    )


def _working(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    yield from section(solution, writer, "Forward pass")
    steps = [solution.working.steps[key] for key in solution.shown_keys]
    backward = [step for step in steps if step.section == "Backward pass"]
    if backward:
        yield from _slopes(solution, writer, [step for step in backward if _is_local(step)])
        yield from _backwards(solution, writer, [step for step in backward if not _is_local(step)])
    by_path = [step for step in steps if step.section == "Path by path"]
    if by_path:
        yield from _path_by_path(solution, writer, by_path)
    if not solution.asked:
        yield from _circuit(solution)


def _is_local(step: Step) -> bool:
    return step.rule == "slope" and ":" not in step.key


def _slopes(solution: Worked, writer: LineWriter, steps: list[Step]) -> Iterator[Block]:
    """Every local slope; its derivation beside it where it takes more than a glance."""
    if not steps:
        return
    places = {(step.name, inner): place for step in solution.problem.steps for place, inner in enumerate(step.uses)}
    order = {step.name: -number for number, step in enumerate(solution.problem.steps)}
    steps = sorted(steps, key=lambda step: (order[step.about[0]], places[step.about[0], step.about[1]]))
    yield Heading(("Local slopes",))
    yield Prose(("How fast each step moves with each quantity that stands in it, the others held fixed.",))
    yield Lines(tuple(line for step in steps for line in _slope(solution, writer, step)))


def _slope(solution: Worked, writer: LineWriter, step: Step) -> Iterator[Equation]:
    outer, inner = step.about
    reader = solution.working.steps[outer]
    yield from _derived(writer, step, reader, step.name)
    for kink in _kinks(writer, reader.formula, symbol(inner)):
        yield Equation(None, (), note=(kink,))


def _derived(writer: LineWriter, step: Step, reader: Step, left: Node) -> Iterator[Equation]:
    """The slope in one line; line by line with its rules where it is not a matter of sums and factors."""
    lines = derivation(reader.formula, symbol(step.about[1]))[1:]
    rules = {rule for line in lines for rule in line.rules}
    end = [
        written(step.formula, quantity),
        written(step.formula, writer.number, _holds(writer)),
        writer.number(step.key),
    ]
    if rules <= _TRIVIAL:
        yield Equation(left, without_repeats(end), key=step.key)
        return
    for index, line in enumerate(lines):
        right = written(line.formula, quantity)
        if right != end[0]:
            yield Equation(left if index == 0 else None, (right,), reason=_reason(line.rules))
    same = len(lines) == 1 and written(lines[0].formula, quantity) == end[0]
    reason = "in terms of its own value" if reader.slopes else _reason(lines[-1].rules)
    yield Equation(left if same else None, without_repeats(end), reason=reason, key=step.key)


def _reason(rules: tuple[str, ...]) -> str:
    return ", ".join(rule.replace("_", " ") for rule in rules)


def _holds(writer: LineWriter) -> Callable[[Expr], bool]:
    return lambda condition: holds(condition, writer.values.numbers)


def _kinks(writer: LineWriter, formula: Expr, by: Expr) -> Iterator[str]:
    """What is said about the slope of each max, min and abs that holds `by` and stands on its kink."""
    if by not in symbols_of(formula):
        return
    kind = type(formula).__name__
    if kind in ("Max", "Min", "Abs"):
        values = [value_of(part, writer.values.numbers) for part in formula.args]
        if kind == "Abs" and values[0] == 0:
            yield "The absolute value has a kink at 0: its slope there is taken as 0."
        elif kind != "Abs" and values[0] == values[1]:
            yield f"Both parts of the {kind.lower()} are equal: the slope of the number, else of the first, is taken."
    for part in formula.args:
        yield from _kinks(writer, part, by)


def _backwards(solution: Worked, writer: LineWriter, steps: list[Step]) -> Iterator[Block]:
    """The derivative of the last quantity by each other one, from the end to the beginning."""
    last = solution.problem.steps[-1].name
    yield Heading(("Backward pass",))
    yield Prose(
        (
            "The slopes of the last step are derivatives of ",
            quantity(last),
            " already. From there to the beginning by the chain rule: what comes back from a later step, times the "
            "local slope; where several steps use a quantity, their parts are added.",
        )
    )
    lines: list[Equation] = []
    for step in steps:
        lines += _announced(solution, step, last)
        left = n.Prefixed(n.Word("over"), quantity(step.key.partition(":")[2])) if ":" in step.key else step.name
        if step.rule == "slope":
            lines += _derived(writer, step, solution.working.steps[step.about[0]], left)
            continue
        reason = f"no path leads to {spell(quantity(last))}" if step.rule == "no_path" else ""
        line = writer.equation(step.key, left=left)
        lines.append(Equation(line.left, line.rights, reason=reason, key=step.key))
    yield Lines(tuple(lines))


def _announced(solution: Worked, step: Step, last: str) -> Iterator[Equation]:
    """Before the first of several parts: that they will be added."""
    whole, _, via = step.key.partition(":")
    if not via or whole not in solution.working:
        return
    parts = sorted(solution.working.steps[whole].uses, key=list(solution.working.steps).index)
    if parts and step.key == parts[0]:
        inner = solution.working.name(step.about[1])
        yield Equation(None, (), note=(inner, f" is used in {len(parts)} steps; their parts are added:"))


def _path_by_path(solution: Worked, writer: LineWriter, steps: list[Step]) -> Iterator[Block]:
    """The same derivatives as sums over whole paths."""
    yield Heading(("Path by path",))
    yield Prose(("Along each path the local slopes are multiplied; the products of all paths add to the derivative.",))
    for inner in dict.fromkeys(step.about[1] for step in steps):
        mine = [step for step in steps if step.about[1] == inner]
        total = f"{mine[0].key.partition(':')[0]}"
        lines = [writer.equation(step.key) for step in mine]
        if total in solution.working:
            numbers = n.total([writer.number(step.key) for step in mine])
            lines.append(Equation(solution.working.name(total), (numbers, writer.number(total))))
        yield Lines(tuple(lines))


def _circuit(solution: Worked) -> Iterator[Block]:
    """The graph with values above and gradients below its edges, and every path from the givens to the end."""
    circuit, last = _drawn(solution), solution.problem.steps[-1].name
    yield Heading(("The graph",))
    pictures = circuit_pictures(circuit, last)
    lines = (*(line for picture in pictures for line in (*picture, "")), _SAID)
    if len(circuit.labels) <= _MOST_BOXES:
        yield drawn(solution, "graph", lines, (_CAPTION,))
    else:
        yield Picture(lines)
    paths = _paths(solution, circuit, last)
    if paths:
        yield Prose((f"Every path from a given quantity to {spell(quantity(last))}:",))
        yield from (Paths(tuple(tuple(map(quantity, path)) for path in group)) for group in paths)


def _drawn(solution: Worked) -> Circuit:
    working, values, last = solution.working, solution.values, solution.problem.steps[-1].name
    needed = working.needs([last])
    keys = [name for name, _ in solution.problem.givens]
    keys += [step.name for step in solution.problem.steps]
    uses = {step.name: step.uses for step in solution.problem.steps if step.name in needed}

    def shown(key: str) -> str:
        return values.texts[key].replace("-", "−")

    def edge(inner: str, outer: str) -> str:
        part = f"d{last}/d{inner}:{outer}"
        return shown(part if part in working else f"d{last}/d{inner}")

    return Circuit(
        uses,
        {key: spell(quantity(key)) for key in keys},
        {key: shown(key) for key in keys},
        edge,
        {key: "1" if key == last else shown(f"d{last}/d{key}") for key in uses},
    )


def _paths(solution: Worked, circuit: Circuit, last: str) -> list[list[tuple[str, ...]]]:
    """The paths from each given, one group for each; none where there are too many to draw."""
    from ..topics.graph import routes

    readers: dict[str, list[str]] = {}
    for step, used in circuit.uses.items():
        for key in used:
            readers.setdefault(key, []).append(step)
    groups = [routes(readers, name, last) for name, _ in solution.problem.givens if name in readers]
    return groups if sum(map(len, groups)) <= _MOST_DRAWN else []


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """A table: each quantity, its value, the derivative of the last one by it."""
    last = solution.problem.steps[-1].name
    if solution.asked:
        yield Lines(tuple(Equation(solution.working.name(k), (writer.number(k),), key=k) for k in solution.asked))
        return
    keys = [*(name for name, _ in solution.problem.givens), *(step.name for step in solution.problem.steps)]
    rows = []
    for key in keys:
        slope: Node = n.Number("1") if key == last else writer.number(f"d{last}/d{key}")
        rows.append(((quantity(key),), (writer.number(key),), (slope,)))
    top = solution.working.name(last)
    headers: tuple[Text, ...] = (("",), ("value",), ("derivative of ", top, " by it"))
    yield Table(headers, tuple(rows), right=frozenset((1, 2)))
