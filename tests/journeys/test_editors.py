"""A server names editors, who do schedules and content, and nothing else; what they lose, they lose at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import Answer, Member
from bot.sandbox.state.guild import Role
from tests.support.running_bot import NINE, Town

WEEKLY: dict[str, Any] = {"name": "Weekly", "day": "monday", "time": "09:00", "timezone": "UTC"}
REFUSED = "You need the Manage Server permission, or an editor role of this server, for this."


async def name_editors(town: Town, name: str = "Editors") -> tuple[Role, Member]:
    """Let the admin name an editor role, whose only member is Eve."""
    role = town.guild.add_role(name)
    eve = town.guild.add_member("Eve", roles=(role,))
    answer = await town.admin.run(town.channel, "admin editors add", role=role)
    town.guild.show_commands(role, "schedule", "content")
    assert f"Members with the role {name} can manage schedules and content now." in answer.text
    return role, eve


async def create(town: Town, member: Member) -> Answer:
    """Let a member schedule a digest."""
    return await member.run(town.channel, "schedule create", channel=town.channel, **WEEKLY)


async def test_member_with_an_editor_role_sees_and_uses_schedules_and_content(town: Town) -> None:
    """Their client shows them the commands: nothing is forced here."""
    _, eve = await name_editors(town)

    assert "Created Weekly" in (await create(town, eve)).text
    assert "Weekly" in (await eve.run(town.channel, "schedule list")).text
    assert "articles" in (await eve.run(town.channel, "content status")).text
    preview = await eve.run(town.channel, "schedule preview", name="Weekly")
    assert "Posted an extra edition" in (await eve.press(preview, "Send now", timeout=20)).text


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("admin editors list", {}),
        ("admin editors add", {"role": "role"}),
        ("admin editors remove", {"role": "role"}),
        ("admin doctor", {}),
    ],
)
async def test_editor_is_refused_what_only_managers_do(town: Town, command: str, options: dict[str, Any]) -> None:
    """An editor can't name further editors."""
    role, eve = await name_editors(town)
    given: dict[str, Any] = {name: role if value == "role" else value for name, value in options.items()}

    answer = await eve.run(town.channel, command, force=True, **given)

    assert answer.text.startswith("You need the Manage Server permission for this.")


async def test_button_is_refused_after_the_member_has_lost_the_role(town: Town) -> None:
    """It was theirs when the answer was shown."""
    role, eve = await name_editors(town)
    await create(town, eve)
    preview = await eve.run(town.channel, "schedule preview", name="Weekly")
    town.guild.memberships[eve.id].roles.remove(role.id)

    answer = await eve.press(preview, "Send now")

    assert REFUSED in answer.text
    assert town.channel.messages == []


async def test_button_is_refused_after_the_role_has_lost_its_right(town: Town) -> None:
    """The member still has the role."""
    role, eve = await name_editors(town)
    await create(town, eve)
    preview = await eve.run(town.channel, "schedule preview", name="Weekly")
    await town.admin.run(town.channel, "admin editors remove", role=role)

    answer = await eve.press(preview, "Send now")

    assert REFUSED in answer.text
    assert town.channel.messages == []


async def test_button_is_refused_after_the_role_was_deleted(town: Town) -> None:
    """A deleted role gives nothing, although its id is still stored."""
    role, eve = await name_editors(town)
    await create(town, eve)
    preview = await eve.run(town.channel, "schedule preview", name="Weekly")
    town.guild.memberships[eve.id].roles.remove(role.id)
    town.guild.delete_role(role)

    answer = await eve.press(preview, "Send now")

    assert REFUSED in answer.text
    assert "1 role deleted since" in (await town.admin.run(town.channel, "admin editors list")).text


async def test_editor_role_of_one_server_is_nothing_in_another(town: Town) -> None:
    """Ids of roles differ, and so do the servers' lists."""
    _, eve = await name_editors(town)
    other = town.sandbox.add_guild("Elsewhere")
    channel = other.add_channel("news")
    other.add_member(eve)

    answer = await eve.run(channel, "schedule create", channel=channel, force=True, **WEEKLY)

    assert REFUSED in answer.text


async def test_everyone_and_roles_of_integrations_cannot_be_editor_roles(town: Town) -> None:
    """Everybody would be an editor, or anyone who boosts the server."""
    everyone = town.guild.roles[town.guild.id]
    of_a_bot = next(role for role in town.guild.roles.values() if role.managed)

    first = await town.admin.run(town.channel, "admin editors add", role=everyone)
    second = await town.admin.run(town.channel, "admin editors add", role=of_a_bot)

    assert "so it can't be an editor role" in first.text
    assert "An integration decides who has this role" in second.text
    assert "no editor roles" in (await town.admin.run(town.channel, "admin editors list")).text


async def test_eleventh_editor_role_is_refused_and_a_deleted_one_makes_room(town: Town) -> None:
    """The limit is of roles that exist."""
    roles = [town.guild.add_role(f"Team {number}") for number in range(11)]
    for role in roles[:10]:
        await town.admin.run(town.channel, "admin editors add", role=role)

    refused = await town.admin.run(town.channel, "admin editors add", role=roles[10])
    town.guild.delete_role(roles[0])
    added = await town.admin.run(town.channel, "admin editors add", role=roles[10])

    assert "already has 10 editor roles, the limit" in refused.text
    assert "Members with the role Team 10 can manage" in added.text


async def test_editor_roles_are_named_once_and_listed_by_name(town: Town) -> None:
    """Names are other people's text."""
    role, _ = await name_editors(town, "**Desk**")

    again = await town.admin.run(town.channel, "admin editors add", role=role)
    shown = await town.admin.run(town.channel, "admin editors list")
    removed = await town.admin.run(town.channel, "admin editors remove", role=role)
    twice = await town.admin.run(town.channel, "admin editors remove", role=role)

    assert "is already an editor role" in again.text
    assert "**Desk**" in shown.text
    assert "isn't an editor role any more" in removed.text
    assert "Nothing changed." in twice.text


async def test_editor_gets_the_notices_of_the_schedule_that_they_saved(town: Town) -> None:
    """As a manager would, for as long as they are an editor."""
    role, eve = await name_editors(town)
    await create(town, eve)
    town.channel.set_permissions(bot={"send_messages": False})
    await town.let_pass(NINE)
    (notice,) = await eve.wait_for_direct_messages(1)

    assert "was not posted" in notice.text
    await town.admin.run(town.channel, "admin editors remove", role=role)
    await town.admin.run(town.channel, "schedule resume", name="Weekly")
    await town.let_pass(timedelta(days=7))
    assert len(eve.direct_messages) == 1


async def test_no_editor_role_is_dropped_while_a_server_cannot_be_seen(town: Town) -> None:
    """In an outage at Discord the server seems to have no roles, as if all of them had been deleted."""
    await name_editors(town)
    another = town.guild.add_role("More editors")
    town.guild.set_unavailable()

    refused = await town.admin.run(town.channel, "admin editors add", role=another)
    town.guild.set_unavailable(False)
    answer = await town.admin.run(town.channel, "admin editors list")

    assert "I can't see this server's channels and roles at the moment." in refused.text
    assert "Editors" in answer.text.splitlines()[-1]
