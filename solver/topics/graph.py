"""kind: graph: the values of named steps, and every partial derivative of the last one by the chain rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from ..algebra import Expr, product, symbol
from ..backward import Backward, Manner
from ..catalog.activations import ACTIVATIONS, Activation
from ..check.graph import audited
from ..errors import NotAsked
from ..evaluate import evaluate
from ..greek import GREEK
from ..notation import Call, Name, Node, Word
from ..options import Options
from ..page.graph import page
from ..solution import Worked
from ..spec.graph import Formula, Graph
from ..working import Step, Working

FORWARD, BACKWARD, PATHS = "Forward pass", "Backward pass", "Path by path"
MOST_PATHS = 24
_NO_SETTING = symbol("_")


def solve(problem: Graph, options: Options) -> Worked:
    """The worked solution of a graph.

    Raises NotComputable where the numbers have no result, NotAsked for a key or style it does not have.
    """
    if options.style != "chain":
        raise NotAsked(f"a graph is not written in the style {options.style}; its style is chain", options.style)
    working = work(problem)
    full = evaluate(working, options.digits)
    values = full if options.carry == "full" else evaluate(working, options.digits, "rounded")
    numbers = {key: float(value) for key, value in full.numbers.items()}
    solution = Worked(
        kind="graph",
        title=problem.title,
        problem=problem,
        options=options,
        working=working,
        values=values,
        full_values=full,
        asked=(),
        answer_keys=tuple(_answers(problem)),
        conventions={"carry": options.carry, "digits": options.digits, "of": problem.steps[-1].name},
        check=audited(numbers, problem, options.backend) if options.check else None,
        page_maker=page,
    )
    asked = tuple(solution.resolve(key) for key in options.find)
    for key in asked:
        if key in working.givens:
            raise NotAsked(f"{key} is given, there is nothing to find", key)
    return replace(solution, asked=asked, answer_keys=asked) if asked else solution


def _answers(graph: Graph) -> list[str]:
    """Every step, then the derivative of the last one by every given and every other step."""
    last = graph.steps[-1].name
    names = [*(name for name, _ in graph.givens), *(step.name for step in graph.steps[:-1])]
    return [*(step.name for step in graph.steps), *(f"d{last}/d{name}" for name in names)]


def work(graph: Graph) -> Working:
    """The Working of a graph: givens, steps, local slopes and derivatives from the last step back, paths."""
    working = Working()
    for key, number in graph.givens:
        working.give(key, number, quantity_name(key))
    for step in graph.steps:
        working.add(_forward(step))
    last = graph.steps[-1].name
    names = [*(name for name, _ in graph.givens), *(step.name for step in graph.steps[:-1])]
    backward = Backward(working, last, names, Manner(BACKWARD))
    for step in reversed(graph.steps[:-1]):
        backward.require(step.name)
    for name, _ in graph.givens:
        backward.require(name)
    _add_paths(graph, working, backward)
    return working


def _forward(step: Formula) -> Step:
    """The line of a step; a function that has a name is written with it and takes its slope in exam form."""
    name, row = quantity_name(step.name), _activation(step)
    if row is None:
        return Step(step.name, "formula", step.formula, name, FORWARD)
    (inner,) = step.uses
    short = Call(row.sign, (quantity_name(inner),)) if row.sign != "tanh" else None
    slopes = {inner: row.slope(symbol(inner), symbol(step.name), _NO_SETTING)}
    return Step(step.name, "formula", step.formula, name, FORWARD, short, slopes)


def _activation(step: Formula) -> Activation | None:
    """The activation function that the whole step is, of one quantity."""
    if len(step.uses) != 1:
        return None
    inner = symbol(step.uses[0])
    rows = (ACTIVATIONS[name] for name in ("sigmoid", "tanh", "relu"))
    return next((row for row in rows if step.formula == row.formula(inner, _NO_SETTING)), None)


def routes(readers: dict[str, list[str]], start: str, last: str) -> list[tuple[str, ...]]:
    """Every path from a quantity to the last one, at most MOST_PATHS + 1 of them."""
    found: list[tuple[str, ...]] = []
    stack: list[tuple[str, ...]] = [(start,)]
    while stack and len(found) <= MOST_PATHS:
        path = stack.pop()
        if path[-1] == last:
            found.append(path)
        stack += [(*path, reader) for reader in reversed(readers.get(path[-1], []))]
    return found


def _add_paths(graph: Graph, working: Working, backward: Backward) -> None:
    """For every given that reaches the end by several paths, and not step by step alone, the product along each."""
    last = graph.steps[-1].name
    for name, _ in graph.givens:
        paths = routes(backward.readers, name, last)
        if not len(backward.readers.get(name, ())) < len(paths) <= MOST_PATHS:
            continue
        for path in paths:
            slopes = [slope_of(working, backward.readers, a, b, last) for a, b in pairwise(path)]
            formula = product(*slopes) if len(slopes) > 1 else slopes[0]
            key = f"d{last}/d{name}:{'>'.join(path)}"
            working.add(Step(key, "path", formula, backward_name(working, path), PATHS, about=(path[1], name)))


def slope_of(working: Working, readers: dict[str, list[str]], inner: str, outer: str, last: str) -> Expr:
    """The line of the local slope of `outer` by `inner`."""
    if outer != last:
        return symbol(f"d{outer}/d{inner}")
    return symbol(f"d{last}/d{inner}" if len(readers[inner]) == 1 else f"d{last}/d{inner}:{last}")


def backward_name(working: Working, path: tuple[str, ...]) -> Node:
    """A path as words: u → y → z."""
    from ..render.spelling import spell

    return Word(" → ".join(spell(working.name(key)) for key in path))


def quantity_name(key: str) -> Name:
    """x1 as x with its number, theta as θ, a word as a word."""
    letters = key.rstrip("0123456789")
    base, _, sub = key.partition("_") if not key.endswith("_") else (key, "", "")
    if letters != key and (len(letters) == 1 or letters in GREEK):
        base, sub = letters, key[len(letters) :]
    return Name(GREEK.get(base, base), sub, upright=len(GREEK.get(base, base)) > 1)
