"""Reading a spec: what words mean, where they stand, and what is said about a file that cannot be read."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.errors import Complaint, SpecError
from solver.spec import read as reading
from solver.spec.document import Document
from solver.spec.number import Number
from solver.spec.read import number, read

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: which one is there depends on how it was built."""
    monkeypatch.setattr(reading, "LOADER", request.param)


def complaints(source: bytes | str) -> tuple[Complaint, ...]:
    with pytest.raises(SpecError) as caught:
        read(source, "net.yaml")
    return caught.value.complaints


def num(value: str, text: str | None = None) -> Number:
    return Number(Fraction(value), text or value)


NUMBERS = [
    ("1", num("1")),
    ("-2", num("-2")),
    ("+5", num("5")),
    ("−0.5", num("-0.5")),
    (".5", num("1/2", ".5")),
    ("5.", num("5", "5.")),
    ("0.10", num("1/10", "0.10")),
    ("1e-3", num("1/1000", "1e-3")),
    ("1E5", num("100000", "1e5")),
    ("-2.5e+1", num("-25", "-2.5e+1")),
    ("1/3", num("1/3")),
    ("-2/5", num("-2/5")),
    ("1 / 3", num("1/3")),
    ("−1/2", num("-1/2")),
    ("0", num("0")),
    ("-0.0", num("0", "0.0")),
    ("1e300", num("1e300", "1e300")),
]

MISSPELT = [
    ("010", "write 10"),
    ("00", "write 0"),
    ("-00.5", "write -0.5"),
    ("1/03", "write 1/3"),
    ("1e999999999", "exponent from -300 to 300"),
    ("1e-301", "exponent from -300 to 300"),
    ("9" * 401, "at most 400 digits"),
    ("9" * 10_000, "at most 400 digits"),
    ("9" * 400, "too large or too small"),
    ("1/0", "division by 0"),
    ("0,5", "write 0.5, or [0, 5]"),
    ("-0,5", "write -0.5"),
    ("1,234.5", "write 1234.5"),
    ("0.05, 0.10", "write [0.05, 0.10]"),
    ("½", "write 1/2"),
    ("-⅓", "write -1/3"),
    ("1½", "write 3/2"),
    ("1⁄2", "write 1/2"),
    ("nan", "no number"),
    (".NaN", "no number"),
    ("inf", "no number"),
    ("-.inf", "no number"),
    ("-∞", "no number"),
    ("5%", "0.05"),
    ("12.5 %", "0.125"),
    ("1/2%", "1/200"),
    ("0x1F", "write 31"),
    ("-0o17", "write -15"),
    ("0b101", "write 5"),
    ("1_000", "write 1000"),
    ("0.5 0.6", "write 0.5, 0.6"),
    ("1.2.3", "more than one decimal point"),
    ("–0.5", "write -0.5"),
    ("２", "write 2"),
]

WORDS = [
    ("true", True),
    ("False", False),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("null", None),
    ("~", None),
    ("", None),
    ("k1", "k1"),
    ("a - b", "a - b"),
    ("-k1*m1", "-k1*m1"),
    ("sigmoid", "sigmoid"),
    ("3/2*x^2", "3/2*x^2"),
    ("50% of it", "50% of it"),
    ('"0.5"', "0.5"),
    ("'true'", "true"),
    ('"?"', "?"),
    ('""', ""),
    ('">="', ">="),
    ("2001-01-01", "2001-01-01"),
    ("1:30", "1:30"),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_number_is_exact_and_as_typed(text: str, expected: Number) -> None:
    assert number(text) == expected
    assert read(f"a: {text}", "f").data == {"a": expected}


@pytest.mark.parametrize(("text", "fragment"), MISSPELT)
def test_misspelt_number_is_named_with_the_fix(text: str, fragment: str) -> None:
    told = number(text)
    assert isinstance(told, str)
    assert fragment in told
    (complaint,) = complaints(f"k: 1\na: {text}\n")
    assert fragment in complaint.message
    assert (complaint.line, complaint.column, complaint.path) == (2, 4, ("a",))
    assert len(complaint.message) < 200


@pytest.mark.parametrize("text", ["", "  ", "a", "1e", "--5", "sigmoid", "true", "1 +"])
def test_number_says_what_it_expected(text: str) -> None:
    assert "expected a number" in str(number(text))


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_word(text: str, expected: Any) -> None:
    found = read(f"a: {text}", "f").data["a"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("1: a\nh1: b\ntrue: c\n'x y': d", {"1": "a", "h1": "b", "true": "c", "x y": "d"}),
        ("a: [1, [x, {b: y}], []]\nc: {}", {"a": [num("1"), ["x", {"b": "y"}], []], "c": {}}),
        ("a:\n  - x\n  -\n  - b: y\n", {"a": ["x", None, {"b": "y"}]}),
        (
            "a: &n [1, x]\nb: *n\nc: [*n, *n]",
            {"a": [num("1"), "x"], "b": [num("1"), "x"], "c": [[num("1"), "x"]] * 2},
        ),
        ("a: &n x\na2: *n", {"a": "x", "a2": "x"}),
        ("---\na: x\n...\n", {"a": "x"}),
        ("# only\na: x # so\n", {"a": "x"}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ('{"a": ["x", true, null]}', {"a": ["x", True, None]}),
        ("a: {k: x}", {"a": {"k": "x"}}),
        ("\ufeffa: x\r\nb: y\r\n", {"a": "x", "b": "y"}),
    ],
)
def test_data(source: str, data: Any) -> None:
    assert read(source, "f").data == data
    assert read(source.encode(), "f").data == data
    assert read(source.removeprefix("\ufeff").encode("utf-16"), "f").data == data


BAD_FILES = [
    ("", 1, 1, "empty"),
    ("# nothing\n", 1, 1, "empty"),
    ("---\n", 1, 1, "empty"),
    ("- 1\n- 2\n", 1, 1, "found a list; expected keys"),
    ("hello", 1, 1, "found one value; expected keys"),
    ("kind:backprop", 1, 1, "write kind: backprop"),
    ("a: 1\n--- \nb: 2\n", 2, 1, "second document"),
    ("a: 1\n...\nb: 2\n", 3, 1, "behind '...'"),
    ("a: 1\nb: 2\na: 3\n", 3, 1, "stands twice, first in line 1"),
    ("a: {b: 1, b: 2}", 1, 11, "stands twice, first in line 1"),
    ("[1]: 2\n", 1, 1, "found a list as a key"),
    ("? {a: b}\n: 2\n", 1, 3, "found a mapping as a key"),
    (": 2\n", 1, 1, "no key before it"),
    ("a: &x 1\n*x : 2\n", 2, 1, "an alias cannot be a key"),
    ("a: &x 1\nb:\n  <<: *x\n", 3, 3, "merge keys"),
    ("a: *b\n", 1, 4, "nothing above is named &b"),
    ("a: &b [1, *b]\n", 1, 11, "never end"),
    ("a: !!str 5\n", 1, 4, "the type tag !!str"),
    ("a: !x [5]\n", 1, 4, "the type tag !x"),
    (f"{'k' * 201}: 1\n", 1, 1, "a key of 201 characters"),
    ("a: [1, 2", 1, 4, "this '[' is never closed; a ']' is missing"),
    ("a: {b: 1\n", 1, 4, "this '{' is never closed; a '}' is missing"),
    ("a: [[1, 2],\n    [3, 4]\n\n", 1, 4, "this '[' is never closed"),
    ("a: [1, 2\nb: [3]\n", 1, 4, "not closed before the new entry in line 2"),
    ("a: [[1]\n    [2]]\n", 1, 4, "a ']' or ',' is missing"),
    ("a: [1, 2}\n", 1, 9, "the '[' of line 1 needs its ']' first"),
    ("a: [1]]\n", 1, 7, "nothing open"),
    ("a: [1] 2\n", 1, 8, "behind the closing bracket"),
    ("a: [1,, 2]\n", 1, 7, "an entry is missing"),
    ("a: 'x\nb: 2\n", 1, 4, "this ' is never closed"),
    ('a: "x', 1, 4, 'this " is never closed'),
    ("a: 'don't'\n", 1, 9, "written twice"),
    ('a: "\\d"\n', 1, None, "backslash"),
    ('a: "\\e[1m"\n', 1, 4, "U+001B"),
    ("\ta: 1\n", 1, 1, "tab"),
    ("a:\n\tb: 1\n", 2, 1, "tab"),
    ("a:\n  c: 1\n\tb: 1\n", 3, 1, "tab"),
    ("a:\n\xa0\xa0b: 1\nc: 2\n", 2, 1, "no-break space"),
    ("inputs:[1,2]\nb: 1\n", 1, 1, "write inputs: [1,2]"),
    ("a: 1\ninputs:[1,2]\nb: 1\n", 2, 1, "write inputs: [1,2]"),
    ("a:\n  - name:h\n    units: 2\n", 2, 5, "write name: h"),
    ("a: {name:h}\n", 1, 5, "write name: h"),
    ("a: {w1 0.5}\n", 1, 5, "write w1: 0.5"),
    ("kind backprop\na: 1\n", 1, 1, "write kind: backprop"),
    ("a: 1\nloss = mse\nb: 1\n", 2, 1, "write loss: mse"),
    ("title: Exam: part 1\n", 1, 8, 'write "Exam: part 1"'),
    ("a: 1\n  b: 2\n", 2, 3, "start in column 1"),
    ("a:\n  - b: 1\n     c: 2\n", 3, 6, "start in column 5"),
    ("a:\n    b: 1\n  c: 2\n", 3, 3, "does not line up"),
    ("a:\n  - 1\n  b: 2\n", 3, 3, "the items ('- ') from line 2 on start in column 3"),
    ("a:\n  -\n  b: 1\n", 3, 3, "the '-' of line 2 has no item"),
    ("a: !x!y\n", 1, 4, "starts with '!' needs quotes"),
    ("  a: 1\nb: 2\n", 2, 1, "does not line up"),
    ("a: @b\n", 1, 4, 'write "@b"'),
    ("a: %5\n", 1, 4, 'write "%5"'),
    ("a: * 5\n", 1, 4, "starts with '*' needs quotes"),
    ("a: >=\n", 1, 4, 'write ">="'),
    ("a: >\nb: 1\n", 1, 4, 'write ">"'),
    ("a: {k: ?}\n", 1, 8, 'write "?"'),
    ("a: - 2\n", 1, 4, "a line of its own"),
    ("a: 1\nb: x\0y\n", 2, 5, "U+0000 (NUL)"),
    ("a: 1\u200b\n", 1, 5, "zero width space"),
    (b"a: 1\nb: \xfcber\n", 2, 4, "0xFC ('ü' in Windows-1252), which is not UTF-8; save the file as UTF-8"),
    (b"\xff\xfea\0:\0 \0\0\xd8", 1, 4, "not UTF-16; save the file as UTF-8"),
    ("a: 1\n".encode("utf-16-le"), 1, 2, "Save it as UTF-8"),
    (b"a: 1\n" + b"#" * 11_000_000, 1, 1, "found more than 10 MB; expected at most 10 MB"),
    ("a: " + "[" * 50_000, 1, 53, "more than 50 levels"),
    ("{a: " * 50_000, 1, 201, "more than 50 levels"),
    ("- " * 50_000, 1, 101, "more than 50 levels"),
    ("a: [" + "[]," * 200_000 + "]", 1, None, "more than 200,000 values"),
]


@pytest.mark.parametrize(("source", "line", "column", "fragment"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_bad_file(source: bytes | str, line: int, column: int | None, fragment: str) -> None:
    (complaint,) = complaints(source)
    assert fragment in complaint.message
    assert complaint.line == line
    assert column in (None, complaint.column)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("row", [row for row in BAD_FILES if len(row[0]) < 1000], ids=lambda row: repr(row[0])[:30])
def test_both_parsers_point_at_the_same_line(row: tuple[bytes | str, int, int | None, str]) -> None:
    source, line, _, fragment = row
    assert any(c.line == line and fragment in c.message for c in complaints(source))


def test_no_jargon() -> None:
    jargon = ("scanning", "token", "block mapping", "flow", "scalar", "node", "anchor")
    for source in (row[0] for row in BAD_FILES if len(row[0]) < 1000):
        told = complaints(source)[0].message
        assert not any(word in told for word in jargon), told


def test_all_complaints_at_once_and_those_before_a_syntax_error() -> None:
    found = complaints("a: [0.05, nan, ½]\nb: 0,5\na: 2\nc: !t x\nd: [1\n")
    assert [(c.line, c.column, c.path) for c in found] == [
        (1, 11, ("a", 1)),
        (1, 16, ("a", 2)),
        (2, 4, ("b",)),
        (3, 1, ("a",)),
        (4, 4, ("c",)),
        (5, 4, ("d",)),
    ]


def test_key_path_counts_from_one() -> None:
    with pytest.raises(SpecError, match=r"^net\.yaml:2:16: layers\.1\.weights\.2: found 'nan'"):
        read("layers:\n- weights: [1, nan]\n", "net.yaml")


def test_alias_bomb() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (complaint,) = complaints("\n".join(lines))
    assert "more than 200,000 values" in complaint.message
    assert complaint.line == 6


def test_aliases_cannot_nest_too_deep() -> None:
    lines = ["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60))]
    (complaint,) = complaints("\n".join(lines))
    assert "more than 50 levels" in complaint.message
    assert complaint.line == 50


def test_fifty_levels_are_read() -> None:
    data = read("a: " + "[" * 49 + "]" * 49, "f").data["a"]
    for _ in range(48):
        (data,) = data
    assert data == []


def test_alias_stands_at_its_own_place() -> None:
    document = read("a: &n [1, 2]\nb: {c: *n}\n", "f")
    assert document.values["b", "c"] == (2, 8)
    complaint = document.complaint(("b", "c", 1), "too large")
    assert (complaint.line, complaint.column) == (2, 8)


def test_speed() -> None:
    row = ", ".join(["0.0123"] * 100)
    source = "weights:\n" + f"  - [{row}]\n" * 130
    start = time.process_time()
    read(source, "f")
    assert time.process_time() - start < (0.9 if yaml.__with_libyaml__ else 9)


def outcome_of(source: bytes | str) -> Document | tuple[Complaint, ...]:
    try:
        return read(source, "f")
    except SpecError as error:
        return error.complaints


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60), st.text("ab1:-?,[]{}'\"&*!|>%@# \t\n.\\<", max_size=40)))
def test_anything_is_a_document_or_a_spec_error(source: bytes | str) -> None:
    outcome = outcome_of(source)
    if isinstance(outcome, Document):
        assert isinstance(outcome.data, dict)
    else:
        assert outcome
        assert all(c.message and c.line >= 1 and c.column >= 1 for c in outcome)


WORD = st.sampled_from(["0.10", "-3", "1/3", "sigmoid", "k1", "true", "a - b", "𝜎x"])
TREE = st.recursive(
    WORD,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b1", "1", "é"]), inner, max_size=3),
    ),
    max_leaves=12,
)


def spelt(tree: Any, path: tuple[str | int, ...], words: dict[tuple[str | int, ...], str]) -> str:
    """The tree as YAML with odd spacing; fills `words` with what stands at each path."""
    if isinstance(tree, str):
        words[path] = tree
        return tree
    if isinstance(tree, list):
        words[path] = "["
        return "[ " + ",\n   ".join(spelt(item, (*path, n), words) for n, item in enumerate(tree)) + "]"
    words[path] = "{"
    return "{" + ", ".join(f"{key}:  {spelt(item, (*path, key), words)}" for key, item in tree.items()) + " }"


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["x", "y", "ß"]), TREE, min_size=1))
def test_every_place_points_at_its_text(tree: dict[str, Any]) -> None:
    words: dict[tuple[str | int, ...], str] = {}
    source = "".join(f"{key}:\n  {spelt(item, (key,), words)}\n" for key, item in tree.items())
    document, lines = read(source, "f"), source.split("\n")
    assert document.values.keys() - {()} == words.keys()
    for path, word in words.items():
        line, column = document.values[path]
        assert lines[line - 1][column - 1 :].startswith(word)
    for path, (line, column) in document.keys.items():
        assert lines[line - 1][column - 1 :].startswith(f"{path[-1]}:")
