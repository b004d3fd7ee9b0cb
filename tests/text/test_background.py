"""The shipped table of word frequencies: small, well-formed, and built with the stemmer that reads it."""

from __future__ import annotations

import math

import pytest

from bot.text.background import TABLE, UNLISTED, background_share
from bot.text.words import STOP_WORDS, stem, words_of
from tests.bench.make_background import table_of
from tests.support.data import need_data

COMMON = """
    the company announced on Wednesday that its shares rose after quarterly earnings beat analysts' expectations and
    that it is buying a rival for millions of dollars officials in Washington voted to change policies on taxes studies
    were published about countries whose economies are growing families said police arrested several suspects
    """


def test_the_table_is_small_enough_to_ship() -> None:
    """At most 100 KB."""
    assert TABLE.stat().st_size <= 100_000


def test_the_table_names_its_sources_and_licence() -> None:
    """In its header."""
    header = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]

    assert any("Sources: " in line for line in header)
    assert any("Licence: " in line for line in header)


@pytest.mark.parametrize("word", sorted(set(words_of(COMMON)) - STOP_WORDS))
def test_common_words_are_in_the_table_as_the_stemmer_forms_them(word: str) -> None:
    """Another stemmer would miss announced, policies or studies, and take them for rare words."""
    assert background_share(stem(word)) > UNLISTED


def test_every_line_holds_stems_of_one_rarity() -> None:
    """In steps that never fall, each stem once."""
    rows = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    stems = [each for row in rows for each in row[1:]]

    assert [int(row[0]) for row in rows] == sorted({int(row[0]) for row in rows})
    assert len(stems) == len(set(stems)) > 5_000


def test_a_rarity_is_read_in_quarters_of_a_nat() -> None:
    """The first line's stem is in half of all texts of its language."""
    assert background_share("de") == pytest.approx(math.exp(-0.75))


def test_a_word_that_is_not_listed_is_rarer_than_all_listed_ones() -> None:
    """It is assumed in half a text."""
    last = TABLE.read_text(encoding="utf-8").splitlines()[-1].split()

    assert background_share("zyzzyva") == UNLISTED < background_share(last[1])


def test_the_script_builds_the_shipped_table() -> None:
    """With today's stemmer, byte for byte."""
    assert table_of(need_data("relevance")) == TABLE.read_text(encoding="utf-8")
