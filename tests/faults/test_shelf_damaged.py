"""The file of a server's uploads is damaged: answers say so, health names it, and all is well once it is put back."""

from __future__ import annotations

from pathlib import Path

from bot.chat.answering.answers import UNREADABLE
from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.faults.files import PAGE, overwrite
from tests.support.delivering_bot import open_square
from tests.support.makers import SOME_DAY, make_seed


async def test_answers_say_that_they_lack_the_servers_own_articles_until_these_are_back(tmp_path: Path) -> None:
    """What the operator has is found meanwhile."""
    async with open_square(tmp_path) as square:
        articles, own = square.running.store.articles, server_shelf(square.guild.id)
        await articles.put_seeds(INSTANCE_SHELF, [make_seed("quay", title="Quay reopens")], seen_at=SOME_DAY)
        await articles.put_seeds(own, [make_seed("own", shelf=own, title="Quay of ours")], seen_at=SOME_DAY)
        await square.stop_bot()
        path = find_shelf_files(square.folder / "newsdesk.sqlite3")[own]
        whole = path.read_bytes()
        overwrite(path, 0, b"\x5a" * PAGE)

        await square.start_bot()
        found = await square.member.run(square.channel, "news search", query="quay")
        assert "Quay reopens" in found.text
        assert "Quay of ours" not in found.text
        assert UNREADABLE in found.text
        assert await square.health() == (503, ["articles"])

        path.write_bytes(whole)
        found = await square.member.run(square.channel, "news search", query="quay")
        assert "Quay of ours" in found.text
        assert UNREADABLE not in found.text
        assert await square.health() == (200, [])
