"""Sew stories together where too many articles for one comparison were cut apart.

What is near a cut, from both sides, is grouped once more. A story of one side and a story of the other are one if most
of what each has near the cut is in one group there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.news.article import Article, ArticleId

Group = Sequence[Article]
"""Articles of one story, first to report first."""


def near_cut(left: Sequence[Article], right: Sequence[Article], *, most: int, reach: timedelta) -> list[Article]:
    """Select what is near a cut, as much of each side.

    Args:
        left: What was published before the cut, first to report first.
        right: What was published after it, in the same order.
        most: The number of articles that can be compared at once.
        reach: How far reports of one story may be from one another.

    Returns:
        The articles in order; none if nothing before the cut is within reach of anything after it.
    """
    before, after = left[-(most // 2) :], right[: most // 2]
    if after[0].published_at - before[-1].published_at > reach:
        return []
    earliest, latest = after[0].published_at - reach, before[-1].published_at + reach
    return [each for each in (*before, *after) if earliest <= each.published_at <= latest]


def sew(left: Sequence[Group], right: Sequence[Group], seam: Iterable[Group], *, reach: timedelta) -> list[Group]:
    """Unite stories that a cut has divided.

    Args:
        left: The stories before the cut.
        right: The stories after it.
        seam: The groups among the articles near it.
        reach: How far reports of one story may be from one another.

    Returns:
        All stories, by their first report.
    """
    stories = [list(group) for group in (*left, *right)]
    is_right = {article.id for group in right for article in group}
    home = {article.id: number for number, group in enumerate(stories) for article in group}
    seams = [[article.id for article in group] for group in seam]
    near = Counter(home[article_id] for group in seams for article_id in group)
    for group in seams:
        one = _mostly_here([each for each in group if each not in is_right], home, near)
        other = _mostly_here([each for each in group if each in is_right], home, near)
        if one is not None and other is not None and _span([*stories[one], *stories[other]]) <= reach:
            stories[one] += stories[other]
            stories[other] = []
    return sorted((_in_order(group) for group in stories if group), key=lambda group: _first_first(group[0]))


def _mostly_here(ids: Iterable[ArticleId], home: dict[ArticleId, int], near: Counter[int]) -> int | None:
    """Find the story of which most articles near the cut are among these; None if there is none."""
    here = Counter(home[each] for each in ids)
    return next((number for number, count in here.most_common() if 2 * count > near[number]), None)


def _span(group: Group) -> timedelta:
    moments = [article.published_at for article in group]
    return max(moments) - min(moments)


def _in_order(group: Group) -> list[Article]:
    return sorted(group, key=_first_first)


def _first_first(article: Article) -> tuple[float, ArticleId]:
    return (article.published_at.timestamp(), article.id)
