"""The pictures of a feed-forward network: forward pass, gradients, the question alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import NotAsked
from ..spec.network import Network
from ..topics.names import Names
from .curve import error_curve
from .drawing import Drawing
from .network import network
from .network_values import View

if TYPE_CHECKING:
    from ..solution import Worked


def drawings(solution: Worked, find: tuple[str, ...]) -> dict[str, Drawing]:
    """forward, gradients; of the question alone, what is given."""
    return dict(_views(solution, _path(solution, find)))


def _views(solution: Worked, path: list[str]) -> Iterator[tuple[str, Drawing]]:
    net = solution.problem
    if solution.options.question or solution.letters:
        yield "given", given(net, solution)
        return
    sample = " of sample 1" if len(net.samples) > 1 else ""
    yield "forward", network(View(solution, net, "forward", Names(net)), f"Forward pass{sample}", path)
    if net.samples[0].has_target and any(key.startswith("dE/dw") for key in solution.working.steps):
        title = f"Gradients: δ{sample} in each neuron, ∂E/∂w on each edge"
        yield "gradients", network(View(solution, net, "gradients", Names(net)), title, path)
    if len(solution.history) > 2:
        yield "curve", error_curve(solution.history, Names(net).error())


def given(net: Network, solution: Worked) -> Drawing:
    """The network of the question."""
    return network(View(solution, net, "given", Names(net)), "The network")


def _path(solution: Worked, find: tuple[str, ...]) -> list[str]:
    """The weights and biases that the quantities asked for are about. Raises NotAsked for any other."""
    keys = {parameter.key for parameter in solution.problem.parameters}
    asked = {key: solution.resolve(key) for key in find}
    path = {key: full.partition("@")[0].rstrip("'").removeprefix("dE/d") for key, full in asked.items()}
    for key, parameter in path.items():
        if parameter not in keys:
            raise NotAsked(f"{key} is no weight and no bias; a picture highlights the way of one, such as {min(keys)}")
    return list(path.values())
