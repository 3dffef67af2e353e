"""Inputs and targets: which number belongs to which input or output, and what a loss can take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from msgspec import Struct

from .backprop_keys import Numbers, Row, Spec
from .backprop_layers import counted, listed
from .common import Complaints
from .document import Path
from .fields import MOST_ALIKE, did_you_mean, shown
from .network import Network, Sample
from .number import Number

Given = Row | dict[str, Number]


class Typed(Struct, frozen=True):
    """A sample as typed, and where it stands."""

    path: Path
    inputs: Given
    target: Numbers | None


def typed_samples(spec: Spec) -> list[Typed]:
    """The samples as typed: those of `samples`, or the one of `inputs` and `target`."""
    if spec.inputs is not None:
        return [Typed((), spec.inputs, spec.target)]
    return [Typed(("samples", index), each.inputs, each.target) for index, each in enumerate(spec.samples)]


def input_names(given: Given) -> tuple[str, ...]:
    """i1, i2, ... for a list; the names of a mapping."""
    return tuple(given) if isinstance(given, dict) else tuple(f"i{n}" for n in range(1, len(given) + 1))


class Reader:
    """Puts the numbers of every sample into the order of the network's inputs and outputs.

    inputs:  names of the inputs
    final:   the neurons that nothing reads, which a list of targets belongs to
    neurons: every neuron that a target may name
    """

    def __init__(
        self,
        inputs: tuple[str, ...],
        final: tuple[str, ...],
        neurons: tuple[str, ...],
        loss: str,
        complaints: Complaints,
    ) -> None:
        self.inputs, self.final, self.neurons = inputs, final, neurons
        self.loss, self.complaints = loss, complaints

    def outputs(self, samples: list[Typed]) -> tuple[str, ...]:
        """The neurons with a target: the final ones, and what else the first sample names."""
        target = samples[0].target
        if not isinstance(target, dict):
            return self.final
        return tuple(name for name in self.neurons if name in target or name in self.final)

    def samples(self, typed: list[Typed], outputs: tuple[str, ...]) -> tuple[Sample, ...]:
        """Every sample; complaints about those that do not fit."""
        wanted = [each for each in typed if each.target is not None]
        if wanted and len(wanted) < len(typed):
            for each in typed:
                if each.target is None:
                    self.complaints.add(each.path, "the target is missing; other samples have one")
        return tuple(self._sample(each, outputs) for each in typed)

    def _sample(self, typed: Typed, outputs: tuple[str, ...]) -> Sample:
        inputs = self._in_order(typed.inputs, self.inputs, "input", (*typed.path, "inputs"))
        target, path = typed.target, (*typed.path, "target")
        if target is None:
            return Sample(inputs)
        if self.loss == "sparse_cce" or (self.loss == "hinge" and isinstance(target, Number) and len(outputs) > 1):
            return Sample(inputs, (), self._label(target, outputs, path))
        if isinstance(target, Number):
            if len(outputs) > 1:
                self._too_few(target, outputs, path)
                return Sample(inputs)
            target = (target,)
        targets = self._in_order(target, outputs, "output", path)
        self._allowed(typed.target, path)
        return Sample(inputs, targets)

    def _in_order(self, given: Given, names: tuple[str, ...], noun: str, path: Path) -> Row:
        if isinstance(given, dict):
            return self._by_name(given, names, noun, path)
        if len(given) != len(names):
            there = "there is" if len(names) == 1 else "there are"
            wrong = f"{counted(len(given), 'number')}, but {there} {counted(len(names), noun)} ({listed(names)})"
            self.complaints.add(path, f"{wrong}: write {len(names)}")
        return given

    def _by_name(self, given: Mapping[str, Number], names: tuple[str, ...], noun: str, path: Path) -> Row:
        known = set(names)
        for key in [each for each in given if each not in known][:MOST_ALIKE]:
            fix = did_you_mean(key, names)
            message = f"found {shown(key)}; expected the {noun}s {listed(names)}{'. ' + fix if fix else ''}"
            self.complaints.add((*path, key), message, at_key=True)
        missing = tuple(name for name in names if name not in given)
        if missing:
            self.complaints.add(path, f"no number for {listed(missing)}{self._why(noun)}")
        return tuple(given[name] for name in names if name in given)

    def _why(self, noun: str) -> str:
        if noun == "input":
            return f"; expected one for each of {listed(self.inputs)}"
        return f"; expected a target for each neuron that no other reads ({listed(self.final)})"

    def _too_few(self, target: Number, outputs: tuple[str, ...], path: Path) -> None:
        fix = ". For the index of a class write 'loss: sparse_cce'" if self.loss == "cce" else ""
        expected = f"expected a list of {len(outputs)}, one for each of {listed(outputs)}"
        self.complaints.add(path, f"found the single number {shown(target)}; {expected}{fix}")

    def _label(self, target: Numbers, outputs: tuple[str, ...], path: Path) -> int | None:
        if isinstance(target, tuple) and len(target) == 1:
            target = target[0]
        last = len(outputs) - 1
        if isinstance(target, Number) and target.value.denominator == 1 and 0 <= target.value <= last:
            return int(target.value)
        found = shown(target) if isinstance(target, Number) else "several numbers"
        fix = "" if isinstance(target, Number) else ". For a target for each output write 'loss: cce'"
        expected = f"expected the index of the class, from 0 to {last} ({listed(outputs)})"
        self.complaints.add(path, f"found {found}; {expected}{fix}")
        return None

    def _allowed(self, target: Numbers | None, path: Path) -> None:
        """Complains about each target that the loss has no use for."""
        if self.loss not in _TARGETS:
            return
        holds, says = _TARGETS[self.loss]
        for spot, number in _spots(target, path):
            if not holds(number.value):
                self.complaints.add(spot, f"found {shown(number)}; loss {self.loss} expects {says}")


_TARGETS: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "bce": (lambda t: 0 <= t <= 1, "targets from 0 to 1"),
    "cce": (lambda t: t >= 0, "targets of at least 0"),
    "kl": (lambda t: t >= 0, "targets of at least 0"),
    "hinge": (lambda t: abs(t) == 1, "targets 1 or -1, or the index of a class as a single number"),
}


def _spots(target: Numbers | None, path: Path) -> list[tuple[Path, Number]]:
    if isinstance(target, Number):
        return [(path, target)]
    if isinstance(target, dict):
        return [((*path, key), number) for key, number in target.items()]
    return [((*path, index), number) for index, number in enumerate(target or ())]


def check_loss(network: Network, complaints: Complaints) -> None:
    """Complains about a logarithm of what an output activation makes 0 or negative."""
    if not any(sample.has_target for sample in network.samples):
        return
    loss = network.loss.name
    for kind in {n.activation.name: n for n in network.neurons if n.name in network.outputs}:
        if loss == "bce" and kind not in ("sigmoid", "softmax"):
            wrong = f"bce takes ln y and ln(1 - y), but outputs of {kind} can leave the range between 0 and 1"
            complaints.add(("loss",), f"{wrong}: use sigmoid at the output, or a loss such as mse")
        if loss in ("cce", "sparse_cce", "kl") and kind == "log_softmax":
            complaints.add(("loss",), f"{loss} takes the logarithm itself: use softmax instead of log_softmax")
