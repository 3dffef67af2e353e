"""Many epochs: the lines of one epoch, compiled once and run in a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ..algebra import symbol
from ..errors import NotComputable
from ..evaluate import Values, compiled, evaluate
from ..progress import rounds
from ..spec.network import Network
from ..working import Working
from .backprop import Epoch


class Trained(Struct, frozen=True):
    """What training comes to.

    history: E after k epochs, k = 0 ... N
    results: new values (w5'), the gradients of the last update (dE/dw5), E and E'
    """

    history: tuple[float, ...]
    results: dict[str, float]


def trained(network: Network, working: Working, values: Values) -> Trained:
    """The whole training of a network whose first epochs are worked in `working`.

    Raises NotComputable, naming the epoch, where a number leaves double precision.
    """
    if "E" in working and "E'" in working and not _looks_ahead(network):
        history = (values.number("E"), values.number("E'"))
        return Trained(history, {"E": history[0], "E'": history[1]})
    error = error_of(network)
    start = [float(p.value.value) for p in network.parameters]
    if network.training.epochs == 1:
        ends = [values.number(_at(working, p.key)) for p in network.parameters]
        history = (_of_epoch(error, start, 0), _of_epoch(error, ends, 1))
        return Trained(history, {"E": history[0], "E'": history[1]})
    return _Loop(network).run(start, error)


def held_values(network: Network, values: Values, training: Trained) -> dict[str, float]:
    """What the audit is given: every line, the results, and the history.

    With an optimizer that looks ahead E of a line is that of another point than E of the results: its parts and
    history[0] are held in its place.
    """
    found = {key: float(value) for key, value in values.numbers.items()} | training.results
    if _looks_ahead(network):
        del found["E"]
    return found | {f"history[{epoch}]": error for epoch, error in enumerate(training.history)}


def _looks_ahead(network: Network) -> bool:
    """Whether the errors of an epoch's lines are those of other points than its parameters."""
    return network.training.optimizer.form.startswith("look_ahead")


def _at(working: Working, key: str) -> str:
    return f"{key}'" if f"{key}'" in working else key


def error_of(network: Network) -> Callable[[list[float]], float]:
    """E over all samples as a function of the parameters."""
    working = Epoch(replace(network, learning_rate=None), "delta").errors()
    function = compiled(working, [p.key for p in network.parameters], ["E"], "math")
    return lambda numbers: float(function(*numbers)[0])


def _of_epoch(error: Callable[[list[float]], float], numbers: list[float], epoch: int) -> float:
    return float(_safely(lambda: error(numbers), epoch))


def _safely(compute: Callable[[], Any], epoch: int) -> Any:
    try:
        return compute()
    except OverflowError:
        raise NotComputable(f"epoch {epoch}", "the numbers leave double precision: the training diverges") from None
    except (ValueError, ZeroDivisionError):
        raise NotComputable(f"epoch {epoch}", "a logarithm of 0 or a division by 0") from None


class _Loop:
    """One epoch as a function of parameters, state and t; the first epoch has forms of its own."""

    def __init__(self, network: Network) -> None:
        self.network = network
        once = replace(network.training, epochs=1, show_epochs=1)
        self.once = replace(network, training=once)
        self.own_error = len(network.batches) == 1 and not _looks_ahead(network)
        self.keys = [p.key for p in network.parameters]
        self.first = Epoch(self.once, "delta", after=False).work()
        self.state = self._state_left(self.first)
        again = Epoch(self.once, "delta", symbol("t"), after=False, state=self.state).work()
        inputs = [*self.keys, *(f"{key}@0" for key in self.state), "t"]
        self.program = compiled(again, inputs, self._outputs(again), "math")

    def _state_left(self, working: Working) -> list[str]:
        """Keys of the state that the last update of an epoch leaves: m_w5, v_w5 ..."""
        letters = self.network.training.optimizer.states
        own = [f"{x}_{key}" for x in letters for key in self.keys if f"{x}_{key}" in working]
        return [*(x for x in letters if x in working), *own]

    def _outputs(self, working: Working) -> list[str]:
        new = [_at(working, key) for key in self.keys]
        gradients = [f"dE/d{key}" for key in self.keys]
        error = ["E"] if self.own_error else []
        return [*new, *self.state, *gradients, *error]

    def run(self, start: list[float], error: Callable[[list[float]], float]) -> Trained:
        """All epochs; the first from its own lines, the rest in the loop."""
        count, updates = len(self.keys), len(self.network.batches)
        last, carried = self.network.training.epochs, count + len(self.state)
        values = evaluate(self.first)
        found = [values.number(key) for key in self._outputs(self.first)]
        history = [_of_epoch(error, start, 0)]
        number = self.network.training.optimizer.t + updates
        for epoch in rounds(range(2, last + 1), "epoch"):
            if not self.own_error:
                history.append(_of_epoch(error, found[:count], epoch - 1))
            arguments = [*found[:carried], number]
            found = _safely(partial(self.program, *arguments), epoch)
            if self.own_error:
                history.append(found[-1])
            number += updates
        history.append(_of_epoch(error, found[:count], last))
        return Trained(tuple(history), self._results(found, history))

    def _results(self, found: Sequence[float], history: list[float]) -> dict[str, float]:
        count, states = len(self.keys), len(self.state)
        new = {f"{key}'": value for key, value in zip(self.keys, found, strict=False) if key in self.network.moved}
        slopes = found[count + states : count + states + count]
        gradients = {f"dE/d{key}": value for key, value in zip(self.keys, slopes, strict=True)}
        return {"E": history[0], **gradients, **new, "E'": history[-1]}
