"""Measure search, related coverage and stories on a judged set: quality and time.

Every question goes the way that a member's goes: a text is read by `read_query` and answered by `search_news`, an
article's coverage by `related_coverage`, over a store of its own that holds the documents as seeds. Each task is
measured twice, without time (asked when everything is equally old) and with it (asked at the question's own moment);
the search tasks also with their stories at other ages (`tests/bench/relevance_ages.py`). Words that are remembered
from reports outside the archive are asked as well (`tests/bench/remembered_words.py`).
Stories are measured whole, by B-cubed, and in small archives (`tests/bench/small_archives.py`), and so is search
(`tests/bench/small_search.py`).
Milliseconds are CPU time of the whole process, which does nothing else.

Run it as `make bench-relevance DATA=<folder of a judged set>`; without DATA it takes `relevance` of NEWSDESK_DATA. It
writes `.bench/relevance.json` and, for other scorers, the rankings as TREC runs beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Article, ArticleId
from bot.news.parsing.query import read_query
from bot.news.search import PAGE_SIZE
from bot.news.stories.similarity import Frequencies, article_stems
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.index.rebuild import rebuild_index
from bot.usecases.related import related_coverage
from bot.usecases.search import complete_articles, search_news
from tests.bench.grouping import Judged, groups_of, judged_of
from tests.bench.relevance_ages import measure_ages, print_ages
from tests.bench.relevance_scorer import b_cubed, ndcg, reciprocal_rank
from tests.bench.relevance_set import Collection, Question, at_one_moment, read_collections
from tests.bench.remembered_words import measure_remembered, print_remembered
from tests.bench.small_archives import ONE_EVENT, pairs_found, strangers_joined
from tests.bench.small_search import measure_small_search, print_small_search
from tests.support.data import find_data

RESULT: Final = Path(__file__).parents[2] / ".bench" / "relevance.json"
SHELVES: Final = (INSTANCE_SHELF,)
BATCH: Final = 500
FOUND: Final = 100
"""Articles asked for, as a member's search does."""

AGELESS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""From so far away everything is equally old: how a question without a moment is asked."""

MEAN: Final = "A*"
SEARCH_GOALS: Final = {
    MEAN: (0.84, 0.905),
    "A_headline_uci": (0.765, None),
    "A_headline_fnc": (0.865, None),
    "A_typo_uci": (0.80, None),
    "A_typo_fnc": (0.83, None),
    "A_prefix_uci": (0.86, None),
    "A_prefix_fnc": (0.86, None),
    "A_known": (0.94, None),
}
RELATED_GOALS: Final = {"B_related_uci": (0.85, 0.92), "B_related_fnc": (0.93, 0.965), "B_related_gn": (0.98, None)}
GOALS: Final[Mapping[str, tuple[float | None, float | None]]] = SEARCH_GOALS | RELATED_GOALS
"""What each task should reach, without time and with it."""

MOST_MS: Final = {
    "search p50": 4.0,
    "search p99": 12.0,
    "related p99": 15.0,
    "remembered p99": 20.0,
    "completion p99": 5.0,
    "article added p50": 5.0,
    "article changed p50": 5.0,
}

PARTS: Final = (
    "tasks",
    "tasks_with_time",
    "unanswered",
    "ages",
    "small_search",
    "remembered",
    "grouping",
    "grouping_in_full",
    "strangers",
    "small_archives",
    "latency_ms",
    "index",
)
"""Of the result that is written."""

_SIZES: Final = """
    SELECT owner, sum(pgsize) / 1e6 FROM (
        SELECT d.pgsize, CASE WHEN d.name GLOB '*_text_*' THEN substr(d.name, 1, instr(d.name, '_text') + 4)
            ELSE s.tbl_name END AS owner
        FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name
    ) WHERE owner IN ('article_text', 'title_text', 'article_words', 'word', 'spelling', 'deletion') GROUP BY owner
"""

Ranking = list[str]


class Laboratory:
    """A collection in a store, asked questions."""

    def __init__(self, store: SqliteStore, collection: Collection) -> None:
        self._store = store
        self._collection = collection
        self._articles = {seed.article.stem: seed.article for seed in collection.seeds}
        self._by_id = {article.id: article for article in self._articles.values()}
        self.spans_ms: dict[str, list[float]] = defaultdict(list)

    async def fill(self) -> None:
        """Put every document."""
        seeds = self._collection.seeds
        for start in range(0, len(seeds), BATCH):
            batch = seeds[start : start + BATCH]
            await self._store.articles.put_seeds(INSTANCE_SHELF, batch, seen_at=AGELESS, is_first_import=True)

    async def rankings(self, *, timed: bool) -> dict[str, Ranking]:
        """The answer to every question."""
        return {each.id: await self._answer(each, timed=timed) for each in self._collection.questions}

    async def _answer(self, question: Question, *, timed: bool) -> Ranking:
        began = time.process_time()
        if question.document:
            article = self._articles[question.document]
            stores = (self._store.related, self._store.articles)
            coverage = await related_coverage(*stores, SHELVES, article, is_dated=timed)
            found: Iterable[Article] = (each.article for each in coverage.related)
        else:
            now = (question.at if timed else None) or AGELESS
            query = read_query(question.text, now=now)
            result = await search_news(self._store.search, SHELVES, query, now=now, limit=FOUND, loaded=PAGE_SIZE)
            found = (self._by_id[each] for each in result.ids)
        self.spans_ms["related" if question.document else "search"].append((time.process_time() - began) * 1000)
        return [each.stem for each in found if each.stem != question.document]

    async def measure_rest(self) -> None:
        """Time completion, letter by letter, and one article that is added and changed."""
        for question in self._collection.questions:
            for letters in (1, 2, 3, 5, 8, 12, 20) if question.text else ():
                await self._time("completion", complete_articles(self._store.search, SHELVES, question.text[:letters]))
        for number, seed in enumerate(self._collection.seeds[:200]):
            other = replace(seed.article, id=ArticleId(f"{number:013}"), stem=f"new{number}", title=f"New {number}")
            for kind in ("article added", "article changed"):
                put = replace(seed, article=other, content_hash=f"{kind}{number}")
                await self._time(kind, self._store.articles.put_seeds(INSTANCE_SHELF, [put], seen_at=AGELESS))
                other = replace(other, title=f"Changed {number}")

    async def _time(self, kind: str, doing: object) -> None:
        began = time.process_time()
        await doing  # type: ignore[misc]
        self.spans_ms[kind].append((time.process_time() - began) * 1000)

    async def measure_index(self) -> dict[str, float]:
        """The size of the text indexes with the vocabulary, and how long they take to make."""
        await self._store.files.archive.write(
            lambda connection: connection.execute("UPDATE text_index SET made_by = ''")
        )
        began = time.process_time()
        await rebuild_index(self._store.files.archive, SystemClock())
        took_s = time.process_time() - began
        sizes = await self._store.files.archive.read(lambda connection: dict(connection.execute(_SIZES).fetchall()))
        named = {f"{table} MB": size for table, size in sizes.items()}
        return {"articles": len(self._articles), "index MB": sum(sizes.values()), "index made in s": took_s} | named

    async def judged(self) -> list[Judged]:
        """The judged stories of each source, with the words of the whole index counted."""
        stems = {stem for truth in self._collection.truth.values() for each in truth for stem in self._stems(each)}
        total, counts = await self._store.related.word_counts([INSTANCE_SHELF], sorted(stems))
        return judged_of(self._collection, Frequencies(total=total, counts=counts))

    def _stems(self, document: str) -> Iterable[str]:
        return article_stems(self._articles[document])


def measure_grouping(judged: Judged) -> dict[str, float]:
    """B-cubed of a source's stories, all of its articles grouped at once and without their dates."""
    articles = [at_one_moment(article) for article in judged.articles]
    began = time.process_time()
    stories = judged.stories(articles)
    took_s = time.process_time() - began
    precision, recall, f1 = b_cubed(groups_of(stories), judged.truth)
    return {"articles": len(articles), "precision": precision, "recall": recall, "f1": f1, "s": took_s}


def score(questions: Sequence[Question], rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """The mean of each task, and how many of its questions were left unanswered; `A*` is the mean of the A tasks."""
    points: dict[str, list[float]] = defaultdict(list)
    unanswered: dict[str, int] = defaultdict(int)
    for each in questions:
        measure = reciprocal_rank if each.task == "A_known" else ndcg
        ranked = list(dict.fromkeys(rankings[each.id]))
        points[each.task].append(measure(ranked, each.relevant))
        unanswered[each.task] += not ranked
    scores = {task: {"score": statistics.fmean(of), "unanswered": unanswered[task]} for task, of in points.items()}
    search = [values["score"] for task, values in scores.items() if task.startswith("A_")]
    if search:
        scores[MEAN] = {"score": statistics.fmean(search), "unanswered": sum(unanswered.values())}
    return scores


def write_run(path: Path, rankings: Mapping[str, Ranking]) -> None:
    """Write rankings in TREC's form."""
    lines = [
        f"{question} Q0 {document} {place} {1 / place:.6f} newsdesk\n"
        for question, ranked in rankings.items()
        for place, document in enumerate(ranked, 1)
    ]
    path.write_text("".join(lines), encoding="utf-8")


def percentiles(spans_ms: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The median, the 99th percentile and the longest of each kind."""
    found = {}
    for kind, spans in spans_ms.items():
        in_order = sorted(spans)
        found[f"{kind} p50"] = statistics.median(in_order)
        found[f"{kind} p99"] = in_order[min(len(in_order) - 1, len(in_order) * 99 // 100)]
        found[f"{kind} max"] = in_order[-1]
    return found


async def measure(name: str, collection: Collection, result: dict[str, dict[str, Any]]) -> None:
    """Measure one collection into `result`."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "newsdesk.db", clock=SystemClock()) as store:
            laboratory = Laboratory(store, collection)
            await laboratory.fill()
            kinds = (("tasks", False), ("tasks_with_time", True))
            await laboratory.rankings(timed=False) if name == "main" else None  # once to warm up
            laboratory.spans_ms.clear()
            for kind, timed in kinds:
                rankings = await laboratory.rankings(timed=timed)
                write_run(RESULT.parent / f"relevance.{name}.{kind}.run", rankings)
                scores = score(collection.questions, rankings)
                result[kind] |= {task: values["score"] for task, values in scores.items()}
                result["unanswered"] |= {task: values["unanswered"] for task, values in scores.items()}
            for judged in await laboratory.judged():
                grouping = measure_grouping(judged)
                result["grouping"][judged.source] = grouping["f1"]
                result["grouping_in_full"][judged.source] = grouping
                result["strangers"][judged.source] = strangers_joined(judged)
                result["small_archives"][judged.source] = pairs_found(judged)
            if name == "main":
                await laboratory.measure_rest()
                result["latency_ms"] |= percentiles(laboratory.spans_ms)
                result["index"] |= await laboratory.measure_index()


async def rank_alone(collection: Collection, *, timed: bool, spans_ms: list[float] | None = None) -> dict[str, Ranking]:
    """Answer a collection's questions from a store of its own, and append their times.

    With `timed` each question is asked at its own moment.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "newsdesk.db", clock=SystemClock()) as store:
            laboratory = Laboratory(store, collection)
            await laboratory.fill()
            rankings = await laboratory.rankings(timed=timed)
            if spans_ms is not None:
                spans_ms += laboratory.spans_ms["search"]
            return rankings


def print_tables(result: Mapping[str, Mapping[str, Any]]) -> None:
    """Print what was reached beside what should be."""
    print(f"{'task':18} {'no time':>8} {'goal':>6}   {'in time':>8} {'goal':>6}  unanswered")
    for task in sorted(result["tasks"]):
        goals = ["" if goal is None else f"{goal:.3f}" for goal in GOALS.get(task, (None, None))]
        bare, timed = result["tasks"][task], result["tasks_with_time"][task]
        print(f"{task:18} {bare:8.4f} {goals[0]:>6}   {timed:8.4f} {goals[1]:>6}  {result['unanswered'][task]}")
    for kind, value in (*result["latency_ms"].items(), *result["index"].items()):
        print(f"{kind:24} {value:9.2f} {MOST_MS.get(kind, ''):>6}")
    for source, figures in result["grouping_in_full"].items():
        print(f"stories of {source:6} {figures}")
    for source, sizes in result["strangers"].items():
        for size, shares in sizes.items():
            print(f"strangers of {source:4} {size:>2} of one day, wrongly joined: {_percent(shares)}")
    for source, mixtures in result["small_archives"].items():
        for name, shares in mixtures.items():
            print(f"small archives of {source:4} {name}: {_percent(shares)}")
    for source, events in ONE_EVENT.items():
        for event, stories in events.items():
            print(f"counted as one event in {source:4} {event} ({', '.join(sorted(stories))})")


def _percent(shares: Mapping[str, float]) -> str:
    return "; ".join(f"{name} {share:.1%}" for name, share in shares.items())


async def main(folder: Path) -> None:
    """Measure every collection of a folder."""
    RESULT.parent.mkdir(exist_ok=True)
    result: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
    for name, collection in read_collections(folder).items():
        await measure(name, collection, result)
        if name == "main":
            result["ages"] |= await measure_ages(collection, partial(rank_alone, timed=True))
            result["small_search"] |= await measure_small_search(collection, partial(rank_alone, timed=False))
            spans_ms: list[float] = []
            rank = partial(rank_alone, timed=True, spans_ms=spans_ms)
            result["remembered"] |= await measure_remembered(collection, rank)
            result["latency_ms"] |= percentiles({"remembered": spans_ms})
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print_tables(result)
    print_ages(result["ages"])
    print_small_search(result["small_search"])
    print_remembered(result["remembered"])


def folder_of(named: Sequence[str]) -> Path:
    """The folder named on the command line, or NEWSDESK_DATA's."""
    folder = Path(named[0]) if named else find_data("relevance")
    if folder is None or not folder.is_dir():
        sys.exit(f"no judged set at {folder or os.environ.get('NEWSDESK_DATA', 'NEWSDESK_DATA')}: name its folder")
    return folder


if __name__ == "__main__":
    asyncio.run(main(folder_of([each for each in sys.argv[1:] if each])))
