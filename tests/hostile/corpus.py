"""Files that mean harm, made by code: each is what somebody could drop into a folder or upload.

The YAML ones aim at the parser and at what comes after it: depth, references, numbers, lengths, line ends, entities.
`REFUSED` must be refused; `HARMLESS` look as bad and must be read, as far as they say something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.seedfile.front import LARGEST_SEED
from tests.support.seed_files import front, make_seed_file

_ROOM: Final = LARGEST_SEED - 64
_GOOD: Final = 'title: "T"\nwebUrl: https://example.com/x\npublishedDateTime: 2021-05-07\n'


def _full(unit: str, *, before: str = "", after: str = "") -> bytes:
    """A front matter as large as a seed may be, made of one thing again and again."""
    times = (_ROOM - len((before + after).encode())) // len(unit.encode())
    return front(before + unit * times + after)


def _stairs(step: str, steps: int) -> bytes:
    """Block collections, each one deeper than the one before."""
    return front("".join(" " * depth + step + "\n" for depth in range(steps)))


REFUSED: Final[Mapping[str, bytes]] = {
    "nested brackets, 25,000 of them": front("a: " + "[" * 25_000 + "]" * 25_000),
    "nested brackets, never closed": _full("["),
    "nested braces": _full("{"),
    "nested flow mappings": _full("{a: "),
    "brackets within braces": _full("[{a: "),
    "nested flow keys": _full("{["),
    "nested dashes on one line": _full("- "),
    "nested question marks": _full("? "),
    "question marks before brackets": _full("? ["),
    "nested colons": _full(": "),
    "stairs of keys": _stairs("a:", 700),
    "stairs of dashes": front("a:\n" + "".join(" " * depth + "-\n" for depth in range(1, 700))),
    "colons": _full(":"),
    "colons in quotes": _full('"":'),
    "keys of keys": _full("a: a: "),
    "a billion laughs": front(
        'a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]\n'
        + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    ),
    "aliases that burn when walked": front("a: &a [x]\n" + "b: [" + "*a," * 100 + "]"),
    "an anchor that holds itself": front("a: &a [*a]"),
    "a merge bomb": front(
        "a: &a {k: v}\n" + "".join(f"m{i}: &m{i} {{<<: [*a, *a, *a, *a, *a, *a, *a, *a]}}\n" for i in range(20))
    ),
    "a merge without an alias": front(_GOOD + "<<: {title: other}"),
    "an alias to nothing": front("a: *nowhere"),
    "anchors": _full("&a "),
    "an anchor as long as the file": _full("a", before="x: &"),
    "a Python object": front('a: !!python/object/apply:os.system ["true"]'),
    "a tag": front("a: !!binary aGk="),
    "a tag of its own": front("a: !secret b"),
    "a tag as long as the file": _full("%41", before="x: !<", after="> y"),
    "a tagged key": front("!!str a: b"),
    "an anchored key": front("&k a: b"),
    "a tag directive": front("%TAG ! tag:example.com,2000:\n--- !x\na: b"),
    "directives": _full("%A b\n"),
    "a YAML directive": front("%YAML 1.1\n--- a\n"),
    "a second document": front(_GOOD + "--- b\n"),
    "documents": _full("--- a\n"),
    "documents that end": _full("...\n"),
    "30,000 keys": front("".join(f"k{i}: 1\n" for i in range(20_000))),
    "a list without end": _full("- a\n", before="a:\n"),
    "a flow list without end": _full("a,", before="a: ["),
    "pairs in a list without end": _full("a: b,", before="a: ["),
    "one key again and again": front("a: 1\n" * 20_000),
    "the first key again at the end": front("".join(f"k{i}: 1\n" for i in range(9_000)) + "k0: 2"),
    "one key again in a picture": front(_GOOD + "images:\n  - url: a\n    url: b"),
    "a scalar of more than 64 KiB": front("title: " + "a" * 65_537),
    "a scalar of more than 64 KiB in UTF-8": front("title: " + "\u20ac" * 22_000),
    "a key as long as the file": _full("a", after=": 1"),
    "an explicit key as long as the file": _full("a", before="? ", after="\n: 1"),
    "escapes as long as the file": _full("\\U0001F600", before='a: "', after='"'),
    "line breaks in quotes": _full("\n", before='a: "', after='"'),
    "carriage returns in quotes": _full("\r", before='a: "', after='"'),
    "line breaks in plain text": _full("b\n ", before="a: "),
    "line breaks in a block": _full("\n", before="a: |9+\n"),
    "a folded block": _full(" a\n", before="a: >\n"),
    "base-60 numbers": front("a: " + "1:" * 50_000 + "1"),
    "a number of 60,000 digits as the date": make_seed_file(publishedDateTime="9" * 60_000),
    "tabs": _full("\t"),
    "quotes": _full('"'),
    "single quotes": _full("'", before="a: '"),
    "commas": _full(","),
    "at signs": _full("@"),
    "backticks": _full("`"),
    "comments": _full("#\n"),
    "empty lines": _full("\n"),
    "almost the end of the front matter": b"---\n" + b"---x\n" * 50_000,
    "a NUL": front("a: \0"),
    "an escape character": front("a: \x1b[2J"),
    "a surrogate as an escape": front('title: "\\ud800"'),
    "a surrogate in UTF-8": front("title: \ud800"),
    "bytes that are no UTF-8": b"---\ntitle: \xff\xfe\n---\n",
    "UTF-16": "---\ntitle: a\n---\n".encode("utf-16"),
    "UTF-8 written too long": b"---\ntitle: \xc0\xaf\n---\n",
    "one byte too many": make_seed_file() + b"x" * LARGEST_SEED,
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "nothing": b"",
    "no end": b"---\ntitle: a\n",
    "a list": front("- a"),
    "a text": front("a"),
    "a list as a key": front("? [a, b]\n: c"),
    "a mapping as a key": front("? {a: b}\n: c"),
    "a title that nobody sees": make_seed_file(title="\u200b\u202e\x00 "),
    "a title that is a list": make_seed_file(title=["a"]),
    "a script as the URL": make_seed_file(webUrl="javascript:alert(1)"),
    "a URL of 60,000 brackets": make_seed_file(webUrl="https://example.com/" + "(" * 60_000),
    "a host of 30,000 labels": make_seed_file(webUrl="https://" + "a." * 30_000 + "com"),
    "a host of 20,000 foreign letters": make_seed_file(webUrl="https://" + "\u00e4" * 20_000 + ".com"),
}

HARMLESS: Final[Mapping[str, bytes]] = {
    "entities": make_seed_file(excerpt="&amp;" * 13_000),
    "entities of entities": make_seed_file(excerpt="&amp;amp;" * 7_000),
    "entities that there are not": make_seed_file(excerpt=("&" + "a" * 32) * 1_900),
    "an entity of 60,000 digits": make_seed_file(excerpt="&#" + "9" * 60_000 + ";"),
    "marks without a letter": make_seed_file(excerpt="\u0301" * 30_000),
    "bidi overrides": make_seed_file(excerpt="\u202e" * 20_000),
    "10,000 topics": make_seed_file(topics=[f"topic {i}" for i in range(10_000)]),
    "1,000 related items": make_seed_file(
        related=[
            {"title": f"T{i}", "webUrl": f"https://example.com/{i}", "publishedDateTime": "2021-05-07"}
            for i in range(1_000)
        ]
    ),
    "3,000 pictures": make_seed_file(images=[{"url": f"https://example.com/{i}.jpg"} for i in range(3_000)]),
    "a number of 60,000 digits": front(_GOOD + "quality: " + "9" * 60_000),
    "a body that is no YAML": make_seed_file() + b"\n[[[[{{{{&a *b !c\n---\n" * 1_000,
    "a body that is no text": make_seed_file() + "\u202e\x00".encode() * 1_000,
}
