"""Pictures: well-formed SVG, every word in sight and none over another, the same each time, user text inert."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from solver import load, loads, solve
from solver.cli import main
from solver.errors import NotAsked, Unavailable
from solver.figures.boxes import Box
from solver.figures.chart import ticks
from solver.figures.contours import contour
from solver.figures.drawing import Drawing, stacked
from solver.figures.gallery import draw, drawings
from solver.figures.levels import levels
from solver.figures.png import png
from solver.figures.surface import error_over
from solver.notation import Name
from solver.page.plot import Marks, heights, plot

BANK = Path(__file__).parent.parent / "problems" / "bank"
MAZUR = BANK / "backprop" / "two-inputs-two-hidden-two-outputs.yaml"
SVG = "{http://www.w3.org/2000/svg}"
NETWORKS = sorted(f"backprop/{path.stem}" for path in (BANK / "backprop").glob("*.yaml"))
OTHERS = (
    "activation/every-function",
    "cnn-shapes/exam-lenet",
    "cnn-shapes/googlenet",
    "convolution/net-with-update",
    "convolution/sequence",
    "convolution/d2l-max-pooling",
    "convolution/sobel-edges",
    "convolution/transposed",
    "gradient-descent/rosenbrock",
    "gradient-descent/saddle",
    "gradient-descent/two-valleys",
    "graph/cs231n-staged",
    "graph/kinks",
    "graph/several-paths",
    "linear-regression/gradient-descent-three-points",
    "linear-regression/hours-and-marks",
    "logistic-regression/hours-and-passing",
    "logistic-regression/three-classes",
    "perceptron/and-gate",
    "perceptron/and-with-threshold",
    "perceptron/xor-with-relu",
    "recurrent/both-directions",
    "recurrent/lstm-of-one-unit",
    "recurrent/stacked-many-to-many",
)


@cache
def solved(name: str) -> Any:
    """The solution of a problem of the bank, unchecked."""
    return solve(load(BANK / f"{name}.yaml"), check=False)


def tree(svg: str) -> Any:
    """The picture read as XML without entities or network."""
    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def words(svg: str) -> list[str]:
    """Every text of a picture, its spaces as plain ones."""
    return ["".join(each.itertext()).replace("\u00a0", " ") for each in tree(svg).iter(f"{SVG}text")]


def wide_network(layers: int, size: int) -> Any:
    """A dense network of layers of equal size with its solution."""
    weights = [[[(7 * i + 3 * j + k) % 19 / 10 - 0.9 for k in range(size)] for j in range(size)] for i in range(layers)]
    rows = "\n".join(f"  - {{weights: {matrix}, biases: {matrix[0]}, activation: sigmoid}}" for matrix in weights)
    numbers = [i / 10 for i in range(size)]
    spec = f"kind: backprop\ninputs: {numbers}\ntarget: {numbers}\nlearning_rate: 0.1\nlayers:\n{rows}\n"
    return solve(loads(spec), check=False)


def assert_sound(drawing: Drawing) -> None:
    """No word lies over another, and all lie within the view."""
    left, top, wide, high = map(float, tree(drawing.svg()).get("viewBox").split())
    for number, box in enumerate(drawing.labels):
        assert all(left <= x <= left + wide and top <= y <= top + high for x, y in box.corners())
        assert not [other for other in drawing.labels[:number] if box.meets(other)]


@pytest.mark.parametrize("name", [*NETWORKS, *OTHERS])
def test_pictures_are_sound(name: str) -> None:
    for drawing in drawings(solved(name)).values():
        assert_sound(drawing)
    root = tree(draw(solved(name)))
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    assert root[1].tag == f"{SVG}desc"
    assert root[1].text
    assert not re.search(r"\bnan\b|\binf\b|href|<script|<image|\bid=", draw(solved(name)))


@pytest.mark.parametrize("name", ["backprop/skip-connection", *OTHERS])
def test_pictures_are_the_same_each_time(name: str) -> None:
    again = solve(load(BANK / f"{name}.yaml"), check=False)
    assert draw(again) == draw(solved(name))


def test_a_network_carries_its_numbers() -> None:
    found = drawings(solved("backprop/two-inputs-two-hidden-two-outputs"))
    forward, gradients = words(found["forward"].svg()), words(found["gradients"].svg())
    assert {"w1 = 0.15", "w8 = 0.55", "0.5933", "in = 1.1059", "t2 = 0.99", "Eo1 = 0.2748", "E = 0.2984"} <= set(
        forward
    )
    assert {"w1: 0.0004386", "w7: −0.02260", "0.1385", "b2: 0.1004"} <= set(gradients)


def test_the_question_tells_no_result() -> None:
    solution = solve(load(MAZUR), question=True, check=False)
    text = " ".join(words(draw(solution)))
    assert "w1 = 0.15" in text
    assert "0.5933" not in text
    assert "<svg" in solution.to_html()
    assert "0.5933" not in solution.to_html()


def test_the_way_of_one_weight_is_highlighted() -> None:
    picture = drawings(solved("backprop/two-inputs-two-hidden-two-outputs"), ("w1",))["forward"].svg()
    on = [line for line in picture.splitlines() if 'class="dls-warm"' in line and "<path" in line]
    assert len(on) == 3  # w1, then h1 to both outputs
    warm = {
        "".join(each.itertext()).split("\u00a0")[0] for each in tree(picture).iter() if each.get("class") == "dlf-warm"
    }
    assert {"w1", "w5", "w7"} <= warm
    assert not {"w2", "w3", "w6", "w8"} & warm


@pytest.mark.parametrize("key", ["E", "nothing", "eta"])
def test_only_ways_of_weights_are_highlighted(key: str) -> None:
    with pytest.raises(NotAsked, match=key):
        draw(solved("backprop/two-inputs-two-hidden-two-outputs"), find=(key,))


def test_exam_sizes_keep_words_apart() -> None:
    found = drawings(wide_network(4, 6))
    for drawing in (found["forward"], found["gradients"]):
        assert_sound(drawing)
        assert len(drawing.labels) > 24 + 100  # the neurons and most of 144 weights


def test_large_networks_are_cut_with_dots() -> None:
    drawing = drawings(wide_network(2, 30))["forward"]
    assert_sound(drawing)
    assert len(words(drawing.svg())) < 200
    left, _, right, _ = drawing.extent
    assert right - left < 3000


def test_wires_that_skip_are_curved() -> None:
    picture = drawings(solved("backprop/skip-connection"))["forward"].svg()
    assert len(re.findall(r'd="M[-\d. ]+C', picture)) == 3


@pytest.mark.parametrize(
    "title", ["</title><script>alert(1)</script>", '"><x y="', "a & b", "\x00\x1b[31m\ud800", "]]>"]
)
def test_what_a_user_types_stays_text(title: str) -> None:
    drawing = Drawing(title, title)
    drawing.text((0, 0), (title, Name(title, title, title)))
    root = tree(drawing.svg())
    kept = "".join(c for c in title if c >= " " and not "\ud800" <= c <= "\udfff")
    assert root[0].text == root[1].text == kept
    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {"svg", "title", "desc", "style", "text", "tspan"}
    assert words(drawing.svg())[0].count(kept.replace("\u00a0", " ")) == 4


def test_the_error_stands_over_two_weights() -> None:
    solution = solved("backprop/two-inputs-two-hidden-two-outputs")
    found = drawings(solution, ("w5", "w6"))["surface"]
    assert_sound(found)
    said = words(found.svg())
    assert {"w5", "w6", "before: E = 0.2984"} <= set(said)
    after = float(next(each for each in said if each.startswith("after")).rpartition(" ")[2])
    assert after < 0.2984
    assert {"w1", "w2"} <= set(words(drawings(solution, ("w1",))["surface"].svg()))
    assert {"w7", "w8"} <= set(words(drawings(solution)["surface"].svg()))


@pytest.mark.parametrize("name", ["single-neuron", "xor-thresholds"])
def test_without_a_target_there_is_no_surface(name: str) -> None:
    with pytest.raises(NotAsked, match="surface"):
        draw(solved(f"backprop/{name}"), "surface")


def test_the_surface_is_the_error_itself() -> None:
    net = solved("backprop/two-inputs-two-hidden-two-outputs").problem
    error = error_over(net, ("w5", "b1"))
    assert error(0.40, 0.35) == pytest.approx(0.298371109)
    moved = solve(loads(MAZUR.read_text().replace("[0.40, 0.45]", "[0.7, 0.45]")), check=False)
    assert error(0.7, 0.35) == pytest.approx(moved.number("E"))


def test_heights_of_lines_are_round_and_within() -> None:
    steps = [i / 20 - 1 for i in range(41)]
    found = levels([[x * x + y * y for x in steps] for y in steps])
    assert found == sorted(set(found))
    assert 8 <= len(found) <= 12
    assert all(0 < level < 2 and level == round(level, 2) for level in found)
    assert levels([[1.0, 1.0], [1.0, 1.0]]) == []


PAGES = {
    "activation/sigmoid-table": 1,
    "backprop/two-inputs-two-hidden-two-outputs": 3,
    "backprop/neuron-two-epochs": 4,
    "cnn-shapes/exam-lenet": 1,
    "convolution/net-with-update": 2,
    "gradient-descent/saddle": 1,
    "gradient-descent/three-variables": 1,
    "graph/several-paths": 1,
    "linear-regression/gradient-descent-three-points": 2,
    "logistic-regression/three-classes": 2,
    "perceptron/and-gate": 1,
    "perceptron/xor-with-relu": 1,
    "recurrent/both-directions": 1,
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_show_their_drawings(name: str) -> None:
    solution = solved(name)
    page = solution.to_html()
    assert page.count("<svg") == page.count("</title>\n<desc>") == PAGES[name]
    assert page == solution.to_html()
    assert "<svg" not in solution.to_text() + solution.to_markdown() + solution.to_latex()


@pytest.mark.parametrize("name", PAGES)
def test_a_question_shows_no_result(name: str) -> None:
    question = solve(load(BANK / f"{name}.yaml"), question=True, check=False).to_html()
    assert question.count("<svg") == name.startswith(("backprop", "recurrent"))


@pytest.mark.parametrize("name", ["backprop/two-inputs-two-hidden-two-outputs", "graph/kinks", "perceptron/and-gate"])
def test_text_waits_for_no_drawing(environment: Mapping[str, str], name: str) -> None:
    program = (
        "import sys, solver\nsolver.solve(solver.load(sys.argv[1])).to_text()\n"
        "print([name for name in sys.modules if name.startswith('solver.figures')])"
    )
    file = str(BANK / f"{name}.yaml")
    ran = subprocess.run(
        [sys.executable, "-c", program, file], capture_output=True, encoding="utf-8", env=environment, check=True
    )
    assert ran.stdout == "[]\n"


def test_a_large_network_has_no_drawing_but_its_own() -> None:
    assert wide_network(2, 8).to_html().count("<svg") == 1


def test_curves_in_characters() -> None:
    lines = plot([Marks("·", [(x, x * x) for x in range(-5, 6)]), Marks("o", [(0, 0)])], "x", "y")
    assert len(lines) == 16
    assert len({line.find("│") for line in lines if "│" in line}) == 1
    assert lines[1].startswith("25 ┤·")
    assert lines[1].endswith("·")
    assert lines[13].index("o") == len("25 ┤") + 28
    assert lines[15].split() == ["−5", "x", "5"]
    flat = plot([Marks("·", [(0, 3.0), (1, 3.0)])], "x", "y")
    assert sum("·" in line for line in flat) == 1


def test_steep_curves_have_no_gaps() -> None:
    lines = plot([Marks("·", [(0, 0), (1, 0), (2, 1), (3, 1)], joined=True)], "x", "y")
    assert sum("·" in line for line in lines) == 13


def test_heights_in_characters() -> None:
    lines = heights(lambda x, y: x * x + y * y, [Marks("1", [(0.5, 0.0)])], (-1, 1, -1, 1), "x", "y")
    assert "1" in lines[7]
    assert lines[1][-1] == lines[13][-1] == "#"
    assert lines[7][lines[7].index("┤") + 29] == " "


def test_boxes_meet_where_they_overlap() -> None:
    box = Box(0, 0, 10, 4)
    assert box.meets(Box(9, 0, 10, 4))
    assert not box.meets(Box(10, 0, 10, 4))
    assert not box.meets(Box(0, 6, 10, 4, 0))
    assert box.meets(Box(0, 6, 10, 4, 90))
    assert box.crossings([((-20, -1), (20, 1))]) == 1
    assert not box.crossings([((-20, 3), (20, 3))])
    assert not box.crossings([((-20, -20), (-10, 20))])


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-3, 3, [-3, -2, -1, 0, 1, 2, 3]),
        (0, 1e-7, [0, 2e-8, 4e-8, 6e-8, 8e-8, 1e-7]),
    ],
)
def test_ticks_are_round(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(found, rel=1e-9, abs=1e-20)


def test_contours_of_a_bowl_are_circles() -> None:
    steps = [i / 20 - 1 for i in range(41)]
    heights = [[x * x + y * y for x in steps] for y in steps]
    pieces = contour(heights, steps, steps, 0.5)
    assert len(pieces) > 50
    for piece in pieces:
        for x, y in piece:
            assert x * x + y * y == pytest.approx(0.5, abs=0.003)
    ends = sorted((round(x, 9), round(y, 9)) for piece in pieces for x, y in piece)
    assert ends[::2] == ends[1::2]  # each end is where another piece goes on: the line is closed


def test_one_drawing_stays_alone_and_several_are_stacked() -> None:
    parts = [Drawing(f"part {i}", "about") for i in range(5)]
    for part in parts:
        part.text((0, 0), ("word",))
    assert stacked("all", parts[:1]) is parts[0]
    whole = stacked("all", parts)
    assert words(whole.svg()).count("word") == 5
    assert_sound(whole)


def test_draw_writes_svg_and_refuses_the_rest(tmp_path: Path) -> None:
    target = tmp_path / "net.svg"
    first = CliRunner().invoke(main, ["draw", str(MAZUR), "-o", str(target), "--find", "dE/dw1,w5'"])
    assert (first.exit_code, first.output) == (0, "")
    assert tree(target.read_text()).tag == f"{SVG}svg"
    again = CliRunner().invoke(main, ["draw", str(MAZUR), "-o", str(target)])
    assert again.exit_code == 2
    assert "--force" in again.output
    for arguments, said in (
        (["-o", str(tmp_path / "net.gif")], ".svg or a .png"),
        (["--only", "nothing"], "forward, gradients"),
        (["--find", "nothing"], "no quantity 'nothing'"),
    ):
        refused = CliRunner().invoke(main, ["draw", str(MAZUR), *arguments])
        assert refused.exit_code == 2
        assert said in refused.output


def test_draw_prints_svg() -> None:
    printed = CliRunner().invoke(main, ["draw", str(MAZUR), "--only", "gradients"])
    assert printed.exit_code == 0
    assert "w1: 0.0004386" in words(printed.output)


def test_only_networks_have_ways_to_highlight() -> None:
    with pytest.raises(NotAsked, match="leave --find away"):
        draw(solved("perceptron/and-gate"), find=("w1",))


@pytest.mark.parametrize("name", ["which-filters", "no-such-kernel"])
def test_a_network_that_is_asked_for_has_no_picture(name: str) -> None:
    with pytest.raises(NotAsked, match="more than one network, or none"):
        draw(solved(f"cnn-shapes/{name}"))


def test_a_kind_without_pictures_says_which_have() -> None:
    with pytest.raises(NotAsked, match="there are of backprop"):
        draw(solved("metrics/spam-filter"))


def test_png_where_a_converter_is() -> None:
    pytest.importorskip("resvg_py")
    assert png(draw(solved("backprop/single-neuron")))[:8] == b"\x89PNG\r\n\x1a\n"


def test_png_without_a_converter_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    with pytest.raises(Unavailable, match=r"pip install 'dlsolve\[png\]'"):
        png(draw(solved("backprop/single-neuron")))
