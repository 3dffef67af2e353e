"""Tables of samples and of epochs, column sums and questions, as both regressions show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .. import notation as n
from ..notation import Node
from ..rounding import shown
from ..spec.regression import Regression
from ..topics.regression_solution import WorkedRegression
from .blocks import Block, Equation, Lines, Prose, Table, Text
from .lines import Lines as LineWriter
from .lines import without_repeats

_MOST_ROWS, _EDGE = 40, 12
_MOST_TERMS = 8
_MOST_EPOCHS, _MOST_COLUMNS = 12, 7


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, the key of an entry before its [i], what stands behind it, its sum's key."""

    heading: Text
    key: str
    ending: str = ""
    total: str = ""


def visible(count: int) -> list[int | None]:
    """The rows of a table that are shown; None stands for those left out."""
    if count <= _MOST_ROWS:
        return list(range(1, count + 1))
    return [*range(1, _EDGE + 1), None, count]


def sample_table(writer: LineWriter, columns: Sequence[Column], samples: Sequence[int]) -> Table:
    """A row for each sample, and the sums of the columns below them."""
    headers: list[Text] = [("",), *(column.heading for column in columns)]
    rows: list[tuple[Text, ...]] = []
    for place in visible(len(samples)):
        if place is None:
            rows.append((("…",), *((("…"),) for _ in columns)))
            continue
        i = samples[place - 1]
        rows.append(((str(i),), *(_entry(writer, column, i) for column in columns)))
    if any(column.total in writer.values.texts for column in columns):
        rows.append((("Σ",), *(_total(writer, column) for column in columns)))
    return Table(tuple(headers), tuple(rows), right=frozenset(range(1, len(headers))))


def _entry(writer: LineWriter, column: Column, i: int) -> Text:
    key = f"{column.key}[{i}]{column.ending}"
    return (writer.number(key),) if key in writer.values.texts else ("",)


def _total(writer: LineWriter, column: Column) -> Text:
    return (writer.number(column.total),) if column.total in writer.values.texts else ("",)


def column_sum(writer: LineWriter, key: str) -> Equation:
    """The sum of a column; long ones with their middle left out."""
    step = writer.working.steps[key]
    terms = list(step.formula.args)
    if not step.formula.is_Add or len(terms) <= _MOST_TERMS:
        return writer.equation(key)
    first = writer.in_numbers(step)
    assert isinstance(first, n.Sum)
    cut = n.Sum((*first.terms[:3], n.Word("…"), first.terms[-1]))
    return Equation(step.name, (*([step.short] if step.short else []), cut, writer.number(key)), key=key)


def given_table(writer: LineWriter, problem: Regression, where: str = "") -> Table:
    """The samples as given, a row each."""
    samples = problem.test if where else problem.samples
    assert samples is not None
    letters = [f"x{j}" for j in range(1, problem.features + 1)] if problem.features > 1 else ["x"]
    columns = [Column((n.Name("x", letter[1:]),), f"{letter}{where}") for letter in letters]
    return sample_table(writer, [*columns, Column((n.Name("y"),), f"y{where}")], range(1, len(samples) + 1))


def rounding(solution: WorkedRegression) -> str:
    """How numbers are rounded, in one sentence."""
    digits = solution.options.digits
    places = f"{digits} decimals ({digits} digits below 0.1)"
    if solution.options.carry == "rounded":
        return f"Every line is rounded to {places}, half up, and exactly what is shown is used in the next line."
    return f"Numbers are shown to {places}, half up; values are carried in full from line to line."


def new_rows(writer: LineWriter, problem: Regression) -> Text:
    """Which new samples are to be predicted."""
    parts: list[str | Node] = ["Predict for "]
    for i, row in enumerate(problem.predict, 1):
        parts.append("; " if i > 1 else "")
        for j in range(1, len(row) + 1):
            letter = f"x{j}" if problem.features > 1 else "x"
            parts += [
                ", " if j > 1 else "",
                n.Compare(n.Name("x", letter[1:]), "=", writer.number(f"{letter}_new[{i}]")),
            ]
    return (*parts, ".")


def start_values(solution: WorkedRegression, writer: LineWriter) -> Text:
    """Where gradient descent starts, and its learning rate."""
    keys = solution.problem.parameters
    parts: list[str | Node] = ["Start: "]
    if len({solution.working.givens[f"{key}@0"].number.text for key in keys}) == 1 and len(keys) > 3:
        parts += ["every parameter at ", writer.number(f"{keys[0]}@0")]
        keys = ()
    for index, key in enumerate(keys):
        parts += [", " if index else "", n.Compare(solution.working.name(f"{key}@0"), "=", writer.number(f"{key}@0"))]
    return (*parts, "; learning rate ", n.Compare(n.Name("η"), "=", writer.number("eta")), ".")


def asked(solution: WorkedRegression) -> Iterator[Block]:
    """What is to be found, on a page that holds the question alone."""
    if solution.options.question:
        parts: list[str | Node] = ["Find: "]
        for index, key in enumerate(solution.answer_keys):
            parts += [", " if index else "", solution.working.name(key)]
        yield Prose((*parts, "."))


def updates_in_words(problem: Regression) -> str:
    """How many updates an epoch makes, and from which samples."""
    assert problem.descent is not None
    count, size, epochs = len(problem.samples), problem.descent.batch, problem.descent.epochs
    passes = "1 epoch" if epochs == 1 else f"{epochs:,} epochs"
    if size == count:
        return f"{passes}; each makes one update from all {count} samples (full batch)."
    if size == 1:
        return f"{passes}; each makes {count} updates, one for each sample in order (stochastic)."
    batches = problem.batches
    tail = f"; the last batch has {len(batches[-1])}" if len(batches[-1]) < size else ""
    return f"{passes}; each makes {len(batches)} updates, from {size} samples each, in order (mini-batches{tail})."


def shown_epochs(count: int) -> list[int]:
    """The epochs that a table shows: all of a few, else the first ones, some between, and the last."""
    if count <= _MOST_EPOCHS:
        return list(range(count + 1))
    between = [round(count * part) for part in (0.02, 0.05, 0.1, 0.2, 0.5)]
    return sorted({*range(6), *(k for k in between if k > 5), count - 1, count})


def epoch_table(solution: WorkedRegression, writer: LineWriter) -> Iterator[Block]:
    """Parameters and error after each epoch, and what became of the error."""
    rows, digits = solution.epochs, solution.options.digits
    keys = (*solution.problem.parameters, "E")
    first = 0 if len(keys) <= _MOST_COLUMNS else len(keys) - 1  # of many parameters only E is shown
    headers: list[Text] = [("epoch",), *((solution.working.name(key),) for key in keys[first:])]
    last = len(rows) - 1
    table: list[tuple[Text, ...]] = []
    before = 0
    for k in shown_epochs(last):
        if k > before + 1:
            table.append(tuple(("…",) for _ in headers))
        before = k
        ending = {0: "@0", last: ""}.get(k)
        if ending is None:
            cells: list[Text] = [(n.Number(shown(value, digits)),) for value in rows[k][first:]]
        else:
            cells = [(writer.number(f"{key}{ending}"),) for key in keys[first:]]
        table.append(((str(k),), *cells))
    yield Table(tuple(headers), tuple(table), right=frozenset(range(len(headers))))
    yield Prose(_moved(solution, writer))


def _moved(solution: WorkedRegression, writer: LineWriter) -> Text:
    before, after = solution.history[0], solution.history[-1]
    start, end = writer.number("E@0"), writer.number("E")
    if before == after:
        return ("The error stayed at ", start, ".")
    if after < before:
        return ("The error fell from ", start, " to ", end, ".")
    return ("The error rose from ", start, " to ", end, ": the steps overshoot. Try a smaller learning rate.")


def lines(writer: LineWriter, keys: Iterable[str]) -> Lines:
    """The lines of these steps; sums of columns cut where they are long."""
    return Lines(tuple(_line(writer, key) for key in keys))


def _line(writer: LineWriter, key: str) -> Equation:
    step = writer.working.steps[key]
    if step.rule == "column_sum":
        return column_sum(writer, key)
    if step.rule == "entry":  # its name is its formula already
        return Equation(step.name, without_repeats([writer.in_numbers(step), writer.number(key)]), key=key)
    return writer.equation(key)
