"""A set of problems in batches: each is drawn, solved and proved by itself, anywhere, and comes out the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct

from solver.version import __version__

from .export import FORMATS as EXPORTS
from .export import About
from .parts import QUICK, maker
from .plan import Plan
from .posed import Pool, Posed, Report

_SIZE, _QUICK_SIZE = 20, 500


class Copy(Struct, frozen=True):
    """A copy of the sheet: whose it is ('' for anyone's), and what its numbers depend on."""

    student: str = ""
    key: str = ""


class Piece(Struct, frozen=True):
    """What is made of one problem, by the name of the part; its digest is 0 where it may come twice."""

    digest: int
    parts: dict[str, bytes]


class Done(Struct, frozen=True):
    """A finished batch: a piece for each problem, and what it took."""

    pieces: list[Piece]
    report: Report


@dataclass(frozen=True)
class Work:
    """A set of problems to be made: every problem of the plan, for each copy.

    parts:   what is made of each problem (see `parts`)
    backend: what batches are proved against, 'numpy' or 'cupy'
    """

    plan: Plan
    copies: tuple[Copy, ...] = (Copy(),)
    parts: tuple[str, ...] = ()
    backend: str = "numpy"

    @cached_property
    def count(self) -> int:
        """How many problems it is in all."""
        return len(self.plan.entries) * len(self.copies)

    @cached_property
    def about(self) -> About:
        """What the set says about itself."""
        return About(self.plan.title, self.plan.instructions, self.plan.form(), self.plan.seed, __version__)

    @cached_property
    def quick(self) -> bool:
        """Whether numbers are enough, and no page has to be worked."""
        return set(self.parts) <= QUICK

    @property
    def streamed(self) -> bool:
        """Whether no file has to hold all of it at once."""
        return set(self.parts) <= {*QUICK, *EXPORTS}

    @property
    def size(self) -> int:
        """Problems in a batch; it depends on nothing but the parts, so that batches are the same anywhere."""
        return _QUICK_SIZE if self.quick else _SIZE

    @property
    def batches(self) -> int:
        """How many batches there are."""
        return -(-self.count // self.size)

    def batch(self, number: int) -> Done:
        """A batch, none of its problems twice. Raises DlsolveError for wishes that no numbers fulfil."""
        pool = Pool(numbers_only=self.quick, backend=self.backend)
        first = number * self.size
        problems = [self.posed(index, pool) for index in range(first, min(first + self.size, self.count))]
        pool.prove()
        return Done([self._piece(problem) for problem in problems], pool.report)

    def posed(self, index: int, pool: Pool, again: str = "") -> Posed:
        """One of the problems, counted from 0 through all copies."""
        copy, place = divmod(index, len(self.plan.entries))
        entry = self.plan.entries[place]
        form = f"{__version__}/{self.plan.seed}/{place}/{entry.decides}"
        numbers = f"{form}/{self.copies[copy].key}{again}"
        return pool.pose(str(place + 1), entry, (form, numbers))

    def _piece(self, problem: Posed) -> Piece:
        return Piece(problem.digest, {name: maker(name)(problem, self.about) for name in self.parts})

    def remade(self, batches: Iterator[Done], pool: Pool) -> dict[int, Piece]:
        """By its index each piece whose problem an earlier batch has too, made anew; the pool proves them itself."""
        found: dict[int, Piece] = {}
        index = 0
        for done in batches:
            for piece in done.pieces:
                if piece.digest in pool.seen:
                    found[index] = self._piece(self.posed(index, pool, "/again"))
                elif piece.digest:
                    pool.seen.add(piece.digest)
                index += 1
        return found
