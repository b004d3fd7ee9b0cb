"""Every hostile seed is refused with a fix: no crash, no hang, no exception. `make bench` measures the speed."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, ReadFile, Seed
from bot.seedfile.article import MOST_PICTURES, MOST_RELATED, MOST_TOPICS
from bot.seedfile.seed import read_seed
from tests.support.hostile_seeds import HARMLESS, REFUSED
from tests.support.seed_files import NOW, make_seed_file, problem_of

SMALL_STACK = 128 * 1024
"""With this stack PyYAML's loader ends the process at 500 nested brackets (docs/security.md, Seed files)."""


def _read(data: bytes) -> ReadFile:
    return read_seed(data, path="folder/x.txt", shelf=INSTANCE_SHELF, now=NOW)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_seed_is_refused_with_a_reason_and_a_cure(name: str) -> None:
    """Each problem has a reason and a cure in words."""
    problem = problem_of(_read(REFUSED[name]))

    assert problem.path == "folder/x.txt"
    assert problem.reason
    assert problem.cure


@pytest.mark.parametrize("name", HARMLESS)
def test_a_seed_that_only_looks_hostile_is_read(name: str) -> None:
    """Large amounts of harmless content don't lose an article."""
    assert isinstance(_read(HARMLESS[name]), Seed)


def test_no_hostile_seed_needs_more_stack_than_a_small_thread_has() -> None:
    """Nothing recurses in C; a deep file would otherwise end the process, and this test with it."""
    results: list[ReadFile] = []
    usual = threading.stack_size(SMALL_STACK)
    try:
        thread = threading.Thread(target=lambda: results.extend(map(_read, {**REFUSED, **HARMLESS}.values())))
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join()

    assert len(results) == len(REFUSED) + len(HARMLESS)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("10,000 topics", MOST_TOPICS), ("3,000 pictures", MOST_PICTURES), ("1,000 related items", MOST_RELATED)],
)
def test_one_seed_cannot_fill_the_store(name: str, kept: int) -> None:
    """The first entries of an overlong list are kept."""
    seed = _read(HARMLESS[name])

    assert isinstance(seed, Seed)
    assert kept in {len(seed.article.topics), len(seed.article.pictures), len(seed.coverage)}


@given(st.binary(max_size=400))
def test_any_bytes_are_a_seed_or_a_problem(data: bytes) -> None:
    """Never an exception."""
    assert isinstance(_read(data), ReadFile)


@given(
    st.lists(
        st.sampled_from([*"[]{},:-?&*!|>'\"#%@`\\ \n\t\ra1~<", "\n  ", "---", "...", "<<", "\u0085", "\ufeff", "é"])
    )
)
def test_any_yaml_is_a_seed_or_a_problem(pieces: list[str]) -> None:
    """Even one of nothing but YAML's special characters."""
    assert isinstance(_read(("---\n" + "".join(pieces) + "\n---\n").encode()), ReadFile)


@given(st.data())
def test_a_damaged_seed_is_a_seed_or_a_problem(data: st.DataObject) -> None:
    """A valid seed with some bytes changed, as a broken disk or a bad editor leaves it."""
    seed = bytearray(make_seed_file())
    for index in data.draw(st.lists(st.integers(0, len(seed) - 1), max_size=8)):
        seed[index] = data.draw(st.integers(0, 255))

    assert isinstance(_read(bytes(seed)), ReadFile)


@given(st.text(max_size=300))
def test_a_file_of_any_name_is_a_seed_or_a_problem_that_can_be_shown(name: str) -> None:
    """Names come from zips and uploads; they go to terminals, databases and Discord."""
    result = read_seed(make_seed_file(), path=name + ".txt", shelf=INSTANCE_SHELF, now=NOW)

    shown = result.article.stem if isinstance(result, Seed) else result.path
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs"}
