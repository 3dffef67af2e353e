"""Convolutional networks: shapes and counts, or the missing kernel."""

from __future__ import annotations

from random import Random
from typing import Any

from ..wishes import Draw, Wishes

SETTINGS = ("blocks", "size", "channels")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Blocks of convolution and pooling, then dense layers; in some one hyperparameter is to be found."""
    blocks = wishes.count("blocks", {"easy": 1, "medium": 2, "hard": 3}[wishes.level], 1, 5)
    side = wishes.count("size", rng.choice((8, 10, 12, 16) if wishes.in_head else (28, 30, 32, 36, 48, 64)), 4, 512)
    channels = wishes.count("channels", rng.choice((1, 2) if wishes.in_head else (1, 3, 3)), 1, 512)
    if wishes.level != "easy" and form.random() < 0.3:
        return _missing(form, rng, side, channels)
    layers: list[Any] = []
    filters = rng.choice((2, 4) if wishes.in_head else (6, 8, 12, 16))
    room = side
    for number in range(1, blocks + 1):
        pool = number == 1 or form.random() < 0.6
        convolution = _convolution(form, rng, filters, wishes)
        room = (room - convolution["kernel"] + 1) // (convolution.get("stride", 1) * (2 if pool else 1))
        if room < 2:  # the shapes would vanish
            break
        layers += [{"conv": convolution}, *([{"max_pool": {"size": 2, "stride": 2}}] if pool else [])]
        filters *= 2
    if wishes.level == "hard" and layers:
        layers.insert(1, "batch_norm")
    layers += ["flatten", *_dense(rng, wishes)]
    spec = {
        "kind": "cnn-shapes",
        "title": f"A convolutional network on {side} × {side}",
        "input": [side, side, channels],
        "layers": layers,
    }
    return Draw(spec, points=2 * len(layers), unfit=unfit)


def _convolution(form: Random, rng: Random, filters: int, wishes: Wishes) -> dict[str, Any]:
    kernel = 3 if wishes.in_head else rng.choice((3, 5, 7) if wishes.level == "hard" else (3, 3, 5))
    settings: dict[str, Any] = {"filters": filters, "kernel": kernel}
    if wishes.level == "hard" and form.random() < 0.5:
        settings["stride"] = 2
    settings["padding"] = form.choice(("valid", "same", 1)) if wishes.level != "easy" else "valid"
    return settings


def _dense(rng: Random, wishes: Wishes) -> list[Any]:
    last = {"dense": rng.choice((2, 3, 5, 10))}
    return [last] if wishes.level == "easy" or wishes.in_head else [{"dense": rng.choice((32, 64, 84, 120))}, last]


def _missing(form: Random, rng: Random, side: int, channels: int) -> Draw:
    """Which kernel (or stride) gives this output."""
    kernel, stride, padding = rng.choice((3, 5, 7)), rng.choice((1, 2)), rng.choice((0, 1, 2))
    out = (side + 2 * padding - kernel) // stride + 1
    filters = rng.choice((4, 8, 16))
    asked = form.choice(("kernel", "stride"))
    layer: dict[str, Any] = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
    layer |= {asked: "?", "output": [out, out, filters]}
    spec = {
        "kind": "cnn-shapes",
        "title": f"The missing {asked}",
        "input": [side, side, channels],
        "layers": [{"conv": layer}],
    }
    return Draw(spec, points=3, unfit=lambda solution: "" if solution.answer.solutions else "nothing fits")


def unfit(solution: Any) -> str:
    """Feature maps that vanish, channels that may be forgotten unseen, P that is 2P."""
    shapes = [layer.output for layer in solution.plan.layers]
    if any(shape[0] < 2 for shape in shapes if len(shape) == 3):
        return "a feature map has shrunk to one number"
    outputs = [layer.output for layer in solution.plan.layers if layer.name.startswith("conv")]
    if len(set(outputs)) < len(outputs):
        return "two layers have the same output"
    for layer in solution.plan.layers:
        if layer.name.startswith("conv"):
            reason = _one_padding(layer.layer.settings, layer.input.size[0])
            if reason:
                return reason
    return ""


def _one_padding(conv: dict[str, Any], side: int) -> str:
    """Whether one P in place of 2P gives the same size, because what the stride leaves over hides it."""
    padding, stride = conv["padding"], conv["stride"]
    if not isinstance(padding, int):
        return ""
    sizes = [(side + total - conv["kernel"]) // stride for total in (padding, 2 * padding)]
    return "one P gives the same as 2P" if sizes[0] == sizes[1] else ""
