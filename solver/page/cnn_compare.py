"""Convolutions beside the same layers fully connected."""

from __future__ import annotations

from collections.abc import Iterator

from ..cnn.compare import Comparison, compare_dense
from ..cnn.plan import Plan
from .blocks import Block, Heading, Lines, Prose, Table
from .cnn_working import equation


def comparison(plan: Plan, steps: bool) -> Iterator[Block]:
    """What sparse connectivity and weight sharing save, with the numbers; worked for the first, or for all."""
    found = compare_dense(plan)
    yield Heading(("Compared with fully connected layers",))
    if not found:
        yield Prose(("There is no convolution to compare.",))
        return
    yield Prose(
        (
            "Parameters of the same layer when every output sees every input (dense), when it sees its window only "
            "but has weights of its own (sparse connectivity), and when all windows share the weights of their "
            "filter (weight sharing: the convolution). Saved: how many times fewer by windows, then by sharing.",
        )
    )
    heads = (("layer",), ("dense",), ("windows only",), ("shared",), ("saved",))
    rows = tuple(
        (
            (each.name,),
            (f"{each.dense:,}",),
            (f"{each.unshared:,}",),
            (f"{each.shared:,}",),
            (f"{_times(each.sparse_saves)} · {_times(each.sharing_saves)}",),
        )
        for each in found
    )
    yield Table(heads, rows, frozenset(range(1, 5)))
    more = [each.name for each in found if each.unshared > each.dense]
    if more:
        yield Prose(
            (
                f"{', '.join(more)}: windows hang over into the padding, and weights of their own stand there too, "
                "so that windows alone save nothing on a map this small.",
            )
        )
    for each in found if steps else found[:1]:
        yield from _worked(each)


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2g}×"


def _worked(each: Comparison) -> Iterator[Block]:
    yield Heading((f"{each.name} as a dense layer",), level=2)
    yield Lines(tuple(equation(f"{each.name}.compared", line) for line in each.lines))
