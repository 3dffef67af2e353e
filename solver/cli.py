"""The command line: the only module that prints, reads files or exits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import click

from .command_options import (
    FILE,
    chosen,
    file_options,
    page_options,
    picture_options,
    planner_options,
    practice_options,
)
from .version import __version__

_SUFFIXES = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".html": "html",
    ".json": "json",
    ".pdf": "pdf",
}
_SET_SUFFIXES = {**_SUFFIXES, ".jsonl": "jsonl", ".xml": "moodle", ".rmd": "rexams"}
_NOT_FOR_TERMINALS = {"pdf": "a PDF", "qti12": "an archive", "qti21": "an archive", "rexams": "an archive"}


class _Lazy(click.Group):
    """A group whose commands turn every DlsolveError into a message and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        from .errors import DlsolveError

        try:
            return super().invoke(ctx)
        except DlsolveError as error:
            raise _Refused(str(error)) from error
        except BrokenPipeError:
            _close_quietly()
            ctx.exit(0)
        except KeyboardInterrupt:
            ctx.exit(130)
        except OSError as error:
            _close_quietly()
            raise _Refused(f"standard output: {error.strerror or error}") from error


class _Refused(click.ClickException):
    """The user's input or environment is wrong."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


def _close_quietly() -> None:
    """After a closed pipe or a full disk: what is left to write goes nowhere, without more complaints."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dlsolve")
def main() -> None:
    """Work deep-learning exam problems line by line, every number checked.

    Start with `dlsolve new backprop > net.yaml`, then `dlsolve backprop net.yaml`.
    """


def _kinds(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The kinds that begin so, for the shell's completion."""
    from .kinds import KINDS

    return [name for name in KINDS if name.startswith(incomplete)]


def _solver(kind: str | None) -> Callable[..., None]:
    @click.argument("spec", type=FILE, metavar="SPEC")
    @file_options
    @page_options
    @click.pass_context
    def command(context: click.Context, /, spec: str, **choices: Any) -> None:
        _solve(context, lambda: _problem(spec, kind), choices)

    return command


def _solve(context: click.Context, read: Callable[[], Any], choices: dict[str, Any]) -> None:
    format_, output = choices.pop("format_"), choices.pop("output")
    force, open_, paper = choices.pop("force"), choices.pop("open_"), choices.pop("paper")
    format_ = _format(format_, output)
    _refuse_paper(paper, format_)
    if output is not None:
        from .files import refuse_to_overwrite, write

        refuse_to_overwrite(output, force)
    elif force or open_:
        raise _Refused("--force and --open are about a file: name it with -o FILE")
    elif sys.stdout is None:
        raise _Refused("standard output is closed: name a file with -o FILE")
    elif format_ == "pdf" and sys.stdout.isatty():
        raise _Refused("a PDF is not for the terminal: name its file with -o FILE")
    problem = read()
    with _progress():
        solution = _solution(problem, choices)
        text = _spelled(solution, format_, paper)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        if open_:
            click.launch(output)
    if solution.check is not None and not solution.check.agrees:
        click.echo(f"the check disagrees: {solution.check.detail}", err=True)
        context.exit(3)


def _problem(spec: str, kind: str | None) -> Any:
    from .api import load, loads

    return loads(_stdin(), "<stdin>", kind) if spec == "-" else load(spec, kind)


def _progress() -> AbstractContextManager[object]:
    """Shows how far long work is, where someone looks on."""
    from contextlib import nullcontext

    if sys.stderr is None or not sys.stderr.isatty():
        return nullcontext()
    from shutil import get_terminal_size

    from .progress import Onlooker

    return Onlooker(sys.stderr, get_terminal_size().columns)


def _solution(problem: Any, choices: dict[str, Any]) -> Any:
    from .api import solve
    from .progress import stage

    stage("working")
    return solve(problem, **chosen(choices))


def _stdin() -> bytes:
    from .spec.text import MOST_BYTES

    if sys.stdin is None:
        raise _Refused("standard input is closed; name a file in place of -")
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def _format(format_: str | None, output: str | None, suffixes: Mapping[str, str] = _SUFFIXES) -> str:
    if format_ or output is None:
        return format_ or "text"
    from pathlib import PurePath

    suffix = PurePath(output).suffix.lower()
    if suffix not in suffixes:
        known = ", ".join(suffixes)
        raise _Refused(f"{output}: the suffix '{suffix}' names no format; use one of {known}, or --format")
    return suffixes[suffix]


def _refuse_paper(paper: str | None, *formats: str) -> None:
    if paper is not None and not {"pdf", "latex"}.intersection(formats):
        raise _Refused("--paper is for PDF and LaTeX; the paper of other formats is chosen where they are printed")


def _spelled(solution: Any, format_: str, paper: str | None = None) -> str | bytes:
    from .progress import stage

    stage(f"writing {format_}")
    if format_ == "json":
        import json

        return json.dumps(solution.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if format_ == "markdown":
        return str(solution.to_markdown())
    if format_ == "latex":
        return str(solution.to_latex(paper or "a4"))
    if format_ == "html":
        return str(solution.to_html())
    if format_ == "pdf":
        return bytes(solution.to_pdf(paper or "a4"))
    return str(solution.to_text(ascii_only=not _speaks_unicode()))


def _speaks_unicode() -> bool:
    """Whether standard output can print the page's signs."""
    try:
        "σ−①∂▶⎡".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True


main.command("backprop", help="Worked solution of a feed-forward network problem.")(_solver("backprop"))
main.command("solve", help="Worked solution of a problem of any kind.")(_solver(None))


@main.command("cnn-shapes")
@click.argument("spec", type=FILE, metavar="[SPEC]", required=False)
@file_options
@planner_options
@click.pass_context
def cnn_shapes(
    context: click.Context, /, spec: str | None, preset: str | None, show_spec: bool, **choices: Any
) -> None:
    """Output shapes and parameter counts of a convolutional network: of SPEC, or of a preset."""
    if (spec is None) == (preset is None):
        raise _Refused("name a spec, or a network with --preset NAME" if spec is None else "either SPEC or --preset")
    if show_spec and preset is None:
        raise _Refused("--spec prints the spec of a preset: name it with --preset NAME")
    if show_spec:
        from .cnn.presets import preset as spec_of

        click.echo(spec_of(str(preset)), nl=False)
        return
    _solve(context, lambda: _problem(spec, "cnn-shapes") if spec else _preset(str(preset)), choices)


def _preset(name: str) -> Any:
    from .api import loads
    from .cnn.presets import preset

    return loads(preset(name), f"{name}.yaml", "cnn-shapes")


@main.command()
@click.argument("spec", type=FILE, metavar="SPEC")
@picture_options
def draw(
    spec: str, output: str | None, force: bool, open_: bool, only: str | None, find: str | None, **choices: Any
) -> None:
    """The pictures of a problem: a network with its numbers, curves, grids ... as SVG or PNG."""
    from .files import refuse_to_overwrite, write

    is_png = _picture_is_png(output)
    if output is not None:
        refuse_to_overwrite(output, force)
    elif force or open_:
        raise _Refused("--force and --open are about a file: name it with -o FILE")
    from .figures.gallery import draw as drawn
    from .options import keys_in

    problem = _problem(spec, None)
    with _progress():
        solution = _solution(problem, {**choices, "no_check": True})
        picture: str | bytes = drawn(solution, only, tuple(filter(None, keys_in(find or ""))))
        if is_png:
            from .figures.png import png

            picture = png(str(picture))
    if output is None:
        click.echo(picture, nl=False)
        return
    write(output, picture)
    if open_:
        click.launch(output)


def _picture_is_png(output: str | None) -> bool:
    if output is None or output.lower().endswith(".svg"):
        return False
    if not output.lower().endswith(".png"):
        raise _Refused(f"{output}: a picture is an .svg or a .png")
    return True


@main.command()
@click.argument("kinds", nargs=-1, metavar="KIND...", shell_complete=_kinds)
@practice_options
def practice(kinds: tuple[str, ...], **choices: Any) -> None:
    """A practice sheet and its answer key, every problem proved."""
    format_, output, key = choices["format_"], choices["output"], choices["key"]
    sheet_format = _format(format_, output, _SET_SUFFIXES)
    key_format = _format(None if key and "." in key else format_, key, _SET_SUFFIXES)
    _refuse_paper(choices["paper"], sheet_format, key_format)
    if output is None and key is None and (choices["force"] or choices["open_"]):
        raise _Refused("--force and --open are about a file: name it with -o FILE")
    if output is None and key is None and sys.stdout is None:
        raise _Refused("standard output is closed: name a file with -o FILE")
    if output is None and key is None and sheet_format in _NOT_FOR_TERMINALS and sys.stdout.isatty():
        raise _Refused(f"{_NOT_FOR_TERMINALS[sheet_format]} is not for the terminal: name its file with -o FILE")
    from functools import partial

    from .practice_command import practise
    from .progress import stage

    with _progress():
        stage("drawing and proving")
        spell = partial(_spelled, paper=choices["paper"])
        first = practise(kinds, choices, (sheet_format, key_format), spell)
    if choices["open_"] and first is not None:
        click.launch(first)


@main.command()
def topics() -> None:
    """The kinds of problems, one line each."""
    from .kinds import KINDS

    for kind in KINDS.values():
        click.echo(f"{kind.name:<20} {kind.title}")


@main.command()
@click.argument("kind", shell_complete=_kinds)
def new(kind: str) -> None:
    """A short commented starter spec, ready to edit."""
    from .kinds import kind as find

    click.echo(find(kind).starter(), nl=False)


@main.command()
@click.argument("kind", required=False, shell_complete=_kinds)
@click.option("--output", is_flag=True, help="The schema of the JSON that comes out.")
def schema(kind: str | None, output: bool) -> None:
    """JSON Schema of a kind's spec (or of every kind's)."""
    import json

    from .schemas import output_schema, spec_schema

    click.echo(json.dumps(output_schema() if output else spec_schema(kind), ensure_ascii=False, indent=1))
