"""Which problem has which pictures: one row for each kind; its module is loaded when a picture is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ..errors import NotAsked
from .drawing import Drawing, Drawings, stacked

_Maker = Callable[[Any, tuple[str, ...]], Drawings]
_MAKERS = {
    "backprop": ".of_backprop",
    "activation": ".of_activation",
    "perceptron": ".of_perceptron",
    "cnn-shapes": ".of_cnn_shapes",
    "convolution": ".of_convolution",
    "recurrent": ".of_recurrent",
    "gradient-descent": ".of_gradient_descent",
    "linear-regression": ".of_regression",
    "logistic-regression": ".of_regression",
    "graph": ".of_graph",
}


def pictures(solution: Any, find: tuple[str, ...] = ()) -> Drawings:
    """The pictures of a solution, the telling ones first; `find`: quantities whose way is highlighted.

    Raises NotAsked for a kind without pictures, and for a quantity that the problem does not have.
    """
    if solution.kind not in _MAKERS:
        raise NotAsked(f"there is no picture of a problem of kind {solution.kind}; there are of {', '.join(_MAKERS)}")
    maker: _Maker = import_module(_MAKERS[solution.kind], __package__).drawings
    if find and solution.kind != "backprop":
        raise NotAsked(f"the pictures of a problem of kind {solution.kind} highlight nothing: leave --find away")
    found = maker(solution, find)
    if not found:
        raise NotAsked("there is no picture of this problem")
    return found


def drawings(solution: Any, find: tuple[str, ...] = ()) -> Mapping[str, Drawing]:
    """All pictures of a solution, drawn. Raises NotAsked as `pictures` does."""
    return {name: make() for name, make in pictures(solution, find).items()}


def given(solution: Any) -> str:
    """The picture of the question alone, of kinds whose pages have one: it tells no result."""
    maker: Callable[[Any], Drawing] = import_module(_MAKERS[solution.kind], __package__).given
    return maker(solution).svg()


def draw(solution: Any, only: str | None = None, find: tuple[str, ...] = ()) -> str:
    """The pictures of a solution in one SVG, or only the one of this name. Raises NotAsked."""
    found = pictures(solution, find)
    if only is None:
        return stacked(solution.title, [make() for make in found.values()]).svg()
    if only not in found:
        raise NotAsked(f"there is no picture '{only}' of this problem; it has {', '.join(found)}")
    return found[only]().svg()
