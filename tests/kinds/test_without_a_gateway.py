"""What the gateway named is read in one place: anywhere else it would be empty in a bot that has no gateway."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHED = re.compile(r"interaction\.guild\b|\.guilds\b|\.get_guild\(|\.get_member\(|\.get_role\(|\.roles\b")
ASKED_FOR = {
    "bot/chat/account/servers.py": "the one place",
    "bot/chat/account/rights.py": "of a server that was asked for",
    "bot/chat/account/permissions.py": "of a server that was asked for",
    "bot/chat/posting/messenger.py": "of a server that was asked for",
    "bot/chat/commands/settings.py": "of `require_visible_server`",
    "bot/chat/commands/admin.py": "of `require_visible_server`",
    "bot/chat/answering/editing.py": "of `find_server`",
}
"""Where such an attribute belongs to something that Discord was asked for."""


def readers(path: Path, text: str) -> list[str]:
    """The lines that read what the gateway named."""
    return [
        f"{path}:{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if CACHED.search(line.partition("#")[0])
    ]


def test_servers_channels_and_roles_are_asked_for_in_one_place() -> None:
    """With `Context.find_server`, which works in both ways."""
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / "bot" / "chat").rglob("*.py"))]
    found = [
        line
        for path in paths
        for line in readers(path, (ROOT / path).read_text("utf-8"))
        if str(path) not in ASKED_FOR or "interaction.guild" in line
    ]
    assert found == []


@pytest.mark.parametrize("path", ASKED_FOR)
def test_every_exception_is_used(path: str) -> None:
    """Or it is struck off the list."""
    assert readers(Path(path), (ROOT / path).read_text("utf-8"))


@pytest.mark.parametrize(
    "name", ["interaction.guild", "client.guilds", "client.get_guild(1)", "interaction.user.roles"]
)
def test_a_reader_of_the_gateways_names_is_found(name: str) -> None:
    """Or the rule would say nothing."""
    assert readers(Path("x.py"), f"found = {name}\n")
