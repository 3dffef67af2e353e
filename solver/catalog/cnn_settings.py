"""The settings that layers share: what kind of value each takes, and its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a layer.

    takes:    the kind of value: count (1, 2 ...), whole (0, 1 ...), size (a count, or one for each axis),
              padding, sides (whole numbers for each axis or side), flag, choice:a|b, rate, slope, table
    default:  None together with `required` means that it must be written
    """

    takes: str
    about: str
    default: Any = None
    required: bool = False


KERNEL = Setting("size", "the kernel: one number, or [height, width]", required=True)
STRIDE = Setting("size", "how far the window moves each time", 1)
PADDING = Setting("padding", "valid, same, zeros on every side, or [top, bottom, left, right]", "valid")
DILATION = Setting("size", "the distance of the numbers that a kernel touches", 1)
FILTERS = Setting("count", "how many filters, that is, output channels", required=True)
GROUPS = Setting("count", "groups of channels that do not see each other", 1)
BIAS = Setting("flag", "one bias for each filter or neuron", True)
MULTIPLIER = Setting("count", "filters for each input channel", 1)
TABLE = Setting("table", "for each filter the input channels it sees, from 0 (LeNet-5, 1998)")

WINDOW = {"kernel": KERNEL, "stride": STRIDE, "padding": PADDING, "dilation": DILATION}
POOL = {
    "size": Setting("size", "the window", required=True),
    "stride": Setting("size", "how far the window moves; the window's size if left out"),
    "padding": PADDING,
    "ceil": Setting("flag", "round the output size up", False),
}
RECURRENT = {
    "units": Setting("count", "the size of the state", required=True),
    "biases": Setting("choice:0|1|2", "bias vectors for each gate", 1),
    "sequences": Setting("flag", "gives the state at every time step, not only the last", False),
    "bidirectional": Setting("flag", "a second one runs backwards", False),
}
SIDES = {"sides": Setting("sides", "one number, or [top, bottom, left, right]", required=True)}
SIZE = {"size": Setting("size", "the output size", required=True)}
