"""What an admin reads when an edition doesn't arrive: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.news.checkup.collector import FailingFeed
from bot.news.choosing.recheck import Finding
from bot.news.delivery import Delivery, DeliveryKey, EditionKey, Publication, local_date
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.schedules.desk import Desk
from bot.news.schedules.schedule import Schedule, StopReason

STOP_TEXTS: Final[Mapping[StopReason, str]] = {
    StopReason.NONE: "a member paused it",
    StopReason.NO_PERMISSION: "I don't have permission to post in the channel",
    StopReason.CHANNEL_GONE: "the channel was deleted",
    StopReason.SERVER_LEFT: "I am no longer in the server",
    StopReason.REJOINED: "I was removed from the server and invited again",
    StopReason.UNKNOWN_ZONE: "the time zone is unknown",
}
"""Why a schedule was stopped, or a message skipped with it: a clause for the middle of a sentence."""


STOP_CURES: Final[Mapping[StopReason, str]] = {
    StopReason.NONE: "Use /schedule resume to continue.",
    StopReason.NO_PERMISSION: "Give me the permission, then use /schedule resume, or /schedule retry for what failed.",
    StopReason.CHANNEL_GONE: "Choose another channel with /schedule edit; it posts there from its next edition on.",
    StopReason.SERVER_LEFT: "Invite me again, then use /schedule resume.",
    StopReason.REJOINED: "Use /schedule resume to continue.",
    StopReason.UNKNOWN_ZONE: "Choose another time zone with /schedule edit, then use /schedule resume.",
}
"""What makes a stopped schedule post again: a sentence."""

_MOST_NAMED: Final = 5


def edition_name(key: EditionKey) -> str:
    """Name an edition within a sentence: `edition of 2026-11-16`, or `extra edition`."""
    due_on = local_date(key)
    return f"edition of {due_on}" if due_on else "extra edition"


def no_permission_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Notice that the bot has no permission to post in the channel; the schedule is paused."""
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.NO_PERMISSION),
        f"{_part(delivery.key)} was not posted: I don't have permission to post in the channel ({detail}). The "
        "schedule is paused. Give me View Channel, Send Messages, Embed Links and Read Message History there, then use "
        "/schedule retry.",
        at=at,
    )


def channel_gone_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Notice that the channel was deleted; the schedule is switched off."""
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.CHANNEL_GONE),
        f"{_part(delivery.key)} was not posted: the channel was deleted ({detail}). The schedule is switched off. "
        f"{STOP_CURES[StopReason.CHANNEL_GONE]}",
        at=at,
    )


def refused_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Notice that Discord refused the message for another reason."""
    is_whole = delivery.key.part == 1
    left = "its stories roll over to the next edition" if is_whole else "the rest of the edition isn't posted"
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.REFUSED, edition=delivery.key.edition),
        f"{_part(delivery.key)} was not posted: Discord refused it ({detail}). Use /schedule retry to try again; "
        f"otherwise {left}.",
        at=at,
    )


def plain_form_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Notice that a message was posted as plain text, because Discord refused its form."""
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.PLAIN_FORM),
        f"{_part(delivery.key)} was posted as plain text, without pictures and without the menu of coverage, because "
        f"Discord refused its form ({detail}). Its texts and links are complete. If this happens again, send this "
        "message to the bot's operator.",
        at=at,
    )


def role_gone_notice(delivery: Delivery, *, at: datetime) -> Notice:
    """Notice that the role to mention was deleted; the schedule mentions nobody from now on."""
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.ROLE_GONE),
        "The role to mention was deleted, so editions are posted without a mention. Choose another role with "
        "/schedule edit.",
        at=at,
    )


def unpublished_notice(publication: Publication, detail: str, *, at: datetime) -> Notice:
    """Notice that a message was posted but not published to the channel's followers."""
    return Notice(
        guild_id=publication.guild_id,
        schedule_id=publication.key.schedule_id,
        cause=NoticeCause(kind=NoticeKind.NOT_PUBLISHED),
        text=f"{_part(publication.key)} was posted but could not be published to followers ({detail}). You can publish "
        "it by hand; /admin doctor shows which permission I need.",
        at=at,
    )


def unthreaded_notice(publication: Publication, detail: str, *, at: datetime) -> Notice:
    """Notice that a message was posted but its discussion thread could not be opened."""
    return Notice(
        guild_id=publication.guild_id,
        schedule_id=publication.key.schedule_id,
        cause=NoticeCause(kind=NoticeKind.NO_THREAD),
        text=f"{_part(publication.key)} was posted, but its discussion thread could not be opened ({detail}). You can "
        "open it by hand; /admin doctor shows which permission I need.",
        at=at,
    )


def uncorrected_notice(publication: Publication, detail: str, *, at: datetime) -> Notice:
    """Notice that a posted message could not be edited although its articles changed."""
    return Notice(
        guild_id=publication.guild_id,
        schedule_id=publication.key.schedule_id,
        cause=NoticeCause(kind=NoticeKind.NOT_CORRECTED),
        text=f"{_part(publication.key)} was corrected, but I can't edit its message ({detail}). I try again every hour "
        "for two weeks; /admin doctor shows which permission I need. If it must go at once, delete the message.",
        at=at,
    )


def not_sent_notice(delivery: Delivery, finding: Finding, *, at: datetime) -> Notice:
    """Notice that a part was left out because what was planned no longer holds."""
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.NOT_SENT, edition=delivery.key.edition),
        f"{_part(delivery.key)} was not posted: {finding.value}. {_LEFT_OUT.get(finding, '')}".rstrip(),
        at=at,
    )


_LEFT_OUT: Final[Mapping[Finding, str]] = {
    Finding.TOO_LATE: "The parts before it were posted. Use /schedule retry to post the rest all the same.",
    Finding.MOVED: "The parts before it are in the old channel. To post the rest there, choose that channel again with "
    "/schedule edit and use /schedule retry.",
}


def unknown_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Ask an admin about a message of unknown outcome in a channel that the bot can't read back."""
    key = delivery.key
    return _about_delivery(
        delivery,
        NoticeCause(kind=NoticeKind.UNKNOWN, edition=key.edition, part=key.part),
        f"I can't check whether part {key.part} of the {edition_name(key.edition)} was posted, because I can't read "
        f"the channel ({detail}). Look for it there, then choose what to do. Give me Read Message History there to "
        "avoid this question.",
        at=at,
    )


def late_notice(schedule: Schedule, due_at: datetime, *, at: datetime) -> Notice:
    """Notice that an edition was skipped because it came too late."""
    hours = int(schedule.max_lateness.total_seconds() // 3600)
    return _about_schedule(
        schedule,
        NoticeKind.LATE,
        f"The edition due on {due_at:%d %B %Y at %H:%M} UTC was skipped: it could not be posted within the "
        f"schedule's limit of {hours} hour{'' if hours == 1 else 's'}. Its stories roll over to the next edition.",
        at=at,
    )


def zone_notice(schedule: Schedule, *, at: datetime) -> Notice:
    """Notice that this machine no longer knows the schedule's time zone; the schedule is paused."""
    return _about_schedule(
        schedule,
        NoticeKind.UNKNOWN_ZONE,
        f"The time zone {schedule.timezone} is no longer known, so the schedule is paused. "
        f"{STOP_CURES[StopReason.UNKNOWN_ZONE]}",
        at=at,
    )


def rejoined_notice(stopped: Sequence[Schedule], *, at: datetime) -> Notice:
    """Offer to resume the schedules (at least one) of a server that the bot was invited to again."""
    first, *others = stopped
    names = ", ".join(each.name for each in stopped[:_MOST_NAMED])
    more = f" and {len(stopped) - _MOST_NAMED} more" if len(stopped) > _MOST_NAMED else ""
    them = "them" if others else "it"
    return _about_schedule(
        first,
        NoticeKind.REJOINED,
        f"I was removed from the server and invited again. Paused meanwhile: {names}{more}. Press the button to "
        f"resume {them}, or use /schedule resume.",
        at=at,
    )


def not_read_back_notice(schedule: Schedule, detail: str, *, at: datetime) -> Notice:
    """Notice that what the channel shows can't be compared with an older copy of the database."""
    return _about_schedule(
        schedule,
        NoticeKind.NOT_READ_BACK,
        "My database may be an older copy, and I can't read in the channel what I have posted since "
        f"({detail}): the next edition may repeat stories. Give me Read Message History there; I look again every "
        "hour.",
        at=at,
    )


def desk_notice(desk: Desk, detail: str, *, at: datetime) -> Notice:
    """Notice that a draft can't be shown in the editors' channel."""
    outcome = "It waits for an approval" if desk.is_waiting else "It is posted at its time"
    return Notice(
        guild_id=desk.guild_id,
        schedule_id=desk.schedule_id,
        cause=NoticeCause(kind=NoticeKind.DESK),
        text=f"I can't show the draft of the {edition_name(desk.edition)} in the editors' channel ({detail}). "
        f"{outcome}. Give me View Channel, Send Messages, Embed Links and Read Message History there, or choose "
        "another channel with /schedule desk.",
        at=at,
    )


def suggestion_notice(desk: Desk, detail: str, *, at: datetime) -> Notice:
    """Notice that a suggestion can't be shown in the editors' channel."""
    return Notice(
        guild_id=desk.guild_id,
        schedule_id=desk.schedule_id,
        cause=NoticeCause(kind=NoticeKind.DESK),
        text=f"I can't show members' suggestions in the editors' channel ({detail}). Give me View Channel, Send "
        "Messages, Embed Links and Read Message History there, or choose another channel with /schedule desk.",
        at=at,
    )


def shut_out_notice(detail: str, *, at: datetime) -> Notice:
    """Notice to the operator that Discord accepts nothing from this address for a while."""
    return _about_bot(
        NoticeKind.SHUT_OUT,
        f"Discord accepts no requests from this machine at the moment ({detail}). Nothing is lost: sending "
        "resumes by itself. If it happens again, check whether something else uses the same address or token.",
        at=at,
    )


def clock_notice(*, at: datetime) -> Notice:
    """Notice to the operator that the machine's clock was set and differs from Discord's."""
    return _about_bot(
        NoticeKind.CLOCK,
        "This machine's clock was set and now differs from Discord's. No edition is planned until they agree. "
        "Sync the clock (NTP recommended); editions that fell due meanwhile are planned then.",
        at=at,
    )


def displaced_notice(what: str, *, at: datetime) -> Notice:
    """Notice to the operator that the database's file was deleted or replaced; `what` says which, in sentences."""
    return _about_bot(
        NoticeKind.DISPLACED,
        f"{what} Nothing is posted or planned until it is moved back. Otherwise stop the bot and restore that "
        "copy or a backup with `newsdesk restore`.",
        at=at,
    )


def damaged_notice(what: str, *, at: datetime) -> Notice:
    """Notice to the operator that the archive is damaged; `what` says how, in a sentence."""
    return _about_bot(
        NoticeKind.DAMAGED,
        f"{what} What is planned is still posted, but no edition is planned. Stop the bot and restore a backup with "
        "`newsdesk restore`.",
        at=at,
    )


def unreadable_notice(guild_id: int, *, at: datetime) -> Notice:
    """Notice to a server that the file of its uploads can't be used."""
    return Notice(
        guild_id=guild_id,
        cause=NoticeCause(kind=NoticeKind.DAMAGED),
        text="This server's own articles can't be read at the moment. Answers and editions have the others meanwhile. "
        "The bot's operator can put them back from a backup.",
        at=at,
    )


def failing_feeds_notice(feeds: Sequence[FailingFeed], *, at: datetime) -> Notice:
    """Notice to the operator that feeds have failed for a week, or are gone."""
    shown = "; ".join(f"{each.name} ({each.url}): {each.trouble}" for each in feeds[:_MOST_NAMED])
    more = f"; and {len(feeds) - _MOST_NAMED} more" if len(feeds) > _MOST_NAMED else ""
    return _about_bot(
        NoticeKind.FAILING_FEEDS,
        f"Feeds that have failed for a week: {shown}{more}. Check them with `newsdesk feeds check`, or remove them.",
        at=at,
    )


def _about_schedule(schedule: Schedule, kind: NoticeKind, text: str, *, at: datetime) -> Notice:
    return Notice(guild_id=schedule.guild_id, schedule_id=schedule.id, cause=NoticeCause(kind=kind), text=text, at=at)


def _about_bot(kind: NoticeKind, text: str, *, at: datetime) -> Notice:
    return Notice(guild_id=None, cause=NoticeCause(kind=kind), text=text, at=at)


def _part(key: DeliveryKey) -> str:
    return f"Part {key.part} of the {edition_name(key.edition)}"


def _about_delivery(delivery: Delivery, cause: NoticeCause, text: str, *, at: datetime) -> Notice:
    return Notice(guild_id=delivery.guild_id, schedule_id=delivery.key.schedule_id, cause=cause, text=text, at=at)
