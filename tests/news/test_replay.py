"""The default rule over two years of real records, and over the five shipped seeds."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.news.article import ArticleId
from bot.news.choosing.digest import choose_edition
from bot.news.choosing.eligibility import entered_at
from bot.news.choosing.repeats import pages_of, urls_of
from bot.news.edition import Choice, Reason, ToldStory, Window, told_story
from bot.news.stories.similarity import count_frequencies
from tests.support.candidates import WEEK, picked
from tests.support.data import need_data
from tests.support.makers import make_schedule
from tests.support.seed_files import SHIPPED
from tests.support.upstream_history import Archive, archive_of, read_seeds

WEEKLY = make_schedule()
BEGIN = datetime(2019, 8, 12, 9, tzinfo=UTC)
"""A Monday before the first record; an edition of before has nothing."""
END = datetime(2021, 6, 7, 9, tzinfo=UTC)

EVERY_MONDAY = [BEGIN + number * WEEK for number in range((END - BEGIN) // WEEK + 1)]


@pytest.fixture(scope="module")
def archive() -> Archive:
    """The 192 records, each seen when it was published."""
    return archive_of(read_seeds(need_data("upstream", "news")).values())


@pytest.fixture(scope="module")
def weekly(archive: Archive) -> list[Choice]:
    """An edition a week over all of it."""
    return replay(archive, EVERY_MONDAY)


def replay(archive: Archive, cutoffs: list[datetime]) -> list[Choice]:
    """Choose at each cutoff from what was known then, remembering what was told."""
    frequencies = count_frequencies(each.article for each in archive.candidates)
    told: list[ToldStory] = []
    choices: list[Choice] = []
    for start, end in pairwise(cutoffs):
        since = start - 3 * WEEK
        candidates = [each for each in archive.candidates if since < each.article.published_at <= end]
        coverage = [each for each in archive.coverage if since < each.published_at <= end]
        choice = choose_edition(
            candidates,
            coverage,
            archive.edges,
            WEEKLY,
            window=Window(start=start, end=end),
            told=told,
            frequencies=frequencies,
        )
        told += [told_story(pick) for pick in choice.picks]
        choices.append(choice)
    return choices


def entered(archive: Archive) -> set[ArticleId]:
    """Every article that is eligible in the end."""
    return {each.article.id for each in archive.candidates if entered_at(each, WEEKLY, END) is not None}


def considered(choices: list[Choice]) -> Counter[ArticleId]:
    """In how many editions each article was new and eligible: it was picked, or lost to another for a stated reason."""
    lost = {Reason.ALREADY_TOLD, Reason.LED_IN_STORY, Reason.PROVIDER_CAP, Reason.OVER_COUNT, Reason.PICKED}
    carried = {pick.article.id for choice in choices for pick in choice.picks if pick.is_carried}
    counts = Counter(each.article_id for choice in choices for each in choice.verdicts if each.reason in lost)
    return counts - Counter(carried)


def test_every_article_that_entered_was_considered_in_exactly_one_edition(
    archive: Archive, weekly: list[Choice]
) -> None:
    """None falls between two windows, none is offered twice."""
    assert considered(weekly) == Counter(entered(archive))


def test_what_was_never_shown_lost_its_place_to_others(archive: Archive, weekly: list[Choice]) -> None:
    """Not picked and under no told story: each has exactly one such reason, in the one edition where it was new."""
    shown = {article.id for choice in weekly for pick in choice.picks for article in pick.story.articles}
    unseen = entered(archive) - shown

    reasons = [
        each.reason
        for choice in weekly
        for each in choice.verdicts
        if each.article_id in unseen and each.reason is not Reason.OUTSIDE_WINDOW
    ]

    assert len(reasons) == len(unseen)
    assert set(reasons) <= {Reason.PROVIDER_CAP, Reason.OVER_COUNT, Reason.LED_IN_STORY, Reason.ALREADY_TOLD}


def test_no_article_is_picked_twice(weekly: list[Choice]) -> None:
    """Over all editions."""
    assert max(Counter(pick.article.id for choice in weekly for pick in choice.picks).values()) == 1


def test_no_story_is_told_twice_but_as_an_update(weekly: list[Choice]) -> None:
    """Nothing that was under a posted story is under another one later."""
    told: set[ArticleId] = set()
    for choice in weekly:
        for pick in choice.picks:
            members = {article.id for article in pick.story.articles}
            assert pick.is_update or not told & members
            told |= members


def test_no_edition_has_more_than_five_stories(weekly: list[Choice]) -> None:
    """In two years not once."""
    assert max(len(choice.picks) for choice in weekly) <= 5


def test_no_place_is_empty_while_a_story_waits(weekly: list[Choice]) -> None:
    """Nothing is lost to a provider's limit or to the count of an edition that isn't full."""
    lost = {Reason.PROVIDER_CAP, Reason.OVER_COUNT}

    assert all(len(choice.picks) == 5 for choice in weekly if lost & {each.reason for each in choice.verdicts})


def test_no_link_is_told_twice(weekly: list[Choice]) -> None:
    """Over all editions, whatever its spelling."""
    pages = Counter(page for choice in weekly for pick in choice.picks for page in pages_of(urls_of(pick.article)))

    assert max(pages.values()) == 1


def test_a_missed_week_is_caught_up(archive: Archive) -> None:
    """Every fourth edition was never sent: still each article is considered exactly once."""
    kept = [cutoff for number, cutoff in enumerate(EVERY_MONDAY) if number % 4 or cutoff == END]

    assert considered(replay(archive, [BEGIN, *kept])) == Counter(entered(archive))


def test_what_the_upstream_lost_on_an_editions_day_is_considered(archive: Archive) -> None:
    """Cutoffs that fall on the records' own days and moments lose nothing either."""
    days = sorted({each.article.published_at for each in archive.candidates})
    cutoffs = [BEGIN, *[day for day in days[::5] if day > BEGIN], END]

    assert considered(replay(archive, cutoffs)) == Counter(entered(archive))


def test_the_shipped_seeds_give_exactly_the_herald_and_then_wbur() -> None:
    """The first edition of a new installation."""
    choice = first_edition()

    assert picked(choice) == ["001_c491b083016e13b6", "004_8f32f6f453e83b6d"]
    assert [(pick.article.provider.name, pick.article.score) for pick in choice.picks] == [
        ("Boston Herald", 92),
        ("WBUR", 79),
    ]
    assert choice.is_first


def test_the_shipped_seeds_stories_stand_with_their_coverage() -> None:
    """What reports the same bill; a report on another country's police, which the seed names too, is another story."""
    herald, wbur = first_edition().picks

    assert [article.title for article in herald.story.articles] == [
        "Mass. bill would curb police use of facial recognition technology",
        "Massachusetts lawmakers propose restrictions on facial recognition technology",
        "Guardrails needed for police use of facial recognition software in Massachusetts, advocates say",
    ]
    assert wbur.story.providers == ("wbur.org", "biometricupdate.com")


def first_edition() -> Choice:
    """What a schedule chooses from the shipped seeds, a week after the youngest."""
    shipped = archive_of(read_seeds(SHIPPED).values())
    youngest = max(each.article.published_at for each in shipped.candidates)
    window = Window(start=None, end=youngest + timedelta(days=7))
    return choose_edition(shipped.candidates, shipped.coverage, shipped.edges, WEEKLY, window=window)
