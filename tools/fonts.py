"""Makes the fonts of HTML pages out of STIX Two: `python tools/fonts.py FOLDER` (needs fonttools and brotli).

FOLDER holds STIXTwoMath-Regular.otf, STIXTwoText-Regular.otf and STIXTwoText-Bold.otf, taken from fonts/static_otf of
https://github.com/stipub/stixfonts at v2.13b171 (SIL Open Font License 1.1, beside the fonts in solver/render/assets).
What a page can hold is kept: Latin, Greek and the signs of the notation, upright and italic, with the larger forms of
brackets and roots. Other letters come from the reader's own fonts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

ASSETS = Path(__file__).parent.parent / "solver" / "render" / "assets"
ASCII = range(0x20, 0x7F)
LATIN = (*ASCII, *range(0xA0, 0x180))
GREEK = (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA))
ITALIC = (0x210E, *range(0x1D434, 0x1D468), *range(0x1D6A4, 0x1D6A6), *range(0x1D6E2, 0x1D71C))
ACCENTS = tuple(map(ord, "\u0302\u0303\u0304\u0307ˆ˜¯˙"))
SIGNS = tuple(map(ord, "−·×÷±∂∇∑∏∫√∞≈≠≤≥≡∝∈∉⊙⊕→←↑↓⇒⋅…⋯⋮⋱′″‴⌊⌋⌈⌉⊤|‖∥ŷȳ½⅓¼⅔¾⅛"))
WORDS = tuple(map(ord, "−·×±–—‘’“”„…′⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉½⅓¼⅔¾⅛€ŷȳ"))
FONTS = {
    "stix-two-math": ("STIXTwoMath-Regular.otf", (*ASCII, *GREEK, *ITALIC, *SIGNS, *ACCENTS), ["ssty", "ccmp"]),
    "stix-two-text": ("STIXTwoText-Regular.otf", (*LATIN, *GREEK, *WORDS, *ACCENTS), ["kern", "liga", "ccmp", "mark"]),
    "stix-two-text-bold": ("STIXTwoText-Bold.otf", (*ASCII, *GREEK, *WORDS), ["kern", "ccmp"]),
}


def make(source: Path, target: Path, signs: tuple[int, ...], features: list[str]) -> None:
    """A font of these signs alone."""
    options = subset.Options(flavor="woff2", layout_features=features, hinting=False, recalc_timestamp=False)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # its licence stays in it
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=signs)
    subsetter.subset(font)
    subset.save_font(font, target, options)
    print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    for name, (source, signs, features) in FONTS.items():
        make(Path(sys.argv[1], source), ASSETS / f"{name}.woff2", signs, features)
