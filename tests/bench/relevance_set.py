"""A judged set, read from its folder: documents, questions, which documents answer them, and the stories.

A folder holds `docs.jsonl.gz`, `queries_all.jsonl.gz`, `qrels_all.txt.gz` and `stories.tsv.gz`, and for an index of its
own `gn_docs.jsonl.gz` and `gn_stories.tsv.gz`; what is missing is measured without. Questions about a document
belong to the index that holds it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.news.article import INSTANCE_SHELF, Article, Provider, Seed, article_id
from tests.support.makers import SOME_DAY

NAMES: Final = {"main": "", "gn": "gn_"}
"""The collections of a folder, and how their files' names begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, by text or by a document.

    Attributes:
        id: Its task, a dash and a number.
        at: The moment of asking; None where it isn't known.
        relevant: Documents that answer it.
    """

    id: str
    text: str
    document: str
    at: datetime | None
    relevant: frozenset[str]

    @property
    def task(self) -> str:
        """`A_...` for search, `B_...` for related coverage."""
        return self.id.rpartition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Documents of one index with what is asked of them.

    Attributes:
        seeds: An article's stem is its document's id.
        truth: For each source of judged stories the story of each of its documents.
    """

    seeds: tuple[Seed, ...]
    questions: tuple[Question, ...]
    truth: dict[str, dict[str, str]]


def read_collections(folder: Path) -> dict[str, Collection]:
    """All collections of a folder, by name."""
    judged = _read_judged(folder / "qrels_all.txt.gz")
    asked = [_question(line, judged) for line in _json_lines(folder / "queries_all.jsonl.gz")]
    collections = {}
    for name, prefix in NAMES.items():
        seeds = tuple(map(_seed, _json_lines(folder / f"{prefix}docs.jsonl.gz")))
        held = {seed.article.stem for seed in seeds}
        questions = tuple(
            each for each in asked if each.relevant and (each.document in held if each.document else name == "main")
        )
        truth = _read_stories(folder / f"{prefix}stories.tsv.gz")
        if seeds:
            collections[name] = Collection(seeds=seeds, questions=questions, truth=truth)
    return collections


def at_one_moment(article: Article) -> Article:
    """The article without its date: the truth of the stories knows none."""
    return replace(article, published_at=SOME_DAY)


def _lines(path: Path) -> Iterator[str]:
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from lines


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, _lines(path))


def _read_judged(path: Path) -> dict[str, set[str]]:
    judged: dict[str, set[str]] = defaultdict(set)
    for line in _lines(path):
        question, _, document, grade = line.split()
        if int(grade) > 0:
            judged[question].add(document)
    return judged


def _read_stories(path: Path) -> dict[str, dict[str, str]]:
    truth: dict[str, dict[str, str]] = defaultdict(dict)
    for line in _lines(path):
        document, story, source = line.rstrip("\n").split("\t")
        truth[source][document] = story
    return truth


def _question(said: dict[str, Any], judged: dict[str, set[str]]) -> Question:
    document = said.get("doc") or ""
    at = said.get("at")
    return Question(
        id=said["qid"],
        text=said.get("text") or "",
        document=document,
        at=datetime.fromisoformat(at) if at else None,
        relevant=frozenset(judged.get(said["qid"], set()) - {document}),
    )


def _seed(said: dict[str, Any]) -> Seed:
    """A seed as an import would make it; a document whose provider isn't known has one of its own."""
    stem = said["id"]
    provider = said.get("provider") or stem
    domain = f"{hashlib.sha256(provider.encode()).hexdigest()[:12]}.example"
    published = said.get("published")
    article = Article(
        id=article_id(INSTANCE_SHELF, stem),
        shelf=INSTANCE_SHELF,
        stem=stem,
        title=said["title"],
        excerpt=said.get("excerpt") or "",
        published_at=datetime.fromisoformat(published) if published else SOME_DAY,
        provider=Provider(domain=domain, name=provider),
        url=f"https://{domain}/{stem}",
        quality=80,
        listed=True,
    )
    return Seed(article=article, content_hash=hashlib.sha256(repr(article).encode()).hexdigest())
