"""Options are held against the archive and the place when they are given, not by weeks of silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from bot.news.checkup.options import name_findings
from bot.news.parsing.names import KnownNames
from bot.sandbox import Answer
from tests.support.makers import make_schedule
from tests.support.running_bot import Town, edit_and_apply, make_seed_text

KNOWN: Final = KnownNames(topics={"ai": "AI"}, providers={"wbur.org": "WBUR"})
LISTS: Final = ("topics", "providers", "muted_topics", "muted_providers")


async def create(town: Town, **options: Any) -> Answer:
    """Schedule a digest."""
    given = {"name": "Weekly", "channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC", **options}
    return await town.admin.run(town.channel, "schedule create", **given)


@pytest.mark.parametrize("field", LISTS)
def test_every_name_in_a_list_that_no_article_has_is_found_and_no_other(field: str) -> None:
    """In each of the four lists, with the nearest one."""
    known, unknown = ("wbur.org", "wbur.com") if field.endswith("providers") else ("ai", "a.i.")
    schedule = replace(make_schedule(), **{field: (known, unknown)})  # type: ignore[arg-type] # all four are tuples

    (finding,) = name_findings(schedule, KNOWN)

    assert unknown in finding.text
    assert "Did you mean" in finding.cure


@dataclass(frozen=True)
class Place:
    """A place that can't be posted to as asked, and what the answer says of it."""

    make: Callable[[Town], Awaitable[dict[str, Any]]]
    said: str


async def hidden(town: Town) -> dict[str, Any]:
    """A channel that the bot can't see."""
    channel = town.guild.add_channel("secret")
    channel.set_permissions(bot={"view_channel": False})
    return {"channel": channel}


async def silent(town: Town) -> dict[str, Any]:
    """A channel that the bot can't write in."""
    channel = town.guild.add_channel("quiet")
    channel.set_permissions(bot={"send_messages": False})
    return {"channel": channel}


async def plain(_town: Town) -> dict[str, Any]:
    """Publishing in a text channel."""
    return {"publish": True}


async def unpingable(town: Town) -> dict[str, Any]:
    """A role that only some may mention."""
    return {"mention_role": town.guild.add_role("Readers", mentionable=False)}


async def unnoticed(town: Town) -> dict[str, Any]:
    """A notices' channel that the bot can't write in."""
    channel = town.guild.add_channel("notices")
    channel.set_permissions(bot={"send_messages": False})
    return {"notices": channel}


PLACES: Final = {
    "hidden": Place(hidden, "View Channel is missing"),
    "silent": Place(silent, "Send Messages is missing"),
    "plain": Place(plain, "not an announcement channel"),
    "unpingable": Place(unpingable, "is not pinged"),
    "unnoticed": Place(unnoticed, "I can't post notices in its notice channel"),
}


@pytest.mark.parametrize("place", PLACES)
async def test_what_the_doctor_knows_of_the_place_is_in_the_answer(town: Town, place: str) -> None:
    """When it is created, and word for word as in the doctor."""
    options = await PLACES[place].make(town)

    answer = await create(town, **options)
    doctor = await town.admin.run(town.channel, "admin doctor")

    assert "Created Weekly" in answer.text
    assert PLACES[place].said in answer.text
    assert PLACES[place].said in doctor.text


@pytest.mark.parametrize("place", PLACES)
async def test_what_the_doctor_knows_of_the_place_is_in_the_answer_of_an_edit(town: Town, place: str) -> None:
    """As in that of a creation."""
    await create(town)
    options = await PLACES[place].make(town)

    assert PLACES[place].said in (await edit_and_apply(town.admin, town.channel, name="Weekly", **options)).text


async def test_a_good_place_and_known_names_are_answered_without_a_word(town: Town) -> None:
    """Nothing is wrong with them."""
    answer = await create(town, topics="AI", providers="wbur.org")

    assert "•" not in answer.text


async def test_an_unknown_topic_is_accepted_with_the_nearest_one(town: Town) -> None:
    """Its articles may come later."""
    answer = await create(town, topics="Computer Vison")

    assert "Created Weekly" in answer.text
    assert "No article has the topic “computer vison” yet" in answer.text
    assert "Did you mean Computer Vision?" in answer.text
    assert "Its filters match no story of the last 4 weeks" in answer.text


async def test_a_filter_that_nothing_passes_is_in_the_doctor(town: Town) -> None:
    """Otherwise it would be silent for weeks."""
    await create(town, topics="Computer Vison")

    assert "No article has any of its topics" in (await town.admin.run(town.channel, "admin doctor")).text


async def test_a_providers_name_is_saved_as_its_domain(town: Town) -> None:
    """Filters compare domains."""
    assert "Only providers: wbur.org" in (await create(town, providers="WBUR")).text


async def test_a_providers_name_that_nobody_has_is_refused(town: Town) -> None:
    """It can never match."""
    answer = await create(town, providers="WBURR")

    assert "Unknown provider “WBURR”" in answer.text
    assert "Created" not in answer.text


async def test_a_topic_with_dots_is_muted_as_a_topic(town: Town) -> None:
    """A.I. isn't a domain."""
    assert "Muted topics: a.i." in (await create(town, mute="A.I.")).text


@pytest.mark.parametrize("options", [{"topics": "AI", "mute": "ai"}, {"providers": "WBUR", "mute": "wbur.org"}])
async def test_what_is_selected_and_muted_is_refused(town: Town, options: dict[str, str]) -> None:
    """Nothing could ever pass."""
    answer = await create(town, **options)

    assert "both selected and muted" in answer.text
    assert "Created" not in answer.text


async def test_a_contradiction_across_two_commands_is_refused(town: Town) -> None:
    """What was saved before counts."""
    await create(town, topics="AI")

    assert "both selected and muted" in (await edit_and_apply(town.admin, town.channel, name="Weekly", mute="AI")).text


async def test_the_answer_counts_the_stories_that_the_filters_match(quiet_town: Town) -> None:
    """Those of four weeks; of one that is out of reach it says what keeps it out."""
    for number in range(3):
        text = make_seed_text(title=f"Ferry {number} to the isle of {number}", url=f"https://example.com/{number}")
        (quiet_town.seeds / f"{number}.md").write_text(text, "utf-8")
    await quiet_town.start_bot()

    matching = await create(quiet_town, topics="Shipping")
    unreachable = await create(quiet_town, name="Never", min_score=1000)

    assert "Its filters match 3 stories of the last 4 weeks." in matching.text
    assert "Its filters match no story of the last 4 weeks" in unreachable.text
    assert "below min_score" in unreachable.text


@pytest.mark.parametrize("option", ["topics", "providers", "mute"])
async def test_every_list_is_completed_after_a_comma(town: Town, option: str) -> None:
    """The finished items stay, and what is chosen is what the command takes."""
    typed = {"topics": "AI, comp", "providers": "wbur.org, herald", "mute": "AI, wbu"}[option]

    choices = await town.admin.complete(
        town.channel, "schedule create", focused=option, value=typed, name="Weekly", channel=town.channel
    )

    wanted = {
        "topics": "AI, computer vision",
        "providers": "wbur.org, bostonherald.com",
        "mute": "AI, wbur.org",
    }[option]
    assert wanted in {choice.value for choice in choices}
    for choice in choices:
        assert "Created" in (await create(town, name=choice.value[:60], **{option: choice.name})).text


async def test_rule_upstream_says_which_options_it_does_not_use(town: Town) -> None:
    """They would be kept without effect."""
    assert "provider_cap has no effect with rule:upstream" in (await create(town, rule="upstream", provider_cap=5)).text


async def test_a_zone_without_summer_time_is_accepted_with_a_word(town: Town) -> None:
    """New York is on EST for four months of the year."""
    assert "EST is always UTC-5, without summer time" in (await create(town, timezone="EST")).text
