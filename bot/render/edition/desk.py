"""Render the editors' desk: a message with the buttons, and the edition's messages as they will be posted.

Discord allows 40 components a message, and an edition of eight stories takes them all. So the buttons are in a message
of their own, with one select for the stories instead of five buttons for each; what is done to a story is chosen in a
private answer, which can be edited without disturbing the others. The edition's messages below differ from what is
posted in one row: instead of the reader's button they have the desk's own key, so that none is taken for an edition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from bot.news.delivery import Delivery, DeliveryState
from bot.news.edition import Pick
from bot.news.message import actions
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Channel,
    Draft,
    Moment,
    Option,
    Paragraph,
    Run,
    Select,
    Text,
)
from bot.news.message.form import Field, Form, FormOption, RadioField, TextField
from bot.news.schedules.desk import LONGEST_HEADLINE, LONGEST_NOTE, Deed, Desk, DeskAct, DeskState, OnDesk
from bot.news.schedules.schedule import DeskDefault, Schedule
from bot.render.article import DOT, title_of
from bot.render.edition.delivery import STATE_WORDS
from bot.render.format.clip import clip, clip_written
from bot.render.format.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean
from bot.text.links import domain_of

Keys = Callable[[int], str]

_LONGEST_NAME: Final = 120
_LONGEST_TITLE: Final = 80
_LAST_ACTS: Final = 5

_DID: Final = {
    Deed.DROP: "Dropped",
    Deed.UP: "Moved up",
    Deed.SWAP: "Swapped",
    Deed.NOTE: "Note",
    Deed.HEADLINE: "Headline",
    Deed.HOLD: "On hold",
    Deed.APPROVE: "Approved",
    Deed.SEND: "Sent now",
    Deed.SKIP: "Skipped",
    Deed.REDRAW: "Drawn again",
}

_NOT_NEEDED: Final = "This message isn't part of the draft any more."


def draft_desk(seen: OnDesk, keys: Keys) -> tuple[Draft, ...]:
    """Render the messages of a desk: the one with the buttons, then the edition's.

    Args:
        seen: The draft as it is.
        keys: The key of each message by its number.
    """
    first = (*_head(seen), *_came_in(seen.desk), *_stories(seen), *_last_acts(seen.acts), *_controls(seen))
    parts = [tuple(block for block in part.draft.blocks if not _is_readers_row(block)) for part in seen.parts]
    return tuple(with_desk_key(blocks, keys(number)) for number, blocks in enumerate((first, *parts)))


def draft_unneeded(key: str) -> Draft:
    """Render a message of the desk for which the edition has no part any more."""
    return with_desk_key((line(_NOT_NEEDED, "quiet"),), key)


def draft_draft(seen: OnDesk) -> tuple[Draft, ...]:
    """Render a draft privately: what becomes of it, and its messages as they will be posted."""
    parts = [
        Draft(blocks=tuple(each for each in part.draft.blocks if not _is_readers_row(each))) for part in seen.parts
    ]
    return (Draft(blocks=tuple(_head(seen))), *parts)


def draft_desk_menu(seen: OnDesk, said: str) -> Draft:
    """Render the private answer to an act: what was done or why not, and what can be done next."""
    return Draft(blocks=(line(said), *_head(seen), *_stories(seen), *_controls(seen, is_private=True)))


def draft_desk_story(seen: OnDesk, pick: Pick, said: str = "") -> Draft:
    """Render a story of the draft with what can be done to it, privately."""
    name = title_of(pick.shown)
    own = f"Own title: {clip_written(title_of(pick.article), _LONGEST_TITLE)}" if pick.headline else ""
    note = f"Note: {clean(pick.note)}" if pick.note else ""
    args = _story_args(seen, pick)

    def button(action: str, label: str) -> Button:
        return Button(action=action, args=args, label=label, is_private=True)

    row = (
        button(actions.DESK_DROP, "Drop"),
        button(actions.DESK_UP, "Up"),
        button(actions.DESK_SWAP, "Swap"),
        button(actions.DESK_NOTE, "Note"),
        button(actions.DESK_HEADLINE, "Headline"),
    )
    lines = tuple(line(each) for each in (said, own, note) if each)
    return Draft(blocks=(line(clip_written(name, 2 * _LONGEST_TITLE), "heading"), *lines, ButtonRow(buttons=row)))


def draft_note_form(seen: OnDesk, pick: Pick) -> Form:
    """Draw the form for an editor's note."""
    note = TextField(
        name=NOTE,
        label="Note, shown above the story",
        about="Leave it empty for no note.",
        value=pick.note,
        longest=LONGEST_NOTE,
        least=0,
        is_long=True,
    )
    signs = tuple(
        FormOption(label=label, value=value, is_chosen=bool(pick.note_by) == (value == SIGNED))
        for value, label in ((UNSIGNED, "No"), (SIGNED, "Yes"))
    )
    fields = (note, RadioField(name=SIGN, label="Show your name with it", options=signs))
    return _form(seen, pick, actions.DESK_NOTE_FORM, actions.DESK_NOTE, "Note", fields)


def draft_headline_form(seen: OnDesk, pick: Pick) -> Form:
    """Draw the form for an editor's title."""
    title = TextField(
        name=HEADLINE,
        label="Headline; the link stays",
        about="Leave it empty for the article's own title.",
        value=pick.headline,
        longest=LONGEST_HEADLINE,
        least=0,
    )
    return _form(seen, pick, actions.DESK_HEADLINE_FORM, actions.DESK_HEADLINE, "Headline", (title,))


NOTE: Final = "note"
HEADLINE: Final = "headline"
SIGN: Final = "sign"
SIGNED: Final = "yes"
UNSIGNED: Final = "no"
"""Names and values of the forms' fields."""


def _form(seen: OnDesk, pick: Pick, action: str, opens: str, title: str, fields: tuple[Field, ...]) -> Form:
    args = _story_args(seen, pick)
    opener = Button(action=opens, args=args, label=title, is_private=True)
    return Form(action=action, args=args, title=title, fields=fields, opener=opener)


def _story_args(seen: OnDesk, pick: Pick) -> tuple[str, ...]:
    return (str(seen.desk.schedule_id), seen.desk.edition, pick.article.id, str(seen.desk.revision))


def _is_readers_row(block: Block) -> bool:
    return isinstance(block, ButtonRow) and any(each.action == actions.EDITION_WHY for each in block.buttons)


def with_desk_key(blocks: tuple[Block, ...], key: str) -> Draft:
    """Build a message of the desk that is found by its key when the channel is read back."""
    mark = Button(action=actions.DESK_MESSAGE, args=(key,), label="Draft", is_disabled=True)
    return Draft(blocks=(*blocks, ButtonRow(buttons=(mark,))), key=key)


def _head(seen: OnDesk) -> Iterator[Block]:
    name = "A deleted schedule" if seen.schedule is None else clean(seen.schedule.name)
    yield line(f"Draft: {clip_written(name, _LONGEST_NAME) or 'Unnamed'}", "heading")
    yield Paragraph(runs=tuple(_state(seen)))


def _state(seen: OnDesk) -> Iterator[Run]:
    """What becomes of the edition, or what became of it."""
    if not seen.can_change:
        yield from _became(seen.parts)
        return
    yield Text(text="Due ")
    yield Moment(at=seen.desk.due_at, style="long")
    yield Text(text=" in ")
    yield Channel(channel_id=seen.parts[0].key.channel_id)
    yield Text(text=f". {_OUTLOOKS[seen.desk.state, seen.desk.waits]}")


_OUTLOOKS: Final = {
    (DeskState.OPEN, False): "It is posted then, unless someone holds it.",
    (DeskState.OPEN, True): "It waits until someone approves it.",
    **{(DeskState.APPROVED, waits): "Approved: it is posted then as it is below." for waits in (False, True)},
    **{(DeskState.HELD, waits): "On hold: it waits until someone approves it." for waits in (False, True)},
    **{(DeskState.RELEASED, waits): "It is being sent now." for waits in (False, True)},
}


def _became(parts: Sequence[Delivery]) -> Iterator[Run]:
    states = dict.fromkeys(STATE_WORDS[part.state] for part in parts)
    yield Text(text=f"Not a draft any more: {', '.join(states) or 'deleted'}")
    reasons = dict.fromkeys(clean(part.reason) for part in parts if part.reason)
    if reasons:
        yield Text(text=f" ({clip_written(', '.join(reasons), 2 * _LONGEST_TITLE)})")
    if any(part.state is DeliveryState.SENT for part in parts):
        yield Text(text=" in ")
        yield Channel(channel_id=parts[0].key.channel_id)
    yield Text(text=".")


def _came_in(desk: Desk) -> Iterator[Block]:
    if desk.came_in:
        count = count_of(desk.came_in, "story")
        yield line(f"{count} came in since. Swap one in, or leave it to the next edition.")


def _stories(seen: OnDesk) -> Iterator[Block]:
    for number, pick in enumerate(seen.edition.picks, start=1):
        title = clip_written(title_of(pick.shown), _LONGEST_TITLE)
        yield line(f"{number}. {title}{DOT}{clip(domain_of(pick.article.url), _LONGEST_TITLE)}")


def _last_acts(acts: Sequence[DeskAct]) -> Iterator[Block]:
    for act in acts[-_LAST_ACTS:]:
        detail = f": {clip_written(clean(act.detail), _LONGEST_TITLE)}" if act.detail else ""
        yield Paragraph(
            runs=(Moment(at=act.at, style="short"), Text(text=f"{DOT}{_DID[act.deed]}{detail}")), kind="quiet"
        )


def _controls(seen: OnDesk, *, is_private: bool = False) -> Iterator[Block]:
    if not seen.can_change:
        return
    desk = seen.desk
    args = (str(desk.schedule_id), desk.edition, str(desk.revision))
    if seen.edition.picks:
        options = tuple(
            Option(label=clip(title_of(pick.shown), LONGEST_OPTION), value=pick.article.id)
            for pick in seen.edition.picks[:MOST_OPTIONS]
        )
        yield Select(
            action=actions.DESK_STORY,
            args=args,
            placeholder="Change a story",
            options=options,
            is_private=is_private,
        )
    wanted = (
        (actions.DESK_APPROVE, "Approve", desk.state is not DeskState.APPROVED),
        (actions.DESK_HOLD, "Hold", desk.state is not DeskState.HELD),
        (actions.DESK_SEND, "Send now", True),
    )
    yield ButtonRow(
        buttons=tuple(
            Button(action=action, args=args, label=label, is_private=is_private)
            for action, label, is_wanted in wanted
            if is_wanted
        )
    )


def desk_lines(schedule: Schedule) -> Iterator[Paragraph]:
    """Say where a schedule's editions are drafted, how long before, and what happens to a draft without an act."""
    if schedule.desk_channel_id is None:
        return
    if not schedule.has_desk:
        yield line("No drafts of breaking news: it is posted at once.")
        return
    hours = count_of(int(schedule.lead_time.total_seconds() // 3600), "hour")
    said = Text(text=f" {hours} before; {_DEFAULTS[schedule.desk_default]}")
    yield Paragraph(runs=(Text(text="Drafts in "), Channel(channel_id=schedule.desk_channel_id), said))


def on_desk(due_at: datetime | None) -> Iterator[Paragraph]:
    """Say that a draft is on the desk; nothing if there is none."""
    if due_at is not None:
        yield Paragraph(runs=(Text(text="On the desk: the draft of the edition of "), Moment(at=due_at, style="short")))


_DEFAULTS: Final = {
    DeskDefault.SEND: "posted at its time unless someone holds it",
    DeskDefault.WAIT: "posted once someone approves it",
}


def draft_skipped_draft(name: str, due_at: datetime) -> Draft:
    """Confirm that a draft is skipped."""
    what = Text(text=f"Skipped the draft of {clip_written(clean(name), _LONGEST_NAME)} that was due ")
    rest = Text(text=". Its stories roll over to the following edition.")
    return Draft(blocks=(Paragraph(runs=(what, Moment(at=due_at, style="short"), rest)),))
