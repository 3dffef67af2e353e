"""The formats of a page: text, Markdown, LaTeX, PDF; each renderer is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from .page.blocks import Known, Page


class Formats:
    """The formats of anything that has a page."""

    def page(self) -> Page:
        """What the reader sees."""
        raise TypeError(f"{type(self).__name__} has no page")

    @cached_property
    def drawings(self) -> dict[tuple[str, ...], str]:
        """Pictures that the page asked for, as SVG: each is drawn once for all formats."""
        return {}

    def known(self) -> Mapping[str, Known]:
        """The quantities whose names mean one thing only, by key: what a format may tell where they are used."""
        return {}

    def to_text(self, width: int = 80, ascii_only: bool = False) -> str:
        """The page for a terminal of this width."""
        from .render.text import render

        return render(self.page(), width, ascii_only)

    def to_markdown(self) -> str:
        """The page as Markdown with LaTeX maths."""
        from .render.markdown import render

        return render(self.page())

    def to_latex(self, paper: str = "a4") -> str:
        """The page as a complete LaTeX document, `paper` being a4 or letter."""
        from .render.latex import render

        return render(self.page(), paper)

    def to_pdf(self, paper: str = "a4") -> bytes:
        """The page as a PDF, `paper` being a4 or letter; raises Unavailable where Typst is not installed."""
        from .render.pdf import render

        return render(self.page(), paper)

    def to_html(self) -> str:
        """The page as one HTML file that needs no network and no script."""
        from .render.html import render

        return render(self.page(), self.known())

    def _repr_html_(self) -> str:
        from .render.html import fragment

        return fragment(self.page(), self.known())

    def _repr_markdown_(self) -> str:
        return self.to_markdown()
