"""The backward pass of a convolution problem on the page: slopes of every map, kernels weight by weight, updates."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..algebra import Expr
from ..catalog.activations import LAYER_ACTIVATIONS
from ..evaluate import holds
from ..formula import written
from ..notation import Node
from ..spec.convolution_problem import Activated, Cell, Conv, Dense, Layer, Pool, Reshaped, Upsample, parameters_of
from ..topics.convolution_forward import cells_of
from ..topics.convolution_names import name_of
from ..topics.convolution_windows import window
from ..working import Step
from .blocks import Block, Equation, Heading, Lines, Prose, Table, Text
from .convolution_grids import cut_sum, summed, without_ones
from .convolution_layers import LayerPages
from .convolution_view import View, counted
from .lines import without_repeats

_MOST_VISITS = 9
_FEW_WEIGHTS, _MOST_TERMS = 9, 16  # weights whose gradients are all written out as sums
_LONG = 24


def backward_blocks(view: View) -> Iterator[Block]:
    """From the last layer to the image: what each layer's output, weights and input do to the error."""
    pages = LayerPages(view)
    yield Heading(("Backward pass",))
    yield Prose(("From the last layer back to the image, each line by the chain rule.",))
    last = next(layer for layer in reversed(view.layers) if not isinstance(layer, Reshaped))
    yield from _map(view, last, "Slope of the error by each output:")
    layers = [layer for layer in view.layers if not isinstance(layer, Reshaped)]
    for index in range(len(layers) - 1, -1, -1):
        yield from _parameters(view, pages, layers[index])
        yield from _input(view, layers[index], layers[index - 1] if index else None)


def _map(view: View, layer: Layer, said: str) -> Iterator[Block]:
    """The gradient by a map: its first lines, then all of it."""
    keys = [f"dE/d{key}" for key in cells_of(layer.after, layer.name).values()]
    keys = [key for key in keys if key in view.working]
    if not keys:
        return
    yield Prose((said,))
    shorts = [f"{key}:short" for key in keys if f"{key}:short" in view.working]
    if shorts:
        yield Lines((slope_line(view, keys[0]),))
        yield Prose(("With this pair of activation and error the chain collapses to output minus target:",))
        yield Lines(tuple(view.line(key, names=True) for key in view.some(shorts, 10)))
    else:
        yield Lines(tuple(slope_line(view, key) for key in view.some(keys, 10 if len(keys) <= 4 else 2)))
    if len(keys) > 2:
        yield Lines(tuple(view.maps(layer.name, layer.after, "dE/d{}")))


_WAYS = {
    "max": "Each slope goes back to the one cell that was the maximum of its window; the others get 0.",
    "min": "Each slope goes back to the one cell that was the minimum of its window; the others get 0.",
    "avg": "The cells of a window share its slope equally.",
}


def _input(view: View, layer: Layer, before: Layer | None) -> Iterator[Block]:
    """The way back through a layer to the map before it, or to the image."""
    said = f"Back through {layer.name}. {_way(layer)}"
    if before is None:
        names = ["scaled", "x"] if view.problem.scale else ["x"]
        for name in names:
            yield from _image(view, name, said)
            said = "Back through the division:"
        return
    yield from _map(view, before, said)


def _image(view: View, name: str, said: str) -> Iterator[Block]:
    keys = [f"dE/d{key}" for key in cells_of(view.problem.shape, name).values()]
    yield Heading(("Gradient of the scaled image" if name == "scaled" else "Gradient of the image",), level=2)
    yield Prose((said,))
    yield Lines(tuple(slope_line(view, key) for key in view.some(keys, 2)))
    yield Lines(tuple(view.maps(name, view.problem.shape, "dE/d{}")))


def slope_line(view: View, key: str) -> Equation:
    """The line of a cell: in names, with the case of a kink or maximum that holds, then in numbers."""
    step, writer = view.working.steps[key], view.writer
    names = step.short or written(step.formula, view.working.name, lambda c: holds(c, view.solution.values.numbers))
    rights = [cut_sum(writer.in_numbers(step)), view.number(key)]
    if step.short or len(step.uses) <= _LONG:
        rights.insert(0, names)
    shown = [without_ones(right) for right in rights] if _copied(view, step) else rights
    return Equation(step.name, without_repeats(shown), key=key)


def _copied(view: View, step: Step) -> bool:
    """Whether the cell of this slope was only copied: then each factor is 1."""
    inner = step.key.removeprefix("dE/d")
    return any(each.rule == "copy" and inner in each.uses for each in view.copies)


def _way(layer: Layer) -> str:
    if isinstance(layer, Pool):
        return _WAYS[layer.how]
    if isinstance(layer, Activated):
        if layer.activation.name in LAYER_ACTIVATIONS:
            return "Every output depends on every input, so the paths are added."
        return "Each slope is multiplied by the slope of the activation at its cell."
    if isinstance(layer, Upsample):
        return "A cell collects the slopes of all its copies."
    if isinstance(layer, Conv):
        return "A cell collects, from every output that it helped to make, slope times the weight that lay on it."
    if isinstance(layer, Dense):
        return "A cell collects the slope of every neuron times the weight that leads there."
    return ""


def _parameters(view: View, pages: LayerPages, layer: Layer) -> Iterator[Block]:
    if isinstance(layer, Conv):
        yield from _kernels(view, pages, layer)
    elif isinstance(layer, Dense):
        yield Heading((f"Weights of {layer.name}",), level=2)
        yield Prose(("Each weight: slope of its neuron times what the weight was multiplied by.",))
        keys = [f"dE/d{key}" for key in parameters_of(layer) if "[" in key]
        yield Lines(tuple(view.line(key, names=True) for key in view.some(keys, 2)))
        yield Lines((view.matrix(layer, "dE/d{}"),))
        biases = [f"dE/d{bias.key}" for bias in layer.biases if bias]
        yield Lines(tuple(_bias(view, key) for key in view.some(biases, 4)))


def _kernels(view: View, pages: LayerPages, layer: Conv) -> Iterator[Block]:
    yield Heading((f"Kernels of {layer.name}",), level=2)
    yield from _first_weight(view, pages, layer)
    keys = [f"dE/d{key}" for each in layer.filters for key in layer.weight_keys(each)]
    few = len(keys) <= _FEW_WEIGHTS and _most_terms(view, keys) <= _MOST_TERMS
    yield Prose(((("The same" if few else "So") + f" for every weight{_left_out(view, layer)}:"),))
    yield Lines(tuple(_visited(view, layer, key) for key in view.some(keys, 9 if few else 2)))
    if not few and not view.everything:
        yield Lines(tuple(view.kernels(layer, "dE/d{}")))
    biases = [f"dE/d{each.bias.key}" for each in layer.filters if each.bias]
    if biases:
        yield Prose(("A bias takes part in every cell of its map: the slopes of the whole map are added.",))
        yield Lines(tuple(_bias(view, key) for key in view.some(biases, 4)))


def _most_terms(view: View, keys: list[str]) -> int:
    """How many positions count for the weight that has most of them."""
    sums = (_terms(view.working.steps[key].formula) for key in keys)
    return max(sum(view.text(_slope_in(term)) != "0" for term in terms) for terms in sums)


def _left_out(view: View, layer: Conv) -> str:
    slopes = [f"dE/d{key}" for key in cells_of(layer.after, layer.name).values()]
    return " (positions whose slope is 0 are left out)" if any(view.text(key) == "0" for key in slopes) else ""


def _visited(view: View, layer: Conv, key: str) -> Equation:
    """The gradient of a weight: over the positions that count, slope of the output times the cell it lay on."""
    step = view.working.steps[key]
    terms = [term for term in _terms(step.formula) if view.text(_slope_in(term)) != "0"]
    numbers = [written(term, view.number) for term in terms] or [n.Number("0")]
    return Equation(step.name, without_repeats([summed(numbers), view.number(key)]), key=key)


def _bias(view: View, key: str) -> Equation:
    """The gradient of a bias: the slopes of its cells, without their factors of 1."""
    step = view.working.steps[key]
    slopes = [_slope_in(term) for term in _terms(step.formula)]
    numbers = [view.number(slope) for slope in slopes if view.text(slope) != "0"] or [n.Number("0")]
    rights: list[Node] = [summed(numbers), view.number(key)]
    if len(slopes) == 1:
        rights.insert(0, view.working.name(slopes[0]))
    return Equation(step.name, without_repeats(rights), key=key)


def _terms(formula: Expr) -> tuple[Expr, ...]:
    if formula == 0:  # a weight that lay on padding alone
        return ()
    return formula.args if formula.is_Add else (formula,)


def _slope_in(term: Expr) -> str:
    """The key of the slope of the output, which stands first in every term."""
    first = term.args[0] if term.args else term
    return str(first.name)


def _first_weight(view: View, pages: LayerPages, layer: Conv) -> Iterator[Block]:
    """Every position that the first weight visited: the cell it lay on, and what the output there does to E."""
    each = layer.filters[0]
    weight = f"{each.name}{layer.kernel_shape.index(0, 0, 0)}"
    visits = list(_visits(layer, (0, 0, 0)))
    yield Prose(
        (
            name_of(weight),
            f" was used at {counted(len(visits), 'position')}; each adds the cell it lay on times the slope of the "
            "output it helped to make:",
        )
    )
    cells = pages.before[layer.name]
    rows: list[tuple[Text, ...]] = []
    slopes = {out: f"dE/d{layer.name}{layer.after.index(*out)}" for out, _ in visits}
    telling = [(out, place) for out, place in visits if view.text(slopes[out]) != "0"]
    for out, place in view.some_of(telling, _MOST_VISITS):
        cell, slope = cells[place], slopes[out]
        product: Node = n.product([view.number(slope), view.number(cell)])
        rows.append((_equals(view, cell), _equals(view, slope), (product,)))
    if len(telling) > len(rows):
        rows.append((("…",), ("…",), ("…",)))
    if len(telling) < len(visits):
        yield Prose((f"At {len(visits) - len(telling)} of them that slope is 0, which adds nothing.",))
    if rows:
        yield Table((("lay on",), ("slope of the output",), ("product",)), tuple(rows))


def _equals(view: View, key: str) -> Text:
    return (n.Compare(view.working.name(key), "=", view.number(key)),)


def _visits(layer: Conv, weight: Cell) -> Iterator[tuple[Cell, Cell]]:
    """The output cells of the first filter to which a weight contributed, and the input cell on which it lay."""
    for row in range(layer.after.height):
        for column in range(layer.after.width):
            for each, place in window(layer, row, column):
                if each == weight and place:
                    yield (0, row, column), place
