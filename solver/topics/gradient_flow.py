"""kind: gradient-flow: the product of slopes and weights that a gradient takes on its way back through the layers."""

from __future__ import annotations

from ..algebra import (
    Expr,
    Integer,
    Rational,
    absolute,
    logarithm,
    power,
    product,
    quotient,
    symbol,
    total,
)
from ..backward import Backward, Manner
from ..catalog.activations import ACTIVATIONS
from ..check.gradient_flow import audited
from ..evaluate import Values, evaluate
from ..greek import GREEK
from ..notation import Absolute, Call, Name, Node, Partial
from ..options import Options
from ..page.gradient_flow import page
from ..solution import Worked
from ..spec.gradient_flow import Flow
from ..spec.number import Number
from ..working import Step, Working
from .assembled import Sheet, assembled

FORWARD, BACKWARD, FACTORS, SIZE = "Forward pass", "Backward pass", "Factor of each layer", "Size of the gradient"
STEEPEST = {
    "linear": Rational(1),
    "sigmoid": Rational(1, 4),
    "tanh": Rational(1),
    "relu": Rational(1),
    "softplus": Rational(1),
}
"""The largest slope that a function can have, where that is a plain number."""


def solve(problem: Flow, options: Options) -> Worked:
    """The worked solution. Raises NotComputable where a value leaves double precision, NotAsked for an unknown key."""
    working, values = work(problem)
    last = problem.depth
    tags = [problem.tag(index) for index in range(len(problem.functions))]
    singles = [key for tag in tags for key in (f"out_{last}{tag}", f"dout_{last}/dx{tag}", f"mean_factor{tag}")]
    cut = {f"mean_factor{tag}": "the product is 0" for tag in tags if values.numbers[f"dout_{last}/dx{tag}"] == 0}
    sheet = Sheet(
        kind="gradient-flow",
        title=problem.title,
        problem=problem,
        working=working,
        answer_keys=tuple(k for k in (*singles, *(f"bound{tag}" for tag in tags)) if k in working),
        conventions={"activations": [function.name for function in problem.functions]},
        checked=lambda numbers: audited(numbers, problem, options.backend),
        page=page,
        grouped=_lists(problem, tags),
        facts=lambda shown: _facts(problem, working, shown, tags) | dict.fromkeys(cut),
        undefined=cut,
    )
    return assembled(sheet, options)


def _lists(problem: Flow, tags: list[str]) -> dict[str, tuple[str | tuple[str, ...], ...]]:
    """Outputs, slopes and gradients layer by layer; one list for each function where several are compared."""
    last, layers = problem.depth, range(1, problem.depth + 1)
    spelled = {
        "outputs": "out_{layer}{tag}",
        "slopes": "dout_{layer}{tag}/din_{layer}{tag}",
        "gradients": "dout_{last}{tag}/din_{layer}{tag}",
    }
    found: dict[str, tuple[str | tuple[str, ...], ...]] = {}
    for name, form in spelled.items():
        lists = tuple(tuple(form.format(layer=n, last=last, tag=tag) for n in layers) for tag in tags)
        found[name] = lists if len(tags) > 1 else lists[0]
    return found


def _facts(problem: Flow, working: Working, values: Values, tags: list[str]) -> dict[str, object]:
    """The logarithms (null where the gradient is 0) and the verdict of each function."""
    logs: list[list[float | None]] = []
    for tag in tags:
        keys = [f"log10_{layer}{tag}" for layer in range(1, problem.depth + 1)]
        logs.append([values.number(key) if key in working else None for key in keys])
    verdicts = [verdict(values.number(f"dout_{problem.depth}/dx{tag}")) for tag in tags]
    if len(tags) == 1:
        return {"log10": logs[0], "verdict": verdicts[0]}
    return {"log10": logs, "verdict": verdicts}


def verdict(gradient: float) -> str:
    """What became of a gradient of 1: below 1/1000 of it is vanished, above 1000 times exploded."""
    size = abs(gradient)
    if size == 0:
        return "is cut off"
    if size < 1e-3:
        return "vanishes"
    if size > 1e3:
        return "explodes"
    return "shrinks" if size < 0.5 else "grows" if size > 2 else "keeps its size"


def work(problem: Flow) -> tuple[Working, Values]:
    """The Working, and its values carried in full."""
    working = Working()
    _give(problem, working)
    for index in range(len(problem.functions)):
        _Chain(problem, working, index).add()
    values = evaluate(working)
    for index in range(len(problem.functions)):
        _add_sizes(problem, working, values, index)
    return working, evaluate(working)


def _give(problem: Flow, working: Working) -> None:
    working.give("x", problem.start, Name("x"))
    for letter, numbers in (("w", problem.weights), ("b", problem.biases)):
        for place, number in enumerate(numbers, 1):
            end = str(place) if len(numbers) > 1 else ""
            working.give(f"{letter}{end}", number, Name(letter, end))
    for index, function in enumerate(problem.functions):
        if function.setting is not None:
            letter = ACTIVATIONS[function.name].setting
            working.give(f"{letter}{problem.tag(index)}", function.setting, Name(GREEK.get(letter, letter)))


def own(numbers: tuple[Number, ...], letter: str, layer: int) -> str:
    """The key of a layer's weight or bias."""
    return f"{letter}{layer}" if len(numbers) > 1 else letter


class _Chain:
    """The lines of one activation function through all layers, and back."""

    def __init__(self, problem: Flow, working: Working, index: int) -> None:
        self.problem = problem
        self.working = working
        self.function = problem.functions[index]
        self.tag = problem.tag(index)
        self.row = ACTIVATIONS[self.function.name]
        several = len(problem.functions) > 1
        self.ending = f", {self.row.title}" if several else ""

    def add(self) -> None:
        """Forward pass, backward pass, and the factor of each layer."""
        for layer in range(1, self.problem.depth + 1):
            self._net_input(layer)
            self._output(layer)
        last = f"out_{self.problem.depth}{self.tag}"
        manner = Manner(
            BACKWARD + self.ending,
            adjoint_key=lambda of, key: f"d{of}/dx{self.tag}" if key == "x" else f"d{of}/d{key}",
            adjoints={"x": (f"dout_{self.problem.depth}/dx{self.tag}", Partial(self.working.name(last), Name("x")))},
        )
        backward = Backward(self.working, last, ["x"], manner)
        backward.require("x")
        for layer in range(1, self.problem.depth + 1):
            self._factor(layer, backward)

    def source(self, layer: int) -> str:
        """What goes into a layer."""
        return f"out_{layer - 1}{self.tag}" if layer > 1 else "x"

    def _net_input(self, layer: int) -> None:
        weight, source = symbol(own(self.problem.weights, "w", layer)), symbol(self.source(layer))
        formula: Expr = product(weight, source)
        if self.problem.biases:
            formula = total([formula, symbol(own(self.problem.biases, "b", layer))])
        name = Name("in", str(layer), upright=True)
        slopes = {source.name: weight}
        self._add(f"in_{layer}{self.tag}", "weighted_sum", formula, name, FORWARD, slopes=slopes)

    def _output(self, layer: int) -> None:
        net, out = symbol(f"in_{layer}{self.tag}"), symbol(f"out_{layer}{self.tag}")
        setting = symbol(f"{self.row.setting or '_'}{self.tag}")
        short = None if self.row.sign == "id" else Call(self.row.sign, (self.working.name(net.name),))
        slopes = {net.name: self.row.slope(net, out, setting)}
        name = Name("out", str(layer), upright=True)
        self._add(out.name, "activation", self.row.formula(net, setting), name, FORWARD, short=short, slopes=slopes)

    def _factor(self, layer: int, backward: Backward) -> None:
        slope = backward.local(f"out_{layer}{self.tag}", f"in_{layer}{self.tag}")
        weight = symbol(own(self.problem.weights, "w", layer))
        name = Name("g", str(layer))
        self._add(f"factor_{layer}{self.tag}", "layer_factor", product(slope, weight), name, FACTORS)

    def _add(
        self,
        key: str,
        rule: str,
        formula: Expr,
        name: Node,
        section: str,
        *,
        short: Node | None = None,
        slopes: dict[str, Expr] | None = None,
    ) -> None:
        self.working.add(Step(key, rule, formula, name, section + self.ending, short, slopes or {}))


def _add_sizes(problem: Flow, working: Working, values: Values, index: int) -> None:
    """Powers of ten, the mean factor, and how large the product can be at most."""
    tag, last = problem.tag(index), problem.depth
    ending = f", {ACTIVATIONS[problem.functions[index].name].title}" if len(problem.functions) > 1 else ""
    section = SIZE + ending
    for layer in reversed(range(1, last + 1)):
        gradient = f"dout_{last}{tag}/din_{layer}{tag}"
        if values.numbers[gradient]:
            size = logarithm(absolute(symbol(gradient)))
            formula = quotient(size, logarithm(Integer(10)))
            name = Call("lg", (Absolute(Name("δ", str(layer))),))
            working.add(Step(f"log10_{layer}{tag}", "power_of_ten", formula, name, section))
    whole = f"dout_{last}/dx{tag}"
    if values.numbers[whole]:
        formula = power(absolute(symbol(whole)), Rational(1, last))
        working.add(Step(f"mean_factor{tag}", "mean_factor", formula, Name("g", "mean"), section))
    steepest = STEEPEST.get(problem.functions[index].name)
    if steepest is not None:
        working.add(Step(f"bound{tag}", "bound", _bound(problem, steepest), Name("bound", upright=True), section))


def _bound(problem: Flow, steepest: Expr) -> Expr:
    if len(problem.weights) == 1:
        size = absolute(symbol("w"))
        factor = size if steepest == 1 else product(steepest, size)
        return power(factor, problem.depth)
    sizes = [absolute(symbol(f"w{layer}")) for layer in range(1, problem.depth + 1)]
    return product(*sizes) if steepest == 1 else product(power(steepest, problem.depth), *sizes)
