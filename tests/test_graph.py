"""kind: graph: what is refused, what every line must satisfy, and the picture."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solve
from solver.api import loads
from solver.check.backends import Arrays
from solver.check.graph import audited, quantities
from solver.errors import NotAsked, NotComputable, SpecError
from solver.page.circuit import Circuit, circuit_pictures

CIRCUIT = """\
   −2
x ────┐      3
   −4 ├─▶ q ────┐
   5  │      −4 │      −12
y ────┘         ├─▶ f ─────
   −4           │       1
   −4           │
z ──────────────┘
   3"""

REFUSED = {
    "{at: {x: 1}, steps: {q: 3x}}": ["1:38: steps.q: in '3x', character 2", "write 3*x"],
    "{at: {x: 1}, steps: {q: p + x, p: x}}": ["steps.q: q uses p, which stands below it; move p above q"],
    "{at: {x: 1}, steps: {q: q + x}}": ["steps.q: q is worked out from itself"],
    "{at: {x: 1}, steps: {x: 2}}": ["1:35: steps.x: x is given already"],
    "{at: {1: 1}, steps: {q: 2}}": ["at.1: a name in a formula starts with a letter"],
    "{at: {x: a}, steps: {q: y}}": ["at.x: found 'a'; expected a number", "steps.q: in 'y', character 1: 'y' is not"],
    "{steps: {q: 2}}": ["the key at is missing"],
    "{at: {x: 1}, step: {q: x}}": ["found the key 'step'", "Did you mean steps?"],
    "{givens: {x: 1}, steps: {q: x}}": ["Did you mean at?"],
    "{at: {}, steps: {}}": ["at: found an empty mapping", "steps: found an empty mapping"],
    "{at: [1], steps: {q: 2}}": ["at: found a list of 1; expected a mapping of names to numbers"],
    "{at: {x: 1}, steps: {q: [x]}}": ["steps.q: found a list of 1; expected text"],
}


def _problem(text: str) -> object:
    return loads(f"{{kind: graph, {text.strip()[1:]}")


@pytest.mark.parametrize("text", REFUSED)
def test_complaints_stand_at_their_place(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        _problem(text)
    for words in REFUSED[text]:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("formula", "words"),
    [("1/x", "f: a division by 0"), ("ln(x)", "f: ln 0"), ("exp(x + 1000)", "f: the value is beyond")],
)
def test_no_result_names_the_line(formula: str, words: str) -> None:
    with pytest.raises(NotComputable, match=words):
        solve(_problem(f"{{at: {{x: 0}}, steps: {{f: {formula}}}}}"))


def test_other_styles_are_not_asked_for() -> None:
    with pytest.raises(NotAsked, match="its style is chain"):
        solve(_problem("{at: {x: 0}, steps: {f: x}}"), style="matrix")


def test_the_circuit() -> None:
    circuit = Circuit(
        {"q": ("x", "y"), "f": ("q", "z")},
        {key: key for key in "xyzqf"},
        {"x": "−2", "y": "5", "z": "−4", "q": "3", "f": "−12"},
        lambda inner, outer: "3" if inner == "z" else "−4",
        {"q": "−4", "f": "1"},
    )
    assert ["\n".join(lines) for lines in circuit_pictures(circuit, "f")] == [CIRCUIT]


def test_wide_circuits_are_cut() -> None:
    names = [f"step{number}" for number in range(12)]
    uses = {name: (before,) for before, name in zip(["start", *names], names, strict=False)}
    text = dict.fromkeys(["start", *names], "0.1234")
    circuit = Circuit(uses, {key: key for key in text}, text, lambda inner, outer: "0.5", text)
    pictures = circuit_pictures(circuit, names[-1], 60)
    assert len(pictures) > 1
    assert all(len(line) <= 60 for lines in pictures for line in lines)
    drawn = "\n".join(line for lines in pictures for line in lines)
    assert all(f"▶ {name} ─" in drawn for name in names)


def test_the_check_sees_a_wrong_number() -> None:
    solution = solve(_problem("{at: {x: 2}, steps: {y: x^2, f: y*x}}"))
    values = {key: float(value) for key, value in solution.full_values.numbers.items()}
    assert audited(values, solution.problem).agrees
    for key in values:
        if key == "x":
            continue
        assert audited(values | {key: values[key] + 1e-6}, solution.problem).first_disagreement == key


def test_every_printed_number_is_compared() -> None:
    solution = solve(_problem("{at: {x: 2, k: 3}, steps: {y: x^2, w: y*x + k, v: w + y, f: v*w*x}}"))
    known = quantities(solution.problem, Arrays(numpy, None))
    assert set(solution.values.texts) <= set(known)
    assert solution.check.compared == len(solution.values.texts)


PIECES = st.sampled_from(
    ["{}*{}", "{} + {}", "tanh({})*{}", "exp(-{}^2) - {}", "{}/(2 + {}^2)", "sigmoid({} - {})", "max({}, {})"]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(PIECES, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5), st.integers(-20, 20))
def test_every_graph_agrees_with_its_reference(steps: list[tuple[str, int, int]], x: int) -> None:
    names = ["x", "y"]
    lines = []
    for number, (piece, one, other) in enumerate(steps, 1):
        lines.append(f"  s{number}: {piece.format(names[one % len(names)], names[other % len(names)])}")
        names.append(f"s{number}")
    text = "\n".join(lines)
    solution = solve(loads(f"kind: graph\nat: {{x: {x}/7, y: 3/5}}\nsteps:\n{text}\n"))
    assert solution.check.agrees, (text, solution.check.detail)
    last = names[-1]
    paths = [key for key in solution.values.texts if key.startswith(f"d{last}/dx:x>")]
    if paths:
        total = sum(solution.values.number(key) for key in paths)
        assert total == pytest.approx(solution[f"d{last}/dx"].value, rel=1e-9, abs=1e-12)
    assert all(len(line) <= 80 for line in solution.to_text().splitlines())
