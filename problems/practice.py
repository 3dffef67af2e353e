"""The doors for Python: a problem of a kind, a sheet of problems."""

from __future__ import annotations

from collections.abc import Iterable

from solver.errors import DlsolveError

from .posed import Pool, Posed
from .samplers import sampler, settings
from .sheet import Plan, Sheet, make
from .wishes import LEVELS, Wishes


def sample(kind: str, seed: int = 0, level: str = "medium", calculator: bool = True, **chosen: object) -> Posed:
    """A proved problem of a kind; `chosen` are the kind's own settings, such as hidden=3.

    Raises DlsolveError for a kind, level or setting that there is not.
    """
    return practice_sheet([kind], 1, seed, level, calculator, **chosen).problems[0]


def practice_sheet(
    kinds: Iterable[str],
    count: int = 1,
    seed: int = 0,
    level: str = "medium",
    calculator: bool = True,
    **chosen: object,
) -> Sheet:
    """A sheet of so many problems, kinds in turn. Raises DlsolveError as `sample` does."""
    return make(planned(tuple(kinds), count, seed, wished(level, calculator, chosen)), Pool())


def wished(level: str, calculator: bool, chosen: dict[str, object]) -> Wishes:
    """What is wished. Raises DlsolveError for a level that there is not."""
    if level not in LEVELS:
        raise DlsolveError(f"no level is named '{level}'; the levels are {', '.join(LEVELS)}")
    return Wishes(level, not calculator, {name: str(value) for name, value in chosen.items()})


def planned(kinds: tuple[str, ...], count: int, seed: int, wishes: Wishes) -> Plan:
    """A plan whose kinds and settings are known. Raises DlsolveError naming one that is not."""
    if not kinds or count < 1:
        raise DlsolveError("a sheet needs a kind, and at least one problem")
    for kind in kinds:
        sampler(kind)
    known = settings(kinds)
    for name in wishes.settings:
        if name not in known:
            raise DlsolveError(f"--set {name}: these kinds have no such setting; they have {', '.join(known)}")
    return Plan(kinds, count, seed, wishes)
