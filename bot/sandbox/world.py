"""Everything that exists in one sandbox. All state belongs to one `World`; there are no globals."""

from __future__ import annotations

from bot.clock import Clock
from bot.sandbox.application.commands import Commands
from bot.sandbox.application.interactions import Interactions
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.guild import GuildState, Role
from bot.sandbox.state.nonces import Nonces
from bot.sandbox.state.platform import Platform
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json, iso


class World(Platform):
    """The platform with its guilds, channels, people, commands and interactions, by id."""

    owner: Account

    def __init__(self, clock: Clock, seed: int, *, nonce_window_s: float) -> None:
        super().__init__(clock, seed)
        self.guilds: dict[int, GuildState] = {}
        self.channels: dict[int, Channel] = {}
        self.people: dict[int, Account] = {}
        self.commands = Commands(self)
        self.interactions = Interactions(self)
        self.nonces = Nonces(clock, nonce_window_s)
        self._direct: dict[int, Channel] = {}

    def direct_channel(self, person: Account) -> Channel:
        """A person's direct messages with the bot."""
        if person.id not in self._direct:
            name = f"direct-{person.name}"
            self._direct[person.id] = Channel(self, self.channels, name=name, kind="direct", recipient=person)
        return self._direct[person.id]

    def find(self, snowflake: int) -> Channel | Account | Role | None:
        """The channel, person or role with this id."""
        roles = {key: role for guild in self.guilds.values() for key, role in guild.roles.items()}
        return self.channels.get(snowflake) or self.people.get(snowflake) or roles.get(snowflake)

    def channels_of(self, guild: GuildState) -> list[Channel]:
        """A guild's channels, without threads."""
        return [one for one in self.channels.values() if one.guild is guild and not one.is_thread]

    def active_threads(self, guild: GuildState) -> list[Channel]:
        """A guild's threads that are not archived."""
        return [one for one in self.channels.values() if one.guild is guild and one.is_thread and not one.archived]

    def guild_create(self, guild: GuildState) -> Json:
        """The payload of GUILD_CREATE: the guild with channels, active threads, and the bot as its one known member."""
        return guild.to_json() | {
            "joined_at": iso(guild.memberships[self.bot.id].joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.memberships),
            "members": [guild.member_json(self.bot.id)],
            "channels": [channel.to_json() for channel in self.channels_of(guild)],
            "threads": [thread.to_json() for thread in self.active_threads(guild)],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
