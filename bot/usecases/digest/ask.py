"""Questions about editions: what was told, and why an article was picked or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import BadInputError, UnknownArticleError, UnknownEditionError
from bot.news.article import Article, ArticleId, ShelfId, shelves_seen_by
from bot.news.choosing.eligibility import out_of_reach
from bot.news.edition import Edition, Reason, Verdict
from bot.news.schedule import Schedule
from bot.news.stories.story import Story, story_of
from bot.store.port.article import ArticleStore
from bot.store.port.digest import DigestStore
from bot.store.port.related import RelatedStore
from bot.usecases.digest.choose import StoryNames, choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A verdict with its article; None where the article is gone or was taken down since."""

    verdict: Verdict
    article: Article | None


async def latest_edition(digest_store: DigestStore, schedule: Schedule, number: int | None = None) -> Edition:
    """An edition as it was told, without what was taken down since.

    Args:
        digest_store: Where it is kept.
        schedule: Whose edition.
        number: Which; None for the newest with stories.

    Raises:
        UnknownEditionError: there is none of that number, or none yet.
    """
    edition = await digest_store.find_edition(schedule.id, number)
    if edition is not None:
        return await _without_what_is_gone(digest_store, edition)
    if number is None:
        raise UnknownEditionError(
            f"{schedule.name} has told nothing yet.", cure="Its first edition comes when it is due."
        )
    raise UnknownEditionError(f"{schedule.name} has no edition {number}.", cure="Ask without a number for the newest.")


async def edition_of_message(digest_store: DigestStore, delivery_key: str) -> Edition:
    """The edition that a posted message belongs to, without what was taken down since.

    Args:
        digest_store: Where it is kept.
        delivery_key: What the message's button carries.

    Raises:
        UnknownEditionError: no edition is known by that key (any more).
    """
    edition = await digest_store.find_edition_by_delivery(delivery_key)
    if edition is None:
        raise UnknownEditionError("This edition is not kept any more.", cure="See the newest with /digest latest.")
    return await _without_what_is_gone(digest_store, edition)


async def edition_coverage(digest_store: DigestStore, delivery_key: str, article: ArticleId) -> Story:
    """The story that an edition told with this pick, without what was taken down since.

    Raises:
        UnknownEditionError: no edition is known by that key (any more).
        UnknownArticleError: the article is none of its picks (any more).
    """
    edition = await edition_of_message(digest_store, delivery_key)
    for pick in edition.picks:
        if pick.article.id == article:
            return pick.story
    raise UnknownArticleError("This story is not in the edition any more.", cure="Choose another one.")


async def reasons_of(
    digest_store: DigestStore, article_store: ArticleStore, shelves: Sequence[ShelfId], edition: Edition
) -> tuple[Explained, ...]:
    """The stored reasons of everything that entered in an edition's window, by article id."""
    verdicts = await digest_store.verdicts(edition.schedule_id, edition.key)
    return await _explained(article_store, shelves, verdicts)


async def why(
    digest_store: DigestStore,
    related_store: RelatedStore,
    article_store: ArticleStore,
    schedule: Schedule,
    *,
    now: datetime,
    number: int | None = None,
    article: ArticleId | None = None,
    stories: StoryNames | None = None,
) -> tuple[Explained, ...]:
    """Why articles are in an edition or not.

    Args:
        digest_store: Editions, their reasons, and candidates.
        related_store: Coverage among candidates.
        article_store: The articles that the answer names.
        schedule: Whose edition.
        now: The cutoff of the coming edition, where none is planned yet.
        number: Which edition; None for the newest with stories, or the coming one where there is none.
        article: Only this one, whatever its age: the stored reason, or else what the rule says of it today for that
            edition's window. None for everything that entered.
        stories: As for `plan_edition`.

    Raises:
        UnknownEditionError: there is no edition of that number.
        UnknownArticleError: the server sees no such article.
        BadInputError: the article is known only from other articles' lists, so no edition can pick it.
    """
    shelves = shelves_seen_by(schedule.guild_id)
    edition = await digest_store.find_edition(schedule.id, number)
    if edition is None and number is not None:
        raise UnknownEditionError(f"{schedule.name} has no edition {number}.", cure="Ask without a number.")
    verdicts = await digest_store.verdicts(schedule.id, edition.key) if edition else ()
    if article is not None:
        found = next((verdict for verdict in verdicts if verdict.article_id == article), None)
        cutoff = edition.due_at if edition else now
        if found is None:
            found = await _computed(digest_store, related_store, article_store, schedule, article, cutoff, stories)
        return await _explained(article_store, shelves, (found,))
    if edition is None:
        choice = await choose(digest_store, related_store, schedule, cutoff=now, stories=stories)
        verdicts = tuple(verdict for verdict in choice.verdicts if verdict.reason is not Reason.OUTSIDE_WINDOW)
    return await _explained(article_store, shelves, verdicts)


async def _computed(
    digest_store: DigestStore,
    related_store: RelatedStore,
    article_store: ArticleStore,
    schedule: Schedule,
    article: ArticleId,
    cutoff: datetime,
    stories: StoryNames | None,
) -> Verdict:
    choice = await choose(digest_store, related_store, schedule, cutoff=cutoff, stories=stories)
    found = next((verdict for verdict in choice.verdicts if verdict.article_id == article), None)
    if found is not None:
        return found
    known = await article_store.find_article(shelves_seen_by(schedule.guild_id), article)
    if known is None:
        raise UnknownArticleError("There is no such article here.", cure="Choose one from the list as you type.")
    if known.is_stub:
        raise BadInputError(
            "That article is known only from other articles' lists, so it stands under stories and is never picked.",
            cure="It can be picked once its own file is imported.",
        )
    return out_of_reach(known, schedule, cutoff).of(known)


async def _explained(
    article_store: ArticleStore, shelves: Sequence[ShelfId], verdicts: Sequence[Verdict]
) -> tuple[Explained, ...]:
    articles = await article_store.find_articles(shelves, [verdict.article_id for verdict in verdicts])
    by_id = {article.id: article for article in articles}
    return tuple(Explained(verdict=verdict, article=by_id.get(verdict.article_id)) for verdict in verdicts)


async def _without_what_is_gone(digest_store: DigestStore, edition: Edition) -> Edition:
    told = {article.id for pick in edition.picks for article in (*pick.story.articles, pick.article)}
    gone = await digest_store.taken_down(sorted(told))
    picks = []
    for pick in edition.picks:
        if pick.article.id not in gone:
            story = story_of(article for article in pick.story.articles if article.id not in gone)
            picks.append(replace(pick, story=story))
    return replace(edition, picks=tuple(picks))
