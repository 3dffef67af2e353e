"""kind: activation: each function at each net input, its slope there, and the Jacobian of softmax."""

from __future__ import annotations

from .. import notation as n
from ..algebra import Expr, difference, exponential, logarithm, quotient, symbol, total
from ..catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..check.activation import audited
from ..greek import GREEK
from ..notation import Call, Name, Node
from ..options import Options
from ..page.activation import page
from ..solution import Keys
from ..spec.activation import COUPLED, Activations, Named, lowered
from ..spec.number import Number
from ..working import Step, Working
from .assembled import Sheet, Told, assembled


def solve(problem: Activations, options: Options) -> Told:
    """The worked solution of an activation problem.

    Raises NotComputable where the numbers have no result, NotAsked for a key it does not have.
    """
    sheet = Sheet(
        kind="activation",
        title=problem.title,
        problem=problem,
        working=work(problem),
        answer_keys=(),
        conventions={"functions": {each.name: each.activation.name for each in problem.functions}},
        checked=lambda values: audited(values, problem, options.backend),
        page=page,
        grouped=_grouped(problem),
        facts=lambda values: _chosen(problem),
    )
    return assembled(sheet, options)


def work(problem: Activations) -> Working:
    """The Working: givens, then for each function its values and slopes."""
    writer = _Writer(problem)
    for function in problem.functions:
        for row in range(len(problem.rows)):
            if function.activation.name in COUPLED:
                writer.coupled(function, row)
            else:
                writer.single(function, row)
    return writer.working


def place(problem: Activations, row: int, *indices: int) -> str:
    """[2] for the second entry of the only vector, [1][2] where there are several; indices from 0."""
    parts = (row, *indices) if problem.nested else indices
    return "".join(f"[{index + 1}]" for index in parts)


def _grouped(problem: Activations) -> dict[str, Keys]:
    found: dict[str, Keys] = {}
    for function in problem.functions:
        values: list[Keys] = []
        slopes: list[Keys] = []
        for row, numbers in enumerate(problem.rows):
            count = range(len(numbers))
            keys = [place(problem, row, index) for index in count]
            values.append(tuple(f"{function.name}{key}" for key in keys))
            if function.activation.name in COUPLED:
                slopes.append(tuple(tuple(_slope_key(problem, function, row, i, j) for j in count) for i in count))
            else:
                slopes.append(tuple(f"{function.name}'{key}" for key in keys))
        found[function.name] = tuple(values) if problem.nested else values[0]
        found[f"{function.name}'"] = tuple(slopes) if problem.nested else slopes[0]
    return found


def _slope_key(problem: Activations, function: Named, row: int, out: int, into: int) -> str:
    return f"{function.name}'{place(problem, row, out, into)}"


def _chosen(problem: Activations) -> dict[str, object]:
    """The class that softmax chooses: the largest net input's, by name or counted from 0."""
    if not any(function.activation.name in COUPLED for function in problem.functions):
        return {}
    found = [class_of(problem, row) for row in range(len(problem.rows))]
    return {"class": found if problem.nested else found[0]}


def class_of(problem: Activations, row: int) -> str | int:
    """The class with the largest net input; the first of equal ones."""
    numbers = [number.value for number in problem.rows[row]]
    index = numbers.index(max(numbers))
    return problem.classes[index] if problem.classes else index


class _Writer:
    def __init__(self, problem: Activations) -> None:
        self.problem = problem
        self.working = Working()
        for row, numbers in enumerate(problem.rows):
            for index, number in enumerate(numbers):
                self.working.give(self.net(row, index).name, number, self.letter("z", row, index))
        for key, number in settings(problem).items():
            letter, _, sub = key.partition("_")
            self.working.give(key, number, Name(GREEK.get(letter, letter), sub))

    def net(self, row: int, index: int) -> Expr:
        """The symbol of a net input: z1, or z[2][1] for the first of the second vector."""
        return symbol(f"z{place(self.problem, row, index)}" if self.problem.nested else f"z{index + 1}")

    def letter(self, base: str, row: int, index: int) -> Name:
        return Name(base, f"{row + 1},{index + 1}" if self.problem.nested else str(index + 1))

    def add(self, key: str, rule: str, formula: Expr, name: Node, section: str) -> Expr:
        return self.working.add(Step(key, rule, formula, name, section))

    # functions of one net input

    def single(self, function: Named, row: int) -> None:
        """The function and its slope at every net input of the vector."""
        catalog = ACTIVATIONS[function.activation.name]
        setting = symbol(letter_of(self.problem, function) or "_")
        for index in range(len(self.problem.rows[row])):
            net, at = self.net(row, index), (self.letter("z", row, index),)
            key = f"{function.name}{place(self.problem, row, index)}"
            out = self.add(key, "activation", catalog.formula(net, setting), Call(catalog.sign, at), function.name)
            slope = catalog.slope(net, out, setting)
            key = f"{function.name}'{place(self.problem, row, index)}"
            self.add(key, "activation_slope", slope, Call(f"{catalog.sign}'", at), function.name)

    # softmax and log-softmax

    def coupled(self, function: Named, row: int) -> None:
        """Every output of the vector, their sum for softmax, and the Jacobian."""
        count = len(self.problem.rows[row])
        exps, whole = self._shares(row, function.name)
        logs = function.activation.name == "log_softmax"
        outs = []
        for index in range(count):
            key = f"{function.name}{place(self.problem, row, index)}"
            formula = difference(self._lowered(row, index), logarithm(whole)) if logs else quotient(exps[index], whole)
            name = self.letter("l" if logs else "y", row, index)
            outs.append(self.add(key, "activation", formula, name, function.name))
        if not logs:
            whole_name = n.Prefixed(Name("Σ"), Name("y", f"{row + 1}" if self.problem.nested else ""))
            self.add(f"{function.name}:sum{self._row(row)}", "total", total(outs), whole_name, function.name)
        self._jacobian(function, row, outs)

    def _jacobian(self, function: Named, row: int, outs: list[Expr]) -> None:
        catalog = LAYER_ACTIVATIONS[function.activation.name]
        for out in range(len(outs)):
            for into in range(len(outs)):
                name = n.Partial(self.working.name(outs[out].name), self.letter("z", row, into))
                key = _slope_key(self.problem, function, row, out, into)
                self.add(key, "activation_slope", catalog.slope(outs, out, into), name, function.name)

    def _row(self, row: int) -> str:
        return f"[{row + 1}]" if self.problem.nested else ""

    def _shares(self, row: int, section: str) -> tuple[list[Expr], Expr]:
        """e to every net input and their sum, worked once for softmax and log-softmax."""
        sum_key = f"sum{self._row(row)}"
        count = range(len(self.problem.rows[row]))
        keys = [f"exp{place(self.problem, row, index)}" for index in count]
        if sum_key in self.working:
            return [symbol(key) for key in keys], symbol(sum_key)
        self._lower(row, section)
        exps = []
        for index in count:
            body = self._lowered(row, index)
            name = n.Power(Name("e"), self._lowered_name(row, index))
            exps.append(self.add(keys[index], "formula", exponential(body), name, section))
        return exps, self.add(
            sum_key, "total", total(exps), Name("S", f"{row + 1}" if self.problem.nested else ""), section
        )

    def _lower(self, row: int, section: str) -> None:
        """The net inputs less the largest one, where their exponentials would be too large for a computer."""
        numbers = self.problem.rows[row]
        if not lowered(numbers):
            return
        largest = self.net(row, [each.value for each in numbers].index(max(each.value for each in numbers)))
        for index in range(len(numbers)):
            key = f"d{place(self.problem, row, index)}"
            self.add(key, "formula", difference(self.net(row, index), largest), self.letter("d", row, index), section)

    def _lowered(self, row: int, index: int) -> Expr:
        key = f"d{place(self.problem, row, index)}"
        return symbol(key) if key in self.working else self.net(row, index)

    def _lowered_name(self, row: int, index: int) -> Name:
        return self.letter("d" if lowered(self.problem.rows[row]) else "z", row, index)


def settings(problem: Activations) -> dict[str, Number]:
    """Every setting by the letter that stands for it."""
    return {
        letter_of(problem, function): function.activation.setting
        for function in problem.functions
        if function.activation.setting is not None
    }


def letter_of(problem: Activations, function: Named) -> str:
    """The letter of a function's setting, with a number where several functions have that letter; '' without one."""
    if function.activation.setting is None:
        return ""
    letter = ACTIVATIONS[function.activation.name].setting
    same = [
        each
        for each in problem.functions
        if each.activation.setting is not None and ACTIVATIONS[each.activation.name].setting == letter
    ]
    return letter if len(same) == 1 else f"{letter}_{same.index(function) + 1}"
