"""The backward pass of a convolution problem on the page: slopes of every map, kernels weight by weight, updates."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..catalog.activations import LAYER_ACTIVATIONS
from ..notation import Node
from ..spec.convolution_problem import Activated, Cell, Conv, Dense, Layer, Pool, Reshaped, Upsample
from ..topics.convolution_forward import cells_of
from ..topics.convolution_names import name_of
from ..topics.convolution_windows import window
from .blocks import Block, Equation, Heading, Lines, Prose, Table, Text
from .convolution_grids import cut_sum, numbers_of
from .convolution_layers import LayerPages
from .convolution_view import View, cell_rows, counted, kernel_shape, named

_MOST_VISITS = 16
_E = n.Name("E")


def error_blocks(view: View) -> Iterator[Block]:
    """The parts of the error and their sum."""
    steps = view.working.steps
    keys = [key for key in steps if steps[key].section == "Error" and key != "E"]
    yield Heading(("Error",))
    yield Lines(tuple(view.line(key, names=True) for key in [*view.some(keys, 10), "E"]))


def backward_blocks(view: View) -> Iterator[Block]:
    """From the last layer to the image: what each layer's output, weights and input do to the error."""
    pages = LayerPages(view)
    yield Heading(("Backward pass",))
    yield Prose(("From the last layer back to the image, each line by the chain rule.",))
    yield from _map(view, view.layers[-1], "Slope of the error by each output:")
    for index in range(len(view.layers) - 1, -1, -1):
        layer = view.layers[index]
        before = view.layers[index - 1] if index else None
        yield from _parameters(view, pages, layer)
        yield from _input(view, layer, before)


def _map(view: View, layer: Layer, said: str) -> Iterator[Block]:
    """The gradient by a map: its first lines, then all of it."""
    if isinstance(layer, Reshaped):
        return
    keys = [f"dE/d{key}" for key in cells_of(layer.after, layer.name).values()]
    keys = [key for key in keys if key in view.working]
    if not keys:
        return
    yield Prose((said,))
    shorts = [f"{key}:short" for key in keys if f"{key}:short" in view.working]
    if shorts:
        yield Lines(tuple(view.line(key, names=True) for key in [keys[0], *view.some(shorts, 10)]))
    else:
        yield Lines(tuple(view.line(key, names=True) for key in view.some(keys, 10 if len(keys) <= 4 else 2)))
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
    yield Heading(("Gradient of the image",), level=2)
    yield Prose((said,))
    yield Lines(tuple(view.line(key, names=True) for key in view.some(keys, 2)))
    yield Lines(tuple(view.maps(name, view.problem.shape, "dE/d{}")))


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
        yield Heading((f"Kernels of {layer.name}",), level=2)
        yield from _first_weight(view, pages, layer)
        yield Lines(tuple(_kernel_lines(view, layer)))
        yield Lines(tuple(_gradients(view, layer)))
        biases = [f"dE/d{each.bias.key}" for each in layer.filters if each.bias]
        if biases:
            yield Prose(("A bias takes part in every cell of its map: the slopes of the whole map are added.",))
            yield Lines(tuple(view.line(key) for key in view.some(biases, 4)))
    elif isinstance(layer, Dense):
        yield Heading((f"Weights of {layer.name}",), level=2)
        columns = range(1, layer.before.count + 1)
        rows = [[f"dE/d{layer.matrix}[{r},{c}]" for c in columns] for r in range(1, len(layer.weights) + 1)]
        yield Prose(("Each weight: slope of its neuron times what the weight was multiplied by.",))
        yield Lines(tuple(view.line(key, names=True) for key in view.some([k for row in rows for k in row], 2)))
        whole = n.Partial(_E, name_of(layer.matrix))
        yield Lines((Equation(whole, (numbers_of(view.writer, rows, view.everything),)),))
        biases = [f"dE/d{bias.key}" for bias in layer.biases if bias]
        yield Lines(tuple(view.line(key, names=True) for key in view.some(biases, 4)))


def _first_weight(view: View, pages: LayerPages, layer: Conv) -> Iterator[Block]:
    """Every position that the first weight visited: the cell it lay on, and what the output there does to E."""
    each = layer.filters[0]
    weight = f"{each.name}{layer.kernel_index(0, 0, 0)}"
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
    for out, place in visits[: None if view.everything else _MOST_VISITS]:
        key = f"{layer.name}{layer.after.index(*out)}"
        cell, slope = cells[place], f"dE/d{key}"
        product: Node = n.product([view.number(slope), view.number(cell)])
        rows.append((_equals(view, cell), _equals(view, slope), (product,)))
    if len(visits) > len(rows):
        rows.append((("…",), ("…",), ("…",)))
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


def _kernel_lines(view: View, layer: Conv) -> Iterator[Equation]:
    """The gradient of each weight as a sum; of large kernels the first ones."""
    shape = kernel_shape(layer)
    keys = [f"dE/d{f.name}{shape.index(*cell)}" for f in layer.filters for cell in shape.cells()]
    few = len(keys) <= 9 and layer.after.height * layer.after.width <= 16
    for key in view.some(keys, 9 if few else 2):
        step = view.working.steps[key]
        yield Equation(step.name, (cut_sum(view.writer.in_numbers(step)), view.number(key)), key=key)


def _gradients(view: View, layer: Conv, form: str = "dE/d{}") -> Iterator[Equation]:
    shape = kernel_shape(layer)
    for each in layer.filters if view.everything else layer.filters[:4]:
        for channel in range(shape.channels):
            whole = f"{each.name}[{channel + 1}]" if shape.channels > 1 else each.name
            rows = cell_rows(each.name, shape, channel, form)
            yield Equation(named(form, whole), (numbers_of(view.writer, rows, view.everything),))


def update_blocks(view: View) -> Iterator[Block]:
    """New value = old value − learning rate × gradient, for all at once."""
    yield Heading(("Update",))
    yield Prose(
        (
            "New value = old value − ",
            name_of("eta"),
            " × gradient, for every weight and bias at once.",
        )
    )
    keys = [f"{key}'" for key in view.problem.parameters]
    yield Lines(tuple(view.line(key, names=True) for key in view.some(keys, 3)))
    for layer in view.layers:
        if isinstance(layer, Conv):
            yield Lines(tuple(_gradients(view, layer, "{}'")))
        elif isinstance(layer, Dense):
            columns = range(1, layer.before.count + 1)
            rows = [[f"{layer.matrix}[{r},{c}]'" for c in columns] for r in range(1, len(layer.weights) + 1)]
            whole = name_of(f"{layer.matrix}'")
            yield Lines((Equation(whole, (numbers_of(view.writer, rows, view.everything),)),))
    biases = [f"{key}'" for key in view.problem.parameters if "[" not in key]
    yield Lines(tuple(view.line(key) for key in view.some(biases, 6)))
