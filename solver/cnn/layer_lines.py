"""All worked lines of a planned layer: its own, then memory and receptive field."""

from __future__ import annotations

from .. import notation as n
from ..catalog.cnn_layers import worked
from ..spec.convnet import Conventions, Layer
from .count import Count, letter, product, total
from .line import Line, line, nothing
from .plan import PlannedLayer
from .volume import LETTERS


def lines_of(each: PlannedLayer, conventions: Conventions) -> tuple[Line, ...]:
    """Sizes, parameters, MACs and what the conventions make of them, memory, receptive field and jump."""
    if isinstance(each.layer, Layer):
        own = worked(each.layer.kind)(each.layer.settings, each.input, each.measure)
    else:
        own = _meeting_lines(each)
    operations = _operations_lines(each, conventions)
    return (*own, *operations, _memory_line(each, conventions.bytes), *_field_lines(each))


def _operations_lines(each: PlannedLayer, conventions: Conventions) -> tuple[Line, ...]:
    """FLOPs = 2·MACs, and the additions of biases, where the conventions count so."""
    biases = each.measure.additions if conventions.biases else 0
    if not each.macs + biases or not (conventions.flops or biases):
        return ()
    macs = letter("MACs", each.macs)
    count: Count = 2 * macs if conventions.flops else macs
    about = "and the addition of each bias" if biases else "a multiplication and an addition for each MAC"
    name = n.Word("FLOPs" if conventions.flops else "operations")
    return (line("operations", name, count + letter("B", biases) if biases else count, about),)


def _meeting_lines(each: PlannedLayer) -> tuple[Line, ...]:
    """The channels that are joined; a sum has the shape of what is added."""
    if each.kind == "residual":
        return (nothing("parameters", "parameters", "body and shortcut are added number by number"),)
    channels = total(letter("K", way.channels, str(number)) for number, way in enumerate(each.ways, 1))
    return (
        line("channels", n.Name("C", "out"), channels, "the channels of all ways, one behind the other"),
        nothing("parameters", "parameters", "joining has nothing to learn"),
    )


def _memory_line(each: PlannedLayer, number_bytes: int) -> Line:
    letters = [*(LETTERS.get(axis, "T") for axis in each.measure.output.axes), "C"]
    sizes = [letter(name, size, "out") for name, size in zip(letters, each.output, strict=True)]
    held = product([*sizes, letter("b", number_bytes)])
    return line("memory", n.Word("memory"), held, "bytes of the output")


def _field_lines(each: PlannedLayer) -> tuple[Line, ...]:
    """r_out = r + (F − 1)·j and j_out = j·S, for windows behind whole jumps."""
    reach = each.measure.reach
    if reach is None or reach.manner != "window":
        return ()
    lines: list[Line] = []
    steps = list(zip(each.input.axes, each.before.axes, reach.steps, strict=False))
    alike = len({(sight, step) for _, sight, step in steps}) == 1
    for axis, sight, (size, stride) in steps[:1] if alike else steps:
        if sight.unit != 1 or sight.jump != int(sight.jump) or stride != int(stride):
            return ()
        sub = "" if alike else LETTERS.get(axis, "T")
        jump = letter("j", int(sight.jump), sub)
        wider = letter("r", sight.pixels, sub) + (letter("F", size, sub) - 1) * jump
        moved = jump * letter("S", int(stride), sub)
        lines.append(line(f"field_{axis}", n.Name("r", f"out {sub}".strip()), wider, "receptive field"))
        lines.append(line(f"jump_{axis}", n.Name("j", f"out {sub}".strip()), moved, "pixels between neighbours"))
    return tuple(lines)
