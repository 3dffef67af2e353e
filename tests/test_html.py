"""HTML pages: whole documents in MathML Core, every reference leads somewhere, nothing a user types is obeyed."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bank import NAMES, solved
from click.testing import CliRunner
from lxml import etree
from test_latex import HOSTILE, hostile_page

from solver import load, solve
from solver import notation as n
from solver.cli import main
from solver.page.blocks import Equation, Heading, Lines, Page, Paths, Picture, Prose, Table
from solver.render.html import fragment, render
from solver.render.mathml import PLAIN
from solver.render.spelling import spell

BANK = Path(__file__).parent.parent / "problems" / "bank"
CORE = {
    "math", "mrow", "mi", "mn", "mo", "mfrac", "msup", "msub", "msubsup", "msqrt", "mtable", "mtr", "mtd", "mover",
    "mpadded", "mspace", "mtext",
}  # fmt: skip
ATTRIBUTES = {
    "alttext", "mathvariant", "stretchy", "form", "lspace", "rspace", "displaystyle", "accent", "width", "depth",
    "class",
}  # fmt: skip
KINDS = (
    "activation/softmax-of-three-scores",
    "attention/cross-attention",
    "cnn-shapes/exam-lenet",
    "convolution/net-with-update",
    "gradient-descent/rosenbrock",
    "gradient-flow/side-by-side",
    "graph/several-paths",
    "linear-regression/huber",
    "logistic-regression/three-classes-one-step",
    "loss/huber-inside-and-outside",
    "metrics/three-classes",
    "normalization/layer-backward",
    "perceptron/and-gate",
    "recurrent/both-directions",
)
MAZUR = "two-inputs-two-hidden-two-outputs"


@cache
def of_kind(name: str) -> Any:
    """The solution of a problem of any kind."""
    return solve(load(BANK / f"{name}.yaml"))


def tree(document: str) -> Any:
    """The document read as XML, which is stricter than any browser."""
    plain = document.removeprefix("<!DOCTYPE html>\n")
    plain = re.sub(r"<style>.*?</style>", "", plain, flags=re.DOTALL)
    return etree.fromstring(re.sub(r"<meta ([^>]*)>", r"<meta \1/>", plain).encode())


def seen(element: Any) -> str:
    """What is read, without the blanks."""
    return re.sub(r"[\s\u2061\u2062]", "", "".join(element.itertext()))


def assert_sound(document: str) -> Any:
    """The document is one tree with unique places, every link leads to one, and all maths is MathML Core."""
    root = tree(document)
    places = root.xpath("//@id")
    assert len(places) == len(set(places))
    assert {link.removeprefix("#") for link in root.xpath("//a/@href")} <= set(places)
    for maths in root.iter("math"):
        for element in maths.iter():
            inside = element.tag in CORE or element.tag == "a"
            assert inside, element.tag
            assert element.tag == "a" or set(element.attrib) <= ATTRIBUTES, element.attrib
            assert element.get("mathvariant") in (None, "normal")
    return root


@pytest.mark.parametrize("name", NAMES)
def test_networks_make_sound_documents(name: str) -> None:
    assert_whole(solved(name).page())


@pytest.mark.parametrize(("name", "style"), [(MAZUR, "delta"), ("han-kamber", "delta"), (MAZUR, "matrix")])
def test_every_style_makes_sound_documents(name: str, style: str) -> None:
    assert_whole(solved(name, style=style).page())


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_makes_sound_documents(name: str) -> None:
    assert_whole(of_kind(name).page())


def assert_whole(page: Page) -> None:
    """The document is sound, and every side of every equation stands in it."""
    text = seen(assert_sound(render(page)))
    for block in page.blocks:
        for equation in block.equations if isinstance(block, Lines) else ():
            for side in (equation.left, *equation.rights):
                assert side is None or seen(etree.fromstring(f"<math>{PLAIN.row(side)}</math>")) in text


def test_nothing_is_loaded_and_no_script_runs() -> None:
    document = solved(MAZUR).to_html()
    assert not re.search(r"https?://|<script|<link|<img|<iframe|@import|\son\w+=", document)
    assert set(re.findall(r"url\((\w+:\w+/\w+)", document)) == {"data:font/woff2"}
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', document)
    assert policy is not None
    assert policy[1] == "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"


def test_a_quantity_leads_to_its_line_and_tells_its_value() -> None:
    root = tree(solved(MAZUR).to_html())
    line = next(line for line in root.xpath("//div[@class='line']") if seen(line).startswith("ino1="))
    links = line.xpath(".//a")
    assert [link.get("title") for link in links[:4]] == ["w5 = 0.40", "out_h1 = 0.5933", "w6 = 0.45", "out_h2 = 0.5969"]
    target = root.xpath(f"//*[@id='{links[1].get('href')[1:]}']")[0]
    assert target.get("class") == "line"
    assert seen(target).startswith("outh1=")
    assert seen(target).endswith("=0.5933")
    given = root.xpath(f"//*[@id='{links[0].get('href')[1:]}']")[0]
    assert seen(given) == "w5=0.40"


def test_a_mark_leads_to_its_line() -> None:
    root = tree(solved(MAZUR).to_html())
    marks = root.xpath("//mi[@class='mark']/a")
    assert marks
    for mark in marks:
        line = root.xpath(f"//*[@id='{mark.get('href')[1:]}']")[0]
        assert line[0].get("class") == "mark"
        assert line[0].text == mark.text
        assert line[0].get("aria-label") == mark.get("aria-label")
        assert mark.get("title").rpartition(" = ")[2] == re.split("=", seen(line))[-1]


def test_a_derivation_names_no_given_quantity() -> None:
    y = n.Name("y")
    lines = Lines((Equation(n.Partial(n.Name("E"), y), (n.Minus(y),), reason="sign"), Equation(n.Name("z"), (y,))))
    page = Page("t", (Prose(("Given ", n.Compare(y, "=", n.Number("2")), ".")), lines))
    derived, used = tree(render(page)).xpath("//div[@class='line']")
    assert not derived.xpath(".//a")
    assert [link.get("title") for link in used.xpath(".//a")] == ["y = 2"]


def test_headings_make_the_contents() -> None:
    solution = solved(MAZUR)
    root = tree(solution.to_html())
    headings = [block for block in solution.page().blocks if isinstance(block, Heading)]
    assert len(root.xpath("//h2")) == sum(h.level == 1 for h in headings)
    assert len(root.xpath("//h3")) == sum(h.level == 2 for h in headings)
    entries = root.xpath("//nav//a")
    assert [seen(entry) for entry in entries] == [seen(h) for h in root.xpath("//h2|//h3")]
    assert len(root.xpath("//main")) == len(root.xpath("//h1")) == 1
    assert root.get("lang") == "en"


def test_long_derivations_are_folded_with_their_results_in_sight() -> None:
    root = tree(solved(MAZUR).to_html())
    folded = {seen(d.xpath("./summary/h3")[0]): d for d in root.xpath("//details")}
    assert seen(folded["Slopeofsigmoid"].xpath("./summary/*[@class='result']")[0]).endswith("=y(1−y)")
    assert seen(folded["w5(h1→o1)"].xpath("./summary/*[@class='result']")[0]) == "∂E∂w5=0.08217"
    assert folded["w5(h1→o1)"].get("open") == ""
    assert folded["w1(i1→h1)"].get("open") is None
    short = tree(solved(MAZUR, find=("w5'",)).to_html())
    assert [seen(d.xpath("./summary/h3")[0])[:5] for d in short.xpath("//details")] == ["Slope", "Slope"]


def test_tables_say_what_each_cell_is_about() -> None:
    table = Table((("",), ("a<b",)), ((("x",), (n.Number("-1"),)), (("",), ("2",))), frozenset({1}))
    root = tree(render(Page("t", (table,))))
    assert [(h.text, h.get("scope")) for h in root.xpath("//th")] == [("a<b", "col"), ("x", "row")]
    assert [seen(cell) for cell in root.xpath("//tbody//td")] == ["−1", "", "2"]
    assert root.xpath("//tbody//td/@class") == ["number", "number"]


def test_routes_become_a_tree() -> None:
    w, a, b, e = (n.Name(letter) for letter in "wabE")
    root = tree(render(Page("t", (Paths(((w, a, e), (w, b, e))),))))
    stem = root.xpath("//*[@class='paths']/ul/li")[0]
    assert seen(stem[0]) == "w"
    assert [seen(branch) for branch in stem.xpath("./ul/li")] == ["→a→E", "→b→E"]


def test_pictures_keep_their_lines() -> None:
    root = tree(render(Page("t", (Picture(("a <b>", "  ─▶ &")),))))
    assert root.xpath("//pre")[0].text == "a <b>\n  ─▶ &"


@pytest.mark.parametrize("text", [*HOSTILE, "<script>alert(1)</script>", "\"'><svg onload=alert(1)>", "]]></style>"])
def test_user_text_stays_text(text: str) -> None:
    root = assert_sound(render(hostile_page(text)))
    wanted = "".join(c for c in text if c.isprintable() or c in "\u00a0\u2066")
    assert root.xpath("//h1")[0].text == wanted == root.xpath("//title")[0].text
    assert not root.xpath("//script|//svg")


def test_names_from_the_user_stay_text() -> None:
    nasty = n.Name('<b>"', "'&<i>", "<u>")
    line = Equation(nasty, (n.Call("<s>", (nasty,)), n.Word("<q>")), key="k", reason="<r>", note=("<p>",))
    again = Lines((line, Equation(n.Name("z"), (nasty,))))
    root = assert_sound(render(Page("t", (again,))))
    assert not {"b", "i", "u", "s", "q", "r"} & {element.tag for element in root.iter()}
    assert root.xpath("//a[@title]")[0].get("title").startswith('<b>"')


def test_the_command_writes_a_page(tmp_path: Path) -> None:
    file, spec = tmp_path / "net.html", str(BANK / "backprop" / f"{MAZUR}.yaml")
    assert CliRunner().invoke(main, ["backprop", spec, "-o", str(file)]).exit_code == 0
    assert file.read_text(encoding="utf-8") == solved(MAZUR).to_html()
    shown = CliRunner().invoke(main, ["solve", spec, "--format", "html"])
    assert shown.output == solved(MAZUR).to_html()


def test_the_same_page_gives_the_same_bytes() -> None:
    assert solve(load(BANK / "backprop" / f"{MAZUR}.yaml")).to_html() == solved(MAZUR).to_html()


def test_pages_in_a_notebook_keep_their_places_apart() -> None:
    first, second = (fragment(s.page(), s.known()) for s in (solved(MAZUR), solved("han-kamber")))
    both = assert_sound(f"<div>{first}{second}</div>")
    assert len(both.xpath("//*[@class='dlsolve']")) == 2
    assert solved(MAZUR)._repr_html_() == first
    assert all(rule.lstrip().startswith((".dlsolve", "html:has", "body:has")) for rule in _rules(first))


def _rules(document: str) -> Iterator[str]:
    """The selectors of the style sheet, those within @media too."""
    style = re.search(r"<style>(.*?)</style>", document, re.DOTALL)
    assert style is not None
    bare = re.sub(r"@font-face\{[^}]*\}|@media[^{]*\{", "", style[1])
    return (rule for rule in re.findall(r"([^{}]+)\{[^{}]*\}", bare))


# notation


def spelled(node: n.Node) -> str:
    return PLAIN.row(node)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (n.Number("-0.10"), "<mn>−0.10</mn>"),
        (n.Number("5e-8"), "<mrow><mn>5</mn><mo>⋅</mo><msup><mn>10</mn><mn>−8</mn></msup></mrow>"),
        (n.Number("1/3"), '<mfrac displaystyle="false"><mn>1</mn><mn>3</mn></mfrac>'),
        (n.Name("w", "5", primes=1), "<mrow><msub><mi>w</mi><mn>5</mn></msub><mo>′</mo></mrow>"),
        (n.Name("x", "", "[1]"), None),
        (n.Name("in", upright=True), "<mi>in</mi>"),
        (n.Name("v", upright=True), '<mi mathvariant="normal">v</mi>'),
        (n.Name("ŷ"), '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (n.Root(n.Number("2")), "<msqrt><mn>2</mn></msqrt>"),
    ],
)
def test_notation(node: n.Node, expected: str | None) -> None:
    found = spelled(node)
    assert expected is None or found == expected
    assert etree.fromstring(f"<math>{found}</math>") is not None


def test_brackets_grow_around_what_is_tall_only() -> None:
    half, x = n.Fraction(n.Name("a"), n.Name("b")), n.Name("x")
    assert spelled(n.Bracket(x)).count('stretchy="false"') == 2
    assert 'stretchy="false"' not in spelled(n.Bracket(half))


def test_a_minus_in_front_is_no_difference() -> None:
    x, y = n.Name("x"), n.Name("y")
    assert spelled(n.Minus(x)) == '<mo form="prefix">−</mo><mi>x</mi>'
    assert spelled(n.Sum((y, n.Minus(x)))) == '<mi>y</mi><mo form="infix">−</mo><mi>x</mi>'


# in a browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
LOOK = """<script>addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, loaded = frame.contentWindow.performance.getEntriesByType("resource");
    for (const folded of page.querySelectorAll("details")) folded.open = true;
    return {text: page.body.innerText, width: page.documentElement.scrollWidth,
            fonts: [...page.fonts].filter(font => font.status == "loaded").length,
            loaded: loaded.map(each => each.name).filter(name => !name.startsWith("data:"))};
  });
  document.body.textContent = JSON.stringify(found);
})</script>"""


def looked_at(pages: list[str], width: int, folder: Path) -> list[Any]:
    """What Chromium says about the pages in frames of this width, each with its own rules against loading."""
    frames = [
        f'<iframe style="width:{width}px;height:700px;border:0" srcdoc="{html.escape(p)}"></iframe>' for p in pages
    ]
    file = folder / "frames.html"
    file.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{''.join(frames)}{LOOK}", encoding="utf-8")
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", file.as_uri()]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    return list(json.loads(html.unescape(found.partition("<body>")[2].partition("</body>")[0])))


def results(page: Page) -> Iterator[str]:
    """The numbers that lines and tables end in, as they are read."""
    for block in page.blocks:
        ends: list[Any] = [e.rights[-1] for e in block.equations if e.rights] if isinstance(block, Lines) else []
        ends += [row[-1][-1] for row in block.rows if row[-1]] if isinstance(block, Table) else []
        yield from (end.text.replace("-", "−") for end in ends if isinstance(end, n.Number) and "e" not in end.text)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_pages_in_a_browser(tmp_path: Path) -> None:
    solutions = [solved(MAZUR), solved("three-hidden-layers", style="matrix"), *map(of_kind, KINDS)]
    pages = [solution.to_html() for solution in solutions]
    for solution, found in zip(solutions, looked_at(pages, 360, tmp_path), strict=True):
        assert found["width"] <= 360
        assert found["loaded"] == []
        assert found["fonts"] == 3
        assert all(result in found["text"] for result in results(solution.page()))


# what is given


def hovers(document: str) -> set[str]:
    """What every link to a quantity says when the pointer rests on it."""
    return set(tree(document).xpath("//a/@title"))


@pytest.mark.parametrize(
    ("name", "told", "place"),
    [
        ("metrics/three-classes", "n_bird,cat = 0", "Given"),
        ("attention/cross-attention", "W_k[1,1] = 1", "Wk="),
        ("dropout/inverted-with-gradient", "p = 0.5", "Given"),
        ("recurrent/both-directions", "x1 = 1", "Given"),
    ],
)
def test_what_a_table_or_matrix_gives_is_told_where_it_is_used(name: str, told: str, place: str) -> None:
    root = tree(of_kind(name).to_html())
    links = {link.get("href")[1:] for link in root.xpath(f"//a[@title='{told}']")}
    assert len(links) == 1
    assert seen(root.xpath(f"//*[@id='{links.pop()}']")[0]).startswith(place)


def test_a_name_of_several_quantities_is_told_of_none() -> None:
    solution = of_kind("perceptron/and-gate")
    several = [key for key in solution.working.givens if spell(solution.working.name(key)) == "x1"]
    assert len(several) > 1
    assert not set(several) & set(solution.known())
    assert not any(told.startswith("x1 =") for told in hovers(solution.to_html()))
