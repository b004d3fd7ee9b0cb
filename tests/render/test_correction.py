"""Messages that are corrected: what stays as it was posted, what a reader sees of it, and that it always fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, Picture
from bot.news.choosing.correction import PostedMessage, corrected
from bot.news.edition import Edition, Pick
from bot.news.message.draft import Draft, Link, Mention, Paragraph, Section, Text, menu_values
from bot.news.message.plain_text import plain_draft
from bot.news.schedules.schedule import Schedule
from bot.render.edition.correction import draft_corrected, reads_alike
from bot.render.edition.digest import count_fitting, draft_edition
from bot.render.format.limits import fits
from bot.render.format.lines import line
from bot.render.format.markdown import write_paragraphs
from bot.render.format.terminal import to_text
from tests.render.absurd import articles, editions
from tests.render.reading import server_sees
from tests.support.examples import up_to
from tests.support.makers import make_article, make_edition, make_pick, make_schedule

few = up_to(40)
LATER = datetime(2021, 5, 11, 23, 30, tzinfo=UTC)
POSTED_AT = datetime(2021, 5, 10, 9, tzinfo=UTC)
PICTURE = Picture(url="https://bostonherald.com/p.jpg", alt="A quay")


def posted_parts(edition: Edition, *, is_plain: bool = False, schedule: Schedule | None = None) -> list[PostedMessage]:
    """The messages of an edition as they were posted."""
    schedule = schedule or make_schedule(mention_role=7)
    fitting = count_fitting(edition.picks, schedule, now=POSTED_AT)
    edition, left_out = replace(edition, picks=edition.picks[:fitting]), len(edition.picks) - fitting
    keys = "abcdefghi"
    drafts = draft_edition(edition, schedule, keys=lambda part: keys[part] * 25, now=POSTED_AT, left_out=left_out)
    return [
        PostedMessage(
            edition=edition,
            schedule=schedule,
            draft=plain_draft(draft, refused="400") if is_plain else draft,
            picks=tuple(pick for pick in edition.picks if pick.article.id in menu_values(draft)),
            number=number,
            drawn_at=POSTED_AT,
            left_out=left_out,
        )
        for number, draft in enumerate(drafts, 1)
    ]


def one_part(*picks: Pick) -> PostedMessage:
    """The one message of an edition."""
    (part,) = posted_parts(make_edition(picks=picks))
    return part


def corrected_now(posted: PostedMessage, picks: Sequence[Pick]) -> Draft:
    """The message with these stories, corrected on 11 May in UTC."""
    draft = draft_corrected(posted, picks, at=LATER)
    assert draft is not None
    return draft


def with_article(pick: Pick, article: Article) -> Pick:
    """The pick with what another article says."""
    (now,) = corrected([pick], {pick.article.id: article}, frozenset(), only_withdrawn=False)
    return now


def urls_of(draft: Draft) -> set[str]:
    """All links of a message."""
    paragraphs = [block for block in draft.blocks if isinstance(block, Paragraph)]
    paragraphs += [each for block in draft.blocks if isinstance(block, Section) for each in block.paragraphs]
    return {run.url for each in paragraphs for run in each.runs if isinstance(run, Link)}


@few
@given(editions(), st.booleans())
def test_message_of_which_nothing_changed_is_as_it_was_posted_but_for_the_note(
    edition: Edition,
    is_plain: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    """Byte for byte: its excerpts, dates, pictures, menu and key."""
    for posted in posted_parts(edition, is_plain=is_plain):
        now = corrected_now(posted, posted.picks)
        without_note = tuple(block for block in now.blocks if block != line("Corrected 11 May", kind="quiet"))

        assert len(without_note) == len(now.blocks) - 1
        assert replace(now, blocks=without_note) == posted.draft


@few
@given(editions(), st.data())
def test_corrected_message_fits_or_is_not_drawn(edition: Edition, data: st.DataObject) -> None:
    """Whatever its articles say now; it pings nobody, and keeps its key and its mention."""
    for posted in posted_parts(edition):
        now = [with_article(pick, replace(data.draw(articles("a")), id=pick.article.id)) for pick in posted.picks]
        draft = draft_corrected(posted, now, at=LATER)
        if draft is not None:
            texts = [block for block in draft.blocks if isinstance(block, Paragraph)]
            assert fits(draft) == []
            assert server_sees(write_paragraphs(texts)) == []
            assert draft.key == posted.draft.key
            assert [block for block in draft.blocks if isinstance(block, Mention)] == [
                block for block in posted.draft.blocks if isinstance(block, Mention)
            ]


@few
@given(editions(), st.sets(st.integers(0, 20)), st.booleans())
def test_stories_that_are_withdrawn_always_leave_the_message(
    edition: Edition,
    places: set[int],
    is_plain: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    """There is always room for it; nothing in the message leads to them, and no other story comes in."""
    for posted in posted_parts(edition, is_plain=is_plain):
        kept = [pick for place, pick in enumerate(posted.picks) if place not in places]
        draft = corrected_now(posted, kept)

        assert fits(draft) == []
        assert menu_values(draft) == (set() if is_plain else {pick.article.id for pick in kept})
        assert urls_of(draft) <= urls_of(posted.draft)
        assert len(urls_of(draft)) <= len(kept)


@pytest.mark.parametrize(("zone", "day"), [("UTC", "11 May"), ("Europe/Berlin", "12 May"), ("Nowhere/Land", "11 May")])
def test_day_of_a_correction_is_the_schedules(zone: str, day: str) -> None:
    """The same for every reader."""
    (posted,) = posted_parts(make_edition(picks=(make_pick(make_article("a")),)), schedule=make_schedule(timezone=zone))

    assert f"Corrected {day}" in to_text(corrected_now(posted, posted.picks))


def test_corrected_message_has_what_its_article_says_now() -> None:
    """Its title, its link, its excerpt, and the alt text of its picture."""
    article = make_article("a", pictures=(PICTURE,), excerpt="It sank.")
    posted = one_part(make_pick(article))
    now = replace(
        article,
        title="It floats",
        url="https://bostonherald.com/b",
        excerpt="It floats again.",
        pictures=(replace(PICTURE, alt="A ferry"),),
    )
    draft = corrected_now(posted, [with_article(posted.picks[0], now)])

    assert urls_of(draft) == {"https://bostonherald.com/b"}
    assert "It floats again." in to_text(draft)
    assert "It sank." not in to_text(draft)
    assert "A ferry" in repr(draft)
    assert "A quay" not in repr(draft)


def test_reader_of_an_edition_sees_how_many_stories_were_withdrawn() -> None:
    """The head counts those that are left."""
    posted = one_part(*(make_pick(make_article(stem)) for stem in "abc"))
    text = to_text(corrected_now(posted, posted.picks[:1]))

    assert "1 story from 1 provider" in text
    assert "Corrected 11 May · 2 stories withdrawn" in text


def test_message_without_a_story_says_so_and_keeps_its_name() -> None:
    """It has no empty menu, and no heading without an end."""
    posted = one_part(make_pick(make_article("a")))
    draft = corrected_now(posted, [])

    assert fits(draft) == []
    assert draft.blocks[0] == posted.draft.blocks[0]
    assert "Corrected 11 May · all of its stories were withdrawn" in to_text(draft)
    assert "stories from" not in to_text(draft)


def test_first_message_without_a_story_still_counts_those_of_the_others() -> None:
    """And a later one doesn't count at all."""
    edition = make_edition(
        picks=tuple(
            make_pick(make_article(f"a{each}", excerpt="Word. " * 60, pictures=(PICTURE,))) for each in range(12)
        )
    )
    first, second = posted_parts(edition)
    assert f"{len(second.picks)} stories from 1 provider" in to_text(corrected_now(first, []))
    assert "stories from" not in to_text(corrected_now(second, second.picks))


def test_editors_headline_stays_and_its_link_is_corrected() -> None:
    """The editor decided what the story is called."""
    article = make_article("a")
    posted = one_part(replace(make_pick(article), headline="What happened"))
    now = replace(article, title="It floats", url="https://bostonherald.com/b")
    draft = corrected_now(posted, [with_article(posted.picks[0], now)])

    assert "What happened" in to_text(draft)
    assert "It floats" not in to_text(draft)
    assert urls_of(draft) == {"https://bostonherald.com/b"}


def test_title_below_an_editors_headline_reads_alike() -> None:
    """So the message isn't edited."""
    article = make_article("a")
    posted = one_part(replace(make_pick(article), headline="What happened"))
    now = with_article(posted.picks[0], replace(article, title="It floats"))

    assert reads_alike(posted, [now], posted.picks)
    assert not reads_alike(posted, [], posted.picks)


def test_correction_that_has_no_room_is_not_drawn() -> None:
    """Editors' notes are never shortened, and a longer link takes its room."""
    notes = tuple(replace(make_pick(make_article(f"a{each}")), note="Word " * 60) for each in range(8))
    posted = posted_parts(make_edition(picks=notes))[0]
    long = [
        with_article(pick, replace(pick.article, url=f"https://bostonherald.com/{'x' * 2000}{number}"))
        for number, pick in enumerate(posted.picks)
    ]

    assert draft_corrected(posted, long, at=LATER) is None


def test_heading_of_a_renamed_schedule_stays_as_it_was_posted() -> None:
    """Readers know the edition by it."""
    posted = one_part(make_pick(make_article("a")))
    renamed = replace(posted, schedule=make_schedule(name="Monthly"))

    assert corrected_now(renamed, posted.picks).blocks[0] == Paragraph(
        runs=(Text(text="Weekly · 3 to 10 May"),), kind="heading"
    )
