"""The error of a convolution problem on the page, and the update of its weights."""

from __future__ import annotations

from collections.abc import Iterator

from ..topics.convolution_names import name_of
from .blocks import Block, Heading, Lines, Prose
from .convolution_view import View


def error_blocks(view: View) -> Iterator[Block]:
    """The parts of the error and their sum."""
    steps = view.working.steps
    keys = [key for key in steps if steps[key].section == "Error" and key != "E"]
    yield Heading(("Error",))
    yield Lines(tuple(view.line(key, names=True) for key in [*view.some(keys, 6 if len(keys) <= 6 else 2), "E"]))


def update_blocks(view: View) -> Iterator[Block]:
    """New value = old value − learning rate × gradient, for all at once."""
    yield Heading(("Update",))
    yield Prose(
        (
            "New value = old value − ",
            name_of("eta"),
            " × gradient, for every weight and bias at once.",
        )
    )
    keys = [f"{key}'" for key in view.problem.parameters if "[" in key]
    yield Lines(tuple(view.line(key, names=True) for key in view.some(keys, 4)))
    biases = [f"{key}'" for key in view.problem.parameters if "[" not in key]
    yield Lines(tuple(view.line(key) for key in view.some(biases, 6)))
