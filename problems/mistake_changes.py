"""What becomes of a line when a classic mistake is made in it; None where it cannot be made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from solver.algebra import (
    Expr,
    Integer,
    Rational,
    Symbol,
    difference,
    logarithm,
    maximum,
    negative,
    product,
    quotient,
    replaced,
    symbol,
    symbols_of,
    total,
)
from solver.working import Step, Working


class Scene(Struct, frozen=True):
    """Where a mistake is made: the kind of problem, its working, its data, its conventions."""

    kind: str
    working: Working
    problem: Any
    conventions: Mapping[str, object]

    @property
    def loss(self) -> str:
        """The name of the loss, '' where there is none."""
        return str(self.conventions.get("loss", ""))


def uphill(step: Step, scene: Scene) -> Expr | None:
    if step.rule != "update":
        return negative(step.formula)
    if any(each.name.startswith("step_") for each in symbols_of(step.formula)):
        return None  # the step above has the wrong sign already
    first, *rest = step.formula.args if step.formula.is_Add else (step.formula,)
    return total([first, *map(negative, rest)]) if rest else None


def no_slope(step: Step, scene: Scene) -> Expr | None:
    """1 for the slope of an activation; one that takes a whole layer, as softmax does, has no such slip."""
    above = scene.working.steps.get(step.about[0]) if step.about else None
    if above is None or len([s for s in symbols_of(above.formula) if s.name.startswith("in_")]) > 1:
        return None
    return Integer(1)


def times(factor: Expr, losses: tuple[str, ...]) -> Callable[[Step, Scene], Expr | None]:
    return lambda step, scene: product(factor, step.formula) if scene.loss in losses else None


def no_bias(step: Step, scene: Scene) -> Expr | None:
    terms = step.formula.args if step.formula.is_Add else ()
    bare = [term for term in terms if isinstance(term, Symbol)]
    return total([term for term in terms if term not in bare]) if len(bare) == 1 < len(terms) else None


def transposed(step: Step, scene: Scene) -> Expr | None:
    """On the way back w_jk for w_kj, in square matrices of weights."""
    if not step.about[-1].startswith("out_") or not isinstance(step.formula, Symbol):
        return None
    return {name: symbol(other) for name, other in _mirrored(scene.problem).items()}.get(step.formula.name)


def _mirrored(problem: Any) -> dict[str, str]:
    """By the key of each weight of a square matrix the one that stands across the diagonal."""
    found: dict[str, str] = {}
    for layer in getattr(problem, "layers", ()):
        rows = [[wire.weight.key for wire in neuron.wires] for neuron in layer.neurons]
        if all(len(row) == len(rows) > 1 for row in rows):
            found |= {key: rows[j][k] for k, row in enumerate(rows) for j, key in enumerate(row)}
    return found


def first_path(step: Step, scene: Scene) -> Expr | None:
    """The first path alone; the outputs of a softmax are no paths that one forgets."""
    above = scene.working.steps.get(step.about[0]) if step.about else None
    joined = above is not None and above.rule == "activation"
    return step.formula.args[0] if step.formula.is_Add and not joined else None


def last(step: Step, scene: Scene) -> Expr | None:
    return step.formula.args[-1] if step.formula.is_Add else None


def too_early(step: Step, scene: Scene) -> Expr | None:
    new = f"{step.formula.name}'" if isinstance(step.formula, Symbol) else ""
    return symbol(new) if new in scene.working.steps and step.about[-1].startswith("out_") else None


def added(step: Step, scene: Scene) -> Expr | None:
    return total(step.formula.args) if step.formula.is_Mul and len(step.formula.args) > 1 else None


def summed(step: Step, scene: Scene) -> Expr | None:
    """Not divided by the number of outputs."""
    if scene.loss not in ("mse", "half_mse", "mae", "huber", "bce"):
        return None
    count = sum(1 for each in scene.working.steps.values() if each.rule == "loss")
    return product(Integer(count), step.formula) if count > 1 else None


def base_ten(step: Step, scene: Scene) -> Expr | None:
    return quotient(step.formula, logarithm(Integer(10))) if "log" in str(step.formula) else None


def one_less(step: Step, scene: Scene) -> Expr | None:
    count = len(next((arg for arg in step.formula.args if arg.is_Add), step.formula).args)
    return product(Rational(count, count - 1), step.formula) if count > 2 else None


def without_root(step: Step, scene: Scene) -> Expr | None:
    return step.formula.args[0] if step.formula.is_Pow else None


def undivided(step: Step, scene: Scene) -> Expr | None:
    """The top of a quotient alone."""
    kept = [arg for arg in step.formula.args if not (arg.is_Pow and arg.args[1] == -1)]
    return product(*kept) if step.formula.is_Mul and len(kept) < len(step.formula.args) else None


def divided(step: Step, scene: Scene) -> Expr | None:
    first, *rest = step.formula.args if step.formula.is_Mul else (step.formula,)
    return quotient(product(*rest), first) if rest else None


def turned(step: Step, scene: Scene) -> Expr | None:
    """The kernel turned by half a turn, channel by channel."""
    pairs = [term.args for term in step.formula.args if term.is_Mul and len(term.args) == 2]
    others = [term for term in step.formula.args if not (term.is_Mul and len(term.args) == 2)]
    if not step.formula.is_Add or len(pairs) < 2:
        return None
    kernels: dict[str, list[Expr]] = {}
    for _, kernel in pairs:
        kernels.setdefault(_channel(kernel), []).append(kernel)
    return total([*(product(cell, kernels[_channel(kernel)].pop()) for cell, kernel in pairs), *others])


def _channel(kernel: Expr) -> str:
    """A kernel's key without its row and column."""
    return ",".join(str(kernel).split(",")[:-2]) or str(kernel).partition("[")[0]


def other_pool(step: Step, scene: Scene) -> Expr | None:
    cells = [symbol(name) for name in sorted(step.uses)]
    if len(cells) < 2:
        return None
    if step.rule == "avg_pool":
        return maximum(*cells)
    return product(Rational(1, len(cells)), total(cells))


def no_relu(step: Step, scene: Scene) -> Expr | None:
    return _argument(step) if type(step.formula).__name__ == "Max" else None


def _argument(step: Step) -> Expr:
    return symbol(step.uses[0])


def forgetful(step: Step, scene: Scene) -> Expr | None:
    """Without what the state of the time before brings."""
    now = _time(step.key)
    kept = [term for term in step.formula.args if not any(_is_state(s.name, now) for s in symbols_of(term))]
    return total(kept) if step.formula.is_Add and 0 < len(kept) < len(step.formula.args) else None


def _is_state(name: str, now: int) -> bool:
    return name.startswith("h_") and -1 < _time(name) < now


def _time(key: str) -> int:
    """The time in a key such as h_1 or in_f_2[1], -1 without one."""
    text = key.partition("[")[0].rpartition("_")[2]
    return int(text) if text.isdecimal() else -1


def roles_swapped(step: Step, scene: Scene) -> Expr | None:
    """a·x + (1 − a)·y as a·y + (1 − a)·x."""
    if not step.formula.is_Add or any(not (term.is_Mul and len(term.args) == 2) for term in step.formula.args):
        return None
    (a, x), (b, y) = (term.args for term in step.formula.args)
    return total([product(a, y), product(b, x)])


def not_squashed(step: Step, scene: Scene) -> Expr | None:
    gate, squashed = step.formula.args
    return product(gate, squashed.args[0]) if squashed.args else None


def mask_turned(step: Step, scene: Scene) -> Expr | None:
    mask = next((s for s in step.uses if s.startswith("m")), "")
    return replaced(step.formula, {mask: difference(Integer(1), symbol(mask))}) if mask else None


def swapped(step: Step, scene: Scene) -> Expr | None:
    """False negatives for false positives and the other way round."""
    pairs = {s: symbol(s.replace("fp", "@").replace("fn", "fp").replace("@", "fn")) for s in step.uses}
    if any(other.name not in scene.working for other in pairs.values()):
        return None
    return replaced(step.formula, pairs)


def plain_mean(step: Step, scene: Scene) -> Expr | None:
    parts = [symbol(s) for s in step.uses]
    return product(Rational(1, 2), total(parts)) if len(parts) == 2 else None


def only_positives(step: Step, scene: Scene) -> Expr | None:
    """Of the right ones those predicted positive alone."""
    right, *rest = step.formula.args if step.formula.is_Mul else (step.formula,)
    return product(replaced(right, {"tn": Integer(0)}), *rest) if {"tp", "tn"} <= set(step.uses) else None


def without_n(step: Step, scene: Scene) -> Expr | None:
    return replaced(step.formula, {"n": Integer(1)}) if "n" in step.uses else None


def intercept_sign(step: Step, scene: Scene) -> Expr | None:
    return replaced(step.formula, {"m": negative(symbol("m"))}) if "m" in step.uses else None


def unscaled(step: Step, scene: Scene) -> Expr | None:
    return next((symbol(key) for key in step.uses if key.startswith("xhat")), None)


def no_weight(step: Step, scene: Scene) -> Expr | None:
    return step.formula.args[0] if step.formula.is_Mul else Integer(1)


def left_out(step: Step, scene: Scene) -> Expr | None:
    return _argument(step) if len(step.uses) == 1 else None
