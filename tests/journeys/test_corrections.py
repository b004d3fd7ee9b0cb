"""Searches whose words are corrected, and the way back to the words as typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.sandbox import Answer
from tests.support.makers import make_seed
from tests.support.running_bot import Town

AS_TYPED = "Search as typed"
VLOG = "Vlog of a grandad"


@pytest.fixture
async def blogs(empty_town: Town) -> Town:
    """A server whose bot has thirty articles about blogs and one about a vlog."""
    assert empty_town.bot is not None
    titles = (*[f"Blog of mayor number {number}" for number in range(30)], VLOG)
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await empty_town.bot.store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=empty_town.clock.now())
    return empty_town


async def ask(town: Town) -> Answer:
    """Search for a word that is one letter from a common one."""
    return await town.member.run(town.channel, "news search", query="vlog")


async def test_one_press_leads_back_to_the_words_as_typed(blogs: Town) -> None:
    """The same message then has only the articles with the word itself, and says so."""
    corrected = await ask(blogs)
    before = corrected.text
    as_typed = await blogs.member.press(corrected, AS_TYPED)

    assert "Also searched: blog for vlog." in before
    assert ("Searched as typed." in as_typed.text, VLOG in as_typed.text, "Blog of" in as_typed.text) == (
        True,
        True,
        False,
    )


async def test_the_button_is_on_every_page(blogs: Town) -> None:
    """A member may turn a page before noticing what was searched."""
    second = await blogs.member.press(await ask(blogs), "Next")

    assert VLOG in (await blogs.member.press(second, AS_TYPED)).text


async def test_a_search_as_typed_has_no_such_button(blogs: Town) -> None:
    """There is nothing left to take back."""
    as_typed = await blogs.member.press(await ask(blogs), AS_TYPED)

    assert as_typed.message is not None
    assert AS_TYPED not in as_typed.message.buttons


async def test_a_search_without_corrections_has_no_such_button(blogs: Town) -> None:
    """Every word was searched as typed."""
    answer = await blogs.member.run(blogs.channel, "news search", query="mayor")

    assert answer.message is not None
    assert AS_TYPED not in answer.message.buttons


async def test_the_button_still_works_after_a_restart(blogs: Town) -> None:
    """The query is in the store, not in memory."""
    corrected = await ask(blogs)
    await blogs.stop_bot()
    await blogs.start_bot()

    assert "Searched as typed." in (await blogs.member.press(corrected, AS_TYPED)).text


async def test_an_expired_button_says_so(blogs: Town) -> None:
    """The results are kept for 24 hours."""
    corrected = await ask(blogs)
    blogs.clock.jump_to(blogs.clock.now() + timedelta(hours=25))

    assert "expired" in (await blogs.member.press(corrected, AS_TYPED)).text


async def test_another_member_can_not_press_it(blogs: Town) -> None:
    """The answer, and what was searched, belong to the member who asked."""
    pressed = await blogs.admin.press(await ask(blogs), AS_TYPED)

    assert "This button belongs to another member's answer." in pressed.text


async def test_a_forged_button_does_nothing(blogs: Town) -> None:
    """A changed client may send any id: here that of another view, with the signature of this one."""
    corrected = await ask(blogs)
    assert corrected.message is not None
    for button in _buttons(corrected.message.raw["components"]):
        version, action, view_id, *rest = button["custom_id"].split("|")
        button["custom_id"] = "|".join([version, action, view_id[::-1], *rest])

    assert "another member's answer" in (await blogs.member.press(corrected, AS_TYPED)).text


async def test_the_shared_page_has_no_such_button(blogs: Town) -> None:
    """Others didn't type the words; the note still says what was searched."""
    await blogs.member.press(await ask(blogs), "Share")
    (posted,) = blogs.channel.messages

    assert ("Also searched: blog for vlog." in posted.text, AS_TYPED in posted.buttons) == (True, False)


def _buttons(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        if component.get("label") == AS_TYPED:
            yield component
        yield from _buttons(component.get("components", []))
