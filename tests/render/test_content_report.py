"""What an import would do: a message that fits, and a file that has all of it."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import SeedNote
from bot.news.content import ImportReport, SeedChange
from bot.news.message.draft import ButtonRow
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.servers import content_report
from bot.render.servers.content_report import draft_import_preview, import_report_text
from tests.render.absurd import any_text
from tests.render.test_content import ROOM, note, problem
from tests.support.examples import up_to

FIELDS = ("title", "excerpt", "link", "other links", "date", "provider", "type", "category", "published", "images")


def report(*changes: SeedChange, **fields: object) -> ImportReport:
    """A dry run."""
    return ImportReport(origin="pack.zip", changes=changes, is_dry_run=True, left=ROOM, **fields)  # type: ignore[arg-type]


@up_to(20)
@given(any_text, st.integers(0, 40), st.integers(0, 200), st.booleans())
def test_any_preview_fits_a_message(words: str, changes: int, problems: int, has_changed: bool) -> None:  # noqa: FBT001
    """However many articles change, whatever they are called."""
    some = [SeedChange(path=words, title=words, fields=FIELDS if number % 2 else ()) for number in range(changes)]
    found = report(*some, problems=tuple(problem(words or "x", words=words) for _ in range(problems)))

    assert not fits(draft_import_preview(found, "t" * 16, has_changed=has_changed))


def test_preview_counts_the_articles_that_it_does_not_list() -> None:
    """The file lists them."""
    found = report(*(SeedChange(path=f"{number}.md", title=f"Story {number}") for number in range(12)))

    assert "and 2 more" in to_text(draft_import_preview(found, "t"), 200)


def test_preview_of_nothing_new_has_no_button() -> None:
    """It would do nothing."""
    draft = draft_import_preview(report(), "t")

    assert not any(isinstance(block, ButtonRow) for block in draft.blocks)


def test_outdated_preview_says_that_it_is_another_one() -> None:
    """Or it would look as if nothing had happened."""
    assert "have changed since the preview" in to_text(draft_import_preview(report(), "t", has_changed=True), 200)


def test_file_has_every_article_problem_and_note() -> None:
    """One on each line."""
    whole = SeedNote(path="b.md", line=None, field="", reason="unknown folder", cure="Rename it")
    found = report(
        SeedChange(path="a.md", title="Ferry sinks"),
        SeedChange(path="c.md", title="Pier opens", fields=("title", "date")),
        problems=(problem(),),
        notes=(note("a.md"), whole),
    )

    assert import_report_text(found).splitlines()[2:] == [
        "added: a.md: Ferry sinks",
        "changed: c.md: Pier opens (title, date)",
        "rejected: broken.md:3: title: said twice. Keep one of them.",
        "note: a.md:4: date: unknown field, ignored. Newsdesk reads publishedDateTime.",
        "note: b.md: unknown folder. Rename it",
    ]


def test_file_that_would_be_too_long_is_cut_and_says_so() -> None:
    """Discord takes no larger one."""
    found = report(*(SeedChange(path=f"{number}.md", title="x" * 200) for number in range(50)))

    with patch.object(content_report, "LARGEST_REPORT", 2_000):
        text = import_report_text(found)

    assert len(text) < 2_200
    assert text.endswith("The rest is left out: the report is too long.\n")
