"""Read stored editions, and explain why an article was picked or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.errors import BadInputError, UnknownArticleError, UnknownEditionError
from bot.news.article import Article, ArticleId, ShelfId, shelves_seen_by
from bot.news.choosing.eligibility import out_of_reach
from bot.news.delivery import DeliveryState
from bot.news.edition import Edition, Reason, Verdict
from bot.news.schedules.schedule import Schedule
from bot.store.port import Store
from bot.usecases.digest.choose import StoryNames, choose
from bot.usecases.digest.parts import picks_now

_NOT_IN_PERIOD: Final = "in no edition of the period"
_NOT_POSTED: Final = frozenset({DeliveryState.FAILED, DeliveryState.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A verdict with its article; `article` is None if it was deleted or taken down since."""

    verdict: Verdict
    article: Article | None


async def latest_edition(store: Store, schedule: Schedule, number: int | None = None) -> Edition:
    """Read an edition as it was posted, with its articles corrected and without those taken down since.

    Args:
        store: The database.
        schedule: The schedule of the edition.
        number: The edition's number; None for the latest one that counts as sent.

    Raises:
        UnknownEditionError: there is no edition of that number, it was not posted, or there is none yet.
    """
    edition = await store.digest.find_edition(schedule.id, number)
    if edition is not None:
        await _require_posted(store, edition)
        return await _as_now(store, edition)
    if number is None:
        raise UnknownEditionError(
            f"{schedule.name} hasn't posted yet.", cure="See /schedule show for when its first edition is due."
        )
    raise UnknownEditionError(
        f"{schedule.name} has no edition {number}.", cure="Leave the number out to see the latest edition."
    )


async def _require_posted(store: Store, edition: Edition) -> None:
    parts = await store.deliveries.deliveries(edition.schedule_id, edition.key)
    if parts and all(part.state in _NOT_POSTED for part in parts):
        raise UnknownEditionError(
            f"Edition {edition.number} was not posted.", cure="Use /digest latest for the latest one that was."
        )


async def edition_of_message(store: Store, delivery_key: str) -> Edition:
    """Read the edition that a posted message belongs to, as `latest_edition`.

    Args:
        store: The database.
        delivery_key: The key in the custom id of the message's button.

    Raises:
        UnknownEditionError: no edition has that key, or it was deleted.
    """
    edition = await store.digest.find_edition_by_delivery(delivery_key)
    if edition is None:
        raise UnknownEditionError("This edition has been deleted.", cure="Use /digest latest for the latest one.")
    return await _as_now(store, edition)


async def reasons_of(store: Store, shelves: Sequence[ShelfId], edition: Edition) -> tuple[Explained, ...]:
    """Read the stored reasons for every article that entered in an edition's window, by article id."""
    verdicts = await store.digest.verdicts(edition.schedule_id, edition.key)
    return await _explained(store, shelves, verdicts)


async def why(
    store: Store,
    schedule: Schedule,
    *,
    now: datetime,
    number: int | None = None,
    article: ArticleId | None = None,
    stories: StoryNames | None = None,
) -> tuple[Explained, ...]:
    """Explain why articles are in an edition or not.

    Args:
        store: The database.
        schedule: The schedule of the edition.
        now: The cutoff of the next edition, used if none is planned yet.
        number: The edition's number; None for the latest one with stories, or the next one if there is none; for
            breaking news what a look would find now.
        article: Explain only this article, whatever its age: by the stored reason, or else by what the rule says today
            for that edition's window. None explains every article that entered.
        stories: As for `plan_edition`.

    Raises:
        UnknownEditionError: there is no edition of that number.
        UnknownArticleError: the server has no such article.
        BadInputError: the article is a stub, known only from other articles' lists, so no edition can pick it.
    """
    shelves = shelves_seen_by(schedule.guild_id)
    looks_now = schedule.rule == "breaking" and number is None
    edition = None if looks_now else await store.digest.find_edition(schedule.id, number, drafts=True)
    if edition is None and number is not None:
        raise UnknownEditionError(
            f"{schedule.name} has no edition {number}.", cure="Leave the number out to see the latest edition."
        )
    verdicts = await store.digest.verdicts(schedule.id, edition.key) if edition else ()
    if article is not None:
        found = next((verdict for verdict in verdicts if verdict.article_id == article), None)
        cutoff = edition.due_at if edition else now
        if found is None:
            found = await _computed(store, schedule, article, cutoff, stories)
        return await _explained(store, shelves, (found,))
    if edition is None:
        choice = await choose(store, schedule, cutoff=now, stories=stories)
        verdicts = tuple(verdict for verdict in choice.verdicts if verdict.reason is not Reason.OUTSIDE_WINDOW)
    return await _explained(store, shelves, verdicts)


async def _computed(
    store: Store,
    schedule: Schedule,
    article: ArticleId,
    cutoff: datetime,
    stories: StoryNames | None,
) -> Verdict:
    choice = await choose(store, schedule, cutoff=cutoff, stories=stories)
    found = next((verdict for verdict in choice.verdicts if verdict.article_id == article), None)
    if found is not None:
        return found
    known = await store.articles.find_article(shelves_seen_by(schedule.guild_id), article)
    if known is None:
        raise UnknownArticleError("No such article.", cure="Choose one from the list as you type.")
    if known.is_stub:
        raise BadInputError(
            "That article is known only as coverage of other articles, so it can't be picked for an edition.",
            cure="Import its own seed file first.",
        )
    if schedule.rule == "best-of":
        return Verdict(article_id=article, reason=Reason.OUTSIDE_WINDOW, detail=_NOT_IN_PERIOD)
    return out_of_reach(known, schedule, cutoff).of(known)


async def _explained(store: Store, shelves: Sequence[ShelfId], verdicts: Sequence[Verdict]) -> tuple[Explained, ...]:
    articles = await store.articles.find_articles(shelves, [verdict.article_id for verdict in verdicts])
    by_id = {article.id: article for article in articles}
    return tuple(Explained(verdict=verdict, article=by_id.get(verdict.article_id)) for verdict in verdicts)


async def _as_now(store: Store, edition: Edition) -> Edition:
    shelves = {article.shelf for pick in edition.picks for article in (*pick.story.articles, pick.article)}
    return replace(edition, picks=await picks_now(store, sorted(shelves), edition.picks))
