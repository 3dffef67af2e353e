"""What a spec says of an exam: points for the problem or for its parts, and a line that is to be found wrong."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from .errors import Complaint, DlsolveError, SpecError
from .spec.document import Document


class Award(Struct, frozen=True):
    """Points for a quantity (w5') or a part (Forward pass), as typed, and where that stands."""

    named: str
    points: int
    place: Complaint


class Points(Struct, frozen=True):
    """What a problem is worth; awards: what the points are given for, none where only the whole is said."""

    file: str
    total: int
    awards: tuple[Award, ...] = ()


class WrongLine(Struct, frozen=True):
    """A line of the working that is shown wrong: its quantity as typed, what is wrong, and where that stands."""

    named: str
    slip: str
    file: str
    place: Complaint


def wrong_line_in(document: Document) -> WrongLine | None:
    """The wrong line that a spec sets, which its kind has read and found in order."""
    given = document.data.get("slip")
    if given is None:
        return None
    ((named, slip),) = given.items()
    return WrongLine(named, slip, document.file, document.complaint(("slip", named), "", at_key=True))


def points_in(document: Document) -> Points | None:
    """The points that a spec sets, which its kind has read and found in order."""
    given = document.data.get("points")
    if given is None:
        return None
    if not isinstance(given, dict):
        return Points(document.file, int(given.value))
    awards = tuple(
        Award(name, int(number.value), document.complaint(("points", name), "", at_key=True))
        for name, number in given.items()
    )
    return Points(document.file, sum(award.points for award in awards), awards)


def awarded(solution: Any) -> dict[str, int]:
    """Points by the key of a quantity or the name of a part, as the solution has them.

    Raises SpecError for every name that is neither.
    """
    points: Points | None = solution.options.points
    found: dict[str, int] = {}
    complaints = []
    for award in points.awards if points else ():
        name = _meant(solution, award.named)
        if name is None:
            complaints.append(_complaint(solution, award))
        else:
            found[name] = found.get(name, 0) + award.points
    if complaints and points:
        raise SpecError(points.file, complaints)
    return found


def parts(solution: Any) -> tuple[str, ...]:
    """The parts of the working that may be given points."""
    steps = getattr(getattr(solution, "working", None), "steps", None)
    if steps is None:
        return ("Layers", "Totals")
    return tuple(dict.fromkeys(steps[key].section for key in solution.shown_keys))


def _meant(solution: Any, named: str) -> str | None:
    folded = {part.lower(): part for part in parts(solution)}
    if named.strip().lower() in folded:
        return folded[named.strip().lower()]
    try:
        key: str = solution.resolve(named)
    except DlsolveError:
        return None
    steps = getattr(getattr(solution, "working", None), "steps", None)
    return key if steps is None or key in solution.shown_keys else None


def _complaint(solution: Any, award: Award) -> Complaint:
    from .spec.fields import did_you_mean

    names = parts(solution)
    keys = list(getattr(solution, "shown_keys", None) or solution.named)
    asked = [key for key in solution.answers if key in keys] or keys
    hint = did_you_mean(award.named, [*keys, *names])
    told = (
        f"found '{award.named}'; expected a quantity such as {', '.join(asked[:3])}, or a part: {', '.join(names[:6])}"
    )
    place = award.place
    return Complaint(f"{told}{f'. {hint}' if hint else ''}", place.path, place.line, place.column)
