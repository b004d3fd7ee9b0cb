"""The best of what was posted: each story once, by the schedule's filters, whatever became of its articles since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article
from bot.news.choosing.best_of import best_of_window, choose_best_of
from bot.news.edition import Choice, Pick, Reason, Window
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Schedule, edition_key
from bot.news.stories.story_ids import StoryId
from tests.support.examples import up_to
from tests.support.makers import HERALD, WBUR, make_article, make_pick, make_schedule

DECEMBER = datetime(2026, 12, 1, 9, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, 9, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, 9, tzinfo=UTC)
MONTHLY = make_schedule(days=EVERY_DAY, rhythm=Rhythm(every=Every.MONTH), rule="best-of", created_at=NOVEMBER)


def choose(*told: Pick, schedule: Schedule = MONTHLY) -> Choice:
    """The best of what was posted in November."""
    return choose_best_of(told, schedule, window=Window(start=NOVEMBER, end=DECEMBER))


def posted(stem: str, quality: int = 70, *others: Article, story_id: str = "", **fields: object) -> Pick:
    """A story as it was posted."""
    article = make_article(stem, quality=quality, title=f"{stem} {stem * 3} {stem * 5}", **fields)  # type: ignore[arg-type] # as make_article
    pick = make_pick(article, *others)
    return Pick(article=article, story=pick.story, story_id=StoryId(story_id) if story_id else None, is_update=True)


def stems(choice: Choice) -> list[str]:
    """The picks in order."""
    return [pick.article.stem for pick in choice.picks]


def reasons(choice: Choice) -> dict[str, Reason]:
    """The reason of each article, by its id."""
    return {verdict.article_id: verdict.reason for verdict in choice.verdicts}


def test_the_best_stories_come_first_until_the_limit() -> None:
    """By score, as in any edition."""
    told = [posted("a", 70), posted("b", 90, provider=WBUR), posted("c", 80, provider=HERALD)]

    assert stems(choose(*told, schedule=make_schedule(count=2))) == ["b", "c"]
    assert reasons(choose(*told, schedule=make_schedule(count=2)))[told[0].article.id] is Reason.OVER_COUNT


def test_a_story_that_was_posted_twice_is_in_it_once() -> None:
    """Under one id, with its best report; nothing in it is an update."""
    first, update = posted("a", 80, story_id="s"), posted("b", 95, story_id="s")
    choice = choose(first, update)

    assert [(pick.article.stem, pick.is_update) for pick in choice.picks] == [("b", False)]
    assert reasons(choice) == {first.article.id: Reason.LED_IN_STORY, update.article.id: Reason.PICKED}


def test_stories_that_a_third_one_connects_are_one() -> None:
    """Whichever came first: two posts were one story, as a later one shows."""
    one, two = posted("a", 70), posted("b", 75)
    both = posted("c", 80, one.article, two.article)

    assert stems(choose(one, two, both)) == ["c"]


def test_a_page_that_was_posted_under_two_articles_is_in_it_once() -> None:
    """Its link is the same but for tracking."""
    one = posted("a", 80, url="https://a.example/page")
    two = posted("b", 70, url="https://www.a.example/page?utm_source=x")

    assert stems(choose(one, two)) == ["a"]


def test_filters_of_the_schedule_hold_for_what_was_posted() -> None:
    """Each has its reason."""
    schedule = make_schedule(topics=("ai",), muted_topics=("sport",), min_score=60)
    good = posted("a", 70, topics=("AI",))
    other = posted("b", 70, topics=("Law",))
    muted = posted("c", 70, topics=("AI", "Sport"))
    low = posted("d", 50, topics=("AI",))
    choice = choose(good, other, muted, low, schedule=schedule)

    assert stems(choice) == ["a"]
    assert [reasons(choice)[each.article.id] for each in (other, muted, low)] == [
        Reason.OFF_TOPIC,
        Reason.MUTED,
        Reason.BELOW_BAR,
    ]


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 100), st.sampled_from(["", "s", "t"]))))
@up_to(50)
def test_no_story_and_no_article_is_in_it_twice_and_each_has_a_reason(told: list[tuple[str, int, str]]) -> None:
    """Whatever was posted, however often."""
    picks = [posted(stem, quality, story_id=story) for stem, quality, story in told]
    choice = choose(*picks, schedule=make_schedule(count=20))
    chosen = [pick.story_id for pick in choice.picks]

    assert len(chosen) == len(set(chosen))
    assert len(stems(choice)) == len(set(stems(choice)))
    assert reasons(choice).keys() == {pick.article.id for pick in picks}


def test_nothing_posted_is_an_empty_edition() -> None:
    """It is skipped, or has a note."""
    assert choose().picks == ()


def test_the_period_is_from_one_due_moment_to_the_next() -> None:
    """For the first edition too, whenever the schedule was created."""
    assert best_of_window(MONTHLY, DECEMBER, None) == Window(start=NOVEMBER, end=DECEMBER)
    assert best_of_window(MONTHLY, DECEMBER, NOVEMBER) == Window(start=NOVEMBER, end=DECEMBER)


def test_an_extra_edition_does_not_shorten_the_period() -> None:
    """It repeats nothing: the month is told whole all the same."""
    assert best_of_window(MONTHLY, DECEMBER, NOVEMBER + timedelta(days=14)).start == NOVEMBER


def test_the_period_after_a_skipped_edition_is_longer() -> None:
    """What the skipped one would have had rolls over."""
    schedule = make_schedule(
        days=EVERY_DAY, rhythm=MONTHLY.rhythm, rule="best-of", left_out=edition_key(NOVEMBER.date())
    )

    assert best_of_window(schedule, DECEMBER, OCTOBER).start == OCTOBER


def test_a_schedule_without_a_day_has_a_period_all_the_same() -> None:
    """A preview of one shows a week."""
    assert best_of_window(make_schedule(days=()), DECEMBER, None).start == DECEMBER - timedelta(days=7)
