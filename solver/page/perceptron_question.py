"""The question of a perceptron that learns: samples, start, and the rule by which it learns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from ..spec.perceptron_problem import Perceptron
from .blocks import Block, Equation, Heading, Inline, Lines, Prose, Table, Text

if TYPE_CHECKING:
    from ..solution import Worked


_MOST_LISTED = 30


def question_blocks(problem: Perceptron, solution: Worked) -> Iterator[Block]:
    """Samples, start values, the rule, and what is asked."""
    yield Heading(("Given",))
    yield _samples(problem, solution.options.everything)
    if len(problem.samples) > _MOST_LISTED and not solution.options.everything:
        yield Prose((f"The first {_MOST_LISTED} of {len(problem.samples)} samples; --all shows them all.",))
    yield Prose(tuple(_start(problem)))
    yield Lines(tuple(_rule(problem)))
    yield from (Prose((sentence,)) for sentence in _conventions(problem))
    if solution.options.question:
        yield Prose(("Work out the learning table, epoch by epoch, until no sample is missed.",))


def _samples(problem: Perceptron, everything: bool) -> Table:
    listed = problem.samples if everything else problem.samples[:_MOST_LISTED]
    headers: list[Text] = [("sample",), *((n.Name("x", str(k)),) for k in range(1, len(problem.weights) + 1))]
    rows: list[tuple[Text, ...]] = [
        ((str(index),), *((n.Number(each.text),) for each in case.inputs), (_target(case.target),))
        for index, case in enumerate(listed, 1)
    ]
    return Table((*headers, (n.Name("t"),)), tuple(rows), right=frozenset(range(len(headers) + 1)))


def _target(target: object) -> Node:
    return n.Number(getattr(target, "text", ""))


def _start(problem: Perceptron) -> Iterator[Inline]:
    yield "Start: "
    pairs: list[tuple[Node, str]] = [(n.Name("w", str(k)), w.text) for k, w in enumerate(problem.weights, 1)]
    if problem.bias is not None:
        pairs.append((n.Name("b"), problem.bias.text))
    if problem.threshold is not None:
        pairs.append((n.Name("θ"), problem.threshold.text))
    pairs.append((n.Name("η"), problem.learning_rate.text))
    for index, (name, text) in enumerate(pairs):
        yield ", " if index else ""
        yield name
        yield " = "
        yield n.Number(text)


def _rule(problem: Perceptron) -> Iterator[Equation]:
    net, y, e, t, eta = n.Name("net", upright=True), n.Name("y"), n.Name("e"), n.Name("t"), n.Name("η")
    terms: list[Node] = [
        n.product([n.Name("w", str(k)), n.Name("x", str(k))]) for k in range(1, len(problem.weights) + 1)
    ]
    if problem.bias is not None:
        terms.append(n.Name("b"))
    yield Equation(net, (n.total(terms),))
    limit: Node = n.Name("θ") if problem.threshold is not None else n.Number("0")
    low = n.Number(str(problem.low))
    yield Equation(y, (n.Cases(((n.Number("1"), n.Compare(net, problem.fires, limit)), (low, None))),))
    miss = n.Sum((t, n.Minus(y)))
    if problem.rule == "target":
        yield Equation(e, (n.Fraction(miss, n.Number("2")),), reason="t on a miss, 0 where y is right")
    else:
        yield Equation(e, (miss,), reason="0 where y is right")
    w = n.Name("w", "k")
    yield Equation(n.Name("w", "k", primes=1), (n.total([w, n.product([eta, e, n.Name("x", "k")])]),))
    if problem.learns_offset and problem.bias is not None:
        yield Equation(n.Name("b", primes=1), (n.total([n.Name("b"), n.product([eta, e])]),), reason="its input is 1")
    if problem.learns_offset and problem.threshold is not None:
        yield Equation(n.Name("θ", primes=1), (n.Sum((n.Name("θ"), n.Minus(n.product([eta, e])))),))


def _conventions(problem: Perceptron) -> Iterator[str]:
    yield "The samples are shown in this order; the weights move after each sample, not after an epoch."
    if problem.rule == "target":
        yield "Rule: on a miss learning rate × target × input is added."
    elif problem.low < 0:
        yield "Rule: learning rate × (target − output) × input, which is twice the target on a miss."
    if problem.threshold is not None and not problem.learns_offset:
        yield "The threshold stays as it is (update_bias: true lets it learn)."
    elif problem.bias is not None and not problem.learns_offset:
        yield "The bias stays as it is."
    elif problem.bias is None and problem.threshold is None:
        yield "There is no bias and no threshold: the neuron is held against 0."
