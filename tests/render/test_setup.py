"""The form of a schedule, and the answer to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.news.checkup.finding import failing, unchecked
from bot.news.message.draft import ButtonRow, Draft
from bot.news.message.form import ChannelField, ChoiceField, Form, RadioField
from bot.news.schedules.schedule import EVERY_DAY
from bot.news.search import Tally
from bot.news.servers.joining import JoinedServer
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.joining import draft_example_head, draft_greeting
from bot.render.setup import draft_opener, draft_set_up, draft_setup_form, draft_waiting, read_opened
from tests.support.makers import make_article, make_pick, make_schedule

NOW = datetime(2023, 11, 27, 9, 0, 0, 123456, tzinfo=UTC)
DUE = datetime(2023, 12, 4, 9, tzinfo=UTC)
TOPICS = tuple(Tally(key=f"topic {n}", label=f"Topic {n}", count=n + 1, newest_at=NOW) for n in range(40))
PICK = make_pick(make_article("a"))


def field_of(form: Form, name: str) -> ChoiceField | RadioField:
    """A field with options, by its name."""
    (found,) = [each for each in form.fields if each.name == name]
    assert isinstance(found, ChoiceField | RadioField)
    return found


def labels(draft: Draft) -> list[str]:
    """The labels of the buttons, those that can't be pressed in brackets."""
    (row,) = [each for each in draft.blocks if isinstance(each, ButtonRow)]
    return [f"({each.label})" if each.is_disabled else each.label for each in row.buttons]


def test_a_form_for_a_new_schedule_says_when_it_was_opened() -> None:
    """To the microsecond: two admins may open one at the same moment."""
    form = draft_setup_form(make_schedule(), TOPICS, opened_at=NOW)

    assert read_opened(form.args[1]) == NOW
    assert form.title == "Set up a digest"
    assert form.opener.action != draft_setup_form(make_schedule(), TOPICS, opened_at=None).opener.action


@pytest.mark.parametrize(("longest", "is_offered"), [(100, True), (101, False)])
def test_a_topic_that_is_too_long_for_a_select_leaves_topics_out_of_the_form(longest: int, *, is_offered: bool) -> None:
    """Discord would refuse the form; without the field, the schedule's topics stay as they are."""
    form = draft_setup_form(make_schedule(topics=("x" * longest,)), TOPICS, opened_at=None)

    assert ("topics" in [field.name for field in form.fields]) is is_offered


def test_a_form_for_a_schedule_shows_what_it_is_like() -> None:
    """Its days, its own topics first, and its number of stories among the usual ones."""
    schedule = make_schedule(days=EVERY_DAY, topics=("topic 39", "gone"), count=7)
    form = draft_setup_form(schedule, TOPICS, opened_at=None)
    topics, stories = field_of(form, "topics"), field_of(form, "stories")

    assert all(each.is_chosen for each in field_of(form, "days").options)
    assert [(each.value, each.description, each.is_chosen) for each in topics.options[:3]] == [
        ("topic 39", "40 articles", True),
        ("gone", "no articles yet", True),
        ("topic 0", "1 article", False),
    ]
    assert len(topics.options) == 25
    assert [(each.value, each.is_chosen) for each in stories.options] == [
        ("3", False),
        ("5", False),
        ("7", True),
        ("8", False),
    ]


def test_a_form_without_a_channel_chooses_none() -> None:
    """It was deleted."""
    (channel, *_) = draft_setup_form(make_schedule(channel_id=0), TOPICS, opened_at=None).fields

    assert isinstance(channel, ChannelField)
    assert channel.channel_id is None


@pytest.mark.parametrize(
    ("topics", "own"), [((), ()), (TOPICS, tuple(f"topic {n}" for n in range(26)))], ids=["no articles", "too many"]
)
def test_topics_that_a_list_cannot_show_are_not_asked_for(topics: tuple[Tally, ...], own: tuple[str, ...]) -> None:
    """Sending the form leaves them as they are."""
    form = draft_setup_form(make_schedule(topics=own), topics, opened_at=None)

    assert [each.name for each in form.fields] == ["channel", "days", "when", "stories"]


def test_a_topic_that_a_list_cannot_show_is_left_out() -> None:
    """Discord takes a hundred units, and refuses an empty label."""
    long = Tally(key="x" * 101, label="X" * 101, count=9, newest_at=NOW)
    unseen = Tally(key="\u200b", label="\u200b", count=9, newest_at=NOW)
    form = draft_setup_form(make_schedule(), (long, unseen, *TOPICS), opened_at=None)

    assert field_of(form, "topics").options[0].value == "topic 0"


def test_the_answer_offers_to_post_to_wait_and_to_change() -> None:
    """By the weekday and time of the schedule's own zone."""
    schedule = make_schedule(timezone="Asia/Tokyo")
    draft = draft_set_up(schedule, DUE, (PICK,), head="Created", now=NOW, candidates=3)

    assert to_text(draft).startswith("Created Weekly")
    assert "its next edition, with 1 story of 3 candidates" in to_text(draft)
    assert labels(draft) == ["Post it now", "Wait for Monday 18:00", "Change"]
    assert fits(draft) == []


@pytest.mark.parametrize(
    ("days", "said"), [(0, "Monday 18:00"), (6, "Monday 18:00"), (7, "4 December 18:00"), (31, "4 December 18:00")]
)
def test_edition_that_is_a_week_away_or_more_is_named_by_its_date(days: int, said: str) -> None:
    """The next day of that name is another one."""
    schedule = make_schedule(timezone="Asia/Tokyo")
    draft = draft_set_up(schedule, DUE, (PICK,), head="", now=DUE - timedelta(days=days), candidates=3)

    assert f"Wait for {said}" in labels(draft)


def test_what_is_missing_keeps_it_from_being_posted_until_it_is_checked_again() -> None:
    """What could not be checked does not."""
    missing = failing("I lack Embed Links.", "Grant it.")
    draft = draft_set_up(make_schedule(), DUE, (PICK,), head="Created", now=NOW, candidates=3, findings=(missing,))
    unknown = draft_set_up(
        make_schedule(), DUE, (PICK,), head="", now=NOW, candidates=3, findings=(unchecked("Not checked."),)
    )

    assert "I lack Embed Links. Grant it." in to_text(draft)
    assert labels(draft) == ["Check again", "(Post it now)", "Wait for Monday 09:00", "Change"]
    assert labels(unknown) == ["Check again", "Post it now", "Wait for Monday 09:00", "Change"]


@pytest.mark.parametrize("collects", [True, False])
def test_without_articles_it_says_where_they_come_from(*, collects: bool) -> None:
    """The operator's feeds only if there are some."""
    draft = draft_set_up(make_schedule(), None, (), head="Created", now=NOW, candidates=0, collects=collects)

    assert "There are no articles yet" in to_text(draft)
    assert ("collects feeds" in to_text(draft)) is collects
    assert labels(draft) == ["See an example", "Change"]


def test_without_an_eligible_story_it_says_how_to_find_out_why() -> None:
    """The archive has articles, but none that fits."""
    draft = draft_set_up(make_schedule(), DUE, (), head="Updated", now=NOW, candidates=2)

    assert "/schedule why" in to_text(draft)


def test_waiting_says_when() -> None:
    """Or that nothing comes."""
    assert "Weekly posts its next edition on Monday, 4 December 2023 09:00 UTC." in to_text(
        draft_waiting(make_schedule(), DUE)
    )
    assert "isn't active" in to_text(draft_waiting(make_schedule(), None))


def test_a_form_that_took_too_long_is_one_press_away() -> None:
    """Discord opens one only as a first answer."""
    draft = draft_opener(draft_setup_form(make_schedule(), (), opened_at=NOW))

    assert labels(draft) == ["Open the form"]


@pytest.mark.parametrize("name", ["Town", "@everyone [x](http://evil.example)", "\u202e", "x" * 300])
def test_the_greeting_fits_and_is_found_by_its_key(name: str) -> None:
    """Whatever the server is called."""
    server = JoinedServer(guild_id=(1 << 63) - 1, name=name, joined_at=NOW, channel_id=1)
    for draft in (draft_greeting(server, is_direct=False), draft_greeting(server, is_direct=True)):
        (row,) = [each for each in draft.blocks if isinstance(each, ButtonRow)]
        assert fits(draft) == []
        assert len(draft.key) <= 25
        assert all(each.args == (draft.key,) for each in row.buttons)


def test_the_example_says_that_it_is_one() -> None:
    """And that only the member sees it."""
    assert "An example" in to_text(draft_example_head())
