"""How far long work is: loops tell it, and on a terminal whoever waits sees it in one line that is wiped away.

Nothing is shown for work of less than a second, nor where nobody looks on. A loop of many rounds says
`for epoch in rounds(range(1, 10_001), "epoch")`; without an onlooker that is the range itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from threading import Event, Thread
from types import TracebackType
from typing import TextIO, TypeVar

Round = TypeVar("Round")
_WAIT, _PAUSE = 1.0, 0.1  # seconds before anything is shown, and between two looks
_onlooker: ContextVar[Onlooker | None] = ContextVar("_onlooker", default=None)


class Onlooker:
    """Shows on a terminal what is being done, and how far it is.

    stage: what is being done; the rounds of a loop stand behind it
    """

    def __init__(self, terminal: TextIO, columns: int, wait: float = _WAIT) -> None:
        self.stage = ""
        self.counted = ""
        self._done, self._count = 0, 0
        self._terminal, self._columns, self._wait = terminal, columns, wait
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Onlooker:
        self._token = _onlooker.set(self)
        self._start = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        _onlooker.reset(self._token)

    def rounds(self, items: Sequence[Round], what: str) -> Iterator[Round]:
        """The items, counted; within a loop that is counted already they are not."""
        if self.counted:
            yield from items
            return
        self._done, self._count, self.counted = 0, len(items), what
        try:
            for self._done, item in enumerate(items, 1):
                yield item
        finally:
            self.counted = ""

    def tell(self, done: int, count: int, what: str) -> None:
        """So many of all are done, by others."""
        self._done, self._count, self.counted = done, count, what

    def line(self, seconds: float) -> str:
        """What is shown after so many seconds, cut to the terminal's width."""
        counted = self.counted and f": {self.counted} {self._done:,} of {self._count:,}"
        return f"{self.stage}{counted} ({int(seconds)} s)"[: self._columns - 1]

    def _watch(self) -> None:
        with suppress(OSError):  # a terminal that has gone away is no reason to stop working
            self._draw()

    def _draw(self) -> None:
        """Shows the line again and again until the work is over, then wipes it away."""
        pause, shown = self._wait, 0
        while not self._over.wait(pause):
            line, pause = self.line(time.monotonic() - self._start), _PAUSE
            self._show(f"\r{line.ljust(shown)}")
            shown = len(line)
        if shown:
            self._show(f"\r{' ' * shown}\r")

    def _show(self, text: str) -> None:
        self._terminal.write(text)
        self._terminal.flush()


def stage(what: str) -> None:
    """Tells whoever looks on what is being done now."""
    onlooker = _onlooker.get()
    if onlooker is not None:
        onlooker.stage = what


def rounds(items: Sequence[Round], what: str) -> Iterable[Round]:
    """The items of a loop, counted for whoever looks on; `what` is what one of them is called."""
    onlooker = _onlooker.get()
    return items if onlooker is None else onlooker.rounds(items, what)


def told(done: int, count: int, what: str) -> None:
    """Tells whoever looks on how many of all are done, where no loop of this process counts them."""
    onlooker = _onlooker.get()
    if onlooker is not None:
        onlooker.tell(done, count, what)
