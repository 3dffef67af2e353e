"""The page as a PDF, set by Typst: fonts from its wheel only, no file and no network read, the same bytes each time."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from typing import Any

from ..errors import Unavailable
from ..page.blocks import Page
from .typst import render as data_of

_TOO_DEEP = "brackets inside one another deeper than Typst goes; --format html or latex shows this page"
_PAPERS = {"a4": "a4", "letter": "us-letter"}  # as Typst calls them
_SOURCES = ("notation", "lines", "page")  # read as one file, since the root that Typst sees is empty
INSTALL_PDF = 'pip install "dlsolve[pdf]"'


def render(page: Page, paper: str = "a4") -> bytes:
    """The page as a PDF; `paper` is a4 or letter.

    Raises Unavailable where Typst is not installed, and for formulas nested deeper than it goes.
    """
    given = inputs(page, paper)
    try:
        return compiled(given)
    except _typst().TypstError as error:
        if "depth exceeded" in error.message or "recursion limit" in error.message:
            raise Unavailable(f"{page.title}: {_TOO_DEEP}") from error
        if "could not be displayed" not in error.message:
            raise
        # PDF/UA-1 wants a sign for every character, and these fonts have none for most of the world's scripts;
        # where Libertinus lacks one, an empty box stands, also in bold
        return compiled({**given, "font": "Libertinus Serif"}, accessible=False)


def inputs(page: Page, paper: str) -> dict[str, str]:
    """What the source asks for: the page as data, its paper and its font."""
    data = json.dumps(data_of(page), ensure_ascii=False)
    return {"page": data, "paper": _PAPERS[paper], "font": "New Computer Modern"}


def compiled(given: dict[str, str], accessible: bool = True) -> bytes:
    """The PDF that Typst makes of the source and these inputs; accessible: held to PDF/UA-1."""
    typst = _typst()
    folder = files(__package__).joinpath("assets")
    source = b"".join(folder.joinpath(f"{name}.typ").read_bytes() for name in _SOURCES)
    with tempfile.TemporaryDirectory() as nowhere:
        pdf: bytes = typst.compile(
            source,
            root=nowhere,
            font_paths=typst.Fonts(include_system_fonts=False),
            ignore_system_fonts=True,
            sys_inputs=given,
            pdf_standards=["ua-1"] if accessible else [],
            timestamp=0,
        )
    return pdf


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise Unavailable(f"PDF needs Typst ({error}); install it with: {INSTALL_PDF}") from error
    return typst
