"""Raised and lowered parts of words, in every format that can show them."""

from __future__ import annotations

import pytest

from solver.page.blocks import Page, Prose
from solver.render import html, latex, markdown, typst
from solver.render.html_lines import scripted
from solver.render.scripts import Run, runs


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("1 / (1 + e^(−z))", "1 / (1 + e<sup>−z</sup>)"),
        ("e^(z_i) / (e^(z_j) + R)", "e<sup>z<sub>i</sub></sup> / (e<sup>z<sub>j</sub></sup> + R)"),
        ("m̂ = m/(1 − β1^t)", "m̂ = m/(1 − β1<sup>t</sup>)"),
        ("∂E/∂h^(1) and h^(fw)", "∂E/∂h<sup>(1)</sup> and h<sup>(fw)</sup>"),
        ("μ_(t+1), ŷ_c, m̂_2.", "μ<sub>t+1</sub>, ŷ<sub>c</sub>, m̂<sub>2</sub>."),
        ("TP_dog + W_o", "TP<sub>dog</sub> + W<sub>o</sub>"),
        ("max_pool, h1_1, leaky_relu2, _x, a__b", None),
        ("a ^ b ^", None),
        ("<b>^(<i>)", "&lt;b&gt;<sup>&lt;i&gt;</sup>"),
        ("a = 1   b = 2", "a = 1\u2003b = 2"),
        ("", ""),
    ],
)
def test_words_in_html(text: str, spelled: str | None) -> None:
    assert scripted(text) == (text if spelled is None else spelled)


def test_every_format_raises_and_lowers() -> None:
    page = Page("t", (Prose(("e^(−z) and d_k",)),))
    assert "<p>e<sup>−z</sup> and d<sub>k</sub></p>" in html.render(page)
    assert r"e\textsuperscript{\ensuremath{-}z} and d\textsubscript{k}" in latex.render(page)
    assert "e<sup>−z</sup> and d<sub>k</sub>" in markdown.render(page)
    text = typst.render(page)["blocks"][0]["text"]
    assert text[1] == {"words": "−z", "script": "raised", "runs": [{"words": "−z"}]}


@pytest.mark.parametrize("text", ["e^((((", "^^^", "x_", "x_(", "((x_1))^((2))", "a_b_c", "  "])
def test_nothing_is_lost(text: str) -> None:
    def flat(found: Run) -> str:
        return "".join(map(flat, found.runs)) if found.runs else found.text

    kept = "".join(map(flat, runs(text)))
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]
