"""The networks that everybody is asked about: specs in the bank, as text that can be printed and changed."""

from __future__ import annotations

from pkgutil import get_data

from ..errors import NotAsked

PRESETS: tuple[str, ...] = (
    "lenet5-1998",
    "lenet5",
    "alexnet",
    "alexnet-grouped",
    "alexnet-torchvision",
    "zfnet",
    "vgg11",
    "vgg13",
    "vgg16",
    "vgg19",
    "googlenet",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "squeezenet",
    "mobilenet_v2",
    "densenet121",
    "unet",
    "autoencoder",
)


def preset(name: str) -> str:
    """The spec of a preset as YAML text.

    Raises NotAsked with the nearest name when there is none.
    """
    if name not in PRESETS:
        from difflib import get_close_matches

        near = get_close_matches(name.lower(), PRESETS, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise NotAsked(f"no preset is named '{name}'; the presets are {', '.join(PRESETS)}.{hint}")
    source = get_data("problems", f"bank/cnn-shapes/{name}.yaml")
    if source is None:
        raise NotAsked(f"the spec of {name} is not installed")
    return source.decode("utf-8")
