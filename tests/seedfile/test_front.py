"""The front matter is found in every file that editors and other systems write."""

from __future__ import annotations

import pytest

from bot.seedfile.front import LARGEST_SEED, find_front_matter
from bot.seedfile.refusal import SeedRefusedError


def _text(data: bytes, *, is_yaml: bool = False) -> str | None:
    """The YAML that is found; None if there is none."""
    front = find_front_matter(data, is_yaml=is_yaml)
    return None if front is None else front.text


def _notes(data: bytes) -> list[tuple[int | None, str]]:
    front = find_front_matter(data)
    assert front is not None
    return [(note.line, note.reason) for note in front.notes]


@pytest.mark.parametrize(
    "data",
    [
        b"---\na: 1\n---\n",
        b"---\na: 1\n---",
        b"--- \t\na: 1\n--- \n",
        b"\xef\xbb\xbf---\na: 1\n---\n",
        b"---\na: 1\n---\nA body.\n---\nb: 2\n---\n",
    ],
)
def test_front_matter_stands_between_the_first_two_fences(data: bytes) -> None:
    """With a byte order mark, with spaces behind the fences, with a body."""
    assert _text(data) == "a: 1\n"


def test_front_matter_keeps_windows_line_ends() -> None:
    """YAML reads them as they are."""
    assert _text(b"---\r\na: 1\r\n---\r\nbody\r\n") == "a: 1\r\n"


def test_a_line_that_only_begins_like_a_fence_is_none() -> None:
    """`---x` and an indented `---` are YAML's business."""
    assert _text(b"---\n---x\n ---\n----\n---\n") == "---x\n ---\n----\n"


def test_front_matter_may_be_empty() -> None:
    """What is wrong with it is said by the one who reads it."""
    assert _text(b"---\n---\n") == ""


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"+++\ntitle = 'a'\n+++\n", "TOML", 1),
        (b"---\na: 1\n", "unterminated", None),
        (b"---", "unterminated", None),
        (b"---\na: 1\nb: \xff\n---\n", "UTF-8", 3),
        (b"---\na: 1\n---\nbody \xff\n", "UTF-8", 4),
        (b"---\n---\n" + b"x" * LARGEST_SEED, "256 KiB", None),
    ],
)
def test_a_file_without_usable_front_matter_is_refused(data: bytes, reason: str, line: int | None) -> None:
    """The reason says what is missing, and where where that can be said."""
    with pytest.raises(SeedRefusedError) as caught:
        find_front_matter(data)

    assert (reason in caught.value.message, caught.value.line) == (True, line)


@pytest.mark.parametrize("data", [b"", b"# About us\n", b"\n---\na: 1\n---\n", b"----\na: 1\n---\n", b"Hello: world\n"])
def test_a_file_without_fences_and_fields_has_no_front_matter(data: bytes) -> None:
    """Whether that is a problem depends on its name."""
    assert find_front_matter(data) is None


@pytest.mark.parametrize(
    "data", [b"title: a\nb: 1\n", b"# Ours\ntitle: a\n", b'{"title": "a"}', b"b: 1\nwebUrl: https://a.example/1\n"]
)
def test_a_whole_file_may_be_the_mapping(data: bytes) -> None:
    """It needs no fences if a seed's field begins a line."""
    assert _text(data) == data.decode()


def test_lines_of_a_whole_file_begin_at_one() -> None:
    """There is no fence above them."""
    front = find_front_matter(b"title: a\nb: 1\n")

    assert front is not None
    assert front.line_at(9) == 2


def test_a_mapping_without_a_first_fence_ends_at_the_next() -> None:
    """What is below is a body."""
    assert _text(b"title: a\n---\nBody\n") == "title: a\n"


def test_a_yaml_document_needs_no_end() -> None:
    """Its `---` is YAML's own mark of a beginning."""
    assert _text(b"---\ntitle: a\n", is_yaml=True) == "title: a\n"


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000"])
def test_spaces_that_only_look_like_spaces_are_read_as_spaces_and_noted(space: str) -> None:
    """They come from web pages and word processors, and YAML takes them for letters."""
    data = f"---\na:\n{space}{space}b: 1\nc:{space}2\n---\n".encode()

    assert _text(data) == "a:\n  b: 1\nc: 2\n"
    assert _notes(data) == [(3, "non-breaking spaces around a field's name, read as spaces")]


def test_non_breaking_spaces_inside_a_text_stay() -> None:
    """French sets them before a colon."""
    data = '---\na: "Recap\u00a0: all\u00a0of it"\n---\n'.encode()

    assert (_text(data), _notes(data)) == ('a: "Recap\u00a0: all\u00a0of it"\n', [])


@pytest.mark.parametrize(
    "data",
    [
        b"---\ntitle: a\n---\ntitle: b\n---\n",
        b"---\ntitle: a\n---\nBody\n\n---\nquality: 1\n\ntitle: b\n---\n",
        b"title: a\n---\ntitle: b\n",
        b"---\r\ntitle: a\r\n---\r\n---\r\nwebUrl: b\r\n---\r\n",
    ],
)
def test_a_second_article_in_a_file_is_noted(data: bytes) -> None:
    """It is not read."""
    assert [reason for _, reason in _notes(data)] == ["only the first article of a file is read"]


@pytest.mark.parametrize("body", [b"Text\n---\nMore\n", b"A title: this\n", b"---\n\nText of a title\n"])
def test_a_rule_in_the_body_is_not_a_second_article(body: bytes) -> None:
    """Markdown draws a line with it."""
    assert _notes(b"---\ntitle: a\n---\n" + body) == []


def test_a_seed_may_be_as_large_as_the_limit() -> None:
    """Body included."""
    assert _text(b"---\na: 1\n---\n".ljust(LARGEST_SEED, b"x")) == "a: 1\n"
