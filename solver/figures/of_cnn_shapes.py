"""The picture of a convolutional network: a block for each shape on its way, as large as it is, with its numbers."""

from __future__ import annotations

from functools import partial
from math import ceil, log2
from typing import Any

from ..cnn.plan import PlannedLayer
from ..errors import NotAsked
from .drawing import Drawing, Drawings

_IN_ROW, _ROWS = 8, 3
_STEP, _ROW = 118.0, 210.0
_MOST = _IN_ROW * _ROWS

Block = tuple[str, tuple[int, ...], str]


def drawings(solution: Any, find: tuple[str, ...]) -> Drawings:
    """architecture. Raises NotAsked where the shapes are what is asked for."""
    if solution.plan is None:
        raise NotAsked("there is no picture of this problem: more than one network, or none, fits what it asks")
    return {"architecture": partial(architecture, solution)}


def architecture(solution: Any) -> Drawing:
    """The blocks from the input to the output; of a long network the first ones and the last."""
    plan = solution.plan
    blocks: list[Block] = [("input", plan.shown(plan.problem.input), "")]
    blocks += [_block(each, plan.shown(each.output)) for each in plan.layers if not each.trail]
    about = "; ".join(f"{name}: {_times(shape)}" for name, shape, _ in blocks)
    drawing = Drawing(solution.title, f"Shapes layer by layer. {about}.")
    shown = blocks if len(blocks) <= _MOST else [*blocks[: _MOST - 2], ("", (), ""), blocks[-1]]
    in_row = ceil(len(shown) / ceil(len(shown) / _IN_ROW))
    for index, block in enumerate(shown):
        _place(drawing, divmod(index, in_row), block, plan.problem.channels_first)
    return drawing


def _block(each: PlannedLayer, shape: tuple[int, ...]) -> Block:
    return each.name, shape, f"{each.parameters:,} parameters" if each.parameters else ""


def _place(drawing: Drawing, place: tuple[int, int], block: Block, channels_first: bool) -> None:
    """One block with its arrow; at the end of a row the way goes on in the next."""
    row, column = place
    x, y = column * _STEP, row * _ROW
    name, shape, count = block
    if row or column:
        drawing.arrow((x - _STEP / 2 - 12, y), (x - _STEP / 2 + 12, y), "soft", 1.4)
    if not shape:
        drawing.text((x, y), ("…",), 24)
        return
    top = _solid(drawing, (x, y), (shape[1:] + shape[:1]) if channels_first else shape, name == "input")
    drawing.text((x, y - top - 12), (_short(name),), 12, bold=True)
    drawing.text((x, y + 72), (_times(shape),), 11)
    if count:
        drawing.text((x, y + 88), (count,), 10, tone="soft")


def _solid(drawing: Drawing, at: tuple[float, float], shape: tuple[int, ...], given: bool) -> float:
    """A cuboid whose height is the size and whose width the channels, on scales that shrink large numbers."""
    side, channels = (max(shape[:-1]), shape[-1]) if len(shape) > 1 else (shape[-1], 1)
    high, wide = min(12 + 9 * log2(side + 1), 96), min(6 + 4.5 * log2(channels + 1), 54)
    deep = 0.0 if len(shape) < 3 else high * 0.16
    left, top, right, bottom = at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2
    if deep:
        roof = [(left, top), (left + deep, top - deep), (right + deep, top - deep), (right, top)]
        wall = [(right, top), (right + deep, top - deep), (right + deep, bottom - deep), (right, bottom)]
        drawing.path(roof, "ink", 1, fill="tint")
        drawing.path(wall, "ink", 1, fill="faint")
    drawing.rect((left, top), (wide, high), "ink", "tint" if given else "pale", 1)
    return high / 2 + deep


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"
