"""Drafts as Components V2: what Discord gets, and that discord.py keeps nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands

from bot.chat.posting.components import PostedView, mentions_for, to_view
from bot.chat.posting.custom_ids import carries
from bot.news.article import Picture
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Mention,
    Option,
    Paragraph,
    Section,
    Select,
    Separator,
    Text,
)
from bot.render.edition.digest import draft_edition
from bot.render.format.limits import size_of
from bot.sandbox import Channel, Sandbox
from tests.support.data import find_data
from tests.support.hostile_text import HOSTILE
from tests.support.makers import make_article, make_edition, make_pick, make_schedule

NOW = datetime(2021, 6, 3, 12, 0, tzinfo=UTC)
KEYS = (b"k" * 32,)
PICTURE = Picture(url="https://pictures.example/p.jpg", alt="A lamp")


def text(words: str) -> Paragraph:
    """One line."""
    return Paragraph(runs=(Text(text=words),))


def button(number: int = 1, *, private: bool = False) -> Button:
    """A button of its own."""
    return Button(action="cov", args=(str(number),), label=f"Press {number}", is_private=private)


SELECT = Select(action="covs", placeholder="Choose", options=(Option(label="One", value="1", description="First"),))

EVERYTHING: tuple[Block, ...] = (
    text("one"),
    text("two"),
    Mention(role_id=7),
    Separator(is_large=True),
    Gallery(pictures=(PICTURE,)),
    Section(paragraphs=(text("three"), text("four")), accessory=PICTURE),
    Section(paragraphs=(text("five"),), accessory=button(1)),
    ButtonRow(buttons=(button(2), button(3))),
    SELECT,
)


def sent(*blocks: Block, key: str = "", user_id: int | None = None) -> list[dict[str, Any]]:
    """The components as discord.py would send them."""
    view = to_view(Draft(blocks=blocks, key=key), keys=KEYS, user_id=user_id, now=NOW)
    components: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call] # discord.py left it untyped
    return components


def test_each_block_becomes_its_component() -> None:
    """Text, role, line, gallery, sections, row and list, in their order; paragraphs together are one text."""
    assert [component["type"] for component in sent(*EVERYTHING)] == [10, 10, 14, 12, 9, 9, 1, 1]


def test_paragraphs_are_written_as_one_text() -> None:
    """In a section as well as outside of it."""
    components = sent(*EVERYTHING)

    assert components[0]["content"] == "one\ntwo"
    assert [child["content"] for child in components[4]["components"]] == ["three\nfour"]


def test_the_components_are_as_many_as_the_limits_counted() -> None:
    """What `render/format/limits` allows is what Discord will count."""
    view = to_view(Draft(blocks=EVERYTHING), keys=KEYS, now=NOW)

    assert view.total_children_count == size_of(EVERYTHING).components


def test_every_picture_has_its_alt_text() -> None:
    """Large or small."""
    components = sent(*EVERYTHING)

    assert components[3]["items"][0]["description"] == "A lamp"
    assert components[4]["accessory"]["description"] == "A lamp"


async def test_a_view_is_over_before_it_is_sent() -> None:
    """With or without a running loop, so that discord.py keeps none."""
    assert PostedView(timeout=None).is_finished()


def test_a_drafts_key_stands_in_a_custom_id_of_the_message() -> None:
    """There the read-back finds it."""
    row = ButtonRow(buttons=(Button(action="why", args=("nonce",), label="Why these?"),))
    (_, posted) = sent(text("a"), row, key="nonce")

    assert carries(posted["components"][0]["custom_id"], "nonce")


def test_a_message_to_everybody_has_no_private_buttons() -> None:
    """They would belong to nobody."""
    with pytest.raises(ValueError, match="has no user"):
        sent(ButtonRow(buttons=(button(private=True),)))


def test_nobody_may_be_pinged_by_default() -> None:
    """Whatever slipped through."""
    allowed: Any = mentions_for(()).to_dict()

    assert allowed == {"parse": []}


def test_only_the_schedules_role_may_be_pinged() -> None:
    """Exactly that role's id, and no kind of mention as a whole."""
    allowed: Any = mentions_for((7,)).to_dict()

    assert (allowed["parse"], allowed["roles"], "users" in allowed) == ([], [7], False)


class Bot(discord.Client):
    """discord.py as it is, with one command that answers privately with everything."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="all", description="Everything")(self.answer)
        self.got_ready = asyncio.Event()

    async def on_ready(self) -> None:
        """Say so."""
        self.got_ready.set()

    async def answer(self, interaction: discord.Interaction) -> None:
        """Answer with every kind of block, and a private button."""
        blocks = (*EVERYTHING, ButtonRow(buttons=(button(4, private=True),)))
        view = to_view(
            Draft(blocks=blocks), keys=KEYS, user_id=interaction.user.id, guild_id=interaction.guild_id, now=NOW
        )
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=mentions_for(()))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Discord that examines every request; nothing in a test deviates from its description."""
    async with Sandbox(limits=False, description=find_data("discord", "openapi.json")) as sandbox:
        yield sandbox
    assert sandbox.deviations == []


@pytest.fixture
def channel(sandbox: Sandbox) -> Channel:
    """A text channel of a server."""
    return sandbox.add_guild("Town Square").add_channel("news")


@pytest.fixture
async def bot(sandbox: Sandbox, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """The bot, connected, its command known."""
    assert channel.takes_messages
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_base + "/api/v10")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_base))
    bot = Bot()
    await bot.login(sandbox.token)
    await bot.tree.sync()
    running = asyncio.create_task(bot.connect())
    await bot.got_ready.wait()
    yield bot
    await bot.close()
    await asyncio.gather(running, return_exceptions=True)


async def test_discord_py_keeps_no_view_of_what_is_posted(bot: Bot, channel: Channel) -> None:
    """However many were sent, nothing stays behind, neither views nor templates."""
    place = bot.get_partial_messageable(channel.id)
    for _ in range(20):
        await place.send(view=to_view(Draft(blocks=EVERYTHING), keys=KEYS, now=NOW), allowed_mentions=mentions_for(()))
    store = bot._connection._view_store

    assert len(channel.messages) == 20
    assert (store._views, store._synced_message_views, store._dynamic_items) == ({}, {}, {})


async def test_discord_py_keeps_no_view_of_a_private_answer(bot: Bot, channel: Channel, sandbox: Sandbox) -> None:
    """Nor a task that waits for its end."""
    member = sandbox.guilds[0].add_member("Mo")
    tasks = asyncio.all_tasks()
    answer = await member.run(channel, "all")
    store = bot._connection._view_store

    assert answer.ephemeral
    assert (store._views, store._synced_message_views, store._dynamic_items) == ({}, {}, {})
    assert not [task for task in asyncio.all_tasks() - tasks if "view" in task.get_name()]


async def test_a_hostile_edition_pings_its_role_alone_and_links_to_its_articles_alone(
    bot: Bot, channel: Channel
) -> None:
    """What a Discord makes of the JSON, not what we meant."""
    role = 7
    picks = tuple(
        make_pick(make_article(f"a{number}", title=title, excerpt=title, provider=make_article().provider))
        for number, title in enumerate(HOSTILE[:20])
    )
    edition = make_edition(picks=picks)
    for draft in draft_edition(edition, make_schedule(mention_role=role), keys="nonce{}".format, now=NOW):
        view = to_view(draft, keys=KEYS, now=NOW)
        await bot.get_partial_messageable(channel.id).send(view=view, allowed_mentions=mentions_for((role,)))
    shown = [mention for message in channel.messages for mention in message.mentions.shown]

    assert shown == [f"<@&{role}>"]
    assert not any(message.mentions.users or message.mentions.everyone for message in channel.messages)
    assert [link for message in channel.messages for link in message.links] == [pick.article.url for pick in picks]


async def test_what_is_read_of_a_posted_draft_is_what_it_says(bot: Bot, channel: Channel) -> None:
    """Escapes are for the client: a reader sees the headline as it was written."""
    title = "Senate *votes* on #42 [again]: \u201cyes\u201d_no ~ 1 < 2 | @everyone"
    draft = Draft(blocks=(text(title),))
    await bot.get_partial_messageable(channel.id).send(view=to_view(draft, keys=KEYS, now=NOW))

    assert channel.messages[0].text.replace("\u200b", "") == title
