"""The page of a loss: what is given, the error part by part, its slope derived, the gradient, the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import Expr, symbol
from ..differentiate import derivation
from ..formula import written
from ..spec.loss import Case, LossProblem
from ..topics.assembled import one_by_one
from ..working import Step
from .blocks import Block, Equation, Heading, Lines, Page, Prose, Table, Text
from .derivations import activation_derivation
from .lines import Lines as LineWriter
from .loss_question import letter, question
from .standard import result, standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_CHAINS = 4  # logits whose chain is written out; of more, the first one


def page(solution: Worked) -> Page:
    """The whole page, as its options ask for it."""
    alone = one_by_one(solution)
    return standard_page(
        alone,
        question(alone),
        lambda writer: _working(alone, writer),
        lambda writer: _answers(solution, alone, writer),
    )


def _working(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    steps = solution.working.steps
    sections = dict.fromkeys(steps[key].section for key in solution.shown_keys)
    derived: set[str] = set()
    for name in sections:
        keys = [key for key in solution.shown_keys if steps[key].section == name]
        kind = name.partition(" of sample")[0]
        first = kind not in derived
        derived.add(kind)
        if first and kind.startswith("Gradient"):
            yield from _derivations(solution, kind)
        yield Heading((name,))
        if kind != "Gradient by the logits":
            yield Lines(tuple(_line(solution, writer, key) for key in keys))
            continue
        yield from _by_logits(solution, writer, keys)
        if first and any(key.endswith(":short") for key in keys):
            yield Prose(_short_note(solution.problem))


def _derivations(solution: Worked, kind: str) -> Iterator[Block]:
    """The slope of the loss, or of the function that makes predictions of logits, derived once."""
    problem: LossProblem = solution.problem
    if kind == "Gradient by the logits":
        yield from activation_derivation(problem.output)
        return
    yield from _loss_derivation(problem)


def _loss_derivation(problem: LossProblem) -> Iterator[Block]:
    from ..topics.loss_sample import class_row, loss_row

    yield Heading(("Slope of the loss",))
    if problem.by_class:
        yield from _class_derivation(class_row(problem).parts([symbol("y_j"), symbol("y_c")], 1))
        return
    row, count = loss_row(problem), len(problem.cases[0].outputs)
    t, y, setting = symbol("t"), symbol("y"), symbol(row.setting or "_")
    yield Prose(("Of the error only the part of this output holds y; the other parts drop out.",))
    yield _derived(row.part(t, y, count, setting), y, row.slope(t, y, count, setting))
    if row.kink:
        yield Prose((f"The slope jumps at one place; there it is taken as {row.kink}.",))


def _class_derivation(parts: list[tuple[int, Expr, dict[int, Expr]]]) -> Iterator[Block]:
    outs = [symbol("y_j"), symbol("y_c")]
    for _, formula, slopes in parts:
        for index, slope in slopes.items():
            yield _derived(formula, outs[index], slope)


def _derived(formula: Expr, by: Expr, exam_form: Expr) -> Lines:
    """The derivative line by line, ending in the form that an exam writes."""
    first, *rest = derivation(formula, by)
    rights = [(written(line.formula, letter), ", ".join(line.rules).replace("_", " ")) for line in rest]
    last = written(exam_form, letter)
    if rights[-1][0] != last:
        rights.append((last, "in the form used below"))
    lines = [Equation(None, (right,), reason=reason) for right, reason in rights[1:]]
    return Lines((Equation(written(first.formula, letter), (rights[0][0],), reason=rights[0][1]), *lines))


def _line(solution: Worked, writer: LineWriter, key: str) -> Equation:
    """The line of a step, with a word where a term drops out."""
    step = solution.working.steps[key]
    line = writer.equation(key)
    reason = ""
    if step.rule == "loss" and step.formula == 0:
        reason = "the target is 0: nothing is left"
    elif step.rule == "no_path":
        reason = "E does not hold it"
    elif step.rule == "short_form":
        reason = "short form"
    elif _on_kink(solution, step):
        reason = "at the kink taken as 0"
    return Equation(line.left, line.rights, reason=reason, key=key)


def _on_kink(solution: Worked, step: Step) -> bool:
    """Whether this is the slope of a part of the loss that has a kink at this prediction."""
    problem: LossProblem = solution.problem
    if problem.loss.name not in ("mae", "hinge") or len(step.about) < 2 or ":" in step.about[0]:
        return False
    numbers, (part, out) = solution.values.numbers, step.about
    if part not in numbers or not part.startswith("E_") or not out.startswith("y"):
        return False
    if problem.loss.name == "mae":
        return numbers[part] == 0
    number = int(part[2:].partition("[")[0]) - 1
    if not problem.by_class:
        return numbers[out] * numbers[f"t{out[1:]}"] == numbers["margin"]
    sample = int(part.partition("[")[2].rstrip("]") or 1) - 1
    label, tag = problem.cases[sample].label, part[2:].removeprefix(str(number + 1))
    assert label is not None
    return numbers[f"y{number + 1}{tag}"] - numbers[f"y{label + 1}{tag}"] + numbers["margin"] == 0


def _by_logits(solution: Worked, writer: LineWriter, keys: list[str]) -> Iterator[Block]:
    """The chain of every logit, of many only the first one's; then the short forms."""
    steps = solution.working.steps
    groups: list[list[str]] = [[]]
    for key in keys:
        groups[-1].append(key)
        if (key.startswith("dE") and ":" not in key and f"{key}:short" not in steps) or key.endswith(":short"):
            groups.append([])
    groups = [group for group in groups if group]
    many = len(groups) > _MOST_CHAINS and not solution.asked
    for number, group in enumerate(groups):
        kept = group[-1:] if many and number else group
        yield Lines(tuple(_line(solution, writer, key) for key in kept))
        if many and number == 0:
            yield Prose(("The other logits in the same way:",))


def _short_note(problem: LossProblem) -> Text:
    if problem.output == "sigmoid":
        return ("Short form: the factor y (1 − y) of the sigmoid cancels the one below the fraction line of the loss.",)
    return ("Short form: softmax and cross-entropy together leave prediction minus target.",)


def _answers(solution: Worked, alone: Worked, writer: LineWriter) -> Iterator[Block]:
    problem: LossProblem = solution.problem
    if solution.asked:
        yield Lines(tuple(result(writer, key) for key in solution.asked))
        return
    yield Lines((result(writer, "E"),))
    letter = "z" if problem.output else "y"
    for number, case in enumerate(problem.cases):
        tag = f"[{number + 1}]" if problem.nested else ""
        if problem.nested:
            yield Prose((f"Sample {number + 1}, ", n.Compare(n.Name("E", sup=tag), "=", writer.number(f"E{tag}"))))
        yield _gradient_table(writer, case, letter, tag)


def _gradient_table(writer: LineWriter, case: Case, letter: str, tag: str) -> Table:
    """Output by output: prediction, target, the slope of E by the prediction and by the logit."""
    slope_heads: list[Text] = [(n.Partial(n.Name("E"), n.Name("y", "k")),)]
    if letter == "z":
        slope_heads.append((n.Partial(n.Name("E"), n.Name("z", "k")),))
    rows = []
    for index in range(len(case.outputs)):
        key = f"{index + 1}{tag}"
        target = writer.number(f"t{key}") if f"t{key}" in writer.working else n.Number(case.targets[index].text)
        cells: list[Text] = [(str(index + 1),), (writer.number(f"y{key}"),), (target,), (writer.number(f"dE/dy{key}"),)]
        if letter == "z":
            cells.append((writer.number(f"dE/dz{key}"),))
        rows.append(tuple(cells))
    headers: tuple[Text, ...] = (("output k",), (n.Name("y", "k"),), (n.Name("t", "k"),), *slope_heads)
    return Table(headers, tuple(rows), right=frozenset(range(1, len(headers))))
