"""Render what is on a server's shelf, for `/content status`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.content import ShelfOverview
from bot.news.message.draft import Moment, Paragraph, Text
from bot.render.article import title_of
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.text.clean import clean

_BARS: Final = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_MOST_HIDDEN: Final = 5
_LONGEST: Final = 80


def overview_lines(overview: ShelfOverview) -> Iterator[Paragraph]:
    """Render articles by week, topic and provider, the newest one, and those that are hidden."""
    if any(overview.weeks):
        weeks = f"{len(overview.weeks)} weeks, at most {max(overview.weeks):,} a week"
        yield line(f"Articles by week: {sparkline(overview.weeks)} ({weeks})")
    if overview.topics:
        yield line(f"Most frequent topics: {_counted(overview.topics)}")
    if overview.providers:
        yield line(f"Most frequent providers: {_counted(overview.providers)}")
    if overview.newest is not None:
        title = clip_written(title_of(overview.newest), _LONGEST)
        yield Paragraph(runs=(Text(text=f"Newest: {title}, "), Moment(at=overview.newest.published_at)))
    if overview.hidden:
        yield line(f"Hidden: {len(overview.hidden):,}", "subheading")
    for title, reason in overview.hidden[:_MOST_HIDDEN]:
        said = f": {clip_written(clean(reason), _LONGEST)}" if reason else ""
        yield line(f"{clip_written(clean(title), _LONGEST)}{said}")
    if len(overview.hidden) > _MOST_HIDDEN:
        yield line(f"and {len(overview.hidden) - _MOST_HIDDEN:,} more", "quiet")


def sparkline(counts: Sequence[int]) -> str:
    """Draw counts as bars, the largest one as a full bar; the lowest bar is none."""
    most = max(1, *counts)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)


def _counted(names: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{clip_written(clean(name), 40)} {count:,}" for name, count in names)
