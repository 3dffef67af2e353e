"""The reference: known numbers, finite differences, another array library; and an audit that bites."""

from __future__ import annotations

import ast
import subprocess
import sys
from math import exp, inf, isfinite, log, nan
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest
from msgspec.structs import replace
from networks import han_kamber, layered, mazur, number, random_network, sample, skipping

from solver.check.activations import ACTIVATIONS
from solver.check.audit import audit
from solver.check.backends import backend
from solver.check.differences import differences
from solver.check.losses import LOSSES
from solver.check.reference import quantities
from solver.errors import Unavailable
from solver.spec.network import Loss, Network, Training

ROOT = Path(__file__).parent.parent

# https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/, to 12 digits; the E' printed
# there, 0.291027924, comes from hidden weights that were made with already updated output weights.
MAZUR = {
    "in_h1": 0.3775, "out_h1": 0.593269992107, "out_h2": 0.59688437826, "in_o1": 1.10590596706,
    "out_o1": 0.751365069552, "out_o2": 0.772928465321, "E_o1": 0.274811083176, "E_o2": 0.0235600255838,
    "E": 0.29837110876, "dE/dout_o1": 0.741365069552, "dout_o1/din_o1": 0.186815601809,
    "dE/dw5": 0.0821670405642, "dE/dout_h1": 0.0363503063931, "dout_h1/din_h1": 0.241300708572,
    "dE/dw1": 0.000438567734474, "w1'": 0.149780716133, "w2'": 0.199561432266, "w3'": 0.249751143632,
    "w4'": 0.299502287265, "w5'": 0.358916479718, "w6'": 0.408666186076, "w7'": 0.511301270239,
    "w8'": 0.561370121108, "E'": 0.291027773694,
}  # fmt: skip

# Han and Kamber, Data Mining, section 9.2, to 12 digits; their Err is -delta.
HAN_KAMBER = {
    "in_4": -0.7, "in_5": 0.1, "in_6": -0.104539505845, "out_4": 0.331812227832, "out_5": 0.524979187479,
    "out_6": 0.473888898824, "delta_6": -0.131169078214, "delta_5": 0.00654208506417, "delta_4": 0.00872456196543,
    "w46'": -0.260828846342, "w56'": -0.138025067507, "w14'": 0.192147894231, "w15'": -0.305887876558,
    "w24'": 0.4, "w25'": 0.1, "w34'": -0.507852105769, "w35'": 0.194112123442, "b6'": 0.218052170393,
    "b5'": 0.194112123442, "b4'": -0.407852105769,
}  # fmt: skip


@pytest.mark.parametrize(("network", "known"), [(mazur(), MAZUR), (han_kamber(), HAN_KAMBER)])
def test_known_numbers(network: Network, known: dict[str, float]) -> None:
    found = quantities(network)
    assert {key: found[key] for key in known} == pytest.approx(known, rel=2e-11)


def test_biases_stay_where_they_are_not_updated() -> None:
    assert not {"b1'", "step_b1", "b2'"} & quantities(mazur()).keys()
    assert quantities(replace(mazur(), update_biases=True))["b1'"] < 0.35


def test_a_shared_bias_adds_the_deltas_of_its_layer() -> None:
    found = quantities(mazur())
    assert found["dE/db2"] == pytest.approx(found["delta_o1"] + found["delta_o2"], rel=1e-14)
    assert found["dE/db1"] == pytest.approx(differences(mazur()).values["dE/db1"], rel=1e-8)


def test_a_skip_connection_brings_a_second_path() -> None:
    found = quantities(skipping())
    h = numpy.tanh(0.4 * 0.5 + 0.6 * 1.5 + 0.1)
    o = 0.7 * h - 0.9 * 1.5 - 0.2
    assert found["out_4"] == pytest.approx(o)
    assert found["dE/dout_3"] == pytest.approx(2 * (h - 0.3) + 2 * (o + 0.8) * 0.7)
    assert found["dE/d2"] == pytest.approx(found["delta_3"] * -0.6 + found["delta_4"] * 0.9)
    assert found["dE/dout_3:4"] == pytest.approx(found["delta_4"] * 0.7)
    assert audit(found, skipping()).agrees


def test_without_a_target_or_a_rate_nothing_is_made_up() -> None:
    no_rate = quantities(replace(mazur(), learning_rate=None))
    assert "dE/dw5" in no_rate
    assert not [key for key in no_rate if "'" in key or key.startswith("step_")]
    forward = quantities(replace(mazur(), samples=(sample([0.05, 0.1]),)))
    assert set(forward) == {f"{kind}_{name}" for kind in ("in", "out") for name in ("h1", "h2", "o1", "o2")}


@pytest.mark.parametrize(("reduction", "share"), [("mean", 0.5), ("sum", 1.0)])
def test_several_samples(reduction: str, share: float) -> None:
    pair = (sample([0.05, 0.1], [0.01, 0.99]), sample([-1, 0.4], [0.5, 0.2]))
    both = replace(mazur(), samples=pair, training=Training(reduction=reduction))
    found = quantities(both)
    apart = [quantities(replace(mazur(), samples=(one,))) for one in pair]
    for key in ("in_h1", "out_o2", "E", "E_o1", "dE/dw5", "dE/db1", "delta_h2", "dE/di1"):
        assert [found[f"{key}[1]"], found[f"{key}[2]"]] == pytest.approx([one[key] for one in apart], rel=1e-13)
    for key in ("E", "dE/dw1", "dE/db2"):
        assert found[key] == pytest.approx(share * (apart[0][key] + apart[1][key]), rel=1e-13)
    assert "in_h1" not in found
    assert found["w5'"] == pytest.approx(0.4 - 0.5 * found["dE/dw5"])
    assert audit(found, both).agrees


def agrees_with_differences(network: Network) -> None:
    """Every gradient of the reference against differences, each relative to its own size."""
    found, slopes = quantities(network), differences(network)
    gradients = {key: found[key] for key in slopes.values}
    assert len(gradients) == len({p.key for p in (*network.weights, *network.biases)})
    assert gradients == pytest.approx(slopes.values, rel=1e-7, abs=1e-10)
    assert slopes.skipped == frozenset()


@pytest.mark.parametrize("loss", ["half_sse", "huber"])
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_activation_in_a_hidden_layer_and_at_the_end(kind: str, loss: str) -> None:
    agrees_with_differences(random_network([3, 4, 3, 2], ["tanh", kind, kind], loss, seed=7))


@pytest.mark.parametrize("end", ["sigmoid", "softmax"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: str, end: str) -> None:
    agrees_with_differences(random_network([2, 3, 3], ["gelu", end], loss, seed=11))


def test_activations_mixed_in_one_layer() -> None:
    network = random_network([3, 5, 2], ["softmax", "linear"], "sse", seed=3)
    first, second = network.layers
    kinds = ("softmax", "relu", "softmax", "tanh", "relu")
    mixed = [replace(n, activation=replace(n.activation, name=k)) for n, k in zip(first.neurons, kinds, strict=True)]
    network = replace(network, layers=(replace(first, neurons=tuple(mixed)), second))
    found = quantities(network)
    assert found["out_h1"] + found["out_h3"] == pytest.approx(1)
    assert found["out_h4"] == pytest.approx(numpy.tanh(found["in_h4"]))
    assert found["dout_h1/din_h3"] == pytest.approx(-found["out_h1"] * found["out_h3"])
    agrees_with_differences(network)


def one_neuron(kind: str, z: float) -> Network:
    return layered([[[1.0]]], [None], [kind], "sse", [sample([z], [3])])


@pytest.mark.parametrize(
    ("kind", "out", "slope"),
    [
        ("relu", 0, 0),
        ("leaky_relu", 0, 0.01),
        ("prelu", 0, 0.25),
        ("randomised_relu", 0, 0.2),
        ("elu", 0, 1),
        ("step", 1, 0),
        ("sign", 1, 0),
    ],
)
def test_slopes_at_a_kink(kind: str, out: float, slope: float) -> None:
    found = quantities(one_neuron(kind, 0))
    assert (found["out_o1"], found["dout_o1/din_o1"]) == (out, slope)


@pytest.mark.parametrize(("kind", "out", "slope"), [("step", 1, 0), ("sign", 1, 0), ("relu", 0, 0), ("prelu", 0, 0.25)])
@pytest.mark.parametrize("weights", [[0.3, -0.1, -0.2], [0.1, 0.2, -0.3], [-0.7, 0.1, 0.6]])
def test_a_neuron_on_its_kink_is_not_moved_off_it_by_rounding(
    kind: str, out: float, slope: float, weights: list[float]
) -> None:
    found = quantities(layered([[weights]], [None], [kind], "sse", [sample([1, 1, 1], [3])]))
    assert (found["out_o1"], found["dout_o1/din_o1"]) == (out, slope)


@pytest.mark.parametrize(
    "network",
    [
        layered([[[0.1, 0.2]]], [None], ["linear"], "mae", [sample([1, 1], [0.3])]),
        layered([[[0.2, 0.7]]], [0.1], ["linear"], "hinge", [sample([1, 1], [1])]),
        layered([[[1.4, 0], [0.4, 0]]], [None], ["linear"], "hinge", [sample([1, 1], label=0)]),
    ],
)
def test_an_output_on_the_kink_of_a_loss_has_slope_0(network: Network) -> None:
    found = quantities(network)
    assert found["dE/dout_o1"] == 0
    assert "dE/dw1" in differences(network).skipped


def test_where_the_error_is_flat_rounding_is_no_slope() -> None:
    network = layered([[[1.0]], [[2.0]]], [None, None], ["log_softmax", "linear"], "sse", [sample([1], [0])])
    values = quantities(network)
    assert values["dE/dw2"] == 0
    assert audit(values | {"dE/dw2": 5e-18}, network).agrees


@pytest.mark.parametrize("kind", [k for k in ACTIVATIONS if k not in ("linear", "leaky_relu", "randomised_relu")])
@pytest.mark.parametrize("z", [-800, 800])
def test_no_net_input_overflows(kind: str, z: float) -> None:
    found = quantities(one_neuron(kind, z))
    assert all(isfinite(value) for value in found.values())


def outputs(values: list[float], loss: str, targets: list[float] | None = None, label: int | None = None) -> Network:
    """A linear layer whose outputs are the values given."""
    weights = [[[value] for value in values]]
    return layered(weights, [None], ["linear"], loss, [sample([1], targets, label)])


@pytest.mark.parametrize(
    ("network", "error", "slopes"),
    [
        (outputs([0.5, 1], "sse", [1, 1]), 0.25, [-1, 0]),
        (outputs([0.5, 1], "half_sse", [1, 1]), 0.125, [-0.5, 0]),
        (outputs([0.5, 1], "mse", [1, 1]), 0.125, [-0.5, 0]),
        (outputs([0.5, 1], "half_mse", [1, 1]), 0.0625, [-0.25, 0]),
        (outputs([0.5, 1], "mae", [1, 1]), 0.25, [-0.5, 0]),
        (outputs([3, 0.5], "huber", [0, 0]), 1.3125, [0.5, 0.25]),
        (outputs([0.5, 0.2], "bce", [1, 0]), -(log(0.5) + log(0.8)) / 2, [-1, 0.625]),
        (outputs([0.7, 0.2, 0], "cce", [1, 0, 0]), -log(0.7), [-1 / 0.7, 0, 0]),
        (outputs([0.7, 0.2, 0.1], "sparse_cce", label=1), -log(0.2), [0, -5, 0]),
        (outputs([0.5, 0.25], "kl", [1, 0]), log(2), [-2, 0]),
        (outputs([0.5, 2, 1, -3], "hinge", [1, 1, 1, 1]), 1.125, [-0.25, 0, 0, -0.25]),
        (outputs([13, -7, 12.5], "hinge", label=0), 0.5, [-1, 0, 1]),
        (outputs([2, 1, 5], "hinge", label=0), 4, [-1, 0, 1]),  # the second meets the margin: a kink
    ],
    ids=lambda value: value.loss.name if isinstance(value, Network) else "",
)
def test_losses_by_hand(network: Network, error: float, slopes: list[float]) -> None:
    found = quantities(network)
    assert found["E"] == pytest.approx(error)
    assert [found[f"dE/dout_{name}"] for name in network.outputs] == pytest.approx(slopes)
    pieces = [value for key, value in found.items() if key.startswith("E_")]
    assert sum(pieces) == pytest.approx(error)
    assert ("E_o1" in found) == (network.loss.name != "hinge" or network.samples[0].label is None)


def test_settings_of_losses() -> None:
    wide = replace(outputs([3], "huber", [0]), loss=Loss("huber", number(2)))
    assert (quantities(wide)["E"], quantities(wide)["dE/dout_o1"]) == (4, 2)


def test_another_array_library_on_another_device_gives_the_same_numbers() -> None:
    strict = pytest.importorskip("array_api_strict")
    kinds = sorted(ACTIVATIONS)
    networks = [random_network([2, 3, 3], [kind, "softmax"], "cce", seed=5, samples=2) for kind in kinds]
    networks += [random_network([2, 3, 2], ["tanh", "sigmoid"], loss, seed=6) for loss in LOSSES]
    for network in (*networks, skipping(), outputs([2, 1, 5], "hinge", label=0)):
        elsewhere = quantities(network, strict, strict.Device("device1"))
        assert elsewhere == pytest.approx(quantities(network), rel=1e-13, abs=1e-15)


def test_differences_step_back_from_a_kink_and_skip_it_on_the_spot() -> None:
    at_kink, near = one_neuron("relu", 0), one_neuron("relu", 1e-3)
    on_bias = layered([[[1.0]]], [[0.0]], ["relu"], "sse", [sample([0], [3])])
    assert differences(at_kink).values == {"dE/dw1": 0}  # the input is 0: the weight does not move the neuron
    assert differences(on_bias).skipped == {"dE/db1"}
    assert differences(near).values["dE/dw1"] == pytest.approx(quantities(near)["dE/dw1"], rel=1e-7)


def test_differences_take_a_spread_of_many_parameters() -> None:
    network = random_network([30, 20, 5], ["tanh", "softmax"], "cce", seed=1)
    slopes = differences(network)
    assert len(slopes.values) == 400
    assert {"dE/dw1", "dE/db25"} <= slopes.values.keys()
    assert audit(quantities(network), network).differences == 400


@pytest.mark.parametrize("key", ["in_h1", "E", "dE/dw1", "dE/db2", "dout_o1/din_o1", "dE/dout_h1:o2", "w5'", "E'"])
@pytest.mark.parametrize("wrong", [1.000001, -1, 0])
def test_the_audit_names_what_is_wrong(key: str, wrong: float) -> None:
    values = quantities(mazur())
    assert audit(values, mazur()).agrees
    values[key] *= wrong
    found = audit(values, mazur())
    assert not found.agrees
    assert found.first_disagreement == key
    assert repr(values[key]) in found.detail
    assert found.max_error > 0


def test_the_audit_names_the_first_in_the_order_given() -> None:
    values = quantities(mazur()) | {"dE/dw8": 1.0, "in_o2": 1.0}
    assert audit(values, mazur()).first_disagreement == "in_o2"
    assert audit(dict(reversed(values.items())), mazur()).first_disagreement == "dE/dw8"


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_no_number_is_no_agreement(bad: float) -> None:
    found = audit(quantities(mazur()) | {"E": bad}, mazur())
    assert (found.agrees, found.first_disagreement, found.max_error) == (False, "E", inf)


@pytest.mark.parametrize("values", [{}, {"i1": 0.05}])
def test_nothing_compared_is_no_agreement(values: dict[str, float]) -> None:
    found = audit(values, mazur())
    assert (found.compared, found.agrees) == (0, False)


def test_an_error_that_cannot_be_computed_is_no_agreement() -> None:
    network = outputs([0.0], "cce", [1])
    found = audit(quantities(network), network)
    assert (found.agrees, found.first_disagreement) == (False, "E_o1")


def test_the_audit_counts_what_it_compared() -> None:
    found = audit({"in_h1": 0.3775, "dE/dw5": MAZUR["dE/dw5"], "eta": 0.5}, mazur())
    assert (found.compared, found.differences, found.skipped, found.agrees) == (2, 1, (), True)
    assert found.max_error < 1e-12
    on_bias = layered([[[1.0]]], [[0.0]], ["relu"], "sse", [sample([0], [3])])
    assert audit(quantities(on_bias), on_bias).skipped == ("dE/db1",)


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_finite_differences_find_a_wrong_slope_that_the_reference_shares(
    size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = dict(LOSSES)
    true = rows["sse"]
    rows["sse"] = replace(true, slope=lambda xp, y, t, a: 1.0001 * true.slope(xp, y, t, a))
    monkeypatch.setattr("solver.check.losses.LOSSES", rows)
    network = outputs([size], "sse", [2 * size])
    found = audit(quantities(network), network)
    assert found.first_disagreement == "dE/dw1"
    assert "finite differences" in found.detail


def test_saturated_neurons_raise_no_false_alarm() -> None:
    for z in (20, 34, 36):
        network = layered([[[1.0]]], [None], ["sigmoid"], "bce", [sample([z], [0])])
        y = 1 / (1 + exp(-z))
        by_hand = {"out_o1": y, "E": -log(1 - y), "dout_o1/din_o1": y * (1 - y), "dE/dout_o1": 1 / (1 - y)}
        by_hand["dE/dw1"] = by_hand["dE/dout_o1"] * by_hand["dout_o1/din_o1"] * z
        assert audit(by_hand, network).agrees


def test_backends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert backend("numpy") == (numpy, None)
    with pytest.raises(Unavailable, match="choose numpy or cupy"):
        backend("jax")
    monkeypatch.setitem(sys.modules, "array_api_compat.cupy", None)
    with pytest.raises(Unavailable, match=r'pip install "dlsolve\[cuda\]"'):
        audit({}, mazur(), "cupy")


@pytest.mark.parametrize("devices", [0, None])
def test_cupy_without_a_gpu(devices: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def count() -> int:
        if devices is None:
            raise RuntimeError("cudaErrorNoDevice")
        return devices

    library = SimpleNamespace(cuda=SimpleNamespace(runtime=SimpleNamespace(getDeviceCount=count)))
    monkeypatch.setitem(sys.modules, "array_api_compat.cupy", library)
    with pytest.raises(Unavailable, match=r"needs an NVIDIA GPU .*pip install"):
        backend("cupy")


FORBIDDEN = {"working", "algebra", "topics", "catalog", "formula", "backward", "differentiate", "evaluate"}


def imported(file: Path) -> set[str]:
    """The modules that a file of solver/ imports: solver's own as paths from solver/, others by their first name."""
    package = file.relative_to(ROOT / "solver").parent.parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1]
            module = (*above, *(node.module.split(".") if node.module else ()))
            found |= {"/".join(("solver", *module)), *("/".join(("solver", *module, a.name)) for a in node.names)}
    return found


def test_the_witness_is_independent() -> None:
    waiting = sorted((ROOT / "solver" / "check").glob("*.py"))
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        modules = imported(file)
        assert not modules & {"sympy", "problems"}, file
        assert not [m for m in modules if m.startswith("solver/") and m.split("/")[1] in FORBIDDEN], file
        own = {ROOT / f"{module}{end}" for module in modules for end in (".py", "/__init__.py")}
        # a problem may hold formulas as they were read; what checks it may not use them
        waiting += [path for path in own if path.exists() and path not in seen and path.parent.name == "check"]
    read = {file.stem for file in seen}
    assert {"reference", "passes", "differences", "audit"} <= read


def test_the_check_loads_nothing_but_numpy(environment: dict[str, str]) -> None:
    code = (
        "import sys; before = set(sys.modules); import solver.check.audit;"
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before} & set(sys.argv[1:])))"
    )
    names = ("numpy", "sympy", "scipy", "cupy", "array_api_compat", "pydantic", "yaml", "click")
    run = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, env=environment, check=True
    )
    assert run.stdout.split() == ["numpy"]
