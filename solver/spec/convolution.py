"""kind: convolution: from a document to a Convolution, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..options import Options
from .common import Complaints, mended, options
from .convolution_fields import depth
from .convolution_keys import Spec
from .convolution_layers import Builder
from .convolution_problem import Activated, Conv, Convolution, Layer, Reshaped, Shape, Volume
from .convolution_starter import STARTER
from .document import Document
from .network import Loss
from .number import Number

__all__ = ["Spec", "problem", "starter"]

_CLASS_LOSSES = ("sparse_cce", "hinge")


def problem(document: Document) -> tuple[Convolution, Options]:
    """The convolution problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    image, shape = _image(spec, complaints)
    layers = Builder(complaints).layers(spec.layers, shape)
    if not layers or complaints.found:
        raise complaints.error()
    target, label = _target(spec, layers[-1].after, complaints)
    _check_loss(spec, layers, bool(target) or label is not None, complaints)
    if complaints.found:
        raise complaints.error()
    title = spec.title or _title(shape, layers)
    rate = spec.learning_rate
    return Convolution(title, image, shape, spec.scale, layers, target, label, Loss(*spec.loss), rate), options(spec)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def _title(shape: Shape, layers: tuple[Layer, ...]) -> str:
    convolved = any(isinstance(layer, Conv) for layer in layers)
    what = "A sequence of" if shape.axes == 1 else "An image of"
    return f"{what} {shape.spelled()}{', convolved' if convolved else ''}"


def _image(spec: Spec, complaints: Complaints) -> tuple[Volume, Shape]:
    """The image as channels of rows, and its shape."""
    typed, levels = spec.image, depth(spec.image)
    if (spec.dimensions == 1 and levels == 3) or (spec.dimensions == 2 and levels == 1):
        looks = "a list of matrices" if levels == 3 else "a single list of numbers"
        complaints.add(("dimensions",), f"found {spec.dimensions}; but the image is {looks}")
    if levels == 1:
        image: Volume = ((typed,),)
    elif levels == 2:
        image = tuple((row,) for row in typed) if spec.dimensions == 1 else (typed,)
    else:
        image = typed
    axes = 1 if levels == 1 or (levels == 2 and spec.dimensions == 1) else 2
    return image, Shape(len(image), len(image[0]), len(image[0][0]), axes)


def _target(spec: Spec, output: Shape, complaints: Complaints) -> tuple[tuple[Number, ...], int | None]:
    """The targets in the order of the output's cells, or the index of the class."""
    typed, loss = spec.target, spec.loss[0]
    if typed is None:
        if spec.learning_rate is not None:
            complaints.add(("learning_rate",), "there is no target: give one, or leave the learning rate out")
        return (), None
    single = isinstance(typed, Number) or len(_flat(typed)) == 1
    if loss == "sparse_cce" or (loss == "hinge" and single and output.count > 1):
        return (), _label(_flat(typed), output, complaints)
    numbers = _flat(typed)
    if len(numbers) != output.count:
        found = f"found {len(numbers)} number{'s' if len(numbers) > 1 else ''}"
        fix = ". For the index of a class write 'loss: sparse_cce'" if single and loss == "cce" else ""
        complaints.add(("target",), f"{found}; the last layer gives {_cells(output)}: write {output.count}{fix}")
    return numbers, None


def _cells(output: Shape) -> str:
    where = "" if output.axes == 1 and output.channels == 1 else f" ({output.spelled()})"
    return f"{output.count} output{'s' if output.count > 1 else ''}{where}"


def _flat(typed: Any) -> tuple[Number, ...]:
    return (typed,) if isinstance(typed, Number) else tuple(number for each in typed for number in _flat(each))


def _label(numbers: tuple[Number, ...], output: Shape, complaints: Complaints) -> int | None:
    value = numbers[0].value
    if len(numbers) == 1 and value.denominator == 1 and 0 <= value < output.count:
        return int(value)
    found = numbers[0].text if len(numbers) == 1 else f"{len(numbers)} numbers"
    complaints.add(("target",), f"found {found}; expected the index of the class, from 0 to {output.count - 1}")
    return None


_RANGES: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "bce": (lambda t: 0 <= t <= 1, "from 0 to 1"),
    "cce": (lambda t: t >= 0, "of at least 0"),
    "kl": (lambda t: t >= 0, "of at least 0"),
    "hinge": (lambda t: abs(t) == 1, "1 or -1, or the index of a class as a single number"),
}


def _check_loss(spec: Spec, layers: tuple[Layer, ...], there: bool, complaints: Complaints) -> None:
    """Complains about targets that the loss has no use for, and about logarithms of what is 0 or negative."""
    loss = spec.loss[0]
    if not there:
        return
    last = next((layer for layer in reversed(layers) if not isinstance(layer, Reshaped)), None)
    kind = last.activation.name if isinstance(last, Activated) else "linear"
    if loss == "bce" and kind not in ("sigmoid", "softmax"):
        complaints.add(("loss",), "bce takes ln y and ln(1 - y): put sigmoid behind the last layer, or use mse")
    if loss in ("cce", "sparse_cce", "kl") and kind not in ("softmax", "sigmoid"):
        complaints.add(("loss",), f"{loss} takes ln y: put softmax behind the last layer, or use another loss")
    if loss in _RANGES and not (loss == "hinge" and isinstance(spec.target, Number)):
        holds, says = _RANGES[loss]
        wrong = [number for number in _flat(spec.target) if not holds(number.value)]
        if wrong:
            complaints.add(("target",), f"found {wrong[0].text}; loss {loss} expects targets {says}")
