"""The front matter is found in every file that editors and other systems write."""

from __future__ import annotations

import pytest

from bot.seedfile.front import LARGEST_SEED, find_front_matter
from bot.seedfile.refusal import SeedRefusedError


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
    assert find_front_matter(data).text == "a: 1\n"


def test_front_matter_keeps_windows_line_ends() -> None:
    """YAML reads them as they are."""
    assert find_front_matter(b"---\r\na: 1\r\n---\r\nbody\r\n").text == "a: 1\r\n"


def test_a_line_that_only_begins_like_a_fence_is_none() -> None:
    """`---x` and an indented `---` are YAML's business."""
    assert find_front_matter(b"---\n---x\n ---\n----\n---\n").text == "---x\n ---\n----\n"


def test_front_matter_may_be_empty() -> None:
    """What is wrong with it is said by the one who reads it."""
    assert find_front_matter(b"---\n---\n").text == ""


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"", "missing", 1),
        (b"title: a\n", "missing", 1),
        (b"\n---\na: 1\n---\n", "missing", 1),
        (b"----\na: 1\n---\n", "missing", 1),
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


def test_a_seed_may_be_as_large_as_the_limit() -> None:
    """Body included."""
    assert find_front_matter(b"---\na: 1\n---\n".ljust(LARGEST_SEED, b"x")).text == "a: 1\n"
