"""The words that specs choose from, with their settings and what people type in their place."""

from __future__ import annotations

from .compound import Setting, choice
from .fields import NUMBER, POSITIVE

ACTIVATIONS: dict[str, Setting | None] = {
    "linear": None,
    "step": None,
    "sign": None,
    "sigmoid": None,
    "tanh": None,
    "relu": None,
    "leaky_relu": Setting("a", NUMBER, "0.01"),
    "randomised_relu": Setting("a", NUMBER, None),
    "prelu": Setting("a", NUMBER, "0.25"),
    "elu": Setting("alpha", NUMBER, "1"),
    "softplus": None,
    "gelu": None,
    "softmax": None,
    "log_softmax": None,
}

ACTIVATION_SYNONYMS = {
    "logistic": "sigmoid",
    "sigma": "sigmoid",
    "sig": "sigmoid",
    "σ": "sigmoid",
    "identity": "linear",
    "id": "linear",
    "none": "linear",
    "purelin": "linear",
    "heaviside": "step",
    "threshold": "step",
    "binary": "step",
    "binary_step": "step",
    "unit_step": "step",
    "hardlim": "step",
    "signum": "sign",
    "sgn": "sign",
    "hardlims": "sign",
    "bipolar": "sign",
    "hyperbolic_tangent": "tanh",
    "tansig": "tanh",
    "logsig": "sigmoid",
    "rectifier": "relu",
    "rectified_linear": "relu",
    "lrelu": "leaky_relu",
    "leakyrelu": "leaky_relu",
    "leaky": "leaky_relu",
    "rrelu": "randomised_relu",
    "randomized_relu": "randomised_relu",
    "parametric_relu": "prelu",
    "logsoftmax": "log_softmax",
}

LOSSES: dict[str, Setting | None] = {
    "sse": None,
    "half_sse": None,
    "mse": None,
    "half_mse": None,
    "mae": None,
    "huber": Setting("delta", POSITIVE, "1"),
    "bce": None,
    "cce": None,
    "sparse_cce": None,
    "kl": None,
    "hinge": None,
}

LOSS_SYNONYMS = {
    "mean_squared_error": "mse",
    "mean_square_error": "mse",
    "l2": "mse",
    "sum_of_squares": "sse",
    "sum_squared_error": "sse",
    "sum_of_squared_errors": "sse",
    "squared_error": "sse",
    "quadratic": "half_sse",
    "mean_absolute_error": "mae",
    "l1": "mae",
    "smooth_l1": "huber",
    "binary_crossentropy": "bce",
    "binary_cross_entropy": "bce",
    "log_loss": "bce",
    "logloss": "bce",
    "cross_entropy": "cce",
    "crossentropy": "cce",
    "categorical_crossentropy": "cce",
    "categorical_cross_entropy": "cce",
    "ce": "cce",
    "nll": "sparse_cce",
    "sparse_categorical_crossentropy": "sparse_cce",
    "sparse_categorical_cross_entropy": "sparse_cce",
    "sparse_cross_entropy": "sparse_cce",
    "kld": "kl",
    "kl_divergence": "kl",
    "kullback_leibler": "kl",
    "svm": "hinge",
}

ACTIVATION = choice(ACTIVATIONS, ACTIVATION_SYNONYMS)
LOSS = choice(LOSSES, LOSS_SYNONYMS)

SLIPS = ("wrong sign", "term left out", "factor left out", "square left out", "half a slope")
"""Ways in which one line of a working may be shown wrong."""
