"""Tables to fill in on a sheet: one function = one kind; what is given stands in them, what is sought is left blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from solver import notation as n
from solver.page.blocks import Heading, Inline, Table

from .posed import Posed

BLANK = "\u00a0" * 12
"""Room for a number."""
_MOST = 24  # rows of a table that is worth printing


def empty_tables(problem: Posed) -> Iterator[Table | Heading]:
    """The tables to fill in, where what is asked fills one."""
    solution = problem.solution
    if is_detective(problem):
        return
    for table in _TABLES.get(problem.kind, _nothing)(solution):
        if 1 < len(table.rows) <= _MOST or (table.rows and len(table.headers) > 2):
            yield table


def is_detective(problem: Posed) -> bool:
    """Whether a mistake is to be found, so that no part of a working is asked for."""
    return problem.solution.options.slip is not None or "student finds" in problem.ask


def _nothing(solution: Any) -> Iterator[Table]:
    yield from ()


def _blank(headers: Iterable[Inline], rows: Iterable[tuple[Inline, ...]]) -> Table:
    """A table whose rows are filled up with blanks."""
    heads = tuple((head,) for head in headers)
    filled = [tuple((cell,) for cell in (*row, *[BLANK] * (len(heads) - len(row)))) for row in rows]
    return Table(heads, tuple(filled), fill=True)


def _given(solution: Any, key: str) -> Inline:
    return n.Number(solution.values.texts[key])


def _networks(solution: Any) -> Iterator[Table]:
    keys = [key for key in solution.shown_keys if solution.working.steps[key].section.startswith("Forward pass")]
    neurons = [key for key in keys if key.startswith("out_") and "'" not in key and "@" not in key]
    if not solution.asked or len(neurons) > 2:
        yield _blank(("neuron", "net input", "output"), ((key.removeprefix("out_"),) for key in neurons))
    yield from _gradients(solution)


def _gradients(solution: Any) -> Iterator[Table]:
    """Old value, gradient, new value of every parameter that is asked for."""
    asked = set(solution.asked or _answer_keys(solution))
    names = [key.partition("@")[0] for key in solution.working.givens]
    found = [key for key in dict.fromkeys(names) if {f"dE/d{key}", f"{key}'"} & asked]
    if len(found) < 2:
        return
    moved = any(f"{key}'" in asked or (key in asked and f"{key}@0" in solution.working.givens) for key in found)
    seen = any(f"dE/d{key}" in asked for key in found) or moved
    old = {key: f"{key}@0" if f"{key}@0" in solution.working.givens else key for key in found}
    heads = ["", "old" if moved else "value", *(["gradient"] if seen else []), *(["new"] if moved else [])]
    yield _blank(heads, ((solution.working.name(old[key]), _given(solution, old[key])) for key in found))


def _answer_keys(solution: Any) -> Iterator[str]:
    yield from solution.answer_keys
    for keys in solution.grouped.values():
        yield from _flat(keys)


def _flat(keys: Any) -> Iterator[str]:
    if isinstance(keys, str):
        yield keys
    else:
        for each in keys:
            yield from _flat(each)


def _shapes(solution: Any) -> Iterator[Table]:
    if solution.plan is not None and solution.answer is None and not solution.asked:
        heads = ("layer", "output shape", "calculation", "parameters")
        yield _blank(heads, [*((layer.name,) for layer in solution.plan.layers), ("total", "", "")])


def _learning(solution: Any) -> Iterator[Table]:
    """The learning table with room for one epoch more than it takes."""
    rows = solution.answers.get("table")
    if not rows or solution.asked:
        return
    inputs = [f"x{k}" for k in range(1, len(rows[0]["inputs"]) + 1)]
    heads = ("epoch", *inputs, "target", "net input", "output", "error", *(f"w{name[1:]}" for name in inputs), "b")
    epoch = [row for row in rows if row["epoch"] == 1]
    filled: list[tuple[Inline, ...]] = [
        (str(number), *(f"{value:g}".replace("-", "−") for value in (*row["inputs"], row["target"])))
        for number in range(1, rows[-1]["epoch"] + 2)
        for row in epoch
    ]
    yield _blank(heads, filled)


def _functions(solution: Any) -> Iterator[Table]:
    """Value and slope of each function at each net input."""
    inputs = [key for key in solution.working.givens if re.fullmatch(r"z\d+", key)]
    names = [name for name in solution.grouped if not name.endswith("'") and f"{name}'" in solution.grouped]
    plain = [name for name in names if isinstance(solution.grouped[f"{name}'"][0], str)]
    if plain and not solution.asked:
        heads: list[Inline] = [n.Name("z"), *(f"{name}{mark}" for name in plain for mark in ("", "′"))]
        yield _blank(heads, ((_given(solution, key),) for key in inputs))


def _losses(solution: Any) -> Iterator[Table]:
    """One row for each output: what is given, its part of the error, its derivative."""
    given = solution.working.givens
    count = sum(bool(re.fullmatch(r"t\d+", key)) for key in given)
    letter = "z" if "z1" in given else "y"
    if solution.asked or not count or f"{letter}1" not in given:
        return
    slope = n.Partial(n.Name("E"), n.Name(letter, "k"))
    heads: list[Inline] = ["output", n.Name(letter, "k"), n.Name("t", "k")]
    heads += [n.Name("y", "k")] if letter == "z" else []
    rows = [(str(k), _given(solution, f"{letter}{k}"), _given(solution, f"t{k}")) for k in range(1, count + 1)]
    yield _blank([*heads, n.Name("E", "k"), slope], rows)


def _descent(solution: Any) -> Iterator[Table]:
    """One row for each step: the point, f there, the gradient there."""
    letters = [key.removesuffix("[0]") for key in solution.working.givens if re.fullmatch(r"[a-z]\[0\]", key)]
    last = max((int(k[2:-1]) for k in solution.working.steps if re.fullmatch(r"f\[\d+\]", k)), default=0)
    if solution.asked or not letters or not last:
        return
    slopes = [n.Partial(n.Name("f"), n.Name(letter)) for letter in letters]
    heads: list[Inline] = ["step", *map(n.Name, letters), n.Name("f"), *slopes]
    first = ("0", *(_given(solution, f"{letter}[0]") for letter in letters))
    yield _blank(heads, [first, *((str(step),) for step in range(1, last + 1))])


def _line(solution: Any) -> Iterator[Table]:
    """The sums of least squares, or predictions and errors of an epoch; then the parameters."""
    steps, given = solution.working.steps, solution.working.givens
    count = sum(bool(re.fullmatch(r"y\[\d+\]", key)) for key in given)
    plain = "x[1]" in given
    rows: list[tuple[Inline, ...]] = [
        (str(k), *(_given(solution, f"{letter}[{k}]") for letter in ("x", "y") if f"{letter}[{k}]" in given))
        for k in range(1, count + 1)
    ]
    if plain and ("xy[1]" in steps or "sum_xy" in steps):
        yield _blank(("", "x", "y", "x·y", "x²"), [*rows, ("sum",)])
    elif plain:
        yield _blank(("", "x", "y", "ŷ", "error"), rows)
    yield from _gradients(solution)


def _rates(solution: Any) -> Iterator[Table]:
    """Each rate with its fraction and value; of several classes each class's."""
    if "labels" in solution.answers:
        heads = ("class", "precision", "recall", "specificity", "F1")
        yield _blank(heads, [*((label,) for label in solution.answers["labels"]), ("macro mean",)])
        return
    rates = [
        key for key in solution.asked or solution.answer_keys if "_" not in key and key not in solution.working.givens
    ]
    if len(rates) > 1:
        yield _blank(("rate", "fraction", "value"), ((solution.name(rate),) for rate in rates))


def _maps(solution: Any) -> Iterator[Table]:
    """A grid for the output of each layer, its columns numbered."""
    for name, keys in solution.grouped.items():
        if solution.asked or not keys or isinstance(keys[0], str) or not isinstance(keys[0][0], str):
            continue
        heads: list[Inline] = [name, *(str(k) for k in range(1, len(keys[0]) + 1))]
        yield _blank(heads, ((str(row),) for row in range(1, len(keys) + 1)))


def _nodes(solution: Any) -> Iterator[Table]:
    """Value and derivative of every node of a graph."""
    keys = [key for key in (*solution.working.givens, *solution.working.steps) if "/" not in key and ":" not in key]
    if not solution.asked and keys:
        last = n.Partial(solution.working.name(keys[-1]), n.Word("node"))
        rows: list[tuple[Inline, ...]] = []
        for key in keys:
            given = key in solution.working.givens
            rows.append((solution.working.name(key), _given(solution, key) if given else BLANK))
        yield _blank(("node", "value", last), rows)


def _units(solution: Any) -> Iterator[Table]:
    """Activation, mask and what is passed on of each unit."""
    given = solution.working.givens
    units = [key[1:] for key in given if re.fullmatch(r"a\d+", key)]
    if not solution.asked and units and all(f"m{k}" in given for k in units):
        back: list[Inline] = [n.Partial(n.Name("E"), n.Name("a"))] if "gradient" in solution.grouped else []
        rows = [(k, _given(solution, f"a{k}"), _given(solution, f"m{k}")) for k in units]
        yield _blank(["unit", n.Name("a"), n.Name("m"), n.Name("d"), *back], rows)


def _chain(solution: Any) -> Iterator[Table]:
    """Net input, output, slope and factor of each layer of a chain."""
    layers = [key[3:] for key in solution.working.steps if re.fullmatch(r"in_\d+", key)]
    if layers and not solution.asked:
        yield _blank(("layer", "net input", "output", "slope", "slope × weight"), ((layer,) for layer in layers))


def _columns(solution: Any) -> Iterator[Table]:
    """Mean, variance and root of each group, then the normalized values."""
    groups = [key[5:-1] for key in solution.working.steps if re.fullmatch(r"mean\[\d+\]", key)]
    values = solution.grouped.get("xhat", ())
    if solution.asked or not groups:
        return
    yield _blank(("", "mean", "variance", "root"), ((group,) for group in groups))
    if values and not isinstance(values[0], str):
        heads: list[Inline] = ["x̂", *(str(k) for k in range(1, len(values[0]) + 1))]
        yield _blank(heads, ((str(row),) for row in range(1, len(values) + 1)))


def _weights(solution: Any) -> Iterator[Table]:
    """Scores and weights: a row for each query, a column for each key."""
    rows = solution.grouped.get("weights", ())
    if solution.asked or not rows or isinstance(rows[0], str):
        return
    keys = [f"key {k}" for k in range(1, len(rows[0]) + 1)]
    for name in ("scores", "weights"):
        yield _blank((name, *keys), ((f"query {k}",) for k in range(1, len(rows) + 1)))


def _gates(solution: Any) -> Iterator[Table]:
    """A row for each time: gates and states; then the gradients."""
    steps = solution.working.steps
    letters = [letter for letter in "figozrsch" if f"{letter}_1" in steps]
    times = sorted({int(key[2:]) for key in steps if re.fullmatch(r"h_\d+", key)})
    if letters and times and not solution.asked:
        yield _blank(("time", *(n.Name(letter) for letter in letters)), ((str(time),) for time in times))
    yield from _gradients(solution)


_TABLES: dict[str, Callable[[Any], Iterator[Table]]] = {
    "backprop": _networks,
    "cnn-shapes": _shapes,
    "perceptron": _learning,
    "activation": _functions,
    "loss": _losses,
    "gradient-descent": _descent,
    "linear-regression": _line,
    "logistic-regression": _line,
    "metrics": _rates,
    "convolution": _maps,
    "graph": _nodes,
    "dropout": _units,
    "gradient-flow": _chain,
    "normalization": _columns,
    "attention": _weights,
    "recurrent": _gates,
}
