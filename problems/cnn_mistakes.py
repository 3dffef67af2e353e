"""The classic mistakes with shapes and counts of convolutional networks, each in the layer where it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct


class CountMistake(Struct, frozen=True):
    """A classic mistake: a sentence for the student who made it, and what a layer's lines come to with it.

    of: a layer's lines by their keys; only those that come out otherwise
    """

    name: str
    words: str
    of: Callable[[Any], dict[str, int]]


def _one_padding(layer: Any) -> dict[str, int]:
    return _sides(layer, lambda conv, side: (side + conv["padding"] - conv["kernel"]) // conv["stride"] + 1)


def _no_one(layer: Any) -> dict[str, int]:
    return _sides(layer, lambda conv, side: (side + 2 * conv["padding"] - conv["kernel"]) // conv["stride"])


def _no_stride(layer: Any) -> dict[str, int]:
    return _sides(layer, lambda conv, side: side + 2 * conv["padding"] - conv["kernel"] + 1)


def _sides(layer: Any, side: Callable[[dict[str, int], int], int]) -> dict[str, int]:
    """Height and width of a convolution by another formula."""
    conv = _convolution(layer)
    if conv is None:
        return {}
    return {name: side(conv, size) for name, size in zip(("height", "width"), layer.input.size, strict=False)}


def _convolution(layer: Any) -> dict[str, int] | None:
    """Kernel, stride and padding of a convolution on a map that pads by a number; None for another layer."""
    settings = layer.layer.settings
    if layer.layer.kind != "conv" or len(layer.output) != 3:
        return None
    padding = 0 if settings["padding"] == "valid" else settings["padding"]
    numbers = {"kernel": settings["kernel"], "stride": settings["stride"], "padding": padding}
    return numbers if all(isinstance(number, int) for number in numbers.values()) else None


def _no_channels(layer: Any) -> dict[str, int]:
    if layer.layer.kind != "conv" or len(layer.output) != 3 or layer.input.size[-1] == 1:
        return {}
    filters = layer.output[-1]
    biases = filters if layer.layer.settings.get("bias", True) else 0
    return {"parameters": (layer.parameters - biases) // layer.input.size[-1] + biases}


def _no_bias(layer: Any) -> dict[str, int]:
    if layer.layer.kind not in ("conv", "dense") or not layer.layer.settings.get("bias", True):
        return {}
    return {"parameters": layer.parameters - layer.output[-1]}


def _one_bias(layer: Any) -> dict[str, int]:
    if layer.layer.kind not in ("conv", "dense") or not layer.layer.settings.get("bias", True):
        return {}
    return {"parameters": layer.parameters - layer.output[-1] + 1}


COUNT_MISTAKES = (
    CountMistake("one P for 2P", "Padding goes on both sides: P counts twice.", _one_padding),
    CountMistake("+1 forgotten", "The first position of the kernel counts too: + 1.", _no_one),
    CountMistake("stride forgotten", "The kernel moves by the stride: divide by it.", _no_stride),
    CountMistake("channels forgotten", "A filter has a kernel for each channel of its input.", _no_channels),
    CountMistake("bias forgotten", "Each filter or unit has a bias too.", _no_bias),
    CountMistake(
        "one bias for all", "Each filter or unit has a bias of its own, not one for the whole layer.", _one_bias
    ),
)


def wrong_answers(solution: Any, keys: Iterable[str]) -> dict[str, dict[str, float]]:
    """By the name of each mistake that can be made: what lines such as conv1.parameters come to with it."""
    keys = list(keys)
    found: dict[str, dict[str, float]] = {}
    for mistake in COUNT_MISTAKES:
        lines = {key: float(value) for key, value in _lines(solution, mistake) if key in keys}
        if lines:
            found[mistake.name] = lines
    return found


def _lines(solution: Any, mistake: CountMistake) -> Iterator[tuple[str, int]]:
    for layer in solution.plan.layers if solution.plan else ():
        right = {line.key: line.value for line in solution.lines(layer)}
        for key, value in mistake.of(layer).items():
            if key in right and value != right[key]:
                yield f"{layer.name}.{key}", value


def collision(solution: Any, keys: Iterable[str]) -> str:
    """A mistake that gives the right value, or two that give the same one, in any of the lines; '' for none."""
    keys = list(keys)
    for layer in solution.plan.layers if solution.plan else ():
        right = {line.key: line.value for line in solution.lines(layer)}
        for key in [key for key in right if f"{layer.name}.{key}" in keys]:
            seen: dict[int, str] = {right[key]: "the right answer"}
            for mistake in COUNT_MISTAKES:
                value = mistake.of(layer).get(key)
                if value is None or not _can_be_made(mistake, layer):
                    continue
                other = seen.setdefault(value, mistake.name)
                if other != mistake.name:
                    return f"{mistake.name} gives the same as {other}"
    return ""


def _can_be_made(mistake: CountMistake, layer: Any) -> bool:
    """Whether there is a padding to be halved, a stride to be forgotten."""
    conv = _convolution(layer) or {}
    needs = {"one P for 2P": conv.get("padding", 0) > 0, "stride forgotten": conv.get("stride", 1) > 1}
    return needs.get(mistake.name, True)
