"""The parameters of schedule commands: a schedule's name, and the declared options as discord.py's parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Literal, Optional, TypeAlias, TypeVar, assert_never

import discord
from discord import app_commands
from typing_extensions import override

from bot.chat.answering.completion import (
    Choices,
    mute_list_choices,
    provider_list_choices,
    rule_choices,
    topic_list_choices,
    zone_choices,
)
from bot.chat.posting.forms import POSTABLE
from bot.news.schedules.options import OPTIONS, Completion, Option, OptionKind
from bot.news.schedules.schedule import LONGEST_NAME

Name = app_commands.Range[str, 1, LONGEST_NAME]

SCHEDULE_NAME: Final = "The schedule's name"

_OFFERED: Final = tuple(option for option in OPTIONS if not option.in_files_only)

_COMPLETIONS: Final[Mapping[Completion, Callable[[discord.Interaction, str], Coroutine[Any, Any, Choices]]]] = {
    Completion.ZONE: zone_choices,
    Completion.TOPICS: topic_list_choices,
    Completion.PROVIDERS: provider_list_choices,
    Completion.TOPICS_AND_PROVIDERS: mute_list_choices,
    Completion.RULES: rule_choices,
}

_AnyChannel = app_commands.AppCommandChannel | app_commands.AppCommandThread
_Callback = TypeVar("_Callback", bound=Callable[..., Any])


class _ChannelOption(app_commands.Transformer):
    """Limits a channel option to some types, and takes the channel as Discord described it.

    discord.py's own channel types look for the channel among those that the gateway named, which are none without one.
    """

    def __init__(self, *types: discord.ChannelType) -> None:
        self._types = types

    @property
    @override
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    @override
    def channel_types(self) -> list[discord.ChannelType]:
        return list(self._types)

    @override
    async def transform(self, _interaction: discord.Interaction, value: _AnyChannel, /) -> _AnyChannel:
        return value


TextChannel: TypeAlias = app_commands.Transform[
    _AnyChannel, _ChannelOption(discord.ChannelType.text, discord.ChannelType.news)
]
"""An option for a text or announcement channel."""

_PostableChannel: TypeAlias = app_commands.Transform[_AnyChannel, _ChannelOption(*POSTABLE)]


def takes_options(*, required: frozenset[str] = frozenset()) -> Callable[[_Callback], _Callback]:
    """Replace a callback's `**options` by one parameter for each declared option, completed as declared.

    The callback's own annotations must be types by then, not their names (see `answers`).

    Args:
        required: The names of options that must be given.
    """

    def declare(callback: _Callback) -> _Callback:
        parameters = inspect.signature(callback).parameters.values()
        own = [each for each in parameters if each.kind is not each.VAR_KEYWORD]
        declared = [_parameter(option, is_required=option.name in required) for option in _OFFERED]
        callback.__signature__ = inspect.Signature([*own, *declared])  # type: ignore[attr-defined] # what discord.py reads
        completed = {each.name: _COMPLETIONS[each.completion] for each in _OFFERED if each.completion}
        app_commands.autocomplete(**completed)(callback)
        return app_commands.describe(**{option.name: option.description for option in _OFFERED})(callback)

    return declare


def given_options(options: Mapping[str, object]) -> dict[str, str | int | bool]:
    """Return the options that were given, with channels and roles as their ids."""
    return {name: _plain(value) for name, value in options.items() if value is not None}


def _plain(value: object) -> str | int | bool:
    if isinstance(value, str | int):  # a bool is an int
        return value
    if isinstance(value, discord.abc.Snowflake):
        return value.id
    raise TypeError(f"discord.py gave {type(value).__name__} for an option")


def _parameter(option: Option, *, is_required: bool) -> inspect.Parameter:
    annotation = _annotation(option)
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if is_required else None,
        annotation=annotation if is_required else Optional[annotation],  # noqa: UP045 - of a value, not of a type
    )


def _annotation(option: Option) -> Any:
    match option.kind:
        case OptionKind.TEXT if option.choices:
            return Literal[option.choices]
        case OptionKind.TEXT:
            return app_commands.Range[str, 1, option.longest]
        case OptionKind.NUMBER:
            return app_commands.Range[int, option.least, option.most]
        case OptionKind.YES_NO:
            return bool
        case OptionKind.CHANNEL:
            return _PostableChannel
        case OptionKind.TEXT_CHANNEL:
            return TextChannel
        case OptionKind.ROLE:
            return discord.Role
        case _:
            assert_never(option.kind)


def takes_files(most: int) -> Callable[[_Callback], _Callback]:
    """Replace a callback's `**files` by one required file and further optional ones: file, file2, file3, ..."""

    def declare(callback: _Callback) -> _Callback:
        parameters = inspect.signature(callback).parameters.values()
        own = [each for each in parameters if each.kind is not each.VAR_KEYWORD]
        names = ["file", *(f"file{number}" for number in range(2, most + 1))]
        files = [_file(name, is_required=name == "file") for name in names]
        callback.__signature__ = inspect.Signature([*own, *files])  # type: ignore[attr-defined] # what discord.py reads
        described = dict.fromkeys(names[1:], "Another seed file") | {"file": "A seed file or a .zip of them"}
        return app_commands.describe(**described)(callback)

    return declare


def _file(name: str, *, is_required: bool) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if is_required else None,
        annotation=discord.Attachment if is_required else discord.Attachment | None,
    )
