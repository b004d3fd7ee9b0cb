"""Render the rollback of an import: what it would do, with a button, and what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.content import ImportRecord
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Member, Moment, Paragraph, Run, Text
from bot.news.servers.batch import Rollback
from bot.render.format.clip import clip, clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.text.clean import clean

_MOST_SHOWN: Final = 15
"""Articles of each kind."""

_LONGEST_LABEL: Final = 100
"""UTF-16 units of a choice."""


def batch_label(batch: ImportRecord, *, is_own: bool) -> str:
    """Write a choice for an import: when, what, how much, and its id.

    Args:
        batch: The import.
        is_own: Whether the member who asks imported it.
    """
    head, own = f"{batch.at:%Y-%m-%d %H:%M} UTC, ", ", by you" if is_own else ""
    tail = f": {batch.added:,} added, {batch.changed:,} changed{own} ({batch.id})"
    return head + clip(clean(batch.origin), _LONGEST_LABEL - len(head) - len(tail)) + tail


def draft_rollback_preview(rollback: Rollback, *, member_id: int | None = None, has_changed: bool = False) -> Draft:
    """Render what rolling an import back would do, with a button that does exactly this.

    Args:
        rollback: What would be done.
        member_id: The member who imported it; None if the log doesn't know.
        has_changed: Whether an earlier preview was out of date.
    """
    late = [line("The articles have changed since the preview. This is what the rollback would do now.")]
    head = (
        *(late if has_changed else ()),
        line(f"Roll back {_origin(rollback.batch)}?", "heading"),
        batch_line(rollback.batch, member_id),
        line(f"{_counts(rollback, 'would be')}. Nothing is changed until you press Roll back."),
        *_kept(rollback, "stays"),
    )
    ask = line(
        "Posted messages of the last 14 days are corrected. Removed stories leave drafts and planned editions, too.",
        "quiet",
    )
    args = (rollback.batch.id, rollback.key)
    button = Button(action=actions.CONTENT_ROLL_BACK, args=args, label="Roll back", style="danger", is_private=True)
    listed = [*_listed("Removed", rollback.removed), *_listed("Restored", rollback.restored)]
    return Draft(blocks=(*head, *as_many_as_fit(head, listed), ask, ButtonRow(buttons=(button,))))


def draft_rolled_back(rollback: Rollback) -> Draft:
    """Render what a rollback did."""
    return Draft(
        blocks=(
            line(f"Rolled back {_origin(rollback.batch)}", "heading"),
            line(f"{_counts(rollback, '')}."),
            *_kept(rollback, "stayed"),
            line(f"Batch {clean(rollback.batch.id)}", "quiet"),
        )
    )


def batch_line(batch: ImportRecord, member_id: int | None) -> Paragraph:
    """Render an import: when, by whom, how much, its id, and whether it was rolled back."""
    did = f"{batch.added:,} added, {batch.changed:,} changed, {batch.unchanged:,} unchanged"
    who: tuple[Run, ...] = (Text(text=" by "), Member(member_id=member_id)) if member_id is not None else ()
    state = ", rolled back" if batch.rolled_back_at is not None else ""
    tail = f": {did}, {batch.rejected:,} rejected (batch {clean(batch.id)}{state})"
    text = Text(text=f" {clip_written(clean(batch.origin), 100)}")
    return Paragraph(runs=(Moment(at=batch.at, style="short"), text, *who, Text(text=tail)))


def _origin(batch: ImportRecord) -> str:
    return clip_written(clean(batch.origin), 200) or "the upload"


def _counts(rollback: Rollback, would_be: str) -> str:
    verb = f"{would_be} " if would_be else ""
    removed, restored = count_of(len(rollback.removed), "article"), f"{len(rollback.restored):,}"
    return f"{removed} {verb}removed, {restored} {verb}restored"


def _kept(rollback: Rollback, verb: str) -> Iterator[Paragraph]:
    if rollback.kept:
        yield line(f"{count_of(rollback.kept, 'article')} hidden since the import {verb} hidden.")


def _listed(heading: str, titles: Sequence[str]) -> Iterator[Paragraph]:
    if titles:
        yield line(f"{heading}: {count_of(len(titles), 'article')}", "subheading")
    for title in titles[:_MOST_SHOWN]:
        yield Paragraph(runs=(Text(text=clip_written(clean(title), 100), strong=True),))
    if len(titles) > _MOST_SHOWN:
        yield line(f"and {len(titles) - _MOST_SHOWN:,} more", "quiet")
