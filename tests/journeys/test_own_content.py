"""Editions of a community's own content: no scores, one local paper, links seen before, and a record that is broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.news.article import INSTANCE_SHELF
from tests.support.makers import make_seed
from tests.support.running_bot import Town

TRIFLES = (
    "Mayor opens flower show with brass band",
    "Library extends summer reading hours",
    "Chess club wins regional pennant",
    "Bakery revives forgotten walnut loaf",
    "Choir rehearses Handel inside quarry",
    "Beekeepers swap queens at vicarage",
)

BRIDGE = "Bridge over Alder creek collapses under lorry"


def seed(
    title: str,
    *,
    url: str,
    domain: str = "gazette.example",
    published: str = "2023-11-26T10:00:00Z",
    related: tuple[tuple[str, str], ...] = (),
) -> str:
    """Write a seed as a person writes one: no scores, no flag; `related` has domains and titles."""
    items = "".join(
        f"  - title: {json.dumps(named)}\n    publishedDateTime: {published}\n    webUrl: https://{other}/bridge\n"
        f"    provider:\n      name: {other}\n      domain: {other}\n"
        for other, named in related
    )
    return (
        f"---\ntitle: {json.dumps(title)}\npublishedDateTime: {published}\nwebUrl: {url}\n"
        f"provider:\n  name: {domain}\n  domain: {domain}\n" + (f"related:\n{items}" if items else "") + "---\n"
    )


def put(town: Town, name: str, text: str) -> None:
    """Write a seed file to the town's folder."""
    (town.seeds / f"{name}.md").write_text(text, "utf-8")


def titles(text: str, known: tuple[str, ...]) -> list[str]:
    """List the known titles that a message's stories contain, in order."""
    _, _, stories = text.partition("\n")
    return sorted((each for each in known if each in stories), key=stories.index)


async def add(town: Town, **seeds: str) -> None:
    """Write seed files and let the bot import them."""
    for name, text in seeds.items():
        put(town, name, text)
    assert town.bot is not None
    await town.bot.refresh()


async def order_for_tuesday(town: Town, name: str) -> None:
    """Let the admin schedule a digest for Tuesdays in the town's channel."""
    await town.admin.run(
        town.channel, "schedule create", name=name, channel=town.channel, day="tuesday", time="09:00", timezone="UTC"
    )


async def test_content_that_nobody_scored_becomes_an_edition(empty_town: Town) -> None:
    """Titles, dates and links are enough: every place is filled, although all are from one paper."""
    await add(
        empty_town,
        **{f"t{n}": seed(title, url=f"https://gazette.example/{n}") for n, title in enumerate(TRIFLES[:5])},
    )
    await empty_town.post_first_edition()
    (message,) = empty_town.channel.messages
    assert len(titles(message.text, TRIFLES)) == 5


async def test_the_event_with_six_outlets_comes_before_six_trifles(empty_town: Town) -> None:
    """Other outlets are the score of content that has none."""
    others = tuple(
        (f"paper{n}.example", f"{BRIDGE}, {word}")
        for n, word in enumerate(("police", "rescue", "driver", "town", "crane"))
    )
    await add(
        empty_town,
        bridge=seed(
            BRIDGE,
            url="https://herald.example/bridge",
            domain="herald.example",
            published="2023-11-26T08:00:00Z",
            related=others,
        ),
        **{
            f"t{n}": seed(title, url=f"https://p{n}.example/{n}", domain=f"p{n}.example")
            for n, title in enumerate(TRIFLES)
        },
    )
    await empty_town.post_first_edition()
    (message,) = empty_town.channel.messages
    assert titles(message.text, (BRIDGE, *TRIFLES))[0] == BRIDGE


async def test_why_names_the_places_filled_over_a_providers_limit(empty_town: Town) -> None:
    """An admin sees that the limit of one provider was passed, and why."""
    await add(
        empty_town,
        **{f"t{n}": seed(title, url=f"https://gazette.example/{n}") for n, title in enumerate(TRIFLES[:3])},
    )
    await empty_town.post_first_edition()
    answer = await empty_town.member.press(empty_town.channel.messages[0], "Why these?")
    assert "over the limit of 2 from gazette.example" in answer.text


async def test_a_story_over_the_limit_fills_an_empty_place_of_the_next_edition(empty_town: Town) -> None:
    """It is marked as last week's, and comes once."""
    await empty_town.post_first_edition(count=2)
    await add(
        empty_town,
        **{
            f"t{n}": seed(
                title, url=f"https://p{n}.example/{n}", domain=f"p{n}.example", published=f"2023-11-28T1{n}:00:00Z"
            )
            for n, title in enumerate(TRIFLES[:3])
        },
    )
    for _ in range(4):
        await empty_town.let_pass(timedelta(days=7))
    first, second = empty_town.channel.messages
    assert titles(first.text, TRIFLES) == [TRIFLES[2], TRIFLES[1]]
    assert titles(second.text, TRIFLES) == [TRIFLES[0]]
    assert f"From last week: {TRIFLES[0]}" in second.text


@pytest.mark.parametrize(
    "again",
    [
        "https://gazette.example/0?utm_source=mail",
        "http://www.gazette.example/0/",
        "https://m.gazette.example/0",
        "https://gazette.example/0/amp",
        "https://www.google.com/url?q=https://gazette.example/0&sa=D",
    ],
)
async def test_a_link_is_told_once_at_any_distance_in_time(empty_town: Town, again: str) -> None:
    """The same page comes months later under another file, title and spelling of its link."""
    await add(empty_town, old=seed(TRIFLES[0], url="https://gazette.example/0"))
    await empty_town.post_first_edition()
    await empty_town.let_pass(timedelta(days=7 * 20))
    await add(empty_town, new=seed(TRIFLES[1], url=again, published="2024-04-16T10:00:00Z"))
    await empty_town.let_pass(timedelta(days=7))
    assert len(empty_town.channel.messages) == 1


async def test_nearly_the_same_text_is_told_once(empty_town: Town) -> None:
    """The same report under another link, months later."""
    text = "Walnut bakery revives forgotten sourdough loaf of medieval Franciscan monks"
    await add(empty_town, old=seed(text, url="https://gazette.example/0"))
    await empty_town.post_first_edition()
    await empty_town.let_pass(timedelta(days=7 * 20))
    again = seed(f"{text}!", url="https://other.example/9", domain="other.example", published="2024-04-16T10:00:00Z")
    await add(empty_town, new=again)
    await empty_town.let_pass(timedelta(days=7))
    assert len(empty_town.channel.messages) == 1


async def test_two_schedules_of_a_channel_tell_a_story_once(empty_town: Town) -> None:
    """Its readers read both."""
    await add(empty_town, one=seed(TRIFLES[0], url="https://gazette.example/0"))
    await empty_town.post_first_edition()
    await order_for_tuesday(empty_town, "Second")
    await empty_town.let_pass(timedelta(days=1))
    assert len(empty_town.channel.messages) == 1


async def test_a_schedule_that_is_deleted_and_created_again_repeats_nothing(empty_town: Town) -> None:
    """The channel's memory is not the schedule's."""
    await add(empty_town, one=seed(TRIFLES[0], url="https://gazette.example/0"))
    await empty_town.post_first_edition()
    await empty_town.admin.run(empty_town.channel, "schedule delete", name="Weekly")
    await add(empty_town, two=seed(TRIFLES[1], url="https://gazette.example/1", published="2023-11-27T11:00:00Z"))
    await order_for_tuesday(empty_town, "Weekly")
    await empty_town.let_pass(timedelta(days=1))
    assert [titles(message.text, TRIFLES) for message in empty_town.channel.messages] == [[TRIFLES[0]], [TRIFLES[1]]]


async def test_search_shows_a_link_once(empty_town: Town) -> None:
    """Two files with one page are one result."""
    await add(
        empty_town,
        one=seed(f"{TRIFLES[0]} today", url="https://gazette.example/0"),
        two=seed(f"{TRIFLES[0]} again", url="https://gazette.example/0?utm_medium=x"),
    )
    answer = await empty_town.member.run(empty_town.channel, "news search", query="flower brass band")
    assert answer.text.count("flower show") == 1


@pytest.mark.parametrize("year", [1, 9999])
async def test_an_impossible_date_costs_nobody_an_edition(town: Town, year: int) -> None:
    """It came in before dates were checked."""
    assert town.bot is not None
    odd = make_seed("odd", title=TRIFLES[0], published_at=datetime(year, 1, 1, tzinfo=UTC))
    await town.bot.store.articles.put_seeds(INSTANCE_SHELF, [odd], seen_at=town.clock.now())
    await town.post_first_edition()
    answer = await town.member.run(town.channel, "news top", period="all")
    assert len(town.channel.messages) == 1
    assert "Boston Herald" in answer.text
    assert TRIFLES[0] not in answer.text
