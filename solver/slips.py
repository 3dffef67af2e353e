"""A working with one line wrong, for readers to find: the ways in which a line goes wrong, and the numbers after it.

Everything below the wrong line follows from it, so that exactly one line is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from .algebra import Expr, negative, product, total
from .errors import Complaint, NotAsked, SpecError
from .evaluate import Values, evaluate
from .working import Step, Working

if TYPE_CHECKING:
    from .solution import Worked

Change = Callable[[Expr], Expr | None]
_MOST_LINES = 30


class Slip(Struct, frozen=True):
    """A way in which a line goes wrong: what is said of it, and the formula that it makes (None: not of this one)."""

    sentence: str
    change: Change


class Slipped(Struct, frozen=True):
    """The working with a wrong line: its key, the keys of the lines shown, the changed working and its values."""

    key: str
    shown: tuple[str, ...]
    working: Working
    values: Values


def wrong_line(solution: Worked) -> Slipped:
    """The wrong line that the spec asks for. Raises SpecError where the working has none such."""
    asked = solution.options.slip
    assert asked is not None
    try:
        return slipped(solution, solution.resolve(asked.named), asked.slip)
    except NotAsked as error:
        place = asked.place
        raise SpecError(asked.file, [Complaint(str(error), place.path, place.line, place.column)]) from error


def slipped(solution: Worked, key: str, name: str) -> Slipped:
    """The working of a solution with this line wrong in this way.

    Raises NotAsked where the line cannot go wrong so, or the wrong working cannot be told from the right one.
    """
    keys = shown(solution)
    step = solution.working.steps.get(key)
    formula = SLIPS[name].change(step.formula) if step is not None and key in keys else None
    if step is None or formula is None or solution.letters:
        raise NotAsked(f"the line of {key} cannot go wrong by '{name}'; it can by: {_possible(solution, key)}")
    if len(keys) > _MOST_LINES:
        raise NotAsked(f"a working of {len(keys)} lines is too long to look for a slip: ask for less with find")
    changed = _with(solution.working, structs.replace(step, formula=formula, short=None))
    values = evaluate(changed, solution.options.digits, solution.options.carry)
    if values.texts[key] == solution.values.texts[key]:
        raise NotAsked(f"the line of {key} comes to the same with '{name}': nobody could see it")
    return Slipped(key, keys, changed, values)


def shown(solution: Worked) -> tuple[str, ...]:
    """The lines of the working that are shown with a slip: without the short forms."""
    steps = solution.working.steps
    return tuple(key for key in solution.shown_keys if steps[key].rule != "short_form")


def possible(solution: Worked, key: str) -> tuple[str, ...]:
    """The ways in which this line can go wrong."""
    step = solution.working.steps.get(key)
    if step is None or key not in shown(solution):
        return ()
    return tuple(name for name, slip in SLIPS.items() if slip.change(step.formula) is not None)


def _possible(solution: Worked, key: str) -> str:
    names = possible(solution, key)
    if names:
        return ", ".join(names)
    others = [each for each in shown(solution) if possible(solution, each)]
    return f"nothing; lines that can are {', '.join(others[:5])}" if others else "nothing"


def _with(working: Working, changed: Step) -> Working:
    found = Working()
    found.givens = working.givens
    found.steps = {**working.steps, changed.key: changed}
    return found


def _sign(formula: Expr) -> Expr | None:
    """The last term of a sum with the other sign."""
    if not formula.is_Add or len(formula.args) < 2:
        return None
    *terms, last = formula.args
    turned = product(*last.args[1:]) if last.is_Mul and last.args[0] == -1 else negative(last)
    return total([*terms, turned])


def _term(formula: Expr) -> Expr | None:
    """A sum of three or more without its last term."""
    return total(formula.args[:-1]) if formula.is_Add and len(formula.args) > 2 else None


def _factor(formula: Expr) -> Expr | None:
    """A product without its second factor, of two quantities without the first; a fraction before it goes first."""
    if not formula.is_Mul:
        return None
    first, *rest = formula.args
    if first.is_Rational and first not in (1, -1) and rest:
        return product(*rest) if len(rest) > 1 else rest[0]
    if first.is_Symbol and len(rest) == 1 and rest[0].is_Symbol:
        return rest[0]
    return product(first, *rest[1:]) if len(rest) > 1 and first != -1 and not _divides(rest[0]) else None


def _divides(factor: Any) -> bool:
    return bool(factor.is_Pow and factor.args[1] == -1)


def _square(formula: Expr) -> Expr | None:
    """What is squared, or has a squared factor, without the square."""
    if formula.is_Pow and formula.args[1] == 2:
        base: Expr = formula.args[0]
        return base
    if not formula.is_Mul:
        return None
    squared = [i for i, each in enumerate(formula.args) if each.is_Pow and each.args[1] == 2]
    if not squared:
        return None
    return product(*(each.args[0] if i in squared[:1] else each for i, each in enumerate(formula.args)))


def _complement(formula: Expr) -> Expr | None:
    """y (1 - y) without its y: 1 - y."""
    if not formula.is_Mul or len(formula.args) != 2:
        return None
    first, second = formula.args
    is_slope = first.is_Symbol and second.is_Add and second.args[0] == 1 and first in second.free_symbols
    found: Expr | None = second if is_slope else None
    return found


SLIPS: dict[str, Slip] = {
    "wrong sign": Slip("its last term has the wrong sign", _sign),
    "term left out": Slip("its last term was left out", _term),
    "factor left out": Slip("a factor was left out", _factor),
    "square left out": Slip("the square was left out", _square),
    "half a slope": Slip("of the slope y (1 − y) only 1 − y is there", _complement),
}
"""The ways in which a line goes wrong; their names are those of `spec.choices`."""
