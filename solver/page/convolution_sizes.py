"""The size of a layer's output as a worked line: (W − F + 2P)/S + 1."""

from __future__ import annotations

from collections.abc import Iterator

from .. import notation as n
from ..notation import Node
from ..spec.convolution_problem import Conv, Pool
from .blocks import Equation

_ONE = n.Number("1")


def size_lines(layer: Conv | Pool) -> Iterator[Equation]:
    """Height and width of the output (the length of a sequence), in one line where they are equal."""
    sizes = [_line(layer, axis) for axis in (0, 1)]
    yield from _covered(layer)
    if layer.before.axes == 1:
        yield _named("length", sizes[1])
    elif sizes[0] == sizes[1]:
        yield _named("height = width", sizes[0])
    else:
        yield _named("height", sizes[0])
        yield _named("width", sizes[1])


def _named(name: str, rights: tuple[Node, ...]) -> Equation:
    first = rights[0]
    rounded = isinstance(first, n.Sum) and isinstance(first.terms[0], n.Floor)
    return Equation(n.Word(name), rights, reason="rounded down, the rest is not visited" if rounded else "")


def _line(layer: Conv | Pool, axis: int) -> tuple[Node, ...]:
    size = (layer.before.height, layer.before.width)[axis]
    after = (layer.after.height, layer.after.width)[axis]
    zeros = layer.padding[2 * axis : 2 * axis + 2]
    dilation = layer.dilation[axis] if isinstance(layer, Conv) else 1
    wide = dilation * (layer.size[axis] - 1) + 1
    if isinstance(layer, Conv) and layer.transposed:
        return _spread(size, wide, layer.stride[axis], zeros, after)
    names, padding = _padding(zeros)
    top = n.Sum((n.Name("W"), n.Minus(n.Name("F")), *names))
    numbers = n.Sum((_number(size), n.Minus(_number(wide)), *padding))
    whole = (size - wide + sum(zeros)) % layer.stride[axis] == 0
    stride = layer.stride[axis]
    rights: list[Node] = [
        _plus_one(top, n.Name("S"), whole),
        _plus_one(numbers, _number(stride), whole),
        _number(after),
    ]
    return tuple(rights)


def _covered(layer: Conv | Pool) -> Iterator[Equation]:
    """What a dilated kernel covers, holes included."""
    if not isinstance(layer, Conv) or layer.dilation[1] == 1:
        return
    size, dilation = layer.size[1], layer.dilation[1]
    inside = n.Bracket(n.Sum((_number(size), n.Minus(_ONE))))
    yield Equation(
        n.Name("F"), (n.Sum((n.Product((_number(dilation), inside)), _ONE)), _number(dilation * (size - 1) + 1))
    )


def _plus_one(top: Node, bottom: Node, whole: bool) -> Node:
    fraction = n.Fraction(top, bottom)
    return n.Sum((fraction if whole else n.Floor(fraction), _ONE))


def _padding(zeros: tuple[int, ...]) -> tuple[list[Node], list[Node]]:
    """2P with equal zeros on both sides, else what stands before and behind; nothing without padding."""
    before, behind = zeros
    if before == behind:
        return [n.Product((n.Number("2"), n.Name("P")))], [n.Product((n.Number("2"), _number(before)))]
    return [n.Name("P", "1"), n.Name("P", "2")], [_number(before), _number(behind)]


def _spread(size: int, wide: int, stride: int, cut: tuple[int, ...], after: int) -> tuple[Node, ...]:
    """(W − 1)·S + F − 2P, and what output padding adds."""
    names, numbers = _padding(cut)
    whole = (size - 1) * stride + wide - sum(cut)
    top = n.Sum(
        (n.Product((n.Bracket(n.Sum((n.Name("W"), n.Minus(_ONE)))), n.Name("S"))), n.Name("F"), *map(n.Minus, names))
    )
    start = n.Product((n.Bracket(n.Sum((_number(size), n.Minus(_ONE)))), _number(stride)))
    added = [_number(after - whole)] if after != whole else []
    worked = n.Sum((start, _number(wide), *map(n.Minus, numbers), *added))
    return (top, worked, _number(after))


def _number(value: int) -> Node:
    return n.Number(str(value))
