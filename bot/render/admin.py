"""What the bot says of itself: errors as sentences, and help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.errors import NewsdeskError
from bot.news.message.draft import Draft, Paragraph, Text
from bot.news.schedule_options import OPTIONS
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.text.clean import clean

_LONGEST: Final = 1500

Command = tuple[str, str]
"""What to type, and what it does."""

HELP: Final[Mapping[str, tuple[str, tuple[Command, ...]]]] = {
    "news": (
        "Search and read. Answers are for you alone, until you share them.",
        (
            ("/news search", "articles by words, topic, provider or date"),
            ("/news latest", "the newest"),
            ("/news top", "the best of a day, a week or a month"),
            ("/news story", "one article in full, by its title or its link"),
            ("/news related", "who else reports it, as a timeline"),
            ("/news topics", "topics to filter by"),
            ("/news providers", "providers to filter by"),
        ),
    ),
    "search": (
        "What a search understands. Articles with all of the words come first, then those with most of them.",
        (
            ('"two words"', "they stand side by side"),
            ("-word", "without it"),
            ("topic:ai", "on this topic; provider:wbur.org from this provider"),
            ("after:2024-01", "from this day on; before:2024-05-17 or before:7d up to it"),
            ("quality:>=80", "of this quality or more"),
        ),
    ),
    "digest": (
        "Editions that were posted here.",
        (
            ("/digest latest", "the newest edition of a schedule"),
            ("/digest edition", "an earlier one, by its number"),
        ),
    ),
    "schedule": (
        "For members who may manage the server: what is posted where and when.",
        (
            ("/schedule create", "a new one: channel, day, time, zone, filters"),
            ("/schedule edit", "change it: what is not given stays"),
            ("/schedule list", "all of them, and what I must tell you"),
            ("/schedule show", "one in full"),
            ("/schedule preview", "the next edition, as it would be posted now"),
            ("/schedule send-now", "an extra edition at once"),
            ("/schedule skip-next", "leave the next one out, or take that back with undo"),
            ("/schedule pause", "post nothing until it is resumed"),
            ("/schedule resume", "post again, from the next edition on"),
            ("/schedule delete", "stop it for good"),
            ("/schedule history", "what was sent, and what became of it"),
            ("/schedule retry", "send again what failed"),
            ("/schedule why", "why each article is in an edition or not"),
        ),
    ),
    "options": (
        "The options of /schedule create and /schedule edit.",
        tuple((option.name, option.description) for option in OPTIONS),
    ),
    "content": (
        "For members who may manage the server: the articles of this server.",
        (
            ("/content import", "a seed file (.md or .txt) or a .zip of them; dry_run only looks"),
            ("/content refresh", "read the operator's folder again, for who owns the bot"),
            ("/content status", "how much there is, and when it came"),
            ("/content problems", "which files were refused, and what to do"),
            ("/content hide", "take an article down"),
        ),
    ),
    "admin": (
        "For members who may manage the server: how the bot is doing here.",
        (("/admin doctor", "channels, permissions, last editions, clock and database: what is well, and what to do"),),
    ),
}
"""The topics of help, by the root of the commands or the thing that they explain."""


def draft_error(error: NewsdeskError) -> Draft:
    """What went wrong, and what to do about it, as a private answer."""
    said = (clip_written(clean(text), _LONGEST) for text in (error.message, error.cure))
    lines = [text for text in said if text] or ["Something went wrong."]
    return Draft(blocks=tuple(map(line, lines)))


def draft_help(topic: str = "") -> Draft:
    """A page of help; every topic's first lines for an unknown or empty topic."""
    page = HELP.get(topic.strip().lower().removeprefix("/"))
    if page is not None:
        return Draft(blocks=(line(f"Help: {topic.strip().lower()}", "heading"), line(page[0]), *map(_command, page[1])))
    overview = (line("Newsdesk turns articles into a newsroom.", "heading"), *map(_topic, HELP))
    menu = "On a message with a link: Apps, then Find related coverage."
    return Draft(blocks=(*overview, line(menu), line("More: /help with a topic.", "quiet")))


def _topic(name: str) -> Paragraph:
    text, commands = HELP[name]
    typed = ", ".join(command for command, _ in commands if command.startswith("/"))
    return Paragraph(runs=(Text(text=name, strong=True), Text(text=f": {text}{f' {typed}' if typed else ''}")))


def _command(command: Command) -> Paragraph:
    return Paragraph(runs=(Text(text=command[0], code=True), Text(text=f" {command[1]}")))
