"""kind: recurrent: a sequence through rnn, lstm or gru cells; with targets back through time, and the update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..check.audit import Audit
from ..check.recurrent import audited
from ..errors import NotAsked
from ..options import Options, keys_in
from ..page.recurrent import page
from ..solution import Keys, Worked
from ..spec.recurrent_problem import Block, Recurrent
from ..working import Working
from .assembled import Sheet, assembled
from .recurrent_backward import ThroughTime
from .recurrent_counts import add_counts
from .recurrent_forward import Forward


def solve(problem: Recurrent, options: Options) -> Worked:
    """The worked solution of a recurrent problem.

    Raises NotComputable where the numbers have no result, NotAsked for a key or style that it does not have.
    """
    if options.style != "chain":
        raise NotAsked(
            f"a recurrent network is not written in the style {options.style}; its style is chain", options.style
        )
    working = Working()
    forward = Forward(problem, working)
    forward.add()
    if problem.has_target:
        ThroughTime(problem, forward).add()
    add_counts(problem, working)

    def checked(values: Mapping[str, float]) -> Audit:
        return audited(values, problem, options.backend)

    found = _states(problem, forward)
    lists = _lists(problem)
    sheet = Sheet(
        kind="recurrent",
        title=problem.title,
        problem=problem,
        working=working,
        answer_keys=(*(("E",) if problem.has_target else ()), "parameters"),
        conventions=_conventions(problem),
        checked=checked,
        page=page,
        grouped={**found, **lists},
    )
    return assembled(sheet, _spelled_out(options, working, forward))


def _spelled_out(options: Options, working: Working, forward: Forward) -> Options:
    """The options with the name of a whole vector (h_2), and h_2[1] where it has one entry, as keys."""
    vectors = {f"{letter}_{time}": tuple(keys) for (letter, time), keys in forward.states.items()}

    def meant(typed: str) -> tuple[str, ...]:
        if typed in vectors:
            return vectors[typed]
        base, prime, place = typed.partition("'[")
        typed = f"{base}[{place}'" if prime else typed  # Wx'[1,2], as the page has it
        for ending in ("[1]", "[1,1]"):
            if typed not in working and typed.replace(ending, "") in working:
                return (typed.replace(ending, ""),)
        return (typed,)

    return replace(
        options, find=tuple(key for typed in filter(None, keys_in(",".join(options.find))) for key in meant(typed))
    )


def _conventions(problem: Recurrent) -> dict[str, object]:
    found: dict[str, object] = {"cell": problem.cell, "shared_weights": problem.share}
    if problem.cell == "gru":
        found["keeps"] = "z" if problem.keeps_old else "1-z"
        found["reset"] = "after" if problem.reset_after else "before"
    if problem.concatenated:
        found["concat"] = problem.concatenated
    if problem.has_target:
        found["loss"] = problem.loss.name
        found["truncate"] = problem.truncate
    return found


def _states(problem: Recurrent, forward: Forward) -> dict[str, Keys]:
    """h (c, y) at every time, of each layer and direction; the last h by its own name."""
    found: dict[str, Keys] = {}
    times = range(1, problem.steps + 1)
    for letter in ("h", "c") if problem.cell == "lstm" else ("h",):
        for one in problem.recurrences:
            if one.tag:
                found[letter + one.tag] = tuple(_vector(forward.states[letter + one.tag, time]) for time in times)
        top = problem.layers[-1]
        joined = [[key for one in top for key in forward.states[letter + one.tag, time]] for time in times]
        found[letter] = tuple(_vector(keys) for keys in joined)
        found[f"{letter}_{problem.steps}"] = _vector(joined[-1])
    if problem.output:
        outputs = [_vector(forward.states["y", time]) for time in problem.output_times]
        found["y"] = tuple(outputs) if len(outputs) > 1 else outputs[0]
    return found


def _vector(keys: list[str]) -> Keys:
    return keys[0] if len(keys) == 1 else tuple(keys)


def _lists(problem: Recurrent) -> dict[str, Keys]:
    """Gradients and new values of every matrix and bias."""
    found: dict[str, Keys] = {}
    if not problem.has_target:
        return found
    forms = ("dE/d{}", "{}'") if problem.learns else ("dE/d{}",)
    for form in forms:
        for block in problem.blocks:
            for time in range(1, len(block.copies) + 1):
                name = f"{block.name}@{time}" if block.own else block.name
                found[form.format(name)] = _matrix(block, time, form)
    return found


def _matrix(block: Block, time: int, form: str) -> Keys:
    rows = [[form.format(block.key(row, column, time)) for column in range(block.columns)] for row in range(block.rows)]
    if block.vector:
        return _vector([row[0] for row in rows])
    return rows[0][0] if block.rows * block.columns == 1 else tuple(map(tuple, rows))
