"""Nothing grows without a bound, and what a bound leaves out is said."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Picture
from bot.news.content import MOST_FINDINGS, ShelfSize
from bot.news.delivery import ScheduleId
from bot.news.schedules.schedule import MOST_SCHEDULES
from bot.render.content import draft_content_status
from bot.render.edition.digest import MOST_PARTS, count_fitting, draft_edition
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.text.pages import page_key, without_tracking
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_edition, make_pick, make_schedule
from tests.support.running_bot import Town, make_seed_text

PICTURE: Final = Picture(url="https://pictures.example/a.png", alt="A")

articles = st.builds(
    lambda length, tracked, words: {
        "url": f"https://example.com/{'x' * length}" + ("?id=1&utm_source=" + "y" * 300 if tracked else ""),
        "title": "T" * words,
        "excerpt": "word " * words,
    },
    length=st.integers(1, 1700),
    tracked=st.booleans(),
    words=st.integers(1, 300),
)


@up_to(30)
@given(st.lists(articles, min_size=1, max_size=20), st.sampled_from([(), (PICTURE,)]))
def test_an_edition_is_at_most_three_messages_and_says_what_did_not_fit(
    given_articles: list[dict[str, Any]], pictures: tuple[Picture, ...]
) -> None:
    """Whatever its links and texts; the stories that it has keep their links."""
    picks = [
        make_pick(make_article(f"a{number}", pictures=pictures, **each)) for number, each in enumerate(given_articles)
    ]
    edition = make_edition(picks=tuple(picks))

    drafts = draft_edition(edition, make_schedule(), keys=None, now=SOME_DAY)

    text = "\n".join(to_text(draft, 5000) for draft in drafts)
    fitting = count_fitting(picks, make_schedule(), now=SOME_DAY)
    assert 1 <= len(drafts) <= MOST_PARTS
    assert [fits(draft) for draft in drafts] == [[]] * len(drafts)
    assert (f"{len(picks) - fitting} more did not fit" in text) == (fitting < len(picks))
    for pick in picks[:fitting]:
        assert without_tracking(pick.article.url) in text


@given(
    st.sampled_from(["https://a.example/p?utm_source=x&id=7#part", "https://a.example/p", "https://a.example/?id=7"])
)
def test_a_shorter_link_leads_to_the_same_page(url: str) -> None:
    """Only what says how the reader got there is gone."""
    assert page_key(without_tracking(url)) == page_key(url)
    assert ("id=7" in url) == ("id=7" in without_tracking(url))
    assert "utm" not in without_tracking(url)


async def test_stories_without_room_are_not_counted_as_sent(quiet_town: Town) -> None:
    """`why` says that there was no room, the message how many, and the next edition has them."""
    for number in range(20):
        text = make_seed_text(
            title=f"Number {number} of {'abcdefghijklmnopqrst'[number] * 9}",
            url=f"https://example.com/{'abcdefghijklmnopqrst'[number] * 1500}",
        )
        (quiet_town.seeds / f"{number}.md").write_text(text, "utf-8")
    await quiet_town.start_bot()

    await quiet_town.post_first_edition(count=20, provider_cap=20, topics="Shipping")

    posted = quiet_town.channel.messages
    first = "\n".join(message.text for message in posted)
    why = await quiet_town.admin.run(quiet_town.channel, "schedule why", name="Weekly")
    assert len(posted) <= MOST_PARTS
    assert "more did not fit" in first
    assert "no room for it in the 3 messages" in why.text
    await quiet_town.let_pass(timedelta(days=7))
    later = "\n".join(message.text for message in quiet_town.channel.messages[len(posted) :])
    told = {number for number in range(20) if f"Number {number} of" in first}
    assert {number for number in range(20) if f"Number {number} of" in later}.isdisjoint(told)
    assert "Number" in later


async def test_a_server_has_fifty_schedules_and_not_one_more_even_at_once(town: Town) -> None:
    """And the list shows each of them, in pages."""
    given_options: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC"}
    assert town.bot is not None
    for number in range(MOST_SCHEDULES - 1):
        schedule = make_schedule(
            id=ScheduleId(number + 1), name=f"Digest {number:02}", guild_id=town.guild.id, channel_id=town.channel.id
        )
        await town.bot.store.schedules.save_schedule(schedule, next_due_at=None)

    answers = await asyncio.gather(
        *(town.admin.run(town.channel, "schedule create", name=name, **given_options) for name in ("One", "Two"))
    )

    assert sorted("already has 50 schedules" in answer.text for answer in answers) == [False, True]
    listed = await town.admin.run(town.channel, "schedule list")
    text = listed.text
    while "Next" in listed.buttons:
        listed = await town.admin.press(listed, "Next")
        text += listed.text
    assert all(f"Digest {number:02}" in text for number in range(MOST_SCHEDULES - 1))
    assert f"50 of {MOST_SCHEDULES} schedules" in text
    while "Previous" in listed.buttons:
        listed = await town.admin.press(listed, "Previous")
    assert "Digest 00" in listed.text


@pytest.mark.parametrize("typed", ["ist", "IST", "\u0130ST"])
async def test_completion_of_schedules_folds_case_and_marks(town: Town, typed: str) -> None:
    """As a lookup by name does."""
    await town.admin.run(
        town.channel, "schedule create", name="\u0130stanbul", channel=town.channel, day="monday", timezone="UTC"
    )

    choices = await town.admin.complete(town.channel, "schedule show", focused="name", value=typed)

    assert [choice.name for choice in choices] == ["\u0130stanbul"]


@pytest.mark.parametrize(("count", "said"), [(3, "3 problems"), (MOST_FINDINGS, f"at least {MOST_FINDINGS} problems")])
def test_a_count_that_stops_at_its_bound_says_so(count: int, said: str) -> None:
    """Two hundred may be ten thousand."""
    text = to_text(draft_content_status(ShelfSize(articles=1, bytes=1), (), problems=count), 500)

    assert said in text
    assert ("at least" in text) == (count == MOST_FINDINGS)


async def test_a_list_of_topics_counts_all_that_it_does_not_show(quiet_town: Town) -> None:
    """Beyond the first hundred, too."""
    for number in range(300):
        text = make_seed_text(title=f"Title {number}", url=f"https://example.com/{number}")
        (quiet_town.seeds / f"{number}.md").write_text(text.replace("Shipping", f"Topic number {number}"), "utf-8")
    await quiet_town.start_bot()

    answer = await quiet_town.member.run(quiet_town.channel, "news topics", filter="topic number")

    found = re.search(r"(\d+) more topics", answer.text)
    assert found is not None
    assert int(found[1]) + answer.text.count("1 article") == 300
