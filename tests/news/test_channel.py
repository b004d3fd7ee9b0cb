"""The permissions that a schedule needs in its channel, and the findings if some are missing."""

from __future__ import annotations

import pytest

from bot.news.checkup.channel import (
    ChannelAccess,
    Kind,
    NoAccess,
    Permission,
    ServerAccess,
    access_findings,
    may_be_readable,
)
from bot.news.checkup.finding import Finding, Status
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.schedule import Schedule
from tests.support.makers import make_schedule

CHANNEL = 100
ROLE = 8
ALL = frozenset(Permission)


def found(
    channel: ChannelAccess | NoAccess, schedule: Schedule | None = None, mentionable: dict[int, bool] | None = None
) -> list[Finding]:
    """The findings about a schedule's channel."""
    access = ServerAccess(channels={CHANNEL: channel}, mentionable=mentionable or {})
    return list(access_findings(schedule or make_schedule(), access))


@pytest.mark.parametrize("kind", ["text", "announcement", "thread", "forum"])
def test_channel_with_every_permission_has_no_findings(kind: Kind) -> None:
    """Only problems are reported."""
    assert found(ChannelAccess(kind=kind, allowed=ALL)) == []


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("text", {"View Channel", "Send Messages", "Embed Links", "Read Message History"}),
        ("announcement", {"View Channel", "Send Messages", "Embed Links", "Read Message History"}),
        ("thread", {"View Channel", "Send Messages in Threads", "Embed Links", "Read Message History"}),
        ("forum", {"View Channel", "Create Posts", "Embed Links", "Read Message History"}),
    ],
)
def test_channel_of_each_kind_needs_these_permissions_and_no_other(kind: Kind, needed: set[str]) -> None:
    """Each by the name that Discord's settings show."""
    missed = {permission for permission in ALL if found(ChannelAccess(kind=kind, allowed=ALL - {permission}))}
    assert missed == needed


def test_hidden_channel_is_reported_as_hidden_and_nothing_else() -> None:
    """Without that permission Discord takes all others away, too."""
    (finding,) = found(ChannelAccess(kind="text"))
    assert finding.text.startswith("View Channel is missing")


def test_channel_without_the_permission_to_post_says_nothing_about_pictures() -> None:
    """Discord takes that permission along."""
    (finding,) = found(ChannelAccess(kind="text", allowed=ALL - {Permission.SEND, Permission.EMBED_LINKS}))
    assert finding.text.startswith("Send Messages is missing")


@pytest.mark.parametrize(("why", "said"), [("gone", "was deleted"), ("hidden", "View Channel is missing")])
def test_channel_that_discord_does_not_show_is_a_problem(why: str, said: str) -> None:
    """Deleted, or hidden from the bot."""
    (finding,) = found(NoAccess(why="gone" if why == "gone" else "hidden"))
    assert finding.status is Status.FAILING
    assert said in finding.text


def test_channel_without_an_answer_is_neither_ok_nor_failing() -> None:
    """It was not checked, and the finding says so."""
    (finding,) = found(NoAccess(why="unknown", detail="503"))
    assert finding.status is Status.UNKNOWN
    assert "503" in finding.text


def test_channel_that_was_not_asked_for_is_neither_ok_nor_failing() -> None:
    """A check that ran out of time has an answer for some channels only."""
    (finding,) = access_findings(make_schedule(), ServerAccess(channels={}, mentionable={}))
    assert (finding.status, finding.text) == (Status.UNKNOWN, "Its channel was not checked.")


def test_channel_of_another_kind_is_a_problem() -> None:
    """Nobody can post to a category."""
    (finding,) = found(ChannelAccess(kind="other", allowed=ALL))
    assert "can't post to" in finding.text


def test_locked_thread_needs_the_right_to_manage_threads() -> None:
    """Only members who have it can write there."""
    locked = ChannelAccess(kind="thread", allowed=ALL - {Permission.MANAGE_THREADS}, is_locked=True)
    assert "Manage Threads is missing" in found(locked)[0].text
    assert found(ChannelAccess(kind="thread", allowed=ALL, is_locked=True)) == []


def test_forum_that_wants_a_tag_which_nobody_may_set_is_a_problem() -> None:
    """Discord would refuse the post."""
    (finding,) = found(ChannelAccess(kind="forum", allowed=ALL, has_usable_tag=False))
    assert "tag" in finding.cure


def test_role_that_is_gone_is_a_problem() -> None:
    """The edition would mention nobody."""
    (finding,) = found(ChannelAccess(kind="text", allowed=ALL), make_schedule(mention_role=ROLE), mentionable={})
    assert "was deleted" in finding.text


@pytest.mark.parametrize("may_ping_all", [True, False])
@pytest.mark.parametrize("is_pingable", [True, False])
def test_role_is_pinged_if_anyone_may_mention_it_or_the_bot_may_mention_all(
    *, is_pingable: bool, may_ping_all: bool
) -> None:
    """One of the two is enough."""
    allowed = ALL if may_ping_all else ALL - {Permission.MENTION_ALL_ROLES}
    schedule = make_schedule(mention_role=ROLE)
    findings = found(ChannelAccess(kind="text", allowed=allowed), schedule, mentionable={ROLE: is_pingable})
    assert bool(findings) is not (is_pingable or may_ping_all)


@pytest.mark.parametrize(
    ("mentionable", "said"),
    [({}, "for the topic “ai” was deleted"), ({ROLE: False}, "for the topic “ai” is not pinged"), ({ROLE: True}, "")],
)
def test_role_of_a_topic_is_checked_as_the_other_one(mentionable: dict[int, bool], said: str) -> None:
    """The topic is named, since there may be several."""
    schedule = make_schedule(topic_roles=(TopicRole(topic="ai", role_id=ROLE),))
    channel = ChannelAccess(kind="text", allowed=ALL - {Permission.MENTION_ALL_ROLES})
    texts = [finding.text for finding in found(channel, schedule, mentionable=mentionable)]
    assert (len(texts), said in "".join(texts)) == (bool(said), True)


@pytest.mark.parametrize(
    ("kind", "allowed", "said"),
    [
        ("text", ALL, ""),
        ("announcement", ALL, ""),
        ("text", ALL - {Permission.CREATE_THREADS}, "Create Public Threads is missing"),
        ("thread", ALL, "can't have threads"),
        ("forum", ALL, "no effect in a forum"),
    ],
)
def test_thread_needs_a_channel_that_has_threads_and_the_permission(
    kind: Kind, allowed: frozenset[Permission], said: str
) -> None:
    """Each is said with what to do."""
    texts = [one.text for one in found(ChannelAccess(kind=kind, allowed=allowed), make_schedule(thread=True))]
    assert (len(texts), said in "".join(texts)) == (bool(said), True)


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (ChannelAccess(kind="forum", allowed=ALL, tags=frozenset({"news"})), ""),
        (ChannelAccess(kind="forum", allowed=ALL, tags=frozenset({"other"})), "no tag “News”"),
        (ChannelAccess(kind="text", allowed=ALL), "not a forum"),
    ],
)
def test_tags_are_those_of_the_forum(channel: ChannelAccess, said: str) -> None:
    """Compared without case; a tag that isn't there is named."""
    texts = [finding.text for finding in found(channel, make_schedule(tags=("News",)))]
    assert (len(texts), said in "".join(texts)) == (bool(said), True)


@pytest.mark.parametrize("kind", ["text", "thread", "forum"])
def test_publishing_from_anything_but_an_announcement_channel_is_a_problem(kind: Kind) -> None:
    """There is nobody to publish to."""
    (finding,) = found(ChannelAccess(kind=kind, allowed=ALL), make_schedule(publish=True))
    assert "announcement" in finding.text


@pytest.mark.parametrize("channel", [NoAccess(why="gone"), NoAccess(why="hidden"), ChannelAccess(kind="text")])
def test_notice_channel_that_cannot_be_posted_to_is_a_problem(channel: ChannelAccess | NoAccess) -> None:
    """Or notices go to someone else than was chosen."""
    schedule = make_schedule(notice_channel_id=5)
    access = ServerAccess(channels={CHANNEL: ChannelAccess(kind="text", allowed=ALL), 5: channel})
    (finding,) = access_findings(schedule, access)
    assert "notices" in finding.text


@pytest.mark.parametrize(
    "channel",
    [ChannelAccess(kind="thread", allowed=ALL), NoAccess(why="unknown", detail="503")],
    ids=["fine", "unknown"],
)
def test_notice_channel_that_may_well_take_notices_is_no_problem(channel: ChannelAccess | NoAccess) -> None:
    """It can be posted to, or Discord gave no answer about it."""
    schedule = make_schedule(notice_channel_id=5)
    access = ServerAccess(channels={CHANNEL: ChannelAccess(kind="text", allowed=ALL), 5: channel})
    assert list(access_findings(schedule, access)) == []


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (ChannelAccess(kind="text", allowed=ALL), []),
        (NoAccess(why="unknown", detail="503"), []),
        (ChannelAccess(kind="text", allowed=ALL - {Permission.READ_HISTORY}), ["I can't check whether a draft"]),
        (ChannelAccess(kind="text"), ["I can't post drafts in its desk channel."]),
        (NoAccess(why="gone"), ["I can't post drafts in its desk channel."]),
    ],
)
def test_desk_channel_must_take_drafts_and_show_them_again(channel: ChannelAccess | NoAccess, said: list[str]) -> None:
    """A draft is looked for there before it is sent again; no answer from Discord is not a problem."""
    schedule = make_schedule(desk_channel_id=5)
    access = ServerAccess(channels={CHANNEL: ChannelAccess(kind="text", allowed=ALL), 5: channel})
    texts = [finding.text for finding in access_findings(schedule, access)]
    assert len(texts) == len(said)
    assert all(part in text for part, text in zip(said, texts, strict=True))


def test_every_problem_says_what_to_do() -> None:
    """A problem without a cure helps nobody."""
    schedule = make_schedule(publish=True, mention_role=ROLE, notice_channel_id=5)
    for channel in (
        ChannelAccess(kind="thread", is_locked=True, allowed=frozenset({Permission.VIEW})),
        NoAccess(why="gone"),
    ):
        assert all(finding.cure for finding in access_findings(schedule, ServerAccess(channels={CHANNEL: channel})))


@pytest.mark.parametrize(
    ("channel", "readable"),
    [
        (ChannelAccess(kind="text", allowed=ALL), True),
        (ChannelAccess(kind="text", allowed=ALL - {Permission.READ_HISTORY}), False),
        (ChannelAccess(kind="text", allowed=ALL - {Permission.VIEW}), False),
        (NoAccess(why="hidden"), False),
        (NoAccess(why="unknown"), True),
    ],
)
def test_channel_may_be_readable_unless_discord_says_otherwise(
    channel: ChannelAccess | NoAccess,
    readable: bool,  # noqa: FBT001
) -> None:
    """No answer is not a refusal: reading it will show."""
    assert may_be_readable(channel) is readable
