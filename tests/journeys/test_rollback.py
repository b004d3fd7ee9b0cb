"""An editor undoes an import: it is previewed, done once, and logged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.news.article import server_shelf
from bot.news.content import ImportRecord
from bot.news.servers.log import Act, Deed, Done
from bot.sandbox import Answer, Upload
from tests.journeys.test_editors import name_editors
from tests.kinds.test_door import services_of
from tests.support.content_hash import content_of
from tests.support.hostile_text import HOSTILE
from tests.support.running_bot import Town, import_files, make_seed_text


def seed(name: str, title: str, **fields: Any) -> Upload:
    """A seed file."""
    text = make_seed_text(title=title, url=f"https://example.com/{name}", **fields)
    return Upload(filename=f"{name}.md", content=text.encode())


async def imported(town: Town, *files: Upload) -> ImportRecord:
    """Import files as the admin, and return the batch."""
    await import_files(town.admin, town.channel, *files)
    store = services_of(town).store.articles
    return (await store.imports(server_shelf(town.guild.id), limit=1))[0]


async def preview(town: Town, batch: ImportRecord) -> Answer:
    """Let the admin look at a rollback."""
    return await town.admin.run(town.channel, "content rollback", batch=batch.id)


async def found(town: Town, words: str) -> str:
    """What a search shows."""
    return (await town.member.run(town.channel, "news search", query=words)).text


def content(town: Town) -> dict[str, list[str]]:
    """All that the server's file has."""
    (path,) = town.folder.rglob(f"{town.guild.id}-*.sqlite3")
    return content_of(path)


async def test_rollback_is_previewed_done_with_one_button_and_logged(town: Town) -> None:
    """The store's content is exactly what it was before the import."""
    await imported(town, seed("ferry", "Ferry sinks"))
    before = content(town)
    batch = await imported(town, seed("ferry", "Ferry raised"), seed("pier", "Pier opens"))

    answer = await preview(town, batch)
    assert "1 article would be removed, 1 would be restored" in answer.text
    assert "Pier opens" in answer.text
    assert "Ferry sinks" in answer.text
    assert "by @Ada" in answer.text
    assert "Pier opens" in await found(town, "pier opens")
    done = await town.admin.press(answer, "Roll back")

    assert "1 article removed, 1 restored" in done.text
    assert done.buttons == []
    assert "Pier opens" not in await found(town, "pier opens")
    assert content(town) == before
    log = (await town.admin.run(town.channel, "admin log")).text
    assert f"rolled back ferry.md and 1 more: batch {batch.id}, 1 removed, 1 restored" in log


async def test_choices_are_the_imports_that_can_be_rolled_back(town: Town) -> None:
    """When, what, how much, by whom and the id; for editors alone."""
    batch = await imported(town, seed("ferry", "Ferry sinks"))
    await town.admin.press(await preview(town, batch), "Roll back")
    batch = await imported(town, seed("pier", "Pier opens"))

    (choice,) = await town.admin.complete(town.channel, "content rollback", focused="batch")

    assert choice.value == batch.id
    assert choice.name == f"{batch.at:%Y-%m-%d %H:%M} UTC, pier.md: 1 added, 0 changed, by you ({batch.id})"
    assert await town.admin.complete(town.channel, "content rollback", focused="batch", value="ferry") == []
    assert await town.member.complete(town.channel, "content rollback", focused="batch", force=True) == []


async def test_batch_that_a_later_one_changed_names_that_one(town: Town) -> None:
    """And nothing is offered."""
    first = await imported(town, seed("ferry", "Ferry sinks"))
    later = await imported(town, seed("ferry", "Ferry raised"))

    answer = await preview(town, first)

    assert answer.text == (
        f"Batch {later.id} changed some of the same articles later.\nRoll back batch {later.id} first."
    )
    assert answer.buttons == []


async def test_button_pressed_after_a_later_import_is_refused(town: Town) -> None:
    """It names the later batch."""
    batch = await imported(town, seed("ferry", "Ferry sinks"))
    answer = await preview(town, batch)
    later = await imported(town, seed("ferry", "Ferry raised"))

    assert f"Roll back batch {later.id} first." in (await town.admin.press(answer, "Roll back")).text
    assert "Ferry raised" in await found(town, "ferry raised")


async def test_rollback_that_would_do_something_else_by_now_is_shown_again(town: Town) -> None:
    """An article that was hidden since stays, hidden."""
    batch = await imported(town, seed("ferry", "Ferry sinks"), seed("pier", "Pier opens"))
    answer = await preview(town, batch)
    await town.admin.run(town.channel, "content hide", article="ferry.md")

    again = await town.admin.press(answer, "Roll back")
    assert "The articles have changed since the preview." in again.text
    assert "1 article hidden since the import stays hidden." in again.text
    assert "1 article removed" in (await town.admin.press(again, "Roll back")).text

    assert "Pier opens" not in await found(town, "pier opens")
    await imported(town, seed("ferry", "Ferry sinks"), seed("pier", "Pier opens"))
    assert "Ferry sinks" not in await found(town, "ferry sinks")


async def test_button_pressed_twice_rolls_back_once(town: Town) -> None:
    """The second one says so, and leaves no entry."""
    batch = await imported(town, seed("ferry", "Ferry sinks"))
    answer, second = await preview(town, batch), await preview(town, batch)

    await town.admin.press(answer, "Roll back")
    said = await town.admin.press(second, "Roll back")

    assert f"Batch {batch.id} was rolled back already." in said.text
    assert (await town.admin.run(town.channel, "admin log")).text.count("rolled back") == 1


async def test_preview_of_another_member_and_of_yesterday_are_refused(town: Town) -> None:
    """Nothing is changed."""
    batch = await imported(town, seed("ferry", "Ferry sinks"))
    answer = await preview(town, batch)
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    assert "another member's answer" in (await other.press(answer, "Roll back")).text
    town.clock.jump_to(town.clock.now() + timedelta(hours=25))
    assert "expired" in (await town.admin.press(answer, "Roll back")).text
    assert "Ferry sinks" in await found(town, "ferry sinks")


async def test_editor_rolls_back_and_loses_that_with_the_role(town: Town) -> None:
    """The right is checked again at the press."""
    role, eve = await name_editors(town)
    batch = await imported(town, seed("ferry", "Ferry sinks"))
    answer = await eve.run(town.channel, "content rollback", batch=batch.id)
    await town.admin.run(town.channel, "admin editors remove", role=role)

    assert "You need the Manage Server permission" in (await eve.press(answer, "Roll back")).text
    await town.admin.run(town.channel, "admin editors add", role=role)
    assert "1 article removed" in (await eve.press(answer, "Roll back")).text


async def test_batch_of_another_server_is_unknown(town: Town) -> None:
    """Its id is not enough."""
    batch = await imported(town, seed("ferry", "Ferry sinks"))
    other = town.sandbox.add_guild("Elsewhere")
    bo = other.add_member("Bo", permissions=("manage_guild",))

    answer = await bo.run(other.add_channel("news"), "content rollback", batch=batch.id)

    assert "There is no such batch in this server." in answer.text


async def test_posted_edition_keeps_its_ledger_and_the_next_one_loses_the_story(town: Town) -> None:
    """A message that was posted stays; a draft on the desk is drawn without what was removed."""
    desk = town.guild.add_channel("desk")
    await town.post_first_edition()
    batch = await imported(
        town,
        seed("ferry", "Ferry sinks beside the pier", published=town.clock.now().isoformat()),
        seed("mayor", "Mayor opens a public library", published=town.clock.now().isoformat()),
    )
    await town.admin.run(town.channel, "schedule desk", name="Weekly", channel=desk, lead_time=72)
    await town.let_pass(timedelta(days=5))
    assert "Ferry sinks beside the pier" in "".join(message.text for message in desk.messages)
    posted = [message.text for message in town.channel.messages]
    history = (await town.admin.run(town.channel, "schedule history", name="Weekly")).text

    await town.admin.press(await preview(town, batch), "Roll back")
    await town.let_pass(timedelta(minutes=2))

    assert "all of its stories were taken down" in "".join(message.text for message in desk.messages)
    assert [message.text for message in town.channel.messages] == posted
    assert history.splitlines()[-1] in (await town.admin.run(town.channel, "schedule history", name="Weekly")).text


@pytest.mark.parametrize("was_done", [True, False])
async def test_deed_begun_before_a_kill_is_logged_only_if_it_was_done(town: Town, *, was_done: bool) -> None:
    """The start after it looks at the server's own file."""
    await imported(town, seed("ferry", "Ferry sinks"))
    store, now = services_of(town).store, town.clock.now()
    deed = Deed(id=5, guild_id=town.guild.id, member_id=town.admin.id, at=now)
    await store.log.begin_entry(deed, Act.HIDE)
    if was_done:
        await store.articles.save_done(server_shelf(town.guild.id), Done(id=5, subject="Ferry sinks", detail="a hoax"))

    await town.stop_bot()
    await town.start_bot()

    log = (await town.admin.run(town.channel, "admin log")).text
    assert ("hid Ferry sinks: a hoax" in log) is was_done
    assert await services_of(town).store.log.begun() == ()


async def test_hostile_names_and_titles_are_text_in_each_answer(town: Town) -> None:
    """No mention but the importer's own, and no link."""
    texts = HOSTILE[::9]
    files = [seed(f"n{number}", title) for number, title in enumerate(texts)][:9]
    batch = await imported(town, *files)

    answer = await preview(town, batch)
    done = await town.admin.press(answer, "Roll back")

    for message in (answer.message, done.message):
        assert message is not None
        assert message.links == []


async def test_status_shows_the_batches_the_hidden_articles_and_what_is_there(town: Town) -> None:
    """By week, topic and provider; who imported what, and why an article is hidden."""
    now = town.clock.now().isoformat()
    batch = await imported(town, seed("ferry", "Ferry sinks", published=now), seed("pier", "Pier opens", published=now))
    await town.admin.run(town.channel, "content hide", article="ferry.md", reason="a hoax")

    text = (await town.admin.run(town.channel, "content status")).text

    assert "Articles by week: \u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2581\u2588" in text
    assert "Newest: Pier opens" in text
    assert "Ferry sinks: a hoax" in text
    assert f"ferry.md and 1 more by @Ada: 2 added, 0 changed, 0 unchanged, 0 rejected (batch {batch.id})" in text


async def test_status_gives_no_article_the_reason_of_another_one_with_its_title(town: Town) -> None:
    """The log has both."""
    await imported(town, seed("ferry", "Ferry sinks"), seed("again", "Ferry sinks"))
    for name, reason in (("ferry", "a hoax"), ("again", "a copy")):
        await town.admin.run(town.channel, "content hide", article=f"{name}.md", reason=reason)

    lines = (await town.admin.run(town.channel, "content status")).text.splitlines()

    assert [line for line in lines if "Ferry sinks" in line] == ["Ferry sinks", "Ferry sinks"]
