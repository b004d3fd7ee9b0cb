"""Every hostile zip is refused with a sentence, and never costs more than its own size allows."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ArchiveError
from bot.news.article import INSTANCE_SHELF, ReadFile, RefusedSeed, Seed, SeedNote
from bot.seedfile.archive import read_archive
from tests.support.hostile_seeds import REFUSED as REFUSED_SEEDS
from tests.support.hostile_zips import REFUSED
from tests.support.seed_files import NOW, make_seed_file, make_zip


def _read(data: bytes) -> tuple[ReadFile | SeedNote, ...]:
    return tuple(read_archive(io.BytesIO(data), name="pack.zip", shelf=INSTANCE_SHELF, now=NOW))


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_zip_is_refused_as_a_whole(name: str) -> None:
    """The error has a cure."""
    with pytest.raises(ArchiveError) as caught:
        _read(REFUSED[name]())

    assert caught.value.message
    assert caught.value.cure


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a bomb", "100 times its compressed size"),
        ("60,000 entries", "limit is 2,000"),
        ("a symbolic link", "a link or a device"),
        ("a way out", "leads out of it"),
        ("an encrypted entry", "is encrypted"),
        ("LZMA, whose dictionary may be 4 GiB", "unsupported compression"),
    ],
)
def test_the_reason_says_what_the_zip_tried(name: str, reason: str) -> None:
    """A person who uploaded it by mistake can fix it."""
    with pytest.raises(ArchiveError, match=reason):
        _read(REFUSED[name]())


def test_hostile_seeds_in_a_zip_are_problems_beside_good_ones() -> None:
    """A bad seed doesn't refuse the others."""
    hostile = {f"bad{number}.txt": data for number, data in enumerate(REFUSED_SEEDS.values())}
    good = {f"good{number}.txt": make_seed_file(heat=number) for number in range(40)}
    noise = {"noise.txt": bytes(range(256)) * 800}  # so that the bombs among the seeds stay below the zip's ratio

    results = _read(make_zip({**hostile, **good, **noise}, compression=0))

    assert sum(isinstance(result, Seed) for result in results) == len(good)
    assert sum(isinstance(result, RefusedSeed) for result in results) == len(hostile) + 1


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    """The only error is `ArchiveError`."""
    with contextlib.suppress(ArchiveError):
        _read(data)


@given(st.data())
def test_a_damaged_zip_is_refused_or_read(data: st.DataObject) -> None:
    """Any bytes of it may have changed."""
    archive = bytearray(make_zip({"a.txt": make_seed_file(), "b.md": make_seed_file()}))
    for index in data.draw(st.lists(st.integers(0, len(archive) - 1), min_size=1, max_size=6)):
        archive[index] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ArchiveError):
        _read(bytes(archive))
