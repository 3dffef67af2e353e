"""kind: recurrent: from a document to a Recurrent, with every complaint at its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..options import Options
from .common import Complaints, mended, options
from .convolution_fields import depth
from .document import Document, Path
from .network import Loss
from .recurrent_gates import GateBuilder, Place
from .recurrent_keys import DIRECTIONS, MOST_STEPS, Spec
from .recurrent_problem import Recurrence, Recurrent, Vector
from .recurrent_starter import STARTER
from .recurrent_targets import targets_of

__all__ = ["Spec", "problem", "starter"]

_MOST_NUMBERS = 40_000  # weights used, over all times: about as many products are worked


def problem(document: Document) -> tuple[Recurrent, Options]:
    """The recurrent problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    read = _read(spec, complaints)
    if read is None or complaints.found:
        raise complaints.error()
    return read, options(spec)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def _read(spec: Spec, complaints: Complaints) -> Recurrent | None:
    inputs: tuple[Vector, ...] = tuple(spec.inputs) if depth(spec.inputs) == 2 else tuple((x,) for x in spec.inputs)
    steps = _steps(spec)
    _check_frame(spec, len(inputs), steps, complaints)
    if not spec.layers and spec.weights is None:
        return None
    builder = GateBuilder(spec, steps, complaints)
    before = builder.extra("input_layers", "p", len(inputs[0]))
    layers = _layers(spec, builder, before[-1].size if before else len(inputs[0]), complaints)
    if not layers:
        return None
    width = sum(one.size for one in layers[-1])
    behind = builder.extra("output_layers", "v", width)
    raw, path = _output_weights(spec)
    output = builder.output(raw, path, behind[-1].size if behind else width)
    if behind and output is None:
        complaints.add(("output_layers",), "behind the extra layers the output needs its matrix: write Wy in weights")
    outputs = output.size if output else width
    if spec.feedback and outputs != len(inputs[0]):
        message = f"an output has {outputs} entries, an input {len(inputs[0])}: it cannot be fed back"
        complaints.add(("feedback",), message)
    return Recurrent(
        title=spec.title or _title(spec, steps),
        cell=spec.cell,
        inputs=inputs,
        steps=steps,
        feedback=spec.feedback,
        layers=layers,
        input_layers=before,
        output_layers=behind,
        output=output,
        targets=targets_of(spec, steps, outputs, complaints),
        loss=Loss(*spec.loss),
        learning_rate=spec.learning_rate,
        truncate=spec.truncate,
        share=spec.share,
        keeps_old=spec.keeps == "z",
        reset_after=spec.reset == "after",
        concatenated=spec.concat,
        transposed=spec.layout == "input-rows",
    )


def _title(spec: Spec, steps: int) -> str:
    names = {"rnn": "A recurrent network", "lstm": "An LSTM", "gru": "A GRU"}
    return f"{names[spec.cell]} over {steps} time step{'s' if steps > 1 else ''}"


def _check_frame(spec: Spec, given: int, steps: int, complaints: Complaints) -> None:
    """What keys have to do with each other, before any size is known."""
    if given > steps:
        complaints.add(("steps",), f"found {steps}; but there are {given} inputs")
    if given > MOST_STEPS:
        complaints.add(("inputs",), f"found {given} times; expected at most {MOST_STEPS}")
    if spec.layers and spec.weights and set(spec.weights) - {"Wy", "by"}:
        complaints.add(("weights",), "with layers only Wy and by stand here; the others belong to their layer")
    if not spec.layers and spec.weights is None and complaints.none_yet:
        complaints.add((), "the key weights is missing")
    for key in ("hidden", "cell_state"):
        if spec.layers and getattr(spec, key) is not None:
            complaints.add((key,), f"with layers write {key} in its layer", at_key=True)
    wrong = {
        "cell_state": spec.cell != "lstm" and spec.cell_state is not None,
        "reset": spec.cell != "gru" and spec.reset == "after",
        "keeps": spec.cell != "gru" and spec.keeps == "1-z",
    }
    for key in (key for key, stands in wrong.items() if stands):
        complaints.add((key,), f"a cell of the kind {spec.cell} has no use for this; leave it out", at_key=True)
    _check_directions(spec, complaints)
    if spec.concat and spec.reset == "after":
        complaints.add(("reset",), "with one matrix for [x, h] r multiplies h: leave reset or concat out")


def _check_directions(spec: Spec, complaints: Complaints) -> None:
    if spec.transition_layers and (len(spec.layers) > 1 or spec.bidirectional or spec.cell == "gru"):
        one = "they need a single rnn or lstm layer with one direction"
        complaints.add(("transition_layers",), f"extra layers from hidden to hidden: {one}", at_key=True)
    for key in ("feedback", "truncate"):
        if spec.bidirectional and getattr(spec, key):
            complaints.add((key,), "this goes through time in one direction; leave bidirectional out", at_key=True)


def _layers(spec: Spec, builder: GateBuilder, width: int, complaints: Complaints) -> tuple[tuple[Recurrence, ...], ...]:
    """Every layer in its directions; empty where one could not be made."""
    found: list[tuple[Recurrence, ...]] = []
    for raw, hidden, cell_state, path, tag in _typed_layers(spec):
        both = [
            builder.recurrence(place, width) for place in _places(spec, raw, hidden, cell_state, path, tag, complaints)
        ]
        made = tuple(one for one in both if one)
        if not made or len(made) < len(both):
            return ()
        found.append(made)
        width = sum(one.size for one in made)
    used = sum(block.rows * block.columns for layer in found for one in layer for g in one.gates for block in g.blocks)
    if used * _steps(spec) > _MOST_NUMBERS:
        most = f"expected at most {_MOST_NUMBERS} over all times"
        complaints.add(("inputs",), f"{used} weights at each of {_steps(spec)} times; {most}")
    return tuple(found)


def _steps(spec: Spec) -> int:
    """How many times there are."""
    return spec.steps or len(spec.inputs)


def _typed_layers(spec: Spec) -> Iterator[tuple[Any, Any, Any, Path, str]]:
    """Weights, first states, path and tag of each layer."""
    if not spec.layers:
        yield spec.weights or {}, spec.hidden, spec.cell_state, (), ""
        return
    for index, layer in enumerate(spec.layers):
        tag = str(index + 1) if len(spec.layers) > 1 else ""
        yield layer.weights, layer.hidden, layer.cell_state, ("layers", index), tag


def _places(
    spec: Spec, raw: Any, hidden: Any, cell_state: Any, path: Path, tag: str, complaints: Complaints
) -> Iterator[Place]:
    """Where each direction of a layer takes its weights and first states from."""
    here: Path = (*path, "weights")
    two = isinstance(raw.get("forward"), dict) or isinstance(raw.get("backward"), dict)
    if not spec.bidirectional:
        if two:
            complaints.add(here, "weights for two directions: write 'bidirectional: true'")
            return
        yield Place(raw, here, tag, hidden, (*path, "hidden"), cell_state, (*path, "cell_state"))
        return
    for name, end in zip(DIRECTIONS, ("fw", "bw"), strict=True):
        mine = raw.get(name)
        if not isinstance(mine, dict):
            complaints.add(
                here, f"the weights of the direction {name} are missing: {{forward: {{..}}, backward: {{..}}}}"
            )
            return
        states = [each.get(name) if isinstance(each, dict) else each for each in (hidden, cell_state)]
        yield Place(
            mine,
            (*here, name),
            tag + end,
            states[0],
            (*path, "hidden", name),
            states[1],
            (*path, "cell_state", name),
            name == "backward",
        )


def _output_weights(spec: Spec) -> tuple[Any, Path]:
    """The mapping in which Wy and by stand: that of the problem, or of the last layer."""
    if spec.layers and not (spec.weights and "Wy" in spec.weights):
        return spec.layers[-1].weights, ("layers", len(spec.layers) - 1, "weights")
    return spec.weights or {}, ("weights",)
