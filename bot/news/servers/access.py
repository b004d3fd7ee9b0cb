"""What a member of a server may do there: one function decides, from Discord's permissions and the server's own roles.

Managers have Manage Server. Besides them a server can name editor roles, whose members do schedules and content, but
neither roles nor limits.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from typing import Final

from bot.errors import BadInputError

MOST_EDITOR_ROLES: Final = 10
"""Roles of a server; Discord allows 250 roles, and a list of them all would not be read."""


class Access(IntEnum):
    """How much a member may do; each includes the ones before it."""

    MEMBER = 0
    EDITOR = 1
    MANAGER = 2


def access_of(*, manages: bool, roles: Collection[int], editor_roles: Collection[int]) -> Access:
    """Decide what a member may do.

    Args:
        manages: Whether they have Manage Server.
        roles: The ids of their roles now.
        editor_roles: The ids of the server's editor roles now.
    """
    if manages:
        return Access.MANAGER
    return Access.MEMBER if set(roles).isdisjoint(editor_roles) else Access.EDITOR


def require_editor_role(*, role_id: int, guild_id: int, is_managed: bool, is_taken_freely: bool) -> None:
    """Go on only for a role that the server's admins give to members themselves.

    Args:
        role_id: The role.
        guild_id: Its server; @everyone has the server's id.
        is_managed: Whether an integration, a bot or boosting gives it.
        is_taken_freely: Whether members take it themselves, in onboarding or by a linked account.

    Raises:
        BadInputError: somebody else decides who has it.
    """
    cure = "Choose a role that you give to your editors."
    if role_id == guild_id:
        raise BadInputError("Every member has @everyone, so it can't be an editor role.", cure=cure)
    if is_managed:
        raise BadInputError("An integration decides who has this role, so it can't be an editor role.", cure=cure)
    if is_taken_freely:
        raise BadInputError("Members can take this role themselves, so it can't be an editor role.", cure=cure)
