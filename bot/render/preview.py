"""An edition before it is made."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.news.edition import Choice, Edition
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Moment, Paragraph, Text
from bot.news.schedule import Schedule, extra_edition_key
from bot.render.digest import draft_edition
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_NAME: Final = 120


def draft_choice(choice: Choice, schedule: Schedule, *, now: datetime) -> tuple[Draft, ...]:
    """What was chosen as the messages that would be posted, without the button that is for readers of the channel.

    One message that says so where nothing was chosen.
    """
    if not choice.picks:
        return (Draft(blocks=(line("Nothing to tell: no new story came into question."),)),)
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


def draft_preview_header(schedule: Schedule, due: datetime | None, *, stories: int, candidates: int) -> Draft:
    """What stands above a preview.

    Args:
        schedule: Whose edition would be made.
        due: When; None where the schedule isn't active.
        stories: How many it would tell.
        candidates: How many articles came into question.
    """
    said = f"A preview: nothing is posted. {count_of(stories, 'story')} of {count_of(candidates, 'candidate')}."
    when = (Text(text=" Due "), Moment(at=due, style="long"), Text(text=".")) if due else ()
    hint = "" if stories else "There is nothing to tell: /schedule why gives the reason of every article."
    send = Button(action=actions.SCHEDULE_SEND_NOW, args=(str(schedule.id),), label="Send now", is_private=True)
    return Draft(
        blocks=(
            line(clip_written(clean(schedule.name), _LONGEST_NAME) or "Unnamed", kind="heading"),
            Paragraph(runs=(Text(text=said), *when)),
            *((line(hint),) if hint else (ButtonRow(buttons=(send,)),)),
        )
    )
