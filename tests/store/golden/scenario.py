"""A store with every kind of stored row, filled through its ports, and its rows as SQL text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.news.article import INSTANCE_SHELF, Picture, Provider, SeedProblem, server_shelf
from bot.news.content import ImportRecord
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition, Pick, Reason, Skipped, Verdict, Window
from bot.news.message.draft import (
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Link,
    Mention,
    Moment,
    Option,
    Paragraph,
    Section,
    Select,
    Separator,
    Text,
)
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.schedules.schedule import EmptyPolicy, Schedule, ScheduleState, StopReason, Weekday
from bot.news.search import View
from bot.news.stories.story import Story
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.store.port import Store
from bot.store.port.article import FileStamp
from tests.support.ledger import set_state
from tests.support.makers import make_delivery, make_edition, make_schedule, make_seed, make_stub

NOON: Final = datetime(2021, 5, 7, 12, 0, 0, 250_000, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SERVER: Final = server_shelf(1)

STUB: Final = make_stub("stub", excerpt="Only named.", aliases=("https://amp.wbur.org/stub",))
SEED: Final = make_seed(
    "full",
    coverage=(STUB, make_stub("other")),
    title="Ångström’s “robot” \U0001f916 \ud83d",
    published_at=NOON,
    provider=Provider(domain="reuters.com", name="Reuters", picture_url="https://reuters.com/logo.png"),
    excerpt="Line one.\nLine two.",
    aliases=("https://amp.reuters.com/full", "https://reuters.com/full-2"),
    kind="video",
    category="politics",
    quality=81,
    heat=-1,
    listed=None,
    topics=("Künstliche Intelligenz", "Robots"),
    pictures=(
        Picture(url="https://p.example/1.png", width=640, height=480, alt="a “robot”"),
        Picture(url="https://p.example/2"),
    ),
)
SPARSE: Final = make_seed("sparse", published_at=NOON - HOUR, quality=None, listed=False)
OWN: Final = make_seed("own", shelf=SERVER, published_at=NOON + HOUR, topics=("Robots",))
HIDDEN: Final = make_seed("hidden", published_at=NOON)
DELETED: Final = make_seed("deleted", published_at=NOON)

SCHEDULE: Final[Schedule] = make_schedule(
    name="Wöchentlich",
    days=(Weekday.MONDAY, Weekday.FRIDAY),
    at=time(9, 30),
    timezone="Europe/Berlin",
    count=7,
    rule="upstream",
    min_score=70,
    topics=("robots",),
    providers=("reuters.com",),
    muted_topics=("sport",),
    muted_providers=("example.com",),
    provider_cap=3,
    max_age=timedelta(days=9, microseconds=5),
    max_lateness=timedelta(hours=3),
    empty_policy=EmptyPolicy.ARCHIVE,
    publish=True,
    mention_role=12,
    notice_channel_id=13,
    created_at=NOON,
    left_out=EditionKey("2021-05-14"),
)
PLAIN_SCHEDULE: Final = make_schedule(id=ScheduleId(12), name="Plain")

PICK: Final = Pick(
    article=SEED.article,
    story=Story(lead=SPARSE.article, articles=(SPARSE.article, SEED.article, STUB)),
    is_update=True,
    why="score 81",
    story_id=StoryId(SEED.article.id),
)
EDITION: Final[Edition] = make_edition(
    picks=(PICK, Pick(article=SPARSE.article, story=Story(lead=SPARSE.article, articles=(SPARSE.article,)))),
    window=Window(start=None, end=datetime(2021, 5, 10, 9, tzinfo=UTC)),
    is_first=True,
    is_late=True,
)
SKIPPED: Final[Edition] = make_edition(due_at=EDITION.due_at + timedelta(days=7), picks=(), skipped=Skipped.LATE)
VERDICTS: Final = (
    Verdict(article_id=SEED.article.id, reason=Reason.PICKED),
    Verdict(article_id=OWN.article.id, reason=Reason.BELOW_BAR, detail="score 64, the bar is 70"),
)

DRAFT: Final = Draft(
    blocks=(
        Mention(role_id=12),
        Paragraph(
            runs=(
                Text(text="“Robot” \U0001f916 \ud83d", strong=True, code=True),
                Link(text="b", url="https://b.example/", strong=True),
                Moment(at=NOON, style="long"),
            ),
            kind="heading",
        ),
        Section(
            paragraphs=(Paragraph(runs=()),), accessory=Picture(url="https://p.example/", width=1, height=2, alt="c")
        ),
        Section(paragraphs=(), accessory=Button(action="cov", label="d")),
        Gallery(pictures=(Picture(url="https://p.example/"),)),
        Separator(is_large=True),
        ButtonRow(
            buttons=(Button(action="e", args=("f",), label="g", style="danger", is_private=True, is_disabled=True),)
        ),
        Select(
            action="h",
            args=("i",),
            placeholder="j",
            options=(Option(label="k", value="l", description="m"),),
            is_private=True,
        ),
    ),
    key="nonce",
)
PARTS: Final = (
    make_delivery(EDITION, part=1, draft=DRAFT, title="Title", mention_role=12, publish=True),
    make_delivery(EDITION, part=2, not_before=EDITION.due_at + HOUR, reason="late"),
)
VIEW: Final = View(
    id="abcdefghijklm",
    title="“robot”",
    article_ids=(SEED.article.id, SPARSE.article.id),
    total=2,
    note="Did you mean robots?",
    expires_at=datetime(2100, 1, 1, tzinfo=UTC),
)
NOTICE: Final = Notice(
    guild_id=1, schedule_id=ScheduleId(11), cause=NoticeCause(kind=NoticeKind.LATE), text="It was late.", at=NOON
)
IMPORT: Final = ImportRecord(
    id="import", shelf=SERVER, at=NOON, origin="päck.zip", added=1, changed=2, unchanged=3, rejected=4
)
PROBLEM: Final = SeedProblem(path="b.txt", line=3, field="url", reason="the URL is missing", cure="Add one.")
STAMP: Final = FileStamp(size=10, mtime_ns=20, content_hash="ab")
STORY: Final = KnownStory(
    id=StoryId(SEED.article.id),
    articles=frozenset({SEED.article.id, SPARSE.article.id}),
    aliases=(StoryId(SPARSE.article.id),),
)


async def fill(store: Store) -> None:
    """Write every kind of row once through the ports of an empty store."""
    await _fill_archive(store)
    await _fill_ledger(store)
    await store.search.save_view(VIEW)
    await store.admin.add_notice(NOTICE)
    await store.admin.save_setting("commands", "hash")
    await store.admin.count_identify(at=NOON)


async def _fill_archive(store: Store) -> None:
    articles = store.articles
    await articles.put_seeds(INSTANCE_SHELF, [SPARSE, HIDDEN, DELETED], seen_at=NOON, is_first_import=True)
    await articles.put_seeds(INSTANCE_SHELF, [make_seed("full", title=SEED.article.title, quality=10)], seen_at=NOON)
    await articles.put_seeds(INSTANCE_SHELF, [SEED], seen_at=NOON + HOUR)
    await articles.put_seeds(SERVER, [OWN], seen_at=NOON + HOUR)
    await articles.hide(INSTANCE_SHELF, HIDDEN.article.id)
    await articles.delete(INSTANCE_SHELF, DELETED.article.id)
    await articles.save_import(IMPORT)
    await articles.save_findings(SERVER, "päck.zip", [PROBLEM], resolved=["a.txt"], at=NOON)
    await articles.save_file_stamps("/seeds", {"a.txt": STAMP})
    shelves = (INSTANCE_SHELF,)
    await store.stories.save_stories(shelves, [STORY], settled=[SEED.article.id], at=NOON, is_arrival=True)


async def _fill_ledger(store: Store) -> None:
    await store.schedules.save_schedule(SCHEDULE, next_due_at=EDITION.due_at)
    await store.schedules.save_schedule(PLAIN_SCHEDULE, next_due_at=None)
    await set_state(store.schedules, PLAIN_SCHEDULE.id, ScheduleState.PAUSED, StopReason.CHANNEL_GONE)
    await store.digest.plan(EDITION, VERDICTS, PARTS)
    await store.digest.plan(SKIPPED, (), ())
    now = EDITION.due_at
    (claimed,) = await store.deliveries.claim(now=now, lease_until=now + HOUR)
    await store.deliveries.mark_sent(claimed.key, claimed.attempt, message_id=99, at=now + timedelta(seconds=2))
    await store.schedules.guild_left(2, at=NOON)


# What the text indexes hold is rebuilt from the articles; secrets are random; `unhashed` is
# emptied on opening; no file of the scenario is renamed; the files of the scenario are older than the last ones.
_LEFT_OUT: Final = (
    "unhashed",
    "article_words",
    "word",
    "text_total",
    "spelling",
    "deletion",
    "text_index",
    "secret",
    "former_stem",
    "editor_role",
    "greeting",
    "desk",
    "desk_act",
    "desk_message",
    "upload_begun",
    "shelf_file",
    "log_entry",
    "log_begun",
    "correction",
    "undo",
    "undo_article",
    "undo_finding",
    "undo_name",
    "withdrawn",
    "deed",
    "suggestion",
)
# Columns and tables of later schemas; `tests/usecases/test_ingest_identity.py` shows what they are for.
_LATER_COLUMNS: Final = {
    "article": {"place_key", "file_path", "touched"},
    "story_article": {"row_id", "article_id", "touched"},  # by row until schema 3 of the archive
    "tombstone": {"place_key", "title"},
    "import_record": {"member_id", "interaction_id", "rolled_back_at"},  # the first until schema 2 of the archive
}
# Each file numbers these itself.
_NUMBERS: Final = {"shelf_id", "provider_id", "topic_id", "change_id", "problem_id", "story_key"}


def is_left_out(table: str) -> bool:
    """True for a table whose rows another run may write otherwise."""
    return table in _LEFT_OUT or table.startswith(("article_text", "title_text", "sqlite_"))


def dump(connection: sqlite3.Connection) -> Iterator[str]:
    """The rows of a store as INSERT statements, one a line, by table and in the order of their keys."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in tables:
        if not is_left_out(table):
            later = _LATER_COLUMNS.get(table, set()) | _NUMBERS
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in later]
            values = " || ', ' || ".join(f"quote({column})" for column in columns)
            rows = connection.execute(f"SELECT {values} FROM {table} ORDER BY 1").fetchall()  # noqa: S608
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES"
            yield from (f"{insert} ({row});" for (row,) in rows)
