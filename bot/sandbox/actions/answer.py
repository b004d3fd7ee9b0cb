"""The bot's response to an interaction, as the member sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.application.interactions import DEFERRED, DEFERRED_UPDATE, FIRST_ANSWER_S, Interaction
from bot.sandbox.content import components as parts
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.upload import Upload
from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An autocomplete choice that the client offers."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A modal (form) that the bot opened."""

    title: str
    custom_id: str
    raw: Json

    def inputs(self) -> dict[str, Json]:
        """Its input components by label, in order."""
        found: dict[str, Json] = {}
        for row in self.raw["components"]:
            if row["type"] == parts.LABEL:
                found[row["label"]] = row["component"]
            elif row["type"] == parts.ACTION_ROW:
                found |= {one.get("label") or one["custom_id"]: one for one in row["components"]}
        return found


class Answer:
    """The bot's answer to one interaction, with later edits."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction = interaction

    def __repr__(self) -> str:
        kind = "modal" if self.modal else "ephemeral" if self.ephemeral else "public"
        return f"<Answer ({kind}): {self.text[:80]!r}>"

    @property
    def message(self) -> SandboxMessage | None:
        """The answer's message; None for a modal, autocomplete choices, and a deleted answer."""
        original = self.interaction.original
        return None if original is None or original.deleted else original

    @property
    def text(self) -> str:
        """The text that the member sees; for a modal, its title and labels."""
        if self.modal is not None:
            return "\n".join([self.modal.title, *self.modal.inputs()])
        return "" if self.message is None else self.message.text

    @property
    def ephemeral(self) -> bool:
        """Whether only this member sees it."""
        return self.message is not None and self.message.ephemeral

    @property
    def deferred(self) -> bool:
        """Whether the bot deferred its answer."""
        return self.interaction.answered in (DEFERRED, DEFERRED_UPDATE)

    @property
    def is_update(self) -> bool:
        """Whether it updated the message whose component was used."""
        return self.interaction.is_update

    @property
    def modal(self) -> Modal | None:
        """The modal that it opened."""
        raw = self.interaction.modal
        return None if raw is None else Modal(title=raw["title"], custom_id=raw["custom_id"], raw=raw)

    @property
    def followups(self) -> list[SandboxMessage]:
        """The follow-up messages, oldest first."""
        return [one for one in self.interaction.followups if not one.deleted]

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [] if self.message is None else self.message.buttons

    @property
    def links(self) -> list[str]:
        """The URLs that a client makes clickable in it."""
        return [] if self.message is None else self.message.links

    @property
    def files(self) -> tuple[Upload, ...]:
        """The files that were uploaded with it."""
        return () if self.message is None else self.message.files

    def custom_ids(self) -> list[str]:
        """The custom ids of its buttons and selects."""
        return [] if self.message is None else self.message.custom_ids()

    async def wait_for_followups(self, count: int, timeout: float = 5.0) -> list[SandboxMessage]:  # noqa: ASYNC109
        """Wait until there are `count` follow-ups, and return all.

        Raises:
            SandboxError: There are fewer after `timeout` real seconds.
        """
        changes = self.interaction.channel.platform.changes
        if not await changes.until(lambda: len(self.followups) >= count, timeout):
            raise SandboxError(f"There are {len(self.followups)} follow-ups after {timeout} s, not {count}")
        return self.followups


async def wait_for_answer(interaction: Interaction, timeout_s: float) -> Answer:
    """Wait for the bot's answer; a deferred one counts once it is complete.

    Args:
        interaction: The interaction that was sent.
        timeout_s: Real seconds; Discord's own limit of 3 s for the initial response uses the sandbox's clock.

    Raises:
        SandboxError: The application did not respond; the message says why.
    """
    changes = interaction.channel.platform.changes
    await changes.until(lambda: interaction.complete or interaction.expired, timeout_s)
    if interaction.complete or interaction.answered == DEFERRED_UPDATE:
        return Answer(interaction)
    if interaction.answered is not None:
        raise SandboxError(
            f"The application is still thinking: it deferred its answer and did not complete it within {timeout_s} s"
        )
    waited = FIRST_ANSWER_S if interaction.expired else timeout_s
    seen = interaction.refused or f"nothing within {waited:g} s"
    used = f"/{interaction.command_name}" if interaction.command_name else "a component"
    raise SandboxError(f"The application did not respond to {used}: {seen}")
