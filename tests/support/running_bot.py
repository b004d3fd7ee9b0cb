"""The whole bot running against the sandbox, in one server with a channel, an admin and a member."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from bot.app.config import Config, load_config
from bot.app.start import Newsdesk, open_newsdesk
from bot.clock import Clock
from bot.sandbox import Answer, Channel, Member, Sandbox, Upload
from bot.sandbox.application.endpoint import Endpoint
from tests.support.clocks import RunningClock
from tests.support.data import find_data

SHIPPED_SEEDS = Path(__file__).parents[2] / "seeds"

# A Monday, 30 seconds before nine in the morning UTC: after the youngest shipped seed.
MONDAY = datetime(2023, 11, 27, 8, 59, 30, tzinfo=UTC)
NINE = timedelta(seconds=31)


def make_seed_text(
    *, title: str, published: str = "2023-11-26T10:00:00Z", url: str = "https://example.com/ferry", excerpt: str = ""
) -> str:
    """A listed seed of good quality, as a person would write it."""
    return f"""---
title: {json.dumps(title, ensure_ascii=False)}
excerpt: {json.dumps(excerpt, ensure_ascii=False)}
publishedDateTime: {published}
webUrl: "{url}"
quality: 80
published: true
provider:
  name: Example
  domain: example.com
topics:
  - Shipping
---
"""


class Town:
    """The sandbox, its people, and the bot, which can be stopped and started again on the same database."""

    def __init__(
        self,
        folder: Path,
        *,
        seeds: bool = True,
        clock: RunningClock | None = None,
        endpoint: bool = False,
        gateway: bool = True,
        **sandbox_options: Any,
    ) -> None:
        """Build the town.

        Args:
            folder: For the database and the seeds.
            seeds: Whether the bot has the shipped seeds.
            clock: Of Discord and of the bot.
            endpoint: Whether the application has endpoints, so that interactions and events arrive over HTTP.
            gateway: Whether the bot connects to the gateway.
            sandbox_options: As for `Sandbox`.
        """
        self.folder = folder
        self.seeds = folder / "seeds"
        if seeds:
            shutil.copytree(SHIPPED_SEEDS, self.seeds)
        else:
            self.seeds.mkdir()
        self.clock = clock or RunningClock(MONDAY)
        self.own_clock: Clock = self.clock
        description = find_data("discord", "openapi.json")
        self.sandbox = Sandbox(clock=self.clock, description=description, **sandbox_options)
        self.gateway = gateway
        self.endpoint: Endpoint | None = None
        if endpoint:
            self.endpoint = Endpoint(application_id=self.sandbox.application_id, clock=self.clock)
            self.sandbox.send_over_http(self.endpoint)
        self.guild = self.sandbox.add_guild("Town Square")
        self.channel = self.guild.add_channel("news")
        self.admin = self.guild.add_member("Ada", permissions=("manage_guild",))
        self.member = self.guild.add_member("Mo")
        self.bot: Newsdesk | None = None
        self._bot_stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.sandbox.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_bot()
        await self.sandbox.close()

    def config(self) -> Config:
        """What an operator would write for this town."""
        over_http: dict[str, str] = {}
        if self.endpoint is not None:
            over_http = {
                "NEWSDESK_INTERACTIONS_ADDRESS": "127.0.0.1:0",
                "NEWSDESK_INTERACTIONS_PUBLIC_KEY": self.endpoint.verify_key,
                "NEWSDESK_GATEWAY": str(self.gateway),
            }
        return load_config(
            None,
            over_http
            | {
                "NEWSDESK_TOKEN": self.sandbox.token,
                "NEWSDESK_DATABASE": str(self.folder / "newsdesk.sqlite3"),
                "NEWSDESK_SEEDS": str(self.seeds),
                "NEWSDESK_API_BASE": self.sandbox.api_base,
                "NEWSDESK_HEALTH_ADDRESS": "",
            },
        )

    async def start_bot(self, *, patience_s: float = 10.0) -> Newsdesk:
        """Start the bot and return once it can answer."""
        self.bot = await self._bot_stack.enter_async_context(open_newsdesk(self.config(), clock=self.own_clock))
        await self.bot.wait_until_ready(patience_s)
        if self.endpoint is not None:
            await self.endpoint.set_interactions_url(f"{self.address}/interactions")
            await self.endpoint.set_events_url(f"{self.address}/events")
        return self.bot

    @property
    def address(self) -> str:
        """Where the bot listens for interactions over HTTP."""
        if self.bot is None or self.bot.interactions_port is None:
            raise RuntimeError("the bot does not listen")
        return f"http://127.0.0.1:{self.bot.interactions_port}"

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM would."""
        self.bot = None
        await self._bot_stack.aclose()
        self._bot_stack = AsyncExitStack()

    async def post_first_edition(self, **options: Any) -> Answer:
        """Let the admin order a digest for Mondays at nine, and let it become nine; the edition is posted then."""
        answer = await self.admin.run(
            self.channel,
            "schedule create",
            **{
                "name": "Weekly",
                "channel": self.channel,
                "day": "monday",
                "time": "09:00",
                "timezone": "UTC",
                **options,
            },
        )
        await self.let_pass(NINE)
        return answer

    async def let_pass(self, span: timedelta) -> None:
        """Let time pass at once, then let the bot do what is due."""
        if self.bot is None:
            raise RuntimeError("the bot is not running")
        self.clock.jump_to(self.clock.now() + span)
        await self.bot.tick()
        await self.bot.deliver_pending()


async def import_files(
    member: Member,
    channel: Channel,
    *files: Upload,
    timeout: float = 20.0,  # noqa: ASYNC109 - as `Member.run`
) -> Answer:
    """Let a member preview an upload and import it; the preview's answer if there is nothing to import."""
    given: dict[str, Any] = {f"file{number}" if number > 1 else "file": each for number, each in enumerate(files, 1)}
    preview = await member.run(channel, "content import", timeout=timeout, **given)
    return await member.press(preview, "Import", timeout=timeout) if "Import" in preview.buttons else preview


async def edit_and_apply(member: Member, where: Channel, /, **options: Any) -> Answer:
    """Let a member edit a schedule and apply what is shown; the last answer."""
    return await apply_shown(member, await member.run(where, "schedule edit", **options))


async def apply_shown(member: Member, answer: Answer) -> Answer:
    """Press *Apply* as often as it is offered: again if the schedule has changed meanwhile."""
    while "Apply" in answer.buttons:
        answer = await member.press(answer, "Apply")
    return answer


@pytest.fixture
async def quiet_town(tmp_path: Path) -> AsyncIterator[Town]:
    """The server before the bot has started; at the end Discord would have accepted every request."""
    async with Town(tmp_path) as town:
        yield town
    assert town.sandbox.deviations == []


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    """The server with the bot at work on the five shipped seeds."""
    await quiet_town.start_bot()
    return quiet_town
