"""Where ways meet: a residual adds them, branches are joined along their channels."""

from __future__ import annotations

from collections.abc import Sequence

from .volume import Measure, MisfitError, Volume, described


def added(body: Volume, shortcut: Volume, identity: bool) -> Measure:
    """The sum of a body and its shortcut.

    identity: the shortcut is the input itself
    Raises MisfitError when the shapes differ, naming the axis, both numbers and what mends it.
    """
    if body.size == shortcut.size:
        return Measure(body)
    if len(body.size) != len(shortcut.size):
        raise MisfitError(f"the body gives {described(body)}, the shortcut {described(shortcut)}: they cannot be added")
    names = (*body.axes, "channels")
    differ = [
        f"{name} {ours} and {theirs}"
        for name, ours, theirs in zip(names, body.size, shortcut.size, strict=True)
        if ours != theirs
    ]
    raise MisfitError(f"body and shortcut differ: {'; '.join(differ)}. {_mended(body, shortcut, identity)}")


def _mended(body: Volume, shortcut: Volume, identity: bool) -> str:
    """The 1 × 1 convolution that brings the shortcut to the body's shape, or else the padding."""
    shrunk = (-(-theirs // ours) for ours, theirs in zip(body.spatial, shortcut.spatial, strict=True))
    stride = max(shrunk, default=1)
    axes = zip(body.spatial, shortcut.spatial, strict=True)
    fits = all(-(-theirs // stride) == ours for ours, theirs in axes)
    if fits and body.spatial:
        moved = f", stride: {stride}" if stride > 1 else ""
        conv = f"{{conv: {{filters: {body.channels}, kernel: 1{moved}}}}}"
        place = f"shortcut: [{conv}]" if identity else f"{conv} at the end of the shortcut"
        return f"Smallest change: {place}"
    if not body.spatial:
        return f"Smallest change: {{dense: {body.channels}}} in the shortcut"
    return "Smallest change: padding: same in the body, so that it keeps the size"


def concatenated(ways: Sequence[Volume]) -> Measure:
    """The channels of all ways, one behind the other.

    Raises MisfitError when another axis differs, naming it, both numbers and what mends it.
    """
    first = ways[0]
    for number, way in enumerate(ways[1:], start=2):
        _lines_up(first, way, number)
    channels = sum(way.channels for way in ways)
    return Measure(Volume((*first.spatial, channels), first.sequence))


def _lines_up(first: Volume, way: Volume, number: int) -> None:
    if len(first.size) != len(way.size):
        raise MisfitError(f"branch 1 gives {described(first)}, branch {number} {described(way)}: they cannot be joined")
    for axis, ours, theirs in zip(first.axes, first.spatial, way.spatial, strict=True):
        if ours != theirs:
            larger, less = (1, ours - theirs) if ours > theirs else (number, theirs - ours)
            raise MisfitError(
                f"the {axis} of branch 1 is {ours}, that of branch {number} is {theirs}; to be joined along "
                f"the channels they must be equal. Smallest change: a crop of {less} (sides {less // 2} and "
                f"{less - less // 2}) at the end of branch {larger}, or padding: same where the size was lost"
            )
