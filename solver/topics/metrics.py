"""kind: metrics: accuracy, precision, recall, specificity and F1 from counts, class by class and averaged."""

from __future__ import annotations

from collections.abc import Iterable

from ..algebra import Expr, Integer, difference, product, quotient, symbol, total
from ..check.metrics import audited
from ..evaluate import Values
from ..notation import Name, Node
from ..options import Options
from ..page.metrics import page
from ..solution import Worked
from ..spec.confusion import Confusion
from ..spec.number import Number
from ..working import Step, Working
from .assembled import Sheet, assembled

COUNTS, ALL, AVERAGES = "Counts", "Accuracy", "Averages over the classes"
MEASURES = ("precision", "recall", "specificity", "f1")
AVERAGED = ("precision", "recall", "f1")


def solve(problem: Confusion, options: Options) -> Worked:
    """The worked solution of a metrics problem. Raises NotAsked for a key it does not have."""
    judged = work(problem)
    sheet = Sheet(
        kind="metrics",
        title=problem.title,
        problem=problem,
        working=judged.working,
        answer_keys=tuple(key for key in _answers(problem) if key in judged.working),
        conventions=_conventions(problem, judged),
        checked=lambda values: audited(values, problem, options.backend),
        page=page,
        facts=lambda values: _facts(problem, judged, values),
        undefined=judged.undefined,
    )
    return assembled(sheet, options)


def _answers(problem: Confusion) -> list[str]:
    if not problem.labels:
        return ["accuracy", "error_rate"]
    if problem.positive:
        return ["tp", "fn", "fp", "tn", "accuracy", "error_rate", *MEASURES]
    averages = [f"{how}_{what}" for how in ("macro", "weighted", "micro") for what in AVERAGED]
    return ["accuracy", "error_rate", *averages]


def _conventions(problem: Confusion, judged: Judgement) -> dict[str, object]:
    said: dict[str, object] = {"positive": problem.positive, "zero_division": problem.zero_division}
    return {**said, "not_defined": dict(judged.undefined)} if judged.undefined else said


def _facts(problem: Confusion, judged: Judgement, values: Values) -> dict[str, object]:
    """What is not defined, as null; and the lists of several classes, whose entries may be null."""
    facts: dict[str, object] = {key: None for key in _answers(problem) if key in judged.undefined}
    if problem.labels and not problem.positive:
        for measure in MEASURES:
            keys = [f"{measure}_{end}" for end in problem.ends]
            facts[measure] = [values.number(key) if key in values.numbers else None for key in keys]
        facts["labels"] = list(problem.labels)
    return facts


def work(problem: Confusion) -> Judgement:
    """The Working of a metrics problem, with what is not defined in it."""
    judged = Judgement(problem)
    if not problem.labels:
        judged.only_right()
    elif problem.positive:
        judged.two_classes(problem.positive)
    else:
        judged.several_classes()
    return judged


class Judgement:
    """The lines of a problem; `undefined` says of each quantity that has no value why it has none."""

    def __init__(self, problem: Confusion) -> None:
        self.problem = problem
        self.working = Working()
        self.undefined: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def only_right(self) -> None:
        """Accuracy from the number of right predictions."""
        right = self._give("correct", self.problem.correct, Name("correct", upright=True))
        count = self._give("total", self.problem.total, Name("total", upright=True))
        self._add("accuracy", "accuracy", quotient(right, count), _word("accuracy"), ALL)
        self._add("error_rate", "error_rate", difference(Integer(1), symbol("accuracy")), _word("error rate"), ALL)

    def two_classes(self, positive: str) -> None:
        """The four counts of a positive class, and what is made of them."""
        tp, fn, fp, tn = (symbol(key) for key in ("tp", "fn", "fp", "tn"))
        for key, count in self._one_against_rest(positive).items():
            self._count(key, count, Name(key.upper(), upright=True))
        everything = total([tp, fn, fp, tn])
        self._add("accuracy", "accuracy", quotient(total([tp, tn]), everything), _word("accuracy"), ALL)
        self._add("error_rate", "error_rate", quotient(total([fp, fn]), everything), _word("error rate"), ALL)
        self._measures("", "")

    def several_classes(self) -> None:
        """Every class against the rest, then the means over the classes."""
        ends, labels = self.problem.ends, self.problem.labels
        for i, row in enumerate(self.problem.counts):
            for j, count in enumerate(row):
                self._give(f"n_{ends[i]}_{ends[j]}", count, Name("n", f"{labels[i]},{labels[j]}"))
        for end, label in zip(ends, labels, strict=True):
            self._class_counts(end, label)
            self._measures(f"_{end}", label)
        self._overall()
        self._macro()
        self._weighted()
        self._micro()

    def _one_against_rest(self, label: str) -> dict[str, int]:
        counts, at = self.problem.counts, self.problem.labels.index(label)
        tp = counts[at][at]
        fn = sum(counts[at]) - tp
        fp = sum(row[at] for row in counts) - tp
        return {"tp": tp, "fn": fn, "fp": fp, "tn": sum(map(sum, counts)) - tp - fn - fp}

    def _count(self, key: str, count: int, name: Name) -> None:
        """A count that is given, or that is counted in the lists."""
        self.sizes[key] = count
        if self.problem.actual:
            self._add(key, "count", Integer(count), name, COUNTS)
        else:
            self._give(key, count, name)

    def _class_counts(self, end: str, label: str) -> None:
        others = [each for each in self.problem.ends if each != end]
        cells = {
            "tp": [f"n_{end}_{end}"],
            "fn": [f"n_{end}_{each}" for each in others],
            "fp": [f"n_{each}_{end}" for each in others],
            "tn": [f"n_{a}_{p}" for a in others for p in others],
        }
        sizes = self._one_against_rest(label)
        for key, parts in cells.items():
            self.sizes[f"{key}_{end}"] = sizes[key]
            name = Name(key.upper(), label, upright=True)
            self._add(f"{key}_{end}", "cells", _sum(map(symbol, parts)), name, f"Class {label}")

    def _measures(self, of: str, label: str) -> None:
        """Precision, recall, specificity and F1 of one class; `of` ends its keys, its names are marked with `label`."""
        for measure, top, other in (
            ("precision", "tp", "fp"),
            ("recall", "tp", "fn"),
            ("specificity", "tn", "fp"),
        ):
            upper, lower = symbol(f"{top}{of}"), total([symbol(f"{top}{of}"), symbol(f"{other}{of}")])
            reason = f"{_big(top, label)} + {_big(other, label)} = 0, so it is 0/0"
            zero = self.sizes[f"{top}{of}"] + self.sizes[f"{other}{of}"] == 0
            self._ratio(f"{measure}{of}", measure, quotient(upper, lower), label, reason if zero else "")
        self._f1(of, label)

    def _f1(self, of: str, label: str) -> None:
        p, r = symbol(f"precision{of}"), symbol(f"recall{of}")
        tp, fp, fn = (symbol(f"{key}{of}") for key in ("tp", "fp", "fn"))
        sizes = [self.sizes[f"{key}{of}"] for key in ("tp", "fp", "fn")]
        key = f"f1{of}"
        if sizes[0]:
            self._ratio(key, "f1", quotient(product(Integer(2), p, r), total([p, r])), label)
            return
        counts = quotient(product(Integer(2), tp), total([product(Integer(2), tp), fp, fn]))
        none = sum(sizes) == 0
        reason = f"2 {_big('tp', label)} + {_big('fp', label)} + {_big('fn', label)} = 0, so it is 0/0"
        self._ratio(key, "f1_counts", counts, label, reason if none else "")

    def _overall(self) -> None:
        right = total([symbol(f"n_{end}_{end}") for end in self.problem.ends])
        everything = total([symbol(key) for key in self.working.givens])
        self._add("correct", "cells", right, _word("correct"), ALL)
        self._add("total", "cells", everything, _word("total"), ALL)
        self._add("accuracy", "accuracy", quotient(symbol("correct"), symbol("total")), _word("accuracy"), ALL)
        self._add("error_rate", "error_rate", difference(Integer(1), symbol("accuracy")), _word("error rate"), ALL)

    def _mean(self, key: str, measure: str, rule: str, formula: Expr) -> None:
        """A mean over the classes; not defined where one of its parts is not."""
        parts = [f"{measure}_{end}" for end in self.problem.ends]
        missing = [part for part in parts if part in self.undefined]
        if missing:
            self.undefined[key] = f"it rests on {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not"
            return
        self._add(key, rule, formula, _word(key.replace("_", " ").replace("f1", "F1")), AVERAGES)

    def _macro(self) -> None:
        ends = self.problem.ends
        for measure in AVERAGED:
            parts = [symbol(f"{measure}_{end}") for end in ends]
            self._mean(f"macro_{measure}", measure, "macro", quotient(total(parts), Integer(len(ends))))

    def _weighted(self) -> None:
        ends = self.problem.ends
        for end, label in zip(ends, self.problem.labels, strict=True):
            size = total([symbol(f"tp_{end}"), symbol(f"fn_{end}")])
            self._add(f"support_{end}", "support", size, Name("n", label), AVERAGES)
        for measure in AVERAGED:
            parts = [product(symbol(f"support_{end}"), symbol(f"{measure}_{end}")) for end in ends]
            formula = quotient(total(parts), symbol("total"))
            self._mean(f"weighted_{measure}", measure, "weighted", formula)

    def _micro(self) -> None:
        tp, fp, fn = (_sum(symbol(f"{key}_{end}") for end in self.problem.ends) for key in ("tp", "fp", "fn"))
        for key, parts in (("tp", tp), ("fp", fp), ("fn", fn)):
            self._add(f"sum_{key}", "cells", parts, Name("Σ" + key.upper(), upright=True), AVERAGES)
        right = symbol("sum_tp")
        for measure, wrong in (("precision", "sum_fp"), ("recall", "sum_fn")):
            formula = quotient(right, total([right, symbol(wrong)]))
            self._add(f"micro_{measure}", "micro", formula, _word(f"micro {measure}"), AVERAGES)
        p, r = symbol("micro_precision"), symbol("micro_recall")
        if self.working_right():
            top = quotient(product(Integer(2), p, r), total([p, r]))
            self._add("micro_f1", "f1", top, _word("micro F1"), AVERAGES)
        else:
            bottom = total([product(Integer(2), right), symbol("sum_fp"), symbol("sum_fn")])
            self._add(
                "micro_f1", "f1_counts", quotient(product(Integer(2), right), bottom), _word("micro F1"), AVERAGES
            )

    def working_right(self) -> int:
        """How many predictions were right."""
        return sum(row[index] for index, row in enumerate(self.problem.counts))

    def _ratio(self, key: str, rule: str, formula: Expr, label: str, reason: str = "") -> None:
        """A ratio; where it is 0/0 what was chosen to stand for it, or the reason why it is not defined."""
        measure = key.partition("_")[0]
        section = f"Class {label}" if label else "The positive class"
        name = Name("F1" if measure == "f1" else measure, label, upright=True)
        if not reason:
            self._add(key, rule, formula, name, section)
        elif self.problem.zero_division is not None:
            self._add(key, "zero_division", Integer(self.problem.zero_division), name, section)
        else:
            self.undefined[key] = reason

    def _give(self, key: str, count: int, name: Node) -> Expr:
        return self.working.give(key, Number.of(count), name)

    def _add(self, key: str, rule: str, formula: Expr, name: Node, section: str) -> Expr:
        return self.working.add(Step(key, rule, formula, name, section))


def _sum(parts: Iterable[Expr]) -> Expr:
    listed = list(parts)
    return listed[0] if len(listed) == 1 else total(listed)


def _word(text: str) -> Name:
    return Name(text, upright=True)


def _big(key: str, label: str) -> str:
    return f"{key.upper()}_{label}" if label else key.upper()
