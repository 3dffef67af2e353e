"""The page of gradient flow: layers forwards and backwards, the product as a table, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..catalog.activations import ACTIVATIONS
from ..notation import Node
from ..spec.gradient_flow import Flow
from ..topics.assembled import one_by_one
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Table, Text
from .derivations import activation_derivation
from .gradient_size import size_blocks
from .lines import Lines as LineWriter
from .lines import without_repeats
from .standard import results, section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_FULL = 5  # layers up to which every line is written
_ENDS = 2  # of more layers, so many at the start of each pass
_MOST_LISTED = 30  # layers up to which a table has them all


def page(solution: Worked) -> Page:
    """The whole page of a gradient-flow problem, as its options ask for it."""
    problem: Flow = solution.problem
    return standard_page(
        one_by_one(solution),
        _question(problem, solution),
        lambda writer: _working(problem, solution, writer),
        lambda writer: _answers(problem, solution, writer),
    )


def _question(problem: Flow, solution: Worked) -> Iterator[Block]:
    titles = ", ".join(ACTIVATIONS[function.name].title for function in problem.functions)
    yield Heading(("Given",))
    yield Prose((f"{problem.depth} layers of one neuron each, one after the other; activation: {titles}.",))
    givens: list[Inline] = []
    for given in solution.working.givens.values():
        givens += ["   " if givens else "", given.name, " = ", n.Number(given.number.text)]
    yield Prose(tuple(givens))
    yield Lines(tuple(_recipe(problem)))
    last, x = n.Name("out", str(problem.depth), upright=True), n.Name("x")
    yield Prose(
        (
            "The slope of the last output by the input, ",
            n.Partial(last, x),
            ", is the product of slope times weight over all layers. So much of a gradient reaches the first layer.",
        )
    )
    if solution.options.question:
        yield Prose(("Find it, and say whether the gradient vanishes or explodes.",))


def _recipe(problem: Flow) -> Iterator[Equation]:

    weight = n.Name("w", "l" if len(problem.weights) > 1 else "")
    terms: list[Node] = [n.product([weight, n.Name("out", "l−1", upright=True)])]
    if problem.biases:
        terms.append(n.Name("b", "l" if len(problem.biases) > 1 else ""))
    net = n.Name("in", "l", upright=True)
    yield Equation(net, (n.total(terms),), reason="out₀ = x")
    yield Equation(n.Name("out", "l", upright=True), (n.Call("f", (net,)),))


def _working(problem: Flow, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.asked:
        for name in dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys):
            yield from section(solution, writer, name)
        return
    yield Heading(("Slope of the activation",))
    for kind in dict.fromkeys(function.name for function in problem.functions):
        yield from activation_derivation(kind)
    for index in range(len(problem.functions)):
        yield from _function(problem, solution, writer, index)
    if len(problem.functions) > 1:
        yield from _side_by_side(problem, writer, solution.options.everything)


def _function(problem: Flow, solution: Worked, writer: LineWriter, index: int) -> Iterator[Block]:
    title = ACTIVATIONS[problem.functions[index].name].title
    ending = f", {title}" if len(problem.functions) > 1 else ""
    for part in ("Forward pass", "Backward pass", "Factor of each layer"):
        keys = [key for key, step in writer.working.steps.items() if step.section == part + ending]
        yield Heading((part + ending,))
        if part == "Factor of each layer":
            yield Prose(("On its way back through a layer a gradient is multiplied by slope · weight:",))
        shown = keys if solution.options.everything else _few(part, keys, problem.depth)
        yield Lines(tuple(writer.equation(key) for key in shown))
        if part == "Factor of each layer":
            yield Lines((_whole_product(problem, writer, index),))
        if len(shown) < len(keys):
            yield Prose(("And so on through the layers: the table below has the numbers, --all every line.",))
    yield Heading(("Layer by layer" + ending,))
    arriving = n.Compare(n.Name("δ", "l"), "=", _arriving(problem.depth))
    size = "; lg is the logarithm to base 10: its power of ten."
    yield Prose((arriving, " is what arrives at the net input of layer ", n.Name("l"), size))
    yield _table(problem, writer, index, solution.options.everything)
    yield from size_blocks(problem, writer, index, ending)


def _whole_product(problem: Flow, writer: LineWriter, index: int) -> Equation:
    """The gradient as the product of the factors."""
    tag, last = problem.tag(index), problem.depth
    whole = f"dout_{last}/dx{tag}"
    layers = list(range(1, last + 1)) if last <= _MOST_FULL else [1, 2, last]
    names: list[Node] = [n.Name("g", str(layer)) for layer in layers]
    numbers = [writer.number(f"factor_{layer}{tag}") for layer in layers]
    if last > _MOST_FULL:
        names.insert(2, n.Name("…"))
        numbers.insert(2, n.Name("…"))
    rights = (n.product(names), n.product(numbers), writer.number(whole))
    return Equation(writer.working.name(whole), without_repeats(list(rights)), key=whole)


def _few(part: str, keys: list[str], depth: int) -> list[str]:
    """The first lines of a pass, and its last one."""
    if depth <= _MOST_FULL:
        return keys
    each = {"Forward pass": 2 * _ENDS, "Factor of each layer": _ENDS}.get(part, 4 * _ENDS)
    return [*keys[:each], *keys[-1:]] if part == "Backward pass" else keys[:each]


def _table(problem: Flow, writer: LineWriter, index: int, everything: bool) -> Table:
    """One row for each layer, the last one first: the way that a gradient takes."""
    tag, last = problem.tag(index), problem.depth
    rows = []
    for layer in _listed_layers(last, everything):
        keys = [
            f"in_{layer}{tag}",
            f"out_{layer}{tag}",
            f"dout_{layer}{tag}/din_{layer}{tag}",
            f"factor_{layer}{tag}",
            f"dout_{last}{tag}/din_{layer}{tag}",
            f"log10_{layer}{tag}",
        ]
        cells: list[Text] = [(writer.number(key) if key in writer.working else "−∞",) for key in keys]
        rows.append(((str(layer),), *cells))
    headers: tuple[Text, ...] = (
        ("layer",),
        ("in",),
        ("out",),
        ("f'(in)",),
        ("g = f'·w",),
        (n.Name("δ"),),
        (n.Call("lg", (n.Absolute(n.Name("δ")),)),),
    )
    return Table(headers, tuple(rows), right=frozenset(range(7)))


def _listed_layers(last: int, everything: bool) -> list[int]:
    """The layers of a table, the last one first; of many the ends and every tenth."""
    layers = list(reversed(range(1, last + 1)))
    if last <= _MOST_LISTED or everything:
        return layers
    return [layer for layer in layers if layer % 10 == 0 or layer <= _ENDS or layer > last - _ENDS]


def _arriving(last: int) -> Node:
    return n.Partial(n.Name("out", str(last), upright=True), n.Name("in", "l", upright=True))


def _side_by_side(problem: Flow, writer: LineWriter, everything: bool) -> Iterator[Block]:
    """One row for each layer, one column for each function."""
    last, functions = problem.depth, range(len(problem.functions))
    titles = [function.name for function in problem.functions]
    for heading, form in (
        ("Gradients side by side", "dout_{last}{tag}/din_{layer}{tag}"),
        ("Powers of ten side by side", "log10_{layer}{tag}"),
    ):
        rows = []
        for layer in _listed_layers(last, everything):
            keys = [form.format(last=last, layer=layer, tag=problem.tag(index)) for index in functions]
            cells: list[Text] = [(writer.number(key) if key in writer.working else "−∞",) for key in keys]
            rows.append(((str(layer),), *cells))
        yield Heading((heading,))
        headers: tuple[Text, ...] = (("layer",), *((title,) for title in titles))
        yield Table(headers, tuple(rows), right=frozenset(range(len(titles) + 1)))


def _answers(problem: Flow, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    from ..topics.gradient_flow import verdict

    if solution.asked:
        yield Lines(tuple(_of_function(problem, writer, key) for key in solution.answer_keys))
        return
    whole = [f"dout_{problem.depth}/dx{problem.tag(index)}" for index in range(len(problem.functions))]
    words = [verdict(writer.values.number(key)) for key in whole]
    if len(whole) == 1:
        yield from results(writer, solution.answer_keys)
        yield Prose((f"The gradient {words[0]}.",))
        return
    rows: list[tuple[Text, ...]] = []
    for index, word in enumerate(words):
        tag = problem.tag(index)
        keys = [f"out_{problem.depth}{tag}", whole[index], f"mean_factor{tag}", f"bound{tag}"]
        cells: list[Text] = [(writer.number(key),) if key in writer.working else ("",) for key in keys]
        rows.append(((problem.functions[index].name,), *cells, (f"the gradient {word}",)))
    names = [writer.working.name(key) for key in (f"out_{problem.depth}{problem.tag(0)}", whole[0])]
    headers: tuple[Text, ...] = (("",), (names[0],), (names[1],), (n.Name("g", "mean"),), ("bound",), ("",))
    yield Table(headers, tuple(rows), right=frozenset(range(1, 5)))


def _of_function(problem: Flow, writer: LineWriter, key: str) -> Equation:
    """An answer, with the function that it belongs to where several are compared."""
    name = key.partition("[")[2].rstrip("]")
    return Equation(writer.working.name(key), (writer.number(key),), reason=name, key=key)
