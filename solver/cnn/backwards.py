"""Asking backwards: every value of one or two settings that gives the wanted output, parameters or budget.

Values are tried within bounds, the kernel first: kernel ≤ input, stride ≤ kernel, padding < kernel.
What fits the layer is planned again with the whole network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..catalog.cnn_layers import LAYERS
from ..spec.convnet import Ask, ConvNet, Settings, Shape
from .answer import Answer, Near, Values
from .planner import AskedError, PlanError, plan
from .tree import exchanged, layers_of, repeats
from .volume import Measure, MisfitError, Volume

MOST_TRIED = 200_000
MOST_PLANNED = 3_000_000
SHOWN_NEAREST = 3
_ORDER = ("kernel", "size", "stride", "padding", "filters", "units")


def solutions(problem: ConvNet) -> Answer:
    """Every solution within the bounds, each planned again; or what comes nearest.

    Raises PlanError when nothing is asked for or wanted, when settings of more than one layer are asked for,
    or when the bounds leave too much to try.
    """
    asked = _asked(problem)
    search = _Search(problem, asked)
    answer = search.answer(asked.layer.asks)
    if answer.solutions or len(asked.layer.asks) > 1 or asked.layer.asks[0].axis is not None:
        return answer
    apart = _apart(asked.layer.asks[0], asked.volume)
    wider = search.answer(apart) if len(apart) > 1 else answer
    return wider if wider.solutions else answer


def filled(problem: ConvNet, values: Values) -> ConvNet:
    """The network with the values in the place of its '?'. Raises PlanError when nothing is asked for."""
    layer = _asked(problem).layer
    known = replace(layer, settings={**layer.settings, **values}, asks=())
    return replace(problem, layers=exchanged(problem.layers, layer, known))


def check_question(problem: ConvNet) -> None:
    """Raises PlanError as `solutions` does, without searching."""
    asked = _asked(problem)
    _Search(problem, asked).limit(asked.layer.asks)


def _asked(problem: ConvNet) -> AskedError:
    try:
        plan(problem)
    except AskedError as asked:
        _can_be_searched(problem, asked)
        return asked
    raise PlanError((), "nothing is asked for: write '?' for a kernel, stride, padding, filters, units or size")


def _can_be_searched(problem: ConvNet, asked: AskedError) -> None:
    layer = asked.layer
    others = [each for each in layers_of(problem.layers) if each.asks and each is not layer]
    if others:
        raise PlanError(others[0].path, f"'?' in one layer only; {asked.name} has one already")
    if len({ask.setting for ask in layer.asks}) > 2:
        raise PlanError(layer.path, f"{asked.name}: at most two settings can be asked for")
    if layer.output is None and layer.parameters is None and problem.budget is None:
        raise PlanError(
            layer.path,
            f"{asked.name}: say what is wanted: output: [...] or parameters: on this layer, or a budget: for all",
        )


def _apart(ask: Ask, volume: Volume) -> tuple[Ask, ...]:
    """The same setting asked for along each axis by itself."""
    if ask.setting not in ("kernel", "size", "stride"):
        return (ask,)
    return tuple(Ask(ask.setting, axis) for axis in range(len(volume.spatial)))


class _Search:
    """One search: the layer, its input, and what the rest of the network makes of its output."""

    def __init__(self, problem: ConvNet, asked: AskedError) -> None:
        self.problem = problem
        self.layer = asked.layer
        self.name = asked.name
        self.volume = asked.volume
        self.rest: dict[Volume, int | PlanError] = {}
        self.planned = 0
        self.repeated = repeats(problem.layers, asked.layer)

    def answer(self, asks: tuple[Ask, ...]) -> Answer:
        found: list[Values] = []
        near: list[tuple[int, Near]] = []
        reasons: list[str] = []
        for values, settings, measure in self.measured(asks):
            distance = self.distance(measure)
            if distance == 0:
                reason = self.refused(settings, measure)
                (reasons.append(reason) if reason else found.append(values))
            near.append((distance, Near(values, measure.output.size, measure.parameters)))
        nearest = [] if found else sorted(near, key=lambda pair: pair[0])[:SHOWN_NEAREST]
        return Answer(
            self.name,
            tuple(dict.fromkeys(ask.setting for ask in asks)),
            {ask.setting: self.bound(ask.setting) for ask in asks},
            tuple(found),
            tuple(each for distance, each in nearest if distance == nearest[0][0]),
            reasons[0] if reasons and not found else "",
        )

    def measured(self, asks: tuple[Ask, ...]) -> Iterator[tuple[Values, Settings, Measure]]:
        """Every choice of values that the layer can work with."""
        self.limit(asks)
        measure = LAYERS[self.layer.kind].measure
        for settings in self.choices(_in_order(asks), dict(self.layer.settings)):
            try:
                yield {ask.setting: settings[ask.setting] for ask in asks}, settings, measure(settings, self.volume)
            except MisfitError:
                continue

    def limit(self, asks: Sequence[Ask]) -> None:
        """Raises PlanError when there are too many values to try."""
        settings, count = dict(self.layer.settings), 1
        for ask in _in_order(asks):
            tried = self.range(ask.setting, settings)
            settings[ask.setting] = tried[-1]
            count *= len(tried)
        if count > MOST_TRIED:
            raise self.too_much(f"{count:,} values to try, more than {MOST_TRIED:,}")

    def choices(self, asks: Sequence[Ask], settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if not asks:
            yield settings
            return
        first, *others = asks
        for value in self.range(first.setting, settings):
            yield from self.choices(others, {**settings, first.setting: _put(settings, first, value, self.volume)})

    def range(self, setting: str, settings: Settings) -> Sequence[int]:
        bounds = self.problem.bounds
        if setting in ("kernel", "size"):
            return range(1, (bounds.kernel or max(self.volume.spatial, default=1)) + 1)
        if setting in ("filters", "units"):
            wanted = self.layer.output
            return (wanted[-1],) if wanted else range(1, bounds.filters + 1)
        kernel = _largest(settings.get("kernel", settings.get("size")))
        if setting == "stride":
            return range(1, (bounds.stride or kernel) + 1)
        return range((kernel - 1 if bounds.padding is None else bounds.padding) + 1)

    def bound(self, setting: str) -> str:
        """The values tried, in words."""
        bounds = self.problem.bounds
        if setting in ("kernel", "size"):
            return f"1 to {bounds.kernel or max(self.volume.spatial, default=1)}"
        if setting in ("filters", "units"):
            return f"{self.layer.output[-1]} as wanted" if self.layer.output else f"1 to {bounds.filters}"
        if setting == "stride":
            return f"1 to {bounds.stride or 'the kernel'}"
        return "0 to the kernel - 1" if bounds.padding is None else f"0 to {bounds.padding}"

    def distance(self, measure: Measure) -> int:
        """How far the layer is from what is wanted of it; 0 when it is met."""
        apart = 0
        if self.layer.output is not None:
            apart += _distance(measure.output.size, self.layer.output)
        if self.layer.parameters is not None:
            apart += abs(measure.parameters - self.layer.parameters)
        return apart

    def refused(self, settings: Settings, measure: Measure) -> str:
        """Why the whole network does not work with these settings; '' when it does."""
        total = self.total(settings, measure)
        if isinstance(total, PlanError):
            return total.message
        budget = self.problem.budget
        return f"{total} parameters are more than {budget}" if budget is not None and total > budget else ""

    def total(self, settings: Settings, measure: Measure) -> int | PlanError:
        """The parameters of the network with these settings, or why it does not fit together.

        What follows the layer depends on its output only: it is planned once for each output.
        """
        own = measure.parameters if self.layer.trainable else 0
        if measure.output in self.rest:
            rest = self.rest[measure.output]
            return rest if isinstance(rest, PlanError) else rest + own
        layer = replace(self.layer, settings=settings, asks=())
        network = replace(self.problem, layers=exchanged(self.problem.layers, self.layer, layer))
        if self.planned > MOST_PLANNED:
            raise self.too_much(f"more than {MOST_PLANNED:,} layers to plan again")
        found: int | PlanError
        try:
            planned = plan(network)
            found = planned.total_parameters
            self.planned += len(planned.layers)
        except PlanError as error:
            found = error
        if not self.repeated:
            self.rest[measure.output] = found if isinstance(found, PlanError) else found - own
        return found

    def too_much(self, what: str) -> PlanError:
        message = f"{self.name}: {what}; narrow them, for example bounds: {{kernel: 7, filters: 512}}"
        return PlanError(self.layer.path, message)


def _in_order(asks: Sequence[Ask]) -> list[Ask]:
    """The kernel first: the others depend on it."""
    return sorted(asks, key=lambda ask: _ORDER.index(ask.setting))


def _distance(found: Shape, wanted: Shape) -> int:
    if len(found) != len(wanted):
        return 10**9
    return sum(abs(a - b) for a, b in zip(found, wanted, strict=True))


def _largest(size: Any) -> int:
    return int(size) if isinstance(size, int) else max(size)


def _put(settings: Settings, ask: Ask, value: int, volume: Volume) -> Any:
    """The setting with the value in its place."""
    if ask.axis is None:
        return value
    before = settings[ask.setting]
    row = list(before) if isinstance(before, tuple) else [before] * len(volume.spatial)
    row[ask.axis] = value
    return tuple(row)
