"""Any two deeds at the same time end as in one of their two orders, and every answer is true of that order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from discord import app_commands

from bot.chat.account.client import NewsClient
from bot.chat.answering.groups import GROUPS
from bot.chat.commands.buttons import FORM_HANDLERS, HANDLERS
from bot.chat.commands.registry import FEATURES
from tests.kinds.deeds import (
    BUTTONS,
    BY_ITSELF,
    COMMANDS,
    DESK_FORMS,
    EDITS,
    FORMS,
    READING_BUTTONS,
    READING_COMMANDS,
    UNLOGGED,
    all_deeds,
)
from tests.kinds.guards_removed import CONTROLS, Control
from tests.kinds.interleavings import Pair, Trials, all_pairs
from tests.kinds.outcomes import difference
from tests.kinds.town_in_steps import TownInSteps
from tests.kinds.turns import in_turns
from tests.simulation.inline import Content, empty_newsroom
from tests.simulation.quiet import quiet_log
from tests.simulation.weather import chance

EVENTS: Final = {"on_guild_join": "join", "on_guild_available": "join", "on_guild_remove": "leave"}
CONNECTION_EVENTS: Final = frozenset({"on_ready", "on_resumed", "on_disconnect"})
"""Of the connection; of servers, `on_ready` does what the other events do."""

SAMPLE: Final = 16
ORDERS: Final = 3


@pytest.fixture(scope="module")
def migrated() -> Content:
    """A new database."""
    return empty_newsroom()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, migrated: Content) -> Iterator[TownInSteps]:
    """One town for all trials of this module: each begins with the same database."""
    with quiet_log() as surprises, closing(TownInSteps(tmp_path_factory.mktemp("town"), migrated)) as opened:
        yield opened
    assert surprises == []


@cache
def commands() -> dict[str, app_commands.Command[Any, ..., Any] | app_commands.ContextMenu]:
    """Every command that is registered, by its full name."""
    found = {
        each.qualified_name: each
        for group in GROUPS
        for each in group.walk_commands()
        if isinstance(each, app_commands.Command)
    }
    alone = [value for module in FEATURES for value in vars(module).values()]
    return found | {
        each.qualified_name: each for each in alone if isinstance(each, app_commands.Command | app_commands.ContextMenu)
    }


def test_every_command_is_known_to_write_or_to_read() -> None:
    """A new command must say which of the two it is."""
    assert commands().keys() == COMMANDS.keys() | READING_COMMANDS.keys()
    assert not COMMANDS.keys() & READING_COMMANDS.keys()


def test_every_button_is_known_to_write_or_to_read() -> None:
    """So must a new button."""
    assert HANDLERS.keys() == BUTTONS.keys() | READING_BUTTONS
    assert not BUTTONS.keys() & READING_BUTTONS


def test_every_form_is_known() -> None:
    """Sending one writes."""
    assert FORM_HANDLERS.keys() == FORMS.keys() | DESK_FORMS


def test_every_event_of_a_server_is_known() -> None:
    """And what Discord reports."""
    handled = {name for name in vars(NewsClient) if name.startswith("on_")}

    assert handled == EVENTS.keys() | CONNECTION_EVENTS
    assert set(EVENTS.values()) <= BY_ITSELF.keys()


@pytest.mark.parametrize("name", READING_COMMANDS)
def test_command_that_reads_changes_nothing(town: TownInSteps, name: str) -> None:
    """It is left out of the pairs for that."""
    town.begin()
    before = town.state()

    town.loop.play([READING_COMMANDS[name](town)], in_turns(()))

    assert difference(before, town.state()) == {}


@pytest.mark.parametrize("name", [*COMMANDS, *FORMS, *BUTTONS])
def test_command_that_writes_has_something_to_write_here(town: TownInSteps, name: str) -> None:
    """Two deeds that do nothing are in any order."""
    deeds = COMMANDS[name] if name in COMMANDS else ({**BUTTONS, **FORMS}[name],)
    changed = []
    for deed in deeds:
        town.begin()
        before = town.state()
        town.loop.play([deed(town)], in_turns(()))
        changed.append(bool(difference(before, town.state())))

    assert any(changed)


@pytest.mark.parametrize("name", [*COMMANDS, *BUTTONS])
def test_what_a_member_writes_is_in_the_log_with_their_name_once(town: TownInSteps, name: str) -> None:
    """Or a reason is given why it isn't; a deed that comes to nothing leaves nothing."""
    for deed in COMMANDS[name] if name in COMMANDS else (BUTTONS[name],):
        town.begin()
        before = town.state()
        town.loop.play([deed(town)], in_turns(()))
        after = town.state()
        has_written = bool(difference(before, after).keys() - {"log"})
        is_logged = has_written and name not in UNLOGGED
        new = list((Counter(after["log"]) - Counter(before["log"])).elements())
        assert len(after["log"]) == len(before["log"]) + is_logged
        assert not is_logged or [row[:2] for row in new] == [(town.guild.id, town.admin.id)]


@pytest.mark.parametrize("pair", chance(0).sample(all_pairs(), SAMPLE), ids=str)
def test_two_deeds_at_the_same_time_end_as_in_one_of_their_orders(town: TownInSteps, pair: Pair) -> None:
    """A sample of the pairs, and a few of their interleavings; `make proof` has them all."""
    trials = Trials(town, pair)

    assert list(trials.check(trials.orders(chance(str(pair)), ORDERS))) == []


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_missing_guard_is_found(tmp_path: Path, migrated: Content, control: Control) -> None:
    """Or the property would hold of anything."""
    opened = TownInSteps(tmp_path, migrated, make_store=control.make_store)
    with quiet_log(), control.without(), closing(opened) as town:
        trials = Trials(town, control.pair)

        assert next(trials.check(trials.orders(chance(0), 120)), None)


def test_deeds_have_different_names() -> None:
    """A pair is replayed by name."""
    assert len(all_deeds()) == sum(map(len, [*COMMANDS.values(), EDITS, FORMS, BUTTONS, BY_ITSELF]))
