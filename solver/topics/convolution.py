"""kind: convolution: an image through its layers; with a target the gradients of all weights and of the image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..algebra import Expr, difference, product, symbol
from ..algebra import Integer as Whole
from ..backward import Backward, Manner
from ..check.audit import Audit
from ..check.convolution import audited
from ..errors import NotAsked
from ..notation import Partial
from ..options import Options, keys_in
from ..page.convolution import page
from ..solution import Keys, Worked
from ..spec.convolution_problem import Activated, Conv, Convolution, Dense, Shape
from ..working import Step, Working
from .assembled import Sheet, assembled
from .convolution_forward import Forward, Map
from .convolution_names import name_of

BACKWARD, UPDATE = "Backward pass", "Update"


def solve(problem: Convolution, options: Options) -> Worked:
    """The worked solution of a convolution problem.

    Raises NotComputable where the numbers have no result, NotAsked for a key or style that it does not have.
    """
    if options.style != "chain":
        raise NotAsked(f"a convolution is not written in the style {options.style}; its style is chain", options.style)
    working = Working()
    forward = Forward(problem, working)
    forward.add()
    if problem.has_target:
        _backward(problem, forward)
    if problem.learns:
        _update(problem, working)

    def checked(values: Mapping[str, float]) -> Audit:
        return audited(values, problem, options.backend)

    sheet = Sheet(
        kind="convolution",
        title=problem.title,
        problem=problem,
        working=working,
        answer_keys=tuple(_single(problem)),
        conventions=_conventions(problem),
        checked=checked,
        page=page,
        grouped=grouped(problem, forward.maps),
    )
    return assembled(sheet, replace(options, find=tuple(filter(None, keys_in(",".join(options.find))))))


def _conventions(problem: Convolution) -> dict[str, object]:
    found: dict[str, object] = {}
    convs = [layer for layer in problem.layers if isinstance(layer, Conv)]
    if convs:
        kinds = dict.fromkeys("convolution (kernel flipped)" if c.flip else "cross-correlation" for c in convs)
        found["convolution"] = " and ".join(kinds)
    if problem.has_target:
        found["loss"] = problem.loss.name
    return found


def _backward(problem: Convolution, forward: Forward) -> None:
    """∂E/∂q of every cell from the last layer to the image, and of the parameters of each layer."""
    working = forward.working
    parameters = problem.parameters
    manner = Manner(BACKWARD, apart=lambda step, key: False)
    # cells too: one whose window lies in the padding depends on no weight, and yet the error depends on it
    cells = [key for cells in forward.maps.values() for key in cells.values()]
    backward = Backward(working, "E", [*parameters, *cells], manner)
    for layer in reversed(problem.layers):
        for key in dict.fromkeys(forward.maps[layer.name].values()):
            backward.require(key)
        if layer is problem.layers[-2:][0]:
            _short_forms(problem, forward)
    for name in ("scaled", "x"):
        for key in forward.maps.get(name, {}).values():
            backward.require(key)
    for key in parameters:
        backward.require(key)


def _short_forms(problem: Convolution, forward: Forward) -> None:
    """Softmax with cross-entropy, sigmoid with binary cross-entropy: the chain collapses to y − t."""
    last = problem.layers[-1]
    if not isinstance(last, Activated) or len(problem.layers) < 2:
        return
    loss, kind = problem.loss.name, last.activation.name
    outs = list(forward.maps[last.name].values())
    nets = list(forward.maps[problem.layers[-2].name].values())
    whole = sum(number.value for number in problem.target) == 1
    for place, (net, out) in enumerate(zip(nets, outs, strict=True)):
        formula: Expr | None = None
        if (loss, kind) == ("cce", "softmax") and whole:
            formula = difference(symbol(out), symbol(f"t{out[out.index('[') :]}"))
        elif (loss, kind) == ("sparse_cce", "softmax"):
            formula = difference(symbol(out), Whole(1)) if place == problem.label else symbol(out)
        elif (loss, kind, len(outs)) == ("bce", "sigmoid", 1):
            formula = difference(symbol(out), symbol(f"t{out[out.index('[') :]}"))
        if formula is not None and f"dE/d{net}" in forward.working:
            name = Partial(name_of("E"), name_of(net))
            forward.working.add(Step(f"dE/d{net}:short", "short_form", formula, name, BACKWARD, about=(net,)))


def _update(problem: Convolution, working: Working) -> None:
    for key in problem.parameters:
        formula = difference(symbol(key), product(symbol("eta"), symbol(f"dE/d{key}")))
        working.add(Step(f"{key}'", "update", formula, name_of(f"{key}'"), UPDATE, about=(key,)))


def _single(problem: Convolution) -> list[str]:
    """Answers that are single numbers: E, and of every bias its gradient and its new value."""
    if not problem.has_target:
        return []
    biases = [key for key in problem.parameters if "[" not in key]
    return ["E", *(f"dE/d{key}" for key in biases), *(f"{key}'" for key in biases if problem.learns)]


def grouped(problem: Convolution, maps: Mapping[str, Map]) -> dict[str, Keys]:
    """The answers that are lists: every layer's output, gradients and new values of kernels, matrices and image."""
    found: dict[str, Keys] = {}
    for layer in problem.layers:
        found[layer.name] = nested(maps[layer.name], layer.after)
    if not problem.has_target:
        return found
    for layer in problem.layers:
        for name, keys in _parameter_lists(layer):
            found[f"dE/d{name}"] = _each(keys, "dE/d{}")
            if problem.learns:
                found[f"{name}'"] = _each(keys, "{}'")
    found["dE/dx"] = _each(nested(maps["x"], problem.shape), "dE/d{}")
    return found


def _parameter_lists(layer: object) -> list[tuple[str, Keys]]:
    if isinstance(layer, Conv):
        shape = layer.kernel_shape
        maps = {f.name: {cell: f"{f.name}{shape.index(*cell)}" for cell in shape.cells()} for f in layer.filters}
        return [(name, nested(cells, shape)) for name, cells in maps.items()]
    if isinstance(layer, Dense):
        rows = range(1, len(layer.weights) + 1)
        columns = range(1, layer.before.count + 1)
        return [(layer.matrix, tuple(tuple(f"{layer.matrix}[{r},{c}]" for c in columns) for r in rows))]
    return []


def nested(cells: Map, shape: Shape) -> Keys:
    """The keys of a map as lists: rows of a matrix, one matrix for each of several channels; a row of a vector."""
    grids: list[Keys] = []
    for channel in range(shape.channels):
        rows: tuple[Keys, ...] = tuple(
            tuple(cells[channel, row, column] for column in range(shape.width)) for row in range(shape.height)
        )
        grids.append(rows[0] if shape.axes == 1 else rows)
    return grids[0] if shape.channels == 1 else tuple(grids)


def _each(keys: Keys, form: str) -> Keys:
    return form.format(keys) if isinstance(keys, str) else tuple(_each(each, form) for each in keys)
