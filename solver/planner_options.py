"""The options of `dlsolve cnn-shapes`, as click reads them."""

from __future__ import annotations

from collections.abc import Callable

import click


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
