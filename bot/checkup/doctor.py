"""`newsdesk doctor`: check an installation from another process than the bot's, changing nothing."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from bot.checkup.check import check_bot, check_schedules
from bot.checkup.probe import ask_health
from bot.clock import Clock
from bot.errors import NewsdeskError, StoreError, TokenRefusedError
from bot.news.article import EARLIEST_DATE, INSTANCE_SHELF, LATEST_DATE
from bot.news.checkup.channel import PermissionCheck
from bot.news.checkup.clock_bounds import MOST_APART_S
from bot.news.checkup.endpoint import AppEndpoint, endpoint_findings
from bot.news.checkup.finding import Finding, Status, failing, passing, unchecked
from bot.news.checkup.health import problems_in
from bot.news.checkup.runtime import clock_finding
from bot.news.delivery import DeliveryState
from bot.news.search import SearchQuery
from bot.render.checkup import schedule_lines
from bot.render.format.number import count_of
from bot.store.port import Store
from bot.text.clean import clean

Depth = Literal["quick", "usual", "full"]

MAX_SERVERS: Final = 20
"""Limit of servers whose channels are checked unless told to check all: three requests each or more, two a second."""

OPERATOR_WAITS_S: Final = 30.0
"""Time limit for reading the ledger's tables while an operator waits."""


class DiscordSession(Protocol):
    """A login to Discord for a few reads, without the gateway."""

    @property
    def permissions(self) -> PermissionCheck:
        """Reads the bot's permissions in channels."""
        ...

    @property
    def offset_s(self) -> Callable[[], float | None]:
        """Returns Discord's clock minus ours in seconds; None before the first response."""
        ...

    @property
    def endpoint(self) -> AppEndpoint:
        """Where Discord sends interactions."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the doctor examines.

    Attributes:
        has_token: A token was configured.
        token_file: The file that it was read from; None if it wasn't.
        seeds: The configured folders of seed files.
        database: The database's path.
        health_address: Host and port of the running bot's `/healthz`; None if it is switched off.
        public_key: The key that signs interactions over HTTP; None if none arrive there.
        has_gateway: Whether the bot connects to the gateway.
        collector: Checks the feed collector; None if no feeds are configured.
        open_store: Opens the database for reading, after the checks of its pages that the depth asks for.
        open_session: Logs in to Discord with the configured token.
    """

    has_token: bool
    token_file: Path | None
    seeds: tuple[Path, ...]
    database: Path
    health_address: tuple[str, int] | None
    public_key: str | None
    has_gateway: bool
    collector: Callable[[], Iterable[Finding]] | None
    open_store: Callable[[Depth], AbstractAsyncContextManager[Store]]
    open_session: Callable[[], AbstractAsyncContextManager[DiscordSession]]


async def check_installation(
    installation: Installation, clock: Clock, *, depth: Depth, max_servers: int = MAX_SERVERS
) -> tuple[Finding, ...]:
    """Check everything that can be seen from outside the running bot.

    Args:
        installation: What to check.
        clock: The machine's clock, compared with Discord's.
        depth: `quick` asks neither Discord nor the running bot and skips the database's pages, for a health check
            every minute; `full` reads all pages and checks the channels of every server.
        max_servers: At the other depths, the channels of at most this many servers are checked.
    """
    return (
        _token_finding(installation),
        *_seeds_findings(installation.seeds),
        *(installation.collector() if installation.collector is not None else ()),
        *await _store_findings(installation, clock, depth, max_servers),
    )


def _token_finding(installation: Installation) -> Finding:
    path = installation.token_file
    if path is not None and (others := _readers_of(path)):
        return failing(f"{path} can be read by {others}.", f"Use `chmod 600 {path}`.", check="token")
    if installation.has_token:
        return passing("token", "configured.")
    cure = "Create one in Discord's Developer Portal, and set NEWSDESK_TOKEN or `token_file`."
    return failing("not configured.", cure, check="token")


def _readers_of(path: Path) -> str:
    """Name the users besides its owner who can read a file; empty for none."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    return "all users of this machine" if mode & stat.S_IROTH else "its group" if mode & stat.S_IRGRP else ""


def _seeds_findings(folders: tuple[Path, ...]) -> tuple[Finding, ...]:
    if not folders:
        return (passing("seeds", "no folder is watched; articles come from uploads only."),)
    return tuple(
        passing("seeds", f"{folder} exists.")
        if folder.is_dir()
        else failing(f"{folder} is missing.", "Create it, or fix `seeds`.", check="seeds")
        for folder in folders
    )


async def _store_findings(
    installation: Installation, clock: Clock, depth: Depth, max_servers: int
) -> tuple[Finding, ...]:
    try:
        async with installation.open_store(depth) as store:
            health = () if depth == "quick" else await _bot_findings(installation, store, clock)
            found = (
                passing("database file", f"{installation.database} can be read."),
                await _archive_finding(store, is_read=not any(map(_is_being_read, health))),
                *await _date_findings(store, clock),
                await _ledger_finding(store),
            )
            if depth == "quick":
                return (*found, *await _schedule_findings(store, None, clock, limit=0))
            limit = None if depth == "full" else max_servers
            return (
                *found,
                *health,
                *await _discord_findings(installation, store, clock, limit),
            )
    except StoreError as error:
        return (failing(error.message, error.cure, check="database"), *await _own_problems(installation, depth))


async def _own_problems(installation: Installation, depth: Depth) -> tuple[Finding, ...]:
    """The problems that a running bot reports, which may have another file open than the one at the path."""
    if depth == "quick" or installation.health_address is None:
        return ()
    return await ask_health(*installation.health_address) or ()


async def _bot_findings(installation: Installation, store: Store, clock: Clock) -> tuple[Finding, ...]:
    """The bot's health as seen from outside, and the problems that only the running bot knows of."""
    own = (await check_bot(store, None, now=clock.now(), within_s=OPERATOR_WAITS_S)).findings
    if installation.health_address is None:
        return (*own, unchecked("not asked: `health_address` is empty.", check="bot"))
    host, port = installation.health_address
    answered = await ask_health(host, port)
    if answered is None:
        text = f"no answer at {host}:{port}: it isn't running, or has another configuration."
        return (*own, unchecked(text, check="bot"))
    # Whether an edition is late depends on how long the bot has been running, which only the bot knows.
    is_late = any(finding.check == "editions" for finding in answered)
    own = tuple(each for each in own if is_late or each.check != "editions" or each.status is not Status.FAILING)
    known = {"collector", *(finding.check for finding in problems_in(own))}
    others = tuple(each for each in answered if each.check not in known)
    is_well = not problems_in(others)
    return (*own, *others, *((passing("bot", "running, no problems."),) if is_well else ()))


async def _discord_findings(
    installation: Installation, store: Store, clock: Clock, limit: int | None
) -> tuple[Finding, ...]:
    """The clock compared with Discord's, and each server's schedules; without Discord the schedules only."""
    try:
        async with installation.open_session() as session:
            schedules = await _schedule_findings(store, session.permissions, clock, limit=limit)
            interactions = endpoint_findings(
                session.endpoint, public_key=installation.public_key, has_gateway=installation.has_gateway
            )
            return (_clock_finding(session.offset_s()), *interactions, *schedules)
    except TokenRefusedError as error:
        discord = failing(error.message, error.cure, check="token")
    except NewsdeskError as error:
        text = f"{error.message} Not checked: Discord's clock, channels and permissions."
        discord = unchecked(text, check="discord")
    return (discord, *await _schedule_findings(store, None, clock, limit=limit))


def _clock_finding(offset_s: float | None) -> Finding:
    return clock_finding(offset_s, is_trusted=offset_s is not None and abs(offset_s) <= MOST_APART_S)


async def _schedule_findings(
    store: Store, permissions: PermissionCheck | None, clock: Clock, *, limit: int | None
) -> tuple[Finding, ...]:
    """Each schedule's findings, by server; channels are checked in at most `limit` servers (None: in all)."""
    schedules = await store.schedules.schedules()
    guilds = list(dict.fromkeys(schedule.guild_id for schedule in schedules))
    found = [passing("schedules", f"{len(schedules)} in total.")]
    for number, guild_id in enumerate(guilds):
        check = permissions if limit is None or number < limit else None
        for each in await check_schedules(store, check, guild_id=guild_id, now=clock.now()):
            found += schedule_lines(each)
    if permissions is not None and limit is not None and len(guilds) > limit:
        text = f"channels of {len(guilds) - limit} more servers were not checked; use --full."
        found.append(unchecked(text, check="schedules"))
    return tuple(found)


def _is_being_read(finding: Finding) -> bool:
    return finding.check == "seeds" and finding.status is Status.UNKNOWN


async def _archive_finding(store: Store, *, is_read: bool) -> Finding:
    size = await store.articles.shelf_size(INSTANCE_SHELF)
    problems = await store.articles.problems(INSTANCE_SHELF, limit=1000)
    notes = await store.articles.notes(INSTANCE_SHELF, limit=1000)
    if problems:
        counted = count_of(len(problems), "problem") + (f" and {count_of(len(notes), 'note')}" if notes else "")
        text = f"{size.articles} articles; {counted} in seeds, the first: {problems[0]}"
        return failing(text, "Fix the files; `newsdesk check` lists them all.", check="archive")
    if not size.articles and not is_read:
        return unchecked("no articles yet.", check="archive")
    if not size.articles:
        return failing("no articles yet.", "Run `newsdesk ingest FOLDER`, or upload seeds.", check="archive")
    noted = f"; {count_of(len(notes), 'note')}, the first: {notes[0]}" if notes else "."
    return passing("archive", f"{size.articles} articles{noted}")


async def _date_findings(store: Store, clock: Clock) -> tuple[Finding, ...]:
    """Name the articles whose dates can't be right; they are left out of editions and stories."""
    found = [
        await store.search.search((INSTANCE_SHELF,), query, now=clock.now(), limit=1)
        for query in (SearchQuery(before=EARLIEST_DATE), SearchQuery(after=LATEST_DATE))
    ]
    total = sum(result.total for result in found)
    if not total:
        return ()
    first = next(article for result in found for article in result.articles)
    text = f"{count_of(total, 'article')} with an impossible date, the first: {clean(first.title)} ({first.stem}), "
    text += f"dated {first.published_at.date().isoformat()}; left out of editions and stories."
    return (failing(text, "Correct publishedDateTime in the seed file, or delete the article.", check="archive"),)


async def _ledger_finding(store: Store) -> Finding:
    counts = await store.deliveries.counts()
    text = ", ".join(f"{counts.get(state, 0)} {state.value}" for state in DeliveryState)
    return passing("deliveries", f"{text}.")
