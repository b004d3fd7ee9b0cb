"""Everything that writes: commands, buttons, what Discord reports, and what the bot does by itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias

from bot.news.message import actions
from bot.sandbox import Answer
from bot.sandbox.state.message import SandboxMessage
from bot.usecases.schedule import note_servers
from tests.kinds.outcomes import BUTTON_GONE
from tests.kinds.town_in_steps import TownInSteps

Deed: TypeAlias = Callable[[TownInSteps], Coroutine[Any, Any, str]]
"""Does it, and returns what somebody is told; an empty text if nobody is."""


def _told(answer: Answer) -> str:
    """Write down what the member reads, and whether they alone do."""
    texts = [answer.text, *(message.text for message in answer.followups)]
    return f"{'private' if answer.ephemeral else 'public'}: {' / '.join(texts)}"


def run(command: str, **options: Any) -> Deed:
    """An admin's command; an option that is a function gets its value from the town."""

    async def deed(town: TownInSteps) -> str:
        given = {name: value(town) if callable(value) else value for name, value in options.items()}
        return _told(await town.admin.run(town.channel, command, **given))

    return deed


def schedule(command: str, *, named: str = "Weekly", **options: Any) -> Deed:
    """A command about a schedule that was chosen from the list, so that renaming it changes nothing."""
    return run(f"schedule {command}", name=lambda town: town.schedule_ids[named], **options)


def press(label: str, where: Callable[[TownInSteps], SandboxMessage | Answer], *, is_member: bool = False) -> Deed:
    """A press of a button by an admin, or by the member; nothing happens if the message has lost it meanwhile."""

    async def deed(town: TownInSteps) -> str:
        seen, member = where(town), town.member if is_member else town.admin
        return _told(await member.press(seen, label)) if label in seen.buttons else BUTTON_GONE

    return deed


def apply_edit(what: str) -> Deed:
    """An admin's press of *Apply* below a difference."""
    return press("Apply", lambda town: town.edits[what])


async def refresh(town: TownInSteps) -> str:
    """The owner imports the operator's folders, in which a file is new."""
    return _told(await town.owner.run(town.channel, "content refresh"))


async def tick(town: TownInSteps) -> str:
    """Plan what is due."""
    await town.bot._planning.run_tick()
    return ""


async def deliver(town: TownInSteps) -> str:
    """Send what is planned."""
    await town.bot._deliverer.deliver_due()
    return ""


async def correct(town: TownInSteps) -> str:
    """Find what is to be corrected in what was posted, and edit the messages."""
    await town.bot._correct()
    for after in town.bot._after:
        await after.do_due()
        await after.finish()
    return ""


async def leave(town: TownInSteps) -> str:
    """The bot notes that it was removed from the server; what Discord still shows of it is another deed."""

    async def has_left(_guild_id: int) -> bool:
        return True

    notifier, now = town.bot._notices, town.clock.now()
    await note_servers(town.store.schedules, (), has_left, notifier=notifier, now=now)
    return ""


async def join(town: TownInSteps) -> str:
    """The bot is invited to some server, and looks which it is in."""
    await town.bot._note_servers()
    return ""


async def related(town: TownInSteps) -> str:
    """A member asks for the coverage of a message."""
    return _told(await town.member.menu(town.channel, "Find related coverage", town.unsure))


async def suggest(town: TownInSteps) -> str:
    """A member suggests a link."""
    return _told(await town.member.run(town.channel, "news suggest", url="https://example.com/wharf-opens-again-today"))


async def suggest_message(town: TownInSteps) -> str:
    """A member suggests a message with that link."""
    return _told(await town.member.menu(town.channel, "Suggest for the next edition", town.linked))


COMMANDS: Final[Mapping[str, tuple[Deed, ...]]] = {
    "schedule create": (
        run("schedule create", name="Monthly", channel=lambda town: town.channel, day="monday", time="18:00"),
    ),
    "schedule topic-role": (
        schedule("topic-role", topic="Harbour", role=lambda town: town.new_role),
        schedule("topic-role", topic="Harbour"),
    ),
    "schedule desk": (
        schedule("desk", named="Drafted", channel=lambda town: town.other_channel),
        schedule("desk", channel=lambda town: town.desk_channel),
    ),
    "schedule pause": (
        schedule("pause"),
        schedule("pause", named="Evening"),
        schedule("pause", named="Nightly"),
    ),
    "schedule resume": (schedule("resume"), schedule("resume", named="Nightly")),
    "schedule skip-next": (
        schedule("skip-next"),
        schedule("skip-next", undo=True),
        schedule("skip-next", named="Drafted"),
    ),
    "schedule delete": (schedule("delete"), schedule("delete", named="Nightly"), schedule("delete", named="Noon")),
    "schedule send-now": (schedule("send-now"), schedule("send-now", named="Noon")),
    "schedule retry": (schedule("retry"), schedule("retry", named="Noon")),
    "schedule list": (run("schedule list"),),
    "content import": (run("content import", file=lambda town: town.upload("Quay")),),
    "content refresh": (refresh,),
    "admin editors add": (run("admin editors add", role=lambda town: town.new_role),),
    "admin editors remove": (run("admin editors remove", role=lambda town: town.editor_role),),
    "my data": (run("my data", delete=True),),
    "content hide": (run("content hide", article="bridge.md", reason="wrong bridge"),),
    "content unhide": (run("content unhide", article="tunnel.md"),),
    "news suggest": (suggest,),
    "Suggest for the next edition": (suggest_message,),
}
"""By the full name of each command that writes."""


async def show(town: TownInSteps) -> str:
    """Bring the editors' desks up to their drafts."""
    await town.bot._show_desks()
    return ""


async def send_form(town: TownInSteps) -> str:
    """An admin sends a form that was opened before."""
    return _told(await town.admin.submit(town.form))


EDITS: Final[Mapping[str, Deed]] = {
    "schedule edit (1)": apply_edit("time"),
    "schedule edit (2)": apply_edit("count"),
    "schedule edit (3)": apply_edit("channel"),
    "schedule edit (4)": apply_edit("name"),
    "schedule edit (5)": apply_edit("evening's channel"),
}
"""What that button does for edits of each kind, besides the one in `BUTTONS`."""

FORMS: Final[Mapping[str, Deed]] = {actions.SETUP_FORM: send_form}
"""By the action of each form that is sent beside other deeds; sending one always writes."""

DESK_FORMS: Final = frozenset({actions.DESK_NOTE_FORM, actions.DESK_HEADLINE_FORM})
"""They write to a draft as the desk's buttons do, and are paired by those."""

BUTTONS: Final[Mapping[str, Deed]] = {
    actions.DESK_APPROVE: press("Approve", lambda town: town.desk),
    actions.DESK_HOLD: press("Hold", lambda town: town.desk),
    actions.DESK_SEND: press("Send now", lambda town: town.desk),
    actions.DESK_DROP: press("Drop", lambda town: town.next_story()),
    actions.DESK_UP: press("Up", lambda town: town.next_story()),
    actions.DESK_SWAP: press("Swap", lambda town: town.next_story()),
    actions.SCHEDULE_SEND_NOW: press("Send now", lambda town: town.preview),
    actions.CONTENT_IMPORT: press("Import", lambda town: town.staged),
    actions.CONTENT_ROLL_BACK: press("Roll back", lambda town: town.rollback),
    actions.SETTINGS_APPLY: press("Apply", lambda town: town.settings),
    actions.SCHEDULE_EDIT_APPLY: apply_edit("noon's count"),
    actions.SHARE: press("Share", lambda town: town.found),
    actions.SUGGESTION_NAME: press("Show my name with it", lambda town: town.suggested, is_member=True),
    actions.SUGGESTION_REFUSE: press("Refuse", lambda town: town.candidate),
    actions.SUGGESTION_TAKE: press("Take", lambda town: town.candidate),
    actions.SCHEDULES_RESUME: press("Resume", lambda town: town.returned),
    actions.DELIVERY_SEND_AGAIN: press("Send again", lambda town: town.unsure),
    actions.DELIVERY_SEND_UNREAD: press("Send anyway", lambda town: town.unread),
    actions.DELIVERY_IS_THERE: press("It was posted", lambda town: town.unsure),
    actions.DELIVERY_SKIP: press("Skip", lambda town: town.unsure),
}
"""By the action of each button that writes."""

READING_COMMANDS: Final[Mapping[str, Deed]] = {
    "news search": run("news search", query="ferry"),
    "news latest": run("news latest"),
    "news top": run("news top", period="all"),
    "news topics": run("news topics"),
    "news providers": run("news providers"),
    "news story": run("news story", article="harbour.md"),
    "news related": run("news related", article="harbour.md"),
    "digest latest": run("digest latest", schedule="Weekly"),
    "digest edition": run("digest edition", number=1, schedule="Weekly"),
    "schedule edit": schedule("edit", day="friday"),
    "schedule history": schedule("history"),
    "schedule preview": schedule("preview"),
    "schedule show": schedule("show"),
    "schedule why": schedule("why"),
    "content status": run("content status"),
    "content problems": run("content problems"),
    "content rollback": run("content rollback", batch=lambda town: town.batch),
    "admin doctor": run("admin doctor"),
    "admin editors list": run("admin editors list"),
    "admin log": run("admin log"),
    "admin export": run("admin export"),
    "admin import": run("admin import", file=lambda town: town.settings_file),
    "setup": run("setup"),
    "help": run("help"),
    "Find related coverage": related,
}
"""By name, each command that only reads."""

READING_BUTTONS: Final = frozenset(
    {
        actions.COVERAGE,
        actions.COVERAGE_CHOICE,
        actions.EDITION_WHY,
        actions.SEARCH_PAGE,
        actions.SEARCH_AS_TYPED,
        actions.SCHEDULE_LIST,
        actions.SCHEDULE_EDIT_CANCEL,
        actions.DESK_STORY,
        actions.DESK_NOTE,
        actions.DESK_HEADLINE,
        actions.ADMIN_LOG,
        actions.EXAMPLE,
        actions.SETUP,
        actions.SETUP_CHANGE,
        actions.SETUP_CHECK,
        actions.SETUP_WAIT,
    }
)


UNLOGGED: Final = {
    "schedule list": "marks notices as read",
    "content import": "counts toward the quota; its button imports",
    "content refresh": "reads the operator's own folders, for the operator",
    "my data": "deletes the member's own data",
    actions.SHARE: "posts what every member can see",
    **dict.fromkeys(
        ("news suggest", "Suggest for the next edition", actions.SUGGESTION_NAME),
        "decides nothing: what an editor does with it is logged",
    ),
}
"""Commands and buttons that write and leave no entry in the server's log, each with the reason."""

BY_ITSELF: Final[Mapping[str, Deed]] = {
    "tick": tick,
    "deliver": deliver,
    "correct": correct,
    "show": show,
    "leave": leave,
    "join": join,
}
"""What no member asks for."""


def all_deeds() -> dict[str, Deed]:
    """List them all by name."""
    commands = {
        f"{name} ({number})" if len(deeds) > 1 else name: deed
        for name, deeds in COMMANDS.items()
        for number, deed in enumerate(deeds, 1)
    }
    return commands | dict(EDITS) | dict(FORMS) | dict(BUTTONS) | dict(BY_ITSELF)
