"""How many parameters a recurrent model has: rows times columns of each matrix, and one number for each bias."""

from __future__ import annotations

from ..algebra import Expr, Integer, product, symbol, total
from ..notation import Name
from ..spec.recurrent_problem import Gate, Recurrent
from ..working import Step, Working

PARAMETERS = "Parameters"


def add_counts(problem: Recurrent, working: Working) -> None:
    """A line for each layer, and one for all of them."""
    parts: list[str] = []
    for key, title, gates in _groups(problem):
        parts.append(key)
        name = Name("n", title)
        working.add(Step(key, "parameter_count", _counted(gates, problem), name, PARAMETERS))
    name = Name("parameters", upright=True)
    working.add(Step("parameters", "total", total([symbol(key) for key in parts]), name, PARAMETERS))


def _groups(problem: Recurrent) -> list[tuple[str, str, tuple[Gate, ...]]]:
    """Key, title and gates of everything that has parameters."""
    found: list[tuple[str, str, tuple[Gate, ...]]] = []
    found += [(f"count_{gate.letter}", gate.letter, (gate,)) for gate in problem.input_layers]
    for one in problem.recurrences:
        found += [(f"count_{gate.letter}", gate.letter, (gate,)) for gate in one.transition]
        found.append((f"count_{problem.cell}{one.tag}", f"{problem.cell}{one.tag}", one.gates))
    behind = (*problem.output_layers, *((problem.output,) if problem.output and problem.output.parts else ()))
    return [*found, *((f"count_{gate.letter}", gate.letter, (gate,)) for gate in behind)]


def _counted(gates: tuple[Gate, ...], problem: Recurrent) -> Expr:
    """rows · columns for each matrix and rows for each bias; of equal gates once, times their number."""
    blocks = [block for gate in gates for block in gate.blocks]
    sizes = [(block.rows, 0 if block.vector else block.columns) for block in blocks]
    times = 1 if problem.share else problem.steps
    count = {"lstm": 4, "gru": 3}.get(problem.cell, 1) if len(gates) > 1 else 1
    each = sizes[: len(sizes) // count]
    if sorted(sizes) != sorted(each * count):
        each, count = sizes, 1
    terms: list[Expr] = [product(Integer(r), Integer(c)) if c else Integer(r) for r, c in each]
    whole = total(terms) if len(terms) > 1 else terms[0]
    factors = [Integer(number) for number in (times, count) if number > 1]
    return product(*factors, whole) if factors else whole
