"""The page of activation functions: each with its formula, its derivative derived, every value and slope worked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import notation as n
from ..algebra import symbol
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..formula import written
from ..greek import GREEK
from ..notation import Node
from ..spec.activation import COUPLED, Activations, Named, lowered
from ..topics.assembled import one_by_one
from .activation_curves import plotted
from .blocks import Block, Equation, Heading, Inline, Lines, Page, Prose, Table, Text
from .derivations import activation_derivation
from .drawn import drawn
from .lines import Lines as LineWriter
from .standard import standard_page

if TYPE_CHECKING:
    from ..solution import Worked

_MOST_WORKED = 4  # softmax of so many net inputs has every entry of its Jacobian worked; larger ones the first row


def page(solution: Worked) -> Page:
    """The whole page, as its options ask for it."""
    alone = one_by_one(solution)
    return standard_page(
        alone,
        _question(alone),
        lambda writer: _working(alone, writer),
        lambda writer: _answers(alone, writer),
    )


def _question(solution: Worked) -> Iterator[Block]:
    problem: Activations = solution.problem
    yield Heading(("Given",))
    for row, numbers in enumerate(problem.rows):
        label = f"Net inputs {row + 1}: " if problem.nested else "Net inputs: " if len(numbers) > 1 else "Net input: "
        parts: list[Inline] = [label]
        for index, number in enumerate(numbers):
            name = n.Name("z", f"{row + 1},{index + 1}" if problem.nested else str(index + 1))
            parts += [", " if index else "", n.Compare(name, "=", n.Number(number.text))]
        yield Prose(tuple(parts))
    for function in problem.functions:
        yield Prose(_described(problem, function, solution))
    yield Prose((f"Numbers are shown to {_digits(solution)}",))


def _digits(solution: Worked) -> str:
    digits = solution.options.digits
    shown = f"{digits} decimals ({digits} digits below 0.1), half up"
    if solution.options.carry == "rounded":
        return f"{shown}, and exactly what is shown is used in the next line."
    return f"{shown}; values are carried in full from line to line."


def _described(problem: Activations, function: Named, solution: Worked) -> Text:
    """A function by name, formula and range."""
    kind = function.activation.name
    if kind in COUPLED:
        row = LAYER_ACTIVATIONS[kind]
        return (f"{_capital(row.title)}: ", *_layer_formula(kind), f". Its outputs: {row.range}.")
    single = ACTIVATIONS[kind]
    formula = written(single.formula(symbol("z"), symbol(single.setting or "_")), _letter)
    called: Node = n.Call(single.sign, (n.Name("z"),))
    definition = _TANH if formula == called else formula
    head: Text = (f"{_capital(single.title)}: ", n.Compare(called, "=", definition))
    reach = single.range.replace("-", "−")
    if not function.activation.setting:
        return (*head, f". Its range: {reach}.")
    given = n.Compare(
        n.Name(GREEK.get(single.setting, single.setting)), "=", n.Number(function.activation.setting.text)
    )
    return (*head, " with ", given, f". Its range: {reach}.")


_UP, _DOWN = n.Power(n.Name("e"), n.Name("z")), n.Power(n.Name("e"), n.Minus(n.Name("z")))
_TANH = n.Fraction(n.Sum((_UP, n.Minus(_DOWN))), n.Sum((_UP, _DOWN)))


def _capital(title: str) -> str:
    return title[0].upper() + title[1:]


def _layer_formula(kind: str) -> Text:
    whole = n.Prefixed(n.Name("Σ"), n.Power(n.Name("e"), n.Name("z", "j")))
    own = n.Name("z", "i")
    if kind == "softmax":
        return (n.Compare(n.Name("y", "i"), "=", n.Fraction(n.Power(n.Name("e"), own), whole)), ", the sum over all j")
    log = n.Call("ln", (whole,))
    return (n.Compare(n.Name("l", "i"), "=", n.Sum((own, n.Minus(log)))), ", the logarithm of softmax")


def _letter(key: str) -> Node:
    return n.Name(GREEK.get(key, key))


def _working(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    problem: Activations = solution.problem
    for function in problem.functions:
        keys = [key for key in solution.shown_keys if solution.working.steps[key].section == function.name]
        if not keys:
            continue
        kind = function.activation.name
        title = LAYER_ACTIVATIONS[kind].title if kind in COUPLED else ACTIVATIONS[kind].title
        yield Heading((_capital(title) + _setting_words(function),))
        if kind in COUPLED:
            yield from _coupled(solution, writer, function, keys)
        else:
            yield from _single(solution, writer, function, keys)


def _setting_words(function: Named) -> str:
    setting = function.activation.setting
    letter = "" if setting is None else ACTIVATIONS[function.activation.name].setting
    return "" if setting is None else f" with {GREEK.get(letter, letter)} = {setting.text}".replace("-", "−")


def _single(solution: Worked, writer: LineWriter, function: Named, keys: list[str]) -> Iterator[Block]:
    values = [key for key in keys if not key.startswith(f"{function.name}'")]
    slopes = [key for key in keys if key.startswith(f"{function.name}'")]
    yield Lines(tuple(_line(writer, key) for key in values))
    if slopes:
        yield from activation_derivation(function.activation.name)
        yield Heading(("Slopes at the inputs",), level=2)
        yield Lines(tuple(_at_kink(solution, writer, function, key) for key in slopes))
    if not solution.asked:
        yield drawn(solution, function.name, plotted(solution.problem, function))


def _line(writer: LineWriter, key: str) -> Equation:
    """The line of a step, without a right side that only repeats its name: tanh(z1) = tanh(3), not tanh(z1) twice."""
    equation = writer.equation(key)
    return Equation(equation.left, tuple(right for right in equation.rights if right != equation.left), key=key)


def _at_kink(solution: Worked, writer: LineWriter, function: Named, key: str) -> Equation:
    """The line of a slope, with a word where it is a matter of convention."""
    row = ACTIVATIONS[function.activation.name]
    equation = writer.equation(key)
    net = key.removeprefix(f"{function.name}'")
    number = solution.values.numbers[f"z{net}" if solution.problem.nested else f"z{net[1:-1]}"]
    if not row.kink or number != 0:
        return equation
    reason = f"at the kink taken as {GREEK.get(row.kink, row.kink)}"
    return Equation(equation.left, equation.rights, reason=reason, key=key)


def _coupled(solution: Worked, writer: LineWriter, function: Named, keys: list[str]) -> Iterator[Block]:
    problem: Activations = solution.problem
    if any(lowered(row) for row in problem.rows):
        yield Prose(
            (
                "e to such net inputs is too large or too small for a computer: the largest net input is taken "
                "from every one first (d), which cancels in the fraction and changes no output.",
            )
        )
    slopes = [key for key in keys if key.startswith(f"{function.name}'")]
    yield Lines(tuple(_line(writer, key) for key in keys if key not in slopes))
    if function.activation.name == "softmax":
        for row in range(len(problem.rows)):
            yield Prose(_choice(problem, row))
    if slopes:
        yield from activation_derivation(function.activation.name)
        if function.activation.name == "log_softmax":
            yield Prose(("Here y is the output, called l on the other lines.",))
        yield from _jacobian(solution, writer, function, slopes)


def _choice(problem: Activations, row: int) -> Text:
    """Which class is chosen, and that the outputs add to 1."""
    numbers = [number.value for number in problem.rows[row]]
    index = numbers.index(max(numbers))
    where = n.Name("y", f"{row + 1},{index + 1}" if problem.nested else str(index + 1))
    called = f"class {problem.classes[index]}" if problem.classes else f"class {index} (counted from 0)"
    tie = " (the first of equal ones)" if numbers.count(numbers[index]) > 1 else ""
    return ("The outputs add to 1, so they can be read as probabilities. The largest is ", where, f"{tie}: {called}.")


def _jacobian(solution: Worked, writer: LineWriter, function: Named, slopes: list[str]) -> Iterator[Block]:
    problem: Activations = solution.problem
    yield Heading(("The Jacobian: every output by every net input",), level=2)
    for row, numbers in enumerate(problem.rows):
        start = f"{function.name}'" + (f"[{row + 1}]" if problem.nested else "")
        mine = [key for key in slopes if key.startswith(start)]
        worked = mine if len(numbers) <= _MOST_WORKED or solution.asked else mine[: len(numbers)]
        yield Lines(tuple(writer.equation(key) for key in worked))
        if len(worked) < len(mine):
            yield Prose(("The other rows in the same way.",))
        if len(mine) == len(numbers) ** 2:
            yield _table(solution, writer, mine, len(numbers))
    if not solution.asked:
        yield Prose((_rows_add_to(function.activation.name),))


def _rows_add_to(kind: str) -> str:
    if kind == "softmax":
        return "Each row and each column adds to 0: the outputs always add to 1, so what one gains the others lose."
    return "Each row adds to 0: the same number added to every net input changes no output."


def _table(solution: Worked, writer: LineWriter, keys: list[str], count: int) -> Table:
    names = [solution.working.steps[key].name for key in keys]
    partials = [name for name in names if isinstance(name, n.Partial)]
    headers: list[Text] = [("",), *(("by ", partial.bottom) for partial in partials[:count])]
    rows = []
    for start in range(0, len(keys), count):
        numbers = [(writer.number(key),) for key in keys[start : start + count]]
        rows.append(((partials[start].top,), *numbers))
    return Table(tuple(headers), tuple(rows), right=frozenset(range(1, count + 1)))


def _answers(solution: Worked, writer: LineWriter) -> Iterator[Block]:
    """A table for each function: net input, value, slope; for softmax net input, e to it, output."""
    problem: Activations = solution.problem
    if solution.asked:
        yield Lines(tuple(Equation(solution.working.name(k), (writer.number(k),), key=k) for k in solution.asked))
        return
    for function in problem.functions:
        for row in range(len(problem.rows)):
            yield _summary(problem, writer, function, row)
        if function.activation.name == "softmax":
            yield from (Prose(_choice(problem, row)) for row in range(len(problem.rows)))


def _summary(problem: Activations, writer: LineWriter, function: Named, row: int) -> Table:
    kind = function.activation.name
    if kind in COUPLED:
        letter = "y" if kind == "softmax" else "l"
        heads: tuple[Text, ...] = (
            (n.Name("z", "i"),),
            (n.Name(letter, "i"),),
            (n.Partial(n.Name(letter, "i"), n.Name("z", "i")),),
        )
    else:
        at = (n.Name("z"),)
        sign = ACTIVATIONS[kind].sign
        heads = (at, (n.Call(sign, at),), (n.Call(f"{sign}'", at),))
    rows = []
    for index, number in enumerate(problem.rows[row]):
        at_entry = f"[{row + 1}][{index + 1}]" if problem.nested else f"[{index + 1}]"
        slope = f"{function.name}'{at_entry}" + (f"[{index + 1}]" if kind in COUPLED else "")
        rows.append(((n.Number(number.text),), (writer.number(f"{function.name}{at_entry}"),), (writer.number(slope),)))
    return Table(heads, tuple(rows), right=frozenset((0, 1, 2)))
