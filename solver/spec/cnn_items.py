"""The items of `layers:` in a cnn-shapes spec: layers, residuals, branches and repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..catalog.cnn_layers import CONTAINERS, LAYERS, settings_of
from .cnn_fields import ACTIVATION, ASKABLE, SHAPE, fields_of
from .compound import unknown_key
from .convnet import UNKNOWN, Ask, Branches, Item, Layer, Path, Repeat, Residual, Shape
from .fields import FLAG, TEXT, Fault, Field, FieldError, did_you_mean, nearest, recased, shown, whole

KINDS = (*LAYERS, *CONTAINERS)
SYNONYMS = {
    "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "convolution": "conv", "convolutional": "conv",
    "maxpool": "max_pool", "max_pooling": "max_pool", "maxpooling2d": "max_pool", "maxpool2d": "max_pool",
    "pool": "max_pool", "pooling": "max_pool", "avgpool": "avg_pool", "average_pool": "avg_pool",
    "average_pooling": "avg_pool", "avgpool2d": "avg_pool", "averagepooling2d": "avg_pool",
    "gap": "global_avg_pool", "global_average_pooling": "global_avg_pool",
    "fc": "dense", "fully_connected": "dense", "linear_layer": "dense", "batchnorm": "batch_norm",
    "bn": "batch_norm", "batch_normalization": "batch_norm", "layernorm": "layer_norm", "deconv": "conv_transpose",
    "transposed_conv": "conv_transpose", "convtranspose2d": "conv_transpose", "upsampling": "upsample",
    "concat": "branches", "concatenate": "branches", "inception": "branches", "skip": "residual",
    "multi_head_attention": "attention", "depthwise": "depthwise_conv", "separable": "separable_conv",
}  # fmt: skip
SETTING_SYNONYMS = {
    "kernel_size": "kernel", "filter_size": "kernel", "strides": "stride", "pad": "padding", "pool_size": "size",
    "out_channels": "filters", "channels": "filters", "neurons": "units", "use_bias": "bias", "rate": "rate",
    "ceil_mode": "ceil", "p": "rate", "return_sequences": "sequences", "number": "times", "n": "times",
    "hidden": "units", "depth_multiplier": "multiplier", "num_heads": "heads", "params": "parameters",
}  # fmt: skip
COMMON: Mapping[str, Field[Any]] = {
    "name": TEXT,
    "activation": ACTIVATION,
    "output": SHAPE,
    "parameters": whole(0),
    "trainable": FLAG,
}
_TIMES = whole(1)
_NOTHING: dict[str, Any] = {}


class ItemReader:
    """Reads items; what is wrong is collected with its path, and reading goes on.

    channels_first: stated outputs have the channels in front
    """

    def __init__(self, channels_first: bool) -> None:
        self.channels_first = channels_first
        self.faults: list[Fault] = []
        self.fields: dict[str, dict[str, Field[Any]]] = {}

    def items(self, value: Any, path: Path, empty: bool = False) -> tuple[Item, ...]:
        """A list of layers; `empty` allows one without any."""
        if not isinstance(value, list) or not (value or empty):
            self.faults.append(Fault(f"found {shown(value)}; expected a list of layers", path))
            return ()
        read = (self.item(each, (*path, index)) for index, each in enumerate(value))
        return tuple(item for item in read if item is not None)

    def item(self, value: Any, path: Path) -> Item | None:
        """One layer, written as a word or as a mapping with one key."""
        if isinstance(value, str):
            kind, given = recased(value, KINDS), _NOTHING
        elif isinstance(value, dict) and len(value) == 1:
            ((kind, given),) = value.items()
        else:
            many = isinstance(value, dict) and len(value) > 1
            fix = " Settings stand inside: {conv: {filters: 6, kernel: 5}}" if many else ""
            self.faults.append(Fault(f"found {shown(value)}; expected one layer such as conv or flatten.{fix}", path))
            return None
        if kind not in KINDS:
            self.faults.append(_no_kind(kind, path, isinstance(value, dict)))
            return None
        below = (*path, kind) if isinstance(value, dict) else path
        containers: dict[str, Callable[[Any, Path], Item | None]] = {
            "residual": self.residual,
            "branches": self.branches,
            "repeat": self.repeat,
        }
        return containers[kind](given, below) if kind in containers else self.layer(kind, given, below)

    def layer(self, kind: str, given: Any, path: Path) -> Layer | None:
        """A layer with its settings, or with a plain value where the row has a setting for it."""
        row = LAYERS[kind]
        if not isinstance(given, dict):
            if not row.bare:
                expected = f"a mapping with {', '.join(row.settings)}" if row.settings else "nothing after it"
                self.faults.append(Fault(f"found {shown(given)}; expected {expected}", path))
                return None
            read = self.settings(kind, {row.bare: given}, path, bare=True)
        else:
            read = self.settings(kind, given, path)
        written = given if isinstance(given, dict) else (row.bare,)
        meant = {nearest(key, row.settings, SETTING_SYNONYMS) for key in written if key not in row.settings}
        missing = [name for name, s in row.settings.items() if s.required and name not in written and name not in meant]
        if missing:
            self.faults.append(Fault(f"{kind} needs {' and '.join(missing)}", path))
        if read is None or missing:
            return None
        return self.made(kind, read, path)

    def made(self, kind: str, read: Mapping[str, Any], path: Path) -> Layer:
        settings = settings_of(kind, read)
        return Layer(
            kind,
            settings,
            path,
            name=read.get("name", ""),
            activation=_activation(read),
            output=self.shape(read["output"]) if "output" in read else None,
            parameters=read.get("parameters"),
            trainable=read.get("trainable", True),
            asks=tuple(_asks(settings)),
        )

    def shape(self, size: Shape) -> Shape:
        """A shape as typed, channels last."""
        return (*size[1:], size[0]) if self.channels_first and len(size) > 1 else size

    def settings(self, kind: str, given: Mapping[str, Any], path: Path, bare: bool = False) -> dict[str, Any] | None:
        """Every setting read; None when one is wrong."""
        if kind not in self.fields:
            self.fields[kind] = {**fields_of(LAYERS[kind].settings), **COMMON}
        return self.mapping(self.fields[kind], given, path, bare)

    def mapping(
        self, fields: Mapping[str, Field[Any]], given: Mapping[str, Any], path: Path, bare: bool = False
    ) -> dict[str, Any] | None:
        """A mapping by its fields; unknown keys are refused. None when something is wrong."""
        read, before = {}, len(self.faults)
        for key, value in given.items():
            if key not in fields:
                self.faults.append(unknown_key(key, list(fields), SETTING_SYNONYMS).below(*path))
                continue
            try:
                read[key] = fields[key].read(value)
            except FieldError as error:
                place = path if bare else (*path, key)
                self.faults.extend(fault.below(*place) for fault in error.faults)
        return read if len(self.faults) == before else None

    def parts(self, kind: str, given: Any, path: Path, lists: Iterable[str]) -> dict[str, Any] | None:
        """The plain keys of a residual, branches or repeat; those in `lists` are left to the caller."""
        if not isinstance(given, dict):
            self.faults.append(Fault(f"found {shown(given)}; expected a mapping with {', '.join(lists)}", path))
            return None
        plain: dict[str, Field[Any]] = {"name": TEXT, "activation": ACTIVATION}
        own: dict[str, Field[Any]] = {"times": _TIMES} if kind == "repeat" else plain
        fields = {**own, **dict.fromkeys(lists, _ANY)}
        return self.mapping(fields, given, path)

    def residual(self, given: Any, path: Path) -> Residual | None:
        read = self.parts("residual", given, path, ("body", "shortcut"))
        if read is None:
            return None
        body = self.items(read.get("body"), (*path, "body"))
        shortcut = None
        if read.get("shortcut") not in (None, []):
            shortcut = self.items(read["shortcut"], (*path, "shortcut"))
        return Residual(body, shortcut, path, read.get("name", ""), _activation(read))

    def branches(self, given: Any, path: Path) -> Branches | None:
        """A list of lists, or a mapping with them as `ways` beside a name and an activation."""
        ways, below, read = given, path, {}
        if isinstance(given, dict):
            found = self.parts("branches", given, path, ("ways",))
            if found is None:
                return None
            read, ways, below = found, found.get("ways"), (*path, "ways")
        if not isinstance(ways, list) or not ways:
            self.faults.append(Fault(f"found {shown(ways)}; expected a list of branches, each a list of layers", below))
            return None
        listed = tuple(self.items(way, (*below, index), empty=True) for index, way in enumerate(ways))
        return Branches(listed, path, read.get("name", ""), _activation(read))

    def repeat(self, given: Any, path: Path) -> Repeat | None:
        read = self.parts("repeat", given, path, ("layers",))
        if read is None:
            return None
        if "times" not in read:
            self.faults.append(Fault("repeat needs times", path))
        layers = self.items(read.get("layers"), (*path, "layers"))
        return Repeat(read.get("times", 1), layers, path)


_ANY: Field[Any] = Field("anything", lambda value: value, {})


def _no_kind(kind: str, path: Path, at_key: bool) -> Fault:
    fix = did_you_mean(kind, KINDS, SYNONYMS)
    message = f"found {shown(kind)}; expected one of {', '.join(KINDS)}{'. ' + fix if fix else ''}"
    return Fault(message, (*path, kind) if at_key else path, at_key=at_key)


def _activation(read: Mapping[str, Any]) -> str:
    return str(read["activation"][0]) if "activation" in read else ""


def _asks(settings: Mapping[str, Any]) -> Iterable[Ask]:
    for name in ASKABLE:
        value = settings.get(name)
        if value == UNKNOWN:
            yield Ask(name)
        elif isinstance(value, tuple):
            yield from (Ask(name, index) for index, each in enumerate(value) if each == UNKNOWN)
