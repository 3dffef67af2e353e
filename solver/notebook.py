"""`%load_ext solver.notebook`: a cell of YAML that begins with `%%dlsolve KIND` shows its worked solution."""

from __future__ import annotations

import shlex
from typing import Any

import click

from .api import loads, solve
from .command_options import chosen, page_options
from .errors import DlsolveError


def load_ipython_extension(shell: Any) -> None:
    """What IPython calls: adds the cell magic to a shell."""
    shell.register_magic_function(dlsolve, "cell", "dlsolve")


def dlsolve(line: str, cell: str) -> Any:
    """The solution of a cell of YAML, which a notebook shows as a page; what is wrong with it stands on stderr.

    line: the kind (left out where the YAML names it), then options as on the command line
    """
    try:
        arguments = _magic.main(_words(line), prog_name="%%dlsolve", standalone_mode=False)
        if not isinstance(arguments, dict):
            return None  # --help was asked for, and is printed
        kind = arguments.pop("kind")
        return solve(loads(cell, "cell", kind), **chosen(arguments))
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
    except (DlsolveError, ValueError) as error:  # ValueError: an open quotation mark in the line
        click.echo(str(error), err=True)
    return None


def _words(line: str) -> list[str]:
    """The words of a line; only double quotes hold words together, since primes are part of keys such as w5'."""
    lexer = shlex.shlex(line, posix=True)
    lexer.quotes, lexer.escape, lexer.commenters, lexer.whitespace_split = '"', "", "", True
    return list(lexer)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("kind", required=False)
@page_options
def _magic(**arguments: Any) -> dict[str, Any]:
    """The worked solution of the YAML in this cell."""
    return arguments
