"""The pictures of a feed-forward network: forward pass, gradients, the question alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..errors import NotAsked
from ..spec.network import Network
from ..topics.names import Names
from . import surface
from .curve import error_curve
from .drawing import Drawing, Drawings
from .network import network
from .network_values import View

if TYPE_CHECKING:
    from ..solution import Worked


def drawings(solution: Worked, find: tuple[str, ...]) -> Drawings:
    """forward, gradients; of the question alone, what is given."""
    return dict(_views(solution, _path(solution, find)))


def _views(solution: Worked, path: list[str]) -> Iterator[tuple[str, Callable[[], Drawing]]]:
    net = solution.problem
    if solution.options.question or solution.letters:
        yield "given", partial(given, solution)
        return
    sample = " of sample 1" if len(net.samples) > 1 else ""
    names = Names(net)
    yield "forward", partial(network, View(solution, net, "forward", names), f"Forward pass{sample}", path)
    if has_gradients(solution):
        title = f"Gradients: δ{sample} in each neuron, ∂E/∂w on each edge"
        yield "gradients", partial(network, View(solution, net, "gradients", names), title, path)
    if len(solution.history) > 2:
        yield "curve", partial(error_curve, solution.history, names.error())
    if surface.has_surface(solution):
        yield "surface", partial(surface.surface, solution, path)


def has_gradients(solution: Worked) -> bool:
    """Whether gradients were worked."""
    return any(key.startswith("dE/dw") for key in solution.working.steps)


def given(solution: Worked) -> Drawing:
    """The network of the question."""
    net: Network = solution.problem
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
