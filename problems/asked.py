"""What a problem asks for, quantity by quantity: the answers that count, and the wrong ones that mistakes lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from solver.errors import NotComputable
from solver.page.blocks import Equation, Lines, Text

from .mistakes import slips
from .posed import Posed


class Wrong(Struct, frozen=True):
    """A wrong value, the mistake that leads to it, and a sentence for the student who made it."""

    value: float
    mistake: str
    words: str


class Asked(Struct, frozen=True):
    """A quantity that a problem asks for.

    name:      as a page writes it
    value:     a number, or a word
    text:      as the page shows it
    by_hand:   what rounding line by line gives, '' where it is the same
    tolerance: half a unit of the last digit shown, widened so that the value by hand counts; 0 for what is exact
    points:    its weight among those of the problem, 1 or more
    working:   the lines of the page that work it out
    wrong:     values that are neither right nor each other's
    """

    key: str
    name: Text
    value: float | str
    text: str
    by_hand: str = ""
    tolerance: float = 0.0
    points: int = 1
    working: tuple[Equation, ...] = ()
    wrong: tuple[Wrong, ...] = ()


def asked(problem: Posed) -> tuple[Asked, ...]:
    """Everything that a problem asks for, in the order of its answers."""
    solution = problem.solution
    found = list(_of_plan(solution) if problem.kind == "cnn-shapes" else _of_working(solution))
    lines = _lines(solution)
    weights = _shared(problem.points, len(found))
    return tuple(
        Asked(a.key, a.name, a.value, a.text, a.by_hand, a.tolerance, points, lines.get(a.key, ()), a.wrong)
        for a, points in zip(found, weights, strict=True)
    )


def rounded_by_hand(solution: Any, keys: Iterable[str]) -> dict[str, str]:
    """The quantities when every line is rounded and used so; none where rounding leads to no result."""
    from solver.evaluate import evaluate

    if solution.letters or solution.options.carry == "rounded":
        return {}
    try:
        rounded = evaluate(solution.working, solution.options.digits, "rounded")
    except NotComputable:
        return {}
    return {key: rounded.texts[key] for key in keys if key not in solution.extra}


def _of_slip(solution: Any) -> Iterator[Asked]:
    """Which line of the working shown is wrong, and what it comes to when it is put right."""
    from solver.slips import wrong_line

    found = wrong_line(solution)
    number = found.shown.index(found.key) + 1
    yield Asked("line", ("number of the wrong line",), float(number), str(number))
    value, text = solution.number(found.key), solution.text(found.key)
    tolerance = _tolerance(value, text, "", found.key in solution.values.exact)
    wrong = Wrong(float(found.values.numbers[found.key]), "as printed", "This is what the wrong line says.")
    yield Asked(
        found.key, ("the same line put right",), value, text, "", tolerance, wrong=_apart(value, tolerance, [wrong])
    )


def _of_working(solution: Any) -> Iterator[Asked]:
    if solution.options.slip is not None:
        yield from _of_slip(solution)
        return
    from solver.topics.assembled import one_by_one

    keys = one_by_one(solution).answer_keys
    by_hand = rounded_by_hand(solution, keys)
    mistaken = [(slip.mistake, slip.values(keys, solution.full_values.numbers)) for slip in slips(solution)]
    for key in keys:
        value, text, other = solution.number(key), solution.text(key), by_hand.get(key, "")
        other = "" if other == text else other
        tolerance = _tolerance(value, text, other, key in solution.values.exact)
        wrong = [Wrong(float(v[key]), m.name, m.words) for m, v in mistaken if key in v]
        yield Asked(key, (solution.name(key),), value, text, other, tolerance, wrong=_apart(value, tolerance, wrong))
    if not solution.asked:
        yield from _facts(getattr(solution, "facts", {}))


def _facts(facts: Mapping[str, object]) -> Iterator[Asked]:
    """Answers in a word or a whole number."""
    for key, fact in facts.items():
        if isinstance(fact, bool):
            yield Asked(key, (key,), "yes" if fact else "no", "yes" if fact else "no")
        elif isinstance(fact, int | float):
            yield Asked(key, (key,), float(fact), f"{fact:g}")
        elif isinstance(fact, str):
            yield Asked(key, (key,), fact, fact)


def _of_plan(solution: Any) -> Iterator[Asked]:
    """Sizes and parameters of the layers; of a setting that is asked for its value, or the smallest of them."""
    if solution.answer is not None:
        yield from _of_search(solution.answer)
        return
    for layer in solution.plan.layers:
        if solution.asked and layer.name not in solution.asked:
            continue
        shape = solution.plan.shown(layer.output)
        for name, size in zip(_axes(shape), shape, strict=True):
            yield _whole(f"{layer.name}.{name}", f"{name} of {layer.name}", size)
        if layer.parameters:
            yield _whole(f"{layer.name}.parameters", f"parameters of {layer.name}", layer.parameters)
    layers = {layer.name for layer in solution.plan.layers}
    answers = solution.answers if solution.asked else {"total_parameters": solution.plan.total_parameters}
    for key, value in answers.items():
        if key not in layers:
            layer, _, what = key.rpartition(".")
            told = what.removeprefix("total_").replace("_", " ").replace("macs", "MACs")
            yield _whole(key, f"{told} of {layer or 'the network'}", value)


def _of_search(answer: Any) -> Iterator[Asked]:
    count = len(answer.solutions)
    yield _whole("solutions", "number of solutions", count)
    for setting in answer.asked if count else ():
        value = answer.solutions[0][setting]
        name = f"{setting} of {answer.layer}" if count == 1 else f"smallest {setting} of {answer.layer}"
        yield (
            _whole(setting, name, value) if isinstance(value, int) else Asked(setting, (name,), str(value), str(value))
        )


def _axes(shape: tuple[int, ...]) -> list[str]:
    if len(shape) == 3:
        return ["height", "width", "channels"]
    return ["size"] if len(shape) == 1 else [f"size {axis}" for axis in range(1, len(shape) + 1)]


def _whole(key: str, name: str, value: int) -> Asked:
    return Asked(key, (name,), float(value), f"{value:,}")


def _lines(solution: Any) -> dict[str, tuple[Equation, ...]]:
    """The line of each quantity, where the page works it out for the first time."""
    found: dict[str, tuple[Equation, ...]] = {}
    for block in solution.page().blocks:
        for each in block.equations if isinstance(block, Lines) else ():
            found.setdefault(each.key, (each,))
    return found


def _tolerance(value: float, text: str, other: str, exact: bool) -> float:
    """Half a unit of the last digit shown, and room for the value by hand."""
    half = 0.0 if exact else _unit(text) / 2
    return _unit(other) / 2 + abs(value - float(Fraction(other))) if other else half


def _unit(text: str) -> float:
    """One unit of the last digit of a number as it is written; none of a fraction."""
    return 0.0 if "/" in text else float(Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent)))


def _apart(value: float, tolerance: float, wrong: list[Wrong]) -> tuple[Wrong, ...]:
    """The wrong values that can be told from the right one and from those before them."""
    kept: list[Wrong] = []
    room = max(tolerance, 1e-9 * abs(value))
    for each in wrong:
        others = (value, *(k.value for k in kept))
        if all(abs(each.value - other) > 2 * room for other in others):
            kept.append(each)
    return tuple(kept)


def _shared(points: int, count: int) -> list[int]:
    """The points shared out, one for each at least; the later ones, which need the others, get what is left."""
    each, more = divmod(max(points, count), count) if count else (0, 0)
    return [each + (index >= count - more) for index in range(count)]
