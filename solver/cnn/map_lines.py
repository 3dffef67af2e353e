"""The worked lines of layers on feature maps: the rules of `maps` and `windows`, spelled."""

from __future__ import annotations

from collections.abc import Sequence

from .. import notation as n
from ..notation import Node
from ..spec.convnet import Settings
from .count import Count, Term, letter, product, round_up, share
from .line import Line, line, macs, nothing, parameters
from .maps import filter_weights, filters_parameters, spread_windows
from .volume import LETTERS, Measure, Volume
from .windows import (
    Window,
    per_axis,
    per_side,
    slots,
    slots_rounded_up,
    starts_in_padding,
    stretched,
    windows_of,
)

Lines = tuple[Line, ...]


def kernel_letters(windows: Sequence[Window]) -> list[Term]:
    """F for each axis when they are equal, else one letter for each axis."""
    alike = len({w.size for w in windows}) == 1
    names = ["h", "w"] if len(windows) == 2 else ["d", "h", "w"]
    return [letter("F", w.size, "" if alike else sub) for w, sub in zip(windows, names, strict=False)]


def size_lines(volume: Volume, windows: Sequence[Window], out: Sequence[int], padded: bool) -> Lines:
    """How large the output is along each axis; axes with the same numbers share their lines.

    padded: whether a padding of 0 is written down, as it is for convolutions
    """
    lines: list[Line] = []
    groups: dict[tuple[int, Window], list[str]] = {}
    for axis, size, window in zip(volume.axes, volume.spatial, windows, strict=True):
        groups.setdefault((size, window), []).append(axis)
    for (size, window), axes in groups.items():
        lines += _axis_lines(axes, size, window, padded)
    return tuple(lines)


def out_name(axes: Sequence[str]) -> Node:
    """H_out, or H_out = W_out when both are worked at once."""
    names: list[Node] = [n.Name(LETTERS.get(axis, "T"), "out") for axis in axes]
    left = names[0]
    for name in names[1:]:
        left = n.Compare(left, "=", name)
    return left


def _axis_lines(axes: Sequence[str], size: int, w: Window, padded: bool) -> list[Line]:
    key, left = axes[0], out_name(axes)
    n_in, stride = letter(LETTERS.get(key, "T"), size), letter("S", w.stride)
    lines: list[Line] = []
    reach = reach_of(w, lines)
    if not w.same:
        add = _padding(w, padded)
        if w.ceil and not starts_in_padding(size, w):
            return [
                *lines,
                line(key, left, slots_rounded_up(n_in, reach, add, stride), "rounded up (ceil mode)"),
            ]
        about = "rounded down: the last window would start behind the input" if w.ceil else ""
        return [*lines, line(key, left, slots(n_in, reach, add, stride), about)]
    rounded = line(key, left, round_up(n_in, stride), "padding same")
    return [*lines, rounded, *_exam_same(key, left, n_in, w, reach, stride), _padded(key, axes, n_in, w)]


def reach_of(w: Window, lines: list[Line]) -> Term:
    """F, or with dilation the reach F' = d·(F − 1) + 1, whose line is appended."""
    kernel = letter("F", w.size)
    if w.dilation == 1:
        return kernel
    worked = line("reach", n.Name("F", primes=1), letter("d", w.dilation) * (kernel - 1) + 1, "with dilation")
    if worked not in lines:
        lines.append(worked)
    return letter("F'", w.reach)


def _padding(w: Window, padded: bool) -> Count:
    if w.before == w.after:
        return 2 * letter("P", w.before) if padded or w.before else 0
    return letter("P", w.before, "before") + letter("P", w.after, "after")


def _exam_same(key: str, left: Node, n_in: Term, w: Window, reach: Term, stride: Term) -> list[Line]:
    """The exam's way to `same`: P = (F − 1)/2 on every side, which needs an odd reach."""
    if w.reach % 2 == 0:
        return []
    half = line(f"{key}_padding", n.Name("P"), share(reach - 1, 2), "the exam's padding")
    size = slots(n_in, reach, 2 * letter("P", w.reach // 2), stride)
    return [half, line(f"{key}_exam", left, size, "the same size with it")]


def _padded(key: str, axes: Sequence[str], n_in: Term, w: Window) -> Line:
    """The padded size that a framework works on."""
    left = n.Name(LETTERS.get(axes[0], "T"), "padded")
    if w.before == w.after:
        return line(f"{key}_padded", left, n_in + 2 * letter("P", w.before), "the padded input")
    sides = letter("P", w.before, "before") + letter("P", w.after, "after")
    return line(f"{key}_padded", left, n_in + sides, "the padded input: frameworks put the odd zero at the end")


def _places(volume: Volume) -> Count:
    """H_out·W_out of an output."""
    return product(
        [letter(LETTERS.get(axis, "T"), size, "out") for axis, size in zip(volume.axes, volume.spatial, strict=True)]
    )


def conv_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes, parameters and MACs of a convolution."""
    windows = windows_of(settings, volume.spatial)
    sizes = size_lines(volume, windows, measure.output.spatial, padded=True)
    kernel, filters = kernel_letters(windows), letter("K", settings["filters"])
    if settings["connections"] is not None:
        pairs = letter("m", sum(len(row) for row in settings["connections"]))
        weights: Count = product(kernel) * pairs
        learnt = weights + filters if settings["bias"] else weights
        about = f"{pairs.value} connections between a filter and a channel"
        return (*sizes, parameters(learnt, about), macs(_places(measure.output) * weights))
    channels: Count = letter("C", volume.channels)
    if settings["groups"] > 1:
        channels = share(channels, letter("G", settings["groups"]))
    weights = filter_weights(kernel, channels)
    about = "weights of one filter and its bias, times filters" if settings["bias"] else "no biases"
    learnt = filters_parameters(weights, filters, settings["bias"])
    return (*sizes, parameters(learnt, about), macs(_places(measure.output) * filters * weights))


def depthwise_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes, parameters and MACs of a depthwise convolution."""
    windows = windows_of(settings, volume.spatial)
    filters: Count = letter("C", volume.channels)
    if settings["multiplier"] > 1:
        filters = filters * letter("m", settings["multiplier"])
    weights = product(kernel_letters(windows))
    learnt = filters_parameters(weights, filters, settings["bias"])
    return (
        *size_lines(volume, windows, measure.output.spatial, padded=True),
        parameters(learnt, "one filter for each channel, which sees no other"),
        macs(_places(measure.output) * filters * weights),
    )


def separable_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes, parameters and MACs of a depthwise convolution followed by one of 1 × 1."""
    windows = windows_of(settings, volume.spatial)
    middle: Count = letter("C", volume.channels)
    if settings["multiplier"] > 1:
        middle = middle * letter("m", settings["multiplier"])
    filters = letter("K", settings["filters"])
    weights = product([*kernel_letters(windows)]) * middle + middle * filters
    return (
        *size_lines(volume, windows, measure.output.spatial, padded=True),
        parameters(weights + filters if settings["bias"] else weights, "depthwise, then 1 x 1"),
        macs(_places(measure.output) * weights),
    )


def conv_transpose_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes, parameters and MACs of a transposed convolution."""
    windows, _ = spread_windows(settings, volume.spatial)
    extras = per_axis(settings["output_padding"], len(windows), "output_padding")
    lines: list[Line] = []
    done: set[tuple[int, Window, int]] = set()
    for axis, size, w, extra in zip(volume.axes, volume.spatial, windows, extras, strict=True):
        if (size, w, extra) not in done:
            alike = [
                a
                for a, *same in zip(volume.axes, volume.spatial, windows, extras, strict=True)
                if same == [size, w, extra]
            ]
            lines += _stretched_lines(axis, out_name(alike), size, w, extra)
        done.add((size, w, extra))
    channels: Count = letter("C", volume.channels)
    if settings["groups"] > 1:
        channels = share(channels, letter("G", settings["groups"]))
    filters = letter("K", settings["filters"])
    weights = filter_weights(kernel_letters(windows), channels)
    places = product([letter(LETTERS.get(a, "T"), size) for a, size in zip(volume.axes, volume.spatial, strict=True)])
    return (
        *lines,
        parameters(filters_parameters(weights, filters, settings["bias"])),
        macs(places * filters * weights, "each input position is multiplied with every filter"),
    )


def _stretched_lines(axis: str, left: Node, size: int, w: Window, extra: int) -> list[Line]:
    n_in, stride = letter(LETTERS.get(axis, "T"), size), letter("S", w.stride)
    if w.same:
        return [line(axis, left, n_in * stride, "padding same")]
    lines: list[Line] = []
    reach = reach_of(w, lines)
    more: Count = letter("A", extra) if extra else 0
    return [*lines, line(axis, left, stretched(n_in, reach, _padding(w, True), stride, more))]


def pool_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes of a pooling layer, and why it has nothing to learn."""
    windows = windows_of(settings, volume.spatial, "size")
    sizes = size_lines(volume, windows, measure.output.spatial, padded=False)
    if not settings.get("scale", False):
        return (*sizes, nothing("parameters", "parameters", "pooling has nothing to learn"))
    channels = letter("C", volume.channels)
    return (
        *sizes,
        parameters(2 * channels, "one coefficient and one bias for each map"),
        macs(_places(measure.output) * channels, "the coefficients"),
    )


def upsample_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes of an upsampling layer."""
    factors = per_axis(settings["size"], len(volume.spatial), "size")
    sizes = [
        line(axis, out_name([axis]), letter(LETTERS[axis], size) * letter("S", factor))
        for axis, size, factor in zip(volume.axes, volume.spatial, factors, strict=True)
    ]
    return (*sizes, nothing("parameters", "parameters", "nothing to learn"))


def side_lines(sign: int, settings: Settings, volume: Volume) -> Lines:
    """Sizes of a crop (sign −1) or of zeros put around (+1)."""
    sides = per_side(settings["sides"], len(volume.spatial), "sides")
    lines = []
    for axis, size, (before, after) in zip(volume.axes, volume.spatial, sides, strict=True):
        whole = letter(LETTERS[axis], size)
        count = whole + before + after if sign > 0 else whole - before - after
        lines.append(line(axis, out_name([axis]), count))
    return tuple(lines)


def crop_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes after cutting away."""
    return side_lines(-1, settings, volume)


def pad_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Sizes after zeros were put around."""
    return side_lines(1, settings, volume)


def channel_lines(settings: Settings, volume: Volume, measure: Measure) -> Lines:
    """Pooling over the whole map, or to a size that is given."""
    return (nothing("parameters", "parameters", "pooling has nothing to learn"),)
