"""The options of commands, as click reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

PAPERS = ("a4", "letter")
FORMATS = ("text", "markdown", "latex", "html", "json", "pdf")
SET_FORMATS = (*FORMATS, "jsonl", "moodle", "qti12", "qti21", "rexams")
FILE = click.Path(allow_dash=True, readable=False)  # for the shell's completion: whether it is there is ours to say


def file_options(command: Callable[..., None], formats: tuple[str, ...] = FORMATS) -> Callable[..., None]:
    """Where the page goes, and in which format."""
    options = [
        click.option("--format", "format_", type=click.Choice(formats), help="Default: from FILE's suffix, else text."),
        click.option("-o", "--output", type=FILE, metavar="FILE", help="Write to FILE, whole or not at all."),
        click.option("--force", is_flag=True, help="Overwrite FILE."),
        click.option("--open", "open_", is_flag=True, help="Show FILE afterwards."),
        click.option("--paper", type=click.Choice(PAPERS), help="Of PDF and LaTeX (default a4)."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def page_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every solving command has."""
    options = [
        click.option("--digits", type=click.IntRange(1, 15), help="Decimals shown (default 4)."),
        click.option("--carry", type=click.Choice(["full", "rounded"]), help="rounded: as by hand."),
        click.option("--find", metavar="KEY[,KEY]", help="Only what is asked and what it needs."),
        click.option("--style", type=click.Choice(["chain", "delta", "matrix"]), help="Of the backward pass."),
        click.option("--brief", is_flag=True, help="Answers with one line of working each."),
        click.option("--all", "everything", is_flag=True, help="Everything, also what a page leaves out."),
        click.option("--question", is_flag=True, help="The question alone."),
        click.option("--until", metavar="KEY", help="The working up to this line."),
        click.option("--hint", metavar="KEY", help="Only the rule and formula of this line, no numbers."),
        click.option("--explain", is_flag=True, help="Adds what teaches: why factors are large, nudges followed."),
        click.option("--backend", type=click.Choice(["numpy", "cupy"]), help="What the numbers are proved against."),
        click.option("--no-check", is_flag=True, help="Leave the check away."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def chosen(choices: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as `solve` takes it."""
    from .options import keys_in

    options = {key: value for key, value in choices.items() if value is not None and value is not False}
    if "find" in options:
        options["find"] = tuple(filter(None, keys_in(options["find"])))
    if options.pop("no_check", False):
        options["check"] = False
    return options


def planner_options(command: Callable[..., None]) -> Callable[..., None]:
    """What a reader of a plan may choose."""
    options = [
        click.option("--preset", metavar="NAME", help="A known network in place of SPEC: lenet5, vgg16, resnet50 ..."),
        click.option("--spec", "show_spec", is_flag=True, help="Print the preset's spec, ready to be changed."),
        click.option("--steps", is_flag=True, help="Each shape and count as a worked line."),
        click.option("--compare", type=click.Choice(["dense"]), help="The cost of the same layers fully connected."),
        click.option("--apart", is_flag=True, help="Weights, biases, running statistics and jumps in columns."),
        click.option("--count", type=click.Choice(["macs", "flops"]), help="FLOPs: two for each MAC."),
        click.option("--count-biases", is_flag=True, help="Count the addition of each bias too."),
        click.option("--bytes", type=click.IntRange(1, 16), help="Of one number in memory (default 4)."),
        click.option("--gate-biases", type=click.IntRange(0, 2), help="Bias vectors for each gate of rnn, lstm, gru."),
        click.option("--find", metavar="KEY[,KEY]", help="Layers (conv1), lines (conv1.macs) or totals."),
        click.option("--brief", is_flag=True, help="The table, with one line for each count of parameters."),
        click.option("--all", "everything", is_flag=True, help="Everything, also long lists of layers."),
        click.option("--question", is_flag=True, help="The question alone."),
        click.option("--until", metavar="KEY", help="The working up to this line, such as conv2.parameters."),
        click.option("--hint", metavar="KEY", help="Only the formula of this line, no numbers."),
        click.option("--no-check", is_flag=True, help="Leave the check away."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def picture_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where a picture goes, and what it shows."""
    options = [
        click.option("-o", "--output", type=FILE, metavar="FILE", help="Write to FILE, an .svg or .png."),
        click.option("--force", is_flag=True, help="Overwrite FILE."),
        click.option("--open", "open_", is_flag=True, help="Show FILE afterwards."),
        click.option("--only", metavar="NAME", help="One of the pictures: forward, gradients, surface, curve ..."),
        click.option("--find", metavar="KEY[,KEY]", help="Weights: their way to the error, or the plane of surface."),
        click.option("--digits", type=click.IntRange(1, 15), help="Decimals shown (default 4)."),
        click.option("--carry", type=click.Choice(["full", "rounded"]), help="rounded: as by hand."),
        click.option("--question", is_flag=True, help="What is given alone, no results."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def practice_options(command: Callable[..., None]) -> Callable[..., None]:
    """What a practice sheet is to be like, who makes it, and where it goes."""
    levels, spaces = click.Choice(["easy", "medium", "hard"]), click.Choice(["none", "lines", "half", "page"])
    options = [
        click.option("--count", type=click.IntRange(1, 1_000_000), help="Problems in all, kinds in turn."),
        click.option("--seed", type=click.IntRange(0), default=0, help="The same seed gives the same files."),
        click.option("--level", type=levels, help="Default medium."),
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="hidden=3, epochs=2, gate=or ..."),
        click.option("--calculator", type=click.Choice(["any", "none"]), help="none: done in the head."),
        click.option("--key", metavar="FILE", type=FILE, help="Write the answer key to FILE."),
        click.option("--copies", type=click.IntRange(1, 10_000), help="Variants, a file each, one key."),
        click.option("--bound", is_flag=True, help="All copies in one file."),
        click.option("--like", metavar="SPEC", type=FILE, help="Keep the structure of SPEC, vary its numbers."),
        click.option("--from", "from_", metavar="FILE", type=FILE, help="A list of problems in YAML."),
        click.option("--students", metavar="CSV", type=FILE, help="A variant for each name in a roster."),
        click.option("--space", type=spaces, default="lines", help="Room to work in (default lines)."),
        click.option("--jobs", type=click.IntRange(0, 1000), default=1, help="Processes at work; 0: on every core."),
        click.option("--cluster", metavar="ADDRESS", help="Of a Dask scheduler whose workers do the work."),
        click.option("--backend", type=click.Choice(["numpy", "cupy"]), help="What the numbers are proved against."),
        click.option("--report", is_flag=True, help="Attempts, rejections, ranges, time, on standard error."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return file_options(command, SET_FORMATS)
