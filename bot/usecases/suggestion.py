"""Suggest a page for the next edition, and take or refuse what was suggested.

The ledger and a server's articles are files of their own, so no transaction spans both. Taking is therefore begun in
the ledger, then the article is imported under a name that follows from the suggestion, then the ledger records it. A
kill between leaves it to be taken again, which imports the same article: nothing is lost or doubled.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInputError, UnknownEditionError
from bot.news.article import ArticleId, server_shelf, shelves_seen_by
from bot.news.delivery import ScheduleId
from bot.news.schedules.desk import Desk, DeskFace, desk_key
from bot.news.schedules.looking import coming_edition
from bot.news.schedules.schedule import ScheduleState
from bot.news.servers.log import Act, Deed
from bot.news.servers.suggestion import (
    SUGGESTIONS_A_DAY,
    Page,
    Suggestion,
    SuggestionId,
    SuggestionState,
    credit_of,
    read_page,
    seed_text,
    suggestion_of,
)
from bot.render.edition.suggestion import draft_suggestion
from bot.seedfile.plain import plain
from bot.store.port import Store

_DAY: Final = timedelta(days=1)

TakeIn = Callable[[str, str], Awaitable[object]]
"""Imports a seed file, by its name and its text, into the server's articles."""


async def suggest(store: Store, guild_id: int, page: Page, *, member_id: int, now: datetime) -> Suggestion:
    """Put a page on the desk of the schedule whose edition comes next.

    Args:
        store: The database.
        guild_id: The server.
        page: As `read_page` gives it.
        member_id: The member who suggests it.
        now: The current moment.

    Raises:
        BadInputError: the server has no desk, the archive has the page, or it was suggested before.
        TooManyError: the member made too many suggestions within a day.
    """
    schedule_id, channel_id = await _desk_for(store, guild_id, now)
    if await store.articles.find_by_url(shelves_seen_by(guild_id), page.url):
        raise BadInputError("I have an article with this link already.", cure="Find it with /news related.")
    suggestion = Suggestion(
        guild_id=guild_id,
        schedule_id=schedule_id,
        channel_id=channel_id,
        member_id=member_id,
        at=now,
        page=page,
    )
    return await store.suggestions.add_suggestion(suggestion, since=now - _DAY, limit=SUGGESTIONS_A_DAY)


async def suggest_message(
    store: Store, guild_id: int, text: str, pages: Sequence[Page], *, title: str = "", member_id: int, now: datetime
) -> Suggestion:
    """Suggest the page of a message or a link; arguments as for `read_page`, raises as `suggest` and `read_page`."""
    return await suggest(store, guild_id, read_as_seed(text, pages, title=title), member_id=member_id, now=now)


def read_as_seed(text: str, pages: Sequence[Page], *, title: str = "") -> Page:
    """Read the page of a message as its seed will be read; arguments and errors as for `read_page`.

    A seed's text loses markup and entities: what editors decide about is what is imported.
    """
    texts = [
        replace(page, title=plain(page.title), description=plain(page.description), site=plain(page.site))
        for page in pages
    ]
    return read_page(text, texts, title=plain(title))


async def _desk_for(store: Store, guild_id: int, now: datetime) -> tuple[ScheduleId, int]:
    """Find the desk of the active schedule that is due next; if none is active, of one that is paused."""
    found = [
        (schedule.state is not ScheduleState.ACTIVE, coming_edition(schedule, outlook, now)[1], schedule.id, channel_id)
        for schedule, outlook in await store.schedules.outlooks(guild_id)
        if schedule.has_desk and (channel_id := schedule.desk_channel_id) is not None
    ]
    if found:
        _, _, schedule_id, channel_id = min(found)
        return schedule_id, channel_id
    raise BadInputError(
        "This server has no editors' desk, so nobody would see it.",
        cure="Members with Manage Server or an editor role can name one with /schedule desk.",
    )


async def name_suggester(store: Store, guild_id: int, suggestion: SuggestionId, *, member_id: int, name: str) -> None:
    """Show a member's name with what they suggested.

    Raises:
        BadInputError: the suggestion was deleted, or isn't theirs.
    """
    found = await store.suggestions.find_suggestion(guild_id, suggestion)
    if found is None or not await store.suggestions.give_credit(
        suggestion, member_id=member_id, credit=credit_of(name)
    ):
        raise _gone()


async def take_suggestion(
    store: Store, guild_id: int, suggestion: SuggestionId, take_in: TakeIn, *, deed: Deed
) -> Suggestion:
    """Make a suggestion an article of the server, and return it as it is then.

    Raises:
        BadInputError: it was deleted, or decided about, or another editor is taking it.
        TooManyError: a limit of imports is reached; it waits for another try.
    """
    found = await _waiting(store, guild_id, suggestion)
    if not await store.suggestions.begin_taking(suggestion, at=deed.at):
        raise await _decided(store, guild_id, suggestion)
    try:
        article = await _imported(store, found, take_in)
    except BaseException:
        await store.suggestions.decide(suggestion, SuggestionState.WAITING, was=SuggestionState.TAKING)
        raise
    entry = deed.entry(Act.TAKE, found.page.title)
    if not await store.suggestions.decide(
        suggestion, SuggestionState.TAKEN, was=SuggestionState.TAKING, article=article, entry=entry
    ):
        raise await _decided(store, guild_id, suggestion)
    return await _found(store, guild_id, suggestion)


async def _imported(store: Store, suggestion: Suggestion, take_in: TakeIn) -> ArticleId | None:
    """Import a suggestion, and return its article; None if another article has its link, which is then enough."""
    shelf = server_shelf(suggestion.guild_id)
    known = await store.articles.find_by_url(shelves_seen_by(suggestion.guild_id), suggestion.page.url)
    if any(article.stem != suggestion.stem and not article.is_stub for article in known):
        return None
    await take_in(f"{suggestion.stem}.md", seed_text(suggestion))
    article = await store.articles.find_by_stem(shelf, suggestion.stem)
    if article is None:
        raise BadInputError("This can't be imported: its link or its title is refused.", cure="Refuse it.")
    return article.id


async def refuse_suggestion(store: Store, guild_id: int, suggestion: SuggestionId, *, deed: Deed) -> Suggestion:
    """Refuse a suggestion, and return it as it is then.

    Raises:
        BadInputError: it was deleted, or decided about, or another editor is taking it.
    """
    found = await _waiting(store, guild_id, suggestion)
    entry = deed.entry(Act.REFUSE, found.page.title)
    if not await store.suggestions.decide(
        suggestion, SuggestionState.REFUSED, was=SuggestionState.WAITING, entry=entry
    ):
        raise await _decided(store, guild_id, suggestion)
    return await _found(store, guild_id, suggestion)


async def _found(store: Store, guild_id: int, suggestion: SuggestionId) -> Suggestion:
    found = await store.suggestions.find_suggestion(guild_id, suggestion)
    if found is None:
        raise _gone()
    return found


async def _waiting(store: Store, guild_id: int, suggestion: SuggestionId) -> Suggestion:
    found = await _found(store, guild_id, suggestion)
    if found.is_decided:
        raise await _decided(store, guild_id, suggestion)
    return found


async def _decided(store: Store, guild_id: int, suggestion: SuggestionId) -> BadInputError:
    found = await store.suggestions.find_suggestion(guild_id, suggestion)
    if found is None:
        return _gone()
    cure = "If it stays so, press Take again in two minutes." if found.state is SuggestionState.TAKING else ""
    return BadInputError(_SAID[found.state], cure=cure or "Nothing was changed.")


_SAID: Final = {
    SuggestionState.WAITING: "This suggestion waits again.",
    SuggestionState.TAKING: "An editor is taking this suggestion.",
    SuggestionState.TAKEN: "This suggestion was taken already.",
    SuggestionState.REFUSED: "This suggestion was refused already.",
}


def _gone() -> BadInputError:
    return BadInputError("This suggestion was deleted.", cure="Suggestions are kept for 30 days.")


async def suggestion_face(store: Store, desk: Desk) -> DeskFace:
    """Draw the message of a suggestion as it is now.

    Raises:
        UnknownEditionError: it was deleted.
    """
    found = await store.suggestions.find_suggestion(desk.guild_id, suggestion_of(desk.edition))
    if found is None:
        raise UnknownEditionError("This suggestion was deleted.")
    return DeskFace(messages=(draft_suggestion(found, desk_key(desk, 0)),), since=found.at, is_over=found.is_decided)
