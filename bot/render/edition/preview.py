"""Draw an edition that is not planned yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.news.edition import Choice, Edition, Pick, picks_key
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Moment, Paragraph, Text
from bot.news.schedules.schedule import Schedule, extra_edition_key
from bot.render.edition.digest import draft_edition
from bot.render.edition.head import roles_mentioned
from bot.render.edition.posting import as_sentence, posting_words
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_NAME: Final = 120


def draft_choice(choice: Choice, schedule: Schedule, *, now: datetime) -> tuple[Draft, ...]:
    """Draw a choice as the messages that would be posted, without the buttons for the channel's readers.

    If nothing was chosen, one message says so.
    """
    if not choice.picks:
        return (Draft(blocks=(line("Nothing to send: no eligible new story."),)),)
    edition = Edition(
        schedule_id=schedule.id,
        key=extra_edition_key(0),
        due_at=choice.window.end,
        planned_at=now,
        window=choice.window,
        picks=choice.picks,
        is_first=choice.is_first,
        is_archive=choice.is_archive,
    )
    return draft_edition(edition, schedule, keys=None, now=now)


def _how_posted(schedule: Schedule, picks: Sequence[Pick]) -> str:
    """Say how the previewed messages are posted; empty for the usual way."""
    roles = len(roles_mentioned(schedule, picks))
    said = [f"mentions {count_of(roles, 'role')}"] if roles and picks else []
    said += posting_words(schedule)
    return as_sentence(f"{', '.join(said)}.") if said else ""


def draft_preview_header(
    schedule: Schedule, due: datetime | None, picks: Sequence[Pick], *, candidates: int, has_changed: bool = False
) -> Draft:
    """Draw the message above a preview.

    Args:
        schedule: The schedule of the edition.
        due: When the next edition is due; None if the schedule isn't active.
        picks: The edition's stories, which *Send now* sends: no others.
        candidates: The number of eligible articles.
        has_changed: True if a member wanted to send an earlier preview, whose stories were others.
    """
    stories = len(picks)
    said = f"Preview; nothing is posted. {count_of(stories, 'story')} of {count_of(candidates, 'candidate')}."
    if has_changed:
        said = (
            f"Nothing was posted: the stories have changed since the preview. It is now {count_of(stories, 'story')}."
        )
    when = (
        (Text(text=" Due "), Moment(at=due, style="long"), Text(text="."))
        if due and schedule.rule != "breaking"
        else ()
    )
    hint = "" if stories else "Nothing to send. Use /schedule why to see the reason for each article."
    send = Button(
        action=actions.SCHEDULE_SEND_NOW, args=(str(schedule.id), picks_key(picks)), label="Send now", is_private=True
    )
    return Draft(
        blocks=(
            line(clip_written(clean(schedule.name), _LONGEST_NAME) or "Unnamed", kind="heading"),
            Paragraph(runs=(Text(text=said), *when)),
            *((line(how),) if (how := _how_posted(schedule, picks)) else ()),
            *((line(hint),) if hint else (ButtonRow(buttons=(send,)),)),
        )
    )
