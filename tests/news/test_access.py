"""One function says what a member may do, and only roles that admins give can be editor roles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.news.servers.access import Access, access_of, require_editor_role

ROLES = st.frozensets(st.integers(1, 9))


@given(roles=ROLES, editor_roles=ROLES)
def test_manage_server_is_enough_whatever_the_roles(roles: frozenset[int], editor_roles: frozenset[int]) -> None:
    """A manager needs no role."""
    assert access_of(manages=True, roles=roles, editor_roles=editor_roles) is Access.MANAGER


@given(roles=ROLES, editor_roles=ROLES)
def test_member_edits_with_one_of_the_editor_roles_and_never_without(
    roles: frozenset[int], editor_roles: frozenset[int]
) -> None:
    """And a role never gives more than that."""
    found = access_of(manages=False, roles=roles, editor_roles=editor_roles)

    assert found is (Access.EDITOR if roles & editor_roles else Access.MEMBER)


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ({"role_id": 7}, "Every member has @everyone"),
        ({"is_managed": True}, "An integration decides"),
        ({"is_taken_freely": True}, "Members can take this role themselves"),
    ],
)
def test_role_that_admins_do_not_give_cannot_be_an_editor_role(role: dict[str, int], said: str) -> None:
    """Somebody else would decide who edits."""
    usual = {"role_id": 8, "guild_id": 7, "is_managed": False, "is_taken_freely": False}

    with pytest.raises(BadInputError, match=said):
        require_editor_role(**{**usual, **role})  # type: ignore[arg-type] # by name


def test_ordinary_role_can_be_an_editor_role() -> None:
    """Or none could."""
    require_editor_role(role_id=8, guild_id=7, is_managed=False, is_taken_freely=False)
