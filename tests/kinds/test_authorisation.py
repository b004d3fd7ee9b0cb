"""Authorisation: what each kind of person may do with every command and every component, decided cell by cell.

Rows are found in the registry, so a new command or component without a row fails. Each cell is tried with the running
bot, as Discord would deliver it, whatever the client would have hidden.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest

from bot.chat.commands.buttons import FORM_HANDLERS, HANDLERS
from bot.chat.posting.custom_ids import LIFE, sign
from bot.news.message import actions
from bot.news.message.draft import Button
from bot.news.schedules.schedule import Schedule
from bot.sandbox import Channel, Member, SandboxMessage
from bot.sandbox.actions import options
from bot.sandbox.actions.answer import wait_for_answer
from bot.sandbox.actions.options import Resolved
from bot.sandbox.application import posting
from bot.sandbox.application.commands import MESSAGE_MENU
from bot.sandbox.application.interactions import COMMAND, COMPONENT, MODAL_SUBMIT
from bot.sandbox.content.components import IS_COMPONENTS_V2
from bot.sandbox.state.message import EPHEMERAL
from bot.sandbox.wire import Json
from tests.kinds.test_door import SLASH, every_command, required, services_of
from tests.support.running_bot import Town

ANSWERED_WITHIN_S: Final = 20.0


class Level(StrEnum):
    """What a command or component asks for."""

    NOTHING = "nothing"
    SERVER = "a server that has added the bot"
    POSTER = "Send Messages, also for the bot"
    EDITOR = "Manage Server or an editor role"
    EDITOR_OF = "Manage Server or an editor role in the server that it names, also from a direct message"
    MANAGER = "Manage Server"
    OWNER = "Manage Server, and being the bot's owner"


class Person(StrEnum):
    """Somebody who tries it, and from where."""

    MEMBER = "a member"
    EDITOR = "a member with an editor role"
    SHOWN = "a member to whom the server's own settings show every command"
    MANAGER = "a member with Manage Server"
    OWNER = "the bot's owner, with Manage Server"
    STRANGER = "a manager of another server, there"
    USER_INSTALLED = "somebody who installed the bot for themselves, in a server that did not add it"
    DIRECT = "a manager, in direct messages"
    FORGER = "a manager, with a custom id that nobody signed"
    ANOTHER = "a manager, with the button of another member's answer"
    LATE = "a manager, a day later"


class Verdict(StrEnum):
    """What comes of it: a refusal by its text, or none."""

    DONE = "done"
    NO_SERVER = "This only works in a server"
    NO_RIGHT = "You need the Manage Server permission"
    NOT_OWNER = "Only the bot's owner can do this"
    NO_POSTING = "can't send messages in this channel"
    ELSEWHERE = "belongs to another server"
    DELETED = "That schedule was deleted"
    NOT_YOURS = "belongs to another member's answer"
    EXPIRED = "has expired"
    ABSENT = "there is no such thing"
    """A command has no custom id."""


COMMANDS: Final[dict[str, Level]] = {
    **dict.fromkeys(
        [
            "news search",
            "news latest",
            "news top",
            "news topics",
            "news providers",
            "news story",
            "news related",
            "my data",
            "help",
            "Find related coverage",
        ],
        Level.NOTHING,
    ),
    **dict.fromkeys(["digest latest", "digest edition", "news suggest", "Suggest for the next edition"], Level.SERVER),
    **dict.fromkeys(
        [
            "setup",
            "schedule create",
            "schedule edit",
            "schedule topic-role",
            "schedule desk",
            "schedule list",
            "schedule show",
            "schedule preview",
            "schedule send-now",
            "schedule why",
            "schedule pause",
            "schedule resume",
            "schedule skip-next",
            "schedule retry",
            "schedule history",
            "schedule delete",
            "content import",
            "content rollback",
            "content status",
            "content problems",
            "content hide",
            "content unhide",
        ],
        Level.EDITOR,
    ),
    **dict.fromkeys(
        [
            "admin doctor",
            "admin editors add",
            "admin editors remove",
            "admin editors list",
            "admin log",
            "admin export",
            "admin import",
        ],
        Level.MANAGER,
    ),
    "content refresh": Level.OWNER,
}
"""By full name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A button or select.

    Attributes:
        level: What it asks for.
        is_private: Whether it is in one member's answer and expires.
        args: Its arguments, of the town's server and schedule.
    """

    level: Level
    is_private: bool = True
    args: Callable[[Town, Schedule], tuple[str, ...]] = lambda _town, _schedule: ()


def _of_part(_town: Town, schedule: Schedule) -> tuple[str, ...]:
    return str(schedule.id), "2023-11-27", "1"


def _schedule_id(_town: Town, schedule: Schedule) -> tuple[str, ...]:
    return (str(schedule.id),)


def _of_story(_town: Town, schedule: Schedule) -> tuple[str, ...]:
    return str(schedule.id), "2023-11-27", "a" * 13, "0"


COMPONENTS: Final[dict[str, Component]] = {
    actions.COVERAGE: Component(level=Level.NOTHING, is_private=False, args=lambda *_: ("a" * 13,)),
    actions.COVERAGE_CHOICE: Component(level=Level.NOTHING, is_private=False),
    actions.EDITION_WHY: Component(level=Level.NOTHING, is_private=False, args=lambda *_: ("n" * 25,)),
    actions.EXAMPLE: Component(level=Level.NOTHING, is_private=False),
    actions.SEARCH_PAGE: Component(level=Level.NOTHING, args=lambda *_: ("v" * 13, "1")),
    actions.SEARCH_AS_TYPED: Component(level=Level.NOTHING, args=lambda *_: ("v" * 13,)),
    actions.SETUP: Component(level=Level.EDITOR, is_private=False),
    actions.SETUP_CHANGE: Component(level=Level.EDITOR, args=_schedule_id),
    actions.SETUP_CHECK: Component(level=Level.EDITOR, args=_schedule_id),
    actions.SETUP_WAIT: Component(level=Level.EDITOR, args=_schedule_id),
    actions.SETUP_FORM: Component(level=Level.EDITOR, args=_schedule_id),
    actions.SHARE: Component(level=Level.POSTER, args=lambda *_: ("a" * 13,)),
    actions.SUGGESTION_NAME: Component(level=Level.SERVER, args=lambda *_: ("1",)),
    **dict.fromkeys(
        (actions.SUGGESTION_TAKE, actions.SUGGESTION_REFUSE),
        Component(level=Level.EDITOR_OF, is_private=False, args=lambda town, _schedule: (str(town.guild.id), "1")),
    ),
    actions.SCHEDULE_LIST: Component(level=Level.EDITOR, args=lambda *_: ("0",)),
    **dict.fromkeys(
        (actions.SCHEDULE_EDIT_APPLY, actions.SCHEDULE_EDIT_CANCEL),
        Component(level=Level.EDITOR, args=lambda _town, _schedule: ("t",)),
    ),
    actions.ADMIN_LOG: Component(level=Level.MANAGER, args=lambda _town, _schedule: ("0",)),
    actions.SETTINGS_APPLY: Component(level=Level.MANAGER, args=lambda _town, _schedule: ("t",)),
    actions.CONTENT_IMPORT: Component(level=Level.EDITOR, args=lambda _town, _schedule: ("t",)),
    actions.CONTENT_ROLL_BACK: Component(level=Level.EDITOR, args=lambda _town, _schedule: ("b", "k")),
    actions.SCHEDULE_SEND_NOW: Component(level=Level.EDITOR, args=lambda _, schedule: (str(schedule.id), "x")),
    actions.SCHEDULES_RESUME: Component(level=Level.EDITOR_OF, args=lambda town, _: (str(town.guild.id),)),
    **dict.fromkeys(
        (actions.DESK_STORY, actions.DESK_APPROVE, actions.DESK_HOLD, actions.DESK_SEND),
        Component(level=Level.EDITOR_OF, is_private=False, args=_of_part),
    ),
    **dict.fromkeys(
        (
            actions.DESK_DROP,
            actions.DESK_UP,
            actions.DESK_SWAP,
            actions.DESK_NOTE,
            actions.DESK_HEADLINE,
            actions.DESK_NOTE_FORM,
            actions.DESK_HEADLINE_FORM,
        ),
        Component(level=Level.EDITOR_OF, args=_of_story),
    ),
    actions.DELIVERY_SEND_AGAIN: Component(level=Level.EDITOR_OF, args=_of_part),
    actions.DELIVERY_SEND_UNREAD: Component(level=Level.EDITOR_OF, args=_schedule_id),
    actions.DELIVERY_IS_THERE: Component(level=Level.EDITOR_OF, args=_of_part),
    actions.DELIVERY_SKIP: Component(level=Level.EDITOR_OF, args=_of_part),
}
"""By action; of forms what comes of sending them."""

NAMES_A_SCHEDULE: Final = frozenset(
    {
        actions.SCHEDULE_SEND_NOW,
        actions.SETUP_CHANGE,
        actions.SETUP_CHECK,
        actions.SETUP_WAIT,
        actions.SETUP_FORM,
    }
)

_MANAGES: Final = frozenset({Person.MANAGER, Person.OWNER, Person.FORGER, Person.ANOTHER, Person.LATE, Person.STRANGER})


def expected(level: Level, person: Person) -> Verdict:
    """What a level means for a person whose button, if it is one, is their own and not expired."""
    if level is Level.NOTHING:
        return Verdict.DONE
    if level is Level.POSTER:
        # In direct messages there is nobody to share with.
        refused = {Person.USER_INSTALLED: Verdict.NO_POSTING, Person.DIRECT: Verdict.NO_SERVER}
        return refused.get(person, Verdict.DONE)
    if person is Person.USER_INSTALLED or (person is Person.DIRECT and level is not Level.EDITOR_OF):
        return Verdict.NO_SERVER
    if level is Level.SERVER:
        return Verdict.DONE
    if level is Level.EDITOR_OF and person is Person.STRANGER:
        return Verdict.ELSEWHERE
    may_edit = person in _MANAGES or person in {Person.EDITOR, Person.DIRECT}
    if person not in _MANAGES and not (may_edit and level in {Level.EDITOR, Level.EDITOR_OF}):
        return Verdict.NO_RIGHT
    return Verdict.NOT_OWNER if level is Level.OWNER and person is not Person.OWNER else Verdict.DONE


def expected_of_component(action: str, component: Component, person: Person) -> Verdict:
    """As `expected`, after the custom id was looked at."""
    if person is Person.FORGER or (person is Person.ANOTHER and component.is_private):
        return Verdict.NOT_YOURS
    if person is Person.LATE and component.is_private:
        return Verdict.EXPIRED
    if person is Person.STRANGER and action in NAMES_A_SCHEDULE:
        return Verdict.DELETED  # it says nothing about other servers' schedules
    return expected(component.level, person)


def expected_of_command(level: Level, person: Person) -> Verdict:
    """As `expected`; a command has no custom id that could be forged or expire."""
    return Verdict.ABSENT if person in {Person.FORGER, Person.ANOTHER, Person.LATE} else expected(level, person)


class Trial:
    """A person who tries everything, in the place that is theirs."""

    def __init__(self, town: Town, person: Person) -> None:
        self.town = town
        self.person = person
        self.channel: Channel = town.channel
        self.who: Member = town.admin
        self.weekly: Schedule

    async def prepare(self) -> None:
        """Let the town have a schedule and an editor role, and the person be where they are."""
        town, guild = self.town, self.town.guild
        await town.post_first_edition()
        role = guild.add_role("Editors")
        await town.admin.run(town.channel, "admin editors add", role=role)
        (self.weekly,) = await services_of(town).store.schedules.schedules(guild.id)
        for quota in services_of(town).quotas._quotas.values():
            quota._per_minute = 10_000
        match self.person:
            case Person.MEMBER:
                self.who = town.member
            case Person.EDITOR:
                self.who = guild.add_member("Eve", roles=(role,))
            case Person.SHOWN:
                shown = guild.add_role("Shown")
                guild.show_commands(shown, *{name.partition(" ")[0] for name in SLASH})
                self.who = guild.add_member("Eve", roles=(shown,))
            case Person.OWNER:
                self.who = guild.add_member(town.sandbox.owner, permissions=("manage_guild",))
            case Person.STRANGER | Person.USER_INSTALLED:
                other = town.sandbox.add_guild("Elsewhere")
                self.channel, self.who = (
                    other.add_channel("elsewhere"),
                    other.add_member("Eve", permissions=("manage_guild",)),
                )
                if self.person is Person.USER_INSTALLED:
                    other.has_bot = False
            case Person.DIRECT:
                self.channel = self.who.direct_channel
            case _:
                pass

    async def command(self, name: str) -> Verdict:
        """Use a command, whatever the client would say."""
        if self.person in {Person.FORGER, Person.ANOTHER, Person.LATE}:
            return Verdict.ABSENT
        root = self._root(name)
        data: Json = {key: root[key] for key in ("id", "name", "type")}
        if root["type"] == MESSAGE_MENU:
            message = self.town.channel.messages[0]
            data |= {"target_id": str(message.id), "resolved": {"messages": {str(message.id): message.raw}}}
        else:
            resolved = Resolved(self.channel, self.who)
            leaf, steps = options.leaf_of(root, name)
            given = options.fill(leaf, required(SLASH[name], self.town.channel), resolved)
            data |= {"options": options.nested(steps, given)} | resolved.to_json()
        return await self._send(COMMAND, data)

    def _root(self, name: str) -> Json:
        """The command as it is registered; somebody to whom it is shown finds it in their client."""
        names = {name, name.partition(" ")[0]}
        root = next(one for one in self.town.sandbox.commands if one["name"] in names)
        if self.person is Person.SHOWN:
            commands = self.town.sandbox._world.commands
            commands.find(self.channel, self.who.id, root["name"], root["type"], force=False)
        return root

    async def component(self, action: str, component: Component) -> Verdict:
        """Use a component that was signed for this person, unless it is about one that wasn't."""
        is_late, is_anothers = self.person is Person.LATE, self.person is Person.ANOTHER
        custom_id = sign(
            Button(
                action=action,
                args=component.args(self.town, self.weekly),
                label="x",
                is_private=component.is_private,
            ),
            [b"f" * 32] if self.person is Person.FORGER else services_of(self.town).keys,
            user_id=self.town.member.id if is_anothers else self.who.id,
            guild_id=self.channel.guild.id if self.channel.guild else None,
            now=self.town.clock.now() - (LIFE + timedelta(minutes=1) if is_late else timedelta(0)),
        )
        if action in FORM_HANDLERS:
            return await self._send(MODAL_SUBMIT, {"custom_id": custom_id, "components": []})
        item: Json = {"type": 2, "style": 2, "label": "x", "custom_id": custom_id, "id": 2}
        data: Json = {"component_type": 2, "custom_id": custom_id, "id": 2}
        if action in {actions.COVERAGE_CHOICE, actions.DESK_STORY}:
            offered = [{"label": "x", "value": "a" * 13}]
            item = {"type": 3, "custom_id": custom_id, "id": 2, "options": offered}
            data |= {"component_type": 3, "values": ["a" * 13]}
        body = {"flags": IS_COMPONENTS_V2, "components": [{"type": 1, "id": 1, "components": [item]}]}
        private = component.is_private
        message = posting.create(
            self.channel, self.channel.platform.bot, body, flags=EPHEMERAL if private else 0, private=private
        )
        return await self._send(COMPONENT, data, message)

    async def _send(self, kind: int, data: Json, source: SandboxMessage | None = None) -> Verdict:
        world = self.town.sandbox._world
        by_user = self.person is Person.USER_INSTALLED
        interaction = world.interactions.send(kind, self.who, self.channel, data, source, by_user=by_user)
        answer = await wait_for_answer(interaction, ANSWERED_WITHIN_S)
        texts = [answer.text, *(message.text for message in answer.followups)]
        assert not [text for text in texts if "Something broke on our side" in text], data
        found = [verdict for verdict in Verdict if any(verdict in text for text in texts)]
        return found[0] if found else Verdict.DONE


def _differences(rows: Sequence[tuple[str, Verdict, Verdict]]) -> list[Any]:
    return [row for row in rows if row[1] is not row[2]]


def test_every_command_and_component_has_a_row() -> None:
    """And every row has its command or component."""
    assert COMMANDS.keys() == {command.qualified_name for command in every_command()}
    assert COMPONENTS.keys() == HANDLERS.keys() | FORM_HANDLERS.keys()


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[Town]:
    """The town with a bot that has no gateway and gets its interactions over HTTP."""
    async with Town(tmp_path, endpoint=True, gateway=False) as started:
        await started.start_bot()
        yield started


@pytest.mark.parametrize("person", Person, ids=lambda person: person.name)
async def test_every_cell_is_as_decided(town: Town, person: Person) -> None:
    """With what each one asks for, and nothing of another server changes."""
    await try_every_cell(town, person)


@pytest.mark.parametrize("person", Person, ids=lambda person: person.name)
async def test_every_cell_is_as_decided_over_http(remote: Town, person: Person) -> None:
    """Where nothing is known of a server but what the signed request says."""
    await try_every_cell(remote, person)


async def try_every_cell(town: Town, person: Person) -> None:
    """Compare what a person may do with what was decided."""
    trial = Trial(town, person)
    await trial.prepare()
    rows = [
        (name, await trial.component(name, component), expected_of_component(name, component, person))
        for name, component in COMPONENTS.items()
    ]
    rows += [(name, await trial.command(name), expected_of_command(level, person)) for name, level in COMMANDS.items()]

    assert _differences(rows) == []
    may_change = person in {Person.EDITOR, Person.MANAGER, Person.OWNER}
    assert may_change or await services_of(town).store.schedules.schedules(town.guild.id) == (trial.weekly,)


def test_every_kind_of_refusal_is_in_the_matrix() -> None:
    """So that none of them can disappear unnoticed, and no cell is left open."""
    cells = [expected_of_command(level, person) for level in COMMANDS.values() for person in Person]
    cells += [
        expected_of_component(action, component, person)
        for action, component in COMPONENTS.items()
        for person in Person
    ]
    assert set(cells) == set(Verdict)
    assert len(cells) == (len(COMMANDS) + len(COMPONENTS)) * len(Person)
