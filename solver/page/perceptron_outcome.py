"""How learning ended: without a miss, in a cycle that proves that it never ends, or before either."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from .blocks import Block, Heading, Inline, Prose, Table, Text
from .lines import Lines as LineWriter

if TYPE_CHECKING:
    from ..topics.perceptron_learning import Learning

_MOST_NAMED = 20


def outcome_blocks(learning: Learning, writer: LineWriter) -> Iterator[Block]:
    """Misses epoch by epoch, and what they say."""
    yield Heading(("Outcome",))
    yield Prose(_misses(learning, writer))
    if learning.converged:
        yield Prose((f"Epoch {learning.epochs} has no miss, so the weights stay as they are from now on: done.",))
        return
    if learning.repeats is None:
        text = f"After {learning.epochs} epochs there are still misses, and no weights have repeated so far."
        yield Prose((text + " Allow more epochs to see how it ends.",))
        return
    yield from _cycle(learning, writer)
    if learning.problem.gate in ("xor", "xnor") and _is_binary(learning):
        yield from _contradiction(learning)


def _misses(learning: Learning, writer: LineWriter) -> Text:
    numbers = [writer.values.texts[f"errors@{epoch}"] for epoch in range(1, learning.epochs + 1)]
    shown = numbers if len(numbers) <= _MOST_NAMED else [*numbers[: _MOST_NAMED - 3], "…", *numbers[-2:]]
    return (f"Misses in each epoch: {', '.join(shown)}.",)


def _cycle(learning: Learning, writer: LineWriter) -> Iterator[Block]:
    first, again = learning.repeats or (0, 0)
    where = "the start" if first == 0 else f"the end of epoch {first}"
    yield Prose(
        (f"The weights at the end of epoch {again} are those of {where}: ", *_weights(learning, writer, again), ".")
    )
    period = again - first
    repeats = "every epoch from here on repeats the last one" if period == 1 else f"the last {period} epochs repeat"
    yield Prose(
        (
            f"The same samples from the same weights give the same rows, so {repeats} for ever: it never converges. "
            "If any line could part the samples, the number of misses would be finite (the perceptron convergence "
            "theorem); so no line parts them: they are not linearly separable.",
        )
    )


def _weights(learning: Learning, writer: LineWriter, epoch: int) -> Iterator[Inline]:
    tag = learning.tag(len(learning.problem.samples), epoch)
    for index, quantity in enumerate(learning.current):
        key = f"{quantity}{tag}"
        yield ", " if index else ""
        yield n.Name("θ") if quantity == "theta" else n.Name(quantity[0], quantity[1:])
        yield " = "
        yield writer.number(key if key in writer.working else quantity)


def _is_binary(learning: Learning) -> bool:
    rows = [case.inputs for case in learning.problem.samples]
    return len(rows) == 4 and all(number.value in (0, 1) for row in rows for number in row)


def _asks(rows: list[tuple[str, list[Node], str]], limit: Node) -> Table:
    """What rows of a gate ask of the weights."""
    cells = [((row,), (n.Compare(n.total(terms or [n.Number("0")]), sign, limit),)) for row, terms, sign in rows]
    return Table((("row",), ("asks for",)), tuple(cells))


def _contradiction(learning: Learning) -> Iterator[Block]:
    """Why no weights exist: the four rows of the gate as inequalities that contradict one another."""
    fires = learning.problem.fires
    rests = "<" if fires == ">=" else "<="
    limit: Node = n.Name("θ") if learning.offset == "theta" else n.Number("0")
    offset: list[Node] = [n.Name("b")] if learning.offset == "b" else []
    w1, w2 = n.Name("w", "1"), n.Name("w", "2")
    sums: list[list[Node]] = [[*offset], [w2, *offset], [w1, *offset], [w1, w2, *offset]]
    xor = learning.problem.gate == "xor"
    signs = [rests, fires, fires, rests] if xor else [fires, rests, rests, fires]
    yield Heading((f"Why no line makes {(learning.problem.gate or '').upper()}",), level=2)
    rows = ("0 0", "0 1", "1 0", "1 1")
    yield Prose(("Its four rows ask of the weights:",))
    yield _asks([(row, terms, sign) for row, terms, sign in zip(rows, sums, signs, strict=True)], limit)
    yield Prose(("The two rows in the middle added, and the first and the last added:",))
    both = [w1, w2, *([n.product([n.Number("2"), n.Name("b")])] if offset else [])]
    twice: Node = n.product([n.Number("2"), n.Name("θ")]) if learning.offset == "theta" else limit
    yield _asks([("0 1 and 1 0", both, signs[1]), ("0 0 and 1 1", both, signs[0])], twice)
    yield Prose(("The same sum would have to lie on both sides: no such weights exist.",))
    yield Prose(
        (
            "Two layers do it: h1 fires where x1 + x2 − 0.5 ≥ 0 (OR), h2 where x1 + x2 − 1.5 ≥ 0 (AND), and the output "
            "where h1 − h2 − 0.5 ≥ 0, that is between the two lines (XNOR: everywhere else). "
            " 'layers: [[[1, 1, -0.5], [1, 1, -1.5]], [[1, -1, -0.5]]]' works "
            "that net through its truth table.",
        )
    )
