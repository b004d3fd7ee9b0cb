"""A view of what is stored survives the removal of any of its parts, and answers with a sentence.

The matrix: every view that an answer or a message leads to, after each part that can be removed.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias
from unittest.mock import patch

import pytest

from bot.chat.commands import delivery
from bot.news.article import ArticleId, server_shelf
from bot.news.delivery import DeliveryState
from bot.sandbox import Answer, SandboxMessage, Upload
from bot.store.port import Store
from tests.support.running_bot import Town, import_files, make_seed_text

FERRY_URL: Final = "https://example.com/ferry-sails"
FERRY: Final = "Ferry line reopens after the winter storms"
URL: Final = "https://example.com/ferry"

View: TypeAlias = Callable[[], Awaitable[Answer]]


class Square(Town):
    """A server in which everything is set up that can be looked at.

    Attributes:
        views: By name: what a member or an admin can still press or run.
    """

    views: dict[str, View]

    @property
    def store(self) -> Store:
        """The bot's."""
        assert self.bot is not None
        return self.bot.store

    async def set_up(self) -> None:
        """Post an edition with an article of the server's own, and open every view of it."""
        upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
        await import_files(self.admin, self.channel, upload)
        self.role = self.guild.add_role("Readers", mentionable=True)
        await self.post_first_edition(mention_role=self.role)
        self.desk = self.guild.add_channel("desk")
        self.views = {
            **self.of_editions(self.channel.messages[0]),
            **await self.of_articles(),
            **await self.of_schedules(),
        }

    def run(self, command: str, /, **options: Any) -> View:
        """A command of the admin's, in a channel that stays."""
        return lambda: self.admin.run(self.desk, command, **options)

    def of_editions(self, posted: SandboxMessage) -> dict[str, View]:
        """What shows an edition."""
        return {
            "digest latest": self.run("digest latest"),
            "digest edition": self.run("digest edition", number=1),
            "schedule why": self.run("schedule why", name="Weekly"),
            "Why these?": lambda: self.member.press(posted, "Why these?"),
            "the menu of an edition": lambda: self.member.choose(posted, values=[FERRY]),
        }

    async def of_articles(self) -> dict[str, View]:
        """What shows an article, or results with it."""
        own = self.own_id = await self.find_own()
        story = await self.member.run(self.desk, "news story", article=own)
        coverage = await self.member.run(self.desk, "news related", article=own)
        found = await self.member.run(self.desk, "news search", query="ferry winter storms")
        return {
            "news story": self.run("news story", article=own),
            "news related": self.run("news related", article=own),
            "news related by link": self.run("news related", article=URL),
            "news search": self.run("news search", query="ferry"),
            "news latest": self.run("news latest"),
            "news top": self.run("news top", period="all"),
            "news topics": self.run("news topics"),
            "news providers": self.run("news providers"),
            "Full coverage": lambda: self.member.press(story, "Full coverage"),
            "Share of coverage": lambda: self.member.press(coverage, "Share"),
            "Share of a search": lambda: self.member.press(found, "Share"),
            "content status": self.run("content status"),
            "content problems": self.run("content problems"),
        }

    async def of_schedules(self) -> dict[str, View]:
        """What shows a schedule, its history, and its notices."""
        preview = await self.admin.run(self.desk, "schedule preview", name="Weekly")
        notice = await self.ask_about_a_part()
        return {
            "schedule show": self.run("schedule show", name="Weekly"),
            "schedule list": self.run("schedule list"),
            "schedule history": self.run("schedule history", name="Weekly"),
            "schedule preview": self.run("schedule preview", name="Weekly"),
            "schedule retry": self.run("schedule retry", name="Weekly"),
            "admin doctor": self.run("admin doctor"),
            **({"Send now": lambda: self.admin.press(preview, "Send now")} if preview.buttons else {}),
            **{
                f"{label} of a notice": lambda label=label: self.admin.press(notice, label)  # type: ignore[misc] # each its own
                for label in ("Send again", "It was posted", "Skip")
            },
        }

    async def ask_about_a_part(self) -> SandboxMessage:
        """Let a second edition have an unknown outcome in a channel that can't be read; what the admin is asked."""
        upload = Upload(filename="pier.md", content=make_seed_text(title="The pier is closed", url=f"{URL}/2").encode())
        await import_files(self.admin, self.channel, upload)
        self.channel.set_permissions(bot={"read_message_history": False})
        fault = self.sandbox.faults.drop(method="POST", path=rf"/channels/{self.channel.id}/messages$")
        with patch.object(delivery, "FOLLOW_S", 0.2):  # nobody waits for an outcome that doesn't come
            await self.admin.run(self.channel, "schedule send-now", name="Weekly")
        self.sandbox.faults.remove(fault)
        await self.let_unknown()
        (message,) = await self.admin.wait_for_direct_messages(1)
        return message

    async def let_unknown(self) -> None:
        """Let the protocol's settle time pass."""
        assert self.bot is not None
        self.clock.jump_to(self.clock.now() + timedelta(seconds=60))
        await self.bot.deliver_pending()
        counts = await self.store.deliveries.counts()
        assert counts[DeliveryState.UNKNOWN] == 1

    async def find_own(self) -> ArticleId:
        """The id of the server's own article."""
        (own,) = await self.store.articles.find_by_url((server_shelf(self.guild.id),), URL)
        return own.id

    # What can be removed.

    async def hide_article(self) -> None:
        """As an admin does."""
        await self.store.articles.hide(server_shelf(self.guild.id), self.own_id)

    async def delete_article(self) -> None:
        """As the command line does."""
        await self.store.articles.delete(server_shelf(self.guild.id), self.own_id)

    async def remove_every_article(self) -> None:
        """All that the edition has, and all else."""
        for edition in await self.store.digest.editions((await self.schedule()).id, limit=10):
            for pick in edition.picks:
                for article in (*pick.story.articles, pick.article):
                    await self.store.articles.delete(article.shelf, article.id)

    async def delete_schedule(self) -> None:
        """Its editions stay for the buttons of posted messages."""
        await self.store.schedules.delete_schedule((await self.schedule()).id, at=self.clock.now())

    async def schedule(self) -> Any:
        """The only one."""
        (schedule,) = await self.store.schedules.schedules(self.guild.id)
        return schedule

    async def delete_channel(self) -> None:
        """Where the editions are."""
        self.channel.delete()

    async def delete_role(self) -> None:
        """The one that editions mention."""
        self.guild.delete_role(self.role)

    async def purge_the_server(self) -> None:
        """As thirty days after the bot was removed, and invited again since."""
        await self.store.schedules.guild_left(self.guild.id, at=self.clock.now())
        await self.store.schedules.purge_guilds(left_before=self.clock.now().replace(year=2030))


REMOVALS: Final[dict[str, Callable[[Square], Awaitable[None]]]] = {
    "nothing": lambda _square: _nothing(),
    "hidden article": Square.hide_article,
    "deleted article": Square.delete_article,
    "every article": Square.remove_every_article,
    "deleted schedule": Square.delete_schedule,
    "deleted channel": Square.delete_channel,
    "deleted role": Square.delete_role,
    "purged server": Square.purge_the_server,
}

IN_THE_CHANNEL: Final = frozenset({"Why these?", "the menu of an edition"})
"""Views that are gone with the channel."""

NAMES_THE_ARTICLE: Final = frozenset({"news search", "news related", "news related by link", "Share of a search"})
"""What a member typed may be repeated to them."""

NAMES_HIDDEN: Final = frozenset({"content status"})
"""Editors see what is hidden, so that they can show it again."""


async def _nothing() -> None:
    """Remove nothing: every view works before anything is removed."""


@pytest.mark.parametrize("removal", REMOVALS)
async def test_every_view_survives_the_removal_of_any_of_its_parts(
    removal: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A sentence, no accident, and nothing of an article that was taken down."""
    async with Square(tmp_path_factory.mktemp("square")) as square:
        await square.start_bot()
        await square.set_up()
        await REMOVALS[removal](square)

        for name, view in square.views.items():
            if removal == "deleted channel" and name in IN_THE_CHANNEL:
                continue
            answer = await view()

            assert answer.text, (removal, name)
            assert "Something broke" not in answer.text, (removal, name)
            shown = "".join((answer.text, *(each.text for each in answer.followups)))
            is_named = name in NAMES_THE_ARTICLE or (removal == "hidden article" and name in NAMES_HIDDEN)
            if "article" in removal and not is_named:
                assert FERRY not in shown, (removal, name)
                assert str(square.own_id) not in shown, (removal, name)


async def test_edition_whose_stories_were_all_removed_says_so(town: Town) -> None:
    """Instead of an accident."""
    await town.post_first_edition()
    assert town.bot is not None
    store = town.bot.store
    (schedule,) = await store.schedules.schedules(town.guild.id)
    (edition,) = await store.digest.editions(schedule.id, limit=1)
    for pick in edition.picks:
        await store.articles.hide(pick.article.shelf, pick.article.id)

    latest = await town.member.run(town.channel, "digest latest")

    assert latest.text == "Weekly: all stories of the edition of 27 November 2023 were removed since it was posted."


async def test_edition_that_was_not_posted_is_not_the_latest(town: Town) -> None:
    """Nor can it be read by its number."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()

    latest = await town.member.run(town.channel, "digest latest")
    first = await town.member.run(town.channel, "digest edition", number=1)

    assert "hasn't posted yet" in latest.text
    assert "Edition 1 was not posted" in first.text


async def test_hidden_article_is_shown_again_as_the_answer_says(town: Town) -> None:
    """No search and no completion lists it any more; the answer that hides it has what undoes it."""
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
    await import_files(town.admin, town.channel, upload)
    hidden = await town.admin.run(town.channel, "content hide", article=FERRY)
    (named,) = re.findall(r"article:(\w+)", hidden.text)
    shown = await town.admin.run(town.channel, "content unhide", article=named)

    assert shown.text == f"Shown again in searches and coming editions: {FERRY}"
    assert FERRY in (await town.member.run(town.channel, "news search", query="ferry")).text


async def test_article_that_two_admins_hide_is_hidden_once(town: Town) -> None:
    """The second one reads that it was so already, and not that there is no such article."""
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY, url=FERRY_URL).encode())
    await import_files(town.admin, town.channel, upload)
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    first = await town.admin.run(town.channel, "content hide", article=FERRY)
    later = [
        (await other.run(town.channel, "content hide", article=named)).text
        for named in (FERRY, FERRY_URL, "ferry.md", *re.findall(r"article:(\w+)", first.text))
    ]

    assert [text.split("\n")[0] for text in later] == [f"Already hidden from searches and editions: {FERRY}"] * 4


@pytest.mark.parametrize("named", ["title", "link"])
async def test_hidden_article_is_shown_again_by_what_hid_it(town: Town, named: str) -> None:
    """And once more says that it is shown."""
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY, url=FERRY_URL).encode())
    await import_files(town.admin, town.channel, upload)
    article = FERRY if named == "title" else FERRY_URL
    await town.admin.run(town.channel, "content hide", article=article)

    answers = [await town.admin.run(town.channel, "content unhide", article=article) for _ in range(2)]

    assert [answer.text for answer in answers] == [
        f"Shown again in searches and coming editions: {FERRY}",
        f"Not hidden, so nothing was changed: {FERRY}",
    ]


async def test_edition_is_posted_without_a_role_that_was_deleted_since_it_was_chosen(town: Town) -> None:
    """The admin reads why in a notice, and the schedule mentions nobody from then on."""
    role = town.guild.add_role("readers", mentionable=True)
    await town.post_first_edition(mention_role=role)
    await import_files(
        town.admin, town.channel, Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
    )
    town.guild.delete_role(role)

    await town.admin.run(town.channel, "schedule send-now", name="Weekly")

    message = town.channel.messages[-1]
    (notice,) = await town.admin.wait_for_direct_messages(1)
    shown = await town.admin.run(town.channel, "schedule show", name="Weekly")
    assert FERRY in message.text
    assert "unknown-role" not in message.text
    assert "The role to mention was deleted" in notice.text
    assert "Mentions nobody" in shown.text
