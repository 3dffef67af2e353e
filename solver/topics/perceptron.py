"""kind: perceptron: a neuron that learns row by row, or given layers of threshold neurons."""

from __future__ import annotations

from ..check.perceptron import audited
from ..evaluate import Values
from ..options import Options
from ..page.perceptron import learning_page
from ..solution import Worked
from ..spec.perceptron_problem import Perceptron, ThresholdNet
from .assembled import Sheet, assembled
from .perceptron_learning import Learning
from .threshold_net import solve_net


def solve(problem: Perceptron | ThresholdNet, options: Options) -> Worked:
    """The worked solution of a perceptron problem. Raises NotAsked for a key it does not have."""
    if isinstance(problem, ThresholdNet):
        return solve_net(problem, options)
    learning = Learning(problem)
    learning.learn()
    weights = tuple(key for quantity, key in learning.current.items() if quantity.startswith("w"))
    errors = tuple(f"errors@{epoch}" for epoch in range(1, learning.epochs + 1))
    sheet = Sheet(
        kind="perceptron",
        title=problem.title,
        problem=problem,
        working=learning.working,
        answer_keys=tuple(k for k in ("line_slope", "line_intercept", "line_at") if k in learning.working),
        conventions=_conventions(problem),
        checked=lambda values: audited(values, problem, options.backend),
        page=lambda solution: learning_page(solution, learning),
        grouped={"weights": weights, **_offset(learning), "errors": errors},
        facts=lambda values: _facts(learning, values),
    )
    return assembled(sheet, options)


def _offset(learning: Learning) -> dict[str, str]:
    if not learning.offset:
        return {}
    return {"bias" if learning.offset == "b" else "threshold": learning.current[learning.offset]}


def _conventions(problem: Perceptron) -> dict[str, object]:
    return {
        "activation": problem.activation,
        "fires": problem.fires,
        "rule": problem.rule,
        "update_bias": problem.learns_offset,
    }


def _facts(learning: Learning, values: Values) -> dict[str, object]:
    """How it ended, and the table that an exam wants."""
    return {
        "epochs": learning.epochs,
        "converged": learning.converged,
        "repeats": list(learning.repeats) if learning.repeats else None,
        "table": [
            _row(learning, values, epoch, sample)
            for epoch in range(1, learning.epochs + 1)
            for sample in range(1, len(learning.problem.samples) + 1)
        ],
    }


def _row(learning: Learning, values: Values, epoch: int, sample: int) -> dict[str, object]:
    tag = learning.tag(sample, epoch)
    count = len(learning.problem.weights)
    row: dict[str, object] = {
        "epoch": epoch,
        "sample": sample,
        "inputs": [values.number(f"x{place}[{sample}]") for place in range(1, count + 1)],
        "target": values.number(f"t[{sample}]"),
        "net": values.number(f"in{tag}"),
        "output": values.number(f"y{tag}"),
        "error": values.number(f"e{tag}"),
        "weights": [values.number(f"w{place}{tag}") for place in range(1, count + 1)],
    }
    if learning.offset:
        key = f"{learning.offset}{tag}"
        name = "bias" if learning.offset == "b" else "threshold"
        row[name] = values.number(key if key in values.numbers else learning.offset)
    return row
