"""What the tests of the exports share: sampled problems, hostile words, and what every export must give back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from problems import sample
from problems.asked import Asked, asked
from problems.export import About, export
from problems.posed import Posed
from problems.samplers import SAMPLERS
from problems.wishes import LEVELS
from solver import loads, solve

ABOUT = About("Deep learning", "Show your working.", "1A2B-3C4D", 7, "0.1.0")
HOSTILE = (
    r"""a/b<b> & ]]> } {1:NUMERICAL:=5:0} ~ # % = \ \( $$ "x" 'y' `r 1` | ##ANSWER1## {#1} θ нейрон 神经 -- _i_ *j*"""
)
HOSTILE_ABOUT = About(HOSTILE, HOSTILE, "1A2B-3C4D", 7, "0.1.0")
EVERY = [(kind, level) for kind in SAMPLERS for level in LEVELS]
# words that mean something to one of the platforms, more often than chance has them
WORDS = st.lists(
    st.one_of(
        st.sampled_from("{}~#%=\\/\"'<>&$`|*_@:;![]()^-."),
        st.sampled_from(("]]>", "{1:NM:=1}", "{#1}", "&#125;", "&amp;", "\\}", "\\(", "##", "\\#")),
        st.integers(0, 0x10FFFF).map(chr),
    ),
    max_size=12,
).map("".join)


@dataclass(frozen=True)
class Part:
    """A field as a reader of a platform understands it.

    value, margin: of a number, in the units of the problem
    wrong:         values and words of the mistakes that it knows
    marks:         what a typed answer gives: points, and what the student is told
    """

    points: float
    marks: Callable[[str], tuple[float, str]]
    value: float | None = None
    margin: float = 0.0
    wrong: tuple[tuple[float, str], ...] = ()


@cache
def posed(kind: str, level: str, **chosen: object) -> Posed:
    """A sampled problem."""
    return sample(kind, 11, level, **chosen)


def worded(words: str) -> Posed:
    """A problem with these words as its title and below its question."""
    found = posed("metrics", "easy", ask="all")
    return replace(found, spec={**found.spec, "title": words}, ask=words)


def tiny() -> Posed:
    """A problem with values far below 1e-4, and with a line about every one of them."""
    text = "{kind: backprop, inputs: [0.02, 0.03], target: 0.52, learning_rate: 0.01, activation: sigmoid,"
    text += " layers: [{weights: [[0.5, -0.3]], biases: 0.1}]}"
    return Posed("3", "backprop", {"title": "Small steps"}, "", 9, solve(loads(text)))


def steady() -> Posed:
    """A problem that no change of the samplers touches, without a picture."""
    text = "{kind: loss, loss: mse, predicted: [0.7, 0.25], target: [1, 0.5]}"
    return Posed("2", "loss", {"title": "Two outputs & one loss"}, "Show every line.", 6, solve(loads(text)))


def written(name: str, problems: Iterable[Posed], about: About = ABOUT) -> bytes:
    """The export of a set."""
    file, module = io.BytesIO(), export(name)
    module.write(file, (module.item(each, about) for each in problems), about)
    return file.getvalue()


def check(parts: list[Part], problem: Posed) -> None:
    """Every quantity is asked for with its points; right answers count, wrong ones do not and are told why."""
    quantities = asked(problem)
    assert len(parts) == len(quantities)
    for part, quantity in zip(parts, quantities, strict=True):
        assert part.points == quantity.points
        if isinstance(quantity.value, str):
            assert part.marks(quantity.value)[0] == quantity.points
            assert part.marks("anything else")[0] == 0
        else:
            _check_number(part, quantity, quantity.value)


def _check_number(part: Part, quantity: Asked, value: float) -> None:
    assert part.value is not None
    assert abs(part.value - value) <= 1e-12 * abs(value)
    assert quantity.tolerance <= part.margin * (1 + 1e-9)
    assert part.margin <= quantity.tolerance * 1.0001 or quantity.tolerance == 0
    for text in filter(None, (quantity.text, quantity.by_hand)):
        assert part.marks(text.replace(",", ""))[0] == quantity.points
    far = value + 3 * part.margin + (1 if quantity.tolerance == 0 else 0)
    assert part.marks(f"{far:.12g}")[0] == 0
    for wrong, (read, words) in zip(quantity.wrong, part.wrong, strict=True):
        assert words == wrong.words
        assert abs(read - wrong.value) <= 0.5e-4 * max(1.0, abs(wrong.value))
        points, told = part.marks(f"{wrong.value:.12g}")
        assert points == 0
        assert wrong.words in told


def visible(element: Any) -> str:
    """The text of an element as a reader sees it."""
    return " ".join("".join(element.itertext()).split())


def seen(words: str) -> str:
    """The words as every export may keep them: without what XML cannot hold, blanks run together."""
    kept = (c for c in words if c.isspace() or re.match("[ -~\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", c))
    return " ".join("".join(kept).split())
