"""kind: normalization: batch and layer normalization, running averages, and the way back through both."""

from __future__ import annotations

from collections.abc import Mapping

from ..check.audit import Audit
from ..check.normalization import audited
from ..errors import NotAsked
from ..options import Options
from ..page.normalization import page
from ..solution import Keys, Worked
from ..spec.normalization_problem import Normalization
from .assembled import Sheet, assembled
from .normalization_steps import work
from .outcome import Rows, numbered


def solve(problem: Normalization, options: Options) -> Worked:
    """The worked solution of a normalization problem.

    Raises NotComputable where the numbers have no result, NotAsked for a key or style that it does not have.
    """
    if options.style != "chain":
        raise NotAsked(
            f"a normalization is not written in the style {options.style}; its style is chain", options.style
        )

    def checked(values: Mapping[str, float]) -> Audit:
        return audited(values, problem, options.backend)

    working = work(problem)
    sheet = Sheet(
        kind="normalization",
        title=problem.title,
        problem=problem,
        working=working,
        answer_keys=("E",) if "E" in working else (),
        conventions=_conventions(problem),
        checked=checked,
        page=page,
        grouped=_grouped(problem),
    )
    return assembled(sheet, options)


def _conventions(problem: Normalization) -> dict[str, object]:
    found: dict[str, object] = {
        "method": problem.method,
        "variance": problem.variance,
        "epsilon": float(problem.epsilon.value),
        "phase": "test" if problem.testing else "train",
    }
    if problem.running and not problem.testing:
        found |= {"momentum_weighs": problem.running.weighs, "running_spread": problem.running.spread}
    if problem.outcome.target:
        found |= {"loss": problem.outcome.loss.name, "reduction": problem.outcome.reduction}
    return found


def _grouped(problem: Normalization) -> dict[str, Keys]:
    """The answers that are lists: statistics by group, everything else by cell."""
    rows, columns = problem.size
    groups, features = problem.groups, range(1, columns + 1)
    found: dict[str, Keys] = {}
    for name in ("std",) if problem.testing else ("mean", "variance", "std"):
        found[name] = tuple(f"{name}[{group}]" for group in groups)
    for answer, name in (("xhat", "xhat"), ("outputs", "out")):
        found[answer] = _nested(numbered(name, rows, columns))
    if problem.running and not problem.testing:
        for name in ("running_mean", "running_variance"):
            found[name] = tuple(f"{name}[{feature}]'" for feature in features)
    if problem.outcome.goes_back:
        for letter in ("gamma", "beta"):
            found[f"dE/d{letter}"] = tuple(f"dE/d{letter}[{feature}]" for feature in features)
        found["dE/dx"] = _nested(numbered("dE/dx", rows, columns))
    if problem.outcome.learns:
        for letter in ("gamma", "beta"):
            found[f"{letter}'"] = tuple(f"{letter}[{feature}]'" for feature in features)
    return found


def _nested(rows: Rows) -> Keys:
    return tuple(tuple(row) for row in rows)
