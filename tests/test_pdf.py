"""PDF: the page as inert data, then set by Typst; everything is there, within the margins, the same bytes each time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bank import BANK, NAMES, page, solved
from conftest import Command

from solver import load, solve
from solver import notation as n
from solver.errors import Unavailable
from solver.page.blocks import Equation, Heading, Lines, Page, Paths, Picture, Prose, Table
from solver.render import pdf, typst
from solver.render.spelling import spell
from solver.render.typst_maths import maths
from solver.render.typst_pieces import Piece, piece

HOSTILE = (
    '#let x = read("/etc/passwd") #panic() $x$ ] } ) */ // @a <b> `r` \\u{23} "',
    "\x00\x07\ud800\U0010ffff#\u2028\u2066 a\u0301 Größe αβΓ ½ x² “q” – …",
    "W" * 3000,
    "中文 😀 한국어 ሀ",
)
TOLD = ("two-inputs-two-hidden-two-outputs", "softmax-cross-entropy", "gelu-block")
KINDS = ("cnn-shapes/lenet5", "gradient-descent/adam-on-a-parabola", "metrics/three-classes", "graph/kinks")


def num(text: str) -> n.Node:
    return n.Number(text)


def dot(terms: int) -> n.Node:
    return n.total([n.product([num(f"-0.{i + 1}5"), num(f"-{i}.25")]) for i in range(terms)])


def softmax(terms: int) -> n.Node:
    exponentials = [n.Power(n.Name("e"), num(f"-{i}.125")) for i in range(terms)]
    return n.Fraction(exponentials[0], n.total(list(exponentials)))


def hostile_page(text: str) -> Page:
    name = n.Name("in", "h1_1", upright=True)
    wide = n.Matrix((tuple(num(f"{i}.0625") for i in range(40)),) * 3)
    return Page(
        text,
        (
            Heading((text[:200],), level=2),
            Prose((text, name, text)),
            Lines(
                (
                    Equation(name, (dot(40), softmax(30), num("-0.5")), mark=1, note=(text[:30],), key="in"),
                    Equation(None, (), note=("as ", n.Mark(1), " says: ", text)),
                    Equation(n.Word(text[:200]), (wide, num("1")), mark=123),
                    Equation(None, (n.Name(text[:9], text[:9], text[:9], 2),), reason=text[:90]),
                )
            ),
            Table((("",), *((f"from {i}",) for i in range(30))), ((*((text[:9],) for _ in range(31)),),)),
            Table(((text[:9],),), tuple(((text[:9],),) for _ in range(70)), frozenset({0})),
            Paths(((name, n.Name("E")), (name, n.Name("out", "x"), n.Name("E")))),
            Paths((tuple(n.Name("out", str(i)) for i in range(40)),)),
            Picture((text, "i1 ─▶ h1" * 30)),
        ),
    )


def strings(data: Any) -> Iterator[str]:
    """Every string in nested data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | tuple | dict):
        for each in data.values() if isinstance(data, dict) else data:
            yield from strings(each)


def digits(terms: Any) -> list[str]:
    return [text for text in strings(terms) if re.fullmatch(r"\d+\.\d+", text)]


@pytest.mark.parametrize("name", NAMES[::4])
def test_every_line_of_the_page_is_in_the_data(name: str) -> None:
    data = typst.render(page(name))
    found = [e for block in data["blocks"] if block["kind"] == "lines" for e in block["equations"]]
    lines = [e for block in page(name).blocks if isinstance(block, Lines) for e in block.equations]
    for equation, expected in zip(found, lines, strict=True):
        assert equation["left"] == (
            None if expected.left is None else {"term": maths(expected.left), "alt": spell(expected.left)}
        )
        assert [right["alt"] for right in equation["rights"]] == [spell(right) for right in expected.rights]
        assert equation["reason"] == typst.inline((expected.reason,))


def test_the_source_reads_nothing_but_the_data() -> None:
    assets = Path(pdf.__file__).with_name("assets")
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(assets.glob("*.typ")))
    assert not re.search(r"\b(eval|read|import|include|plugin)\b", re.sub("//.*", "", source))
    assert set(re.findall(r"\bjson\(.*", source)) == {"json(bytes(sys.inputs.page))"}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_no_page_can_show_is_left_away(text: str) -> None:
    data = typst.render(hostile_page(text))
    assert json.loads(json.dumps(data).encode("utf-8")) == data
    for each in strings(data):
        assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", each)
    shown = [run for block in data["blocks"] if block["kind"] == "prose" for run in strings(block["text"])]
    assert max(len(word) for run in shown for word in re.split(r"[ \u200b]", run)) <= 20


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (num("-0.50"), ["row", ["sign", "−"], ["text", "0.50"]]),
        (num("1/3"), ["frac", ["text", "1"], ["text", "3"]]),
        (n.Name("w", "5", primes=1), ["attach", ["sign", "w"], ["text", "5"], ["row", ["sign", "′"]]]),
        (n.Name("x̂"), ["accent", ["sign", "x"], "\u0302"]),
        (n.Mark(7), ["mark", 7]),
        (n.Partial(n.Word(""), n.Name("z"), True), ["frac", ["text", "d"], ["row", ["text", "d"], ["sign", "z"]]]),
        (n.Transposed(n.Name("W")), ["attach", ["sign", "W"], None, ["sign", "⊤"]]),
        (n.Cases(((num("1"), None),)), ["cases", [["text", "1"], ["text", "otherwise"]]]),
        (
            n.Product((num("0.4"), n.Bracket(num("-0.3")))),
            ["row", ["text", "0.4"], ["sign", "⋅"], ["fenced", "(", ["row", ["sign", "−"], ["text", "0.3"]], ")"]],
        ),
    ],
)
def test_maths(node: n.Node, expected: list[Any]) -> None:
    assert maths(node) == expected


def leaves(whole: Piece) -> list[Piece]:
    return [leaf for part in whole.parts for leaf in leaves(part)] if whole.parts else [whole]


@pytest.mark.parametrize(
    "right", [dot(40), softmax(40), n.Minus(n.Bracket(dot(40))), n.Call("max", (dot(20), num("0")))]
)
def test_pieces_of_a_long_side_lose_nothing(right: n.Node) -> None:
    parts = leaves(piece(right))
    assert len(parts) >= 20
    assert [text for part in parts for text in digits(part.term)] == digits(maths(right))
    alt = "".join(part.alt for part in parts)
    assert alt.count("(") == alt.count(")")


def test_without_typst_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Unavailable, match=re.escape('pip install "dlsolve[pdf]"')):
        solved(TOLD[0]).to_pdf()


@pytest.fixture
def set_page() -> Any:
    """Sets a page where Typst is installed."""
    pytest.importorskip("typst")
    return pdf.render


def words_of(document: bytes, folder: Path) -> str:
    """The text of a PDF, its lines joined."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here")
    (folder / "page.pdf").write_bytes(document)
    command = ["pdftotext", "-layout", "page.pdf", "-"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=True)
    return done.stdout


@pytest.mark.parametrize("name", TOLD)
def test_answers_are_found_as_text(name: str, set_page: Any, tmp_path: Path) -> None:
    found = words_of(set_page(page(name)), tmp_path)
    assert page(name).title.split()[0] in found
    tables = [block for block in page(name).blocks if isinstance(block, Table)]
    numbers = [part.text for row in tables[-1].rows for cell in row for part in cell if isinstance(part, n.Number)]
    assert numbers
    for number in numbers:
        assert number.lstrip("-") in found


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_every_sort_are_accessible_and_the_same_each_time(kind: str, set_page: Any) -> None:
    whole = solve(load(BANK.parent / f"{kind}.yaml")).page()
    first = set_page(whole)
    assert first.startswith(b"%PDF-")
    assert b"pdfuaid" in first
    assert first == set_page(whole)
    assert b"CreationDate(D:19700101" in first


@pytest.mark.parametrize(
    ("text", "shown"), list(zip(HOSTILE, ('read("/etc/passwd")', "Größeαβ", "WWWW", "文"), strict=True))
)
def test_hostile_words_are_shown_and_not_obeyed(text: str, shown: str, set_page: Any, tmp_path: Path) -> None:
    found = re.sub(r"[\s\u200b]", "", words_of(set_page(hostile_page(text)), tmp_path))
    assert shown in found
    assert "root:" not in found


@pytest.mark.parametrize("levels", [20, 30])  # beyond Typst's depth of calls, and of JSON
def test_brackets_deeper_than_typst_goes_are_refused_with_a_way_out(levels: int, set_page: Any) -> None:
    deep: n.Node = n.Name("x")
    for _ in range(levels):
        deep = n.Product((num("0.5"), n.Bracket(n.Sum((deep, num("1"))))))
    with pytest.raises(Unavailable, match="--format html"):
        set_page(Page("deep", (Lines((Equation(n.Name("y"), (deep,)),)),)))


@pytest.mark.parametrize("text", ["plain words", "W" * 300])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_nothing_runs_out_of_the_margin(paper: str, text: str, set_page: Any, tmp_path: Path) -> None:
    words_of(set_page(hostile_page(text), paper), tmp_path)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "page.pdf", "-"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    ).stdout
    width = {"a4": 595.3, "letter": 612.0}[paper]
    assert set(re.findall(r'<page width="(\d+)', boxes)) == {str(int(width))}
    assert max(float(right) for right in re.findall(r'xMax="([\d.]+)"', boxes)) <= width - 66


def test_no_font_of_the_system_is_used(set_page: Any, tmp_path: Path) -> None:
    words_of(set_page(hostile_page("Größe 中")), tmp_path)
    if shutil.which("pdffonts") is None:
        pytest.skip("no pdffonts here")
    listed = subprocess.run(["pdffonts", "page.pdf"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    fonts = re.findall(r"^[A-Z]{6}\+(\w+)", listed.stdout, re.MULTILINE)
    assert fonts
    assert {re.match("NewCM|Libertinus|DejaVuSansMono", font) is not None for font in fonts} == {True}


def test_the_command_writes_the_same_bytes(dlsolve: Command, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    spec = BANK / "thirds.yaml"
    assert dlsolve("backprop", spec, "-o", tmp_path / "a.pdf").returncode == 0
    assert (tmp_path / "a.pdf").read_bytes() == load_and_set(spec)


def load_and_set(spec: Path) -> bytes:
    return solve(load(spec)).to_pdf()
