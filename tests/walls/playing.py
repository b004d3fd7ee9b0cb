"""Play a sequence in a world of its own: the whole bot, real files, and a Discord on this machine.

Everything that could differ by chance is given: the clock moves between steps only, Discord's ids are counted from the
step's number, and so are the random numbers of ids that the bot draws.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from typing_extensions import override

from bot.app.config import Config, load_config
from bot.app.start import Newsdesk, open_newsdesk
from bot.chat.answering.context import Services
from bot.clock import Clock
from bot.news.article import shelves_seen_by
from bot.sandbox import Answer, Sandbox, SandboxError, Upload
from bot.sandbox.actions.guild import Guild
from bot.sandbox.actions.member import Member
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.message import SandboxMessage
from bot.usecases.ingest import ImportTurns
from tests.support.newsroom import read_here
from tests.support.running_bot import MONDAY
from tests.walls.drawing import Course, Drawing, Step, Who

_STEP: Final = timedelta(seconds=40)
_IDS_OF_A_STEP: Final = 10_000
_ANSWERED_WITHIN_S: Final = 30.0
_ANSWERING: Final = ("CommandTree-invoker", "discord-ui-")
"""How discord.py names the tasks that handle interactions."""

_READ_AT: Final = re.compile(r"last read \d+ min ago")
"""The folder's watch reads it again in real time, after each change."""


class SteppedClock(Clock):
    """A clock that stops, and that the world moves; who sleeps on it sleeps in real time."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._uptime = 1000.0

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def uptime(self) -> float:
        return self._uptime

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def pass_by(self, span: timedelta) -> None:
        """Move wall clock and uptime."""
        self._now += span
        self._uptime += span.total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody outside of the other server saw of a step."""

    step: Step
    shown: str


@dataclass(slots=True, kw_only=True)
class Place:
    """A server or the direct messages, with the one who acts there, and their last answer."""

    channel: Channel
    person: Member
    last: Answer | None = None


class World:
    """Two servers, a person in direct messages, and the bot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seeds = folder / "seeds"
        self.seeds.mkdir(parents=True)
        self.clock = SteppedClock(MONDAY)
        self.sandbox = Sandbox(clock=self.clock, limits=False, global_limit=None)
        self.theirs = self.sandbox.add_guild("Another server")
        self.ours = self.sandbox.add_guild("The server")
        person = self.ours.add_member("Di")
        self.places = {
            Who.THEIRS: _place_in(self.theirs, "Eve"),
            Who.OURS: _place_in(self.ours, "Ada"),
            Who.DIRECT: Place(channel=person.direct_channel, person=person),
        }
        self.bot: Newsdesk
        self._watched = (self.places[Who.OURS].channel, *(each.direct_channel for each in self.ours.members))
        self._posted = 0

    def draw(self, seed: str, *, length: int) -> Course:
        """Draw a sequence for this world's servers, which have the same ids in each world."""
        return Drawing(seed, ours=self.ours.id, theirs=self.theirs.id).draw(length=length)

    def config(self) -> Config:
        """Return what the operator would write."""
        return load_config(
            None,
            {
                "NEWSDESK_TOKEN": self.sandbox.token,
                "NEWSDESK_DATABASE": str(self.folder / "newsdesk.sqlite3"),
                "NEWSDESK_SEEDS": str(self.seeds),
                "NEWSDESK_API_BASE": self.sandbox.api_base,
                "NEWSDESK_HEALTH_ADDRESS": "",
            },
        )

    async def play(self, sequence: Course, *, with_history: bool) -> list[Seen]:
        """Do every step, those of the other server only with the history, and write down what the others saw."""
        seen = []
        for number, step in enumerate(sequence.steps, 1):
            self.clock.pass_by(_STEP)
            self.sandbox._world.ids._counter = number * _IDS_OF_A_STEP
            with _drawing_from(f"{sequence.seed} {number}"):
                if step.who is Who.THEIRS:
                    if with_history:
                        await self._do(step)
                else:
                    seen.append(Seen(step=step, shown=await self._do(step)))
                await self._settle()
        return seen

    async def _settle(self) -> None:
        """Wait until discord.py has heard that its answers arrived: Discord's clock is read off of that."""
        while tasks := [task for task in asyncio.all_tasks() if task.get_name().startswith(_ANSWERING)]:
            await asyncio.wait(tasks)

    async def _do(self, step: Step) -> str:
        match step.who:
            case Who.TIME:
                self.clock.pass_by(timedelta(hours=int(step.options["hours"])))
                await self.bot.tick()
                await self.bot.deliver_pending()
                shown: object = ""
            case Who.OPERATOR:
                self.add_file(*(step.file or ("", "")))
                await self.bot.refresh()
                shown = ""
            case _:
                shown = await self._command(step, self.places[step.who])
        return self._without_chance(json.dumps([shown, self._new_posts()], indent=1, sort_keys=True))

    def _without_chance(self, shown: str) -> str:
        """Write links to messages with the message's place in its channel: two servers' editions share a step's ids."""
        shown = _READ_AT.sub("last read", shown)
        for channel in self._watched:
            for place, message in enumerate(channel.messages, 1):
                shown = shown.replace(f"/{channel.id}/{message.id}", f"/{channel.id}/message {place}")
        return shown

    async def _command(self, step: Step, place: Place) -> object:
        options: dict[str, Any] = dict(step.options)
        person, channel = place.person, place.channel
        if step.deed == "admin doctor":  # the watch reads the folder in real time: its last time must not be chance
            await self.bot.refresh()
        try:
            if step.deed == "complete":
                command = options.pop("command")
                choices = await person.complete(channel, command, timeout=_ANSWERED_WITHIN_S, **options)
                return [[choice.name, choice.value] for choice in choices]
            if step.deed == "press":
                if place.last is None or step.options["label"] not in place.last.buttons:
                    return "nothing to press"
                answer = await person.press(place.last, str(step.options["label"]), timeout=_ANSWERED_WITHIN_S)
            else:
                if step.file is not None:
                    options["file"] = Upload(filename=step.file[0], content=step.file[1].encode())
                if step.deed == "schedule create":
                    options["channel"] = channel
                answer = await person.run(channel, step.deed, timeout=_ANSWERED_WITHIN_S, **options)
                if "Import" in answer.buttons:
                    answer = await person.press(answer, "Import", timeout=_ANSWERED_WITHIN_S)
        except SandboxError as error:
            return f"not possible: {error}"
        place.last = answer
        messages = [answer.message, *answer.followups]
        return [_contents(message) for message in messages if message is not None]

    def add_file(self, name: str, text: str) -> None:
        """Write a file of the operator's folder, dated by the clock."""
        path = self.seeds / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, times=(self.clock.now().timestamp(),) * 2)

    def _new_posts(self) -> list[object]:
        messages = [message for channel in self._watched for message in channel.messages if message.author.is_bot]
        new = sorted(messages, key=lambda message: message.id)[self._posted :]
        self._posted = len(messages)
        return [_contents(message) for message in new]

    async def stories(self) -> list[object]:
        """List ids and members of all stories that the server and direct messages see."""
        found: list[object] = []
        for guild in (self.ours.id, None):
            shelves = shelves_seen_by(guild)
            around = await self.bot.store.stories.surroundings(
                shelves, datetime(1970, 1, 2, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
            )
            found.append(sorted([story.id, sorted(story.articles)] for story in around.known))
        return found


@asynccontextmanager
async def open_world(folder: Path) -> AsyncIterator[World]:
    """Create a world whose bot hasn't started."""
    world = World(folder)
    async with world.sandbox:
        yield world


@asynccontextmanager
async def running(world: World, sequence: Course) -> AsyncIterator[World]:
    """Start the bot on the sequence's instance, until the block ends."""
    for name, text in sequence.instance.items():
        world.add_file(f"{name}.md", text)
    with _drawing_from(sequence.seed):
        async with open_newsdesk(world.config(), clock=world.clock) as world.bot:
            await world.bot.wait_until_ready(_ANSWERED_WITHIN_S)
            services = world.bot.client.services
            assert isinstance(services, Services)
            world.bot.client.services = replace(services, import_turns=ImportTurns(read=read_here))
            yield world


def _place_in(guild: Guild, name: str) -> Place:
    return Place(channel=guild.add_channel("news"), person=guild.add_member(name, permissions=("manage_guild",)))


def _contents(message: SandboxMessage) -> object:
    names = ("content", "components", "embeds", "flags", "attachments", "nonce")
    return {name: message.raw[name] for name in names if name in message.raw}


@contextmanager
def _drawing_from(seed: str) -> Iterator[None]:
    """Draw what the bot takes from the system's random numbers from a seed instead."""
    drawn = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with (
        patch("secrets.randbits", drawn.getrandbits),
        patch("secrets.token_bytes", drawn.randbytes),
        patch("secrets.token_hex", lambda size: drawn.randbytes(size).hex()),
    ):
        yield
