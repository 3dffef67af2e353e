"""kind: normalization: batch or layer normalization, forward and backward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from ..options import Options
from .common import Complaints, mended, options
from .compound import VECTOR, either
from .document import Document
from .fields import NUMBER, PROBABILITY, limited, one_of
from .frame import Key
from .normalization_problem import Normalization, Running
from .normalization_starter import STARTER
from .number import Number
from .outcome import ROWS, Grid, OutcomeKeys, outcome_of, rows_of

__all__ = ["Spec", "problem", "starter"]

_EACH = either(NUMBER, VECTOR)
_EPSILON = limited("a number of at least 0", lambda value: value >= 0, {"minimum": 0})
_SPREADS = {"biased": "population", "unbiased": "sample", "1/m": "population", "1/(m-1)": "sample", "n-1": "sample"}
_MOST = 20_000


class Spec(OutcomeKeys):
    """Batch normalization (each feature over the samples) or layer normalization (each sample over its features)."""

    schema_title = "dlsolve spec, kind: normalization"
    synonyms: ClassVar[Mapping[str, str]] = {
        **OutcomeKeys.synonyms,
        **dict.fromkeys(("x", "input", "batch", "samples", "activations", "X"), "inputs"),
        **dict.fromkeys(("eps", "ε"), "epsilon"),
        **dict.fromkeys(("weight", "scale", "γ"), "gamma"),
        **dict.fromkeys(("bias", "shift", "β"), "beta"),
        **dict.fromkeys(("running_var", "moving_variance"), "running_variance"),
        "moving_mean": "running_mean",
        "type": "method",
        "decay": "momentum",
    }

    kind: Annotated[str, one_of(("normalization",))] = Key("normalization", description="The kind of problem.")
    method: Annotated[
        str, one_of(("batch", "layer"), {"batch_norm": "batch", "batchnorm": "batch", "layer_norm": "layer"})
    ] = Key(
        "batch",
        description="batch: each feature (column) over the samples; layer: each sample (row) over its features.",
    )
    inputs: Annotated[Any, ROWS] = Key(
        description="One row for each sample; a single list is one feature (batch) or one sample (layer). Keys: x[2,1] "
        "is sample 2, feature 1; mean[1], variance[1], std[1] of feature 1 (layer: of sample 1); centred[2,1], "
        "xhat[2,1], out[2,1]. Answers: mean, variance, std, xhat, outputs."
    )
    gamma: Annotated[Any, _EACH] = Key(
        Number.of(1), description="Scale of each feature, or one number for all. Default 1. Keys: gamma[1]."
    )
    beta: Annotated[Any, _EACH] = Key(
        Number.of(0), description="Shift of each feature, or one number for all. Default 0. Keys: beta[1]."
    )
    epsilon: Annotated[Number, _EPSILON] = Key(
        Number.of("0.00001"), description="Added to the variance below the root. Default 1e-5; may be 0."
    )
    variance: Annotated[str, one_of(("population", "sample"), _SPREADS)] = Key(
        "population", description="population: divided by the number of values m (default); sample: by m - 1."
    )
    phase: Annotated[str, one_of(("train", "test"), {"training": "train", "inference": "test", "eval": "test"})] = Key(
        "train", description="test: running_mean and running_variance take the place of the batch's own."
    )
    momentum: Annotated[Number | None, PROBABILITY] = Key(
        None, description="Share of the running averages; answers running_mean and running_variance are the new ones."
    )
    momentum_weighs: Annotated[str, one_of(("old", "new"))] = Key(
        "old",
        description="old: average = momentum old + (1 - momentum) batch, such as 0.9; new: as PyTorch, such as 0.1.",
    )
    running_mean: Annotated[Any, _EACH] = Key(None, description="Running mean of each feature so far. Default 0.")
    running_variance: Annotated[Any, _EACH] = Key(None, description="Running variance so far. Default 1.")
    running_spread: Annotated[str | None, one_of(("population", "sample"), _SPREADS)] = Key(
        None,
        description="Which variance is averaged. Default: that of the batch; PyTorch averages the sample variance.",
    )


def problem(document: Document) -> tuple[Normalization, Options]:
    """The normalization problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    inputs = rows_of(spec.inputs, column=spec.method == "batch")
    features = len(inputs[0])
    gamma = _each(spec.gamma, "gamma", features, complaints)
    beta = _each(spec.beta, "beta", features, complaints)
    _check_size(spec, inputs, complaints)
    running = _running(spec, features, complaints)
    outcome = outcome_of(spec, (len(inputs), features), "mean", complaints)
    if complaints.found:
        raise complaints.error()
    title = (
        spec.title
        or f"{spec.method.capitalize()} normalization{' in the test phase' if running and spec.phase == 'test' else ''}"
    )
    testing = spec.phase == "test"
    made = Normalization(
        title, spec.method, inputs, gamma, beta, spec.epsilon, spec.variance, testing, running, outcome
    )
    return made, options(spec)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def _each(value: Any, key: str, features: int, complaints: Complaints) -> tuple[Number, ...]:
    if isinstance(value, Number):
        return (value,) * features
    numbers: tuple[Number, ...] = value
    if len(numbers) != features:
        message = (
            f"found {len(numbers)} numbers; expected {features}, one for each feature (column), or a single number"
        )
        complaints.add((key,), message)
    return numbers


def _check_size(spec: Spec, inputs: Grid, complaints: Complaints) -> None:
    count = len(inputs) if spec.method == "batch" else len(inputs[0])
    if len(inputs) * len(inputs[0]) > _MOST:
        complaints.add(("inputs",), f"found {len(inputs) * len(inputs[0]):,} numbers; at most {_MOST:,} are worked")
    needs_two = "sample" in (spec.variance, spec.running_spread) and spec.phase == "train"
    if needs_two and count < 2:
        where = "variance" if spec.variance == "sample" else "running_spread"
        complaints.add((where,), "a sample variance divides by m - 1 and needs at least two values; write population")


def _running(spec: Spec, features: int, complaints: Complaints) -> Running | None:
    """The running averages, where the spec speaks of any."""
    typed = [key for key in ("momentum", "running_mean", "running_variance", "running_spread") if getattr(spec, key)]
    if spec.method == "layer":
        for key in [*typed, *(["phase"] if spec.phase == "test" else [])]:
            message = "layer normalization keeps no running averages and works the same in both phases: leave it out"
            complaints.add((key,), message, at_key=True)
        return None
    if spec.phase == "test":
        _check_test(spec, complaints)
    elif typed and spec.momentum is None:
        message = "there is no momentum to average with: write momentum: 0.9 (or 0.1 with momentum_weighs: new)"
        complaints.add((typed[0],), message, at_key=True)
    if not typed:
        return None
    mean = _each(_or(spec.running_mean, 0), "running_mean", features, complaints)
    variance = _each(_or(spec.running_variance, 1), "running_variance", features, complaints)
    if any(number.value < 0 for number in variance):
        complaints.add(("running_variance",), "a variance is never below 0")
    return Running(mean, variance, spec.momentum, spec.momentum_weighs, spec.running_spread or spec.variance)


def _or(value: Any, default: int) -> Any:
    return Number.of(default) if value is None else value


def _check_test(spec: Spec, complaints: Complaints) -> None:
    missing = [key for key in ("running_mean", "running_variance") if getattr(spec, key) is None]
    if missing:
        message = f"the test phase works with running averages: give {' and '.join(missing)}"
        complaints.add(("phase",), message)
    for key in ("momentum", "running_spread"):
        if getattr(spec, key) is not None:
            complaints.add((key,), "in the test phase the running averages stay as they are: leave it out", at_key=True)
