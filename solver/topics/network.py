"""Solving a network problem: the working, its values, the audit, and what is asked for."""

from __future__ import annotations

from dataclasses import replace

from ..check.audit import Audit, audit
from ..errors import NotAsked
from ..evaluate import Values, evaluate
from ..notation import Node
from ..options import Options
from ..page.matrices import require_layers
from ..page.network import network_page
from ..solution import Worked
from ..spec.network import Network
from ..working import Working
from .backprop import Epoch, work
from .batches import side_by_side
from .letters import checked, claims, has_letters, results
from .names import Names, Run
from .training import Trained, held_values, trained

_MOST_GRADIENTS = 20_000


def solve(problem: Network, options: Options) -> Worked:
    """The worked solution of a network problem.

    Raises NotComputable where the numbers have no result, NotAsked for a key or style it does not have.
    """
    _refuse_endless(problem)
    if has_letters(problem):
        return _in_letters(problem, options)
    if problem.claims:
        raise NotAsked(
            "claim: only a problem with letters for numbers can be claimed to equal a formula",
            next(iter(problem.claims)),
        )
    if options.style == "matrix":
        require_layers(problem)
        if len(problem.samples) > 1:
            raise NotAsked("the style matrix works one sample; this problem has several", options.style)
    working = work(problem, options.style)
    full = evaluate(working, options.digits)
    values = full if options.carry == "full" else evaluate(working, options.digits, "rounded")
    training = trained(problem, working, full) if problem.learns else None
    cuts = side_by_side(problem, options)
    solution = Worked(
        kind="backprop",
        title=problem.title,
        problem=problem,
        options=options,
        working=working,
        values=values,
        full_values=full,
        asked=(),
        answer_keys=tuple(_about(problem)),
        conventions=_conventions(problem, options),
        check=_worst([_checked(full, training, problem, options), *(cut.check for cut in cuts)]),
        cuts=cuts,
        page_maker=network_page,
        history=training.history if training else (),
        extra=_beyond(training, working, problem) if training else {},
        extra_names=_extra_names(problem) if training else {},
    )
    asked = tuple(solution.resolve(key) for key in options.find)
    if not asked:
        return solution
    _refuse_givens(asked, solution)
    return replace(solution, asked=asked, answer_keys=asked)


def _refuse_endless(problem: Network) -> None:
    """Raises NotAsked where samples times parameters would make more lines than anyone reads."""
    samples, parameters = len(problem.samples), len(problem.parameters)
    if samples > 1 and samples * parameters > _MOST_GRADIENTS:
        raise NotAsked(
            f"{samples:,} samples of a network with {parameters:,} parameters make {samples * parameters:,} gradients; "
            f"at most {_MOST_GRADIENTS:,} are worked one by one: give fewer samples"
        )


def _in_letters(problem: Network, options: Options) -> Worked:
    """The working as formulas: checked with numbers for the letters, shown with the letters."""
    if len(problem.samples) > 1 or problem.training.epochs > 1 or options.style == "matrix":
        raise NotAsked("with letters for numbers: one sample, one epoch, and the style chain or delta")
    working = Epoch(problem, options.style, after=False).work()
    values = evaluate(working, options.digits)
    solution = Worked(
        kind="backprop",
        title=problem.title,
        problem=problem,
        options=replace(options, explain=False),
        working=working,
        values=values,
        full_values=values,
        asked=(),
        answer_keys=tuple(key for key in _about(problem) if key in working),
        conventions=_conventions(problem, options),
        check=checked(problem, working, options),
        page_maker=network_page,
        letters=results(working),
    )
    claimed = claims(problem, solution.letters, {key: solution.resolve(key) for key in problem.claims})
    asked = tuple(solution.resolve(key) for key in options.find)
    _refuse_givens(asked, solution)
    return replace(solution, claims=claimed, asked=asked, answer_keys=asked or solution.answer_keys)


def _refuse_givens(asked: tuple[str, ...], solution: Worked) -> None:
    for key in asked:
        if key in solution.working.givens:
            new = f"; its new value is {key}'" if f"{key}'" in solution.working else ""
            raise NotAsked(f"{key} is given, there is nothing to find{new}", key)


def _worst(checks: list[Audit | None]) -> Audit | None:
    """The first check that disagrees, else the first."""
    return next((check for check in checks if check is not None and not check.agrees), checks[0])


def _beyond(training: Trained, working: Working, network: Network) -> dict[str, float]:
    """The results that no line works out: all of them after several epochs."""
    if network.training.epochs > 1 or network.training.optimizer.form.startswith("look_ahead"):
        return training.results
    return {key: value for key, value in training.results.items() if key not in working}


def _checked(full: Values, training: Trained | None, problem: Network, options: Options) -> Audit | None:
    if not options.check:
        return None
    values = {key: float(value) for key, value in full.numbers.items()}
    return audit(held_values(problem, full, training) if training else values, problem, options.backend)


def _about(network: Network) -> list[str]:
    """What the problem is about: outputs without a target; else E, every gradient, every new value, E'."""
    if not network.samples[0].has_target:
        return [f"out_{name}" for name in network.outputs]
    gradients, new = [], []
    for parameter in (*network.weights, *network.biases):
        gradients.append(f"dE/d{parameter.key}")
        if network.learning_rate is not None and (network.update_biases or parameter in network.weights):
            new.append(f"{parameter.key}'")
    return ["E", *gradients, *new, *(["E'"] if network.learning_rate is not None else [])]


def _conventions(network: Network, options: Options) -> dict[str, object]:
    return {
        "loss": network.loss.name,
        "carry": options.carry,
        "digits": options.digits,
        "style": options.style,
        "update_biases": network.update_biases,
        **_training_conventions(network),
        "form": network.form,
        "activations": {m.name: m.activation.name for m in network.neurons},
    }


def _training_conventions(network: Network) -> dict[str, object]:
    training = network.training
    if not network.learns:
        return {}
    return {
        "optimizer": training.optimizer.name,
        "optimizer_form": training.optimizer.form,
        "batch": training.batch or "full",
        "reduction": training.reduction,
        "epochs": training.epochs,
    }


def _extra_names(network: Network) -> dict[str, Node]:
    names = Names(network)
    found: dict[str, Node] = {"E": names.error(), "E'": names.error("", Run(prime="'"))}
    for parameter in network.parameters:
        found[f"dE/d{parameter.key}"] = names.gradient(parameter.key)
        found[f"{parameter.key}'"] = names.parameter(parameter.key, "'")
    return found
