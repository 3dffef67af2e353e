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
    typst = _typst()
    folder = files(__package__).joinpath("assets")
    source = b"".join(folder.joinpath(f"{name}.typ").read_bytes() for name in _SOURCES)
    data = json.dumps(data_of(page), ensure_ascii=False)
    inputs = {"page": data, "paper": _PAPERS[paper], "font": "New Computer Modern"}
    try:
        return _compiled(typst, source, inputs, ["ua-1"])
    except typst.TypstError as error:
        if "depth exceeded" in error.message or "recursion limit" in error.message:
            raise Unavailable(f"{page.title}: {_TOO_DEEP}") from error
        if "could not be displayed" not in error.message:
            raise
        # PDF/UA-1 wants a sign for every character, and these fonts have none for most of the world's scripts;
        # where Libertinus lacks one, an empty box stands, also in bold
        return _compiled(typst, source, {**inputs, "font": "Libertinus Serif"}, [])


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise Unavailable(f"PDF needs Typst ({error}); install it with: {INSTALL_PDF}") from error
    return typst


def _compiled(typst: Any, source: bytes, inputs: dict[str, str], standards: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as nowhere:
        pdf: bytes = typst.compile(
            source,
            root=nowhere,
            font_paths=typst.Fonts(include_system_fonts=False),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=standards,
            timestamp=0,
        )
    return pdf
