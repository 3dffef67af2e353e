"""The classic mistakes: one row = one mistake, the rules of the lines in which it is made, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from solver.algebra import Expr, Integer, Rational
from solver.working import Step

from . import mistake_changes as change
from .mistake_changes import Scene


class Mistake(Struct, frozen=True):
    """A classic mistake.

    words:  a sentence for the student who made it
    rules:  of the lines in which it is made
    change: the line's formula with the mistake, None where it cannot be made there
    kinds:  of problems in which it is made; empty: all
    """

    name: str
    words: str
    rules: tuple[str, ...]
    change: Callable[[Step, Scene], Expr | None]
    kinds: tuple[str, ...] = ()


_HALF, _TWO = Rational(1, 2), Integer(2)
_TRAINED = ("backprop", "convolution", "recurrent")

MISTAKES = (
    Mistake(
        "wrong sign",
        "The step goes uphill: the new value is the old one minus learning rate times gradient.",
        ("change", "update", "scaled_step"),
        change.uphill,
    ),
    Mistake(
        "missing derivative",
        "The slope of the activation function is missing from the chain.",
        ("activation_slope",),
        change.no_slope,
        _TRAINED,
    ),
    Mistake(
        "forgotten ½",
        "The ½ of the error cancels the 2 that the square brings down; here the 2 stayed.",
        ("loss_slope",),
        change.times(_TWO, ("half_sse", "half_mse")),
    ),
    Mistake(
        "forgotten 2",
        "The square brings a factor 2 down, which is missing here.",
        ("loss_slope", "gradient_of_samples"),
        change.times(_HALF, ("sse", "mse")),
    ),
    Mistake(
        "bias forgotten",
        "The bias is missing from the net input.",
        ("weighted_sum", "convolution"),
        change.no_bias,
        (*_TRAINED, "logistic-regression", "dropout"),
    ),
    Mistake(
        "transposed weights",
        "On the way back the weights were read as in the transposed matrix.",
        ("sum_slope",),
        change.transposed,
        ("backprop",),
    ),
    Mistake(
        "one path only",
        "The quantity reaches the error by several paths; only the first of them was counted.",
        ("sum_of_paths",),
        change.first_path,
    ),
    Mistake(
        "updated weights used too early",
        "Every gradient is made with the old weights; here a new one was put into the chain.",
        ("sum_slope",),
        change.too_early,
        ("backprop",),
    ),
    Mistake(
        "factors added",
        "Along a path the slopes are multiplied, not added.",
        ("chain", "path"),
        change.added,
        ("graph",),
    ),
    Mistake(
        "sum for mean",
        "The parts were added, but not divided by how many there are.",
        ("loss", "loss_slope"),
        change.summed,
        ("loss",),
    ),
    Mistake(
        "logarithm to base 10",
        "The logarithm is the natural one, not that to base 10.",
        ("loss", "sample_loss"),
        change.base_ten,
        ("loss", "logistic-regression"),
    ),
    Mistake("n − 1 for n", "The variance divides by n here, not by n − 1.", ("variance",), change.one_less),
    Mistake(
        "variance for its root",
        "Divide by the root of the variance, not by the variance.",
        ("root_of_variance",),
        change.without_root,
    ),
    Mistake(
        "gamma and beta forgotten",
        "The normalized value is still to be scaled and shifted.",
        ("scale_and_shift",),
        change.unscaled,
    ),
    Mistake(
        "scale forgotten",
        "The scores are divided by the root of the length of the keys.",
        ("scaled_score",),
        change.undivided,
    ),
    Mistake(
        "kernel turned",
        "The kernel is laid on the window as it is, not turned by half a turn.",
        ("convolution",),
        change.turned,
    ),
    Mistake(
        "maximum and mean confused",
        "The pooling takes the other one of maximum and mean.",
        ("max_pool", "avg_pool"),
        change.other_pool,
    ),
    Mistake(
        "ReLU forgotten",
        "Negative cells become 0 before they are passed on.",
        ("activation",),
        change.no_relu,
        ("convolution",),
    ),
    Mistake(
        "earlier state forgotten",
        "The state of the time before goes into the net input too.",
        ("weighted_sum",),
        change.forgetful,
        ("recurrent",),
    ),
    Mistake(
        "one time only",
        "The same weight works at every time: its shares of all times are added.",
        ("shared_weight",),
        change.last,
        ("recurrent",),
    ),
    Mistake(
        "roles of the gate swapped",
        "z weighs the old state and 1 − z the candidate, not the other way round.",
        ("blend",),
        change.roles_swapped,
        ("recurrent",),
    ),
    Mistake(
        "cell state not squashed",
        "The output gate weighs tanh of the cell state.",
        ("hidden_state",),
        change.not_squashed,
        ("recurrent",),
    ),
    Mistake(
        "not divided by p",
        "A kept output is divided by the probability of keeping it.",
        ("inverted_dropout",),
        change.undivided,
    ),
    Mistake(
        "divided by p",
        "In testing the value is multiplied by p, not divided.",
        ("scaled_activation", "scaled_weight"),
        change.divided,
    ),
    Mistake(
        "mask turned",
        "A mask of 1 keeps the neuron, a mask of 0 drops it.",
        ("dropout", "inverted_dropout"),
        change.mask_turned,
    ),
    Mistake(
        "false positives and negatives confused",
        "Precision divides by all that were predicted positive, recall by all that are.",
        ("precision", "recall", "specificity"),
        change.swapped,
    ),
    Mistake(
        "plain mean for harmonic mean", "F1 is the harmonic mean of precision and recall.", ("f1",), change.plain_mean
    ),
    Mistake(
        "true negatives forgotten",
        "Negatives that were left alone are right too.",
        ("accuracy",),
        change.only_positives,
    ),
    Mistake(
        "bias correction forgotten",
        "The running mean started at 0 and is divided by the share seen so far.",
        ("bias_correction",),
        change.undivided,
    ),
    Mistake("velocity forgotten", "A share of the last velocity is added to the gradient.", ("velocity",), change.last),
    Mistake(
        "β and 1 − β swapped", "β weighs the old mean, 1 − β what is new.", ("running_mean",), change.roles_swapped
    ),
    Mistake("n forgotten", "The first product of the slope is n times as large.", ("slope_parts",), change.without_n),
    Mistake(
        "not divided by n",
        "The gradient is that of a mean: it is divided by n.",
        ("gradient_of_samples",),
        change.without_n,
    ),
    Mistake(
        "sign of the intercept",
        "The slope times the sum of x is taken away, not added.",
        ("least_squares_intercept",),
        change.intercept_sign,
    ),
    Mistake(
        "activation left out",
        "The net input still has to go through the activation function.",
        ("activation",),
        change.left_out,
        ("logistic-regression",),
    ),
    Mistake(
        "weights forgotten",
        "Each layer brings its slope and its weight.",
        ("sum_slope", "layer_factor"),
        change.no_weight,
        ("gradient-flow",),
    ),
)
