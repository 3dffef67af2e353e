"""The question of a gradient-descent problem: function, start, learning rate, optimizer, samples, conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .. import notation as n
from ..catalog.optimizers import OPTIMIZERS, SETTINGS, said, settings
from ..formula import written
from ..notation import Name, Node
from ..spec.descent import Descent, Row, Run
from ..spec.expression import expression
from ..spec.number import Number
from ..spec.optimizer_table import OPTIMIZERS as FORMS
from ..spec.optimizer_table import Optimizer
from ..topics.descent_names import quantity, variable
from .blocks import Block, Equation, Heading, Inline, Lines, Prose, Table, Text
from .typeset import typeset

if TYPE_CHECKING:
    from ..solution import Worked


def question_blocks(problem: Descent, solution: Worked) -> Iterator[Block]:
    """Givens, tables of what is listed, the optimizer's formulas, what is asked."""
    yield Heading(("Given",))
    if problem.function:
        names = [*problem.variables, *(problem.data[0] if problem.data else ())]
        formula = written(expression(problem.function, names), variable)
        called = n.Call("f", tuple(variable(name) for name in problem.variables))
        yield Lines((Equation(called, (formula,)),))
    if problem.data:
        yield _data_table(problem)
    if problem.samples:
        yield _sample_table(problem)
    if problem.gradients:
        yield _gradient_table(problem)
    yield from _where(problem)
    yield from _conventions(problem)
    if solution.options.question:
        yield Prose((_asked(problem),))


def _where(problem: Descent) -> Iterator[Block]:
    if problem.function and not problem.runs:
        yield Prose(("At the point ", *point_words(problem.variables, problem.point), "."))
    if not problem.runs:
        return
    starts = list(dict.fromkeys(run.start for run in problem.runs))
    rates = list(dict.fromkeys(run.rate for run in problem.runs))
    words: list[Inline] = ["Start: ", *point_words(problem.variables, starts[0])]
    for start in starts[1:]:
        words += [";  ", *point_words(problem.variables, start)]
    words += [".  Learning rate ", Name("η"), " = ", n.Number(rates[0].text)]
    for rate in rates[1:]:
        words += [", ", n.Number(rate.text)]
    updates = "1 update" if problem.steps == 1 else f"{problem.steps} updates"
    yield Prose((*words, f".  {updates}."))


def point_words(variables: tuple[str, ...], point: Row) -> Text:
    """x = 1, y = 2."""
    words: list[Inline] = []
    for name, number in zip(variables, point, strict=True):
        words += [", " if words else "", variable(name), " = ", n.Number(number.text)]
    return tuple(word for word in words if word != "")


def run_words(problem: Descent, index: int) -> Text:
    """What sets a run apart from the others: its start, its learning rate, its optimizer."""
    run, runs = problem.runs[index], problem.runs
    words: list[Inline] = []
    if len({each.start for each in runs}) > 1:
        words += ["from ", *point_words(problem.variables, run.start)]
    if len({each.rate for each in runs}) > 1:
        words += [", " if words else "", Name("η"), " = ", n.Number(run.rate.text)]
    if any(each.optimizer != run.optimizer for each in runs):
        words += [", " if words else "", _title(run.optimizer)]
    return tuple(word for word in words if word != "")


def _title(chosen: Optimizer) -> str:
    return OPTIMIZERS[chosen.name].title


def _conventions(problem: Descent) -> Iterator[Block]:
    """Each optimizer once: its title, its formulas, its settings, the form in which it is written."""
    told: list[Optimizer] = []
    for run in problem.runs:
        if run.optimizer not in told:
            told.append(run.optimizer)
            yield Prose(tuple(_optimizer_words(problem, run)))
    if problem.data:
        yield Prose((Name("f"), f" is the average over the samples; each update takes {_batch_words(problem)}."))
    elif problem.samples and len(problem.batches) > 1:
        sizes = ", ".join(str(len(batch)) for batch in problem.batches)
        yield Prose((f"Batches in the order given, of {sizes} samples.",))


def _batch_words(problem: Descent) -> str:
    count = len(problem.data)
    if problem.batch >= count:
        return "the average of all gradients (full batch)"
    if problem.batch == 1:
        return "the gradient of one sample, in turn"
    return f"the average gradient of {problem.batch} samples, in turn"


def _optimizer_words(problem: Descent, run: Run) -> Iterator[Inline]:
    chosen = run.optimizer
    title = f"{_title(chosen)[:1].upper()}{_title(chosen)[1:]}"
    alone = len(problem.variables) == 1
    parameter = variable(problem.variables[0]) if alone else Name("θ")
    yield title
    if not alone:
        yield from (", for each parameter ", parameter)
    yield ": "
    yield from typeset(said(chosen), {"x": parameter})
    for key, number in settings(chosen).items():
        yield ", "
        yield n.Compare(SETTINGS[key], "=", n.Number(number.text))
    yield "."
    if chosen.name != "sgd":
        yield from (" ", Name("g"), f" is the gradient{_decay_words(chosen)}; {_form_words(chosen)}.")
    if chosen.t > 1:
        yield f" The first update here is number t = {chosen.t}."


def _decay_words(chosen: Optimizer) -> str:
    decays = "weight_decay" in settings(chosen) and chosen.name != "adamw"
    return " plus λ times the parameter" if decays else ""


def spelled(name: Name) -> str:
    """A parameter inside words."""
    return name.base + name.sub


def _form_words(chosen: Optimizer) -> str:
    words = "the formulas are PyTorch's" if chosen.form == "pytorch" else f"written in the form '{chosen.form}'"
    if "epsilon" in settings(chosen) and chosen.name != "adamax":
        usual = chosen.epsilon_inside == FORMS[chosen.name].forms[chosen.form].inside
        words += f", {'' if usual else 'but '}ε stands {'inside' if chosen.epsilon_inside else 'outside'} the root"
    if chosen.name.startswith(("adam", "nadam")):
        words += ", with bias correction" if chosen.bias_correction else ", without bias correction"
    return words


def _data_table(problem: Descent) -> Table:
    names = list(problem.data[0])
    rows = [[sample[name] for name in names] for sample in problem.data]
    return _numbered("sample", [variable(name) for name in names], rows)


def _sample_table(problem: Descent) -> Table:
    """A row for each sample, as the batches take them."""
    said_by = "wish of sample" if problem.wishes else "gradient of sample"
    return _numbered(said_by, [variable(name) for name in problem.variables], problem.samples)


def _gradient_table(problem: Descent) -> Table:
    alone = len(problem.variables) == 1
    names = [quantity("g", "" if alone else name) for name in problem.variables]
    return _numbered("k", names, problem.gradients, 0)


def _numbered(what: str, names: Sequence[Node], rows: Iterable[Iterable[Number]], first: int = 1) -> Table:
    """Rows of numbers, counted from 1 (or 0)."""
    headers: list[Text] = [(what,), *((name,) for name in names)]
    cells: list[tuple[Text, ...]] = []
    for number, row in enumerate(rows, first):
        cells.append(((str(number),), *((n.Number(each.text),) for each in row)))
    return Table(tuple(headers), tuple(cells), frozenset(range(1, len(headers))))


def _asked(problem: Descent) -> str:
    if problem.runs:
        wanted = ", ".join(problem.variables)
        return f"Find {wanted} after each update{' and f there' if problem.function else ''}."
    if problem.samples:
        return "Find what the samples ask for on average."
    return "Find the gradient at this point, and say what it asks of each variable."
