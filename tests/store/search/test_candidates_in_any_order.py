"""Seeds that change in any order: the candidates of every moment are what a plain list of all that was said gives."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, ArticleId, ShelfId, article_id, server_shelf
from bot.news.edition import Candidate
from bot.store.port import Store
from bot.store.sqlite import open_store
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_seed

OWN, OTHERS = server_shelf(1), server_shelf(2)
SEEN = (INSTANCE_SHELF, OWN)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a seed said of its article, in days after SOME_DAY; None where it is deleted instead."""

    shelf: ShelfId
    stem: str
    seen: int
    published: int
    quality: int | None

    @property
    def article(self) -> ArticleId:
        """The person it is about."""
        return article_id(self.shelf, self.stem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for, in days after SOME_DAY."""

    as_of: int
    after: int | None
    limit: int


said = st.builds(
    Said,
    shelf=st.sampled_from([INSTANCE_SHELF, INSTANCE_SHELF, OWN, OTHERS]),
    stem=st.sampled_from("abc"),
    seen=st.integers(0, 4),
    published=st.integers(0, 3),
    quality=st.sampled_from([40, 60, 80, None]),
)
questions = st.builds(
    Question,
    as_of=st.integers(0, 4),
    after=st.none() | st.integers(-1, 3),
    limit=st.sampled_from([1, 2, 3, 9]),
)


@dataclass(slots=True, kw_only=True)
class Past:
    """All that was ever said of one article, in the order in which it was told; nothing once it is deleted."""

    told: list[Said] = field(default_factory=list)
    is_deleted: bool = False

    def add(self, new: Said) -> None:
        """Only what is not as it was told last counts."""
        if new.quality is None:
            self.is_deleted = self.is_deleted or bool(self.told)
            self.told.clear()
        elif self.is_deleted:
            return
        elif not self.told or (new.published, new.quality) != (self.told[-1].published, self.told[-1].quality):
            self.told.append(new)

    def known_at(self, as_of: int) -> list[Said]:
        """By the moment of sight; of several, as they were told."""
        return sorted((each for each in self.told if each.seen <= as_of), key=lambda each: each.seen)


def expected(pasts: dict[ArticleId, Past], question: Question) -> list[tuple[ArticleId, list[tuple[int, ...]]]]:
    """The answer, in words that are easily compared."""
    known = {article: past.known_at(question.as_of) for article, past in pasts.items()}
    after = -100 if question.after is None else question.after
    wanted = [article for article, changes in known.items() if any(each.published > after for each in changes)]
    wanted.sort(key=lambda article: (-known[article][-1].published, article))
    return [
        (article, [(each.seen, each.published, each.quality or 0) for each in known[article]])
        for article in wanted[: question.limit]
    ]


def answered(candidates: Sequence[Candidate]) -> list[tuple[ArticleId, list[tuple[int, ...]]]]:
    """What the store says, in the same words."""
    return [
        (
            each.article.id,
            [
                ((change.seen_at - SOME_DAY).days, (change.published_at - SOME_DAY).days, change.quality or 0)
                for change in each.changes
            ],
        )
        for each in candidates
    ]


async def put(store: Store, pasts: dict[ArticleId, Past], new: Said) -> None:
    """Put or delete, in the store and in the list."""
    if new.quality is None:
        await store.articles.delete(new.shelf, new.article)
    else:
        seed = make_seed(new.stem, shelf=new.shelf, quality=new.quality, published_at=SOME_DAY + DAY * new.published)
        await store.articles.put_seeds(new.shelf, [seed], seen_at=SOME_DAY + DAY * new.seen)
    if new.shelf in SEEN:
        pasts.setdefault(new.article, Past()).add(new)


@up_to(60)
@given(st.lists(said, max_size=10), st.lists(questions, min_size=1, max_size=5))
def test_candidates_of_any_moment_are_what_was_said_by_then(all_said: list[Said], asked: list[Question]) -> None:
    """Also where a seed is seen before one that is known already, comes into a window, leaves it, or is deleted."""

    async def answers() -> list[tuple[object, object]]:
        pasts: dict[ArticleId, Past] = {}
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(Path(folder) / "n.db", clock=ManualClock()) as store:
                for each in all_said:
                    await put(store, pasts, each)
                found = [
                    await store.digest.candidates(
                        SEEN,
                        as_of=SOME_DAY + DAY * each.as_of,
                        published_after=None if each.after is None else SOME_DAY + DAY * each.after,
                        limit=each.limit,
                    )
                    for each in asked
                ]
        return [(answered(found), expected(pasts, each)) for found, each in zip(found, asked, strict=True)]

    for answer, right in asyncio.run(answers()):
        assert answer == right
