"""The validated configuration; a field's description is what a problem says is expected."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.app.config.values import (
    Address,
    LogLevel,
    read_address,
    read_api_base,
    read_level,
    read_own_address,
    read_path,
    read_paths,
    read_postgres,
    read_public_key,
    read_token,
    read_zone,
)
from bot.app.log import LogFormat
from bot.errors import ConfigError


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class Limits(_Values):
    """How much one member or one server may ask for (docs/security.md, Floods)."""

    commands_per_minute: int = Field(30, ge=1, le=600, description="a whole number from 1 to 600")
    commands_at_once: int = Field(5, ge=1, le=50, description="a whole number from 1 to 50")
    imports_per_hour: int = Field(10, ge=1, le=1000, description="a whole number from 1 to 1000")
    articles_per_shelf: int = Field(20_000, ge=1, le=1_000_000, description="a whole number from 1 to 1000000")
    shelf_megabytes: int = Field(128, ge=1, le=4096, description="a whole number from 1 to 4096")


class Config(_Values):
    """The validated configuration.

    Attributes:
        token: None if it is missing: commands that don't need Discord work without it. See `require_token`.
        token_file: The file that the token was read from, if any.
        database: The SQLite file; its folder may not exist yet.
        ledger: The address of a PostgreSQL that has the ledger instead of that file; None if it has none.
        seeds: The operator's folders of seed files; a folder may not exist yet.
        feeds: The feeds file of `newsdesk collect`; None if the bot's articles come from elsewhere.
        feeds_test_site: A domain of tests that leads to this machine; empty in practice.
        default_timezone: The default for schedules and dates.
        health_address: The address of /healthz and /metrics; None switches them off.
        interactions_address: The address at which Discord's interactions arrive, through the operator's TLS proxy; None
            if they come from the gateway.
        interactions_public_key: The application's public key, which signs them.
        gateway: Whether the bot connects to the gateway.
        quality: The quality of articles whose seeds have none, by provider domain (lower case, without `www.`).
        owner_notices: Whether the application's owner gets the notices of the whole instance as direct messages.
        api_base: Another address of Discord's API, on this machine; None is Discord's own.
    """

    token: Annotated[SecretStr | None, BeforeValidator(read_token)] = Field(
        None, description="only the bot's token, as the Developer Portal shows it"
    )
    token_file: Annotated[Path | None, BeforeValidator(read_path)] = Field(
        None, description="a file that contains only the token"
    )
    database: Annotated[Path, BeforeValidator(read_path)] = Field(description="the path of a file")
    ledger: Annotated[SecretStr | None, BeforeValidator(read_postgres)] = Field(
        None, description="an address such as postgresql://newsdesk@db.example.com/newsdesk"
    )
    seeds: Annotated[tuple[Path, ...], BeforeValidator(read_paths)] = Field((), description="a list of folders")
    feeds: Annotated[Path | None, BeforeValidator(read_path)] = Field(
        None, description="the path of a feeds file, feeds.toml or OPML"
    )
    feeds_test_site: str = Field(
        "", pattern=r"^$|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.test:[0-9]{1,5}$", description="a domain below .test and a port"
    )
    default_timezone: Annotated[zoneinfo.ZoneInfo, BeforeValidator(read_zone)] = Field(
        zoneinfo.ZoneInfo("UTC"), description="a name of the tz database such as Europe/Berlin"
    )
    log_level: Annotated[LogLevel, BeforeValidator(read_level)] = Field(
        "INFO", description="one of DEBUG, INFO, WARNING, ERROR"
    )
    log_format: LogFormat = Field("console", description="console or json")
    health_address: Annotated[Address | None, BeforeValidator(read_own_address)] = Field(
        Address(host="127.0.0.1", port=8099),
        description="an address of this machine, such as 127.0.0.1:8099, or an empty value to switch it off",
    )
    interactions_address: Annotated[Address | None, BeforeValidator(read_address)] = Field(
        None, description="an IP address and a port, such as 127.0.0.1:8100"
    )
    interactions_public_key: Annotated[str | None, BeforeValidator(read_public_key)] = Field(
        None, description="64 hexadecimal digits, as the Developer Portal shows them under General Information"
    )
    gateway: bool = Field(default=True, description="true or false")
    owner_notices: bool = Field(default=True, description="true or false")
    api_base: Annotated[str | None, BeforeValidator(read_api_base)] = Field(
        None, description="a URL on this machine, such as http://127.0.0.1:8080/api"
    )
    quality: dict[str, Annotated[int, Field(ge=0, le=1000)]] = Field(
        {}, description='lines such as "example.com" = 80, from 0 to 1000'
    )
    limits: Limits = Limits()

    def require_token(self) -> str:
        """Get the bot's token in clear text; callers must neither keep nor show it.

        Raises:
            ConfigError: it is missing.
        """
        if self.token is None:
            raise ConfigError(
                ("token: missing",),
                cure="Create one in Discord's Developer Portal (your application, Bot, Reset Token) and set"
                " NEWSDESK_TOKEN or token_file.",
            )
        return self.token.get_secret_value()

    def secrets(self) -> tuple[str, ...]:
        """Get the values that must not be logged."""
        password = urlsplit(self.ledger_address()).password
        known = [each.get_secret_value() for each in (self.token, self.ledger) if each is not None]
        return (*known, *([password] if password else []))

    def ledger_address(self) -> str:
        """Get the address of the PostgreSQL with the ledger in clear text; empty if there is none."""
        return "" if self.ledger is None else self.ledger.get_secret_value()
