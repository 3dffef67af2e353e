"""Convolutional networks: shapes and counts, one layer of them, or a missing hyperparameter."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from solver.api import loads, solve

from ..cnn_mistakes import COUNT_MISTAKES, collision, wrong_answers
from ..wishes import Draw, Wishes

SETTINGS = ("blocks", "size", "channels", "ask", "missing")
_ASKS = ("all", "all", "one layer", "missing", "mistake")
_MISSING = ("kernel", "stride", "padding", "filters")


def sample(form: Random, rng: Random, wishes: Wishes) -> Draw:
    """Blocks of convolution and pooling, then dense layers; in some one hyperparameter is to be found."""
    blocks = wishes.count("blocks", {"easy": 1, "medium": 2, "hard": 3}[wishes.level], 1, 5)
    side = wishes.count("size", rng.choice((8, 10, 12, 16) if wishes.in_head else (28, 30, 32, 36, 48, 64)), 4, 512)
    channels = wishes.count("channels", rng.choice((2, 3) if wishes.in_head else (1, 3, 3)), 1, 512)
    ask = wishes.word("ask", form.choice(_ASKS) if wishes.level != "easy" else "all", _ASKS)
    if ask == "missing" or "missing" in wishes.settings:
        return _missing(form, rng, side, channels, wishes)
    layers = _layers(form, rng, side, blocks, wishes)
    spec: dict[str, Any] = {
        "kind": "cnn-shapes",
        "title": f"A convolutional network on {side} × {side}",
        "input": [side, side, channels],
        "layers": layers,
    }
    if ask == "one layer":
        last = sum("conv" in layer for layer in layers if isinstance(layer, dict))
        return Draw({**spec, "find": [f"conv{last}", "dense1"]}, points=2 * last + 2, unfit=unfit)
    return _mistake(form, spec) if ask == "mistake" else Draw(spec, points=2 * len(layers), unfit=unfit)


def _layers(form: Random, rng: Random, side: int, blocks: int, wishes: Wishes) -> list[Any]:
    layers: list[Any] = []
    filters = rng.choice((2, 4) if wishes.in_head else (6, 8, 12, 16))
    room = side
    for number in range(1, blocks + 1):
        pool = number == 1 or form.random() < 0.6
        convolution = _convolution(form, rng, filters, wishes)
        room = (room - convolution["kernel"] + 1) // (convolution.get("stride", 1) * (2 if pool else 1))
        if room < 2 and layers:  # the shapes would vanish
            break
        layers += [{"conv": convolution}, *([{"max_pool": {"size": 2, "stride": 2}}] if pool else [])]
        filters *= 2
    if wishes.level == "hard" and layers:
        layers.insert(1, "batch_norm")
    return [*layers, "flatten", *_dense(rng, wishes)]


def _convolution(form: Random, rng: Random, filters: int, wishes: Wishes) -> dict[str, Any]:
    """A convolution; padding by a number is 2 or more, for with 1 one P for 2P gives what + 1 forgotten gives."""
    kind = form.choice(("valid", "same", "number")) if wishes.level != "easy" else "valid"
    sides = (3,) if wishes.in_head else (3, 5, 7) if wishes.level == "hard" else (3, 3, 5)
    kernel = rng.choice(sides) if kind != "number" else rng.choice((5, 7) if wishes.level == "hard" else (5,))
    settings: dict[str, Any] = {"filters": filters, "kernel": kernel}
    if wishes.level == "hard" and kind == "valid" and form.random() < 0.7:
        settings["stride"] = 2
    settings["padding"] = 2 if kind == "number" else kind
    return settings


def _dense(rng: Random, wishes: Wishes) -> list[Any]:
    last = {"dense": rng.choice((2, 3, 5, 10))}
    return [last] if wishes.level == "easy" or wishes.in_head else [{"dense": rng.choice((32, 64, 84, 120))}, last]


def _mistake(form: Random, spec: dict[str, Any]) -> Draw:
    """What a student found for a layer who made a classic mistake."""
    solution = solve(loads(json.dumps(spec)), check=False)
    lines = [f"{layer.name}.{key}" for layer in solution.plan.layers for key in ("height", "parameters")]
    found = wrong_answers(solution, lines)
    name = form.choice(sorted(found)) if found else ""
    if not name:
        return Draw(spec, refused="no mistake can be made")
    key = form.choice(sorted(found[name]))
    layer, _, line = key.partition(".")
    what = "parameters" if line == "parameters" else "rows in the output"
    told = (
        f"A student finds {found[name][key]:,.0f} {what} of {layer}, which is wrong. "
        "Work it out, and say which mistake leads to that number."
    )
    words = next(mistake.words for mistake in COUNT_MISTAKES if mistake.name == name)
    return Draw({**spec, "find": [key]}, told, f"The student's mistake: {words}", points=4, unfit=unfit)


def _missing(form: Random, rng: Random, side: int, channels: int, wishes: Wishes) -> Draw:
    """Which kernel, stride, padding or number of filters gives this output; hard: two of them."""
    kernel, stride, padding = rng.choice((3, 5, 7)), rng.choice((1, 2)), rng.choice((1, 2))
    out = (side + 2 * padding - kernel) // stride + 1
    filters = rng.choice((4, 8, 16))
    asked = wishes.word("missing", form.choice(_MISSING), _MISSING)
    names = (asked,) if wishes.level != "hard" or asked == "filters" else (asked, "filters")
    layer: dict[str, Any] = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
    layer |= {**dict.fromkeys(names, "?"), "output": [out, out, filters]}
    spec = {
        "kind": "cnn-shapes",
        "title": f"The missing {' and '.join(names)}",
        "input": [side, side, channels],
        "layers": [{"conv": layer}],
    }
    return Draw(spec, points=2 + len(names), unfit=lambda solution: "" if solution.answer.solutions else "nothing fits")


def unfit(solution: Any) -> str:
    """Feature maps that vanish, layers that look alike, mistakes that are not seen or not told apart."""
    shapes = [layer.output for layer in solution.plan.layers]
    if any(shape[0] < 2 for shape in shapes if len(shape) == 3):
        return "a feature map has shrunk to one number"
    outputs = [layer.output for layer in solution.plan.layers if layer.name.startswith("conv")]
    if len(set(outputs)) < len(outputs):
        return "two layers have the same output"
    lines = [f"{layer.name}.{key}" for layer in solution.plan.layers for key in ("height", "parameters")]
    return collision(solution, lines)
