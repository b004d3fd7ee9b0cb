"""How fast seeds are read, beside PyYAML's own safe C loader, and how fast hostile ones are refused.

Each hostile file must be refused in less than 150 ms. The real seeds are read whole (bytes to article, coverage and
hash), which is more than the loader does; "values" is what compares with it.
Run it as `python tests/bench/bench_seedfile.py`; NEWSDESK_DATA adds upstream's records to the five that ship.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.errors import ArchiveError
from bot.news.article import INSTANCE_SHELF
from bot.seedfile.archive import read_archive
from bot.seedfile.seed import read_seed
from bot.seedfile.values import read_values
from tests.support import hostile_seeds, hostile_zips
from tests.support.data import find_data
from tests.support.seed_files import NOW, SHIPPED, front_of

ROUNDS: Final = 20
LIMIT_MS: Final = 150
SHOWN: Final = 12
RESULT: Final = Path(__file__).parents[2] / ".bench" / "seedfile.json"


def best_of(rounds: int, works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The shortest of some rounds of each work, in seconds; in turns, so that a busy machine is busy for all."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            best[name] = min(best[name], time.perf_counter() - began)
    return best


def real_seeds() -> list[bytes]:
    """The shipped ones, and upstream's where they are here."""
    upstream = find_data("upstream", "news")
    return [file.read_bytes() for folder in (SHIPPED, upstream) if folder for file in sorted(folder.iterdir())]


def measure_reading(seeds: Sequence[bytes]) -> dict[str, float]:
    """Microseconds a file, and the ratios to the loader."""
    fronts = [front_of(data).text for data in seeds]
    best = best_of(
        ROUNDS,
        {
            "CSafeLoader": lambda: [yaml.load(text, yaml.CSafeLoader) for text in fronts],
            "values": lambda: [read_values(front_of(data)) for data in seeds],
            "read_seed": lambda: [read_seed(data, path="a.txt", shelf=INSTANCE_SHELF, now=NOW) for data in seeds],
        },
    )
    each = {f"{name}_us": round(seconds / len(seeds) * 1e6, 1) for name, seconds in best.items()}
    ratios = {f"{name}_ratio": round(best["CSafeLoader"] / best[name], 2) for name in ("values", "read_seed")}
    return {"files": len(seeds), **each, **ratios}


def measure_refusals() -> dict[str, float]:
    """Milliseconds to read each hostile seed and zip, the shortest of three, the slowest first."""
    seeds = {
        f"seed: {name}": lambda data=data: read_seed(data, path="a.txt", shelf=INSTANCE_SHELF, now=NOW)
        for name, data in (*hostile_seeds.REFUSED.items(), *hostile_seeds.HARMLESS.items())
    }
    made = {name: make() for name, make in hostile_zips.REFUSED.items()}
    zips = {f"zip: {name}": lambda data=data: _refuse(data) for name, data in made.items()}
    best = best_of(3, {**seeds, **zips})
    return {name: round(best[name] * 1000, 2) for name in sorted(best, key=lambda name: -best[name])}


def _refuse(data: bytes) -> None:
    try:
        list(read_archive(io.BytesIO(data), name="a.zip", shelf=INSTANCE_SHELF, now=NOW))
    except ArchiveError:
        return
    raise AssertionError("a hostile zip was read")


def main() -> None:
    """Print both tables and keep them."""
    reading, refusals = measure_reading(real_seeds()), measure_refusals()
    for name, value in reading.items():
        print(f"{name:24} {value:10}")
    print(f"{len(refusals)} hostile files, the slowest:")
    for name, span in list(refusals.items())[:SHOWN]:
        print(f"{span:10.2f} ms  {name}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"reading": reading, "hostile_ms": refusals}, indent=2) + "\n")
    slowest = max(refusals.values())
    print(f"slowest {slowest:.1f} ms, the limit is {LIMIT_MS} ms: {'kept' if slowest < LIMIT_MS else 'BROKEN'}")


if __name__ == "__main__":
    main()
