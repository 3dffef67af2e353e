"""Presets and published cases: totals, shapes and counts as printed, each checked a second time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from solver.check.convolution_shapes import Claim, audit
from solver.cnn.backwards import solutions
from solver.cnn.compare import compare_dense
from solver.cnn.data import answer_data, plan_data
from solver.cnn.elsewhere import elsewhere, keras_parameters, torch_parameters, torchinfo_mult_adds
from solver.cnn.plan import Plan
from solver.cnn.planner import AskedError, plan
from solver.cnn.presets import PRESETS, preset
from solver.errors import NotAsked
from solver.spec.cnn_shapes import Spec, problem, starter
from solver.spec.convnet import ConvNet
from solver.spec.document import Document
from solver.spec.number import Number
from solver.spec.read import read

BANK = Path(__file__).parents[1] / "problems" / "bank" / "cnn-shapes"
NAMES = sorted(path.stem for path in BANK.glob("*.yaml"))
TOTALS = {
    "lenet5-1998": 60_000, "lenet5": 61_706, "alexnet": 62_378_344, "alexnet-grouped": 60_965_224,
    "alexnet-torchvision": 61_100_840, "zfnet": 62_357_608, "vgg11": 132_863_336, "vgg13": 133_047_848,
    "vgg16": 138_357_544, "vgg19": 143_667_240, "googlenet": 6_624_904, "resnet18": 11_689_512,
    "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160, "resnet152": 60_192_808,
    "squeezenet": 1_248_424, "mobilenet_v2": 3_504_872, "densenet121": 7_978_856, "unet": 31_030_658,
    "autoencoder": 111_521,
}  # fmt: skip
# Published multiplications: He and others (2015) and torchvision's tables (GFLOPS, there MACs, to three digits).
MACS = {"resnet18": 1.81, "resnet50": 4.09, "resnet152": 11.51, "vgg16": 15.47, "mobilenet_v2": 0.30, "vgg19": 19.63,
        "densenet121": 2.83, "googlenet": 1.50, "squeezenet": 0.82, "alexnet-torchvision": 0.71}  # fmt: skip


def document(name: str) -> Document:
    return read((BANK / f"{name}.yaml").read_bytes(), name)


def network(name: str) -> ConvNet:
    return problem(document(name))[0]


def planned(name: str) -> Plan:
    return plan(network(name))


def printed(case: str) -> dict[str, Any]:
    cases = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return next(each["answers"] for each in cases if each["id"] == case)


PUBLISHED = Path(__file__).parent / "truth" / "cnn.json"


def test_totals_are_those_of_every_preset() -> None:
    assert set(TOTALS) == set(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_preset(name: str) -> None:
    text = preset(name)
    found = plan(problem(read(text, name))[0])
    assert text.startswith(("# Source:", "# Own:"))
    assert found.total_parameters == TOTALS[name]
    assert round(found.total_macs / 1e9, 2) == MACS.get(name, round(found.total_macs / 1e9, 2))


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(NotAsked, match="Did you mean resnet152"):
        preset("resnet-152")


@pytest.mark.parametrize("name", NAMES)
def test_bank_problem_agrees_with_the_second_computation(name: str) -> None:
    spec = network(name)
    try:
        found = plan(spec)
    except AskedError:
        assert solutions(spec).bounds
        return
    claims = [Claim(each.name, each.output, each.parameters, each.running) for each in found.layers]
    report = audit(spec, claims)
    assert (report.compared, report.differences) == (len(found.layers), ())


@pytest.mark.parametrize("name", NAMES)
def test_every_worked_line_comes_out(name: str) -> None:
    spec = network(name)
    if name.startswith(("which", "no-such")):
        with pytest.raises(AskedError):
            plan(spec)
        return
    found = plan(spec)
    for each in found.layers:
        values = {line.key: line.value for line in found.lines(each)}
        for line in found.lines(each):
            assert eval(line.numbers, {"__builtins__": {}}) == line.value, (each.name, line.key)
        assert values.get("parameters", 0) == each.parameters, each.name
        assert values.get("macs", 0) == each.macs, each.name
        assert values["memory"] == found.memory(each)
        axes = zip(each.input.axes, each.receptive_field, strict=False)
        assert all(values.get(f"field_{axis}", pixels) == pixels for axis, pixels in axes)


@pytest.mark.parametrize("name", NAMES)
def test_bank_specs_fit_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(Spec.json_schema()).validate(as_json(document(name).data))


def as_json(data: Any) -> Any:
    if isinstance(data, Number):
        return int(data.value) if data.value.denominator == 1 else float(data.value)
    if isinstance(data, dict):
        return {key: as_json(value) for key, value in data.items()}
    return [as_json(value) for value in data] if isinstance(data, list) else data


def test_the_starter_can_be_planned() -> None:
    assert plan(problem(read(starter(), "starter"))[0]).output == (10,)


def test_exam_notes_with_same_padding() -> None:
    found = planned("exam-same")
    shapes = [(8, 8, 96), (4, 4, 96), (4, 4, 256), (2, 2, 256), (2, 2, 384), (84,), (10,)]
    assert [each.output for each in found.layers] == shapes
    assert [each.parameters for each in found.layers] == [34944, 0, 614656, 0, 885120, 129108, 850]
    assert found.total_parameters == 1664678
    lines = {line.key: line for line in found.lines(found.layers[0])}
    assert (lines["height"].numbers, lines["height"].value) == ("-(-32//4)", 8)
    assert (lines["height_exam"].numbers, lines["height_exam"].value) == ("(32 - 11 + 2*5)//4 + 1", 8)
    assert (lines["parameters"].numbers, lines["parameters"].value) == ("(11*11*3 + 1)*96", 34944)


def test_exam_notes_lenet_and_28() -> None:
    found = planned("exam-lenet")
    assert [each.parameters for each in found.layers] == [156, 0, 2416, 0, 48120, 10164, 850]
    assert found.total_parameters == 61706
    assert planned("exam-28x28").output == (1568,)


def test_same_padding_pads_to_seven() -> None:
    found = planned("same-padding")
    values = {line.key: line.value for line in found.lines(found.layers[0])}
    assert (values["height_padded"], values["height"]) == (7, 5)


def test_parameter_formulas() -> None:
    assert planned("parameters-of-a-filter").total_parameters == 140
    assert planned("parameters-of-a-dense-layer").total_parameters == 8256


def test_cs231n() -> None:
    answers = printed("cs231n-shapes")
    found = planned("alexnet-first-layer")
    compared = compare_dense(found)[0]
    assert found.output[0] == answers["alexnet"]
    assert found.layers[0].weights == answers["shared_w"]
    assert compared.shared == answers["shared"]
    assert compared.unshared == answers["no_sharing"]
    assert compared.dense == 290400 * (227 * 227 * 3 + 1)
    assert {line.key: line.value for line in compared.lines}["neurons"] == answers["neurons"]
    for name, key in (("cs231n-a", "a"), ("cs231n-b", "b"), ("cs231n-strides", "c"), ("cs231n-dense-as-conv", "dense")):
        assert planned(name).output[0] == answers[key]
    rest = planned("cs231n-c")
    assert rest.output[0] == int(answers["invalid"])
    assert rest.layers[0].notes == ("the last position is never seen",)


def test_vgg16_weights() -> None:
    answers = printed("vgg16-params")
    layers = planned("vgg16").layers
    assert [each.weights for each in layers if each.kind == "conv"] == answers["conv_w"]
    assert [each.weights for each in layers if each.kind == "dense"] == answers["fc_w"]
    assert sum(each.biases for each in layers) == 13416


def test_alexnet_layers() -> None:
    answers = printed("alexnet-params")
    layers = [each for each in planned("alexnet").layers if each.parameters]
    assert [each.parameters for each in layers] == answers["layers"]
    assert sum(each.parameters for each in layers if each.kind == "conv") == answers["conv_total"]
    grouped = [each for each in planned("alexnet-grouped").layers if each.parameters]
    assert grouped[1].parameters == answers["conv2_grouped"]


def test_lenet_resnet_and_the_numerical() -> None:
    lenet = printed("lenet5-modern-params")
    counts = [each.parameters for each in planned("lenet5").layers if each.parameters]
    assert counts == [lenet[key] for key in ("c1", "c3", "c5", "f6", "out")]
    resnet = printed("resnet-params")
    for depth in (18, 34, 50, 101, 152):
        assert planned(f"resnet{depth}").total_parameters == resnet[f"r{depth}"]
    answers, found = printed("scribd-cnn-numerical"), planned("cnn-numerical")
    assert [each.output[0] for each in found.layers] == [answers[key] for key in ("c1", "pool1", "c2", "pool2")]
    assert [found.layers[0].parameters, found.layers[2].parameters] == [answers["p1_params"], answers["p2_params"]]
    pooled = next(line for line in found.lines(found.layers[3]) if line.key == "height")
    assert (pooled.numbers, pooled.value) == ("(109 - 2)//2 + 1", 54)
    assert found.layers[3].notes == ("the last row and column are never seen",)


def test_what_other_counters_print() -> None:
    resnet = planned("resnet50")
    assert any("Keras prints 25,610,152 parameters (53,120 running" in text for text in elsewhere(resnet))
    assert any("15,483,821,032 mult-adds" in text for text in elsewhere(planned("vgg16")))
    lstm = planned("sentiment-lstm").layers[1]
    assert torch_parameters(lstm) == 4 * (20 * 52 + 40)
    assert keras_parameters(lstm) == lstm.parameters
    assert torchinfo_mult_adds(lstm) == 50 * torch_parameters(lstm)
    assert elsewhere(planned("parameters-of-a-dense-layer")) == (
        "torchinfo prints 8,256 mult-adds (the biases of dense layers once).",
    )


def test_json() -> None:
    data = plan_data(planned("exam-lenet"))
    first = data["layers"][0]
    wanted = {"name": "conv1", "kind": "conv", "output": [28, 28, 6], "parameters": 156, "macs": 117600}
    assert {key: first[key] for key in wanted} == wanted
    assert first["receptive_field"] == [5, 5]
    assert (data["total_parameters"], json.loads(json.dumps(data))) == (61706, data)
    assert plan_data(planned("video-3d"))["layers"][0]["output"] == [64, 16, 112, 112]
    assert answer_data(solutions(network("which-kernel")))["solutions"] == [{"kernel": 5}]
