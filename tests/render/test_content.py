"""What an admin reads of the archive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, SeedNote, SeedProblem
from bot.news.content import ImportRecord, ImportReport, Room, ShelfSize
from bot.news.delivery import DeliveryState
from bot.render.content import draft_content_status, draft_hidden, draft_import_report, draft_problems, places_of
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_delivery

ROOM = Room(articles=19_995, bytes=60 * 1024 * 1024, imports=9)


def problem(
    path: str = "broken.md", *, line: int | None = 3, field: str = "title", words: str = "said twice"
) -> SeedProblem:
    """Why a file was refused."""
    return SeedProblem(path=path, line=line, field=field, reason=words, cure="Keep one of them.")


def note(path: str) -> SeedNote:
    """What of a file was ignored."""
    return SeedNote(
        path=path,
        line=4,
        field="date",
        reason="unknown field, ignored",
        cure="Newsdesk reads publishedDateTime.",
    )


def record(number: int = 1, *, origin: str = "pack.zip") -> ImportRecord:
    """One import."""
    return ImportRecord(
        id=f"b{number}",
        shelf=INSTANCE_SHELF,
        at=SOME_DAY,
        origin=origin,
        added=12,
        changed=1,
        unchanged=3,
        rejected=2,
    )


@up_to(20)
@given(any_text, st.integers(0, 200), st.booleans())
def test_any_report_fits_a_message(words: str, count: int, dry_run: bool) -> None:  # noqa: FBT001
    """However many files were refused and whatever they are called."""
    problems = tuple(problem(words or "x", field=words, words=words) for _ in range(count))
    report = ImportReport(origin=words, refused=count, problems=problems, is_dry_run=dry_run, batch=words, left=ROOM)

    assert fits(draft_import_report(report, report)) == fits(draft_problems(problems)) == []


@up_to(20)
@given(any_text, st.integers(0, 50))
def test_any_status_fits_a_message(words: str, count: int) -> None:
    """However many imports there were."""
    size = ShelfSize(articles=10**9, bytes=10**12)
    imports = [record(number, origin=words) for number in range(count)]

    assert fits(draft_content_status(size, imports, problems=10**6, left=ROOM, instance=size)) == []


def test_a_report_counts_what_became_of_every_file() -> None:
    """Nothing is passed over in silence."""
    report = ImportReport(
        origin="pack.zip", batch="b1", added=12, changed=1, unchanged=3, kept_out=2, refused=1, left=ROOM
    )
    text = to_text(draft_import_report(report), 500)

    assert "Import of pack.zip" in text
    assert "19 files read: 12 added, 1 changed, 3 unchanged, 1 rejected" in text
    assert "2 skipped: their articles were deleted" in text
    assert "Remaining quota: 19,995 articles, 60.0 MiB on disk; 9 imports this hour" in text
    assert "Batch b1" in text


def test_a_dry_run_says_what_would_be_and_that_nothing_is_kept() -> None:
    """Looking before leaping."""
    text = to_text(draft_import_report(ImportReport(origin="a.md", added=1, is_dry_run=True)), 500)

    assert "Dry run of a.md: nothing was stored" in text
    assert "1 file read: 1 would be added" in text


def test_a_refused_file_is_named_with_line_field_reason_and_cure() -> None:
    """All that is needed to fix it."""
    text = to_text(draft_import_report(ImportReport(origin="a", refused=1, problems=(problem(),))), 500)

    assert "broken.md:3 title: said twice. Keep one of them." in text


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    """Nothing is made up."""
    assert "a.md said twice. Keep" in to_text(draft_problems([problem("a.md", line=None, field="")]), 500)


def test_problems_that_do_not_fit_are_counted() -> None:
    """In a report and in the list of them."""
    problems = tuple(problem("x" * 100) for _ in range(50))

    for draft in (
        draft_import_report(ImportReport(origin="a", refused=50, problems=problems)),
        draft_problems(problems),
    ):
        text = to_text(draft, 500)
        assert f"{50 - text.count('said twice')} more; see `newsdesk check`" in text


def test_notes_follow_problems_and_say_that_they_are_notes() -> None:
    """A problem cost an article, a note didn't."""
    text = to_text(draft_problems([problem()], [note("ferry.md")]), 500)

    assert text.index("broken.md:3") < text.index("ferry.md:4 Note: date: unknown field, ignored. Newsdesk reads")


def test_a_note_on_many_files_is_one_line() -> None:
    """An unknown field is in every file of a folder."""
    text = to_text(draft_problems([], [note(f"{number}.md") for number in range(40)]), 500)

    assert text.count("unknown field") == 1
    assert "0.md:4 and 39 more files Note:" in text


def test_a_report_counts_notes_and_other_files() -> None:
    """Nothing is passed over in silence."""
    text = to_text(draft_import_report(ImportReport(origin="a", added=1, notes=(note("a.md"),), others=2)), 500)

    assert "3 files read" in text
    assert "1 note: something was ignored, changed or not found" in text
    assert "2 other files ignored: not seeds" in text


def test_several_folders_are_reported_each() -> None:
    """The operator may have more than one."""
    text = to_text(draft_import_report(ImportReport(origin="one", added=1), ImportReport(origin="two", changed=2)), 500)

    assert text.index("Import of one") < text.index("1 added") < text.index("Import of two") < text.index("2 changed")


def test_a_status_tells_how_much_there_is_and_when_it_came() -> None:
    """Of the server's own shelf and of the operator's."""
    draft = draft_content_status(
        ShelfSize(articles=1, bytes=1024 * 1024),
        [record()],
        problems=2,
        notes=1,
        left=ROOM,
        instance=ShelfSize(articles=5, bytes=0),
    )
    text = to_text(draft, 500)

    assert "This server's own: 1 article, 1.0 MiB of text" in text
    assert "For every server: 5 articles" in text
    assert "2 problems, 1 note: see /content problems" in text
    assert "7 May 2021 14:19 UTC pack.zip: 12 added, 1 changed, 3 unchanged, 2 rejected (batch b1)" in text


def test_an_empty_shelf_has_a_status_too() -> None:
    """Before the first import."""
    text = to_text(draft_content_status(ShelfSize(articles=0, bytes=0), [], problems=0))

    assert "0 articles" in text
    assert "No problems, no notes" in text
    assert "No imports yet" in text


def test_no_problem_is_good_news() -> None:
    """Said, not left blank."""
    assert "None: every file was read whole." in to_text(draft_problems([]))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeliveryState.PLANNED, "1 planned message will be posted without it, or not at all if no story is left."),
        (DeliveryState.FAILED, "1 planned message will be posted without it, or not at all if no story is left."),
        (DeliveryState.SENDING, "1 message may have been posted with it: see /schedule history for the outcome."),
        (DeliveryState.UNKNOWN, "1 message may have been posted with it: see /schedule history for the outcome."),
        (
            DeliveryState.SENT,
            (
                "1 message that I posted before has it. It leaves a message of the last 14 days within an hour. "
                "Delete a message that is older or was corrected 3 times already."
            ),
        ),
        (DeliveryState.SKIPPED, "No planned or posted message has it."),
    ],
)
def test_messages_with_an_article_that_was_taken_down_are_counted_by_state(state: DeliveryState, said: str) -> None:
    """An admin learns whether it can still be read."""
    assert list(places_of([make_delivery(state=state)])) == [said]


def test_taking_an_article_down_and_bringing_it_back_is_confirmed() -> None:
    """By its title."""
    assert "Hidden from searches and editions: Title of a" in to_text(
        draft_hidden(make_article(), hidden=True, has_changed=True)
    )
    assert "Shown again in searches and coming editions: Title of a" in to_text(
        draft_hidden(make_article(), hidden=False, has_changed=True)
    )
