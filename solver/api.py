"""The doors for Python: a spec becomes a Problem, a Problem becomes a solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .errors import Complaint, DlsolveError, NotAsked, SpecError
from .exam import awarded, points_in, wrong_line_in
from .kinds import KINDS, kind
from .options import Options, keys_in
from .spec.document import Document
from .spec.document import Path as KeyPath


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem read from a spec: its kind, its data, the options that the spec sets, and where all that stands."""

    kind: str
    data: Any
    options: Options
    document: Document | None = None


def load(path: str | Path, kind_name: str | None = None) -> Problem:
    """The problem in a YAML file; `kind_name` stands in when the file names no kind.

    Raises SpecError with every complaint about the file, DlsolveError when it cannot be read.
    """
    from .spec.text import MOST_BYTES

    try:
        with open(path, "rb") as file:
            source = file.read(MOST_BYTES + 1)  # enough to see that it is too large
    except OSError as error:
        raise DlsolveError(f"{path}: {error.strerror or error}") from error
    return loads(source, str(path), kind_name)


def loads(source: bytes | str, file: str = "<spec>", kind_name: str | None = None) -> Problem:
    """The problem in a YAML text. Raises SpecError with every complaint about it."""
    from .spec.read import read

    try:
        document = read(source, file)
    except SpecError as error:
        raise _with_the_rest(error, kind_name) from error
    return _problem(document, kind_name)


def _problem(document: Document, kind_name: str | None) -> Problem:
    name = _kind_of(document, kind_name)
    data, options = kind(name).read(document)
    return Problem(name, data, replace(options, points=points_in(document), slip=wrong_line_in(document)), document)


def _with_the_rest(error: SpecError, kind_name: str | None) -> SpecError:
    """The complaints about single words, and what else is wrong with a spec that could be read but for them."""
    if error.document is None:
        return error
    told = {complaint.path for complaint in error.complaints}
    try:
        _problem(error.document, kind_name)
    except SpecError as other:
        rest = [complaint for complaint in other.complaints if complaint.path not in told]
        return SpecError(error.file, [*error.complaints, *rest])
    return error


def _kind_of(document: Document, expected: str | None) -> str:
    found = document.data.get("kind", expected)
    if found is None:
        message = f"the key kind is missing; expected one of {', '.join(KINDS)}"
        raise SpecError(document.file, [document.complaint((), message)])
    if not isinstance(found, str) or found not in KINDS:
        raise SpecError(document.file, [_no_such_kind(document, found)])
    if expected is not None and found != expected:
        message = f"this spec is of kind {found}, not {expected}: use `dlsolve {found}` or `dlsolve solve`"
        raise SpecError(document.file, [document.complaint(("kind",), message)])
    return found


def _no_such_kind(document: Document, found: object) -> Complaint:
    from difflib import get_close_matches

    near = get_close_matches(str(found), KINDS, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    text = getattr(found, "text", found)
    return document.complaint(("kind",), f"found '{text}'; expected one of {', '.join(KINDS)}.{hint}")


def solve(problem: Problem | str | Path, **options: Any) -> Any:
    """The worked solution of a problem (or of the spec at a path); options as in `Options` win over the spec's.

    Raises DlsolveError: SpecError for points or a slip of what it does not have, NotComputable where the numbers have
    no result, NotAsked for a key it does not have.
    """
    if not isinstance(problem, Problem):
        problem = load(problem)
    try:
        solution = kind(problem.kind).solve(problem.data, replace(problem.options, **options))
    except NotAsked as error:
        raise _placed(error, problem.document, options) from error
    if solution.options.points is not None:
        awarded(solution)
    if solution.options.slip is not None:
        from .slips import wrong_line

        wrong_line(solution)
    return solution


def _placed(error: NotAsked, document: Document | None, options: Mapping[str, Any]) -> DlsolveError:
    """The error with the place in the spec where it was asked for; itself where an option asked."""
    path = _path_of(error.typed, document.data, options) if document else None
    if document is None or path is None:
        return error
    return SpecError(document.file, [document.complaint(path, str(error), at_key=path[0] == "claim")])


def _path_of(typed: str, spec: Mapping[str, Any], options: Mapping[str, Any]) -> KeyPath | None:
    """Where the word stands in the spec: under style, claim or find."""
    if not typed:
        return None
    if typed == spec.get("style") and "style" not in options:
        return ("style",)
    if typed in spec.get("claim", {}):
        return ("claim", typed)
    found = spec.get("find")
    if found is None or "find" in options:
        return None
    for index, each in enumerate(found if isinstance(found, list) else [found]):
        text = str(getattr(each, "text", each))
        if typed in (text, *keys_in(text)):
            return ("find", index) if isinstance(found, list) else ("find",)
    return None
