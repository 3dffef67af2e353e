"""From layers as typed to layers with their shapes, or complaints that name the layer and the fix."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .common import Complaints
from .compound import Chosen
from .convolution_kernels import filters_of
from .convolution_keys import ConvKeys, DenseKeys, PoolKeys, ReshapeKeys, TransposeKeys, TypedLayer, UpsampleKeys
from .convolution_problem import Activated, Conv, Dense, Filter, Layer, Pair, Pool, Reshaped, Shape, Upsample
from .convolution_sizes import SizeError, cropped, pair, shape_after, sides, spread
from .document import Path
from .network import Activation, Parameter
from .number import Number

_MOST_PRODUCTS = 1_000_000
_SHORT = {"conv_transpose": "deconv", "upsample": "up"}


class Builder:
    """Builds layer after layer; numbers filters, weight matrices and biases through the network."""

    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self.numbers: dict[str, int] = {}
        self.taken: set[str] = set()
        self.built: list[Layer] = []
        self.products = 0

    def layers(self, typed: Sequence[TypedLayer], image: Shape) -> tuple[Layer, ...]:
        """The layers, as far as they fit; complaints say why the next one does not."""
        shape = image
        for index, each in enumerate(typed):
            path: Path = ("layers", index, *each.below)
            try:
                built = self._built(each, shape, path)
            except SizeError as error:
                self.complaints.add((*path, *error.below), str(error))
                return ()
            if built is None:
                return ()
            self.built += built
            shape = built[-1].after
        return tuple(self.built)

    def _built(self, typed: TypedLayer, before: Shape, path: Path) -> list[Layer] | None:
        if typed.activation:
            return self._activated(typed.activation, before, path)
        if isinstance(typed.keys, ConvKeys):
            return self._conv(typed, before, path)
        if isinstance(typed.keys, DenseKeys):
            return self._dense(typed, before, path)
        plain: dict[str, Callable[[TypedLayer, Shape, Path], Layer]] = {
            "flatten": self._flatten,
            "reshape": self._reshape,
            "upsample": self._upsample,
        }
        return [plain.get(typed.word, self._pool)(typed, before, path)]

    # names

    def _name(self, word: str, path: Path, own: str | None = None) -> str:
        """The name typed, or the kind's short word with its number: conv1, pool1, relu2."""
        if own is None:
            base = _SHORT.get(word, "pool" if word.endswith("_pool") else word)
            return self._next(base)
        if own in self.taken or own in ("x", "t", "E", "eta", "scaled") or own[0] in "0123456789":
            self.complaints.add(
                (*path, "name"), f"found '{own}'; expected a name that is free and starts with a letter"
            )
        self.taken.add(own)
        return own

    def _next(self, base: str) -> str:
        self.numbers[base] = self.numbers.get(base, 0) + 1
        name = f"{base}{self.numbers[base]}"
        if name in self.taken:
            return self._next(base)
        self.taken.add(name)
        return name

    def _biases(
        self, given: Number | tuple[Number, ...] | None, count: int, noun: str, path: Path
    ) -> list[Parameter | None]:
        if given is None:
            return [None] * count
        numbers = (given,) * count if isinstance(given, Number) else given
        if len(numbers) != count:
            there = f"{count} {noun}{'s' if count > 1 else ''}"
            self.complaints.add(
                (*path, "biases"),
                f"found {len(numbers)} biases, but there {'are' if count > 1 else 'is'} {there}: write {count}",
            )
            return [None] * count
        return [Parameter(self._next("b"), number) for number in numbers]

    # layers

    def _conv(self, typed: TypedLayer, before: Shape, path: Path) -> list[Layer] | None:
        keys: ConvKeys = typed.keys
        weights = filters_of(keys.kernels, before, (*path, "kernels"), self.complaints)
        if not weights:
            return None
        name = self._name(typed.word, path, keys.name)
        names = [self._next("k") for _ in weights]
        biases = self._biases(keys.biases, len(weights), "filter", path)
        filters = tuple(map(Filter, names, weights, biases))
        stride, dilation = pair(keys.stride, before, "stride"), pair(keys.dilation, before, "dilation")
        kernel = filters[0].shape
        window = (kernel.height, kernel.width)
        transposed = isinstance(keys, TransposeKeys)
        if isinstance(keys, TransposeKeys):
            padding = cropped(keys.padding, before, window, stride, dilation)
            added = pair(keys.output_padding, before, "output_padding", least=0)
            after = spread(before, window, stride, padding, dilation, added, len(filters))
        else:
            padding = sides(keys.padding, before, window, stride, dilation)
            after = shape_after(before, window, stride, padding, dilation, len(filters))
        self._count(before.channels * window[0] * window[1] * after.count, path)
        said = keys.padding if isinstance(keys.padding, str) else ""
        conv = Conv(name, filters, stride, padding, dilation, keys.flip, transposed, said, before, after)
        return [conv, *(self._activated(keys.activation, after, path) or [] if keys.activation else [])]

    def _count(self, products: int, path: Path) -> None:
        self.products += products
        if self.products > _MOST_PRODUCTS:
            many = f"{self.products:,} multiplications up to this layer; by hand at most {_MOST_PRODUCTS:,} are worked"
            self.complaints.add(path, f"{many}. Shapes and counts alone: kind cnn-shapes")

    def _pool(self, typed: TypedLayer, before: Shape, path: Path) -> Layer:
        keys, how = typed.keys, typed.word.removeprefix("global_").removesuffix("_pool")
        name = self._name(typed.word, path, keys.name)
        if not isinstance(keys, PoolKeys):
            size = (before.height, before.width)
            after = Shape(1, 1, before.channels, 1)
            return Pool(name, how, size, size, (0, 0, 0, 0), True, before, after)
        size = pair(keys.size, before, "size")
        stride = size if keys.stride is None else pair(keys.stride, before, "stride")
        padding = sides(keys.padding, before, size, stride, (1, 1))
        if any(zeros >= size[axis // 2] for axis, zeros in enumerate(padding) if zeros):
            raise SizeError(
                "the padding of a pool must be smaller than its window, or a window holds no cell", "padding"
            )
        after = shape_after(before, size, stride, padding, (1, 1), before.channels)
        self._count(size[0] * size[1] * after.count, path)
        return Pool(name, how, size, stride, padding, False, before, after)

    def _activated(self, chosen: Chosen, before: Shape, path: Path) -> list[Layer] | None:
        word = chosen[0]
        if word in ("softmax", "log_softmax") and (before.axes == 2 or before.channels > 1):
            message = f"{word} works on a vector, but here are {before.spelled()}: put flatten before it"
            self.complaints.add(path, message)
            return None
        return [Activated(self._name(word, path), Activation(*chosen), before, before)]

    def _dense(self, typed: TypedLayer, before: Shape, path: Path) -> list[Layer] | None:
        keys: DenseKeys = typed.keys
        width = len(keys.weights[0])
        for row, line in enumerate(keys.weights):
            if len(line) != before.count:
                self.complaints.add((*path, "weights", row), _misfit(len(line), row, keys, before))
                return None
            width = len(line)
        count = len(keys.weights)
        name = self._name("dense", path, keys.name)
        matrix = self._next("w")
        biases = tuple(self._biases(keys.biases, count, "neuron", path))
        self._count(count * width, path)
        flat = Shape(1, 1, before.count, 1)
        found: list[Layer] = []
        if before != flat:  # a dense layer reads a vector
            found.append(Reshaped(self._name("flatten", path), before, flat))
        after = Shape(1, 1, count, 1)
        found.append(Dense(name, matrix, keys.weights, biases, flat, after))
        return [*found, *(self._activated(keys.activation, after, path) or [] if keys.activation else [])]

    def _flatten(self, typed: TypedLayer, before: Shape, path: Path) -> Layer:
        return Reshaped(self._name("flatten", path, typed.keys.name), before, Shape(1, 1, before.count, 1))

    def _reshape(self, typed: TypedLayer, before: Shape, path: Path) -> Layer:
        keys: ReshapeKeys = typed.keys
        sizes = keys.shape
        if len(sizes) > 3:
            raise SizeError("found more than three sizes; expected [channels, rows, columns]", "shape")
        after = Shape(1, 1, sizes[0], 1) if len(sizes) == 1 else Shape(*((1, *sizes)[-3:]))
        if after.count != before.count:
            cells = f"{after.spelled()} holds {after.count} cells, but the layer before gives {before.count}"
            raise SizeError(f"{cells} ({before.spelled()})", "shape")
        return Reshaped(self._name("reshape", path, keys.name), before, after)

    def _upsample(self, typed: TypedLayer, before: Shape, path: Path) -> Layer:
        keys: UpsampleKeys = typed.keys
        factor: Pair = pair(keys.factor, before, "factor")
        after = Shape(before.channels, before.height * factor[0], before.width * factor[1], before.axes)
        self._count(after.count, path)
        return Upsample(self._name("upsample", path, keys.name), factor, before, after)


def _misfit(found: int, row: int, keys: DenseKeys, before: Shape) -> str:
    turned = len(keys.weights) == before.count and len({len(line) for line in keys.weights}) == 1
    fix = " turned around it fits: write one row for each neuron" if turned else f" each row needs {before.count}"
    where = "" if before.axes == 1 and before.channels == 1 else f" ({before.spelled()})"
    cells = f"the layer before gives {before.count} numbers{where}"
    return f"{found} numbers in row {row + 1}, but {cells}:{fix}"
