"""Specs of kind cnn-shapes: YAML → ConvNet, every complaint with its place, and the JSON Schema.

The keys are tables of fields, read without building models: a table of shapes is made faster than their
models would be built.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cnn.planner import AskedError, PlanError, plan
from ..errors import SpecError
from .cnn_fields import FIND, SHAPE
from .cnn_items import ItemReader
from .cnn_options import PlanOptions
from .compound import POINTS, unknown_key
from .convnet import Bounds, Conventions, ConvNet
from .document import Document, Path
from .fields import FLAG, TEXT, Fault, Field, FieldError, one_of, shown, whole

KEYS: Mapping[str, tuple[Field[Any], str]] = {
    "version": (whole(1, 1), "The version of this format: 1."),
    "kind": (one_of(("cnn-shapes",)), "The kind of problem."),
    "title": (TEXT, "The heading of the page."),
    "data_format": (
        one_of(("channels_last", "channels_first"), {"nhwc": "channels_last", "nchw": "channels_first"}),
        "Whether shapes are read and shown as height, width, channels or as channels, height, width.",
    ),
    "input": (SHAPE, "The input shape; one number or [784] is a vector."),
    "count": (one_of(("macs", "flops")), "MACs, or FLOPs: two for each MAC."),
    "count_biases": (FLAG, "Counts the addition of each bias as an operation."),
    "bytes": (whole(1, 16), "Bytes of one number in the activation memory; default 4."),
    "budget": (whole(1, 10**18), "The most parameters the network may have, for a '?'."),
    "steps": (FLAG, "Each shape and count as a worked line."),
    "compare": (one_of(("dense",)), "dense: what each convolution would cost fully connected."),
    "apart": (FLAG, "Weights, biases and running statistics in columns of their own, and the jump."),
    "find": (FIND, "Layers (conv1), lines (conv1.parameters) or totals asked for; default: everything."),
    "points": (POINTS, "What it is worth: a number, or points by layer, line (conv1.parameters) or part (Layers)."),
}
BOUNDS: Mapping[str, Field[Any]] = {
    "kernel": whole(1),
    "stride": whole(1),
    "padding": whole(0),
    "filters": whole(1, 1_000_000),
}


def read(document: Document) -> ConvNet:
    """The network of a spec; whether it fits together is not looked at.

    Raises SpecError with every complaint.
    """
    data = document.data
    if not isinstance(data, dict):
        raise _spec_error(document, [Fault(f"found {shown(data)}; expected a mapping with input and layers")])
    faults: list[Fault] = []
    top = _read(KEYS_ALONE, {k: v for k, v in data.items() if k not in _NESTED}, (), faults, _NESTED)
    reader = ItemReader(top.get("data_format") == "channels_first")
    reader.faults = faults
    bounds = _bounds(data.get("bounds", {}), faults)
    faults += [Fault(f"the key {key} is missing") for key in ("input", "layers") if key not in data]
    layers = reader.items(data["layers"], ("layers",)) if "layers" in data else ()
    if faults:
        raise _spec_error(document, faults)
    return ConvNet(
        top.get("title", ""),
        reader.shape(top["input"]),
        layers,
        reader.channels_first,
        Conventions(top.get("count") == "flops", top.get("count_biases", False), top.get("bytes", 4)),
        Bounds(**bounds),
        top.get("budget"),
    )


_NESTED = ("layers", "bounds")
KEYS_ALONE: Mapping[str, Field[Any]] = {name: field for name, (field, _) in KEYS.items()}


def _bounds(given: Any, faults: list[Fault]) -> dict[str, int]:
    if not isinstance(given, dict):
        faults.append(Fault(f"found {shown(given)}; expected a mapping with {', '.join(BOUNDS)}", ("bounds",)))
        return {}
    return _read(BOUNDS, given, ("bounds",), faults)


def _read(
    fields: Mapping[str, Field[Any]],
    given: Mapping[str, Any],
    path: Path,
    faults: list[Fault],
    others: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Every key by its field; what is wrong is added to `faults`."""
    found = {}
    for key, value in given.items():
        if key not in fields:
            faults.append(unknown_key(key, [*fields, *others], {}).below(*path))
            continue
        try:
            found[key] = fields[key].read(value)
        except FieldError as error:
            faults.extend(fault.below(*path, key) for fault in error.faults)
    return found


def _spec_error(document: Document, faults: list[Fault]) -> SpecError:
    complaints = [document.complaint(fault.path, fault.message, at_key=fault.at_key) for fault in faults]
    return SpecError(document.file, complaints)


def problem(document: Document) -> tuple[ConvNet, PlanOptions]:
    """The network of a spec and the reader's options.

    Raises SpecError with every complaint about the file, or with the layer that does not fit.
    """
    network = read(document)
    try:
        plan(network)
    except AskedError:
        check_asked(document, network)
    except PlanError as error:
        raise placed(document, error) from error
    return network, options(document)


def options(document: Document) -> PlanOptions:
    """The reader's choices that stand in a spec that `read` accepts."""
    chosen = ("steps", "compare", "apart", "find")
    given = {key: KEYS_ALONE[key].read(document.data[key]) for key in chosen if key in document.data}
    return PlanOptions(**given)


def check_asked(document: Document, network: ConvNet) -> None:
    """Raises SpecError when a '?' cannot be answered: nothing wanted, or too much to try."""
    from ..cnn.backwards import check_question

    try:
        check_question(network)
    except PlanError as error:
        raise placed(document, error) from error


def placed(document: Document, error: PlanError) -> SpecError:
    """A plan that does not fit, as a complaint with its line and column."""
    return SpecError(document.file, [document.complaint(error.path, error.message)])


class Spec:
    """What the list of kinds asks a spec for: its JSON Schema."""

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """The JSON Schema of cnn-shapes specs."""
        from .cnn_schema import cnn_schema

        return cnn_schema(KEYS, BOUNDS)


def starter() -> str:
    """A short commented spec, ready to edit."""
    from .cnn_starter import STARTER

    return STARTER
