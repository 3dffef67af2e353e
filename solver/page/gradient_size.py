"""What became of a gradient on its way back: how large it is, in numbers and in words, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ..spec.gradient_flow import Flow
from .blocks import Block, Heading, Inline, Lines, Prose, Text
from .lines import Lines as LineWriter


def size_blocks(problem: Flow, writer: LineWriter, index: int, ending: str) -> Iterator[Block]:
    """What is left of the gradient, in numbers and in words."""
    tag, last = problem.tag(index), problem.depth
    whole = f"dout_{last}/dx{tag}"
    yield Heading(("Size of the gradient" + ending,))
    keys = [f"log10_{last}{tag}", f"log10_1{tag}", f"mean_factor{tag}", f"bound{tag}"]
    yield Lines(tuple(writer.equation(key) for key in dict.fromkeys(keys) if key in writer.working))
    yield Prose(tuple(_outcome(problem, writer, index, whole)))
    reason = _reason(problem, writer, index)
    if reason:
        yield Prose(reason)


def _outcome(problem: Flow, writer: LineWriter, index: int, whole: str) -> Iterator[Inline]:
    from ..topics.gradient_flow import verdict

    word = verdict(writer.values.number(whole))
    layers = f"{problem.depth} layers" if problem.depth > 1 else "1 layer"
    yield f"The gradient {word}: of a gradient of 1 at the output "
    yield writer.number(whole)
    yield f" reaches the input after {layers}"
    mean = f"mean_factor{problem.tag(index)}"
    if mean in writer.working:
        yield ", on average a factor of "
        yield writer.number(mean)
        yield " in size for each layer."
    else:
        yield "."
    yield _consequence(word)


def _consequence(word: str) -> str:
    return {
        "is cut off": " One factor is 0, so nothing passes, and the weights before it do not learn.",
        "vanishes": " The update of the first weights, learning rate × gradient, is as small: they hardly learn.",
        "explodes": " The update of the first weights is as large: a step overshoots, and training diverges.",
    }.get(word, "")


def _reason(problem: Flow, writer: LineWriter, index: int) -> Text:
    name, tag = problem.functions[index].name, problem.tag(index)
    bound: Text = (writer.number(f"bound{tag}"),) if f"bound{tag}" in writer.working else ()
    if name == "sigmoid":
        return (
            "Why: σ' = σ(1 − σ) is at most 0.25 (at in = 0, where σ = 0.5), and smaller the further in is from 0. So "
            "slope · weight is at most a quarter of the weight, and only weights above 4 could keep its size. "
            "With the weights given no input lets more than ",
            *bound,
            " through.",
        )
    if name == "tanh":
        return (
            "Why: tanh' = 1 − tanh² is 1 at in = 0 only and below 1 elsewhere; with the weights given no input lets "
            "more than ",
            *bound,
            " through.",
        )
    if name in ("relu", "linear"):
        passed = "Where a ReLU is active its slope is 1" if name == "relu" else "The slope is 1"
        return (
            f"Why: {passed[0].lower()}{passed[1:]}, so nothing but the weights is multiplied: at most ",
            *bound,
            ".",
        )
    if name in ("step", "sign"):
        return ("Why: the slope is 0 everywhere, so no gradient passes: such a layer cannot be trained by it.",)
    return ()
