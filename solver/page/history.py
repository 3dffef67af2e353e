"""The error over the epochs: a table of a few of them and a small curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .. import notation as n
from ..rounding import shown
from .blocks import Block, Heading, Prose, Table
from .drawn import drawn
from .plot import Marks, plot

if TYPE_CHECKING:
    from ..solution import Worked

_ROWS, _COLUMNS, _HEIGHT = 12, 60, 8
_EIGHTHS = " ▁▂▃▄▅▆▇█"


def history_blocks(solution: Worked) -> Iterator[Block]:
    """E after some of the epochs, the first and last among them, and the curve of all."""
    history, digits = solution.history, solution.options.digits
    epochs = len(history) - 1
    yield Heading(("Error over the epochs",))
    if epochs > solution.problem.training.show_epochs:
        yield Prose((f"The lines above are those of the first epoch; the rest of the {epochs} went the same way.",))
    rows = tuple(((str(k),), (n.Number(shown(history[k], digits)),)) for k in _some(epochs))
    yield Table((("epochs",), (solution.name("E"),)), rows, right=frozenset({0, 1}))
    yield drawn(solution, "curve", curve(history))


def cut_blocks(solution: Worked) -> Iterator[Block]:
    """The same epoch with other batches: how many updates it has, and the error after it."""
    training, error = solution.problem.training, solution.name("E")
    yield Heading(("The same epoch, cut into other batches",))
    yield Prose(
        (
            "The larger the batch, the fewer the updates and the better each one follows all samples; "
            f"each update takes the {training.reduction} of its batch, with the weights that the one before left.",
        )
    )
    samples, rows = len(solution.problem.samples), []
    for cut in solution.cuts:
        kind = "full batch" if not cut.batch else "stochastic" if cut.batch == 1 else "mini-batch"
        here = " (worked above)" if cut.batch == training.batch else ""
        number = n.Number(shown(cut.error, solution.options.digits))
        rows.append(((kind + here,), (str(cut.batch or samples),), (str(cut.updates),), (number,)))
    headers = (("",), ("samples each",), ("updates",), (error, " after it"))
    yield Table(headers, tuple(rows), right=frozenset({1, 2, 3}))


def _some(epochs: int) -> list[int]:
    """Up to twelve epochs, closer together at the start, where most happens."""
    if epochs < _ROWS:
        return list(range(epochs + 1))
    picked = {0, 1, epochs} | {round(epochs ** (i / (_ROWS - 1))) for i in range(_ROWS)}
    return sorted(picked)


def curve(history: Sequence[float], what: str = "epochs") -> tuple[str, ...]:
    """The values from left to right as a picture in characters, the largest at the top."""
    if min(history) < 0:
        return plot([Marks("·", list(enumerate(history)))], what, "")
    last = len(history) - 1
    width = min(_COLUMNS, len(history))
    points = [history[round(i * last / max(width - 1, 1))] for i in range(width)]
    top = max(points)
    if top <= 0:
        return ()
    heights = [round(8 * _HEIGHT * max(p, 0.0) / top) for p in points]
    lines = []
    for row in range(_HEIGHT - 1, -1, -1):
        lines.append("│" + "".join(_EIGHTHS[min(max(h - 8 * row, 0), 8)] for h in heights).rstrip())
    return (*lines, "└" + "─" * width, f" 0{str(last).rjust(width - 1)} {what}")
