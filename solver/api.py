"""The doors for Python: a spec becomes a Problem, a Problem becomes a solution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .errors import Complaint, DlsolveError, SpecError
from .exam import awarded, points_in, wrong_line_in
from .kinds import KINDS, kind
from .options import Options
from .spec.document import Document


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem read from a spec: its kind, its data, and the options that the spec sets."""

    kind: str
    data: Any
    options: Options


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
    return Problem(name, data, replace(options, points=points_in(document), slip=wrong_line_in(document)))


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
    solution = kind(problem.kind).solve(problem.data, replace(problem.options, **options))
    if solution.options.points is not None:
        awarded(solution)
    if solution.options.slip is not None:
        from .slips import wrong_line

        wrong_line(solution)
    return solution
