"""Build `bot/text/background.txt`, the table of word frequencies in English news.

The texts counted are the unjudged ones of the judged set (`relevance/` of the data folder): Reuters-21578, headlines of
the UCI News Aggregator, the HuffPost News Category set and the training bodies of FNC-1. Judged articles are left out,
so that the benchmark doesn't measure words that it counted itself. Only shares of single stems are kept, rounded; no
text can be rebuilt from them.

Run it with NEWSDESK_DATA set, as `python tests/bench/make_background.py`, after any change to the stemmer.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.text.background import STEPS_PER_NAT, TABLE
from bot.text.language.detection import LANGUAGES_OF_WORD
from bot.text.words import stem, stems_of
from tests.support.data import find_data

LISTED: Final = 5_000
"""Stems of the English texts that are kept: the commonest."""

HEADER: Final = """\
# How common words are in news: built by tests/bench/make_background.py; do not edit.
# Each line: a rarity in quarters of a nat (-4 ln of the share of texts that contain the stem), then its stems.
# Sources: 43,149 texts of Reuters-21578 (distribution 1.0), the UCI News Aggregator, the HuffPost News Category set
# and FNC-1 training bodies; function words of es de fr it pt nl sv pl ru as counted in public news texts.
# Licence: single-word frequencies are facts without authorship; this table is published under the licence of Newsdesk.
"""

FOREIGN: Final[dict[int, str]] = {
    3: "de",
    4: "a ar di e la que w в",
    5: "att der det die een el en het i o och und van y и",
    6: "che et il in jag le na nie sie to z",
    7: "das des do est for har inte is l les los no non pa per som un ze на не",
    8: "d da dat em ich ik ist je jest med nao op para por se um voor с что",
    9: "av com con del den du es las met mit nicht niet om pas pour sa te till uma una une von zijn zu",
    10: "als auf c dan della ein eine ett eu fur im jak kan lo men os qui si sono vi а как по я",
    11: (
        "aan al ale an as au auch ce como dass dem er ha hij ma maar mai man me ne on ook par qu sich so su sur "
        "tak var за из это"
    ),
    12: (
        "aber aus avec bei bij come dei dit dla door dos esta foi hat j mas mi n naar nar nel od piu plu po sind "
        "ska todo uit was wat we wie za все для его к но о он от то у"
    ),
    13: (
        "alla anch ao bara ca czy dell deze einen elle eller fran gli han hebben heeft hur kommer mig nach noch "
        "nog nu nur oder of over pero przez s ser seu son sua tego tu tylko tym vad vill voce vou war wenn werden "
        "wir wird так"
    ),
    14: (
        "ad ai am bra ci dar ele este fait far fin geen haben ho juz meer mijn mnie moze muito nou ou questo sao "
        "sig skull sont sus tem tot tout ut vara wel wordt zo до же мы только ты"
    ),
    15: (
        "bardzo bedzi bo by byc cuando cui dal ela era esser io isso ja jego mam meu nella nos oraz pelo quando "
        "sobi solo tambem ten ti vai ya yo бы был было если еще или их когда меня мне они уже"
    ),
    16: "był eso fue hay jesli jeszcz ktor muy roku sin sobr tambien tez будет время года есть кто при чтобы",
}
"""The commonest words of nine other languages by rarity in quarters of a nat, each in news of its own language.

Where a word is English too, the commoner of the two counts.
"""


def table_of(folder: Path) -> str:
    """Count the texts of a judged set.

    Args:
        folder: Holds `docs.jsonl.gz` and `stories.tsv.gz`.

    Returns:
        The whole text of the table's file.
    """
    rarities = _english(folder)
    for steps, words in FOREIGN.items():
        for word in words.split():
            for each in {stem(word), *(stem(word, language) for language in LANGUAGES_OF_WORD.get(word, ()))}:
                rarities[each] = min(steps, rarities.get(each, steps))
    lines: dict[int, list[str]] = defaultdict(list)
    for each in sorted(rarities):
        lines[rarities[each]].append(each)
    return HEADER + "".join(f"{steps} {' '.join(lines[steps])}\n" for steps in sorted(lines))


def _english(folder: Path) -> dict[str, int]:
    with gzip.open(folder / "stories.tsv.gz", "rt", encoding="utf-8") as rows:
        judged = {row.split("\t", 1)[0] for row in rows}
    counts: Counter[str] = Counter()
    texts = 0
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in rows:
            text = json.loads(row)
            if text["id"] not in judged:
                texts += 1
                counts.update({*stems_of(text["title"]), *stems_of(text["excerpt"] or "")})
    commonest = sorted(counts, key=lambda each: (-counts[each], each))[:LISTED]
    return {each: round(-STEPS_PER_NAT * math.log(counts[each] / texts)) for each in commonest}


def main(folder: Path | None) -> None:
    """Write the table."""
    if folder is None:
        sys.exit("make_background: set NEWSDESK_DATA to the data folder")
    TABLE.write_text(table_of(folder), encoding="utf-8")
    print(f"{TABLE}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main(find_data("relevance"))
