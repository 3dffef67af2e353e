"""kind: attention: scores, weights and weighted sums of every query, and the way back to every matrix."""

from __future__ import annotations

from collections.abc import Mapping

from ..check.attention import audited
from ..check.audit import Audit
from ..errors import NotAsked
from ..evaluate import Values
from ..options import Options
from ..page.attention import page
from ..solution import Keys, Worked
from ..spec.attention_problem import Attention
from .assembled import Sheet, assembled
from .attention_steps import Rows, scores, work
from .outcome import numbered


def solve(problem: Attention, options: Options) -> Worked:
    """The worked solution of an attention problem.

    Raises NotComputable where the numbers have no result, NotAsked for a key or style that it does not have.
    """
    if options.style != "chain":
        raise NotAsked(f"attention is not written in the style {options.style}; its style is chain", options.style)

    def checked(values: Mapping[str, float]) -> Audit:
        return audited(values, problem, options.backend)

    def masked(values: Values) -> Mapping[str, object]:
        return _masked(problem, values)

    working = work(problem)
    sheet = Sheet(
        kind="attention",
        title=problem.title,
        problem=problem,
        working=working,
        answer_keys=("E",) if "E" in working else (),
        conventions=_conventions(problem),
        checked=checked,
        page=page,
        grouped=_grouped(problem),
        facts=masked,
    )
    return assembled(sheet, options)


def _conventions(problem: Attention) -> dict[str, object]:
    found: dict[str, object] = {
        "scaling": "root of d_k" if problem.scaled else "none",
        "mask": "causal" if problem.causal else "given" if problem.mask else "none",
        "heads": problem.heads,
        "vectors": "rows: Q = X Wq",
    }
    if problem.outcome.target:
        found |= {"loss": problem.outcome.loss.name, "reduction": problem.outcome.reduction}
    return found


def _grouped(problem: Attention) -> dict[str, Keys]:
    """The answers that are lists: of every head scores and weights, then outputs, gradients, new matrices."""
    found: dict[str, Keys] = {}
    for head in range(1, problem.heads + 1):
        tag = problem.tag(head)
        found[f"scores{tag}"] = _nested(scores(problem, "score", head))
        if problem.scaled and problem.mask is None:
            found[f"scaled{tag}"] = _nested(scores(problem, "scaled", head))
        found[f"weights{tag}"] = _nested(scores(problem, "weight", head))
    found["outputs"] = _nested(numbered("out", problem.count("q"), problem.output_width))
    if problem.outcome.goes_back:
        for name, grid in problem.givens.items():
            found[f"dE/d{name}"] = _nested(numbered(f"dE/d{name}", len(grid), len(grid[0])))
    if problem.outcome.learns:
        for name, grid in problem.matrices.items():
            rows = numbered(name, len(grid), len(grid[0]))
            found[f"{name}'"] = tuple(tuple(f"{key}'" for key in row) for row in rows)
    return found


def _nested(rows: Rows) -> Keys:
    return tuple(tuple(row) for row in rows)


def _masked(problem: Attention, values: Values) -> dict[str, object]:
    """Scaled scores with null for minus infinity, where there is a mask."""
    if problem.mask is None or not problem.scaled:
        return {}
    return {
        f"scaled{problem.tag(head)}": [
            [values.number(key) if key in values.numbers else None for key in row]
            for row in scores(problem, "scaled", head)
        ]
        for head in range(1, problem.heads + 1)
    }
