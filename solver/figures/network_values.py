"""What is written on the neurons and edges of a network's picture: what is given, the forward pass, gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..page.blocks import Text
from ..render.spelling import number
from ..spec.network import Network, Neuron, Parameter
from ..topics.names import Names, Run, target_key

if TYPE_CHECKING:
    from ..solution import Worked


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a network: view is 'given', 'forward' or 'gradients'; sample counts from 1."""

    solution: Worked
    network: Network
    view: str
    names: Names
    sample: int = 1

    @property
    def _run(self) -> Run:
        return Run(self.sample if len(self.network.samples) > 1 else 0)

    def value(self, key: str) -> str:
        """A quantity as the page shows it; '' where there is none, or a letter."""
        if self.solution.letters or key not in self.solution.working:
            return ""
        return number(self.solution.values.texts[key])

    def inside(self, name: str) -> tuple[Text, str]:
        """What stands in a circle: the name of the input or neuron, and its value in this view."""
        if name in self.network.inputs:
            return (self.names.input(name),), "" if self.view == "gradients" else self._given(name)
        key = {"given": "", "forward": "out_", "gradients": "delta_"}[self.view]
        return (name,), self.value(self._run.key(f"{key}{name}")) if key else ""

    def _given(self, name: str) -> str:
        return "" if self.view == "given" and len(self.network.samples) > 1 else self.value(f"{name}{self._run.given}")

    def above(self, neuron: Neuron) -> Text:
        """The bias, or its gradient."""
        return self.weight(neuron.bias) if neuron.bias else ()

    def below(self, neuron: Neuron) -> Text:
        """The net input in the forward pass."""
        if self.view != "forward":
            return ()
        return self._equal(("in",), self.value(self._run.key(f"in_{neuron.name}")))

    def weight(self, parameter: Parameter) -> Text:
        """A weight or bias with its value, or its gradient."""
        name = self.names.parameter(parameter.key)
        if self.view != "gradients":
            return self._equal((name,), "" if self.solution.letters else number(parameter.value.text))
        endings = ("", self._run.given, "@1") if not self._run.given else (self._run.given, "", "@1")
        found = next(filter(None, (self.value(f"dE/d{parameter.key}{ending}") for ending in endings)), "")
        return self._equal((name, ": "), found, "")

    def beside(self, neuron: str) -> list[Text]:
        """What stands to the right of an output: its target and its part of the error."""
        if self.view == "gradients":
            return []
        target = self.names.target(neuron, self._run)
        found = [self._equal((target,), self.value(target_key(self.network, neuron) + self._run.given))]
        if self.view == "forward":
            error = self.names.error(neuron, self._run)
            found.append(self._equal((error,), self.value(self._run.key(f"E_{neuron}"))))
        return [text for text in found if len(text) > 1]

    def total(self) -> Text:
        """The error of the network."""
        if self.view != "forward":
            return ()
        text = self._equal((self.names.error("", self._run),), self.value(self._run.key("E")))
        return text if len(text) > 1 else ()

    def _equal(self, name: Text, value: str, sign: str = " = ") -> Text:
        return (*name, f"{sign}{value}") if value else name[:1]
