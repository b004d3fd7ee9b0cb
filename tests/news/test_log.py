"""A deed becomes an entry of the log, if it is somebody's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.news.servers.log import Act, Deed, LogEntry, entry_of, reasons_of

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_deed_of_a_member_becomes_an_entry() -> None:
    """With the member, the server and the moment."""
    deed = Deed(id=1, guild_id=2, member_id=3, at=NOW)

    assert entry_of(deed, Act.HIDE, "Ferry sinks", "wrong") == LogEntry(
        id=1, guild_id=2, member_id=3, act=Act.HIDE, subject="Ferry sinks", detail="wrong", at=NOW
    )


def test_deed_of_nobody_becomes_none() -> None:
    """The operator's own are in no server's log."""
    assert entry_of(None, Act.HIDE, "Ferry sinks") is None


@pytest.mark.parametrize(
    ("titles", "logged", "expected"),
    [
        (["Ferry sinks"], ["wrong"], ("wrong",)),
        (["Ferry sinks"], ["wrong again", "wrong"], ("wrong again",)),
        (["Ferry sinks"], [], ("",)),
        (["Ferry sinks", "Ferry sinks"], ["wrong", "wrong"], ("wrong", "wrong")),
        (["Ferry sinks", "Ferry sinks"], ["late", "wrong"], ("", "")),
        (["Ferry sinks", "Ferry sinks"], ["wrong"], ("", "")),
    ],
)
def test_reason_is_an_articles_own(titles: list[str], logged: list[str], expected: tuple[str, ...]) -> None:
    """The newest one of its title, unless it may be that of another article with the title."""
    deed = Deed(id=1, guild_id=2, member_id=3, at=NOW)
    hides = [deed.entry(Act.HIDE, "Ferry sinks", reason) for reason in logged]

    assert reasons_of(titles, [deed.entry(Act.UNHIDE, "Ferry sinks", "not one"), *hides]) == expected
