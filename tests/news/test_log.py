"""A deed becomes an entry of the log, if it is somebody's."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.news.servers.log import Act, Deed, LogEntry, entry_of

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
