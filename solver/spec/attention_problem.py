"""An attention problem: what `solver.topics.attention` works and `solver.check.attention` recomputes.

Letters q, k and v stand for queries, keys and values throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .number import Number
from .outcome import Grid, Outcome

LETTERS = ("q", "k", "v")


@dataclass(frozen=True, slots=True)
class Source:
    """One of queries, keys and values before the heads.

    given:   the key of the given matrix: x, or q itself where nothing is multiplied, or xq
    numbers: that matrix
    """

    given: str
    numbers: Grid


@dataclass(frozen=True, slots=True)
class Attention:
    """Sources, weight matrices, heads, mask and scaling.

    sources:  by letter
    matrices: the weight matrices by key: Wq Wk Wv (with own matrices for each head Wq_1 ...), Wo
    heads:    their number; own: whether each has matrices of its own (else the columns are split)
    mask:     a row for each query: whether it may look at each key; None where all may
    causal:   whether the mask is the causal one
    scaled:   whether scores are divided by the root of d_k
    """

    title: str
    sources: Mapping[str, Source]
    matrices: Mapping[str, Grid]
    heads: int
    own: bool
    mask: tuple[tuple[bool, ...], ...] | None
    causal: bool
    scaled: bool
    outcome: Outcome

    @property
    def givens(self) -> dict[str, Grid]:
        """Every given matrix by its key: x, or q k v (xq where it is multiplied first), then the weights."""
        found = {source.given: source.numbers for source in self.sources.values()}
        return {**found, **self.matrices}

    @property
    def entries(self) -> dict[str, Number]:
        """Every given number by its key: x[1,2], Wq[2,1]."""
        return {
            f"{name}[{row},{column}]": number
            for name, grid in self.givens.items()
            for row, line in enumerate(grid, 1)
            for column, number in enumerate(line, 1)
        }

    def tag(self, head: int) -> str:
        """What the keys of a head end in before the place: _2, or nothing where there is one."""
        return f"_{head}" if self.heads > 1 else ""

    def matrix_of(self, letter: str, head: int) -> str | None:
        """The key of the matrix that makes a head's queries, keys or values; None where there is none."""
        name = f"W{letter}{self.tag(head)}" if self.own else f"W{letter}"
        return name if name in self.matrices else None

    def made(self, letter: str, head: int) -> str:
        """The key of the matrix that holds a head's queries, keys or values (all heads' where these are split)."""
        if self.matrix_of(letter, head) is None:
            return self.sources[letter].given
        return f"{letter}{self.tag(head)}" if self.own else letter

    def full_width(self, letter: str, head: int = 1) -> int:
        """Columns of queries, keys or values before they are split."""
        matrix = self.matrix_of(letter, head)
        return len(self.matrices[matrix][0]) if matrix else len(self.sources[letter].numbers[0])

    def columns(self, letter: str, head: int) -> range:
        """The columns, from 1, that belong to a head."""
        full = self.full_width(letter, head)
        if self.own:
            return range(1, full + 1)
        width = full // self.heads
        return range((head - 1) * width + 1, head * width + 1)

    def count(self, letter: str) -> int:
        """How many queries, keys or values there are."""
        return len(self.sources[letter].numbers)

    def visible(self, query: int, key: int) -> bool:
        """Whether a query may look at a key, both from 1."""
        return self.mask is None or self.mask[query - 1][key - 1]

    @property
    def joined_width(self) -> int:
        """Columns of all heads side by side."""
        return sum(len(self.columns("v", head)) for head in range(1, self.heads + 1))

    @property
    def output_width(self) -> int:
        return len(self.matrices["Wo"][0]) if "Wo" in self.matrices else self.joined_width

    def head_cell(self, query: int, head: int, column: int) -> str:
        """The key of an entry of a head's output; without Wo it stands in the output at once."""
        if "Wo" in self.matrices:
            return f"head{self.tag(head)}[{query},{column}]"
        before = sum(len(self.columns("v", each)) for each in range(1, head))
        return f"out[{query},{before + column}]"
