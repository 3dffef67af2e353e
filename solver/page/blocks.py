"""The pieces of a page. A renderer spells each of them; no words are added there."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from ..notation import Node

Inline = str | Node
Text = tuple[Inline, ...]


class Heading(Struct, frozen=True, tag=True):
    """A heading: level 1 for the parts of the page, 2 for one quantity."""

    text: Text
    level: int = 1


class Prose(Struct, frozen=True, tag=True):
    """A paragraph."""

    text: Text


class Equation(Struct, frozen=True, tag=True):
    """left = right = right ...; `mark` numbers it, `note` stands before the first right side.

    reason: why this line follows, beside it
    key:    the quantity that the line works out; keys: those of a line in matrices
    """

    left: Node | None
    rights: tuple[Node, ...]
    mark: int | None = None
    note: Text = ()
    reason: str = ""
    key: str = ""
    keys: tuple[str, ...] = ()


class Lines(Struct, frozen=True, tag=True):
    """Equations below one another, their first equals signs aligned."""

    equations: tuple[Equation, ...]


class Table(Struct, frozen=True, tag=True):
    """A table; cells are text or notation, `right` says which columns are set flush right.

    fill: to be filled in by hand, with room and a line around every cell
    """

    headers: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    right: frozenset[int] = frozenset()
    fill: bool = False


class Paths(Struct, frozen=True, tag=True):
    """Routes through the network that share their start; drawn as a small tree."""

    routes: tuple[tuple[Node, ...], ...]


class Picture(Struct, frozen=True, tag=True):
    """A picture in characters of one width."""

    lines: tuple[str, ...]


class Figure(Struct, frozen=True, tag=True):
    """A drawing.

    draw:    makes the drawing; only a format that shows it asks for it
    lines:   the same as a picture in characters of one width, where no drawing can be shown
    caption: what stands below the drawing
    """

    draw: Callable[[], str]
    lines: tuple[str, ...] = ()
    caption: Text = ()

    @property
    def svg(self) -> str:
        """The drawing as an SVG document, with its title and description."""
        return self.draw()

    def __repr__(self) -> str:
        """The same for the same picture, wherever what draws it lies in memory."""
        return f"Figure({self.lines!r}, {self.caption!r})"


Block = Heading | Prose | Lines | Table | Paths | Picture | Figure


class Page(Struct, frozen=True, tag=True):
    """A title and blocks."""

    title: str
    blocks: tuple[Block, ...]


class Known(Struct, frozen=True):
    """A quantity as a page writes it: its name and value; given: whether the problem states it."""

    name: Node
    value: Node
    given: bool


def up_to(page: Page, key: str) -> Page:
    """The page up to and with the line that works out `key`."""
    kept: list[Block] = []
    for block in page.blocks:
        if isinstance(block, Lines):
            found = [i for i, each in enumerate(block.equations, 1) if key == each.key or key in each.keys]
            if found:
                return Page(page.title, (*kept, Lines(block.equations[: found[-1]])))
        kept.append(block)
    return page
