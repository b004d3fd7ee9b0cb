"""How well articles are grouped into stories, and how long that takes.

B-cubed precision, recall and F1 on judged stories, each source whole; then the milliseconds for 300, 1,000 and 3,000
articles of each source with at least as many, all within five days, which is the densest case.
Run it with NEWSDESK_DATA set, as `python tests/bench/bench_grouping.py [folder of judged articles]`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.grouping import Judged, groups_of, read_judged
from tests.bench.relevance_scorer import b_cubed
from tests.bench.relevance_set import at_one_moment
from tests.support.data import find_data

RESULT: Final = Path(__file__).parents[2] / ".bench" / "grouping.json"
SIZES: Final = (300, 1000, 3000)
ROUNDS: Final = 3


def measure_quality(judged: Judged) -> dict[str, float]:
    """Precision, recall, F1 and the number of stories."""
    stories = judged.stories([at_one_moment(article) for article in judged.articles])
    precision, recall, f1 = b_cubed(groups_of(stories), judged.truth)
    print(f"{judged.source:4} {len(judged.articles):5} articles: {precision:.3f} {recall:.3f} F1 {f1:.4f}", end="")
    print(f", {len(stories)} stories, judged {len(set(judged.truth.values()))}")
    return {"precision": precision, "recall": recall, "f1": f1, "stories": len(stories)}


def measure_time(judged: Judged, size: int) -> float:
    """The shortest of some rounds, in milliseconds of the wall clock."""
    some = random.Random(1).sample(list(judged.articles), size)  # noqa: S311 - no secret
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        judged.stories(some)
        spans.append((time.perf_counter() - began) * 1000)
    print(f"{judged.source:4} {size:5} articles: {min(spans):8.1f} ms")
    return min(spans)


def main(folder: Path | None) -> None:
    """Print both tables and keep them."""
    if folder is None:
        print("grouping: set NEWSDESK_DATA to the data folder")
        return
    everything = read_judged(folder)
    result = {
        "quality": {judged.source: measure_quality(judged) for judged in everything},
        "milliseconds": {
            judged.source: {str(size): measure_time(judged, size) for size in SIZES if size <= len(judged.articles)}
            for judged in everything
        },
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else find_data("relevance"))
