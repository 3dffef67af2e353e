"""What each layer type really does to an array of ones, and how many numbers its parameters are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from ..spec.convnet import Layer, Settings, Shape
from .sliding import Array, convolved, each, ones, patches, positions, same_sides, sides, spread


@dataclass(frozen=True, slots=True)
class Seen:
    """A layer as found: its output, the numbers in its parameter arrays, and whether it was really run."""

    output: Shape
    parameters: int = 0
    running: int = 0
    run: bool = False
    sequence: bool = False


def look(layer: Layer, shape: Shape, sequence: bool, run_below: int) -> Seen:
    """The layer on an input of ones; run when it has fewer multiplications than `run_below`."""
    s = layer.settings
    if layer.kind in _MAPS:
        return _MAPS[layer.kind](s, shape, run_below)
    if layer.kind in _SEQUENCES:
        return _SEQUENCES[layer.kind](s, shape)
    if layer.kind == "dense":
        return _dense(s, shape, sequence, run_below)
    if layer.kind == "batch_norm":
        kept = _held([(shape[-1],)] * 2)
        return Seen(shape, kept if s["scale"] else 0, kept if s["running"] else 0, sequence=sequence)
    if layer.kind == "layer_norm":
        return Seen(shape, _held([shape if s["over"] == "all" else shape[-1:]] * 2), sequence=sequence)
    if layer.kind == "prelu":
        return Seen(shape, _held([shape[-1:] if s["each_channel"] else (1,)]), sequence=sequence)
    return Seen(shape, sequence=sequence)


def _held(shapes: Sequence[Shape]) -> int:
    """The numbers in arrays of these shapes."""
    return sum(ones(shape).size for shape in shapes)


def _padding(s: Settings, sizes: Shape, reach: Sequence[int], stride: Sequence[int]) -> list[tuple[int, int]]:
    if s["padding"] == "same":
        return [same_sides(*axis) for axis in zip(sizes, reach, stride, strict=True)]
    return sides(0 if s["padding"] == "valid" else s["padding"], len(sizes))


def _windows(s: Settings, sizes: Shape, filters: Shape, groups: int, run_below: int) -> tuple[Shape, bool]:
    """The output (axes..., K) of a convolution with weights (kernel..., C/groups, K)."""
    axes = len(sizes) - 1
    stride, dilation = each(s["stride"], axes), each(s["dilation"], axes)
    reach = [range(0, f * d, d)[-1] + 1 for f, d in zip(filters[:axes], dilation, strict=True)]
    pads = _padding(s, sizes[:-1], reach, stride)
    padded = [n + before + after for n, (before, after) in zip(sizes[:-1], pads, strict=True)]
    out = positions(padded, reach, stride)
    if prod(out) * prod(filters) >= run_below:
        return (*out, filters[-1]), False
    image = np.pad(np.ones(sizes), [*pads, (0, 0)])
    result = convolved(image, np.ones(filters), stride, dilation, groups)
    if result.max() > prod(filters[:-1]):
        raise ArithmeticError("a window of ones cannot sum to more than its weights")
    return result.shape, True


def _conv(s: Settings, shape: Shape, run_below: int) -> Seen:
    kernel = each(s["kernel"], len(shape) - 1)
    filters = (*kernel, shape[-1] // s["groups"], s["filters"])
    out, run = _windows(s, shape, filters, s["groups"], run_below)
    arrays: list[Shape] = [filters]
    if s["connections"] is not None:
        arrays = [(*kernel, len(row)) for row in s["connections"]]
    return Seen(out, _held([*arrays, *_bias(s, s["filters"])]), run=run)


def _bias(s: Settings, count: int) -> list[Shape]:
    return [(count,)] if s["bias"] else []


def _depthwise(s: Settings, shape: Shape, run_below: int) -> Seen:
    channels = shape[-1] * s["multiplier"]
    filters = (*each(s["kernel"], len(shape) - 1), 1, channels)
    out, run = _windows(s, shape, filters, shape[-1], run_below)
    return Seen(out, _held([filters, *_bias(s, channels)]), run=run)


def _separable(s: Settings, shape: Shape, run_below: int) -> Seen:
    first = _depthwise({**s, "bias": False}, shape, run_below)
    second = (first.output[-1], s["filters"])
    out = (*first.output[:-1], s["filters"])
    return Seen(out, first.parameters + _held([second, *_bias(s, s["filters"])]), run=first.run)


def _conv_transpose(s: Settings, shape: Shape, run_below: int) -> Seen:
    axes = len(shape) - 1
    kernel, stride, dilation, extra = (each(s[key], axes) for key in ("kernel", "stride", "dilation", "output_padding"))
    filters = (*kernel, shape[-1] // s["groups"], s["filters"])
    parameters = _held([filters, *_bias(s, s["filters"])])
    if s["padding"] == "same":
        out = tuple(len(range(n * step)) for n, step in zip(shape[:-1], stride, strict=True))
        return Seen((*out, s["filters"]), parameters)
    run = prod(shape[:-1]) * prod(filters) < run_below
    if run:
        image = np.ones((*shape[:-1], filters[-2]))
        grown: Shape = spread(image, np.ones(filters), stride, dilation).shape[:-1]
    else:
        starts = (range(0, n * step, step)[-1] for n, step in zip(shape[:-1], stride, strict=True))
        grown = tuple(at + range(0, f * d, d)[-1] + 1 for at, f, d in zip(starts, kernel, dilation, strict=True))
    cut = sides(0 if s["padding"] == "valid" else s["padding"], axes)
    out = tuple(n - before - after + more for n, (before, after), more in zip(grown, cut, extra, strict=True))
    return Seen((*out, s["filters"]), parameters, run=run)


def _pool(s: Settings, shape: Shape, run_below: int) -> Seen:
    axes, sizes = len(shape) - 1, shape[:-1]
    window = each(s["size"], axes)
    stride = window if s["stride"] is None else each(s["stride"], axes)
    pads = _padding(s, sizes, window, stride)
    if s["ceil"] and s["padding"] != "same":
        pads = [_filled_up(*axis) for axis in zip(sizes, window, stride, pads, strict=True)]
    out = positions([n + sum(pad) for n, pad in zip(sizes, pads, strict=True)], window, stride)
    run = prod(out) * prod(window) * shape[-1] < run_below
    if run:
        image = np.pad(np.ones(shape), [*pads, (0, 0)], constant_values=-np.inf)
        largest: Array = patches(image, window, stride, [1] * axes).max(axis=tuple(range(axes + 1, 2 * axes + 1)))
        if not np.all(largest == 1):
            raise ArithmeticError("a window holds nothing but padding")
        out = largest.shape[:-1]
    scale = [(shape[-1],)] * 2 if s.get("scale") else []
    return Seen((*out, shape[-1]), _held(scale), run=run)


def _filled_up(size: int, window: int, stride: int, pad: tuple[int, int]) -> tuple[int, int]:
    """Padding at the end so that every window that starts inside (or in the padding before) is whole."""
    starts = range(0, size + pad[0], stride)
    whole = [range(0, size + sum(pad) - window + stride, stride)]
    last = min(starts[-1], whole[0][-1])
    return pad[0], max(last + window - size - pad[0], pad[1])


def _global(s: Settings, shape: Shape, run_below: int) -> Seen:
    return Seen(ones(shape).max(axis=tuple(range(len(shape) - 1))).shape)


def _adaptive(s: Settings, shape: Shape, run_below: int) -> Seen:
    return Seen((*each(s["size"], len(shape) - 1), shape[-1]))


def _upsample(s: Settings, shape: Shape, run_below: int) -> Seen:
    factors = each(s["size"], len(shape) - 1)
    return Seen((*(len(range(n * factor)) for n, factor in zip(shape[:-1], factors, strict=True)), shape[-1]))


def _crop(s: Settings, shape: Shape, run_below: int) -> Seen:
    cut = sides(s["sides"], len(shape) - 1)
    parts = tuple(slice(before, n - after) for n, (before, after) in zip(shape[:-1], cut, strict=True))
    return Seen(ones(shape)[parts].shape)


def _pad(s: Settings, shape: Shape, run_below: int) -> Seen:
    added = sides(s["sides"], len(shape) - 1)
    return Seen((*(n + before + after for n, (before, after) in zip(shape[:-1], added, strict=True)), shape[-1]))


def _flatten(s: Settings, shape: Shape, run_below: int) -> Seen:
    return Seen((ones(shape).size,))


def _reshape(s: Settings, shape: Shape, run_below: int) -> Seen:
    return Seen(ones((ones(shape).size,)).reshape(s["size"]).shape)


def _dense(s: Settings, shape: Shape, sequence: bool, run_below: int) -> Seen:
    stepwise = len(shape) == 2 and (sequence if s["each_step"] is None else s["each_step"])
    rows = ones(shape) if stepwise else ones((1, ones(shape).size))
    weights = ones((rows.shape[1], s["units"]))
    run = rows.shape[0] * weights.size < run_below
    out = (rows @ weights).shape if run else (rows.shape[0], s["units"])
    parameters = _held([weights.shape, *_bias(s, s["units"])])
    return Seen(out if stepwise else out[1:], parameters, run=run, sequence=bool(stepwise))


def _embedding(s: Settings, shape: Shape) -> Seen:
    return Seen((*shape, s["units"]), _held([(s["vocabulary"], s["units"])]), sequence=True)


def _attention(s: Settings, shape: Shape) -> Seen:
    features = shape[-1]
    width = s["heads"] * (s["key_size"] or features // s["heads"])
    arrays: list[Shape] = [(features, width)] * 3 + [(width, features)]
    if s["bias"]:
        arrays += [(width,)] * 3 + [(features,)]
    return Seen(shape, _held(arrays), sequence=True)


def _recurrent(gates: int) -> Callable[[Settings, Shape], Seen]:
    def found(s: Settings, shape: Shape) -> Seen:
        units, ways = s["units"], 2 if s["bidirectional"] else 1
        gate: list[Shape] = [(shape[-1], units), (units, units), *[(units,)] * s["biases"]]
        last = ones((*shape[:1], ways * units))
        out = last if s["sequences"] else last[-1]
        return Seen(out.shape, _held(gate * gates * ways), sequence=s["sequences"])

    return found


_MAPS: dict[str, Callable[[Settings, Shape, int], Seen]] = {
    "conv": _conv,
    "depthwise_conv": _depthwise,
    "separable_conv": _separable,
    "conv_transpose": _conv_transpose,
    "max_pool": _pool,
    "avg_pool": _pool,
    "min_pool": _pool,
    "global_avg_pool": _global,
    "global_max_pool": _global,
    "adaptive_avg_pool": _adaptive,
    "adaptive_max_pool": _adaptive,
    "upsample": _upsample,
    "crop": _crop,
    "pad": _pad,
    "flatten": _flatten,
    "reshape": _reshape,
}
_SEQUENCES: dict[str, Callable[[Settings, Shape], Seen]] = {
    "embedding": _embedding,
    "attention": _attention,
    "rnn": _recurrent(1),
    "lstm": _recurrent(4),
    "gru": _recurrent(3),
}
