"""A metrics problem: how often each actual class was predicted as each class."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each actual class was predicted as each class.

    labels:    the classes in order; empty where only right answers were counted
    counts:    one row for each actual class, one column for each predicted class
    positive:  the class that counts as positive, or None: every class is worked in turn
    actual, predicted: the lists that were counted, if there were any
    correct, total: where only right answers were counted
    zero_division: what stands for 0/0, or None: the quantity is not defined
    """

    title: str
    labels: tuple[str, ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()
    positive: str | None = None
    actual: tuple[str, ...] = ()
    predicted: tuple[str, ...] = ()
    correct: int = 0
    total: int = 0
    zero_division: int | None = None

    @property
    def ends(self) -> tuple[str, ...]:
        """How the keys of each class end: its label without signs, or its number where that is not unique."""
        plain = ["".join(filter(str.isalnum, label)) for label in self.labels]
        return tuple(end if end and plain.count(end) == 1 else f"class{number}" for number, end in enumerate(plain, 1))
