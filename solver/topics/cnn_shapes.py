"""Plans of convolutional networks: what the page, the formats and Python users read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..cnn.plan import Plan, PlannedLayer
from ..cnn.planner import AskedError, PlanError, plan
from ..errors import NotAsked, NotComputable
from ..formats import Formats
from ..options import Options
from ..page.blocks import Page, up_to
from ..spec.cnn_options import PlanOptions, counted
from ..spec.convnet import ConvNet

if TYPE_CHECKING:
    from ..check.convolution_shapes import Report
    from ..cnn.answer import Answer
    from ..cnn.line import Line

TOTALS = ("total_parameters", "total_macs")
MOST_CHECKED = 200
"""Solutions of a '?' that are also held against the second computation."""


def solve(problem: ConvNet, options: Options) -> Planned:
    """The plan of a network, or every solution of its '?'.

    Raises NotComputable when the options make the network another than its spec states, NotAsked for a layer or
    line that it does not have.
    """
    chosen = (
        options
        if isinstance(options, PlanOptions)
        else PlanOptions(find=options.find, check=options.check, points=options.points)
    )
    network = counted(problem, chosen)
    try:
        planned = _planned(network, chosen)
    except PlanError as error:
        raise NotComputable("the network", error.message) from error
    planned.resolve_all()
    return planned


def _planned(network: ConvNet, options: PlanOptions) -> Planned:
    try:
        plans: tuple[Plan, ...] = (plan(network),)
        answer = None
    except AskedError:
        from ..cnn.backwards import filled, solutions

        answer = solutions(network)
        plans = tuple(plan(filled(network, values)) for values in answer.solutions[:MOST_CHECKED])
    return Planned(network, options, plans, answer, _proof(plans) if options.check and plans else None)


def _proof(plans: tuple[Plan, ...]) -> Report:
    """The second computation of every plan. Its module loads NumPy."""
    from ..check.convolution_shapes import Claim, audit_all

    return audit_all(
        [
            (each.problem, [Claim(layer.name, layer.output, layer.parameters, layer.running) for layer in each.layers])
            for each in plans
        ]
    )


@dataclass(frozen=True)
class Planned(Formats):
    """A network, its plan, and the verdict of the second computation (None: not checked).

    plans:  the plan; for a '?' the plan with each solution (the first 200)
    answer: what was found for a '?', else None
    """

    problem: ConvNet
    options: PlanOptions
    plans: tuple[Plan, ...]
    answer: Answer | None
    check: Report | None
    kind: str = "cnn-shapes"

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.problem.title or "Shapes and parameters of a network"

    @property
    def plan(self) -> Plan | None:
        """The plan, where there is one only: none for a '?' with no or several solutions."""
        unique = self.answer is None or len(self.answer.solutions) == 1
        return self.plans[0] if unique else None

    @cached_property
    def named(self) -> dict[str, PlannedLayer]:
        """The layers by name."""
        return {each.name: each for each in self.plan.layers} if self.plan else {}

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The keys that --find named, as they are: layers, lines (conv1.parameters) or totals."""
        return tuple(self.resolve(key) for key in self.options.find)

    def resolve_all(self) -> None:
        """Looks every key of the options up. Raises NotAsked for one that this network does not have."""
        for key in (self.options.until, self.options.hint):
            if key is not None:
                self.line(key)
        if self.asked and not self.plan:
            raise NotAsked("find needs a network without '?', or one with a single solution")

    def resolve(self, key: str) -> str:
        """The key for what a user typed. Raises NotAsked with the nearest one."""
        name, _, line = key.rpartition(".")
        if key in TOTALS or key in self.named:
            return key
        if name in self.named and line in {each.key for each in self.lines(self.named[name])}:
            return key
        raise NotAsked(self._unknown(key), key)

    def _unknown(self, key: str) -> str:
        from difflib import get_close_matches

        name, _, line = key.rpartition(".")
        if name in self.named:
            has = [each.key for each in self.lines(self.named[name])]
            return f"{name} has no line '{line}'; it has {', '.join(has)}"
        near = get_close_matches(key, [*TOTALS, *self.named], 1, 0.5)
        some = ", ".join([*list(self.named)[:5], f"{next(iter(self.named), 'conv1')}.parameters", *TOTALS])
        return f"this network has no '{key}'; it has {some} ...{f' Did you mean {near[0]}?' if near else ''}"

    def line(self, key: str) -> tuple[PlannedLayer, Line]:
        """The layer and the worked line of a key such as conv1.parameters. Raises NotAsked."""
        name, _, part = self.resolve(key).rpartition(".")
        if not name:
            raise NotAsked(f"{key} is no line: write {key}.parameters, {key}.macs or the like")
        layer = self.named[name]
        return layer, next(each for each in self.lines(layer) if each.key == part)

    def __getitem__(self, key: str) -> Any:
        """A planned layer by its name, or a worked line as conv1.parameters. Raises NotAsked."""
        return self.named[key] if key in self.named else self.line(key)[1]

    def lines(self, layer: PlannedLayer) -> tuple[Line, ...]:
        """The worked lines of a layer, in order."""
        return self.plan.lines(layer) if self.plan else ()

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The totals, what --find names, and the solutions of a '?'."""
        if self.asked:
            return {key: self._answer(key) for key in self.asked}
        totals = {key: self._answer(key) for key in TOTALS} if self.plan else {}
        if self.answer is None:
            return totals
        from ..cnn.data import answer_data

        return {**answer_data(self.answer, self.problem.channels_first), **totals}

    def _answer(self, key: str) -> Any:
        if key in TOTALS:
            return getattr(self.plan, key)
        if key not in self.named:
            return self.line(key)[1].value
        layer = self.named[key]
        output = layer.output if self.plan is None else self.plan.shown(layer.output)
        return {"output": list(output), "parameters": layer.parameters, "macs": layer.macs}

    def page(self) -> Page:
        """What the reader sees, as the options ask for it."""
        from ..page.cnn_shapes import plan_page
        from ..page.points import pointed

        page = pointed(plan_page(self), self)
        return up_to(page, self.options.until) if self.options.until is not None else page

    def to_json(self) -> dict[str, Any]:
        """The plan as plain data, see the interface."""
        from ..render.plan_json import data

        return data(self)
