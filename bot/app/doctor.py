"""Put together what `newsdesk doctor` examines, from the configuration."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app.config import Config, load_config
from bot.app.supply.collector import read_status, status_file
from bot.chat.account.client import point_at
from bot.chat.account.session import DiscordSession, open_session
from bot.checkup.doctor import MAX_SERVERS, Depth, Installation, check_installation
from bot.clock import Clock
from bot.errors import ConfigError, NewsdeskError
from bot.news.checkup.collector import collector_findings
from bot.news.checkup.finding import Finding, failing
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.ledger.check import check_ledger

__all__ = ["Depth", "examine"]


async def examine(
    config_path: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    depth: Depth = "usual",
    max_servers: int = MAX_SERVERS,
) -> tuple[Finding, ...]:
    """Check the configuration, and the installation that it describes; nothing is changed.

    Args:
        config_path: As for `load_config`.
        environ: As for `load_config`.
        clock: As for `check_installation`.
        depth: As for `check_installation`.
        max_servers: As for `check_installation`.
    """
    try:
        config = load_config(config_path, environ)
    except ConfigError as error:
        return tuple(
            failing(f"{problem}.", "See config.example.toml.", check="configuration") for problem in error.problems
        )
    return await check_installation(_installation(config, clock), clock, depth=depth, max_servers=max_servers)


def _installation(config: Config, clock: Clock) -> Installation:
    address = config.health_address
    return Installation(
        has_token=config.token is not None,
        token_file=config.token_file,
        seeds=config.seeds,
        database=config.database,
        public_key=config.interactions_public_key,
        has_gateway=config.gateway,
        collector=None if config.feeds is None else lambda: _collector_findings(config, clock),
        health_address=None if address is None else (address.host, address.port),
        open_store=lambda depth: _open_store(config, clock, depth),
        open_session=lambda: _open_session(config, clock),
    )


def _collector_findings(config: Config, clock: Clock) -> Iterable[Finding]:
    return collector_findings(read_status(status_file(config.database)), now=clock.now())


@asynccontextmanager
async def _open_store(config: Config, clock: Clock, depth: Depth) -> AsyncIterator[Store]:
    async with open_store(config.database, clock=clock, read_only=True, postgres=config.ledger_address()) as store:
        if depth == "usual":
            await store.files.quick_check()
        elif depth == "full":
            await store.files.integrity_check()
            await check_ledger(store.files.ledger)
        yield store


@asynccontextmanager
async def _open_session(config: Config, clock: Clock) -> AsyncIterator[DiscordSession]:
    if config.token is None:
        raise NewsdeskError("No token is configured.")
    if config.api_base is not None:
        point_at(config.api_base)
    async with open_session(config.require_token(), clock) as session:
        yield session
