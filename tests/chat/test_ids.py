"""Custom ids: signed, short, bound to their member where they are private, and forged by nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.posting.custom_ids import LIFE, TEMPLATE, Expired, Forged, SignedAction, carries, read_id, sign
from bot.news.message.draft import Button, Option, Select

NOW = datetime(2021, 6, 3, 12, 0, tzinfo=UTC)
KEY, OLD_KEY, FOREIGN_KEY = (bytes([number]) * 32 for number in range(3))
KEYS = (KEY, OLD_KEY)
ADA, BO = 1, 2
HERE, THERE = 100, 200

words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="|"), min_size=1, max_size=12)


def button(*args: str, action: str = "cov", private: bool = False) -> Button:
    """A button with these arguments."""
    return Button(action=action, args=args, label="Press", is_private=private)


def signed(*args: str, private: bool = False, key: bytes = KEY) -> str:
    """Ada's id, here and now."""
    return sign(button(*args, private=private), [key], user_id=ADA, guild_id=HERE, now=NOW)


def read(
    custom_id: str, *, user_id: int = ADA, guild_id: int | None = HERE, later: timedelta = timedelta()
) -> SignedAction | Expired | Forged:
    """What the press of an id is taken for."""
    return read_id(custom_id, KEYS, user_id=user_id, guild_id=guild_id, now=NOW + later)


@given(words.filter(lambda word: len(word) <= 10), st.lists(words, max_size=4), st.booleans())
def test_what_we_sign_is_what_we_read(action: str, args: list[str], private: bool) -> None:  # noqa: FBT001
    """Whatever the action and its arguments are."""
    custom_id = sign(button(*args, action=action, private=private), KEYS, user_id=ADA, guild_id=HERE, now=NOW)

    assert read(custom_id) == SignedAction(action=action, args=tuple(args), is_private=private)


@given(words.filter(lambda word: len(word) <= 10), st.lists(words, max_size=4), st.booleans())
def test_an_id_is_short_enough_and_known_by_its_template(action: str, args: list[str], private: bool) -> None:  # noqa: FBT001
    """Discord takes 100 characters; the dynamic item knows ours by the template."""
    custom_id = sign(button(*args, action=action, private=private), KEYS, user_id=ADA, guild_id=HERE, now=NOW)

    assert len(custom_id) <= 100
    assert TEMPLATE.fullmatch(custom_id)


def test_a_select_is_signed_as_a_button_is() -> None:
    """Its values come on top and are checked where they are used."""
    select = Select(action="covs", placeholder="Choose", options=(Option(label="a", value="1"),))

    assert read(sign(select, KEYS, now=NOW)) == SignedAction(action="covs", args=(), is_private=False)


@pytest.mark.parametrize(("user_id", "guild_id"), [(BO, HERE), (ADA, THERE), (ADA, None)])
def test_a_private_id_is_worth_nothing_to_others_or_elsewhere(user_id: int, guild_id: int | None) -> None:
    """Ids are public: anybody can send a copy."""
    assert read(signed("x", private=True), user_id=user_id, guild_id=guild_id) == Forged()


def test_a_posted_editions_id_works_for_everybody_and_for_ever() -> None:
    """Its buttons name nobody and don't end."""
    assert isinstance(read(signed("x"), user_id=BO, guild_id=THERE, later=timedelta(days=4000)), SignedAction)


@pytest.mark.parametrize(("later", "kind"), [(LIFE, SignedAction), (LIFE + timedelta(seconds=1), Expired)])
def test_a_private_id_ends_after_24_hours(later: timedelta, kind: type) -> None:
    """Then the member is told how to ask again."""
    assert isinstance(read(signed("x", private=True), later=later), kind)


def test_an_ended_id_still_says_what_it_asked_for() -> None:
    """So that the sentence can name the command."""
    assert read(signed("x", private=True), later=timedelta(days=2)) == Expired(action="cov", args=("x",))


def test_the_key_before_the_current_one_is_still_read() -> None:
    """After a change of keys, old messages go on working."""
    assert isinstance(read(signed("x", key=OLD_KEY)), SignedAction)


def test_a_foreign_key_signs_nothing_for_us() -> None:
    """Another bot's id of the same form isn't one of ours."""
    assert read(signed("x", key=FOREIGN_KEY)) == Forged()


@pytest.mark.parametrize("private", [True, False])
def test_no_character_of_an_id_can_be_changed(private: bool) -> None:  # noqa: FBT001
    """Neither the action, nor an argument, nor the expiry, nor the signature."""
    custom_id = signed("abc", "7", private=private)
    changed = [f"{custom_id[:at]}~{custom_id[at + 1 :]}" for at in range(len(custom_id))]

    assert {type(read(each)) for each in changed} == {Forged}


def test_arguments_cannot_be_moved_into_each_other() -> None:
    """`a|bc` and `ab|c` are different ids."""
    signature = signed("a", "bc").rpartition("|")[2]

    assert read(f"n1|cov|ab|c||{signature}") == Forged()


def test_a_private_id_cannot_be_made_public_by_leaving_out_its_end() -> None:
    """What is signed includes whether it ends."""
    version, action, arg, _, signature = signed("x", private=True).split("|")

    assert read(f"{version}|{action}|{arg}||{signature}") == Forged()


@given(st.text(max_size=120) | st.text("n1|cov-~", max_size=30).map("n1|{}".format))
def test_anything_that_can_be_sent_as_an_id_is_merely_forged(custom_id: str) -> None:
    """No string makes reading it fail."""
    assert read(custom_id) == Forged()


def test_a_private_item_must_belong_to_somebody() -> None:
    """A message to a channel has no private buttons; this is found when it is built."""
    with pytest.raises(ValueError, match="has no user"):
        sign(button(private=True), KEYS, now=NOW)


@pytest.mark.parametrize("arg", ["a|b", "a b", "é", "x" * 80])
def test_words_that_make_no_id_are_refused(arg: str) -> None:
    """Better here than as a button that nobody can press."""
    with pytest.raises(ValueError, match="be a custom id"):
        sign(button(arg), KEYS, now=NOW)


def test_an_id_carries_its_arguments_and_nothing_else() -> None:
    """A delivery's key is looked for among them, not in the signature or the action."""
    custom_id = signed("nonce")

    assert carries(custom_id, "nonce")
    assert not carries(custom_id, "cov")
    assert not carries(custom_id, custom_id.rpartition("|")[2])
    assert not carries("nonce", "nonce")
