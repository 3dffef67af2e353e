"""The question of a loss: numbers as given, one-hot targets, grey levels, the loss and its conventions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import symbol
from ..formula import written
from ..greek import GREEK
from ..notation import Name, Node
from ..spec.loss import Case, LossProblem
from .blocks import Block, Heading, Inline, Prose, Table, Text
from .typeset import typeset

if TYPE_CHECKING:
    from ..solution import Worked


def question(solution: Worked) -> Iterator[Block]:
    """The numbers as given, the classes as one-hot, the loss, and the conventions in force."""
    problem: LossProblem = solution.problem
    yield Heading(("Given",))
    if problem.nested:
        yield _sample_table(problem)
    else:
        yield from (Prose(text) for text in _one_sample(problem, problem.cases[0]))
    yield from (Prose((text,)) for text in _notes(problem))
    yield from (Prose(text) for text in _loss_formula(solution))
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1), half up"
    if solution.options.carry == "rounded":
        yield Prose((f"Every line is rounded to {shown}, and exactly what is shown is used in the next line.",))
    else:
        yield Prose((f"Numbers are shown to {shown}; values are carried in full from line to line.",))


def _letters(problem: LossProblem, case: Case) -> tuple[str, str]:
    """The letters of what is given: predictions or logits, and targets; grey levels have letters of their own."""
    if problem.scale is not None:
        return "g", "t" if case.label is not None else "r"
    return "z" if problem.output else "y", "t"


def _called(problem: LossProblem) -> str:
    if problem.scale is not None:
        return "Grey levels predicted"
    return "Logits" if problem.output else "Predictions"


def _one_sample(problem: LossProblem, case: Case) -> Iterator[Text]:
    given, target = _letters(problem, case)
    yield _row(_called(problem), given, [number.text for number in case.outputs])
    if case.label is None:
        yield _row("Targets" if len(case.targets) > 1 else "Target", target, [number.text for number in case.targets])
        return
    yield (f"Target: class {_class(problem, case.label)}, which is output ", n.Name("y", str(case.label + 1)), ".")
    yield _one_hot(case)


def _class(problem: LossProblem, label: int) -> str:
    return f"{problem.classes[label]}" if problem.classes else f"{label} (counted from 0)"


def _one_hot(case: Case) -> Text:
    """The class as a list of 0s with one 1."""
    code = ", ".join(number.text for number in case.targets)
    return (f"One-hot encoding: 1 at the class, 0 elsewhere: t = [{code}].",)


def _row(label: str, letter: str, numbers: list[str]) -> Text:
    parts: list[Inline] = [f"{label}: "]
    for index, number in enumerate(numbers):
        name = n.Name(letter, str(index + 1))
        parts += [", " if index else "", n.Compare(name, "=", n.Number(number))]
    return tuple(parts)


def _sample_table(problem: LossProblem) -> Table:
    """One row for each sample: what is given, then its targets."""
    given, target = _letters(problem, problem.cases[0])
    count = range(1, len(problem.cases[0].outputs) + 1)
    headers: list[Text] = [("sample",), *((n.Name(given, str(i)),) for i in count)]
    if problem.cases[0].label is not None:
        headers.append(("class",))
    headers += [(n.Name(target, str(i)),) for i in count]
    rows = []
    for number, case in enumerate(problem.cases, 1):
        cells: list[Text] = [(str(number),), *((n.Number(each.text),) for each in case.outputs)]
        if case.label is not None:
            cells.append((problem.classes[case.label] if problem.classes else str(case.label),))
        rows.append((*cells, *((n.Number(each.text),) for each in case.targets)))
    return Table(tuple(headers), tuple(rows), right=frozenset(range(1, len(headers))))


def _notes(problem: LossProblem) -> Iterator[str]:
    """What has to be known about the numbers."""
    if problem.nested and problem.cases[0].label is not None:
        yield "The class is counted from 0 and written as one-hot: t is 1 at the class and 0 elsewhere."
    if problem.scale is not None:
        yield f"Grey levels go from 0 (black) to {problem.scale.text} (white); each is divided by {problem.scale.text}."
        bits = int(problem.scale.value).bit_length()
        if problem.scale.value == 2**bits - 1:
            yield f"{problem.scale.text} = 2^{bits} − 1: a grey level of {bits} bits has 2^{bits} = {2**bits} values."
    if problem.output:
        over = "over the logits of a sample; its outputs add to 1" if problem.output == "softmax" else "of each logit"
        yield f"Predictions: {'softmax' if problem.output == 'softmax' else 'sigmoid'} {over}."
    elif problem.loss.name in ("cce", "sparse_cce", "kl"):
        yield from _sums(problem)


def _sums(problem: LossProblem) -> Iterator[str]:
    if problem.scale is None and any(sum(each.value for each in case.outputs) != 1 for case in problem.cases):
        yield "The predictions of a sample do not add to 1, as probabilities would; they are taken as they are."


def _loss_formula(solution: Worked) -> Iterator[Text]:
    from ..topics.loss_sample import class_row, loss_row

    problem: LossProblem = solution.problem
    error = n.Name("E")
    if problem.by_class:
        class_loss = class_row(problem)
        yield (f"Loss: {class_loss.title}, ", Name("E"), " = ", *typeset(class_loss.total), ".", *_setting(solution))
    else:
        row = loss_row(problem)
        count = len(problem.cases[0].outputs)
        part = written(row.part(symbol("t"), symbol("y"), count, symbol(row.setting or "_")), letter)
        whole = part if count == 1 else n.Prefixed(n.Name("Σ"), n.bracket(part) if isinstance(part, n.Cases) else part)
        over = "" if count == 1 else " over the outputs of a sample"
        yield (f"Loss: {row.title}, ", n.Compare(error, "=", whole), f"{over}.", *_setting(solution))
    if problem.nested:
        word = "the mean" if problem.reduction == "mean" else "the sum"
        yield (f"The error of all {len(problem.cases)} samples is {word} of theirs.",)
    if problem.loss.name in ("bce", "cce", "sparse_cce", "kl"):
        yield ("ln is the natural logarithm.",)


def _setting(solution: Worked) -> Text:
    keys = [key for key in ("delta", "margin") if key in solution.working.givens]
    if not keys:
        return ()
    given = solution.working.givens[keys[0]]
    return (" ", n.Compare(given.name, "=", n.Number(given.number.text)), ".")


def letter(key: str) -> Node:
    """How a letter of the loss's formula is written."""
    if key == "margin":
        return n.Name("Δ")
    base, _, sub = key.partition("_")
    return n.Name(GREEK.get(base, base), sub)
