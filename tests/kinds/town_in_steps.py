"""The whole bot and a sandbox in one loop: every trial begins with the same database, the same people, the same hour.

The server has a schedule that is due just now, an earlier part of it whose outcome is unknown with a notice about it, a
second schedule with an edition that is about to be posted, a third one whose edition failed, articles of the instance
and of its own (one of them hidden), an editor role, a file that nobody has imported yet, and a message with each button
that writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from bot.app.config import Config, load_config
from bot.app.start import Newsdesk
from bot.chat.account.client import point_at
from bot.chat.answering.context import Services
from bot.chat.commands import delivery
from bot.chat.wire.limiter import Limiter
from bot.news.article import server_shelf
from bot.news.schedules.schedule import edition_key
from bot.sandbox import Answer, Sandbox, Upload
from bot.sandbox.state.message import SandboxMessage
from bot.store.sqlite import store_of
from bot.usecases.ingest import ImportTurns, Staging
from bot.usecases.schedule import PendingChanges, pending_edits, pending_settings
from tests.kinds.near_discord import ADDRESS, NearSession, connect
from tests.kinds.outcomes import State, state_of
from tests.kinds.turns import GateLoop, HeldClock
from tests.simulation.careless import MakeStore
from tests.simulation.inline import Content, InlineDatabase
from tests.support.newsroom import read_here
from tests.support.running_bot import MONDAY, import_files, make_seed_text

_IMPORTED: Final = ("Bridge", "Tunnel")
"""By the server's admin within the last hour; one more waits for its *Import*, and the quota has room for one."""

_WEEK: Final = timedelta(days=7)
_NOON: Final = timedelta(hours=3, minutes=1)
_A_MOMENT_S: Final = 0.5
_AS_FAST_AS_POSSIBLE: Final = 1e9
_SETTLED: Final = timedelta(seconds=200)


class TownInSteps:
    """A server whose bot lives in a `GateLoop`.

    Attributes:
        loop: Where everything runs.
        seeds: The operator's folder, which a changed file waits in.
        returned: The notice whose button resumes schedules after the bot came back.
        unsure: The notice whose buttons decide about a part of unknown outcome.
        unread: A private answer with *Send anyway*.
        preview: A private answer with *Send now*.
        found: A private answer with *Share*.
        desk: The message with the buttons of a draft of two stories.
        stories: Private answers with what can be done to its second story, one for each of two editors.
        form: The form of a new schedule, opened and not sent.
        staged: A private answer with *Import*.
        batch: The id of an import.
        rollback: A private answer with *Roll back*.
        suggested: A private answer to a suggestion with *Show my name with it*.
        candidate: That suggestion on the desk.
        linked: A member's message with a link.
        staging: Keeps what that would import.
        settings: A private answer with *Apply*.
        pending_settings: Keeps what that would apply.
        edits: Private answers with *Apply* for edits of schedules, by what they change.
        pending_edits: Keeps what those would apply.
        schedule_ids: The schedules' ids by name.
    """

    returned: SandboxMessage
    unsure: SandboxMessage
    unread: Answer
    preview: Answer
    found: Answer
    desk: SandboxMessage
    stories: tuple[Answer, Answer]
    form: Answer
    staged: Answer
    batch: str
    rollback: Answer
    settings: Answer
    edits: Mapping[str, Answer]
    settings_file = Upload(filename="s.toml", content=b'[[schedule]]\nname = "Evening"\ncount = 4\n')
    suggested: Answer
    candidate: SandboxMessage
    linked: SandboxMessage

    def __init__(self, folder: Path, content: Content, *, make_store: MakeStore = store_of) -> None:
        """Build the town, and bring it to the moment at which trials begin.

        Args:
            folder: For the operator's seeds.
            content: A migrated database (`tests.simulation.inline.empty_newsroom`).
            make_store: Builds the store of a trial; controls leave a guard out of it.
        """
        point_at(ADDRESS)
        self.loop = GateLoop()
        self.seeds = folder
        self.clock = HeldClock(self.loop, MONDAY)
        self._make_store = make_store
        self._content = content
        self.staging = Staging()
        self.pending_settings = pending_settings()
        self.pending_edits = pending_edits()
        self.sandbox = Sandbox(clock=self.clock, limits=False, global_limit=None)
        self.guild = self.sandbox.add_guild("Town Square")
        self.channel = self.guild.add_channel("news")
        self.other_channel = self.guild.add_channel("more-news")
        self.third_channel = self.guild.add_channel("noon-news")
        self.desk_channel = self.guild.add_channel("desk")
        self.drafted_channel = self.guild.add_channel("drafted")
        self.admin = self.guild.add_member("Ada", permissions=("manage_guild",))
        self.member = self.guild.add_member("Mo")
        self.editor_role = self.guild.add_role("Editors")
        self.new_role = self.guild.add_role("Reporters")
        self.owner = self.guild.add_member(self.sandbox.owner, permissions=("manage_guild",))
        self.config = self._read_config()
        # Only a deed of its own sends something here: an answer that waits for the outcome would wait in vain.
        self._short_wait = patch.object(delivery, "FOLLOW_S", 2.0)
        self._short_wait.start()
        self.database = InlineDatabase(content)
        self.loop.alone(self._start(store_of))
        self.loop.alone(self._live_until_now())
        self.schedule_ids = {each.name: str(each.id) for each in self.loop.alone(self.store.schedules.schedules())}
        self._content = self.database.content()
        self.clock.hold()
        setattr(delivery, "FOLLOW_S", 0.0)  # noqa: B010 - as `patch` does, which puts it back in the end
        buttons = (self.staged, self.rollback, self.settings, *self.edits.values())
        replaced = [each.message for each in buttons if each.message is not None]
        self._replaced = [(message, deepcopy(message.raw)) for message in replaced]
        self._pending: list[tuple[PendingChanges[Any], dict[object, Any]]] = [
            (kept, {name: replace(each) for name, each in kept._waiting.items()})
            for kept in (self.pending_settings, self.pending_edits)
        ]
        self._staged = frozenset(self.staging._staged)
        self._kept = {channel.id: len(channel.messages) for channel in self._channels()}

    def _read_config(self) -> Config:
        return load_config(
            None,
            {
                "NEWSDESK_TOKEN": self.sandbox.token,
                "NEWSDESK_DATABASE": str(self.seeds / "newsdesk.sqlite3"),
                "NEWSDESK_SEEDS": str(self.seeds),
                "NEWSDESK_API_BASE": ADDRESS,
                "NEWSDESK_HEALTH_ADDRESS": "",
                "NEWSDESK_LIMITS_IMPORTS_PER_HOUR": str(len(_IMPORTED) + 2),
            },
        )

    async def _start(self, make_store: MakeStore) -> None:
        self.database.close()
        gate = self.loop.gate
        self.database = InlineDatabase(self._content, before_read=gate, before_write=gate, after=gate)
        self.store = make_store(self.database.files, self.clock)
        self.bot = Newsdesk(self.config, self.store, await self.store.admin.secrets(), self.clock)
        self.bot._reading.tried.set()
        self.bot._seeds._has_read = True
        self.bot._recovery._has_begun = True
        self.bot.client.note_connection(is_connected=True)
        services = self.bot.client.services
        assert isinstance(services, Services)
        self.bot.client.services = replace(
            services,
            download=self._download,
            import_turns=ImportTurns(read=read_here),
            staging=self.staging,
            pending_settings=self.pending_settings,
            pending_edits=self.pending_edits,
        )
        self.bot._wire._limiter = Limiter(self.clock, per_s=_AS_FAST_AS_POSSIBLE)
        await connect(self.bot.client, self.sandbox, NearSession(self.sandbox, self.bot._wire.trace_config, gate))

    async def _download(self, url: str, target: Path, /, *, most_bytes: int) -> None:
        data = await self.bot.client.http.get_from_cdn(url)
        assert len(data) <= most_bytes
        await asyncio.to_thread(target.write_bytes, data)

    async def _live_until_now(self) -> None:
        """One edition whose outcome nobody knows, a week, and then it is Monday again."""
        self._write_seed("harbour", "Harbour ferry starts again after the storm", MONDAY - timedelta(days=1))
        await self.bot.refresh()
        options: dict[str, Any] = {"channel": self.channel, "day": "monday", "time": "09:00", "timezone": "UTC"}
        await self._leave_and_come_back(options)
        await self.admin.run(self.channel, "admin editors add", role=self.editor_role)
        await self.admin.run(self.channel, "schedule create", name="Weekly", **options)
        self.clock.set(MONDAY + timedelta(seconds=35))
        self.sandbox.faults.status(503, times=None, after=True, method="POST", path=r"/messages$")
        await self.bot._planning.run_tick()
        await self.bot.deliver_pending()
        self.sandbox.faults.clear()
        self.channel.set_permissions(bot={"read_message_history": False})
        self.clock.set(self.clock.now() + _SETTLED)
        await self.bot.deliver_pending()
        self.channel.set_permissions(bot={})
        (self.unsure,) = (each for each in self.admin.direct_messages if "Skip" in each.buttons)
        await self._fail_at_noon(options)
        self.clock.set(MONDAY + _WEEK)
        for name in _IMPORTED:
            await import_files(self.admin, self.channel, self.upload(name))
        await self.admin.run(self.channel, "content hide", article="tunnel.md")
        self._write_seed("library", "Library opens a reading room for children", MONDAY + _WEEK - timedelta(days=2))
        await self._draft(options)
        await self.admin.run(
            self.channel,
            "schedule create",
            **{**options, "name": "Evening", "channel": self.other_channel, "time": "18:00"},
        )
        await self.admin.run(self.channel, "schedule send-now", name="Evening")
        self.unread = await self._retry_unread()
        self.staged = await self.admin.run(self.channel, "content import", file=self.upload("Quarry"))
        self.batch = (await self.store.articles.imports(server_shelf(self.guild.id), limit=1))[0].id
        self.rollback = await self.admin.run(self.channel, "content rollback", batch=self.batch)
        self.settings = await self.admin.run(self.channel, "admin import", file=self.settings_file)
        self.preview = await self.admin.run(self.channel, "schedule preview", name="Weekly")
        self.found = await self.admin.run(self.channel, "news search", query="ferry")
        self.form = await self.admin.run(self.channel, "setup")
        self.edits = {
            what: await self.admin.run(self.channel, "schedule edit", **{"name": "Weekly", **options})
            for what, options in self._edits().items()
        }
        self._write_seed("pier", "Pier opens its gates to anglers", MONDAY + _WEEK - timedelta(hours=2))
        self.clock.set(MONDAY + _WEEK + timedelta(seconds=35))

    def _edits(self) -> Mapping[str, dict[str, Any]]:
        return {
            "time": {"time": "18:00"},
            "count": {"count": 3},
            "channel": {"channel": self.other_channel},
            "name": {"new_name": "Monthly"},
            "evening's channel": {"name": "Evening", "channel": self.channel},
            "noon's count": {"name": "Noon", "count": 7},
        }

    async def _draft(self, options: Mapping[str, Any]) -> None:
        """Another schedule's edition is due in a day, and its draft is on the desk."""
        for title in ("Museum lends its oldest map", "Brewery buys back its first van"):
            name = title.split()[0].lower()
            self._write_seed(name, title, MONDAY + _WEEK - timedelta(days=1))
        await self.bot.refresh()
        drafted = {"name": "Drafted", "channel": self.drafted_channel, "count": 2, "day": "tuesday"}
        await self.admin.run(self.channel, "schedule create", **{**options, **drafted})
        desk: dict[str, Any] = {"name": "Drafted", "channel": self.desk_channel, "lead_time": 24}
        await self.admin.run(self.channel, "schedule desk", **desk)
        schedule = await self.store.schedules.find_schedule_by_name(self.guild.id, "Drafted")
        assert schedule is not None
        tomorrow = MONDAY + _WEEK + timedelta(days=1)
        await self.bot._planning._plan(schedule, edition_key(tomorrow.date()), tomorrow)
        await self.bot._show_desks()
        self.desk = self.desk_channel.messages[0]
        (select,) = self.desk.selects
        second = select["options"][1]["value"]
        self.stories = (await self.admin.choose(self.desk, [second]), await self.admin.choose(self.desk, [second]))
        self.linked = await self.member.say(self.channel, "Look: https://example.com/wharf-opens-again-today")
        url = "https://example.com/lighthouse-gets-new-lamp"
        self.suggested = await self.member.run(self.channel, "news suggest", url=url)
        await self.bot._show_desks()
        self.candidate = self.desk_channel.messages[-1]
        self._edited = [(message, deepcopy(message.raw)) for message in self._editable()]

    def _editable(self) -> list[SandboxMessage]:
        """The messages that a deed may edit in place."""
        private = [each.message for each in (*self.stories, self.suggested)]
        return [*self.desk_channel.messages, *(each for each in private if each is not None)]

    def next_story(self) -> Answer:
        """Return the private answer of the next editor in this trial."""
        return next(self._unused)

    async def _retry_unread(self) -> Answer:
        """The part of unknown outcome is looked for, in a channel that can't be read."""
        asking = asyncio.create_task(self.admin.run(self.channel, "schedule retry", name="Weekly"))
        await asyncio.sleep(_A_MOMENT_S)
        self.channel.set_permissions(bot={"read_message_history": False})
        await self.bot._deliverer.deliver_due()
        self.channel.set_permissions(bot={})
        return await asking

    async def _leave_and_come_back(self, options: dict[str, Any]) -> None:
        """The bot is removed and invited again; a schedule waits for somebody to resume it."""
        await self.admin.run(self.channel, "schedule create", name="Nightly", **options | {"time": "23:00"})
        await self.store.schedules.guild_left(self.guild.id, at=self.clock.now())
        await self.bot._note_servers()
        await self.bot.deliver_pending()
        (self.returned,) = (each for each in self.admin.direct_messages if "Resume" in each.buttons)

    async def _fail_at_noon(self, options: Mapping[str, Any]) -> None:
        """Another schedule's edition is refused; the cause is removed since, and the schedule goes on."""
        noon = {**options, "name": "Noon", "channel": self.third_channel, "time": "12:00"}
        await self.admin.run(self.channel, "schedule create", **noon)
        self.clock.set(MONDAY + _NOON)
        self.third_channel.set_permissions(bot={"send_messages": False})
        await self.bot._planning.run_tick()
        await self.bot._deliverer.deliver_due()
        self.third_channel.set_permissions(bot={})
        await self.admin.run(self.channel, "schedule resume", name="Noon")

    def upload(self, name: str) -> Upload:
        """Make a seed file of the server's own."""
        published = (MONDAY + _WEEK - timedelta(days=1)).isoformat()
        url = f"https://example.com/{name.lower()}"
        text = make_seed_text(title=f"{name} is closed for repairs until spring", published=published, url=url)
        return Upload(filename=f"{name.lower()}.md", content=text.encode())

    def _write_seed(self, name: str, title: str, published: datetime) -> None:
        text = make_seed_text(title=title, published=published.isoformat(), url=f"https://example.com/{name}")
        (self.seeds / f"{name}.md").write_text(text, encoding="utf-8")

    def begin(self) -> None:
        """Put everything back to the moment at which a trial begins, with the bot just started."""
        for channel in self._channels():
            for message in channel.messages[self._kept[channel.id] :]:
                del channel.by_id[message.id]
        for message, raw in self._edited:
            message.raw = deepcopy(raw)
        for staged in list(self.staging._staged.values()):
            staged.is_done = False
            if staged.token not in self._staged:
                self.staging._forget(staged)
        for kept, waiting in self._pending:
            kept._waiting.clear()
            kept._waiting.update({name: replace(each) for name, each in waiting.items()})
        for message, raw in self._replaced:  # by their buttons
            message.raw.update(deepcopy(raw))
        self._unused = iter(self.stories)
        self.sandbox._world.nonces._seen.clear()
        self.sandbox.limits._windows.clear()
        self.clock.hold()
        self.loop.alone(self._start(self._make_store))

    def close(self) -> None:
        """Let go of the loop and the database."""
        self._short_wait.stop()
        self.staging.close()
        self.database.close()
        self.loop.close()

    def state(self) -> State:
        """What the deeds came to."""
        texts = [f"#{channel.name}: {message.text}" for channel in self._channels() for message in channel.messages]
        return state_of(self.database, texts)

    def _channels(self) -> list[Any]:
        edited = [self.desk_channel, self.drafted_channel]
        return [self.channel, self.other_channel, self.third_channel, *edited, self.admin.direct_channel]
