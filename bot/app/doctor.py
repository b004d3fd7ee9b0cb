"""What `newsdesk doctor` looks at. Each finding says what is so and, where it is not well, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from bot.app.config import Config, load_config
from bot.chat.account.client import point_at
from bot.chat.account.session import open_session
from bot.checkup import ask_health
from bot.checkup.schedules import check_schedules, check_store
from bot.clock import Clock
from bot.errors import ConfigError, NewsdeskError, StoreError, TokenRefusedError
from bot.news.article import INSTANCE_SHELF
from bot.news.checkup.channel import Surveyor
from bot.news.checkup.clock_bounds import MOST_APART_S
from bot.news.checkup.condition import Vitals, clock_finding, lag_finding
from bot.news.checkup.finding import Finding, trouble
from bot.news.delivery import DeliveryState
from bot.render.checkup import checkup_findings
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.ledger.check import check_ledger

Depth = Literal["quick", "usual", "full"]

MOST_SERVERS: Final = 20
"""Servers whose channels are looked at without being told to look at all: three requests each or more, two a second."""

LEDGER_WITHIN_S: Final = 30.0
"""How long an operator waits for the ledger's tables to be read."""


async def examine(
    config_path: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    depth: Depth = "usual",
    most_servers: int = MOST_SERVERS,
) -> tuple[Finding, ...]:
    """Look at everything that can be seen beside a running bot; nothing is changed.

    Args:
        config_path: As `load_config`.
        environ: As `load_config`.
        clock: For ages, and against Discord's.
        depth: `quick` asks neither Discord nor the running bot and leaves the database's pages unchecked, for a health
            check every minute; `full` reads them all and looks at every server, however many there are.
        most_servers: Of how many servers the channels are looked at otherwise.
    """
    try:
        config = load_config(config_path, environ)
    except ConfigError as error:
        return tuple(trouble(problem, "See config.example.toml.", what="configuration") for problem in error.problems)
    return (_token(config), *_seeds(config), *await _database(config, clock, depth, most_servers))


def _token(config: Config) -> Finding:
    if config.token is None:
        cure = "Make one in Discord's developer portal and set NEWSDESK_TOKEN or `token_file`."
        return trouble("none was given.", cure, what="token")
    return Finding(what="token", is_well=True, text="given.")


def _seeds(config: Config) -> tuple[Finding, ...]:
    if not config.seeds:
        return (Finding(what="seeds", is_well=True, text="no folder is watched; articles come by upload alone."),)
    return tuple(
        Finding(what="seeds", is_well=True, text=f"{folder} is there.")
        if folder.is_dir()
        else trouble(f"{folder} is missing.", "Make it, or mend `seeds`.", what="seeds")
        for folder in config.seeds
    )


async def _database(config: Config, clock: Clock, depth: Depth, most_servers: int) -> tuple[Finding, ...]:
    try:
        async with open_store(config.database, clock=clock, read_only=True) as store:
            if depth == "usual":
                await store.database.quick_check()
            elif depth == "full":
                await store.database.integrity_check()
                await check_ledger(store.database)
            return (
                Finding(what="database", is_well=True, text=f"{config.database} can be read."),
                await _archive(store),
                await _ledger(store),
                *await _of_now(config, store, clock, depth, most_servers),
            )
    except StoreError as error:
        return (trouble(error.message, error.cure, what="database"),)


async def _of_now(config: Config, store: Store, clock: Clock, depth: Depth, most_servers: int) -> tuple[Finding, ...]:
    if depth == "quick":
        return await _schedules(store, None, clock, most=0)
    most = None if depth == "full" else most_servers
    return (
        *await check_store(store, now=clock.now(), within_s=LEDGER_WITHIN_S),
        lag_finding(await store.schedules.oldest_due(clock.now()), clock.now()),
        *await _running_bot(config),
        *await _discord(config, store, clock, most),
    )


async def _running_bot(config: Config) -> tuple[Finding, ...]:
    address = config.health_address
    if address is None:
        return (Finding(what="bot", is_well=None, text="not asked: `health_address` is empty."),)
    problems = await ask_health(address.host, address.port)
    if problems is None:
        text = f"nothing answers at {address.host}:{address.port}: it isn't running, or not from this configuration."
        return (Finding(what="bot", is_well=None, text=text),)
    cure = "Its log says more."
    return tuple(trouble(f"{problem}.", cure, what="bot") for problem in problems) or (
        Finding(what="bot", is_well=True, text="running, and content."),
    )


async def _discord(config: Config, store: Store, clock: Clock, most: int | None) -> tuple[Finding, ...]:
    """The clock against Discord's and the channels of each server; without Discord the schedules alone."""
    try:
        token = _token_of(config)
        if config.api_base is not None:
            point_at(config.api_base)
        async with open_session(token, clock) as visit:
            schedules = await _schedules(store, visit.surveyor, clock, most=most)
            return (_clock(visit.offset_s()), *schedules)
    except TokenRefusedError as error:
        left_out = trouble(error.message, error.cure, what="token")
    except NewsdeskError as error:
        text = f"{error.message} Left out: the clock against Discord's, channels and permissions."
        left_out = Finding(what="discord", is_well=None, text=text)
    return (left_out, *await _schedules(store, None, clock, most=most))


def _token_of(config: Config) -> str:
    if config.token is None:
        raise NewsdeskError("No token was given.")
    return config.require_token()


def _clock(offset_s: float | None) -> Finding:
    is_right = offset_s is not None and abs(offset_s) <= MOST_APART_S
    return clock_finding(Vitals(offset_s=offset_s, is_clock_trusted=is_right, is_connected=True))


async def _schedules(store: Store, surveyor: Surveyor | None, clock: Clock, *, most: int | None) -> tuple[Finding, ...]:
    """Each schedule's findings, server by server; the channels of `most` servers are looked at (None: of all)."""
    schedules = await store.schedules.schedules()
    guilds = list(dict.fromkeys(schedule.guild_id for schedule in schedules))
    found = [Finding(what="schedules", is_well=True, text=f"{len(schedules)} in all.")]
    for number, guild_id in enumerate(guilds):
        looks = surveyor if most is None or number < most else None
        for each in await check_schedules(store, looks, guild_id=guild_id, now=clock.now()):
            found += checkup_findings(each)
    if surveyor is not None and most is not None and len(guilds) > most:
        text = f"the channels of {len(guilds) - most} more servers were not looked at; --full does."
        found.append(Finding(what="schedules", is_well=None, text=text))
    return tuple(found)


async def _archive(store: Store) -> Finding:
    size = await store.articles.shelf_size(INSTANCE_SHELF)
    problems = await store.articles.problems(INSTANCE_SHELF, limit=1000)
    if problems:
        text = f"{size.articles} articles; {len(problems)} seed files are refused, the first: {problems[0]}"
        return trouble(text, "Mend the files; `newsdesk check` shows them all.", what="archive")
    if not size.articles:
        return trouble("no articles yet.", "Run `newsdesk ingest FOLDER` or upload seeds.", what="archive")
    return Finding(what="archive", is_well=True, text=f"{size.articles} articles.")


async def _ledger(store: Store) -> Finding:
    counts = await store.deliveries.counts()
    text = ", ".join(f"{counts.get(state, 0)} {state.value}" for state in DeliveryState)
    return Finding(what="deliveries", is_well=True, text=f"{text}.")
