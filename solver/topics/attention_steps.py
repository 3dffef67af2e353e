"""The lines of attention: projections, scores, softmax row by row, weighted sums, the way back, the update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..algebra import Expr, Integer, Rational, Symbol, difference, power, product, quotient, symbol, total
from ..catalog.activations import LAYER_ACTIVATIONS
from ..spec.attention_problem import LETTERS, Attention
from ..spec.number import Number
from ..working import Step, Working
from .attention_names import name_of
from .outcome import (
    BACKWARD,
    Rows,
    add_backward,
    add_error,
    add_short_form,
    add_update,
    cells,
    give_outcome,
    numbered,
)

__all__ = ["Rows", "scores", "work"]

PROJECTIONS, OUTPUT = "Queries, keys and values", "Outputs"


def work(problem: Attention) -> Working:
    """Every line of the problem, in order."""
    return _Work(problem).work()


def scores(problem: Attention, name: str, head: int) -> Rows:
    """The keys of a head's matrix with a row for each query and a column for each key: score, scaled or weight."""
    return numbered(f"{name}{problem.tag(head)}", problem.count("q"), problem.count("k"))


class _Work:
    def __init__(self, problem: Attention) -> None:
        self.problem = problem
        self.working = Working()
        self.outs = numbered("out", problem.count("q"), problem.output_width)
        self.section = PROJECTIONS
        self._made: list[str] = []

    def work(self) -> Working:
        """Givens, forward steps, error, chain rule, update."""
        problem = self.problem
        self._givens()
        for head in range(1, problem.heads + 1):
            for letter in LETTERS:
                self._project(letter, head)
        for head in range(1, problem.heads + 1):
            self._attend(head)
        if "Wo" in problem.matrices:
            self._join()
        if problem.outcome.target:
            add_error(problem.outcome, self.outs, self.working, name_of)
        if problem.outcome.goes_back:
            self._back()
        if problem.outcome.learns:
            weights = {key: number for key, number in problem.entries.items() if key.startswith("W")}
            add_update(weights, self.working, name_of)
        return self.working

    def _givens(self) -> None:
        for key, number in self.problem.entries.items():
            self.working.give(key, number, name_of(key))
        if self.problem.scaled:
            for head in range(1, self.problem.heads + 1):
                width = self._width_key(head)
                if width not in self.working:
                    self.working.give(width, Number.of(len(self.problem.columns("k", head))), name_of("d_k"))
        give_outcome(self.problem.outcome, self.outs, self.working, name_of)

    def _width_key(self, head: int) -> str:
        """The key of d_k; heads of other widths have their own."""
        widths = {len(self.problem.columns("k", each)) for each in range(1, self.problem.heads + 1)}
        return "d_k" if len(widths) == 1 else f"d_k{self.problem.tag(head)}"

    def _step(self, key: str, rule: str, formula: Expr, slopes: Mapping[str, Expr]) -> None:
        self.working.add(Step(key, rule, formula, name_of(key), self.section, slopes=slopes))

    def _products(self, key: str, rule: str, pairs: Sequence[tuple[Symbol, Symbol]]) -> None:
        """A sum of products of two."""
        slopes: dict[str, Expr] = {}
        for left, right in pairs:  # x times x: both factors move
            slopes[left.name] = total([slopes[left.name], right]) if left.name in slopes else right
            slopes[right.name] = total([slopes[right.name], left]) if right.name in slopes else left
        self._step(key, rule, total(product(left, right) for left, right in pairs), slopes)

    def _project(self, letter: str, head: int) -> None:
        problem = self.problem
        matrix, made = problem.matrix_of(letter, head), problem.made(letter, head)
        if matrix is None or made in self._made:
            return
        self._made.append(made)
        source, grid = problem.sources[letter], problem.matrices[matrix]
        for row in range(1, len(source.numbers) + 1):
            for column in range(1, len(grid[0]) + 1):
                inner = range(1, len(grid) + 1)
                pairs = [(symbol(f"{source.given}[{row},{i}]"), symbol(f"{matrix}[{i},{column}]")) for i in inner]
                self._products(f"{made}[{row},{column}]", "projection", pairs)

    def _attend(self, head: int) -> None:
        problem = self.problem
        self.section = f"Head {head}" if problem.heads > 1 else "Attention"
        made = {letter: problem.made(letter, head) for letter in LETTERS}
        columns = {letter: problem.columns(letter, head) for letter in LETTERS}
        for query, row in enumerate(scores(problem, "score", head), 1):
            for key, score in enumerate(row, 1):
                pairs = [
                    (symbol(f"{made['q']}[{query},{q}]"), symbol(f"{made['k']}[{key},{k}]"))
                    for q, k in zip(columns["q"], columns["k"], strict=True)
                ]
                self._products(score, "score", pairs)
        for query in range(1, problem.count("q") + 1):
            self._weigh(query, head)
        for query in range(1, problem.count("q") + 1):
            for place, column in enumerate(columns["v"], 1):
                pairs = [
                    (symbol(weight), symbol(f"{made['v']}[{key},{column}]"))
                    for key, weight in enumerate(scores(problem, "weight", head)[query - 1], 1)
                    if problem.visible(query, key)
                ]
                self._products(problem.head_cell(query, head, place), "weighted_values", pairs)

    def _weigh(self, query: int, head: int) -> None:
        """Softmax over the keys that a query may look at."""
        problem = self.problem
        raw, scaled, weights = (scores(problem, name, head)[query - 1] for name in ("score", "scaled", "weight"))
        seen = [index for index in range(len(raw)) if problem.visible(query, index + 1)]
        if problem.scaled:
            root = power(symbol(self._width_key(head)), Rational(1, 2))
            for index in seen:
                by: dict[str, Expr] = {raw[index]: power(root, -1)}
                self._step(scaled[index], "scaled_score", quotient(symbol(raw[index]), root), by)
        nets = [symbol((scaled if problem.scaled else raw)[index]) for index in seen]
        outs = [symbol(weights[index]) for index in seen]
        for index, weight in enumerate(weights):
            if index in seen:
                self._softmax(weight, nets, outs, seen.index(index))
            else:
                self._step(weight, "masked", Integer(0), {})

    def _softmax(self, weight: str, nets: Sequence[Expr], outs: Sequence[Expr], place: int) -> None:
        row = LAYER_ACTIVATIONS["softmax"]
        slopes: dict[str, Expr] = {}
        if self.problem.outcome.goes_back:
            slopes = {net.name: row.slope(outs, place, into) for into, net in enumerate(nets)}
        self._step(weight, "attention_weight", row.formula(nets, place), slopes)

    def _join(self) -> None:
        """The heads side by side times Wo."""
        self.section = OUTPUT
        for query, row in enumerate(self.outs, 1):
            joined = self.joined(query)
            for column, key in enumerate(row, 1):
                pairs = [(symbol(each), symbol(f"Wo[{i},{column}]")) for i, each in enumerate(joined, 1)]
                self._products(key, "projection", pairs)

    def joined(self, query: int) -> list[str]:
        """The keys of a row of the heads side by side."""
        problem = self.problem
        return [
            problem.head_cell(query, head, place)
            for head in range(1, problem.heads + 1)
            for place in range(1, len(problem.columns("v", head)) + 1)
        ]

    # backward

    def _back(self) -> None:
        problem = self.problem
        entries = list(problem.entries)
        through = list(cells(self.outs))
        through += [key for query in range(1, problem.count("q") + 1) for key in self.joined(query)]
        for name in ("weight", "scaled", "score"):
            for head in range(1, problem.heads + 1):
                through += [key for key in self._seen(name, head) if key in self.working]
        for made in self._made:
            through += [key for key in self.working.steps if key.startswith(f"{made}[")]
        weights = [key for key in entries if key.startswith("W")]
        through += [*weights, *(key for key in entries if key not in weights)]
        add_backward(problem.outcome, self.outs, entries, dict.fromkeys(through), self.working)
        for head in range(1, problem.heads + 1):
            self._short_forms(head)

    def _seen(self, name: str, head: int) -> list[str]:
        rows = scores(self.problem, name, head)
        visible = self.problem.visible
        return [key for q, row in enumerate(rows, 1) for k, key in enumerate(row, 1) if visible(q, k)]

    def _short_forms(self, head: int) -> None:
        """∂E/∂z = α (∂E/∂α − Σ α ∂E/∂α), the sum over the row."""
        problem = self.problem
        for query in range(1, problem.count("q") + 1):
            net = "scaled" if problem.scaled else "score"
            nets, weights = (scores(problem, name, head)[query - 1] for name in (net, "weight"))
            seen = [index for index in range(len(nets)) if problem.visible(query, index + 1)]
            if len(seen) < 2:
                continue
            mean = self._row_sum(query, head, [weights[index] for index in seen])
            for index in seen:
                weight = weights[index]
                formula = product(symbol(weight), difference(symbol(f"dE/d{weight}"), mean))
                add_short_form(f"dE/d{nets[index]}", formula, self.working)

    def _row_sum(self, query: int, head: int, weights: Sequence[str]) -> Expr:
        key = f"sum{self.problem.tag(head)}[{query}]"
        formula = total(product(symbol(weight), symbol(f"dE/d{weight}")) for weight in weights)
        return self.working.add(Step(key, "row_sum", formula, name_of(key), BACKWARD))
