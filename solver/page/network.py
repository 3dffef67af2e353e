"""The page of a network problem: question, forward pass, error, slopes, chain rule, update, check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..catalog.optimizers import OPTIMIZERS
from ..formula import written
from ..spec.network import Network
from ..topics.names import split_tag
from . import matrices
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Table, Text
from .chain import chain_blocks
from .derivations import derivation_blocks
from .explain import explain_blocks
from .history import cut_blocks, history_blocks
from .lines import Lines as LineWriter
from .lines import letter
from .matrices import is_layered
from .network_pictures import forward_picture, gradients_picture
from .question import LARGE, question_blocks
from .standard import error_moved, results, section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked


def network_page(solution: Worked) -> Page:
    """The whole page of a network problem, as its options ask for it."""
    network = solution.problem
    return standard_page(
        solution,
        question_blocks(network, solution),
        lambda writer: _working_blocks(network, solution, writer),
        lambda writer: _answers(network, solution, writer),
    )


def is_large(network: Network, solution: Worked) -> bool:
    """Whether the page shows the network in matrices, cut, and asks for --find."""
    return len(network.weights) > LARGE and not solution.asked and not solution.options.everything


def _working_blocks(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if is_large(network, solution):
        yield from _overview(network, solution, writer)
        if len(solution.history) > 2:
            yield from history_blocks(solution)
        return
    if solution.options.style == "matrix":
        yield from _in_matrices(network, solution, writer)
    else:
        yield from _line_by_line(network, solution, writer)
    if "E'" in solution.shown_keys and "E" in solution.shown_keys and not solution.letters:
        yield Prose(error_moved(solution, writer))
    yield from _claims(solution, writer)
    if solution.cuts and not solution.asked:
        yield from cut_blocks(solution)
    if len(solution.history) > 2:
        yield from history_blocks(solution)


def _claims(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """Each claim: what was found, what was claimed, and whether they are the same function."""
    for claim in solution.claims:
        name = writer.name(claim.key)
        yield Heading(("Claim: ", name))
        claimed = written(claim.formula, letter)
        yield Lines(
            (Equation(name, (writer.number(claim.key),), reason="found"), Equation(None, (claimed,), reason="claimed"))
        )
        if claim.holds:
            yield Prose(("Both are the same function: they agree to 50 digits at all points tried. The claim holds.",))
        else:
            yield Prose(("They are NOT the same function: they differ where numbers are put in. The claim is wrong.",))


def _line_by_line(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    derived = False
    picture = list(forward_picture(solution))
    for name in dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys):
        if picture and not name.startswith(("Forward pass", "Error")):
            yield picture.pop()
        if name.startswith("Backward pass"):
            if not derived:
                yield from derivation_blocks(network, solution)
            derived = True
            yield from chain_blocks(network, solution, writer, name)
        elif name.startswith("Gradient of the batch"):
            yield from _batch(network, solution, writer, name)
        elif name.startswith("Update"):
            yield from _update(solution, writer, name)
        else:
            yield from section(solution, writer, name)
    yield from picture


def _in_matrices(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    yield from matrices.forward_blocks(network, solution, writer)
    yield from section(solution, writer, "Error")
    yield from forward_picture(solution)
    if solution.asks_gradients:
        yield from derivation_blocks(network, solution)
        yield from matrices.backward_blocks(network, solution, writer)
    if any(key.endswith("'") for key in solution.shown_keys):
        yield from matrices.update_blocks(network, solution, writer)
    if "E'" in solution.shown_keys:
        yield from matrices.forward_blocks(network, solution, writer, "'")
        parts = [k for k in solution.shown_keys if k.startswith("E") and k.endswith("'")]
        yield Lines(tuple(writer.equation(key) for key in parts))


def _batch(network: Network, solution: Worked, writer: LineWriter, name: str) -> Iterator[Block]:
    """What each sample asks of each parameter, and the mean (or sum) that is done."""
    steps = solution.working.steps
    keys = [key for key in solution.shown_keys if steps[key].section == name]
    parts = {key: sorted(steps[key].uses, key=split_tag) for key in keys}
    yield Heading((name,))
    yield Prose((f"Every sample asks for its own change; what is done is their {network.training.reduction}.",))
    samples = [f"sample {split_tag(key)[1] + 1}" for key in parts[keys[0]]]
    headers: list[Text] = [("",), *((sample,) for sample in samples), (network.training.reduction,)]
    rows = [(steps[key].name, *map(writer.number, parts[key]), writer.number(key)) for key in keys]
    cells = tuple(tuple((cell,) for cell in row) for row in rows)
    yield Table(tuple(headers), cells, right=frozenset(range(1, len(headers))))
    yield Lines(tuple(writer.equation(key) for key in keys))


def _overview(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """A large network: matrices with their middle left out, and how to ask for the rest."""
    count = len(network.weights) + len(network.biases)
    if is_layered(network) and len(network.samples) == 1:
        yield from matrices.forward_blocks(network, solution, writer)
        if "E" in solution.working:
            yield from derivation_blocks(network, solution)
            yield from matrices.backward_blocks(network, solution, writer)
    yield Prose(
        (
            f"This network has {count:,} parameters; the page shows their matrices in part. One of them in full: "
            "--find with its key, such as --find dE/dw1; all numbers: --format json; every line: --all.",
        )
    )


def _update(solution: Worked, writer: LineWriter, name: str) -> Iterator[Block]:
    steps = solution.working.steps
    keys = [k for k in solution.shown_keys if steps[k].section == name]
    keys = [k for k in keys if steps[k].rule != "change" or k in solution.asked]
    if not keys:
        return
    chosen = solution.problem.training.optimizer
    yield Heading((name,))
    if chosen.name == "sgd":
        rule: Text = ("New value = old value − ", solution.working.name("eta"), " × gradient. ")
    else:
        rule = (f"By {OPTIMIZERS[chosen.name].title}. ",)
    yield Prose((*rule, "Every gradient above was made with the old values, so all of them change at once."))
    yield Lines(tuple(writer.equation(key) for key in keys))


def _answers(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.letters:
        yield from results(writer, solution.answer_keys)
    elif is_large(network, solution):
        few = [k for k in solution.answers if k[0] != "d" and k.rstrip("'") not in solution.working.givens]
        yield from results(writer, few)
    else:
        rows = _parameter_rows(solution, writer)
        if rows:
            yield from _several_updates(network, solution)
            yield _parameter_table(rows)
            yield from gradients_picture(solution)
        told = {f"dE/d{k}" for k in solution.working.givens} | {f"{k}'" for k in solution.working.givens}
        yield from results(writer, [k for k in solution.answers if k not in told])
    if solution.options.explain and len(network.samples) == 1:
        yield from explain_blocks(network, solution, writer)


def _several_updates(network: Network, solution: Worked) -> Iterator[Block]:
    """Of which update the gradients are: with several, old − η × gradient is not new."""
    count = len(network.batches) * network.training.epochs
    if network.learns and count > 1:
        yield Prose((f"From old to new in {count:,} updates; the gradient is that of the last one.",))


def _parameter_table(rows: list[tuple[Text, ...]]) -> Table:
    """Old, gradient and new of each parameter; a column that nothing was asked of is left out."""
    headers: tuple[Text, ...] = (("",), ("old",), ("gradient",), ("new",))
    kept = [i for i in range(4) if i < 2 or any(row[i] != ("",) for row in rows)]
    cells = tuple(tuple(row[i] for i in kept) for row in rows)
    return Table(tuple(headers[i] for i in kept), cells, right=frozenset(range(1, len(kept))))


def _parameter_rows(solution: Worked, writer: LineWriter) -> list[tuple[Text, ...]]:
    rows: list[tuple[Text, ...]] = []
    shown = {*solution.shown_keys, *solution.extra}
    answered = shown & set(solution.answers)
    for key in solution.working.givens:
        if {f"dE/d{key}", f"{key}'"} & answered:
            cells: list[Inline] = [solution.working.name(key), writer.number(key)]
            cells += [writer.number(k) if k in shown else "" for k in (f"dE/d{key}", f"{key}'")]
            rows.append(tuple((cell,) for cell in cells))
    return rows
