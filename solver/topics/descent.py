"""The Working of a gradient-descent problem: gradients, updates and the function at each point.

Keys: x[k] is x after k updates, f[k] and df/dx[k] belong to that point, m_x[k] is the state after update k.
Where several descents stand side by side, those of the second end in @2.
"""

from __future__ import annotations

from ..evaluate import evaluate
from ..spec.descent import Descent
from ..working import Working
from .descent_lines import Writer
from .descent_run import RunWriter

_NOTHING = 1e-12


def work(problem: Descent) -> Working:
    """The lines of every descent, or of the gradient at the point, or of the averages of the samples."""
    writer = Writer(problem)
    writer.samples()
    for index, run in enumerate(problem.runs):
        RunWriter(writer, run, problem.tag(index)).work()
    if problem.function and not problem.runs:
        writer.at_point(problem.point)
        _compare(writer)
    return writer.working


def _compare(writer: Writer) -> None:
    """How many times each slope is the smallest one, where slopes are not 0."""
    found = evaluate(writer.working)
    sizes = {name: abs(found.number(f"df/d{name}[0]")) for name in writer.problem.variables}
    felt = {name: size for name, size in sizes.items() if size > _NOTHING}
    if felt:
        least = min(felt, key=lambda name: felt[name])
        for name in felt:
            if name != least:
                writer.compare(name, least)
