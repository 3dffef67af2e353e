"""Many networks at once by arrays: the same numbers as one by one, and nothing wrong passes."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import numpy
import pytest

from problems.samplers.backprop import sample as draw
from problems.template import Template, Templates, form_of
from problems.wishes import Wishes
from solver import loads, solve
from solver.check.reference import quantities
from solver.errors import NotComputable

FORMS = [
    {"hidden": "2", "outputs": "2", "activation": "sigmoid"},
    {"hidden": "3", "outputs": "1", "activation": "tanh"},
    {"hidden": "2", "outputs": "2", "activation": "relu"},
]


def specs(settings: dict[str, str], count: int, level: str = "medium") -> list[dict[str, Any]]:
    """Drawn networks of one form."""
    drawn = (draw(Random(str(seed % 40)), Random(str(seed)), Wishes(level, settings=settings)) for seed in range(400))
    first: str | None = None
    found = []
    for each in drawn:
        if "learning_rate" not in each.spec or "find" in each.spec:
            continue
        first = first or form_of(each.spec).skeleton
        if form_of(each.spec).skeleton == first:
            found.append(each.spec)
    assert len(found) >= count
    return found[:count]


def worked(some: list[dict[str, Any]]) -> tuple[Template, list[Any]]:
    template = Template(some[0])
    numbers = [form_of(spec).numbers for spec in some]
    return template, [template.variant(each, ()) for each in numbers]


@pytest.mark.parametrize("settings", FORMS)
def test_the_same_as_one_by_one(settings: dict[str, str]) -> None:
    some = specs(settings, 5)
    template, solutions = worked(some)
    assert template.fits
    for spec, solution in zip(some, solutions, strict=True):
        alone = solve(loads(json.dumps(spec)))
        assert solution.answers == pytest.approx(alone.answers, rel=1e-12, abs=1e-15)
        known = quantities(alone.problem)
        assert {k: v for k, v in solution.values.numbers.items() if k in known} == pytest.approx(
            {k: v for k, v in known.items() if k in solution.values.numbers}, rel=1e-9, abs=1e-12
        )
    verdict = template.proved(solutions)
    assert verdict.agrees.all()
    assert verdict.compared >= sum(key in quantities(alone.problem) for key in template.steps)


@pytest.mark.parametrize("key", ["out_h1", "E", "dE/dw1", "w1'", "E'", "delta_o1", "dE/dout_h1:o1"])
def test_one_wrong_number_is_found(key: str) -> None:
    template, solutions = worked(specs(FORMS[0], 4))
    solutions[2].values.numbers[key] *= 1 + 1e-6
    verdict = template.proved(solutions)
    assert verdict.agrees.tolist() == [True, True, False, True]
    assert key in verdict.detail


def test_differences_find_a_gradient_that_the_reference_has_wrong_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from solver.check import stack

    template, solutions = worked(specs(FORMS[0], 3))
    right = stack.Record.slopes

    def twice(self: Any, values: Any, passed: Any) -> Any:
        gradient = right(self, values, passed) * 2
        self._table([f"dE/d{key}" for key in self.wiring.keys], gradient)
        return gradient

    monkeypatch.setattr(stack.Record, "slopes", twice)
    for solution in solutions:
        for key in template.solution.problem.weights:
            solution.values.numbers[f"dE/d{key.key}"] *= 2
    assert not template.proved(solutions).agrees.any()


def test_nan_never_agrees() -> None:
    template, solutions = worked(specs(FORMS[0], 2))
    solutions[1].values.numbers["out_h2"] = numpy.nan
    assert template.proved(solutions).agrees.tolist() == [True, False]


def test_numbers_without_a_result() -> None:
    spec = {
        "kind": "backprop",
        "inputs": [2],
        "target": [1],
        "loss": "cce",
        "layers": [{"weights": [[3]], "activation": "linear"}],
    }
    template = Template(spec)
    with pytest.raises(NotComputable):
        template.variant((-2.0, 1, 3), ())


def test_forms_are_told_apart_by_what_is_0_or_1() -> None:
    spec = {"inputs": [2, 0.5], "layers": [{"weights": [[1, 2]]}], "title": "a", "find": ["w1'"]}
    other = {"inputs": [2, 0.5], "layers": [{"weights": [[3, 2]]}], "title": "b"}
    assert form_of(spec).skeleton != form_of(other).skeleton
    assert form_of(spec | {"title": "c", "find": ["w2'"]}) == form_of(spec)
    assert form_of(spec).numbers == (2, 0.5, 1, 2)


def test_numbers_that_are_no_givens_need_a_template_of_their_own() -> None:
    templates = Templates()
    spec = {"kind": "backprop", "inputs": [2], "layers": [{"weights": [[0.5]], "activation": "sigmoid"}], "digits": 4}
    first = templates.of(spec, form_of(spec))
    assert templates.of({**spec, "inputs": [3]}, form_of({**spec, "inputs": [3]})) is first
    finer = {**spec, "digits": 6}
    assert templates.of(finer, form_of(finer)) is not first
    assert templates.of(finer, form_of(finer)).solution.options.digits == 6


@pytest.mark.parametrize("settings", FORMS)
def test_another_array_library_on_a_device_of_its_own(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import array_api_strict as strict

    from solver.check import stack

    monkeypatch.setattr(stack, "array_backend", lambda name: (strict, strict.Device("device1")))
    template, solutions = worked(specs(settings, 3))
    assert template.proved(solutions, "cupy").agrees.all()
    solutions[1].values.numbers["dE/dw1"] += 1e-3
    assert template.proved(solutions, "cupy").agrees.tolist() == [True, False, True]
