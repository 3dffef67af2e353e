"""The kinds of problems: one row = one kind; its modules are loaded when one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .errors import DlsolveError
from .options import Options
from .spec.document import Document


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of exam question.

    title:  one line for `dlsolve topics`
    spec:   the module that reads it: Spec, problem(document), starter()
    topic:  the module that works it: solve(problem, options)
    """

    name: str
    title: str
    spec: str
    topic: str

    def read(self, document: Document) -> tuple[Any, Options]:
        """The problem and the options of a spec. Raises SpecError."""
        problem: Callable[[Document], tuple[Any, Options]] = import_module(self.spec, __package__).problem
        return problem(document)

    def solve(self, problem: Any, options: Options) -> Any:
        """The solution of a problem."""
        return import_module(self.topic, __package__).solve(problem, options)

    def starter(self) -> str:
        """A commented starter spec."""
        text: str = import_module(self.spec, __package__).starter()
        return text

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its specs."""
        from .spec.common import schema

        return schema(import_module(self.spec, __package__).Spec)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "backprop",
            "a feed-forward network: forward pass, error, every gradient by the chain rule, the update",
            ".spec.backprop",
            ".topics.network",
        ),
        Kind(
            "cnn-shapes",
            "a convolutional network: output shape and parameter count of each layer",
            ".spec.cnn_shapes",
            ".topics.cnn_shapes",
        ),
        Kind(
            "activation",
            "activation functions: values, slopes with their derivation, the Jacobian of softmax",
            ".spec.activation",
            ".topics.activation",
        ),
        Kind(
            "loss",
            "a loss: its value and its gradient by every prediction, or by every logit",
            ".spec.loss",
            ".topics.loss",
        ),
        Kind(
            "convolution",
            "an image through convolution, pooling, dense: every window worked; gradients of kernels and image",
            ".spec.convolution",
            ".topics.convolution",
        ),
        Kind(
            "graph",
            "a computation graph: every local slope, every path, every partial derivative of the last step",
            ".spec.graph",
            ".topics.graph",
        ),
        Kind(
            "attention",
            "scaled dot-product attention: scores, softmax row by row, weighted sums; masks, heads, gradients",
            ".spec.attention",
            ".topics.attention",
        ),
        Kind(
            "normalization",
            "batch or layer normalization: mean, variance, outputs, running averages; gradients step by step",
            ".spec.normalization",
            ".topics.normalization",
        ),
        Kind(
            "linear-regression",
            "a line through points: least squares by sums or normal equations, or gradient descent",
            ".spec.linear_regression",
            ".topics.linear_regression",
        ),
        Kind(
            "metrics",
            "a confusion matrix: accuracy, precision, recall, specificity, F1, class by class and averaged",
            ".spec.metrics",
            ".topics.metrics",
        ),
        Kind(
            "gradient-descent",
            "down a function or along given gradients: every step, any optimizer, minima and saddles",
            ".spec.gradient_descent",
            ".topics.gradient_descent",
        ),
        Kind(
            "gradient-flow",
            "vanishing and exploding gradients: the product of slopes and weights through many layers",
            ".spec.gradient_flow",
            ".topics.gradient_flow",
        ),
        Kind(
            "logistic-regression",
            "classes from features: a sigmoid neuron (softmax for several) by gradient descent",
            ".spec.logistic_regression",
            ".topics.logistic_regression",
        ),
        Kind(
            "perceptron",
            "a threshold neuron: the learning table, its line, why XOR needs two layers",
            ".spec.perceptron",
            ".topics.perceptron",
        ),
        Kind(
            "dropout",
            "dropout on a layer: training, testing, all thinned nets, the gradient of a mini-batch",
            ".spec.dropout",
            ".topics.dropout",
        ),
        Kind(
            "recurrent",
            "a recurrent network (rnn, lstm, gru) step by step, and backpropagation through time",
            ".spec.recurrent",
            ".topics.recurrent",
        ),
    )
}


def kind(name: str) -> Kind:
    """The kind of this name. Raises DlsolveError with the nearest names."""
    from difflib import get_close_matches

    if name in KINDS:
        return KINDS[name]
    near = get_close_matches(name, KINDS, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise DlsolveError(f"no kind is named '{name}'; the kinds are {', '.join(KINDS)}.{hint}")
