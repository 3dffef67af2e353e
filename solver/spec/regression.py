"""Regression problems: what the topics work and the checks recompute."""

from __future__ import annotations

from dataclasses import dataclass

from .number import Number

Row = tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows of features, one for each sample, and what belongs to each: a number, or the place of its class."""

    x: tuple[Row, ...]
    y: Row

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, slots=True)
class Descent:
    """Gradient descent: where it starts (in the order of the parameters) and how it goes.

    batch: samples for each update; as many as there are samples for full batches
    """

    start: Row
    learning_rate: Number
    epochs: int
    batch: int


@dataclass(frozen=True, slots=True)
class Regression:
    """What both regressions have.

    parameters: their keys, in the order in which `start` lists them; see `linear_parameters`
    """

    title: str
    parameters: tuple[str, ...]
    samples: Samples
    intercept: bool
    reduction: str
    descent: Descent | None
    test: Samples | None
    predict: tuple[Row, ...]

    @property
    def features(self) -> int:
        """How many features a sample has."""
        return len(self.samples.x[0])

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """The samples (from 1) of each update of an epoch, in order."""
        count = len(self.samples)
        size = self.descent.batch if self.descent else count
        return tuple(tuple(range(at + 1, min(at + size, count) + 1)) for at in range(0, count, size))


@dataclass(frozen=True, slots=True)
class LinearRegression(Regression):
    """A line (or plane) through samples.

    method: 'sums', 'normal-equations' or 'gradient-descent'
    loss:   'mse', 'half_mse', 'sse', 'half_sse', 'mae' or 'huber' with its setting delta
    """

    method: str
    loss: str
    delta: Number | None


@dataclass(frozen=True, slots=True)
class LogisticRegression(Regression):
    """A sigmoid neuron for two classes, softmax for more; y holds the place of the class from 0.

    classes: their labels in order
    """

    classes: tuple[str, ...]
    threshold: Number

    @property
    def several(self) -> bool:
        """Whether softmax is used."""
        return len(self.classes) > 2


def linear_parameters(features: int, intercept: bool) -> tuple[str, ...]:
    """m, c for one feature; b0, b1, ... for several. Without intercept m, or b1, b2, ..."""
    if features == 1:
        return ("m", "c") if intercept else ("m",)
    return tuple(f"b{j}" for j in range(0 if intercept else 1, features + 1))


def logistic_parameters(features: int, intercept: bool, classes: tuple[str, ...]) -> tuple[str, ...]:
    """w1, w2, ..., b; with several classes w1_0, w2_0, ..., b_0, w1_1, ... by class."""
    endings = [""] if len(classes) <= 2 else [f"_{label}" for label in classes]
    own = [*(f"w{j}" for j in range(1, features + 1)), *(["b"] if intercept else [])]
    return tuple(f"{key}{ending}" for ending in endings for key in own)
