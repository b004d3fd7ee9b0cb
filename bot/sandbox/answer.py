"""What a member gets back from the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox import components as parts
from bot.sandbox.errors import SandboxError
from bot.sandbox.interactions import DEFERRED, DEFERRED_UPDATE, FIRST_ANSWER_S, Interaction
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.message import SandboxMessage, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A completion that the client offers."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A form that the bot opened."""

    title: str
    custom_id: str
    raw: Json

    def inputs(self) -> dict[str, Json]:
        """Its input components by their labels, in order."""
        found: dict[str, Json] = {}
        for row in self.raw["components"]:
            if row["type"] == parts.LABEL:
                found[row["label"]] = row["component"]
            elif row["type"] == parts.ACTION_ROW:
                found |= {one.get("label") or one["custom_id"]: one for one in row["components"]}
        return found


class Answer:
    """The bot's answer to one interaction; it shows later edits too."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction = interaction

    def __repr__(self) -> str:
        kind = "modal" if self.modal else "ephemeral" if self.ephemeral else "public"
        return f"<Answer ({kind}): {self.text[:80]!r}>"

    @property
    def message(self) -> SandboxMessage | None:
        """The answer's message; None for a modal, completions, and an answer that was deleted."""
        original = self.interaction.original
        return None if original is None or original.deleted else original

    @property
    def text(self) -> str:
        """What the member reads; of a modal its title and labels."""
        if self.modal is not None:
            return "\n".join([self.modal.title, *self.modal.inputs()])
        return "" if self.message is None else self.message.text

    @property
    def ephemeral(self) -> bool:
        """Whether only this member sees it."""
        return self.message is not None and self.message.ephemeral

    @property
    def deferred(self) -> bool:
        """Whether the bot asked for more time first."""
        return self.interaction.answered in (DEFERRED, DEFERRED_UPDATE)

    @property
    def is_update(self) -> bool:
        """Whether it changed the message whose component was used."""
        return self.interaction.is_update

    @property
    def modal(self) -> Modal | None:
        """The form that it opened."""
        raw = self.interaction.modal
        return None if raw is None else Modal(title=raw["title"], custom_id=raw["custom_id"], raw=raw)

    @property
    def followups(self) -> list[SandboxMessage]:
        """The further messages, oldest first."""
        return [one for one in self.interaction.followups if not one.deleted]

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [] if self.message is None else self.message.buttons

    @property
    def links(self) -> list[str]:
        """The addresses that a client makes clickable in it."""
        return [] if self.message is None else self.message.links

    @property
    def files(self) -> tuple[Upload, ...]:
        """The files that came with it."""
        return () if self.message is None else self.message.files

    def custom_ids(self) -> list[str]:
        """The custom ids of its buttons and selects."""
        return [] if self.message is None else self.message.custom_ids()

    async def wait_for_followups(self, count: int, timeout: float = 5.0) -> list[SandboxMessage]:  # noqa: ASYNC109
        """The follow-ups, as soon as there are `count`.

        Raises:
            SandboxError: There were fewer after `timeout` real seconds.
        """
        world = self.interaction.channel.world
        if not await world.changes.until(lambda: len(self.followups) >= count, timeout):
            raise SandboxError(f"There are {len(self.followups)} follow-ups after {timeout} s, not {count}")
        return self.followups


async def wait_for_answer(interaction: Interaction, timeout_s: float) -> Answer:
    """The answer, once the bot has really answered: a deferred one counts only when it is filled.

    Args:
        interaction: What was sent.
        timeout_s: Real seconds; Discord's own 3 s for the first answer run on the sandbox's clock.

    Raises:
        SandboxError: The application did not respond; the message says what was seen.
    """
    world = interaction.channel.world
    interactions = world.interactions
    await world.changes.until(lambda: interaction.settled or interactions.expired(interaction), timeout_s)
    if interaction.settled or interaction.answered == DEFERRED_UPDATE:
        return Answer(interaction)
    if interaction.answered is not None:
        raise SandboxError(f"The application is still thinking: it deferred, and sent no answer within {timeout_s} s")
    late = interactions.expired(interaction)
    seen = interaction.refused or (f"nothing within {FIRST_ANSWER_S:g} s" if late else f"nothing within {timeout_s} s")
    used = f"/{interaction.command_name}" if interaction.command_name else "a component"
    raise SandboxError(f"The application did not respond to {used}: {seen}")
