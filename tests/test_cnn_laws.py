"""Laws of the planner: windows counted one by one, receptive fields followed pixel by pixel, lines that come out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver.catalog.cnn_layers import settings_of
from solver.check.convolution_shapes import Claim, audit
from solver.cnn.count import formula, letter, numbers, product, round_up, share
from solver.cnn.line import line
from solver.cnn.planner import MOST_LAYERS, PlanError, plan
from solver.cnn.spell import decimal
from solver.cnn.volume import nearest_divisor
from solver.notation import Floor, Name, Number, Sum
from solver.spec.convnet import ConvNet, Layer, Repeat

SMALL = st.integers(1, 6)


def layer(kind: str, **given_settings: Any) -> Layer:
    return Layer(kind, settings_of(kind, given_settings))


def starts(n: int, f: int, s: int, d: int, before: int, after: int) -> list[int]:
    """Where a window can start: it moves by s and must lie inside."""
    return [at for at in range(0, n + before + after, s) if at + d * (f - 1) < n + before + after]


@given(n=st.integers(1, 40), f=SMALL, s=SMALL, d=st.integers(1, 3), before=st.integers(0, 4), after=st.integers(0, 4))
def test_convolution_has_as_many_positions_as_windows_fit(
    n: int, f: int, s: int, d: int, before: int, after: int
) -> None:
    conv = layer("conv", filters=1, kernel=f, stride=s, dilation=d, padding=(before, after))
    network = ConvNet("", (n, 1), (conv,))
    found = starts(n, f, s, d, before, after)
    if not found:
        with pytest.raises(PlanError, match="falls below 1"):
            plan(network)
        return
    planned = plan(network)
    assert planned.output == (len(found), 1)
    touched = max(found) + d * (f - 1) - before
    notes = planned.layers[0].notes
    assert any("the last" in note for note in notes) == (touched < n - 1)
    assert all(eval(each.numbers, {"__builtins__": {}}) == each.value for each in planned.lines(planned.layers[0]))


@given(n=st.integers(1, 40), f=SMALL, s=SMALL, d=st.integers(1, 3))
def test_same_gives_a_window_for_every_stride(n: int, f: int, s: int, d: int) -> None:
    planned = plan(ConvNet("", (n, 1), (layer("conv", filters=1, kernel=f, stride=s, dilation=d, padding="same"),)))
    assert planned.output == (len(range(0, n, s)), 1)
    values = {each.key: each.value for each in planned.lines(planned.layers[0])}
    assert values.get("length_exam", planned.output[0]) == planned.output[0]
    assert len(starts(values["length_padded"], f, s, d, 0, 0)) == planned.output[0]


@given(n=st.integers(1, 40), f=SMALL, s=SMALL, pad=st.integers(0, 3))
def test_ceil_mode_starts_every_window_inside(n: int, f: int, s: int, pad: int) -> None:
    assume(pad <= f // 2 and n + 2 * pad >= f)
    planned = plan(ConvNet("", (n, 1), (layer("max_pool", size=f, stride=s, padding=pad, ceil=True),)))
    reaching = [at for at in range(0, n + pad, s) if at - s + f < n + 2 * pad or at == 0]
    assert planned.output == (len(reaching), 1)
    claims = [Claim(each.name, each.output, each.parameters, 0) for each in planned.layers]
    assert audit(planned.problem, claims).differences == ()


@st.composite
def stacks(draw: st.DrawFn) -> ConvNet:
    """One-channel stacks along one axis: windows, dilations, paddings, upsamplings."""
    items = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            f, d = draw(st.integers(1, 4)), draw(st.integers(1, 2))
            items.append(layer("conv", filters=1, kernel=f, stride=draw(st.integers(1, 3)), dilation=d, padding=0))
        else:
            items.append(layer("max_pool", size=draw(st.integers(1, 3)), stride=draw(st.integers(1, 3))))
    return ConvNet("", (80, 1), tuple(items))


def seen_by(network: ConvNet) -> tuple[int, int]:
    """The pixels between the first and the last that the first output sees, and the step to the next output."""
    reach: list[set[int]] = [{at} for at in range(network.input[0])]
    for item in network.layers:
        assert isinstance(item, Layer)
        reach = _through(item, reach)
    spans = [max(each) - min(each) + 1 for each in reach if each]
    step = min(reach[1]) - min(reach[0]) if len(reach) > 1 else 0
    return max(spans), step


def _through(item: Layer, reach: list[set[int]]) -> list[set[int]]:
    s = item.settings
    if item.kind == "upsample":
        return [each for each in reach for _ in range(s["size"])]
    if item.kind == "conv_transpose":
        out: list[set[int]] = [set() for _ in range((len(reach) - 1) * s["stride"] + s["kernel"])]
        for at, each in enumerate(reach):
            for k in range(s["kernel"]):
                out[at * s["stride"] + k] |= each
        return out
    f, d = (s["kernel"], s["dilation"]) if item.kind == "conv" else (s["size"], 1)
    found = starts(len(reach), f, s["stride"], d, 0, 0)
    return [set().union(*(reach[at + k * d] for k in range(f))) for at in found]


@given(stacks())
@settings(max_examples=60)
def test_receptive_field_and_jump(network: ConvNet) -> None:
    try:
        planned = plan(network)
    except PlanError:
        return
    field, jump = seen_by(network)
    assert planned.layers[-1].receptive_field == (field,)
    assert planned.output[0] == 1 or planned.layers[-1].field.jumps == (jump,)


@pytest.mark.parametrize(
    "items",
    [
        [("conv", 3, 1), ("max_pool", 2, 2), ("conv", 3, 1), ("upsample", 2), ("conv", 3, 1)],
        [("max_pool", 2, 2), ("max_pool", 2, 2), ("upsample", 2), ("conv", 3, 1), ("upsample", 2), ("conv", 3, 1)],
        [("max_pool", 3, 2), ("conv_transpose", 2, 2), ("conv", 3, 1)],
        [("max_pool", 3, 2), ("conv_transpose", 3, 2), ("conv", 2, 1)],
        [("conv", 3, 2), ("conv_transpose", 4, 2), ("conv", 3, 1), ("conv", 3, 1)],
        [("conv_transpose", 3, 1), ("conv", 2, 1)],
    ],
)
def test_receptive_field_behind_an_upsampling_is_the_largest(items: list[tuple[Any, ...]]) -> None:
    network = ConvNet("", (40, 1), tuple(_made(*item) for item in items))
    assert plan(network).layers[-1].receptive_field == (seen_by(network)[0],)


def _made(kind: str, size: int, stride: int = 1) -> Layer:
    if kind == "upsample":
        return layer("upsample", size=size)
    if kind == "max_pool":
        return layer("max_pool", size=size, stride=stride)
    return layer(kind, filters=1, kernel=size, stride=stride)


@given(n=st.integers(1, 30), m=st.integers(1, 12))
def test_adaptive_windows(n: int, m: int) -> None:
    widest = max(-(-(i + 1) * n // m) - i * n // m for i in range(m))
    planned = plan(ConvNet("", (n, 1), (layer("adaptive_avg_pool", size=m),)))
    assert planned.layers[0].receptive_field == (widest,)


@given(top=st.integers(-200, 200), bottom=st.integers(1, 60))
def test_decimal_never_crosses_a_whole_number(top: int, bottom: int) -> None:
    text = decimal(top, bottom)
    assert abs(float(text) - top / bottom) <= (0.0051 if top * 10**4 % bottom else 1e-12)
    assert np.floor(float(text)) == top // bottom


def test_the_line_of_an_exam() -> None:
    width, kernel, padding, stride = letter("W", 32), letter("F", 11), letter("P", 5), letter("S", 4)
    worked = line("width", Name("W", "out"), (width - kernel + 2 * padding) // stride + 1)
    assert worked.formula == "floor((W - F + 2*P)/S) + 1"
    assert worked.numbers == "(32 - 11 + 2*5)//4 + 1"
    assert worked.sides[2] == Sum((Floor(Number("7.75")), Number("1")))
    assert worked.sides[3] == Number("8")


def test_spelling_of_products_and_divisions() -> None:
    groups = share(letter("C", 96), letter("G", 2))
    weights = product([letter("F", 5), letter("F", 5), groups])
    assert (formula(weights), numbers(weights)) == ("F*F*(C/G)", "5*5*(96//2)")
    assert numbers(round_up(letter("n", 5) - 2, 2) * 3) == "(-(-(5 - 2)//2))*3"


@given(number=st.integers(1, 500), wanted=st.integers(1, 600))
def test_nearest_divisor(number: int, wanted: int) -> None:
    divisors = [d for d in range(1, number + 1) if number % d == 0]
    assert nearest_divisor(number, wanted) == min(divisors, key=lambda d: (abs(d - wanted), d))


def test_ten_thousand_layers_and_not_one_more() -> None:
    relu = layer("relu")
    assert len(plan(ConvNet("", (4,), (Repeat(MOST_LAYERS, (relu,)),))).layers) == MOST_LAYERS
    with pytest.raises(PlanError, match="at most 10,000"):
        plan(ConvNet("", (4,), (Repeat(MOST_LAYERS, (relu,)), relu)))
    bomb: Repeat = Repeat(10**9, (relu,))
    for _ in range(20):
        bomb = Repeat(10**9, (bomb,))
    with pytest.raises(PlanError, match="repetitions"):
        plan(ConvNet("", (4,), (bomb,)))


def test_sizes_that_no_machine_could_hold() -> None:
    with pytest.raises(PlanError, match="holds more than"):
        plan(ConvNet("", (9, 9, 1), (Repeat(1000, (layer("upsample", size=10),)),)))
