"""What `newsdesk doctor` looks at. Each finding says what is so and, where it is not well, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.clock import Clock
from bot.config import Config, load_config
from bot.errors import ConfigError, StoreError
from bot.news.article import INSTANCE_SHELF
from bot.news.delivery import DeliveryState
from bot.news.schedule import ScheduleState
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.soundness import check_ledger

Depth = Literal["quick", "usual", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `cure` is empty where all is well."""

    what: str
    is_well: bool
    text: str
    cure: str = ""


async def examine(
    config_path: Path | None, environ: Mapping[str, str], clock: Clock, *, depth: Depth = "usual"
) -> tuple[Finding, ...]:
    """Look at everything that can be seen without Discord.

    Args:
        config_path: As `load_config`.
        environ: As `load_config`.
        clock: For ages.
        depth: `quick` leaves the database's pages unchecked, for a health check asks every minute; `full` reads them
            all.
    """
    try:
        config = load_config(config_path, environ)
    except ConfigError as error:
        return tuple(
            Finding(what="configuration", is_well=False, text=problem, cure="See config.example.toml.")
            for problem in error.problems
        )
    return (_token(config), *_seeds(config), *await _database(config, clock, depth))


def _token(config: Config) -> Finding:
    if config.token is None:
        return Finding(
            what="token",
            is_well=False,
            text="none was given.",
            cure="Make one in Discord's developer portal and set NEWSDESK_TOKEN or `token_file`.",
        )
    return Finding(what="token", is_well=True, text="given.")


def _seeds(config: Config) -> tuple[Finding, ...]:
    if not config.seeds:
        return (Finding(what="seeds", is_well=True, text="no folder is watched; articles come by upload alone."),)
    return tuple(
        Finding(what="seeds", is_well=True, text=f"{folder} is there.")
        if folder.is_dir()
        else Finding(what="seeds", is_well=False, text=f"{folder} is missing.", cure="Make it, or mend `seeds`.")
        for folder in config.seeds
    )


async def _database(config: Config, clock: Clock, depth: Depth) -> tuple[Finding, ...]:
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
                *await _schedules(store),
                *await _ledger(store, clock),
            )
    except StoreError as error:
        return (Finding(what="database", is_well=False, text=error.message, cure=error.cure),)


async def _archive(store: Store) -> Finding:
    size = await store.articles.shelf_size(INSTANCE_SHELF)
    problems = await store.articles.problems(INSTANCE_SHELF, limit=1000)
    if problems:
        return Finding(
            what="archive",
            is_well=False,
            text=f"{size.articles} articles; {len(problems)} seed files are refused, the first: {problems[0]}",
            cure="Mend the files; `newsdesk check` shows them all.",
        )
    if not size.articles:
        return Finding(
            what="archive", is_well=False, text="no articles yet.", cure="Run `newsdesk ingest FOLDER` or upload seeds."
        )
    return Finding(what="archive", is_well=True, text=f"{size.articles} articles.")


async def _schedules(store: Store) -> tuple[Finding, ...]:
    schedules = await store.schedules.schedules()
    stopped = [
        schedule for schedule in schedules if schedule.state is not ScheduleState.ACTIVE and schedule.state_reason
    ]
    return (
        Finding(what="schedules", is_well=True, text=f"{len(schedules)} in all."),
        *(
            Finding(
                what="schedule",
                is_well=False,
                text=f"{schedule.name} (server {schedule.guild_id}) is {schedule.state.value}: {schedule.state_reason}",
                cure="An admin of that server mends it and uses /schedule resume.",
            )
            for schedule in stopped
        ),
    )


async def _ledger(store: Store, clock: Clock) -> tuple[Finding, ...]:
    counts = await store.deliveries.counts()
    text = ", ".join(f"{counts.get(state, 0)} {state.value}" for state in DeliveryState)
    waiting = counts.get(DeliveryState.UNKNOWN, 0) + counts.get(DeliveryState.FAILED, 0)
    oldest = await store.deliveries.oldest_open_due()
    lag = "" if oldest is None else f" The oldest open one was due {int((clock.now() - oldest).total_seconds())} s ago."
    return (
        Finding(
            what="deliveries",
            is_well=not waiting,
            text=f"{text}.{lag}",
            cure="Those that failed or are unknown wait for an admin of their server: see /schedule list."
            if waiting
            else "",
        ),
    )
