"""Change a feeds.toml in place: only the lines that are concerned, so that comments and order stay."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.collect.feed import Feed
from bot.collect.feeds.file import parse_feeds
from bot.collect.feeds.opml import is_opml
from bot.errors import NewsdeskError
from bot.news.article import BASE_QUALITY
from bot.text.links import clean_url

_BLOCK: Final = re.compile(r"^\s*\[\[\s*feed\s*\]\]", re.MULTILINE)
_TABLE: Final = re.compile(r"^\s*\[", re.MULTILINE)
_URL: Final = re.compile(r"^(?P<key>\s*url\s*=\s*)(?:\"[^\"\n]*\"|'[^'\n]*')", re.MULTILINE)

FIRST_LINES: Final = "# The feeds that `newsdesk collect` reads. docs/collect.md explains every key.\n"


def append_feeds(path: Path, feeds: Sequence[Feed]) -> None:
    """Append feeds to a file, and create it where there is none.

    Raises:
        NewsdeskError: The file is OPML, or can't be written.
    """
    text = _read(path) if path.exists() else FIRST_LINES
    _write(path, text.rstrip("\n") + "\n" + "".join(f"\n{feed_block(feed)}" for feed in feeds))


def remove_feed(path: Path, url: str) -> None:
    """Remove a feed's block.

    Raises:
        NewsdeskError: The file has no such feed, is OPML, or can't be written.
    """
    text = _read(path)
    start, end = _block_of(path, text, url)
    _write(path, text[:start].rstrip("\n") + "\n" + ("\n" + text[end:].lstrip("\n") if text[end:].strip() else ""))


def change_address(path: Path, old: str, new: str) -> None:
    """Change the address of a feed.

    Raises:
        NewsdeskError: The file has no such feed, is OPML, or can't be written.
    """
    text = _read(path)
    start, end = _block_of(path, text, old)
    block = _URL.sub(lambda found: f"{found['key']}{json.dumps(new)}", text[start:end], count=1)
    _write(path, text[:start] + block + text[end:])


def feed_block(feed: Feed) -> str:
    """Write a feed as a block of feeds.toml; what is as by default is left out."""
    lines = ["[[feed]]", f"url = {_quoted(feed.url)}"]
    lines += [f"name = {_quoted(feed.name)}"] if feed.name else []
    lines += [f"topics = {_quoted_list(feed.topics)}"] if feed.topics else []
    lines += [f"quality = {feed.quality}"] if feed.quality != BASE_QUALITY else []
    lines += [f"language = {_quoted(feed.language)}"] if feed.language else []
    lines += [f"per_day = {feed.per_day}"] if feed.per_day is not None else []
    lines += [f"take = {_quoted_list(feed.take)}"] if feed.take else []
    lines += [f"leave = {_quoted_list(feed.leave)}"] if feed.leave else []
    lines += [] if feed.pages else ["pages = false"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a TOML string: JSON's escapes are TOML's, too, for text without DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quoted_list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _block_of(path: Path, text: str, url: str) -> tuple[int, int]:
    """Find where a feed's block begins and ends."""
    starts = [found.start() for found in _BLOCK.finditer(text)]
    for start in starts:
        following = _TABLE.search(text, text.index("]]", start))
        end = following.start() if following else len(text)
        values = tomllib.loads(text[start:end])["feed"][0]
        if clean_url(str(values.get("url", ""))) == url:
            return start, end
    raise NewsdeskError(f"{path} has no feed {url}.", cure="`newsdesk feeds list` shows all of them.")


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NewsdeskError(f"{path} can't be read ({error.strerror}).") from error
    if is_opml(data):
        cure = "Import it into a feeds.toml: newsdesk feeds import FILE."
        raise NewsdeskError(f"{path} is OPML, which is read as it is and never changed.", cure=cure)
    parse_feeds(data, path)
    return data.decode("utf-8-sig")


def _write(path: Path, text: str) -> None:
    """Replace the file, unless the result would not be one."""
    parse_feeds(text.encode(), path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise NewsdeskError(f"{path} can't be written ({error.strerror}).", cure="Check its permissions.") from error
