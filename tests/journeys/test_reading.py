"""What a member can ask: search, related coverage, lists."""

from __future__ import annotations

import gc
import re
import warnings

import pytest

from bot.sandbox import Sandbox
from tests.support.running_bot import Town, make_seed_text

HERALD = "Guardrails needed for police use of facial recognition"
WBUR = "Debating the role of facial recognition technology in Mass."
WSJ = "Massachusetts Senate Passes Bill That Would Halt Police Use of Facial Recognition"
LAW360 = "Mass. Gov. Refuses To Back Facial Recognition Tech Ban"
WBUR_URL = "https://www.wbur.org/radioboston/2022/03/23/march-23-2022-rb"


async def test_a_member_who_floods_commands_is_asked_to_wait_and_nothing_is_left_behind(town: Town) -> None:
    """The refused command never begins; that it doesn't begin isn't a warning in the log."""
    for _ in range(30):
        await town.member.run(town.channel, "help")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        answer = await town.member.run(town.channel, "help")
        gc.collect()

    assert "Too many commands in one minute." in answer.text
    assert [str(each.message) for each in warned] == []


async def test_search_finds_an_article_by_words_of_its_title(town: Town) -> None:
    """A member types words and gets the article, privately."""
    answer = await town.member.run(town.channel, "news search", query="governor refuses ban")
    assert answer.ephemeral
    assert LAW360 in answer.text


async def test_search_holds_quotes_to_the_letter(town: Town) -> None:
    """Quoted words must be together."""
    answer = await town.member.run(town.channel, "news search", query='"senate passes bill"')
    assert WSJ in answer.text
    assert LAW360 not in answer.text


async def test_search_leaves_excluded_words_out(town: Town) -> None:
    """A word after a minus must not occur."""
    answer = await town.member.run(town.channel, "news search", query="facial recognition -senate")
    assert WSJ not in answer.text
    assert LAW360 in answer.text


async def test_search_can_be_held_to_a_topic(town: Town) -> None:
    """Only one of the seeds is on this topic."""
    answer = await town.member.run(
        town.channel, "news search", query="facial recognition", topic="Natural Language Processing"
    )
    assert LAW360 in answer.text
    assert WBUR not in answer.text


async def test_search_can_be_held_to_a_provider(town: Town) -> None:
    """A provider is named as readers know it."""
    answer = await town.member.run(town.channel, "news search", query="facial recognition", provider="wbur.org")
    assert WBUR in answer.text
    assert WSJ not in answer.text


async def test_search_can_be_held_to_a_span_of_time(town: Town) -> None:
    """Dates bound what is found."""
    answer = await town.member.run(
        town.channel, "news search", query="facial recognition", after="2022-01-01", before="2023-01-01"
    )
    assert WBUR in answer.text
    assert HERALD not in answer.text
    assert LAW360 not in answer.text


async def test_search_pages_do_not_overlap(town: Town) -> None:
    """Going on shows the rest, going back the same again."""
    for number in range(12):
        seed = make_seed_text(
            title=f"Gadget fair day {number}",
            published=f"2023-11-{10 + number}T10:00:00Z",
            url=f"https://example.com/gadget/{number}",
        )
        (town.seeds / f"gadget{number:02}.md").write_text(seed, "utf-8")
    assert town.bot is not None
    await town.bot.refresh()
    answer = await town.member.run(town.channel, "news search", query="gadget fair")
    seen_first = _days(answer.text)
    seen_second = _days((await town.member.press(answer, "Next")).text)
    assert seen_first
    assert seen_second
    assert not seen_first & seen_second
    assert _days((await town.member.press(answer, "Previous")).text) == seen_first


def _days(text: str) -> set[str]:
    return set(re.findall(r"Gadget fair day (\d+)", text))


@pytest.mark.parametrize("query", ["!!! ???", '"', "AND OR NOT", "*", "()", "-", "\N{ZERO WIDTH SPACE}", "NEAR(a b)"])
async def test_a_query_of_symbols_only_gets_a_friendly_sentence(town: Town, query: str) -> None:
    """Anything that a person can type gets an answer."""
    answer = await town.member.run(town.channel, "news search", query=query)
    assert answer.text
    assert "broke" not in answer.text


async def test_search_offers_the_nearest_spelling(town: Town) -> None:
    """A query without a hit says what it may have meant."""
    answer = await town.member.run(town.channel, "news search", query="massachusets")
    assert "massachusetts" in answer.text.lower()


async def test_latest_lists_the_newest_first(town: Town) -> None:
    """The newest article is on top."""
    answer = await town.member.run(town.channel, "news latest")
    assert answer.text.index(HERALD) < answer.text.index(WBUR) < answer.text.index(LAW360)


async def test_topics_and_providers_are_listed_with_their_numbers(town: Town) -> None:
    """A member sees the filters."""
    topics = await town.member.run(town.channel, "news topics")
    providers = await town.member.run(town.channel, "news providers")
    assert "Computer Vision" in topics.text
    assert "WBUR" in providers.text


async def test_related_coverage_of_an_article_marks_the_first_to_report(town: Town) -> None:
    """The timeline of a story, asked for by its completed title."""
    (choice, *_) = await town.member.complete(town.channel, "news related", focused="article", value="guardrails")
    answer = await town.member.run(town.channel, "news related", article=choice.value)
    assert "Mass. bill would curb police use of facial recognition technology" in answer.text
    assert "first" in answer.text.lower()


async def test_related_coverage_of_a_url(town: Town) -> None:
    """A pasted link asks for its article's coverage."""
    answer = await town.member.run(town.channel, "news related", article=WBUR_URL)
    assert "NCJTC and Biometrica partner" in answer.text


async def test_related_coverage_of_a_message(town: Town) -> None:
    """A link that somebody posted can be asked about from the message's menu."""
    message = await town.admin.say(town.channel, f"Have you seen {WBUR_URL} ?")
    answer = await town.member.menu(town.channel, "Find related coverage", message)
    assert answer.ephemeral
    assert "NCJTC and Biometrica partner" in answer.text


async def test_an_answer_can_be_shared_with_the_channel(town: Town) -> None:
    """Share shows a private answer to everybody."""
    answer = await town.member.run(town.channel, "news related", article=WBUR_URL)
    shared = await town.member.press(answer, "Share")
    assert not shared.ephemeral
    assert "NCJTC and Biometrica partner" in shared.text


async def test_a_button_of_another_member_is_refused(town: Town) -> None:
    """A private answer's buttons belong to the member who asked."""
    answer = await town.member.run(town.channel, "news related", article=WBUR_URL)
    refused = await town.admin.press(answer, "Share")
    assert refused.ephemeral
    assert "NCJTC" not in refused.text


async def test_titles_topics_and_providers_are_completed_as_one_types(town: Town) -> None:
    """Completion answers with the values in the archive."""
    articles = await town.member.complete(town.channel, "news story", focused="article", value="senate pas")
    topics = await town.member.complete(town.channel, "news search", focused="topic", value="vis", query="x")
    providers = await town.member.complete(town.channel, "news search", focused="provider", value="bost", query="x")
    assert [choice.name[:20] for choice in articles] == [WSJ[:20]]
    assert topics[0].name.startswith("Computer Vision")
    assert providers[0].name.startswith("Boston Herald")


async def test_schedules_and_zones_are_completed_for_an_admin(town: Town) -> None:
    """An admin need not know the tz database by heart."""
    await town.post_first_edition()
    names = await town.admin.complete(town.channel, "schedule show", focused="name", value="wee")
    zones = await town.admin.complete(
        town.channel, "schedule create", focused="timezone", value="berl", name="x", time="9"
    )
    assert [choice.name for choice in names] == ["Weekly"]
    assert "Europe/Berlin" in [choice.value for choice in zones]


async def test_an_unknown_article_gets_a_sentence_and_what_to_do(town: Town) -> None:
    """What is not in the archive is said so, with a way on."""
    answer = await town.member.run(town.channel, "news story", article="https://example.org/never-heard-of")
    assert answer.ephemeral
    assert "search" in answer.text.lower()


async def test_an_empty_archive_answers_every_question_with_a_sentence(empty_town: Town) -> None:
    """Before the first seed nothing breaks."""
    member, channel = empty_town.member, empty_town.channel
    answers = [
        await member.run(channel, "news search", query="anything"),
        await member.run(channel, "news latest"),
        await member.run(channel, "news topics"),
        await member.run(channel, "news providers"),
        await member.run(channel, "digest latest"),
        await member.run(channel, "help"),
    ]
    assert all(answer.text and "broke" not in answer.text for answer in answers)


async def test_help_names_every_command_that_is_registered(town: Town) -> None:
    """What can be typed is explained."""
    answer = await town.member.run(town.channel, "help")
    for name in _command_names(town.sandbox):
        assert name in answer.text, name


def _command_names(sandbox: Sandbox) -> list[str]:
    return [
        command["name"] for command in sandbox.commands if command.get("type", 1) == 1 and command["name"] != "help"
    ]
