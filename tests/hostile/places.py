"""Each place where a message shows words that a person wrote: the drafts and forms of it, for any such words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeAlias

from bot.errors import BadInputError
from bot.news.article import Article, Provider, SeedProblem, ShelfId
from bot.news.checkup.finding import failing
from bot.news.checkup.options import Checked
from bot.news.choosing.retry import Retries
from bot.news.content import ImportRecord, ImportReport, SeedChange, ShelfOverview, ShelfSize
from bot.news.delivery import DeliveryState, nonce_for
from bot.news.edition import Edition
from bot.news.message.draft import Draft
from bot.news.message.form import Form
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.parsing.names import folded
from bot.news.schedules.desk import Deed, Desk, DeskAct, OnDesk
from bot.news.schedules.imported import Imported, ImportedSchedule
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.schedule import LONGEST_NAME, Schedule
from bot.news.search import Tally
from bot.news.servers.batch import Rollback
from bot.news.servers.joining import JoinedServer
from bot.news.servers.log import Act, LogEntry
from bot.news.servers.suggestion import SuggestionState, credit_of
from bot.render.admin import (
    draft_editor_added,
    draft_editor_removed,
    draft_editors,
    draft_error,
    draft_member_data,
)
from bot.render.content import draft_content_status, draft_hidden, draft_problems
from bot.render.edition.delivery import draft_decided, draft_history, draft_retried, draft_sent_now
from bot.render.edition.desk import (
    draft_desk,
    draft_desk_menu,
    draft_desk_story,
    draft_headline_form,
    draft_note_form,
    draft_skipped_draft,
)
from bot.render.edition.digest import draft_edition, draft_emptied, draft_empty_note
from bot.render.edition.suggestion import draft_suggested, draft_suggestion, draft_taken
from bot.render.joining import draft_greeting
from bot.render.schedule import (
    draft_deleted,
    draft_paused,
    draft_resumed,
    draft_resumed_after_return,
    draft_saved,
    draft_schedule,
    draft_schedules,
    draft_skipped,
    draft_unskipped,
)
from bot.render.servers.content_report import draft_import_preview
from bot.render.servers.edit import EditPreview, draft_edit_cancelled, draft_edit_preview
from bot.render.servers.log import draft_log
from bot.render.servers.rollback import draft_rollback_preview, draft_rolled_back
from bot.render.servers.settings import draft_settings_preview
from bot.render.setup import draft_set_up, draft_setup_form, draft_waiting
from bot.text.clean import clean
from tests.news.test_suggestion import SUGGESTION
from tests.support.makers import SOME_DAY, make_article, make_delivery, make_edition, make_pick, make_schedule

Shown: TypeAlias = tuple[Draft | Form, ...]

DUE: Final = datetime(2021, 5, 10, 9, tzinfo=UTC)


def _article(stem: str, text: str) -> Article:
    return make_article(
        stem, title=text, excerpt=text, provider=Provider(name=text, domain="example.com"), topics=(text, "ai")
    )


def _schedule(text: str) -> Schedule:
    """As the parsers of its options leave it; the role of a topic is mentioned with any words."""
    topics = tuple(filter(None, (folded(text), "ai")))
    return make_schedule(
        name=clean(text)[:LONGEST_NAME],
        topics=topics,
        providers=(text,),
        muted_topics=topics,
        muted_providers=(text,),
        tags=(clean(text)[:100] or "x",),
        topic_roles=(TopicRole(topic="ai", role_id=7), TopicRole(topic=topics[0], role_id=7)),
        sections=True,
        also=2,
        count=3,
    )


def _edition(text: str) -> Edition:
    words = clean(text)[:300]
    plain, brief = make_pick(_article("a", text), _article("b", text)), make_pick(_article("c", text))
    edited = replace(
        make_pick(_article("d", text)), note=words, note_by=words[:32], headline=words, suggested_by=credit_of(text)
    )
    return make_edition(picks=(plain, edited, replace(brief, is_brief=True)))


def _posted(text: str) -> Shown:
    edition, schedule = _edition(text), _schedule(text)

    def key(part: int) -> str:
        return nonce_for(make_delivery(edition, part=part).key)

    return (
        *draft_edition(edition, schedule, keys=key, now=SOME_DAY, left_out=2),
        draft_empty_note(edition, schedule, keys=key),
        draft_emptied(edition, schedule),
    )


def _on_desk(text: str) -> OnDesk:
    edition, schedule = _edition(text), _schedule(text)
    drafts = draft_edition(edition, schedule, keys=None, now=SOME_DAY)
    act = DeskAct(revision=1, at=SOME_DAY, member_id=7, deed=Deed.NOTE, detail=text)
    return OnDesk(
        desk=Desk(schedule_id=schedule.id, edition=edition.key, guild_id=1, channel_id=5, due_at=DUE),
        schedule=schedule,
        edition=edition,
        parts=tuple(make_delivery(edition, part=number, draft=draft) for number, draft in enumerate(drafts, start=1)),
        acts=(act,),
    )


def _desk(text: str) -> Shown:
    seen = _on_desk(text)
    edited = seen.edition.picks[1]
    return (
        *draft_desk(seen, lambda number: f"{number:025}"),
        draft_desk_menu(seen, f"Note on {clean(text)[:300]}"),
        draft_desk_story(seen, edited, clean(text)),
        draft_note_form(seen, edited),
        draft_headline_form(seen, edited),
        draft_skipped_draft(_schedule(text).name, DUE),
    )


def _suggested(text: str) -> Shown:
    page = replace(
        SUGGESTION.page, title=clean(text)[:300] or "x", description=clean(text)[:500], site=clean(text)[:80]
    )
    suggestion = replace(SUGGESTION, page=page, credit=credit_of(text))
    states = [draft_suggestion(replace(suggestion, state=state), "k" * 25) for state in SuggestionState]
    return (*states, draft_suggested(suggestion), draft_taken(suggestion))


def _set_up(text: str) -> Shown:
    schedule, found = _schedule(text), (failing(clean(text), clean(text)),)
    pick = make_pick(_article("a", text))
    server = JoinedServer(guild_id=1, name=text, joined_at=SOME_DAY, channel_id=5)
    return (
        draft_setup_form(
            schedule, (Tally(key=folded(text), label=text, count=3, newest_at=SOME_DAY),), opened_at=SOME_DAY
        ),
        draft_set_up(schedule, DUE, (pick,), head="Created", candidates=3, now=SOME_DAY, findings=found),
        draft_waiting(schedule, DUE),
        draft_greeting(server, is_direct=True),
        draft_greeting(server, is_direct=False),
    )


def _schedules(text: str) -> Shown:
    schedule, found = _schedule(text), (failing(clean(text), clean(text)),)
    cause = NoticeCause(kind=NoticeKind.CHANNEL_GONE)
    notice = Notice(guild_id=1, schedule_id=schedule.id, cause=cause, text=clean(text)[:500], at=SOME_DAY)
    return (
        draft_schedules([(schedule, DUE)], [notice]),
        draft_schedule(schedule, (DUE,), skipped_at=DUE, findings=found),
        draft_saved(schedule, (DUE,), Checked(findings=found), is_new=True),
        draft_paused(schedule),
        draft_resumed(schedule, (DUE,), found),
        draft_resumed_after_return((schedule,), {schedule.id: found}),
        draft_deleted(schedule),
        draft_skipped(schedule, (DUE,), skipped_at=DUE),
        draft_unskipped(schedule, (DUE,)),
    )


def _edited(text: str) -> Shown:
    after = replace(_schedule(text), mention_role=7, channel_id=200)
    checked = Checked(findings=(failing(clean(text), clean(text)),))
    edit = EditPreview(before=make_schedule(), after=after, next_due_at=DUE, checked=checked)
    back = EditPreview(before=after, after=make_schedule(), next_due_at=DUE)
    return (
        draft_edit_preview(edit, "t" * 16, {7: text}, is_outdated=True),
        draft_edit_preview(back, "t" * 16, {7: text}, is_outdated=True),
        draft_edit_cancelled(after),
    )


def _delivered(text: str) -> Shown:
    edition, schedule = _edition(text), _schedule(text)
    refused = replace(make_delivery(edition).draft, refused=clean(text))
    parts = [
        make_delivery(edition, part=number, state=state, reason=clean(text), message_id=71, draft=refused)
        for number, state in enumerate(DeliveryState, start=1)
    ]
    return (
        draft_history(schedule, [(edition, parts)], {parts[0].key: SOME_DAY}, {100}),
        draft_retried(schedule, Retries(sent=(), superseded=()), parts),
        draft_decided(DeliveryState.SENT, schedule, parts),
        draft_sent_now(schedule, 3, parts),
    )


def _logged(text: str) -> Shown:
    entries = [
        LogEntry(id=number, guild_id=1, member_id=7, act=act, subject=text, detail=text, at=SOME_DAY)
        for number, act in enumerate((Act.EDIT, Act.HIDE, Act.IMPORT))
    ]
    return draft_log(entries), draft_member_data([_schedule(text)], 2, entries, 1)


def _settings(text: str) -> Shown:
    problem = BadInputError(clean(text), cure=clean(text))
    imported = (
        ImportedSchedule(name=text, after=_schedule(text)),
        ImportedSchedule(name=text, before=make_schedule(), after=_schedule(text)),
        ImportedSchedule(name=text, before=_schedule(text), after=_schedule(text)),
    )
    return (
        draft_settings_preview(Imported(schedules=imported), "t" * 16, has_changed=True),
        draft_settings_preview(
            Imported(schedules=(ImportedSchedule(name=text, problem=problem),), role_problems=(problem,)), "t" * 16
        ),
    )


def _imported(text: str) -> Shown:
    problems = (SeedProblem(path=clean(text) or "x", line=3, field=clean(text), reason=clean(text), cure=clean(text)),)
    changes = (SeedChange(path=text, title=text), SeedChange(path=text, title=text, fields=("title",)))
    report = ImportReport(origin=text, added=1, changed=1, problems=problems, changes=changes, is_dry_run=True)
    record = ImportRecord(
        id="b" * 16,
        shelf=ShelfId("s1"),
        at=SOME_DAY,
        origin=text,
        added=1,
        changed=1,
        unchanged=0,
        rejected=1,
    )
    sizes = ShelfSize(articles=1, bytes=1, disk_bytes=1)
    names = ((text, 1), (text, 2))
    overview = ShelfOverview(
        weeks=(1, 2), topics=names, providers=names, newest=_article("a", text), hidden=((text, text),)
    )
    rollback = Rollback(batch=record, removed=(text,), restored=(text,), kept=1, key="k" * 16)
    return (
        draft_import_preview(report, "t" * 16, has_changed=True),
        draft_content_status(sizes, [record], problems=1, overview=overview),
        draft_rollback_preview(rollback, has_changed=True),
        draft_rolled_back(rollback),
        draft_problems(problems),
        draft_hidden(_article("a", text), hidden=True, has_changed=True, parts=(make_delivery(),)),
    )


def _roles(text: str) -> Shown:
    return (
        draft_editor_added(text, has_changed=True),
        draft_editor_added(text, has_changed=False),
        draft_editor_removed(text, has_changed=True),
        draft_editors([text, None]),
        draft_error(BadInputError(f"“{clean(text)}” is not a role.", cure=clean(text))),
    )


PLACES: Final[Mapping[str, Callable[[str], Shown]]] = {
    "an edition": _posted,
    "the desk": _desk,
    "suggestions": _suggested,
    "setup and greeting": _set_up,
    "schedules": _schedules,
    "edits": _edited,
    "history and retries": _delivered,
    "log and member data": _logged,
    "settings": _settings,
    "imports": _imported,
    "editor roles and errors": _roles,
}
