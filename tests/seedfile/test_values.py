"""YAML becomes values: which implicit types there are, and each guard with the line it names."""

from __future__ import annotations

import pytest

from bot.seedfile.front import FrontMatter
from bot.seedfile.refusal import SeedRefusedError
from bot.seedfile.values import DEEPEST, LONGEST_SCALAR, MOST_EVENTS, Value, read_values


def _value(yaml: str) -> Value:
    """What `a: <yaml>` is read as."""
    return read_values(FrontMatter(text=f"a: {yaml}\n"))[0]["a"]


def _refusal(yaml: str) -> SeedRefusedError:
    with pytest.raises(SeedRefusedError) as caught:
        read_values(FrontMatter(text=yaml))
    return caught.value


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-1", -1),
        ("189", 189),
        ("999999999999999999", 999_999_999_999_999_999),
    ],
)
def test_a_plain_scalar_can_be_null_a_flag_or_a_whole_number(yaml: str, value: Value) -> None:
    """These and no other implicit types."""
    assert _value(yaml) == value


@pytest.mark.parametrize(
    "yaml",
    [
        "no", "yes", "on", "off", "y", "True", "FALSE", "Null", "012", "0x1F", "0b1", "0o7", "12:30:45", "1_000",
        "1000000000000000000", "1.5", "1e3", ".inf", ".nan", "+5", "-0", "2021-05-07", "2021-05-07T14:19:00Z", "=",
    ],
)  # fmt: skip
def test_a_plain_scalar_that_looks_like_anything_else_is_text(yaml: str) -> None:
    """`no` isn't a flag, `012` is not 10, `12:30:45` is not 45045, and a date is for its field to read."""
    assert _value(yaml) == yaml


@pytest.mark.parametrize("yaml", ['"5"', "'true'", '"~"', "'null'", '""'])
def test_a_quoted_scalar_is_text(yaml: str) -> None:
    """Quotes say so."""
    assert _value(yaml) == yaml[1:-1]


def test_a_block_scalar_is_text() -> None:
    """Also one that holds a number."""
    assert _value("|\n  5\n") == "5\n"


def test_lists_and_mappings_are_read_in_both_styles() -> None:
    """Upstream writes block style; JSON is YAML too."""
    assert _value('[1, {b: "c"}, []]') == [1, {"b": "c"}, []]
    assert _value("\n  - 1\n  - b: c\n  - []\n") == [1, {"b": "c"}, []]


def test_keys_are_text_whatever_they_look_like() -> None:
    """So no two of them can be made to collide."""
    assert read_values(FrontMatter(text="1: a\ntrue: b\n~: c\n"))[0] == {"1": "a", "true": "b", "~": "c"}


def test_each_field_of_the_front_matter_has_its_place() -> None:
    """A problem names the line of the field."""
    text = "a: 1\nb:\n  c: 2\nd: 3\n"

    assert {key: text[index] for key, index in read_values(FrontMatter(text=text))[1].items()} == {
        "a": "a",
        "b": "b",
        "d": "d",
    }


def test_depth_is_allowed_up_to_the_limit() -> None:
    """The front matter itself is the first level."""
    deepest = DEEPEST - 1

    assert _value("[" * deepest + "]" * deepest) is not None
    assert "16 levels" in _refusal("a: " + "[" * DEEPEST + "]" * DEEPEST).message


def test_events_are_allowed_up_to_the_limit() -> None:
    """The front matter, a key and the list itself are five of them."""
    most = MOST_EVENTS - 4

    assert _value("[" + "x," * most + "]") is not None
    assert "20,000" in _refusal("a: [" + "x," * (most + 1) + "]").message


@pytest.mark.parametrize("first", ["", "x,"])
def test_lists_count_as_values_too(first: str) -> None:
    """The limit is exceeded by an item or by the list that it begins."""
    assert "20,000" in _refusal("a: [" + first + "[]," * MOST_EVENTS + "]").message


@pytest.mark.parametrize("char", ["x", "\u20ac", "\U0001f600"])
def test_a_scalar_is_allowed_up_to_the_limit(char: str) -> None:
    """Counted in bytes of UTF-8."""
    most = LONGEST_SCALAR // len(char.encode())

    assert _value(char * most) == char * most
    assert "64 KiB" in _refusal("a: " + char * (most + 1)).message


def test_a_fields_name_is_allowed_up_to_the_same_limit() -> None:
    """A long one is unusual, not an error."""
    name = "x" * LONGEST_SCALAR

    assert read_values(FrontMatter(text=f"? {name}\n: 1\n"))[0] == {name: 1}
    assert "64 KiB" in _refusal(f"? {name}x\n: 1\n").message


@pytest.mark.parametrize(
    ("yaml", "line", "reason"),
    [
        ("a: 1\nb: &x 2\n", 3, "anchor '&x'"),
        ("a: 1\nb: &x [2]\n", 3, "anchor '&x'"),
        ("a: 1\n&x b: 2\n", 3, "anchor '&x'"),
        ("a: 1\nb: *x\n", 3, "alias"),
        ("a: 1\n*x : 2\n", 3, "name isn't text"),
        ("a: 1\nb: !x 2\n", 3, "tag '!x'"),
        ("a: 1\nb: !x {}\n", 3, "tag '!x'"),
        ("a: 1\nb: ! 2\n", 3, "tag '!'"),
        ("a: 1\n!!str b: 2\n", 3, "tag 'tag:yaml.org,2002:str'"),
        ("a: 1\n<<: {b: 2}\n", 3, "merge"),
        ("a: 1\nb: 2\na: 3\n", 4, "duplicate field 'a'"),
        ("a:\n  b: 1\n  b: 2\n", 4, "duplicate field 'b'"),
        ("a: 1\n? [b]\n: 2\n", 3, "name isn't text"),
        ("a: 1\n--- \nb: 2\n", 3, "more than one document"),
        ("%YAML 1.1\n---\na: 1\n", 2, "directive"),
        ("- a\n", 2, "isn't a mapping"),
        ("a: 1\nb: [1\nc: 2\n", 4, "invalid YAML"),
        ("a: 1\n\tb: 2\n", 3, "invalid YAML"),
        ("a: 1\nb: c: d\n", 3, "invalid YAML"),
        ("ä: 1\nb: \x01\n", 3, "control characters"),
    ],
)
def test_what_a_seed_does_not_need_is_refused_with_its_line(yaml: str, line: int, reason: str) -> None:
    """Lines are those of the file: the front matter begins in its second."""
    refusal = _refusal(yaml)

    assert (refusal.line, reason in refusal.message) == (line, True)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n"])
def test_an_empty_front_matter_is_refused(text: str) -> None:
    """There is nothing to read."""
    assert "empty" in _refusal(text).message


def test_lines_are_counted_after_windows_line_ends() -> None:
    """57 of the real records have them."""
    assert _refusal("a: 1\r\nb: 2\r\na: 3\r\n").line == 4


def test_lines_are_counted_as_editors_count_them() -> None:
    """YAML breaks lines at U+2028 too; editors and `sed -n` don't."""
    assert _refusal('a: "x\u2028y"\nb: 2\nb: 3\n').line == 4
