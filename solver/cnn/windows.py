"""Windows that slide along an axis: how many positions they have.

Sources: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016); the documentation of
torch.nn.Conv2d, MaxPool2d and ConvTranspose2d; `same` as TensorFlow defines it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..spec.convnet import Settings, Shape
from .count import Count, round_up
from .volume import AXES, MisfitError, Volume


@dataclass(frozen=True, slots=True)
class Window:
    """A window along one axis: its size, stride, dilation and the zeros before and after the input.

    same: the padding was chosen so that the output is ⌈input/stride⌉
    ceil: a last window that reaches over the end counts, as long as it starts inside
    """

    size: int
    stride: int
    before: int
    after: int
    dilation: int = 1
    same: bool = False
    ceil: bool = False

    @property
    def reach(self) -> int:
        """From the first to the last number that one window touches: d·(F − 1) + 1."""
        return self.dilation * (self.size - 1) + 1


def per_axis(value: Any, dimensions: int, setting: str) -> tuple[int, ...]:
    """One number for each axis.

    Raises MisfitError when a list has another length.
    """
    if isinstance(value, int):
        return (value,) * dimensions
    if len(value) == dimensions:
        return tuple(value)
    names = ", ".join(AXES[dimensions])
    raise MisfitError(f"{len(value)} numbers, but the input has {_axes(dimensions)} ({names})", setting)


def _axes(dimensions: int) -> str:
    return "1 axis" if dimensions == 1 else f"{dimensions} axes"


def per_side(value: Any, dimensions: int, setting: str = "padding") -> tuple[tuple[int, int], ...]:
    """(before, after) for each axis, from one number, one for each axis, or one for each side.

    Raises MisfitError when a list has another length.
    """
    if isinstance(value, int):
        return ((value, value),) * dimensions
    if len(value) == dimensions:
        return tuple((one, one) for one in value)
    if len(value) == 2 * dimensions:
        return tuple(zip(value[::2], value[1::2], strict=True))
    raise MisfitError(
        f"{len(value)} numbers, but the input has {_axes(dimensions)}: give one number, "
        f"{dimensions} (one for each axis) or {2 * dimensions} (one for each side)",
        setting,
    )


def windows_of(settings: Settings, sizes: Shape, size: str = "kernel") -> tuple[Window, ...]:
    """The windows of a convolution or pooling layer, one for each axis.

    size: the setting that holds the size of the window
    Raises MisfitError when a setting does not suit the number of axes.
    """
    dimensions = len(sizes)
    spans = per_axis(settings[size], dimensions, size)
    strides = spans if settings["stride"] is None else per_axis(settings["stride"], dimensions, "stride")
    dilations = per_axis(settings.get("dilation", 1), dimensions, "dilation")
    same = settings["padding"] == "same"
    ceil = settings.get("ceil", False)
    if same:
        pads = tuple(_same(*axis) for axis in zip(sizes, spans, strides, dilations, strict=True))
    else:
        pads = per_side(0 if settings["padding"] == "valid" else settings["padding"], dimensions)
    return tuple(
        Window(span, stride, before, after, dilation, same, ceil)
        for span, stride, dilation, (before, after) in zip(spans, strides, dilations, pads, strict=True)
    )


def _same(n: int, size: int, stride: int, dilation: int) -> tuple[int, int]:
    """The zeros that frameworks put before and after: an odd one goes to the end."""
    out = -(-n // stride)
    total = max((out - 1) * stride + dilation * (size - 1) + 1 - n, 0)
    return total // 2, total - total // 2


def slots(n: Count, reach: Count, padding: Count, stride: Count) -> Count:
    """⌊(n − F + p)/S⌋ + 1: the positions of a window of reach F on n numbers and p zeros."""
    return _room(n, reach, padding) // stride + 1


def _room(n: Count, reach: Count, padding: Count) -> Count:
    """n − F + p; a padding of 0 is left out."""
    return n - reach if isinstance(padding, int) and padding == 0 else n - reach + padding


def slots_rounded_up(n: Count, reach: Count, padding: Count, stride: Count) -> Count:
    """⌈(n − F + p)/S⌉ + 1."""
    return round_up(_room(n, reach, padding), stride) + 1


def positions(n: int, window: Window, axis: str = "length", setting: str = "kernel") -> int:
    """How many positions the window has on n numbers; `setting` holds its size.

    Raises MisfitError when it has none, with the smallest changes that mend it.
    """
    if window.same:
        return -(-n // window.stride)
    room = n - window.reach + window.before + window.after
    if room < 0:
        raise MisfitError(_too_small(n, window, axis), setting)
    out = int(slots(n, window.reach, window.before + window.after, window.stride))
    if window.ceil and room % window.stride and not starts_in_padding(n, window):
        out += 1
    return out


def starts_in_padding(n: int, window: Window) -> bool:
    """Whether the window that rounding up would add starts behind the input: then it is left out."""
    last = int(slots_rounded_up(n, window.reach, window.before + window.after, window.stride)) - 1
    return last * window.stride >= n + window.before


def _too_small(n: int, window: Window, axis: str) -> str:
    padded = n + window.before + window.after
    missing = window.reach - padded
    width = (
        f"{window.size}" if window.dilation == 1 else f"{window.size} with dilation {window.dilation} = {window.reach}"
    )
    have = f"{n}" if padded == n else f"{n} + {window.before + window.after} padding = {padded}"
    fits = (padded - 1) // window.dilation + 1
    smaller = f"size {fits} or " if fits >= 1 else ""
    return (
        f"the {axis} falls below 1: the window ({width}) is larger than the input ({have}). "
        f"Smallest change: {smaller}{-(-missing // 2)} more padding on each side"
    )


def unseen(n: int, window: Window, out: int) -> int:
    """How many of the n numbers at the end no window reaches."""
    last = (out - 1) * window.stride + window.reach - window.before
    return max(0, n - last)


def stretched(n: Count, reach: Count, padding: Count, stride: Count, extra: Count = 0) -> Count:
    """(n − 1)·S − p + F (+ extra): the output of a transposed convolution of reach F, p zeros taken away."""
    grown = (n - 1) * stride - padding + reach
    return grown if isinstance(extra, int) and extra == 0 else grown + extra


def windowed(settings: Settings, volume: Volume, size: str = "kernel") -> tuple[tuple[Window, ...], Shape]:
    """The windows of a layer on this input, and the spatial sizes of its output.

    Raises MisfitError when a window does not fit.
    """
    sizes = volume.spatial
    windows = windows_of(settings, sizes, size)
    axes = AXES[len(sizes)]
    out = tuple(positions(n, w, axis, size) for n, w, axis in zip(sizes, windows, axes, strict=True))
    return windows, out
