"""Layers that work on feature maps: what each makes of its input, and how many parameters and MACs it has.

Sources: the documentation of torch.nn and keras.layers; for the partial connections and the scaled pooling
LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, prod

from ..spec.convnet import Settings, Shape
from .count import Count, product
from .volume import AXES, Measure, MisfitError, Reach, Volume, as_map, nearest_divisor
from .windows import Window, per_axis, per_side, stretched, windowed


def filter_weights(kernel: Sequence[Count], channels: Count) -> Count:
    """F·F·C: the weights of one filter."""
    return product([*kernel, channels])


def filters_parameters(weights: Count, filters: Count, bias: bool) -> Count:
    """(F·F·C + 1)·K, or F·F·C·K without biases."""
    return (weights + 1) * filters if bias else weights * filters


def conv(settings: Settings, volume: Volume) -> Measure:
    """A convolution: each filter looks at every channel of its group."""
    _, channels = as_map(volume)
    windows, out = windowed(settings, volume)
    filters, groups = settings["filters"], settings["groups"]
    kernel = [w.size for w in windows]
    if settings["connections"] is not None:
        weights = prod(kernel) * _connected(settings, channels)
    else:
        _groups_divide(channels, filters, groups)
        weights = int(filters_parameters(filter_weights(kernel, channels // groups), filters, bias=False))
    return _filtered(windows, out, weights, filters, settings["bias"])


def _filtered(windows: Sequence[Window], out: Shape, weights: int, channels: int, bias: bool) -> Measure:
    places = prod(out)
    return Measure(
        Volume((*out, channels)),
        weights=weights,
        biases=channels if bias else 0,
        macs=weights * places,
        additions=channels * places if bias else 0,
        reach=sliding(windows),
    )


def sliding(windows: Sequence[Window]) -> Reach | None:
    """How windows widen the receptive field; None for 1 × 1 windows that move by 1."""
    steps = tuple((w.reach, w.stride) for w in windows)
    return None if all(step == (1, 1) for step in steps) else Reach("window", steps)


def _connected(settings: Settings, channels: int) -> int:
    """How many pairs of a filter and a channel the connection table holds."""
    table, filters = settings["connections"], settings["filters"]
    if len(table) != filters:
        raise MisfitError(
            f"{len(table)} lists, but there are {filters} filters: one list for each filter", "connections"
        )
    largest = max(max(row) for row in table)
    if largest >= channels:
        raise MisfitError(f"channel {largest} is named, but the input has channels 0 to {channels - 1}", "connections")
    if settings["groups"] != 1:
        raise MisfitError("groups and a connection table exclude each other: leave one out", "groups")
    return sum(len(row) for row in table)


def _groups_divide(channels: int, filters: int, groups: int) -> None:
    for count, what in ((channels, "input channels"), (filters, "filters")):
        if count % groups:
            near = nearest_divisor(gcd(channels, filters), groups)
            raise MisfitError(
                f"{groups} groups do not divide {count} {what}; the nearest number of groups that divides "
                f"{channels} input channels and {filters} filters is {near}",
                "groups",
            )


def depthwise(settings: Settings, volume: Volume) -> Measure:
    """A convolution in which each channel has its own filter(s) and sees no other channel."""
    _, channels = as_map(volume)
    windows, out = windowed(settings, volume)
    filters = channels * settings["multiplier"]
    weights = int(filters_parameters(filter_weights([w.size for w in windows], 1), filters, bias=False))
    return _filtered(windows, out, weights, filters, settings["bias"])


def separable(settings: Settings, volume: Volume) -> Measure:
    """A depthwise convolution, then one of 1 × 1; one bias for each filter of the second, as in Keras."""
    _, channels = as_map(volume)
    windows, out = windowed(settings, volume)
    middle, filters = channels * settings["multiplier"], settings["filters"]
    weights = prod(w.size for w in windows) * middle + middle * filters
    return _filtered(windows, out, weights, filters, settings["bias"])


def conv_transpose(settings: Settings, volume: Volume) -> Measure:
    """A transposed convolution: each input number is spread over a window of the output."""
    sizes, channels = as_map(volume)
    windows, out = spread_windows(settings, sizes)
    filters, groups = settings["filters"], settings["groups"]
    _groups_divide(channels, filters, groups)
    weights = int(
        filters_parameters(filter_weights([w.size for w in windows], channels // groups), filters, bias=False)
    )
    return Measure(
        Volume((*out, filters)),
        weights=weights,
        biases=filters if settings["bias"] else 0,
        macs=weights * prod(sizes),
        additions=filters * prod(out) if settings["bias"] else 0,
        reach=Reach("spread", tuple((w.reach, w.stride) for w in windows)),
    )


def spread_windows(settings: Settings, sizes: Shape) -> tuple[tuple[Window, ...], Shape]:
    """The windows of a transposed convolution, and the output sizes: (n − 1)·S − p + F, or n·S for same."""
    dimensions = len(sizes)
    same = settings["padding"] == "same"
    spans, strides, dilations, extras = (
        per_axis(settings[key], dimensions, key) for key in ("kernel", "stride", "dilation", "output_padding")
    )
    pads = per_side(0 if settings["padding"] in ("same", "valid") else settings["padding"], dimensions)
    windows = tuple(Window(f, s, *p, d, same) for f, s, p, d in zip(spans, strides, pads, dilations, strict=True))
    out = tuple(
        n * w.stride if same else int(stretched(n, w.reach, w.before + w.after, w.stride, e))
        for n, w, e in zip(sizes, windows, extras, strict=True)
    )
    for axis, n in zip(AXES[dimensions], out, strict=True):
        if n < 1:
            raise MisfitError(
                f"the {axis} falls below 1 ({n}): take away less padding, by {-(-(1 - n) // 2)}", "padding"
            )
    return windows, out


def pool(settings: Settings, volume: Volume) -> Measure:
    """Pooling: one number for each window and channel; `scale` learns two for each map (LeNet-5, 1998)."""
    _, channels = as_map(volume)
    windows, out = windowed(settings, volume, "size")
    for w in windows:
        if not w.same and max(w.before, w.after) > w.size // 2:
            raise MisfitError(
                f"padding {max(w.before, w.after)} is more than half the window ({w.size}), so that a window "
                f"could hold nothing but padding: at most {w.size // 2}",
                "padding",
            )
    scaled = channels if settings.get("scale", False) else 0
    places = prod(out)
    return Measure(
        Volume((*out, channels)),
        weights=scaled,
        biases=scaled,
        macs=scaled * places,
        additions=scaled * places,
        reach=sliding(windows),
    )


def global_pool(settings: Settings, volume: Volume) -> Measure:
    """Global pooling: one number for each channel."""
    _, channels = as_map(volume)
    return Measure(Volume((channels,)), reach=Reach("whole"))


def adaptive_pool(settings: Settings, volume: Volume) -> Measure:
    """Pooling to a given size: window i runs from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉."""
    sizes, channels = as_map(volume)
    out = per_axis(settings["size"], len(sizes), "size")
    steps = tuple((_widest(n, m), Fraction(n, m)) for n, m in zip(sizes, out, strict=True))
    return Measure(Volume((*out, channels)), reach=Reach("window", steps))


def _widest(n: int, m: int) -> int:
    """The largest of the windows from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉."""
    whole, rest = divmod(n, m)
    if rest == 0:
        return whole
    return whole + (1 if rest == gcd(n, m) else 2)


def upsample(settings: Settings, volume: Volume) -> Measure:
    """Each axis made longer by a whole factor, by repeating numbers or by interpolation; nothing to learn."""
    sizes, channels = as_map(volume)
    factors = per_axis(settings["size"], len(sizes), "size")
    width = 1 if settings["mode"] == "nearest" else 2
    out = tuple(n * factor for n, factor in zip(sizes, factors, strict=True))
    return Measure(Volume((*out, channels)), reach=Reach("spread", tuple((width * f, f) for f in factors)))


def crop(settings: Settings, volume: Volume) -> Measure:
    """Rows and columns cut away on each side."""
    sizes, channels = as_map(volume)
    sides = per_side(settings["sides"], len(sizes), "sides")
    out = tuple(n - before - after for n, (before, after) in zip(sizes, sides, strict=True))
    for axis, n, left, (before, after) in zip(AXES[len(sizes)], sizes, out, sides, strict=True):
        if left < 1:
            raise MisfitError(f"the {axis} falls below 1: {before} + {after} of {n} cut away; at most {n - 1}", "sides")
    return Measure(Volume((*out, channels)))


def pad(settings: Settings, volume: Volume) -> Measure:
    """Zeros put around the map."""
    sizes, channels = as_map(volume)
    sides = per_side(settings["sides"], len(sizes), "sides")
    out = tuple(n + before + after for n, (before, after) in zip(sizes, sides, strict=True))
    return Measure(Volume((*out, channels)))
