"""Words in LaTeX: everything a user may type comes out as plain ASCII that compiles, and as nothing else."""

from __future__ import annotations

import unicodedata

# signs that have a command in maths
SYMBOLS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ζ": r"\zeta",
    "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu",
    "ξ": r"\xi", "ο": "o", "π": r"\pi", "ρ": r"\rho", "ς": r"\varsigma", "σ": r"\sigma", "τ": r"\tau",
    "υ": r"\upsilon", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P",
    "Τ": "T", "Χ": "X",
    "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\sum",
    "Υ": r"\Upsilon", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega",
    "<": "<", ">": ">", "−": "-", "×": r"\times", "·": r"\cdot", "±": r"\pm", "÷": r"\div", "√": r"\surd",
    "→": r"\to", "←": r"\leftarrow", "↑": r"\uparrow", "↓": r"\downarrow", "⇒": r"\Rightarrow", "▶": r"\to",
    "≠": r"\ne", "≤": r"\le", "≥": r"\ge", "≈": r"\approx", "≡": r"\equiv", "∝": r"\propto", "∞": r"\infty",
    "∂": r"\partial", "∇": r"\nabla", "∈": r"\in", "∉": r"\notin", "∑": r"\sum", "∏": r"\prod", "∫": r"\int",
    "⊙": r"\odot", "⊕": r"\oplus", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
    "½": r"\tfrac{1}{2}", "⅓": r"\tfrac{1}{3}", "¼": r"\tfrac{1}{4}", "⅔": r"\tfrac{2}{3}", "¾": r"\tfrac{3}{4}",
    "⅛": r"\tfrac{1}{8}", "°": r"{}^{\circ}", "′": "{}'", "ᵀ": r"{}^{\top}", "⁻": "{}^{-}",
    **{raised: f"{{}}^{{{digit}}}" for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{lowered: f"{{}}_{{{digit}}}" for digit, lowered in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip

_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "|": r"\textbar{}", '"': "''", "-": "-{}", "`": "{}`{}",
    "'": "'{}", "–": "--", "—": "---", "…": r"\dots{}", "“": "``", "”": "''", "„": ",,", "‘": "{}`{}", "’": "'{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "œ": r"\oe{}", "Œ": r"\OE{}",
    "ł": r"\l{}", "Ł": r"\L{}", "đ": "d", "Đ": "D", "ı": r"\i{}", "§": r"\S{}", "©": r"\copyright{}", "€": "EUR",
    "£": r"\pounds{}", "\u2003": r"\quad{}", "¿": "?`", "¡": "!`", "«": r"\ensuremath{\ll}", "»": r"\ensuremath{\gg}",
}  # fmt: skip

_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}  # fmt: skip


def words(text: str) -> str:
    """Words for a LaTeX text, in ASCII: its own characters escaped, no ligatures, '?' for what it cannot set."""
    return "".join(_character(c) for c in unicodedata.normalize("NFC", text))


def _character(c: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c in SYMBOLS:
        return rf"\ensuremath{{{SYMBOLS[c]}}}"
    if c.isascii() and c.isprintable():
        return c
    return " " if c.isspace() else _accented(c)


def _accented(c: str) -> str:
    """A letter with its accents, or the plain letters it stands for (full width, ligatures)."""
    base, *marks = list(unicodedata.normalize("NFKD", c))
    if unicodedata.combining(base) or not base.isprintable():
        return ""
    if base in SYMBOLS:
        return _character(base)
    if not base.isascii():
        return "?"
    text = _character(base)
    for mark in marks:
        text = rf"\{_ACCENTS[mark]}{{{text}}}" if mark in _ACCENTS else text + _character(mark)
    return text
