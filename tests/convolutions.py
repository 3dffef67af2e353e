"""Random small convolution problems, and PyTorch's account of any of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from solver.spec.convolution_problem import Activated, Conv, Convolution, Dense, Layer, Pool, Upsample

Answers = dict[str, Any]


def by_torch(problem: Convolution, torch: Any) -> Answers:
    """The outputs of all layers, the error and every gradient by PyTorch, under the names of the answers."""
    network = _Torch(problem, torch)
    return network.answers()


class _Torch:
    def __init__(self, problem: Convolution, torch: Any) -> None:
        self.problem, self.torch = problem, torch
        self.functional = torch.nn.functional
        self.leaves: dict[str, Any] = {"x": self.leaf([[[n.value for n in row] for row in g] for g in problem.image])}

    def leaf(self, values: Any) -> Any:
        numbers = _floats(values)
        return self.torch.tensor(numbers, dtype=self.torch.float64, requires_grad=True)

    def answers(self) -> Answers:
        problem = self.problem
        found: Answers = {}
        current = self.leaves["x"] / (float(problem.scale.value) if problem.scale else 1.0)
        for layer in problem.layers:
            shape = layer.after
            current = self.through(layer, current).reshape(shape.channels, shape.height, shape.width)
            found[layer.name] = _listed(current, shape.axes)
        if not problem.has_target:
            return found
        error = self.error(current.reshape(-1))
        error.backward()
        found["E"] = error.item()
        for name, leaf in self.leaves.items():
            axes = problem.shape.axes if name[0] in "xk" else 2
            found[f"dE/d{name}"] = leaf.grad.item() if leaf.ndim == 0 else _listed(leaf.grad, axes)
        return found

    def through(self, layer: Layer, x: Any) -> Any:
        if isinstance(layer, Conv):
            return self.conv(layer, x)
        if isinstance(layer, Pool):
            return self.pool(layer, x)
        if isinstance(layer, Activated):
            return self.activated(layer, x)
        if isinstance(layer, Upsample):
            return x.repeat_interleave(layer.factor[0], dim=1).repeat_interleave(layer.factor[1], dim=2)
        if isinstance(layer, Dense):
            weights = self.leaves[layer.matrix] = self.leaf([[n.value for n in row] for row in layer.weights])
            return weights @ x.reshape(-1) + self.biases(list(layer.biases))
        return x

    def biases(self, parameters: list[Any]) -> Any:
        found = []
        for each in parameters:
            if each is None:
                found.append(self.torch.zeros((), dtype=self.torch.float64))
            else:
                found.append(self.leaves.setdefault(each.key, self.leaf(each.value.value)))
        return self.torch.stack(found)

    def conv(self, layer: Conv, x: Any) -> Any:
        kernels = []
        for each in layer.filters:
            numbers = [[[n.value for n in row] for row in grid] for grid in each.weights]
            self.leaves[each.name] = self.leaf(numbers)
            kernels.append(self.leaves[each.name])
        weights = self.torch.stack(kernels)
        weights = self.torch.flip(weights, (2, 3)) if layer.flip else weights
        biases = self.biases([each.bias for each in layer.filters])
        top, bottom, left, right = layer.padding
        options = {"stride": layer.stride, "dilation": layer.dilation}
        if not layer.transposed:
            wide = self.functional.pad(x[None], (left, right, top, bottom))
            return self.functional.conv2d(wide, weights, biases, **options)[0]
        full = self.functional.conv_transpose2d(x[None], weights.transpose(0, 1), **options)[0]
        height, width = layer.after.height, layer.after.width
        full = self.functional.pad(full, (0, left + width, 0, top + height))
        return full[:, top : top + height, left : left + width] + biases[:, None, None]

    def pool(self, layer: Pool, x: Any) -> Any:
        top, bottom, left, right = layer.padding
        sides = (left, right, top, bottom)
        if layer.how == "avg":
            kernel = {"kernel_size": layer.size, "stride": layer.stride}
            sums = self.functional.avg_pool2d(self.functional.pad(x[None], sides), **kernel)
            counts = self.functional.avg_pool2d(self.functional.pad(self.torch.ones_like(x[None]), sides), **kernel)
            return (sums / counts)[0]
        sign = 1 if layer.how == "max" else -1
        wide = self.functional.pad(sign * x[None], sides, value=float("-inf"))
        return sign * self.functional.max_pool2d(wide, layer.size, layer.stride)[0]

    def activated(self, layer: Activated, x: Any) -> Any:
        setting = layer.activation.setting
        number = float(setting.value) if setting else 0.0
        functions: dict[str, Callable[[Any], Any]] = {
            "linear": lambda z: z,
            "sigmoid": self.torch.sigmoid,
            "tanh": self.torch.tanh,
            "relu": self.torch.relu,
            "leaky_relu": lambda z: self.functional.leaky_relu(z, number),
            "elu": lambda z: self.functional.elu(z, number),
            "softplus": self.functional.softplus,
            "gelu": self.functional.gelu,
            "softmax": lambda z: self.torch.softmax(z.reshape(-1), dim=0),
        }
        return functions[layer.activation.name](x)

    def error(self, y: Any) -> Any:
        t = self.torch.tensor([float(n.value) for n in self.problem.target], dtype=self.torch.float64)
        losses: dict[str, Callable[[], Any]] = {
            "sse": lambda: ((t - y) ** 2).sum(),
            "half_sse": lambda: ((t - y) ** 2).sum() / 2,
            "mse": lambda: ((t - y) ** 2).mean(),
            "mae": lambda: (t - y).abs().mean(),
            "huber": lambda: self.functional.huber_loss(y, t),
            "cce": lambda: -(t * self.torch.log(y)).sum(),
            "sparse_cce": lambda: -self.torch.log(y[self.problem.label]),
        }
        return losses[self.problem.loss.name]()


def _floats(values: Any) -> Any:
    return [_floats(each) for each in values] if isinstance(values, list) else float(values)


def _listed(tensor: Any, axes: int) -> Any:
    """As the answers are nested: no list for a single channel, none for the only row of a sequence."""
    values = tensor.detach()
    if values.ndim < 3:
        return values.tolist()
    if axes == 1:
        values = values[:, 0, :]
    return (values[0] if tensor.shape[0] == 1 else values).tolist()


def random_problem(seed: int) -> dict[str, Any]:
    """A spec with one or two convolutions or a transposed one, pooling, activations, a dense layer, a loss."""
    chance = random.Random(seed)
    channels, height, width = chance.choice((1, 1, 2)), chance.randint(3, 5), chance.randint(3, 5)
    image = _numbers(chance, channels, height, width)
    filters, size = chance.choice((1, 2)), chance.choice((1, 2, 3))
    conv: dict[str, Any] = {"kernels": _numbers(chance, filters, channels, size, size), "flip": chance.random() < 0.3}
    if chance.random() < 0.7:
        conv["biases"] = _numbers(chance, filters)
    conv["stride"] = chance.choice((1, 1, 2, [2, 1]))
    if chance.random() < 0.5:
        conv["padding"] = chance.choice((1, [1, 0, 2, 1]))
    spread = chance.random() < 0.25
    layers: list[Any] = [{"conv_transpose" if spread else "conv": conv}]
    if spread:
        conv["output_padding"] = chance.choice((0, 1))
        conv.pop("padding", None)
    elif size == 2 and chance.random() < 0.4:
        conv["dilation"] = 2
    layers.append(chance.choice(("relu", "tanh", "sigmoid", {"leaky_relu": 0.1}, "gelu", "softplus")))
    pools: list[Any] = ["global_max_pool", "global_avg_pool", {"upsample": [1, 2]}, "tanh"]
    pools += [{f"{how}_pool": {"size": 2, "stride": 1, "padding": "same"}} for how in ("max", "min", "avg")]
    layers.append(chance.choice(pools))
    spec: dict[str, Any] = {"kind": "convolution", "image": image, "layers": layers}
    if chance.random() < 0.3:
        spec["scale"] = 2
    return spec


def with_target(spec: dict[str, Any], outputs: int, seed: int) -> dict[str, Any]:
    """The spec with a dense layer of three neurons behind `outputs` cells, a target and a loss."""
    chance = random.Random(-seed - 1)
    layers = [*spec["layers"], "flatten", {"dense": {"weights": _numbers(chance, 3, outputs), "biases": 0.1}}]
    loss = chance.choice(("sse", "half_sse", "mse", "mae", "huber", "cce", "sparse_cce"))
    target: Any = _numbers(chance, 3)
    if loss in ("cce", "sparse_cce"):
        layers.append("softmax")
        target = [0, 1, 0] if loss == "cce" else 2
    return {**spec, "layers": layers, "target": target, "loss": loss, "learning_rate": 0.5}


def _numbers(chance: random.Random, *sizes: int) -> Any:
    if not sizes:
        return round(chance.uniform(-1.5, 1.5), 2)
    return [_numbers(chance, *sizes[1:]) for _ in range(sizes[0])]
