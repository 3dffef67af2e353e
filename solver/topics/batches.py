"""The same epoch cut into batches of other sizes: how many updates, and where they lead."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ..check.audit import audit
from ..check.compare import Audit
from ..evaluate import evaluate
from ..options import Options
from ..spec.network import Network
from .backprop import Epoch
from .training import held_values, trained

_MOST = 1000  # samples times parameters up to which this is worked


class Cut(Struct, frozen=True):
    """One way to cut an epoch: samples for each update (0: all), updates, E after the epoch, and its check."""

    batch: int
    updates: int
    error: float
    check: Audit | None


def side_by_side(network: Network, options: Options) -> tuple[Cut, ...]:
    """One epoch with full, the given and single batches; nothing where there is but one sample."""
    samples = len(network.samples)
    if samples == 1 or not network.learns or samples * len(network.parameters) > _MOST:
        return ()
    sizes = sorted({network.training.batch or samples, 1, samples}, reverse=True)
    return tuple(_cut(network, 0 if size == samples else size, options) for size in sizes)


def _cut(network: Network, batch: int, options: Options) -> Cut:
    training = replace(network.training, batch=batch, epochs=1, show_epochs=1)
    other = replace(network, training=training)
    working = Epoch(other, "delta").work()
    values = evaluate(working, options.digits)
    found = trained(other, working, values)
    check = None
    if options.check:
        check = audit(held_values(other, values, found), other, options.backend)
    return Cut(batch, len(other.batches), found.history[-1], check)
