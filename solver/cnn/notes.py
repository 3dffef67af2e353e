"""What a teacher adds to a layer: numbers that no window sees, a map that becomes a vector, and the like."""

from __future__ import annotations

from collections.abc import Iterator

from ..spec.convnet import Layer
from .vectors import works_on_steps
from .volume import Measure, Volume
from .windows import Window, unseen, windows_of

_SIZE_OF_WINDOW = {
    "conv": "kernel",
    "depthwise_conv": "kernel",
    "separable_conv": "kernel",
    "max_pool": "size",
    "avg_pool": "size",
    "min_pool": "size",
}
_PARTS = {"height": "rows", "width": "columns", "depth": "slices"}


def notes_of(layer: Layer, volume: Volume, measure: Measure) -> tuple[str, ...]:
    """The notes to a layer, in words."""
    if layer.kind in _SIZE_OF_WINDOW:
        windows = windows_of(layer.settings, volume.spatial, _SIZE_OF_WINDOW[layer.kind])
        return tuple(_window_notes(volume, windows, measure))
    if layer.kind == "dense" and volume.spatial and not works_on_steps(layer.settings, volume):
        return (f"without flatten: the map is laid out as a vector of {volume.numbers:,} numbers",)
    if layer.kind == "dense" and works_on_steps(layer.settings, volume):
        return (f"the same weights work on each of the {volume.size[0]} time steps",)
    if layer.kind == "attention":
        products = 2 * volume.size[0] ** 2 * measure.weights // (4 * volume.channels)
        return (f"scores and weighted sums: {products:,} more multiplications, none by a weight",)
    return ()


def _window_notes(volume: Volume, windows: tuple[Window, ...], measure: Measure) -> Iterator[str]:
    sizes = tuple(zip(volume.axes, volume.spatial, windows, measure.output.spatial, strict=True))
    left = {axis: unseen(size, window, out) for axis, size, window, out in sizes}
    yield from _never_seen(left)
    for count in dict.fromkeys(w.stride - w.reach for w in windows if w.stride > w.reach):
        skipped = "1 position between two windows is" if count == 1 else f"{count} positions between two windows are"
        yield f"the stride is larger than the window: {skipped} never seen"
    for w in dict.fromkeys(w for w in windows if w.same):
        yield from _same_note(w)


def _never_seen(left: dict[str, int]) -> Iterator[str]:
    """One note for all axes that lose equally many."""
    for count in dict.fromkeys(count for count in left.values() if count):
        parts = [_PARTS.get(axis, "positions") for axis, lost in left.items() if lost == count]
        if count == 1:
            verb = "are" if len(parts) > 1 else "is"
            yield f"the last {' and '.join(part[:-1] for part in parts)} {verb} never seen"
        else:
            yield f"the last {count} {' and '.join(parts)} are never seen"


def _same_note(w: Window) -> Iterator[str]:
    exam = (w.reach - 1) // 2
    if w.reach % 2 == 0:
        yield (
            f"an even window has no equal padding on both sides (P = (F - 1)/2 = {(w.reach - 1) / 2:.1f}): "
            f"{w.before} zeros before and {w.after} after"
        )
    elif (w.before, w.after) != (exam, exam):
        yield (
            f"frameworks put {w.before} zeros before and {w.after} after, an exam {exam} on every side: "
            "the same size, other values"
        )
