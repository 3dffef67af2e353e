"""Solving a gradient-descent problem: the working, its values, the audit, and what is asked for."""

from __future__ import annotations

from dataclasses import replace

from ..check.backends import backend as array_backend
from ..check.compare import Audit, held
from ..check.descent_differences import differences
from ..check.gradient_descent import quantities
from ..errors import NotAsked, NotComputable
from ..evaluate import Values, evaluate
from ..options import Options
from ..page.gradient_descent import page
from ..solution import Keys, Worked
from ..spec.descent import Descent
from ..spec.expression import expression
from ..working import Working
from .descent import work
from .descent_lines import average_key
from .stationary import Found, stationary


def solve(problem: Descent, options: Options) -> Worked:
    """The worked solution of a gradient-descent problem.

    Raises NotComputable where a number grows beyond double precision or has none, NotAsked for a key it does not have.
    """
    working = work(problem)
    found = _stationary(problem, working)
    full = _evaluated(working, options.digits, "full")
    values = full if options.carry == "full" else _evaluated(working, options.digits, "rounded")
    keys, grouped = _answers(problem, found)
    solution = Worked(
        kind="gradient-descent",
        title=problem.title,
        problem=problem,
        options=options,
        working=working,
        values=values,
        full_values=full,
        asked=(),
        answer_keys=keys,
        conventions=_conventions(problem, options),
        check=_checked(full, problem, options),
        page_maker=lambda worked: page(worked, found),
        history=_history(problem, values),
        grouped=grouped,
    )
    asked = tuple(solution.resolve(key) for key in options.find)
    for key in asked:
        if key in working.givens:
            raise NotAsked(f"{key} is given, there is nothing to find", key)
    return replace(solution, asked=asked, answer_keys=asked) if asked else solution


def _evaluated(working: Working, digits: int, carry: str) -> Values:
    """Values of all lines; a number that has grown without end says what to do about it."""
    try:
        return evaluate(working, digits, carry)
    except NotComputable as error:
        if "beyond" not in str(error):
            raise
        reason = "the numbers grow beyond double precision: it diverges; take a smaller learning rate or fewer steps"
        raise NotComputable(error.key, reason) from error


def _stationary(problem: Descent, working: Working) -> Found:
    """The points where the gradient is 0; none where there is no function of the parameters alone."""
    if not problem.function or problem.data:
        return Found()
    return stationary(working, expression(problem.function, problem.variables), problem.variables)


def _checked(full: Values, problem: Descent, options: Options) -> Audit | None:
    if not options.check:
        return None
    numbers = {key: float(value) for key, value in full.numbers.items()}
    xp, device = array_backend(options.backend)
    return held(numbers, quantities(problem, numbers, xp, device), differences(problem, numbers), options.backend)


def _answers(problem: Descent, found: Found) -> tuple[tuple[str, ...], dict[str, Keys]]:
    """The keys of the answers, and what programs read them by: x, f, gradient ..."""
    if not problem.function and not problem.runs:
        return _of_samples(problem)
    points: dict[str, Keys] = {}
    for kind, name in (("minimum", "minima"), ("maximum", "maxima"), ("saddle", "saddles")):
        these = tuple(point.coordinates for point in found.points if point.kind == kind)
        points |= {name: these} if these else {}
    if problem.runs:
        keys, grouped = _of_runs(problem)
        return keys, {**grouped, **points}
    slopes = tuple(f"df/d{name}[0]" for name in problem.variables)
    return ("f[0]", *slopes), {"f": "f[0]", "gradient": slopes, **points}


def _of_samples(problem: Descent) -> tuple[tuple[str, ...], dict[str, Keys]]:
    averages = tuple(average_key(name) for name in problem.variables)
    grouped: dict[str, Keys] = {"average": averages}
    if problem.wishes:
        grouped["gradient"] = tuple(f"df/d{name}" for name in problem.variables)
    if len(problem.batches) > 1:
        batches = range(1, len(problem.batches) + 1)
        grouped["batch_averages"] = tuple(tuple(average_key(v, b) for v in problem.variables) for b in batches)
        grouped["mean_of_batch_averages"] = tuple(f"mean_of_averages_{v}" for v in problem.variables)
    return averages, grouped


def _of_runs(problem: Descent) -> tuple[tuple[str, ...], dict[str, Keys]]:
    """Of each run the last values; lists with one entry for each run where there are several."""
    last = problem.steps
    tags = [problem.tag(run) for run in range(len(problem.runs))]
    names = [*problem.variables, *(["f"] if problem.function else [])]
    keys = tuple(f"{name}[{last}]{tag}" for tag in tags for name in names)
    grouped: dict[str, Keys] = {name: _each([f"{name}[{last}]{tag}" for tag in tags]) for name in names}
    if problem.function:
        slopes: list[Keys] = [tuple(f"df/d{name}[{last}]{tag}" for name in problem.variables) for tag in tags]
        grouped["gradient"] = _each(slopes)
    if problem.function and len(tags) > 1:
        grouped["history"] = tuple(tuple(f"f[{k}]{tag}" for k in range(last + 1)) for tag in tags)
    return keys, grouped


def _each(keys: list[str] | list[Keys]) -> Keys:
    return keys[0] if len(keys) == 1 else tuple(keys)


def _history(problem: Descent, values: Values) -> tuple[float, ...]:
    """f after each update of a single descent."""
    if len(problem.runs) != 1 or not problem.function:
        return ()
    return tuple(values.number(f"f[{k}]") for k in range(problem.steps + 1))


def _conventions(problem: Descent, options: Options) -> dict[str, object]:
    return {
        "carry": options.carry,
        "digits": options.digits,
        "runs": [
            {
                "optimizer": run.optimizer.name,
                "form": run.optimizer.form,
                "learning_rate": float(run.rate.value),
                "settings": {key: float(number.value) for key, number in run.optimizer.settings.items()},
                "epsilon_inside": run.optimizer.epsilon_inside,
                "bias_correction": run.optimizer.bias_correction,
            }
            for run in problem.runs
        ],
    }
