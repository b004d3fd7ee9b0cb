"""How quick the bot's own search is, beside what somebody would take instead, from ten thousand articles to a million.

All of them hold the same made-up archive (`tests/bench/archive.py`) and are asked the same questions in one run:
headlines, three words, a misspelt word, an unfinished one, and very common words alone. Milliseconds are CPU time of
this one process, which does nothing else; a system that is slow is asked fewer questions, for `PATIENCE_S` at most. The
last column is how much longer the slowest hundredth takes than with the fewest articles.

Of the bot alone: `related` is the full coverage of an article, `completion` what a member sees while typing the first
1, 2, 4 and 8 letters of a title. `digest candidates` is the query for what an edition of a week is chosen from, until
it is known which articles these are; `digest candidates loaded` is the whole call, with these articles and their pasts.

Run it as `make bench-speed`, or `python -m tests.bench.bench_speed [articles ...]`; it needs the libraries of the extra
`bench`. NEWSDESK_DATA gives the words of the archive. It writes `.bench/speed.json`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Seed, article_id
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.file.checkpoint import IDLE_S
from bot.store.sqlite.index.view import View
from bot.store.sqlite.ledger.edition_candidates import find_candidates
from bot.store.sqlite.search import find, retrieval
from bot.text.words import STOP_WORDS
from bot.usecases.related import related_coverage
from bot.usecases.search import complete_articles, search_news
from tests.bench.archive import fill_store, make_archive
from tests.bench.rivals import FOUND, Bm25s, FeedReader, Fts5, Rival, Tantivy, Text
from tests.support.data import find_data
from tests.support.makers import SOME_DAY

RESULT: Final = Path(__file__).parents[2] / ".bench" / "speed.json"
SIZES: Final = (10_000, 100_000, 1_000_000)
EACH: Final = 60
"""Questions of each kind."""

COMMON: Final = "common words"

SCANNED: Final = 15
"""Questions of each kind that are also answered by a full scan."""

PATIENCE_S: Final = 60.0
ADDED: Final = 5
SHELVES: Final = (INSTANCE_SHELF,)
WEEK: Final = timedelta(days=7)
CHECKPOINT_S: Final = 3.0
"""The longest that a checkpoint after a fill takes."""

ROUNDS: Final = 5
"""How often all questions are asked to see how far the slowest hundredth varies."""

MOST: Final = 5_000
"""Candidates."""

RIVALS: Final[dict[str, Callable[[Path], Rival]]] = {
    "FTS5 bm25(), any word": lambda folder: Fts5(folder, joined_by=" OR "),
    "FTS5 bm25(), all words": lambda folder: Fts5(folder, joined_by=" AND "),
    "tantivy": Tantivy,
    "bm25s": Bm25s,
    "reader": FeedReader,
}
Figures = dict[str, float]


class Newsdesk:
    """The bot's own store, asked the way that its commands ask."""

    most = max(SIZES)

    def __init__(self, store: SqliteStore, run: Callable[[Awaitable[object]], object], seeds: Sequence[Seed]) -> None:
        self._store = store
        self._run = run
        self._seeds = seeds

    def fill(self, _texts: Sequence[Text]) -> None:
        """See `Rival.fill`: the seeds that the texts were made of."""
        self._run(fill_store(self._store, iter(self._seeds)))
        # A checkpoint follows in a thread of its own; its CPU time is not that of the first questions.
        self._run(asyncio.sleep(IDLE_S + CHECKPOINT_S))

    def add(self, text: Text) -> None:
        """See `Rival.add`."""
        self._run(self._store.articles.put_seeds(INSTANCE_SHELF, [_seed_of(self._seeds[0], text)], seen_at=SOME_DAY))

    def search(self, typed: str) -> Sequence[str]:
        """See `Rival.search`."""
        query = read_query(typed, now=SOME_DAY)
        result = self._run(search_news(self._store.search, SHELVES, query, now=SOME_DAY, limit=FOUND))
        return [article.stem for article in getattr(result, "articles", ())]

    def top_ten(self, typed: str) -> tuple[ArticleId, ...]:
        """What comes first, however long it takes to find."""
        query = read_query(typed, now=SOME_DAY)
        asked = self._store.search.search(SHELVES, query, now=SOME_DAY, loaded=0, deadline_s=PATIENCE_S)
        ids: tuple[ArticleId, ...] = getattr(self._run(asked), "ids", ())
        return ids[:10]

    def related(self, article: Article) -> None:
        """*Full coverage* of an article."""
        self._run(related_coverage(self._store.related, self._store.articles, SHELVES, article))

    def complete(self, typed: str) -> None:
        """What a member sees while typing."""
        self._run(complete_articles(self._store.search, SHELVES, typed))

    def find_candidates(self) -> None:
        """Which articles an edition of a week is chosen from."""

        def find(view: View) -> list[str]:
            asked = {"as_of": SOME_DAY, "published_after": SOME_DAY - WEEK}
            return [find_candidates(part, **asked, limit=MOST) for part in view.parts]

        self._run(self._store.files.shelves.read(SHELVES, find))

    def load_candidates(self) -> None:
        """These articles, with their pasts."""
        asked = self._store.digest.candidates(SHELVES, as_of=SOME_DAY, published_after=SOME_DAY - WEEK, limit=MOST)
        self._run(asked)


@contextlib.contextmanager
def looking_at_everything() -> Iterator[None]:
    """Compare every article that has one of the words, as a full scan would."""
    limits = [(retrieval, "LONGEST"), (retrieval, "NEWEST"), (find, "COMPARED")]
    kept = [(module, name, getattr(module, name)) for module, name in limits]
    for module, name in limits:
        setattr(module, name, 10**9)
    try:
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)


def share_of_full_scan(newsdesk: Newsdesk, questions: dict[str, list[str]]) -> float:
    """How many of a full scan's first ten a search has, too; of common words alone it is asked for the newest."""
    asked = [typed for kind, typed_of in questions.items() if kind != COMMON for typed in typed_of[:SCANNED]]
    found = [newsdesk.top_ten(typed) for typed in asked]
    with looking_at_everything():
        wanted = [newsdesk.top_ten(typed) for typed in asked]
    return statistics.fmean(len({*a} & {*b}) / max(1, len(b)) for a, b in zip(found, wanted, strict=True))


def make_questions(texts: Sequence[Text], chance: random.Random) -> dict[str, list[str]]:
    """What is asked, by kind."""
    counts = Counter(word for text in texts[:: max(1, len(texts) // 5_000)] for word in text.title.lower().split())
    common = [word for word, _ in counts.most_common(60) if word not in STOP_WORDS and word.isalpha()]
    titles = [text.title.split() for text in chance.sample(texts, 4 * EACH)]
    telling = [[word for word in title if len(word) > 4 and word.isalpha()] for title in titles]
    telling = [words for words in telling if len(words) > 2]
    return {
        "headline": [" ".join(title) for title in titles[:EACH]],
        "three words": [" ".join(words[:3]) for words in telling[:EACH]],
        "misspelt": [" ".join([_misspelt(words[0], chance), *words[1:3]]) for words in telling[:EACH]],
        "unfinished": [" ".join([*words[:2], words[2][:4]]) for words in telling[:EACH]],
        COMMON: [" ".join(chance.sample(common, 2)) for _ in range(EACH)],
    }


def _misspelt(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def spans_ms(doing: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """CPU milliseconds of each call, as many as patience lasts for."""
    spans: list[float] = []
    began = time.perf_counter()
    for each in asked:
        start = time.process_time()
        doing(each)
        spans.append((time.process_time() - start) * 1000)
        if time.perf_counter() - began > PATIENCE_S:
            break
    return spans


def percentiles(name: str, spans: Sequence[float]) -> Figures:
    """The median and the 99th percentile."""
    in_order = sorted(spans)
    last = in_order[min(len(in_order) - 1, len(in_order) * 99 // 100)]
    return {f"{name} p50": statistics.median(in_order), f"{name} p99": last}


def measure(system: Rival, folder: Path, texts: Sequence[Text], questions: dict[str, list[str]]) -> Figures:
    """Fill a system and ask it everything."""
    began = time.process_time()
    system.fill(texts)
    figures: Figures = {"filled s": time.process_time() - began}
    figures["MB on disk"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    every: list[float] = []
    for kind, asked in questions.items():
        spans_ms(system.search, asked[:3])  # once to warm up
        spans = spans_ms(system.search, asked)
        figures |= percentiles(kind, spans)
        every += spans
    figures |= percentiles("search", every) | {"asked": len(every)}
    new = [replace(texts[number], id=f"new{number}", title=f"Added {number}") for number in range(ADDED)]
    by_id = {text.id: text for text in new}
    return figures | percentiles("added", spans_ms(lambda each: system.add(by_id[each]), [text.id for text in new]))


def measure_rest(newsdesk: Newsdesk, seeds: Sequence[Seed], chance: random.Random) -> Figures:
    """What only the bot can be asked for."""
    articles = {seed.article.stem: seed.article for seed in chance.sample(seeds, 2 * EACH)}
    typed = [article.title[:letters] for article in articles.values() for letters in (1, 2, 4, 8)]
    return {
        **percentiles("related", spans_ms(lambda stem: newsdesk.related(articles[stem]), list(articles))),
        **percentiles("completion", spans_ms(newsdesk.complete, typed)),
        **percentiles("digest candidates", spans_ms(lambda _: newsdesk.find_candidates(), [""] * EACH)),
        **percentiles("digest candidates loaded", spans_ms(lambda _: newsdesk.load_candidates(), [""] * EACH)),
    }


def measure_rounds(newsdesk: Newsdesk, questions: dict[str, list[str]]) -> Figures:
    """The slowest hundredth of each of several rounds: its median, and the lowest and the highest."""
    asked = [typed for typed_of in questions.values() for typed in typed_of]
    slowest = [percentiles("search", spans_ms(newsdesk.search, asked))["search p99"] for _ in range(ROUNDS)]
    return {"p99 median": statistics.median(slowest), "p99 lowest": min(slowest), "p99 highest": max(slowest)}


@contextlib.contextmanager
def opened_newsdesk(folder: Path, seeds: Sequence[Seed]) -> Iterator[Newsdesk]:
    """The bot's store in a folder."""
    with asyncio.Runner() as runner:
        opening = open_store(folder / "newsdesk.db", clock=SystemClock())

        async def wait(for_: Awaitable[object]) -> object:
            return await for_

        store = runner.run(opening.__aenter__())
        try:
            yield Newsdesk(store, lambda each: runner.run(wait(each)), seeds)
        finally:
            runner.run(opening.__aexit__(None, None, None))


def measure_size(articles: int) -> dict[str, Figures]:
    """Every system with this many articles."""
    say(f"making up {articles:,} articles")
    seeds = list(make_archive(articles, folder=find_data("relevance")))
    texts = [_text_of(seed) for seed in seeds]
    questions = make_questions(texts, random.Random(2))  # noqa: S311 - the same questions in each run
    gc.freeze()  # nobody who serves an archive holds it in memory as well, to be looked through for garbage
    result: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "newsdesk"
        folder.mkdir()
        say(f"{articles:,} articles: newsdesk")
        with opened_newsdesk(folder, seeds) as newsdesk:
            result["newsdesk"] = measure(newsdesk, folder, texts, questions) | measure_rounds(newsdesk, questions)
            result["newsdesk"] |= measure_rest(newsdesk, seeds, random.Random(3))  # noqa: S311 - likewise
            result["newsdesk"]["share of full scan"] = share_of_full_scan(newsdesk, questions)
    for name, make in RIVALS.items():
        with tempfile.TemporaryDirectory() as place:
            system = make(Path(place))
            if articles <= system.most:
                say(f"{articles:,} articles: {name}")
                result[name] = measure(system, Path(place), texts, questions)
    return result


def say(what: str) -> None:
    """Show what is being done: a million articles take minutes."""
    print(what, file=sys.stderr, flush=True)


def print_tables(results: dict[int, dict[str, Figures]]) -> None:
    """One line a system and size, and what only the bot does."""
    fewest = min(results)
    columns = ("filled s", "MB on disk", "search p50", "search p99", "common words p99", "added p50")
    print(f"{'articles':>9}  {'system':24}" + "".join(f"{column:>17}" for column in columns) + f"{'growth':>9}")
    for articles, systems in results.items():
        for name, figures in systems.items():
            first = results[fewest].get(name)
            growth = f"{figures['search p99'] / first['search p99']:8.1f}x" if first else ""
            values = "".join(f"{figures[column]:17.2f}" for column in columns)
            print(f"{articles:9,}  {name:24}{values}{growth:>9}")
    for articles, systems in results.items():
        rest = ("related", "completion", "digest candidates", "digest candidates loaded")
        figures = systems["newsdesk"]
        parts = (f"{kind} p50 {figures[f'{kind} p50']:.2f} p99 {figures[f'{kind} p99']:.2f}" for kind in rest)
        print(f"{articles:9,}  newsdesk  {'; '.join(parts)} ms")
        varies = f"median {figures['p99 median']:.2f}, {figures['p99 lowest']:.2f} to {figures['p99 highest']:.2f} ms"
        print(f"{articles:9,}  newsdesk  search p99 of {ROUNDS} rounds: {varies}")
        print(f"{articles:9,}  newsdesk  {figures['share of full scan']:.3f} of the first ten are those of a full scan")


def main(sizes: Sequence[int]) -> None:
    """Measure every size and keep the figures."""
    results = {articles: measure_size(articles) for articles in sorted(sizes)}
    print_tables(results)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _text_of(seed: Seed) -> Text:
    article = seed.article
    return Text(id=article.stem, title=article.title, excerpt=article.excerpt, published_at=article.published_at)


def _seed_of(like: Seed, text: Text) -> Seed:
    named: ArticleId = article_id(INSTANCE_SHELF, text.id)
    url = f"https://added.example/{text.id}"
    article = replace(like.article, id=named, stem=text.id, title=text.title, excerpt=text.excerpt, url=url)
    return replace(like, article=article, content_hash=text.id)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or SIZES)
