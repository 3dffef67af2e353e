"""Practice sets for learning platforms: one file for each format.

Every format has SUFFIX, `item(posed, about)` for one problem, and `write(file, items, about)` for the whole set. The
first may run in another process; the second writes what comes as it comes, and the same set gives the same bytes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from msgspec import Struct
from msgspec.structs import replace

from solver.errors import DlsolveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..posed import Posed

FORMATS = ("moodle", "qti12", "qti21", "rexams")


class About(Struct, frozen=True):
    """What a set says about itself: its words, its form id, the seed and the version that made it."""

    title: str
    instructions: str
    form: str
    seed: int
    version: str


class Item(Struct, frozen=True):
    """One problem as a format writes it.

    id:    from its content; the same problem has the same id
    body:  its text in the format
    files: pictures that go with it, by the name that the body calls them
    """

    id: str
    title: str
    body: bytes
    points: int
    files: dict[str, bytes] = {}


def distinct(items: Iterable[Item]) -> Iterator[Item]:
    """The items as they come; one that stands in the set again, as a fixed problem does in copies, gets another id."""
    times: dict[str, int] = {}
    for item in items:
        times[item.id] = times.get(item.id, 0) + 1
        yield item if times[item.id] == 1 else _renamed(item, f"{item.id}.{times[item.id]}")


def _renamed(item: Item, id_: str) -> Item:
    files = {name.replace(item.id, id_): data for name, data in item.files.items()}
    return replace(item, id=id_, body=item.body.replace(item.id.encode(), id_.encode()), files=files)


class Export(Protocol):
    """What the module of a format has."""

    SUFFIX: str

    def item(self, posed: Posed, about: About) -> Item:
        """One problem. Raises DlsolveError for one that asks for nothing."""

    def write(self, file: BinaryIO, items: Iterable[Item], about: About) -> None:
        """The whole set, in order."""


def export(name: str) -> Export:
    """The module of a format. Raises DlsolveError for a name that there is not."""
    if name not in FORMATS:
        raise DlsolveError(f"no export is named '{name}'; the exports are {', '.join(FORMATS)}")
    return cast(Export, import_module(f".{name}", __name__))
