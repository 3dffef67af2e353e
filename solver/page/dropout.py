"""The page of a dropout problem: the question, its lines, all thinned nets as a table, what agrees in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..spec.dropout_problem import Batch, Layer
from ..topics.assembled import one_by_one
from ..topics.dropout_batch import parameter
from .blocks import Block, Heading, Inline, Page, Prose, Table, Text
from .lines import Lines as LineWriter
from .standard import results, section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_MASKS, _LINED = 32, 2


def page(solution: Worked) -> Page:
    """The whole page of a dropout problem, as its options ask for it."""
    problem = solution.problem
    single = one_by_one(solution)
    if isinstance(problem, Batch):
        question = _batch_question(problem, solution)
        return standard_page(single, question, lambda writer: _batch_working(problem, solution, writer))
    return standard_page(
        single,
        _question(problem, solution),
        lambda writer: _working(problem, solution, writer),
        lambda writer: _answers(single, writer),
    )


def _values(solution: Worked, keys: list[str]) -> Text:
    row: list[Inline] = []
    for key in keys:
        given = solution.working.givens[key]
        row += ["   " if row else "", given.name, " = ", n.Number(given.number.text)]
    return tuple(row)


def _question(problem: Layer, solution: Worked) -> Iterator[Block]:
    yield Heading(("Given",))
    givens = list(solution.working.givens)
    for starts in (("a",), ("m",), ("p",), ("dE",), ("w",), ("b",)):
        keys = [key for key in givens if key.startswith(starts)]
        if keys and starts != ("w",):
            yield Prose(_values(solution, keys))
        elif keys:
            yield _weights(problem, solution)
    yield from (Prose((sentence,)) for sentence in _conventions(problem))
    if solution.options.question:
        wanted = {
            "train": "what the layer passes on",
            "test": "what the net does when it is used",
            "all": "the mean over all thinned nets, and what the one scaled net gives",
        }
        gradient = ", and the gradient that it passes back" if problem.gradient else ""
        yield Prose((f"Find {wanted[problem.phase]}{gradient}.",))


def _weights(problem: Layer, solution: Worked) -> Table:
    rows, place = [], 0
    follows = problem.follows
    for name, row in zip(follows.neurons if follows else (), follows.weights if follows else (), strict=True):
        cells: list[Text] = []
        for number in row:
            place += 1
            cells.append((n.Name("w", str(place)), " = ", n.Number(number.text)))
        rows.append(((name,), *cells))
    headers: list[Text] = [("",), *((f"from unit {unit}",) for unit in range(1, len(problem.activations) + 1))]
    return Table(tuple(headers), tuple(rows))


def _conventions(problem: Layer) -> Iterator[str]:
    if problem.phase == "train":
        yield "m is the mask: 1 for a unit that is kept, 0 for one that is dropped; d is what the layer passes on."
    if problem.keep is not None:
        yield "p is the probability of keeping a unit."
    if problem.inverted:
        yield "Inverted dropout: kept activations are divided by p while training, and nothing is done while testing."
    else:
        yield "Plain dropout: nothing is scaled while training; testing multiplies by p what leaves the unit."
    if problem.follows:
        yield f"Activation of the layer that follows: {problem.follows.activation}."


def _working(problem: Layer, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    sections = list(dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys))
    thinned = [name for name in sections if name.startswith("All thinned nets")]
    lined = thinned if solution.asked or solution.options.everything else thinned[:_LINED]
    for name in sections:
        if name == "Their mean" and thinned and not solution.asked:
            yield from _table(problem, solution, writer)
        if name not in thinned or name in lined:
            yield from _section(problem, solution, writer, name)
    if not solution.asked:
        yield from _remarks(problem, solution, writer)


def _section(problem: Layer, solution: Worked, writer: LineWriter, name: str) -> Iterator[Block]:
    before: list[Block] = []
    if name == "Backward pass":
        said = "A dropped unit moved nothing, so it gets no gradient"
        more = "; a kept one gets its gradient with the same factor 1/p." if problem.inverted else "."
        before.append(Prose((said + more,)))
    if name == "Their mean" and len(problem.masks) > 8 and not solution.options.everything:
        yield Heading((name,))
        yield Prose((f"Each of the {len(problem.masks)} results times its probability, added (--all shows the sum):",))
        keys = [key for key in solution.shown_keys if solution.working.steps[key].section == name]
        yield from results(writer, keys)
        return
    yield from section(solution, writer, name, before)


def _table(problem: Layer, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """Every mask with its probability and what its thinned net gives."""
    masks = problem.masks
    most = len(masks) if solution.options.everything else _MOST_MASKS
    neurons = problem.follows.neurons if problem.follows else ()
    kinds = ["in"] if problem.follows and problem.follows.activation == "linear" else ["in", "out"]
    columns = [f"{kind}_{name}" for name in neurons for kind in kinds]
    headers: list[Text] = [("mask",), ("probability",)]
    headers += [(n.Name(kind, name, upright=True),) for name in neurons for kind in kinds]
    rows: list[tuple[Text, ...]] = []
    for mask in masks[:most]:
        bits = "".join(map(str, mask))
        cells: list[Text] = [(writer.number(f"{key}{{{bits}}}"),) for key in columns]
        rows.append(((bits,), (writer.number(f"P{{{bits}}}"),), *cells))
    yield Heading((f"All {len(masks)} thinned nets",))
    yield Table(tuple(headers), tuple(rows), right=frozenset(range(1, len(headers))))
    if most < len(masks):
        yield Prose((f"The other {len(masks) - most} are left out here: --all shows them, --format json has them.",))


def _remarks(problem: Layer, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """What the scaled net has to do with the thinned ones."""
    if problem.phase == "test" and problem.follows and problem.scale == "weights" and not problem.inverted:
        yield Prose(
            ("p times the weights or p times the activations: each product has the factor p once, so both agree.",)
        )
    if problem.phase == "train":
        yield Prose((_expectation(problem),))
    if problem.phase == "all":
        yield Prose(tuple(_compared(problem, solution, writer)))


def _expectation(problem: Layer) -> str:
    if problem.inverted:
        return (
            "Why divided by p: a unit is kept with probability p, so its mean while training is p · a/p = a, just what "
            "it passes on while testing."
        )
    return "Its mean while training is p · a; so testing, where no unit is dropped, multiplies by p."


def _compared(problem: Layer, solution: Worked, writer: LineWriter) -> Iterator[Inline]:
    means, scaled = (solution.grouped[name] for name in ("mean", "scaled"))
    pairs = [(str(a), str(b)) for a, b in zip(means, scaled, strict=True)]
    exact = problem.follows is None or problem.follows.activation == "linear"
    for mean, one in pairs:
        yield "Mean of the thinned nets "
        yield writer.number(mean)
        yield ", the scaled net "
        yield writer.number(one)
        yield ". "
    if exact:
        yield "They are the same: a mean passes through sums and products with numbers."
    else:
        name = problem.follows.activation if problem.follows else ""
        yield f"They are not the same, for the mean does not pass through {name}, which is no straight line: "
        yield "the scaled net comes near. Before the activation they agree: the mean net input is the scaled net's."


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    chances = [key for key in solution.answer_keys if key.startswith("P{")]
    keys = solution.answer_keys if solution.asked else [key for key in solution.answer_keys if key not in chances]
    yield from results(writer, keys)


def _batch_question(batch: Batch, solution: Worked) -> Iterator[Block]:
    yield Heading(("Given",))
    yield Prose((f"A mini-batch of {len(batch.samples)} training examples, each with a thinned net of its own.",))
    headers: list[Text] = [("example",), *((parameter(name),) for name in batch.parameters)]
    rows: list[tuple[Text, ...]] = []
    for number, sample in enumerate(batch.samples, 1):
        cells: list[Text] = [
            (n.Number(slope.text),) if kept and slope is not None else ("absent",)
            for kept, slope in zip(sample.mask, sample.gradient, strict=True)
        ]
        rows.append(((str(number),), *cells))
    yield Table(tuple(headers), tuple(rows), right=frozenset(range(len(headers))))
    yield Prose(("The entries are the gradients of the parameters that the thinned net has.",))
    yield Prose(("A parameter that is absent from a thinned net contributes 0, and the mean is over all examples.",))
    if solution.options.question:
        yield Prose(("Find the gradient of each parameter for this mini-batch.",))


def _batch_working(batch: Batch, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    for name in dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys):
        yield from section(solution, writer, name)
    count = len(batch.samples)
    seldom = [
        name
        for place, name in enumerate(batch.parameters)
        if sum(sample.mask[place] for sample in batch.samples) < count
    ]
    if seldom and not solution.asked:
        named = [part for name in seldom for part in (", ", parameter(name))][1:]
        verb = "is" if len(seldom) == 1 else "are"
        why = f", which {verb} absent at times: a parameter that is seldom there moves less."
        yield Prose((f"Divided by {count} for every parameter, also for ", *named, why))
