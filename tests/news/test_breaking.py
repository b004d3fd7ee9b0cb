"""Breaking news: what it is, when it may be posted, and that one event is never posted twice."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.news.article import Provider
from bot.news.choosing.digest import choose_breaking
from bot.news.choosing.recheck import Finding, Holding, recheck
from bot.news.edition import Candidate, Choice, Reason, ToldStory, Window, told_story
from bot.news.parsing.rule import EXAMPLES, parse_rule
from bot.news.schedules.breaking import USUAL, Breaking
from bot.news.schedules.schedule import Schedule, due_on, edition_key, extra_edition_key, latest_due, next_due
from tests.support.candidates import detail_of, lone_words, make_candidate, picked, reason_of
from tests.support.examples import up_to
from tests.support.makers import ScheduleFields, make_delivery, make_edition, make_schedule

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 18, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def breaking(what: Breaking = USUAL, **fields: object) -> Schedule:
    """A schedule of breaking news."""
    given: ScheduleFields = {"rule": "breaking", "breaking": what, "created_at": LONG_AGO, **fields}  # type: ignore[typeddict-item] # as make_schedule
    return make_schedule(**given)


# When


@pytest.mark.parametrize(
    ("start", "end", "quiet", "awake"),
    [
        (time(22), time(7), [time(22), time(23), time(0), time(6, 59)], [time(7), time(12), time(21, 59)]),
        (time(1), time(5), [time(1), time(4, 59)], [time(0), time(5), time(23)]),
        (time(0), time(0), [], [time(0), time(12)]),
    ],
)
def test_quiet_hours_have_their_first_minute_and_not_their_last(
    start: time, end: time, quiet: list[time], awake: list[time]
) -> None:
    """Over midnight, within a day, or none."""
    what = Breaking(quiet_from=start, quiet_until=end)

    assert [each for each in quiet if not what.is_quiet(each)] == []
    assert [each for each in awake if what.is_quiet(each)] == []


hours = st.integers(0, 23).map(lambda hour: time(hour, 30))
moments = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(st.sampled_from(ZONES), hours, hours, moments, st.sampled_from(["skips a day", "skips none"]))
@up_to(100)
def test_no_look_is_in_quiet_hours_and_each_has_the_key_of_its_local_date(
    zone: str, start: time, end: time, now: datetime, skip: str
) -> None:
    """In any zone, through any change of its clocks; so there is one edition a day at most."""
    schedule = breaking(Breaking(quiet_from=start, quiet_until=end), timezone=zone)
    if skip == "skips a day":
        schedule = replace(schedule, left_out=edition_key(now.astimezone(ZoneInfo(zone)).date()))
    day, at = next_due(schedule, now)
    local = at.astimezone(ZoneInfo(zone))

    assert at > now
    assert day == local.date()
    assert edition_key(day) != schedule.left_out
    assert not schedule.breaking.is_quiet(local.time())
    assert latest_due(schedule, at) == (day, at)


def test_nothing_is_due_in_quiet_hours_or_before_the_schedule_was_created() -> None:
    """A story of the night waits for the morning's first look, or for the digest."""
    assert latest_due(breaking(), NIGHT) is None
    assert latest_due(breaking(created_at=NIGHT), NOON) is None
    assert next_due(breaking(), NIGHT) == (date(2026, 11, 19), datetime(2026, 11, 19, 7, tzinfo=UTC))


def test_a_skipped_date_has_no_look() -> None:
    """*Skip next* leaves a whole day out."""
    schedule = breaking(left_out=edition_key(NOON.date()))

    assert latest_due(schedule, NOON) is None
    assert due_on(schedule, NOON.date()) is None
    assert due_on(breaking(), NOON.date()) == datetime(2026, 11, 18, 7, tzinfo=UTC)


def test_quiet_hours_without_an_end_are_refused() -> None:
    """Such a schedule would wait for ever."""
    schedule = breaking(Breaking(quiet_from=time(12, 1), quiet_until=time(12)))

    with pytest.raises(BadInputError):
        next_due(schedule, NOON + timedelta(minutes=2))


# What


def report(stem: str, hours_ago: float = 1.0, quality: int = 90, title: str = "") -> Candidate:
    """A report of the one event, by an outlet of its own."""
    provider = Provider(domain=f"{stem}.com", name=stem)
    at = NOON - timedelta(hours=hours_ago)
    return make_candidate(stem, title=title or lone_words("event"), quality=quality, provider=provider, published_at=at)


def choose(*candidates: Candidate, told: tuple[ToldStory, ...] = (), **fields: object) -> Choice:
    """What is breaking at noon."""
    schedule = breaking(**fields)  # type: ignore[arg-type] # as make_schedule
    return choose_breaking(candidates, (), (), schedule, window=Window(start=NOON - 6 * HOUR, end=NOON), told=told)


def test_a_story_of_enough_outlets_within_the_hours_is_breaking_news() -> None:
    """With its best report."""
    assert picked(choose(report("a"), report("b", 5, 95), report("c", 3))) == ["b"]


def test_a_story_of_too_few_outlets_is_not() -> None:
    """Its verdict says how many it has."""
    a, b = report("a"), report("b", 3)
    choice = choose(a, b)

    assert choice.picks == ()
    assert reason_of(choice, a) is Reason.BELOW_BAR
    assert detail_of(choice, a) == "outlets within 6 hours: 2, breaking news needs 3"


def test_reports_from_before_the_hours_do_not_count() -> None:
    """An event that three outlets have had since yesterday isn't breaking."""
    assert picked(choose(report("a"), report("b", 3), report("c", 7))) == []


def test_a_story_that_scores_too_little_is_not_breaking_news() -> None:
    """The bar is the schedule's minimum, or 80 with the points of its outlets."""
    low = [report("a", quality=50), report("b", quality=50), report("c", quality=50)]

    assert picked(choose(*low)) == []
    assert detail_of(choose(*low), low[0]).endswith("score 70 (50, and 20 for its outlets), breaking news needs 80")
    assert len(choose(*low, min_score=60).picks) == 1


def test_of_two_breaking_stories_the_better_one_is_posted() -> None:
    """One a day; the digest has the other."""
    one = [report(stem, quality=90) for stem in "abc"]
    other = [report(stem, quality=95, title=lone_words("other")) for stem in "xyz"]
    choice = choose(*one, *other, also=5)

    assert len(choice.picks) == 1
    assert picked(choice)[0] in "xyz"
    assert Reason.OVER_COUNT in {verdict.reason for verdict in choice.verdicts}


def test_an_event_that_was_sent_is_not_breaking_again_however_it_grows() -> None:
    """Two outlets more would bring it back into a digest, as an update."""
    first = choose(report("a"), report("b"), report("c"))
    told = tuple(map(told_story, first.picks))
    grown = choose(*(report(stem, quality=180) for stem in "abcdefgh"), told=told)

    assert grown.picks == ()
    assert {verdict.reason for verdict in grown.verdicts} == {Reason.ALREADY_TOLD}


def test_filters_hold_for_breaking_news() -> None:
    """A muted topic isn't breaking either."""
    assert picked(choose(report("a"), report("b"), report("c"), topics=("sport",))) == []


# Sending


@pytest.mark.parametrize(
    ("due_at", "now", "finding"),
    [
        (NOON, NOON + timedelta(minutes=4), Finding.AS_PLANNED),
        (NOON, NOON + timedelta(minutes=61), Finding.TOO_LATE),
        (NIGHT - timedelta(minutes=62), NIGHT - timedelta(minutes=58), Finding.TOO_LATE),
    ],
    ids=["in time", "an hour late", "in quiet hours"],
)
def test_breaking_news_that_could_not_be_sent_at_once_is_left_to_the_digest(
    due_at: datetime, now: datetime, finding: Finding
) -> None:
    """Neither in quiet hours nor an hour late."""
    row = make_delivery(make_edition(due_at=due_at, planned_at=due_at, key=edition_key(due_at.date())))

    assert recheck(row, Holding(schedule=breaking()), now) is finding


def test_an_extra_edition_of_a_member_is_sent_in_quiet_hours() -> None:
    """A person asked for it, there and then."""
    row = make_delivery(make_edition(due_at=NIGHT, planned_at=NIGHT, key=extra_edition_key(1), is_extra=True))

    assert recheck(row, Holding(schedule=breaking()), NIGHT) is Finding.AS_PLANNED


def test_breaking_news_of_an_unknown_zone_is_not_sent() -> None:
    """It can't be said whether it is night there."""
    row = make_delivery(make_edition(due_at=NOON, planned_at=NOON, key=edition_key(NOON.date())))

    assert recheck(row, Holding(schedule=breaking(timezone="Europe/Atlantis")), NOON) is Finding.TOO_LATE


# Typing


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("breaking", USUAL),
        ("Breaking 4 outlets in 3 hours", Breaking(outlets=4, hours=3)),
        ("breaking: 2 outlets", Breaking(outlets=2)),
        ("breaking 12h, quiet 23:30-6", Breaking(hours=12, quiet_from=time(23, 30), quiet_until=time(6))),
        ("breaking quiet hours from 10pm to 7am", USUAL),
        (
            "breaking 3 outlets within 1 hour, no quiet hours",
            Breaking(hours=1, quiet_from=time(0), quiet_until=time(0)),
        ),
    ],
)
def test_breaking_news_is_read_as_people_write_it(typed: str, what: Breaking) -> None:
    """What isn't given is as usual."""
    assert parse_rule(typed) == ("breaking", what)


def test_every_example_is_a_rule() -> None:
    """They are suggested while one types."""
    assert [parse_rule(each)[0] for each in EXAMPLES] == ["default", "upstream", "best-of", *["breaking"] * 3]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("best", "Use default, upstream, best-of or breaking."),
        ("", "Use default"),
        ("breaking news of the day", "breaking 3 outlets in 6 hours"),
        ("breaking 1 outlet", "2 to 20 outlets"),
        ("breaking 3 outlets in 60 hours", "1 to 48 hours"),
        ("breaking 0 hours", "1 to 48 hours"),
        ("breaking quiet 22-25", "18:30"),
        ("breaking quiet 8:30-8", "shorter"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_an_example(typed: str, said: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(BadInputError) as caught:
        parse_rule(typed)

    assert said in caught.value.cure


@given(st.text(max_size=100) | st.text("breakingoutlshqu 0123456789-:,", max_size=60).map("breaking {}".format))
def test_whatever_is_typed_gets_a_rule_or_a_sentence(typed: str) -> None:
    """And no rule of it keeps quiet all day."""
    with suppress(BadInputError):
        rule, what = parse_rule(typed)
        assert next_due(breaking(what), NOON)
        assert rule
