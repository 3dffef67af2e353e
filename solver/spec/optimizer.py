"""The key `optimizer:` of a spec: a word, or `{word: settings}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .compound import BY_NAME, VECTOR, either, unknown_key
from .fields import FLAG, NUMBER, Fault, Field, FieldError, did_you_mean, one_of, recased, refused, whole
from .number import Number
from .optimizer_table import FORM_SYNONYMS, OPTIMIZERS, SETTING_SYNONYMS, SETTINGS, SYNONYMS, Form, Optimizer, Row

__all__ = ["OPTIMIZER", "OPTIMIZERS", "SGD", "Optimizer", "optimizer"]

_STATE = either(NUMBER, VECTOR, BY_NAME)
_FIRST = whole(1, 10**6)
_CORRECTED = ("adam", "adamw", "adamax", "nadam")


def optimizer(word: str, form: str = "", **settings: str) -> Optimizer:
    """An optimizer with its defaults, apart from the settings given as text."""
    row = OPTIMIZERS[word]
    chosen = form or next(iter(row.forms))
    return _filled(word, row.forms[chosen], {"form": chosen, **{k: Number.of(v) for k, v in settings.items()}})


def _filled(word: str, form: Form, given: Mapping[str, Any]) -> Optimizer:
    """The optimizer with the settings that were read; what is not among them has its default."""
    settings = {key: given.get(key) or Number.of(default) for key, default in form.settings.items()}
    start = {letter: Number.of(number) for letter, number in form.start.items()}
    return Optimizer(
        name=word,
        form=given["form"],
        settings=settings,
        epsilon_inside=given.get("epsilon_inside", form.inside),
        bias_correction=given.get("bias_correction", True),
        state={**start, **given.get("state", {})},
        t=given.get("t", 1),
    )


SGD = optimizer("sgd")


def _read(value: Any) -> Optimizer:
    if isinstance(value, dict) and len(value) == 1:
        ((word, given),) = value.items()
        return _with_settings(word, given)
    word = recased(value, OPTIMIZERS) if isinstance(value, str) else ""
    if word not in OPTIMIZERS:
        fix = did_you_mean(word, OPTIMIZERS, SYNONYMS) if word else ""
        example = "" if isinstance(value, str) else "Write adam, or {adam: {beta1: 0.8}}"
        raise refused(value, _SAYS, fix or example, instead="sgd")
    return optimizer(word)


def _with_settings(word: str, given: Any) -> Optimizer:
    if word not in OPTIMIZERS:
        fix = did_you_mean(word, OPTIMIZERS, SYNONYMS)
        message = f"found '{word}'; expected {_SAYS}"
        raise FieldError([Fault(f"{message}. {fix}" if fix else message, (word,), at_key=True)])
    row = OPTIMIZERS[word]
    if not isinstance(given, dict) or not given:
        known = ", ".join(_settable(word, row))
        raise FieldError(f.below(word) for f in refused(given, f"a mapping of settings: {known}").faults)
    try:
        return _settled(word, row, given)
    except FieldError as error:
        raise FieldError(fault.below(word) for fault in error.faults) from error


def _settled(word: str, row: Row, given: dict[str, Any]) -> Optimizer:
    """Reads every setting; raises all their faults together."""
    fields = _settable(word, row)
    faults: list[Fault] = []
    found: dict[str, Any] = {"form": next(iter(row.forms))}
    for key, value in given.items():
        if key not in fields:
            faults.append(unknown_key(key, list(fields), SETTING_SYNONYMS))
            continue
        try:
            found[key] = fields[key].read(value)
        except FieldError as error:
            faults += [fault.below(key) for fault in error.faults]
    form = row.forms[found["form"]]
    faults += [_not_in_form(word, found["form"], key) for key in found if key in SETTINGS and key not in form.settings]
    if faults:
        raise FieldError(faults)
    return _filled(word, form, found)


def _not_in_form(word: str, form: str, key: str) -> Fault:
    return Fault(f"{word} has no {key} when it is written in the form {form}; leave it out", (key,), at_key=True)


def _settable(word: str, row: Row) -> dict[str, Field[Any]]:
    """The keys that may stand below the word, each with its field."""
    names = dict.fromkeys(name for form in row.forms.values() for name in form.settings)
    fields: dict[str, Field[Any]] = {name: SETTINGS[name] for name in names}
    if len(row.forms) > 1:
        fields["form"] = one_of(row.forms, FORM_SYNONYMS)
    if "epsilon" in names and word not in ("adamax",):
        fields["epsilon_inside"] = FLAG
    if word in _CORRECTED:
        fields["bias_correction"] = FLAG
    if row.states:
        more = (letter for form in row.forms.values() for letter in form.start)
        fields["state"] = _state(tuple(dict.fromkeys((*row.states, *more))))
        fields["t"] = _FIRST
    return fields


def _state(letters: tuple[str, ...]) -> Field[dict[str, Any]]:
    """What earlier updates left: {m: 0.4, v: 0.016}, each a number, a list, or numbers by parameter."""
    says = f"a mapping of {' and '.join(letters)} to numbers"

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value:
            raise refused(value, says)
        faults, found = [unknown_key(key, list(letters), {}) for key in value if key not in letters], {}
        for letter in (each for each in letters if each in value):
            try:
                found[letter] = _STATE.read(value[letter])
            except FieldError as error:
                faults += [fault.below(letter) for fault in error.faults]
        if faults:
            raise FieldError(faults)
        return found

    schema = {letter: dict(_STATE.schema) for letter in letters}
    return Field(says, read, {"type": "object", "properties": schema, "additionalProperties": False})


def _schema(word: str, row: Row) -> dict[str, Any]:
    settings = {name: dict(each.schema) for name, each in _settable(word, row).items()}
    long = {"type": "object", "properties": settings, "additionalProperties": False, "minProperties": 1}
    return {"type": "object", "properties": {word: long}, "required": [word], "additionalProperties": False}


_SAYS = f"one of {', '.join(OPTIMIZERS)}"
OPTIMIZER = Field(
    _SAYS,
    _read,
    {"anyOf": [{"enum": list(OPTIMIZERS)}, *(_schema(word, row) for word, row in OPTIMIZERS.items())]},
)
"""The field of `optimizer:`; it reads as an Optimizer with every default filled in."""
