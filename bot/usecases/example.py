"""An example edition, of the seed files that come with the program: what a server would get, before it has articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Final

import bot
from bot.news.article import INSTANCE_SHELF, Seed
from bot.news.choosing.digest import choose_edition
from bot.news.delivery import ScheduleId
from bot.news.edition import Candidate, Change, Choice, Window
from bot.news.message.draft import ButtonRow, Draft, Select
from bot.news.schedules.schedule import NOBODY, Schedule, Weekday
from bot.news.stories.story import Edge
from bot.render.edition.preview import draft_choice
from bot.seedfile.folder import find_seed_files, read_seed_file

_SHIPPED: Final = (Path(bot.__file__).parent / "example", Path(bot.__file__).parents[1] / "seeds")
"""Where the example's seeds are: in an installed program, and in a checkout."""


def draft_example(*, now: datetime) -> tuple[Draft, ...]:
    """Draw the example edition, without anything to press: its articles are in no archive.

    Returns:
        Its messages; none if the program came without the example's seeds.
    """
    seeds = _seeds(now)
    if not seeds:
        return ()
    schedule = _schedule(now)
    drafts = draft_choice(_choose(seeds, schedule), schedule, now=now)
    return tuple(
        replace(draft, blocks=tuple(each for each in draft.blocks if not isinstance(each, Select | ButtonRow)))
        for draft in drafts
    )


@cache
def _folder() -> Path | None:
    return next((folder for folder in _SHIPPED if folder.is_dir()), None)


def _seeds(now: datetime) -> Sequence[Seed]:
    folder = _folder()
    files = () if folder is None else find_seed_files(folder)
    read = (read_seed_file(each.path, shown=each.name, shelf=INSTANCE_SHELF, now=now) for each in files)
    return [each for each in read if isinstance(each, Seed)]


def _choose(seeds: Sequence[Seed], schedule: Schedule) -> Choice:
    candidates = [_candidate(seed) for seed in seeds]
    coverage = [each for seed in seeds for each in seed.coverage]
    edges = [Edge(a=seed.article.id, b=each.id) for seed in seeds for each in seed.coverage]
    newest = max(seed.article.published_at for seed in seeds)
    return choose_edition(candidates, coverage, edges, schedule, window=Window(start=None, end=newest))


def _candidate(seed: Seed) -> Candidate:
    article = seed.article
    seen = Change(
        seen_at=article.published_at,
        quality=article.quality,
        heat=article.heat,
        listed=article.listed,
        published_at=article.published_at,
    )
    return Candidate(article=article, changes=(seen,))


def _schedule(now: datetime) -> Schedule:
    return Schedule(
        id=ScheduleId(0),
        guild_id=0,
        channel_id=0,
        name="Example",
        days=(Weekday.MONDAY,),
        at=time(9),
        timezone="UTC",
        saved_by=NOBODY,
        created_at=now,
    )
