"""What the keys of training have to do with one another."""

from __future__ import annotations

from .common import Complaints
from .network import Network
from .optimizer import SGD


def check_training(network: Network, complaints: Complaints) -> None:
    """Complains about keys of training that need a learning rate or a target, and about batches too large."""
    training, samples = network.training, len(network.samples)
    asked = {
        "epochs": training.epochs > 1,
        "optimizer": training.optimizer != SGD,
        "batch": training.batch > 0,
    }
    for key in (key for key, there in asked.items() if there and not network.learns):
        missing = "learning_rate" if network.learning_rate is None else "target"
        complaints.add((key,), f"training needs the key {missing}", at_key=True)
    if training.batch > samples:
        complaints.add(("batch",), f"batches of {training.batch}, but samples has {samples}; write full")
    if training.show_epochs > training.epochs:
        complaints.add(("show_epochs",), f"{training.show_epochs} of {training.epochs} epochs cannot be shown")
    targets = {sample.has_target for sample in network.samples}
    if len(targets) > 1:
        complaints.add(("samples",), "some samples have a target and some have none; give every one its target")
