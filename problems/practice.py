"""The doors for Python: a problem of a kind, a sheet of problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .batches import Work
from .plan import Plan, entries_of, wished
from .posed import Pool, Posed
from .sheet import Sheet, make


def sample(kind: str, seed: int = 0, level: str = "medium", calculator: bool = True, **chosen: object) -> Posed:
    """A proved problem of a kind; `chosen` are the kind's own settings, such as hidden=3.

    Raises DlsolveError for a kind, level or setting that there is not.
    """
    return Work(_plan([kind], 1, seed, level, calculator, chosen)).posed(0, Pool())


def practice_sheet(
    kinds: Iterable[str],
    count: int = 1,
    seed: int = 0,
    level: str = "medium",
    calculator: bool = True,
    **chosen: object,
) -> Sheet:
    """A sheet of so many problems, kinds in turn. Raises DlsolveError as `sample` does."""
    return make(_plan(kinds, count, seed, level, calculator, chosen), Pool())


def _plan(
    kinds: Iterable[str], count: int, seed: int, level: str, calculator: bool, chosen: Mapping[str, object]
) -> Plan:
    return Plan(entries_of(tuple(kinds), count, wished(level, calculator, chosen)), seed)
