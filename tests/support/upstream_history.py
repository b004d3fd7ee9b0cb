"""The real history: 30 editions that the upstream sent, its 192 records, and the five shipped seeds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Provider, Seed, article_id
from bot.news.edition import Candidate, Change
from bot.news.stories.story import Edge
from bot.seedfile.seed import read_seed
from tests.support.seed_files import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenEdition:
    """One edition that was really sent.

    Attributes:
        records: What the upstream had then: id (a file's stem), scores, flag, date and domain, as they stood.
        picks: The stems that it sent, in order.
    """

    sent_at: datetime
    records: tuple[dict[str, Any], ...]
    picks: tuple[str, ...]


def golden_editions(data: Path) -> list[GoldenEdition]:
    """The 30 editions, oldest first."""
    said = json.loads((data / "upstream" / "golden_editions.json").read_text("utf-8"))
    return [
        GoldenEdition(sent_at=moment(each["sent_at"]), records=tuple(each["candidates"]), picks=tuple(each["picks"]))
        for each in said
    ]


def moment(text: str) -> datetime:
    """A moment as the records write it."""
    return datetime.fromisoformat(text)


def candidate_of(record: dict[str, Any]) -> Candidate:
    """A record of a golden edition as a candidate, without its text; seen when it was published."""
    published_at = moment(record["publishedDateTime"])
    article = Article(
        id=article_id(INSTANCE_SHELF, record["id"]),
        shelf=INSTANCE_SHELF,
        stem=record["id"],
        title=record["id"],
        published_at=published_at,
        provider=Provider(domain=record["domain"], name=record["domain"]),
        url=f"https://{record['domain']}/{record['id']}",
    )
    change = Change(
        seen_at=published_at,
        quality=record["quality"],
        heat=record["heat"],
        listed=record["published"],
        published_at=published_at,
    )
    return Candidate(article=article, changes=(change,))


def as_it_stood_then(seed: Seed, record: dict[str, Any]) -> Seed:
    """A seed's text with the scores, the flag and the date of a golden edition's record."""
    article = replace(
        seed.article,
        quality=record["quality"],
        heat=record["heat"],
        listed=record["published"],
        published_at=moment(record["publishedDateTime"]),
    )
    return replace(seed, article=article, content_hash=repr(sorted(record.items())))


def read_seeds(folder: Path) -> dict[str, Seed]:
    """Every seed of a folder, by stem."""
    read = [
        read_seed(path.read_bytes(), path=path.name, shelf=INSTANCE_SHELF, now=NOW) for path in sorted(folder.iterdir())
    ]
    return {each.article.stem: each for each in read if isinstance(each, Seed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All that a rule chooses from, each seed seen when it was published."""

    candidates: tuple[Candidate, ...]
    coverage: tuple[Article, ...]
    edges: tuple[Edge, ...]


def archive_of(seeds: Iterable[Seed]) -> Archive:
    """Seeds as a store would give them: with the coverage that they name, each URL once, seeds before stubs."""
    seeds = tuple(seeds)
    by_url: dict[str, ArticleId] = {seed.article.url: seed.article.id for seed in seeds}
    stubs: dict[ArticleId, Article] = {}
    edges: dict[tuple[ArticleId, ArticleId], Edge] = {}
    for seed in seeds:
        for stub in seed.coverage:
            if by_url.setdefault(stub.url, stub.id) == stub.id:
                stubs[stub.id] = stub
            if by_url[stub.url] != seed.article.id:
                edge = Edge(a=seed.article.id, b=by_url[stub.url])
                edges[edge.a, edge.b] = edge
    return Archive(
        candidates=tuple(_seen_when_published(seed.article) for seed in seeds),
        coverage=tuple(stubs.values()),
        edges=tuple(edges.values()),
    )


def _seen_when_published(article: Article) -> Candidate:
    change = Change(
        seen_at=article.published_at,
        quality=article.quality,
        heat=article.heat,
        listed=article.listed,
        published_at=article.published_at,
    )
    return Candidate(article=article, changes=(change,))
