"""An article as the command line lists it: its title, its source, and the name that the next command takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.cli.output.line import Line
from bot.news.article import Article
from bot.render.article import excerpt_of, provider_of, title_of

_PLAIN_STEM: Final = re.compile(r"\w[\w.-]*", re.ASCII)
"""What every shell takes as one word, without quotes, and no command as an option."""


def name_of(article: Article) -> str:
    """Name an article as `related`, `hide` and `delete` take it: its seed file, or else its id."""
    return article.stem if _PLAIN_STEM.fullmatch(article.stem) else article.id


def name_label(article: Article) -> str:
    """The article's name and what it is: "file 001_c491b083016e13b6", "id mfrggzdfmztwq"."""
    name = name_of(article)
    return f"{'file' if name == article.stem else 'id'} {name}"


def date_of(at: datetime) -> str:
    """A date in UTC as `after:` and `--as-of` take it."""
    return at.date().isoformat()


def source_of(article: Article) -> str:
    """Describe publisher and date: "WBUR (wbur.org), 2022-03-23"."""
    kind = ", video" if article.kind == "video" else ""
    return f"{provider_of(article)}, {date_of(article.published_at)}{kind}"


def article_lines(article: Article, *, note: str = "", with_excerpt: bool = False) -> Iterator[Line]:
    """List an article.

    Args:
        article: What is listed.
        note: Why it is in the list; empty for no such line.
        with_excerpt: Whether its excerpt is shown as well.
    """
    score = "" if article.is_stub else f", score {article.score}"
    excerpt = excerpt_of(article) if with_excerpt else ""
    yield Line(text=title_of(article), kind="heading")
    yield Line(text=source_of(article) + score, level=1)
    yield from (Line(text=each, level=1) for each in (note, excerpt) if each)
    yield Line(text=article.url, kind="quiet", level=1)
    yield Line(text=name_label(article), kind="quiet", level=1)
