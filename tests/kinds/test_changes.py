"""Two changes at the same time: none is lost. `test_interleavings` has every pair; these are two on the whole bot."""

from __future__ import annotations

import asyncio

from tests.support.running_bot import Town, edit_and_apply


async def test_two_admins_edits_at_the_same_time_are_both_kept(town: Town) -> None:
    """Each gave one option and was told that it is set."""
    await town.post_first_edition()
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    await asyncio.gather(
        edit_and_apply(town.admin, town.channel, name="Weekly", count=3),
        edit_and_apply(other, town.channel, name="Weekly", time="10:00"),
    )

    shown = await town.admin.run(town.channel, "schedule show", name="Weekly")
    assert "3 stories" in shown.text
    assert "10:00" in shown.text


async def test_schedule_that_was_paused_beside_an_edit_is_paused(town: Town) -> None:
    """The admin was told so."""
    await town.post_first_edition()
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    paused, _ = await asyncio.gather(
        town.admin.run(town.channel, "schedule pause", name="Weekly"),
        edit_and_apply(other, town.channel, name="Weekly", count=3),
    )

    assert "Paused Weekly" in paused.text
    assert "paused" in (await town.admin.run(town.channel, "schedule show", name="Weekly")).text.lower()


async def test_second_of_two_admins_reads_that_it_was_done_already(town: Town) -> None:
    """Only one of them paused it, and only one resumed it."""
    await town.post_first_edition()
    both = (town.admin, town.guild.add_member("Eve", permissions=("manage_guild",)))

    paused = await asyncio.gather(*(each.run(town.channel, "schedule pause", name="Weekly") for each in both))
    resumed = await asyncio.gather(*(each.run(town.channel, "schedule resume", name="Weekly") for each in both))

    assert sorted(answer.text.split(":")[0] for answer in paused) == ["Paused Weekly", "Weekly is already paused"]
    assert sorted(answer.text.split(".")[0] for answer in resumed) == ["Resumed Weekly", "Weekly is already active"]
