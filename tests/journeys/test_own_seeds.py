"""An admin uploads what they wrote themselves, and reads what became of it."""

from __future__ import annotations

import io
import zipfile

from bot.sandbox import Upload
from tests.support.running_bot import Town, import_files, make_seed_text


def _zip(**files: str) -> Upload:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"town-main/news/{name}.md", text)
    return Upload(filename="town-main.zip", content=data.getvalue())


POOL = make_seed_text(title="Town pool reopens").replace("quality: 80", "quality: high")


async def test_an_import_counts_and_shows_notes(town: Town) -> None:
    """The article is in, and the admin learns what was ignored."""
    report = await import_files(town.admin, town.channel, _zip(pool=POOL))

    assert "1 note" in report.text
    assert "town-main.zip/town-main/news/pool.md:6" in report.text
    assert "quality: not an integer, ignored" in report.text


async def test_problems_lists_notes_later(town: Town) -> None:
    """They are kept until the file is imported without them."""
    await import_files(town.admin, town.channel, _zip(pool=POOL))

    assert "quality: not an integer" in (await town.admin.run(town.channel, "content problems")).text

    await import_files(town.admin, town.channel, _zip(pool=make_seed_text(title="Town pool reopens")))

    assert "quality: not an integer" not in (await town.admin.run(town.channel, "content problems")).text


async def test_status_counts_notes(town: Town) -> None:
    """An admin sees that there is something to read."""
    await import_files(town.admin, town.channel, _zip(pool=POOL))

    assert "1 note" in (await town.admin.run(town.channel, "content status")).text


async def test_a_draft_is_not_listed(town: Town) -> None:
    """It can be searched for, but isn't posted."""
    draft = make_seed_text(title="Town pool reopens").replace("published: true", "draft: true")
    await import_files(town.admin, town.channel, _zip(pool=draft))
    await town.post_first_edition()

    assert all("Town pool" not in message.text for message in town.channel.messages)


async def test_text_that_was_html_is_shown_as_text(town: Town) -> None:
    """Feeds deliver escaped HTML, sometimes escaped twice."""
    feed = make_seed_text(title="Bath &amp;amp; pool &lt;b&gt;reopen&lt;/b&gt;", excerpt="<p>The mayor came.</p> ...")
    await import_files(town.admin, town.channel, _zip(pool=feed))

    found = await town.admin.run(town.channel, "news search", query="pool reopen")

    assert "Bath & pool reopen" in found.text
    assert "<p>" not in found.text
