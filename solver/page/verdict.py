"""The closing words of a page: what was checked against what, and whether it agrees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from .blocks import Block, Inline, Prose

if TYPE_CHECKING:
    from ..solution import Worked


def verdict(solution: Worked) -> Iterator[Block]:
    """Whether the reference and the finite differences agree, and how far rounding moved the answers."""
    check = solution.check
    if check is None:
        yield Prose(("Not checked (--no-check).",))
        return
    if check.agrees:
        yield Prose((_agreement(check.backend, check.compared, check.differences),))
    else:
        yield Prose((f"DISAGREES: {check.detail}. Do not use this page.",))
    if check.skipped:
        keys = ", ".join(check.skipped)
        yield Prose((f"No finite differences for {keys}: the error has a kink there.",))
    if solution.options.carry == "rounded":
        yield Prose(tuple(_moved(solution)))


def _agreement(backend: str, compared: int, differences: int) -> str:
    text = f"Proved: {compared} quantities agree with {_NAMES[backend]} to 12 digits"
    if differences:
        text += f", and {differences} gradients with finite differences"
    return text + "."


_NAMES = {"numpy": "an independent NumPy computation", "cupy": "an independent CuPy computation"}


def _moved(solution: Worked) -> Iterator[Inline]:
    """How far rounding by hand moved the answer that it moved most."""
    worked = [k for k in solution.answer_keys if k not in solution.extra]
    if len(worked) < len(solution.answer_keys) and solution.history:
        yield "The lines are rounded one by one; the results after many updates are carried in full. "
    if not worked:
        return
    gaps = {k: abs(solution.values.number(k) - solution.full_values.number(k)) for k in worked}
    worst = max(gaps, key=lambda k: gaps[k])
    if gaps[worst] == 0:
        yield "Rounding line by line moved no answer."
        return
    yield "Carried in full the same lines were checked; rounding line by line moved the answers by at most "
    yield n.Number(f"{gaps[worst]:.0e}".replace("e-0", "e-").replace("e+0", "e"))
    yield " ("
    yield solution.working.name(worst)
    yield ")."
