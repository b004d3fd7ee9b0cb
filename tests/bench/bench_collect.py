"""Measure a pass of the collector over a thousand feeds of twenty items, and an unchanged one: CPU, memory, wall time.

The server runs in a process of its own. Items are of the last five days, so that all of them are compared with each
other: a tenth are reports of events that several feeds have. Usage: python -m tests.bench.bench_collect [FEEDS] [ITEMS]
"""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from tests.collect.news_server import served
from tests.collect.town import Story, feeds_toml, rss
from tests.support.command_line import ROOT

_WORDS = 12_000


def serve(feeds: int, items: int, pipe: Connection) -> None:
    """Serve feeds of random words until the pipe is closed."""
    chance = random.Random(5)  # noqa: S311 - texts of a measurement
    words = [_word(number) for number in range(_WORDS)]
    weights = [1 / (rank + 10) for rank in range(_WORDS)]
    events = [chance.choices(words, k=12) for _ in range(feeds * items // 60)]
    with served() as server:
        for number in range(feeds):
            stories = [_story(chance, words, weights, events, number, item) for item in range(items)]
            server.put(f"paper{number}", rss(f"Paper {number}", f"paper{number}.example", stories))
        pipe.send(server.port)
        pipe.recv()


def _word(number: int) -> str:
    """A made-up word."""
    syllables = ("ba", "ke", "di", "lo", "mu", "ra", "te", "si", "no", "fu", "ga", "pe", "vi", "zo", "tu")
    word = ""
    number += 300
    while number:
        word += syllables[number % len(syllables)]
        number //= len(syllables)
    return word


def _story(
    chance: random.Random, words: list[str], weights: list[float], events: list[list[str]], number: int, item: int
) -> Story:
    text = chance.choices(words, weights, k=34)
    title = text[:9]
    if chance.random() < 0.1:
        event = chance.choice(events)
        title = chance.sample(event, 6) + title[:3]
        text = chance.sample(event, 8) + text[:26]
    return Story(
        title=" ".join(title).capitalize(),
        text=" ".join(text).capitalize() + ".",
        hours_ago=chance.uniform(0.1, 120),
        link=f"https://paper{number}.example/{item}",
    )


def run(folder: Path, port: int) -> None:
    """Run one pass in a process of its own and print what it took."""
    environ = dict(os.environ) | {
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "NEWSDESK_DATABASE": str(folder / "news.sqlite3"),
        "NEWSDESK_SEEDS": str(folder / "news"),
        "NEWSDESK_FEEDS": str(folder / "feeds.toml"),
        "NEWSDESK_FEEDS_TEST_SITE": f"news.test:{port}",
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "collect", "--once"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    said = process.stdout.read().decode().strip()
    _, _, usage = os.wait4(process.pid, 0)
    print(
        f"{said}\n  CPU {usage.ru_utime + usage.ru_stime:.1f} s, memory {usage.ru_maxrss / 1024:.0f} MB,"
        f" wall {time.monotonic() - began:.1f} s"
    )


def main() -> None:
    """Run a first, an unchanged, and once more an unchanged pass."""
    feeds, items = (int(text) for text in (*sys.argv[1:], *("1000", "20")[len(sys.argv) - 1 :]))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(feeds, items, theirs), daemon=True)
    server.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        urls = [f"http://paper{number}.news.test:{port}/feed" for number in range(feeds)]
        (folder / "feeds.toml").write_text(feeds_toml(urls), encoding="utf-8")
        for name in ("first pass", "unchanged pass", "unchanged pass"):
            print(f"{name}: ", end="", flush=True)
            run(folder, port)
    ours.send(None)
    server.join(10)


if __name__ == "__main__":
    main()
