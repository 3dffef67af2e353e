"""The closed list of rules: every line of every page is made by one of these.

Each has the one sentence that teaches it and an example.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the sentence that teaches it, and an example of its line."""

    sentence: str
    example: str


RULES: dict[str, Rule] = {
    "weighted_sum": Rule(
        "Multiply each input of the neuron by its weight, add the products, add the bias.",
        "in_h1 = w1*i1 + w2*i2 + b1",
    ),
    "activation": Rule("Put the net input into the activation function.", "out_h1 = 1/(1 + exp(-in_h1))"),
    "dropout": Rule(
        "Dropout: a neuron whose mask is 0 is switched off, one whose mask is 1 passes its output on.",
        "drop_h1 = m_h1*out_h1",
    ),
    "average": Rule(
        "Over several samples take the mean (or the sum, where the problem says so).",
        "E = 1/2*(E[1] + E[2])",
    ),
    "loss": Rule("What one output contributes to the error.", "E_o1 = 1/2*(t1 - out_o1)**2"),
    "total": Rule("Add the parts.", "E = E_o1 + E_o2"),
    "loss_slope": Rule(
        "Differentiate the error by this output; parts that do not hold it drop out.",
        "dE/dout_o1 = out_o1 - t1",
    ),
    "activation_slope": Rule(
        "Differentiate the activation function at the net input.",
        "dout_o1/din_o1 = out_o1*(1 - out_o1)",
    ),
    "sum_slope": Rule(
        "In a weighted sum only one product holds this quantity; its partner is the derivative.",
        "din_o1/dw5 = out_h1",
    ),
    "slope": Rule("Differentiate the line by this quantity, all others held fixed.", "dq/dx = 1"),
    "chain": Rule(
        "Chain rule: multiply the derivatives along the path.",
        "dE/dw5 = (dE/dout_o1)*(dout_o1/din_o1)*(din_o1/dw5)",
    ),
    "path": Rule(
        "Chain rule along one of several paths: multiply the derivatives on it.",
        "dE/dout_h1:o1 = (dE/dout_o1)*(dout_o1/din_o1)*(din_o1/dout_h1)",
    ),
    "sum_of_paths": Rule(
        "The quantity reaches the error by several paths: add what each of them brings.",
        "dE/dout_h1 = (dE/dout_h1:o1) + (dE/dout_h1:o2)",
    ),
    "no_path": Rule("The quantity does not reach the error: its derivative is 0.", "dE/dw1 = 0"),
    "short_form": Rule(
        "The chain of this pair of activation and loss collapses to a difference.",
        "delta_o1:short = out_o1 - t1",
    ),
    "change": Rule("Learning rate times gradient, downhill.", "step_w5 = -eta*(dE/dw5)"),
    "update": Rule(
        "New value: the old one minus learning rate times gradient; every gradient was made with old values.",
        "w5' = w5 - eta*(dE/dw5)",
    ),
}
