"""LaTeX documents: ASCII that compiles, nothing lost, nothing beyond the margin, nothing a user types obeyed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bank import NAMES, STYLED, solved

from solver import load, solve
from solver import notation as n
from solver.page.blocks import Equation, Heading, Lines, Page, Paths, Picture, Prose, Table
from solver.render.latex import render
from solver.render.latex_maths import maths
from solver.render.latex_rows import rows
from solver.render.latex_words import words

HOSTILE = (
    r"\input{/etc/passwd} $x_1$ & 50% #1 ~^{} | \end{document} \end{verbatim}",
    "Größe αβΓ Δw ½ x² e⁻¹ 中文 😀 ﬁ “q” – … Ångström naïve Łódź ß",
    "?` !` --no-check <script> `x` ^^41 \\\\ \u0301 \u00a0 \u2066",
)
TOLD = ("two-inputs-two-hidden-two-outputs", "softmax-cross-entropy", "gelu-block", "chain-of-one-neuron-layers")


def num(text: str) -> n.Node:
    return n.Number(text)


def dot(terms: int) -> n.Node:
    return n.total([n.product([num(f"-0.{i + 1}5"), num(f"-{i}.25")]) for i in range(terms)])


def softmax(terms: int) -> n.Node:
    exponentials = [n.Power(n.Name("e"), num(f"-{i}.125")) for i in range(terms)]
    return n.Fraction(exponentials[0], n.total(list(exponentials)))


def matrix(rows_: int, columns: int) -> n.Node:
    return n.Matrix(tuple(tuple(num(f"{i * j}.0625") for i in range(columns)) for j in range(rows_)))


def hostile_page(text: str) -> Page:
    name = n.Name("in", "h1_1", upright=True)
    return Page(
        text,
        (
            Heading((text,)),
            Prose((text, name, text)),
            Lines(
                (
                    Equation(name, (dot(40), softmax(30), num("-0.5")), mark=1, note=(text[:30],), key="in"),
                    Equation(None, (), note=("as ", n.Mark(1), " says: ", text)),
                    Equation(n.Word(text), (matrix(3, 40), num("1")), mark=123),
                    Equation(None, (num("2"),), note=("short form of ", n.Mark(123), ":"), reason="constant factor"),
                    Equation(None, (), note=(text,)),
                )
            ),
            Table((("",), *((f"from {i}",) for i in range(30))), ((*((text[:9],) for _ in range(31)),),)),
            Table(((text[:9],),), tuple(((text[:9],),) for _ in range(70)), frozenset({0})),
            Paths(((name, n.Name("E")), (name, n.Name("out", "x"), n.Name("E")))),
            Paths((tuple(n.Name("out", str(i)) for i in range(40)),)),
            Picture((text, "i1 ─▶ h1" * 30)),
        ),
    )


def _opener(token: str) -> str:
    return "{" if token == "}" else token[5:-1]


def balanced(text: str) -> bool:
    """Whether braces and environments close in the order in which they opened."""
    without_pictures = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text, flags=re.DOTALL)
    open_: list[str] = []
    for token in re.findall(r"\\begin\{[a-z*]+\}|\\end\{[a-z*]+\}|\\.|[{}]", without_pictures, re.DOTALL):
        if token.startswith(r"\begin{"):
            open_.append(token[7:-1])
        elif token == "{":
            open_.append(token)
        elif (token == "}" or token.startswith(r"\end{")) and (not open_ or open_.pop() != _opener(token)):
            return False
    return not open_


def body(document: str) -> str:
    return document.split(r"\begin{document}")[1].removesuffix("\\end{document}\n")


@pytest.mark.parametrize(("name", "style"), STYLED)
def test_documents_are_balanced_ascii(name: str, style: str) -> None:
    document = solved(name, style=style).to_latex()
    assert document.isascii()
    assert balanced(body(document))
    assert document.count(r"\end{document}") == 1
    assert document.endswith("\\end{document}\n")


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_page_is_there(name: str) -> None:
    solution = solved(name)
    document = body(solution.to_latex())
    for block in solution.page().blocks:
        for equation in block.equations if isinstance(block, Lines) else ():
            assert equation.left is None or maths(equation.left) in document
            assert not equation.rights or f"= {maths(equation.rights[-1])}" in document


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_is_set_and_never_obeyed(text: str) -> None:
    document = render(hostile_page(text))
    assert document.isascii()
    assert balanced(body(document))
    outside = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", document, flags=re.DOTALL)
    assert not re.search(r"\\(input|write|def|csname)\b", outside)
    assert document.count(r"\end{document}") == 1 + document.count(r"\end {verbatim}")


def test_words_are_transliterated_or_marked() -> None:
    assert words("Größe") == r"Gr\"{o}\ss{}e"
    assert words("中") == "?"
    assert words("α_1 {x}") == r"\ensuremath{\alpha}\_1 \{x\}"
    assert words("--") == "-{}-{}"
    assert words("ﬁ ２") == "fi 2"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (n.Product((num("0.4"), n.Bracket(num("-0.3")))), r"0.4 \cdot (-0.3)"),
        (n.Product((n.Name("w", "1"), n.Name("i", "1"))), r"w_{1} \, i_{1}"),
        (n.Power(n.Name("a", "1", sup="(2)"), num("2")), r"\left( a_{1}^{(2)} \right)^{2}"),
        (n.Name("w", "5", primes=1), "w_{5}'"),
        (n.Name("w", "5", sup="(1)", primes=1), r"w_{5}^{(1)\prime}"),
        (
            n.Partial(n.Name("E"), n.Name("out", "h1_1", upright=True)),
            r"\frac{\partial E}{\partial \mathrm{out}_{\mathrm{h1\_1}}}",
        ),
        (num("-1/3"), r"-\frac{1}{3}"),
        (num("5.3e-8"), r"5.3 \cdot 10^{-8}"),
        (n.Product((n.Mark(1), n.Mark(2))), r"\text{\textcircled{1}} \cdot \text{\textcircled{2}}"),
        (n.Transposed(n.Name("W", sup="(2)")), r"W^{(2)\top}"),
        (n.Call("σ'", (n.Name("z"),)), r"\sigma'(z)"),
        (n.Call("ReLU'", (n.Name("z"),)), r"\mathrm{ReLU}'(z)"),
        (n.Word("over h1_1"), r"\text{over h1}\_\text{1}"),
        (n.Floor(n.Fraction(num("7"), num("2"))), r"\left\lfloor \frac{7}{2} \right \rfloor"),
    ],
)
def test_maths(node: n.Node, expected: str) -> None:
    assert maths(node) == expected


@pytest.mark.parametrize(
    "right", [dot(40), softmax(40), n.Minus(n.Bracket(dot(40))), n.Call("max", (dot(20), num("0")))]
)
def test_long_lines_are_broken_and_lose_nothing(right: n.Node) -> None:
    found = rows((Equation(n.Name("z"), (right, num("1"))),), 40)
    assert len(found) > 3
    assert all(row.size <= row.room for row in found)
    joined = "".join(row.body for row in found)
    assert re.findall(r"\d+\.\d+", joined) == re.findall(r"\d+\.\d+", maths(right))


def test_marks_stand_in_a_column_and_reasons_at_the_margin() -> None:
    line = Equation(n.Name("z"), (num("1"),), mark=7, reason="sum, chain")
    document = render(Page("x", (Lines((line,)),)))
    assert r"\text{\textcircled{7}}\enspace & z && = 1 \reason{sum, chain}" in document


def test_rendering_twice_gives_the_same() -> None:
    assert render(hostile_page(HOSTILE[1])) == render(hostile_page(HOSTILE[1]))


def compiled(document: str, folder: Path) -> str:
    """Compiles the document; its log."""
    (folder / "page.tex").write_text(document, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    log = (folder / "page.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-2000:]
    return log


needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")


@needs_tex
@pytest.mark.parametrize("name", TOLD)
def test_pages_compile_within_the_margins(name: str, tmp_path: Path) -> None:
    log = compiled(solved(name).to_latex(), tmp_path)
    assert not re.findall(r"Overfull \\hbox \((?:[5-9]|\d\d+)\.", log)
    assert "Missing character" not in log


@needs_tex
def test_a_long_formula_in_a_paragraph_stays_within_the_margins(tmp_path: Path) -> None:
    spec = Path(__file__).parent.parent / "problems" / "bank" / "logistic-regression" / "one-step.yaml"
    assert "Overfull" not in compiled(solve(load(spec)).to_latex("letter"), tmp_path)


@needs_tex
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_pages_compile(text: str, tmp_path: Path) -> None:
    log = compiled(render(hostile_page(text)), tmp_path)
    assert "(/etc/passwd" not in log  # the log names every file that was read
    assert "Missing character" not in log
