"""Random specs of the kind recurrent: every cell, stacked, in two directions, deep, truncated, with any loss."""

from __future__ import annotations

from random import Random
from typing import Any

GATES = {"rnn": ["h"], "lstm": ["f", "i", "o", "c"], "gru": ["z", "r", "h"]}
PROBABILITIES = {"bce": "sigmoid", "cce": "softmax", "sparse_cce": "softmax", "kl": "softmax"}
LOSSES = ["sse", "half_sse", "mse", "half_mse", "mae", {"huber": 0.5}, "hinge", *PROBABILITIES]
UNITS = ["tanh", "relu", "sigmoid", "elu", "gelu", "softplus"]

Grid = list[list[float]]


def numbers(random: Random, rows: int, columns: int) -> Grid:
    return [[random.randint(-12, 12) / 8 for _ in range(columns)] for _ in range(rows)]


def names(cell: str, gate: str) -> tuple[str, str, str, str]:
    """Input matrix, recurrent matrix, bias and second bias of a gate."""
    return ("Wx", "Wh", "b", "bWh") if cell == "rnn" else (f"W{gate}", f"U{gate}", f"b{gate}", f"bU{gate}")


def random_model(seed: int) -> dict[str, Any]:
    """A spec that uses whatever its seed chooses; sizes are small."""
    return _Model(Random(seed)).spec()


class _Model:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.cell = random.choice(list(GATES))
        self.steps = random.randint(1, 4)
        self.width = random.randint(1, 3)
        self.two = random.random() < 0.2
        self.keys: dict[str, Any] = {"kind": "recurrent", "cell": self.cell, "steps": self.steps}
        self.keys["bidirectional"] = self.two

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def spec(self) -> dict[str, Any]:
        keys, inputs = self.keys, self.width
        keys["inputs"] = numbers(self.random, self.random.randint(1, self.steps), self.width)
        keys["activation"] = self.random.choice(["tanh", "tanh", "relu", "linear", {"leaky_relu": 0.1}])
        self._conventions()
        if self.often(0.2):
            keys["input_layers"] = self._extra()
        deep = self.random.randint(1, 3) if self.often(0.3) else 1
        keys["layers"] = [self._layer(alone=deep == 1) for _ in range(deep)]
        if self.often(0.2):
            keys["output_layers"] = self._extra()
        outputs = self.random.randint(1, 3)
        keys["weights"] = {"Wy": numbers(self.random, outputs, self.width), "by": [0.25] * outputs}
        if not self.two and outputs == inputs:
            keys["feedback"] = self.often(0.5)
        self._targets(outputs)
        return keys

    def _conventions(self) -> None:
        if self.cell == "gru":
            self.keys |= {"reset": self.random.choice(["before", "after"]), "keeps": self.random.choice(["z", "1-z"])}
        if self.keys.get("reset") != "after" and self.often(0.2):
            self.keys["concat"] = self.random.choice(["x-h", "h-x"])
        self.keys["share"] = not self.often(0.2)

    def _extra(self) -> list[dict[str, Any]]:
        found = []
        for _ in range(self.random.randint(1, 2)):
            size = self.random.randint(1, 3)
            biases, activation = numbers(self.random, 1, size)[0], self.random.choice(UNITS)
            weights = numbers(self.random, size, self.width)
            found.append({"weights": weights, "biases": biases, "activation": activation})
            self.width = size
        return found

    def _layer(self, alone: bool) -> dict[str, Any]:
        sizes = [self.random.randint(1, 3) for _ in range(1 + self.two)]
        if self.two:
            weights = {way: self._gates(size, size) for way, size in zip(("forward", "backward"), sizes, strict=True)}
            self.width = sum(sizes)
            return {"weights": weights}
        inputs, reads = self.width, sizes[0]
        if alone and self.cell != "gru" and self.often(0.25):
            self.width = sizes[0]
            self.keys["transition_layers"] = self._extra()
            reads, self.width = self.width, inputs
        weights = self._gates(sizes[0], reads)
        self.width = sizes[0]
        return {"weights": weights, "hidden": numbers(self.random, 1, sizes[0])[0]}

    def _gates(self, size: int, reads: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for gate in GATES[self.cell]:
            by_input, by_state, bias, second = names(self.cell, gate)
            if "concat" in self.keys:
                joined = "W" if self.cell == "rnn" else by_input
                found[joined] = numbers(self.random, size, self.width + reads)
            else:
                found[by_input] = numbers(self.random, size, self.width)
                found[by_state] = numbers(self.random, size, reads)
            found |= {each: numbers(self.random, 1, size)[0] for each in (bias, second) if self.often(0.5)}
        return found

    def _targets(self, outputs: int) -> None:
        loss = self.random.choice(LOSSES)
        plain = self.random.choice(["linear", "sigmoid", "tanh", "softmax"])
        self.keys |= {"loss": loss, "output": PROBABILITIES.get(loss, plain) if isinstance(loss, str) else plain}
        every = [self._target(loss, outputs) for _ in range(self.steps)]
        self.keys["target"] = every if self.often(0.6) else every[-1]
        self.keys["learning_rate"] = 0.5
        if not self.two and self.often(0.3):
            self.keys["truncate"] = self.random.randint(1, self.steps)

    def _target(self, loss: Any, outputs: int) -> Any:
        if loss == "sparse_cce":
            return self.random.randrange(outputs)
        if loss == "hinge":
            return [self.random.choice([-1, 1]) for _ in range(outputs)]
        if str(loss) in PROBABILITIES:
            return [self.random.randint(1, 9) / 10 for _ in range(outputs)]
        return numbers(self.random, 1, outputs)[0]
