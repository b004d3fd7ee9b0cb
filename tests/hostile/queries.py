"""What a person or a program that means harm may type into a search: operators, typos, real words, any text at all."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

HOSTILE: Final = (
    '"',
    '""',
    '"unbalanced',
    "'; DROP TABLE article; --",
    "*",
    "a*",
    "^police",
    "police NEAR/2 facial",
    "NEAR(police facial, 5)",
    "title:police",
    "{title excerpt}: police",
    "police AND",
    "OR police",
    "NOT",
    "police NOT",
    "(police",
    "police)",
    "- + -",
    "-",
    '-"',
    "police + facial",
    "\\",
    "%",
    "_",
    "?1 :name @x $y",
    "\0police\0",
    "\ud800",
    "\U0001f916\U0001f916",
    "\u202epolice",
    "a" * 300,
    "- " * 150,
    '"a ' * 100,
    "\u0301" * 50,
    "\ufdfa" * 200,
    "topic: provider: after: before: quality:",
    "quality:99999999999999999999 after:99999 before:-1",
    "p\u200do\u200dl\u200di\u200dc\u200de",
)
"""Operators of the index, of SQL and of the query language, and text that is none."""

_WORDS: Final = (
    "police", "facial", "recognition", "the", "and", "to", "be", "or", "not", "AI", "polcie", "recogniton", "faci",
    "Massachusetts", "ångström", "2021", "3.5%", "nicht", "警察", "использование", "a", "robots", "GPT-3",
)  # fmt: skip
_FIELDS: Final = ("topic:", "provider:", "after:", "before:", "quality:", "sort:", "from:", "x:")
_SIGNS: Final = ('"', "-", "+", "*", "(", ")", ":", "AND", "OR", "NOT", "NEAR", "^", "..", ">", "<", ">=", " ", "\t")

_DATES: Final = st.sampled_from(("2021-05-07", "yesterday", "2021", "9999-12-31", "0000-00-00", "tomorrow", "1mo"))
_PIECES: Final = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from(_FIELDS).flatmap(lambda field: st.one_of(st.sampled_from(_WORDS), _DATES).map(field.__add__)),
    st.sampled_from(_SIGNS),
    st.sampled_from(HOSTILE),
    st.text(max_size=20),
    st.integers().map(str),
)
_SENTENCES: Final = st.lists(_PIECES, max_size=12).flatmap(
    lambda pieces: st.sampled_from((" ", "", "  ")).map(lambda gap: gap.join(pieces))
)

QUERIES: Final = st.one_of(_SENTENCES, _SENTENCES, st.sampled_from(HOSTILE), st.text(max_size=300))
"""Two of four look like queries, one is a known trick or two, one is any text."""
