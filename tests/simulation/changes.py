"""What changes in a world beside requests: clock, permissions, channels, disk, token, and what members do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bot.news.delivery import DeliveryState
from tests.simulation.discord import Place

if TYPE_CHECKING:
    from tests.simulation.world import World

_HOUR_S: Final = 3600.0
_STEPS_S: Final = (_HOUR_S, -_HOUR_S, 2 * _HOUR_S, -2 * _HOUR_S, 365 * 24 * _HOUR_S, -365 * 24 * _HOUR_S, 40.0, -90.0)


def change_something(world: World) -> None:
    """One change; what it breaks recovers after a while."""
    change = world.source.choices(list(_CHANGES), list(_CHANGES.values()))[0]
    world.note("change", change.__name__)
    change(world)


def change_weather(world: World) -> None:
    """One change of what admins don't decide, and that leaves every channel and message where it is."""
    kept = {change: weight for change, weight in _CHANGES.items() if change in _WEATHER}
    change = world.source.choices(list(kept), list(kept.values()))[0]
    world.note("change", change.__name__)
    change(world)


def mend_everything(world: World) -> None:
    """Nothing is broken any more, except for what is permanently gone."""
    world.clock.wrong_by_s = 0.0
    world.disk.is_full = False
    world.discord.takes_token = True
    world.weather.is_rough = False
    for place in world.discord.places.values():
        place.may_post = place.may_read_history = True


def _after_a_while(world: World, mend: Callable[[], None], *, longest_s: float = 8 * _HOUR_S) -> None:
    world.loop.call_outside(world.weather.log_uniform_s(60.0, longest_s), mend)


def _rough_hours(world: World) -> None:
    def mend() -> None:
        world.weather.is_rough = False

    world.weather.is_rough = True
    _after_a_while(world, mend)


def _set_the_clock(world: World) -> None:
    def mend() -> None:
        world.note("the clock is right")
        world.clock.wrong_by_s = 0.0

    world.clock.wrong_by_s = world.source.choice(_STEPS_S)
    _after_a_while(world, mend)


def _fill_the_disk(world: World) -> None:
    def mend() -> None:
        world.disk.is_full = False

    world.disk.is_full = True
    _after_a_while(world, mend, longest_s=_HOUR_S)


def _refuse_the_token(world: World) -> None:
    def mend() -> None:
        world.discord.takes_token = True

    world.discord.takes_token = False
    _after_a_while(world, mend, longest_s=_HOUR_S)


def _places(world: World) -> list[Place]:
    return [place for place in world.discord.places.values() if place.is_there]


def _forbid_posting(world: World) -> None:
    def mend() -> None:
        place.may_post = True

    place = world.source.choice(_places(world))
    place.may_post = False
    _after_a_while(world, mend)


def _forbid_reading(world: World) -> None:
    def mend() -> None:
        for place in places:
            place.may_read_history = True

    places = [place for place in _places(world) if world.source.random() < 0.3]
    for place in places:
        place.may_read_history = False
    _after_a_while(world, mend)


def _delete_a_channel(world: World) -> None:
    world.source.choice(_places(world)).is_there = False


def _delete_messages(world: World) -> None:
    """A moderator's work: some of the newest messages of each channel, and of those whose outcome isn't known yet."""
    sent = {row.draft.key for row in world.tables.rows.values() if row.state is DeliveryState.SENT}
    for place in world.discord.places.values():
        for message in place.messages[-2:]:
            is_settled = message.nonce in sent
            if message.deleted_at is None and world.source.random() < (0.1 if is_settled else 0.6):
                message.deleted_at = world.clock.true_now()
                if not is_settled:
                    world.deleted_unsettled.add(message.nonce)


def _send_now(world: World) -> None:
    world.send_now()


_CHANGES: Final[dict[Callable[[World], None], int]] = {
    _rough_hours: 8,
    _set_the_clock: 5,
    _fill_the_disk: 3,
    _refuse_the_token: 1,
    _forbid_posting: 3,
    _forbid_reading: 3,
    _delete_a_channel: 1,
    _delete_messages: 4,
    _send_now: 6,
}

_WEATHER: Final = frozenset(
    {_rough_hours, _set_the_clock, _fill_the_disk, _refuse_the_token, _forbid_posting, _forbid_reading}
)
