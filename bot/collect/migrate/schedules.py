"""Write the channels of an export as schedules: TOML with the options of `/schedule create`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from bot.collect.migrate.moving import Channel

_HEAD: Final = "# A schedule for each channel, with the options of `/schedule create`.\n"


def schedules_toml(channels: Sequence[Channel]) -> str:
    """Write a daily schedule for each channel, which selects the articles of the feeds that were posted there."""
    return _HEAD + "".join(map(_block, channels))


def _block(channel: Channel) -> str:
    lines = [
        "[[schedule]]",
        f"name = {json.dumps(f'News of {channel.id}')}",
        f"channel = {json.dumps(channel.id)}",
        'day = "daily"',
        'time = "09:00"',
        'timezone = "UTC"',
        f"topics = [{json.dumps(channel.topic)}]",
    ]
    lines += [f"mention_role = {json.dumps(channel.role_id)}"] if channel.role_id else []
    return "\n" + "\n".join(lines) + "\n"
