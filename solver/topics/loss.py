"""kind: loss: the error of given predictions or logits, and its gradient by each of them."""

from __future__ import annotations

from collections.abc import Callable

from .. import notation as n
from ..algebra import Integer, quotient, symbol, total
from ..check.loss import audited
from ..notation import Name
from ..options import Options
from ..page.loss import page
from ..solution import Keys
from ..spec.loss import LossProblem
from ..working import Step, Working
from .assembled import Sheet, Told, assembled
from .loss_sample import Sample, setting_key, tag


def solve(problem: LossProblem, options: Options) -> Told:
    """The worked solution of a loss problem.

    Raises NotComputable where the numbers have no result (ln 0), NotAsked for a key it does not have.
    """
    sheet = Sheet(
        kind="loss",
        title=problem.title,
        problem=problem,
        working=work(problem),
        answer_keys=("E",),
        conventions=_conventions(problem),
        checked=lambda values: audited(values, problem, options.backend),
        page=page,
        grouped=_grouped(problem),
    )
    return assembled(sheet, options)


def _conventions(problem: LossProblem) -> dict[str, object]:
    found: dict[str, object] = {"loss": problem.loss.name}
    if problem.loss.setting is not None:
        found[setting_key(problem)] = float(problem.loss.setting.value)
    if problem.output:
        found["output"] = problem.output
    if problem.nested:
        found["reduction"] = problem.reduction
    return found


def _grouped(problem: LossProblem) -> dict[str, Keys]:
    """Gradient by what was given; with logits the predictions and the gradient by them too."""
    found: dict[str, Keys] = {"gradient": _lists(problem, lambda key: f"dE/d{key}", "z" if problem.output else "y")}
    if problem.output:
        found["predicted"] = _lists(problem, str, "y")
        found["gradient_predicted"] = _lists(problem, lambda key: f"dE/d{key}", "y")
    if problem.nested:
        found["E_samples"] = tuple(f"E[{number + 1}]" for number in range(len(problem.cases)))
    return found


def _lists(problem: LossProblem, key: Callable[[str], str], letter: str) -> Keys:
    rows: tuple[Keys, ...] = tuple(
        tuple(key(f"{letter}{index + 1}{tag(problem, number)}") for index in range(len(case.outputs)))
        for number, case in enumerate(problem.cases)
    )
    return rows if problem.nested else rows[0]


def work(problem: LossProblem) -> Working:
    """The Working: givens, predictions, error, gradient by the predictions, and by the logits."""
    return _Writer(problem).work()


class _Writer:
    def __init__(self, problem: LossProblem) -> None:
        self.problem = problem
        self.working = Working()

    def work(self) -> Working:
        problem = self.problem
        if problem.loss.setting is not None:
            key = setting_key(problem)
            self.working.give(key, problem.loss.setting, Name("δ" if key == "delta" else "Δ"))
        if problem.scale is not None:
            self.working.give("scale", problem.scale, n.Number(problem.scale.text))
        for number in range(len(problem.cases)):
            Sample(self.working, problem, number).work()
        if problem.nested:
            self._together()
        return self.working

    def _together(self) -> None:
        """The error of all samples, and what each sample's gradient counts in it."""
        samples = range(len(self.problem.cases))
        errors = total(symbol(f"E[{number + 1}]") for number in samples)
        mean = self.problem.reduction == "mean"
        formula = quotient(errors, Integer(len(samples))) if mean else errors
        section = "All samples"
        self.working.add(Step("E", "average" if mean else "total", formula, Name("E"), section))
        for letter in ("y", "z") if self.problem.output else ("y",):
            for number in samples:
                for index in range(len(self.problem.cases[number].outputs)):
                    self._counted(f"{letter}{index + 1}[{number + 1}]", number, section)

    def _counted(self, key: str, number: int, section: str) -> None:
        own = symbol(f"dE[{number + 1}]/d{key}")
        count = len(self.problem.cases)
        formula = quotient(own, Integer(count)) if self.problem.reduction == "mean" else own
        name = n.Partial(Name("E"), self.working.name(key))
        self.working.add(Step(f"dE/d{key}", "sample_share", formula, name, section))
