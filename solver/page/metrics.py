"""The page of a metrics problem: the confusion matrix, each measure as a line, and what is not defined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..spec.confusion import Confusion
from ..topics.assembled import one_by_one
from .blocks import Block, Equation, Heading, Lines, Page, Prose, Table, Text
from .lines import Lines as LineWriter
from .standard import results, section, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_LISTED = 40


def page(solution: Worked) -> Page:
    """The whole page of a metrics problem, as its options ask for it."""
    problem: Confusion = solution.problem
    undefined = solution.conventions.get("not_defined")
    reasons = dict(undefined) if isinstance(undefined, dict) else {}
    single = one_by_one(solution)
    return standard_page(
        single,
        _question(problem, solution),
        lambda writer: _working(problem, solution, writer, reasons),
        lambda writer: _answers(problem, single, writer, reasons),
    )


def _question(problem: Confusion, solution: Worked) -> Iterator[Block]:
    yield Heading(("Given",))
    if not problem.labels:
        yield Prose((f"{problem.correct} of {problem.total} predictions were right.",))
    if problem.actual:
        yield from _lists(problem)
    elif problem.labels:
        yield _matrix(problem)
    yield from (Prose((sentence,)) for sentence in _conventions(problem))
    if solution.options.question:
        wanted = "accuracy" if not problem.labels else "accuracy, precision, recall, specificity and F1"
        every = ", class by class and averaged" if problem.labels and not problem.positive else ""
        asked = ", ".join(solution.asked) or wanted + every
        yield Prose((f"Find {asked}.",))


def _conventions(problem: Confusion) -> Iterator[str]:
    if problem.labels and not problem.actual:
        yield "Rows are actual classes, columns predicted ones."
    if problem.positive:
        yield f"'{problem.positive}' is the positive class."
    elif problem.labels:
        yield "No class is singled out as positive: each is held against all the others in turn."
    if problem.zero_division is not None:
        yield f"By the problem's convention {problem.zero_division} stands for 0/0."


def _lists(problem: Confusion) -> Iterator[Block]:
    """Each sample with its two labels; long lists only as the matrix that they make."""
    pairs = list(zip(problem.actual, problem.predicted, strict=True))
    if len(pairs) > _MOST_LISTED:
        yield Prose((f"{len(pairs)} samples with their actual and predicted labels; counted they make this matrix:",))
        yield _matrix(problem)
        return
    headers: tuple[Text, ...] = (("sample",), ("actual",), ("predicted",), ("",))
    rows = [
        ((str(index),), (actual,), (predicted,), (_verdict(problem, actual, predicted),))
        for index, (actual, predicted) in enumerate(pairs, 1)
    ]
    yield Table(headers, tuple(rows), right=frozenset({0}))


def _verdict(problem: Confusion, actual: str, predicted: str) -> str:
    if not problem.positive:
        return "right" if actual == predicted else "wrong"
    kind = "P" if predicted == problem.positive else "N"
    return ("T" if actual == predicted else "F") + kind


def _matrix(problem: Confusion) -> Table:
    """The confusion matrix with its sums."""
    labels = problem.labels
    headers: list[Text] = [("actual ↓  predicted →",), *((label,) for label in labels), ("sum",)]
    rows: list[tuple[Text, ...]] = []
    for label, row in zip(labels, problem.counts, strict=True):
        rows.append(((label,), *((str(count),) for count in row), (str(sum(row)),)))
    columns = [sum(column) for column in zip(*problem.counts, strict=True)]
    rows.append((("sum",), *((str(count),) for count in columns), (str(sum(columns)),)))
    return Table(tuple(headers), tuple(rows), right=frozenset(range(1, len(headers))))


def _working(problem: Confusion, solution: Worked, writer: LineWriter, reasons: dict[str, str]) -> Iterator[Block]:
    if problem.actual and not solution.asked:
        yield Heading(("Confusion matrix",))
        yield Prose(("Count the samples of each pair of labels: rows are actual classes, columns predicted ones.",))
        yield _matrix(problem)
    names = dict.fromkeys(solution.working.steps[key].section for key in solution.shown_keys)
    for name in names:
        if name == "Counts":
            yield from _counted(problem, solution, writer)
            continue
        yield from section(solution, writer, name)
        if not solution.asked:
            yield from _missing(name, problem, reasons)
    yield from _remarks(problem, solution)


def _counted(problem: Confusion, solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """The four counts, with the samples that are counted where the list is short."""
    yield Heading(("Counts",))
    pairs = list(zip(problem.actual, problem.predicted, strict=True))
    lines = []
    for key in [key for key in solution.shown_keys if solution.working.steps[key].section == "Counts"]:
        found = [str(i) for i, pair in enumerate(pairs, 1) if _verdict(problem, *pair).lower() == key]
        reason = f"sample{'s' if len(found) > 1 else ''} {', '.join(found)}" if found else "no sample"
        line = writer.equation(key)
        lines.append(Equation(line.left, line.rights, reason=reason if len(pairs) <= _MOST_LISTED else "", key=key))
    yield Lines(tuple(lines))


def _missing(name: str, problem: Confusion, reasons: dict[str, str]) -> Iterator[Block]:
    """Why a quantity of this section has no line."""
    for key, reason in reasons.items():
        if _home(key, problem) == name:
            yield Prose((f"{spoken(key)} is not defined: {reason}.", *_meaning(key)))


def _home(key: str, problem: Confusion) -> str:
    if problem.positive:
        return "The positive class"
    if key.startswith(("macro_", "weighted_")):
        return "Averages over the classes"
    return f"Class {problem.labels[problem.ends.index(key.partition('_')[2])]}"


def spoken(key: str) -> str:
    """A key in words: macro precision, F1_a."""
    words = key.replace("macro_", "macro ").replace("weighted_", "weighted ")
    return words.replace("f1", "F1")


def _meaning(key: str) -> Text:
    said = {
        "precision": " Nothing was predicted as this class, so one cannot say how often that was right.",
        "recall": " No sample is of this class, so there was none to be found.",
        "specificity": " Every sample is of this class, so there was none to be left alone.",
        "f1": " The class occurs neither among the samples nor among the predictions.",
    }
    text = said.get(key.partition("_")[0])
    return (text,) if text else ()


def _remarks(problem: Confusion, solution: Worked) -> Iterator[Block]:
    if solution.asked or not problem.labels:
        return
    if problem.positive:
        yield from _skew(problem)
    else:
        yield Prose(
            (
                "Every wrong prediction is a false positive of one class and a false negative of another, so micro "
                "precision, micro recall, micro F1 and accuracy are one number.",
            )
        )


def _skew(problem: Confusion) -> Iterator[Block]:
    """A warning where always naming the larger class would do as well."""
    sums = [sum(row) for row in problem.counts]
    larger, right = max(sums), sum(row[i] for i, row in enumerate(problem.counts))
    if right <= larger < sum(sums):
        label = problem.labels[sums.index(larger)]
        yield Prose(
            (
                f"Accuracy alone misleads here: to answer '{label}' every time is right for {larger} of {sum(sums)}, "
                f"the predictions for {right}.",
            )
        )


def _answers(problem: Confusion, solution: Worked, writer: LineWriter, reasons: dict[str, str]) -> Iterator[Block]:
    if problem.labels and not problem.positive and not solution.asked:
        yield _class_table(problem, writer)
    yield from results(writer, solution.answer_keys)
    if reasons and not solution.asked:
        named = ", ".join(spoken(key) for key in reasons)
        yield Prose((f"Not defined: {named}. With 'zero_division: 0' in the spec each 0/0 counts as 0.",))


def _class_table(problem: Confusion, writer: LineWriter) -> Table:
    measures = ("precision", "recall", "specificity", "f1")
    rows = []
    for label, end in zip(problem.labels, problem.ends, strict=True):
        keys = [f"{measure}_{end}" for measure in measures]
        cells: list[Text] = [(writer.number(k),) if k in writer.working else ("not defined",) for k in keys]
        rows.append(((label,), *cells, (n.Number(writer.values.texts[f"support_{end}"]),)))
    headers: tuple[Text, ...] = (("class",), ("precision",), ("recall",), ("specificity",), ("F1",), ("samples",))
    return Table(headers, tuple(rows), right=frozenset(range(1, 6)))
