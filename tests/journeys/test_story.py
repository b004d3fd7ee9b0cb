"""Each event once: in a list of the best, in full coverage, and from one week to the next."""

from __future__ import annotations

from datetime import timedelta

from bot.news.article import INSTANCE_SHELF, ArticleId, article_id
from bot.news.stories.story_ids import KnownStory
from bot.sandbox import Answer
from bot.store.sqlite import open_store
from bot.usecases.ingest import hide_article
from tests.support.running_bot import Town, make_seed_text

FERRY = "Harbour ferry collides with pier in Oslo, dozens injured"
FERRY_TOO = "Dozens injured as harbour ferry collides with Oslo pier"
FERRY_LATER = "Oslo pier collision: captain of harbour ferry questioned, dozens injured"
LAMPS = "City replaces street lamps with dimmable ones"

QUAKE = "Earthquake shakes Vanuatu capital Port Vila"
AID = "Australia sends rescue planes with water purification units"
AID_AFTER_QUAKE = (
    "Earthquake shakes Vanuatu capital Port Vila: Australia sends rescue planes with water purification units"
)


async def report(town: Town, name: str, title: str, *, hour: int = 10, quality: int = 80) -> None:
    """Another outlet reports something on the Sunday before the edition, and the bot notices."""
    seed = make_seed_text(
        title=title, published=f"2023-11-26T{hour:02}:00:00Z", url=f"https://{name}.example.com/story"
    )
    seed = seed.replace("quality: 80", f"quality: {quality}")
    seed = seed.replace("name: Example", f"name: The {name.title()}").replace(
        "domain: example.com", f"domain: {name}.example.com"
    )
    (town.seeds / f"{name}.md").write_text(seed, "utf-8")
    assert town.bot is not None
    await town.bot.refresh()


async def story_of(town: Town, name: str) -> KnownStory:
    """The story as it is kept that an outlet's report belongs to."""
    wanted = article_id(INSTANCE_SHELF, name)
    async with open_store(town.folder / "newsdesk.sqlite3", clock=town.clock, read_only=True) as store:
        known = await store.stories.known_stories((INSTANCE_SHELF,), [wanted])
    (story,) = [each for each in known if wanted in each.articles]
    return story


async def hide(town: Town, name: str) -> None:
    """The operator takes a report down."""
    async with open_store(town.folder / "newsdesk.sqlite3", clock=town.clock) as store:
        await hide_article(store.articles, INSTANCE_SHELF, name)


def articles(*names: str) -> frozenset[ArticleId]:
    """The ids of some outlets' reports."""
    return frozenset(article_id(INSTANCE_SHELF, name) for name in names)


async def top(town: Town, *, topic: str = "Shipping") -> Answer:
    """A member asks for the best of the week; all that is reported here is on shipping."""
    return await town.member.run(town.channel, "news top", topic=topic)


async def test_top_shows_an_event_once(town: Town) -> None:
    """The best report stands for all, with the number of the others."""
    await report(town, "courier", FERRY, quality=85)
    await report(town, "gazette", FERRY_TOO, quality=95)
    await report(town, "herald", LAMPS, quality=90)

    answer = await town.member.run(town.channel, "news top")

    assert answer.text.index(FERRY_TOO) < answer.text.index(LAMPS)
    assert FERRY not in answer.text
    assert answer.text.count("and 1 more report") == 1


async def test_top_of_a_topic_shows_an_event_once(town: Town) -> None:
    """Held to a topic as well."""
    await report(town, "courier", FERRY, quality=85)
    await report(town, "gazette", FERRY_TOO, quality=95)

    answer = await top(town, topic="shipping")

    assert FERRY_TOO in answer.text
    assert FERRY not in answer.text


async def test_the_rest_of_an_event_is_one_press_away(town: Town) -> None:
    """The list under the best opens the story: who reports it, who was first, and why they belong together."""
    await report(town, "courier", FERRY, hour=9)
    await report(town, "gazette", FERRY_TOO, hour=11, quality=95)

    coverage = await town.member.choose(await top(town), values=[FERRY_TOO])

    assert coverage.text.index(FERRY) < coverage.text.index("This article")
    assert "2 outlets" in coverage.text
    assert "same story: shares" in coverage.text


async def test_full_coverage_of_a_story_that_grew_answers_under_the_same_id(town: Town) -> None:
    """An answer from before the newest report opens the story as it is now, and an earlier report renames nothing."""
    await report(town, "courier", FERRY)
    await report(town, "gazette", FERRY_TOO, hour=11, quality=95)
    asked_before = await top(town)
    before = await story_of(town, "gazette")

    await report(town, "herald", FERRY_LATER, hour=8)
    coverage = await town.member.choose(asked_before, values=[FERRY_TOO])

    assert FERRY_LATER in coverage.text
    await top(town)
    after = await story_of(town, "herald")
    assert (after.id, after.articles) == (before.id, articles("courier", "gazette", "herald"))


async def test_old_buttons_of_stories_that_became_one_open_it(town: Town) -> None:
    """What was two stories when it was asked about: both answers lead to the one, and both ids are kept."""
    await report(town, "courier", QUAKE, hour=8)
    await report(town, "gazette", AID, hour=9, quality=90)
    asked_before = await top(town)
    quake, aid = await story_of(town, "courier"), await story_of(town, "gazette")
    assert quake.id != aid.id

    await report(town, "herald", AID_AFTER_QUAKE, hour=10)
    await report(town, "tribune", f"{AID_AFTER_QUAKE} today", hour=11)
    await top(town)
    one = await story_of(town, "tribune")

    assert one.articles == articles("courier", "gazette", "herald", "tribune")
    assert {quake.id, aid.id} <= {one.id, *one.aliases}
    for title in (QUAKE, AID):
        coverage = await town.member.choose(asked_before, values=[title])
        assert "4 outlets" in coverage.text


async def told_and_taken_down(town: Town) -> None:
    """An edition has the ferry, a third outlet reports it, and what was posted of it is taken down."""
    await report(town, "courier", FERRY)
    await report(town, "gazette", FERRY_TOO, hour=8)
    await town.post_first_edition(topics="shipping")
    await report(town, "herald", FERRY_LATER, hour=9)
    for name in ("courier", "gazette"):
        await hide(town, name)


async def test_a_told_story_that_grew_is_not_told_again(town: Town) -> None:
    """Also where nothing of what was told is there any more: it is known by its id."""
    await told_and_taken_down(town)

    await town.let_pass(timedelta(days=7))

    assert len(town.channel.messages) == 1
    preview = await town.admin.run(town.channel, "schedule preview", name="Weekly")
    assert FERRY_LATER not in preview.text


async def test_a_told_story_that_grew_by_two_outlets_is_an_update(town: Town) -> None:
    """Never a story told for the first time."""
    await told_and_taken_down(town)
    await report(town, "tribune", f"{FERRY_LATER} again", hour=11)

    await town.let_pass(timedelta(days=7))

    assert "Update: " in town.channel.messages[1].text
