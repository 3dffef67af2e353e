"""Where the gradient of a regression comes from: derived line by line, each line with its rules."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..algebra import Expr, product, symbol, total
from ..catalog.activations import ACTIVATIONS
from ..catalog.losses import LOSSES
from ..catalog.regression_losses import REGRESSION_LOSSES
from ..differentiate import derivation
from ..formula import written
from ..notation import Name, Node
from ..spec.regression import LinearRegression, LogisticRegression
from ..topics import regression_names as names
from .blocks import Block, Equation, Heading, Lines, Prose

_LETTERS = {"yhat": Name(names.GUESS), "delta": Name("δ")}


def letter(key: str) -> Node:
    """The name of a symbol of a derivation."""
    return _LETTERS.get(key) or Name(key[0], key[1:])


def linear_slopes(problem: LinearRegression) -> Iterator[Block]:
    """From E over the samples to its gradient: −(2/n) Σ x(y − ŷ) for the mean squared error."""
    loss = REGRESSION_LOSSES[problem.loss]
    yield Heading(("Gradient",))
    yield Prose(
        ("The derivative of a sum is the sum of the derivatives, so one sample shows it; ", *_constants(problem))
    )
    if not loss.squares:
        yield from _by_prediction(problem)
        return
    guess = total(_terms(problem)) if len(_terms(problem)) > 1 else _terms(problem)[0]
    part = loss.part(symbol("y"), guess, symbol("delta"))
    for key in _examples(problem):
        x: list[Node] = [] if key in ("c", "b0") else [Name("x", key[1:])]
        gap = n.bracket(n.Sum((Name("y"), n.Minus(Name(names.GUESS)))))
        column = n.product([*x, gap])
        yield Lines((*derived(part, key, _before(problem)), _last(problem, column)))


def _last(problem: LinearRegression, column: Node) -> Equation:
    doubled = REGRESSION_LOSSES[problem.loss].doubled
    share = f"−({doubled}/n) Σ" if problem.reduction == "mean" else "−2 Σ" if doubled == 2 else "−Σ"
    return Equation(None, (n.Prefixed(n.Word(share), column),), reason="the prediction put back")


def _before(problem: LinearRegression) -> str:
    return "(1/n) Σ" if problem.reduction == "mean" else "Σ"


def _constants(problem: LinearRegression) -> tuple[str, ...]:
    return ("x and y are numbers, only the parameters can move.",)


def _examples(problem: LinearRegression) -> tuple[str, ...]:
    """The parameters whose derivative is shown: one with a feature and the intercept."""
    if problem.features == 1:
        return problem.parameters
    return ("b1", *(["b0"] if problem.intercept else []))


def _terms(problem: LinearRegression) -> list[Expr]:
    if problem.features == 1:
        return [product(symbol("m"), symbol("x")), *([symbol("c")] if problem.intercept else [])]
    terms = [product(symbol(f"b{j}"), symbol(f"x{j}")) for j in range(1, problem.features + 1)]
    return [symbol("b0"), *terms] if problem.intercept else terms


def derived(part: Expr, key: str, before: str, top: str = "E") -> Iterator[Equation]:
    """The derivation of a sample's part by a symbol, each line behind `before`."""
    first, *rest = derivation(part, symbol(key))
    left = n.Partial(Name(top), letter(key), straight=top != "E" and key == "z")
    for index, line in enumerate((first, *rest)):
        body = written(line.formula, letter)
        if before:
            body = n.Prefixed(
                n.Word(before), n.bracket(body) if isinstance(body, n.Sum) or n.is_negative(body) else body
            )
        reason = ", ".join(rule.replace("_", " ") for rule in line.rules)
        yield Equation(None if index else left, (body,), reason=reason)


def _by_prediction(problem: LinearRegression) -> Iterator[Block]:
    """Losses that are no squares: the slope by the prediction, then the chain rule."""
    loss = REGRESSION_LOSSES[problem.loss]
    y, guess, delta = symbol("y"), symbol("yhat"), symbol("delta")
    part = loss.part(y, guess, delta)
    yield Lines(
        (
            Equation(Name("L"), (written(part, letter),)),
            Equation(
                n.Prefixed(Name("g"), n.Word("= ∂L/∂ŷ")),
                (written(loss.slope(y, guess, delta), letter),),
                reason="kink: 0 where y = ŷ" if problem.loss == "mae" else "",
            ),
        )
    )
    yield Prose(("By the chain rule each sample brings its slope times what ŷ does when the parameter moves:",))
    for key in _examples(problem):
        x: list[Node] = [] if key in ("c", "b0") else [Name("x", key[1:])]
        column = n.Prefixed(n.Word(_before(problem)), n.product([*x, Name("g")]))
        yield Lines((Equation(n.Partial(Name("E"), letter(key)), (column,)),))


def logistic_slopes(problem: LogisticRegression) -> Iterator[Block]:
    """Why cross-entropy behind sigmoid or softmax leaves (ŷ − y)x."""
    yield Heading(("Gradient",))
    if problem.several:
        yield from _softmax()
    else:
        yield from _sigmoid()
    share = "(1/n) Σ" if problem.reduction == "mean" else "Σ"
    delta, x = Name("δ"), Name("x", "" if problem.features == 1 else "j")
    weight = Name("w", "1" if problem.features == 1 else "j", sup="(k)" if problem.several else "")
    rows = [Equation(n.Partial(Name("E"), weight), (n.Prefixed(n.Word(share), n.product([delta, x])),))]
    if problem.intercept:
        bias = Name("b", "k" if problem.several else "")
        rows.append(Equation(n.Partial(Name("E"), bias), (n.Prefixed(n.Word(share), delta),)))
    which = "by its weights and bias, δ being that class's" if problem.several else "by weight and bias"
    yield Prose((f"The net input changes by x when a weight changes, by 1 for the bias, so {which}:",))
    yield Lines(tuple(rows))


def _sigmoid() -> Iterator[Block]:
    y, guess, z = symbol("y"), symbol("yhat"), symbol("z")
    part = LOSSES["bce"].part(y, guess, 1, y)
    yield Prose(("For one sample, by the chain rule from the net input: first the error by ŷ,",))
    slope = written(LOSSES["bce"].slope(y, guess, 1, y), letter)
    yield Lines((*derived(part, "yhat", "", "L"), Equation(None, (slope,), reason="one fraction")))
    yield Prose(("then ŷ by the net input,",))
    own = written(ACTIVATIONS["sigmoid"].slope(z, guess, z), letter)
    sigmoid = derived(ACTIVATIONS["sigmoid"].formula(z, z), "z", "", names.GUESS)
    yield Lines((*sigmoid, Equation(None, (own,), reason=ACTIVATIONS["sigmoid"].because or "ŷ = σ(z)")))
    yield Prose(("and both multiplied: what stands below the fraction line cancels.",))
    gap = n.Sum((Name(names.GUESS), n.Minus(Name("y"))))
    left = n.Compare(Name("δ"), "=", n.Partial(Name("L"), Name("z")))
    yield Lines((Equation(left, (n.product([slope, own]), gap)),))


def _softmax() -> Iterator[Block]:
    k, true = Name(names.GUESS, "k"), Name(names.GUESS, "c")
    one = n.Number("1")
    yield Prose(("For one sample of class c the error is L = −ln ŷ_c. Every net input moves ŷ_c:",))
    own = n.product([n.minus(n.Fraction(one, true)), true, n.bracket(n.Sum((one, n.Minus(true))))])
    other = n.product([n.minus(n.Fraction(one, true)), n.bracket(n.minus(n.product([true, k])))])
    by = Name("z", "c")
    yield Lines(
        (
            Equation(n.Partial(Name("L"), by), (own, n.Sum((true, n.Minus(one)))), reason="its own"),
            Equation(n.Partial(Name("L"), Name("z", "k")), (other, k), reason="another class k"),
        )
    )
    yield Prose(("Both are δ = ŷ − y with y = 1 for the class of the sample and 0 for the others (one-hot).",))
