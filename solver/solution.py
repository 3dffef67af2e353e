"""A worked solution: what the page, the formats and Python users read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from .errors import NotAsked
from .evaluate import Values
from .formats import Formats
from .notation import Node, Number
from .options import Options
from .page.blocks import Known, Page, up_to
from .rounding import shown
from .working import Step, Working

if TYPE_CHECKING:
    from .check.audit import Audit


Keys = str | tuple["Keys", ...]
"""A key, or keys in the shape of the list that they make."""


class Quantity(Struct, frozen=True):
    """One quantity of a solution: its key, value, rule and formula."""

    key: str
    value: float
    text: str
    step: Step | None


@dataclass(frozen=True)
class Worked(Formats):
    """A problem, its Working, values, and the verdict of the check (None: not checked).

    asked:       keys that --find named; empty when everything is asked for
    answer_keys: keys of the answers, in order
    extra:       answers that no line works out, such as those after many epochs; extra_names: how they are written
    letters:     where letters stand for numbers, each quantity's formula of them; claims: what was claimed of them
    cuts:        the same epoch cut into other batches
    history:     E after k epochs, k = 0 ... N
    grouped:     answers that are lists (of lists) of quantities, by their name: 'sigmoid': ('sigmoid[1]', ...)
    """

    kind: str
    title: str
    problem: Any
    options: Options
    working: Working
    values: Values
    full_values: Values
    asked: tuple[str, ...]
    answer_keys: tuple[str, ...]
    conventions: Mapping[str, object]
    check: Audit | None
    page_maker: Callable[[Worked], Page]
    history: tuple[float, ...] = ()
    grouped: Mapping[str, Keys] = field(default_factory=dict)
    extra: Mapping[str, float] = field(default_factory=dict)
    extra_names: Mapping[str, Node] = field(default_factory=dict)
    letters: Mapping[str, Any] = field(default_factory=dict)
    claims: tuple[Any, ...] = ()
    cuts: tuple[Any, ...] = ()

    def __getitem__(self, key: str) -> Quantity:
        """A quantity by its key or by the spelling on the page. Raises NotAsked when there is none."""
        found = self.resolve(key)
        return Quantity(found, self.number(found), self.text(found), self.working.steps.get(found))

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The answers by key; those of `grouped` as lists (of lists)."""
        if self.letters:
            return {key: self.spelled(key) for key in self.answer_keys}
        single = {key: self.number(key) for key in self.answer_keys}
        return single if self.asked else {**{name: self._listed(keys) for name, keys in self.grouped.items()}, **single}

    def spelled(self, key: str) -> str:
        """The formula of letters that a quantity comes to, in ASCII."""
        from .formula import written
        from .notation import Word
        from .render import python

        return python.spell(written(self.letters[key], Word))

    def number(self, key: str) -> float:
        """The value of a quantity; of an answer that no line works out too."""
        return self.extra[key] if key in self.extra else self.values.number(key)

    def name(self, key: str) -> Node:
        """How a quantity or an answer is written."""
        return self.extra_names[key] if key in self.extra else self.working.name(key)

    def text(self, key: str) -> str:
        """The value as the page shows it."""
        if key in self.extra:
            return shown(self.extra[key], self.options.digits)
        return self.values.texts[key]

    def _listed(self, keys: Keys) -> Any:
        return self.values.number(keys) if isinstance(keys, str) else [self._listed(each) for each in keys]

    @cached_property
    def shown_keys(self) -> list[str]:
        """The steps that the page shows, in order: all, or what the asked ones rest on, and the error."""
        steps = self.working.steps
        if not self.asked:
            stays = self._stays
            return [key for key in steps if key not in stays]
        wanted = {line for key in self.asked for line in self._worked(key)}
        if any(not steps[k].section.startswith(("Forward pass", "Error")) for k in wanted if k in steps):
            wanted |= {key for key in steps if steps[key].rule == "total" and key.partition("[")[0] == "E"}
        needed = self.working.needs(wanted)
        return [key for key in steps if key in needed or key.removesuffix(":short") in needed]

    def shown_in(self, section: str) -> list[str]:
        """Those of one section."""
        return self._by_section.get(section, [])

    @cached_property
    def _by_section(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self.shown_keys:
            found.setdefault(self.working.steps[key].section, []).append(key)
        return found

    def _worked(self, key: str) -> list[str]:
        """The lines that work out an answer: of E' of a second forward pass the new values that it takes; of an
        answer after many epochs the first one of its kind.
        """
        if key in self.working:
            return [key]
        new = [f"{given}'" for given in self.working.givens if f"{given}'" in self.working.steps]
        if key == "E'" and new:
            return ["E", *new]
        return [next((k for k in (f"{key.rstrip(chr(39))}@1", f"{key}@1") if k in self.working), "E")]

    @cached_property
    def _stays(self) -> set[str]:
        """Lines that serve nothing but the gradient of a bias that is not updated."""
        steps = self.working.steps
        if "eta" not in self.working or self.options.everything:
            return set()
        idle = [f"dE/d{k}" for k in self.working.givens if f"dE/d{k}" in steps and f"{k}'" not in steps]
        kept = self.working.needs(k for k in steps if k not in idle and not self._serves_only(k, idle))
        return {k for k in steps if k not in kept and k not in self._results}

    def _serves_only(self, key: str, idle: list[str]) -> bool:
        """Whether the line is a factor of idle gradients alone: the slope by that bias or a path to it."""
        about = self.working.steps[key].about
        return any(
            key.startswith(f"{gradient}:") or (about and about[-1] == gradient[4:] and key.startswith("din_"))
            for gradient in idle
        )

    @property
    def _results(self) -> set[str]:
        return {k for k in self.answer_keys if not k.startswith("dE/d") or f"{k[4:]}'" in self.working}

    @property
    def asks_gradients(self) -> bool:
        """Whether the page has a backward pass."""
        return any(self.working.steps[key].section.startswith("Backward pass") for key in self.shown_keys)

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """For each quantity the lines up to the error that use it, in order."""
        found: dict[str, list[str]] = {}
        for key, step in self.working.steps.items():
            if step.section.startswith(("Forward pass", "Error")) and "after the step" not in step.section:
                for used in step.uses:
                    found.setdefault(used, []).append(key)
        return found

    @cached_property
    def _spellings(self) -> dict[str, str]:
        from .render.spelling import plain_ascii, spell

        found: dict[str, str] = {}
        for key in (*self.extra, *self.working.givens, *self.working.steps):
            text = spell(self.name(key))
            for spelling in (text, plain_ascii(text)):
                found.setdefault(_squeezed(spelling), key)
        return found

    def resolve(self, key: str) -> str:
        """The key for what a user typed: the key itself, w5_new, or the page's spelling. Raises NotAsked."""
        typed = key.strip()
        if typed.endswith("_new"):
            typed = f"{typed.removesuffix('_new')}'"
        typed = typed.replace("’", "'").replace("′", "'")
        if typed in self.working or typed in self.extra:
            return typed
        found = self._spellings.get(_squeezed(typed))
        if found is None:
            raise NotAsked(self._unknown(key), key)
        return found

    def _unknown(self, key: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(key, list(self.working.steps), 1, 0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        some = ", ".join((list(self.answer_keys) or list(self.working.steps))[:6])
        return f"this problem has no quantity '{key}'; it has {some} ...{hint}"

    def page(self) -> Page:
        """What the reader sees, as the options ask for it."""
        from .page.points import pointed
        from .page.slip import asking, with_slip

        page = pointed(with_slip(asking(self.page_maker(self), self), self), self)
        if self.options.until is not None:
            return up_to(page, self.resolve(self.options.until))
        return page

    def known(self) -> Mapping[str, Known]:
        """The quantities whose names mean one thing only, by key (none where letters stand for numbers)."""
        if self.letters:
            return {}
        keys = (*self.working.givens, *self.working.steps)
        often = Counter(self.working.name(key) for key in keys)
        return {
            key: Known(self.working.name(key), Number(self.values.texts[key]), key in self.working.givens)
            for key in keys
            if often[self.working.name(key)] == 1
        }

    def to_json(self) -> dict[str, Any]:
        """The solution as plain data, see the interface."""
        from .render.json import data

        return data(self)


def _squeezed(spelling: str) -> str:
    return spelling.replace(" ", "").replace("−", "-")
