"""Read the settings of the RSS cog of Red-DiscordBot (`cogs/RSS/settings.json`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.collect.feed import Feed
from bot.collect.foreign import mapping_in
from bot.collect.migrate.moving import Export, LeftOut, Posting
from bot.text.links import clean_url

_CHANNELS: Final = "CHANNEL"
_PLAIN_TEMPLATES: Final = frozenset({"", "$title\n$link", "[Feed Name] $title\n$link", "$title", "$link"})


def is_red(value: object) -> bool:
    """Return True if a JSON document is a cog's settings: an identifier, and channels with feeds below it."""
    return isinstance(value, dict) and any(isinstance(each, dict) and _CHANNELS in each for each in value.values())


def read_red(value: Mapping[str, Any]) -> Export:
    """Read the settings; anything but feeds is passed over, and a feed that can't be carried over is named."""
    found = [each for settings in value.values() if isinstance(settings, dict) for each in _of_channels(settings)]
    return Export(
        postings=tuple(each for each in found if isinstance(each, Posting)),
        left_out=tuple(each for each in found if isinstance(each, LeftOut)),
    )


def _of_channels(settings: Mapping[str, Any]) -> Iterator[Posting | LeftOut]:
    for channel_id, channel in mapping_in(settings.get(_CHANNELS)).items():
        for name, feed in mapping_in(mapping_in(channel).get("feeds")).items():
            yield from _of_feed(str(channel_id), str(name), feed)


def _of_feed(channel_id: str, name: str, value: Any) -> Iterator[Posting | LeftOut]:
    what = f"feed {name} of channel {channel_id}"
    feed = mapping_in(value)
    address = feed.get("url")
    url = clean_url(address) if isinstance(address, str) else None
    if url is None:
        yield LeftOut(what=what, why=f"its address is not a public web address: {address}")
        return
    tags = feed.get("allowed_tags")
    take = tuple(str(tag)[:200] for tag in tags if str(tag).strip()) if isinstance(tags, list) else ()
    yield Posting(feed=Feed(url=url, name=str(feed.get("name") or name)[:200], take=take), channel_id=channel_id)
    template = feed.get("template")
    if isinstance(template, str) and template.strip() not in _PLAIN_TEMPLATES:
        yield LeftOut(what=f"template of {what}", why="an edition has a form of its own")
