"""The page of a convolutional network: layers as typed, the table, totals, the working, conventions, check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..cnn.plan import Plan
from ..cnn.tree import layers_of
from ..spec.convnet import Layer
from .blocks import Block, Equation, Heading, Lines, Page, Prose, Text
from .cnn_table import described, memory, shape, stages, table, tables_apart
from .cnn_typed import typed
from .drawn import drawn

if TYPE_CHECKING:
    from ..topics.cnn_shapes import Planned

_MOST_TYPED = 40


def plan_page(solution: Planned) -> Page:
    """The page of a plan, as the options ask for it."""
    return Page(solution.title, tuple(_blocks(solution)))


def _blocks(solution: Planned) -> Iterator[Block]:
    options = solution.options
    if options.hint is not None:
        from .cnn_working import hint

        yield from hint(solution, options.hint)
        return
    if options.question or not options.brief:
        yield from _question(solution)
    if options.question:
        return
    if solution.answer is not None:
        from .cnn_answer import answer_blocks

        yield from answer_blocks(solution, solution.answer)
    if solution.plan is not None:
        yield from _plan(solution, solution.plan)
    yield Heading(("Conventions",))
    yield from (Prose((text,) if isinstance(text, str) else text) for text in _conventions(solution))
    yield Heading(("Check",))
    yield from _check(solution)


def _question(solution: Planned) -> Iterator[Block]:
    """The input and the layers as the spec has them; long lists on the question page alone."""
    problem, options = solution.problem, solution.options
    yield Heading(("Network",))
    yield Prose((f"Input: {described(problem.input, problem.channels_first)}.",))
    if problem.budget is not None:
        yield Prose((f"The whole network may have at most {problem.budget:,} parameters.",))
    rows = typed(problem)
    if len(rows.rows) <= _MOST_TYPED or options.question or options.everything:
        yield rows
    else:
        yield Prose((f"{len(rows.rows)} lines of layers: all of them with --question or --all.",))
    if options.question:
        yield Prose((_wanted(solution),))
    elif solution.plan is not None and not solution.asked and options.until is None:
        yield drawn(solution, "architecture", stages(solution.plan))


def _wanted(solution: Planned) -> str:
    if solution.asked:
        return f"Find: {', '.join(solution.asked)}."
    if solution.answer is not None:
        return f"Find every {' and '.join(solution.answer.asked)} of {solution.answer.layer} that fits."
    return "Find: the output shape and the number of parameters of each layer, and the totals."


def _plan(solution: Planned, plan: Plan) -> Iterator[Block]:
    options = solution.options
    rows = [each for each in plan.layers if not solution.asked or _is_asked(solution, each.name)]
    if rows and options.until is None:
        yield Heading(("Layers",))
        yield from table(plan, rows, whole=not solution.asked)
        if options.apart:
            yield from tables_apart(plan, rows)
    if options.steps or options.brief or options.until or (rows and solution.asked):
        from .cnn_working import working

        yield from working(solution, rows)
    elif rows:
        yield from _notes(plan)
    if options.compare == "dense":
        from .cnn_compare import comparison

        yield from comparison(plan, options.steps)
    yield Heading(("Answers" if solution.asked else "Totals",))
    if solution.asked:
        yield Lines(tuple(_answers(solution)))
    else:
        yield Lines(tuple(_totals(plan)))


def _is_asked(solution: Planned, name: str) -> bool:
    return any(key == name or key.rpartition(".")[0] == name for key in solution.asked)


def _notes(plan: Plan) -> Iterator[Block]:
    """What a teacher adds to layers, each note once with the layers that it is about."""
    about: dict[str, list[str]] = {}
    for each in plan.layers:
        for note in each.notes:
            about.setdefault(note, []).append(each.name)
    if about:
        yield Heading(("Notes",))
    for note, names in about.items():
        yield Prose((f"{_few(names)}: {note}.",))


def _few(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _answers(solution: Planned) -> Iterator[Equation]:
    """What --find names, one by one."""
    for key, value in solution.answers.items():
        if isinstance(value, int):
            yield Equation(n.Word(key.replace("total_", "all ")), (n.Number(f"{value:,}"),))
        else:
            yield Equation(n.Word(f"{key}.parameters"), (n.Number(f"{value['parameters']:,}"),))


def _totals(plan: Plan) -> Iterator[Equation]:
    def total(words: str, number: int, *more: str) -> Equation:
        return Equation(n.Word(words), (n.Number(f"{number:,}"), *(n.Word(each) for each in more)))

    yield total("parameters", plan.total_parameters)
    if plan.frozen_parameters:
        yield total("frozen, not trained", plan.frozen_parameters)
    if plan.running_statistics:
        yield total("running statistics", plan.running_statistics)
    yield total("MACs", plan.total_macs)
    if plan.total_operations != plan.total_macs:
        yield total("FLOPs" if plan.problem.conventions.flops else "MACs and biases", plan.total_operations)
    held = plan.total_memory
    yield total("activation memory", held, *([memory(held)] if held >= 1000 else []))
    yield Equation(n.Word("output"), (n.Word(shape(plan.output, plan.problem.channels_first)),))


def _conventions(solution: Planned) -> Iterator[str | Text]:
    problem = solution.problem
    conventions = problem.conventions
    axes = "channels first" if problem.channels_first else "channels last"
    yield f"Shapes: {axes}, for a batch of one."
    yield "Parameters: weights and biases that are learnt; running statistics of normalization are counted apart."
    yield _operations(conventions.flops, conventions.biases)
    number = f"{conventions.bytes} byte{'s' if conventions.bytes > 1 else ''}"
    yield f"Memory: the output of each layer at {number} a number (option --bytes); 1 kB is 1,000 bytes."
    yield "Field: how many rows and columns of the input (and of its padding) one output sees."
    if any(layer.settings.get("padding") == "same" for layer in layers_of(problem.layers)):
        rounded = n.Floor(n.Fraction(n.Word("input"), n.Word("stride")), ceiling=True)
        yield "Padding same: the output has the size ", rounded, ", as frameworks do it."
    if solution.plan is None:
        return
    yield from _gates(solution.plan)
    from ..cnn.elsewhere import elsewhere

    yield from elsewhere(solution.plan)


def _operations(flops: bool, biases: bool) -> str:
    added = "the addition of each bias counts too" if biases else "biases count none (option --count-biases)"
    if flops:
        return f"FLOPs: two for each multiplication by a weight; {added}; activations and pooling count none."
    return (
        f"MACs: one for each multiplication by a weight; {added}; activations and pooling count none. "
        "With --count flops: two for each."
    )


def _gates(plan: Plan) -> Iterator[str]:
    """How many bias vectors each gate has, where there are gates."""
    layers = [each.layer for each in plan.layers if isinstance(each.layer, Layer)]
    counts = {layer.settings["biases"] for layer in layers if "biases" in layer.settings}
    for count in sorted(counts):
        yield f"Recurrent layers: {count} bias vector{'' if count == 1 else 's'} for each gate (option --gate-biases)."


def _proved(compared: int, run: int) -> str:
    layers = "the one layer agree" if compared == 1 else f"{compared:,} layers agree"
    text = f"Proved: shapes and parameters of {layers} with a second computation in NumPy"
    if run:
        text += f"; {run:,} of them, below 1,000,000 MACs, {'was' if run == 1 else 'were'} really run on ones"
    return f"{text}; windows were laid out and parameters counted on arrays that take no memory."


def _check(solution: Planned) -> Iterator[Block]:
    check = solution.check
    if check is None:
        why = "Not checked (--no-check)." if not solution.options.check else "Nothing to check."
        yield Prose((why,))
    elif check.agrees:
        yield Prose((_proved(check.compared, check.run),))
    else:
        yield Prose((f"DISAGREES: {check.detail}. Do not use this page.",))
