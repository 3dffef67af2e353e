"""kind: backprop: both ways of writing a network, names, complaints with their places, the schema."""

from fractions import Fraction
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import event, given, settings
from hypothesis import strategies as st

from solver.catalog.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from solver.catalog.losses import CLASS_LOSSES, LOSSES
from solver.errors import SpecError
from solver.options import Options
from solver.spec import choices
from solver.spec.backprop import Spec, problem, starter
from solver.spec.common import schema
from solver.spec.document import Document
from solver.spec.network import Activation, Loss, Network
from solver.spec.number import Number
from solver.spec.read import read

LAYERS = """\
kind: backprop
title: Two inputs, two hidden neurons, two outputs
inputs: [0.05, 0.10]                 # or {i1: 0.05, i2: 0.10}: names them
target: [0.01, 0.99]                 # without target: forward pass only
learning_rate: 0.5                   # without it: gradients only
loss: half_sse                       # see 'Losses'
layers:
  - {name: h, weights: [[0.15, 0.20], [0.25, 0.30]], biases: 0.35, activation: sigmoid}  # one: shared
  - {name: o, weights: [[0.40, 0.45], [0.50, 0.55]], biases: [0.60, 0.60]}  # a list: one each
activation: sigmoid                  # for layers that name none
update_biases: false                 # default true
"""

NEURONS = """\
kind: backprop
inputs: {1: 1, 2: 0, 3: 1}
neurons:
  4: {weights: {1: 0.2, 2: 0.4, 3: -0.5}, bias: -0.4}
  5: {weights: {1: -0.3, 2: 0.1, 3: 0.2}, bias: 0.2}
  6: {weights: {4: -0.3, 5: -0.2}, bias: 0.1}
activation: sigmoid
target: {6: 1}
learning_rate: 0.9
loss: sse
symbols: {bias: theta, learning_rate: alpha}    # how quantities are written
"""


def network(text: str) -> Network:
    return problem(read(text, "net.yaml"))[0]


def complaints(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        problem(read(text, "net.yaml"))
    return str(caught.value).split("\n")


def plain(node: Any) -> Any:
    """What an editor's validator sees: mapping keys are strings."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, list) else node


# --- both forms -------------------------------------------------------------------------------------


def test_layers_form_becomes_wired_neurons() -> None:
    net = network(LAYERS)
    assert (net.form, net.inputs, net.outputs) == ("layers", ("i1", "i2"), ("o1", "o2"))
    assert [layer.name for layer in net.layers] == ["h", "o"]
    assert all(layer.dense for layer in net.layers)
    assert [w.key for w in net.weights] == [f"w{n}" for n in range(1, 9)]
    texts = [w.value.text for w in net.weights]
    assert texts == ["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"]
    assert [b.key for b in net.biases] == ["b1", "b2", "b3"]
    h1, h2, o1, _ = net.neurons
    assert h1.bias is h2.bias
    assert [wire.source for wire in o1.wires] == ["h1", "h2"]
    assert o1.activation == Activation("sigmoid")
    assert net.samples[0].targets == (Number.of("0.01"), Number.of("0.99"))
    assert net.learning_rate == Number.of("0.5")
    assert (net.loss, net.update_biases) == (Loss("half_sse"), False)


def test_neurons_form_becomes_levels() -> None:
    net = network(NEURONS)
    assert (net.form, net.inputs, net.outputs) == ("neurons", ("1", "2", "3"), ("6",))
    assert [[n.name for n in layer.neurons] for layer in net.layers] == [["4", "5"], ["6"]]
    assert all(layer.dense for layer in net.layers)
    assert [w.key for w in net.weights] == ["w14", "w24", "w34", "w15", "w25", "w35", "w46", "w56"]
    assert [b.key for b in net.biases] == ["b4", "b5", "b6"]
    assert net.symbols == {"bias": "theta", "learning_rate": "alpha"}
    assert net.title == "A 3-2-1 network"


def test_defaults_and_options() -> None:
    net, chosen = problem(read("inputs: [1]\nlayers: [{weights: [[2]], activation: relu}]", "f"))
    assert chosen == Options()
    assert net.loss == Loss("half_sse")
    assert net.learning_rate is None
    assert net.update_biases
    assert net.neurons[0].bias is None
    assert not net.samples[0].has_target
    text = LAYERS + "digits: 3\ncarry: rounded\nstyle: delta\nexplain: true\nfind: w5', dE/dw1\n"
    chosen = problem(read(text, "f"))[1]
    assert chosen == Options(3, "rounded", ("w5'", "dE/dw1"), "delta", explain=True)
    assert problem(read(LAYERS + "find: [w5', w1']", "f"))[1].find == ("w5'", "w1'")


def test_the_starter_is_a_problem_with_both_ways_of_writing() -> None:
    first, rest = starter().split("\n", 1)
    assert first.startswith("# yaml-language-server: $schema=")
    assert network(starter()).layers == network(rest).layers
    other = rest.split("layers above.\n#\n")[1].replace("# ", "")
    assert network(f"activation: sigmoid\n{other}").layers == network(NEURONS).layers


# --- names ------------------------------------------------------------------------------------------


def hidden_names(count: int, first: str = "") -> list[str]:
    rows = "".join(f"\n - {{{first if not i else ''}weights: [[1]]}}" for i in range(count + 1))
    return [n.name for n in network(f"inputs: [1]\nactivation: tanh\nlayers:{rows}").neurons]


def test_layers_without_a_name() -> None:
    assert hidden_names(0) == ["o1"]
    assert hidden_names(1) == ["h1", "o1"]
    assert hidden_names(2) == ["h1_1", "h2_1", "o1"]
    assert hidden_names(2, "name: a, ") == ["a1", "h2_1", "o1"]


def test_transposed_matrices_are_numbered_as_typed() -> None:
    head = "inputs: [1, 2, 3]\nlayout: input-rows\nactivation: relu\n"
    text = head + "layers: [{weights: [[1, 2], [3, 4], [5, 6]]}]"
    first, second = network(text).neurons
    assert [(w.source, w.weight.key, w.weight.value.text) for w in first.wires] == [
        ("i1", "w1", "1"),
        ("i2", "w3", "3"),
        ("i3", "w5", "5"),
    ]
    assert [w.weight.key for w in second.wires] == ["w2", "w4", "w6"]


def test_weights_between_longer_names_get_an_underscore() -> None:
    neurons = "{4: {weights: {1: 1}}, 14: {weights: {1: 1, x2: 2, 4: 1}}}"
    net = network(f"inputs: {{1: 1, x2: 1}}\nneurons: {neurons}\nactivation: step")
    assert [w.key for w in net.weights] == ["w14", "w1_14", "wx2_14", "w4_14"]


def test_skips_and_missing_connections_are_not_dense() -> None:
    text = (
        "inputs: {1: 1, 2: 2}\nactivation: tanh\nneurons:\n"
        "  5: {weights: {4: 1, 1: 2}}\n  4: {weights: {3: 1}}\n  3: {weights: {1: 1, 2: 1}}\n"
    )
    net = network(text)
    assert [[n.name for n in layer.neurons] for layer in net.layers] == [["3"], ["4"], ["5"]]
    assert [layer.dense for layer in net.layers] == [True, True, False]
    assert net.outputs == ("5",)


# --- settings, targets, samples ---------------------------------------------------------------------

ONE = "inputs: [1]\nlayers: [{weights: [[1]], activation: %s}]\n"
THREE = "inputs: [1]\nlayers: [{weights: [[1], [2], [3]], activation: %s}]\n"


@pytest.mark.parametrize(
    ("typed", "setting"),
    [
        ("leaky_relu", "0.01"),
        ("prelu", "0.25"),
        ("elu", "1"),
        ("{leaky_relu: 0.1}", "0.1"),
        ("{randomised_relu: {a: 1/3}}", "1/3"),
        ("{elu: {alpha: 2}}", "2"),
    ],
)
def test_activation_settings(typed: str, setting: str) -> None:
    assert network(ONE % typed).neurons[0].activation.setting == Number(Fraction(setting), setting)


@pytest.mark.parametrize(("typed", "delta"), [("huber", "1"), ("{huber: 2}", "2"), ("{huber: {delta: 0.5}}", "0.5")])
def test_loss_settings(typed: str, delta: str) -> None:
    assert network(ONE % "relu" + f"loss: {typed}").loss == Loss("huber", Number.of(delta))


def test_every_word_is_in_the_catalog_and_the_other_way_round() -> None:
    assert set(choices.ACTIVATIONS) == set(ACTIVATIONS) | set(LAYER_ACTIVATIONS)
    assert set(choices.LOSSES) == set(LOSSES) | set(CLASS_LOSSES)
    for name, setting in choices.ACTIVATIONS.items():
        assert (setting.name if setting else "") == getattr(ACTIVATIONS.get(name), "setting", "")
    assert set(choices.ACTIVATION_SYNONYMS.values()) <= set(choices.ACTIVATIONS)
    assert set(choices.LOSS_SYNONYMS.values()) <= set(choices.LOSSES)


@pytest.mark.parametrize("target", ["1", "[1]", "{o1: 1}"])
def test_three_ways_to_write_one_target(target: str) -> None:
    assert network(ONE % "relu" + f"target: {target}").samples[0].targets == (Number.of(1),)


def test_targets_by_name_come_in_the_order_of_the_outputs() -> None:
    sample = network(THREE % "relu" + "target: {o3: 3, o1: 1, o2: 2}").samples[0]
    assert [t.text for t in sample.targets] == ["1", "2", "3"]


def test_class_labels() -> None:
    sample = network(THREE % "softmax" + "target: 2\nloss: sparse_cce").samples[0]
    assert (sample.label, sample.targets, sample.has_target) == (2, (), True)
    assert network(THREE % "linear" + "target: 0\nloss: hinge").samples[0].label == 0
    assert network(ONE % "linear" + "target: -1\nloss: hinge").samples[0].targets == (Number.of(-1),)


def test_samples() -> None:
    text = "samples: [{inputs: {a: 1, b: 2}, target: 1}, {inputs: {b: 4, a: 3}, target: 0}]\n"
    net = network(text + "layers: [{weights: [[1, 2]], activation: sigmoid}]")
    assert net.inputs == ("a", "b")
    assert [[n.text for n in s.inputs] for s in net.samples] == [["1", "2"], ["3", "4"]]
    assert [s.targets[0].text for s in net.samples] == ["1", "0"]


def test_a_neuron_that_is_read_may_have_a_target_too() -> None:
    net = network(NEURONS.replace("{6: 1}", "{6: 1, 5: 0}"))
    assert net.outputs == ("5", "6")
    assert [t.text for t in net.samples[0].targets] == ["0", "1"]


# --- complaints -------------------------------------------------------------------------------------

FOUR_WRONG = """\
kind: backprop
inputs: [0.05, 0.10]
learningrate: 0.5
target: [0.01, 0.99, 1]
layers:
  - {weights: [[0.15, 0.20], [0.25, 0.30], [1, 2]]}
  - weights:
      [[0.40, 0.45], [0.50, 0.55]]
    activation: sigmoyd
activation: relu
digits: 16
"""


def test_all_complaints_of_a_file_at_once() -> None:
    found = complaints(FOUR_WRONG)
    assert [line.split(" ")[0] for line in found] == [
        "net.yaml:3:1:",
        "net.yaml:4:9:",
        "net.yaml:8:7:",
        "net.yaml:9:17:",
        "net.yaml:11:9:",
    ]
    assert "found the key 'learningrate'; expected one of version, kind" in found[0]
    assert found[0].endswith("Did you mean learning_rate?")
    assert found[1].endswith("target: 3 numbers, but there are 2 outputs (o1, o2): write 2")
    row = "2 numbers in row 1, but the layer before has 3 neurons (h1, h2, h3): each row needs 3."
    assert found[2].endswith(f"layers.2.weights: {row}")
    assert "layers.2.activation: found 'sigmoyd'; expected one of linear, step" in found[3]
    assert found[3].endswith("Did you mean sigmoid?")
    assert found[4].endswith("digits: found 16; expected a whole number from 1 to 15")


TWO = "inputs: [1, 2]\nactivation: sigmoid\nlayers:\n"
NAMED = "inputs: {%s: 1}\nactivation: relu\nlayers: [{weights: [[1]]}]\n"
MISTAKES = [
    (TWO + "  - {weights: [1, 2]}", "4:15: layers.1.weights", "Write [[1, 2]] for a matrix of one row"),
    (TWO + "  - {weights: [[1], [2]]}", "4:15: layers.1.weights", "write 'layout: input-rows'"),
    (
        TWO + "  - {weights: [[1, 2], [2]]}",
        "4:24: layers.1.weights.2",
        "1 number in row 2, but there are 2 inputs (i1, i2)",
    ),
    (
        TWO + "  - {weights: [[1, 2]], layout: input-rows}",
        "4:15: layers.1.weights",
        "write 'layout: neuron-rows'",
    ),
    (TWO + "  - {weights: [[1, 2]], biases: [1, 2]}", "4:33: layers.1.biases", "the layer has 1 neuron (o1)"),
    (TWO + "  - {biases: 3}", "4:5: layers.1", "the key weights is missing"),
    (TWO + "  - {weight: [[1, 2]]}", "4:6: layers.1.weight", "Did you mean weights?"),
    (TWO + "  - {weights: [[1, true]]}", "4:20: layers.1.weights.1.2", "found true; expected a number"),
    (
        TWO + "  - {weights: [[1, true]]}",
        "4:20: layers.1.weights.1.2",
        "found true; expected a number. Write 1 or 0",
    ),
    (
        TWO + "  - {name: i, weights: [[1, 1]]}",
        "4:12: layers.1.name",
        "the neuron i1 would have the name of an input",
    ),
    (TWO + "  - {weights: [[1, 1]]}\ntarget: {O1: 1}", "5:10: target.O1", "Did you mean o1?"),
    (TWO + "  - {weights: [[1, 1]]}\nlearning_rate: 0", "5:16: learning_rate", "expected a number above 0"),
    (TWO + "  - {weights: [[1, 1]]}\nversion: 2", "5:10: version", "found 2; expected 1"),
    (TWO + "  - {weights: [[1, 1]]}\nneurons: {}", "5:10: neurons", "expected at least one entry"),
    (TWO + "  - {weights: [[1, 1]]}\nsymbols: {bias: w}", "5:17: symbols.bias", "w stands for weights too"),
    (TWO + "  - {weights: [[1, 1]]}\nupdate_biases: no", "5:16: update_biases", "Did you mean false?"),
    (
        "inputs: {w1: 1}\nactivation: relu\nlayers: [{weights: [[1]]}]",
        "1:10: inputs.w1",
        "the weight from w1 to o1",
    ),
    ("inputs: {a: 1}\nactivation: prelu\nlayers: [{weights: [[1]]}]", "1:10: inputs.a", "the setting of prelu"),
    (NAMED % "t1" + "target: 1", "1:10: inputs.t1", "the target of o1"),
    (NAMED % "in", "1:10: inputs.in", "a word of Python"),
    ("inputs: {E: 1}\nactivation: relu\nlayers: [{weights: [[1]]}]", "1:10: inputs.E", "the error"),
    (
        "inputs: {a b: 1}\nactivation: relu\nlayers: [{weights: [[1]]}]",
        "1:10: inputs.a b",
        "letters, digits and",
    ),
    ("inputs: [1]\nlayers: [{weights: [[1]]}]", "2:10: layers.1", "no activation is named"),
    ("inputs: [1]\nactivation: relu", "1:1", "the key layers (or neurons) is missing"),
    (ONE % "randomised_relu", "2:39: layers.1.activation", "Write {randomised_relu: 0.1}"),
    (ONE % "{relu: 1}", "2:39: layers.1.activation", "expected relu without a setting"),
    (ONE % "logistic", "2:39: layers.1.activation", "Did you mean sigmoid?"),
    ("inputs: [0,05]\nactivation: relu\nlayers: [{weights: [[1]]}]", "1:12: inputs.2", "write 5, or 0.05 for what"),
    (ONE % "Identity", "2:39: layers.1.activation", "Did you mean linear?"),
    (ONE % "relu" + "loss: mean-squared error", "3:7: loss", "Did you mean mse?"),
    (ONE % "relu" + "loss: {huber: {delta: -1}}", "3:23: loss.huber.delta", "expected a number above 0"),
    (
        ONE % "relu" + "target: 1\nloss: bce",
        "4:7: loss",
        "outputs of relu can leave the range between 0 and 1",
    ),
    (ONE % "sigmoid" + "target: 2\nloss: bce", "3:9: target", "targets from 0 to 1"),
    (ONE % "softmax" + "target: [-1]\nloss: cce", "3:10: target.1", "targets of at least 0"),
    (ONE % "linear" + "target: 0\nloss: hinge", "3:9: target", "targets 1 or -1"),
    (THREE % "softmax" + "target: 1\nloss: cce", "3:9: target", "write 'loss: sparse_cce'"),
    (THREE % "softmax" + "target: 3\nloss: sparse_cce", "3:9: target", "from 0 to 2 (o1, o2, o3)"),
    (
        THREE % "log_softmax" + "target: [1, 0, 0]\nloss: cce",
        "4:7: loss",
        "use softmax instead of log_softmax",
    ),
    (ONE % "relu" + "samples: [{inputs: [1]}]", "3:1: samples", "found both inputs and samples"),
    (
        NEURONS.replace("4: -0.3", "9: -0.3"),
        "6:17: neurons.6.weights.9",
        "expected an input or a neuron: 1, 2, 3, 4",
    ),
    (NEURONS.replace("3: -0.5", "6: -0.5"), "4:3: neurons.4", "the wiring runs in a circle: 4 -> 6 -> 4"),
    (NEURONS.replace("3: -0.5", "4: -0.5"), "4:3: neurons.4", "the wiring runs in a circle: 4 -> 4"),
    (
        NEURONS.replace("5: -0.2", "3: -0.2"),
        "8:9: target",
        "no number for 5; expected a target for each neuron",
    ),
    (NEURONS.replace("  5:", "  3:"), "5:3: neurons.3", "3 is an input already"),
    (
        NEURONS.replace("bias: 0.1}", "activation: softmax}\n  7: {weights: {4: 1}}"),
        "6:48: neurons.6.activation",
        "(6, 7)",
    ),
]


@pytest.mark.parametrize(("text", "place", "says"), MISTAKES)
def test_a_mistake_is_named_at_its_place_with_the_fix(text: str, place: str, says: str) -> None:
    found = [line for line in complaints(text) if line.startswith(f"net.yaml:{place}: ")]
    assert len(found) == 1, complaints(text)
    assert says in found[0]


def test_a_deep_network_and_a_long_circle_are_no_trouble() -> None:
    chain = "".join(f"  n{i}: {{weights: {{n{i - 1}: 1}}}}\n" for i in range(1, 1500))
    text = f"inputs: {{n0: 1}}\nactivation: relu\nneurons:\n{chain}"
    assert len(network(text).layers) == 1499
    circle = complaints(text.replace("{weights: {n0: 1}}", "{weights: {n1499: 1}}"))
    assert [line.split(": ", 2)[2] for line in circle] == [
        "the wiring runs in a circle: n1 -> n2 -> n3 -> ... -> n1499 -> n1"
    ]


# --- the schema -------------------------------------------------------------------------------------

SCHEMA = schema(Spec)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def accepted(text: str) -> bool:
    return bool(VALIDATOR.is_valid(plain(yaml.safe_load(text))))


def test_schema_is_one_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"] == "dlsolve spec, kind: backprop"
    for each in (SCHEMA, *SCHEMA["$defs"].values()):
        assert each["additionalProperties"] is False
        assert all(field.get("description") for field in each["properties"].values())


@pytest.mark.parametrize("text", [LAYERS, NEURONS, starter(), ONE % "{leaky_relu: 1/3}", THREE % "gelu" + "find: w1"])
def test_schema_accepts(text: str) -> None:
    assert accepted(text)


@pytest.mark.parametrize(
    "text",
    [
        LAYERS.replace("learning_rate", "learningrate"),
        LAYERS.replace("activation: sigmoid}", "activation: sigmoyd}"),
        LAYERS.replace("half_sse", "mean_squared_error"),
        LAYERS.replace("inputs", "input"),
        LAYERS.replace("0.35", "true"),
        LAYERS.replace("[0.05, 0.10]", "null"),
        LAYERS + NEURONS.split("\n", 2)[2].split("activation")[0],
        NEURONS.replace("bias: 0.1", "biases: 0.1"),
        ONE % "{relu: 1}",
    ],
)
def test_schema_rejects(text: str) -> None:
    assert not accepted(text)


# --- nothing but SpecError --------------------------------------------------------------------------

WORDS = (
    "sigmoid",
    "huber",
    "leaky_relu",
    "delta",
    "1",
    "i1",
    "4",
    "o1",
    "h",
    "w1",
    "cce",
    "input-rows",
    "1/2",
    "",
    "[key]",
)
KEYS = st.sampled_from([*Spec.names(), "weights", "biases", "bias", "name", *WORDS])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.sampled_from(WORDS), st.text(max_size=5), st.integers(-2, 5).map(Number.of)
)
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
ROWS = st.lists(st.lists(st.integers(-2, 2).map(Number.of), min_size=1, max_size=3), min_size=1, max_size=3)
ALMOST = st.fixed_dictionaries(
    {"inputs": ROWS.map(lambda rows: rows[0]), "activation": st.sampled_from(WORDS)},
    optional={
        "layers": st.lists(st.fixed_dictionaries({"weights": ROWS}, optional={"biases": JUNK}), min_size=1, max_size=3),
        "neurons": st.dictionaries(KEYS, st.fixed_dictionaries({"weights": st.dictionaries(KEYS, LEAVES)}), max_size=4),
        "target": JUNK,
        "loss": st.sampled_from([*choices.LOSSES]),
        "symbols": JUNK,
    },
)


@settings(max_examples=150, deadline=None)
@given(JUNK | ALMOST)
def test_junk_is_solved_or_complained_about(data: Any) -> None:
    document = Document("junk", data, {}, {})
    try:
        net, _ = problem(document)
    except SpecError as error:
        spelled = str(error)
        event(spelled.split(" ")[0])
    else:
        assert len(net.samples[0].inputs) == len(net.inputs)
        assert {w.source for n in net.neurons for w in n.wires} <= {
            *net.inputs,
            *(n.name for n in net.neurons),
        }
