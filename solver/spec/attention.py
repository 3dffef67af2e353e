"""kind: attention: scaled dot-product attention, from a document to a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..options import Options
from .attention_keys import HeadKeys, Spec
from .attention_problem import LETTERS, Attention, Source
from .attention_starter import STARTER
from .common import Complaints, mended, options
from .document import Document, Path
from .network import Loss
from .number import Number
from .outcome import Grid, Outcome, outcome_of, rows_of

__all__ = ["Spec", "problem", "starter"]

_NAMES = {"q": "queries", "k": "keys", "v": "values"}
_MOST = 20_000
_NO_OUTCOME = Outcome((), (), Loss("half_sse"), "sum", None)
_Mask = tuple[tuple[bool, ...], ...] | None


def problem(document: Document) -> tuple[Attention, Options]:
    """The attention problem of a spec, and what its reader chose. Raises SpecError with every complaint."""
    spec, found = mended(Spec, document)
    complaints = Complaints(document, found)
    if spec is None:
        raise complaints.error()
    sources = _sources(spec, complaints)
    if complaints.found:
        raise complaints.error()
    attention = _Reader(spec, sources, complaints).problem()
    if complaints.found:
        raise complaints.error()
    return attention, options(spec)


def starter() -> str:
    """A commented spec to begin with."""
    return STARTER


def _sources(spec: Spec, complaints: Complaints) -> dict[str, Source]:
    typed = {letter: getattr(spec, _NAMES[letter]) for letter in LETTERS}
    given = [_NAMES[letter] for letter in LETTERS if typed[letter] is not None]
    if spec.inputs is not None:
        for key in given:
            complaints.add((key,), f"there are inputs too: give inputs (with Wq ...), or {key}", at_key=True)
        return {letter: Source("x", rows_of(spec.inputs)) for letter in LETTERS}
    missing = [name for name in _NAMES.values() if name not in given]
    if missing:
        if not complaints.found:  # a misspelt key is probably the one that is missing
            _say_missing(missing, given, complaints)
        return {}
    sources = {letter: Source(_given(spec, letter), rows_of(typed[letter])) for letter in LETTERS}
    keys, values = len(sources["k"].numbers), len(sources["v"].numbers)
    if keys != values:
        complaints.add(
            ("values",), f"found {_counted(values)} for {keys} key{'s' if keys > 1 else ''}; every key has one value"
        )
    return sources


def _say_missing(missing: list[str], given: list[str], complaints: Complaints) -> None:
    if not given:
        complaints.add((), "there is nothing to work with: give inputs (with Wq, Wk, Wv), or queries, keys and values")
        return
    message = (
        f"there are {' and '.join(given)}, but no {' and no '.join(missing)}: attention needs all three, or inputs"
    )
    complaints.add((given[0],), message, at_key=True)


def _given(spec: Spec, letter: str) -> str:
    """The key of a given matrix: q, or xq where a weight matrix makes q of it."""
    heads: tuple[Any, ...] = spec.heads if isinstance(spec.heads, tuple) else ()
    multiplied = any(getattr(each, f"W{letter}") is not None for each in (spec, *heads))
    return f"x{letter}" if multiplied else letter


class _Reader:
    """Fits sources, matrices, heads and mask together."""

    def __init__(self, spec: Spec, sources: Mapping[str, Source], complaints: Complaints) -> None:
        self.spec = spec
        self.sources = sources
        self.complaints = complaints
        self.own = isinstance(spec.heads, tuple)
        self.heads = len(spec.heads) if self.own else spec.heads

    def problem(self) -> Attention:
        """The problem without its outcome, then with it."""
        bare = Attention(
            self.spec.title or self._title(),
            self.sources,
            self._matrices(),
            self.heads,
            self.own,
            self._mask(),
            self.spec.mask == "causal",
            self.spec.scaling,
            _NO_OUTCOME,
        )
        if not self.complaints.found:
            self._check_widths(bare)
        if self.complaints.found:
            return bare
        bare = self._with_output(bare)
        outcome = outcome_of(self.spec, (bare.count("q"), bare.output_width), "sum", self.complaints)
        if outcome.learns and not bare.matrices:
            message = "there is no weight matrix to learn: give Wq, Wk, Wv or Wo, or leave the learning rate out"
            self.complaints.add(("learning_rate",), message, at_key=True)
        return replace(bare, outcome=outcome)

    def _title(self) -> str:
        what = "Self-attention" if self.spec.inputs is not None else "Attention"
        heads = f" with {self.heads} heads" if self.heads > 1 else ""
        return f"{what}{heads}{', causal mask' if self.spec.mask == 'causal' else ''}"

    def _matrices(self) -> dict[str, Grid]:
        found: dict[str, Grid] = {}
        tag = len(self.spec.heads) > 1 if self.own else False
        for number, head in enumerate(self.spec.heads if self.own else (), 1):
            found |= self._of(head, f"_{number}" if tag else "", ("heads", number - 1))
        top = self._of(self.spec, "", ())
        if self.own:
            for key in top:
                message = "every head of the list has matrices of its own: put it into the heads"
                self.complaints.add((key,), message, at_key=True)
            return found
        return top

    def _of(self, keys: HeadKeys | Spec, tag: str, path: Path) -> dict[str, Grid]:
        found = {}
        for letter in LETTERS:
            typed, source = getattr(keys, f"W{letter}"), self.sources[letter]
            if typed is None:
                continue
            grid = _grid(typed, len(source.numbers[0]))
            self._check_rows(grid, len(source.numbers[0]), f"W{letter}", path)
            found[f"W{letter}{tag}"] = grid
        return found

    def _check_rows(self, grid: Grid, width: int, name: str, path: Path) -> None:
        if len(grid) != width:
            what = "inputs" if self.spec.inputs is not None else _NAMES[name[1]]
            message = (
                f"found {_counted(len(grid))}; the {what} have {width} columns: row vectors times matrices, X {name}"
            )
            self.complaints.add((*path, name), message)

    def _check_widths(self, bare: Attention) -> None:
        for head in range(1, self.heads + 1):
            queries, keys = (bare.full_width(letter, head) for letter in ("q", "k"))
            if queries != keys:
                of = f" of head {head}" if self.own and self.heads > 1 else ""
                plural = "s" if queries > 1 else ""
                message = f"a query{of} has {queries} number{plural} and a key {keys}; a score needs as many of both"
                self.complaints.add(self._place(head), message)
                return
        if self.own or self.heads == 1:
            return
        for letter in LETTERS:
            width = bare.full_width(letter)
            if width % self.heads:
                message = (
                    f"found {self.heads}; the {width} columns of the {_NAMES[letter]} cannot be split into as many"
                )
                self.complaints.add(("heads",), message)
                return

    def _place(self, head: int) -> Path:
        if self.own:
            return ("heads", head - 1)
        keys = ("Wk", "Wq", "keys", "queries")
        return next(((key,) for key in keys if getattr(self.spec, key) is not None), ())

    def _mask(self) -> _Mask:
        queries, keys = len(self.sources["q"].numbers), len(self.sources["k"].numbers)
        if queries * keys * self.heads > _MOST:
            self.complaints.add((), f"{queries * keys * self.heads:,} scores; at most {_MOST:,} are worked")
        mask = self.spec.mask
        if mask == "none":
            return None
        if mask == "causal":
            if queries != keys:
                message = f"a causal mask needs as many queries as keys ({queries} and {keys}): give rows of 1 and 0"
                self.complaints.add(("mask",), message)
            return tuple(tuple(key <= query for key in range(keys)) for query in range(queries))
        return self._typed_mask(rows_of(mask), queries, keys)

    def _typed_mask(self, rows: Grid, queries: int, keys: int) -> _Mask:
        if (len(rows), len(rows[0])) != (queries, keys):
            message = f"found {len(rows)} x {len(rows[0])}; expected a row for each query, {queries} x {keys}"
            self.complaints.add(("mask",), message)
        for index, row in enumerate(rows):
            if any(number.value not in (0, 1) for number in row):
                self.complaints.add(("mask", index), "expected 1 (may look) or 0 (may not)")
            elif not any(number.value for number in row):
                self.complaints.add(("mask", index), "this query may look at no key: at least one 1 is needed")
        return tuple(tuple(number.value == 1 for number in row) for row in rows)

    def _with_output(self, bare: Attention) -> Attention:
        """The problem with Wo, which multiplies the heads side by side."""
        if self.spec.Wo is None:
            return bare
        grid = _grid(self.spec.Wo, bare.joined_width)
        if len(grid) != bare.joined_width:
            message = f"found {_counted(len(grid))}; the heads side by side have {bare.joined_width} columns"
            self.complaints.add(("Wo",), message)
        return replace(bare, matrices={**bare.matrices, "Wo": grid})


def _grid(typed: Any, width: int) -> Grid:
    """A matrix as typed, or the identity of this width."""
    if typed == "I":
        return tuple(tuple(Number.of(int(row == column)) for column in range(width)) for row in range(width))
    return rows_of(typed)


def _counted(rows: int) -> str:
    return f"{rows} row{'s' if rows != 1 else ''}"
