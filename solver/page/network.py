"""The page of a network problem: question, forward pass, error, slopes, chain rule, update, check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..notation import Node
from ..rules import RULES
from ..spec.network import Network
from . import matrices
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Table, Text
from .chain import chain_blocks
from .derivations import derivation_blocks
from .explain import explain_blocks
from .lines import Lines as LineWriter
from .matrices import is_layered
from .question import LARGE, question_blocks
from .verdict import verdict

if TYPE_CHECKING:
    from ..solution import Worked


def network_page(solution: Worked) -> Page:
    """The whole page of a network problem, as its options ask for it."""
    network, options = solution.problem, solution.options
    question = tuple(question_blocks(network, solution))
    if options.question:
        return Page(network.title, question)
    writer = LineWriter(solution.working, solution.values)
    if options.hint is not None:
        return Page(network.title, tuple(_hint(solution, writer, solution.resolve(options.hint))))
    blocks: list[Block] = [*question]
    if not options.brief:
        blocks += _working_blocks(network, solution, writer)
    blocks += _answers(solution, writer)
    if options.explain:
        blocks += explain_blocks(network, solution, writer)
    blocks += [Heading(("Check",)), *verdict(solution)]
    return Page(network.title, tuple(blocks))


def _hint(solution: Worked, writer: LineWriter, key: str) -> Iterator[Block]:
    """The next step only: its rule and its formula, no numbers."""
    yield Heading(("Hint for ", solution.working.name(key)))
    if key in solution.working.givens:
        yield Prose((solution.working.name(key), " is given: look at the question."))
        return
    step = solution.working.steps[key]
    yield Prose((RULES[step.rule].sentence,))
    formula = writer.in_names(step)
    yield Lines((Equation(step.name, (step.short, formula) if step.short else (formula,)),))


def is_large(network: Network, solution: Worked) -> bool:
    """Whether the page shows the network in matrices, cut, and asks for --find."""
    return len(network.weights) > LARGE and not solution.asked and not solution.options.everything


def _working_blocks(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if is_large(network, solution):
        yield from _overview(network, solution, writer)
        return
    in_matrices = solution.options.style == "matrix"
    if in_matrices:
        yield from matrices.forward_blocks(network, solution, writer)
    else:
        yield from _section(solution, writer, "Forward pass")
    yield from _section(solution, writer, "Error")
    if solution.asks_gradients:
        yield from derivation_blocks(network, solution)
        chain = matrices.backward_blocks if in_matrices else chain_blocks
        yield from chain(network, solution, writer)
    if in_matrices and any(key.endswith("'") for key in solution.shown_keys):
        yield from matrices.update_blocks(network, solution, writer)
    else:
        yield from _update(solution, writer)
    yield from _after(network, solution, writer)


def _overview(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """A large network: matrices with their middle left out, and how to ask for the rest."""
    count = len(network.weights) + len(network.biases)
    if is_layered(network):
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


def _section(solution: Worked, writer: LineWriter, section: str) -> Iterator[Block]:
    keys = [k for k in solution.shown_keys if solution.working.steps[k].section == section]
    if keys:
        yield Heading((section,))
        yield Lines(tuple(writer.equation(key) for key in keys))


def _update(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    steps = solution.working.steps
    keys = [k for k in solution.shown_keys if steps[k].section == "Update"]
    changes = {k for k in keys if steps[k].rule == "change" and k not in solution.asked}
    keys = [k for k in keys if k not in changes]
    if not keys:
        return
    rate = solution.working.name("eta")
    yield Heading(("Update",))
    yield Prose(
        (
            "New value = old value − ",
            rate,
            " × gradient. Every gradient above was made with the old values, so all of them change at once.",
        )
    )
    yield Lines(tuple(writer.equation(key) for key in keys))


def _after(network: Network, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    if solution.options.style == "matrix" and "E'" in solution.shown_keys:
        yield from matrices.forward_blocks(network, solution, writer, "'")
        parts = [k for k in solution.shown_keys if k.startswith("E") and k.endswith("'")]
        yield Lines(tuple(writer.equation(key) for key in parts))
    else:
        yield from _section(solution, writer, "Error after the step")
    if "E'" in solution.shown_keys and "E" in solution.shown_keys:
        before, after = solution.values.number("E"), solution.values.number("E'")
        moved = "fell" if after < before else "rose" if after > before else "stayed"
        remark: Text = ("The error ", moved, " from ", writer.number("E"), " to ", writer.number("E'"), ".")
        if after > before:
            remark += (" The step was too long: try a smaller learning rate.",)
        yield Prose(remark)


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    yield Heading(("Answers",))
    if is_large(solution.problem, solution):
        few = [k for k in solution.answers if k[0] != "d" and k.rstrip("'") not in solution.working.givens]
        yield Lines(tuple(_result(writer, key) for key in few))
        return
    if solution.options.brief:
        yield Lines(tuple(_brief(writer, key) for key in solution.answers if key in solution.working.steps))
        return
    rows = _parameter_rows(solution, writer)
    if rows:
        yield Table((("",), ("old",), ("gradient",), ("new",)), tuple(rows), right=frozenset({1, 2, 3}))
    told = {f"dE/d{k}" for k in solution.working.givens} | {f"{k}'" for k in solution.working.givens}
    rest = [k for k in solution.answers if k not in told]
    if rest:
        yield Lines(tuple(_result(writer, key) for key in rest))


def _brief(writer: LineWriter, key: str) -> Equation:
    return writer.equation(key)


def _result(writer: LineWriter, key: str) -> Equation:
    return Equation(writer.working.name(key), (writer.number(key),), key=key)


def _parameter_rows(solution: Worked, writer: LineWriter) -> list[tuple[Text, ...]]:
    rows: list[tuple[Text, ...]] = []
    for key in solution.working.givens:
        gradient, new = f"dE/d{key}", f"{key}'"
        if not ({gradient, new} & set(solution.answers) & set(solution.shown_keys)):
            continue
        cells: list[Inline] = [writer.working.name(key), writer.number(key)]
        cells += [writer.number(k) if k in solution.shown_keys else "" for k in (gradient, new)]
        rows.append(tuple((cell,) for cell in cells))
    return rows


def listed(parts: list[Node]) -> Text:
    """Notation with commas between."""
    text: list[Inline] = []
    for part in parts:
        text += [", ", part] if text else [part]
    return tuple(text)


def given(name: Node, value: str) -> Node:
    """name = value."""
    return n.Compare(name, "=", n.Number(value))
