"""The table of a plan, and its stages as a small picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..cnn.plan import Plan, PlannedLayer
from ..cnn.volume import AXES
from ..spec.convnet import Shape
from .blocks import Block, Prose, Table

_ROOM = 77  # columns of a terminal page; what is wider is set as two tables
_GAP, _PADDED = 2, 2  # between columns, and what the terminal's table adds to a heading
_MOST_STAGES = 60


def shape(size: Sequence[int], channels_first: bool = False) -> str:
    """28 × 28 × 6."""
    ordered = (size[-1], *size[:-1]) if channels_first else size
    return " × ".join(str(part) for part in ordered)


def described(size: Shape, channels_first: bool) -> str:
    """A shape with the names of its axes."""
    if len(size) == 1:
        return f"a vector of {size[0]} numbers"
    names = (*AXES[len(size) - 1], "channels")
    ordered = (names[-1], *names[:-1]) if channels_first else names
    return f"{shape(size, channels_first)} ({', '.join(ordered)})"


def memory(count: int) -> str:
    """Bytes in a unit that is easily read: 602 kB."""
    size, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB"]
    while size >= 999.5 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} {units[0]}" if size >= 99.95 or units[0] == "B" else f"{size:.1f} {units[0]}"


def name(each: PlannedLayer) -> str:
    """The name, set in by a dot for each residual or branch it stands in."""
    return "· " * min(len(each.trail), 4) + each.name


def table(plan: Plan, rows: Iterable[PlannedLayer], whole: bool) -> Iterator[Block]:
    """One row for each layer, and the totals; narrower, then two tables, where one is too wide."""
    listed = list(rows)
    operations = "FLOPs" if plan.problem.conventions.flops else "MACs"
    columns: list[tuple[str, list[str]]] = [
        ("layer", [name(each) for each in listed]),
        ("output", [shape(each.output, plan.problem.channels_first) for each in listed]),
        ("parameters", [f"{each.parameters:,}" + ("" if each.trainable else " frozen") for each in listed]),
        (operations, [f"{plan.operations(each):,}" for each in listed]),
        ("memory", [memory(plan.memory(each)) for each in listed]),
        ("field", [shape(each.receptive_field) or "–" for each in listed]),
    ]
    if whole:
        totals = ("total", "", f"{plan.total_parameters:,}", f"{plan.total_operations:,}", memory(plan.total_memory))
        columns = [(head, [*cells, last]) for (head, cells), last in zip(columns, (*totals, ""), strict=True)]
    if _width(columns) > _ROOM:
        columns = [(head, [cell.replace(" × ", "×") for cell in cells]) for head, cells in columns]
    if _width(columns) <= _ROOM:
        yield _table(columns)
    else:
        yield _table(columns[:4])
        yield _table([columns[0], *columns[4:]])


def tables_apart(plan: Plan, rows: Iterable[PlannedLayer]) -> Iterator[Block]:
    """Weights, biases and running statistics of the layers that have any; then the jumps."""
    listed = list(rows)
    counted = [each for each in listed if each.parameters or each.running]
    if counted:
        yield Prose(("Weights and biases (of normalization: scales and shifts), and running statistics, apart:",))
        yield _table(
            [
                ("layer", [*map(name, counted), "total"]),
                ("weights", _summed([each.weights for each in counted])),
                ("biases", _summed([each.biases for each in counted])),
                ("running", _summed([each.running for each in counted])),
                ("trained", [*("yes" if each.trainable else "no" for each in counted), ""]),
            ]
        )
    moved = [each for each in listed if each.field.jumps]
    if moved:
        yield Prose(("Receptive field, and jump (pixels between the fields of neighbours):",))
        yield _table(
            [
                ("layer", [name(each) for each in moved]),
                ("field", [shape(each.receptive_field) for each in moved]),
                ("jump", [" × ".join(str(jump) for jump in each.field.jumps) for each in moved]),
            ]
        )


def _summed(numbers: list[int]) -> list[str]:
    return [f"{number:,}" for number in (*numbers, sum(numbers))]


def _width(columns: list[tuple[str, list[str]]]) -> int:
    return sum(max(len(head) + _PADDED, *map(len, cells)) for head, cells in columns) + _GAP * (len(columns) - 1)


def _table(columns: list[tuple[str, list[str]]]) -> Table:
    heads = tuple((head,) for head, _ in columns)
    rows = tuple(tuple((cell,) for cell in cells) for cells in zip(*(cells for _, cells in columns), strict=True))
    left = {"layer", "output", "trained"}
    return Table(heads, rows, frozenset(i for i, (head, _) in enumerate(columns) if head not in left))


def stages(plan: Plan) -> tuple[str, ...]:
    """The way of the shapes: layers after one another that give the same shape stand in one line."""
    first = plan.problem.channels_first
    found: list[tuple[Shape, list[str]]] = []
    for each in plan.layers:
        if each.trail:
            continue
        if not found or found[-1][0] != each.output:
            found.append((each.output, []))
        found[-1][1].append(each.name)
    shown = found if len(found) <= _MOST_STAGES else [*found[: _MOST_STAGES - 1], found[-1]]
    lines = [
        (shape(plan.problem.input, first), "input"),
        *((shape(size, first), _span(names)) for size, names in shown),
    ]
    width = max(len(size) for size, _ in lines)
    drawn = [f"{'─▶' if index else '  '} {size.ljust(width)}   {names}" for index, (size, names) in enumerate(lines)]
    if len(shown) < len(found):
        drawn.insert(-1, "   …")
    return tuple(line.rstrip() for line in drawn)


def _span(names: list[str]) -> str:
    listed = ", ".join(names)
    return listed if len(names) <= 6 and len(listed) <= 44 else f"{names[0]} … {names[-1]} ({len(names)} layers)"
