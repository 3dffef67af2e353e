"""Speed of PDF as a ratio within one run: `python benchmarks/pdf.py`.

A page of 20 sheets and more is made from its solution (the page, its data, the PDF), in turn with Typst alone on the
same source and data; the smallest of several runs counts.
"""

from __future__ import annotations

import re
import zlib
from importlib.metadata import version

from run import best, network, say

from solver import loads, solve
from solver.render import pdf

SIZES = [4, 4, 4]  # a network whose working fills so many sheets
RUNS = 5
LEAST_SHEETS = 20


def sheets(document: bytes) -> int:
    """How many sheets of paper a PDF has; the list of its pages may stand in a packed stream."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    texts = [document, *(zlib.decompress(stream) for stream in streams if stream[:1] == b"\x78")]
    counts = [re.findall(rb"/Type\s*/Pages\b.*?/Count (\d+)", text, re.DOTALL) for text in texts]
    return max(int(count) for found in counts for count in found)


if __name__ == "__main__":
    solution = solve(loads(network(SIZES)), everything=True)
    count = sheets(solution.to_pdf())
    assert count >= LEAST_SHEETS, count
    inputs = pdf.inputs(solution.page(), "a4")
    pairs = [(best(solution.to_pdf, 1), best(lambda: pdf.compiled(inputs), 1)) for _ in range(RUNS)]
    whole, alone = min(a for a, _ in pairs), min(b for _, b in pairs)
    print(f"     {count} sheets: {whole:.3g} s, of which Typst {version('typst')} takes {alone:.3g} s")
    say("a PDF of 20 sheets / Typst alone", whole / alone, 2)
