"""Render errors and the pages of `/help`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import NewsdeskError
from bot.news.message.draft import Draft, Paragraph, Text
from bot.news.schedules.options import OPTIONS
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import LogEntry
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.render.servers.log import entry_line
from bot.text.clean import clean

_LONGEST: Final = 1500

Command = tuple[str, str]
"""The text to type, and what it does."""

HELP: Final[Mapping[str, tuple[str, tuple[Command, ...]]]] = {
    "news": (
        "Search and read articles. Only you see the answers until you share them.",
        (
            ("/news search", "articles by words, topic, provider or date"),
            ("/news latest", "the newest articles"),
            ("/news top", "the best stories of a day, a week, a month or all time"),
            ("/news story", "one article in full, by title or link"),
            ("/news related", "other reports of the same event, as a timeline"),
            ("/news suggest", "suggest a link for this server's next edition"),
            ("/news topics", "topics to filter by"),
            ("/news providers", "providers to filter by"),
        ),
    ),
    "search": (
        "Search syntax. The best article with all words comes first, then those with the rarest words.",
        (
            ('"two words"', "an exact phrase"),
            ("-word", "articles without this word"),
            ("topic:ai", "articles on this topic; provider:wbur.org for one provider"),
            ("after:2024-01", "from this date on; before:2024-05-17 or before:7d up to it"),
            ("quality:>=80", "articles of at least this quality"),
        ),
    ),
    "digest": (
        "Editions posted in this server.",
        (
            ("/digest latest", "the latest edition of a schedule"),
            ("/digest edition", "an earlier edition, by number"),
        ),
    ),
    "schedule": (
        "For members with Manage Server or an editor role: what is posted, where and when.",
        (
            ("/setup", "set up a digest with one form, and see the edition before it is posted"),
            ("/schedule create", "schedule a digest: channel, day, time, filters; a form without options"),
            ("/schedule edit", "change a schedule: shows the difference, then Apply; a form without options"),
            ("/schedule topic-role", "mention a role only in editions with a story on a topic"),
            ("/schedule desk", "show drafts in an editors' channel before they are posted"),
            ("/schedule list", "all schedules, with any unread notices on top"),
            ("/schedule show", "one schedule: its options, its next edition and its state"),
            ("/schedule preview", "preview the next edition"),
            ("/schedule send-now", "post an extra edition now"),
            (
                "/schedule skip-next",
                "skip the next edition; its stories roll over to the following one; undo:True takes it back",
            ),
            ("/schedule pause", "stop posting until you resume it"),
            ("/schedule resume", "resume posting with the next edition"),
            ("/schedule delete", "delete it permanently"),
            ("/schedule history", "past editions and their status"),
            ("/schedule retry", "send failed messages again, newest edition first"),
            ("/schedule why", "why each article was picked or not"),
        ),
    ),
    "options": (
        "The options of /schedule create and /schedule edit.",
        tuple((option.name, option.description) for option in OPTIONS if not option.in_files_only),
    ),
    "content": (
        "For members with Manage Server or an editor role: this server's own articles.",
        (
            ("/content import", "preview seed files (.md or .txt) or a .zip of them, then import them"),
            ("/content rollback", "undo an import: preview what that removes and restores, then do it"),
            ("/content refresh", "import the operator's folders again (bot owner only)"),
            ("/content status", "article counts, recent imports and remaining quota"),
            ("/content problems", "rejected files, with the reason and what to do"),
            ("/content hide", "hide an article from searches and editions"),
            ("/content unhide", "show it again"),
        ),
    ),
    "my": (
        "What I keep of you.",
        (("/my data", "show it; delete:True deletes it"),),
    ),
    "admin": (
        "For members with Manage Server: the bot's health, and its editors.",
        (
            ("/admin doctor", "check channels, permissions, last editions, clock and database"),
            ("/admin log", "what was done here in the last 30 days, and who did it"),
            ("/admin export", "schedules and editor roles as a file"),
            ("/admin import", "preview such a file, then apply it"),
            ("/admin editors add", "let members with a role manage schedules and content"),
            ("/admin editors remove", "take that away again"),
            ("/admin editors list", "the editor roles"),
        ),
    ),
}
"""The pages of help, by command group or subject."""


def draft_error(error: NewsdeskError) -> Draft:
    """Render an error and what to do about it, as a private answer."""
    said = (clip_written(clean(text), _LONGEST) for text in (error.message, error.cure))
    lines = [text for text in said if text] or ["Something went wrong."]
    return Draft(blocks=tuple(map(line, lines)))


def draft_help(topic: str = "") -> Draft:
    """Render a page of help; an overview of all pages for an unknown or empty topic."""
    page = HELP.get(topic.strip().lower().removeprefix("/"))
    if page is not None:
        return Draft(blocks=(line(f"Help: {topic.strip().lower()}", "heading"), line(page[0]), *map(_command, page[1])))
    overview = (line("Newsdesk posts news digests and finds related coverage.", "heading"), *map(_topic, HELP))
    menu = "On a message with a link, use Apps > Find related coverage, or Suggest for the next edition."
    return Draft(blocks=(*overview, line(menu), line("For details, use /help with a topic.", "quiet")))


def draft_editor_added(name: str, *, has_changed: bool) -> Draft:
    """Confirm that a role is an editor role, and say what its members can do now."""
    role = clean(name)
    if not has_changed:
        return Draft(blocks=(line(f"{role} is already an editor role. Nothing changed."),))
    return Draft(
        blocks=(
            line(f"Members with the role {role} can manage schedules and content now."),
            line(
                "To let Discord show them these commands (schedule, content), add the role to both in Server Settings, "
                "Integrations, Newsdesk."
            ),
            line("Editor roles and the bot's settings remain with Manage Server.", "quiet"),
        )
    )


def draft_editor_removed(name: str, *, has_changed: bool) -> Draft:
    """Confirm that a role isn't an editor role any more."""
    if not has_changed:
        return Draft(blocks=(line(f"{clean(name)} isn't an editor role. Nothing changed."),))
    said = f"{clean(name)} isn't an editor role any more. Schedules that its members saved stay."
    return Draft(blocks=(line(said),))


def draft_editors(names: Sequence[str | None]) -> Draft:
    """List editor roles by name; None for one that was deleted in Discord."""
    if not names:
        text = "This server has no editor roles; schedules and content are for members with Manage Server."
        return Draft(blocks=(line(text), line("Name one with /admin editors add.", "quiet")))
    head = line("Editor roles", "heading"), line("Their members manage schedules and content.", "quiet")
    shown = sorted(clean(name) for name in names if name is not None)
    gone = sum(name is None for name in names)
    deleted = [line(f"{count_of(gone, 'role')} deleted since", "quiet")] if gone else []
    return Draft(blocks=(*head, *map(line, shown), *deleted))


def draft_member_data(
    saved: Sequence[Schedule], acts: int = 0, logged: Sequence[LogEntry] = (), suggestions: int = 0
) -> Draft:
    """Render what is kept of a member: their id, with schedules saved last, acts on drafts, suggestions and logs."""
    kept = [
        line(f"Your user id, with {count_of(len(saved), 'schedule')} that you saved last: you get their notices.")
        if saved
        else line("No schedule was last saved by you."),
        *([line(f"Your user id, with {count_of(acts, 'act')} on drafts.")] if acts else ()),
        *([line(f"Your user id, with {count_of(suggestions, 'suggestion')}, for 30 days.")] if suggestions else ()),
        line(f"Your user id, with {count_of(len(logged), 'entry')} of servers' logs, for 30 days.")
        if logged
        else line("No server's log names you."),
    ]
    if not (saved or acts or logged or suggestions):
        kept = [line("Nothing: no schedule was last saved by you, and no server's log names you.")]
    else:
        kept.append(line("To delete it, use /my data with delete:True; what they are about stays."))
    head = (
        line("What I keep of you", "heading"),
        *kept,
        line("The words of a search are kept for 24 hours for its pages, without your id.", "quiet"),
    )
    named = [line(f"{clean(each.name)} (server {each.guild_id})") for each in saved]
    done = [entry_line(each, of_one_member=True) for each in logged]
    return Draft(blocks=(*head, *as_many_as_fit(head, [*named, *done])))


def draft_member_forgotten(schedules: int, acts: int = 0, entries: int = 0, suggestions: int = 0) -> Draft:
    """Confirm from how many schedules, acts on drafts, entries in logs and suggestions a member's id was deleted."""
    gone = [count_of(schedules, "schedule")] if schedules else []
    gone += [f"{count_of(acts, 'act')} on drafts"] if acts else []
    gone += [f"{count_of(entries, 'entry')} of servers' logs"] if entries else []
    gone += [count_of(suggestions, "suggestion")] if suggestions else []
    if not gone:
        return Draft(blocks=(line("Nothing to delete: I keep nothing of you."),))
    said = f"Deleted your user id from {' and '.join(gone)}."
    waiting = " Their notices wait in /schedule list now." if schedules else ""
    return Draft(blocks=(line(f"{said}{waiting}"),))


def _topic(name: str) -> Paragraph:
    text, commands = HELP[name]
    typed = ", ".join(command for command, _ in commands if command.startswith("/"))
    return Paragraph(runs=(Text(text=name, strong=True), Text(text=f": {text}{f' {typed}' if typed else ''}")))


def _command(command: Command) -> Paragraph:
    return Paragraph(runs=(Text(text=command[0], code=True), Text(text=f" {command[1]}")))
