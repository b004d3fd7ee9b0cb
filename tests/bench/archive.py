"""A large archive of made-up news that reads like real news to a machine, the same one in each run.

The words come from real documents where a judged set is at hand (`tests/bench/relevance_set.py`): each article is cut
from one document and continued with pieces of others, and now and then a name is replaced by one that nobody has heard
of, as news does. So words are as frequent, as long and as much in company as in real news, and the vocabulary goes on
growing. Without a set the words follow Zipf's law over a vocabulary of their own.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Final

from bot.news.article import INSTANCE_SHELF, Article, Provider, Seed, article_id
from bot.store.sqlite import SqliteStore
from bot.store.sqlite.index.rebuild import merge_index
from tests.support.makers import SOME_DAY

A_DAY: Final = 400
"""Articles a day: a million are seven years."""

PROVIDERS: Final = 500
TOPICS: Final = ("AI", "Police", "Science", "Business", "Health", "Sport", "Film", "Europe", "Markets", "Law")

KEPT: Final = 0.7
"""How much of a title is its first document's."""

NEW_NAMES: Final = 0.02
"""How many of the words are new names,"""

NAMES_KNOWN: Final = 20
"""of which this many old ones are said again for each that is new."""

BATCH: Final = 2_000
"""Articles a transaction."""

_SYLLABLES: Final = [first + vowel for first in "bcdfghjklmnprstvwz" for vowel in "aeiou"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to cut pieces from."""

    title: tuple[str, ...]
    excerpt: tuple[str, ...]


def make_archive(articles: int, *, folder: Path | None = None, seed: int = 1) -> Iterator[Seed]:
    """This many seeds, oldest first, the last one published on `SOME_DAY`.

    Args:
        articles: How many.
        folder: Of a judged set, whose `docs.jsonl.gz` gives the words; None to make words up.
        seed: Another one makes another archive.
    """
    chance = random.Random(seed)  # noqa: S311 - the same news in each run, no secrets
    documents = read_documents(folder) if folder is not None else make_documents(20_000, chance)
    names: list[str] = []
    for number in range(articles):
        title = _title(documents, names, chance)
        excerpt = _excerpt(documents, names, chance)
        yield _seed(number, articles, " ".join(title).capitalize(), " ".join(excerpt).capitalize(), chance)


def read_documents(folder: Path) -> list[Document]:
    """The documents of a judged set."""
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        said = map(json.loads, lines)
        return [
            Document(title=tuple(each["title"].split()), excerpt=tuple((each.get("excerpt") or "").split()))
            for each in said
        ]


def make_documents(number: int, chance: random.Random) -> list[Document]:
    """Documents of made-up words, the word at a rank as frequent as Zipf's law says."""
    words = [_name(chance) for _ in range(3 * number)]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def text(length: int) -> tuple[str, ...]:
        return tuple(chance.choices(words, cum_weights=weights, k=length))

    return [
        Document(title=text(chance.randint(6, 13)), excerpt=text(chance.choice((0, 18, 30)))) for _ in range(number)
    ]


async def fill_store(store: SqliteStore, seeds: Iterator[Seed]) -> None:
    """Put an archive into a store, the way an import does, and lay its index out as an import does at its end."""
    while batch := list(islice(seeds, BATCH)):
        await store.articles.put_seeds(INSTANCE_SHELF, batch, seen_at=SOME_DAY, is_first_import=True)
    await merge_index(store.files.archive)


def _title(documents: Sequence[Document], names: list[str], chance: random.Random) -> list[str]:
    """The beginning of one title and the end of another."""
    first, second = chance.choice(documents).title, chance.choice(documents).title
    cut = max(2, int(KEPT * len(first)))
    return _renamed([*first[:cut], *second[cut:]], names, chance)


def _excerpt(documents: Sequence[Document], names: list[str], chance: random.Random) -> list[str]:
    """Half of one excerpt and half of another."""
    first, second = chance.choice(documents).excerpt, chance.choice(documents).excerpt
    return _renamed([*first[: len(first) // 2], *second[len(second) // 2 :]], names, chance)


def _renamed(words: list[str], names: list[str], chance: random.Random) -> list[str]:
    for place in range(len(words)):
        if chance.random() < NEW_NAMES:
            if not names or chance.random() * NAMES_KNOWN < 1:
                names.append(_name(chance))
            # A few names are said by everybody, most of them hardly ever.
            words[place] = names[int(len(names) * chance.random() ** 3)]
    return words


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def _seed(number: int, articles: int, title: str, excerpt: str, chance: random.Random) -> Seed:
    stem = f"made-up-{number:08}"
    provider = int(PROVIDERS * chance.random() ** 2)
    domain = f"site{provider}.example"
    article = Article(
        id=article_id(INSTANCE_SHELF, stem),
        shelf=INSTANCE_SHELF,
        stem=stem,
        title=title,
        excerpt=excerpt,
        published_at=_published_at(number, articles, chance),
        provider=Provider(domain=domain, name=f"Site {provider}"),
        url=f"https://{domain}/{stem}",
        quality=chance.randrange(7, 190),
        topics=(chance.choice(TOPICS),),
        listed=True,
    )
    return Seed(article=article, content_hash=f"{stem}-{len(title)}-{len(excerpt)}")


def _published_at(number: int, articles: int, chance: random.Random) -> datetime:
    return SOME_DAY - timedelta(days=(articles - 1 - number) / A_DAY, seconds=chance.randrange(30))
