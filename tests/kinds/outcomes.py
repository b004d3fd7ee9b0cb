"""What a store and its channels came to, without what differs by chance: random ids, and the order of row numbers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from tests.simulation.inline import InlineDatabase

State: TypeAlias = Mapping[str, tuple[tuple[object, ...], ...]]
"""The rows of each kind, sorted."""

_ROWS: Final = {
    "schedules": """
        SELECT folded_name, json_remove(value, '$.id', '$.state', '$.state_reason'), state, state_reason, next_due_at,
            deleted_at
        FROM schedule
    """,
    "servers left": "SELECT guild_id, left_at FROM guild",
    "editions": """
        SELECT folded_name, edition, number, due_at, planned_at, window_start, window_end, is_first, is_archive,
            is_late, is_extra, is_empty, skipped
        FROM edition JOIN schedule USING (schedule_id)
    """,
    "picks": """
        SELECT folded_name, edition, place, article_id, score, text
        FROM pick JOIN edition USING (edition_id) JOIN schedule USING (schedule_id)
    """,
    "reasons": """
        SELECT folded_name, edition, article_id, reason, detail
        FROM verdict JOIN edition USING (edition_id) JOIN schedule USING (schedule_id)
    """,
    "deliveries": """
        SELECT folded_name, edition, part, channel_id, delivery.state, revision, attempt, tries, reason, not_before,
            message_id IS NULL, draft.value
        FROM delivery JOIN schedule USING (schedule_id) JOIN draft USING (delivery_id)
    """,
    "corrections": """
        SELECT folded_name, edition, part, correction.state, correction.revision, begun, shown_revision, edits,
            corrected_at, withdraws, correction.draft, picks, shown, correction.reason
        FROM correction JOIN delivery USING (delivery_id) JOIN schedule USING (schedule_id)
    """,
    "drafts": """
        SELECT folded_name, edition, desk.channel_id, due_at, waits, desk.state, revision, came_in, is_closed
        FROM desk JOIN schedule USING (schedule_id)
    """,
    "acts on drafts": """
        SELECT folded_name, edition, revision, done_at, member_id, deed, article_id, detail
        FROM desk_act JOIN schedule USING (schedule_id)
    """,
    "messages of desks": """
        SELECT folded_name, edition, number, message_id IS NULL, tried_at, shown
        FROM desk_message JOIN schedule USING (schedule_id)
    """,
    "suggestions": """
        SELECT suggestion_id, folded_name, channel_id, member_id, page, title, credit, suggestion.state, article_id,
            message_id IS NULL, tried_at, shown, is_closed
        FROM suggestion JOIN schedule USING (schedule_id)
    """,
    "articles": """
        SELECT article_id, name, stem, is_stub, is_hidden, is_kept_out, published_at, first_seen_at, quality, heat,
            listed, title, excerpt, url, topics, file_path
        FROM article JOIN shelf USING (shelf_id)
    """,
    "changes of articles": """
        SELECT article_id, seen_at, replaced_at, change.quality, change.heat, change.listed, change.published_at
        FROM change JOIN article USING (row_id)
    """,
    "deleted articles": "SELECT article_id, title FROM tombstone",
    "imports": """
        SELECT name, at, origin, added, changed, unchanged, rejected, rolled_back_at FROM import_record
        JOIN shelf USING (shelf_id)
    """,
    "withdrawn articles": "SELECT article_id FROM withdrawn",
    "deeds begun": "SELECT guild_id, member_id, act FROM log_begun",
    "imports begun": "SELECT shelf, at FROM upload_begun",
    "problems": "SELECT origin, path, line, field, reason FROM problem",
    "files": "SELECT folder, path, size, content_hash FROM file_mark",
    "notices": "SELECT notice.guild_id, folded_name, cause, text, noticed_at, shown_at FROM notice LEFT JOIN schedule "
    "USING (schedule_id)",
    "editor roles": "SELECT guild_id, role_id FROM editor_role",
    "log": "SELECT guild_id, member_id, act, subject, detail FROM log_entry",
    "settings": "SELECT name, value FROM setting",
}
"""Views, stories and words are left out: they are computed from the rest, and again where they are missing."""

_NAME_AT: Final = {
    **dict.fromkeys(("schedules", "editions", "picks", "reasons", "deliveries"), 0),
    **dict.fromkeys(("drafts", "acts on drafts", "messages of desks"), 0),
    **dict.fromkeys(("suggestions", "notices"), 1),
}
"""The column that names a schedule, of the kinds that have one."""

_ALSO_OF_SHELVES: Final = frozenset(
    {"articles", "changes of articles", "deleted articles", "withdrawn articles", "imports", "problems", "files"}
)

BUTTON_GONE: Final = "private: The button is gone."
"""What a client shows whose message was edited before the press."""

_NOTHING_LEFT: Final = re.compile(
    r"(No schedule “[^”]*” in this server"
    r"|(The|That) schedule (“[^”]*” )?(was|is already) deleted"
    r"|Someone has already decided this"
    r"|An import of this server is under way"
    r"|This was (imported|applied) already"
    r"|Batch [0-9a-f]{16} was rolled back already"
    r"|The button is gone"
    r"|This suggestion was (taken|refused) already|An editor is taking this suggestion"
    r"|This server has used its quota of \d+ imports per hour"
    r"|[^.:\n ][^.:\n]* has no failed messages)\..*",
    re.DOTALL,
)
"""Refusals that are equally true of one state: somebody who was overtaken reads another one than somebody who came
later."""

_OUTCOME: Final = re.compile(
    r"(Edition of [^\n]*|Not finished yet:[^\n]*|[^\n]*: nothing is sent until /schedule resume\."
    r"|I can't read the channel, so I don't know whether [^\n]*\n\[Send anyway\])"
)
"""What became of messages is read after the decision, and may show what came after it."""

_WHOSE_OUTCOME: Final = re.compile(r"\A(private: |public: )[^\n]+\n(?=outcome\Z)")
"""The heading of such an answer is the schedule's name when the messages were read."""

_POSTED_WITH_IT: Final = re.compile(r"\d+ messages? that I posted before [^\n]*\n(Edition of [^\n]*\n)*")
"""A posted message that was corrected meanwhile doesn't have the article any more."""

_EXTRA: Final = re.compile(
    r"(Posted an extra edition of ([^\n]*) in #[^\n]*|An extra edition of ([^\n]*) is on its way to #[^\n]*"
    r"|An extra edition of ([^\n]*) was planned, and this is what became of it:\u200b?)\n?"
)
"""So is what became of an extra edition's."""

_PLANNED_WITH_IT: Final = re.compile(r"\d+ planned messages? will be posted without it[^\n]*\n")

_BY_CHANCE: Final = (
    (re.compile(r"\bx\d{15,20}\b"), "x"),  # an extra edition's key: the interaction's id
    (re.compile(r"\b[a-z2-7]{25}\b"), "nonce"),  # made of such a key
    (re.compile(r"\bBatch [0-9a-f]{16}\b"), "Batch"),
)


def state_of(database: InlineDatabase, posted: Iterable[str]) -> State:
    """Read everything that a person or a later run of the bot could notice.

    Args:
        database: All that is stored.
        posted: What the channels show.
    """
    shelves = [each.connection for each in database.shelves.values()]
    rows = {
        kind: _read([database.connection, *(shelves if kind in _ALSO_OF_SHELVES else ())], sql)
        for kind, sql in _ROWS.items()
    }
    return rows | {"messages": tuple(sorted((without_chance(text),) for text in posted))}


def _read(connections: Sequence[sqlite3.Connection], sql: str) -> tuple[tuple[object, ...], ...]:
    rows = [
        tuple(without_chance(value) if isinstance(value, str) else value for value in row)
        for connection in connections
        for row in connection.execute(sql)
    ]
    return tuple(sorted(rows, key=repr))


def without_chance(text: str) -> str:
    """Drop from a text what is another one each time."""
    for pattern, instead in _BY_CHANCE:
        text = pattern.sub(instead, text)
    return text


def told(text: str) -> str:
    """Write an answer so that equal meanings are equal."""
    text = _NOTHING_LEFT.sub("There is nothing to do it to.", text)
    text = _EXTRA.sub(lambda found: f"Extra edition of {found[2] or found[3] or found[4]}\noutcome", text)
    text = re.sub(r"(outcome\n?)+", "outcome", _OUTCOME.sub("outcome", _POSTED_WITH_IT.sub("", text)))
    return without_chance(_WHOSE_OUTCOME.sub(r"\1", text))


def without_planned(text: str) -> str:
    """Drop how many planned messages had an article: it is counted after the takedown, while a tick redraws them."""
    return _PLANNED_WITH_IT.sub("", text)


def untrue(text: str, state: State) -> bool:
    """Whether an answer says what a state shows to be wrong.

    That is: an extra edition was posted which no channel shows, or an article was hidden, and more planned messages
    have it than the answer counts.
    """
    rows = [(name, edition, part, str(draft)) for name, edition, _, _, part, *_, draft in state["deliveries"]]
    posted = re.search(r"Posted an extra edition of (.*) with ", text)
    if posted is not None and not any(row[:3] == (posted[1].casefold(), "x", "sent") for row in rows):
        return True
    hidden = re.search(r"Hidden from searches and editions: (.*)\n(?:(\d+) planned message)?", text)
    planned = [draft for *_, part, draft in rows if part == "planned" and hidden is not None and hidden[1] in draft]
    return hidden is not None and len(planned) > int(hidden[2] or 0)


def by_schedule(state: State) -> Mapping[str, State]:
    """Split a state: by the folded name of each schedule, its own rows; what is of no schedule, by an empty name."""
    pieces: dict[str, dict[str, tuple[tuple[object, ...], ...]]] = {}
    for kind, rows in state.items():
        for row in rows:
            name = str(row[_NAME_AT[kind]] or "") if kind in _NAME_AT else ""
            piece = pieces.setdefault(name, {})
            piece[kind] = (*piece.get(kind, ()), row)
    return pieces


def difference(one: State, other: State) -> dict[str, tuple[object, object]]:
    """Compare two states: by kind, the rows that only one of them has."""
    found: dict[str, tuple[object, object]] = {}
    for kind in one:
        mine, others = set(one[kind]), set(other[kind])
        if mine != others:
            found[kind] = (sorted(mine - others, key=repr), sorted(others - mine, key=repr))
        elif one[kind] != other[kind]:
            found[kind] = (one[kind], other[kind])
    return found
