"""What is said to an admin when an edition doesn't arrive: a cause, what happened, and what to do."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.news.delivery import Delivery, DeliveryKey, Publication
from bot.news.notice import Notice, unknown_cause
from bot.news.schedule import Schedule

NO_PERMISSION: Final = "I may not post in the channel."
CHANNEL_GONE: Final = "The channel is gone."
SERVER_LEFT: Final = "server left"
UNKNOWN_ZONE: Final = "The time zone is not known here any more."


def no_permission_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Discord doesn't let the bot post there; the schedule is paused."""
    return _of(
        delivery,
        "no permission",
        f"{_what(delivery.key)} could not be posted: I may not post in the channel ({detail}). The schedule is paused. "
        "Give me View Channel, Send Messages, Embed Links and Read Message History there, then use /schedule retry.",
        at=at,
    )


def channel_gone_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """The channel is gone; the schedule is switched off."""
    return _of(
        delivery,
        "channel gone",
        f"{_what(delivery.key)} could not be posted: the channel is gone ({detail}). The schedule is switched off. "
        "Choose another channel with /schedule edit, then use /schedule resume.",
        at=at,
    )


def refused_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Discord refused the message for another reason."""
    return _of(
        delivery,
        f"refused {delivery.key.edition}",
        f"{_what(delivery.key)} could not be posted: Discord refused it ({detail}). Use /schedule retry to try again; "
        "what is left out comes in the next edition.",
        at=at,
    )


def unpublished_notice(publication: Publication, detail: str, *, at: datetime) -> Notice:
    """The message stands in its channel, but its followers don't get it."""
    return Notice(
        guild_id=publication.guild_id,
        schedule_id=publication.key.schedule_id,
        cause="not published",
        text=f"{_what(publication.key)} stands in its channel but could not be published to followers ({detail}). "
        "Publish it there by hand if you wish; see /admin doctor for what keeps me from it.",
        at=at,
    )


def unknown_notice(delivery: Delivery, detail: str, *, at: datetime) -> Notice:
    """Whether the message is there can't be found out by the bot; an admin is asked."""
    return _of(
        delivery,
        unknown_cause(delivery.key),
        f"I don't know whether {_what(delivery.key, inside=True)} stands in the channel, and I can't read it back "
        f"({detail}). Look for it there, then choose what to do. Give me Read Message History there, and I need not "
        "ask again.",
        at=at,
    )


def late_notice(schedule: Schedule, due_at: datetime, *, at: datetime) -> Notice:
    """An edition came too late and was left out."""
    hours = int(schedule.max_lateness.total_seconds() // 3600)
    return Notice(
        guild_id=schedule.guild_id,
        schedule_id=schedule.id,
        cause="late",
        text=f"The edition that was due on {due_at:%d %B %Y at %H:%M} UTC was left out: I was away for longer than the "
        f"{hours} hours that an edition may be late. Its stories come with the next one.",
        at=at,
    )


def zone_notice(schedule: Schedule, *, at: datetime) -> Notice:
    """The schedule's time zone is not known on this machine any more; the schedule is paused."""
    return Notice(
        guild_id=schedule.guild_id,
        schedule_id=schedule.id,
        cause="unknown zone",
        text=f"The time zone {schedule.timezone} is not known here any more, so the schedule is paused. "
        "Choose another with /schedule edit, then use /schedule resume.",
        at=at,
    )


def shut_out_notice(detail: str, *, at: datetime) -> Notice:
    """Discord takes nothing from this address for a while; for the operator."""
    return Notice(
        guild_id=None,
        cause="shut out",
        text=f"Discord takes no requests from this machine at the moment ({detail}). Nothing is lost: sending goes on "
        "by itself when the wait is over. If it comes back, see whether something else uses the same address or token.",
        at=at,
    )


def clock_notice(*, at: datetime) -> Notice:
    """The machine's clock was set, and Discord doesn't agree with it; for the operator."""
    return Notice(
        guild_id=None,
        cause="clock",
        text="The clock of this machine was set, and Discord's clock doesn't agree with it. No edition is planned "
        "until it does. Set the clock right, best by NTP; what fell due meanwhile is planned then.",
        at=at,
    )


def _what(key: DeliveryKey, *, inside: bool = False) -> str:
    """The part in an admin's words; `inside` of a sentence."""
    day = f"of {key.edition}" if key.edition[:1].isdigit() else "that was sent by hand"
    return f"{'part' if inside else 'Part'} {key.part} of the edition {day}"


def _of(delivery: Delivery, cause: str, text: str, *, at: datetime) -> Notice:
    return Notice(guild_id=delivery.guild_id, schedule_id=delivery.key.schedule_id, cause=cause, text=text, at=at)
