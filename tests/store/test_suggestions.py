"""Members' suggestions: once by page, a few a day, decided once, and forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bot.errors import BadInputError, TooManyError
from bot.news.article import ArticleId
from bot.news.schedules.desk import DeskMessage
from bot.news.servers.log import Act, Deed
from bot.news.servers.suggestion import NOT_STORED, TAKING_LASTS, Page, Suggestion, SuggestionId, SuggestionState
from bot.store.port import Store
from tests.news.test_suggestion import SUGGESTION
from tests.support.makers import SOME_DAY

DAY: Final = timedelta(days=1)
ARTICLE: Final = ArticleId("a" * 13)
DEED: Final = Deed(id=9, guild_id=1, member_id=8, at=SOME_DAY)


def of(number: int, **changes: object) -> Suggestion:
    """A suggestion of a page of its own."""
    page = Page(url=f"https://a.example/{number}", title=f"Title {number}")
    return replace(SUGGESTION, **{"id": NOT_STORED, "page": page, **changes})  # type: ignore[arg-type] # as `replace`


async def add(store: Store, suggestion: Suggestion, *, limit: int = 5) -> Suggestion:
    """Store it."""
    return await store.suggestions.add_suggestion(suggestion, since=SOME_DAY - DAY, limit=limit)


async def test_suggestion_is_kept_as_it_was_made(store: Store) -> None:
    """In its own server."""
    made = await add(store, of(1, credit="Mo"))

    assert await store.suggestions.find_suggestion(1, made.id) == made
    assert await store.suggestions.find_suggestion(2, made.id) is None


async def test_page_is_suggested_once_in_a_server(store: Store) -> None:
    """With or without `www.`, a fragment and tracking parameters; other servers have their own."""
    await add(store, of(1))
    again = Page(url="http://www.a.example/1/?utm_source=mail#top", title="Another title")

    with pytest.raises(BadInputError, match="suggested here already"):
        await add(store, of(1, page=again, member_id=99))
    await add(store, of(1, guild_id=2))


async def test_member_suggests_a_few_within_a_day(store: Store) -> None:
    """In each server; what is older doesn't count."""
    await add(store, of(1, at=SOME_DAY - 2 * DAY))
    await add(store, of(2))
    with pytest.raises(TooManyError, match="1 suggestions here within a day"):
        await add(store, of(3), limit=1)

    await add(store, of(3, member_id=99), limit=1)
    await add(store, of(3, guild_id=2), limit=1)


async def test_one_editor_takes_a_suggestion(store: Store) -> None:
    """Until it is known that their process has ended."""
    made = await add(store, of(1))
    later = SOME_DAY + TAKING_LASTS + timedelta(seconds=1)
    begun = [await store.suggestions.begin_taking(made.id, at=at) for at in (SOME_DAY, SOME_DAY, later, later)]

    assert begun == [True, False, True, False]


async def test_suggestion_is_decided_once_with_one_entry_of_the_log(store: Store) -> None:
    """An editor who is too late changes nothing."""
    made, refused = await add(store, of(1)), SuggestionState.REFUSED
    decide = store.suggestions.decide
    done = [
        await decide(
            made.id, refused, was=SuggestionState.WAITING, entry=replace(DEED, id=number).entry(Act.REFUSE, "T")
        )
        for number in (1, 2)
    ]

    assert done == [True, False]
    assert not await store.suggestions.begin_taking(made.id, at=SOME_DAY)
    assert len(await store.log.entries(1, since=SOME_DAY, limit=9)) == 1


async def test_credit_is_the_members_own_to_give(store: Store) -> None:
    """And is shown with the article that the suggestion became."""
    made = await add(store, of(1))
    assert not await store.suggestions.give_credit(made.id, member_id=99, credit="Eve")
    assert await store.suggestions.give_credit(made.id, member_id=7, credit="Mo")
    await store.suggestions.begin_taking(made.id, at=SOME_DAY)
    await store.suggestions.decide(made.id, SuggestionState.TAKEN, was=SuggestionState.TAKING, article=ARTICLE)

    assert await store.suggestions.credits(1, [ARTICLE, ArticleId("b" * 13)]) == {ARTICLE: "Mo"}
    assert await store.suggestions.credits(2, [ARTICLE]) == {}


async def test_member_is_forgotten_with_their_name(store: Store) -> None:
    """The suggestions stay."""
    made = await add(store, of(1, credit="Mo"))
    await add(store, of(2, guild_id=2))
    assert await store.suggestions.count_suggestions(7) == 2
    assert await store.suggestions.forget_suggester(7) == 2

    found = await store.suggestions.find_suggestion(1, made.id)
    assert found is not None
    assert (found.member_id, found.credit) == (0, "")
    assert await store.suggestions.count_suggestions(7) == 0


async def test_old_suggestions_are_dropped_and_their_ids_not_given_again(store: Store) -> None:
    """A button of a posted message must not decide about another suggestion."""
    made = await add(store, of(1))
    assert await store.suggestions.drop_suggestions(before=SOME_DAY) == 0
    assert await store.suggestions.drop_suggestions(before=SOME_DAY + DAY) == 1

    assert await store.suggestions.find_suggestion(1, made.id) is None
    assert (await add(store, of(1))).id > made.id


async def test_suggestions_of_a_server_that_was_left_are_purged(store: Store) -> None:
    """And until then the server is known to have data."""
    made = await add(store, of(1))
    assert 1 in await store.schedules.kept_guilds()
    await store.schedules.guild_left(1, at=SOME_DAY)
    await store.schedules.purge_guilds(left_before=SOME_DAY + DAY)

    assert await store.suggestions.find_suggestion(1, made.id) is None


async def test_message_of_a_suggestion_is_kept(store: Store) -> None:
    """Also what is known of an attempt to post it."""
    made = await add(store, of(1))
    message = DeskMessage(number=0, message_id=5, tried_at=SOME_DAY, first_tried_at=SOME_DAY, shown="x")
    await store.suggestions.save_message(made.desk, message)

    assert await store.suggestions.messages(made.schedule_id, made.desk.edition) == (message,)
    assert await store.suggestions.messages(made.schedule_id, replace(made, id=SuggestionId(99)).desk.edition) == ()


async def test_suggestion_is_on_the_desk_until_its_decision_is_shown(store: Store) -> None:
    """One that waits is never closed."""
    made = await add(store, of(1))
    await store.suggestions.close(made.desk)
    assert await store.suggestions.desks(guild_id=1) == (made.desk,)

    await store.suggestions.decide(made.id, SuggestionState.REFUSED, was=SuggestionState.WAITING)
    await store.suggestions.close(made.desk)
    assert await store.suggestions.desks() == ()
    assert await store.suggestions.desks(guild_id=2) == ()
