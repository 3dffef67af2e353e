"""From a network to its plan: every layer with its shape, counts and receptive field.

The cost is linear in the number of layers. A layer that meets an input it has met before, as in `repeat`,
is not measured again.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..catalog.cnn_layers import LAYERS
from ..spec.convnet import Branches, ConvNet, Item, Layer, Path, Repeat, Residual, Shape
from .field import Field, joined, seen, start
from .meet import added, concatenated
from .plan import Plan, PlannedLayer, spelled
from .volume import Measure, MisfitError, Volume

MOST_LAYERS = 10_000
MOST_NUMBERS = 10**12
Trail = tuple[str, ...]
State = tuple[Volume, Field]


class PlanError(ValueError):
    """A network that does not fit together: the place in the spec, and what would mend it."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(message)


class AskedError(PlanError):
    """A layer with a '?' has been reached; holds the layer and its input."""

    def __init__(self, layer: Layer, name: str, volume: Volume) -> None:
        self.layer = layer
        self.name = name
        self.volume = volume
        settings = ", ".join(ask.setting for ask in layer.asks)
        super().__init__(layer.path, f"{name}: {settings} is asked for: the plan needs a number")


class OtherThanStatedError(PlanError):
    """A layer whose output or number of parameters is not what the spec says; holds what it is."""

    def __init__(self, path: Path, message: str, measure: Measure) -> None:
        self.measure = measure
        super().__init__(path, message)


def plan(problem: ConvNet) -> Plan:
    """The plan of a network.

    Raises PlanError for a network that does not fit together or has more than 10,000 layers, AskedError (a
    PlanError) for a '?'.
    """
    _rows(problem.layers, ("layers",))
    walk = _Walk(problem)
    walk.run(problem.layers, (Volume(problem.input), start(len(problem.input) - 1)), ())
    return Plan(problem, tuple(walk.layers))


def _rows(items: Sequence[Item], path: Path) -> int:
    """How many layers the items make; counted before any is made, so that nested repeats cannot explode."""
    count = sum(_rows_of(item) for item in items)
    if count > MOST_LAYERS:
        raise PlanError(path, f"{count:,} layers; at most {MOST_LAYERS:,} can be planned")
    return count


def _rows_of(item: Item) -> int:
    if isinstance(item, Repeat):
        count = item.times * _rows(item.layers, item.path)
        if count > MOST_LAYERS:
            message = f"{item.times} repetitions make {count:,} layers; at most {MOST_LAYERS:,} can be planned"
            raise PlanError(item.path, message)
        return count
    if isinstance(item, Residual):
        return 1 + _rows(item.body, item.path) + _rows(item.shortcut or (), item.path)
    if isinstance(item, Branches):
        return 1 + sum(_rows(way, item.path) for way in item.ways)
    return 1


class _Walk:
    """One pass through the layers."""

    def __init__(self, problem: ConvNet) -> None:
        self.channels_first = problem.channels_first
        self.layers: list[PlannedLayer] = []
        self.numbered: dict[str, int] = {}
        self.taken: set[str] = set()
        self.measured: dict[tuple[int, Volume], Measure] = {}

    def run(self, items: Sequence[Item], state: State, trail: Trail) -> State:
        for item in items:
            if isinstance(item, Layer):
                state = self.layer(item, state, trail)
            elif isinstance(item, Repeat):
                for _ in range(item.times):
                    state = self.run(item.layers, state, trail)
            elif isinstance(item, Residual):
                state = self.residual(item, state, trail)
            else:
                state = self.branches(item, state, trail)
        return state

    def layer(self, item: Layer, state: State, trail: Trail) -> State:
        volume, field = state
        name = self.name(item.name, LAYERS[item.kind].stem)
        key = (id(item), volume)
        measure = self.measured.get(key)
        if measure is None:
            measure = self.measured[key] = self.measure(item, name, volume)
        after = field if measure.reach is None else seen(field, measure.reach, volume)
        self.layers.append(PlannedLayer(name, item, volume, measure, field, after, trail))
        return measure.output, after

    def name(self, given: str, stem: str) -> str:
        """The name as typed, or the stem with a number; a name met again, in `repeat`, ends in _2."""
        base = given or stem
        while True:
            number = self.numbered[base] = self.numbered.get(base, 0) + 1
            name = f"{stem}{number}" if not given else given if number == 1 else f"{given}_{number}"
            if name not in self.taken:
                self.taken.add(name)
                return name

    def measure(self, item: Layer, name: str, volume: Volume) -> Measure:
        if item.asks:
            raise AskedError(item, name, volume)
        try:
            measure = LAYERS[item.kind].measure(item.settings, volume)
        except MisfitError as misfit:
            path = (*item.path, misfit.setting) if misfit.setting else item.path
            raise PlanError(path, f"{name}: {misfit.message}") from misfit
        self.limit(item.path, name, measure)
        self.compare(item, name, measure)
        return measure

    def limit(self, path: Path, name: str, measure: Measure) -> None:
        """Numbers that no machine could hold are a slip of the spec."""
        if measure.output.numbers > MOST_NUMBERS:
            raise PlanError(path, f"{name}: its output holds more than {MOST_NUMBERS:,} numbers")

    def compare(self, item: Layer, name: str, measure: Measure) -> None:
        """Holds a layer against what the spec states about it."""
        if item.output is not None and item.output != measure.output.size:
            wanted, found = self.spelled(item.output), self.spelled(measure.output.size)
            message = f"{name}: the stated output is {wanted}, but the layer gives {found}"
            raise OtherThanStatedError((*item.path, "output"), message, measure)
        if item.parameters is not None and item.parameters != measure.parameters:
            message = f"{name}: {item.parameters} parameters are stated, but the layer has {measure.parameters}"
            raise OtherThanStatedError((*item.path, "parameters"), message, measure)

    def spelled(self, size: Shape) -> str:
        return spelled(size, self.channels_first)

    def residual(self, item: Residual, state: State, trail: Trail) -> State:
        name = self.name(item.name, "add")
        body = self.run(item.body, state, (*trail, f"{name}: body"))
        shortcut = state
        if item.shortcut is not None:
            shortcut = self.run(item.shortcut, state, (*trail, f"{name}: shortcut"))
        try:
            measure = added(body[0], shortcut[0], item.shortcut is None)
        except MisfitError as misfit:
            raise PlanError(item.path, f"{name}: {misfit.message}") from misfit
        return self.meet(name, item, state, measure, [body, shortcut], trail)

    def branches(self, item: Branches, state: State, trail: Trail) -> State:
        name = self.name(item.name, "concat")
        ends = [
            self.run(way, state, (*trail, f"{name}: branch {number}")) for number, way in enumerate(item.ways, start=1)
        ]
        try:
            measure = concatenated([volume for volume, _ in ends])
        except MisfitError as misfit:
            raise PlanError(item.path, f"{name}: {misfit.message}") from misfit
        self.limit(item.path, name, measure)
        return self.meet(name, item, state, measure, ends, trail)

    def meet(
        self,
        name: str,
        item: Residual | Branches,
        state: State,
        measure: Measure,
        ends: list[State],
        trail: Trail,
    ) -> State:
        field = joined([field for _, field in ends])
        ways = tuple(volume for volume, _ in ends)
        self.layers.append(PlannedLayer(name, item, state[0], measure, field, field, trail, ways))
        return measure.output, field
